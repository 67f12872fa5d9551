// The page of everything that waits for somebody. GET and HEAD show and change nothing; each of its forms names the follow-up it is
// about and what to do, and does it once. It can be installed, and subscribes the device it is opened on to pushes where that is
// asked for. Whoever has the link is taken for its person, as with every link in a message.
import { createHash } from 'node:crypto';
import { type FollowUp, type Instant, isAsked, isAssignee, isLive, type Recipient } from '@relance/core';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { DEVICE_SCRIPT } from '../../responses/device-script.ts';
import { unknownPage } from '../../responses/gone-view.ts';
import { ICON_SVG, sendPage } from '../../responses/html.ts';
import { meManifest } from '../../responses/me-manifest.ts';
import { mePage, notYours } from '../../responses/me-view.ts';
import type { Form } from '../../responses/page-act.ts';
import { pageLanguage } from '../../responses/page-language.ts';
import { hashToken, TOKEN } from '../../responses/token.ts';
import { ENGINE, type Tx } from '../../store/database.ts';
import { putDevice } from '../../store/sql/device.ts';
import { getFollowUp } from '../../store/sql/follow-up-list.ts';
import { liveOf } from '../../store/sql/follow-up-pending.ts';
import { findPageToken } from '../../store/sql/page-token.ts';
import { type Acting, type Actor, type Gathered, gatherActing, notOffered, type Pressed, press } from '../acting.ts';
import { factsOf, mayAsk } from '../acting-facts.ts';
import { offerFresh } from '../fresh-link.ts';
import type { HttpPorts } from '../ports.ts';
import { Problem } from '../problem.ts';
import { read } from '../route.ts';
import { subscriptionSchema, webDevice } from './device.ts';

type ByToken = { Params: { token: string } };
type Asking = FastifyRequest<ByToken>;

/** More nobody reads on one page; the most urgent come first. */
const ITEMS_MAX = 100;

export function meRoutes(app: FastifyInstance, ports: HttpPorts): void {
  app.get<ByToken>('/me/:token', (request, reply) => answer(ports, request, reply, show));
  app.post<ByToken>('/me/:token', (request, reply) => answer(ports, request, reply, act));
  app.post<ByToken>('/me/:token/device', (request, reply) => subscribe(ports, request, reply));
  app.get<ByToken>('/me/:token/app.webmanifest', async (request, reply) => {
    const found = await find(ports, request.params.token, null);
    if (found === null) throw new Problem('not_found', 'There is no such page.');
    const { path, gathered } = found;
    return reply
      .type('application/manifest+json; charset=utf-8')
      .header('cache-control', 'no-store')
      .send(meManifest(pageLanguage(gathered.reading.locale), gathered.tenantName, path));
  });
  const plain = (path: string, type: string, text: string) =>
    app.get(path, (_request, reply) => reply.type(type).header('cache-control', 'max-age=300').send(text));
  plain('/me.js', 'text/javascript; charset=utf-8', DEVICE_SCRIPT);
  plain('/icon.svg', 'image/svg+xml', ICON_SVG);
}

interface Found extends Actor {
  readonly expired: boolean;
  readonly path: string;
  readonly gathered: Gathered & { readonly person: Recipient };
  readonly more: boolean;
  /** The follow-up that a form is about; null where it is none that this person was asked about. */
  readonly about: Acting | null;
}

/** Null: no such link, or nobody whose it is. `about`: the id that a form says; `named`: whom the page names besides. */
async function find(
  ports: HttpPorts,
  path: string,
  about: string | null,
  named: readonly string[] = [],
): Promise<Found | null> {
  if (!TOKEN.test(path)) return null;
  return ports.database.transaction(ENGINE, async (tx: Tx) => {
    const token = await findPageToken(tx, hashToken(path), 'me');
    if (token === null) return null;
    const { tenant, recipient, expired } = token;
    const live = expired ? [] : (await liveOf(tx, token, ITEMS_MAX + 1)).filter((one) => isTheirs(one, recipient));
    const asked = about === null || expired ? null : await getFollowUp(tx, tenant, about);
    const also = asked === null || !isAssignee(asked, recipient) ? [] : [asked];
    const shown = live.slice(0, ITEMS_MAX);
    const all = [...shown, ...also.filter(({ id }) => !shown.some((one) => one.id === id))];
    const standing = { path, action: null, offered: null, message: null, channel: 'page', ofSeveral: true };
    const gathered = await gatherActing(tx, { tenant, recipient }, all, standing, named);
    const { person } = gathered;
    if (person === null) return null;
    const own = gathered.acting.find(({ followUp }) => also.some(({ id }) => id === followUp.id)) ?? null;
    return {
      tenant,
      recipient,
      expired,
      path,
      gathered: { ...gathered, person, acting: gathered.acting.slice(0, shown.length) },
      more: live.length > ITEMS_MAX,
      about: own,
    };
  });
}

