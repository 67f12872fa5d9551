// What people write, what they are called and reached by, and what lets somebody in: none of it stands in a log at its most talkative, on
// standard error, in /metrics, or in what somebody else is answered. By every road that answers and choices come by, and where each of
// them fails: forged, malformed, a provider that is down, an adapter that throws, and a database that refuses and quotes the row.
import { createHmac } from 'node:crypto';
import type { Channel } from '@relance/core';
import SMTPConnection from 'nodemailer/lib/smtp-connection';
import pg from 'pg';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { createLog } from '../../packages/server/src/app/log.ts';
import { addressKeys } from '../../packages/server/src/app/open-channels.ts';
import type { Envelope } from '../../packages/server/src/channels/channel.ts';
import { mailboxConnection } from '../../packages/server/src/channels/local.ts';
import { addressFor } from '../../packages/server/src/channels/mail-address.ts';
import type { Provider } from '../../packages/server/src/channels/provider.ts';
import { twilioAt } from '../../packages/server/src/channels/providers/twilio.ts';
import { ACCOUNT, refusal, signed, startTwilio, TOKEN, type TwilioDouble } from '../doubles/twilio.ts';
import { API_KEY, json, startTestServer, type TestServer } from '../server.ts';
import { SECRET } from '../world.ts';

const PHONE = '+34699887766';
const OTHER_PHONE = '+34699887755';
const EMAIL = 'qzx.quill@canary.test';
const PASSWORD = 'qzx-webhook-secret';
const SIGNING = '8f742231b10e8888abcd99e1e2e385a5';
const MAILBOX = 'reply@in.test';
/** Texts have the mark in them; what is made while the test runs is added. */
const CANARIES = new Set([
  'qzx',
  SIGNING,
  PHONE,
  PHONE.slice(1),
  '699 88 77 66',
  OTHER_PHONE.slice(1),
  API_KEY,
  SECRET,
  TOKEN,
]);
const POLICY = `
policy: asked
title: Asked
category: billing
open: { on: asked.made }
key: event.data.id
subject: { type: thing, id: event.data.id, title: "'qzx subject ' + event.data.id", url: "'https://qzx.test/' + event.data.id" }
data: event.data
assignee: event.data.who
requester: event.data.by
team: desk
stages:
  - { id: notice, at: opened, notify: { to: [assignee, requester], via: [email, sms, push, chat] } }
  - { id: again, at: opened + 1 day, notify: { via: [email, sms, push, chat] } }
`;

/** Whatever a mail of ours leads to. */
const PLACES = ['a', 'me', 'p', 's', 't/c', 't/o', 'u'];

