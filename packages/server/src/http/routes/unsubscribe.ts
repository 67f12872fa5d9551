// The page behind an unsubscribe link, and the button of mail programs (RFC 8058: a POST without cookies, in either form
// encoding, answered without a redirect). GET and HEAD show and change nothing, whoever follows the link (scanners,
// unfurlers, prefetchers). A POST takes the recipient off the category, once, however often it comes; its own page undoes it.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { ConsentChoice, ConsentEvidence } from '../../engine/ports.ts';
import { sendPage } from '../../responses/html.ts';
import { pageLanguage, pageLocale } from '../../responses/page-language.ts';
import { hashToken, TOKEN } from '../../responses/token.ts';
import { type UnsubscribeFacts, unknownUnsubscribePage, unsubscribePage } from '../../responses/unsubscribe-view.ts';
import { ENGINE } from '../../store/database.ts';
import { getCategory } from '../../store/sql/category.ts';
import { readRecipients } from '../../store/sql/directory.ts';
import { isOptedOut } from '../../store/sql/opt-out.ts';
import { findPageToken } from '../../store/sql/page-token.ts';
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
    const [known] = await readRecipients(tx, [{ tenant, id }]);
    const settings = (await tenantSettings(tx, [tenant])).get(tenant) ?? NO_SETTINGS;
    const category = await getCategory(tx, tenant, choice.category);
    const optedOut = await isOptedOut(tx, choice);
    return {
      choice,
      facts: {
        language: pageLanguage(pageLocale(known?.recipient.locale ?? null, settings.locale)),
        tenant: settings.name,
        person: known?.recipient.name ?? id,
        category: category?.title ?? choice.category,
        state: category?.essential === true ? 'essential' : optedOut ? 'opted_out' : 'subscribed',
        path: text,
      },
    };
  });
}

async function show(ports: HttpPorts, request: FastifyRequest<ByToken>, reply: FastifyReply): Promise<FastifyReply> {
  const found = await find(ports, request.params.token);
  if (found === null) return sendPage(reply, unknownUnsubscribePage(), 404);
  return sendPage(reply, unsubscribePage({ ...found.facts, did: null }));
}

const USER_AGENT_MAX = 200;

async function choose(ports: HttpPorts, request: FastifyRequest<ByToken>, reply: FastifyReply): Promise<FastifyReply> {
  const found = await find(ports, request.params.token);
  if (found === null) return sendPage(reply, unknownUnsubscribePage(), 404);
  const { choice, facts } = found;
  const form = (request.body ?? {}) as Readonly<Record<string, unknown>>;
  // Mail programs get an answer that is no failure, or they report one: the page says what cannot be.
  if (facts.state === 'essential') return sendPage(reply, unsubscribePage({ ...facts, did: null }));
  const userAgent = request.headers['user-agent']?.slice(0, USER_AGENT_MAX).toWellFormed();
  // Our own form names its action. Everything else that is posted here is a mail program, however it spells it.
  const evidence: ConsentEvidence = {
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
