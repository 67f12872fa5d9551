// The world in which figures are told as stories: two policies and four people, commands and receipts, and what was counted, looked at
// from all sides.
import { MESSAGE_COUNT_NAMES, type MetricKey, SECONDS_OF_RANK, wireMetricRow } from '@relance/core';
import { afterEach, beforeEach, expect } from 'vitest';
import { createWorld, eventOf, type World } from '../../../../test/world.ts';
import { unpacked } from '../../../core/src/packed-times.test-kit.ts';
import type { CommandRequest } from '../engine/ports.ts';
import { type Database, ENGINE } from '../store/database.ts';
import { readSums } from '../store/sql/metric-read.ts';
import { putTenantSettings } from '../store/sql/tenant.ts';
import { createFigures } from './figures.ts';

export const BILL = `
policy: bill
title: Bill
category: billing
open: { on: bill.made }
resolve: { on: bill.paid }
key: event.data.id
assignee: event.data.who
requester: "'cleo'"
resolved: { notify: { to: [requester], via: [email] } }
stages:
  - { id: notice, at: opened, notify: [{ via: [email, inbox] }, { to: [requester], via: [email] }] }
  - { id: reminder, at: opened + 2 days, notify: { via: [email] } }
  - { id: escalation, at: opened + 4 days, escalate: { to: [recipient(bo)] }, notify: { to: [escalated], via: [email] } }
`;
const NOTE = `
policy: note
title: Note
category: notes
open: { on: note.made }
key: event.data.id
assignee: event.data.who
resolved: none
stages: [{ id: notice, at: opened, notify: { via: [email] } }]
`;

export let world: World;
/** Each story has one of its own. */
export function inAWorld(): void {
  beforeEach(async () => {
    world = await createWorld(); // Monday, 2 November 2026, 09:00
    await world.people(['ana', 'bo', 'cleo', 'dan'].map((id) => ({ id, email: `${id}@example.test` })));
    await world.policy(BILL);
    await world.policy(NOTE);
    await sql('UPDATE relance.recipients SET preferences = $1 WHERE id = $2', [
      JSON.stringify({ frequency: { notes: 'daily' } }),
      'dan',
    ]);
    await world.database.transaction(ENGINE, (tx) =>
      putTenantSettings(tx, 'default', {
        zone: 'America/New_York',
        tracking: { opens: true, clicks: true, sms: false },
      }),
    );
  });
  afterEach(() => world.end());
}

export const sql = <Row extends object>(text: string, values: unknown[] = []): Promise<Row[]> =>
  world.database.transaction(ENGINE, (tx) => tx.query<Row>(text, values));
export const idOf = async (key: string): Promise<string> =>
  (await sql<{ id: string }>('SELECT id FROM relance.follow_ups WHERE key = $1 ORDER BY id DESC', [key]))[0]?.id ?? '';
export const messagesOf = async (key: string) =>
  sql<{ id: string; stage: string; recipient: string; channel: string; status: string }>(
    'SELECT id, stage, recipient, channel, status FROM relance.messages WHERE follow_up_id = $1 ORDER BY planned_at, id',
    [await idOf(key)],
  );
export const command = async (
  key: string,
  actor: string,
  one: CommandRequest['command'],
  message?: string,
): Promise<void> => {
  await world.node.commands.run(
    'default',
    { kind: 'id', id: await idOf(key) },
    {
      command: one,
      actor: { kind: 'recipient', id: actor },
      evidence: 'proven',
      channel: 'email',
      comment: null,
      ...(message === undefined ? {} : { message }),
    },
  );
  await world.settle();
};
export const receipt = (id: string, kind: 'delivered' | 'bounced' | 'opened') =>
  world.node.receipts.take('default', 'test', [{ message: { id }, kind, at: null, detail: null }]);

