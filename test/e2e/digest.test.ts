// Fewer interruptions, in stories on the real engine: what a reader wants together, what a budget holds back, and what a policy
// consolidates leave in one message with an item each; each item stops by itself until the last moment.
import { HOUR_MS, type Instant, later, toRfc3339, type WirePreferences } from '@relance/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Sweep } from '../../packages/server/src/engine/sweep.ts';
import { hashToken } from '../../packages/server/src/responses/token.ts';
import { ENGINE } from '../../packages/server/src/store/database.ts';
import { putTenantSettings } from '../../packages/server/src/store/sql/tenant.ts';
import { findTrackToken } from '../../packages/server/src/store/sql/track-token.ts';
import { until } from '../until.ts';
import { beforeTheGate, createWorld, recorder, type World } from '../world.ts';

let world: World;
beforeEach(async () => {
  world = await createWorld(); // Monday, 09:00
  await world.people([
    { id: 'ana', email: 'ana@example.test', phone: '+33612345678' },
    { id: 'bo', email: 'bo@example.test' },
  ]);
  await world.policy(bill());
});
afterEach(() => world.end());

const bill = (more = '', stage = '') => `
policy: bill
title: Bill
category: billing
open: { on: bill.made }
resolve: { on: bill.paid }
key: event.data.id
subject: { type: bill, id: event.data.id, title: "'Bill ' + event.data.id", url: "'https://shop.test/bills/' + event.data.id" }
assignee: event.data.who
resolved: none
${more}
stages: [{ id: notice, at: opened, ${stage}notify: { via: [email] } }]
`;
const open = (id: string, who = 'ana') => world.event('bill.made', { id, who });
const paid = (id: string) => world.event('bill.paid', { id });
const mails = () => world.recorders.email.sent;
const query = <Row extends object>(text: string, values: unknown[] = []) =>
  world.database.transaction(ENGINE, (tx) => tx.query<Row>(text, values));
const wants = (preferences: WirePreferences, who = 'ana') =>
  query('UPDATE relance.recipients SET preferences = $2 WHERE id = $1', [who, JSON.stringify(preferences)]);
const settings = (written: object) =>
  world.database.transaction(ENGINE, (tx) => putTenantSettings(tx, 'default', { ...written }));
const messages = () =>
  query<{ key: string; status: string; reason: string; sent_at: Instant | null; carrier: string | null; id: string }>(
    `SELECT m.id, f.key, m.status, m.reason, m.sent_at, m.carrier FROM relance.messages m
     JOIN relance.follow_ups f ON f.id = m.follow_up_id ORDER BY f.key, m.planned_at`,
  );
const linesOf = async (key: string): Promise<string[]> => {
  const [followUp] = await query<{ id: string }>('SELECT id FROM relance.follow_ups WHERE key = $1', [key]);
  const lines = await world.timeline(followUp?.id ?? '');
  return lines.filter(({ kind }) => kind.startsWith('message_')).map(({ kind, reason }) => `${kind} ${reason}`);
};

