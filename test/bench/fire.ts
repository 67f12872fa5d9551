// fire: follow-ups advanced per second, many waiting and a share of them due. Each advance runs a reminder stage: the
// follow-up's row and timer move, one message goes to the outbox, one line to the timeline. Ours is the real wake loop;
// the floor is one bare SQL statement that does the same writes to the same tables for the same number of rows.
import { type Instant, toRfc3339 } from '@relance/core';
import { wallNow } from '../../packages/server/src/app/wall-clock.ts';
import { inboxConnection, mailboxConnection } from '../../packages/server/src/channels/local.ts';
import { abreast } from '../../packages/server/src/engine/abreast.ts';
import { createEngine, type RunningEngine } from '../../packages/server/src/engine/loop.ts';
import { BATCH, Wake } from '../../packages/server/src/engine/wake.ts';
import { actionWords } from '../../packages/server/src/responses/action-link.ts';
import { type Database, ENGINE, openDatabase } from '../../packages/server/src/store/database.ts';
import { slotsDue } from '../../packages/server/src/store/sql/follow-up.ts';
import { publishPolicy } from '../../packages/server/src/store/sql/policy.ts';
import { putRecipients } from '../../packages/server/src/store/sql/recipient.ts';
import { eventOf, noMetrics, noResolvers, person, quietLog, SECRET } from '../world.ts';
import { compared, median, quantile } from './machine.ts';

const START = Date.UTC(2026, 10, 2, 9) as Instant;
const DUE = (START + 86_400_000) as Instant;
const POLICY = {
  policy: 'bench',
  open: { on: 'bench' },
  key: 'event.data.id',
  assignee: 'event.data.assignee',
  stages: [
    { id: 'notice', at: 'opened', notify: { via: ['email'] } },
    { id: 'reminder', at: 'opened + 1 day', notify: { via: ['email'] } },
    { id: 'last', at: 'opened + 3 days', notify: { via: ['email'] } },
  ],
};

/** A million rows are laid out by one statement. */
const STATEMENT_MAX_MS = 600_000;

export interface FireSize {
  readonly waiting: number;
  readonly due: number;
}

async function setClock(database: Database, at: Instant): Promise<void> {
  await database.transaction(ENGINE, (tx) =>
    tx.query(`UPDATE relance.clock SET mode = 'virtual', story_at = $1`, [toRfc3339(at)]),
  );
}

function nodeOn(database: Database): RunningEngine {
  return createEngine({
    node: 'bench',
    database,
    connections: new Map([
      ['email', [mailboxConnection('email')]],
      ['inbox', [inboxConnection()]],
    ]),
    resolve: noResolvers,
    refusalOf: () => null,
    words: actionWords({ secret: SECRET, publicUrl: 'http://bench', wallNow }),
    log: quietLog,
    metrics: noMetrics,
  });
}

/** One follow-up by the real engine, then copied by SQL: the rows are what the core itself would have written. */
async function prepare(database: Database, node: RunningEngine, size: FireSize): Promise<void> {
  await setClock(database, START);
  await database.transaction(ENGINE, async (tx) => {
    await putRecipients(
      tx,
      'default',
      Array.from({ length: 1_000 }, (_, index) => person({ id: `r${index}`, email: `r${index}@example.test` })),
    );
    await publishPolicy(tx, 'default', { id: 'bench', version: 1, written: POLICY, category: 'general', by: null });
  });
  await node.ingest.submit('default', [eventOf('bench', { id: 'model', assignee: 'r0' })]);
  while ((await node.runAll()) > 0);
  await database.transaction(ENGINE, async (tx) => {
    await tx.query(
      `INSERT INTO relance.follow_ups (slot, id, tenant, policy, version, key, status, urgency, subject, data, assignee, opened_at, stage, next_at, next_stage, wake_at, state, revision, timeline_count)
       SELECT n % 64, overlay(overlay(overlay(f.id::text placing substr(md5('a' || n), 1, 12) from 25) placing substr(md5('b' || n), 1, 3) from 21) placing lpad(to_hex(((n % 64) << 6) | (n / 64 % 64)), 3, '0') from 16)::uuid,
         f.tenant, f.policy, f.version, 'k' || n, f.status, f.urgency, f.subject, f.data, 'r' || (n % 1000), f.opened_at, f.stage, w.at, f.next_stage, w.at, f.state, f.revision, f.timeline_count
       FROM relance.follow_ups f, generate_series(1, $1::int) n, LATERAL (SELECT CASE WHEN n <= $2::int THEN f.wake_at ELSE f.wake_at + interval '40 days' END AS at) w WHERE f.key = 'model'`,
      [size.waiting, size.due],
    );
    await tx.query(`DELETE FROM relance.timers`);
    await tx.query(`INSERT INTO relance.timers SELECT slot, wake_at, id FROM relance.follow_ups WHERE key <> 'model'`);
    await tx.query(
      `INSERT INTO relance.live_keys SELECT slot, tenant, policy, key, '', id FROM relance.follow_ups WHERE key <> 'model'`,
    );
  });
  await maintain(database);
}

/** As an autovacuum would have: a fresh load without statistics measures nothing real. */
async function maintain(database: Database): Promise<void> {
  await database.transaction(ENGINE, (tx) =>
    tx
      .query('SET LOCAL ROLE NONE')
      .then(() => tx.query('ANALYZE relance.follow_ups, relance.timers, relance.outbox, relance.timeline')),
  );
}

const due = async (database: Database): Promise<number> =>
  (
    await database.transaction(ENGINE, (tx) =>
      tx.query<{ n: number }>(`SELECT count(*) AS n FROM relance.timers WHERE wake_at <= $1`, [toRfc3339(DUE)]),
    )
  )[0]?.n ?? 0;

