// Schedules: who is on call when, as it is written. Stored checked; what is allowed but likely a mistake (people who are
// not known, hours without anybody) is answered as a warning. A schedule that a policy names cannot be deleted.
// Asking it who is on call is on-call.ts; what it means is core/src/schedule.ts.
import {
  issueWords,
  mergeOverrides,
  overridesFromEvents,
  peopleNamedIn,
  readCalendarEvents,
  scheduleSchema,
  type WrittenSchedule,
  wantedNames,
} from '@relance/core';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Tx } from '../../store/database.ts';
import { lockVersion } from '../../store/sql/last-version.ts';
import { knownRecipients } from '../../store/sql/recipient.ts';
import {
  deleteSchedule,
  getSchedule,
  listSchedules,
  peopleCalled,
  putSchedule,
  type StoredSchedule,
} from '../../store/sql/schedule.ts';
import { checkWrittenOver, expectedOf } from '../expected.ts';
import { checkText } from '../json.ts';
import { refuseUsed } from '../policy-use.ts';
import type { HttpPorts } from '../ports.ts';
import { Problem } from '../problem.ts';
import { afterOf, callerOf, checkSameId, idSchema, pageOf, pageSchema, read, scopeOf } from '../route.ts';
import { scheduleWarnings } from '../schedule-warning.ts';

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
    const expected = expectedOf(request);
    return ports.database.transaction(scopeOf(caller), async (tx) => {
      await lockVersion(tx, 'schedule', caller.tenant, id);
      checkWrittenOver(expected, await getSchedule(tx, caller.tenant, id, true), body, `schedule "${id}"`);
      const known = await knownRecipients(tx, caller.tenant, [...peopleNamedIn(body).keys()]);
      return {
        ...toWire(await putSchedule(tx, caller.tenant, id, body)),
        warnings: scheduleWarnings(body, known, now),
      };
    });
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
      await lockVersion(tx, 'schedule', caller.tenant, id);
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

function calendarOf(request: FastifyRequest): string {
  if (typeof request.body !== 'string')
    throw new Problem('unsupported_media_type', 'Send an iCalendar text, as text/calendar.');
  checkText(request.body, '');
  return request.body;
}

/** Overrides of the same events are replaced, those of cancelled ones removed, all others stay. */
async function importEvents(tx: Tx, tenant: string, id: string, text: string, level: number): Promise<unknown> {
  await lockVersion(tx, 'schedule', tenant, id);
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
  const checked = scheduleSchema.safeParse(merged, { error: issueWords });
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