describe('a digest', () => {
  beforeEach(() => wants({ frequency: { billing: 'daily' } }));

  it('is one mail with an item and its own actions for each, the next morning', async () => {
    for (const id of ['1', '2', '3']) await open(id);
    await world.advance('23 hours');
    expect(world.sent()).toEqual([]);
    await world.advance('1 hour');
    expect(world.sent()).toEqual(['email ana notice']);
    const [mail] = mails();
    expect(mail?.content.subject).toBe('3 messages: Bill 1 and 2 more');
    for (const part of [mail?.content.text ?? '', mail?.content.html ?? '']) {
      for (const id of ['1', '2', '3']) expect(part).toContain(`https://shop.test/bills/${id}`);
      expect(new Set(part.match(/\/a\/[\w-]{22}/g)).size).toBe(9); // three actions each
      expect(part).toMatch(/http:\/\/relance\.test\/me\/[\w-]{22}/);
    }
    const told = await messages();
    expect(told.map(({ key, status }) => `${key} ${status}`)).toEqual(['1 accepted', '2 merged', '3 merged']);
    expect(told.slice(1).map(({ carrier }) => carrier)).toEqual([told[0]?.id, told[0]?.id]);
    expect(await linesOf('1')).toEqual(['message_deferred digest', 'message_sent opened']);
    expect(await linesOf('2')).toEqual(['message_deferred digest', 'message_merged merged']);
    await world.advance('3 days');
    expect(mails()).toHaveLength(1);
  });
  it('leads to what its reader chooses, and tells with the mail that carries the others whether it was opened', async () => {
    await settings({ tracking: { opens: true, clicks: true, sms: false } });
    for (const id of ['1', '2']) await open(id);
    await world.advance('1 day');
    const [mail] = mails();
    const { html = '', text = '' } = mail?.content ?? {};
    for (const part of [html, text]) {
      expect(part).toMatch(/http:\/\/relance\.test\/p\/[\w-]{22}/);
      expect(part).toContain('https://shop.test/bills/2'); // as it was written
    }
    const pictures = html.match(/\/t\/o\/[\w-]{22}/g) ?? [];
    expect(pictures).toHaveLength(1);
    const tracked = await world.database.transaction(ENGINE, (tx) =>
      findTrackToken(tx, hashToken(pictures[0]?.slice('/t/o/'.length) ?? '')),
    );
    expect(tracked).toMatchObject({ messageId: mail?.id, target: null });
    if (tracked === null) return;
    await world.advance('10 minutes');
    await world.node.visits.visit(tracked, { agent: 'Thunderbird/140', manner: 'plain' });
    const opened = await query<{ key: string; engagement: { kind: string; evidence: string }[]; content: unknown }>(
      `SELECT f.key, m.engagement, m.content FROM relance.messages m JOIN relance.follow_ups f ON f.id = m.follow_up_id ORDER BY f.key`,
    );
    expect(opened.map(({ engagement }) => engagement.map(({ kind, evidence }) => `${kind} ${evidence}`))).toEqual([
      ['opened likely'],
      [],
    ]);
    expect(JSON.stringify(opened)).not.toContain('/t/'); // kept as it was written
    const status = await query<{ status: string }>('SELECT DISTINCT status FROM relance.follow_ups');
    expect(status).toEqual([{ status: 'open' }]);
  });
  it('of somebody who does not want to be tracked has no picture', async () => {
    await settings({ tracking: { opens: true, clicks: true, sms: false } });
    await wants({ frequency: { billing: 'daily' }, tracking: false });
    for (const id of ['1', '2']) await open(id);
    await world.advance('1 day');
    expect(mails()[0]?.content.subject).toBe('2 messages: Bill 1 and 1 more');
    expect(mails()[0]?.content.html).not.toContain('/t/');
  });
  it('leaves out what was stopped meanwhile, and what is alone goes as it is', async () => {
    for (const id of ['1', '2', '3']) await open(id);
    await paid('1');
    await world.advance('1 day');
    expect(mails()[0]?.content.subject).toBe('2 messages: Bill 2 and 1 more');
    expect(mails()[0]?.content.text).not.toContain('Bill 1');
    await open('4');
    await open('5');
    await paid('5');
    await world.advance('1 day');
    expect(mails()).toHaveLength(2);
    expect(mails()[1]?.content.subject).toBe('Bill 4');
  });
  it('is composed of what passed the gate: one stopped at the last moment is not in it', async () => {
    for (const id of ['1', '2', '3']) await open(id);
    // Between the claim and the gate somebody pays the first one.
    const node = world.another({ database: beforeTheGate(world.database, () => paid('1').then(() => {})) });
    await query(`UPDATE relance.clock SET story_at = story_at + interval '1 day'`);
    await node.runAll();
    await world.settle();
    expect(mails().map(({ content }) => content.subject)).toEqual(['2 messages: Bill 2 and 1 more']);
    expect((await messages()).map(({ key, status }) => `${key} ${status}`)).toEqual([
      '1 revoked',
      '2 accepted',
      '3 merged',
    ]);
  });
  it('is one for each person and channel, of whoever else there is, on two nodes at once', async () => {
    await wants({ frequency: { billing: 'daily' } }, 'bo');
    for (const id of ['1', '2', '3', '4']) await open(id, Number(id) % 2 === 0 ? 'ana' : 'bo');
    const other = world.another();
    await query(`UPDATE relance.clock SET story_at = story_at + interval '1 day'`);
    for (let round = 0; round < 5; round++) await Promise.all([world.node.runAll(), other.runAll()]);
    expect(world.sent().sort()).toEqual(['email ana notice', 'email bo notice']);
  });
  it('is not the end of a pause: what was planned by one that did not know of it yet waits for the morning', async () => {
    const pausedUntil = toRfc3339(later(await world.now(), 17 * HOUR_MS)); // 02:00
    await wants({ pausedUntil });
    for (const id of ['1', '2']) await open(id);
    await wants({ pausedUntil, frequency: { billing: 'daily' } });
    await world.advance('23 hours');
    expect(world.sent()).toEqual([]);
    expect(await linesOf('1')).toEqual(['message_deferred paused', 'message_deferred digest']);
    await world.advance('1 hour');
    expect(mails().map(({ content }) => content.subject)).toEqual(['2 messages: Bill 1 and 1 more']);
    await world.advance('3 days');
    expect(mails()).toHaveLength(1);
  });
  it('that comes in quiet hours leaves when they are over, and waits for no other', async () => {
    await wants({ frequency: { billing: 'daily' }, quietHours: '08:00-10:00' });
    for (const id of ['1', '2']) await open(id);
    await world.advance('24 hours');
    expect(world.sent()).toEqual([]);
    await world.advance('1 hour');
    expect(mails().map(({ content }) => content.subject)).toEqual(['2 messages: Bill 1 and 1 more']);
  });
  it('lets what is urgent through at once', async () => {
    await world.policy(bill('urgency: urgent'));
    await open('1');
    expect(world.sent()).toEqual([]);
    await world.settle();
    expect(mails()[0]?.content.subject).toBe('Bill 1');
  });
});

