// Asking a schedule: who is on call at a time, the shifts and the gaps between two times, and the shifts as iCalendar.
// Lists go level by level and page by page; a question spans at most a year. Writing schedules is schedule.ts.
import {
  compileSchedule,
  DAY_MS,
  fromRfc3339,
  type Gap,
  gapsBetween,
  type Instant,
  later,
  levelsOf,
  type OnCall,
  onCallAt,
  peopleNamedIn,
  type Schedule,
  type Shift,
  scheduleToICalendar,
  shiftsBetween,
  toRfc3339,
  wireGap,
  wireOnCall,
  wireShift,
} from '@relance/core';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { knownRecipients } from '../../store/sql/recipient.ts';
import { getSchedule, namedPeople, type StoredSchedule } from '../../store/sql/schedule.ts';
import type { Caller } from '../auth.ts';
import type { HttpPorts } from '../ports.ts';
import { Problem } from '../problem.ts';
import { afterOf, callerOf, idSchema, pageOf, read, scopeOf } from '../route.ts';
import { noSchedule } from './schedule.ts';

const RANGE_DAYS_MAX = 366;
const RANGE_DAYS = 28;
/** What calendar programs show: a little of what was, and the next months. */
const CALENDAR_BEFORE_DAYS = 28;
const CALENDAR_AFTER_DAYS = 180;
/** A month of a busy schedule in one page. */
const PAGE_MAX = 1_000;
const PAGE_DEFAULT = 200;

/** What is asked lies in the years for which zones have tables (core/src/timing.ts): a list beyond them would take minutes. */
const moment = z
  .string()
  .max(40)
  .refine(
    (text) => /^20[0-5]/.test(text) && fromRfc3339(text) !== null,
    'must be RFC 3339 in a year from 2000 to 2059, such as 2026-12-24T09:00:00Z',
  );
const level = z.coerce.number().int().min(1).max(10).optional();
const range = { from: moment.optional(), to: moment.optional(), level };
export const atSchema = z.object({ at: moment.optional(), level });
export const rangeSchema = z.object({
  ...range,
  cursor: z.string().max(100).optional(),
  limit: z.coerce.number().int().min(1).max(PAGE_MAX).default(PAGE_DEFAULT),
});
export const calendarSchema = z.object({ ...range, recipient: idSchema.optional() });

type ById = { Params: { id: string } };

export function onCallRoutes(app: FastifyInstance, ports: HttpPorts): void {
  app.get<ById>('/v1/schedules/:id/on-call', async (request) => {
    const query = read(atSchema, request.query);
    const { schedule, known } = await findWithPeople(ports, callerOf(request), request.params.id);
    const at = instantOf(query.at) ?? (await ports.clock.now());
    const levels = query.level === undefined ? levelsOf(schedule) : [query.level];
    const onCall = (level: number): OnCall => {
      const one = onCallAt(schedule, at, level);
      return { ...one, recipients: one.recipients.filter((id) => known.has(id)) };
    };
    return {
      at: toRfc3339(at),
      onCall: levels.map((level) => wireOnCall(onCall(level))),
      gap: onCall(1).recipients.length === 0,
    };
  });
  app.get<ById>('/v1/schedules/:id/shifts', async (request) => {
    const query = read(rangeSchema, request.query);
    const { schedule } = await find(ports, callerOf(request), request.params.id);
    const span = spanOf(query, await ports.clock.now(), 0, RANGE_DAYS);
    return pageOf(levelByLevel(schedule, span, query, shiftsBetween).map(wireShift), query.limit, nextAfter);
  });
  app.get<ById>('/v1/schedules/:id/gaps', async (request) => {
    const query = read(rangeSchema, request.query);
    const { schedule, known } = await findWithPeople(ports, callerOf(request), request.params.id);
    const span = spanOf(query, await ports.clock.now(), 0, RANGE_DAYS);
    const gaps: Between<Gap> = (...asked) => gapsBetween(...asked, (id) => known.has(id));
    return pageOf(levelByLevel(schedule, span, query, gaps).map(wireGap), query.limit, nextAfter);
  });
  app.get<ById>('/v1/schedules/:id/calendar.ics', async (request, reply) => {
    const query = read(calendarSchema, request.query);
    const caller = callerOf(request);
    const { stored, schedule } = await find(ports, caller, request.params.id);
    const span = spanOf(query, await ports.clock.now(), CALENDAR_BEFORE_DAYS, CALENDAR_AFTER_DAYS);
    const all = levelByLevel(schedule, span, { level: query.level, limit: SHIFTS_SHOWN_MAX }, shiftsBetween);
    const shifts = all.filter(
      ({ recipients }) => query.recipient === undefined || recipients.includes(query.recipient),
    );
    const ids = [...new Set(shifts.flatMap(({ recipients }) => recipients))];
    const people = await ports.database.transaction(scopeOf(caller), (tx) => namedPeople(tx, caller.tenant, ids));
    return reply.type('text/calendar; charset=utf-8').send(
      scheduleToICalendar({
        tenant: caller.tenant,
        id: stored.id,
        name: stored.body.name ?? null,
        shifts,
        people: new Map(people.map((one) => [one.id, one])),
        changedAt: stored.updatedAt,
      }),
    );
  });
}
/** A year of hourly shifts; calendar programs do not show more. */
const SHIFTS_SHOWN_MAX = 10_000;