async function reset(database: Database): Promise<void> {
  await database.transaction(ENGINE, async (tx) => {
    await tx.query('DELETE FROM relance.outbox');
    await tx.query(
      `DELETE FROM relance.timeline WHERE seq > (SELECT timeline_count FROM relance.follow_ups WHERE key = 'model')`,
    );
    await tx.query(
      `UPDATE relance.follow_ups f SET state = m.state, revision = m.revision, timeline_count = m.timeline_count, stage = m.stage, next_at = $1, next_stage = m.next_stage, wake_at = $1, waits_for = m.waits_for
       FROM relance.follow_ups m WHERE m.key = 'model' AND f.revision <> m.revision`,
      [toRfc3339(DUE)],
    );
    await tx.query(
      `DELETE FROM relance.timers t USING relance.follow_ups f WHERE f.slot = t.slot AND f.id = t.follow_up_id AND t.wake_at <> f.wake_at`,
    );
    await tx.query(
      `INSERT INTO relance.timers SELECT slot, wake_at, id FROM relance.follow_ups WHERE key <> 'model' AND wake_at = $1 ON CONFLICT DO NOTHING`,
      [toRfc3339(DUE)],
    );
  });
  await maintain(database);
}

/** The wake loop's own road, slots abreast as it has them; each batch timed. */
async function ours(node: RunningEngine, width: number): Promise<{ rate: number; batchesMs: number[] }> {
  const { database } = node.engine;
  const wake = new Wake(node.engine);
  const slots = await database.transaction(ENGINE, (tx) => slotsDue(tx, DUE));
  const batchesMs: number[] = [];
  let advanced = 0;
  const since = performance.now();
  await abreast(width, slots, async (slot) => {
    for (;;) {
      const begun = performance.now();
      const done = await wake.runSlot(slot, DUE, BATCH);
      if (done === 0) return;
      advanced += done;
      batchesMs.push(performance.now() - begun);
    }
  });
  return { rate: advanced / ((performance.now() - since) / 1000), batchesMs };
}

/** The same rows by one statement: state, timer, message, line; nothing is decided. */
async function floor(database: Database, rows: number): Promise<number> {
  const since = performance.now();
  const [result] = await database.transaction(ENGINE, (tx) =>
    tx.query<{ n: number }>(
      `WITH due AS (DELETE FROM relance.timers WHERE wake_at <= $1 RETURNING slot, follow_up_id),
     moved AS (UPDATE relance.follow_ups f SET status = f.status, state = f.state || '{"floor": true}', revision = f.revision + 1, timeline_count = f.timeline_count + 1, stage = 'reminder', next_stage = 'last',
         next_at = f.wake_at + interval '2 days', wake_at = f.wake_at + interval '2 days' FROM due d WHERE f.slot = d.slot AND f.id = d.follow_up_id RETURNING f.*),
     timed AS (INSERT INTO relance.timers SELECT slot, wake_at, id FROM moved),
     queued AS (INSERT INTO relance.outbox (slot, id, tenant, follow_up_id, stage, run, notify, entry, recipient, channel, status, send_at, role, urgency, stopped_by, reason, planned_at)
       SELECT slot, overlay(id::text placing '8' from 15)::uuid, tenant, id, 'reminder', 1, 0, 0, assignee, 'email', 'queued', $1, 'reminder', 1, 0, 'stage_due', $1 FROM moved),
     told AS (INSERT INTO relance.timeline (slot, follow_up_id, seq, tenant, at, kind, reason, stage, data) SELECT slot, id, timeline_count, tenant, $1, 'stage_ran', 'stage_due', 'reminder', '{"run": 1}' FROM moved)
     SELECT count(*) AS n FROM moved`,
      [toRfc3339(DUE)],
    ),
  );
  if (result?.n !== rows) throw new Error(`the floor moved ${result?.n} of ${rows} rows`);
  return rows / ((performance.now() - since) / 1000);
}

export async function fire(url: string, size: FireSize, say: (line: string) => void): Promise<void> {
  const database = openDatabase({ url, connectionsMax: 6, queryTimeoutMs: STATEMENT_MAX_MS });
  const node = nodeOn(database);
  say(
    `fire: ${size.due.toLocaleString('en-GB')} due of ${size.waiting.toLocaleString('en-GB')} waiting; a reminder to one person by email: row, timer, outbox, timeline`,
  );
  await prepare(database, node, size);
  await setClock(database, DUE);
  const floors: number[] = [];
  const byWidth = new Map<number, { rates: number[]; batchesMs: number[] }>([
    [1, { rates: [], batchesMs: [] }],
    [2, { rates: [], batchesMs: [] }],
    [3, { rates: [], batchesMs: [] }],
  ]);
  for (let round = 0; round < 3; round++) {
    floors.push(await floor(database, await due(database)));
    await reset(database);
    for (const [width, results] of byWidth) {
      const result = await ours(node, width);
      results.rates.push(result.rate);
      results.batchesMs.push(...result.batchesMs);
      await reset(database);
    }
  }
  for (const [width, { rates, batchesMs }] of byWidth) {
    const label = `${width} abreast${width === node.engine.slotsAbreast ? ' (as served)' : ''}`;
    const batch = `p50 ${Math.round(median(batchesMs))} ms, p99 ${Math.round(quantile(batchesMs, 0.99))} ms`;
    say(`  ${label}  ${compared(rates, floors)}   batch of ${BATCH}: ${batch}`);
  }
  await node.stop();
  await database.close();
}