describe('what comes of a digest comes of all in it', () => {
  const openTwo = async () => {
    await wants({ frequency: { billing: 'daily' } });
    await open('1');
    await open('2');
    await world.advance('1 day');
  };
  const answering = async (answer: Parameters<typeof recorder>[1], honours: boolean, stages: string): Promise<void> => {
    await world.end();
    world = await createWorld({ recorders: { email: recorder('email', answer, honours) } });
    await world.people([{ id: 'ana', email: 'ana@example.test', phone: '+33612345678' }]);
    await world.policy(bill().replace('{ via: [email] }', stages));
  };

  it('refused for good, the contact plan of each goes on', async () => {
    await answering(
      async () => ({ kind: 'rejected', detail: 'no' }),
      true,
      '{ via: [email, { channel: sms, else: true }] }',
    );
    await openTwo();
    expect((await messages()).map(({ key, status }) => `${key} ${status}`)).toEqual(['1 failed', '2 failed']);
    expect(world.sent()).toEqual(['email ana notice']);
    await world.advance('1 day');
    expect(world.sent()).toEqual(['email ana notice', 'sms ana notice']); // the two of them, together
  });
  it('refused for the moment, they are tried together again', async () => {
    let tries = 0;
    const busy = async () =>
      ++tries === 1
        ? ({ kind: 'retry', detail: 'busy', retryAfterMs: 60_000 } as const)
        : ({ kind: 'accepted', providerId: 'x' } as const);
    await answering(busy, true, '{ via: [email] }');
    await openTwo();
    await world.advance('1 hour');
    expect(mails().map(({ content }) => content.subject)).toEqual(Array(2).fill('2 messages: Bill 1 and 1 more'));
    expect((await messages()).map(({ status }) => status)).toEqual(['accepted', 'merged']);
  });
  it('not known to have arrived, none is sent again, whoever remembers our ids', async () => {
    await answering(async () => ({ kind: 'uncertain', detail: 'who knows' }), true, '{ via: [email] }');
    await openTwo();
    await world.advance('3 days');
    expect(mails()).toHaveLength(1);
    expect((await messages()).map(({ status }) => status)).toEqual(['uncertain', 'uncertain']);
  });
  it('bounced later, each follow-up hears of it', async () => {
    await openTwo();
    const [carrier] = await messages();
    await world.node.receipts.take('default', 'test', [
      { message: { id: carrier?.id ?? '' }, kind: 'bounced', at: null, detail: 'no such user', permanent: true },
    ]);
    await world.settle();
    expect((await messages()).map(({ status }) => status)).toEqual(['bounced', 'bounced']);
    expect((await linesOf('2')).at(-1)).toBe('message_bounced bounced');
  });
  const bounce = (id: string) =>
    world.node.receipts.take('default', 'test', [
      { message: { id }, kind: 'bounced', at: null, detail: 'no such user', permanent: true },
    ]);
  const whileHeld = (key: string, work: () => Promise<void>): Promise<void> =>
    world.database.transaction(ENGINE, async (tx) => {
      await tx.query('SELECT FROM relance.follow_ups WHERE key = $1 FOR UPDATE', [key]);
      await work();
    });
  const tryAgain = async (): Promise<void> => {
    await query('UPDATE relance.early_receipts SET try_at = clock_timestamp()');
    await world.settle();
  };

  it('bounced while somebody holds one of the follow-ups, that one hears of it afterwards', async () => {
    await openTwo();
    const [carrier, item] = await messages();
    await whileHeld('2', async () => {
      await bounce(carrier?.id ?? '');
      expect((await messages()).map(({ status }) => status)).toEqual(['bounced', 'merged']);
    });
    await tryAgain();
    expect(await messages()).toMatchObject([{ status: 'bounced' }, { id: item?.id, status: 'bounced' }]);
    expect(await query('SELECT FROM relance.early_receipts')).toEqual([]);
  });
  it('bounced before it is recorded what one of them went in, that one hears of it as well', async () => {
    await wants({ frequency: { billing: 'daily' } });
    await open('1');
    await open('2');
    await query(`UPDATE relance.clock SET story_at = story_at + interval '1 day'`);
    let bounced: Promise<unknown> = Promise.resolve();
    await whileHeld('2', async () => {
      bounced = world.node.runAll();
      // Whoever holds it goes on only when the other one is recorded.
      await until('the other is recorded', async () => (await messages()).length === 1);
      const [carrier] = await messages();
      await bounce(carrier?.id ?? '');
      expect((await messages()).map(({ key, status }) => `${key} ${status}`)).toEqual(['1 bounced']);
    });
    await bounced;
    expect((await messages()).map(({ status }) => status)).toEqual(['bounced', 'merged']);
    await tryAgain();
    expect((await messages()).map(({ status }) => status)).toEqual(['bounced', 'bounced']);
    expect((await linesOf('1')).filter((line) => line.startsWith('message_bounced'))).toHaveLength(1);
    expect((await linesOf('2')).at(-1)).toBe('message_bounced bounced');
    expect(await query('SELECT FROM relance.early_receipts')).toEqual([]);
  });
});