/** What cannot be counted is logged, and the others are; here it is a failure. */
export const LOUD = {
  error({ error }: { readonly error?: unknown }): void {
    throw error;
  },
};
export const figures = () => createFigures(world.database, LOUD);
export const countAll = async (): Promise<number> => {
  let all = 0;
  for (;;) {
    const { counted } = await figures().count();
    if (counted === 0) return all;
    all += counted;
  }
};
/** Every sum, cells that came to nothing left out. */
export const sums = () =>
  sql<Row>(
    `SELECT d.*, d.day::text AS date FROM relance.metric_days d WHERE follow_ups + messages + answered + length(times) > 0
     ORDER BY d.tenant, d.day, d.stage, d.channel, d.policy, d.team, d.level`,
  );
type Row = Readonly<Record<string, unknown>> & { readonly times: Uint8Array };
/** Every sum of messages, likewise. */
export const messageSums = () =>
  sql<Readonly<Record<string, unknown>>>(
    `SELECT m.*, m.day::text AS date FROM relance.metric_messages m WHERE messages + accepted > 0
     ORDER BY m.tenant, m.day, m.policy, m.stage, m.channel, m.provider, m.template, m.template_version, m.locale`,
  );
/** Whom messages interrupted, likewise. */
export const personSums = () =>
  sql<Readonly<Record<string, unknown>>>(
    'SELECT p.*, p.quarter::text AS date FROM relance.metric_people p ORDER BY p.tenant, p.policy, p.quarter, p.recipient',
  );
export const sumOf = async (policy: string, stage = '', channel = '') => {
  const rows = (await sums()).filter((row) => row.policy === policy && row.stage === stage && row.channel === channel);
  const names = [
    'follow_ups',
    'open',
    'resolved',
    'cancelled',
    'escalated',
    'resolved_after',
    'messages',
    'accepted',
    'bounced',
  ];
  return Object.fromEntries(
    [...names, 'delivered', 'merged', 'opened', 'answered'].map((name) => [
      name,
      rows.reduce((sum, row) => sum + Number(row[name]), 0),
    ]),
  );
};
const HOURS = ['business', 'evening', 'night', 'weekend'];
/** Of each message as it was counted: bits of the counts, in their order. */
const BITS = MESSAGE_COUNT_NAMES.indexOf('interruptedBusiness');
const FACTS = `SELECT f.tenant, (g ->> 'day') AS day, g ->> 'policy' AS policy, m ->> 'to' AS recipient,
    ${HOURS.map((hours, kind) => `sum(((m ->> 'counts')::int >> ${BITS + kind}) & 1)::int AS interrupted_${hours}`).join(', ')}
  FROM relance.metric_facts f, jsonb_array_elements(f.generations) AS g, jsonb_array_elements(g -> 'messages') AS m
  WHERE m ? 'to' GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4`;
const PEOPLE = `SELECT tenant, day::text AS day, policy, recipient, ${HOURS.map((hours) => `interrupted_${hours}`).join(', ')}
  FROM relance.interruptions ORDER BY 1, 2, 3, 4`;
const OF_ALL = `SELECT tenant, quarter, recipient, sum(t) FROM (SELECT tenant, quarter, recipient, policy = '' AS whole,
    (SELECT sum(relance.interrupted_until(days, octet_length(days) / (4 * (last - first + 1)), last - first, h)) FROM generate_series(0, 3) h) AS t
    FROM relance.metric_people) AS p WHERE whole = $1 GROUP BY 1, 2, 3 ORDER BY 1, 2, 3`;

/** The sums of people are at any moment what the facts of follow-ups come to, by policy and in all. */
export async function peopleAreOfFacts(database: Database): Promise<void> {
  const read = (text: string, values: readonly unknown[] = []) =>
    database.transaction(ENGINE, (tx) => tx.query(text, [...values]));
  expect(await read(PEOPLE)).toEqual(await read(FACTS));
  expect(await read(OF_ALL, [true])).toEqual(await read(OF_ALL, [false]));
}

