// A deterministic simulation: the real core, engine and database on virtual time. One seed is one world: random policies,
// people, events, answers, commands, clocks and crashes, one thing after the other; the promises are checked after every
// step, and every hand-over is judged as it starts. The same seed replays the same world.
import { type Channel, type Command, type Instant, later, type Outcome } from '@relance/core';
import { wallNow } from '../../packages/server/src/app/wall-clock.ts';
import type { Connection, Envelope } from '../../packages/server/src/channels/channel.ts';
import type { ResolverAnswer } from '../../packages/server/src/channels/resolve.ts';
import { createEngine, type RunningEngine } from '../../packages/server/src/engine/loop.ts';
import { recordOutcomes } from '../../packages/server/src/engine/outcome.ts';
import type { IncomingEvent } from '../../packages/server/src/engine/ports.ts';
import { actionWords } from '../../packages/server/src/responses/action-link.ts';
import { type Database, ENGINE } from '../../packages/server/src/store/database.ts';
import { readClock } from '../../packages/server/src/store/sql/clock.ts';
import { FOLLOW_UP_COLUMNS, type FollowUpRow, rowToFollowUp } from '../../packages/server/src/store/sql/follow-up.ts';
import { putGroup } from '../../packages/server/src/store/sql/group.ts';
import { publishPolicy } from '../../packages/server/src/store/sql/policy.ts';
import { putRecipients } from '../../packages/server/src/store/sql/recipient.ts';
import { putTenantSettings } from '../../packages/server/src/store/sql/tenant.ts';
import { type Random, randomOf } from '../random.ts';
import { CHANNELS, eventOf, noMetrics, person, quietLog, SECRET } from '../world.ts';
import { Crash, type Crashing, crashing } from './crash.ts';
import { History } from './history.ts';
import { brokenPromises } from './invariants.ts';
import { Judge } from './judge.ts';
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
  readonly intrusions: number;
}

const START = '2026-11-02T09:00:00Z';
const STEPS = 32;
const BEGINNING = 4;
const MINUTE = 60_000;
/** What a world's providers and neighbours are like: most are as in life, some are all trouble of one kind. */
interface Temper {
  /** Of a hundred answers: those that ask for another try, then those that refuse, then those nobody can read. */
  readonly answers: readonly [retry: number, rejected: number, uncertain: number];
  /** How likely somebody else acts while a message is handed over. */
  readonly interrupted: number;
}
const LIFE: Temper = { answers: [8, 6, 6], interrupted: 0.1 };
const TEMPERS: readonly Temper[] = [
  LIFE,
  LIFE,
  { answers: [40, 5, 5], interrupted: 0.6 },
  { answers: [8, 6, 40], interrupted: 0.3 },
  { answers: [8, 40, 6], interrupted: 0.1 },
];
const LEAPS = [5 * MINUTE, 60 * MINUTE, 5 * 60 * MINUTE, 24 * 60 * MINUTE, 72 * 60 * MINUTE];

export async function simulate(seed: number, database: Database, options: SimOptions = {}): Promise<SimResult> {
  const world = new SimWorld(seed, database, options);
  await world.begin();
  const stepsMax = options.steps ?? STEPS;
  let steps = 0;
  while (steps < stepsMax && world.broken.length === 0) {
    steps += 1;
    await world.step(steps);
    world.broken.push(...(await brokenPromises(database)));
  }
  const { handOvers, crashes, intrusions } = world;
  return { broken: world.broken.map((line) => `step ${steps}: ${line}`), steps, handOvers, crashes, intrusions };
}

