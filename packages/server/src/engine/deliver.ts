// The deliver loop: queued messages to providers, urgent first.
//
//   queued → leased (revocable) → rendered → a place → gate: leased → sending, only as many as have one → handed over
//   → outcome.ts records what the provider said and feeds it back
//
// Claiming is not sending: a command that commits before the gate takes the message out of the outbox, and the gate finds
// nothing. A little more is claimed than there are places, so that a place that becomes free is used at once; what gets none
// within a moment goes back. Places that become free while one set passes the gate are filled by the next. A hand-over under
// way is awaited at a graceful stop; one cut off by a crash is found by its lease.
import type { Channel, Instant } from '@relance/core';
import { ENGINE, isDatabaseDown, type Tx } from '../store/database.ts';
import {
  claimOfOthers,
  claimOutbox,
  type Except,
  type OutboxRow,
  passGate,
  putBack,
  type Room,
  slotsToDeliver,
} from '../store/sql/outbox.ts';
import { inSets, type Slots } from '../store/sql/slot.ts';
import { Berths } from './berth.ts';
import { prepare } from './deliver-prepare.ts';
import type { Engine } from './engine.ts';
import { type Chosen, HandOvers, type Ready } from './hand-over.ts';
import type { RestCause } from './judge.ts';
import { Pace } from './pace.ts';
import type { Consents, Words } from './ports.ts';
import { spendAllowances } from './spend.ts';

/** Server time. A hand-over that takes longer than its lease is taken for lost. */
export const LEASE_MS = 30_000;
const GATE_TRIES_MAX = 3;
const GATE_AGAIN_MS = 30;
/** Messages claimed at once; enough to keep statements set-based, few enough to render within the lease. */
const CLAIM_MAX = 500;
/** So much as one tenant's backlog fills is claimed beside it for the others. */
const OTHERS_PART = 1 / 4;
/** Of what goes by connections of tenants' own, whose places are counted only when it is known whose it is. */
const OWN_AT_ONCE = 50;
/** What is known to have no place is left out of a claim, up to so many. */
const EXCEPT_MAX = 500;
const CROWDS_MAX = 5_000;
/** What is claimed waits so long for a place before it goes back: far less than a lease. */
const WAIT_MS = 1_000;
const AWAY_MS = 500;

/** Rendered, and held for a moment until there is a place. */
interface Waiting {
  readonly ready: Ready;
  /** Whose places it waits for, as one word. */
  readonly queue: string;
  /** By the engine's own clock. */
  readonly until: number;
}
interface Resting {
  readonly row: OutboxRow;
  readonly cause: RestCause;
  readonly until: Instant;
}
/** Somebody for whom there was no place. */
interface Crowd {
  readonly except: Except;
  readonly isOver: (now: Instant) => boolean;
}

export class Deliver {
  readonly #engine: Engine;
  readonly #words: Words;
  readonly #berths: Berths;
  readonly #pace: Pace;
  readonly #handOvers: HandOvers;
  /** In the order in which places are given. */
  #waiting: readonly Waiting[] = [];
  #placing = false;
  /** Those that wait for other places than the free ones: their tenant has its part, or has connections of its own. */
  #limited: ReadonlyMap<string, OutboxRow> = new Map();
  /** Story time, as last read. */
  #now: Instant = 0 as Instant;
  /** Told when a place becomes free. */
  #freed: PromiseWithResolvers<void> = Promise.withResolvers();
  /** Channels that had at least as much as was claimed. */
  readonly #more = new Set<Channel>();
  readonly #crowds = new Map<string, Crowd>();

