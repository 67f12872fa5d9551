// deliver: emails a second from the outbox to a local SMTP sink, through the whole road: claim, gather, render, gate, hand-over,
// outcome, attempt, timeline, the stage told. The floor is nodemailer alone in a loop with the same words, connections and sink.
import type { Instant } from '@relance/core';
import { createTransport } from 'nodemailer';
import { wallNow } from '../../packages/server/src/app/wall-clock.ts';
import { smtpConnection } from '../../packages/server/src/channels/providers/smtp.ts';
import { createEngine, type RunningEngine } from '../../packages/server/src/engine/loop.ts';
import { actionWords } from '../../packages/server/src/responses/action-link.ts';
import { type Database, ENGINE, openDatabase } from '../../packages/server/src/store/database.ts';
import { publishPolicy } from '../../packages/server/src/store/sql/policy.ts';
import { putRecipients } from '../../packages/server/src/store/sql/recipient.ts';
import { eventOf, noMetrics, noResolvers, person, quietLog, SECRET } from '../world.ts';
import { compared } from './machine.ts';
import { benchSink, type Sink } from './sink.ts';

const START = Date.UTC(2026, 10, 2, 9) as Instant;
const POLICY = {
  policy: 'bench',
  open: { on: 'bench' },
  key: 'event.data.id',
  assignee: 'event.data.assignee',
  resolved: 'none',
  stages: [{ id: 'notice', at: 'opened', notify: { via: ['email'] } }],
};
const FROM = 'Bench <bench@example.test>';
const ROUNDS = 3;
const LOOK_MS = 50;
/** Events in hand at once: as many as a group commit takes. */
const EVENTS_AT_ONCE = 500;

function nodeOn(database: Database, sink: Sink, concurrencyMax: number): RunningEngine {
  return createEngine({
    node: 'bench',
    database,
    connections: new Map([
      ['email', [smtpConnection({ url: `smtp://127.0.0.1:${sink.port}`, from: FROM, concurrencyMax })]],
    ]),
    resolve: noResolvers,
    refusalOf: () => null,
    words: actionWords({ secret: SECRET, publicUrl: 'http://bench', wallNow }),
    log: quietLog,
    metrics: noMetrics,
  });
}

async function fill(node: RunningEngine, round: number, count: number): Promise<void> {
  for (let first = 0; first < count; first += EVENTS_AT_ONCE)
    await node.ingest.submit(
      'default',
      Array.from({ length: Math.min(EVENTS_AT_ONCE, count - first) }, (_, index) =>
        eventOf('bench', { id: `${round}-${first + index}`, assignee: `r${index % 1_000}` }),
      ),
    );
}

async function ours(node: RunningEngine, count: number): Promise<number> {
  const since = performance.now();
  node.nudge.deliver();
  while (await left(node.engine.database)) await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  return count / ((performance.now() - since) / 1_000);
}
const left = async (database: Database): Promise<boolean> =>
  (await database.transaction(ENGINE, (tx) => tx.query('SELECT FROM relance.outbox LIMIT 1'))).length > 0;

interface Words {
  readonly subject: string;
  readonly text: string;
  readonly html?: string;
}

/** What ours sends, as nodemailer would send it by itself. */
async function alone(sink: Sink, concurrency: number, count: number, words: Words): Promise<number> {
  const transport = createTransport({
    host: '127.0.0.1',
    port: sink.port,
    pool: true,
    maxConnections: concurrency,
    maxMessages: Number.POSITIVE_INFINITY,
  });
  let next = 0;
  const since = performance.now();
  await Promise.all(
    Array.from({ length: concurrency }, async () => {
      while (next < count) {
        const n = next++;
        await transport.sendMail({ from: FROM, to: `r${n % 1_000}@example.test`, ...words });
      }
    }),
  );
  const rate = count / ((performance.now() - since) / 1_000);
  transport.close();
  return rate;
}

export async function deliverBench(url: string, count: number, say: (line: string) => void): Promise<void> {
  const database = openDatabase({ url, connectionsMax: 12 });
  await database.transaction(ENGINE, async (tx) => {
    await tx.query(`UPDATE relance.clock SET mode = 'virtual', story_at = $1`, [new Date(START).toISOString()]);
    await putRecipients(
      tx,
      'default',
      Array.from({ length: 1_000 }, (_, index) => person({ id: `r${index}`, email: `r${index}@example.test` })),
    );
    await publishPolicy(tx, 'default', { id: 'bench', version: 1, written: POLICY, category: 'general', by: null });
  });
  const sink = await benchSink();
  say(`deliver: ${count.toLocaleString('en-GB')} emails from the outbox to ${sink.program}`);
  let round = 0;
  for (const concurrency of [5, 20]) {
    const rates: number[] = [];
    const floors: number[] = [];
    const node = nodeOn(database, sink, concurrency);
    node.start();
    for (let turn = 0; turn < ROUNDS; turn++) {
      await fill(node, round++, count);
      rates.push(await ours(node, count));
      const [sent] = await database.transaction(ENGINE, (tx) =>
        tx.query<{ words: Words }>('SELECT content AS words FROM relance.messages LIMIT 1'),
      );
      if (sent === undefined) throw new Error('nothing was sent');
      const { subject, text, html } = sent.words;
      floors.push(await alone(sink, concurrency, count, { subject, text, ...(html === undefined ? {} : { html }) }));
    }
    say(`  ${concurrency} connections  ${compared(rates, floors)}`);
    await node.stop();
  }
  await sink.stop();
  await database.close();
}
