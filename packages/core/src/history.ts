// What a condition may ask of people beside the follow-up itself: their activity, and what else waits for them. Gathered by the
// shell for one decision; what was not gathered has not happened. What they did with its messages is engagement.ts.
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
