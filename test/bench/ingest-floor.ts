// The floor of the ingest benchmark: a bare node:http server that group-commits the rows of each event, one statement a
// table, and decides nothing. Partner: ingest.ts.
import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import { hashId, type Instant, mintId, slotOfKey } from '@relance/core';
import { type Database, ENGINE, type Tx } from '../../packages/server/src/store/database.ts';
import { type Column, rowsOf } from '../../packages/server/src/store/sql/rows.ts';

/** Event, key, follow-up, live key, timer, message and lines of each event: one statement a table, one round trip. */
async function writeFloor(database: Database, bodies: readonly string[]): Promise<void> {
  const now = Date.now() as Instant;
  const at = new Date(now).toISOString();
  const wake = new Date(now + 86_400_000).toISOString();
  const rows = bodies.map((text) => {
    const event = JSON.parse(text) as { id: string; source: string; data: { id: string; assignee: string } };
    const slot = slotOfKey('default', 'bench-ingest', event.data.id);
    return {
      slot,
      id: mintId(now, slot, randomBytes(10)),
      event_id: mintId(now, 0, randomBytes(10)),
      message_id: mintId(now, slot, randomBytes(10)),
      key: event.data.id,
      hash: hashId([event.source, event.id]),
      ce: event.id,
      body: event,
      data: event.data,
      assignee: event.data.assignee,
    };
  });
  await database.transaction(ENGINE, (tx) => writeRows(tx, rows, { at, wake }));
}

function writeRows(
  tx: Tx,
  rows: readonly Readonly<Record<string, unknown>>[],
  { at, wake }: { at: string; wake: string },
): Promise<unknown> {
  /** The statement's own parameters come after those of the rows. */
  const put = (
    columns: string,
    statement: (from: string, more: (n: number) => string) => string,
    ...own: unknown[]
  ) => {
    const named = columns.split(', ').map((column): [string, Column<Readonly<Record<string, unknown>>>] => {
      const [name = '', type = ''] = column.split(' ');
      return [name, [type, (row) => row[name]]];
    });
    const { from, values } = rowsOf(Object.fromEntries(named)).of(rows);
    return tx.query(
      statement(from, (n) => `$${values.length + n}`),
      [...values, ...own],
    );
  };
  return Promise.all([
    put(
      'slot smallint, hash uuid, event_id uuid',
      (from) =>
        `INSERT INTO relance.event_keys (slot, tenant, key, event_id) SELECT slot, 'default', hash, event_id FROM ${from} ON CONFLICT DO NOTHING`,
    ),
    put(
      'slot smallint, key text, id uuid',
      (from) =>
        `INSERT INTO relance.live_keys SELECT slot, 'default', 'bench-ingest', key, '', id FROM ${from} ON CONFLICT DO NOTHING`,
    ),
    put(
      'slot smallint, id uuid, key text, data jsonb, assignee text',
      (
        from,
        more,
      ) => `INSERT INTO relance.follow_ups (slot, id, tenant, policy, version, key, status, urgency, subject, data, assignee, opened_at, stage,
          next_at, next_stage, wake_at, state, revision, timeline_count)
        SELECT slot, id, 'default', 'bench-ingest', 1, key, 'open', 'normal', json_build_object('type', 'bench', 'id', key, 'title', 'A task')::jsonb, data, assignee, ${more(1)}, 'notice',
          ${more(2)}, 'reminder', ${more(2)}, ${more(3)}::jsonb, 1, 2 FROM ${from}`,
      at,
      wake,
      STATE,
    ),
    put(
      'slot smallint, id uuid',
      (from, more) => `INSERT INTO relance.timers SELECT slot, ${more(1)}::timestamptz, id FROM ${from}`,
      wake,
    ),
    put(
      'slot smallint, message_id uuid, id uuid, assignee text',
      (
        from,
        more,
      ) => `INSERT INTO relance.outbox (slot, id, tenant, follow_up_id, stage, run, notify, entry, recipient, channel, status, send_at, role, urgency, stopped_by, reason, planned_at)
        SELECT slot, message_id, 'default', id, 'notice', 1, 0, 0, assignee, 'email', 'queued', ${more(1)}, 'notice', 1, 0, 'opened', ${more(1)} FROM ${from}`,
      at,
    ),
    put(
      'slot smallint, id uuid, ce text',
      (from, more) => `INSERT INTO relance.timeline (slot, follow_up_id, seq, tenant, at, kind, reason, data)
        SELECT slot, id, n, 'default', ${more(1)}, k, 'event', json_build_object('event', ce)::jsonb FROM ${from}, (VALUES (1, 'opened'), (2, 'stage_ran')) AS l(n, k)`,
      at,
    ),
    put(
      'slot smallint, event_id uuid, ce text, body jsonb, key text',
      (from, more) => `INSERT INTO relance.events (id, slot, tenant, event_id, source, type, received_at, body, matches)
        SELECT event_id, slot, 'default', ce, '/bench', 'bench.ingest', ${more(1)}, body, json_build_array(json_build_object('policy', 'bench-ingest', 'key', key, 'result', 'opened'))::jsonb FROM ${from}`,
      at,
    ),
  ]);
}

/** What ours stores for a follow-up whose notice has just run. */
const STATE = JSON.stringify({
  progress: { notice: { status: 'done', plannedAt: 1, runs: 1, ranAt: 1, awaiting: 1, awaitingOf: { ana: 1 } } },
  notified: ['r1'],
  lastRun: { stage: 'notice', at: 1 },
});

export async function startFloor(database: Database): Promise<{ url: string; close(): Promise<void> }> {
  const queue: { body: string; done: () => void; failed: (error: unknown) => void }[] = [];
  let underWay = 0;
  let scheduled = false;
  const schedule = (): void => {
    if (scheduled || underWay >= 4 || queue.length === 0) return;
    scheduled = true;
    setImmediate(() => {
      scheduled = false;
      const batch = queue.splice(0, 500);
      if (batch.length === 0) return;
      underWay += 1;
      void writeFloor(
        database,
        batch.map((one) => one.body),
      )
        .then(
          () => {
            for (const one of batch) one.done();
          },
          (error) => {
            for (const one of batch) one.failed(error);
          },
        )
        .finally(() => {
          underWay -= 1;
          schedule();
        });
      schedule();
    });
  };
  const server = createServer((incoming, response) => {
    let body = '';
    incoming.on('data', (chunk: Buffer) => {
      body += chunk.toString();
    });
    incoming.on('end', () => {
      queue.push({
        body,
        done: () => response.writeHead(202, { 'content-type': 'application/json' }).end('{"accepted":1}'),
        failed: () => response.writeHead(500).end(),
      });
      schedule();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as { port: number }).port}`,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
