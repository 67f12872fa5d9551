// Races of consent against the gate: endpoints are suppressed and people opt out while their messages are claimed, rendered
// and handed over by two nodes. What is answered stands: nothing starts afterwards but what had passed the gate already.
import type { Instant } from '@relance/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ENGINE } from '../../packages/server/src/store/database.ts';
import { randomOf } from '../random.ts';
import { createWorld, eventOf, type World } from '../world.ts';

const PEOPLE = 300;
const POLICY = `
policy: race
open: { on: race }
key: event.data.id
assignee: event.data.who
stages:
  - { id: notice, at: opened, notify: { via: [email, { channel: chat, else: true }] } }
`;
const idOf = (index: number): string => `p${index}`;
const addressOf = (index: number): string => `p${index}@example.test`;
const ticks = async (count: number): Promise<void> => {
  for (let turn = 0; turn < count; turn++) await new Promise(setImmediate);
};

let world: World;
beforeAll(async () => {
  world = await createWorld();
  await world.policy(POLICY);
  await world.people(
    Array.from({ length: PEOPLE }, (_, index) => ({
      id: idOf(index),
      email: addressOf(index),
      endpoints: [{ channel: 'chat', address: `C${index}` }],
    })),
  );
});
afterAll(() => world.end());

const passedGate = async (recipient: string): Promise<ReadonlySet<string>> =>
  new Set(
    (
      await world.database.transaction(ENGINE, (tx) =>
        tx.query<{ id: string }>(`SELECT id FROM relance.outbox WHERE recipient = $1 AND status = 'sending'`, [
          recipient,
        ]),
      )
    ).map(({ id }) => id),
  );

describe('consent, raced against two nodes that send', () => {
  it('holds from its answer on, for suppressed endpoints and for people who opted out', {
    timeout: 120_000,
  }, async () => {
    const random = randomOf(7);
    const other = world.another();
    const answered = new Map<string, ReadonlySet<string>>();
    const late: string[] = [];
    let started = 0;
    const { sent } = world.recorders.email;
    const push = sent.push.bind(sent);
    sent.push = (...envelopes) => {
      for (const { recipient, id } of envelopes) {
        started += 1;
        if (answered.get(recipient.id)?.has(id) === false) late.push(recipient.id);
      }
      return push(...envelopes);
    };
    let over = false;
    const send = async (node: World['node']): Promise<void> => {
      while (!over) {
        await node.runAll();
        await ticks(1);
      }
    };
    const loops = [send(world.node), send(other)];
    const refuse = async (index: number): Promise<void> => {
      await ticks(random.below(3_000));
      const endpoint = { channel: 'email', address: addressOf(index), source: 'stop', reason: null } as const;
      const choice = { tenant: 'default', recipient: idOf(index), category: 'general' };
      const { consents } = random.chance(0.5) ? world.node : other;
      if (index % 2 === 0) await consents.suppress('default', [endpoint], null);
      else await consents.optOut(choice, { how: 'page' });
      answered.set(idOf(index), await passedGate(idOf(index)));
    };
    for (let from = 0; from < PEOPLE; from += 50) {
      const group = Array.from({ length: 50 }, (_, index) => from + index);
      const opened = group.map((index) => eventOf('race', { id: `r${index}`, who: idOf(index) }));
      await world.node.ingest.submit('default', opened);
      await Promise.all(group.map(refuse));
    }
    over = true;
    await Promise.all(loops);
    await world.settle();
    expect(late).toEqual([]);
    // The race is one: some got through before, and most did not.
    expect(started).toBeGreaterThan(0);
    expect(started).toBeLessThan(PEOPLE);
    // Every message has an end, with a reason; and those whose mail was suppressed were told by the next channel.
    const rows = await world.database.transaction(ENGINE, (tx) =>
      tx.query<{ recipient: string; channel: string; status: string; reason: string; sent_at: Instant | null }>(
        'SELECT recipient, channel, status, reason, sent_at FROM relance.messages',
      ),
    );
    const waiting = await world.database.transaction(ENGINE, (tx) =>
      tx.query(`SELECT FROM relance.outbox WHERE status <> 'planned'`),
    );
    expect(waiting).toEqual([]);
    for (let index = 0; index < PEOPLE; index++) {
      const own = rows.filter(({ recipient }) => recipient === idOf(index));
      const mail = own.find(({ channel }) => channel === 'email');
      const chat = own.find(({ channel }) => channel === 'chat');
      if (mail?.status === 'accepted') continue;
      expect(mail).toMatchObject({
        status: 'suppressed',
        reason: index % 2 === 0 ? 'endpoint_suppressed' : 'opted_out',
      });
      expect(chat).toMatchObject({ status: index % 2 === 0 ? 'accepted' : 'suppressed' });
    }
  });

  it('waits for nobody who holds a follow-up: what cannot be settled now is refused a moment later', async () => {
    await world.node.consents.lift('default', { channel: 'email', address: addressOf(0), reason: 'test' }, null);
    await world.event('race', { id: 'held', who: idOf(0) });
    const before = world.sent().length;
    await world.database.transaction(ENGINE, async (tx) => {
      await tx.query(`SELECT FROM relance.follow_ups WHERE key = 'held' FOR UPDATE`);
      const endpoint = { channel: 'email', address: addressOf(0), source: 'admin', reason: null } as const;
      await world.node.consents.suppress('default', [endpoint], null); // answered although the row is held
    });
    await world.settle();
    expect(world.sent().slice(before)).toEqual([`chat ${idOf(0)} notice`]);
  });
});
