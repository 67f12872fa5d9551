// What stands in the address of one policy: which part of it is shown, and which versions are compared.
export const PARTS = ['picture', 'edit', 'check', 'versions'] as const;
export type Part = (typeof PARTS)[number];

export interface PolicySearch {
  /** The picture where nothing is said. */
  readonly part?: Part | undefined;
  readonly before?: number | undefined;
  readonly after?: number | undefined;
}
const versionOf = (value: unknown): number | undefined => {
  const number = Number(value);
  return Number.isInteger(number) && number > 0 ? number : undefined;
};
export const readPolicySearch = (search: Record<string, unknown>): PolicySearch => ({
  part: PARTS.find((one) => one === search.part),
  before: versionOf(search.before),
  after: versionOf(search.after),
});

export interface NewPolicySearch {
  /** A ready policy, or `nothing`. */
  readonly from?: string | undefined;
}
export const readNewPolicySearch = ({ from }: Record<string, unknown>): NewPolicySearch => ({
  from: typeof from === 'string' && from !== '' ? from.slice(0, 200) : undefined,
});