describe('a budget', () => {
  it('holds what is over it until the next morning and sends that as one', async () => {
    await settings({ budget: { perDay: 2 } });
    for (const id of ['1', '2', '3', '4']) await open(id);
    await world.settle();
    expect(world.sent()).toEqual(['email ana notice', 'email ana notice']);
    const told = (await Promise.all(['1', '2', '3', '4'].map(linesOf))).flat();
    expect(told.filter((line) => line === 'message_deferred budget')).toHaveLength(2);
    await open('5', 'bo');
    await world.settle();
    expect(world.sent().at(-1)).toBe('email bo notice');
    await world.advance('1 day');
    expect(mails().at(-1)?.content.subject).toMatch(/^2 messages: Bill [1-4] and 1 more$/);
    expect(world.sent()).toHaveLength(4);
  });
  it('holds across nodes, whoever counts first', async () => {
    await settings({ budget: { perDay: 3 } });
    for (let id = 1; id <= 20; id++) await open(`${id}`);
    const other = world.another();
    for (let round = 0; round < 5; round++) await Promise.all([world.node.runAll(), other.runAll()]);
    expect(world.sent()).toHaveLength(3);
    await world.advance('1 day');
    expect(world.sent()).toHaveLength(4); // a digest is one interruption
  });
  it('counts what is urgent and never holds it', async () => {
    await settings({ budget: { perDay: 1 } });
    await world.policy(bill('urgency: urgent'));
    for (const id of ['1', '2', '3']) await open(id);
    await world.settle();
    expect(world.sent()).toHaveLength(3);
    await world.policy(bill());
    await open('4');
    await world.settle();
    expect(world.sent()).toHaveLength(3);
  });
  it('gives a place back for what was never handed over', async () => {
    await world.end();
    world = await createWorld({
      recorders: {
        email: recorder('email', async ({ subject }) =>
          subject.id === '1' ? { kind: 'rejected', detail: 'no' } : { kind: 'accepted', providerId: null },
        ),
      },
    });
    await world.people([{ id: 'ana', email: 'ana@example.test' }]);
    await world.policy(bill());
    await settings({ budget: { perDay: 1 } });
    await open('1');
    await world.settle();
    await open('2');
    await world.settle();
    expect((await messages()).map(({ key, status }) => `${key} ${status}`)).toEqual(['1 failed', '2 accepted']);
  });
  it('keeps the place of what another node has sent, whoever was stopped at the gate with it', async () => {
    await settings({ budget: { perDay: 1 } });
    await open('1');
    const other = world.another();
    // A node that stands still with a message in hand: its lease runs out, and another one sends it.
    const slow = world.another({
      database: beforeTheGate(world.database, async () => {
        await query(`UPDATE relance.outbox SET lease_until = clock_timestamp() - interval '1 second'`);
        await other.runAll();
      }),
    });
    await slow.runAll();
    await open('2');
    await world.settle();
    expect([await linesOf('1'), await linesOf('2')]).toEqual([['message_sent opened'], ['message_deferred budget']]);
    expect(world.sent()).toHaveLength(1);
  });
  it('forgets what was counted when no day counts it any more', async () => {
    await settings({ budget: { perDay: 2 } });
    await open('1');
    await world.settle();
    expect(await query('SELECT FROM relance.usages')).toHaveLength(1);
    await world.advance('5 days');
    await new Sweep(world.node.engine, world.node.consents).prune();
    expect(await query('SELECT FROM relance.usages')).toHaveLength(0);
  });
});

