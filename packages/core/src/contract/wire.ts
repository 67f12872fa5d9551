// The shapes on the wire (DESIGN §5 *Shapes*): camelCase, instants as RFC 3339 in UTC. Pure mappings from what the core
// and the store hold; the HTTP room, webhooks and templates all show the same.
import type { CalendarPreview } from '../calendar-preview.ts';
import { dayOf, weekdayOf } from '../day.ts';
import { ANSWERED_BY_API, type FollowUp } from '../follow-up.ts';
import type { TimelineEntry } from '../input.ts';
import { type Instant, toRfc3339 } from '../instant.ts';
import { formatHours, WEEKDAYS } from '../policy/hours.ts';
import type { Gap, OnCall, Shift } from '../schedule.ts';
import type { Weekday } from '../schedule-schema.ts';
import { type Moments, type Names, sentence } from '../sentence.ts';

const time = (at: Instant | null): string | null => (at === null ? null : toRfc3339(at));

export const wireFollowUp = (followUp: FollowUp) => ({
  id: followUp.id,
  policy: { id: followUp.policy, version: followUp.version },
  key: followUp.key,
  status: followUp.status,
  outcome: followUp.outcome,
  urgency: followUp.urgency,
  subject: followUp.subject,
  data: followUp.data,
  assignee: followUp.assignee,
  assignees: followUp.assignees,
  answers: Object.fromEntries(
    Object.entries(followUp.answers).map(([who, { action, at, answer }]) => [
      who === ANSWERED_BY_API ? 'api' : who,
      { action, at: toRfc3339(at), answer },
    ]),
  ),
  requester: followUp.requester,
  team: followUp.team,
  watchers: followUp.watchers,
  dueAt: time(followUp.dueAt),
  stage: followUp.stage,
  nextAt: time(followUp.nextAt),
  nextStage: followUp.nextStage,
  waitsFor: followUp.waitsFor,
  snoozedUntil: time(followUp.snoozedUntil),
  commitment:
    followUp.commitment === null ? null : { dueAt: toRfc3339(followUp.commitment.dueAt), by: followUp.commitment.by },
  claim:
    followUp.claim === null
      ? null
      : { by: followUp.claim.by, at: toRfc3339(followUp.claim.at), until: toRfc3339(followUp.claim.until) },
  escalationLevel: followUp.escalationLevel,
  openedAt: toRfc3339(followUp.openedAt),
  acknowledgedAt: time(followUp.acknowledgedAt),
  acknowledgedBy: followUp.acknowledgedBy,
  resolvedAt: followUp.status === 'resolved' ? time(followUp.closedAt) : null,
  resolvedBy: followUp.status === 'resolved' ? followUp.closedBy : null,
  closedAt: time(followUp.closedAt),
  generation: followUp.generation,
  revision: followUp.revision,
});
export type WireFollowUp = ReturnType<typeof wireFollowUp>;

/** Instants inside `data` are numbers in the core; people get RFC 3339. */
const MOMENTS = new Set(['until', 'by', 'from', 'to', 'nextAt', 'plannedAt']);
const wireData = (data: Readonly<Record<string, unknown>>) =>
  Object.fromEntries(
    Object.entries(data).map(([name, value]) => [
      name,
      MOMENTS.has(name) && typeof value === 'number' ? toRfc3339(value as Instant) : value,
    ]),
  );

export const wireTimelineEntry = (entry: TimelineEntry, names?: Names, moments?: Moments) => ({
  at: toRfc3339(entry.at),
  kind: entry.kind,
  reason: entry.reason,
  text: sentence(entry, names, moments),
  ...(entry.stage === undefined ? {} : { stage: entry.stage }),
  ...(entry.recipient === undefined ? {} : { recipient: entry.recipient }),
  ...(entry.channel === undefined ? {} : { channel: entry.channel }),
  ...(entry.message === undefined ? {} : { message: entry.message }),
  ...(entry.actor === undefined ? {} : { actor: entry.actor }),
  ...(entry.evidence === undefined ? {} : { evidence: entry.evidence }),
  ...(entry.data === undefined ? {} : { data: wireData(entry.data) }),
});

export const wireOnCall = ({ level, recipients, from, until, source, sourceId }: OnCall) => ({
  level,
  recipients,
  from: time(from),
  until: time(until),
  source,
  sourceId,
});
export const wireShift = ({ level, recipients, from, until, source, sourceId }: Shift) => ({
  level,
  recipients,
  from: toRfc3339(from),
  until: toRfc3339(until),
  source,
  sourceId,
});
export const wireGap = ({ level, from, until }: Gap) => ({ level, from: toRfc3339(from), until: toRfc3339(until) });

export const wireCalendarPreview = ({ from, to, days, special }: CalendarPreview) => ({
  from,
  to,
  days: days.map(({ date, hours, opensAt, closesAt }) => ({
    date,
    weekday: weekdayName(date),
    hours: formatHours(hours),
    opensAt: toRfc3339(opensAt),
    closesAt: toRfc3339(closesAt),
  })),
  special: special.map(({ date, hours, name }) => ({
    date,
    weekday: weekdayName(date),
    hours: formatHours(hours),
    name,
  })),
});
const weekdayName = (date: string) => WEEKDAYS[weekdayOf(dayOf(date)) - 1] as Weekday;
