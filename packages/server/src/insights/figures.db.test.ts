// Figures stay exact whatever comes late: after each act of a story they are counted, and then all of them are counted anew from the
// rows, to the same bytes. So they are when counted twice, by two at once, and by one that dies between any two statements.
import { isDeepStrictEqual } from 'node:util';
import { type MetricKey, unpackTimes, wireMetricRow } from '@relance/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createWorld, eventOf, quietLog, type World } from '../../../../test/world.ts';
import type { CommandRequest } from '../engine/ports.ts';
import { Sweep } from '../engine/sweep.ts';
import { type Database, ENGINE } from '../store/database.ts';
import { readSums } from '../store/sql/metric-read.ts';
import { putTenantSettings } from '../store/sql/tenant.ts';
import { createFigures } from './figures.ts';

const BILL = `
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

let world: World;
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
    putTenantSettings(tx, 'default', { zone: 'America/New_York', tracking: { opens: true, clicks: true, sms: false } }),
  );
});
afterEach(() => world.end());

const sql = <Row extends object>(text: string, values: unknown[] = []): Promise<Row[]> =>
  world.database.transaction(ENGINE, (tx) => tx.query<Row>(text, values));
const idOf = async (key: string): Promise<string> =>
  (await sql<{ id: string }>('SELECT id FROM relance.follow_ups WHERE key = $1 ORDER BY id DESC', [key]))[0]?.id ?? '';
const messagesOf = async (key: string) =>
  sql<{ id: string; stage: string; recipient: string; channel: string; status: string }>(
    'SELECT id, stage, recipient, channel, status FROM relance.messages WHERE follow_up_id = $1 ORDER BY planned_at, id',
    [await idOf(key)],
  );
const command = async (key: string, actor: string, one: CommandRequest['command'], message?: string): Promise<void> => {
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
const receipt = (id: string, kind: 'delivered' | 'bounced' | 'opened') =>
  world.node.receipts.take('default', 'test', [{ message: { id }, kind, at: null, detail: null }]);

/** What cannot be counted is logged, and the others are; here it is a failure. */
const LOUD = {
  error({ error }: { readonly error?: unknown }): void {
    throw error;
  },
};
const figures = () => createFigures(world.database, LOUD);
const countAll = async (): Promise<number> => {
  let all = 0;
  for (;;) {
    const { counted } = await figures().count();
    if (counted === 0) return all;
    all += counted;
  }
};
/** Every sum, cells that came to nothing left out. */
const sums = () =>
  sql<Row>(
    `SELECT d.*, d.day::text AS date FROM relance.metric_days d WHERE follow_ups + messages + answered + length(times) > 0
     ORDER BY d.tenant, d.day, d.stage, d.channel, d.policy, d.team, d.level`,
  );
type Row = Readonly<Record<string, unknown>> & { readonly times: Uint8Array };
const sumOf = async (policy: string, stage = '', channel = '') => {
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
/** `response came 3600` and `response waits`, of all days. */
const waitsOf = async (policy: string, channel = ''): Promise<string[]> => {
  const seen: string[] = [];
  for (const row of (await sums()).filter(
    (one) => one.policy === policy && one.stage === '' && one.channel === channel,
  ))
    unpackTimes(row.times, {
      ended(kind, rank, events, censored) {
        seen.push(...Array(events).fill(`${kind} came ${rank}`), ...Array(censored).fill(`${kind} left ${rank}`));
      },
      waiting: (kind, _, count) => seen.push(...Array(count).fill(`${kind} waits`)),
    });
  return seen.sort();
};
/** Counts what has changed, then everything from the rows as if nothing had ever been counted: to the byte the same. */
const isExact = async (): Promise<void> => {
  await countAll();
  const before = await sums();
  await sql('DELETE FROM relance.metric_facts');
  await sql('DELETE FROM relance.metric_days');
  await sql(
    'INSERT INTO relance.metric_marks (slot, follow_up_id, tenant) SELECT slot, id, tenant FROM relance.follow_ups',
  );
  await countAll();
  expect(before).toEqual(await sums());
};

/** Every question about two of four windows. */
async function answers(): Promise<readonly unknown[]> {
  const keys: readonly MetricKey[] = ['policy', 'stage', 'channel', 'team', 'level', 'day'];
  const groupings = Array.from({ length: 64 }, (_, bits) => keys.filter((_, index) => (bits >> index) & 1));
  const windows = [
    ['2026-11-01', '2026-12-31'],
    ['2026-11-01', '2026-11-30'],
    ['2026-11-03', '2026-12-15'],
    ['2026-10-10', '2027-01-10'],
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
async function story(after: () => Promise<void>): Promise<void> {
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

describe('what is counted', () => {
  it('is the same after each act as if all of it were counted anew', async () => {
    await story(isExact);
    expect(await sumOf('bill')).toMatchObject({ follow_ups: 4, open: 1, resolved: 2, escalated: 3 });
    expect(await sumOf('bill', 'escalation')).toMatchObject({ follow_ups: 3, resolved: 2, resolved_after: 2 });
    expect(await sumOf('bill', 'reminder', 'email')).toMatchObject({ messages: 3, accepted: 3, bounced: 1 });
    expect(await sumOf('note')).toMatchObject({ follow_ups: 3, messages: 3, accepted: 3, bounced: 3, merged: 0 });
    const days = new Set((await sums()).map(({ date }) => date));
    expect([...days]).toEqual(['2026-11-02', '2026-11-10', '2026-11-11']);
  });

  it('knows who answered what after how long, and who has not', async () => {
    await world.event('bill.made', { id: '1', who: 'ana' });
    await world.settle();
    await countAll();
    // The mail and the item of the inbox; the requester is told, and asked for nothing.
    expect(await waitsOf('bill')).toEqual(['acknowledge waits', 'resolve waits', 'response waits']);
    expect(await waitsOf('bill', 'inbox')).toEqual(['acknowledge waits', 'resolve waits', 'response waits']);
    await world.advance('1 hour');
    const mail = (await messagesOf('1')).find(({ channel, recipient }) => channel === 'email' && recipient === 'ana');
    await command('1', 'ana', { kind: 'acknowledge' }, mail?.id);
    await countAll();
    // Ranks: 3,600 seconds is the 1,924th place of the scale.
    const asked = ['acknowledge came 1924', 'resolve waits'];
    expect(await waitsOf('bill')).toEqual([...asked, 'response came 1924']);
    // On each channel alone: the mail was answered, and the item of the inbox waited until then.
    expect(await waitsOf('bill', 'email')).toEqual([...asked, 'response came 1924']);
    expect(await waitsOf('bill', 'inbox')).toEqual([...asked, 'response left 1924']);
    expect(await sumOf('bill')).toMatchObject({ answered: 1 });
  });

  it('leaves who did not answer out of the times only from the next reminder on', async () => {
    await world.event('bill.made', { id: '1', who: 'ana' });
    await world.advance('3 days');
    await command('1', 'ana', { kind: 'resolve', outcome: null });
    await countAll();
    const waits = await waitsOf('bill');
    expect(waits.filter((one) => one.startsWith('response left'))).toHaveLength(1); // the notice, once, though by two channels
    expect(waits.filter((one) => one.startsWith('response came'))).toHaveLength(1);
    expect(waits.filter((one) => one.startsWith('resolve came'))).toHaveLength(1);
    expect(waits.join()).not.toContain('waits');
  });

  it('keeps what earlier generations asked when one opens again under a newer version', async () => {
    await world.event('bill.made', { id: '1', who: 'ana' });
    await world.settle();
    await world.advance('1 hour');
    await command('1', 'ana', { kind: 'resolve', outcome: null });
    await countAll();
    const before = (await waitsOf('bill')).filter((one) => one.startsWith('response'));
    expect(before).toEqual(['response came 1924']);
    await world.policy(BILL.replaceAll('notice', 'nudge'));
    await world.node.commands.reopen('default', { kind: 'id', id: await idOf('1') }, { kind: 'api', id: null });
    await world.settle();
    await countAll();
    const after = (await waitsOf('bill')).filter((one) => one.startsWith('response'));
    expect(after).toEqual(['response came 1924', 'response waits']);
  });

  it('does not wait for an answer to what bounced, alone or in a digest', async () => {
    for (const id of ['a', 'b']) await world.event('note.made', { id, who: 'dan' });
    await world.advance('1 day');
    await countAll();
    expect((await waitsOf('note')).filter((one) => one === 'response waits')).toHaveLength(2);
    const all = (await Promise.all(['a', 'b'].map(messagesOf))).flat();
    await receipt(all.find(({ status }) => status === 'accepted')?.id ?? '', 'bounced');
    await countAll();
    expect((await waitsOf('note')).filter((one) => one.startsWith('response'))).toEqual([]);
    // Nor when its carrier is forgotten first.
    await sql(`DELETE FROM relance.messages WHERE status = 'bounced'`);
    await sql(
      'INSERT INTO relance.metric_marks (slot, follow_up_id, tenant) SELECT slot, id, tenant FROM relance.follow_ups',
    );
    await countAll();
    expect((await waitsOf('note')).filter((one) => one.startsWith('response'))).toEqual([]);
  });

  it('is had in pieces where there is much, and one that told very many rests before it is counted again', async () => {
    for (const id of ['1', '2', '3']) await world.event('bill.made', { id, who: 'ana' });
    await world.settle();
    await countAll();
    const mark = () =>
      sql(
        'INSERT INTO relance.metric_marks (slot, follow_up_id, tenant) SELECT slot, id, tenant FROM relance.follow_ups',
      );
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
    let undone = 0;
    for (let statement = 2; statement < 12; statement++) {
      const before = await sums();
      await sql(
        'INSERT INTO relance.metric_marks (slot, follow_up_id, tenant) SELECT slot, id, tenant FROM relance.follow_ups',
      );
      await sql('UPDATE relance.follow_ups SET team = $1', [`team${statement}`]);
      await createFigures(dyingAt(world.database, statement), quietLog).count();
      const marks = await sql('SELECT 1 FROM relance.metric_marks');
      if (marks.length === 6) {
        expect(await sums()).toEqual(before);
        undone += 1;
      }
      await countAll();
      expect((await sums()).every(({ team }) => team === `team${statement}`)).toBe(true);
    }
    expect(undone).toBeGreaterThan(4);
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
    await sql(
      'INSERT INTO relance.metric_marks (slot, follow_up_id, tenant) SELECT slot, id, tenant FROM relance.follow_ups',
    );
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

  it('answers the same by months that are added up as by days, also while one of them has changed', async () => {
    await story(async () => {});
    await world.advance('30 days');
    await world.event('bill.made', { id: '9', who: 'bo' });
    await world.settle();
    await countAll();
    const byDays = await answers();
    const all = createFigures(world.database, LOUD, { rowsMin: 1, restMinutes: 0 });
    expect(await all.addUp()).toBe(2);
    expect(await all.addUp()).toBe(0);
    expect(await answers()).toEqual(byDays);
    await receipt((await messagesOf('1'))[0]?.id ?? '', 'bounced'); // of November, a month later
    await countAll();
    const changed = await answers();
    expect(changed).not.toEqual(byDays);
    expect(await all.addUp()).toBe(1);
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

  it('is nobody’s but its tenant’s', async () => {
    await story(async () => {});
    await countAll();
    const seen = await world.database.transaction({ kind: 'tenant', tenant: 'other' }, async (tx) => [
      ...(await tx.query('SELECT FROM relance.metric_days')),
      ...(await tx.query('SELECT FROM relance.metric_facts')),
      ...(await tx.query('SELECT FROM relance.metric_marks')),
    ]);
    expect(seen).toEqual([]);
  });
});

/** Every transaction dies at that statement of it, if it has so many. */
function dyingAt(database: Database, statement: number): Database {
  return {
    ...database,
    transaction: (scope, work) =>
      database.transaction(scope, (tx) => {
        let count = 0;
        return work({
          query: (text, values) => {
            count += 1;
            if (count > 1 && count === statement) throw new Error('died');
            return tx.query(text, values);
          },
        });
      }),
  };
}
