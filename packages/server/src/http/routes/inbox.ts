// The recipient's own inbox: list, mark, act, and a live stream that resumes where it broke off. Recipient token only;
// one person never sees another's items.
import { type Command, type Instant, isId, wireFollowUp } from '@relance/core';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { countUnread, listInbox, markInbox, toWireInboxItem } from '../../store/sql/inbox-list.ts';
import { addEngagement } from '../../store/sql/message.ts';
import { recipientSince } from '../../store/sql/recipient.ts';
import type { HttpPorts } from '../ports.ts';
import { Problem } from '../problem.ts';
import { issueRecipientToken, type RecipientClaims, recipientOf } from '../recipient-token.ts';
import { afterNumber, callerOf, idSchema, notBuilt, pageOf, pageSchema, read, readQuery, scopeOf } from '../route.ts';
import { openInboxStream } from '../stream.ts';
import { momentAfter, momentOf } from './clock.ts';
import { answer } from './follow-up.ts';

const TTL_MAX_SECONDS = 30 * 86_400;
const HOUR_SECONDS = 3_600;
const INBOX = 'inbox';
const ttlSchema = z.strictObject({
  ttl: z.union([z.number().int().positive(), z.string()]).default(HOUR_SECONDS),
  scopes: z
    .array(z.unknown())
    .refine(
      (scopes) => scopes.length === 1 && scopes[0] === INBOX,
      notBuilt('a scope other than "inbox"', 'leave `scopes` out, or send ["inbox"]'),
    )
    .default([INBOX]),
});
const actSchema = z.strictObject({
  action: idSchema.describe("acknowledge, resolve, snooze, commit, decline, or one of the policy's own"),
  answer: z.unknown().optional(),
  until: z.string().optional(),
  by: z.string().optional(),
  outcome: z.string().max(100).optional(),
  comment: z.string().max(4_000).optional(),
});
type ById = { Params: { id: string } };

function tokenRoute(app: FastifyInstance, ports: HttpPorts): void {
  app.post<ById>('/v1/recipients/:id/tokens', async (request, reply) => {
    const caller = callerOf(request);
    const id = read(idSchema, request.params.id);
    const body = read(ttlSchema, request.body);
    const seconds =
      typeof body.ttl === 'number' ? body.ttl : Math.floor((momentAfter(0 as never, body.ttl) as number) / 1000);
    if (seconds < 1 || seconds > TTL_MAX_SECONDS)
      throw new Problem('invalid', '"ttl" must be between a second and 30 days.');
    const since = await ports.database.transaction(scopeOf(caller), (tx) => recipientSince(tx, caller.tenant, id));
    if (since === null) throw new Problem('not_found', `There is no recipient "${id}".`);
    return reply
      .code(201)
      .send(
        await issueRecipientToken(
          { tenant: caller.tenant, recipient: id, scopes: [INBOX], since },
          seconds,
          ports.secret,
        ),
      );
  });
}

export function inboxRoutes(app: FastifyInstance, ports: HttpPorts): void {
  tokenRoute(app, ports);
  app.get('/v1/inbox', async (request) => {
    const of = await recipientOf(request, ports);
    const query = readQuery(
      pageSchema.extend({
        unread: z.enum(['true', 'false']).optional(),
        archived: z.enum(['true', 'false']).optional(),
        token: z.string().optional(),
      }),
      request.query,
    );
    const before = afterNumber(query.cursor, Number.MAX_SAFE_INTEGER);
    const { rows, unread } = await ports.database.transaction({ kind: 'tenant', tenant: of.tenant }, async (tx) => ({
      rows: await listInbox(tx, of, {
        before,
        unread: query.unread === 'true',
        archived: query.archived === 'true',
        limit: query.limit + 1,
      }),
      unread: await countUnread(tx, of),
    }));
    return { ...pageOf(rows.map(toWireInboxItem), query.limit, (item) => String(item.seq)), unread };
  });
  app.get('/v1/inbox/stream', async (request, reply) =>
    openInboxStream(ports, await recipientOf(request, ports), request, reply),
  );
  for (const mark of ['read', 'archive'] as const) {
    app.post<ById>(`/v1/inbox/:id/${mark}`, async (request) => {
      const of = await recipientOf(request, ports);
      const now = await ports.clock.now();
      return toWireInboxItem(await markItem(ports, of, request.params.id, mark, now));
    });
  }
  app.post<ById>('/v1/inbox/:id/act', async (request, reply) => {
    const of = await recipientOf(request, ports);
    const body = read(actSchema, request.body);
    const now = await ports.clock.now();
    const row = await markItem(ports, of, request.params.id, 'read', now);
    const outcome = await ports.commands.run(
      of.tenant,
      { kind: 'id', id: row.follow_up_id },
      {
        command: commandOf(body, now),
        actor: { kind: 'recipient', id: of.recipient },
        evidence: 'proven',
        channel: 'inbox',
        comment: body.comment ?? null,
        message: row.message_id,
      },
    );
    if (outcome.kind === 'closed')
      throw new Problem('follow_up_closed', `The follow-up is ${outcome.followUp.status} already.`, {
        followUp: wireFollowUp(outcome.followUp),
      });
    return answer(outcome, reply);
  });
}

/** Marks one of this person's own items; having read it is also recorded with the message. */
async function markItem(ports: HttpPorts, of: RecipientClaims, id: string, mark: 'read' | 'archive', now: Instant) {
  const row = isId(id)
    ? await ports.database.transaction({ kind: 'tenant', tenant: of.tenant }, async (tx) => {
        const marked = await markInbox(tx, of, id, mark, now);
        if (marked !== null && mark === 'read') await addEngagement(tx, of.tenant, id, 'read');
        return marked;
      })
    : null;
  if (row === null) throw new Problem('not_found', `There is no item "${id}" in this inbox.`);
  return row;
}

function commandOf(body: z.infer<typeof actSchema>, now: Instant): Command {
  switch (body.action) {
    case 'acknowledge':
      return { kind: 'acknowledge' };
    case 'resolve':
      return { kind: 'resolve', outcome: body.outcome ?? null };
    case 'snooze':
      return { kind: 'snooze', until: momentOf(now, body.until ?? '1 day') };
    case 'commit':
      return { kind: 'commit', by: momentOf(now, body.by ?? '') };
    case 'decline':
      return { kind: 'decline', why: 'declined' };
    default:
      return { kind: 'answer', action: body.action, answer: body.answer };
  }
}
