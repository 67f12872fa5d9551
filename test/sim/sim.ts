// A deterministic simulation: the real core, engine and database on virtual time. One seed is one world: random policies,
// people, events, answers, commands, clocks and crashes, one thing after the other; the promises are checked after every
// step, and every hand-over is judged as it starts. The same seed replays the same world.
import { type Channel, type Command, type Instant, isLive, later, type Outcome } from '@relance/core';
import type { Connection, Envelope } from '../../packages/server/src/channels/channel.ts';
import { createEngine, type RunningEngine } from '../../packages/server/src/engine/loop.ts';
import { recordOutcomes } from '../../packages/server/src/engine/outcome.ts';
import type { IncomingEvent } from '../../packages/server/src/engine/ports.ts';
import { actionWords } from '../../packages/server/src/responses/action-link.ts';
import { type Database, ENGINE } from '../../packages/server/src/store/database.ts';
import { FOLLOW_UP_COLUMNS, type FollowUpRow, rowToFollowUp } from '../../packages/server/src/store/sql/follow-up.ts';
import { putGroup } from '../../packages/server/src/store/sql/group.ts';
import { publishPolicy } from '../../packages/server/src/store/sql/policy.ts';
import { putRecipients } from '../../packages/server/src/store/sql/recipient.ts';
import { type Random, randomOf } from '../random.ts';
import { CHANNELS, eventOf, noMetrics, person, quietLog, SECRET } from '../world.ts';
import { Crash, type Crashing, crashing } from './crash.ts';
import { brokenPromises } from './invariants.ts';
import { randomPolicy, type SimPolicy } from './policies.ts';

export interface SimOptions {
  /** Changes the database a node sees: a planted mutant. */
  readonly mutate?: (database: Database) => Database;
  readonly steps?: number;
  readonly trace?: (line: string) => void;
}
export interface SimResult {
  readonly broken: readonly string[];
  readonly steps: number;
  readonly handOvers: number;
  readonly crashes: number;
}

const START = '2026-11-02T09:00:00Z';
const STEPS = 28;
const MINUTE = 60_000;
const LEAPS = [5 * MINUTE, 60 * MINUTE, 5 * 60 * MINUTE, 24 * 60 * MINUTE, 72 * 60 * MINUTE];

export async function simulate(seed: number, database: Database, options: SimOptions = {}): Promise<SimResult> {
  const world = new SimWorld(seed, database, options);
  await world.begin();
  const steps = options.steps ?? STEPS;
  for (let step = 1; step <= steps; step++) {
    await world.step(step);
    world.broken.push(...(await brokenPromises(database)).map((line) => `step ${step}: ${line}`));
    if (world.broken.length > 0)
      return { broken: world.broken, steps: step, handOvers: world.handOvers, crashes: world.crashes };
  }
  return { broken: [], steps, handOvers: world.handOvers, crashes: world.crashes };
}

interface Stop {
  readonly kind: 'closed' | 'paused';
  readonly generation: number;
  readonly until: Instant | null;
  readonly inFlight: ReadonlySet<string>;
}

class SimWorld {
  readonly #random: Random;
  readonly #database: Database;
  readonly #options: SimOptions;
  readonly broken: string[] = [];
  handOvers = 0;
  crashes = 0;
  #policies: SimPolicy[] = [];
  #node!: RunningEngine;
  #door!: Crashing;
  #nodes = 0;
  #events: IncomingEvent[] = [];
  readonly #stops = new Map<string, Stop>();
  readonly #sent = new Map<string, { envelope: Envelope; outcome: Outcome['kind'] | 'crashed' }[]>();
  readonly #past: Parameters<typeof recordOutcomes>[0][number][] = [];
  #now: Instant = Date.parse(START) as Instant;
  #unknown: string[] = ['late-1', 'late-2'];

  constructor(seed: number, database: Database, options: SimOptions) {
    this.#random = randomOf(seed);
    this.#database = database;
    this.#options = options;
  }

