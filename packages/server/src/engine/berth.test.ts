// Places, told as stories of one connection: who gets one, who may pass the gate ahead of their turn, and who waits no longer.
import type { Channel, Instant, Outcome } from '@relance/core';
import { describe, expect, it } from 'vitest';
import type { Connection } from '../channels/channel.ts';
import { Berths } from './berth.ts';
import { ConnectionBook } from './connection-book.ts';

const NOW = 0 as Instant;
const accepted: Outcome = { kind: 'accepted', providerId: null, detail: '' };

function line(concurrencyMax: number, more: Partial<Connection> = {}) {
  const connection: Connection = {
    id: 'mail',
    channel: 'email',
    provider: 'test',
    honoursIds: false,
    concurrencyMax,
    send: async () => accepted,
    close: async () => {},
    ...more,
  };
  const berths = new Berths(
    new ConnectionBook(new Map<Channel, readonly Connection[]>([['email', [connection]]]), null),
  );
  const sender = (tenant = 'a') => ({ tenant, channel: 'email' as const, connection: null, tried: [] });
  /** Takes places for a tenant until there is none; answers how many. */
  const fill = (tenant = 'a'): number => {
    for (let taken = 0; ; taken++) {
      if (berths.find(sender(tenant), NOW).kind !== 'free') return taken;
      berths.take(connection, tenant, null);
    }
  };
  const leave = (tenant = 'a', count = 1): void => {
    for (let n = 0; n < count; n++) berths.leave(connection, tenant, null, true);
  };
  /** One hand-over that took so long. */
  const took = async (ms: number): Promise<void> => {
    await berths.turn(connection, never);
    berths.turnOver(connection, ms);
  };
  return { berths, connection, fill, leave, took };
}
const never = (): Promise<void> => new Promise(() => {});
const atOnce = async (): Promise<void> => {};

describe('places ahead', () => {
  it('there are none while nobody knows how long a hand-over takes, nor where it takes long', async () => {
    const { fill, leave, took } = line(4);
    expect(fill()).toBe(4);
    leave('a', 4);
    await took(400);
    expect(fill()).toBe(4);
  });

  it('where hand-overs are quick, as many as will have their turn in 50 ms', async () => {
    const { fill, took } = line(4);
    await took(10);
    expect(fill()).toBe(4 + 20);
  });

  it('once all were taken, the next are given when half of them are free: the gate is passed in sets', async () => {
    const { fill, leave, took } = line(4);
    await took(10);
    fill();
    leave('a', 9);
    expect(fill()).toBe(0);
    leave('a', 1);
    expect(fill()).toBe(10);
  });

  it('a connection that fails has none', async () => {
    const { berths, connection, fill, took } = line(4);
    await took(10);
    berths.tell(connection, 'a', null, { kind: 'retry', detail: 'busy', retryAfterMs: null }, NOW);
    expect(fill()).toBe(4);
  });

  it('a tenant has its part of them beside another', async () => {
    const { fill, took } = line(4);
    await took(10);
    expect(fill('b')).toBe(24);
    const other = line(4);
    await other.took(10);
    other.berths.find({ tenant: 'b', channel: 'email', connection: null, tried: [] }, NOW);
    expect(other.fill('a')).toBe(18);
    expect(other.fill('b')).toBe(6);
  });
});

it('what one tenant is answered behind a host says nothing about another at the same host', () => {
  const { berths, connection } = line(8, { laneOf: (address) => address });
  berths.take(connection, 'a', 'host.test');
  berths.take(connection, 'a', 'host.test');
  berths.tell(connection, 'a', 'host.test', { kind: 'retry', detail: 'later', retryAfterMs: 86_400_000 }, NOW);
  expect(berths.laneWait(connection, 'a', 'host.test', NOW)).toBe(86_400_000);
  expect(berths.laneWait(connection, 'b', 'host.test', NOW)).toBe('free');
});

