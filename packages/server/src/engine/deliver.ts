// The deliver loop: queued messages to providers, urgent first.
//
//   queued → leased (revocable) → rendered → gate: leased → sending, only as many as connections are free → handed over
//   → outcome.ts records what the provider said and feeds it back
//
// Claiming is not sending: a command that commits before the gate takes the message out of the outbox, and the gate finds
// nothing. A hand-over under way is awaited at a graceful stop; one cut off by a crash is found by its lease (sweep.ts).
import type { Channel, Instant, Outcome } from '@relance/core';
import type { Connection, Envelope } from '../channels/channel.ts';
import { ENGINE, isDatabaseDown } from '../store/database.ts';
import { claimOutbox, type OutboxRow, passGate, renewLeases, slotsToDeliver } from '../store/sql/outbox.ts';
import { type Prepared, prepare } from './deliver-prepare.ts';
import type { Engine } from './engine.ts';
import { type Answer, storable } from './judge.ts';
import { type HandOver, recordOutcomes } from './outcome.ts';
import type { Words } from './ports.ts';

/** Server time. A hand-over that takes longer than its lease is taken for lost. */
export const LEASE_MS = 30_000;
/** Parts of the lease. Providers get less than all of it, so that a slow answer is still recorded by the node that asked; */
const HAND_OVER_PART = 5 / 6;
/** an adapter that does not listen when it is called off is not waited for; */
const ANSWER_PART = 14 / 15;
/** and what has so little of its lease left is not handed over at all. */
const START_PART = 1 / 6;
/** An answer is kept while the database is away: it restarts in seconds, and its lease may long be over by then. */
const AWAY_TRIES_MAX = 120;
const RECORD_AGAIN_MS = 500;
/** What another transaction of ours holds is free in a moment. */
const RECORD_SOON_MS = 5;
const GATE_TRIES_MAX = 3;
const GATE_AGAIN_MS = 30;
/** Messages claimed of one slot at once; enough to keep statements set-based, few enough to render within the lease. */
const CLAIM_MAX = 200;

type Chosen = Prepared & { readonly kind: 'ready' } & { readonly connection: Connection };

export class Deliver {
  readonly #engine: Engine;
  readonly #words: Words;
  readonly #inFlight = new Map<string, number>();
  readonly #pending = new Set<Promise<void>>();

  constructor(engine: Engine, words: Words) {
    this.#engine = engine;
    this.#words = words;
  }