const lines: string[] = [];
/** As their readers get them: with links that tell who followed them. */
const mails: Envelope[] = [];
const written: string[] = [];
let server: TestServer;
let twilio: TwilioDouble;
let postgres: pg.Client;
let paths: Record<string, string>;
let otherKey: string;
beforeAll(async () => {
  for (const stream of [process.stderr, process.stdout])
    vi.spyOn(stream, 'write').mockImplementation((chunk) => Boolean(written.push(String(chunk))));
  twilio = await startTwilio();
  server = await startTestServer({
    log: createLog('debug', { write: (line) => void lines.push(line) }),
    channels: {
      providers: [twilioAt(twilio.origin), keeping('email', mails), keeping('chat', [])],
      mailReplyTo: MAILBOX,
      mailReturnPath: 'bounces@in.test',
      inbound: { host: '127.0.0.1', port: 0 },
      allowHosts: ['127.0.0.1'],
      connections: [
        {
          ...mailboxConnection('push'),
          send: async ({ address }) => {
            throw new Error(`nobody is at ${address}, who is ${EMAIL}`);
          },
        },
      ],
    },
  });
  postgres = new pg.Client({ connectionString: server.databaseUrl });
  await postgres.connect();
  const settings = JSON.stringify({ tracking: { opens: true, clicks: true, sms: true } });
  await postgres.query(
    `INSERT INTO relance.tenants (id, settings) VALUES ('default', $1) ON CONFLICT (id) DO UPDATE SET settings = excluded.settings`,
    [settings],
  );
  await server.client.recipients.bulk([
    {
      id: 'ana',
      name: 'Qzx Quill',
      email: EMAIL,
      phone: PHONE,
      traits: { nick: 'qzx-trait' },
      endpoints: [
        { channel: 'push', address: 'qzx-device' },
        { channel: 'chat', address: 'UQZX1' },
      ],
    },
    { id: 'pia', email: 'qzx.pia@canary.test', phone: OTHER_PHONE },
    ...['rita', 'cleo', 'dora', 'nora', 'emil', 'olga'].map((id) => ({ id, email: `qzx.${id}@canary.test` })),
  ]);
  await server.client.groups.put('desk', { members: ['cleo'] });
  await server.client.policies.put('asked', POLICY);
  // Whoever has connections of their own for a channel sends by none of the operator's.
  for (const channel of ['email', 'chat']) {
    const kept = { ...json({ provider: `kept-${channel}`, settings: {}, secrets: {} }), method: 'PUT' };
    expect(await status(`/v1/connections/kept-${channel}`, kept)).toBe(200);
  }
  paths = {
    twilio: await connect('twilio', { accountSid: ACCOUNT, from: '+15005550006', replies: true }, { authToken: TOKEN }),
    slack: await connect('slack', {}, { botToken: 'xoxb-000-of-qzx', signingSecret: SIGNING }, true),
    postmark: await connect(
      'postmark',
      { from: 'a@b.test', replyTo: MAILBOX },
      { serverToken: 'qzx-token', webhookSecret: PASSWORD },
      true,
    ),
    ses: await connect(
      'ses',
      { region: 'eu-west-1', from: 'a@b.test', topicArn: 'arn:aws:sns:eu-west-1:123456789012:x' },
      { accessKeyId: 'qzx-id', secretAccessKey: 'qzx-key' },
      true,
    ),
  };
  const made = await server.raw('/v1/keys', json({ tenant: 'other', scopes: ['api'] }));
  otherKey = ((await made.json()) as { key: string }).key;
  CANARIES.add(otherKey);
}, 120_000);
afterAll(async () => {
  vi.restoreAllMocks();
  await postgres.end();
  await server.end();
  await twilio.stop();
});

/** A brand that takes everything, and keeps it as it was handed over. */
const keeping = (channel: Channel, kept: Envelope[]): Provider => ({
  id: `kept-${channel}`,
  channel,
  title: 'Kept',
  settings: z.strictObject({}),
  secrets: z.strictObject({}),
  concurrency: 10,
  open: ({ id }) => ({
    ...mailboxConnection(channel),
    id,
    provider: `kept-${channel}`,
    send: async (envelope) => {
      kept.push(envelope);
      return { kind: 'accepted', providerId: envelope.id };
    },
  }),
});

async function connect(provider: string, settings: object, secrets: object, disabled = false): Promise<string> {
  const made = await server.raw(`/v1/connections/${provider}`, {
    ...json({ provider, settings, secrets, disabled }),
    method: 'PUT',
  });
  const { receiptsUrl, ...rest } = (await made.json()) as { receiptsUrl?: string };
  if (receiptsUrl === undefined) throw new Error(`no connection: ${JSON.stringify(rest)}`);
  CANARIES.add(receiptsUrl.split('/').at(-1) ?? '');
  return receiptsUrl.replace('http://relance.test', '');
}
const leaks = (of: readonly string[]): string[] =>
  of
    .filter((line) => [...CANARIES].some((one) => line.toLowerCase().includes(one.toLowerCase())))
    .map((line) => line.slice(0, 1_500));

let number = 0;
interface Opened {
  readonly id: string;
  readonly message: string;
  readonly links: readonly string[];
}
async function open(who = 'ana', by = 'rita'): Promise<Opened> {
  const key = `k${++number}`;
  const data = { id: key, who, by, note: 'qzx-data' };
  const { followUps } = await server.client.events.send({
    specversion: '1.0',
    id: key,
    source: '/tests',
    type: 'asked.made',
    data,
  });
  await server.advance('1 minute');
  const id = followUps[0]?.id ?? '';
  const { items } = await server.client.followUps.messages(id);
  const words: unknown[] = mails.filter(({ followUp }) => followUp === id);
  for (const { id: message } of items)
    words.push(((await server.client.messages.get(message)) as { content?: unknown }).content ?? '');
  return {
    id,
    message: items.find((one) => one.channel === 'email' && one.recipient === who)?.id ?? '',
    links: linksIn(words),
  };
}

