// The deliver loop: queued messages to providers, urgent first.
//
//   queued → leased (revocable) → rendered → a place → gate: leased → sending, only as many as have one → handed over
//   → outcome.ts records what the provider said and feeds it back
//
// Claiming is not sending: a command that commits before the gate takes the message out of the outbox, and the gate finds
// nothing. A little more is claimed than there are places, so that a place that becomes free is used at once; what gets none
// within a moment goes back. A hand-over under way is awaited at a graceful stop; one cut off by a crash is found by its lease.
import type { Channel, Instant, Outcome } from '@relance/core';
import type { Connection, Envelope } from '../channels/channel.ts';
import { ENGINE } from '../store/database.ts';
import { putHealth } from '../store/sql/connection.ts';
import {
  claimOutbox,
  type Except,
  type OutboxRow,
  passGate,
  putBack,
  type Room,
  slotsToDeliver,
} from '../store/sql/outbox.ts';
import { abreast } from './abreast.ts';
import { Berths } from './berth.ts';
import { type Prepared, prepare } from './deliver-prepare.ts';
import { lostBy, suppressLost } from './endpoint-news.ts';
import type { Engine } from './engine.ts';
import { type Answer, type RestCause, storable } from './judge.ts';
import type { HandOver } from './outcome.ts';
import { Pace } from './pace.ts';
import type { Consents, Words } from './ports.ts';
import { Recorder } from './recorder.ts';
import { spendAllowances } from './spend.ts';

/** Server time. A hand-over that takes longer than its lease is taken for lost. */
export const LEASE_MS = 30_000;
/** Parts of the lease. Providers get less than all of it, so that a slow answer is still recorded by the node that asked; */
const HAND_OVER_PART = 5 / 6;
/** an adapter that does not listen when it is called off is not waited for; */
const ANSWER_PART = 14 / 15;
/** and what has so little of its lease left is not handed over at all. */
const START_PART = 1 / 6;
const GATE_TRIES_MAX = 3;
const GATE_AGAIN_MS = 30;
/** Messages claimed of one slot at once; enough to keep statements set-based, few enough to render within the lease. */
const CLAIM_MAX = 200;
/** Of what goes by connections of tenants' own, whose places are counted only when it is known whose it is. */
const OWN_AT_ONCE = 50;
/** What is known to have no place is left out of a claim, up to so many. */
const EXCEPT_MAX = 500;
const LANES_KNOWN_MAX = 5_000;
/** What is claimed waits so long for a place before it goes back: far less than a lease. */
const WAIT_MS = 1_000;

type Ready = Extract<Prepared, { kind: 'ready' }>;
type Chosen = Ready & { readonly connection: Connection };
interface Resting {
  readonly row: OutboxRow;
  readonly cause: RestCause;
  readonly until: Instant;
}

/** What one pass has found to have no place. */
interface Pass {
  readonly now: Instant;
  readonly except: Except[];
  /**
   * Channels of this process's connections. One without room is left alone for the rest of the pass: what it has for the first
   * place that becomes free is decided by the order of the next pass, not by the slot that is being looked at.
   */
  readonly full: Set<Channel>;
}

export class Deliver {
  readonly #engine: Engine;
  readonly #words: Words;
  readonly #consents: Consents;
  readonly #berths: Berths;
  readonly #pace: Pace;
  readonly #recorder: Recorder<Handed>;
  /** Told when a place becomes free. */
  #freed: PromiseWithResolvers<void> = Promise.withResolvers();
  /** The most urgent that waits for a place on each channel, of every slot in hand: what is less urgent does not overtake it. */
  readonly #queue = new Map<number, ReadonlyMap<Channel, number>>();
  /** Hand-overs whose outcome the breakers know. */
  readonly #heard = new WeakSet<Chosen>();
  /** Who has lately found the lane of their address full. */
  readonly #lanes = new Map<string, { row: OutboxRow; connection: Connection; address: string | null }>();

  constructor(engine: Engine, words: Words, consents: Consents) {
    this.#engine = engine;
    this.#consents = consents;
    this.#words = words;
    this.#berths = new Berths(engine.connections);
    this.#pace = new Pace(engine.monotonic);
    this.#recorder = new Recorder(engine, (handOvers, now) => this.#look(handOvers, now));
  }

