// The built-in mailbox: every message as its recipient sees it, every follow-up with its timeline, and buttons to act.
// Plain pages that work without script; a small one refreshes them while the demo runs. Views: responses/mailbox-view.ts.
import { type Command, DAY_MS, isId, later } from '@relance/core';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { sendPage } from '../../responses/html.ts';
import { followUpPage, followUpsPage, MAILBOX_SCRIPT, messagesPage, signInPage } from '../../responses/mailbox-view.ts';
import { getFollowUp } from '../../store/sql/follow-up-list.ts';
import { mailboxFollowUps, mailboxMessage, mailboxMessages, mailboxPeople } from '../../store/sql/mailbox.ts';
import { readTimeline } from '../../store/sql/timeline.ts';
import { sendMailHtml } from '../mail-html.ts';
import type { HttpPorts } from '../ports.ts';
import { Problem } from '../problem.ts';
import { read } from '../route.ts';
import { checkOrigin, refuseForeign, setSessionCookie } from '../session-cookie.ts';

const LIST_MAX = 200;
const querySchema = z.object({
  recipient: z.string().max(200).optional(),
  channel: z.string().max(20).optional(),
  message: z.string().max(40).optional(),
  part: z.string().optional(),
});
type ById = { Params: { id: string } };

export function mailboxRoutes(app: FastifyInstance, ports: HttpPorts): void {
  const guarded =
    (work: (tenant: string, request: FastifyRequest, reply: FastifyReply) => Promise<unknown>) =>
    async (request: FastifyRequest, reply: FastifyReply) => {
      const tenant = await tenantOf(ports, request);
      return tenant === null ? sendPage(reply, signInPage(false), 401) : work(tenant, request, reply);
    };
  app.get('/mailbox/mailbox.js', (_request, reply) =>
    reply.type('text/javascript; charset=utf-8').header('cache-control', 'max-age=300').send(MAILBOX_SCRIPT),
  );
  app.post('/mailbox/session', async (request, reply) => {
    checkOrigin(request, ports.publicUrl);
    const { key } = read(z.object({ key: z.string().max(512) }), request.body);
    const token = await ports.auth.signIn(key.trim(), request.ip);
    if (token === null) return sendPage(reply, signInPage(true), 401);
    setSessionCookie(request, reply, token, ports.publicUrl);
    return reply.redirect('/mailbox', 303);
  });
  app.get(
    '/mailbox',
    guarded((tenant, request, reply) => showMessages(ports, tenant, request, reply)),
  );
  app.get(
    '/mailbox/follow-ups',
    guarded(async (tenant, _request, reply) => {
      const followUps = await inTenant(ports, tenant, (tx) => mailboxFollowUps(tx, tenant, LIST_MAX));
      return sendPage(reply, followUpsPage({ followUps, now: await ports.clock.now() }));
    }),
  );
  app.get(
    '/mailbox/follow-ups/:id',
    guarded((tenant, request, reply) =>
      showFollowUp(ports, tenant, (request as FastifyRequest<ById>).params.id, reply, null),
    ),
  );
  app.post(
    '/mailbox/follow-ups/:id',
    guarded(async (tenant, request, reply) => {
      refuseForeign(request, ports.publicUrl); // whoever is signed in was asked for more
      return command(ports, tenant, request as FastifyRequest<ById>, reply);
    }),
  );
  app.get(
    '/mailbox/messages/:id/html',
    guarded((tenant, request, reply) => showHtml(ports, tenant, (request as FastifyRequest<ById>).params.id, reply)),
  );
}

/** Whose mailbox is shown; null when nobody is signed in. */
async function tenantOf(ports: HttpPorts, request: FastifyRequest): Promise<string | null> {
  try {
    return (await ports.auth.caller(request)).tenant;
  } catch (error) {
    if (error instanceof Problem && error.code === 'unauthorized') return null;
    throw error;
  }
}

const inTenant = <T>(
  ports: HttpPorts,
  tenant: string,
  work: Parameters<HttpPorts['database']['transaction']>[1] extends (tx: infer Tx) => Promise<unknown>
    ? (tx: Tx) => Promise<T>
    : never,
): Promise<T> => ports.database.transaction({ kind: 'tenant', tenant }, work);

async function showMessages(
  ports: HttpPorts,
  tenant: string,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const query = read(querySchema, request.query);
  const filter = {
    recipient: query.recipient || null,
    channel: query.channel || null,
    followUp: null,
    limit: LIST_MAX,
  };
  const found = await inTenant(ports, tenant, async (tx) => {
    const messages = await mailboxMessages(tx, tenant, filter);
    const chosen =
      query.message !== undefined && isId(query.message)
        ? await mailboxMessage(tx, tenant, query.message)
        : (messages[0] ?? null);
    return { messages, chosen, people: await mailboxPeople(tx, tenant) };
  });
  return sendPage(
    reply,
    messagesPage({ ...found, explicit: query.message !== undefined, filter, now: await ports.clock.now() }),
  );
}

async function showFollowUp(
  ports: HttpPorts,
  tenant: string,
  id: string,
  reply: FastifyReply,
  news: string | null,
): Promise<FastifyReply> {
  const found = await inTenant(ports, tenant, async (tx) => {
    const followUp = await getFollowUp(tx, tenant, id);
    if (followUp === null) return null;
    return {
      followUp,
      timeline: (await readTimeline(tx, id, 0, 500)).map(({ entry }) => entry),
      messages: await mailboxMessages(tx, tenant, { recipient: null, channel: null, followUp: id, limit: 100 }),
      people: await mailboxPeople(tx, tenant),
    };
  });
  if (found === null) throw new Problem('not_found', `There is no follow-up "${id}".`);
  return sendPage(reply, followUpPage({ ...found, now: await ports.clock.now(), news }));
}

async function command(
  ports: HttpPorts,
  tenant: string,
  request: FastifyRequest<ById>,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { action } = read(z.object({ action: z.enum(['acknowledge', 'resolve', 'snooze']) }), request.body);
  const followUp = await inTenant(ports, tenant, (tx) => getFollowUp(tx, tenant, request.params.id));
  if (followUp === null) throw new Problem('not_found', `There is no follow-up "${request.params.id}".`);
  const now = await ports.clock.now();
  const chosen: Command =
    action === 'snooze'
      ? { kind: 'snooze', until: later(now, DAY_MS) }
      : action === 'resolve'
        ? { kind: 'resolve', outcome: null }
        : { kind: 'acknowledge' };
  const outcome = await ports.commands.run(
    tenant,
    { kind: 'id', id: followUp.id },
    {
      command: chosen,
      actor: { kind: 'api', id: followUp.assignee },
      evidence: 'proven',
      channel: null,
      comment: 'from the mailbox page',
    },
  );
  if (outcome.kind === 'refused' || outcome.kind === 'unreadable')
    return showFollowUp(ports, tenant, followUp.id, reply, outcome.detail);
  return reply.redirect(`/mailbox/follow-ups/${followUp.id}`, 303);
}

/** The mail's own HTML, alone in a sandbox without scripts: template and data cannot reach the page around it. */
async function showHtml(ports: HttpPorts, tenant: string, id: string, reply: FastifyReply): Promise<FastifyReply> {
  const message = isId(id) ? await inTenant(ports, tenant, (tx) => mailboxMessage(tx, tenant, id)) : null;
  const page = message?.content?.html;
  if (page === undefined) throw new Problem('not_found', 'This message has no HTML part.');
  return sendMailHtml(reply, page);
}
