// The written form of a schedule, for PUT /v1/schedules/{id} and `schedules` of directory/*.yaml, with every mistake named
// at its place. What is not a matter of one field (ids twice, an hour in the wrong key) is checked at the end.
// schedule.ts compiles it and says who is on call; docs/guide/schedules.md explains it to people.

import { z } from 'zod';
import { fromRfc3339, HOUR_MS, type Instant, instant } from './instant.ts';
import type { Duration } from './policy/duration.ts';
import { parseDuration } from './policy/duration.ts';
import { WEEKDAYS } from './policy/hours.ts';
import { printableId as id } from './policy/schema-text.ts';
import { fromLocal, isDate, isZone } from './timing.ts';

export const ON_CALL_LEVELS_MAX = 10;
const NAME_LENGTH_MAX = 500;
const LAYERS_MAX = 20;
const RESTRICTIONS_MAX = 20;
const HANDOVERS_MAX = 50;
const MEMBERS_MAX = 200;
/** People on call together: all are told at once, so a larger crowd is a group. */
const TOGETHER_MAX = 20;
/** Several years of holidays and swaps of a team; imports stop here as well. */
export const OVERRIDES_MAX = 1_000;
const PERIOD_DAYS_MAX = 366;
/** Shorter turns are a typing error, and a year of them would be more than anybody can look at. */
const TURN_MIN_MS = HOUR_MS;
const YEAR_MIN = 1970;
const YEAR_MAX = 2999;

export type Weekday = (typeof WEEKDAYS)[number];

const weekday = z.enum(WEEKDAYS, { error: `must be one of ${WEEKDAYS.join(', ')}` });
const TIME = /^([01]\d|2[0-3]):[0-5]\d$/;
const time = z.string().regex(TIME, 'must be a time of day, such as 09:00');
const endTime = z
  .string()
  .refine((text) => TIME.test(text) || text === '24:00', 'must be a time of day, such as 18:00, or 24:00');
const inYears = (text: string): boolean => Number(text.slice(0, 4)) >= YEAR_MIN && Number(text.slice(0, 4)) <= YEAR_MAX;
const date = z
  .string()
  .refine((text) => isDate(text) && inYears(text), `must be a date of ${YEAR_MIN} to ${YEAR_MAX}, such as 2026-01-05`);
const moment = z
  .string()
  .max(40)
  .refine(
    (text) => inYears(text) && readMoment(text, 'UTC') !== null,
    'must be RFC 3339, such as 2026-12-24T09:00:00Z, or a date or local time of the schedule, such as 2026-12-24 or 2026-12-24T09:00',
  );
const days = z
  .string()
  .max(60)
  .refine((text) => parseDays(text) !== null, 'must be days of the week, such as mon-fri or sat,sun');
const level = z.int().min(1).max(ON_CALL_LEVELS_MAX);
const together = z.array(id).min(1).max(TOGETHER_MAX);

const handover = z.strictObject({ day: weekday.optional(), at: time });
const every = z.union([z.string().max(60), z.strictObject({ handovers: z.array(handover).min(1).max(HANDOVERS_MAX) })]);
const rotation = z.strictObject({
  every: every.describe('"1 week", "2 days", "8 hours", or { handovers: [{ day, at }] }: a week, or a day, of its own'),
  handover: handover.optional().describe('when one member hands over to the next; not with { handovers }'),
  start: date.describe('the day on which the first member begins'),
  end: date.nullish().describe('the day on which the rotation is over'),
  members: z
    .array(z.union([id, together]))
    .min(1)
    .max(MEMBERS_MAX)
    .describe('recipient ids in turn; a list is on call together'),
});
const restriction = z.strictObject({
  days: days.optional().describe('the days on which it begins; every day when not given'),
  from: time.optional().describe('midnight when not given'),
  to: endTime.optional().describe('the next day when not after `from`; midnight when not given'),
});
const layer = z.strictObject({
  id: id.optional(),
  level: level.optional().describe('1 when not given'),
  rotation,
  restrictions: z.array(restriction).min(1).max(RESTRICTIONS_MAX).optional(),
});
const override = z.strictObject({
  id,
  from: moment,
  to: moment,
  recipient: id.nullish().describe('null: nobody'),
  recipients: together.optional(),
  replaces: id.optional().describe('only this person is replaced, wherever they are on call'),
  level: level.optional().describe('without `replaces` 1 when not given; with it every level'),
});

export const scheduleSchema = z
  .strictObject({
    id: id.optional(),
    name: z.string().max(NAME_LENGTH_MAX).nullish(),
    timeZone: z.string().max(64).refine(isZone, 'must be an IANA time zone, such as Europe/Paris'),
    layers: z.array(layer).max(LAYERS_MAX).default([]).describe('later ones win over earlier ones of their level'),
    overrides: z.array(override).max(OVERRIDES_MAX).default([]).describe('later ones win over earlier ones'),
  })
  .superRefine((written, context) => {
    const report = (path: (string | number)[], message: string): void =>
      context.addIssue({ code: 'custom', path, message });
    written.layers.forEach((one, index) => {
      checkRotation(one.rotation, (path, message) => report(['layers', index, 'rotation', ...path], message));
    });
    checkTwice(written.layers.map(layerId), (index) => report(['layers', index, 'id'], 'is there twice'));
    checkTwice(
      written.overrides.map((one) => one.id),
      (index) => report(['overrides', index, 'id'], 'is there twice'),
    );
    // What a field says of itself does not keep this from being asked.
    if (!isZone(written.timeZone)) return;
    written.overrides.forEach((one, index) => {
      checkOverride(one, written.timeZone, (path, message) => report(['overrides', index, ...path], message));
    });
  });

