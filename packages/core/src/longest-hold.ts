// How long the hours of a stage may hold what it sends, before anybody knows when that is: by a daily span, or by a calendar
// that is closed for days. For run-tree.ts; what really holds a message, and until when, is send-window.ts.
import { type Calendar, hoursOf, officeCalendar } from './calendar.ts';
import { dateOf, dayOf } from './day.ts';
import { DAY_MS, MINUTE_MS } from './instant.ts';
import { boundsOf } from './late-start.ts';
import { MINUTES_A_DAY } from './policy/hours.ts';
import type { Policy, Stage } from './policy/policy.ts';
import type { SendSpan } from './send-window.ts';

/** How long its hours may hold a stage, and whether what comes whole days apart is held alike. */
export interface Hold {
  readonly key: string;
  readonly longestMs: number;
  readonly alike: ReadonlySet<'days' | 'businessDays'>;
}

export function holdOf({ calendar, calendarSource }: Policy, stage: Stage): Hold | null {
  const { hours, urgency } = stage;
  if (hours === null || urgency === 'urgent') return null;
  const { window, quietHours } = hours;
  const key = JSON.stringify(hours);
  if (window === 'calendar' || quietHours === 'calendar') {
    const known = calendar ?? (calendarSource === null ? OFFICE : null);
    const isPlain = window === null || quietHours === null;
    const reading = known === null ? null : readingOf(known);
    const alike = new Set(reading?.isEven === true && isPlain ? (['businessDays'] as const) : []);
    return { key, longestMs: (reading?.closedMs ?? Number.POSITIVE_INFINITY) + (isPlain ? 0 : DAY_MS), alike };
  }
  const closedMs =
    window !== null && quietHours !== null
      ? DAY_MS
      : window !== null
        ? DAY_MS - lengthOf(window)
        : quietHours === null
          ? 0
          : lengthOf(quietHours);
  return { key, longestMs: closedMs, alike: new Set(['days', 'businessDays']) };
}

/** How long it may take until the assignee has been told at all: no time where nothing holds what is sent at the opening. */
export function longestUntold(policy: Policy): number {
  const tells = policy.stages.filter(({ notify }) =>
    notify.some(({ to }) => to.some(({ kind }) => kind === 'assignee')),
  );
  const atOpening = tells.some(
    ({ at: { anchor, duration }, when, hours, escalate }) =>
      anchor.kind === 'opened' && boundsOf(duration)[1] === 0 && when === null && hours === null && escalate === null,
  );
  const others = policy.stages.filter(({ escalate }) => escalate?.mode === 'reassign');
  const holds = [...(atOpening ? [] : tells), ...others].map((stage) => holdOf(policy, stage)?.longestMs ?? 0);
  return Math.max(0, ...holds);
}

const OFFICE = officeCalendar('UTC');
/** Of two years when a calendar does not say which of them it knows. */
const YEARS = { from: 2026, to: 2027 };

interface CalendarReading {
  readonly closedMs: number;
  readonly isEven: boolean;
}
const readings = new WeakMap<Calendar, CalendarReading>();

/** How long the calendar is closed at the longest, and whether it has the same hours on each day on which it is open. */
function readingOf(calendar: Calendar): CalendarReading {
  const known = readings.get(calendar) ?? readCalendar(calendar);
  readings.set(calendar, known);
  return known;
}

function readCalendar(calendar: Calendar): CalendarReading {
  const years = calendar.years.to - calendar.years.from > 100 ? YEARS : calendar.years;
  const kinds = new Set<string>();
  let closed = 0;
  let longest = 0;
  for (let day = dayOf(`${years.from}-01-01`); day <= dayOf(`${years.to}-12-31`); day++) {
    const spans = hoursOf(calendar, dateOf(day));
    if (spans.length > 0) kinds.add(JSON.stringify(spans));
    let minute = 0;
    for (const { fromMinute, toMinute } of spans) {
      longest = Math.max(longest, closed + fromMinute - minute);
      closed = 0;
      minute = toMinute;
    }
    closed += MINUTES_A_DAY - minute;
  }
  return { closedMs: Math.max(longest, closed) * MINUTE_MS, isEven: kinds.size === 1 };
}

const lengthOf = (span: Exclude<SendSpan, 'calendar'>): number =>
  (((span.toMinute - span.fromMinute + MINUTES_A_DAY - 1) % MINUTES_A_DAY) + 1) * MINUTE_MS;
