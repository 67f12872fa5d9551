// SMTP as a connection of a tenant: TLS or nothing, to where the guard lets it, with credentials that are never sent in the clear; and
// what a refusal of one recipient means for the others.
import { generateKeyPairSync } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import { LOCALHOST_CERTIFICATE, LOCALHOST_KEY } from '../../../../../test/doubles/certificate.ts';
import { type MailServer, type MailServerChoice, startMailServer } from '../../../../../test/doubles/mail-server.ts';
import type { Connection } from '../channel.ts';
import { conformanceOf } from '../conformance.ts';
import { messageOf } from '../mail-address.ts';
import { sampleEnvelope } from '../sample-envelope.ts';
import { type SmtpSecrets, smtpProvider } from './smtp.ts';

const KEY = Buffer.alloc(32, 7);
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ type: 'pkcs8', format: 'pem' });
const ed25519 = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' });
const TLS: MailServerChoice = { key: LOCALHOST_KEY, cert: LOCALHOST_CERTIFICATE };
const alive = () => AbortSignal.timeout(10_000);
const ends: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

interface Choice {
  readonly settings?: object;
  readonly secrets?: SmtpSecrets;
  readonly allowHosts?: readonly string[];
  readonly addressKey?: Uint8Array;
}
function opened(port: number, choice: Choice = {}): Connection {
  const settings = smtpProvider.settings.parse({
    host: 'localhost',
    port,
    from: 'Acme <acme@example.test>',
    ca: LOCALHOST_CERTIFICATE,
    ...choice.settings,
  });
  const connection = smtpProvider.open({
    id: 'mail',
    tenant: 'default',
    settings,
    secrets: smtpProvider.secrets.parse(choice.secrets ?? {}),
    concurrencyMax: 2,
    wallNow: () => 0,
    egress: { allowHosts: choice.allowHosts ?? ['localhost'] },
    receiptsUrl: null,
    ...(choice.addressKey === undefined ? {} : { addressKey: choice.addressKey }),
  });
  ends.push(() => connection.close());
  return connection;
}
async function started(choice: MailServerChoice): Promise<MailServer> {
  const server = await startMailServer(choice);
  ends.push(() => server.stop());
  return server;
}

describe('TLS', () => {
  it.each([
    ['starttls', {}],
    ['tls', { secure: true }],
  ] as const)('%s sends over TLS, and logs in', async (secure, more) => {
    const server = await started({
      ...TLS,
      ...more,
      authOptional: false,
      onAuth: ({ username, password }, _session, done) =>
        password === 'correct' ? done(null, { user: username ?? '' }) : done(new Error('no')),
    });
    const connection = opened(server.port, { settings: { secure }, secrets: { user: 'acme', password: 'correct' } });
    expect(await connection.send(sampleEnvelope(), alive())).toMatchObject({ kind: 'accepted' });
    expect(server.caught).toMatchObject([{ secure: true, user: 'acme', to: ['ana@example.test'] }]);
    const wrong = opened(server.port, { settings: { secure }, secrets: { user: 'acme', password: 'hunter2-wrong' } });
    const outcome = await wrong.send(sampleEnvelope(), alive());
    expect(outcome).toMatchObject({ kind: 'retry' });
    expect(outcome).not.toHaveProperty('about'); // it is the connection that is at fault
    expect(JSON.stringify(outcome)).not.toContain('hunter2');
  });
  it('goes nowhere without', async () => {
    const server = await started({});
    expect(await opened(server.port).send(sampleEnvelope(), alive())).toMatchObject({ kind: 'retry' });
    expect(server.caught).toEqual([]);
  });
  it('believes no certificate that it has no reason to', async () => {
    const server = await started({ ...TLS, secure: true });
    const settings = { secure: 'tls', ca: undefined };
    expect(await opened(server.port, { settings }).send(sampleEnvelope(), alive())).toMatchObject({ kind: 'retry' });
    const asAddress = { settings: { secure: 'tls', host: '127.0.0.1' }, allowHosts: ['127.0.0.1'] };
    expect(await opened(server.port, asAddress).send(sampleEnvelope(), alive())).toMatchObject({ kind: 'retry' });
    expect(server.caught).toEqual([]);
  });
  it('is no older than 1.2', async () => {
    const server = await started({
      ...TLS,
      secure: true,
      minVersion: 'TLSv1',
      maxVersion: 'TLSv1.1',
    } as MailServerChoice);
    const settings = { secure: 'tls' };
    expect(await opened(server.port, { settings }).send(sampleEnvelope(), alive())).toMatchObject({ kind: 'retry' });
  });
  it('has to be there for credentials', async () => {
    const server = await started({});
    const connection = opened(server.port, { settings: { secure: 'none' }, secrets: { user: 'acme', password: 'x' } });
    expect(await connection.send(sampleEnvelope(), alive())).toEqual({
      kind: 'retry',
      detail: expect.stringMatching(/credentials are not sent without TLS/),
      retryAfterMs: null,
    });
    const without = opened(server.port, { settings: { secure: 'none' } });
    expect(await without.send(sampleEnvelope(), alive())).toMatchObject({ kind: 'accepted' });
  });
});

