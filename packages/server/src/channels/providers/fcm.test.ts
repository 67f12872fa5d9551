// Firebase against a double of its published interface: what is sent, what its answers mean, and how long a token is used.
import type { Instant } from '@relance/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type FcmDouble, fcmError, PROJECT, startFcm } from '../../../../../test/doubles/fcm.ts';
import type { Connection, Envelope } from '../channel.ts';
import { conformanceOf } from '../conformance.ts';
import { sampleEnvelope } from '../sample-envelope.ts';
import { fcmAt, fcmProvider } from './fcm.ts';

let double: FcmDouble;
let now = Date.parse('2026-11-02T09:00:00Z');
beforeEach(async () => {
  double = await startFcm(() => now);
});
afterEach(() => double.stop());

const open = (of: FcmDouble, origin = of.origin): Connection =>
  fcmAt({ send: origin, token: origin }).open({
    id: 'apps',
    tenant: 'default',
    settings: fcmProvider.settings.parse({ projectId: PROJECT }),
    secrets: fcmProvider.secrets.parse({ serviceAccount: of.serviceAccount }),
    concurrencyMax: 50,
    wallNow: () => now,
    egress: { allowHosts: [] },
    receiptsUrl: null,
  });
const alive = () => AbortSignal.timeout(10_000);
const send = (more: Partial<Envelope> = {}, connection = open(double)) =>
  connection.send(sampleEnvelope({ address: 'fcm:a-token', ...more }), alive());

describe('conformance', () => {
  const adapter = {
    name: 'fcm',
    async start() {
      const own = await startFcm(() => now);
      return { connection: open(own), address: 'fcm:a-token', taken: () => own.taken.length, stop: () => own.stop() };
    },
    malformed: 'fcm:not a token',
    unreachable: () => ({ connection: open(double, 'http://127.0.0.1:2'), address: 'fcm:a-token' }),
  };
  it.each(conformanceOf(adapter).map((check) => [check.name, check] as const))('%s', (_name, check) => check.run());
});

describe('a message', () => {
  it('has its words, its actions as data, one key for its follow-up, and a time to live', async () => {
    expect(await send()).toMatchObject({ kind: 'accepted', providerId: `projects/${PROJECT}/messages/1` });
    const [taken] = double.taken as Record<string, Record<string, Record<string, unknown>>>[];
    expect(taken).toMatchObject({
      token: 'a-token',
      notification: { title: 'Hello', body: expect.stringContaining('完成') },
      data: { relance: '1', url: 'https://example.test/tasks/1', message: sampleEnvelope().id },
      android: { ttl: '14400s', priority: 'HIGH' },
      apns: { headers: { 'apns-expiration': String(now / 1_000 + 14_400), 'apns-priority': '10' } },
      webpush: { headers: { TTL: '14400' } },
    });
    expect(JSON.parse(String(taken?.data?.actions))).toHaveLength(2);
    const tag = taken?.data?.tag;
    expect([taken?.android?.collapse_key, taken?.apns?.headers?.['apns-collapse-id']]).toEqual([tag, tag]);
    await send({ id: '0193a1b2-c3d4-8000-8000-000000000009' });
    expect((double.taken[1] as { data: { tag: string } }).data.tag).toBe(tag);
    await send({ followUp: 'another' });
    expect((double.taken[2] as { data: { tag: string } }).data.tag).not.toBe(tag);
  });

  it('is cut to what a push can carry, and keeps its actions', async () => {
    await send({ content: { ...sampleEnvelope().content, text: '完成 '.repeat(5_000) } });
    const [taken] = double.taken as { notification: { body: string }; data: { actions: string } }[];
    expect(taken?.notification.body).toMatch(/完成…$/);
    expect(JSON.parse(taken?.data.actions ?? '')).toHaveLength(2);
  });

  it('whose time is over is for now or never', async () => {
    await send({ usefulUntil: 0 as Instant });
    expect(double.taken[0]).toMatchObject({ android: { ttl: '0s' }, apns: { headers: { 'apns-expiration': '0' } } });
  });

  it('goes to every device, and names those that are no more', async () => {
    double.gone.add('old');
    const address = 'fcm:a-token\nfcm:old\napns:abababab\nfcm:another';
    expect(await send({ address })).toMatchObject({
      kind: 'accepted',
      gone: ['fcm:old'],
      detail: expect.stringMatching(/^2 of 3/),
    });
    expect(double.taken.map(({ token }) => token).sort()).toEqual(['a-token', 'another']);
    double.gone.add('a-token');
    const lost = { kind: 'rejected', endpoint: 'gone', gone: ['fcm:a-token', 'fcm:old'] };
    expect(await send({ address: 'fcm:a-token\nfcm:old' })).toMatchObject(lost);
  });

  it('is taken away with data alone', async () => {
    const envelope = sampleEnvelope({ address: 'fcm:a-token' });
    expect(await open(double).rewrite?.(envelope, '', alive())).toMatchObject({ kind: 'accepted' });
    expect(double.taken[0]).toMatchObject({ data: { withdraw: 'true', tag: expect.stringMatching(/^[\w-]{32}$/) } });
    expect(double.taken[0]).not.toHaveProperty('notification');
  });
});

