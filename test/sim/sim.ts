// A deterministic simulation: the real core, engine and database on virtual time. One seed is one world: random policies,
// people, events, answers, commands, clocks and crashes, one thing after the other; the promises are checked after every
// step, and every hand-over is judged as it starts. The same seed replays the same world.
import {
  CHANNELS,
  type Channel,
  type Command,
  type FollowUp,
  type Instant,
  later,
  type Outcome,
  type PreferenceWish,
} from '@relance/core';
import { wallNow } from '../../packages/server/src/app/wall-clock.ts';
import type { Connection, Envelope } from '../../packages/server/src/channels/channel.ts';
import type { ResolverAnswer } from '../../packages/server/src/channels/resolve.ts';
import { createEngine, type RunningEngine } from '../../packages/server/src/engine/loop.ts';
import { recordOutcomes } from '../../packages/server/src/engine/outcome.ts';
import type { IncomingEvent } from '../../packages/server/src/engine/ports.ts';
import { actionWords } from '../../packages/server/src/responses/action-link.ts';
import { type Database, ENGINE } from '../../packages/server/src/store/database.ts';
import { readClock } from '../../packages/server/src/store/sql/clock.ts';
import { putRecipients } from '../../packages/server/src/store/sql/recipient.ts';
import { type Random, randomOf } from '../random.ts';
import { eventOf, noMetrics, person, quietLog, SECRET } from '../world.ts';
import { MUCH_AT_ONCE, randomWish } from './choices.ts';
import { Crash, type Crashing, crashing } from './crash.ts';
import { Gate } from './gate.ts';
import { History } from './history.ts';
import { brokenPromises, forgotten } from './invariants.ts';
import { Judge } from './judge.ts';
import { expireLeases, followUpsIn, heldAs, inHand, standingOf } from './looks.ts';
import { randomPolicy, type SimPolicy } from './policies.ts';
import { answerIn, LIFE, PEACE, TEMPERS } from './temper.ts';
import { randomSettings } from './tenant.ts';
import { begin, PEOPLE, setTenant } from './town.ts';

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
  readonly carried: number;
  readonly crashes: number;
  readonly intrusions: number;
}

const START = '2026-11-02T09:00:00Z';
const STEPS = 32;
const BEGINNING = 4;
const MINUTE = 60_000;
/** What a world leaves waiting comes to an end in every so many. */
const ENDS_EVERY = 8;
const END = 30 * 24 * 60 * MINUTE;
/** Where a death hurts most: past the gate, and between what is counted, claimed together, and handed over. */
const SORE = ["SET status = 'sending'", "SET status = 'sending'", 'relance.usages', 'o.together = x.together'];
const INTRUDERS = ['command', 'command', 'other node', 'lease', 'receipt', 'preference', 'event'] as const;
const ARRIVED: ReadonlySet<string | undefined> = new Set(['accepted', 'merged']);
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
  if (seed % ENDS_EVERY === 0 && world.broken.length === 0) await world.end();
  const { handOvers, carried, crashes, intrusions } = world;
  return {
    broken: world.broken.map((line) => `step ${steps}: ${line}`),
    steps,
    handOvers,
    carried,
    crashes,
    intrusions,
  };
}

