// One message to several devices, over several connections: what their answers mean together.
import type { Outcome } from '@relance/core';
import { describe, expect, it } from 'vitest';
import type { Connection } from './channel.ts';
import { pushConnection, toDevices, together } from './push-devices.ts';
import { sampleEnvelope } from './sample-envelope.ts';

const ACCEPTED: Outcome = { kind: 'accepted', providerId: 'p', detail: 'HTTP 201' };
const BUSY: Outcome = { kind: 'retry', detail: 'busy', retryAfterMs: 5_000, about: 'message' };
const AWAY: Outcome = { kind: 'retry', detail: 'away', retryAfterMs: null };
const UNKNOWN: Outcome = { kind: 'uncertain', detail: 'silence' };
const BAD: Outcome = { kind: 'rejected', detail: 'bad' };
const gone = (address: string): Outcome => ({ kind: 'rejected', detail: 'gone', endpoint: 'gone', gone: [address] });

describe('together', () => {
  it.each<[string, Outcome[], object]>([
    [
      'one that has it is enough',
      [gone('a'), BUSY, UNKNOWN, ACCEPTED],
      { kind: 'accepted', providerId: 'p', gone: ['a'] },
    ],
    ['who may have it is not told again', [BUSY, gone('a'), UNKNOWN], { kind: 'uncertain', gone: ['a'] }],
    [
      'a device that is busy is asked again',
      [gone('a'), BUSY, BAD],
      { kind: 'retry', about: 'message', retryAfterMs: 5_000, gone: ['a'] },
    ],
    [
      'a connection that is away is its own fault',
      [BUSY, AWAY],
      { kind: 'retry', about: 'connection', retryAfterMs: 5_000 },
    ],
    [
      'all of them gone: the channel is',
      [gone('a'), gone('b')],
      { kind: 'rejected', endpoint: 'gone', gone: ['a', 'b'] },
    ],
    ['nothing at all', [], { kind: 'rejected' }],
  ])('%s', (_title, outcomes, expected) => expect(together(outcomes)).toMatchObject(expected));

  it('a device that is refused for another reason is still there', () => {
    const outcome = together([gone('a'), BAD]);
    expect(outcome).toMatchObject({ kind: 'rejected', gone: ['a'], detail: 'gone; bad' });
    expect(outcome).not.toHaveProperty('endpoint');
  });
});

const KIND = { 'web-push': 'web', fcm: 'fcm', apns: 'apns' } as const;
interface Part {
  readonly connection: Connection;
  readonly asked: string[];
}
function part(provider: keyof typeof KIND | 'own', answer: Outcome = ACCEPTED, id: string = provider): Part {
  const asked: string[] = [];
  const send: Connection['send'] = async (envelope, signal) => {
    asked.push(envelope.address ?? '');
    return provider === 'own' ? answer : toDevices(envelope, KIND[provider], signal, async () => answer);
  };
  const connection: Connection = {
    id,
    channel: 'push',
    provider,
    honoursIds: false,
    concurrencyMax: 5,
    send,
    ...(provider === 'own' ? {} : { rewrite: (envelope, _id, signal) => send(envelope, signal) }),
    async close() {
      asked.push('closed');
    },
  };
  return { connection, asked };
}
const WEB = `https://push.example/a#p256dh=B${'x'.repeat(86)}&auth=${'y'.repeat(22)}`;
const APPLE = `apns:${'ab'.repeat(32)}`;
const ALL = ['fcm:one', WEB, 'fcm:two', APPLE].join('\n');
const alive = () => AbortSignal.timeout(10_000);
const send = (parts: readonly Part[], address: string | null = ALL) =>
  pushConnection(
    'push',
    parts.map(({ connection }) => connection),
  ).send(sampleEnvelope({ address }), alive());

describe('several connections as one', () => {
  it('each is given the devices it serves, in one hand-over', async () => {
    const parts = [part('web-push'), part('fcm', BUSY), part('apns')];
    expect(await send(parts)).toMatchObject({ kind: 'accepted' });
    expect(parts.map(({ asked }) => asked)).toEqual([[WEB], ['fcm:one\nfcm:two'], [APPLE]]);
  });

  it('a device that nobody serves is not gone', async () => {
    const outcome = await send([part('web-push')], APPLE);
    expect(outcome).toMatchObject({ kind: 'rejected' });
    expect(outcome).not.toHaveProperty('endpoint');
    expect(await send([part('web-push')], 'phone-of-theo')).toMatchObject({ kind: 'rejected' });
    expect(await send([part('web-push')], null)).toMatchObject({ kind: 'rejected' });
  });

  it('a brand of one’s own has what no other serves', async () => {
    const parts = [part('own'), part('fcm')];
    await send(parts);
    expect(parts.map(({ asked }) => asked)).toEqual([[`${WEB}\n${APPLE}`], ['fcm:one\nfcm:two']]);
  });

  it.each<[Outcome, number]>([
    [AWAY, 1],
    [UNKNOWN, 0],
    [ACCEPTED, 0],
    [BAD, 0],
  ])('the second of a kind is asked only when the first could not take it: %j', async (first, times) => {
    const parts = [part('fcm', first, 'first'), part('fcm', ACCEPTED, 'second')];
    await send(parts, 'fcm:one');
    expect(parts.map(({ asked }) => asked.length)).toEqual([1, times]);
  });

  it('the strictest limit of one holds for all of them', () => {
    const [web, apple] = [part('web-push').connection, part('apns').connection];
    expect(pushConnection('push', [{ ...web, perSecondMax: 5 }, apple]).perSecondMax).toBe(5);
    const both = [
      { ...web, perSecondMax: 5 },
      { ...apple, perSecondMax: 0.5 },
    ];
    expect(pushConnection('push', both).perSecondMax).toBe(0.5);
    expect(pushConnection('push', [web, apple]).perSecondMax).toBeNull();
  });

  it('says what each of them answered, and which of them a person needs', async () => {
    const all = [part('web-push'), part('fcm', AWAY), part('apns')];
    expect((await send(all)).members).toMatchObject([
      { connection: 'fcm', outcome: { kind: 'retry' } },
      { connection: 'web-push', outcome: { kind: 'accepted' } },
      { connection: 'apns', outcome: { kind: 'accepted' } },
    ]);
    const whole = pushConnection(
      'push',
      all.map(({ connection }) => connection),
    );
    const needed = (address: string) => whole.membersFor?.(address).map(({ id }) => id);
    expect([ALL, WEB, 'fcm:one\nfcm:two'].map(needed)).toEqual([['web-push', 'fcm', 'apns'], ['web-push'], ['fcm']]);
    expect(whole.concurrencyMax).toBe(15);
  });

  it('takes away from all, as far as they can, and closes all', async () => {
    const parts = [part('own'), part('fcm')];
    const all = pushConnection(
      'push',
      parts.map(({ connection }) => connection),
    );
    expect(await all.rewrite?.(sampleEnvelope({ address: ALL }), '', alive())).toMatchObject({ kind: 'accepted' });
    expect(await all.send(sampleEnvelope({ address: ALL }), AbortSignal.abort())).toMatchObject({ kind: 'retry' });
    await all.close();
    expect(parts.map(({ asked }) => asked)).toEqual([['closed'], ['fcm:one\nfcm:two', 'closed']]);
  });
});
