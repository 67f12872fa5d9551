// ingest: events per second over HTTP at 64 connections, each opening a follow-up that notifies one person. Ours is the
// whole product with its tickers off; the floor is a bare node:http server that group-commits the same rows by the same
// kind of statements and decides nothing.

import { Agent, request } from 'node:http';
import { createRelance } from '../../packages/server/src/app/relance.ts';
import { ENGINE, openDatabase } from '../../packages/server/src/store/database.ts';
import { publishPolicy } from '../../packages/server/src/store/sql/policy.ts';
import { putRecipients } from '../../packages/server/src/store/sql/recipient.ts';
import { person, quietLog, SECRET } from '../world.ts';
import { startFloor } from './ingest-floor.ts';
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
