// A node for kill.test.ts: the real engine with its tickers, in a process of its own that is killed without warning.
// Hand-overs go to the sink in the parent, which remembers message ids, as a provider that honours them does.
import module from 'node:module';
import type { Channel } from '@relance/core';
import { CHANNELS } from '@relance/core';
import { wallNow } from '../packages/server/src/app/wall-clock.ts';
import type { Connection } from '../packages/server/src/channels/channel.ts';
import { createEngine } from '../packages/server/src/engine/loop.ts';
import { actionWords } from '../packages/server/src/responses/action-link.ts';
import { openDatabase } from '../packages/server/src/store/database.ts';

const [databaseUrl, sinkUrl, name] = process.argv.slice(2) as [string, string, string];
/** As in earnest, so that a busy machine is not taken for a dead node; the test ends those of a node that it kills. */
const LEASE_MS = 30_000;

const toSink = (channel: Channel): Connection => ({
  id: `sink-${channel}`,
  channel,
  provider: 'sink',
  honoursIds: true,
  concurrencyMax: 20,
  async send(envelope, signal) {
    try {
      const answer = await fetch(sinkUrl, {
        method: 'POST',
        signal,
        body: JSON.stringify({
          node: name,
          id: envelope.id,
          what: `${channel} ${envelope.recipient.id} ${envelope.stage}`,
        }),
      });
      return answer.ok
        ? { kind: 'accepted', providerId: envelope.id }
        : { kind: 'retry', detail: `HTTP ${answer.status}`, retryAfterMs: null };
    } catch (error) {
      return { kind: 'uncertain', detail: (error as Error).message };
    }
  },
  async close() {},
});

const engine = createEngine({
  node: name,
  database: openDatabase({ url: databaseUrl, connectionsMax: 6 }),
  connections: new Map(CHANNELS.map((channel) => [channel, [toSink(channel)]])),
  resolve: async () => ({ kind: 'failed', detail: 'there is none here' }),
  refusalOf: () => null,
  words: actionWords({ secret: 'a-secret-for-tests-of-32-characters', publicUrl: 'http://relance.test', wallNow }),
  leaseMs: LEASE_MS,
  log: {
    info() {},
    warn() {},
    error(fields, text) {
      process.stderr.write(`${text} ${JSON.stringify(fields)}\n`);
    },
  },
  metrics: {
    advanced() {},
    handedOver() {},
    alarmed() {},
    late() {},
    parked() {},
    orphans() {},
    lookedUp() {},
    clearedUp() {},
  },
});
engine.start();
module.flushCompileCache(); // a process that is killed keeps nothing for the next
process.stdout.write('ready\n');
