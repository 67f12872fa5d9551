// Starting on a database that an administrator prepared: a user who may create nothing finds nothing to create. And on one
// that is in use since an earlier release: what is there is taken along, and big tables are not written anew.
import { createHash, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { countedSeconds, noTimes, packTimes, SECONDS_OF_RANK } from '@relance/core';
import pg from 'pg';
import { expect, it } from 'vitest';
import { createTestDatabase } from '../../../../test/database.ts';
import { type Counted, unpacked } from '../../../core/src/packed-times.test-kit.ts';
import { migrate, migrationNames } from './migrate.ts';

it('asks for no more rights than it needs once the schema is there', async () => {
  const { url, drop } = await createTestDatabase();
  const name = `plain_${randomBytes(4).toString('hex')}`;
  const admin = new pg.Client({ connectionString: url });
  await admin.connect();
  try {
    await admin.query(`CREATE ROLE ${name} LOGIN PASSWORD 'plain' NOSUPERUSER NOCREATEROLE NOCREATEDB`);
    await admin.query(`GRANT relance_engine, relance_api TO ${name}`);
    const own = Object.assign(new URL(url), { username: name, password: 'plain' });
    expect(await migrate(own.href)).toEqual([]);
  } finally {
    await admin.query(`DROP ROLE ${name}`).finally(() => admin.end());
    await drop();
  }
});

/** As a release left it that knew the migrations up to a number; `from` where an earlier one has left it already. */
async function migratedUpTo(client: pg.Client, last: number, from = 0): Promise<void> {
  if (from === 0)
    await client.query(`CREATE SCHEMA relance; CREATE TABLE relance.migrations (
    number integer PRIMARY KEY, name text NOT NULL, digest text NOT NULL, applied_at timestamptz NOT NULL DEFAULT clock_timestamp())`);
  const numbered = migrationNames().map((name) => ({ name, number: Number.parseInt(name, 10) }));
  for (const { name } of numbered.filter(({ number }) => number > from && number <= last)) {
    const sql = readFileSync(new URL(`./migrations/${name}`, import.meta.url), 'utf8');
    await client.query(sql);
    await client.query('INSERT INTO relance.migrations (number, name, digest) VALUES ($1, $2, $3)', [
      Number.parseInt(name, 10),
      name,
      createHash('sha256').update(sql).digest('hex'),
    ]);
  }
}

const FOLLOW_UP = '019a0000-0000-7000-9000-000000000001';
const MESSAGES = { alarm: '019a0000-0000-7000-8000-000000000001', notice: '019a0000-0000-7000-8000-000000000002' };

it('takes along what an earlier release left, and writes no big table anew', async () => {
  const { url, drop } = await createTestDatabase({ migrated: false });
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const files = async () =>
    (
      await client.query(`SELECT oid::regclass::text AS name, pg_relation_filenode(oid) AS file FROM pg_class
        WHERE oid IN ('relance.activities'::regclass, 'relance.activities_list'::regclass, 'relance.inbox'::regclass)`)
    ).rows;
  try {
    await migratedUpTo(client, 36);
    const activity = `INSERT INTO relance.activities (slot, tenant, recipient, type, at, id) VALUES (1, 'default', 'ana', 'viewed', '2026-11-01', $1)`;
    await client.query(activity, [MESSAGES.notice]);
    await client.query('CREATE TABLE relance.messages_all PARTITION OF relance.messages DEFAULT');
    for (const [title, id] of Object.entries(MESSAGES)) {
      const stage = title === 'alarm' ? '@alarm' : title;
      await client.query(
        `INSERT INTO relance.messages (slot, id, tenant, follow_up_id, stage, run, notify, entry, recipient, channel, status, reason, attempts, planned_at)
         VALUES (1, $1, 'default', $2, $3, 1, 0, 0, 'ana', 'inbox', 'accepted', 'stage_due', 1, '2026-11-01')`,
        [id, FOLLOW_UP, stage],
      );
      await client.query(
        `INSERT INTO relance.inbox (slot, tenant, recipient, message_id, follow_up_id, at, title, body, seq, changed) VALUES (1, 'default', 'ana', $1, $2, '2026-11-01', $3, '', 1, 1)`,
        [id, FOLLOW_UP, title],
      );
    }
    const before = await files();
    expect((await migrate(url)).length).toBeGreaterThan(2);
    expect(await files()).toEqual(before);
    await client.query(activity, [MESSAGES.alarm]);
    const { rows: activities } = await client.query(
      'SELECT id, arrival FROM relance.activities ORDER BY arrival DESC NULLS LAST',
    );
    expect(activities).toEqual([
      { id: MESSAGES.alarm, arrival: '1' },
      { id: MESSAGES.notice, arrival: null },
    ]);
    // An alarm stands alone, whichever release told it.
    const { rows: items } = await client.query('SELECT title, alone FROM relance.inbox ORDER BY title');
    expect(items).toEqual([
      { title: 'alarm', alone: true },
      { title: 'notice', alone: false },
    ]);
  } finally {
    await client.end().finally(drop);
  }
});

it('takes along every choice, link, secret and message, whoever migrates', async () => {
  const { url, drop } = await createTestDatabase({ migrated: false });
  const name = `owner_${randomBytes(4).toString('hex')}`;
  const admin = new pg.Client({ connectionString: url });
  await admin.connect();
  const own = Object.assign(new URL(url), { username: name, password: 'plain' });
  const owner = new pg.Client({ connectionString: own.href });
  try {
    // It may become the roles of Relance, and sees by itself no more than an owner does.
    await admin.query(`CREATE ROLE ${name} LOGIN PASSWORD 'plain' NOSUPERUSER NOINHERIT`);
    await admin.query(`GRANT relance_engine, relance_api TO ${name}`);
    await admin.query(`GRANT CREATE ON DATABASE ${new URL(url).pathname.slice(1)} TO ${name}`);
    await owner.connect();
    await migratedUpTo(owner, 19);
    await admin.query(`
      INSERT INTO relance.outbox (slot, id, tenant, follow_up_id, stage, run, notify, entry, recipient, channel, status, after_ms, role, urgency, stopped_by, reason, planned_at)
        VALUES (1, '${MESSAGES.notice}', 'acme', '${FOLLOW_UP}', 'notice', 1, 0, 1, 'ana', 'sms', 'planned', 60000, 'notice', 1, 0, 'stage_due', '2026-11-01');
      INSERT INTO relance.templates (tenant, id, body) VALUES ('acme', 'hello', '{"email":{"subject":"Hi","mjml":"<mjml/>","html":"<p/>"}}');
      INSERT INTO relance.inbox (slot, tenant, recipient, message_id, follow_up_id, at, title, body)
        SELECT 1, 'acme', 'ana', gen_random_uuid(), '${FOLLOW_UP}', '2026-11-01', 'Hi', '' FROM generate_series(1, 3)`);
    await migratedUpTo(owner, 34, 19);
    await admin.query(`INSERT INTO relance.webhooks (tenant, id, url, secret, old_secret, old_until)
      VALUES ('acme', 'orders', 'https://shop.test/hook', 'new', 'old', '2026-11-02T00:00:00Z')`);
    await migratedUpTo(owner, 39, 34);
    await admin.query(`
      INSERT INTO relance.opt_outs (slot, tenant, recipient, category, at, evidence, lifted_at) VALUES
        (1, 'acme', 'ana', 'news', '2026-11-01', '{"how":"one_click"}', NULL), (2, 'other', 'bo', 'news', '2026-11-02', '{}', '2026-11-03');
      INSERT INTO relance.unsubscribe_tokens (hash, tenant, recipient, category) VALUES ('\\x01', 'acme', 'ana', 'news');
      INSERT INTO relance.categories (tenant, id, title, defaults) VALUES ('acme', 'news', 'News', '{"old":1}')`);
    await owner.end();
    await migrate(own.href);
    const rows = async (text: string) => (await admin.query(text)).rows;
    expect(await rows('SELECT tenant, recipient, category, channel, wanted FROM relance.choices ORDER BY 1')).toEqual([
      { tenant: 'acme', recipient: 'ana', category: 'news', channel: '', wanted: false },
      { tenant: 'other', recipient: 'bo', category: 'news', channel: '', wanted: true },
    ]);
    expect(await rows('SELECT recipient, changed_to, how FROM relance.preference_changes ORDER BY id')).toEqual([
      { recipient: 'ana', changed_to: false, how: 'one_click' },
      { recipient: 'bo', changed_to: false, how: 'page' },
      { recipient: 'bo', changed_to: true, how: 'page' },
    ]);
    expect(await rows('SELECT recipient, purpose FROM relance.page_tokens')).toEqual([
      { recipient: 'ana', purpose: 'unsubscribe' },
    ]);
    expect(await rows('SELECT defaults FROM relance.categories')).toEqual([{ defaults: {} }]);
    expect(await rows('SELECT after FROM relance.outbox')).toEqual([
      { after: { duration: { kind: 'exact', ms: 60_000 }, zone: 'UTC' } },
    ]);
    expect(await rows('SELECT body, compiled FROM relance.templates')).toEqual([
      {
        body: { email: { subject: 'Hi', mjml: '<mjml/>' } },
        compiled: { email: { subject: 'Hi', mjml: '<mjml/>', html: '<p/>' } },
      },
    ]);
    expect(await rows('SELECT changed FROM relance.inbox ORDER BY 1')).toEqual(
      ['1', '2', '3'].map((changed) => ({ changed })),
    );
    expect(await rows(`SELECT nextval('relance.inbox_change')`)).toEqual([{ nextval: '4' }]);
    expect(await rows('SELECT old_secrets FROM relance.webhooks')).toEqual([
      { old_secrets: [{ secret: 'old', until: Date.parse('2026-11-02T00:00:00Z') }] },
    ]);
    // And afterwards nobody reads past the tenants.
    const open = `SELECT relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = 'relance'
      WHERE relrowsecurity AND NOT relforcerowsecurity`;
    expect(await rows(open)).toEqual([]);
  } finally {
    await owner.end().catch(() => {});
    await admin.end().finally(drop);
    const rest = await createTestDatabase({ migrated: false });
    const client = new pg.Client({ connectionString: rest.url });
    await client.connect();
    await client.query(`DROP ROLE IF EXISTS ${name}`).finally(() => client.end());
    await rest.drop();
  }
});

/** The scale of before: by the second up to 1,024, then 512 steps for each doubling. */
const secondsBefore = (rank: number): number => {
  const doubling = rank < 1_024 ? 0 : Math.floor(rank / 512) - 1;
  return (rank - doubling * 512) * 2 ** doubling;
};
/** On the scale of now, as docs/guide/metrics.md has it. */
const secondsNow = (seconds: number): number => {
  const [, step] = [
    [600, 1],
    [3_600, 5],
    [21_600, 30],
    [172_800, 180],
    [1_209_600, 900],
    [7_776_000, 7_200],
    [63_072_000, 43_200],
  ].find(([until = 0]) => seconds < until) ?? [0, 432_000];
  return seconds - (seconds % (step ?? 1));
};

it('brings what was added up to the scale of durations that there is now, and counts what can be counted again', async () => {
  const { url, drop } = await createTestDatabase({ migrated: false });
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await migratedUpTo(client, 91);
    // Every fourth place that there was, with counts of one byte and of several; and two packs, one after the other.
    const places = Array.from({ length: 11_776 / 4 }, (_, at) => at * 4);
    const times: readonly Counted[] = [
      ...places.flatMap((at): Counted[] => [
        { kind: 'response', what: 'came', at, count: at % 300 },
        { kind: 'response', what: 'left', at, count: (at * 7) % 90_000 },
        { kind: 'resolve', what: 'came', at: at + 1, count: 1 },
      ]),
      { kind: 'acknowledge', what: 'waits', at: 29_000_000, count: 130 },
      { kind: 'acknowledge', what: 'waits', at: 29_000_001, count: 1 },
    ];
    const few: readonly Counted[] = [
      { kind: 'acknowledge', what: 'came', at: 11_775, count: 3 },
      { kind: 'acknowledge', what: 'left', at: 11_775, count: 2 },
    ];
    const given = [[times], [times, few], []];
    for (const [level, packs] of given.entries())
      await client.query(
        `INSERT INTO relance.metric_days (slot, tenant, day, policy, stage, channel, team, level, times) VALUES (1, 'acme', '2026-11-01', 'p', '', '', '', $1, $2)`,
        [level, Buffer.concat(packs.map(packedBefore))],
      );
    await client.query(
      `INSERT INTO relance.metric_months (slot, tenant, month, stale, added_at) VALUES (1, 'acme', '2026-11-01', false, now())`,
    );
    expect(await migrate(url)).toContain('0092-duration-scale.sql');
    const { rows } = await client.query<{ times: Buffer }>('SELECT times FROM relance.metric_days ORDER BY level');
    expect(rows.map((row) => bySeconds(unpacked(row.times), (rank) => SECONDS_OF_RANK[rank] ?? -1))).toEqual(
      given.map((packs) => bySeconds(packs.flat(), (rank) => secondsNow(secondsBefore(rank)))),
    );
    // Each place once, as whoever adds to it needs it.
    expect(packTimes(noTimes(), rows[0]?.times)).toEqual(Uint8Array.from(rows[0]?.times ?? []));
    const { rows: months } = await client.query('SELECT stale, added_at, changed_days FROM relance.metric_months');
    expect(months).toEqual([{ stale: true, added_at: null, changed_days: 2_147_483_647 }]);
    const { rows: seconds } = await client.query(
      'SELECT relance.counted_seconds(s) AS seconds FROM unnest($1::float8[]) AS s',
      [SECONDS],
    );
    expect(seconds.map(({ seconds: counted }) => Number(counted))).toEqual(
      SECONDS.map((s) => countedSeconds(s * 1_000)),
    );
  } finally {
    await client.end().finally(drop);
  }
});

