// Replies over HTTP: what came back to messages, what became of it, and for what is left to people, an answer or putting it away.
import { isId } from '@relance/core';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { ConversationOutcome, Inside } from '../../engine/ports.ts';
import type { Tx } from '../../store/database.ts';
import { getReply, listReplies, toWireReply, type WireReply } from '../../store/sql/reply.ts';
import type { HttpPorts } from '../ports.ts';
import { Problem } from '../problem.ts';
import { afterId, callerOf, idSchema, pageOf, pageSchema, read, readQuery, scopeOf } from '../route.ts';

export const replyListSchema = pageSchema.extend({
  status: z.enum(['open', 'answered', 'closed']).optional(),
  followUp: z.string().optional(),
});
const WORDS_MAX = 10_000;
const COMMENT_MAX = 4_000;
export const replyAnswerSchema = z.strictObject({
  text: z
    .string()
    .max(WORDS_MAX)
    .refine((text) => text.trim() !== '', 'must say something'),
  actor: idSchema.optional().describe('who answers; as in commands'),
});
export const replyCloseSchema = z.strictObject({
  actor: idSchema.optional(),
  comment: z.string().max(COMMENT_MAX).optional(),
});

type ById = { Params: { id: string } };

export function replyRoutes(app: FastifyInstance, ports: HttpPorts): void {
  app.get('/v1/replies', async (request) => {
    const caller = callerOf(request);
    const { followUp = null, status = null, limit, cursor } = readQuery(replyListSchema, request.query);
    if (followUp !== null && !isId(followUp))
      throw new Problem('invalid', `"followUp": "${followUp.slice(0, 60)}" is not the id of a follow-up.`);
    const before = afterId(cursor);
    const rows = await ports.database.transaction(scopeOf(caller), (tx) =>
      listReplies(tx, caller.tenant, { status, followUp }, before, limit + 1),
    );
    return pageOf(rows.map(toWireReply), limit, ({ id }) => id);
  });
  app.get<ById>('/v1/replies/:id', async (request) => {
    const caller = callerOf(request);
    const { id } = request.params;
    const row = await ports.database.transaction(scopeOf(caller), (tx) => getReply(tx, caller.tenant, id));
    return toWireReply(row ?? missing(id));
  });
  app.post<ById>('/v1/replies/:id/answer', (request) => {
    const { text, actor = null } = read(replyAnswerSchema, request.body);
    return changed(request, (tenant, id, inside) => ports.replies.answer(tenant, id, { text, actor }, inside));
  });
  app.post<ById>('/v1/replies/:id/close', (request) => {
    const { actor = null, comment = null } = read(replyCloseSchema, request.body);
    return changed(request, (tenant, id, inside) => ports.replies.close(tenant, id, { actor, comment }, inside));
  });
}

const missing = (id: string): never => {
  throw new Problem('not_found', `There is no reply "${id.slice(0, 60)}".`);
};

/** The reply as it is afterwards, kept for the same request in the transaction that changed it. */
async function changed(
  request: FastifyRequest<ById>,
  change: (tenant: string, id: string, inside: Inside<ConversationOutcome>) => Promise<ConversationOutcome>,
): Promise<WireReply> {
  const { tenant } = callerOf(request);
  const { id } = request.params;
  let after: WireReply | null = null;
  const outcome = await change(tenant, id, async (tx: Tx, made) => {
    const row = made.kind === 'done' ? await getReply(tx, tenant, id) : null;
    if (row === null) return;
    after = toWireReply(row);
    await request.idempotency?.keep(tx, 200, after);
  });
  if (outcome.kind === 'refused') throw new Problem('unprocessable', outcome.detail);
  return after ?? missing(id);
}
