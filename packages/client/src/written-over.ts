// Writing only over what one has seen: conditional requests (RFC 9110, section 13.1). Part of client.ts.
/**
 * What is written over: a version that was read; null: nothing, there is none yet. Otherwise it is refused with 412,
 * `changed_meanwhile`; without it, the last word holds.
 */
export interface WrittenOver {
  readonly over?: number | null | undefined;
}
export const headersOf = ({ over }: WrittenOver): Readonly<Record<string, string>> => {
  if (over === undefined) return {};
  return over === null ? { 'if-none-match': '*' } : { 'if-match': `"${over}"` };
};

/** Of a follow-up: carried out only if its `revision` is still this one; otherwise it is refused as above. */
export interface Seen {
  readonly over?: number | undefined;
}
