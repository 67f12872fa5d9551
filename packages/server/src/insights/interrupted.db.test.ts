// Whom messages interrupted: person by person, those first who were interrupted most, and in all as many as the figures of all say.
import { HOUR_KINDS, type WireInterrupted } from '@relance/core';
import pg from 'pg';
import { expect, it } from 'vitest';
import { Sweep } from '../engine/sweep.ts';
import { type Database, ENGINE } from '../store/database.ts';
import { slotOfFigures } from '../store/sql/metric-day.ts';
import { putTenantSettings } from '../store/sql/tenant.ts';
import { askFigures } from './answer.ts';
import {
  command,
  countAll,
  figures,
  idOf,
  inAWorld,
  isExact,
  LOUD,
  markAll,
  peopleAreOfFacts,
  personSums,
  sql,
  story,
  world,
} from './figure-world.test-kit.ts';
import { createFigures } from './figures.ts';
import { askInterrupted } from './interrupted.ts';

inAWorld();

const ports = () => ({ database: world.database, figures: figures(), wallNow: () => 0 });
async function interrupted(asked: Partial<Parameters<typeof askInterrupted>[2]> = {}, tenant = 'default') {
  const window = { from: '2026-11-01', to: '2026-12-31' };
  const answered = await askInterrupted(ports(), tenant, { ...window, limit: 20, ...asked });
  if (answered.kind === 'wrong') throw new Error(answered.wrong.message);
  return answered.answer.rows;
}
const BY_HOURS = HOUR_KINDS.map(
  (kind) => `interrupted${kind.charAt(0).toUpperCase()}${kind.slice(1)}` as keyof WireInterrupted,
);
const sumOf = (rows: readonly object[], key: string): number =>
  rows.reduce((sum, row) => sum + Number((row as Record<string, unknown>)[key]), 0);

it('comes to what the figures of all say, whatever happens', async () => {
  await story(async () => {
    await countAll();
    const answered = await askFigures(ports(), 'default', 'overview', { from: '2026-11-01', to: '2026-12-31' });
    if (answered.kind === 'wrong') throw new Error(answered.wrong.message);
    const people = await interrupted();
    for (const key of BY_HOURS) expect([key, sumOf(people, key)]).toEqual([key, sumOf(answered.answer.rows, key)]);
    for (const one of people) expect(one.interrupted).toBe(BY_HOURS.reduce((sum, key) => sum + Number(one[key]), 0));
  });
  const people = await interrupted();
  const counts = people.map((one) => one.interrupted);
  expect(people.map(({ recipient }) => recipient).sort()).toEqual(['ana', 'bo', 'cleo', 'dan']);
  expect(counts).toEqual(counts.toSorted((a, b) => b - a));
  expect(await interrupted({ limit: 1 })).toEqual(people.slice(0, 1));
  expect(await interrupted({ recipient: 'dan' })).toEqual(people.filter(({ recipient }) => recipient === 'dan'));
  // A digest is one message, whatever is in it.
  expect((await interrupted({ policy: 'note' })).map((one) => [one.recipient, one.interrupted])).toEqual([['dan', 1]]);
  expect(await interrupted({}, 'other')).toEqual([]);
});

it('goes by the clock of each, and by the day in the tenant’s zone on which a follow-up opened', async () => {
  await world.people([{ id: 'eve', name: 'Eve', email: 'eve@example.test', timeZone: 'Europe/Paris' }]);
  await world.event('note.made', { id: 'n', who: 'ana' }); // four in the morning in New York, where ana is by default
  await world.event('note.made', { id: 'p', who: 'eve' }); // ten in Paris
  await world.settle();
  const one = { from: '2026-11-02', to: '2026-11-02' };
  // What waits to be counted is counted for whoever asks.
  expect(await interrupted(one)).toMatchObject([
    { recipient: 'ana', name: 'ana', interrupted: 1, interruptedNight: 1 },
    { recipient: 'eve', name: 'Eve', interrupted: 1, interruptedBusiness: 1 },
  ]);
  expect(await interrupted({ from: '2024-01-01', to: '2026-12-01' })).toEqual(await interrupted(one));
  expect(await interrupted({ from: '2026-11-01', to: '2026-11-01' })).toEqual([]);
  expect(await interrupted({ from: '2026-11-03', to: '2026-11-03' })).toEqual([]);
  await sql(`UPDATE relance.recipients SET name = 'Ana' WHERE id = 'ana'`);
  expect((await interrupted(one))[0]).toMatchObject({ recipient: 'ana', name: 'Ana' });
});

