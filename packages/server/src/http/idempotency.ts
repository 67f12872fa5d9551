// `Idempotency-Key` on every POST: the first answer is kept for a day and replayed. Scoped by tenant and route; another
// body under the same key is refused; a request still under way answers 409. Costs nothing without the header.
import { createHash } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { claimIdempotency, forgetIdempotency, rememberAnswer } from '../store/sql/idempotency.ts';
import type { HttpPorts } from './ports.ts';
import { Problem } from './problem.ts';
import { scopeOf } from './route.ts';

declare module 'fastify' {
  interface FastifyRequest {
    idempotency: { readonly tenant: string; readonly route: string; readonly key: string } | null;
  }
}

const KEY_MAX = 255;

export function useIdempotency(app: FastifyInstance, ports: Pick<HttpPorts, 'database'>): void {
  app.decorateRequest('idempotency', null);
  app.addHook('preHandler', async (request, reply) => claim(ports, request, reply));
  app.addHook('onSend', async (request, reply, payload) => {
    await settle(ports, request, reply, payload);
    return payload;
  });
}

async function claim(
  ports: Pick<HttpPorts, 'database'>,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply | undefined> {
  const key = request.headers['idempotency-key'];
  if (request.method !== 'POST' || key === undefined || request.caller === null) return undefined;
  if (typeof key !== 'string' || key === '' || key.length > KEY_MAX)
    throw new Problem('invalid', `Idempotency-Key must be 1 to ${KEY_MAX} characters.`);
  const { tenant } = request.caller;
  const route = `${request.method} ${request.url}`;
  const hash = createHash('sha256')
    .update(JSON.stringify(request.body ?? null))
    .update(request.headers['content-type'] ?? '')
    .digest();
  const known = await ports.database.transaction(scopeOf(request.caller), (tx) =>
    claimIdempotency(tx, tenant, route, key, hash),
  );
  if (known === null) {
    request.idempotency = { tenant, route, key };
    return undefined;
  }
  if (!known.request_hash.equals(hash))
    throw new Problem('idempotency_mismatch', 'The same Idempotency-Key came with another body before.');
  if (known.status === null)
    throw new Problem(
      'idempotency_in_flight',
      'The first request with this Idempotency-Key has not been answered yet.',
    );
  return reply.header('idempotency-replayed', 'true').code(known.status).send(known.response);
}

async function settle(
  ports: Pick<HttpPorts, 'database'>,
  request: FastifyRequest,
  reply: FastifyReply,
  payload: unknown,
): Promise<void> {
  const { idempotency, caller } = request;
  if (idempotency === null || caller === null) return;
  request.idempotency = null;
  const { tenant, route, key } = idempotency;
  await ports.database.transaction(scopeOf(caller), (tx) =>
    reply.statusCode >= 500
      ? forgetIdempotency(tx, tenant, route, key)
      : rememberAnswer(
          tx,
          tenant,
          route,
          key,
          reply.statusCode,
          typeof payload === 'string' && payload !== '' ? JSON.parse(payload) : null,
        ),
  );
}
