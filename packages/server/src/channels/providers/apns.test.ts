// Apple against a double of its published documents, over real HTTP/2: what is sent, what the answers mean, and a connection
// that is kept, left and opened again.
import type { Instant } from '@relance/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ApnsDouble, KEY_ID, startApns, TEAM, TOPIC } from '../../../../../test/doubles/apns.ts';
import type { Connection, Envelope } from '../channel.ts';
import { conformanceOf } from '../conformance.ts';
import { sampleEnvelope } from '../sample-envelope.ts';
import { apnsAt, apnsProvider } from './apns.ts';

let double: ApnsDouble;
let connection: Connection;
let now = Date.parse('2026-11-02T09:00:00Z');
const DEVICE = 'ab'.repeat(32);
const OTHER = 'cd'.repeat(32);

const open = (of: ApnsDouble, origin = of.origin): Connection =>
  apnsAt({ production: origin, sandbox: origin }).open({
    id: 'iphones',
    tenant: 'default',
    settings: apnsProvider.settings.parse({ teamId: TEAM, keyId: KEY_ID, topic: TOPIC }),
    secrets: apnsProvider.secrets.parse({ key: of.key }),
    concurrencyMax: 50,
    wallNow: () => now,
    egress: { allowHosts: [] },
    receiptsUrl: null,
  });
beforeEach(async () => {
  double = await startApns(() => now);
  connection = open(double);
});
afterEach(async () => {
  await double.stop();
  await connection.close();
});
const send = (more: Partial<Envelope> = {}) =>
  connection.send(sampleEnvelope({ address: `apns:${DEVICE}`, ...more }), AbortSignal.timeout(10_000));

describe('conformance', () => {
  const adapter = {
    name: 'apns',
    async start() {
      const own = await startApns(() => now);
      return {
        connection: open(own),
        address: `apns:${DEVICE}`,
        taken: () => own.taken.length,
        stop: () => own.stop(),
      };
    },
    malformed: 'apns:../../x',
    unreachable: () => ({ connection: open(double, 'http://127.0.0.1:2'), address: `apns:${DEVICE}` }),
  };
  it.each(conformanceOf(adapter).map((check) => [check.name, check] as const))('%s', (_name, check) => check.run());
});

describe('a message', () => {
  it('is an alert with our id, one key for its follow-up, and an end', async () => {
    const { id } = sampleEnvelope();
    expect(await send({ urgency: 'urgent' })).toMatchObject({ kind: 'accepted', providerId: id });
    const [taken] = double.taken;
    expect(taken?.headers).toMatchObject({
      'apns-topic': TOPIC,
      'apns-push-type': 'alert',
      'apns-id': id,
      'apns-priority': '10',
      'apns-expiration': String(now / 1_000 + 14_400),
    });
    expect(taken?.payload).toMatchObject({
      aps: { alert: { title: 'Hello', body: expect.any(String) }, 'interruption-level': 'time-sensitive' },
      url: 'https://example.test/tasks/1',
      actions: [{ action: 'resolve' }, { action: 'acknowledge' }],
      message: id,
      tag: taken?.headers['apns-collapse-id'],
    });
  });

  it('whose time is over is for now or never, and one of no urgency may wait', async () => {
    await send({ usefulUntil: 0 as Instant, urgency: 'low' });
    expect(double.taken[0]?.headers).toMatchObject({ 'apns-expiration': '0', 'apns-priority': '5' });
  });

  it('is cut to 4,096 bytes', async () => {
    await send({ content: { ...sampleEnvelope().content, text: '完成 '.repeat(5_000) } });
    expect(double.taken[0]?.payload).toMatchObject({ aps: { alert: { body: expect.stringMatching(/完成…$/) } } });
  });

  it('goes to each device under its own topic, and names those that are no more', async () => {
    double.gone.add(OTHER);
    const address = `apns:${DEVICE}?topic=${TOPIC}\napns:${OTHER}\nfcm:x`;
    expect(await send({ address })).toMatchObject({ kind: 'accepted', gone: [`apns:${OTHER}`] });
    const wrong = await send({ address: `apns:${DEVICE}?topic=com.example.other` });
    expect(wrong).toMatchObject({ kind: 'rejected', detail: expect.stringMatching(/environment and topic$/) });
    expect(wrong).not.toHaveProperty('gone');
  });

  it('is taken away in the background', async () => {
    const envelope = sampleEnvelope({ address: `apns:${DEVICE}` });
    expect(await connection.rewrite?.(envelope, '', AbortSignal.timeout(10_000))).toMatchObject({ kind: 'accepted' });
    expect(double.taken[0]).toMatchObject({
      headers: { 'apns-push-type': 'background', 'apns-priority': '5' },
      payload: { aps: { 'content-available': 1 }, withdraw: true, tag: expect.stringMatching(/^[\w-]{32}$/) },
    });
  });
});