class SimWorld {
  readonly #random: Random;
  readonly #database: Database;
  readonly #options: SimOptions;
  readonly broken: string[] = [];
  readonly #history = new History();
  handOvers = 0;
  crashes = 0;
  /** How often somebody else acted in the middle of what a node was doing. */
  intrusions = 0;
  #policies: SimPolicy[] = [];
  #temper = LIFE;
  #node!: RunningEngine;
  #door!: Crashing;
  #nodes = 0;
  #events: IncomingEvent[] = [];
  #judge!: Judge;
  #other!: RunningEngine;
  /** The one that acts in between, if any: nobody interrupts an interruption. */
  #intruder: Promise<void> | null = null;
  /** Heard as accepted in this step, so written down by its end, unless a node died or lost its lease meanwhile. */
  #accepted: string[] = [];
  #forgiven = false;
  /** In every third world the deliver loop goes slot by slot, as on a distributed PostgreSQL. */
  readonly #spanning: boolean;
  readonly #past: Parameters<typeof recordOutcomes>[0][number][] = [];
  #now: Instant = Date.parse(START) as Instant;
  #unknown: string[] = ['late-1', 'late-2'];

  constructor(seed: number, database: Database, options: SimOptions) {
    this.#random = randomOf(seed);
    this.#spanning = seed % 3 !== 0;
    this.#database = database;
    this.#options = options;
  }

  async begin(): Promise<void> {
    this.#policies = Array.from({ length: 2 }, (_, index) => randomPolicy(this.#random, index));
    this.#temper = this.#random.pick(TEMPERS);
    this.#judge = new Judge(this.#policies);
    await this.#database.transaction(ENGINE, async (tx) => {
      await tx.query('SET LOCAL ROLE NONE'); // only the owner may truncate
      await tx.query(
        'TRUNCATE relance.follow_ups, relance.live_keys, relance.timers, relance.fan_outs, relance.lookups, relance.batches, relance.suspects, relance.outbox, relance.messages, relance.attempts, relance.receipts, relance.timeline, relance.inbox, relance.action_tokens, relance.events, relance.event_keys, relance.early_events, relance.policies, relance.policy_versions, relance.recipients, relance.groups CASCADE',
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
      await putTenantSettings(tx, 'default', { resolvers: { crm: { url: 'https://crm.example.test' } } });
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
    this.#door = crashing(this.#own(), (before) => this.#between(before));
    this.#nodes += 1;
    this.#node = this.#engine(`sim-${this.#nodes}`, this.#door);
    this.#other ??= this.#engine('sim-other', this.#own());
  }

  #own(): Database {
    return this.#options.mutate === undefined ? this.#database : this.#options.mutate(this.#database);
  }

  #engine(name: string, database: Database): RunningEngine {
    const random = this.#random;
    return createEngine({
      node: name,
      database,
      connections: new Map(CHANNELS.map((channel) => [channel, [this.#connection(channel)]])),
      resolve: async () => this.#resolved(),
      refusalOf: () => null,
      words: actionWords({ secret: SECRET, publicUrl: 'http://relance.test', wallNow }),
      log: quietLog,
      metrics: noMetrics,
      random: (bytes) => random.bytes(bytes),
      monotonic: () => 0,
      pauseMs: async () => {},
      slotsAbreast: 1,
      spanning: this.#spanning,
    });
  }

  /** What a resolver answers: most often somebody, now and then nothing of use. */
  async #resolved(): Promise<ResolverAnswer> {
    const random = this.#random;
    if (random.chance(0.2)) await this.#between('');
    const kind = random.pick(['answered', 'answered', 'answered', 'failed', 'retry'] as const);
    if (kind !== 'answered') return { kind, detail: 'the simulation says so' };
    return { kind, to: random.pick([['bo'], ['sam', 'ghost'], []]), holdsMs: random.pick([0, 86_400_000]) };
  }

  /** Between what one node claims and what it does with it is where two nodes meet. */
  async #between(before: string): Promise<void> {
    const claimed = before.includes(`SET status = 'leased'`);
    if (this.#intruder === null && this.#random.chance(claimed ? 0.2 : 0.004)) await this.#meanwhile(null);
  }

  /** Somebody else acts in the middle of what a node is doing. */
  async #meanwhile(about: Envelope | null): Promise<void> {
    this.intrusions += 1;
    this.#intruder = this.#intrude(about);
    try {
      await this.#intruder;
    } finally {
      this.#intruder = null;
    }
  }

  async #intrude(about: Envelope | null): Promise<void> {
    const what = this.#random.pick(['command', 'command', 'other node', 'lease', 'receipt'] as const);
    this.#options.trace?.(`  meanwhile: ${what}`);
    switch (what) {
      case 'command':
        return this.#commandOf(this.#other, about?.followUp ?? null);
      case 'other node':
        await this.#other.runAll();
        return;
      case 'lease':
        this.#forgiven = true;
        await this.#expireLeases();
        await this.#other.runAll();
        return;
      case 'receipt':
        return this.#lateReceipt(this.#other, about?.id ?? null);
    }
  }

