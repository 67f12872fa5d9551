// The recipient's own inbox: list, mark, act, and a live stream that resumes where it broke off. Recipient token only;
// one person never sees another's items.
import { type Command, type Instant, isAssignee, isId, wireFollowUp } from '@relance/core';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { candidateOf } from '../../store/sql/colleague.ts';
import { getFollowUp } from '../../store/sql/follow-up-list.ts';
import { isTest } from '../../store/sql/inbox.ts';
import {
  changesUpTo,
  countInbox,
  type InboxMark,
  type InboxRow,
  listInbox,
  markAllInbox,
  markInbox,
  toWireInboxItem,
} from '../../store/sql/inbox-list.ts';
import { addEngagement, addEngagements } from '../../store/sql/message.ts';
import { recipientSince } from '../../store/sql/recipient.ts';
import { writeInboxCursor } from '../inbox-cursor.ts';
import { InboxNews } from '../inbox-news.ts';
import { openInboxStream } from '../inbox-stream.ts';
import { OVERLAP } from '../inbox-told.ts';
import type { HttpPorts } from '../ports.ts';
import { Problem } from '../problem.ts';
import { issueRecipientToken, type RecipientClaims, recipientOf } from '../recipient-token.ts';
import { afterNumber, callerOf, idSchema, notBuilt, pageOf, pageSchema, read, readQuery, scopeOf } from '../route.ts';
import { momentAfter, momentOf } from './clock.ts';
import { answer } from './follow-up.ts';

const TTL_MAX_SECONDS = 30 * 86_400;
const HOUR_SECONDS = 3_600;
const INBOX = 'inbox';
export const tokenSchema = z.strictObject({
  ttl: z.union([z.number().int().positive(), z.string()]).default(HOUR_SECONDS),
  scopes: z
    .array(z.unknown())
    .refine(
      (scopes) => scopes.length === 1 && scopes[0] === INBOX,
      notBuilt('a scope other than "inbox"', 'leave `scopes` out, or send ["inbox"]'),
    )
    .default([INBOX]),
});
/** What is theirs to promise or to give away only where it is theirs, as on the page behind a link. */
const OF_ASSIGNEES: readonly string[] = ['commit', 'delegate', 'decline'];
export const actSchema = z
  .strictObject({
    action: idSchema.describe(
      "acknowledge, unacknowledge, resolve, snooze, commit, delegate, decline, or one of the policy's own",
    ),
    answer: z.unknown().optional().describe("of the policy's own: what it asks for"),
    until: z.string().optional().describe('of snooze: a time or a duration; a day without'),
    by: z.string().optional().describe('of commit: a time or a duration'),
    to: idSchema
      .optional()
      .describe(
        'of delegate: a recipient who shares a group with them, their manager, the requester, or one it was escalated to',
      ),
    reason: z.enum(['declined', 'wrong_person']).optional().describe('of decline'),
    outcome: z.string().max(100).optional().describe('of resolve'),
    comment: z.string().max(4_000).optional(),
  })
  .refine(({ action, by }) => action !== 'commit' || by !== undefined, {
    path: ['by'],
    message: 'says until when it will be done, such as "2 days" or an RFC 3339 time',
  })
  .refine(({ action, to }) => action !== 'delegate' || to !== undefined, {
    path: ['to'],
    message: 'names the recipient who is asked from now on',
  });
const flag = z.enum(['true', 'false']);
export const inboxListSchema = pageSchema.extend({
  unread: flag.optional().describe('true: only what is unread'),
  archived: flag
    .optional()
    .describe('true: also what is archived, by its reader, by the end of its follow-up, or by a newer item of it'),
  as: z.enum(['feed', 'banner', 'toast', 'modal']).optional().describe('how it shows now'),
});
export const allSchema = z.strictObject({ all: z.literal(true) });
type ById = { Params: { id: string } };
const scopeFor = ({ tenant }: RecipientClaims) => ({ kind: 'tenant', tenant }) as const;

