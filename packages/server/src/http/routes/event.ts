// Events in, in all three CloudEvents modes, and what became of them.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { EventOutcome, IncomingEvent } from '../../engine/ports.ts';
import { getEvent, listEvents, toWireEvent } from '../../store/sql/event-list.ts';
import { isBinary, type ReadEvent, readBinary, readStructured } from '../cloud-event.ts';
import type { HttpPorts } from '../ports.ts';
import { Problem } from '../problem.ts';
import { afterId, callerOf, pageOf, pageSchema, readQuery, scopeOf } from '../route.ts';

export const eventListSchema = pageSchema.extend({ type: z.string().optional(), source: z.string().optional() });

/** What one transaction of the ingest loop takes. */
const EVENTS_A_BATCH_MAX = 500;

export function eventRoutes(app: FastifyInstance, ports: HttpPorts): void {
  app.post('/v1/events', async (request, reply) => {
    const { tenant } = callerOf(request);
    const reads = readEvents(request);
    return answerEvents(ports, tenant, reads.list, reads.single, reply);
  });
  app.get('/v1/events', async (request) => {
    const caller = callerOf(request);
    const query = readQuery(eventListSchema, request.query);
    const rows = await ports.database.transaction(scopeOf(caller), (tx) =>
      listEvents(
        tx,
        caller.tenant,
        { type: query.type ?? null, source: query.source ?? null },
        afterId(query.cursor),
        query.limit + 1,
      ),
    );
    return pageOf(rows.map(toWireEvent), query.limit, (event) => event.ref);
  });
  app.get<{ Params: { id: string } }>('/v1/events/:id', async (request) => {
    const caller = callerOf(request);
    const { source } = readQuery(z.object({ source: z.string().optional() }), request.query);
    const row = await ports.database.transaction(scopeOf(caller), (tx) =>
      getEvent(tx, caller.tenant, request.params.id, source ?? null),
    );
    if (row === null) throw new Problem('not_found', `No event with the id "${request.params.id}" has arrived.`);
    return toWireEvent(row);
  });
}

function readEvents(request: FastifyRequest): { list: readonly ReadEvent[]; single: boolean } {
  const { body, headers } = request;
  const type = (headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
  if (type === 'application/cloudevents-batch+json') {
    if (!Array.isArray(body)) throw new Problem('invalid_event', 'A batch is a JSON array of events.');
    return { list: readAll(body), single: false };
  }
  if (type !== 'application/cloudevents+json' && isBinary(headers))
    return { list: [readBinary(headers, body)], single: true };
  if (type !== 'application/cloudevents+json' && type !== 'application/json') {
    throw new Problem(
      'unsupported_media_type',
      `Events come as application/cloudevents+json, application/cloudevents-batch+json, or with ce-* headers; not as "${type}".`,
    );
  }
  if (Array.isArray(body) && type === 'application/json') return { list: readAll(body), single: false };
  return { list: [readStructured(body)], single: true };
}

function readAll(body: readonly unknown[]): readonly ReadEvent[] {
  if (body.length > EVENTS_A_BATCH_MAX)
    throw new Problem('too_large', `The batch has ${body.length} events; it may have ${EVENTS_A_BATCH_MAX}.`);
  return body.map((one) => readStructured(one));
}

/** Submits what is valid and answers for everything; a single invalid event is a problem of its own. */
export async function answerEvents(
  ports: Pick<HttpPorts, 'ingest'>,
  tenant: string,
  reads: readonly ReadEvent[],
  single: boolean,
  reply: FastifyReply,
): Promise<unknown> {
  const [only] = reads;
  if (single && only?.ok === false) throw new Problem('invalid_event', only.detail);
  const valid: { index: number; event: IncomingEvent }[] = reads.flatMap((one, index) =>
    one.ok ? [{ index, event: one.event }] : [],
  );
  const outcomes = await ports.ingest.submit(
    tenant,
    valid.map(({ event }) => event),
  );
  const rejected: { index: number; code: string; detail: string }[] = reads.flatMap((one, index) =>
    one.ok ? [] : [{ index, code: 'invalid_event', detail: one.detail }],
  );
  valid.forEach(({ index }, place) => {
    const outcome = outcomes[place];
    if (outcome?.kind === 'rejected') rejected.push({ index, code: outcome.code, detail: outcome.detail });
  });
  if (single && rejected[0] !== undefined) throw new Problem('event_unprocessable', rejected[0].detail);
  const count = (kind: EventOutcome['kind']) => outcomes.filter((outcome) => outcome.kind === kind).length;
  const followUps = outcomes.flatMap((outcome) => (outcome.kind === 'rejected' ? [] : outcome.followUps));
  const unmatched = valid.flatMap(({ index }, place) => {
    const outcome = outcomes[place];
    return outcome?.kind === 'accepted' ? outcome.unmatched.map((one) => ({ index, ...one })) : [];
  });
  const activities = valid.flatMap(({ index }, place) => {
    const outcome = outcomes[place];
    return outcome?.kind === 'accepted' ? outcome.activities.map((one) => ({ index, ...one })) : [];
  });
  return reply.code(202).send({
    accepted: count('accepted'),
    duplicates: count('duplicate'),
    rejected: rejected.sort((a, b) => a.index - b.index),
    unmatched,
    activities,
    followUps: [...new Map(followUps.map((one) => [one.id, one])).values()],
  });
}
