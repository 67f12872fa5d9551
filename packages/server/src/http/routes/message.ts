// Messages: what was and will be sent, with its words as they went out.

import { isId, SHAPES } from '@relance/core';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { getMessage, listMessages, toWireMessage } from '../../store/sql/message-list.ts';
import type { HttpPorts } from '../ports.ts';
import { Problem } from '../problem.ts';
import { beforeMessage, callerOf, messageCursor, pageOf, pageSchema, readQuery, scopeOf } from '../route.ts';

const { channel, status } = SHAPES.Message.shape;
const statuses: readonly string[] = status.options;
export const messageListSchema = pageSchema.extend({
  followUp: z.string().optional(),
  recipient: z.string().optional(),
  channel: channel.optional(),
  status: z
    .string()
    .transform((text) => text.split(','))
    .refine(
      (all) => all.every((one) => statuses.includes(one)),
      `must be of ${statuses.join(', ')}, separated by commas`,
    )
    .optional(),
});

export function messageRoutes(app: FastifyInstance, ports: HttpPorts): void {
  app.get('/v1/messages', async (request) => {
    const caller = callerOf(request);
    const query = readQuery(messageListSchema, request.query);
    if (query.followUp !== undefined && !isId(query.followUp))
      throw new Problem('invalid', `"followUp": "${query.followUp.slice(0, 60)}" is not the id of a follow-up.`);
    const filter = {
      followUp: query.followUp ?? null,
      recipient: query.recipient ?? null,
      channel: query.channel ?? null,
      status: query.status ?? null,
    };
    const rows = await ports.database.transaction(scopeOf(caller), (tx) =>
      listMessages(tx, caller.tenant, filter, beforeMessage(query.cursor), query.limit + 1),
    );
    return pageOf(rows.map(toWireMessage), query.limit, messageCursor);
  });
  app.get<{ Params: { id: string } }>('/v1/messages/:id', async (request) => {
    const caller = callerOf(request);
    const row = await ports.database.transaction(scopeOf(caller), (tx) =>
      getMessage(tx, caller.tenant, request.params.id),
    );
    if (row === null) throw new Problem('not_found', `There is no message "${request.params.id}".`);
    return toWireMessage(row);
  });
}
