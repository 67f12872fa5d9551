// What a condition may ask of people beside the follow-up itself: their activity, what else waits for them, and what they
// did with its messages. Gathered by the shell for one decision; what was not gathered has not happened.
import type { Instant } from './instant.ts';
import { type ActivityAsk, countKey } from './policy/cel-activity.ts';
import type { Urgency } from './policy/policy.ts';

export interface Activity {
  readonly type: string;
  readonly at: Instant;
  readonly data: unknown;
  readonly location: { readonly country?: string; readonly region?: string; readonly city?: string } | null;
}

/** Answers to what policies ask of one recipient's activity. */
export interface ActivitySeen {
  readonly last: ReadonlyMap<string, Activity>;
  /** By countKey(type, window). */
  readonly counts: ReadonlyMap<string, number>;
}

/** Another live follow-up of the same recipient. */
export interface PendingFollowUp {
  readonly id: string;
  readonly policy: string;
  readonly key: string;
  readonly title: string;
  readonly urgency: Urgency;
  readonly dueAt: Instant | null;
  readonly dueDay: string | null;
  readonly url: string | null;
}

export const ENGAGEMENTS = ['opened', 'clicked', 'read', 'replied', 'acted'] as const;
export type EngagementKind = (typeof ENGAGEMENTS)[number];

/**
 * How surely somebody did it, by what is recorded: `acted` and `read` come from somebody who showed who they are (a link of
 * their own that was answered, their inbox); of opens and clicks a machine may be the author.
 */
const EVIDENCE: Readonly<Record<EngagementKind, 'machine' | 'proven'>> = {
  opened: 'machine',
  clicked: 'machine',
  read: 'proven',
  replied: 'proven',
  acted: 'proven',
};

/** What `activity` is in an expression: each thing it asks for is there, if only to say that there was none. */
export function activityScope(asks: readonly ActivityAsk[], seen: ActivitySeen | undefined): Record<string, unknown> {
  const last = new Map<string, unknown>();
  const count = new Map<string, number>();
  for (const { type, window } of asks) {
    if (window === null) {
      const found = seen?.last.get(type);
      last.set(type, found === undefined ? null : { ...found, at: new Date(found.at) });
    } else count.set(countKey(type, window.text), seen?.counts.get(countKey(type, window.text)) ?? 0);
  }
  // A type may have any name, that of a prototype too.
  return { last: Object.fromEntries(last), count: Object.fromEntries(count) };
}

/** Moments as expressions see them. */
export const pendingScope = (pending: readonly PendingFollowUp[]): readonly Record<string, unknown>[] =>
  pending.map(({ dueAt, dueDay: _day, ...one }) => ({ ...one, dueAt: dueAt === null ? null : new Date(dueAt) }));

/** Each kind with the evidence there is for it: what is proven is likely too, and what is likely may be a machine's. */
export const engagementScope = (kinds: readonly string[]): Readonly<Record<string, unknown>> =>
  Object.fromEntries(
    ENGAGEMENTS.map((kind) => {
      const there = kinds.includes(kind);
      const proven = there && EVIDENCE[kind] === 'proven';
      return [kind, { machine: there, likely: proven, proven }];
    }),
  );
