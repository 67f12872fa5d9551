// Whom messages interrupted, asked over a quarter of two and a half million messages: three of each follow-up, to ten thousand people, of
// whom some hear far more than others. Laid down as their sending would have left them; nothing is summed beforehand, the messages
// themselves are read.
import pg from 'pg';
import type { Instant } from '../../packages/core/src/instant.ts';
import { type AskedInterrupted, askInterrupted } from '../../packages/server/src/insights/interrupted.ts';
import { type Database, ENGINE } from '../../packages/server/src/store/database.ts';
import { ensureMonth } from '../../packages/server/src/store/sql/partition.ts';

/** As many days as may be asked for. */
const QUARTER = { from: '2026-10-01', to: '2026-12-31', days: 92 } as const;
const MONTHS = [9, 10, 11].map((month) => Date.UTC(2026, month, 1) as Instant);
const [BEGIN] = MONTHS;
const PEOPLE = 10_000;
const MESSAGES_EACH = 3;
/** Laid out so many follow-ups at a time: a statement has its limit. */
const BITE = 20_000;

/** The n-th id: 48 bits of when it opened, every nine seconds or so, its slot, then its number (RFC 9562, UUIDv8; core/ids.ts). */
const idOf = (n: string, message: string): string =>
  `(lpad(to_hex($1::bigint + ${n} * $3::bigint), 12, '0') || '8' || lpad(to_hex((${n} % 64) << 6), 3, '0') || 'a' || lpad(to_hex(${n}), 8, '0') || lpad(to_hex(${message}), 7, '0'))::uuid`;

async function layDown(database: Database, messages: number): Promise<void> {
  const followUps = Math.round(messages / MESSAGES_EACH);
  const apart = Math.floor((QUARTER.days * 86_400_000) / followUps);
  for (let from = 0; from < followUps; from += BITE)
    await database.transaction(ENGINE, async (tx) => {
      const bounds = [BEGIN, from, apart, Math.min(BITE, followUps - from)];
      await tx.query(
        `INSERT INTO relance.follow_ups (slot, id, tenant, policy, version, key, status, urgency, subject, data, opened_at, state)
         SELECT n % 64, ${idOf('n', '0')}, 'default', 'policy-' || n % 20, 1, 'k' || n, 'resolved', 'normal', '{}', '{}',
           to_timestamp(($1::bigint + n * $3::bigint) / 1000.0), '{}' FROM generate_series($2::int, $2::int + $4::int - 1) AS n`,
        bounds,
      );
      // The square of a number between 0 and 1: few people get most.
      await tx.query(
        `INSERT INTO relance.messages (slot, id, tenant, follow_up_id, stage, run, notify, entry, recipient, channel, status, reason, attempts, planned_at, hours)
         SELECT n % 64, ${idOf('n', 'm')}, 'default', ${idOf('n', '0')}, 'stage-' || m, 1, 0, 0,
           'r' || floor(${PEOPLE} * ((n::bigint * 7919 + m * 104729) % 100003 / 100003.0) ^ 2)::int,
           (ARRAY['email', 'sms', 'inbox'])[1 + (n + m) % 3], (ARRAY['accepted', 'delivered', 'delivered', 'bounced', 'suppressed'])[1 + (n * 3 + m) % 5],
           'stage_due', 1, to_timestamp(($1::bigint + n * $3::bigint) / 1000.0), CASE WHEN (n + m) % 3 < 2 THEN (n + m) % 4 END
         FROM generate_series($2::int, $2::int + $4::int - 1) AS n, generate_series(1, ${MESSAGES_EACH}) AS m`,
        bounds,
      );
    });
}

/** A name, and how to ask. */
export type Asking = readonly [string, () => Promise<{ readonly rows: number }>];

/** Lays the messages down; what is asked of them is asked by whoever measures. */
export async function interruptedAskings(
  url: string,
  database: Database,
  now: Instant,
  messages: number,
): Promise<readonly Asking[]> {
  await database.transaction(ENGINE, async (tx) => {
    for (const month of MONTHS) await ensureMonth(tx, month);
  });
  await layDown(database, messages);
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query('VACUUM (ANALYZE) relance.messages, relance.follow_ups');
  await client.end();
  const ask = async (more: Partial<AskedInterrupted>): Promise<{ readonly rows: number }> => {
    const ports = { database, wallNow: () => now };
    const answered = await askInterrupted(ports, 'default', { from: QUARTER.from, to: QUARTER.to, limit: 20, ...more });
    if (answered.kind === 'wrong') throw new Error(answered.wrong.message);
    return { rows: answered.answer.rows.length };
  };
  return [
    ['interrupted, a quarter', () => ask({})],
    ['interrupted, a quarter of one policy', () => ask({ policy: 'policy-7' })],
    ['interrupted, a quarter of one person', () => ask({ recipient: 'r0' })],
    ['interrupted, a month', () => ask({ from: '2026-12-02' })],
    ['interrupted, a week', () => ask({ from: '2026-12-25' })],
  ];
}
