// The deliver loop: queued messages to providers, urgent first.
//
//   queued → leased (revocable) → rendered → a place → gate: leased → sending, only as many as have one → handed over
//   → outcome.ts records what the provider said and feeds it back
//
// Claiming is not sending: a command that commits before the gate takes the message out of the outbox, and the gate finds
// nothing. A little more is claimed than there are places, so that a place that becomes free is used at once; what gets none
// within a moment goes back. Places that become free while one set passes the gate are filled by the next. A hand-over under
// way is awaited at a graceful stop; one cut off by a crash is found by its lease.
import { type Channel, DIGEST, type Instant } from '@relance/core';
import type { Connection } from '../channels/channel.ts';
import { ENGINE, isDatabaseDown, type Tx } from '../store/database.ts';
import {
  type Claimer,
  claimOfOthers,
  claimOutbox,
  type Except,
  type OutboxRow,
  passGate,
  putBack,
  type Room,
  setAsideFor,
  slotsToDeliver,
} from '../store/sql/outbox.ts';
import { inSets, type Slots } from '../store/sql/slot.ts';
import { claimTogether } from '../store/sql/together.ts';
import { Berths } from './berth.ts';
import { type Chosen, prepare, type Ready } from './deliver-prepare.ts';
import { CHANNELS, inOrder, spread, wayOf } from './delivery-order.ts';
import { asDigests, composed, rowsIn } from './digest.ts';
import type { Engine } from './engine.ts';
import { HandOvers } from './hand-over.ts';
import type { RestCause } from './judge.ts';
import { Pace } from './pace.ts';
import type { Consents, Words } from './ports.ts';
import { withCodes } from './reply-code.ts';
import { passUses, releaseUses, reserveUses } from './reserve.ts';
import { spendAllowances } from './spend.ts';
import { storeLinks } from './store-links.ts';

/** Server time. A hand-over that takes longer than its lease is taken for lost. */
export const LEASE_MS = 30_000;
const GATE_TRIES_MAX = 3;
const GATE_AGAIN_MS = 30;
/** Messages of a channel claimed at once; enough to keep statements set-based, few enough to render within the lease. */
const CLAIM_MAX = 250;
/** So much as one tenant's backlog fills is claimed beside it for the others. */
const OTHERS_PART = 1 / 4;
/** Of what goes by connections of tenants' own, whose places are counted only when it is known whose it is. */
const OWN_AT_ONCE = 50;
/** Who is known to have no place is left out of a claim. */
const CROWDS_MAX = 5_000;
/** For one host (a lane) so many wait here for its places; the others are set aside, longer the more they are. */
const LANE_WAITING_MAX = 50;
const ASIDE_MS = 2_000;
const ASIDE_EACH_MS = 2;
const ASIDE_MAX_MS = 30_000;
/** What is claimed waits so long for a place before it goes back: far less than a lease. */
const WAIT_MS = 1_000;
const AWAY_MS = 500;

/** Rendered, and held for a moment until there is a place. */
interface Waiting {
  readonly ready: Ready;
  /** Whose places it waits for, as one word. */
  readonly queue: string;
  /** It may leave by any connection that its tenant has; not so where some have not accepted it, or one may have. */
  readonly anyWay: boolean;
  /** It waits for a place of its host's, which says nothing about others. */
  readonly ofHost: boolean;
  /** By the engine's own clock. */
  readonly until: number;
}
interface Resting {
  readonly row: OutboxRow;
  readonly cause: RestCause;
  readonly until: Instant;
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
  /** Those that there was no place for, by their queue. */
  readonly #crowds = new Map<string, OutboxRow>();

