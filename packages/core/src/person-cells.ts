// Whom messages interrupted, on which day and at which of their hours: by person and quarter, once among all policies and once for each,
// so that nothing is read message by message. They name people, and go with the messages that they are made of (docs/decisions/0016).
// Pure. At which hours a message interrupts is interruption.ts; whether it does, metrics.ts.
import { dayOf } from './day.ts';
import { type GenerationFigures, interruptedAt, type MessageFigures } from './generation-figures.ts';
import { HOUR_KINDS } from './interruption.ts';

export interface PersonKey {
  /** Its first day. */
  readonly quarter: string;
  /** Empty: whichever. */
  readonly policy: string;
  readonly recipient: string;
}
/** A count for each day that a quarter can have, of each of `HOUR_KINDS`: those of a day stand together. */
export type PersonDays = Int32Array;
const DAYS = 92;
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

/** Adds whom the messages of a generation interrupted, or with -1 takes it away. */
export function addPeople(
  differences: PersonDifferences,
  tenant: string,
  {
    day,
    policy,
    messages,
  }: Pick<GenerationFigures, 'day' | 'policy'> & {
    readonly messages: readonly Pick<MessageFigures, 'to' | 'counts'>[];
  },
  sign: 1 | -1,
): void {
  const quarter = quarterOf(day);
  const ofDay = dayOf(day) - dayOf(quarter);
  for (const { to, counts } of messages) {
    const hours = interruptedAt(counts);
    if (to === undefined || hours === null) continue;
    const place = ofDay * KINDS + HOUR_KINDS.indexOf(hours);
    for (const key of [
      { quarter, policy: '', recipient: to },
      { quarter, policy, recipient: to },
    ]) {
      const name = personName(tenant, key);
      const cell = differences.get(name) ?? { tenant, key, days: new Int32Array(DAYS * KINDS) };
      differences.set(name, cell);
      cell.days[place] = (cell.days[place] ?? 0) + sign;
    }
  }
}

/** `2026-10-01`, for a day of its last three months. */
function quarterOf(day: string): string {
  const month = Number(day.slice(5, 7));
  return `${day.slice(0, 4)}-${String(month - ((month - 1) % 3)).padStart(2, '0')}-01`;
}

/** Those in which nothing has changed. */
export const isNobody = ({ days }: PersonDifference): boolean => days.every((count) => count === 0);

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

/** Null where nothing is left. */
export function packPersonDays(more: PersonDays, before: PackedDays | null): PackedDays | null {
  const all = before === null ? more : unpackPersonDays(before).map((count, place) => count + (more[place] ?? 0));
  const least = Math.min(...all);
  if (least < 0) throw new Error(`a person would be interrupted ${least} times`);
  const [begin, end] = [all.findIndex(isAny), all.findLastIndex(isAny)];
  if (begin === -1) return null;
  const [first, last] = [Math.floor(begin / KINDS), Math.floor(end / KINDS)];
  const upTo = all.slice(first * KINDS, (last + 1) * KINDS);
  for (let place = KINDS; place < upTo.length; place++) upTo[place] = (upTo[place] ?? 0) + (upTo[place - KINDS] ?? 0);
  const width = widthOf(Math.max(...upTo));
  const days = new Uint8Array(upTo.length * width);
  upTo.forEach((count, place) => {
    for (let byte = 0; byte < width; byte++) days[place * width + byte] = count >>> (8 * (width - 1 - byte));
  });
  return { first, last, days };
}
const isAny = (count: number): boolean => count !== 0;
const widthOf = (most: number): 1 | 2 | 4 => (most < 2 ** 8 ? 1 : most < 2 ** 16 ? 2 : 4);

export function unpackPersonDays({ first, last, days: packed }: PackedDays): PersonDays {
  const places = (last - first + 1) * KINDS;
  const width = packed.length / places;
  const upTo = new Int32Array(places);
  for (let place = 0; place < places; place++)
    for (let byte = 0; byte < width; byte++)
      upTo[place] = ((upTo[place] ?? 0) << 8) | (packed[place * width + byte] ?? 0);
  const days = new Int32Array(DAYS * KINDS);
  upTo.forEach((count, place) => {
    days[first * KINDS + place] = count - (place < KINDS ? 0 : (upTo[place - KINDS] ?? 0));
  });
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