it('counts what opened again for the day on which it did', async () => {
  await world.event('bill.made', { id: '1', who: 'ana' });
  await world.advance('1 hour');
  await command('1', 'ana', { kind: 'resolve', outcome: null });
  await world.advance('9 days');
  await world.node.commands.reopen('default', { kind: 'id', id: await idOf('1') }, { kind: 'api', id: null });
  await world.advance('1 hour');
  const ofAna = async (from: string, to: string) =>
    (await interrupted({ from, to, recipient: 'ana' })).map((one) => one.interrupted);
  expect(await ofAna('2026-11-02', '2026-11-10')).toEqual([1]);
  expect(await ofAna('2026-11-11', '2026-11-11')).toEqual([1]);
  expect(await ofAna('2026-11-02', '2026-11-11')).toEqual([2]);
  await isExact();
});

it('names nobody longer than their messages are kept', async () => {
  await story(async () => {});
  await countAll();
  for (const id of ['1', '2', '3', 'a', 'b', 'c']) await command(id, 'bo', { kind: 'cancel' });
  const people = await interrupted();
  expect(people.length).toBe(4);
  await world.database.transaction(ENGINE, (tx) =>
    putTenantSettings(tx, 'default', { retention: { messages: '30 days', timeline: '60 days' } }),
  );
  const sweep = new Sweep(world.node.engine, world.node.consents);
  await world.advance('20 days');
  await sweep.prune();
  expect(await interrupted()).toEqual(people);
  await world.event('note.made', { id: 'new', who: 'dan' });
  await world.advance('1 day');
  await countAll();
  const [dan] = await interrupted({ recipient: 'dan', from: '2026-12-01' });
  expect(dan?.interrupted).toBe(1);
  await world.advance('15 days');
  await sweep.prune();
  // What is kept still counts, and of all others no name is left, nor comes again when they are counted once more.
  for (const again of [async () => {}, markAll]) {
    await again();
    await countAll();
    expect(await interrupted({ to: '2027-01-31' })).toEqual([dan]);
    expect((await personSums()).map(({ recipient }) => recipient)).toEqual(['dan', 'dan']);
    expect(await namedInFacts()).toEqual(['dan']);
    await peopleAreOfFacts(world.database);
  }
});

it('goes with follow-ups that are taken away, however long their messages were to be kept', async () => {
  await story(async () => {});
  for (const id of ['1', '2', '3', 'a', 'b', 'c']) await command(id, 'bo', { kind: 'cancel' });
  await world.database.transaction(ENGINE, (tx) =>
    putTenantSettings(tx, 'default', {
      retention: { messages: 'forever', timeline: 'forever', content: 'forever', followUps: '90 days' },
    }),
  );
  await countAll();
  expect(await personSums()).not.toEqual([]);
  await world.advance('91 days');
  await new Sweep(world.node.engine, world.node.consents).prune();
  expect(await sql('SELECT FROM relance.follow_ups')).toEqual([]);
  expect(await personSums()).toEqual([]);
});

it('is counted of what an older release has counted, as far as that is not final', async () => {
  await story(async () => {});
  await countAll();
  const whole = await personSums();
  const asOlder = async () => {
    await sql(`UPDATE relance.metric_facts SET generations = (SELECT jsonb_agg(g || jsonb_build_object('messages',
        (SELECT coalesce(jsonb_agg(m - 'to' ORDER BY n), '[]') FROM jsonb_array_elements(g -> 'messages') WITH ORDINALITY AS x(m, n))))
      FROM jsonb_array_elements(generations) AS g)`);
    await sql('DELETE FROM relance.metric_people');
    await markAll();
    await countAll();
  };
  await asOlder();
  expect(await personSums()).toEqual(whole);
  await isExact();
  await sql('UPDATE relance.metric_facts SET final = 9');
  await asOlder();
  expect(await personSums()).toEqual([]);
});

it('keeps no name where the sums are not what they should be', async () => {
  await story(async () => {});
  await countAll();
  // A release that knows nothing of them has counted: some are missing, and some are of nobody.
  // It has erased somebody from messages as well, and not from what was counted.
  await sql(`UPDATE relance.messages SET recipient = 'erased-before' WHERE recipient = 'ana' AND follow_up_id = $1`, [
    await idOf('1'),
  ]);
  await sql('DELETE FROM relance.metric_people');
  await sql(`INSERT INTO relance.metric_people (slot, tenant, policy, quarter, recipient, first, last, days)
    VALUES (${slotOfFigures('default')}, 'default', 'gone', '2026-10-01', 'ana', 3, 3, '\\x01000000')`);
  await world.node.erasures.erase('default', 'ana', { by: 'key', reason: null });
  await world.settle();
  expect(await sql(`SELECT FROM relance.messages WHERE recipient = 'ana'`)).toEqual([]);
  expect([...(await personSums()).map(({ recipient }) => recipient), ...(await namedInFacts())]).not.toContain('ana');
  // Whoever counts says so, and goes on.
  await sql('DELETE FROM relance.metric_people');
  await sql(`UPDATE relance.messages SET recipient = 'zoe' WHERE recipient = 'bo'`);
  await markAll();
  const said: string[] = [];
  const log = { error: (_: object, text: string) => said.push(text) };
  while ((await createFigures(world.database, log).count()).counted > 0);
  expect(new Set(said)).toEqual(new Set(['people were interrupted less often than was counted before']));
  expect((await interrupted({ recipient: 'zoe' })).map((one) => one.interrupted)).toEqual([3]);
});

