// What a page answers whose link is too old: 410, and an offer that its own form takes up. A scanner that opens it sends nothing.
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { FreshLinkAsk } from '../engine/ports.ts';
import { expiredPage, FRESH_FIELD, freshSentPage } from '../responses/gone-view.ts';
import { sendPage } from '../responses/html.ts';
import type { PageLanguage } from '../responses/page-language.ts';
import type { HttpPorts } from './ports.ts';

export async function offerFresh(
  ports: HttpPorts,
  request: FastifyRequest<{ Params: { token: string } }>,
  reply: FastifyReply,
  language: PageLanguage,
  ask: FreshLinkAsk,
): Promise<FastifyReply> {
  const form = (request.body ?? {}) as Readonly<Record<string, unknown>>;
  if (request.method !== 'POST' || form[FRESH_FIELD] === undefined)
    return sendPage(reply, expiredPage(language, request.params.token), 410);
  await ports.freshLinks.send(ask);
  return sendPage(reply, freshSentPage(language));
}