/** Each once; from now on their tokens stand in no log. */
function linksIn(words: unknown): readonly string[] {
  const found = [...JSON.stringify(words).matchAll(/http:\/\/relance\.test(\/[a-z/]+\/[\w-]{22})/g)];
  const links = [...new Set(found.flatMap(([, path = '']) => path))];
  for (const link of links) CANARIES.add(tokenOf(link));
  return links;
}
const tokenOf = (link: string): string => link.split('/').at(-1) ?? '';
const placesOf = (links: readonly string[]): readonly string[] =>
  [...new Set(links.map((link) => link.slice(1, -tokenOf(link).length - 1)))].sort();

const form = (body: string, headers: Readonly<Record<string, string>> = {}) => ({
  method: 'POST',
  key: null,
  body,
  headers: { 'content-type': 'application/x-www-form-urlencoded', 'user-agent': 'qzx-browser', ...headers },
});
const status = async (path: string, init: Parameters<TestServer['raw']>[1]): Promise<number> => {
  const response = await server.raw(path, init);
  await response.arrayBuffer();
  return response.status;
};

/** By every road, once; the statuses of what was asked. */
async function everything({ id, message, links }: Opened): Promise<readonly number[]> {
  const seen: number[] = [];
  const at = async (path: string, init: Parameters<TestServer['raw']>[1] = {}): Promise<void> =>
    void seen.push(await status(path, init));
  const address = addressFor(MAILBOX, 'reply', message, addressKeys({ secretKey: SECRET })[0] ?? Buffer.alloc(32));
  const mail = `From: Qzx <${EMAIL}>\r\nSubject: qzx-subject\r\nMessage-ID: <qzx${++number}@canary.test>\r\n\r\nqzx-reply, call ${PHONE}\r\n`;
  const broken = `From: ${EMAIL}\r\nContent-Type: multipart/mixed; boundary="qzx\r\n\r\n--qzx\r\nContent-Type: text/plain; charset=qzx\r\n\r\n\u0000qzx`;
  for (const raw of [mail, broken]) await mailed(address, raw);
  await mailed(`qzx+${address}`, mail);
  const text = {
    AccountSid: ACCOUNT,
    MessageSid: `SM${++number}`,
    From: PHONE,
    To: '+15005550006',
    Body: 'qzx-text of mine',
    NumMedia: '0',
  };
  for (const Body of ['qzx-text of mine', '1', 'STOP', 'START', 'done\u0000qzx']) {
    const fields = { ...text, MessageSid: `SM${++number}`, Body };
    const signature = signed(`http://relance.test${paths.twilio}`, fields);
    await at(paths.twilio ?? '', form(new URLSearchParams(fields).toString(), { 'x-twilio-signature': signature }));
    await at(paths.twilio ?? '', form(new URLSearchParams(fields).toString(), { 'x-twilio-signature': 'qzx-forged' }));
  }
  await slackPress(at, `press ${message}`);
  await slackPress(at, 'press qzx-value');
  const handed = {
    OriginalRecipient: address,
    ToFull: [{ Email: address }],
    Headers: [],
    RawEmail: mail.replace('<qzx', '<qzx-p'),
  };
  for (const password of [PASSWORD, 'qzx-wrong'])
    await at(paths.postmark ?? '', {
      ...json(handed),
      key: null,
      headers: {
        authorization: `Basic ${Buffer.from(`any:${password}`).toString('base64')}`,
        'content-type': 'application/json',
      },
    });
  await at(paths.ses ?? '', {
    ...json({ Type: 'Notification', Message: `qzx ${EMAIL}`, MessageId: 'qzx' }),
    key: null,
  });
  for (const link of links) {
    await at(link, { key: null, headers: { 'user-agent': 'qzx-browser' } });
    await at(link, form(`do=note&comment=qzx-note&about=${id}`));
    await at(link, form(`do=delegate&email=${encodeURIComponent('qzx-new@canary.test')}&about=${id}`));
    await at(link, form('List-Unsubscribe=One-Click'));
    await at(link, form('fresh=1'));
    await at(`${link}/device`, {
      ...json({ subscription: { endpoint: 'https://qzx.test/x', keys: { p256dh: 'qzx', auth: 'qzx' } } }),
      key: null,
    });
  }
  for (const place of ['a', 'me', 's', 'p', 'u', 't/o', 't/c'])
    await at(`/${place}/qzx0forged0token000000`, form('do=resolve'));
  await at('/v1/suppressions/import', {
    ...json(`channel,address,reason\nemail,${EMAIL},qzx-reason\n"qzx`, 'text/csv'),
  });
  await at('/v1/suppressions/export');
  await at('/v1/suppressions', {
    ...json({ channel: 'email', address: EMAIL, comment: 'qzx-lifted' }),
    method: 'DELETE',
  });
  await at('/v1/recipients/ana/preferences', { ...json({ digests: 'daily', qzx: 'qzx' }), method: 'PUT' });
  await at('/v1/recipients/ana/export');
  const { items } = (await (await server.raw('/v1/replies?status=open')).json()) as {
    items?: readonly { id: string }[];
  };
  for (const reply of (items ?? []).slice(0, 2))
    await at(`/v1/replies/${reply.id}/answer`, json({ text: 'qzx-answer of ours', actor: 'cleo' }));
  await at('/v1/recipients/ana/tokens', json({}));
  await at('/v1/inbox?token=qzx.qzx.qzx', { key: null });
  await at('/v1/clock', { key: 'qzx-wrong-key' });
  return seen;
}