function tokenRoute(app: FastifyInstance, ports: HttpPorts): void {
  app.post<ById>('/v1/recipients/:id/tokens', async (request, reply) => {
    const caller = callerOf(request);
    const id = read(idSchema, request.params.id);
    const body = read(tokenSchema, request.body);
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
    const query = readQuery(inboxListSchema.extend({ token: z.string().optional() }), request.query);
    const before = afterNumber(query.cursor, Number.MAX_SAFE_INTEGER);
    const { rows, counts, newest } = await ports.database.transaction(scopeFor(of), async (tx) => ({
      // First, so that what changes meanwhile is told by the stream as well, rather than by neither.
      newest: await changesUpTo(tx, of, Number.MAX_SAFE_INTEGER, OVERLAP),
      rows: await listInbox(tx, of, {
        before,
        unread: query.unread === 'true',
        archived: query.archived === 'true',
        as: query.as ?? null,
        limit: query.limit + 1,
      }),
      counts: await countInbox(tx, of),
    }));
    const [last] = newest;
    return {
      ...pageOf(rows.map(toWireInboxItem), query.limit, (item) => String(item.seq)),
      ...counts,
      lastEventId: last === undefined ? '0' : writeInboxCursor(last, newest),
    };
  });
  const inboxNews = new InboxNews(ports);
  app.get('/v1/inbox/stream', async (request, reply) =>
    openInboxStream(ports, inboxNews, await recipientOf(request, ports), request, reply),
  );
  for (const mark of ['read', 'archive'] as const) {
    app.post(`/v1/inbox/${mark}`, async (request) => {
      const of = await recipientOf(request, ports);
      read(allSchema, request.body);
      return markAll(ports, of, mark);
    });
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
    const row = await markItem(ports, of, request.params.id, 'read', now, refuseTest);
    if (OF_ASSIGNEES.includes(body.action)) await checkTheirs(ports, of, row.follow_up_id, body);
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

/** More than anybody has open at a time; whoever has more asks again while `more` says so. */
const ALL_MAX = 1_000;

async function markAll(ports: HttpPorts, of: RecipientClaims, mark: InboxMark) {
  const now = await ports.clock.now();
  return ports.database.transaction(scopeFor(of), async (tx) => {
    const ids = await markAllInbox(tx, of, mark, now, ALL_MAX);
    if (mark === 'read') await addEngagements(tx, of.tenant, ids, 'read');
    return { marked: ids.length, more: ids.length === ALL_MAX, ...(await countInbox(tx, of)) };
  });
}

function refuseTest(row: InboxRow): void {
  if (isTest(row))
    throw new Problem(
      'unprocessable',
      'This is a test of a template: no follow-up is behind it that could be acted on.',
    );
}

/** Marks one of this person's own items, unless `judge` throws; having read it is also recorded with the message. */
async function markItem(
  ports: HttpPorts,
  of: RecipientClaims,
  id: string,
  mark: InboxMark,
  now: Instant,
  judge: (row: InboxRow) => void = () => {},
): Promise<InboxRow> {
  const row = isId(id)
    ? await ports.database.transaction(scopeFor(of), async (tx) => {
        const marked = await markInbox(tx, of, id, mark, now);
        if (marked !== null) judge(marked); // before it is committed
        if (marked !== null && mark === 'read') await addEngagement(tx, of.tenant, id, 'read');
        return marked;
      })
    : null;
  if (row === null) throw new Problem('not_found', `There is no item "${id}" in this inbox.`);
  return row;
}

async function checkTheirs(
  ports: HttpPorts,
  of: RecipientClaims,
  id: string,
  { action, to = '' }: Pick<z.infer<typeof actSchema>, 'action' | 'to'>,
): Promise<void> {
  await ports.database.transaction(scopeFor(of), async (tx) => {
    const followUp = await getFollowUp(tx, of.tenant, id);
    if (followUp === null) return;
    if (!isAssignee(followUp, of.recipient))
      throw new Problem('forbidden', `Only whoever is asked to act may ${action}; this is with somebody else.`);
    // In the same words, known or not: nobody learns by trying who is known here.
    if (action === 'delegate' && (await candidateOf(tx, { ...of, followUp }, to)) === null)
      throw new Problem('refused', NOT_THEIRS);
  });
}
const NOT_THEIRS =
  'It may be given to whoever shares a group with you, to your manager, to whoever is asking, and to those it was escalated to; "to" names none of them.';

function commandOf(body: z.infer<typeof actSchema>, now: Instant): Command {
  switch (body.action) {
    case 'acknowledge':
    case 'unacknowledge':
      return { kind: body.action };
    case 'resolve':
      return { kind: 'resolve', outcome: body.outcome ?? null };
    case 'snooze':
      return { kind: 'snooze', until: momentOf(now, body.until ?? '1 day') };
    case 'commit':
      return { kind: 'commit', by: momentOf(now, body.by ?? '') };
    case 'delegate':
      return { kind: 'delegate', to: body.to ?? '' };
    case 'decline':
      return { kind: 'decline', why: body.reason ?? 'declined' };
    default:
      return { kind: 'answer', action: body.action, answer: body.answer };
  }
}
