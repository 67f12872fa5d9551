// News about messages. A provider tells its own at the address of its connection, and is believed for what its signature
// proves; systems with an API key tell theirs in our own shape, for providers of one's own.
import { fromRfc3339 } from '@relance/core';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Receipt, ReceiptAnswer, ReceiptReply } from '../../engine/ports.ts';
import { answerPress } from '../../responses/press-answer.ts';
import { answerText } from '../../responses/text-answer.ts';
import { ENGINE } from '../../store/database.ts';
import {
  connectionOfReceipts,
  getConnection,
  isNotedLately,
  noteReceipt,
  type StoredConnection,
} from '../../store/sql/connection.ts';
import { findReceiptTargets, pendingOfIds } from '../../store/sql/receipt.ts';
import type { Caller } from '../auth.ts';
import type { HttpPorts } from '../ports.ts';
import { Problem } from '../problem.ts';
import { callerOf, idSchema, read, scopeOf } from '../route.ts';

const NEWS_MAX = 1_000;
const receiptSchema = z
  .strictObject({
    message: z
      .uuid()
      .transform((id) => id.toLowerCase()) // as ours are written, whoever has written them otherwise
      .optional()
      .describe('our id of the message'),
    providerId: z.string().min(1).max(500).optional().describe('or the id that the provider gave it'),
    kind: z.enum(['accepted', 'delivered', 'failed', 'bounced', 'complained', 'opened', 'clicked', 'unsubscribed']),
    at: z.string().max(40).optional(),
    detail: z.string().max(1_000).optional(),
    permanent: z.boolean().optional(),
    machine: z.boolean().optional(),
    address: z.string().max(2_000).optional(),
  })
  .refine(({ message, providerId }) => (message === undefined) !== (providerId === undefined), {
    path: ['message'],
    message: 'name the message by `message` or by `providerId`',
  })
  .refine(({ at }) => at === undefined || fromRfc3339(at) !== null, { path: ['at'], message: 'must be RFC 3339' });
export const receiptsSchema = z.strictObject({ items: z.array(receiptSchema).min(1).max(NEWS_MAX) });

/** A call that hands on a mail has all of it; larger ones are refused by SMTP as well (channels/inbound-smtp.ts). */
const CALL_BYTES_MAX = 15 * 1024 * 1024;

type ByProvider = { Params: { provider: string } };
type ByKey = { Params: { provider: string; key: string } };

export function receiptRoutes(app: FastifyInstance, ports: HttpPorts): void {
  app.post<ByProvider>('/v1/receipts/:provider', async (request, reply) => {
    const caller = callerOf(request);
    const provider = read(idSchema, request.params.provider);
    const { items } = read(receiptsSchema, request.body);
    const news = items.map(receiptOf);
    await checkKnown(ports, caller, provider, news);
    const answer = await ports.receipts.take(caller.tenant, provider, news);
    return reply.code(202).send(answer);
  });
  // What is signed are the very bytes, whatever they are said to be.
  app.register(async (raw) => {
    raw.removeAllContentTypeParsers();
    raw.addContentTypeParser('*', { parseAs: 'buffer' }, async (_request: unknown, body: Buffer) => body);
    raw.post<ByKey>('/v1/receipts/:provider/:key', { bodyLimit: CALL_BYTES_MAX }, (request, reply) =>
      hear(ports, request).then((heard) => heard(reply)),
    );
  });
}

/**
 * News under a name that nobody has is a mistake of whoever sends it, unless it is about a message of the caller's: of a connection
 * that is deleted by now, or of a system between a provider and us. Of connections only the caller's own are looked at.
 */