describe('what it answers', () => {
  const ofToken = [
    { '@type': 'type.googleapis.com/google.rpc.BadRequest', fieldViolations: [{ field: 'message.token' }] },
  ];
  it.each([
    [fcmError(404, 'NOT_FOUND', 'UNREGISTERED'), { kind: 'rejected', endpoint: 'gone', gone: ['fcm:a-token'] }],
    [fcmError(400, 'INVALID_ARGUMENT', 'INVALID_ARGUMENT', ofToken), { kind: 'rejected', endpoint: 'gone' }],
    [fcmError(400, 'INVALID_ARGUMENT', 'INVALID_ARGUMENT'), { kind: 'rejected' }],
    [fcmError(403, 'PERMISSION_DENIED', 'SENDER_ID_MISMATCH'), { kind: 'rejected' }],
    [fcmError(401, 'UNAUTHENTICATED', 'THIRD_PARTY_AUTH_ERROR'), { kind: 'retry' }],
    [
      { ...fcmError(429, 'RESOURCE_EXHAUSTED', 'QUOTA_EXCEEDED'), headers: { 'retry-after': '60' } },
      { kind: 'retry', retryAfterMs: 60_000 },
    ],
    [fcmError(503, 'UNAVAILABLE', 'UNAVAILABLE'), { kind: 'retry' }],
    [fcmError(500, 'INTERNAL', 'INTERNAL'), { kind: 'uncertain' }],
    [{ status: 502, body: '<html>' }, { kind: 'uncertain' }],
    [null, { kind: 'uncertain' }],
  ])('%j', async (answer, outcome) => {
    double.answer = answer;
    const said = await send();
    expect(said).toMatchObject(outcome);
    expect(double.calls).toBe(1);
    if (!('endpoint' in outcome)) expect(said).not.toHaveProperty('endpoint');
    expect(said.detail).not.toMatch(/a-token|PRIVATE/);
  });

  it('is not waited for longer than a hand-over may take', async () => {
    const connection = open(double);
    await send({}, connection);
    double.answer = 'silence';
    const said = connection.send(sampleEnvelope({ address: 'fcm:a-token' }), AbortSignal.timeout(200));
    expect(await said).toMatchObject({ kind: 'uncertain' });
  });
});

describe('the token', () => {
  it('is asked for once, however many wait for it, and renewed before it ends', async () => {
    const connection = open(double);
    await Promise.all([send({}, connection), send({}, connection), send({}, connection)]);
    expect(double.tokens).toBe(1);
    now += 50 * 60_000;
    await send({}, connection);
    expect(double.tokens).toBe(1);
    now += 6 * 60_000;
    await send({}, connection);
    expect(double.tokens).toBe(2);
  });

  it('that is not good any more is asked for anew at the next try', async () => {
    const connection = open(double);
    await send({}, connection);
    double.revoke();
    expect(await send({}, connection)).toMatchObject({ kind: 'retry' });
    expect(await send({}, connection)).toMatchObject({ kind: 'accepted' });
  });

  it('that is refused says so, and nothing is sent', async () => {
    double.tokenStatus = 401;
    expect(await send()).toMatchObject({
      kind: 'retry',
      detail: expect.stringContaining('no token for the service account'),
    });
    expect(double.calls).toBe(0);
  });

  it('is asked for at Google, whatever the key file says', () => {
    expect(fcmProvider.secrets.safeParse({ serviceAccount: double.serviceAccount }).success).toBe(true); // its token_uri leads inside
    expect(fcmProvider.secrets.safeParse({ serviceAccount: '{}' }).success).toBe(false);
    expect(fcmProvider.secrets.safeParse({ serviceAccount: 'not json' }).success).toBe(false);
    expect(fcmProvider.settings.safeParse({ projectId: '../x' }).success).toBe(false);
  });
});
