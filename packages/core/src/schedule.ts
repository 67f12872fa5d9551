// Who is on call when. A schedule has levels (1 is asked first, 2 is its backup, …); a level has layers, of which the last
// that has anybody at an instant wins, and overrides over them, of which the last wins. Everything is asked for an instant
// and answered by arithmetic: with who, since when, until when, and which layer or override says so. Lists of shifts and
// gaps are the same question asked again at each answer's end, so they cannot disagree with it.
// The written form is schedule-schema.ts, turns and hours are rotation.ts.
import type { Instant } from './instant.ts';
import { compileHours, compileRotation, type Hours, hoursAt, type Rotation, type Span, turnAt } from './rotation.ts';
import { layerId, readMoment, type WrittenOverride, type WrittenSchedule } from './schedule-schema.ts';

export interface Schedule {
  readonly zone: string;
  /** Ascending; 1 is always there. */
  readonly levels: readonly Level[];
}

interface Level {
  readonly level: number;
  readonly layers: readonly Layer[];
  readonly overrides: readonly Override[];
}

interface Layer {
  readonly id: string;
  readonly rotation: Rotation;
  readonly hours: Hours | null;
}

interface Override {
  readonly id: string;
  readonly from: Instant;
  readonly until: Instant;
  readonly recipients: readonly string[];
  readonly replaces: string | null;
}

/** Why these people: a layer's rotation, an override, or nobody because no layer has anybody. */
export type OnCallSource = 'layer' | 'override' | 'gap';

/** Who is on call, and for how long nothing about it changes. `from` and `until` are null when it is so for ever. */
export interface OnCall extends Span {
  readonly level: number;
  /** Empty in a gap, and where an override says nobody. */
  readonly recipients: readonly string[];
  readonly source: OnCallSource;
  /** The layer or override; null in a gap. */
  readonly sourceId: string | null;
}

/** Somebody's time on call, whole: it begins and ends where it really does, not where a question does. */
export interface Shift extends OnCall {
  readonly from: Instant;
  readonly until: Instant;
  readonly source: 'layer' | 'override';
  readonly sourceId: string;
}

/** Nobody is on call, whatever the reason; cut to the time that was asked about. */
export interface Gap {
  readonly level: number;
  readonly from: Instant;
  readonly until: Instant;
}

/** A year of hourly turns with room; longer lists are asked for in parts. */
export const SHIFTS_MAX = 20_000;

/** Of a written form that scheduleSchema took; throws for any other. */
export function compileSchedule(written: WrittenSchedule): Schedule {
  const zone = written.timeZone;
  const layers = written.layers.map((one, index) => ({
    level: one.level ?? 1,
    id: layerId(one, index),
    rotation: compileRotation(one.rotation, zone),
    hours: one.restrictions === undefined ? null : compileHours(one.restrictions, zone),
  }));
  const overrides = written.overrides.map((one) => ({
    level: one.level ?? (one.replaces === undefined ? 1 : null),
    override: compileOverride(one, zone),
  }));
  const levels = new Set([1, ...layers.map(({ level }) => level)]);
  for (const { level } of overrides) if (level !== null) levels.add(level);
  return {
    zone,
    levels: [...levels]
      .sort((a, b) => a - b)
      .map((level) => ({
        level,
        layers: layers.filter((one) => one.level === level),
        overrides: overrides.flatMap((one) => (one.level === null || one.level === level ? [one.override] : [])),
      })),
  };
}

function compileOverride(written: WrittenOverride, zone: string): Override {
  const from = readMoment(written.from, zone);
  const until = readMoment(written.to, zone);
  if (from === null || until === null) throw new Error(`The override "${written.id}" was not checked.`);
  const one = written.recipient ?? null;
  const recipients = written.recipients ?? (one === null ? [] : [one]);
  return { id: written.id, from, until, recipients: [...new Set(recipients)], replaces: written.replaces ?? null };
}

export const levelsOf = (schedule: Schedule): readonly number[] => schedule.levels.map(({ level }) => level);

type State = Omit<OnCall, 'level'>;
const NOBODY: State = { from: null, until: null, recipients: [], source: 'gap', sourceId: null };

/** A level that the schedule does not have is one long gap. */
export function onCallAt(schedule: Schedule, at: Instant, level = 1): OnCall {
  const own = schedule.levels.find((one) => one.level === level);
  let state = NOBODY;
  for (const layer of own?.layers ?? []) state = applyLayer(state, layer, at);
  for (const override of own?.overrides ?? []) state = applyOverride(state, override, at);
  return { level, ...state };
}

/** The state below holds only within a span of which nothing above it changes. */
const within = (state: State, span: Span): State => ({
  ...state,
  from: span.from !== null && (state.from === null || span.from > state.from) ? span.from : state.from,
  until: span.until !== null && (state.until === null || span.until < state.until) ? span.until : state.until,
});

function applyLayer(below: State, layer: Layer, at: Instant): State {
  const turn = turnAt(layer.rotation, at);
  if (turn === null) return within(below, idleAround(layer, at));
  const own: State = { ...turn, recipients: turn.recipients, source: 'layer', sourceId: layer.id };
  if (layer.hours === null) return plain(own);
  const hours = hoursAt(layer.hours, at);
  return hours.open ? plain(within(own, hours)) : within(below, idleBetween(layer, hours));
}

/** Without the fields of a turn. */
const plain = ({ from, until, recipients, source, sourceId }: State): State => ({
  from,
  until,
  recipients,
  source,
  sourceId,
});