describe('several connections behind one', () => {
  const down: Outcome = { kind: 'retry', detail: 'away', retryAfterMs: 60_000 };
  const members = [line(2, { id: 'one' }).connection, line(3, { id: 'two' }).connection];
  const { berths, connection } = line(5, { membersFor: (to) => members.filter(({ id }) => to.includes(id)) });
  const said = (to: string, ...outcomes: readonly [string, Outcome][]) =>
    berths.tell(
      connection,
      'a',
      to,
      { ...accepted, members: outcomes.map(([id, outcome]) => ({ connection: id, outcome })) },
      NOW,
    );

  it('each fares for itself, and is told when it was asked', () => {
    said('one two', ['one', accepted], ['two', down]);
    // Also that one works is told once: what is kept of it may be of before this node.
    const works = berths.news(connection, 'a', 'one', NOW);
    expect(works).toEqual([{ connection: 'one', state: 'up', detail: null, told: 'first' }]);
    for (const one of works) berths.told('a', one, NOW);
    expect(berths.news(connection, 'a', 'one', NOW)).toEqual([]);
    const news = berths.news(connection, 'a', 'one two', NOW);
    expect(news).toEqual([{ connection: 'two', state: 'down', detail: 'away', told: 'first' }]);
    expect(berths.news(connection, 'a', 'two', NOW)).toEqual(news); // until it has been written down
    for (const one of news) berths.told('a', one, NOW);
    expect(berths.news(connection, 'a', 'two', NOW)).toEqual([]);
    // After a while once more, and not as news: another node may have said otherwise since.
    const later = (NOW + 5 * 60_000) as Instant;
    expect(berths.news(connection, 'a', 'two', later)).toEqual([
      { connection: 'two', state: 'down', detail: 'away', told: 'again' },
    ]);
    for (const one of news) berths.told('a', one, later);
    expect(berths.news(connection, 'a', 'two', later)).toEqual([]);
  });

  it('one that works is enough, and whoever needs another waits for that one', () => {
    expect(berths.laneWait(connection, 'a', 'one two', NOW)).toBe('free');
    expect(berths.laneWait(connection, 'a', 'two', NOW)).toBe(60_000);
  });

  it('each has its own places', () => {
    for (let n = 0; n < 2; n++) berths.take(connection, 'a', 'one');
    expect(berths.laneWait(connection, 'a', 'one', NOW)).toBe('full');
    said('two', ['two', accepted]);
    expect(berths.laneWait(connection, 'a', 'two', NOW)).toBe('free');
    berths.leave(connection, 'a', 'one', true);
    expect(berths.laneWait(connection, 'a', 'one', NOW)).toBe('free');
  });

  it('the second of a kind, which was not asked, is not waited for', () => {
    berths.tell(connection, 'a', 'two', { ...down, members: [{ connection: 'two', outcome: down }] }, NOW);
    const later = 120_000 as Instant;
    berths.take(connection, 'a', 'one two');
    berths.tell(
      connection,
      'a',
      'one two',
      { ...accepted, members: [{ connection: 'one', outcome: accepted }] },
      later,
    );
    expect(berths.laneWait(connection, 'a', 'two', later)).toBe('free');
  });
});

describe('turns', () => {
  it('no more than the connection takes are handed over at once, in their order', async () => {
    const { berths, connection } = line(2);
    const begun: number[] = [];
    const all = [0, 1, 2, 3].map((n) => berths.turn(connection, never).then(() => begun.push(n)));
    await Promise.all(all.slice(0, 2));
    expect(begun).toEqual([0, 1]);
    berths.turnOver(connection, 5);
    berths.turnOver(connection, 5);
    await Promise.all(all);
    expect(begun).toEqual([0, 1, 2, 3]);
  });

  it('whoever waits too long goes back, and takes no turn from those behind', async () => {
    const { berths, connection } = line(1);
    expect(await berths.turn(connection, never)).toBe(true);
    expect(await berths.turn(connection, atOnce)).toBe(false);
    const behind = berths.turn(connection, never);
    berths.turnOver(connection, 5);
    expect(await behind).toBe(true);
    berths.turnOver(connection, 5);
    expect(await berths.turn(connection, atOnce)).toBe(true);
  });
});
