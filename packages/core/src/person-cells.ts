// Whom messages interrupted, on which day and at which of their hours: by person and quarter, once among all policies and once for each,
// so that nothing is read message by message. They name people, and go with the messages that they are made of (docs/decisions/0016).
// Pure. At which hours a message interrupts is interruption.ts; whether it does, metrics.ts.
import { dayOf } from './day.ts';
import { type GenerationFigures, interruptedAt, type MessageFigures } from './generation-figures.ts';
import { HOUR_KINDS, type HourKind } from './interruption.ts';

export interface PersonKey {
  /** Its first day. */
  readonly quarter: string;
  /** Empty: whichever. */
  readonly policy: string;
  readonly recipient: string;
}
/** Counts by day of the quarter (from 0) and one of `HOUR_KINDS`, at `day * 4 + kind`; of what differs, also below zero. */
export type PersonDays = Map<number, number>;
const KINDS = HOUR_KINDS.length;

export interface PersonDifference {
  readonly tenant: string;
  readonly key: PersonKey;
  readonly days: PersonDays;
}
/** By `personName`. */
export type PersonDifferences = Map<string, PersonDifference>;
export const personName = (tenant: string, { quarter, policy, recipient }: PersonKey): string =>
  JSON.stringify([tenant, quarter, policy, recipient]);

type Counted = Pick<GenerationFigures, 'day' | 'policy'> & {
  readonly messages: readonly Pick<MessageFigures, 'to' | 'counts'>[];
};

/** Whom the messages of a follow-up interrupt now, and did before: what is the same in both is passed over. */
export function addPeople(
  differences: PersonDifferences,
  tenant: string,
  before: readonly Counted[],
  now: readonly Counted[],
): void {
  const changes = new Map<string, Change>();
  tally(changes, before, -1);
  tally(changes, now, 1);
  for (const { day, policy, to, hours, count } of changes.values()) {
    if (count === 0) continue;
    const quarter = quarterOf(day);
    const place = (dayOf(day) - dayOf(quarter)) * KINDS + HOUR_KINDS.indexOf(hours);
    for (const key of [
      { quarter, policy: '', recipient: to },
      { quarter, policy, recipient: to },
    ]) {
      const name = personName(tenant, key);
      const cell = differences.get(name) ?? { tenant, key, days: new Map() };
      differences.set(name, cell);
      cell.days.set(place, (cell.days.get(place) ?? 0) + count);
    }
  }
}

interface Change {
  readonly day: string;
  readonly policy: string;
  readonly to: string;
  readonly hours: HourKind;
  count: number;
}

function tally(changes: Map<string, Change>, all: readonly Counted[], sign: 1 | -1): void {
  for (const { day, policy, messages } of all)
    for (const { to, counts } of messages) {
      const hours = interruptedAt(counts);
      if (to === undefined || hours === null) continue;
      const name = `${day} ${hours} ${policy} ${to}`; // of these `to` alone may have a space in it
      const change = changes.get(name);
      if (change === undefined) changes.set(name, { day, policy, to, hours, count: sign });
      else change.count += sign;
    }
}

/** `2026-10-01`, for a day of its last three months. */
function quarterOf(day: string): string {
  const month = Number(day.slice(5, 7));
  return `${day.slice(0, 4)}-${String(month - ((month - 1) % 3)).padStart(2, '0')}-01`;
}

/** Those in which nothing has changed. */
export const isNobody = ({ days }: PersonDifference): boolean => [...days.values()].every((count) => count === 0);

/**
 * As they are kept, from the first day on which there was anything (0: the quarter's own) to the last: for each of these days how many
 * there were up to it of each kind, so that those of any days are one subtraction. In one, two or four bytes each, the high one first: as
 * many as the greatest needs.
 */
export interface PackedDays {
  readonly first: number;
  readonly last: number;
  readonly days: Uint8Array;
}

/** Null where nothing is left. `missing`: what was taken away and was not there. */
export function packPersonDays(
  more: PersonDays,
  before: PackedDays | null,
): { readonly packed: PackedDays | null; readonly missing: number } {
  const all = before === null ? new Map<number, number>() : unpackPersonDays(before);
  let missing = 0;
  for (const [place, change] of more) {
    const count = (all.get(place) ?? 0) + change;
    if (count > 0) all.set(place, count);
    else all.delete(place);
    missing -= Math.min(0, count);
  }
  const places = [...all.keys()];
  if (places.length === 0) return { packed: null, missing };
  const first = Math.floor(Math.min(...places) / KINDS);
  const last = Math.floor(Math.max(...places) / KINDS);
  const upTo = Array.from({ length: (last - first + 1) * KINDS }, (_, at) => all.get(first * KINDS + at) ?? 0);
  for (let at = KINDS; at < upTo.length; at++) upTo[at] = (upTo[at] ?? 0) + (upTo[at - KINDS] ?? 0);
  const width = widthOf(Math.max(...upTo.slice(-KINDS)));
  const days = new Uint8Array(upTo.length * width);
  for (const [at, count] of upTo.entries())
    for (let byte = 0; byte < width; byte++) days[at * width + byte] = count >>> (8 * (width - 1 - byte));
  return { packed: { first, last, days }, missing };
}
const widthOf = (most: number): 1 | 2 | 4 => (most < 2 ** 8 ? 1 : most < 2 ** 16 ? 2 : 4);

export function unpackPersonDays({ first, last, days: packed }: PackedDays): PersonDays {
  const places = (last - first + 1) * KINDS;
  const width = packed.length / places;
  const days: PersonDays = new Map();
  const upTo = [0, 0, 0, 0];
  for (let at = 0; at < places; at++) {
    let count = 0;
    for (let byte = 0; byte < width; byte++) count = (count << 8) | (packed[at * width + byte] ?? 0);
    const own = count - (upTo[at % KINDS] ?? 0);
    if (own !== 0) days.set(first * KINDS + at, own);
    upTo[at % KINDS] = count;
  }
  return days;
}

/** The same of somebody else, or of nobody: what is kept of a generation, when a name in it goes. */
export const withPeople = (
  generations: readonly GenerationFigures[],
  become: (recipient: string) => string | undefined,
): readonly GenerationFigures[] =>
  generations.map((generation) => ({
    ...generation,
    messages: generation.messages.map(({ to, ...message }) => {
      const now = to === undefined ? undefined : become(to);
      return now === undefined ? message : { ...message, to: now };
    }),
  }));
