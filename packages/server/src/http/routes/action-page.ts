// The page behind an action link. GET and HEAD show and change nothing, whoever follows the link (scanners, unfurlers,
// prefetchers); the first form performs exactly the action of the link, by POST, without JavaScript, and once. Whoever
// posts without a page, as the worker that shows our pushes, asks for JSON: what came of it in two lines.
import type { Content, FollowUp } from '@relance/core';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { answerTold, type PageFacts, type Told } from '../../responses/act-view.ts';
import { actionPage } from '../../responses/action-view.ts';
import { expiredTold, unknownPage, unknownTold } from '../../responses/gone-view.ts';
import { sendPage } from '../../responses/html.ts';
import type { Form } from '../../responses/page-act.ts';
import { pageLanguage } from '../../responses/page-language.ts';
import { hashToken, TOKEN } from '../../responses/token.ts';
import { ENGINE, type Tx } from '../../store/database.ts';
import { type ActionToken, findActionToken } from '../../store/sql/action-token.ts';
import { getFollowUp } from '../../store/sql/follow-up-list.ts';
import { getMessage } from '../../store/sql/message-list.ts';
import { type Acting, gatherActing, notOffered, press } from '../acting.ts';
import { factsOf, mayAsk } from '../acting-facts.ts';
import { offerFresh } from '../fresh-link.ts';
import type { HttpPorts } from '../ports.ts';

type ByToken = { Params: { token: string } };

export function actionPageRoutes(app: FastifyInstance, ports: HttpPorts): void {
  app.get<ByToken>('/a/:token', (request, reply) => answer(ports, request, reply, show));
  app.post<ByToken>('/a/:token', (request, reply) => answer(ports, request, reply, act));
}

interface Found {
  readonly token: ActionToken;
  readonly acting: Acting;
}

async function find(ports: HttpPorts, path: string): Promise<Found | null> {
  if (!TOKEN.test(path)) return null;
  return ports.database.transaction(ENGINE, async (tx: Tx) => {
    const token = await findActionToken(tx, hashToken(path));
    if (token === null) return null;
    const { tenant, recipient, action } = token;
    const followUp = await getFollowUp(tx, tenant, token.follow_up_id);
    if (followUp === null) return null;
    const message = await getMessage(tx, tenant, token.message_id);
    const offered = (message?.content as Content | null | undefined)?.actions?.map(({ name }) => name) ?? null;
    const from = { path, action, offered, message: token.message_id, channel: message?.channel ?? null };
    const { acting } = await gatherActing(tx, { tenant, recipient }, [followUp], { ...from, ofSeveral: false });
    return { token, acting: acting[0] as Acting };
  });
}

type Handle = (
  ports: HttpPorts,
  request: FastifyRequest<ByToken>,
  reply: FastifyReply,
  found: Found,
) => Promise<FastifyReply>;

async function answer(
  ports: HttpPorts,
  request: FastifyRequest<ByToken>,
  reply: FastifyReply,
  handle: Handle,
): Promise<FastifyReply> {
  const found = await find(ports, request.params.token);
  const asksJson = asksForJson(request);
  if (found === null) return asksJson ? sendTold(reply, unknownTold(), 404) : sendPage(reply, unknownPage(), 404);
  const { token, acting } = found;
  if (!token.expired) return handle(ports, request, reply, found);
  if (asksJson) return sendTold(reply, expiredTold(pageLanguage(acting.reading.locale)), 410);
  const { tenant, recipient, action } = token;
  return offerFresh(ports, request, reply, pageLanguage(acting.reading.locale), {
    tenant,
    recipient,
    to: { page: 'action', followUp: acting.followUp.id, action },
  });
}

const asksForJson = ({ headers }: FastifyRequest): boolean => headers.accept === 'application/json';

/** A worker is of whatever site shows our pushes: the token alone is what lets it ask, so every site may read the answer. */
const sendTold = (reply: FastifyReply, told: Told, status: number): FastifyReply =>
  reply
    .code(status)
    .header('access-control-allow-origin', '*')
    .header('cache-control', 'no-store')
    .header('referrer-policy', 'no-referrer')
    .send(told);

/** As a page, or in two lines. */
function send(request: FastifyRequest, reply: FastifyReply, facts: PageFacts, status: number): FastifyReply {
  return asksForJson(request) ? sendTold(reply, answerTold(facts), status) : sendPage(reply, actionPage(facts), status);
}

const show: Handle = async (ports, _request, reply, { acting }) =>
  sendPage(reply, actionPage(factsOf(acting, await ports.clock.now(), null)));

const act: Handle = async (ports, request, reply, { token, acting }) => {
  const now = await ports.clock.now();
  const form = (request.body ?? {}) as Form;
  const name = form.do === undefined ? token.action : String(form.do);
  if (!mayAsk(acting, name)) {
    const refused = notOffered(token.action, acting.followUp);
    return send(request, reply, factsOf(acting, now, refused), refused.status);
  }
  const pressed = await press(ports, acting, name, form, now);
  if (pressed.outcome.kind === 'done') await noteAnswer(ports, request, token);
  const fresh = (await find(ports, request.params.token))?.acting ?? acting;
  const followUp: FollowUp = pressed.followUp ?? acting.followUp;
  return send(request, reply, factsOf({ ...fresh, followUp }, now, pressed), pressed.status);
};

/** That it was this browser; whatever comes of that, they have answered. */
async function noteAnswer({ visits, log }: HttpPorts, request: FastifyRequest, token: ActionToken): Promise<void> {
  const { tenant, recipient, follow_up_id: followUpId, message_id: messageId } = token;
  try {
    await visits.answered({ tenant, recipient, followUpId, messageId }, request.headers['user-agent']);
  } catch (error) {
    log.warn({ error }, 'from which browser somebody answered could not be noted');
  }
}
