// A rotation: whose turn it is, and which hours a layer works. Turns follow each other without a break from the start to
// the end; each belongs to the next member. Days and weeks keep the wall time of the zone, hours are counted as real ones
// (recurrence.ts). Both are found by arithmetic, so an instant years after the start costs what the first one does.

import { DAY_MS, type Instant, instant, MINUTE_MS } from './instant.ts';
import { WEEKDAYS } from './policy/hours.ts';
import { lastOccurrence, localOf, occurrence, type Recurrence } from './recurrence.ts';
import { localTime, parseDays, readEvery, type WrittenRestriction, type WrittenRotation } from './schedule-schema.ts';
import { fromLocal } from './timing.ts';

/** Where something is constant; null is for ever. */
export interface Span {
  readonly from: Instant | null;
  readonly until: Instant | null;
}

export interface Rotation {
  readonly begins: Instant;
  readonly ends: Instant | null;
  readonly members: readonly (readonly string[])[];
  readonly turns:
    | { readonly kind: 'wall'; readonly recurrence: Recurrence; readonly first: number }
    | { readonly kind: 'exact'; readonly everyMs: number };
}

/** Monday, 5 January 1970: weeks begin here. */
const FIRST_MONDAY_MS = 4 * DAY_MS;
const WEEK_DAYS = 7;
const WEEK_MS = WEEK_DAYS * DAY_MS;

const midnightOf = (date: string): number => localTime(date, '00:00');
/** 0 is Monday. */
const weekdayOf = (midnightMs: number): number =>
  ((((midnightMs - FIRST_MONDAY_MS) / DAY_MS) % WEEK_DAYS) + WEEK_DAYS) % WEEK_DAYS;
const clockMs = (time: string): number => {
  const [hours, minutes] = time.split(':');
  return (Number(hours) * 60 + Number(minutes)) * MINUTE_MS;
};

export function compileRotation(written: WrittenRotation, zone: string): Rotation {
  const members = written.members.map((one) => (typeof one === 'string' ? [one] : [...new Set(one)]));
  const end = written.end ?? null;
  const every = typeof written.every === 'string' ? readEvery(written.every) : null;
  if (typeof every === 'string') throw new Error(`A rotation was not checked: \`every\` ${every}.`);
  if (every?.kind === 'exact') {
    const at = (date: string): Instant => fromLocal(localTime(date, written.handover?.at ?? '00:00'), zone);
    return {
      begins: at(written.start),
      ends: end === null ? null : at(end),
      members,
      turns: { kind: 'exact', everyMs: every.ms },
    };
  }
  const recurrence = handoversOf(written, every?.kind === 'days' ? every.days : null, zone);
  const begins = edgeOf(recurrence, written.start);
  return {
    begins,
    ends: end === null ? null : edgeOf(recurrence, end),
    members,
    turns: { kind: 'wall', recurrence, first: lastOccurrence(recurrence, begins) },
  };
}

/** Every so many days from the start; or the hand-overs of a week, or of a day, of its own. */
function handoversOf(written: WrittenRotation, everyDays: number | null, zone: string): Recurrence {
  const start = midnightOf(written.start);
  if (typeof written.every === 'string' && everyDays !== null) {
    const day = written.handover?.day;
    const back = day === undefined ? 0 : (weekdayOf(start) - WEEKDAYS.indexOf(day) + WEEK_DAYS) % WEEK_DAYS;
    const offsetsMs = [clockMs(written.handover?.at ?? '00:00')];
    return { zone, anchorMs: start - back * DAY_MS, periodDays: everyDays, offsetsMs };
  }
  const handovers = typeof written.every === 'string' ? [] : written.every.handovers;
  const weekly = handovers.some(({ day }) => day !== undefined);
  const offsetsMs = handovers
    .map(({ day, at }) => (day === undefined ? 0 : WEEKDAYS.indexOf(day)) * DAY_MS + clockMs(at))
    .sort((a, b) => a - b);
  return { zone, anchorMs: FIRST_MONDAY_MS, periodDays: weekly ? WEEK_DAYS : 1, offsetsMs };
}