  constructor(engine: Engine, words: Words, consents: Consents) {
    this.#engine = engine;
    this.#words = words;
    this.#berths = new Berths(engine.connections);
    this.#pace = new Pace(engine.monotonic);
    this.#handOvers = new HandOvers(engine, consents, this.#berths, (one) => {
      this.#pace.told(one.row.channel);
      this.#left(one.row.channel);
    });
  }

  /** Claims what is worth having ready and starts what there is a place for; answers how many messages were taken on. */
  async runOnce(): Promise<number> {
    const now = await this.#engine.clock.storyNow();
    if (now === null) return 0;
    this.#now = now;
    const rows = await this.#claim();
    if (rows.length === 0) return 0;
    const { up, resting } = this.#sort(rows);
    await this.#rest(resting);
    const back = this.#wait(await this.#prepare(up));
    // What went straight back is no work done: a pass that finds only that is over.
    return rows.length - back;
  }

  /** Waits for every hand-over under way to be recorded. */
  idle(): Promise<void> {
    return this.#handOvers.recorder.idle();
  }

  async #claim(): Promise<OutboxRow[]> {
    const { database, spanning, connections } = this.#engine;
    const rows = await database.transaction(ENGINE, async (tx) => {
      await connections.refresh(tx);
      const rooms = this.#rooms();
      if (rooms.length === 0) return [];
      const claimed = spanning ? await this.#claimIn(tx, 'each', rooms) : await this.#claimBySlot(tx, rooms);
      for (const { channel, room, ownOnly } of rooms) {
        const own = claimed.filter((row) => row.channel === channel);
        if (ownOnly || own.length < room) continue;
        this.#more.add(channel);
        if (spanning) claimed.push(...(await this.#claimOfOthers(tx, channel, own)));
      }
      return claimed;
    });
    // UPDATE … RETURNING keeps no order.
    return rows.sort(inOrder);
  }

  /** Beside a tenant whose backlog fills what is claimed, the others get a part of it. */
  async #claimOfOthers(tx: Tx, channel: Channel, claimed: readonly OutboxRow[]): Promise<OutboxRow[]> {
    const { node, leaseMs } = this.#engine;
    const tenants = [...Map.groupBy(claimed, ({ tenant }) => tenant)].flatMap(([tenant, own]) =>
      own.length > claimed.length / 2 ? [tenant] : [],
    );
    if (tenants.length === 0) return [];
    const room = Math.ceil(claimed.length * OTHERS_PART);
    const except = this.#except().slice(-EXCEPT_MAX);
    return claimOfOthers(tx, 'each', { now: this.#now, leaseMs, node, channel, room, tenants, except });
  }

  #claimIn(tx: Tx, slots: Slots, rooms: readonly Room[]): Promise<OutboxRow[]> {
    const { node, leaseMs, connections } = this.#engine;
    const except = this.#except().slice(-EXCEPT_MAX);
    const served = connections.served();
    return claimOutbox(tx, slots, { now: this.#now, limit: CLAIM_MAX, leaseMs, node, rooms, except, served });
  }

  async #claimBySlot(tx: Tx, rooms: readonly Room[]): Promise<OutboxRow[]> {
    const claimed: OutboxRow[] = [];
    const channels = rooms.map(({ channel }) => channel);
    for (const slot of await slotsToDeliver(tx, this.#now, channels)) {
      const left = rooms
        .map((one) => ({ ...one, room: one.room - claimed.filter(({ channel }) => channel === one.channel).length }))
        .filter(({ room }) => room > 0);
      if (left.length === 0 || claimed.length >= CLAIM_MAX) break;
      claimed.push(...(await this.#claimIn(tx, slot, left)));
    }
    return claimed;
  }

  /** How much of each channel is worth having: as many as there are places, and will be in a moment. */
  #rooms(): Room[] {
    const { connections } = this.#engine;
    const served = connections.served();
    return CHANNELS.flatMap((channel): Room[] => {
      this.#more.delete(channel);
      const own = served.some((one) => one.channel === channel) ? OWN_AT_ONCE : 0;
      // One without a connection is not limited, it fails at once.
      if (connections.shared(channel).length === 0) return [{ channel, room: CLAIM_MAX, ownOnly: false }];
      const room = this.#room(channel);
      if (room > 0) return [{ channel, room: Math.min(CLAIM_MAX, room + own), ownOnly: false }];
      this.#more.add(channel);
      return own === 0 ? [] : [{ channel, room: own, ownOnly: true }];
    });
  }

  /** Nothing until half of what is worth having has gone, so that claims are sets. */
  #room(channel: Channel): number {
    const ahead = this.#waiting.filter(
      ({ queue, ready: { row } }) => row.channel === channel && !this.#limited.has(queue),
    );
    const worth = this.#berths.room(channel) + this.#pace.ahead(channel);
    return ahead.length > worth / 2 ? 0 : worth - ahead.length;
  }

  /** Whoever there was no place for, while there still is none. */
  #except(): Except[] {
    for (const [key, crowd] of this.#crowds) if (crowd.isOver(this.#now)) this.#crowds.delete(key);
    return [
      ...[...this.#limited.values()].map(({ tenant, channel }) => ({ tenant, channel, recipient: null })),
      ...[...this.#crowds.values()].map(({ except }) => except),
    ];
  }

  #crowd(key: string, crowd: Crowd): void {
    if (this.#crowds.size >= CROWDS_MAX) this.#crowds.clear();
    this.#crowds.set(key, crowd);
  }

  /** What every provider is down for is not even rendered. */
  #sort(rows: readonly OutboxRow[]): { up: OutboxRow[]; resting: Resting[] } {
    const up: OutboxRow[] = [];
    const resting: Resting[] = [];
    for (const row of rows) {
      const berth = this.#berths.find(row, this.#now);
      if (berth.kind === 'down') resting.push({ row, cause: 'connection_down', until: spread(row, berth.until) });
      else up.push(row);
    }
    return { up, resting };
  }

  /** Rendered; what cannot be sent at all is told at once. */
  async #prepare(rows: readonly OutboxRow[]): Promise<Ready[]> {
    const prepared = await prepare(this.#engine, this.#words, rows, this.#now);
    this.#handOvers.tell(prepared.filter((one) => one.kind === 'dead'));
    return prepared.filter((one) => one.kind === 'ready');
  }

  /** Takes a place each as they become free; answers how many have none to wait for, and go back. */
  #wait(fresh: readonly Ready[]): number {
    const until = this.#engine.monotonic() + WAIT_MS;
    const added = fresh.map((ready) => ({ ready, queue: queueOf(ready.row), until }));
    this.#waiting = [...this.#waiting, ...added].sort((a, b) => inOrder(a.ready.row, b.ready.row));
    if (this.#placing) return 0;
    const first = this.#place();
    this.#placing = true;
    const placed = this.#placeAll(first).finally(() => {
      this.#placing = false;
    });
    this.#handOvers.recorder.track(placed);
    return first.back.length;
  }

  /** One set after the other, until nobody waits any more. */
  async #placeAll(first: Placed): Promise<void> {
    for (let placed = first; ; placed = this.#place()) {
      const { promise: freed } = this.#freed;
      await this.#settle(placed).catch((error: unknown) => this.#lost(error));
      if (this.#waiting.length === 0) return;
      if (placed.chosen.length === 0) await this.#next(freed);
      this.#ask();
    }
  }

  async #settle({ chosen, back, resting }: Placed): Promise<void> {
    const waits = await this.#spend(chosen);
    const through = chosen.filter((one) => !waits.has(one));
    await this.#putBack(back.map(({ row }) => ({ ...row, until: null })));
    await this.#rest([...resting, ...[...waits].map(([{ row }, rest]) => ({ row, ...rest }))]);
    await this.#gate(through);
  }

  /** What was in hand is found by its lease. */
  async #lost(error: unknown): Promise<void> {
    const { log, pauseMs } = this.#engine;
    if (isDatabaseDown(error)) log.warn({ error: (error as Error).message }, 'the database is away; trying again');
    else log.error({ error }, 'messages could not pass the gate; their leases will tell');
    await pauseMs(AWAY_MS);
  }

  /** A place for each, in their order: on a connection that works, and on the lane its address belongs to. */
  #place(): Placed {
    const placed: Placed = { chosen: [], back: [], resting: [] };
    const left: Waiting[] = [];
    const full = new Set<string>();
    const overdue = this.#engine.monotonic();
    for (const one of this.#waiting) {
      const { row } = one.ready;
      // Nobody of the same queue overtakes, unless it may go another way.
      const berth = full.has(one.queue) && row.tried.length === 0 ? FULL : this.#berths.find(row, this.#now);
      if (berth.kind === 'free') this.#take(one.ready, berth.connection, placed);
      else if (berth.kind === 'down')
        placed.resting.push({ row, cause: 'connection_down', until: spread(row, berth.until) });
      else if (this.#engine.stopping || one.until <= overdue || !this.#pace.moves(row.channel)) {
        full.add(one.queue);
        placed.back.push(one.ready);
        const { tenant, channel } = row;
        this.#crowd(one.queue, {
          except: { tenant, channel, recipient: null },
          isOver: (now) => this.#berths.find(row, now).kind !== 'full',
        });
      } else {
        full.add(one.queue);
        left.push(one);
      }
    }
    this.#waiting = left;
    this.#limited = new Map(
      left.filter(({ ready: { row } }) => this.#isLimited(row)).map(({ queue, ready: { row } }) => [queue, row]),
    );
    return placed;
  }

  #isLimited({ tenant, channel }: OutboxRow): boolean {
    return this.#berths.room(channel) > 0 || this.#engine.connections.hasOwn(tenant, channel);
  }

  #take(ready: Ready, connection: Chosen['connection'], { chosen, back, resting }: Placed): void {
    const { row, envelope } = ready;
    const lane = this.#berths.laneWait(connection, envelope.address, this.#now);
    if (typeof lane === 'number') resting.push({ row, cause: 'connection_down', until: spread(row, lane) });
    else if (lane === 'free' && !this.#engine.stopping) {
      this.#berths.take(connection, row.tenant, envelope.address);
      chosen.push({ ...ready, connection });
    } else {
      const { tenant, channel, recipient } = row;
      this.#crowd(`${queueOf(row)}\n${recipient}`, {
        except: { tenant, channel, recipient },
        isOver: (now) => this.#berths.laneWait(connection, envelope.address, now) !== 'full',
      });
      back.push(ready);
    }
  }

  /** A place has become free, or the first of them has waited long enough. */
  async #next(freed: Promise<void>): Promise<void> {
    const until = Math.min(...this.#waiting.map((one) => one.until));
    const waitMs = Math.max(0, until - this.#engine.monotonic());
    const inTime = await Promise.race([freed.then(() => true), this.#engine.pauseMs(waitMs).then(() => false)]);
    if (inTime) return;
    this.#waiting = this.#waiting.map((one) =>
      one.until <= until ? { ...one, until: Number.NEGATIVE_INFINITY } : one,
    );
  }

  /** Those that have a place, and no allowance. */
  async #spend(chosen: readonly Chosen[]): ReturnType<typeof spendAllowances<Chosen>> {
    try {
      const spent = await spendAllowances(this.#engine, chosen, this.#now);
      for (const one of spent.keys()) this.#leave(one);
      return spent;
    } catch (error) {
      for (const one of chosen) this.#leave(one);
      throw error;
    }
  }

  /** What waits although it is due: the timeline is told why, once; after that it only waits on. */
  async #rest(resting: readonly Resting[]): Promise<void> {
    const isTold = ({ row, cause }: Resting): boolean => row.rests_for === cause;
    await this.#putBack(resting.filter(isTold).map(({ row, until }) => ({ ...row, until })));
    const fresh = resting.filter((one) => !isTold(one));
    this.#handOvers.tell(fresh.map(({ row, cause, until }) => ({ row, outcome: { kind: 'rests', cause, until } })));
  }

  async #putBack(rows: readonly (OutboxRow & { readonly until: Instant | null })[]): Promise<void> {
    if (rows.length === 0) return;
    await this.#engine.database.transaction(ENGINE, async (tx) => {
      for (const [slots, own] of inSets(this.#engine.spanning, rows)) await putBack(tx, slots, own);
    });
  }

  /** Through the gate together, and each on its way. A row that is held for a moment is asked for again; for longer, its lease runs out. */
  async #gate(chosen: readonly Chosen[], tries = 1): Promise<void> {
    if (chosen.length === 0) return;
    const since = this.#engine.monotonic();
    const { passed, held } = await this.#pass(chosen).catch((error: unknown) => {
      for (const one of chosen) this.#leave(one);
      throw error;
    });
    const again = tries < GATE_TRIES_MAX ? chosen.filter(({ row }) => held.has(row.id)) : [];
    for (const one of chosen) if (!passed.has(one.row.id) && !again.includes(one)) this.#leave(one);
    this.#handOvers.start(
      chosen.filter(({ row }) => passed.has(row.id)),
      since,
    );
    // The others do not wait for those.
    if (again.length > 0)
      this.#handOvers.recorder.track(this.#engine.pauseMs(GATE_AGAIN_MS).then(() => this.#gate(again, tries + 1)));
  }

  async #pass(chosen: readonly Chosen[]): Promise<{ readonly passed: Set<string>; readonly held: Set<string> }> {
    const { database, leaseMs, spanning } = this.#engine;
    const all = { passed: new Set<string>(), held: new Set<string>() };
    const rows = chosen.map(({ row, connection }) => ({ ...row, connection: connection.id }));
    return database.transaction(ENGINE, async (tx) => {
      const actions = chosen.flatMap((one) => one.actionRows);
      const unsubscribes = chosen.flatMap((one) => one.unsubscribeToken ?? []);
      const gates = inSets(spanning, rows).map(
        ([slots, own]) =>
          () =>
            passGate(tx, slots, own, leaseMs),
      );
      // Asked for in this order without waiting: one round trip.
      const [, , ...told] = await Promise.all([
        this.#words.storeActions(tx, actions),
        this.#words.storeUnsubscribes(tx, unsubscribes),
        ...gates.map((gate) => gate()),
      ]);
      for (const { passed, held } of told) {
        for (const id of passed) all.passed.add(id);
        for (const id of held) all.held.add(id);
      }
      return all;
    });
  }

  /** A place that was taken is not used. */
  #leave({ connection, row, envelope }: Chosen): void {
    this.#berths.leave(connection, row.tenant, envelope.address, false);
    this.#left(row.channel);
  }

  /** Whoever waits for a place looks again; where nobody does, more is claimed. */
  #left(channel: Channel): void {
    const { resolve } = this.#freed;
    this.#freed = Promise.withResolvers();
    resolve();
    if (!this.#placing) this.#ask(channel);
  }

  #ask(channel?: Channel): void {
    for (const one of channel === undefined ? [...this.#more] : [channel])
      if (this.#more.has(one) && this.#room(one) > 0) {
        this.#more.delete(one);
        this.#engine.nudge.deliver();
      }
  }
}

interface Placed {
  readonly chosen: Chosen[];
  readonly back: Ready[];
  readonly resting: Resting[];
}
const FULL = { kind: 'full' } as const;

const queueOf = ({ tenant, channel }: OutboxRow): string => `${tenant}\n${channel}`;

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