  /** Claims and starts what there is room for in every slot; answers how many messages were claimed. */
  async runOnce(): Promise<number> {
    const now = await this.#engine.clock.storyNow();
    if (now === null) return 0;
    const slots = await this.#engine.database.transaction(ENGINE, (tx) => slotsToDeliver(tx, now));
    // A channel without room is left alone for the rest of the pass: what it has for the first place that becomes free is
    // decided by the order of the next pass, not by the slot that is being looked at.
    const full = new Set<Channel>();
    let claimed = 0;
    for (const slot of slots) {
      if (this.#engine.stopping) break;
      claimed += await this.runSlot(slot, now, full);
    }
    return claimed;
  }

  /** Waits for every hand-over under way to be recorded. */
  async idle(): Promise<void> {
    while (this.#pending.size > 0) await Promise.all(this.#pending);
  }

  async runSlot(slot: number, now: Instant, full: Set<Channel>): Promise<number> {
    const room = this.#room();
    for (const [channel, places] of room) if (places <= 0) full.add(channel);
    const open = CHANNELS.filter((channel) => !full.has(channel));
    if (open.length === 0) return 0;
    const free = new Map(open.map((channel) => [channel, Math.min(CLAIM_MAX, room.get(channel) ?? CLAIM_MAX)]));
    const { database, node } = this.#engine;
    const rows = await database.transaction(ENGINE, (tx) =>
      claimOutbox(tx, slot, { now, limit: CLAIM_MAX, leaseMs: this.#engine.leaseMs, node, room: free }),
    );
    if (rows.length === 0) return 0;
    // UPDATE … RETURNING keeps no order.
    rows.sort(inOrder);
    const prepared = await prepare(this.#engine, this.#words, slot, rows, now);
    const ready = prepared.filter((one) => one.kind === 'ready');
    const dead = prepared
      .filter((one) => one.kind === 'dead')
      .map((one): HandOver => ({ ...base(one.row, one.row.fence, null), outcome: one.outcome, content: null }));
    if (dead.length > 0) this.#track(this.#record(dead, slot));
    await this.#handOverAll(slot, ready);
    return rows.length;
  }

  /** How many more messages each channel's connections can take; channels without a connection are not limited, they fail at once. */
  #room(): Map<Channel, number> {
    const room = new Map<Channel, number>();
    for (const [channel, connections] of this.#engine.connections) {
      room.set(
        channel,
        connections.reduce((sum, one) => sum + one.concurrencyMax - (this.#inFlight.get(one.id) ?? 0), 0),
      );
    }
    return room;
  }

  #freeConnection(channel: Channel): Connection | undefined {
    return this.#engine.connections.get(channel)?.find((one) => (this.#inFlight.get(one.id) ?? 0) < one.concurrencyMax);
  }

  async #handOverAll(slot: number, ready: readonly (Prepared & { kind: 'ready' })[]): Promise<void> {
    const chosen = ready.flatMap((one) => {
      const connection = this.#freeConnection(one.row.channel);
      if (connection === undefined) return []; // its lease runs out, or the next claim after a stop of ours takes it
      this.#count(connection, 1);
      return [{ ...one, connection }];
    });
    if (chosen.length === 0) return;
    const since = this.#engine.monotonic();
    const passed = await this.#pass(slot, chosen).catch((error: unknown) => {
      for (const one of chosen) this.#count(one.connection, -1);
      throw error;
    });
    for (const one of chosen) if (!passed.has(one.row.id)) this.#count(one.connection, -1);
    const gone = chosen.filter((one) => passed.has(one.row.id));
    const instant = gone.filter(
      (one) => one.connection.honoursIds && one.connection.concurrencyMax >= INSTANT_CONCURRENCY,
    );
    const slow = gone.filter((one) => !instant.includes(one));
    // What never leaves this process is answered at once, so a whole set is recorded in one transaction.
    if (instant.length > 0)
      this.#track(Promise.all(instant.map((one) => this.#handOver(one, since))).then((all) => this.#record(all, slot)));
    for (const one of slow) this.#track(this.#handOver(one, since).then((result) => this.#record([result], slot)));
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

  #track(work: Promise<void>): void {
    const safe = work
      .catch((error: unknown) =>
        this.#engine.log.error({ error }, 'a hand-over could not be recorded; its lease will tell'),
      )
      .finally(() => this.#pending.delete(safe));
    this.#pending.add(safe);
  }

  #count(connection: Connection, change: 1 | -1): void {
    this.#inFlight.set(connection.id, Math.max(0, (this.#inFlight.get(connection.id) ?? 0) + change));
  }

  /** `since`: before the gate, so that the lease has run for no longer than from then on. */
  async #handOver(one: Chosen, since: number): Promise<HandOver> {
    const { connection, envelope, row } = one;
    let outcome: Answer;
    try {
      const heldMs = this.#engine.monotonic() - since;
      outcome = storable(await this.#send(connection, { ...envelope, attempt: row.attempts }, heldMs));
    } catch (error) {
      // An adapter must answer with an outcome; one that throws, or answers something else, may or may not have handed over.
      const detail = `The ${connection.provider} adapter failed: ${(error as Error).message}`;
      outcome = storable({ kind: 'uncertain', detail });
      this.#engine.log.error({ error, connection: connection.id }, 'a provider adapter threw');
    } finally {
      this.#count(connection, -1);
    }
    this.#engine.metrics.handedOver(row.channel, outcome.kind);
    return { ...base(row, row.fence, connection), outcome, content: envelope.content };
  }

  /** Within the lease. A node that stood still since the gate does not start what may be somebody else's by now, or stopped. */
  async #send(connection: Connection, envelope: Envelope, heldMs: number): Promise<Answer> {
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

  /**
   * What a provider said is known here and nowhere else: lost, an accepted message would be uncertain, and told again by
   * another channel. So it is kept while the database is away, and while somebody else holds its follow-up; others do not
   * wait for that. Safe however late: the fence tells whether the hand-over is still this node's to answer for.
   */
  async #record(handOvers: readonly HandOver[], slot: number): Promise<void> {
    const { database, policies, clock, leaseMs } = this.#engine;
    let left = handOvers;
    let away = 0;
    for (let tries = 1; left.length > 0; tries++) {
      try {
        const recorded = await recordOutcomes(left, slot, { database, policies, now: await clock.now() });
        this.#engine.report(recorded.result);
        left = recorded.held;
        away = 0;
        if (left.length > 0) await database.transaction(ENGINE, (tx) => renewLeases(tx, slot, left, leaseMs));
      } catch (error) {
        away += 1;
        if (!isDatabaseDown(error) || away >= AWAY_TRIES_MAX) throw error;
      }
      this.#engine.nudge.wake();
      this.#engine.nudge.deliver();
      if (left.length === 0) return;
      if (this.#engine.stopping) throw new Error('the node stops while an answer waits to be recorded');
      await this.#engine.pauseMs(Math.min(RECORD_AGAIN_MS, RECORD_SOON_MS * 2 ** tries));
    }
  }
}

const CHANNELS: readonly Channel[] = ['inbox', 'email', 'sms', 'push', 'chat', 'webhook'];
/** Urgent first, then as due, then as the contact plan lists them; the same in every run, for who replays one. */
const inOrder = (a: OutboxRow, b: OutboxRow): number =>
  b.urgency - a.urgency ||
  (a.send_at ?? 0) - (b.send_at ?? 0) ||
  a.notify - b.notify ||
  a.entry - b.entry ||
  (a.id < b.id ? -1 : 1);
/** Connections this wide are in-process (inbox, mailbox). */
const INSTANT_CONCURRENCY = 1_000;

const base = (row: OutboxRow, fence: number, connection: Connection | null) => ({
  id: row.id,
  followUpId: row.follow_up_id,
  slot: row.slot,
  fence,
  connection: connection?.id ?? '',
  honoursIds: connection?.honoursIds ?? false,
});
