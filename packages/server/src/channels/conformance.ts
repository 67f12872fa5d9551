// What every connection must do, whatever its protocol: one list of checks, run over each adapter that ships and given to
// authors of their own (`relance/testing`). It knows no test runner: each check has a name and rejects with what is wrong.
import assert from 'node:assert/strict';
import type { Connection, Envelope } from './channel.ts';
import { sampleEnvelope } from './sample-envelope.ts';

export interface Adapter {
  readonly name: string;
  /** A connection to something that accepts, and an address that it accepts for. */
  start(): Promise<RunningAdapter>;
  /** Addresses no provider of this kind can take; null where any will do. */
  readonly malformed: string | null;
  /** The same adapter with nobody at the other end; null where there is no other end. */
  readonly unreachable: (() => { readonly connection: Connection; readonly address: string }) | null;
}
export interface RunningAdapter {
  readonly connection: Connection;
  readonly address: string | null;
  /** How many messages the other side has taken, doubled ones it recognises counted once; null where nobody counts. */
  readonly taken: (() => number) | null;
  stop(): Promise<void>;
}

export interface Check {
  readonly name: string;
  run(): Promise<void>;
}

const PATIENCE_MS = 10_000;
const alive = (): AbortSignal => AbortSignal.timeout(PATIENCE_MS);
/** Texts that have broken providers before: what cannot be shown may be left out, but it is handed over. */
const AWKWARD = ['\u0000\u0001\u001b[31m', '\ud83d', '\u2028\u2029\u202e', '\'"<b>&amp;{{ 7 }}', '🎉'.repeat(200)];

export function conformanceOf(adapter: Adapter): readonly Check[] {
  const withOne = (run: (running: RunningAdapter, envelope: Envelope) => Promise<void>) => async () => {
    const running = await adapter.start();
    try {
      await run(running, sampleEnvelope({ address: running.address }));
    } finally {
      await running.connection.close();
      await running.stop();
    }
  };
  const checks: Check[] = [
    {
      name: 'says what it is',
      run: withOne(async ({ connection }) => {
        assert.match(connection.id, /^[a-z0-9-]+$/, 'an id is lower-case letters, digits and dashes');
        assert.ok(connection.concurrencyMax > 0, 'it takes at least one message at a time');
      }),
    },
    {
      name: 'hands over, and says so',
      run: withOne(async ({ connection, taken }, envelope) => {
        assert.equal((await connection.send(envelope, alive())).kind, 'accepted');
        if (taken !== null) assert.equal(taken(), 1);
      }),
    },
    {
      name: 'delivers the same message once where it honours our ids',
      run: withOne(async ({ connection, taken }, envelope) => {
        assert.equal((await connection.send(envelope, alive())).kind, 'accepted');
        assert.equal((await connection.send({ ...envelope, attempt: 2 }, alive())).kind, 'accepted');
        if (connection.honoursIds && taken !== null) assert.equal(taken(), 1);
      }),
    },
    {
      name: 'starts nothing when it is called off before',
      run: withOne(async ({ connection, taken }, envelope) => {
        assert.equal((await connection.send(envelope, AbortSignal.abort())).kind, 'retry');
        if (taken !== null) assert.equal(taken(), 0);
      }),
    },
    {
      name: 'hands over words of any kind',
      run: withOne(async ({ connection }, envelope) => {
        for (const [index, words] of AWKWARD.entries()) {
          const content = { ...envelope.content, subject: `s ${words}`, text: `t ${words}` };
          const id = `${envelope.id.slice(0, -2)}f${index}`;
          assert.equal((await connection.send({ ...envelope, id, content }, alive())).kind, 'accepted', words);
        }
      }),
    },
  ];
  const { malformed, unreachable } = adapter;
  if (malformed !== null)
    checks.push({
      name: 'refuses an address that is none, for good',
      run: withOne(async ({ connection, taken }, envelope) => {
        assert.equal((await connection.send({ ...envelope, address: malformed }, alive())).kind, 'rejected');
        if (taken !== null) assert.equal(taken(), 0);
      }),
    });
  if (unreachable !== null)
    checks.push({
      name: 'asks for another try when nobody is at the other end',
      async run() {
        const { connection, address } = unreachable();
        assert.equal((await connection.send(sampleEnvelope({ address }), alive())).kind, 'retry');
        await connection.close();
      },
    });
  return checks;
}