/** Before a rotation's start, or from its end on: until or since its first or last hour of work. */
function idleAround({ rotation, hours }: Layer, at: Instant): Span {
  const { begins, ends } = rotation;
  if (at < begins) {
    const first = hours === null ? null : hoursAt(hours, begins);
    const until = first === null || first.open ? begins : first.until;
    return { from: null, until: ends !== null && until !== null && until >= ends ? null : until };
  }
  const end = ends ?? begins;
  const last = hours === null ? null : hoursAt(hours, (end - 1) as Instant);
  const from = last === null || last.open ? end : last.from;
  return { from: from !== null && from <= begins ? null : from, until: null };
}

/** A break between hours of work; one without end where the rotation is over before the next hour, or had none before. */
const idleBetween = ({ rotation: { begins, ends } }: Layer, { from, until }: Span): Span => ({
  from: from !== null && from <= begins ? null : from,
  until: ends !== null && until !== null && until >= ends ? null : until,
});

function applyOverride(below: State, override: Override, at: Instant): State {
  const { from, until, replaces, recipients } = override;
  if (replaces !== null && !below.recipients.includes(replaces)) return below;
  if (at < from) return within(below, { from: null, until: from });
  if (at >= until) return within(below, { from: until, until: null });
  const named = { source: 'override', sourceId: override.id } as const;
  if (replaces === null) return { from, until, recipients, ...named };
  const together = below.recipients.flatMap((one) => (one === replaces ? recipients : [one]));
  return { ...within(below, { from, until }), recipients: [...new Set(together)], ...named };
}

/** Every shift of a level that touches [from, to), whole, in order; at most `max`: ask again from the last one's end. */
export function shiftsBetween(
  schedule: Schedule,
  from: Instant,
  to: Instant,
  level = 1,
  max = SHIFTS_MAX,
): readonly Shift[] {
  const shifts: Shift[] = [];
  for (const one of statesBetween(schedule, from, to, level)) {
    if (isShift(one)) shifts.push(one);
    if (shifts.length >= max) break;
  }
  return shifts;
}

const isShift = (one: OnCall): one is Shift => one.recipients.length > 0;

/** Where in [from, to) nobody who counts is on call at a level, in order; at most `max`. */
export function gapsBetween(
  schedule: Schedule,
  from: Instant,
  to: Instant,
  level = 1,
  max = SHIFTS_MAX,
  counts: (recipient: string) => boolean = () => true,
): readonly Gap[] {
  const gaps: Gap[] = [];
  for (const one of statesBetween(schedule, from, to, level)) {
    if (one.recipients.some(counts)) continue;
    const begins = one.from === null || one.from < from ? from : one.from;
    const ends = one.until === null || one.until > to ? to : one.until;
    const last = gaps.at(-1);
    // An override that says nobody beside a gap of the layers is one gap.
    if (last !== undefined && last.until === begins) gaps[gaps.length - 1] = { ...last, until: ends };
    else if (gaps.length >= max) break;
    else gaps.push({ level, from: begins, until: ends });
  }
  return gaps;
}

/** The first instant after `at` at which other people are on call, and who; null when that is not known within the limit. */
export function nextOnCall(schedule: Schedule, at: Instant, level = 1): OnCall | null {
  let one = onCallAt(schedule, at, level);
  const now = peopleOf(one);
  for (let looked = 0; looked < SHIFTS_MAX && one.until !== null; looked++) {
    one = onCallAt(schedule, one.until, level);
    if (peopleOf(one) !== now) return one;
  }
  return null;
}

const peopleOf = (one: OnCall): string => [...one.recipients].sort().join('\n');

/** What holds at `from`, what follows it, and so on; each answer ends after it begins, so this ends. */
function* statesBetween(schedule: Schedule, from: Instant, to: Instant, level: number): Generator<OnCall> {
  for (let at: Instant | null = from; at !== null && at < to; ) {
    const one: OnCall = onCallAt(schedule, at, level);
    yield one;
    at = one.until;
  }
}

/** Everybody who may be on call at a level from an instant on: of layers and overrides that are not over by then. */
export function peopleFrom(schedule: Schedule, from: Instant, level = 1): ReadonlySet<string> {
  const own = schedule.levels.find((one) => one.level === level);
  const layers = (own?.layers ?? []).filter(({ rotation: { ends } }) => ends === null || ends > from);
  const overrides = (own?.overrides ?? []).filter(({ until }) => until > from);
  return new Set([
    ...layers.flatMap(({ rotation }) => rotation.members.flat()),
    ...overrides.flatMap(({ recipients }) => recipients),
  ]);
}

/** Everybody whom the written form names, in order, and the place where each is named first. */
export function peopleNamedIn(written: WrittenSchedule): ReadonlyMap<string, string> {
  const people = new Map<string, string>();
  const add = (id: string, path: string): void => {
    if (!people.has(id)) people.set(id, path);
  };
  written.layers.forEach(({ rotation }, index) => {
    rotation.members.forEach((member, turn) => {
      for (const id of [member].flat()) add(id, `layers.${index}.rotation.members.${turn}`);
    });
  });
  written.overrides.forEach(({ recipient, recipients }, index) => {
    if (typeof recipient === 'string') add(recipient, `overrides.${index}.recipient`);
    for (const id of recipients ?? []) add(id, `overrides.${index}.recipients`);
  });
  return people;
}
