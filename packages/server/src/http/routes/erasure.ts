// Erasing a person over HTTP: one call, answered when it is done (200) or, of somebody with very much, when nothing starts for
// them any more, with the address that tells how far it has come (202). What stays, and why: docs/concepts/privacy.md.
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { toWireErasure } from '../../store/sql/erasure.ts';
import type { HttpPorts } from '../ports.ts';
import { Problem } from '../problem.ts';
import { callerOf, read } from '../route.ts';

export const eraseSchema = z.strictObject({
  reason: z.string().max(1_000).nullish().describe('kept in the audit, without the name and addresses of the person'),
});
type ById = { Params: { id: string } };
const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/;

export function erasureRoutes(app: FastifyInstance, ports: HttpPorts): void {
  app.post<ById>('/v1/recipients/:id/erase', async (request, reply) => {
    const caller = callerOf(request);
    const { reason } = read(eraseSchema, request.body);
    const erased = await ports.erasures.erase(caller.tenant, request.params.id, {
      by: caller.keyId,
      reason: reason ?? null,
    });
    if (erased === null) throw new Problem('not_found', `There is no recipient "${request.params.id}".`);
    const answer = { ...toWireErasure(erased.erasure), named: erased.named };
    if (answer.status === 'done') return answer;
    return reply.code(202).header('location', `/v1/erasures/${answer.id}`).send(answer);
  });
  app.get<ById>('/v1/erasures/:id', async (request) => {
    const caller = callerOf(request);
    const { id } = request.params;
    const erasure = UUID.test(id) ? await ports.erasures.status(caller.tenant, id) : null;
    if (erasure === null) throw new Problem('not_found', `There is no erasure "${id}".`);
    return toWireErasure(erasure);
  });
}
