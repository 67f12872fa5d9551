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
import { takeAllowances } from '../store/sql/allowance.ts';
import { putHealth } from '../store/sql/connection.ts';
import {
  claimOutbox,
  type Except,
  type OutboxRow,
  passGate,
  putBack,
  renewLeases,
  slotsToDeliver,
} from '../store/sql/outbox.ts';
import { Berths } from './berth.ts';
import { type Prepared, prepare } from './deliver-prepare.ts';
import type { Engine } from './engine.ts';
import { type Answer, type RestCause, storable } from './judge.ts';
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
/** What is known to have no place is left out of a claim, up to so many. */
const EXCEPT_MAX = 500;
const SECOND_MS = 1_000;
const DAY_SECONDS = 86_400;
/** A tenant's quota is looked at again after this, if not sooner. */
const QUOTA_REST_MS = 60_000;

/** A claimed message with its place on a connection; null where none serves its channel, which prepare() says. */
interface Placed {
  readonly row: OutboxRow;
  readonly connection: Connection | null;
}
interface Resting {
  readonly row: OutboxRow;
  readonly cause: RestCause;
  readonly until: Instant;
}
type Chosen = Prepared & { readonly kind: 'ready' } & { readonly connection: Connection };

/** What one pass has found to have no place. */
interface Pass {
  readonly now: Instant;
  /** Channels of this process's connections. A channel without room is left alone for the rest of the pass: what it has for
   * the first place that becomes free is decided by the order of the next pass, not by the slot that is being looked at. */
  readonly full: Set<Channel>;
  readonly except: Except[];
}

export class Deliver {
  readonly #engine: Engine;
  readonly #words: Words;
  readonly #berths: Berths;
  readonly #pending = new Set<Promise<void>>();

  constructor(engine: Engine, words: Words) {
    this.#engine = engine;
    this.#words = words;
    this.#berths = new Berths(engine.connections);
  }

