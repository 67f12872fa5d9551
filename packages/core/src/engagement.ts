// What somebody did with a message: a set beside its status, each kind with how surely a person did it, since when, and how
// often. What a machine did stands apart from what a person did, and neither ever answers for anybody: a follow-up is resolved,
// acknowledged and paused by commands and events alone. How visits become this is visit.ts.
import type { Evidence } from './input.ts';
import type { Instant } from './instant.ts';

export const ENGAGEMENTS = ['opened', 'clicked', 'read', 'replied', 'acted'] as const;
/** What conditions may ask for; a message can also say `complained` and `unsubscribed`. */
export type EngagementKind = (typeof ENGAGEMENTS)[number];

/** One of a kind and an evidence. */
export interface Engagement {
  readonly kind: string;
  readonly evidence: Evidence;
  /** When it was first so. */
  readonly at: Instant;
  /** How often, as far as it is counted. */
  readonly count: number;
}
export type EngagementSeen = Pick<Engagement, 'kind' | 'evidence'>;

const RANK: Readonly<Record<Evidence, number>> = { machine: 0, likely: 1, proven: 2 };
const isSame = (one: EngagementSeen, other: EngagementSeen): boolean =>
  one.kind === other.kind && one.evidence === other.evidence;

/** One more; the same list in the same order where it has that already, by kind and evidence, counted. */
export function withEngagement(all: readonly Engagement[], one: Omit<Engagement, 'count'>): readonly Engagement[] {
  const known = all.find((other) => isSame(one, other));
  if (known === undefined) return [...all, { ...one, count: 1 }];
  const counted = { ...known, at: Math.min(known.at, one.at) as Instant, count: known.count + 1 };
  return all.map((other) => (other === known ? counted : other));
}

/** How surely a person did it; null where nobody did, not even a machine. */
export const surestOf = (all: readonly EngagementSeen[], kind: string): Evidence | null =>
  all
    .filter((one) => one.kind === kind)
    .reduce<Evidence | null>(
      (best, { evidence }) => (best === null || RANK[evidence] > RANK[best] ? evidence : best),
      null,
    );

/** By a person, as far as can be told. */
export const isHuman = (evidence: Evidence | null): evidence is 'likely' | 'proven' =>
  evidence === 'likely' || evidence === 'proven';

/** Each kind with the evidence there is for it: what is proven is likely too, and what is likely may be a machine's. */
export const engagementScope = (seen: readonly EngagementSeen[]): Readonly<Record<string, unknown>> =>
  Object.fromEntries(
    ENGAGEMENTS.map((kind) => {
      const surest = surestOf(seen, kind);
      return [kind, { machine: surest !== null, likely: isHuman(surest), proven: surest === 'proven' }];
    }),
  );