it('has a stand-in for whoever was erased', async () => {
  await story(async () => {});
  await countAll();
  const people = await interrupted();
  await world.node.erasures.erase('default', 'ana', { by: 'key', reason: null });
  await world.settle();
  await isExact();
  const left = await interrupted();
  const [standIn] = left.filter(({ name }) => name === null);
  expect(standIn).toEqual({
    ...people.find(({ recipient }) => recipient === 'ana'),
    recipient: standIn?.recipient,
    name: null,
  });
  expect([...(await personSums()).map(({ recipient }) => recipient), ...(await namedInFacts())]).not.toContain('ana');
});

it('lets no name come back that somebody had read who counts', async () => {
  await story(async () => {});
  await countAll();
  for (const table of ['metric_facts', 'metric_days', 'metric_messages', 'metric_people'])
    await sql(`DELETE FROM relance.${table}`);
  await markAll();
  const { database, stopped, goOn } = stoppingAt(world.database, 'relance.timeline', 'ana');
  const counted = createFigures(database, LOUD).count();
  await stopped;
  const erased = world.node.erasures.erase('default', 'ana', { by: 'key', reason: null });
  await expect.poll(waitForPasses).toBe(1);
  goOn();
  await counted;
  await erased;
  await world.settle();
  expect([...(await personSums()).map(({ recipient }) => recipient), ...(await namedInFacts())]).not.toContain('ana');
  await isExact();
});

it('lets none come back either when messages go while somebody counts them', async () => {
  await story(async () => {});
  for (const id of ['1', '2', '3', 'a', 'b', 'c']) await command(id, 'bo', { kind: 'cancel' });
  await world.database.transaction(ENGINE, (tx) =>
    putTenantSettings(tx, 'default', { retention: { messages: '7 days' } }),
  );
  await world.advance('8 days');
  await countAll();
  // Nothing is marked when pruning looks, and everything is before it takes anything away.
  const pruning = stoppingAt(world.database, 'id, closed_at FROM');
  const pruned = new Sweep({ ...world.node.engine, database: pruning.database }, world.node.consents).prune();
  await pruning.stopped;
  await sql('DELETE FROM relance.metric_facts');
  for (const table of ['metric_days', 'metric_messages', 'metric_people']) await sql(`DELETE FROM relance.${table}`);
  await markAll();
  const counting = stoppingAt(world.database, 'relance.timeline');
  const counted = createFigures(counting.database, LOUD).count();
  await counting.stopped;
  pruning.goOn();
  await expect.poll(waitForPasses).toBe(1);
  counting.goOn();
  await counted;
  await pruned;
  await countAll();
  expect(await sql('SELECT FROM relance.messages')).toEqual([]);
  expect(await namedInFacts()).toEqual([]);
  expect(await personSums()).toEqual([]);
});

/** How many wait for a slot that somebody counts. Of what others do one sees nothing but as whoever signed in. */
async function waitForPasses(): Promise<number | null> {
  const client = new pg.Client({ connectionString: world.url });
  await client.connect();
  const { rowCount } = await client.query(
    `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE '%metric_passes%'`,
  );
  await client.end();
  return rowCount;
}

/** Stops at the first statement with these words that finds anything, or anything of somebody, when it has. */
function stoppingAt(database: Database, words: string, of = '') {
  const [stopped, go] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const stopping: Database = {
    ...database,
    transaction: (scope, work) =>
      database.transaction(scope, (tx) =>
        work({
          async query(text, values) {
            const rows = await tx.query(text, values);
            if (text.includes(words) && rows.length > 0 && JSON.stringify(rows).includes(of)) {
              stopped.resolve();
              await go.promise;
            }
            return rows as never;
          },
        }),
      ),
  };
  return { database: stopping, stopped: stopped.promise, goOn: go.resolve };
}

/** Everybody whom the facts of follow-ups name, once. */
const namedInFacts = async (): Promise<string[]> =>
  (
    await sql<{ who: string }>(
      `SELECT DISTINCT m ->> 'to' AS who FROM relance.metric_facts, jsonb_array_elements(generations) AS g, jsonb_array_elements(g -> 'messages') AS m
       WHERE m ? 'to' ORDER BY 1`,
    )
  ).map(({ who }) => who);
