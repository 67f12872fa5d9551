// A small world for stories: a database of its own, one or more nodes of the real engine on a virtual clock, everything
// captured by mailbox connections. Stories expect, advance, and expect again; nothing sleeps.
import {
  addDuration,
  CHANNELS,
  type Channel,
  compileYaml,
  fromRfc3339,
  type Instant,
  parseDuration,
  toRfc3339,
} from '@relance/core';
import { parse } from 'yaml';
import { wallNow } from '../packages/server/src/app/wall-clock.ts';
import type { Connection, Envelope } from '../packages/server/src/channels/channel.ts';
import { inboxConnection, mailboxConnection } from '../packages/server/src/channels/local.ts';
import type { Resolve } from '../packages/server/src/channels/resolve.ts';
import type { EngineMetrics, Log } from '../packages/server/src/engine/engine.ts';
import { createEngine, type EngineOptions, type RunningEngine } from '../packages/server/src/engine/loop.ts';
import type { IncomingEvent } from '../packages/server/src/engine/ports.ts';
import { createFigures } from '../packages/server/src/insights/figures.ts';
import { actionWords } from '../packages/server/src/responses/action-link.ts';
import { type Database, ENGINE, openDatabase } from '../packages/server/src/store/database.ts';
import { keyedHash } from '../packages/server/src/store/keyed-hash.ts';
import { putGroup } from '../packages/server/src/store/sql/group.ts';
import { nextVersion, publishPolicy } from '../packages/server/src/store/sql/policy.ts';
import { putRecipients, type WireRecipient } from '../packages/server/src/store/sql/recipient.ts';
import { createTestDatabase } from './database.ts';

export const quietLog: Log = {
  info() {},
  warn() {},
  error(fields, text) {
    if (process.env.RELANCE_TEST_LOG !== undefined) console.error(text, fields);
  },
};
export const noMetrics: EngineMetrics = {
  advanced() {},
  handedOver() {},
  alarmed() {},
  late() {},
  parked() {},
  orphans() {},
  lookedUp() {},
  clearedUp() {},
};
/** Where no policy of a test has a resolver. */
export const noResolvers: Resolve = async ({ question }) => {
  throw new Error(`nobody said what resolver "${question.resolver}" answers`);
};
export const SECRET = 'a-secret-for-tests-of-32-characters';

/** A connection that remembers what it was given and answers as told. */
export interface Recorder {
  readonly sent: Envelope[];
  readonly connection: Connection;
}
export function recorder(channel: Channel, answer?: Connection['send'], honoursIds = true): Recorder {
  const sent: Envelope[] = [];
  const base = channel === 'inbox' ? inboxConnection() : mailboxConnection(channel);
  return {
    sent,
    connection: {
      ...base,
      honoursIds,
      async send(envelope, signal) {
        sent.push(envelope);
        return answer === undefined ? { kind: 'accepted', providerId: envelope.id } : answer(envelope, signal);
      },
    },
  };
}

export interface World {
  readonly url: string;
  readonly database: Database;
  readonly node: RunningEngine;
  readonly recorders: Readonly<Record<Channel, Recorder>>;
  /** `email ana notice` for every hand-over so far, in order. */
  sent(): string[];
  people(recipients: readonly (Partial<WireRecipient> & { id: string })[]): Promise<void>;
  group(id: string, members: readonly string[]): Promise<unknown>;
  policy(yaml: string): Promise<number>;
  event(
    type: string,
    data: Record<string, unknown>,
    more?: Partial<IncomingEvent>,
  ): ReturnType<RunningEngine['ingest']['submit']>;
  advance(by: string): Promise<void>;
  now(): Promise<Instant>;
  /** Everything due at this instant, without moving the clock. */
  settle(): Promise<void>;
  timeline(followUpId: string): Promise<{ kind: string; reason: string; stage: string | null; at: number }[]>;
  another(options?: Partial<EngineOptions>): RunningEngine;
  end(): Promise<void>;
}

const PATIENCE_MS = 60_000;
export const person = (one: Partial<WireRecipient> & { id: string }): WireRecipient => ({
  name: one.id,
  email: null,
  phone: null,
  locale: null,
  timeZone: null,
  location: null,
  manager: null,
  traits: {},
  endpoints: [],
  plan: null,
  away: [],
  ...one,
});

let eventNumber = 0;
export const eventOf = (
  type: string,
  data: Record<string, unknown>,
  more: Partial<IncomingEvent> = {},
): IncomingEvent => {
  const id = more.id ?? `event-${++eventNumber}`;
  const source = more.source ?? '/tests';
  return { id, source, type, time: null, event: { specversion: '1.0', id, source, type, data }, ...more };
};