class SimWorld {
  readonly #random: Random;
  readonly #database: Database;
  readonly #options: SimOptions;
  readonly broken: string[] = [];
  readonly #history = new History();
  handOvers = 0;
  /** How many messages went in others. */
  carried = 0;
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
  readonly #gate = new Gate();
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
    await begin(this.#database, this.#policies, START);
    this.#startNode();
    // In every third world nobody has chosen anything, and no tenant has set anything, until they do.
    if (this.#random.chance(0.33)) return;
    if (this.#random.chance(0.5)) await this.#chooses(this.#node, 'ana', MUCH_AT_ONCE);
    for (let wishes = this.#random.below(6); wishes > 0; wishes--) await this.#chooses(this.#node);
    await this.#sets();
  }

  #startNode(): void {
    this.#door = crashing(this.#own(), (before) => this.#between(before));
    this.#nodes += 1;
    this.#node = this.#engine(`sim-${this.#nodes}`, this.#door);
    this.#other ??= this.#engine('sim-other', this.#own());
  }

  #own(): Database {
    return this.#gate.watching(
      this.#options.mutate === undefined ? this.#database : this.#options.mutate(this.#database),
    );
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
    const what = this.#random.pick(INTRUDERS);
    this.#options.trace?.(`  meanwhile: ${what}`);
    switch (what) {
      case 'command':
        return this.#commandOf(this.#other, about?.followUp ?? null);
      case 'other node':
        await this.#other.runAll();
        return;
      case 'lease':
        this.#forgiven = true;
        await expireLeases(this.#database);
        await this.#other.runAll();
        return;
      case 'receipt':
        return this.#lateReceipt(this.#other, about?.id ?? null);
      case 'preference':
        return this.#chooses(this.#other, about?.recipient.id);
      case 'event':
        return this.#submit(this.#other, [this.#opening()]);
    }
  }

  async step(number: number): Promise<void> {
    const random = this.#random;
    const sore = random.chance(0.4) ? random.pick(SORE) : undefined;
    if (random.chance(0.3))
      this.#door.arm(1 + random.below(sore === undefined ? random.pick([30, 150, 500]) : 12), sore);
    // A world begins with something to follow up.
    const action = number <= BEGINNING ? 0 : random.below(100);
    const name =
      action < 30
        ? 'event'
        : action < 50
          ? 'command'
          : action < 57
            ? 'late receipt'
            : action < 62
              ? 'new recipient'
              : action < 68
                ? 'preference'
                : action < 70
                  ? 'tenant'
                  : 'advance';
    this.#options.trace?.(`step ${number}: ${name}`);
    this.#accepted = [];
    this.#forgiven = false;
    try {
      if (name === 'event') await this.#event();
      else if (name === 'command') await this.#command();
      else if (name === 'late receipt') await this.#lateReceipt(this.#node, null);
      else if (name === 'new recipient') await this.#newRecipient();
      else if (name === 'preference') await this.#chooses(this.#node);
      else if (name === 'tenant') await this.#sets();
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
          .filter((id) => !ARRIVED.has(this.#history.statusOf(id)))
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
    await expireLeases(this.#database);
    await this.#database.transaction(ENGINE, async (tx) => {
      await tx.query(`UPDATE relance.batches SET started_at = clock_timestamp() - interval '1 hour'`);
      await tx.query('UPDATE relance.suspects SET retry_at = clock_timestamp()');
      await tx.query(`UPDATE relance.clock SET advancer = NULL, advancer_until = NULL`);
    });
    this.#judge.seen(await this.#followUps());
    // Whether what the dead node was told has come to pass nobody heard.
    for (const recipient of new Set(PEOPLE)) await this.#stands(recipient, false);
    this.#startNode();
    for (let turn = 0; turn < 50 && (await this.#node.runAll()) > 0; turn++);
  }

  async #event(): Promise<void> {
    // Several at once are due at once, and may go together.
    const count = this.#random.pick([1, 1, 2, 4]);
    await this.#submit(
      this.#node,
      Array.from({ length: count }, () => this.#someEvent()),
    );
    this.#judge.seen(await this.#followUps());
    await this.#node.runAll();
  }

  async #submit(node: RunningEngine, events: readonly IncomingEvent[]): Promise<void> {
    const outcomes = await node.ingest.submit('default', events);
    for (const outcome of outcomes)
      if (outcome.kind === 'rejected') this.broken.push(`event rejected: ${outcome.detail}`);
  }

  #someEvent(): IncomingEvent {
    const random = this.#random;
    const policy = random.pick(this.#policies);
    const kind = random.pick(['open', 'open', 'open', 'open', 'update', 'resolve', 'cancel']);
    const again = random.chance(0.15) && this.#events.length > 0;
    return again ? random.pick(this.#events) : this.#eventOf(policy, kind, `key-${random.below(5)}`);
  }

  /** Of something new: it changes nothing of what there is. */
  #opening(): IncomingEvent {
    return this.#eventOf(this.#random.pick(this.#policies), 'open', `new-${this.#events.length}`);
  }

  #eventOf(policy: SimPolicy, kind: string, key: string): IncomingEvent {
    const random = this.#random;
    const data = {
      id: key,
      assignee: random.pick(['ana', 'ana', 'ana', 'bo', 'mute', 'push', ...this.#unknown, '']),
      amount: random.below(200),
      ...(random.chance(0.7)
        ? { dueDate: new Date(this.#now + (random.below(10) - 3) * 24 * 60 * MINUTE).toISOString() }
        : {}),
    };
    const time = random.chance(0.5) ? { time: this.#now } : {};
    const event = eventOf(`${policy.id}.${kind}`, data, { id: `sim-${this.#events.length}`, ...time });
    this.#events.push(event);
    return event;
  }

  #followUps(): Promise<FollowUp[]> {
    return followUpsIn(this.#database);
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

  /** Somebody chooses what they are told, and is answered. */
  async #chooses(node: RunningEngine, who?: string, what?: PreferenceWish): Promise<void> {
    const recipient = who ?? this.#random.pick(PEOPLE);
    const wish = what ?? randomWish(this.#random, await this.#storyNow());
    this.#options.trace?.(`  ${recipient} chooses ${JSON.stringify(wish)}`);
    const { choices } = this.#judge;
    const takesBack = choices.begins(recipient, wish);
    const { kind } = await node.consents.change({ tenant: 'default', recipient }, () => wish, { how: 'api' });
    if (kind === 'changed') await this.#stands(recipient, true);
    else takesBack();
    if (node === this.#node) await node.runAll();
  }

  /** From here on it holds. */
  async #stands(recipient: string, heard: boolean): Promise<void> {
    const { sending, now, ...stored } = await standingOf(this.#database, recipient);
    this.#judge.choices.stands(stored, now, heard ? this.#judge.notStarted(sending) : new Set());
  }

  /** The tenant sets hours and a budget for everybody, or takes them back: what is prepared may leave as before. */
  async #sets(): Promise<void> {
    const settings = randomSettings(this.#random);
    this.#options.trace?.(`  the tenant sets ${JSON.stringify(settings)}`);
    await setTenant(this.#database, settings);
    this.#judge.tenant.sets(settings, new Set(await inHand(this.#database)));
    await this.#node.runAll();
  }

  /** Nobody asks anything any more, everything is accepted: what waits must leave, or say why it does not. */
  async end(): Promise<void> {
    this.#options.trace?.('the end');
    this.#temper = PEACE;
    this.#accepted = [];
    this.#forgiven = false;
    this.#intruder = Promise.resolve(); // nobody else comes
    this.#now = later(this.#now, END);
    await this.#node.clock.advance(this.#now);
    await this.#check();
    this.broken.push(...(await brokenPromises(this.#database)), ...(await forgotten(this.#database)));
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
    const items = this.#gate.itemsOf(envelope.id);
    const sent = this.#judge.starts(envelope, honoursIds, items);
    this.handOvers += 1;
    const { slot, fence, now } = await heldAs(this.#database, envelope.id);
    this.#judge.mayStart(sent, now);
    if (this.#intruder === null && this.#random.chance(this.#temper.interrupted)) await this.#meanwhile(envelope);
    const outcome = answerIn(this.#temper, this.#random);
    sent.outcome = outcome.kind;
    this.#options.trace?.(
      `  ${channel} ${envelope.stage} to ${envelope.recipient.id}${items.length > 1 ? ` and ${items.length - 1} more` : ''}: ${outcome.kind}`,
    );
    if (outcome.kind === 'accepted') this.#accepted.push(...items.map(({ id }) => id));
    this.carried += items.length - 1;
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
}
