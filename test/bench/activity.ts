// What conditions ask of a recipient's history, beside a million activities: `last(type)` and `count(type, window)` for 500
// recipients in one transaction, as a step asks them. The floor is the same rows by primary key alone, nothing counted.
import { slotOfRecipient } from '../../packages/core/src/ids.ts';
import type { Instant } from '../../packages/core/src/instant.ts';
import { ENGINE, openDatabase } from '../../packages/server/src/store/database.ts';
import { type HistoryAsk, historyOf } from '../../packages/server/src/store/sql/activity.ts';

const RECIPIENTS = 10_000;
const ASKED = 500;
/** Laid out so many at a time: a statement has its limit. */
const BITE = 50_000;
const NOW = Date.UTC(2026, 10, 2, 9) as Instant;
const DAY_MS = 86_400_000;

export async function activityBench(url: string, count: number, say: (line: string) => void): Promise<void> {
  const database = openDatabase({ url, connectionsMax: 2 });
  const people = Array.from({ length: RECIPIENTS }, (_, index) => `r${index}`);
  const slots = people.map((id) => slotOfRecipient('default', id));
  // A tenth of them belongs to the first recipient alone.
  for (let from = 0; from < count; from += BITE)
    await database.transaction(ENGINE, (tx) =>
      tx.query(
        `INSERT INTO relance.activities (slot, tenant, recipient, type, at, id)
       SELECT p.slot, 'default', p.recipient, 'type' || n % 5, $3::timestamptz - n * interval '30 seconds', gen_random_uuid()
       FROM generate_series($6::int + 1, $6::int + $4::int) AS n JOIN unnest($1::smallint[], $2::text[]) WITH ORDINALITY AS p(slot, recipient, ord)
         ON p.ord = CASE WHEN n % 10 = 0 THEN 1 ELSE 1 + n % $5::int END`,
        [slots, people, new Date(NOW), BITE, RECIPIENTS, from],
      ),
    );
  await database.transaction(ENGINE, (tx) => tx.query('ANALYZE relance.activities'));
  const asks = people.slice(0, ASKED).flatMap((recipient): HistoryAsk[] => [
    { tenant: 'default', recipient, ask: { type: 'type1', window: null }, since: null },
    {
      tenant: 'default',
      recipient,
      ask: { type: 'type1', window: { text: '30 days', duration: { kind: 'days', days: 30, ms: 0 } } },
      since: (NOW - 30 * DAY_MS) as Instant,
    },
  ]);
  const busiest = asks.slice(0, 2);
  const took = async (work: () => Promise<unknown>): Promise<number> => {
    const begin = performance.now();
    await work();
    return performance.now() - begin;
  };
  const look = (some: readonly HistoryAsk[]) => database.transaction(ENGINE, (tx) => historyOf(tx, some, NOW));
  const floor = () =>
    database.transaction(ENGINE, (tx) =>
      tx.query(
        `SELECT a.at FROM unnest($1::smallint[], $2::text[]) AS x(slot, recipient), LATERAL (SELECT at FROM relance.activities a
           WHERE a.slot = x.slot AND a.tenant = 'default' AND a.recipient = x.recipient AND a.type = 'type1' LIMIT 1) a`,
        [slots.slice(0, ASKED), people.slice(0, ASKED)],
      ),
    );
  const measured = async (work: () => Promise<unknown>): Promise<readonly number[]> => {
    await work();
    const times: number[] = [];
    for (let turn = 0; turn < 21; turn++) times.push(await took(work));
    return times.sort((a, b) => a - b);
  };
  const told = (times: readonly number[]): string =>
    `${times[10]?.toFixed(1)} ms (${times[0]?.toFixed(1)}-${times[20]?.toFixed(1)})`;
  const [all, one, least] = [
    await measured(() => look(asks)),
    await measured(() => look(busiest)),
    await measured(floor),
  ];
  say(
    `activity, ${count.toLocaleString('en')} of ${RECIPIENTS.toLocaleString('en')} recipients: last and count for ${ASKED} recipients ${told(all)}, floor ${told(least)}`,
  );
  say(`activity: last and count for the recipient with a tenth of them all ${told(one)}`);
  await database.close();
}
