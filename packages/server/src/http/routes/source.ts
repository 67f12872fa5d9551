// Named systems' own webhooks: POST /v1/sources/{source}/{key}, for senders that cannot set headers. The key in the path is
// an API key; a bearer header is taken as well, and then any word stands in the path.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { alertmanagerEvents, FIRING } from '../../sources/alertmanager.ts';
import { repeatingIngest } from '../../sources/repeated.ts';
import type { HttpPorts } from '../ports.ts';
import { Problem } from '../problem.ts';
import { answerEvents } from './event.ts';

type ByKey = { Params: { source: string; key: string } };

export function sourceRoutes(app: FastifyInstance, ports: HttpPorts): void {
  const take = async (request: FastifyRequest<ByKey>, reply: FastifyReply): Promise<unknown> => {
    const tenant = await tenantOf(ports, request);
    if (request.params.source !== 'alertmanager')
      throw new Problem('not_found', `There is no source "${request.params.source}". Known: alertmanager.`);
    const read = alertmanagerEvents(request.body);
    if (!read.ok) {
      throw new Problem(
        'invalid_webhook',
        `This is not an Alertmanager webhook of version 4: ${read.problems.join('; ')}.`,
      );
    }
    if (read.truncated > 0)
      ports.log.warn(
        { truncated: read.truncated },
        'Alertmanager left alerts out of a webhook; raise max_alerts there',
      );
    return answerEvents(
      { ingest: repeatingIngest(ports, FIRING) },
      tenant,
      read.events.map((event) => ({ ok: true, event })),
      false,
      reply,
    );
  };
  app.post<ByKey>('/v1/sources/:source/:key', take);
  app.post<ByKey>('/v1/sources/:source/:key/*', take);
}

async function tenantOf(ports: HttpPorts, request: FastifyRequest<ByKey>): Promise<string> {
  if (request.headers.authorization !== undefined) return (await ports.auth.caller(request)).tenant;
  const caller = await ports.auth.byKey(request.params.key);
  if (caller !== null) return caller.tenant;
  return (await ports.auth.caller(request)).tenant; // the demo is open; otherwise this is the 401
}