  constructor(engine: Engine, words: Words, consents: Consents) {
    this.#engine = engine;
    this.#words = words;
    this.#berths = new Berths(engine.connections);
    this.#pace = new Pace(engine.monotonic);
    this.#handOvers = new HandOvers(engine, consents, this.#berths, (one, handedOver) => {
      if (handedOver) this.#pace.told(one.row.channel);
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
      const together = { ...this.#claimer(), rooms, served: connections.served() };
      return [...claimed, ...(await claimTogether(tx, spanning, together))];
    });
    // UPDATE … RETURNING keeps no order.
    return rows.sort(inOrder);
  }

  /** Beside a tenant whose backlog fills what is claimed, the others get a part of it. */
  async #claimOfOthers(tx: Tx, channel: Channel, claimed: readonly OutboxRow[]): Promise<OutboxRow[]> {
    const tenants = [...Map.groupBy(claimed, ({ tenant }) => tenant)].flatMap(([tenant, own]) =>
      own.length > claimed.length / 2 ? [tenant] : [],
    );
    if (tenants.length === 0) return [];
    const room = Math.ceil(claimed.length * OTHERS_PART);
    return claimOfOthers(tx, 'each', { ...this.#claimer(), channel, room, tenants });
  }

  #claimIn(tx: Tx, slots: Slots, rooms: readonly Room[]): Promise<OutboxRow[]> {
    return claimOutbox(tx, slots, { ...this.#claimer(), rooms, served: this.#engine.connections.served() });
  }

  #claimer(): Claimer {
    const { node, leaseMs } = this.#engine;
    return { now: this.#now, node, leaseMs, except: this.#except() };
  }

  async #claimBySlot(tx: Tx, rooms: readonly Room[]): Promise<OutboxRow[]> {
    const claimed: OutboxRow[] = [];
    const channels = rooms.map(({ channel }) => channel);
    for (const slot of await slotsToDeliver(tx, this.#now, channels)) {
      const left = rooms
        .map((one) => ({ ...one, room: one.room - claimed.filter(({ channel }) => channel === one.channel).length }))
        .filter(({ room }) => room > 0);
      if (left.length === 0) break;
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
      if (connections.shared(channel).length === 0)
        return [{ channel, room: own > 0 ? own : CLAIM_MAX, ownOnly: false }];
      const room = this.#room(channel);
      if (room > 0) return [{ channel, room: Math.min(CLAIM_MAX, room + own), ownOnly: false }];
      this.#more.add(channel);
      return own === 0 ? [] : [{ channel, room: own, ownOnly: true }];
    });
  }

  /** Nothing until half of what is worth having has gone, so that claims are sets. */
  #room(channel: Channel): number {
    const ahead = this.#waiting.filter(
      ({ queue, ofHost, ready: { row } }) => row.channel === channel && !ofHost && !this.#limited.has(queue),
    );
    const worth = this.#berths.room(channel) + this.#pace.ahead(channel);
    return ahead.length > worth / 2 ? 0 : worth - ahead.length;
  }

  /** Whoever there was no place for, while there still is none. */
  #except(): Except[] {
    for (const [queue, row] of this.#crowds)
      if (this.#berths.find(row, this.#now).kind !== 'full') this.#crowds.delete(queue);
    return [...this.#crowds.values(), ...this.#limited.values()].map(({ tenant, channel }) => ({ tenant, channel }));
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
    const rendered = await prepare(this.#engine, this.#words, rows, this.#now);
    const prepared = await withCodes(this.#engine, rendered, this.#now);
    this.#handOvers.tell(prepared.filter((one) => one.kind === 'dead'));
    const ready = prepared.filter((one) => one.kind === 'ready');
    await storeLinks(this.#engine, this.#words, ready);
    return asDigests(ready);
  }

  /** Takes a place each as they become free; answers how many have none to wait for, and go back. */
  #wait(fresh: readonly Ready[]): number {
    const until = this.#engine.monotonic() + WAIT_MS;
    const added = fresh.map((ready) => ({ ready, until, ofHost: false, ...wayOf(ready.row) }));
    this.#waiting = [...this.#waiting, ...added].sort((a, b) => inOrder(a.ready.row, b.ready.row));
    if (this.#placing) {
      this.#wake(); // there may be a place for one of these
      return 0;
    }
    const first = this.#place();
    this.#handOvers.recorder.track(this.#placeAll(first));
    return rowsIn([...first.back, ...first.aside]).length;
  }

  /** One set after the other, until nobody waits any more. */
  async #placeAll(first: Placed): Promise<void> {
    this.#placing = true;
    try {
      for (let placed = first; ; placed = this.#place()) {
        const { promise: freed } = this.#freed;
        await this.#settle(placed).catch((error: unknown) => this.#lost(error));
        this.#ask();
        if (this.#waiting.length === 0) return;
        if (placed.chosen.length === 0) await this.#next(freed);
      }
    } finally {
      this.#placing = false; // in the moment of the last look: whoever comes next is placed anew
    }
  }

  async #settle({ chosen, back, aside, resting }: Placed): Promise<void> {
    const waits = await this.#spend(chosen);
    const free = await this.#reserve(chosen.filter((one) => !waits.has(one)));
    const rests = [...resting, ...[...waits].flatMap(([one, rest]) => rowsIn([one]).map((row) => ({ row, ...rest })))];
    // Whatever becomes of the one: places that are taken are used or left.
    await Promise.all([
      this.#gate(free),
      this.#putBack(rowsIn(back).map((row) => ({ ...row, until: null }))),
      this.#setAside(aside),
      this.#rest(rests),
    ]);
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
    const placed: Placed = { chosen: [], back: [], aside: [], resting: [], left: [], hosts: new Map() };
    const full = new Set<string>();
    const at = this.#engine.monotonic();
    for (const one of this.#waiting) {
      const { row } = one.ready;
      const berth = full.has(one.queue) ? FULL : this.#berths.find(row, this.#now);
      if (berth.kind === 'free') this.#take(one, berth.connection, placed);
      else if (berth.kind === 'down') this.#rests(one.ready, berth.until, placed);
      else {
        full.add(one.queue); // nobody of the same queue overtakes
        if (!this.#engine.stopping && one.until > at && this.#pace.moves(row.channel))
          placed.left.push({ ...one, ofHost: false });
        else {
          placed.back.push(one.ready);
          if (one.anyWay && this.#crowds.size < CROWDS_MAX) this.#crowds.set(one.queue, row);
        }
      }
    }
    this.#waiting = placed.left;
    this.#limited = new Map(
      placed.left
        .filter((one) => one.anyWay && full.has(one.queue) && this.#isLimited(one.ready.row))
        .map(({ queue, ready: { row } }) => [queue, row]),
    );
    return placed;
  }

  #isLimited({ tenant, channel }: OutboxRow): boolean {
    return this.#berths.hasRoom(channel, this.#now) || this.#engine.connections.hasOwn(tenant, channel);
  }

  #take(one: Waiting, connection: Connection, placed: Placed): void {
    const { row, envelope } = one.ready;
    const lane = this.#berths.laneWait(connection, row.tenant, envelope.address, this.#now);
    if (this.#engine.stopping) placed.back.push(one.ready);
    else if (lane === 'free') {
      this.#berths.take(connection, row.tenant, envelope.address);
      placed.chosen.push({ ...one.ready, connection });
    } else if (typeof lane === 'number') this.#rests(one.ready, lane, placed);
    else {
      const host = `${one.queue}\n${this.#berths.laneName(connection, row.tenant, envelope.address)}`;
      const waiting = placed.hosts.get(host) ?? 0;
      if (waiting >= LANE_WAITING_MAX || one.until <= this.#engine.monotonic()) placed.aside.push(one.ready);
      else {
        placed.hosts.set(host, waiting + 1);
        placed.left.push({ ...one, ofHost: true });
      }
    }
  }

  #rests(ready: Ready, until: Instant, { resting }: Placed): void {
    for (const row of rowsIn([ready])) resting.push({ row, cause: 'connection_down', until: spread(row, until) });
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
  #spend(chosen: readonly Chosen[]): ReturnType<typeof spendAllowances<Chosen>> {
    return this.#within(chosen, spendAllowances(this.#engine, chosen, this.#now));
  }

  /** Those that their recipient's budget has room for; the others wait, and are told so. */
  async #reserve(chosen: readonly Chosen[]): Promise<readonly Chosen[]> {
    const held = await this.#within(chosen, reserveUses(this.#engine, chosen, this.#now));
    const told = [...held].flatMap(([one, sendAt]) => rowsIn([one]).map((row) => ({ row, sendAt })));
    this.#handOvers.tell(
      told.map(({ row, sendAt }) => ({
        row,
        outcome: { kind: 'not_yet', sendAt, heldBy: 'budget', together: DIGEST },
      })),
    );
    return chosen.filter((one) => !held.has(one));
  }

  /** Whoever is over a limit leaves the place that was taken for them. */
  async #within<Limit>(chosen: readonly Chosen[], asked: Promise<Map<Chosen, Limit>>): Promise<Map<Chosen, Limit>> {
    try {
      const over = await asked;
      for (const one of over.keys()) this.#leave(one);
      return over;
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

  /** What its host has no place for: revocable as before, and looked at again when others have had their turn. */
  async #setAside(aside: readonly Ready[]): Promise<void> {
    const forMs = Math.min(ASIDE_MAX_MS, ASIDE_MS + aside.length * ASIDE_EACH_MS);
    const rows = rowsIn(aside).map((row) => ({ ...row, forMs }));
    await this.#inSets(rows, setAsideFor);
  }

  #putBack(rows: readonly (OutboxRow & { readonly until: Instant | null })[]): Promise<void> {
    return this.#inSets(rows, putBack);
  }

  /** In one transaction, as one set or as a set for each slot. */
  async #inSets<Row extends OutboxRow>(
    rows: readonly Row[],
    write: (tx: Tx, slots: Slots, rows: readonly Row[]) => Promise<void>,
  ): Promise<void> {
    const { database, spanning } = this.#engine;
    if (rows.length === 0) return;
    await database.transaction(ENGINE, async (tx) => {
      for (const [slots, own] of inSets(spanning, rows)) await write(tx, slots, own);
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
    const again =
      tries < GATE_TRIES_MAX ? chosen.filter(({ row, others }) => others.length === 0 && held.has(row.id)) : [];
    const left = chosen.map((from) => ({ from, to: composed(from, passed) }));
    const through = left.flatMap(({ to }) => to ?? []);
    const stopped = left.flatMap(({ from, to }) => (to === null && !again.includes(from) ? [from] : []));
    for (const one of stopped) this.#leave(one);
    await passUses(this.#engine, left, this.#now);
    this.#handOvers.start(through, since);
    await releaseUses(this.#engine, stopped);
    // The others do not wait for those.
    if (again.length > 0)
      this.#handOvers.recorder.track(this.#engine.pauseMs(GATE_AGAIN_MS).then(() => this.#gate(again, tries + 1)));
  }

  async #pass(chosen: readonly Chosen[]): Promise<{ readonly passed: Set<string>; readonly held: Set<string> }> {
    const { database, leaseMs, spanning } = this.#engine;
    const rows = chosen.flatMap((one) =>
      rowsIn([one]).map((row) => ({
        ...row,
        connection: one.connection.id,
        carrier: one.others.length === 0 ? null : one.row.id,
      })),
    );
    return database.transaction(ENGINE, async (tx) => {
      const sets = inSets(spanning, rows);
      const told = await Promise.all(sets.map(([slots, own]) => passGate(tx, slots, own, leaseMs)));
      return {
        passed: new Set(told.flatMap(({ passed }) => [...passed])),
        held: new Set(told.flatMap(({ held }) => [...held])),
      };
    });
  }

  /** A place that was taken is not used. */
  #leave({ connection, row, envelope }: Chosen): void {
    this.#berths.leave(connection, row.tenant, envelope.address, false);
    this.#left(row.channel);
  }

  /** Whoever waits for a place looks again; where nobody does, more is claimed. */
  #left(channel: Channel): void {
    this.#wake();
    if (!this.#placing) this.#ask(channel);
  }

  #wake(): void {
    const { resolve } = this.#freed;
    this.#freed = Promise.withResolvers();
    resolve();
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
  /** For whom their host has no place. */
  readonly aside: Ready[];
  readonly resting: Resting[];
  /** They wait on, in their order; and how many of them for each host. */
  readonly left: Waiting[];
  readonly hosts: Map<string, number>;
}
const FULL = { kind: 'full' } as const;
