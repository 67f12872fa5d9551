// The page behind an unsubscribe link, and the button of mail programs (RFC 8058: a POST without cookies, in either form
// encoding, answered without a redirect). GET and HEAD show and change nothing, whoever follows the link (scanners,
// unfurlers, prefetchers). A POST takes the recipient off the category, once, however often it comes; its own page undoes it.
import { EVERY_CHANNEL, type Instant, wantedOf } from '@relance/core';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { ConsentChoice, PreferenceEvidence } from '../../engine/ports.ts';
import { sendPage } from '../../responses/html.ts';
import { pageLanguage, pageLocale } from '../../responses/page-language.ts';
import { pageFor } from '../../responses/page-link.ts';
import { hashToken, TOKEN } from '../../responses/token.ts';
import { type UnsubscribeFacts, unknownUnsubscribePage, unsubscribePage } from '../../responses/unsubscribe-view.ts';
import { ENGINE, type Tx } from '../../store/database.ts';
import { getCategory } from '../../store/sql/category.ts';
import { findPageToken, insertPageTokens } from '../../store/sql/page-token.ts';
import { readPerson } from '../../store/sql/preference.ts';
import { NO_SETTINGS, tenantSettings } from '../../store/sql/tenant.ts';
import type { HttpPorts } from '../ports.ts';

type ByToken = { Params: { token: string } };

export function unsubscribePages(app: FastifyInstance, ports: HttpPorts): void {
  app.get<ByToken>('/u/:token', (request, reply) => show(ports, request, reply));
  app.post<ByToken>('/u/:token', (request, reply) => choose(ports, request, reply));
}

interface Found {
  readonly choice: ConsentChoice;
  readonly facts: Omit<UnsubscribeFacts, 'did'>;
}

async function find(ports: HttpPorts, text: string): Promise<Found | null> {
  if (!TOKEN.test(text)) return null;
  return ports.database.transaction(ENGINE, async (tx) => {
    const token = await findPageToken(tx, hashToken(text), 'unsubscribe');
    if (token === null) return null;
    const { tenant, recipient: id } = token;
    const choice = { tenant, recipient: id, category: token.about };
    const settings = (await tenantSettings(tx, [tenant])).get(tenant) ?? NO_SETTINGS;
    const category = await getCategory(tx, tenant, choice.category);
    const { standing, recipient } = await readPerson(tx, choice);
    const wanted = wantedOf(standing, { category: choice.category, channel: EVERY_CHANNEL });
    return {
      choice,
      facts: {
        language: pageLanguage(pageLocale(recipient?.locale ?? null, settings.locale)),
        tenant: settings.name,
        person: recipient?.name ?? id,
        category: category?.title ?? choice.category,
        state: category?.essential === true ? 'essential' : wanted ? 'subscribed' : 'opted_out',
        path: text,
        choose: recipient === null ? null : await preferencesLink(tx, ports, choice),
      },
    };
  });
}

/** Stored here as well: mails that were sent before this release have brought none along. */
async function preferencesLink(tx: Tx, ports: HttpPorts, { tenant, recipient }: ConsentChoice): Promise<string> {
  const choice = { tenant, purpose: 'preferences', recipient, about: '' } as const;
  const { url, row } = pageFor(ports, choice, ports.wallNow() as Instant);
  await insertPageTokens(tx, [row]);
  return `..${url.slice(ports.publicUrl.length)}`;
}

async function show(ports: HttpPorts, request: FastifyRequest<ByToken>, reply: FastifyReply): Promise<FastifyReply> {
  const found = await find(ports, request.params.token);
  if (found === null) return sendPage(reply, unknownUnsubscribePage(), 404);
  return sendPage(reply, unsubscribePage({ ...found.facts, did: null }));
}

/** Of what is kept as evidence. */
export const USER_AGENT_MAX = 200;

async function choose(ports: HttpPorts, request: FastifyRequest<ByToken>, reply: FastifyReply): Promise<FastifyReply> {
  const found = await find(ports, request.params.token);
  if (found === null) return sendPage(reply, unknownUnsubscribePage(), 404);
  const { choice, facts } = found;
  const form = (request.body ?? {}) as Readonly<Record<string, unknown>>;
  // Mail programs get an answer that is no failure, or they report one: the page says what cannot be.
  if (facts.state === 'essential') return sendPage(reply, unsubscribePage({ ...facts, did: null }));
  const userAgent = request.headers['user-agent']?.slice(0, USER_AGENT_MAX).toWellFormed();
  // Our own form names its action. Everything else that is posted here is a mail program, however it spells it.
  const evidence: PreferenceEvidence = {
    how: form.action === undefined ? 'one_click' : 'page',
    ...(userAgent === undefined ? {} : { userAgent }),
  };
  if (form.action === 'resubscribe') {
    await ports.consents.optIn(choice, evidence);
    return sendPage(reply, unsubscribePage({ ...facts, state: 'subscribed', did: 'opted_in' }));
  }
  await ports.consents.optOut(choice, evidence);
  return sendPage(reply, unsubscribePage({ ...facts, state: 'opted_out', did: 'opted_out' }));
}