describe('consolidate', () => {
  it('makes one message of what a policy says to one person at one moment, each item stoppable', async () => {
    await world.policy(bill('consolidate: assignee', 'window: "14:00-18:00", '));
    for (const id of ['1', '2', '3']) await open(id);
    await open('9', 'bo');
    await paid('2');
    await world.advance('5 hours');
    expect(world.sent().sort()).toEqual(['email ana notice', 'email bo notice']);
    const ofAna = mails().find(({ recipient }) => recipient.id === 'ana');
    expect(ofAna?.content.subject).toBe('2 messages: Bill 1 and 1 more');
    expect(ofAna?.content.text).not.toContain('Bill 2');
  });
  it('does not mix policies', async () => {
    await world.policy(bill('consolidate: assignee', 'window: "14:00-18:00", '));
    await world.policy(
      bill('consolidate: assignee', 'window: "14:00-18:00", ')
        .replace('policy: bill', 'policy: rent')
        .replaceAll('bill.', 'rent.'),
    );
    await open('1');
    await world.event('rent.made', { id: '1', who: 'ana' });
    await world.advance('5 hours');
    expect(mails().map(({ content }) => content.subject)).toEqual(['Bill 1', 'Bill 1']);
  });
});

it('a pause ends with one message about all that waited', async () => {
  await wants({ pausedUntil: toRfc3339(((await world.now()) + 86_400_000 * 3) as Instant) });
  for (const id of ['1', '2', '3']) await open(id);
  await world.advance('2 days');
  expect(world.sent()).toEqual([]);
  await world.advance('2 days');
  expect(mails().map(({ content }) => content.subject)).toEqual(['3 messages: Bill 1 and 2 more']);
});