/** As it is stored and answered: defaults filled in, nothing else changed. */
export type WrittenSchedule = z.infer<typeof scheduleSchema>;
export type WrittenLayer = WrittenSchedule['layers'][number];
export type WrittenRotation = WrittenLayer['rotation'];
export type WrittenRestriction = NonNullable<WrittenLayer['restrictions']>[number];
export type WrittenOverride = WrittenSchedule['overrides'][number];

/** A layer without an id is called after its place. */
export const layerId = (one: { readonly id?: string | undefined }, index: number): string =>
  one.id ?? `layer-${index + 1}`;

type Report = (path: (string | number)[], message: string) => void;

function checkTwice(ids: readonly string[], report: (index: number) => void): void {
  const seen = new Set<string>();
  ids.forEach((one, index) => {
    if (seen.has(one)) report(index);
    seen.add(one);
  });
}

function checkRotation(written: WrittenRotation, report: Report): void {
  const { end, start } = written;
  if (end !== undefined && end !== null && end <= start) report(['end'], 'must be after `start`');
  if (typeof written.every !== 'string') {
    if (written.handover !== undefined)
      report(['handover'], 'stands in `every.handovers` already; give one of the two');
    const named = written.every.handovers.filter(({ day }) => day !== undefined).length;
    if (named !== 0 && named !== written.every.handovers.length)
      report(['every', 'handovers'], 'must all have a `day`, or none of them');
    checkTwice(
      written.every.handovers.map(({ day, at }) => `${day} ${at}`),
      (index) => report(['every', 'handovers', index], 'is there twice'),
    );
    return;
  }
  const duration = readEvery(written.every);
  if (typeof duration === 'string') report(['every'], duration);
  else if (written.handover === undefined) report(['handover'], 'must be given, such as { at: "09:00" }');
  else if (written.handover.day !== undefined && !isWeeks(duration))
    report(['handover', 'day'], 'is for turns of whole weeks; leave it out');
}

const isWeeks = (duration: Duration): boolean => duration.kind === 'days' && duration.days % 7 === 0;

/** How long a turn is: whole days, or hours; otherwise what is wrong with it. */
export function readEvery(text: string): Duration | string {
  const read = parseDuration(text);
  if (!read.ok) return `is no duration at character ${read.at + 1}: ${read.message}`;
  const duration = read.value;
  switch (duration.kind) {
    case 'exact':
      return duration.ms >= TURN_MIN_MS ? duration : 'must be an hour or more';
    case 'days':
      if (duration.ms !== 0) return 'must be hours, days or weeks alone: days keep the wall time, hours are counted';
      return duration.days >= 1 && duration.days <= PERIOD_DAYS_MAX ? duration : `must be 1 to ${PERIOD_DAYS_MAX} days`;
    default:
      return 'must be hours, days or weeks: turns do not stop for the weekend; use `restrictions` for hours of work';
  }
}

function checkOverride(written: WrittenOverride, zone: string, report: Report): void {
  const from = readMoment(written.from, zone);
  const to = readMoment(written.to, zone);
  if (from !== null && to !== null && to <= from) report(['to'], 'must be after `from`');
  const given = Number(written.recipient !== undefined) + Number(written.recipients !== undefined);
  if (given !== 1) report(['recipient'], 'must be given, or `recipients`, and not both; null is nobody');
}

const LOCAL = /^(\d{4}-\d{2}-\d{2})(?:[T ]([01]\d|2[0-3]):([0-5]\d)(?::([0-5]\d))?)?$/;

/** RFC 3339, or a date (its midnight) or local time in the zone; null when it is neither. */
export function readMoment(text: string, zone: string): Instant | null {
  const local = LOCAL.exec(text);
  if (local === null) return fromRfc3339(text);
  const [, day = '', hours = '00', minutes = '00', seconds = '00'] = local;
  if (!isDate(day)) return null;
  // Seconds are beyond what zones move by, so that they may be added afterwards.
  const at = fromLocal(localTime(day, `${hours}:${minutes}`), zone);
  return instant(at + Number(seconds) * 1_000);
}

/** A wall time as if it were UTC. */
export const localTime = (day: string, at: string): number => Date.parse(`${day}T${at}:00Z`);

/** 0 is Monday; ascending, without doubles. `fri-mon` runs over the weekend. Null when they are no days. */
export function parseDays(text: string): readonly number[] | null {
  const found = new Set<number>();
  for (const part of text.split(',')) {
    const ends = part.trim().split('-');
    const [first, last] = [ends[0] ?? '', ends.at(-1) ?? ''].map((name) => WEEKDAYS.indexOf(name.trim() as Weekday));
    if (first === undefined || last === undefined || first < 0 || last < 0 || ends.length > 2) return null;
    for (let day = first; ; day = (day + 1) % 7) {
      found.add(day);
      if (day === last) break;
    }
  }
  return [...found].sort((a, b) => a - b);
}
