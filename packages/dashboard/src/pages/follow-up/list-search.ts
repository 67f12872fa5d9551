// What a list of follow-ups is filtered by, as it stands in the address: so that a view can be kept and sent to somebody.
export const SHOWN = ['live', 'attention', 'open', 'acknowledged', 'closed', 'all'] as const;
export type Shown = (typeof SHOWN)[number];
/** Why some need attention: the first three go no further by themselves. */
export const WHY = ['stages_exhausted', 'unknown_recipient', 'parked', 'nobody_reached', 'orphaned'] as const;
export type Why = (typeof WHY)[number];

export interface ListSearch {
  /** Live ones where nothing is said. */
  readonly show?: Shown | undefined;
  /** Of those that need attention; whatever keeps them from going on where nothing is said. */
  readonly why?: Why | undefined;
  readonly policy?: string | undefined;
  readonly assignee?: string | undefined;
  readonly team?: string | undefined;
  readonly stage?: string | undefined;
  readonly subject?: string | undefined;
  readonly key?: string | undefined;
  /** Due before this instant, RFC 3339. */
  readonly due?: string | undefined;
  readonly overdue?: true | undefined;
  readonly q?: string | undefined;
}

const textOf = (value: unknown): string | undefined => {
  const text = typeof value === 'number' ? String(value) : value;
  return typeof text === 'string' && text.trim() !== '' ? text.slice(0, 200) : undefined;
};

const momentOf = (value: unknown): string | undefined => {
  const ms = typeof value === 'string' ? Date.parse(value) : Number.NaN;
  return Number.isNaN(ms) ? undefined : new Date(ms).toISOString();
};

/** Whatever an address says. What is not known is named and undefined: otherwise it would stay as it was written. */
export const readListSearch = (search: Record<string, unknown>): ListSearch => ({
  show: SHOWN.find((one) => one === search.show),
  why: search.show === 'attention' ? WHY.find((one) => one === search.why) : undefined, // of others it says nothing
  policy: textOf(search.policy),
  assignee: textOf(search.assignee),
  team: textOf(search.team),
  stage: textOf(search.stage),
  subject: textOf(search.subject),
  key: textOf(search.key),
  due: momentOf(search.due),
  overdue: search.overdue === true || search.overdue === 'true' ? true : undefined,
  q: textOf(search.q),
});