describe('what it answers', () => {
  it.each([
    [410, 'Unregistered', { kind: 'rejected', endpoint: 'gone', gone: [`apns:${DEVICE}`] }],
    [410, 'ExpiredToken', { kind: 'rejected', endpoint: 'gone' }],
    [400, 'ExpiredToken', { kind: 'rejected', endpoint: 'gone' }],
    [400, 'BadDeviceToken', { kind: 'rejected' }],
    [400, 'DeviceTokenNotForTopic', { kind: 'rejected' }],
    [400, 'PayloadEmpty', { kind: 'rejected' }],
    [400, 'TopicDisallowed', { kind: 'rejected' }],
    [403, 'InvalidProviderToken', { kind: 'retry', about: 'connection' }],
    [413, 'PayloadTooLarge', { kind: 'rejected' }],
    [429, 'TooManyRequests', { kind: 'retry', about: 'message' }],
    [429, 'TooManyProviderTokenUpdates', { kind: 'retry', about: 'connection' }],
    [500, 'InternalServerError', { kind: 'uncertain' }],
    [503, 'ServiceUnavailable', { kind: 'retry' }],
    [503, 'Shutdown', { kind: 'retry' }],
  ])('%d %s', async (status, reason, outcome) => {
    double.next = { status, reason };
    const said = await send();
    expect(said).toMatchObject(outcome);
    if (!('endpoint' in outcome)) {
      expect(said).not.toHaveProperty('endpoint');
      expect(said).not.toHaveProperty('gone');
    }
    expect(said.detail).not.toContain(DEVICE);
    expect(double.taken).toEqual([]);
  });
});

describe('the token', () => {
  it('is used for 40 minutes, then renewed', async () => {
    for (const minutes of [0, 20, 19, 2, 20]) {
      now += minutes * 60_000;
      expect(await send()).toMatchObject({ kind: 'accepted' });
    }
    expect(double.bearers.size).toBe(2);
  });

  it('that is too old in the eyes of Apple is made anew at the next try', async () => {
    await send();
    double.next = { status: 403, reason: 'ExpiredProviderToken' };
    expect(await send()).toMatchObject({ kind: 'retry' });
    now += 1_000;
    expect(await send()).toMatchObject({ kind: 'accepted' });
    expect(double.bearers.size).toBe(2);
  });
});

describe('the connection', () => {
  it('is one for many messages at once', async () => {
    const said = await Promise.all(Array.from({ length: 40 }, () => send()));
    expect(said.every(({ kind }) => kind === 'accepted')).toBe(true);
    expect(double.connections).toBe(1);
  });

  it('is left when the other side says so, after what was under way', async () => {
    double.next = 'goaway';
    expect(await send()).toMatchObject({ kind: 'accepted' });
    expect(await send()).toMatchObject({ kind: 'accepted' });
    expect(double).toMatchObject({ connections: 2, taken: { length: 2 } });
  });

  it.each(['goaway before', 'refuse'] as const)('%s: it was not looked at, so it may be tried again', async (next) => {
    await send();
    double.next = next;
    expect(await send()).toMatchObject({ kind: 'retry' });
    expect(await send()).toMatchObject({ kind: 'accepted' });
    expect(double.taken).toHaveLength(2);
  });

  it('that breaks off in the middle leaves it uncertain', async () => {
    await send();
    double.next = 'break off';
    expect(await send()).toMatchObject({ kind: 'uncertain' });
    expect(await send()).toMatchObject({ kind: 'accepted' });
    expect(double.connections).toBe(2);
  });

  it('that falls silent is not waited for, nor used again', async () => {
    double.next = 'silence';
    const envelope = sampleEnvelope({ address: `apns:${DEVICE}` });
    expect(await connection.send(envelope, AbortSignal.timeout(200))).toMatchObject({ kind: 'uncertain' });
    expect(await send()).toMatchObject({ kind: 'accepted' });
    expect(double.connections).toBe(2);
  });
});
