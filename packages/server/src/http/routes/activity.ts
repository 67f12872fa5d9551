// The activity of a recipient: what they did elsewhere, told by the API and read back. Events that tell of it are mapped in
// relance.yaml (engine/ingest-activity.ts).
import { randomUUID } from 'node:crypto';
import { ACTIVITY_TYPE_MAX, fromRfc3339, type Instant, toRfc3339 } from '@relance/core';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { type ActivityPlace, type ActivityRow, insertActivities, listActivities } from '../../store/sql/activity.ts';
import { readClock } from '../../store/sql/clock.ts';
import { getRecipient } from '../../store/sql/recipient.ts';
import type { HttpPorts } from '../ports.ts';
import { Problem } from '../problem.ts';
import { afterOf, callerOf, idSchema, pageOf, pageSchema, read, readQuery, scopeOf } from '../route.ts';

const ACTIVITIES_MAX = 1_000;
const DATA_BYTES_MAX = 16_384;
const text = z.string().min(1).max(ACTIVITY_TYPE_MAX);

const activity = z.strictObject({
  id: z.uuid().optional().describe('the same one told twice is kept once'),
  type: text.describe('what they did, as in shop.viewed'),
  at: z
    .string()
    .refine((written) => fromRfc3339(written) !== null, 'must be RFC 3339, such as 2026-12-24T09:00:00Z')
    .optional()
    .describe('when; now when not given'),
  data: z
    .unknown()
    .refine((value) => JSON.stringify(value ?? null).length <= DATA_BYTES_MAX, 'may hold 16 KiB')
    .optional(),
  location: z.strictObject({ country: text.optional(), region: text.optional(), city: text.optional() }).nullish(),
});
/** One, or up to 1,000 together. */
export const activitySchema = z.union([activity, z.array(activity).min(1).max(ACTIVITIES_MAX)]);
export const activityQuerySchema = pageSchema.extend({ type: text.optional() });

type ById = { Params: { id: string } };

export function activityRoutes(app: FastifyInstance, ports: HttpPorts): void {
  app.post<ById>('/v1/recipients/:id/activity', async (request, reply) => {
    const caller = callerOf(request);
    const recipient = read(idSchema, request.params.id);
    const body = read(activitySchema, request.body);
    const list = Array.isArray(body) ? body : [body];
    await ports.database.transaction(scopeOf(caller), async (tx) => {
      if ((await getRecipient(tx, caller.tenant, recipient)) === null) throw unknown(recipient);
      const { now } = await readClock(tx);
      await insertActivities(
        tx,
        list.map((one) => ({
          tenant: caller.tenant,
          recipient,
          id: one.id ?? randomUUID(),
          type: one.type,
          ...momentOf(one.at, now),
          data: one.data ?? null,
          location: one.location ?? null,
          source: null,
        })),
      );
    });
    return reply.code(202).send({ accepted: list.length });
  });
  app.get<ById>('/v1/recipients/:id/activity', async (request) => {
    const caller = callerOf(request);
    const { id } = request.params;
    const query = readQuery(activityQuerySchema, request.query);
    const rows = await ports.database.transaction(scopeOf(caller), async (tx) => {
      if ((await getRecipient(tx, caller.tenant, id)) === null) throw unknown(id);
      const filter = { type: query.type ?? null, before: beforeOf(query.cursor), limit: query.limit + 1 };
      return listActivities(tx, caller.tenant, id, filter);
    });
    const page = pageOf(
      rows,
      query.limit,
      ({ at, arrival, id }) => `${toRfc3339(at as Instant)} ${arrival ?? ''} ${id}`,
    );
    return { ...page, items: page.items.map(toWire) };
  });
}

/** Anybody may have given the ids, so it is the order of arrival that goes on; the id tells apart those without one. */
function beforeOf(cursor: string | undefined): ActivityPlace | null {
  if (cursor === undefined) return null;
  const [time = '', arrival = '', id = ''] = (afterOf(cursor) ?? '').split(' ');
  const at = fromRfc3339(time);
  if (at === null || !/^\d{0,15}$/.test(arrival) || !z.guid().safeParse(id).success)
    throw new Problem('invalid', 'The cursor is not one of ours.');
  return { at, arrival: arrival === '' ? null : Number(arrival), id };
}

const unknown = (id: string): Problem => new Problem('not_found', `There is no recipient "${id}".`);

/** What a sender's clock has in the future has happened by now. */
function momentOf(written: string | undefined, now: Instant): { readonly at: Instant; readonly atNow: boolean } {
  const at = written === undefined ? null : fromRfc3339(written);
  return at === null || at > now ? { at: now, atNow: true } : { at, atNow: false };
}

const toWire = ({ at, arrival: _arrival, ...row }: ActivityRow) => ({ ...row, at: toRfc3339(at as Instant) });