  async begin(): Promise<void> {
    this.#policies = Array.from({ length: 2 }, (_, index) => randomPolicy(this.#random, index));
    await this.#database.transaction(ENGINE, async (tx) => {
      await tx.query('SET LOCAL ROLE NONE'); // only the owner may truncate
      await tx.query(
        'TRUNCATE relance.follow_ups, relance.live_keys, relance.timers, relance.fan_outs, relance.batches, relance.suspects, relance.outbox, relance.messages, relance.attempts, relance.receipts, relance.timeline, relance.inbox, relance.action_tokens, relance.events, relance.event_keys, relance.early_events, relance.policies, relance.policy_versions, relance.recipients, relance.groups CASCADE',
      );
    });
    await this.#database.transaction(ENGINE, async (tx) => {
      await tx.query(
        `UPDATE relance.clock SET mode = 'virtual', story_at = $1, advancer = NULL, advancer_until = NULL`,
        [START],
      );
      const contact = { email: 'x@example.test', phone: '+34600000001' };
      await putRecipients(tx, 'default', [
        person({ id: 'ana', ...contact, manager: 'bo', timeZone: 'Europe/Madrid' }),
        person({ id: 'bo', ...contact, manager: 'boss' }),
        person({ id: 'boss', ...contact }),
        person({ id: 'sam', ...contact }),
        person({ id: 'mute', manager: 'bo' }),
        person({ id: 'push', endpoints: [{ channel: 'push', address: 'device' }], manager: 'ana' }),
      ]);
      await putGroup(tx, 'default', { id: 'office', name: null, members: ['bo', 'sam', 'mute'] });
      await putGroup(tx, 'default', { id: 'empty', name: null, members: [] });
      for (const policy of this.#policies)
        await publishPolicy(tx, 'default', {
          id: policy.id,
          version: 1,
          written: policy.written,
          category: 'general',
          by: null,
        });
    });
    this.#startNode();
  }

  #startNode(): void {
    const own = this.#options.mutate === undefined ? this.#database : this.#options.mutate(this.#database);
    this.#door = crashing(own);
    this.#nodes += 1;
    const random = this.#random;
    this.#node = createEngine({
      node: `sim-${this.#nodes}`,
      database: this.#door,
      connections: new Map(CHANNELS.map((channel) => [channel, [this.#connection(channel)]])),
      words: actionWords({ secret: SECRET, publicUrl: 'http://relance.test' }),
      log: quietLog,
      metrics: noMetrics,
      random: (bytes) => random.bytes(bytes),
      monotonic: () => 0,
      pauseMs: async () => {},
    });
  }

  async step(number: number): Promise<void> {
    const random = this.#random;
    const gate = random.chance(0.4); // past the gate is where a death hurts most
    if (random.chance(0.3))
      this.#door.arm(
        1 + random.below(gate ? 12 : random.pick([30, 150, 500])),
        gate ? "SET status = 'sending'" : undefined,
      );
    const action = random.below(100);
    const name =
      action < 30
        ? 'event'
        : action < 52
          ? 'command'
          : action < 60
            ? 'late receipt'
            : action < 64
              ? 'new recipient'
              : 'advance';
    this.#options.trace?.(`step ${number}: ${name}`);
    try {
      if (name === 'event') await this.#event();
      else if (name === 'command') await this.#command();
      else if (name === 'late receipt') await this.#lateReceipt();
      else if (name === 'new recipient') await this.#newRecipient();
      else await this.#advance();
      this.#door.arm(null);
      if (this.#door.dead) await this.#recover();
    } catch (error) {
      if (!(error instanceof Crash) && !this.#door.dead) throw error;
      await this.#recover();
    }
  }

  /** The node is gone; another starts, and what the dead one held is found by its leases. */
  async #recover(): Promise<void> {
    this.crashes += 1;
    this.#options.trace?.('  crash');
    await this.#node.engine.database.close();
    await this.#database.transaction(ENGINE, async (tx) => {
      await tx.query(
        `UPDATE relance.outbox SET lease_until = clock_timestamp() - interval '1 second' WHERE lease_until IS NOT NULL`,
      );
      await tx.query(`UPDATE relance.batches SET started_at = clock_timestamp() - interval '1 hour'`);
      await tx.query(`UPDATE relance.clock SET advancer = NULL, advancer_until = NULL`);
    });
    this.#startNode();
    for (let turn = 0; turn < 50 && (await this.#node.runAll()) > 0; turn++);
  }

  async #event(): Promise<void> {
    const random = this.#random;
    const policy = random.pick(this.#policies);
    const kind = random.pick(['open', 'open', 'open', 'update', 'resolve', 'cancel']);
    const again = random.chance(0.15) && this.#events.length > 0;
    const event = again
      ? random.pick(this.#events)
      : eventOf(
          `${policy.id}.${kind}`,
          {
            id: `key-${random.below(4)}`,
            assignee: random.pick(['ana', 'ana', 'bo', 'mute', 'push', ...this.#unknown, '']),
            amount: random.below(200),
            ...(random.chance(0.7)
              ? { dueDate: new Date(this.#now + (random.below(10) - 3) * 24 * 60 * MINUTE).toISOString() }
              : {}),
          },
          { id: `sim-${this.#events.length}`, ...(random.chance(0.5) ? { time: this.#now } : {}) },
        );
    this.#events.push(event);
    const outcomes = await this.#node.ingest.submit('default', [event]);
    for (const outcome of outcomes)
      if (outcome.kind === 'rejected') this.broken.push(`event rejected: ${outcome.detail}`);
    await this.#markClosed();
    await this.#node.runAll();
  }

  async #followUps() {
    return (
      await this.#database.transaction(ENGINE, (tx) =>
        tx.query<FollowUpRow>(`SELECT ${FOLLOW_UP_COLUMNS} FROM relance.follow_ups f ORDER BY f.id`),
      )
    ).map(rowToFollowUp);
  }

  /** What events and time have closed counts as stopped from here on. */
  async #markClosed(): Promise<void> {
    for (const followUp of await this.#followUps()) {
      if (!isLive(followUp.status))
        this.#stops.set(followUp.id, {
          kind: 'closed',
          generation: followUp.generation,
          until: null,
          inFlight: new Set(),
        });
      else if (this.#stops.get(followUp.id)?.kind === 'closed') this.#stops.delete(followUp.id);
    }
  }

  async #command(): Promise<void> {
    const all = await this.#followUps();
    if (all.length === 0) return;
    const random = this.#random;
    const followUp = random.pick(all);
    const soon = later(this.#now, random.pick(LEAPS));
    const commands: readonly Command[] = [
      { kind: 'acknowledge' },
      { kind: 'acknowledge' },
      { kind: 'unacknowledge' },
      { kind: 'resolve', outcome: null },
      { kind: 'cancel' },
      { kind: 'snooze', until: soon },
      { kind: 'commit', by: soon },
      { kind: 'delegate', to: random.pick(['bo', 'sam']) },
      { kind: 'reassign', to: random.pick(['ana', 'bo', 'sam']) },
      { kind: 'decline', why: 'declined' },
      { kind: 'note' },
      { kind: 'escalate' },
      { kind: 'reschedule', dueAt: random.chance(0.2) ? null : soon },
    ];
    const command = random.pick(commands);
    this.#options.trace?.(`  ${command.kind} ${followUp.key}`);
    const actor = { kind: 'api', id: 'ana' } as const;
    const outcome = random.chance(0.1)
      ? await this.#node.commands.reopen('default', { kind: 'id', id: followUp.id }, actor)
      : await this.#node.commands.run(
          'default',
          { kind: 'id', id: followUp.id },
          { command, actor, evidence: 'proven', channel: null, comment: null },
        );
    if (outcome.kind === 'done') {
      const after = outcome.followUp;
      const inFlight = new Set(outcome.inFlight);
      if (!isLive(after.status))
        this.#stops.set(after.id, { kind: 'closed', generation: after.generation, until: null, inFlight });
      else if (after.pause !== null)
        this.#stops.set(after.id, { kind: 'paused', generation: after.generation, until: after.pause.until, inFlight });
      else this.#stops.delete(after.id);
    }
    await this.#node.runAll();
  }

  /** News that came before, again: it must change nothing. */
  async #lateReceipt(): Promise<void> {
    if (this.#past.length === 0) return;
    const handOver = this.#random.pick(this.#past);
    await recordOutcomes([handOver], handOver.slot, {
      database: this.#door,
      policies: this.#node.policies,
      now: this.#now,
    });
  }

  async #newRecipient(): Promise<void> {
    const id = this.#unknown.pop();
    if (id === undefined) return;
    await this.#database.transaction(ENGINE, (tx) =>
      putRecipients(tx, 'default', [person({ id, email: 'late@example.test', manager: 'bo' })]),
    );
    await this.#node.runAll();
  }

  async #advance(): Promise<void> {
    const to = later(this.#now, this.#random.pick(LEAPS));
    // The instants in between are read by the judge of hand-overs through the clock itself.
    await this.#node.clock.advance(to);
    this.#now = to;
    await this.#markClosed();
  }

  #connection(channel: Channel): Connection {
    const honoursIds = channel !== 'email';
    return {
      id: `sim-${channel}`,
      channel,
      provider: 'sim',
      honoursIds,
      concurrencyMax: 50,
      close: async () => {},
      send: async (envelope) => {
        this.handOvers += 1;
        const [{ now } = { now: this.#now }] = await this.#database.transaction(ENGINE, (tx) =>
          tx.query<{ now: Instant }>('SELECT story_at AS now FROM relance.clock'),
        );
        this.#judgeStart(envelope, now, honoursIds);
        const roll = this.#random.below(100);
        const outcome: Outcome =
          roll < 80
            ? { kind: 'accepted', providerId: null }
            : roll < 88
              ? { kind: 'retry', detail: 'busy', retryAfterMs: null }
              : roll < 94
                ? { kind: 'rejected', detail: 'no' }
                : { kind: 'uncertain', detail: 'silence' };
        this.#sent.set(envelope.id, [...(this.#sent.get(envelope.id) ?? []), { envelope, outcome: outcome.kind }]);
        const [row] = await this.#database.transaction(ENGINE, (tx) =>
          tx.query<{ slot: number; fence: number }>('SELECT slot, fence FROM relance.outbox WHERE id = $1', [
            envelope.id,
          ]),
        );
        if (row !== undefined)
          this.#past.push({
            id: envelope.id,
            followUpId: envelope.followUp,
            slot: row.slot,
            fence: row.fence,
            connection: `sim-${channel}`,
            honoursIds,
            outcome,
            content: envelope.content,
          });
        return outcome;
      },
    };
  }

  /** A hand-over starts: may it? */
  #judgeStart(envelope: Envelope, now: Instant, honoursIds: boolean): void {
    const stop = this.#stops.get(envelope.followUp);
    const closing = envelope.stage === 'resolved' || envelope.stage === 'cancelled' || envelope.stage === 'expired';
    const policy = this.#policies.find((one) => one.id === envelope.policy);
    const stage = ((policy?.written.stages ?? []) as { id: string; until?: string }[]).find(
      (one) => one.id === envelope.stage,
    );
    if (stop !== undefined && !stop.inFlight.has(envelope.id) && !closing) {
      const held = stop.kind === 'closed' || (stop.until !== null && now < stop.until && stage?.until !== 'resolved');
      if (held)
        this.broken.push(`started after ${stop.kind}: ${envelope.stage} to ${envelope.recipient.id} by ${envelope.id}`);
    }
    const before = this.#sent.get(envelope.id) ?? [];
    const mayHave = before.some((one) => one.outcome === 'accepted' || one.outcome === 'uncertain');
    if (mayHave && !honoursIds && policy?.resends !== true)
      this.broken.push(
        `blind resend: ${envelope.stage} to ${envelope.recipient.id} by ${envelope.id} after ${before.map((one) => one.outcome).join(', ')}`,
      );
    // A rejection that a dead node never told anybody is asked for again where the provider knows our ids.
    if (before.some((one) => one.outcome === 'rejected') && !honoursIds && policy?.resends !== true)
      this.broken.push(`sent after it was rejected: ${envelope.id}`);
  }
}
