// Whom a policy may come to, for whoever plays one that is not published: the dashboard beside its editor. Names go in, what decisions
// see of them comes out. With a policy that is published the server plays itself: simulation.ts.
import { type Directory, fromRfc3339, type Instant, peopleFrom, toRfc3339, wireDirectory } from '@relance/core';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { Tx } from '../../store/database.ts';
import { getCalendar } from '../../store/sql/calendar.ts';
import { readClock } from '../../store/sql/clock.ts';
import { type DirectoryDemands, demandOf, gatherDirectories, readRecipients } from '../../store/sql/directory.ts';
import { getSchedule } from '../../store/sql/schedule.ts';
import { NO_SETTINGS, tenantSettings } from '../../store/sql/tenant.ts';
import type { HttpPorts } from '../ports.ts';
import { callerOf, idSchema, read, scopeOf } from '../route.ts';

/** More than a policy can name: it has 50 stages. */
const NAMES_MAX = 500;
const names = z.array(idSchema).max(NAMES_MAX).default([]);
export const worldSchema = z.strictObject({
  recipients: names.describe('with their managers and deputies'),
  groups: names.describe('with their members'),
  schedules: z
    .array(z.strictObject({ id: idSchema, level: z.int().min(1).max(100).default(1) }))
    .max(NAMES_MAX)
    .default([])
    .describe('with everybody who comes on call'),
  calendar: idSchema.nullish(),
  at: z.iso.datetime().optional().describe('when it begins; now when not given'),
});

export function policyWorldRoutes(app: FastifyInstance, ports: HttpPorts): void {
  app.post('/v1/policies/world', async (request) => {
    const { tenant, ...caller } = callerOf(request);
    const asked = read(worldSchema, request.body);
    return ports.database.transaction(scopeOf({ tenant, ...caller }), async (tx) => {
      const { now } = await readClock(tx);
      const at = fromRfc3339(asked.at ?? '') ?? now;
      const settings = (await tenantSettings(tx, [tenant])).get(tenant) ?? NO_SETTINGS;
      const calendar = asked.calendar == null ? null : await getCalendar(tx, tenant, asked.calendar);
      const written = new Map();
      for (const { id } of asked.schedules) {
        const stored = await getSchedule(tx, tenant, id);
        if (stored !== null) written.set(id, stored.body);
      }
      return {
        now: toRfc3339(now),
        ...wireDirectory(await gatherEverybody(tx, tenant, { ...asked, people: asked.recipients }, at), written),
        calendar: calendar?.body ?? null,
        activity: settings.activity,
      };
    });
  });
}

interface Names {
  readonly people: readonly string[];
  readonly groups: readonly string[];
  readonly schedules: readonly { readonly id: string; readonly level: number }[];
}

/** Everybody a story may come to: of a schedule not only who is on call when it begins. */
export async function gatherEverybody(
  tx: Tx,
  tenant: string,
  { people, groups, schedules }: Names,
  at: Instant,
): Promise<Directory> {
  const demands: DirectoryDemands = new Map();
  const demand = demandOf(demands, tenant);
  demand.managers = true;
  for (const id of people) demand.recipients.add(id);
  for (const id of groups) demand.groups.add(id);
  for (const { id, level } of schedules) demand.schedules.set(id, (demand.schedules.get(id) ?? new Set()).add(level));
  const directory = (await gatherDirectories(tx, demands, at)).get(tenant);
  if (directory === undefined) throw new Error(`nothing was gathered of tenant ${tenant}`);
  const later = schedules.flatMap(({ id, level }) => {
    const schedule = directory.schedules.get(id);
    return schedule === undefined ? [] : [...peopleFrom(schedule, at, level)];
  });
  const more = await readRecipients(
    tx,
    later.filter((id) => !directory.recipients.has(id)).map((id) => ({ tenant, id })),
  );
  const recipients = new Map([
    ...directory.recipients,
    ...more.map(({ recipient }) => [recipient.id, recipient] as const),
  ]);
  return { ...directory, recipients };
}