  async step(number: number): Promise<void> {
    const random = this.#random;
    const gate = random.chance(0.4); // past the gate is where a death hurts most
    if (random.chance(0.3))
      this.#door.arm(
        1 + random.below(gate ? 12 : random.pick([30, 150, 500])),
        gate ? "SET status = 'sending'" : undefined,
      );
    // A world begins with something to follow up.
    const action = number <= BEGINNING ? 0 : random.below(100);
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
    this.#accepted = [];
    this.#forgiven = false;
    try {
      if (name === 'event') await this.#event();
      else if (name === 'command') await this.#command();
      else if (name === 'late receipt') await this.#lateReceipt(this.#node, null);
      else if (name === 'new recipient') await this.#newRecipient();
      else await this.#advance();
      this.#door.arm(null);
      if (this.#door.dead) await this.#recover();
    } catch (error) {
      if (!(error instanceof Crash) && !this.#door.dead) throw error;
      await this.#recover();
    }
    await this.#check();
  }

  async #check(): Promise<void> {
    this.#judge.seen(await this.#followUps());
    const history = await this.#history.look(this.#database);
    const unwritten = this.#forgiven
      ? []
      : this.#accepted
          .filter((id) => this.#history.statusOf(id) !== 'accepted')
          .map((id) => `heard, not written: ${id}`);
    this.broken.push(...this.#judge.broken, ...history, ...unwritten);
  }

  /** The node is gone; another starts, and what the dead one held is found by its leases. */
  async #recover(): Promise<void> {
    this.crashes += 1;
    this.#forgiven = true;
    this.#options.trace?.('  crash');
    await this.#intruder; // it belongs to a node that lives
    await this.#node.stop(); // its promises end; its database is away
    await this.#expireLeases();
    await this.#database.transaction(ENGINE, async (tx) => {
      await tx.query(`UPDATE relance.batches SET started_at = clock_timestamp() - interval '1 hour'`);
      await tx.query('UPDATE relance.suspects SET retry_at = clock_timestamp()');
      await tx.query(`UPDATE relance.clock SET advancer = NULL, advancer_until = NULL`);
    });
    this.#judge.seen(await this.#followUps());
    this.#startNode();
    for (let turn = 0; turn < 50 && (await this.#node.runAll()) > 0; turn++);
  }

  async #expireLeases(): Promise<void> {
    await this.#database.transaction(ENGINE, async (tx) => {
      await tx.query(
        `UPDATE relance.outbox SET lease_until = clock_timestamp() - interval '1 second' WHERE lease_until IS NOT NULL`,
      );
      await tx.query(`UPDATE relance.lookups SET try_at = clock_timestamp() - interval '1 second'`);
    });
  }

  async #event(): Promise<void> {
    const random = this.#random;
    const policy = random.pick(this.#policies);
    const kind = random.pick(['open', 'open', 'open', 'open', 'update', 'resolve', 'cancel']);
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
    this.#judge.seen(await this.#followUps());
    await this.#node.runAll();
  }

  async #followUps() {
    return (
      await this.#database.transaction(ENGINE, (tx) =>
        tx.query<FollowUpRow>(`SELECT ${FOLLOW_UP_COLUMNS} FROM relance.follow_ups f ORDER BY f.id`),
      )
    ).map(rowToFollowUp);
  }

  async #command(): Promise<void> {
    await this.#commandOf(this.#node, null);
    await this.#node.runAll();
  }

  /** Somebody asks something of this follow-up, or of any. */
  async #commandOf(node: RunningEngine, id: string | null): Promise<void> {
    const all = await this.#followUps();
    if (all.length === 0) return;
    const random = this.#random;
    const followUp = all.find((one) => one.id === id) ?? random.pick(all);
    const soon = later(await this.#storyNow(), random.pick(LEAPS));
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
      ? await node.commands.reopen('default', { kind: 'id', id: followUp.id }, actor)
      : await node.commands.run(
          'default',
          { kind: 'id', id: followUp.id },
          { command, actor, evidence: 'proven', channel: null, comment: null },
        );
    if (outcome.kind === 'done') this.#judge.answered(outcome.followUp, outcome.inFlight);
  }

  async #storyNow(): Promise<Instant> {
    return (await this.#database.transaction(ENGINE, readClock)).now;
  }

  /** News that came before, again: it must change nothing. */
  async #lateReceipt(node: RunningEngine, id: string | null): Promise<void> {
    const about = this.#past.filter((one) => one.id === id);
    const all = about.length > 0 ? about : this.#past;
    if (all.length === 0) return;
    const handOver = this.#random.pick(all);
    const { database, policies } = node.engine;
    await recordOutcomes([handOver], handOver.slot, { database, policies, now: await this.#storyNow() });
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
      send: (envelope) => this.#send(envelope, channel, honoursIds),
    };
  }

  async #send(envelope: Envelope, channel: Channel, honoursIds: boolean): Promise<Outcome> {
    const sent = this.#judge.starts(envelope, honoursIds);
    this.handOvers += 1;
    const { slot, fence, now } = await this.#held(envelope.id);
    this.#judge.mayStart(sent, now, channel);
    if (this.#intruder === null && this.#random.chance(this.#temper.interrupted)) await this.#meanwhile(envelope);
    const outcome = this.#outcome();
    sent.outcome = outcome.kind;
    this.#options.trace?.(`  ${channel} ${envelope.stage} to ${envelope.recipient.id}: ${outcome.kind}`);
    if (outcome.kind === 'accepted') this.#accepted.push(envelope.id);
    const { id, followUp: followUpId, content } = envelope;
    this.#past.push({
      id,
      followUpId,
      slot,
      fence,
      connection: `sim-${channel}`,
      honoursIds,
      shown: null,
      outcome,
      content,
    });
    return outcome;
  }

  #outcome(): Outcome {
    const [retry, rejected, uncertain] = this.#temper.answers;
    const roll = this.#random.below(100);
    if (roll < retry) return { kind: 'retry', detail: 'busy', retryAfterMs: null };
    if (roll < retry + rejected) return { kind: 'rejected', detail: 'no' };
    if (roll < retry + rejected + uncertain) return { kind: 'uncertain', detail: 'silence' };
    return { kind: 'accepted', providerId: null };
  }

  /** Story time stands still while anything is handed over, so what is read after the start was true at it. */
  async #held(message: string): Promise<{ slot: number; fence: number; now: Instant }> {
    const [row] = await this.#database.transaction(ENGINE, (tx) =>
      tx.query<{ slot: number | null; fence: number | null; now: Instant }>(
        'SELECT o.slot, o.fence, c.story_at AS now FROM relance.clock c LEFT JOIN relance.outbox o ON o.id = $1',
        [message],
      ),
    );
    if (row === undefined) throw new Error('the clock row is missing');
    return { slot: row.slot ?? -1, fence: row.fence ?? -1, now: row.now };
  }
}