/** `response came 3600` and `response waits`, of all days. */
export const waitsOf = async (policy: string, channel = ''): Promise<string[]> => {
  const rows = (await sums()).filter((one) => one.policy === policy && one.stage === '' && one.channel === channel);
  return rows
    .flatMap(({ times }) => unpacked(times))
    .flatMap(({ kind, what, at, count }): string[] =>
      Array(count).fill(what === 'waits' ? `${kind} waits` : `${kind} ${what} ${SECONDS_OF_RANK[at]}`),
    )
    .sort();
};
/** As if all of them had changed. */
export const markAll = () =>
  sql('INSERT INTO relance.metric_marks (slot, follow_up_id, tenant) SELECT slot, id, tenant FROM relance.follow_ups');

/** Counts what has changed, then everything from the rows as if nothing had ever been counted: to the byte the same. */
export const isExact = async (): Promise<void> => {
  await countAll();
  await peopleAreOfFacts(world.database);
  const before = [await sums(), await messageSums(), await personSums()];
  await sql('DELETE FROM relance.metric_facts');
  await sql('DELETE FROM relance.metric_messages');
  await sql('DELETE FROM relance.metric_days');
  await sql('DELETE FROM relance.metric_people');
  await markAll();
  await countAll();
  expect(before).toEqual([await sums(), await messageSums(), await personSums()]);
};

/** Every question about two of four windows. */
export async function answers(): Promise<readonly unknown[]> {
  const keys: readonly MetricKey[] = ['policy', 'stage', 'channel', 'team', 'level', 'day'];
  const groupings = Array.from({ length: 64 }, (_, bits) => keys.filter((_, index) => (bits >> index) & 1));
  const windows = [
    ['2026-11-01', '2026-12-31'],
    ['2026-11-01', '2026-11-30'],
    ['2026-11-03', '2026-12-15'],
    ['2026-10-01', '2027-01-10'],
  ] as const;
  const now = await world.now();
  return world.database.transaction({ kind: 'tenant', tenant: 'default' }, async (tx) => {
    const all: unknown[] = [];
    for (const [index, groupBy] of groupings.entries())
      for (const [from, to] of [windows[index % 4] ?? windows[0], windows[(index + 1) % 4] ?? windows[0]]) {
        const policy = index % 3 === 0 ? 'bill' : null;
        const sums = await readSums(tx, { tenant: 'default', from, to, groupBy, policy, team: null }, 1_000);
        all.push(sums.map((sum) => wireMetricRow(sum, now)));
      }
    return all;
  });
}

/** With late receipts, bounces, digests, answers and re-openings; `after` is done after each. */
export async function story(after: () => Promise<void>): Promise<void> {
  const acts: (() => Promise<unknown>)[] = [
    () => world.event('bill.made', { id: '1', who: 'ana' }),
    () => world.settle(),
    () => world.advance('1 hour'),
    async () => receipt((await messagesOf('1'))[0]?.id ?? '', 'delivered'),
    async () => command('1', 'ana', { kind: 'acknowledge' }, (await messagesOf('1'))[0]?.id),
    () =>
      world.node.ingest.submit(
        'default',
        ['2', '3'].map((id) => eventOf('bill.made', { id, who: 'ana' })),
      ),
    () => world.advance('5 days'),
    async () => {
      const mail = (await messagesOf('2')).find(({ stage }) => stage === 'reminder');
      await receipt(mail?.id ?? '', 'opened');
      await world.advance('3 days');
      await receipt(mail?.id ?? '', 'bounced'); // days later
    },
    () => world.event('bill.paid', { id: '2' }),
    () => command('3', 'bo', { kind: 'resolve', outcome: null }),
    async () => world.node.commands.reopen('default', { kind: 'id', id: await idOf('3') }, { kind: 'api', id: null }),
    () => world.advance('1 day'),
    () => command('3', 'ana', { kind: 'cancel' }),
    async () => {
      for (const id of ['a', 'b', 'c']) await world.event('note.made', { id, who: 'dan' });
    },
    () => world.advance('1 day'),
    async () => {
      const all = await Promise.all(['a', 'b', 'c'].map(messagesOf));
      const carrier = all.flat().find(({ status }) => status === 'accepted');
      await receipt(carrier?.id ?? '', 'opened');
      await world.advance('1 day');
      await receipt(carrier?.id ?? '', 'bounced');
    },
  ];
  for (const act of acts) {
    await act();
    await after();
  }
}