async function slackPress(
  at: (path: string, init: Parameters<TestServer['raw']>[1]) => Promise<void>,
  value: string,
): Promise<void> {
  const said = {
    type: 'block_actions',
    user: { id: 'UQZX1' },
    container: { type: 'message', channel_id: 'CQZX', message_ts: '1.5' },
    response_url: 'http://127.0.0.1:1/qzx',
    actions: [{ type: 'button', action_id: '0 resolve', value, action_ts: '1.5' }],
  };
  const body = `payload=${encodeURIComponent(JSON.stringify(said))}`;
  const now = String(Math.floor(Date.now() / 1_000));
  for (const secret of [SIGNING, 'qzx-wrong'])
    await at(
      paths.slack ?? '',
      form(body, {
        'x-slack-request-timestamp': now,
        'x-slack-signature': `v0=${createHmac('sha256', secret).update(`v0:${now}:${body}`).digest('hex')}`,
      }),
    );
}

async function mailed(to: string, raw: string): Promise<void> {
  const connection = new SMTPConnection({ host: '127.0.0.1', port: server.relance.inboundPort ?? 0, ignoreTLS: true });
  connection.on('error', () => {}); // told below as well
  await new Promise<void>((resolve) => connection.connect(() => resolve()));
  await new Promise<void>((resolve) => connection.send({ from: EMAIL, to }, raw, () => resolve()));
  connection.quit();
}

/** Every table refuses what is written to it, and says the row, as PostgreSQL does of values that it cannot take. */
async function refusing(work: () => Promise<void>): Promise<void> {
  const { rows } = await postgres.query<{ name: string }>(
    `SELECT c.relname AS name FROM pg_class c WHERE c.relnamespace = 'relance'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition`,
  );
  await postgres.query(
    `CREATE FUNCTION public.refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
       RAISE EXCEPTION 'qzx: invalid row: %', NEW USING ERRCODE = '22P02', DETAIL = 'qzx ' || NEW::text; END $$;
     GRANT EXECUTE ON FUNCTION public.refuse() TO PUBLIC`,
  );
  for (const { name } of rows)
    await postgres.query(
      `CREATE TRIGGER refuse BEFORE INSERT OR UPDATE ON relance."${name}" FOR EACH ROW EXECUTE FUNCTION public.refuse()`,
    );
  try {
    await work();
  } finally {
    await postgres.query('DROP FUNCTION public.refuse() CASCADE');
  }
}

const said = (words: string): boolean => lines.some((line) => line.includes(words));

it('by every road, as it should be and as it should not', { timeout: 120_000 }, async () => {
  const opened = await open();
  expect(placesOf(opened.links)).toEqual(PLACES);
  const statuses = await everything(opened);
  expect([...new Set(statuses)]).toEqual(expect.arrayContaining([200, 401, 404]));
  expect(statuses.filter((one) => one >= 500)).toEqual([]);
  expect((await server.client.replies.list({})).items.length).toBeGreaterThan(0);
  expect(said('a provider adapter threw')).toBe(true);
  expect(leaks(lines)).toEqual([]);
});

