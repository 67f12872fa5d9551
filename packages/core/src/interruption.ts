// At which hours a message interrupts somebody, by their own clock: what figures count, so that whoever is asked too often at night
// shows. A working day is Monday to Friday here, whatever calendars say: what is counted must stay what it was. Pure; what counts as
// an interruption is metrics.ts, and the hours are noted when a message is handed over, since people move.
import { localDay } from './calendar.ts';
import { weekdayOf } from './day.ts';
import { DAY_MS, HOUR_MS, type Instant } from './instant.ts';
import { toLocal } from './timing.ts';

/** Night: 22 to 8, of every day. Weekend: Saturday and Sunday, 8 to 22. Evening: 18 to 22 of working days. Business: the rest. */
export const HOUR_KINDS = ['business', 'evening', 'night', 'weekend'] as const;
export type HourKind = (typeof HOUR_KINDS)[number];

const [MORNING, EVENING, NIGHT] = [8 * HOUR_MS, 18 * HOUR_MS, 22 * HOUR_MS];
const SATURDAY = 6;

export function hourKindAt(at: Instant, zone: string): HourKind {
  const local = toLocal(at, zone);
  const inDay = local - Math.floor(local / DAY_MS) * DAY_MS;
  if (inDay < MORNING || inDay >= NIGHT) return 'night';
  if (weekdayOf(localDay(at, zone)) >= SATURDAY) return 'weekend';
  return inDay < EVENING ? 'business' : 'evening';
}
