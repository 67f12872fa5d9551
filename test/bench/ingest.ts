// ingest: events per second over HTTP at 64 connections, each opening a follow-up that notifies one person. Ours is the
// whole product with its tickers off; the floor is a bare node:http server that group-commits the same rows by the same
// kind of statements and decides nothing.

import { randomBytes } from 'node:crypto';
import { Agent, createServer, request } from 'node:http';
import { hashId, type Instant, mintId, slotOfKey } from '@relance/core';
import { createRelance } from '../../packages/server/src/app/relance.ts';
import { type Database, ENGINE, openDatabase } from '../../packages/server/src/store/database.ts';
import { publishPolicy } from '../../packages/server/src/store/sql/policy.ts';
import { putRecipients } from '../../packages/server/src/store/sql/recipient.ts';
import { person, quietLog, SECRET } from '../world.ts';
import { compared, median, quantile } from './machine.ts';

const CONNECTIONS = 64;
const KEY = 'a-bootstrap-key-for-benchmarks-32-chars';
const POLICY = {
  policy: 'bench-ingest',
  open: { on: 'bench.ingest' },
  key: 'event.data.id',
  assignee: 'event.data.assignee',
  stages: [
    { id: 'notice', at: 'opened', notify: { via: ['email'] } },
    { id: 'reminder', at: 'opened + 1 day' },
  ],
};

let number = 0;
const bodyOf = (): string => {
  number += 1;
  return JSON.stringify({
    specversion: '1.0',
    id: `b-${number}`,
    source: '/bench',
    type: 'bench.ingest',
    data: { id: `k-${number}`, assignee: `r${number % 1000}`, title: 'A task', amount: 12 },
  });
};

/** Keeps 64 requests under way for a while; answers per second and latencies. */
async function load(url: string, seconds: number): Promise<{ rate: number; latencies: number[] }> {
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  const latencies: number[] = [];
  const target = new URL('/v1/events', url);
  const once = (): Promise<void> =>
    new Promise((resolve, reject) => {
      const body = bodyOf();
      const begun = performance.now();
      const sent = request(
        target,
        {
          method: 'POST',
          agent,
          headers: {
            'content-type': 'application/cloudevents+json',
            authorization: `Bearer ${KEY}`,
            'content-length': Buffer.byteLength(body),
          },
        },
        (response) => {
          response.resume();
          response.on('end', () => {
            if (response.statusCode !== 202) return reject(new Error(`HTTP ${response.statusCode}`));
            latencies.push(performance.now() - begun);
            resolve();
          });
        },
      );
      sent.on('error', reject);
      sent.end(body);
    });
  const since = performance.now();
  const until = since + seconds * 1000;
  await Promise.all(
    Array.from({ length: CONNECTIONS }, async () => {
      while (performance.now() < until) await once();
    }),
  );
  const rate = latencies.length / ((performance.now() - since) / 1000);
  agent.destroy();
  return { rate, latencies };
}

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
  const given = JSON.stringify(rows);
  const record = (columns: string): string => `json_to_recordset($1::json) AS x(${columns})`;
  await database.transaction(ENGINE, (tx) =>
    Promise.all([
      tx.query(
        `INSERT INTO relance.event_keys (slot, tenant, key, event_id) SELECT slot, 'default', hash, event_id FROM ${record('slot smallint, hash uuid, event_id uuid')} ON CONFLICT DO NOTHING`,
        [given],
      ),
      tx.query(
        `INSERT INTO relance.live_keys SELECT slot, 'default', 'bench-ingest', key, '', id FROM ${record('slot smallint, key text, id uuid')} ON CONFLICT DO NOTHING`,
        [given],
      ),
      tx.query(
        `INSERT INTO relance.follow_ups (slot, id, tenant, policy, version, key, status, urgency, subject, data, assignee, opened_at, stage, next_at, next_stage, wake_at, state, revision, timeline_count)
      SELECT slot, id, 'default', 'bench-ingest', 1, key, 'open', 'normal', json_build_object('type', 'bench', 'id', key, 'title', 'A task')::jsonb, data, assignee, $2, 'notice', $3, 'reminder', $3, $4::jsonb, 1, 2
      FROM ${record('slot smallint, id uuid, key text, data jsonb, assignee text')}`,
        [given, at, wake, STATE],
      ),
      tx.query(`INSERT INTO relance.timers SELECT slot, $2::timestamptz, id FROM ${record('slot smallint, id uuid')}`, [
        given,
        wake,
      ]),
      tx.query(
        `INSERT INTO relance.outbox (slot, id, tenant, follow_up_id, stage, run, notify, entry, recipient, channel, status, send_at, role, urgency, stopped_by, reason, planned_at)
      SELECT slot, message_id, 'default', id, 'notice', 1, 0, 0, assignee, 'email', 'queued', $2, 'notice', 1, 0, 'opened', $2 FROM ${record('slot smallint, message_id uuid, id uuid, assignee text')}`,
        [given, at],
      ),
      tx.query(
        `INSERT INTO relance.timeline (slot, follow_up_id, seq, tenant, at, kind, reason, data) SELECT slot, id, n, 'default', $2, k, 'event', json_build_object('event', ce)::jsonb
      FROM ${record('slot smallint, id uuid, ce text')}, (VALUES (1, 'opened'), (2, 'stage_ran')) AS l(n, k)`,
        [given, at],
      ),
      tx.query(
        `INSERT INTO relance.events (id, slot, tenant, event_id, source, type, received_at, body, matches) SELECT event_id, slot, 'default', ce, '/bench', 'bench.ingest', $2, body, json_build_array(json_build_object('policy', 'bench-ingest', 'key', key, 'result', 'opened'))::jsonb
      FROM ${record('slot smallint, event_id uuid, ce text, body jsonb, key text')}`,
        [given, at],
      ),
    ]),
  );
}