/** Where several are asked, whoever has answered is done with it. */
const isTheirs = (followUp: FollowUp, recipient: string): boolean =>
  followUp.assignees.length > 0 ? isAsked(followUp, recipient) : followUp.assignee === recipient;

type Handle = (ports: HttpPorts, request: Asking, reply: FastifyReply, found: Found) => Promise<FastifyReply>;

const formOf = ({ body }: Asking): Form => (body ?? {}) as Form;
const aboutIn = (request: Asking): string | null => {
  const { about } = formOf(request);
  return typeof about === 'string' ? about : null;
};

async function answer(ports: HttpPorts, request: Asking, reply: FastifyReply, handle: Handle): Promise<FastifyReply> {
  const found = await find(ports, request.params.token, aboutIn(request));
  if (found === null) return sendPage(reply, unknownPage(), 404);
  if (!found.expired) return handle(ports, request, reply, found);
  const { tenant, recipient, gathered } = found;
  const language = pageLanguage(gathered.reading.locale);
  return offerFresh(ports, request, reply, language, { tenant, recipient, to: { page: 'me' } });
}

const show: Handle = async (ports, _request, reply, found) =>
  send(ports, reply, found, await ports.clock.now(), { pressed: null, acting: null, trouble: null, status: 200 });

const act: Handle = async (ports, request, reply, found) => {
  const now = await ports.clock.now();
  const { about, gathered } = found;
  const form = formOf(request);
  if (about === null) {
    const trouble = notYours(pageLanguage(gathered.reading.locale));
    return send(ports, reply, found, now, { pressed: null, acting: null, trouble, status: 409 });
  }
  const name = String(form.do ?? '');
  const pressed = mayAsk(about, name) ? await press(ports, about, name, form, now) : notOffered(name, about.followUp);
  const followUp = pressed.followUp ?? about.followUp;
  // Whoever has it now may be somebody who was not known before.
  const named = [followUp.assignee, followUp.closedBy].filter((id) => id !== null);
  const fresh = (await find(ports, request.params.token, null, named)) ?? found;
  const acting = { ...about, followUp, people: fresh.gathered.people };
  return send(ports, reply, fresh, now, { pressed, acting, trouble: null, status: pressed.status });
};

interface Came {
  readonly pressed: Pressed | null;
  readonly acting: Acting | null;
  readonly trouble: string | null;
  readonly status: number;
}

async function send(
  ports: HttpPorts,
  reply: FastifyReply,
  { tenant, path, gathered, more }: Found,
  now: Instant,
  { pressed, acting, trouble, status }: Came,
): Promise<FastifyReply> {
  const acted = acting === null || pressed === null ? null : factsOf(acting, now, pressed);
  const items = gathered.acting.map((one) => {
    // What did not go stands in its form again.
    const isAgain = acted !== null && isLive(one.followUp.status) && one.followUp.id === acted.about;
    return factsOf(one, now, isAgain && acted.outcome?.kind !== 'done' ? pressed : null);
  });
  const page = mePage({
    language: pageLanguage(gathered.reading.locale),
    locale: gathered.reading.locale,
    tenant: gathered.tenantName,
    person: gathered.person.name ?? gathered.person.id,
    items,
    more,
    acted,
    trouble,
    path,
    pushKey: (await ports.pushKey?.(tenant)) ?? null,
  });
  return sendPage(reply, page, status);
}

/** Registers the device that the page is opened on: under a name of its own, so that it is one device however often. */
async function subscribe(ports: HttpPorts, request: Asking, reply: FastifyReply): Promise<FastifyReply> {
  const found = await find(ports, request.params.token, null);
  if (found === null || found.expired) throw new Problem('not_found', 'There is no such page, or not any more.');
  const device = webDevice(read(subscriptionSchema, request.body).subscription);
  const id = `page-${createHash('sha256').update(device.address).digest('base64url').slice(0, 22)}`;
  const { tenant, recipient } = found;
  await ports.database.transaction({ kind: 'tenant', tenant }, (tx) =>
    putDevice(tx, { tenant, recipient }, { id, ...device }),
  );
  return reply.code(204).send();
}