  /** Claims and starts what there is room for in every slot; answers how many messages were claimed. */
  async runOnce(): Promise<number> {
    const now = await this.#engine.clock.storyNow();
    if (now === null) return 0;
    const slots = await this.#engine.database.transaction(ENGINE, async (tx) => {
      await this.#engine.connections.refresh(tx);
      return slotsToDeliver(tx, now);
    });
    const except = this.#berths.fullOwn().map((one): Except => ({ ...one, recipient: null }));
    const pass: Pass = { now, full: new Set(), except };
    let claimed = 0;
    for (const slot of slots) {
      if (this.#engine.stopping) break;
      claimed += await this.runSlot(slot, pass);
    }
    return claimed;
  }

  /** Waits for every hand-over under way to be recorded. */
  async idle(): Promise<void> {
    while (this.#pending.size > 0) await Promise.all(this.#pending);
  }

  async runSlot(slot: number, pass: Pass): Promise<number> {
    const { database, node, leaseMs, connections } = this.#engine;
    const { now } = pass;
    const room = CHANNELS.map((channel) => [channel, this.#berths.room(channel)] as const);
    for (const [channel, free] of room) if (free <= 0 && connections.shared(channel).length > 0) pass.full.add(channel);
    const channels = CHANNELS.filter((channel) => !pass.full.has(channel));
    const served = connections.served();
    if (channels.length === 0 && served.length === 0) return 0;
    // Channels without a connection are not limited, they fail at once.
    const places = room.filter(([channel, free]) => channels.includes(channel) && free > 0).map(([, free]) => free);
    const limit = Math.min(CLAIM_MAX, ...places);
    const except = pass.except.slice(-EXCEPT_MAX);
    const rows = await database.transaction(ENGINE, (tx) =>
      claimOutbox(tx, slot, { now, limit, leaseMs, node, channels, except, served }),
    );
    if (rows.length === 0) return 0;
    // UPDATE … RETURNING keeps no order.
    rows.sort(inOrder);
    const { placed, back, resting } = this.#place(rows, pass);
    const { allowed, spent } = await this.#allow(placed, now);
    const entered = await this.#enter(slot, allowed, pass);
    await this.#rest(slot, [...resting, ...spent, ...entered.resting], [...back, ...entered.back]);
    await this.#handOverAll(slot, entered.chosen);
    // What went straight back is no work done: a pass that finds only that is over.
    return rows.length - back.length - entered.back.length;
  }

  /** A place for each, in their order: what gets none goes back at once, for the next place that becomes free. */
  #place(rows: readonly OutboxRow[], pass: Pass): { placed: Placed[]; back: OutboxRow[]; resting: Resting[] } {
    const placed: Placed[] = [];
    const back: OutboxRow[] = [];
    const resting: Resting[] = [];
    for (const row of rows) {
      const berth = this.#berths.find(row, pass.now);
      if (berth.kind === 'free') {
        this.#berths.take(berth.connection, row.tenant);
        placed.push({ row, connection: berth.connection });
      } else if (berth.kind === 'none') placed.push({ row, connection: null });
      else if (berth.kind === 'down') resting.push({ row, cause: 'connection_down', until: spread(row, berth.until) });
      else {
        back.push(row);
        pass.except.push({ tenant: row.tenant, channel: row.channel, recipient: null });
      }
    }
    return { placed, back, resting };
  }

  /** What quotas and rate limits leave of it, counted by the database for all nodes together. */
  async #allow(placed: readonly Placed[], now: Instant): Promise<{ allowed: Placed[]; spent: Resting[] }> {
    const limited = new Map<string, { tenant: string; scope: string; rate: number; burst: number; own: Placed[] }>();
    const quota = this.#engine.messagesADay;
    for (const one of placed) {
      if (one.connection === null || one.row.channel === 'inbox') continue;
      const { tenant } = one.row;
      const limits = [
        ...(quota === null ? [] : [{ tenant, scope: 'messages', rate: quota / DAY_SECONDS, burst: quota }]),
        ...(one.connection.perSecondMax == null ? [] : [rateOf(one.connection, one.connection.perSecondMax, tenant)]),
      ];
      for (const limit of limits) {
        const key = `${limit.tenant}\n${limit.scope}`;
        const known = limited.get(key) ?? { ...limit, own: [] };
        known.own.push(one);
        limited.set(key, known);
      }
    }
    if (limited.size === 0) return { allowed: [...placed], spent: [] };
    // Always in the same order, so that two nodes never wait for each other.
    const all = [...limited].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, one]) => one);
    const given = await this.#engine.database.transaction(ENGINE, (tx) =>
      takeAllowances(
        tx,
        all.map((one) => ({ ...one, want: one.own.length })),
      ),
    );
    const spent = new Map<Placed, Resting>();
    all.forEach(({ own, scope, rate }, index) => {
      own.slice(given[index] ?? 0).forEach((one, place) => {
        if (spent.has(one)) return;
        const quotaSpent = scope === 'messages';
        const waitMs = ((place + 1) / rate) * SECOND_MS * this.#engine.clock.scale;
        spent.set(one, {
          row: one.row,
          cause: quotaSpent ? 'quota_spent' : 'rate_limited',
          until: (now + Math.ceil(quotaSpent ? Math.max(QUOTA_REST_MS, waitMs) : waitMs)) as Instant,
        });
        if (one.connection !== null) this.#berths.leave(one.connection, one.row.tenant, null, false);
      });
    });
    return { allowed: placed.filter((one) => !spent.has(one)), spent: [...spent.values()] };
  }

  /** Rendered, and with a place on the lane its address belongs to. */
  async #enter(
    slot: number,
    placed: readonly Placed[],
    pass: Pass,
  ): Promise<{ chosen: Chosen[]; back: OutboxRow[]; resting: Resting[] }> {
    const byId = new Map(placed.map((one) => [one.row.id, one]));
    const prepared = await prepare(
      this.#engine,
      this.#words,
      slot,
      placed.map(({ row }) => row),
      pass.now,
    ).catch((error: unknown) => {
      for (const { row, connection } of placed)
        if (connection !== null) this.#berths.leave(connection, row.tenant, null, false);
      throw error;
    });
    const found = { chosen: [] as Chosen[], back: [] as OutboxRow[], resting: [] as Resting[] };
    const dead: HandOver[] = [];
    for (const one of prepared) {
      const { row } = one;
      const connection = byId.get(row.id)?.connection ?? null;
      byId.delete(row.id);
      if (one.kind === 'dead') dead.push({ ...base(row, row.fence, null), outcome: one.outcome, content: null });
      const { address } = one.kind === 'ready' ? one.envelope : { address: null };
      const lane =
        one.kind === 'ready' && connection !== null ? this.#berths.laneWait(connection, address, pass.now) : 'none';
      if (one.kind === 'ready' && connection !== null && lane === 'free') {
        this.#berths.enter(connection, address);
        found.chosen.push({ ...one, connection });
        continue;
      }
      if (connection !== null) this.#berths.leave(connection, row.tenant, null, false);
      if (one.kind === 'dead') continue;
      if (lane === 'full') {
        found.back.push(row);
        pass.except.push({ tenant: row.tenant, channel: row.channel, recipient: row.recipient });
      } else if (typeof lane === 'number')
        found.resting.push({ row, cause: 'connection_down', until: spread(row, lane) });
    }
    // Those that this release cannot read wait with their follow-up, without a place.
    for (const { row, connection } of byId.values())
      if (connection !== null) this.#berths.leave(connection, row.tenant, null, false);
    if (dead.length > 0) this.#track(this.#record(dead, slot));
    return found;
  }

  /** What waits although it is due: the timeline is told why, once; after that it only waits on. */
  async #rest(slot: number, resting: readonly Resting[], back: readonly OutboxRow[]): Promise<void> {
    const again = resting.filter(({ row, cause }) => row.rests_for === cause);
    const quiet = [
      ...back.map((row) => ({ id: row.id, fence: row.fence, until: null })),
      ...again.map(({ row, until }) => ({ id: row.id, fence: row.fence, until })),
    ];
    if (quiet.length > 0) await this.#engine.database.transaction(ENGINE, (tx) => putBack(tx, slot, quiet));
    const fresh = resting.filter((one) => !again.includes(one));
    if (fresh.length > 0)
      this.#track(
        this.#record(
          fresh.map(({ row, cause, until }) => ({
            ...base(row, row.fence, null),
            outcome: { kind: 'rests', cause, until },
            content: null,
          })),
          slot,
        ),
      );
  }

  async #handOverAll(slot: number, chosen: readonly Chosen[]): Promise<void> {
    if (chosen.length === 0) return;
    const since = this.#engine.monotonic();
    const passed = await this.#pass(slot, chosen).catch((error: unknown) => {
      for (const one of chosen) this.#leave(one, false);
      throw error;
    });
    for (const one of chosen) if (!passed.has(one.row.id)) this.#leave(one, false);
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

  #leave({ connection, row, envelope }: Chosen, handedOver: boolean): void {
    this.#berths.leave(connection, row.tenant, envelope.address, handedOver);
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
      this.#leave(one, true);
    }
    this.#engine.metrics.handedOver(row.channel, outcome.kind);
    return { ...base(row, row.fence, one), outcome, content: envelope.content };
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
  async #record(handOvers: readonly Handed[], slot: number): Promise<void> {
    const { database, policies, clock, leaseMs } = this.#engine;
    let left: readonly Handed[] = handOvers;
    let away = 0;
    for (let tries = 1; left.length > 0; tries++) {
      try {
        const now = await clock.now();
        if (tries === 1) await this.#told(handOvers, now);
        const elsewhere = left.map((one) => ({ ...one, elsewhere: this.#isElsewhere(one, now) }));
        const recorded = await recordOutcomes(elsewhere, slot, { database, policies, now });
        this.#engine.report(recorded.result);
        const held = new Set(recorded.held.map(({ id }) => id));
        left = left.filter(({ id }) => held.has(id));
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

  /** Breakers learn what came of it; whoever looks at a connection sees how it fares. */
  async #told(handOvers: readonly Handed[], now: Instant): Promise<void> {
    const news = handOvers.flatMap(({ chosen, outcome }) => {
      if (chosen === undefined || !isOfProvider(outcome)) return [];
      const { connection, envelope, row } = chosen;
      this.#berths.tell(connection, envelope.address, outcome, now);
      const tenant = this.#engine.connections.isShared(connection) ? null : row.tenant;
      const fresh = tenant === null ? null : this.#berths.news(connection, tenant);
      return fresh === null || tenant === null ? [] : [{ ...fresh, tenant, connection: connection.id }];
    });
    if (news.length > 0)
      await this.#engine.database.transaction(ENGINE, (tx) => putHealth(tx, this.#engine.node, news));
  }

  #isElsewhere({ chosen }: Handed, now: Instant): boolean {
    return chosen !== undefined && this.#berths.hasAnother(chosen.row, chosen.connection, now);
  }
}

/** A hand-over with what it went by; nothing where it never got that far. */
type Handed = HandOver & { readonly chosen?: Chosen };
const isOfProvider = (outcome: HandOver['outcome']): outcome is Outcome =>
  outcome.kind === 'accepted' ||
  outcome.kind === 'retry' ||
  outcome.kind === 'rejected' ||
  outcome.kind === 'uncertain';

const rateOf = (connection: Connection, perSecond: number, tenant: string) => ({
  tenant,
  scope: `connection:${connection.id}`,
  rate: perSecond,
  burst: Math.max(1, perSecond),
});

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
/** Connections this wide are in-process (inbox, mailbox). */
const INSTANT_CONCURRENCY = 1_000;

const base = (row: OutboxRow, fence: number, chosen: Chosen | null) => ({
  id: row.id,
  followUpId: row.follow_up_id,
  slot: row.slot,
  fence,
  connection: chosen?.connection.id ?? '',
  honoursIds: chosen?.connection.honoursIds ?? false,
  ...(chosen === null ? {} : { chosen }),
});
