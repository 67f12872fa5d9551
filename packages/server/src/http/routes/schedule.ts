// Schedules: who is on call when, as it is written. Stored checked; what is allowed but likely a mistake (people who are
// not known, hours without anybody) is answered as a warning. A schedule that a policy names cannot be deleted.
// Asking it who is on call is on-call.ts; what it means is core/src/schedule.ts.
import {
  compileSchedule,
  DAY_MS,
  gapsBetween,
  type Instant,
  later,
  mergeOverrides,
  overridesFromEvents,
  peopleNamedIn,
  readCalendarEvents,
  scheduleSchema,
  toRfc3339,
  type WrittenSchedule,
  wantedNames,
} from '@relance/core';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Tx } from '../../store/database.ts';
import { knownRecipients } from '../../store/sql/recipient.ts';
import {
  deleteSchedule,
  getSchedule,
  listSchedules,
  peopleCalled,
  putSchedule,
  type StoredSchedule,
} from '../../store/sql/schedule.ts';
import { checkText } from '../json.ts';
import { refuseUsed } from '../policy-use.ts';
import type { HttpPorts } from '../ports.ts';
import { Problem } from '../problem.ts';
import { afterOf, callerOf, checkSameId, idSchema, pageOf, pageSchema, read, scopeOf } from '../route.ts';

/** Looked through for hours without anybody when a schedule is written. */
const WATCHED_DAYS = 28;
/** More than these nobody reads. */
const WARNINGS_MAX = 50;
const SKIPPED_SHOWN_MAX = 500;

const toWire = ({ id, version, body: { id: _id, ...rest } }: StoredSchedule) => ({ id, version, ...rest });
type ById = { Params: { id: string } };

export const importSchema = z.object({ level: z.coerce.number().int().min(1).max(10).default(1) });

export const noSchedule = (id: string): Problem => new Problem('not_found', `There is no schedule "${id}".`);

/** Without the id, which is the address's; a name that is not given is none. */
export function toSchedule({ id: _id, name, ...rest }: WrittenSchedule): WrittenSchedule {
  return { name: name ?? null, ...rest };
}

export function scheduleRoutes(app: FastifyInstance, ports: HttpPorts): void {
  app.put<ById>('/v1/schedules/:id', async (request) => {
    const caller = callerOf(request);
    const id = read(idSchema, request.params.id);
    const written = read(scheduleSchema, request.body);
    checkSameId(written.id, id);
    const body = toSchedule(written);
    const now = await ports.clock.now();
    return ports.database.transaction(scopeOf(caller), async (tx) => ({
      ...toWire(await putSchedule(tx, caller.tenant, id, body)),
      warnings: [...(await unknownPeople(tx, caller.tenant, body)), ...hoursWithoutAnybody(body, now)],
    }));
  });
  app.get('/v1/schedules', async (request) => {
    const caller = callerOf(request);
    const query = read(pageSchema, request.query);
    const rows = await ports.database.transaction(scopeOf(caller), (tx) =>
      listSchedules(tx, caller.tenant, afterOf(query.cursor), query.limit + 1),
    );
    return pageOf(rows.map(toWire), query.limit, (row) => row.id);
  });
  app.get<ById>('/v1/schedules/:id', async (request) => {
    const caller = callerOf(request);
    const row = await ports.database.transaction(scopeOf(caller), (tx) =>
      getSchedule(tx, caller.tenant, request.params.id),
    );
    if (row === null) throw noSchedule(request.params.id);
    return toWire(row);
  });
  app.delete<ById>('/v1/schedules/:id', async (request, reply) => {
    const caller = callerOf(request);
    const { id } = request.params;
    await ports.database.transaction(scopeOf(caller), async (tx) => {
      await refuseUsed(tx, caller.tenant, 'schedule', id);
      if (!(await deleteSchedule(tx, caller.tenant, id))) throw noSchedule(id);
    });
    return reply.code(204).send();
  });
  app.post<ById>('/v1/schedules/:id/import', async (request) => {
    const caller = callerOf(request);
    const { level } = read(importSchema, request.query);
    const text = calendarOf(request);
    return ports.database.transaction(scopeOf(caller), (tx) =>
      importEvents(tx, caller.tenant, request.params.id, text, level),
    );
  });
}

interface Warning {
  readonly path: string;
  readonly message: string;
}

async function unknownPeople(tx: Tx, tenant: string, body: WrittenSchedule): Promise<readonly Warning[]> {
  const named = peopleNamedIn(body);
  const known = await knownRecipients(tx, tenant, [...named.keys()]);
  return [...named]
    .filter(([id]) => !known.has(id))
    .slice(0, WARNINGS_MAX)
    .map(([id, path]) => ({
      path,
      message: `There is no recipient "${id}" yet; until there is, nobody is told in their place.`,
    }));
}

function hoursWithoutAnybody(body: WrittenSchedule, now: Instant): readonly Warning[] {
  const gaps = gapsBetween(compileSchedule(body), now, later(now, WATCHED_DAYS * DAY_MS));
  const [first] = gaps;
  if (first === undefined) return [];
  const more = gaps.length === 1 ? '' : `, and ${gaps.length - 1} more times`;
  const when = `from ${toRfc3339(first.from)} to ${toRfc3339(first.until)}`;
  return [{ path: 'layers', message: `Within ${WATCHED_DAYS} days nobody is on call ${when}${more}.` }];
}

function calendarOf(request: FastifyRequest): string {
  if (typeof request.body !== 'string')
    throw new Problem('unsupported_media_type', 'Send an iCalendar text, as text/calendar.');
  checkText(request.body, '');
  return request.body;
}

/** Overrides of the same events are replaced, those of cancelled ones removed, all others stay. */
async function importEvents(tx: Tx, tenant: string, id: string, text: string, level: number): Promise<unknown> {
  const stored = await getSchedule(tx, tenant, id, true);
  if (stored === null) throw noSchedule(id);
  const events = readCalendarEvents(text, stored.body.timeZone);
  if (events === null)
    throw new Problem(
      'invalid',
      'The body is no iCalendar text: it begins with BEGIN:VCALENDAR and ends with its END.',
    );
  const imported = overridesFromEvents(events, await peopleCalled(tx, tenant, wantedNames(events)), level);
  const merged = mergeOverrides(stored.body, imported);
  const checked = scheduleSchema.safeParse(merged);
  if (!checked.success) {
    const [issue] = checked.error.issues;
    throw new Problem(
      'unprocessable',
      `Nothing was imported, because the schedule would not be valid: "${issue?.path.join('.')}": ${issue?.message}.`,
    );
  }
  const { version } = await putSchedule(tx, tenant, id, toSchedule(checked.data));
  const fresh = new Set(imported.overrides.map((one) => one.id));
  const after = new Set(merged.overrides.map((one) => one.id));
  return {
    id,
    version,
    imported: fresh.size - imported.cancelled.filter((one) => fresh.has(one)).length,
    removed: stored.body.overrides.filter((one) => !after.has(one.id)).length,
    skippedCount: imported.skipped.length,
    skipped: imported.skipped.slice(0, SKIPPED_SHOWN_MAX),
  };
}