async function checkKnown(
  { providers, database }: HttpPorts,
  caller: Caller,
  name: string,
  news: readonly Receipt[],
): Promise<void> {
  const known = [
    ...new Set([
      ...providers.list.map(({ id }) => id),
      ...providers.serves.flatMap(({ id, provider }) => [id, provider]),
    ]),
  ];
  if (known.includes(name)) return;
  const { tenant } = caller;
  const ours = news.flatMap(({ message }) => ('id' in message ? [message.id] : []));
  const theirs = news.flatMap(({ message }) => ('id' in message ? [] : [message.providerId]));
  const meant = await database.transaction(
    scopeOf(caller),
    async (tx) =>
      (await getConnection(tx, tenant, name)) !== null ||
      (await findReceiptTargets(tx, tenant, ours, theirs)).length > 0 ||
      (await pendingOfIds(tx, tenant, ours)).size > 0,
  );
  if (meant) return;
  throw new Problem(
    'not_found',
    `There is no provider or connection "${name}", and none of the items is about a message of yours. Known: ${known.join(', ')}, and the ids of your own connections (GET /v1/connections).`,
  );
}

async function hear(
  ports: HttpPorts,
  request: FastifyRequest<ByKey>,
): Promise<
  (reply: {
    code(status: number): typeof reply;
    type(type: string): typeof reply;
    send(body: string): unknown;
  }) => unknown
> {
  const { provider, key } = request.params;
  const connection = await ports.database.transaction(ENGINE, (tx) => connectionOfReceipts(tx, provider, key));
  if (connection === null) throw new Problem('not_found', 'No connection tells its news here.');
  const heard = ports.providers.read(connection, {
    method: request.method,
    url: `${ports.publicUrl}${request.url}`,
    headers: Object.fromEntries(
      Object.entries(request.headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : value]),
    ),
    body: Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0),
  });
  if (heard === null) throw new Problem('not_found', `The provider "${provider}" tells no news.`);
  const answer = await heard;
  if (answer.kind === 'refused')
    throw new Problem(REFUSALS[answer.status], `The call was refused: ${answer.detail}. Nothing was taken from it.`);
  const reply = await replyTo(ports, connection, answer);
  return (response) => response.code(200).type(reply.contentType).send(reply.body);
}

/** Taken first, so that whoever calls is told nothing that is not so. */
async function replyTo(
  ports: HttpPorts,
  connection: StoredConnection,
  answer: Exclude<ReceiptAnswer, { kind: 'refused' }>,
): Promise<ReceiptReply> {
  if (answer.kind === 'text') return answer.reply(await answerText(ports, connection, answer.text));
  await ports.receipts.take(connection.tenant, connection.provider, answer.items);
  // One in a call, of those that hand on any.
  for (const mail of answer.mails ?? []) await ports.takeMail(connection.tenant, mail);
  for (const press of answer.presses ?? []) await answerPress(ports, connection, press);
  const carried = answer.items.length + (answer.presses ?? []).length;
  if (carried > 0 && !isNotedLately(connection, ports.wallNow())) await note(ports, connection);
  return answer.reply ?? { contentType: 'text/plain', body: '' };
}

/** What was told is taken already, whether or not that can be noted. */
const note = (ports: HttpPorts, connection: StoredConnection): Promise<void> =>
  ports.database
    .transaction(ENGINE, (tx) => noteReceipt(tx, connection))
    .catch((error: unknown) =>
      ports.log.warn({ error, connection: connection.id }, 'that a provider told something could not be noted'),
    );

const REFUSALS = { 400: 'invalid_webhook', 401: 'not_proven', 403: 'forbidden' } as const;

const receiptOf = (one: z.infer<typeof receiptSchema>): Receipt => ({
  message: one.message === undefined ? { providerId: one.providerId ?? '' } : { id: one.message },
  kind: one.kind,
  at: one.at === undefined ? null : fromRfc3339(one.at),
  detail: one.detail ?? null,
  ...(one.permanent === undefined ? {} : { permanent: one.permanent }),
  ...(one.machine === undefined ? {} : { machine: one.machine }),
  ...(one.address === undefined ? {} : { address: one.address }),
});