/** Where a rotation begins or ends on a day: at its first hand-over of that day, or at midnight when it has none. */
function edgeOf(recurrence: Recurrence, date: string): Instant {
  const midnight = midnightOf(date);
  const before = lastOccurrence(recurrence, instant(midnight - 2 * DAY_MS));
  for (let index = before; ; index++) {
    const local = localOf(recurrence, index);
    if (local >= midnight) return fromLocal(local < midnight + DAY_MS ? local : midnight, recurrence.zone);
  }
}

export interface Turn extends Span {
  readonly from: Instant;
  readonly until: Instant;
  /** 0 is the first member's first. */
  readonly number: number;
  readonly recipients: readonly string[];
}

/** Whose turn it is; null before the start and from the end on. */
export function turnAt(rotation: Rotation, at: Instant): Turn | null {
  const { begins, ends, members, turns } = rotation;
  if (at < begins || (ends !== null && at >= ends)) return null;
  let [number, from, until] = [0, begins, begins];
  if (turns.kind === 'exact') {
    number = Math.floor((at - begins) / turns.everyMs);
    from = instant(begins + number * turns.everyMs);
    until = instant(from + turns.everyMs);
  } else {
    const index = lastOccurrence(turns.recurrence, at);
    number = index - turns.first;
    from = occurrence(turns.recurrence, index);
    until = occurrence(turns.recurrence, index + 1);
  }
  return {
    number,
    from: instant(Math.max(from, begins)),
    until: ends !== null && until > ends ? ends : until,
    recipients: members[number % members.length] ?? [],
  };
}

/** The hours of a week in which a layer works: windows that do not touch, the last of which may run into the next week. */
export interface Hours {
  readonly starts: Recurrence;
  readonly lengthsMs: readonly number[];
}

/** Null when the restrictions together leave no hour out. */
export function compileHours(restrictions: readonly WrittenRestriction[], zone: string): Hours | null {
  const windows = restrictions
    .flatMap(({ days, from, to }) => {
      const begins = clockMs(from ?? '00:00');
      const ends = clockMs(to ?? '24:00');
      const lengthMs = ends > begins ? ends - begins : ends - begins + DAY_MS;
      return (parseDays(days ?? 'mon-sun') ?? []).map((day) => {
        const start = day * DAY_MS + begins;
        return { from: start, to: start + lengthMs };
      });
    })
    .sort((a, b) => a.from - b.from);
  const joined: { from: number; to: number }[] = [];
  for (const window of windows) {
    const last = joined.at(-1);
    if (last !== undefined && window.from <= last.to) last.to = Math.max(last.to, window.to);
    else joined.push({ ...window });
  }
  // What runs over Sunday night may touch what begins the week.
  for (;;) {
    const [first, last] = [joined[0], joined.at(-1)];
    if (first === undefined || last === undefined || last.to - WEEK_MS < first.from) break;
    if (first === last) return null;
    last.to = Math.max(last.to, first.to + WEEK_MS);
    joined.shift();
  }
  return {
    starts: { zone, anchorMs: FIRST_MONDAY_MS, periodDays: WEEK_DAYS, offsetsMs: joined.map(({ from }) => from) },
    lengthsMs: joined.map(({ from, to }) => to - from),
  };
}

/** Whether a layer works at an instant, and the whole window or break around it. */
export function hoursAt(hours: Hours, at: Instant): Span & { readonly open: boolean } {
  const index = lastOccurrence(hours.starts, at);
  const until = endOf(hours, index);
  if (at < until) return { open: true, from: occurrence(hours.starts, index), until };
  // A window that falls into a gap of DST is empty: the break goes on over it.
  let [before, after] = [index, index + 1];
  while (occurrence(hours.starts, after) === endOf(hours, after)) after += 1;
  while (occurrence(hours.starts, before) === endOf(hours, before)) before -= 1;
  return { open: false, from: endOf(hours, before), until: occurrence(hours.starts, after) };
}

const endOf = ({ starts, lengthsMs }: Hours, index: number): Instant => {
  const place = ((index % lengthsMs.length) + lengthsMs.length) % lengthsMs.length;
  return fromLocal(localOf(starts, index) + (lengthsMs[place] ?? 0), starts.zone);
};
