// Web push against a service that nobody here wrote (it decrypts what we send), and against answers of every kind.
import { createECDH, randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import webPush from 'web-push';
import { type PushService, startPushService } from '../../../../../test/doubles/push-service.ts';
import type { Connection, Envelope } from '../channel.ts';
import { conformanceOf } from '../conformance.ts';
import { sampleEnvelope } from '../sample-envelope.ts';
import { WEB_PUSH_BYTES_MAX, webPushProvider } from './web-push.ts';

const { publicKey, privateKey } = webPush.generateVAPIDKeys();
const open = (allowHosts: readonly string[] = ['127.0.0.1']): Connection =>
  webPushProvider.open({
    id: 'browsers',
    tenant: 'default',
    settings: webPushProvider.settings.parse({ subject: 'mailto:ops@example.test', publicKey }),
    secrets: webPushProvider.secrets.parse({ privateKey }),
    concurrencyMax: 20,
    wallNow: () => now,
    egress: { allowHosts },
    receiptsUrl: null,
  });
const alive = () => AbortSignal.timeout(10_000);

/** Keys of a browser that nobody has. */
const ecdh = createECDH('prime256v1');
const KEYS = `#p256dh=${ecdh.generateKeys('base64url')}&auth=${randomBytes(16).toString('base64url')}`;

interface Answer {
  readonly status: number;
  readonly headers?: Record<string, string>;
}
const TAKEN: Answer = { status: 201, headers: { location: 'https://push.example/m/1' } };
let now = Date.now();
let service: PushService;
let server: Server;
let url: string;
const asked: IncomingMessage[] = [];
const sizes: number[] = [];
let answers: (Answer | null | 'silence')[] = [];
beforeAll(async () => {
  service = await startPushService();
  server = createServer((request, response) => {
    asked.push(request);
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      sizes.push(Buffer.concat(parts).length);
      const said = answers.length === 0 ? TAKEN : answers.shift();
      if (said === 'silence') return;
      if (said == null) request.socket.destroy();
      else response.writeHead(said.status, said.headers).end('<its own words>');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as { port: number }).port}/push/abc`;
});
afterEach(() => {
  asked.length = 0;
  sizes.length = 0;
  answers = [];
});
afterAll(async () => {
  await service.stop();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});
const send = (more: Partial<Envelope> = {}, connection = open()) =>
  connection.send(sampleEnvelope({ address: `${url}${KEYS}`, ...more }), alive());
const addressAt = (given: { endpoint: string; keys: { p256dh: string; auth: string } }): string => {
  const unpadded = (text: string): string => Buffer.from(text, 'base64').toString('base64url');
  return `${given.endpoint}#p256dh=${unpadded(given.keys.p256dh)}&auth=${unpadded(given.keys.auth)}`;
};

describe('conformance, with a push service that decrypts', () => {
  const adapter = {
    name: 'web-push',
    async start() {
      const browser = await service.subscribe(publicKey);
      return { connection: open(), address: addressAt(browser), taken: null, stop: async () => {} };
    },
    malformed: 'https://push.example/without-keys',
    unreachable: () => ({ connection: open(), address: `http://127.0.0.1:2/${KEYS}` }),
  };
  it.each(conformanceOf(adapter).map((check) => [check.name, check] as const))('%s', (_name, check) => check.run());
});

describe('a message', () => {
  it('is what the browser decrypts, and is taken away under the same tag', async () => {
    const browser = await service.subscribe(publicKey);
    const envelope = sampleEnvelope({ address: addressAt(browser) });
    expect(await open().send(envelope, alive())).toMatchObject({ kind: 'accepted' });
    expect(await open().rewrite?.(envelope, '', alive())).toMatchObject({ kind: 'accepted' });
    const [shown, taken] = await service.received(browser);
    expect(shown).toMatchObject({ relance: 1, title: 'Hello', message: envelope.id });
    expect(taken).toEqual({ relance: 1, withdraw: true, tag: shown?.tag });
  });

  it('for a key that is no point of the curve finds the device gone, and reaches the others', async () => {
    const off = `${url}#p256dh=B${'A'.repeat(86)}&auth=${randomBytes(16).toString('base64url')}`;
    expect(await send({ address: off })).toMatchObject({ kind: 'rejected', endpoint: 'gone', gone: [off] });
    expect(asked).toHaveLength(0);
    expect(await send({ address: `${off}\n${url}${KEYS}` })).toMatchObject({ kind: 'accepted', gone: [off] });
  });

  it('tells the service how long, how urgently and in place of what', async () => {
    expect(await send({ urgency: 'urgent' })).toMatchObject({
      kind: 'accepted',
      providerId: 'https://push.example/m/1',
    });
    expect(asked[0]?.headers).toMatchObject({
      ttl: '14400',
      urgency: 'high',
      topic: expect.stringMatching(/^[\w-]{32}$/),
      'content-encoding': 'aes128gcm',
      authorization: expect.stringMatching(/^vapid t=.+, k=/),
    });
  });

  it('is signed for its service for an hour, by one signature', async () => {
    const connection = open();
    const signature = () => asked.at(-1)?.headers.authorization;
    await send({}, connection);
    const first = signature();
    await send({}, connection);
    expect(signature()).toBe(first);
    now += 3_600_000;
    await send({}, connection);
    expect(signature()).not.toBe(first);
    const claims = /^vapid t=[^.]+\.([^.]+)\./.exec(first ?? '')?.[1] ?? '';
    expect(JSON.parse(Buffer.from(claims, 'base64url').toString())).toMatchObject({
      aud: new URL(url).origin,
      sub: 'mailto:ops@example.test',
    });
  });

  it('is never longer than 4,096 bytes', async () => {
    await send({ content: { ...sampleEnvelope().content, text: '完成 '.repeat(5_000) } });
    expect(sizes[0]).toBeLessThanOrEqual(4_096);
    expect(sizes[0]).toBeGreaterThan(WEB_PUSH_BYTES_MAX - 10);
  });

  it('that a service finds too large is tried once more, shorter', async () => {
    answers = [{ status: 413 }];
    const content = { ...sampleEnvelope().content, text: 'words '.repeat(500) };
    expect(await send({ content })).toMatchObject({ kind: 'accepted' });
    expect(sizes).toHaveLength(2);
    expect(sizes[1]).toBeLessThanOrEqual(1_103);
    answers = [{ status: 413 }, { status: 413 }];
    expect(await send({ content })).toMatchObject({ kind: 'rejected' });
    expect(sizes).toHaveLength(4);
  });
});

describe('what it answers', () => {
  it.each<[Answer | null, object]>([
    [{ status: 404 }, { kind: 'rejected', endpoint: 'gone', gone: [expect.stringContaining('/push/abc#')] }],
    [{ status: 410 }, { kind: 'rejected', endpoint: 'gone' }],
    [
      { status: 429, headers: { 'retry-after': '30' } },
      { kind: 'retry', retryAfterMs: 30_000, about: 'message' },
    ],
    [{ status: 503 }, { kind: 'retry', about: 'message' }],
    [{ status: 500 }, { kind: 'uncertain' }],
    [{ status: 400 }, { kind: 'rejected' }],
    [{ status: 403 }, { kind: 'rejected' }],
    [{ status: 307, headers: { location: 'http://127.0.0.1:2/' } }, { kind: 'rejected' }],
    [null, { kind: 'uncertain' }],
  ])('%j', async (answer, outcome) => {
    answers = [answer];
    const said = await send();
    expect(said).toMatchObject(outcome);
    expect(asked).toHaveLength(1);
    if (!('endpoint' in outcome)) expect(said).not.toHaveProperty('gone');
    expect(said.detail).not.toMatch(/push\/abc|its own words/);
  });

  it('is not waited for longer than a hand-over may take', async () => {
    answers = ['silence'];
    const envelope = sampleEnvelope({ address: `${url}${KEYS}` });
    expect(await open().send(envelope, AbortSignal.timeout(200))).toMatchObject({ kind: 'uncertain' });
  });
});

it.each([
  'http://127.0.0.1',
  'https://127.0.0.1',
  'https://169.254.169.254',
  'https://[::1]',
  'https://10.0.0.1',
  'http://93.184.215.14',
])('an address inside, or in the clear, is not called: %s', async (origin) => {
  const address = `${origin}:${new URL(url).port}/push/abc${KEYS}`;
  expect(await send({ address }, open([]))).toMatchObject({ kind: 'rejected' });
  expect(asked).toEqual([]);
});

it.each([
  [{ subject: 'mailto:ops@example.test', publicKey }, true],
  [{ subject: 'ops@example.test', publicKey }, false],
  [{ subject: 'mailto:ops@example.test', publicKey: 'x' }, false],
  [{ subject: 'https://example.test', publicKey, ttl: 1 }, false],
])('settings %j: %s', (written, taken) => expect(webPushProvider.settings.safeParse(written).success).toBe(taken));
