// Figures stay exact whatever comes late: after each act of a story they are counted, and then all of them are counted anew from the
// rows, to the same bytes. So they are when counted twice, by two at once, and by one that dies between any two statements.
import { isDeepStrictEqual } from 'node:util';
import { DAY_MS, type Instant } from '@relance/core';
import { describe, expect, it } from 'vitest';
import { quietLog } from '../../../../test/world.ts';
import { Sweep } from '../engine/sweep.ts';
import { type Database, ENGINE } from '../store/database.ts';
import { putTenantSettings } from '../store/sql/tenant.ts';
import {
  answers,
  command,
  countAll,
  figures,
  idOf,
  inAWorld,
  isExact,
  LOUD,
  markAll,
  messageSums,
  messagesOf,
  peopleAreOfFacts,
  personSums,
  receipt,
  sql,
  story,
  sumOf,
  sums,
  waitsOf,
  world,
} from './figure-world.test-kit.ts';
import { createFigures } from './figures.ts';

inAWorld();

describe('what is counted', () => {
  it('is the same after each act as if all of it were counted anew', async () => {
    await story(isExact);
    expect(await sumOf('bill')).toMatchObject({ follow_ups: 4, open: 1, resolved: 2, escalated: 3 });
    expect(await sumOf('bill', 'escalation')).toMatchObject({ follow_ups: 3, resolved: 2, resolved_after: 2 });
    expect(await sumOf('bill', 'reminder', 'email')).toMatchObject({ messages: 3, accepted: 3, bounced: 1 });
    expect(await sumOf('note')).toMatchObject({ follow_ups: 3, messages: 3, accepted: 3, bounced: 3, merged: 2 });
    const days = new Set((await sums()).map(({ date }) => date));
    expect([...days]).toEqual(['2026-11-02', '2026-11-10', '2026-11-11']);
  });

  it('is had in pieces where there is much, and one that told very many rests before it is counted again', async () => {
    for (const id of ['1', '2', '3']) await world.event('bill.made', { id, who: 'ana' });
    await world.settle();
    await countAll();
    const mark = () => markAll();
    // In one slot, each with as many lines as a pass takes.
    const ids = (await sql<{ id: string }>('SELECT id FROM relance.follow_ups ORDER BY id')).map(({ id }) => id);
    await sql('UPDATE relance.follow_ups SET timeline_count = 15000');
    await mark();
    await sql('UPDATE relance.metric_marks SET slot = 7');
    await sql('UPDATE relance.follow_ups SET slot = 7');
    const own = figures();
    expect(await own.count()).toEqual({ counted: 1, more: true });
    expect(await own.count()).toEqual({ counted: 1, more: true });
    expect(await own.count()).toEqual({ counted: 1, more: false });
    expect(await own.count()).toEqual({ counted: 0, more: false });
    expect(ids).toHaveLength(3);
  });

  it('has what became of a mail for each item in it', async () => {
    for (const id of ['a', 'b', 'c']) await world.event('note.made', { id, who: 'dan' });
    await world.advance('1 day');
    await countAll();
    expect(await sumOf('note')).toMatchObject({ messages: 3, accepted: 3, merged: 2, delivered: 0, opened: 0 });
    const all = (await Promise.all(['a', 'b', 'c'].map(messagesOf))).flat();
    const carrier = all.find(({ status }) => status === 'accepted')?.id ?? '';
    await receipt(carrier, 'delivered');
    await receipt(carrier, 'opened');
    await countAll();
    expect(await sumOf('note')).toMatchObject({ messages: 3, merged: 2, delivered: 3, opened: 3 });
    // Its follow-up is forgotten first: what is known of it stays with the others.
    await sql('DELETE FROM relance.messages WHERE id = $1', [carrier]);
    await sql(`INSERT INTO relance.metric_marks (slot, follow_up_id, tenant)
      SELECT slot, follow_up_id, tenant FROM relance.messages WHERE status = 'merged'`);
    expect(await countAll()).toBe(2);
    expect(await sumOf('note')).toMatchObject({ merged: 2, delivered: 3, opened: 3 });
  });

  it('still knows what went in another message when that has come back', async () => {
    for (const id of ['a', 'b', 'c']) await world.event('note.made', { id, who: 'dan' });
    await world.advance('1 day');
    const all = (await Promise.all(['a', 'b', 'c'].map(messagesOf))).flat();
    const carrier = all.find(({ status }) => status === 'accepted')?.id ?? '';
    await receipt(carrier, 'bounced');
    await isExact();
    // One mail interrupted somebody, whatever became of it: `accepted - merged`.
    const came = { messages: 3, accepted: 3, bounced: 3, merged: 2 };
    expect(await sumOf('note')).toMatchObject(came);
    await sql('DELETE FROM relance.messages WHERE id = $1', [carrier]);
    await sql(`INSERT INTO relance.metric_marks (slot, follow_up_id, tenant)
      SELECT slot, follow_up_id, tenant FROM relance.messages WHERE carrier IS NOT NULL`);
    expect(await countAll()).toBe(2);
    expect(await sumOf('note')).toMatchObject(came);
  });

  it('is counted once, however often it is looked at', async () => {
    await story(async () => {});
    await countAll();
    const once = await sums();
    await sql(
      'INSERT INTO relance.metric_marks (slot, follow_up_id, tenant) SELECT slot, id, tenant FROM relance.follow_ups, generate_series(1, 3)',
    );
    const facts = await sql('SELECT xmin::text, follow_up_id FROM relance.metric_facts ORDER BY 2');
    expect(await countAll()).toBeGreaterThan(5);
    expect(await sums()).toEqual(once);
    expect(await sql('SELECT xmin::text, follow_up_id FROM relance.metric_facts ORDER BY 2')).toEqual(facts);
  });

  it('is counted once by two who count at once', async () => {
    let turn = 0;
    await story(async () => {
      // Three at once, and one of them when the others have begun.
      const [one, two] = [figures().count(), figures().count()];
      if (turn++ % 2 === 0) await figures().count();
      await Promise.all([one, two]);
    });
    await isExact();
    expect(await sumOf('bill')).toMatchObject({ follow_ups: 4, resolved: 2 });
  });

  it('is whole or nothing where the one who counts dies between two statements', async () => {
    await story(async () => {});
    const all = async () => [await sums(), await messageSums(), await personSums()];
    let undone = 0;
    let statement = 2;
    for (let whole = false; !whole; statement++) {
      const before = await all();
      await sql('UPDATE relance.follow_ups SET team = $1', [`team${statement}`]);
      // And somebody has another name, which no erasure has told the sums of.
      await sql(`UPDATE relance.messages SET recipient = $1 WHERE recipient LIKE 'dan%'`, [`dan${statement}`]);
      await markAll();
      const dying = dyingAt(world.database, statement);
      await createFigures(dying.database, quietLog).count();
      whole = !dying.died();
      const marks = await sql('SELECT 1 FROM relance.metric_marks');
      if (marks.length === 6) {
        expect(await all()).toEqual(before);
        undone += 1;
      }
      await countAll();
      await peopleAreOfFacts(world.database);
      expect((await sums()).every(({ team }) => team === `team${statement}`)).toBe(true);
      expect((await personSums()).map(({ recipient }) => recipient)).toContain(`dan${statement}`);
    }
    expect(undone).toBeGreaterThan(4);
    expect(statement).toBeGreaterThan(14); // to its last
    await isExact();
  });

  it('stays when what it was counted from is taken away, and what opens again is counted on', async () => {
    await story(async () => {});
    for (const id of ['1', '2', '3', 'a', 'b', 'c']) await command(id, 'bo', { kind: 'cancel' });
    await world.database.transaction(ENGINE, (tx) =>
      putTenantSettings(tx, 'default', {
        retention: { messages: '30 days', timeline: '60 days', followUps: '100 days' },
      }),
    );
    await world.advance('29 days');
    const sweep = new Sweep(world.node.engine, world.node.consents);
    await sweep.prune();
    const whole = await sums();
    expect(await sumOf('bill')).toMatchObject({ follow_ups: 4, resolved: 2, cancelled: 2 });
    // Late news that nobody has counted yet: nothing of it is taken away before.
    await command('1', 'bo', { kind: 'note' });
    await world.advance('2 days');
    await sweep.prune();
    expect(await sql('SELECT FROM relance.messages')).toEqual([]);
    expect(await sums()).toEqual(whole);
    await markAll();
    await countAll();
    expect(await sums()).toEqual(whole);
    // Opened again, it is a generation of its own, and the ones before stay as they were.
    await world.node.commands.reopen('default', { kind: 'id', id: await idOf('2') }, { kind: 'api', id: null });
    await world.settle();
    await command('2', 'ana', { kind: 'resolve', outcome: null });
    await countAll();
    expect(await sumOf('bill')).toMatchObject({ follow_ups: 5, resolved: 3, cancelled: 2 });
    const again = await sums();
    await world.advance('110 days');
    await sweep.prune();
    expect(await sql('SELECT FROM relance.follow_ups')).toEqual([]);
    expect(await sql('SELECT FROM relance.timeline')).toEqual([]);
    expect(await sql('SELECT FROM relance.metric_facts')).toEqual([]);
    await countAll();
    expect(await sums()).toEqual(again);
  });

  it('is taken away a piece at a time where timelines are long, and all of it in the end', async () => {
    await story(async () => {});
    for (const id of ['1', '2', '3', 'a', 'b', 'c']) await command(id, 'bo', { kind: 'cancel' });
    await world.database.transaction(ENGINE, (tx) =>
      putTenantSettings(tx, 'default', { retention: { followUps: '90 days', timeline: '90 days' } }),
    );
    await countAll();
    const before = await sums();
    await world.advance('91 days');
    await sql('UPDATE relance.follow_ups SET timeline_count = 60000');
    let [pieces, began] = [0, 0];
    const counting: Database = {
      ...world.database,
      transaction: (scope, work) =>
        world.database.transaction(scope, (tx) =>
          work({
            query(text, values) {
              if (text.includes('timeline_count AS lines')) began += 1;
              if (text.includes('DELETE FROM relance.follow_ups')) pieces += 1;
              return tx.query(text, values);
            },
          }),
        ),
    };
    await new Sweep({ ...world.node.engine, database: counting }, world.node.consents).prune();
    expect(pieces).toBe(6);
    expect(began).toBe(6);
    for (const table of ['follow_ups', 'timeline', 'messages', 'metric_facts', 'metric_people', 'alarms'])
      expect(await sql(`SELECT FROM relance.${table}`)).toEqual([]);
    expect(await sums()).toEqual(before);
  });

  it('is not taken away before it is counted', async () => {
    await story(async () => {});
    for (const id of ['1', '2', '3', 'a', 'b', 'c']) await command(id, 'bo', { kind: 'cancel' });
    await world.database.transaction(ENGINE, (tx) =>
      putTenantSettings(tx, 'default', { retention: { followUps: '10 days' } }),
    );
    await world.advance('11 days');
    const messages = await sql('SELECT id FROM relance.messages ORDER BY id');
    const uncounted = { ...world.node.engine, figures: null };
    await new Sweep(uncounted, world.node.consents).prune();
    expect(await sql('SELECT id FROM relance.messages ORDER BY id')).toEqual(messages);
    await countAll();
    expect(await sumOf('bill')).toMatchObject({ follow_ups: 4 });
    await world.advance('1 day');
    await new Sweep(uncounted, world.node.consents).prune();
    expect(await sql('SELECT id FROM relance.messages')).toEqual([]);
    expect(await sumOf('bill')).toMatchObject({ follow_ups: 4 });
  });

  it('is the same when somebody has been erased', async () => {
    await story(async () => {});
    await countAll();
    const before = [await sumOf('bill'), await waitsOf('bill'), await sumOf('note'), await waitsOf('note')];
    await world.node.erasures.erase('default', 'ana', { by: 'key', reason: null });
    await world.settle();
    await isExact();
    const [bill, waits, ...notes] = [
      await sumOf('bill'),
      await waitsOf('bill'),
      await sumOf('note'),
      await waitsOf('note'),
    ];
    // Somebody else is asked from now on; what ana was asked and answered counts as it did.
    expect(notes).toEqual(before.slice(2));
    expect(bill).toMatchObject({ follow_ups: 4, resolved: 2, answered: 1 });
    expect(waits?.filter((one) => one.startsWith('response came'))).toEqual(
      (before[1] as readonly string[]).filter((one) => one.startsWith('response came')),
    );
  });

  it('answers the same by months that are added up as by days, also while one of them has changed', {
    timeout: 180_000,
  }, async () => {
    await story(async () => {});
    await world.advance('30 days');
    await world.event('bill.made', { id: '9', who: 'bo' });
    await world.settle();
    await countAll();
    const byDays = await answers();
    const all = createFigures(world.database, LOUD, { rowsMin: 1, restMinutes: 0 });
    // In October nothing opened, and that is known.
    await sql(
      `INSERT INTO relance.metric_months (slot, tenant, month, stale, changed_days, added_at) SELECT slot, tenant, '2026-10-01'::date, false, 0, clock_timestamp() FROM relance.metric_months LIMIT 1`,
    );
    expect(await all.addUp()).toBe(2);
    expect(await all.addUp()).toBe(0);
    expect(await answers()).toEqual(byDays);
    // The three of them are read as a quarter, where all of it is asked for.
    const addToQuarter = (count: number) =>
      sql(`UPDATE relance.metric_sums SET follow_ups = follow_ups + ${count} WHERE span = 'quarter'`);
    await addToQuarter(1_000);
    const wrongQuarter = await answers();
    const differ = byDays.flatMap((one, index) => (isDeepStrictEqual(one, wrongQuarter[index]) ? [] : [index]));
    expect(differ.length).toBeGreaterThan(5);
    expect(differ.length).toBeLessThan(byDays.length / 2);
    await addToQuarter(-1_000);
    expect(await answers()).toEqual(byDays);
    await receipt((await messagesOf('1'))[0]?.id ?? '', 'bounced'); // of November, a month later
    await countAll();
    const changed = await answers();
    expect(changed).not.toEqual(byDays);
    await addToQuarter(1_000); // it is not read until it is made anew
    expect(await answers()).toEqual(changed);
    // One day of the month has changed: its sums are read no more, those of the others are, and stay when the month is added up again.
    const [month] = await sql<{ month: string; days: number }>(
      `SELECT month::text, changed_days AS days FROM relance.metric_months WHERE stale`,
    );
    const day = `${String(month?.month).slice(0, 8)}${String(Math.log2(Number(month?.days)) + 1).padStart(2, '0')}`;
    const add = (count: number, days: string) =>
      sql(
        `UPDATE relance.metric_sums SET follow_ups = follow_ups + ${count} WHERE span = 'day' AND day ${days} '${day}'`,
      );
    await add(1_000, '=');
    expect(await answers()).toEqual(changed);
    await add(1_000, '<>');
    const wrongDays = await answers();
    expect(wrongDays).not.toEqual(changed);
    expect(await all.addUp()).toBe(1);
    expect(await answers()).not.toEqual(changed);
    await add(-1_000, '<>');
    expect(await answers()).toEqual(changed);
    await addToQuarter(1_000);
    expect(await answers()).not.toEqual(changed);
    await addToQuarter(-1_000);
    // Neither is one of which a month has been added up since.
    await sql(`UPDATE relance.metric_months SET added_at = clock_timestamp() WHERE month = '2026-11-01'`);
    await addToQuarter(1_000);
    expect(await answers()).toEqual(changed);
    // A month of which nothing is known is read by all of its days.
    const known = await sql(`DELETE FROM relance.metric_months RETURNING *`);
    expect(known.length).toBeGreaterThan(1);
    expect(await answers()).toEqual(changed);
    await sql(
      `INSERT INTO relance.metric_months (slot, tenant, month, stale, changed_days) SELECT DISTINCT slot, tenant, month, false, 0 FROM relance.metric_sums`,
    );
    expect(await answers()).toEqual(changed);
    // That months are read at all: what is wrong in them shows.
    await sql(`UPDATE relance.metric_sums SET follow_ups = 1000`);
    const wrong = await answers();
    expect(wrong.filter((one, index) => !isDeepStrictEqual(one, changed[index])).length).toBeGreaterThan(50);
  });

  it('tells what has run out, what reached nobody, and at whose hours people were interrupted', async () => {
    await world.people([{ id: 'eve', email: 'eve@example.test', timeZone: 'Europe/Paris' }]);
    await world.event('note.made', { id: 'n', who: 'ana' }); // four in the morning in New York
    await world.event('note.made', { id: 'p', who: 'eve' }); // ten in Paris
    await world.event('note.made', { id: 'x', who: 'nobody-known' });
    await world.advance('3 days');
    await isExact();
    const told = async () => {
      const all = (await sums()).filter(
        ({ policy, stage, channel }) => policy === 'note' && stage === '' && channel === '',
      );
      const names = ['exhausted', 'unreached', 'interrupted_night', 'interrupted_business', 'interrupted_evening'];
      return names.map((name) => all.reduce((sum, row) => sum + Number(row[name]), 0));
    };
    expect(await told()).toEqual([2, 1, 1, 1, 0]);
    await command('n', 'ana', { kind: 'resolve', outcome: null });
    await command('x', 'bo', { kind: 'cancel' });
    await isExact();
    expect(await told()).toEqual([1, 1, 1, 1, 0]);
    // Whoever moves was still interrupted at the hours that they had.
    await sql("UPDATE relance.recipients SET time_zone = 'Asia/Tokyo' WHERE id = 'eve'");
    await isExact();
    expect(await told()).toEqual([1, 1, 1, 1, 0]);
  });

  it('knows which promises were kept, which were missed, and which are still ahead', async () => {
    for (const id of ['1', '2', '3', '4']) await world.event('bill.made', { id, who: 'ana' });
    await world.settle();
    const begun = await world.now();
    const promised = (days: number) => (begun + days * DAY_MS) as Instant;
    for (const id of ['1', '2', '3', '4']) await command(id, 'ana', { kind: 'commit', by: promised(2) });
    await command('1', 'ana', { kind: 'resolve', outcome: null });
    await command('4', 'ana', { kind: 'unacknowledge' });
    await isExact();
    const told = async () => {
      const all = (await sums()).filter(({ stage, channel }) => stage === '' && channel === '');
      const names = ['commitments', 'commitments_kept', 'commitments_missed'];
      return names.map((name) => all.reduce((sum, row) => sum + Number(row[name]), 0));
    };
    expect(await told()).toEqual([3, 1, 0]);
    await command('3', 'ana', { kind: 'commit', by: promised(9) });
    await world.advance('3 days'); // nobody has done the second
    await isExact();
    expect(await told()).toEqual([3, 1, 1]);
    await command('2', 'ana', { kind: 'resolve', outcome: null });
    await command('3', 'ana', { kind: 'resolve', outcome: null });
    await isExact();
    expect(await told()).toEqual([3, 2, 1]);
  });

  it('is nobody’s but its tenant’s', async () => {
    await story(async () => {});
    await countAll();
    const seen = await world.database.transaction({ kind: 'tenant', tenant: 'other' }, async (tx) => [
      ...(await tx.query('SELECT FROM relance.metric_days')),
      ...(await tx.query('SELECT FROM relance.metric_facts')),
      ...(await tx.query('SELECT FROM relance.metric_marks')),
      ...(await tx.query('SELECT FROM relance.metric_people')),
    ]);
    expect(seen).toEqual([]);
  });
});

/** Every transaction dies at that statement of it, if it has so many. */
function dyingAt(database: Database, statement: number): { readonly database: Database; died(): boolean } {
  let died = false;
  return {
    died: () => died,
    database: {
      ...database,
      transaction: (scope, work) =>
        database.transaction(scope, (tx) => {
          let count = 0;
          return work({
            query: (text, values) => {
              count += 1;
              if (count > 1 && count === statement) {
                died = true;
                throw new Error('died');
              }
              return tx.query(text, values);
            },
          });
        }),
    },
  };
}
