// Calendars: business hours, holidays and exceptions by name, as they are written. Stored checked, places of holidays
// included; one that a published policy names cannot be deleted. `days` shows what it means: the next working days, and
// what is special among them. The written form is core/src/policy/schema-calendar.ts, its meaning core/src/calendar.ts.
import {
  type Calendar,
  calendarSchema,
  calendarYears,
  fromRfc3339,
  type Instant,
  isDate,
  previewCalendar,
  wireCalendarPreview,
} from '@relance/core';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import {
  type CalendarBody,
  deleteCalendar,
  getCalendar,
  listCalendars,
  putCalendar,
  type StoredCalendar,
} from '../../store/sql/calendar.ts';
import { lockVersion } from '../../store/sql/last-version.ts';
import type { Caller } from '../auth.ts';
import { checkWrittenOver, expectedOf } from '../expected.ts';
import { refuseUsed } from '../policy-use.ts';
import type { HttpPorts } from '../ports.ts';
import { Problem } from '../problem.ts';
import { afterOf, callerOf, checkSameId, idSchema, pageOf, pageSchema, read, readQuery, scopeOf } from '../route.ts';

/** Some months; further away nobody looks at days one by one. */
const DAYS_MAX = 100;
const DAYS = 10;

export const calendarBodySchema = calendarSchema.extend({
  id: idSchema.optional(),
  name: z.string().max(500).nullish(),
});
/** Zones have tables for the years from 2000 to 2059 (core/src/timing.ts). */
export const daysSchema = z.object({
  from: z
    .string()
    .refine(
      (text) => /^20[0-5]/.test(text) && isDate(text),
      'must be a date in a year from 2000 to 2059, such as 2026-12-24',
    )
    .optional(),
  count: z.coerce.number().int().min(1).max(DAYS_MAX).default(DAYS),
});

type ById = { Params: { id: string } };

/** Without the id, which is the address's; a name that is not given is none. */
export function toCalendarBody({ id: _id, name, ...rest }: z.output<typeof calendarBodySchema>): CalendarBody {
  return { name: name ?? null, ...rest };
}

const toWire = ({ id, version, body }: StoredCalendar) => ({ id, version, ...body });
const noCalendar = (id: string): Problem => new Problem('not_found', `There is no calendar "${id}".`);

export function calendarRoutes(app: FastifyInstance, ports: HttpPorts): void {
  app.put<ById>('/v1/calendars/:id', async (request) => {
    const caller = callerOf(request);
    const id = read(idSchema, request.params.id);
    const written = read(calendarBodySchema, request.body);
    checkSameId(written.id, id);
    const body = toCalendarBody(written);
    await compiled(ports, id, body, await ports.clock.now());
    const expected = expectedOf(request);
    const stored = await ports.database.transaction(scopeOf(caller), async (tx) => {
      await lockVersion(tx, 'calendar', caller.tenant, id);
      checkWrittenOver(expected, await getCalendar(tx, caller.tenant, id, true), body, `calendar "${id}"`);
      return putCalendar(tx, caller.tenant, id, body);
    });
    return toWire(stored);
  });
  app.get('/v1/calendars', async (request) => {
    const caller = callerOf(request);
    const query = readQuery(pageSchema, request.query);
    const rows = await ports.database.transaction(scopeOf(caller), (tx) =>
      listCalendars(tx, caller.tenant, afterOf(query.cursor), query.limit + 1),
    );
    return pageOf(rows.map(toWire), query.limit, (row) => row.id);
  });
  app.get<ById>('/v1/calendars/:id', async (request) =>
    toWire(await find(ports, callerOf(request), request.params.id)),
  );
  app.delete<ById>('/v1/calendars/:id', async (request, reply) => {
    const caller = callerOf(request);
    const { id } = request.params;
    await ports.database.transaction(scopeOf(caller), async (tx) => {
      await refuseUsed(tx, caller.tenant, 'calendar', id);
      await lockVersion(tx, 'calendar', caller.tenant, id);
      if (!(await deleteCalendar(tx, caller.tenant, id))) throw noCalendar(id);
    });
    return reply.code(204).send();
  });
  app.get<ById>('/v1/calendars/:id/days', async (request) => {
    const { from = null, count } = readQuery(daysSchema, request.query);
    const { id, version, body } = await find(ports, callerOf(request), request.params.id);
    const now = await ports.clock.now();
    const around = from === null ? now : (fromRfc3339(`${from}T00:00:00Z`) ?? now);
    const calendar = await compiled(ports, id, body, around);
    return { id, version, zone: body.zone, ...wireCalendarPreview(previewCalendar(calendar, { from, count, now })) };
  });
}

async function find(ports: HttpPorts, caller: Caller, id: string): Promise<StoredCalendar> {
  const stored = await ports.database.transaction(scopeOf(caller), (tx) => getCalendar(tx, caller.tenant, id));
  if (stored === null) throw noCalendar(id);
  return stored;
}

/** With the holidays of the years around an instant. */
async function compiled(ports: HttpPorts, id: string, body: CalendarBody, around: Instant): Promise<Calendar> {
  const reading = await ports.calendars.compile(id, body, calendarYears(around));
  if (reading.ok) return reading.calendar;
  const errors = reading.problems.map(({ path, message }) => ({ path: path.join('.'), message }));
  throw new Problem('invalid', `"${errors[0]?.path}": ${errors[0]?.message}`, { errors });
}