it('each link of each mail, of one about several things as well, whoever follows it and however', {
  timeout: 120_000,
}, async () => {
  const wish = { ...json({ categories: [{ id: 'billing', frequency: 'daily' }] }), method: 'PUT' };
  expect(await status('/v1/recipients/dora/preferences', wish)).toBe(200);
  const from = mails.length;
  for (let count = 0; count < 2; count++) await open('dora', 'nora');
  await server.advance('1 day');
  const sent = mails.slice(from);
  const digest = sent.filter(({ recipient, carries }) => recipient.id === 'dora' && carries !== undefined);
  expect(digest.length).toBeGreaterThan(0);
  expect(placesOf(linksIn(digest))).toEqual(expect.arrayContaining(['a', 'me', 'p', 't/o', 'u']));
  const links = linksIn(sent);
  expect(placesOf(links)).toEqual(PLACES);
  const seen = new Map<string, number[]>();
  for (const link of links) {
    const found: number[] = [];
    for (const agent of ['qzx-browser', 'Mozilla/5.0 (X11; Linux x86_64) qzx'])
      for (const method of ['GET', 'HEAD'])
        found.push(await status(link, { method, key: null, headers: { 'user-agent': agent } }));
    found.push(await status(`${link}?qzx=${tokenOf(link)}`, { key: null }));
    seen.set(placesOf([link])[0] ?? '', [...(seen.get(placesOf([link])[0] ?? '') ?? []), ...found]);
    await status(link, form(`do=qzx&token=${tokenOf(link)}`));
    await status(`${link}/qzx`, { key: null });
    await status(`${link}x`, { key: null });
  }
  for (const place of PLACES)
    expect({ place, statuses: seen.get(place)?.filter((one) => one >= 400) }).toEqual({ place, statuses: [] });
  expect(seen.get('t/c')).toContain(302);
  const known = await postgres.query<{ kind: string }>('SELECT DISTINCT kind FROM relance.visits ORDER BY kind');
  expect(known.rows.map(({ kind }) => kind)).toEqual(expect.arrayContaining(['clicked', 'opened']));
  expect(leaks(lines)).toEqual([]);
});

it('where a provider is down, or says what it was given', { timeout: 120_000 }, async () => {
  for (const answer of [
    null,
    refusal(500, 20_500, `Busy with ${OTHER_PHONE}`),
    refusal(400, 21_211, `Invalid 'To' Phone Number: ${OTHER_PHONE}`),
  ]) {
    twilio.answer = answer;
    const before = twilio.calls.length;
    await open('pia', 'nora');
    await server.advance('2 days');
    expect(twilio.calls.slice(before).map(({ fields }) => fields.To)).toContain(OTHER_PHONE);
  }
  twilio.answer = undefined;
  expect(leaks(lines)).toEqual([]);
});

it('where the database refuses, and quotes what it refuses', { timeout: 120_000 }, async () => {
  const opened = await open('emil', 'olga'); // who have not left anything yet
  expect(placesOf(opened.links)).toEqual(PLACES);
  let statuses: readonly number[] = [];
  await refusing(async () => {
    statuses = await everything(opened);
  });
  expect(statuses.filter((one) => one === 500).length).toBeGreaterThan(5);
  for (const words of [
    'a request failed',
    'mail that came back could not be taken',
    'a visit could not be noted; whoever came was led on',
  ])
    expect({ words, said: said(words) }).toEqual({ words, said: true });
  expect(leaks(lines)).toEqual([]);
  // It goes on, and digests and conversations leave as well.
  await server.advance('2 days');
  await server.raw('/v1/recipients/ana/erase', json({}));
  await server.advance('1 day');
  expect(leaks(lines)).toEqual([]);
});

it('nor on standard error, in /metrics, or in what another tenant is answered', async () => {
  const { items } = await server.client.messages.list({ limit: 50 });
  const replies = (await server.client.replies.list({})).items;
  const asked = [
    '/metrics',
    ...items.map(({ id }) => `/v1/messages/${id}`),
    ...replies.map(({ id }) => `/v1/replies/${id}`),
  ];
  for (const path of [
    ...asked,
    '/v1/recipients/ana',
    '/v1/recipients/ana/export',
    '/v1/messages',
    '/v1/replies',
    '/v1/suppressions',
    '/v1/audit',
  ])
    expect(leaks([await (await server.raw(path, { key: otherKey })).text()]).map((text) => `${path} ${text}`)).toEqual(
      [],
    );
  expect(leaks(written)).toEqual([]);
});

it('and one that is planted is found', () => {
  const log = createLog('debug', { write: (line) => void planted.push(line) });
  const planted: string[] = [];
  log.info({ words: 'nothing of anybody' }, 'benign');
  expect([planted.length, leaks(planted).length]).toEqual([1, 0]);
  log.warn({ error: new Error(`cannot reach ${EMAIL}`) }, 'planted');
  log.warn({ path: [...CANARIES].at(-1) }, 'planted');
  expect(leaks(planted)).toHaveLength(2);
});