  /** Claims and starts what there is room for in every slot; answers how many messages were taken on. */
  async runOnce(): Promise<number> {
    const now = await this.#engine.clock.storyNow();
    if (now === null) return 0;
    const slots = await this.#engine.database.transaction(ENGINE, async (tx) => {
      await this.#engine.connections.refresh(tx);
      return slotsToDeliver(tx, now);
    });
    const except = [...this.#berths.fullOwn().map((one) => ({ ...one, recipient: null })), ...this.#crowded(now)];
    const pass: Pass = { now, full: new Set(), except };
    const taken = await abreast(this.#engine.slotsAbreast, slots, ({ slot, urgency }) => {
      if (this.#engine.stopping) return Promise.resolve(0);
      // Until it is known what it has, it may be that urgent on any channel.
      this.#line(slot, new Map(CHANNELS.map((channel) => [channel, urgency])));
      return this.#runSlot(slot, pass).finally(() => this.#line(slot, null));
    });
    return taken.reduce((sum, count) => sum + count, 0);
  }

  /** Whoever's lane was full and still is: they are not even claimed. */
  #crowded(now: Instant): Except[] {
    return [...this.#lanes].flatMap(([key, { row, connection, address }]) => {
      if (this.#berths.laneWait(connection, address, now) === 'full') {
        const { tenant, channel, recipient } = row;
        return [{ tenant, channel, recipient }];
      }
      this.#lanes.delete(key);
      return [];
    });
  }

  /** Waits for every hand-over under way to be recorded. */
  idle(): Promise<void> {
    return this.#recorder.idle();
  }

  async #runSlot(slot: number, pass: Pass): Promise<number> {
    const rows = await this.#claim(slot, pass);
    if (rows.length === 0) return 0;
    const counts = this.#pace.claims(rows.map(({ channel }) => channel));
    try {
      const { up, resting } = this.#sort(rows, pass);
      await this.#rest(slot, resting);
      const back = await this.#handOverAll(slot, await this.#prepare(slot, up, pass), pass);
      // What went straight back is no work done: a pass that finds only that is over.
      return rows.length - back;
    } finally {
      counts.end();
    }
  }

  async #claim(slot: number, { now, except, full }: Pass): Promise<OutboxRow[]> {
    const { database, node, leaseMs, connections } = this.#engine;
    const served = connections.served();
    const rooms = CHANNELS.flatMap((channel): Room[] => {
      const own = served.some((one) => one.channel === channel) ? OWN_AT_ONCE : 0;
      // One without a connection is not limited, it fails at once.
      if (connections.shared(channel).length === 0) return [{ channel, room: CLAIM_MAX, ownOnly: false }];
      const room = this.#berths.room(channel) + this.#pace.ahead(channel);
      if (room <= 0) full.add(channel);
      if (!full.has(channel)) return [{ channel, room: Math.min(CLAIM_MAX, room + own), ownOnly: false }];
      return own === 0 ? [] : [{ channel, room: own, ownOnly: true }];
    });
    if (rooms.length === 0) return [];
    const rows = await database.transaction(ENGINE, (tx) =>
      claimOutbox(tx, slot, { now, limit: CLAIM_MAX, leaseMs, node, rooms, except: except.slice(-EXCEPT_MAX), served }),
    );
    // UPDATE … RETURNING keeps no order.
    return rows.sort(inOrder);
  }

  /** What every provider is down for is not even rendered. */
  #sort(rows: readonly OutboxRow[], { now }: Pass): { up: OutboxRow[]; resting: Resting[] } {
    const up: OutboxRow[] = [];
    const resting: Resting[] = [];
    for (const row of rows) {
      const berth = this.#berths.find(row, now);
      if (berth.kind === 'down') resting.push({ row, cause: 'connection_down', until: spread(row, berth.until) });
      else up.push(row);
    }
    return { up, resting };
  }

  /** Rendered; what cannot be sent at all is told at once. */
  async #prepare(slot: number, rows: readonly OutboxRow[], { now }: Pass): Promise<Ready[]> {
    const prepared = await prepare(this.#engine, this.#words, slot, rows, now);
    const dead = prepared.filter((one) => one.kind === 'dead');
    this.#recorder.report(
      slot,
      dead.map(({ row, outcome }) => ({ ...base(row, null), outcome, content: null })),
    );
    return prepared.filter((one) => one.kind === 'ready');
  }

  /**
   * As places become free, in their order; answers how many got none within their time and went back. Where nothing moves,
   * nobody waits: those behind it in this slot have places of their own.
   */
  async #handOverAll(slot: number, ready: readonly Ready[], pass: Pass): Promise<number> {
    const until = this.#engine.monotonic() + WAIT_MS;
    let left = ready;
    const gone: Ready[] = [];
    for (;;) {
      const { chosen, full, back, resting } = this.#place(slot, left, pass);
      gone.push(...back);
      const spent = await this.#spend(slot, chosen, resting, pass);
      await this.#send(
        slot,
        chosen.filter((one) => !spent.has(one)),
      );
      left = full;
      if (left.length === 0) break;
      // They are in their order, so that the first of a channel is its most urgent.
      this.#line(slot, new Map(left.toReversed().map(({ row }) => [row.channel, row.urgency])));
      const waitMs = until - this.#engine.monotonic();
      if (waitMs <= 0 || this.#engine.stopping || !(await this.#placeFreed(waitMs))) break;
    }
    gone.push(...left);
    if (gone.length === 0) return 0;
    for (const { row } of gone)
      pass.except.push({ tenant: row.tenant, channel: row.channel, recipient: row.recipient });
    await this.#engine.database.transaction(ENGINE, (tx) =>
      putBack(
        tx,
        slot,
        gone.map(({ row }) => ({ id: row.id, fence: row.fence, until: null })),
      ),
    );
    return gone.length;
  }

  /** Those that have a place, and no allowance: they rest, with those whose providers are down. */
  async #spend(
    slot: number,
    chosen: readonly Chosen[],
    resting: readonly Resting[],
    { now }: Pass,
  ): Promise<ReadonlyMap<Chosen, unknown>> {
    try {
      const spent = await spendAllowances(this.#engine, chosen, now);
      await this.#rest(slot, [...resting, ...[...spent].map(([{ row }, rest]) => ({ row, ...rest }))]);
      for (const one of spent.keys()) this.#leave(one, false);
      return spent;
    } catch (error) {
      for (const one of chosen) this.#leave(one, false);
      throw error;
    }
  }

  /** A place for each, in their order: on a connection that works, and on the lane its address belongs to. */
  #place(
    slot: number,
    ready: readonly Ready[],
    { now }: Pass,
  ): { chosen: Chosen[]; full: Ready[]; back: Ready[]; resting: Resting[] } {
    const found = { chosen: [] as Chosen[], full: [] as Ready[], back: [] as Ready[], resting: [] as Resting[] };
    for (const one of ready) {
      const { row, envelope } = one;
      const berth = this.#isOvertaking(slot, row) ? FULL : this.#berths.find(row, now);
      if (berth.kind === 'down') found.resting.push({ row, cause: 'connection_down', until: spread(row, berth.until) });
      else if (berth.kind === 'free') {
        const { connection } = berth;
        const lane = this.#berths.laneWait(connection, envelope.address, now);
        if (typeof lane === 'number') found.resting.push({ row, cause: 'connection_down', until: spread(row, lane) });
        else if (lane === 'free') {
          this.#berths.take(connection, row.tenant, envelope.address);
          found.chosen.push({ ...one, connection });
        } else {
          if (this.#lanes.size >= LANES_KNOWN_MAX) this.#lanes.clear();
          this.#lanes.set(`${row.tenant}\n${row.recipient}`, { row, connection, address: envelope.address });
          found.back.push(one);
        }
      } else if (this.#pace.moves(row.channel)) found.full.push(one);
      else found.back.push(one);
    }
    return found;
  }

  #isOvertaking(slot: number, row: OutboxRow): boolean {
    if (this.#berths.room(row.channel) >= INSTANT_CONCURRENCY) return false; // there is a place for everybody
    for (const [other, urgencies] of this.#queue)
      if (other !== slot && (urgencies.get(row.channel) ?? 0) > row.urgency) return true;
    return false;
  }

  /** True when a place has become free; false when none has in time. */
  async #placeFreed(waitMs: number): Promise<boolean> {
    const freed = this.#freed.promise.then(() => true);
    return Promise.race([freed, this.#engine.pauseMs(waitMs).then(() => false)]);
  }

  /** What waits although it is due: the timeline is told why, once; after that it only waits on. */
  async #rest(slot: number, resting: readonly Resting[]): Promise<void> {
    const again = resting.filter(({ row, cause }) => row.rests_for === cause);
    if (again.length > 0)
      await this.#engine.database.transaction(ENGINE, (tx) =>
        putBack(
          tx,
          slot,
          again.map(({ row, until }) => ({ id: row.id, fence: row.fence, until })),
        ),
      );
    const fresh = resting.filter(({ row, cause }) => row.rests_for !== cause);
    this.#recorder.report(
      slot,
      fresh.map(({ row, cause, until }) => ({
        ...base(row, null),
        outcome: { kind: 'rests', cause, until },
        content: null,
      })),
    );
  }

  /** Through the gate together, and each on its way. */
  async #send(slot: number, chosen: readonly Chosen[]): Promise<void> {
    if (chosen.length === 0) return;
    const since = this.#engine.monotonic();
    const passed = await this.#pass(slot, chosen).catch((error: unknown) => {
      for (const one of chosen) this.#leave(one, false);
      throw error;
    });
    for (const one of chosen) if (!passed.has(one.row.id)) this.#leave(one, false);
    const gone = chosen.filter((one) => passed.has(one.row.id));
    const instant = gone.filter(
      ({ connection }) => connection.honoursIds && connection.concurrencyMax >= INSTANT_CONCURRENCY,
    );
    const report = (all: readonly Handed[]): void => this.#recorder.report(slot, all);
    // What never leaves this process is answered at once, so a whole set is recorded in one transaction.
    if (instant.length > 0)
      this.#recorder.track(Promise.all(instant.map((one) => this.#handOver(one, since))).then(report));
    for (const one of gone)
      if (!instant.includes(one)) this.#recorder.track(this.#handOver(one, since).then((made) => report([made])));
  }

  #leave({ connection, row, envelope }: Chosen, handedOver: boolean): void {
    this.#berths.leave(connection, row.tenant, envelope.address, handedOver);
    this.#wake();
  }

  /** Whoever waits for a place looks again. */
  #wake(): void {
    const { resolve } = this.#freed;
    this.#freed = Promise.withResolvers();
    resolve();
  }

  /** Null: nothing of the slot waits any more. Those behind it look again where it has become less urgent. */
  #line(slot: number, urgencies: ReadonlyMap<Channel, number> | null): void {
    const before = this.#queue.get(slot);
    if (urgencies === null) this.#queue.delete(slot);
    else this.#queue.set(slot, urgencies);
    if ([...(before ?? [])].some(([channel, urgency]) => urgency > (urgencies?.get(channel) ?? -1))) this.#wake();
  }

  /** A row that is held for a moment (a sibling's answer is being recorded) is tried again; for longer, its lease runs out. */
  async #pass(slot: number, chosen: readonly Chosen[]): Promise<ReadonlySet<string>> {
    const passed = new Set<string>();
    let left = chosen;
    for (let tries = 1; ; tries++) {
      const at = await this.#engine.database.transaction(ENGINE, async (tx) => {
        await this.#words.storeActions(
          tx,
          left.flatMap((one) => one.actionRows),
        );
        await this.#words.storeUnsubscribes(
          tx,
          left.flatMap((one) => one.unsubscribeToken ?? []),
        );
        const rows = left.map((one) => ({ id: one.row.id, fence: one.row.fence, connection: one.connection.id }));
        return passGate(tx, slot, rows, this.#engine.leaseMs);
      });
      for (const id of at.passed) passed.add(id);
      left = left.filter((one) => at.held.has(one.row.id));
      if (left.length === 0 || tries === GATE_TRIES_MAX) return passed;
      await this.#engine.pauseMs(GATE_AGAIN_MS);
    }
  }

  /** `since`: before the gate, so that the lease has run for no longer than from then on. */
  async #handOver(one: Chosen, since: number): Promise<Handed> {
    const { connection, envelope, row } = one;
    let outcome: Answer;
    try {
      const heldMs = this.#engine.monotonic() - since;
      outcome = storable(await this.#within(connection, { ...envelope, attempt: row.attempts }, heldMs));
    } catch (error) {
      // An adapter must answer with an outcome; one that throws, or answers something else, may or may not have handed over.
      const detail = `The ${connection.provider} adapter failed: ${(error as Error).message}`;
      outcome = storable({ kind: 'uncertain', detail });
      this.#engine.log.error({ error, connection: connection.id }, 'a provider adapter threw');
    } finally {
      this.#leave(one, true);
    }
    this.#engine.metrics.handedOver(row.channel, outcome.kind);
    this.#pace.told(row.channel);
    return { ...base(row, one), outcome, content: envelope.content };
  }

  /** Within the lease. A node that stood still since the gate does not start what may be somebody else's by now, or stopped. */
  async #within(connection: Connection, envelope: Envelope, heldMs: number): Promise<Answer> {
    const { leaseMs } = this.#engine;
    const leftMs = Math.floor(leaseMs * HAND_OVER_PART - heldMs);
    if (leftMs < leaseMs * START_PART)
      return { kind: 'not_started', detail: 'the node stood still before it could hand it over' };
    const silence = new Promise<Outcome>((resolve) => {
      const detail = `The ${connection.provider} adapter did not answer in time`;
      const over = AbortSignal.timeout(Math.floor(leaseMs * ANSWER_PART - heldMs));
      over.addEventListener('abort', () => resolve({ kind: 'uncertain', detail }), { once: true });
    });
    return Promise.race([connection.send(envelope, AbortSignal.timeout(leftMs)), silence]);
  }

  /** Breakers learn what came of it, whoever looks at a connection sees how it fares, and what may be asked elsewhere is known. */
  async #look(handOvers: readonly Handed[], now: Instant): Promise<readonly HandOver[]> {
    const { connections, database, node } = this.#engine;
    const news = handOvers.flatMap(({ chosen, outcome }) => {
      if (chosen === undefined || !isOfProvider(outcome)) return [];
      const { connection, envelope, row } = chosen;
      // What is written only at the second try has been heard but once.
      if (!this.#heard.has(chosen)) this.#berths.tell(connection, envelope.address, outcome, now);
      this.#heard.add(chosen);
      const shared = connections.isShared(connection);
      const fresh = this.#berths.news(connection, shared ? '' : row.tenant);
      if (fresh === null) return [];
      const fields = { ...fresh, connection: connection.id, ...(shared ? {} : { tenant: row.tenant }) };
      this.#engine.log.warn(fields, 'a connection fares otherwise than before');
      return shared ? [] : [{ ...fresh, tenant: row.tenant, connection: connection.id }];
    });
    if (news.length > 0) await database.transaction(ENGINE, (tx) => putHealth(tx, node, news));
    const lost = handOvers.flatMap(({ chosen, outcome }) => {
      const said = chosen === undefined || !isOfProvider(outcome) ? null : lostBy(outcome);
      return said === null || chosen === undefined
        ? []
        : [{ ...said, ...whereOf(chosen.row), address: chosen.envelope.address }];
    });
    await suppressLost(this.#engine, this.#consents, lost);
    return handOvers.map(({ chosen, ...one }) => ({
      ...one,
      elsewhere: chosen !== undefined && this.#berths.hasAnother(chosen.row, chosen.connection, now),
    }));
  }
}