it.each(['localhost', '127.0.0.1', '169.254.169.254', '::1'])('goes nowhere that is not public: %s', async (host) => {
  const server = await started({});
  const connection = opened(server.port, { settings: { host, secure: 'none' }, allowHosts: [] });
  expect(await connection.send(sampleEnvelope(), alive())).toMatchObject({
    kind: 'retry',
    detail: expect.stringContaining('is not a public address'),
  });
  expect(server.caught).toEqual([]);
});

describe('one recipient and the others', () => {
  const copies = [{ address: 'assistant@example.test', as: 'cc' }] as const;
  it.each([
    ['550 5.1.1 no such user', { kind: 'rejected', endpoint: 'gone' }],
    ['556 5.1.10 accepts no mail', { kind: 'rejected', endpoint: 'gone' }],
    ['451 4.7.1 greylisted', { kind: 'retry', about: 'message' }],
    ['452 4.2.2 mailbox full', { kind: 'retry', about: 'message' }],
  ])('nobody gets a mail whose recipient is refused: %s', async (reply, outcome) => {
    const server = await started({ refuses: (address) => (address.startsWith('ana') ? reply : null) });
    const connection = opened(server.port, { settings: { secure: 'none' } });
    expect(await connection.send(sampleEnvelope({ copies }), alive())).toMatchObject(outcome);
    expect(server.caught).toEqual([]);
  });
  it.each(['550 5.7.1 not allowed', '550 no', '554 5.1.1 odd'])(
    'a refusal that does not say why says nothing of the address: %s',
    async (reply) => {
      const server = await started({ refuses: () => reply });
      const outcome = await opened(server.port, { settings: { secure: 'none' } }).send(sampleEnvelope(), alive());
      expect(outcome).toMatchObject({ kind: 'rejected' });
      expect(outcome).not.toHaveProperty('endpoint');
    },
  );
  it('a copy that is refused takes nothing from the recipient, and is told', async () => {
    const server = await started({ refuses: (address) => (address.startsWith('ass') ? '550 5.1.1 gone' : null) });
    const connection = opened(server.port, { settings: { secure: 'none' } });
    expect(await connection.send(sampleEnvelope({ copies }), alive())).toMatchObject({
      kind: 'accepted',
      providerId: `<${sampleEnvelope().id}@example.test>`,
      detail: expect.stringContaining('copies: '),
    });
    expect(server.caught.map(({ to }) => to)).toEqual([['ana@example.test']]);
  });
});

describe('what is written', () => {
  const good = { host: 'smtp.example.com', from: 'Acme <acme@example.com>' };
  it('has sensible defaults', () => {
    expect(smtpProvider.settings.parse(good)).toEqual({ ...good, port: 587, secure: 'starttls' });
  });
  it.each([
    { from: 'Acme' },
    { from: 'Acme <acme@example.com>\r\nBcc: x@y.z' },
    { host: 'smtp.example.com/x' },
    { host: '' },
    { secure: 'maybe' },
    { returnPath: 'bounces' },
    { returnPath: 'a-mailbox-name-that-is-too-long@example.com' },
    { name: 'host\r\nMAIL FROM:<x>' },
    { dkim: { domain: 'example.com', selector: 'a; b=c' } },
    { proxy: 'http://10.0.0.1' },
  ])('and nothing odd: %j', (more) => {
    expect(smtpProvider.settings.safeParse({ ...good, ...more }).success).toBe(false);
  });
  it.each([
    [rsa, true],
    [ed25519, false],
    ['-----BEGIN PRIVATE KEY-----', false],
  ])('and only keys that can sign', (dkimPrivateKey, can) => {
    expect(smtpProvider.secrets.safeParse({ dkimPrivateKey }).success).toBe(can);
  });
  it('and nothing is sent while half of it is missing', async () => {
    const server = await started({});
    const dkim = { secure: 'none', dkim: { domain: 'example.test', selector: 's1' } };
    const bounces = { secure: 'none', returnPath: 'bounces@example.test' };
    expect(await opened(server.port, { settings: dkim }).send(sampleEnvelope(), alive())).toMatchObject({
      kind: 'retry',
    });
    expect(await opened(server.port, { settings: bounces }).send(sampleEnvelope(), alive())).toMatchObject({
      kind: 'retry',
    });
    expect(server.caught).toEqual([]);
    const whole = opened(server.port, { settings: bounces, addressKey: KEY });
    expect(await whole.send(sampleEnvelope(), alive())).toMatchObject({ kind: 'accepted' });
    const from = server.caught[0]?.from ?? '';
    expect(messageOf(from, 'bounces@example.test', 'bounce', [KEY])).toBe(sampleEnvelope().id);
  });
});

describe('as every connection', () => {
  const checks = conformanceOf({
    name: 'smtp account',
    async start() {
      const server = await startMailServer();
      return {
        connection: opened(server.port, { settings: { secure: 'none' } }),
        address: 'ana@example.test',
        taken: () => server.caught.length,
        stop: () => server.stop(),
      };
    },
    malformed: 'ana@example.test\r\nRCPT TO:<victim@example.test>',
    unreachable: () => ({ connection: opened(1), address: 'ana@example.test' }),
  });
  it.each(checks.map((check) => [check.name, check] as const))('%s', (_name, check) => check.run());
});
