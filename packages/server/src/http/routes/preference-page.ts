// The preference centre behind a link of a message. GET and HEAD show and change nothing, whoever follows the link. A POST says
// what was changed against what was shown; everything else stays as it is, whoever chose it meanwhile (preference-form.ts).
import { type PersonKnown, preferencesSeen, readingOf } from '@relance/core';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { unknownPage } from '../../responses/gone-view.ts';
import { sendPage } from '../../responses/html.ts';
import { pageLanguage, pageLocale } from '../../responses/page-language.ts';
import { type Form, shownOf, type Wished, wishPosted } from '../../responses/preference-form.ts';
import { type PreferenceFacts, preferencePage } from '../../responses/preference-view.ts';
import { hashToken, TOKEN } from '../../responses/token.ts';
import { ENGINE } from '../../store/database.ts';
import { findPageToken } from '../../store/sql/page-token.ts';
import { type Person, readPerson } from '../../store/sql/preference.ts';
import { templateLocales } from '../../store/sql/template.ts';
import { NO_SETTINGS, type TenantSettings, tenantSettings } from '../../store/sql/tenant.ts';
import type { HttpPorts } from '../ports.ts';
import { USER_AGENT_MAX } from './unsubscribe.ts';

type ByToken = { Params: { token: string } };
type Did = PreferenceFacts['did'];

export function preferencePages(app: FastifyInstance, ports: HttpPorts): void {
  app.get<ByToken>('/p/:token', async (request, reply) => {
    const found = await find(ports, request.params.token);
    return found === null ? sendPage(reply, unknownPage(), 404) : show(ports, reply, found, null);
  });
  app.post<ByToken>('/p/:token', (request, reply) => save(ports, request, reply));
}

interface Found {
  readonly who: Person;
  readonly known: PersonKnown;
  readonly settings: TenantSettings;
  readonly locales: readonly string[];
  readonly path: string;
}

/** In these there are built-in words. */
const BUILT_IN = ['en', 'fr'];

async function find(ports: HttpPorts, text: string): Promise<Found | null> {
  if (!TOKEN.test(text)) return null;
  return ports.database.transaction(ENGINE, async (tx) => {
    const token = await findPageToken(tx, hashToken(text), 'preferences');
    if (token === null) return null;
    const { tenant, recipient } = token;
    const who = { tenant, recipient };
    const known = await readPerson(tx, who);
    if (known.recipient === null) return null;
    const settings = (await tenantSettings(tx, [tenant])).get(tenant) ?? NO_SETTINGS;
    const locales = new Set([...BUILT_IN, settings.locale, ...(await templateLocales(tx, tenant))]);
    return { who, known, settings, locales: [...locales].sort(), path: text };
  });
}

const readingIn = ({ known, settings }: Found) => readingOf(known.recipient ?? undefined, null, settings);

async function show(ports: HttpPorts, reply: FastifyReply, found: Found, did: Did): Promise<FastifyReply> {
  const { known, settings, who } = found;
  const now = await ports.clock.now();
  const locale = pageLocale(known.recipient?.locale ?? null, settings.locale);
  return sendPage(
    reply,
    preferencePage({
      language: pageLanguage(locale),
      reading: { ...readingIn(found), locale },
      tenant: settings.name,
      branding: settings.branding,
      person: known.recipient?.name ?? who.recipient,
      seen: preferencesSeen(known, now),
      shown: shownOf(known, now, settings.tracking.opens || settings.tracking.clicks),
      locales: found.locales,
      did,
      path: found.path,
      now,
    }),
  );
}

async function save(ports: HttpPorts, request: FastifyRequest<ByToken>, reply: FastifyReply): Promise<FastifyReply> {
  const { token } = request.params;
  const found = await find(ports, token);
  if (found === null) return sendPage(reply, unknownPage(), 404);
  const userAgent = request.headers['user-agent']?.slice(0, USER_AGENT_MAX).toWellFormed();
  const now = await ports.clock.now();
  const { zone } = readingIn(found);
  let wished: Wished = { wish: {}, troubles: [] };
  const outcome = await ports.consents.change(
    found.who,
    (person) => {
      wished = wishPosted((request.body ?? {}) as Form, person, { now, zone });
      return wished.wish;
    },
    { how: 'page', ...(userAgent === undefined ? {} : { userAgent }) },
  );
  const after = await find(ports, token);
  if (after === null) return sendPage(reply, unknownPage(), 404);
  // What a form could ask for and cannot be is left out by preference-form.ts; only a category that became essential meanwhile is left.
  const changes = outcome.kind === 'changed' ? outcome.changes : [];
  return show(ports, reply, after, { changes, troubles: outcome.kind === 'refused' ? ['form'] : wished.troubles });
}