const TIMELINE = 'SELECT kind, reason, stage, at FROM relance.timeline WHERE follow_up_id = $1 ORDER BY seq';

export async function createWorld(
  options: {
    readonly start?: string;
    readonly recorders?: Partial<Record<Channel, Recorder>>;
    readonly engine?: Partial<EngineOptions>;
    readonly connectionsMax?: number; // one, and one thing happens after the other: the same each time
  } = {},
): Promise<World> {
  const { url, drop } = await createTestDatabase();
  // Two hundred commands at once on a busy machine wait their turn; that says nothing about what they race for.
  const database = openDatabase({
    url,
    connectionsMax: options.connectionsMax ?? 8,
    connectTimeoutMs: PATIENCE_MS,
    hash: keyedHash(Buffer.alloc(32, 1)),
  });
  const start = options.start ?? '2026-11-02T09:00:00Z';
  await database.transaction(ENGINE, (tx) =>
    tx.query(`UPDATE relance.clock SET mode = 'virtual', story_at = $1`, [start]),
  );
  const recorders = Object.fromEntries(
    CHANNELS.map((channel) => [channel, options.recorders?.[channel] ?? recorder(channel)]),
  ) as Record<Channel, Recorder>;
  const connections = new Map(CHANNELS.map((channel) => [channel, [recorders[channel].connection]]));
  const nodes: RunningEngine[] = [];
  const another = (more: Partial<EngineOptions> = {}): RunningEngine => {
    const node = createEngine({
      node: `node-${nodes.length + 1}`,
      database,
      connections,
      resolve: noResolvers,
      refusalOf: () => null,
      words: actionWords({ secret: SECRET, publicUrl: 'http://relance.test', wallNow }),
      log: quietLog,
      metrics: noMetrics,
      figures: createFigures(database, quietLog),
      ...options.engine,
      ...more,
    });
    nodes.push(node);
    return node;
  };
  const node = another();
  const order: string[] = [];
  for (const [channel, one] of Object.entries(recorders)) {
    const push = one.sent.push.bind(one.sent);
    one.sent.push = (...envelopes) => {
      for (const envelope of envelopes) order.push(`${channel} ${envelope.recipient.id} ${envelope.stage}`);
      return push(...envelopes);
    };
  }
  const world: World = {
    url,
    database,
    node,
    recorders,
    another,
    sent: () => [...order],
    people: (recipients) => database.transaction(ENGINE, (tx) => putRecipients(tx, 'default', recipients.map(person))),
    group: (id, members) => database.transaction(ENGINE, (tx) => putGroup(tx, 'default', { id, name: id, members })),
    policy: (yaml) => publishYaml(database, yaml),
    event: (type, data, more) => node.ingest.submit('default', [eventOf(type, data, more)]),
    advance: (by) => advanceBy(node, by),
    now: () => node.clock.now(),
    async settle() {
      for (let turn = 0; turn < 1_000; turn++) if ((await node.runAll()) === 0) return;
      throw new Error('the world does not settle');
    },
    timeline: (id) => database.transaction(ENGINE, (tx) => tx.query(TIMELINE, [id])),
    async end() {
      for (const one of nodes) await one.stop();
      await database.close();
      await drop();
    },
  };
  return world;
}

function publishYaml(database: Database, yaml: string): Promise<number> {
  const compiled = compileYaml(yaml, 1);
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.problems));
  const { id, category } = compiled.policy;
  const written: unknown = parse(yaml);
  return database.transaction(ENGINE, async (tx) => {
    const { version } = await nextVersion(tx, 'default', id, { written, text: null, toTheWord: false });
    await publishPolicy(tx, 'default', { id, version, written, category, by: null });
    return version;
  });
}

async function advanceBy(node: RunningEngine, by: string): Promise<void> {
  const parsed = parseDuration(by);
  if (!parsed.ok) throw new Error(`"${by}" is not a duration`);
  const outcome = await node.clock.advance(addDuration(await node.clock.now(), 1, parsed.value, 'UTC'));
  if (outcome.kind !== 'advanced') throw new Error(JSON.stringify(outcome));
}

export const instantOf = (text: string): Instant => {
  const at = fromRfc3339(text);
  if (at === null) throw new Error(`"${text}" is not an instant`);
  return at;
};
export { toRfc3339 };

/** What happens once, when messages are about to pass. */
export function beforeTheGate(database: Database, meanwhile: () => Promise<void>): Database {
  let once = false;
  return {
    ...database,
    transaction: (scope, work) =>
      database.transaction(scope, (tx) =>
        work({
          async query(text, values) {
            if (!once && text.includes(`SET status = 'sending'`)) {
              once = true;
              await meanwhile();
            }
            return tx.query(text, values);
          },
        }),
      ),
  };
}