/** What ours stores for a follow-up whose notice has just run. */
const STATE = JSON.stringify({
  progress: { notice: { status: 'done', plannedAt: 1, runs: 1, ranAt: 1, awaiting: 1, awaitingCount: 1 } },
  notified: ['r1'],
  lastRun: { stage: 'notice', at: 1 },
});

async function startFloor(database: Database): Promise<{ url: string; close(): Promise<void> }> {
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

export async function ingest(url: string, seconds: number, say: (line: string) => void): Promise<void> {
  const database = openDatabase({ url, connectionsMax: 8 });
  const relance = await createRelance({ database: url, secretKey: SECRET, apiKey: KEY, log: quietLog });
  await database.transaction(ENGINE, async (tx) => {
    await putRecipients(
      tx,
      'default',
      Array.from({ length: 1_000 }, (_, index) => person({ id: `r${index}`, email: `r${index}@example.test` })),
    );
    await publishPolicy(tx, 'default', {
      id: 'bench-ingest',
      version: 1,
      written: POLICY,
      category: 'general',
      by: null,
    });
  });
  const ours = await relance.http.listen({ port: 0, host: '127.0.0.1' });
  const floor = await startFloor(database);
  say(
    `ingest: events over HTTP at ${CONNECTIONS} connections, each opens a follow-up (the load runs in the same process); fsync on`,
  );
  await load(ours, 2);
  const results = { ours: [] as number[], floor: [] as number[], oursMs: [] as number[], floorMs: [] as number[] };
  for (let round = 0; round < 3; round++) {
    const base = await load(floor.url, seconds);
    const own = await load(ours, seconds);
    results.floor.push(base.rate);
    results.ours.push(own.rate);
    results.floorMs.push(...base.latencies);
    results.oursMs.push(...own.latencies);
  }
  const ms = (values: readonly number[]): string =>
    `p50 ${median(values).toFixed(1)} ms, p99 ${quantile(values, 0.99).toFixed(1)} ms`;
  say(`  ${compared(results.ours, results.floor)}   ours ${ms(results.oursMs)}   floor ${ms(results.floorMs)}`);
  await floor.close();
  await relance.stop();
  await database.close();
}