const SECONDS = [-1, 0, 0.9, 599, 604, 3_599, 21_599, 86_400, 90_000.5, 172_799, 1_209_601, 7_776_000, 9e7, 1e12];

/** As packs were until migration 0095: of each place its distance, how many came and how many were given up, a number each. */
function packedBefore(counted: readonly Counted[]): Buffer {
  const placesOf = (own: readonly Counted[]): [number, readonly Counted[]][] =>
    [
      ...Map.groupBy(
        own.filter(({ count }) => count > 0),
        ({ at }) => at,
      ),
    ].sort(([a], [b]) => a - b);
  const countOf = (own: readonly Counted[], what: Counted['what']): number =>
    own.filter((one) => one.what === what).reduce((sum, { count }) => sum + count, 0);
  const numbers = (['response', 'resolve', 'acknowledge'] as const).flatMap((kind) => {
    const own = counted.filter((one) => one.kind === kind);
    const ended = placesOf(own.filter(({ what }) => what !== 'waits'));
    const waiting = placesOf(own.filter(({ what }) => what === 'waits'));
    const distance = (places: typeof ended, index: number): number =>
      (places[index]?.[0] ?? 0) - (places[index - 1]?.[0] ?? 0);
    return [
      ended.length,
      ...ended.flatMap(([, all], index) => [distance(ended, index), countOf(all, 'came'), countOf(all, 'left')]),
      waiting.length,
      ...waiting.flatMap(([, all], index) => [distance(waiting, index), countOf(all, 'waits')]),
    ];
  });
  return Buffer.from(numbers.flatMap(leb128));
}
const leb128 = (value: number): readonly number[] =>
  value < 128 ? [value] : [(value % 128) + 128, ...leb128(Math.floor(value / 128))];

/** By what they are of and how many seconds. */
function bySeconds(counted: readonly Counted[], secondsOf: (rank: number) => number): Readonly<Record<string, number>> {
  const sums: Record<string, number> = {};
  for (const { kind, what, at, count } of counted) {
    if (count === 0) continue;
    const name = `${kind} ${what} ${what === 'waits' ? at : secondsOf(at)}`;
    sums[name] = (sums[name] ?? 0) + count;
  }
  return sums;
}
