// The budget of a recipient: how many messages a day may interrupt them, whatever policies send them, on all channels and on
// each; what comes outside of the hours it names is counted apart. What is over it waits for the next morning and leaves in one
// message. Pure: the server counts across nodes (store/sql/usage.ts) and asks this for each message before its gate.
import { z } from 'zod';
import { localDay } from './calendar.ts';
import { DAY_MS, type Instant } from './instant.ts';
import { type DailySpan, parseDailySpan } from './policy/hours.ts';
import type { Channel, Urgency } from './policy/policy.ts';
import { digestAfter, interrupts } from './preference.ts';
import { spanAround } from './send-window.ts';
import { fromLocal } from './timing.ts';

/** With none, what waits for the next morning would wait again, for ever. */
const NONE =
  'at least 1 is expected: to send nothing on a channel, leave it out of `via`, or set up no connection for it';
const most = z.int('a whole number is expected').min(0).max(1_000);
const span = z.string().refine((text) => parseDailySpan(text).ok, '"HH:MM-HH:MM" is expected, as in "08:00-20:00"');

/** As a tenant writes it (`budget` of relance.yaml). */
export const budgetSchema = z.strictObject({
  perDay: most.min(1).optional(),
  channels: z.partialRecord(z.enum(['email', 'sms', 'push', 'chat']), most.min(1, NONE)).optional(),
  outOfHours: most.optional(),
  hours: span.optional(),
});
export type WrittenBudget = z.infer<typeof budgetSchema>;

/** A daily span in the recipient's zone, as quiet hours of a tenant are written. */
export const quietHoursSchema = span;

/** What was checked when it was stored; null for what was not set. */
export function readQuietHours(written: string | undefined): DailySpan | null {
  const span = written === undefined ? null : parseDailySpan(written);
  return span?.ok === true ? span.value : null;
}

export interface Budget {
  readonly perDay: number | null;
  readonly channels: Readonly<Partial<Record<Channel, number>>>;
  /** Between one evening and the next morning; null where the time of day makes no difference. */
  readonly outOfHours: number | null;
  readonly hours: DailySpan;
}

const HOURS = '08:00-20:00';

/** What was checked when it was stored; null for what was not set. */
export function readBudget(written: WrittenBudget | undefined): Budget | null {
  if (written === undefined) return null;
  const hours = parseDailySpan(written.hours ?? HOURS);
  return {
    perDay: written.perDay ?? null,
    channels: written.channels ?? {},
    outOfHours: written.outOfHours ?? null,
    hours: hours.ok ? hours.value : { fromMinute: 0, toMinute: 0 },
  };
}

/** What has been sent to somebody, or is about to be. */
export interface Use {
  readonly at: Instant;
  readonly channel: Channel;
}

/** Uses older than that are in no day and no night any more, whatever the zone. */
export const USES_COUNT_MS = 3 * DAY_MS;

/**
 * Until when a message must wait; null where there is room for it. What is urgent passes, and counts. `uses`: those of the
 * recipient within USES_COUNT_MS, without the message itself. `opensAt`: when its own hours let it leave at the earliest, from
 * then on; where that is at night again, as for a window in the evening, waiting for the morning would never end, so it passes.
 */
export function heldByBudget(
  budget: Budget,
  uses: readonly Use[],
  message: { readonly channel: Channel; readonly urgency: Urgency },
  zone: string,
  now: Instant,
  opensAt: (at: Instant) => Instant | 'never' = (at) => at,
): Instant | null {
  if (message.urgency === 'urgent' || !interrupts(message.channel)) return null;
  const night = nightAt(budget, zone, now);
  if (night !== null && budget.outOfHours !== null) {
    const used = uses.filter(({ at }) => night.from <= at && at < night.to).length;
    if (used < budget.outOfHours) return null;
    const opens = opensAt(night.to);
    return opens === 'never' || nightAt(budget, zone, opens) !== null ? null : night.to;
  }
  const today = uses.filter(
    ({ at }) =>
      localDay(at, zone) === localDay(now, zone) && (budget.outOfHours === null || nightAt(budget, zone, at) === null),
  );
  const ofChannel = budget.channels[message.channel] ?? Number.POSITIVE_INFINITY;
  const spent =
    today.length >= (budget.perDay ?? Number.POSITIVE_INFINITY) ||
    today.filter(({ channel }) => channel === message.channel).length >= ofChannel;
  return spent ? digestAfter('daily', endOfDay(now, zone), zone) : null;
}

/** The last moment of the day. */
const endOfDay = (now: Instant, zone: string): Instant =>
  (fromLocal((localDay(now, zone) + 1) * DAY_MS, zone) - 1) as Instant;

/** From one evening to the next morning, where it is night; null in hours. */
const nightAt = ({ hours: { fromMinute, toMinute } }: Budget, zone: string, at: Instant) =>
  fromMinute === toMinute ? null : spanAround({ fromMinute: toMinute, toMinute: fromMinute }, zone, at);