/** A hand-over with what it went by; nothing where it never got that far. */
type Handed = HandOver & { readonly chosen?: Chosen };
const isOfProvider = (outcome: HandOver['outcome']): outcome is Outcome =>
  outcome.kind === 'accepted' ||
  outcome.kind === 'retry' ||
  outcome.kind === 'rejected' ||
  outcome.kind === 'uncertain';

const whereOf = ({ tenant, channel, recipient }: OutboxRow) => ({ tenant, channel, recipient });

/** Over the next fifth of a minute, so that what waited for the same moment does not come all at once. */
const SPREAD_MS = 12_000;
const spread = (row: OutboxRow, until: Instant): Instant =>
  (until + Math.round((Number.parseInt(row.id.slice(-4), 16) / 0xffff) * SPREAD_MS)) as Instant;

const CHANNELS: readonly Channel[] = ['inbox', 'email', 'sms', 'push', 'chat', 'webhook'];
/** Urgent first, then as due, then as the contact plan lists them; the same in every run, for who replays one. */
const inOrder = (a: OutboxRow, b: OutboxRow): number =>
  b.urgency - a.urgency ||
  (a.send_at ?? 0) - (b.send_at ?? 0) ||
  a.notify - b.notify ||
  a.entry - b.entry ||
  (a.id < b.id ? -1 : 1);
const FULL = { kind: 'full' } as const;
/** Connections this wide are in-process (inbox, mailbox). */
const INSTANT_CONCURRENCY = 1_000;

const base = (row: OutboxRow, chosen: Chosen | null) => ({
  id: row.id,
  followUpId: row.follow_up_id,
  slot: row.slot,
  fence: row.fence,
  connection: chosen?.connection.id ?? '',
  honoursIds: chosen?.connection.honoursIds ?? false,
  shown: chosen?.connection.rewrite === undefined ? null : chosen.followUp,
  ...(chosen === null ? {} : { chosen }),
});