const instantOf = (text: string | undefined): Instant | null => (text === undefined ? null : fromRfc3339(text));

async function find(
  ports: HttpPorts,
  caller: Caller,
  id: string,
): Promise<{ readonly stored: StoredSchedule; readonly schedule: Schedule }> {
  const stored = await ports.database.transaction(scopeOf(caller), (tx) => getSchedule(tx, caller.tenant, id));
  if (stored === null) throw noSchedule(id);
  return { stored, schedule: compileSchedule(stored.body) };
}

/** Whoever is not known is nobody: the engine tells them nothing, and goes on to the fallback. */
async function findWithPeople(
  ports: HttpPorts,
  caller: Caller,
  id: string,
): Promise<{ readonly schedule: Schedule; readonly known: ReadonlySet<string> }> {
  return ports.database.transaction(scopeOf(caller), async (tx) => {
    const stored = await getSchedule(tx, caller.tenant, id);
    if (stored === null) throw noSchedule(id);
    const known = await knownRecipients(tx, caller.tenant, [...peopleNamedIn(stored.body).keys()]);
    return { schedule: compileSchedule(stored.body), known };
  });
}

interface TimeSpan {
  readonly from: Instant;
  readonly to: Instant;
}

/** From some days before now to some after, unless it is said. */
function spanOf(
  query: { readonly from?: string | undefined; readonly to?: string | undefined },
  now: Instant,
  daysBefore: number,
  daysAfter: number,
): TimeSpan {
  const from = instantOf(query.from) ?? later(now, -daysBefore * DAY_MS);
  const to = instantOf(query.to) ?? later(from, (daysBefore + daysAfter) * DAY_MS);
  if (to <= from) throw new Problem('invalid', '"to" must be after "from".');
  if (to - from > RANGE_DAYS_MAX * DAY_MS)
    throw new Problem(
      'invalid',
      `From "from" to "to" there may be ${RANGE_DAYS_MAX} days; ask for each year by itself.`,
    );
  return { from, to };
}

type Between<T> = (schedule: Schedule, from: Instant, to: Instant, level: number, max: number) => readonly T[];
interface Asked {
  readonly level?: number | undefined;
  readonly cursor?: string | undefined;
  readonly limit: number;
}

/** The whole of level 1, then level 2, …, from where the page before ended; one more than asked for. */
function levelByLevel<T extends Shift | Gap>(
  schedule: Schedule,
  { from, to }: TimeSpan,
  asked: Asked,
  between: Between<T>,
): readonly T[] {
  const after = placeOf(asked.cursor);
  const levels = asked.level === undefined ? levelsOf(schedule) : [asked.level];
  const items: T[] = [];
  for (const level of levels) {
    const left = asked.limit + 1 - items.length;
    if (left <= 0 || (after !== null && level < after.level)) continue;
    items.push(...between(schedule, after?.level === level ? after.until : from, to, level, left));
  }
  return items;
}

const nextAfter = (item: { readonly level: number; readonly until: string }): string => `${item.level} ${item.until}`;

function placeOf(cursor: string | undefined): { readonly level: number; readonly until: Instant } | null {
  if (cursor === undefined) return null;
  const [number = '', time = ''] = (afterOf(cursor) ?? '').split(' ');
  const until = fromRfc3339(time);
  if (!/^\d{1,2}$/.test(number) || until === null) throw new Problem('invalid', 'The cursor is not one of ours.');
  return { level: Number(number), until };
}
