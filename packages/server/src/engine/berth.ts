// Which connection a message leaves by, and whether there is a place on it: bulkheads, so that nobody fills what others need;
// breakers, so that a provider that is down is left alone; the order of connections, so that the next is tried only where the
// one before has not accepted. Kept by each node for itself, without I/O. deliver.ts asks before it claims and before it sends.
import { type Channel, type Instant, MINUTE_MS, type Outcome } from '@relance/core';
import type { Connection } from '../channels/channel.ts';
import { Breaker, type Health } from './breaker.ts';
import type { ConnectionBook } from './connection-book.ts';

/** A tenant may hold so much of a connection that it shares, where there are others. */
const TENANT_PART = 3 / 4;
/** One lane (a tenant's messages to a webhook's host) may hold so much of its connection. */
const LANE_PART = 1 / 4;
/** A place counts as free already when it will be in so long: behind hand-overs that take less, a few pass the gate ahead. */
const AHEAD_MS = 50;
/** Of the average, what the last hand-over counts. */
const LAST_PART = 1 / 8;

/** What is asked of a message before it is known where it goes. */
export interface Sender {
  readonly tenant: string;
  readonly channel: Channel;
  /** The connection it was last handed to, and those that have not accepted it in this round. */
  readonly connection: string | null;
  readonly tried: readonly string[];
  /** Those whose sender its reader has stopped. */
  readonly barred?: readonly string[];
}

export type Berth =
  | { readonly kind: 'free'; readonly connection: Connection }
  /** Every connection that is left is down; the first is asked again then. */
  | { readonly kind: 'down'; readonly until: Instant }
  /** There is one that works, and no place on it. */
  | { readonly kind: 'full' }
  | { readonly kind: 'none' };

export interface Fares {
  readonly connection: string;
  readonly state: Health;
  readonly detail: string | null;
  /** `first`: this node has said nothing of it yet; what is kept of it may be of another, or of before. `again`: it is as it was told. */
  readonly told: 'first' | 'otherwise' | 'again';
}

interface Load {
  total: number;
  readonly byTenant: Map<string, number>;
  readonly byLane: Map<string, number>;
  readonly breakers: Map<string, Breaker>;
  /** Handed over at this moment, and whoever has passed the gate ahead of their turn. */
  running: number;
  readonly turns: (() => void)[];
  /** What a hand-over takes, on average; null: not known. */
  tookMs: number | null;
  /** Every place ahead was taken: none is given until half of them are free again, so that the gate is passed in sets. */
  filled: boolean;
}
const ALL = '';
const LANES_MAX = 10_000;

/** Then it is told again: what another node has said meanwhile is not what this one sees. */
const TOLD_AGAIN_MS = 5 * MINUTE_MS;
/** As many are remembered; whoever is forgotten is told again. */
const TOLD_MAX = 100_000;

export class Berths {
  readonly #book: ConnectionBook;
  readonly #loads = new WeakMap<Connection, Load>();
  readonly #tenants = new Set<string>();
  readonly #told = new Map<string, { readonly state: Health; readonly at: Instant }>();

  constructor(book: ConnectionBook) {
    this.#book = book;
  }

  /** The first connection in its order that works and has a place. */
  find(sender: Sender, now: Instant): Berth {
    const left = this.#left(sender);
    if (left.length === 0) return { kind: 'none' };
    let until: Instant | null = null;
    let full = false;
    for (const connection of left) {
      const wait = this.#breaker(connection, ALL).waitUntil(now);
      if (wait !== null) until = until === null || wait < until ? wait : until;
      else if (this.#isFull(connection, sender.tenant)) full = true;
      else return { kind: 'free', connection };
    }
    return full || until === null ? { kind: 'full' } : { kind: 'down', until };
  }

  /** What may or may not have been accepted goes to the same provider again, which knows our ids, or it would not go at all. */
  #left({ tenant, channel, connection, tried, barred = [] }: Sender): readonly Connection[] {
    const all = this.#book.of(tenant, channel).filter(({ id }) => !barred.includes(id));
    if (connection !== null && !tried.includes(connection)) {
      const same = all.find(({ id, honoursIds }) => id === connection && honoursIds);
      if (same !== undefined) return [same];
    }
    const left = all.filter(({ id }) => !tried.includes(id));
    return left.length > 0 ? left : all;
  }

  /** Whether another one may be asked at once when this one has not accepted. */
  hasAnother({ tenant, channel, tried, barred = [] }: Sender, connection: Connection, now: Instant): boolean {
    const over = new Set([...tried, ...barred]);
    return this.#book
      .of(tenant, channel)
      .some((one) => one !== connection && !over.has(one.id) && this.#breaker(one, ALL).waitUntil(now) === null);
  }

  /** Whether its lane has a place, and works: a host that hangs must not hold up the others behind the same connection. */
  laneWait(connection: Connection, tenant: string, address: string | null, now: Instant): Berth['kind'] | Instant {
    const lanes = lanesOf(connection, tenant, address);
    if (lanes.length === 0) return 'free';
    const waits = lanes.map(({ key }) => this.#breaker(connection, key).waitUntil(now));
    // One that works is enough: whoever has two devices has it on the other.
    const known = waits.filter((wait) => wait !== null);
    if (known.length === lanes.length) return Math.min(...known) as Instant;
    const { byLane } = this.#load(connection);
    return lanes.every(({ key, placesMax }) => (byLane.get(key) ?? 0) < placesMax) ? 'free' : 'full';
  }

  /** Whom a message waits with. */
  laneName(connection: Connection, tenant: string, address: string | null): string {
    return lanesOf(connection, tenant, address)
      .map(({ key }) => key)
      .join();
  }

  #isFull(connection: Connection, tenant: string): boolean {
    this.#tenants.add(tenant);
    const load = this.#load(connection);
    if (this.#free(connection) === 0) return true;
    if (this.#tenants.size < 2 || !this.#book.isShared(connection)) return false;
    return (
      (load.byTenant.get(tenant) ?? 0) >= Math.ceil((connection.concurrencyMax + this.#ahead(connection)) * TENANT_PART)
    );
  }

  /** Places that are free, or will be in a moment. */
  #free(connection: Connection): number {
    const load = this.#load(connection);
    const ahead = this.#ahead(connection);
    const free = connection.concurrencyMax + ahead - load.total;
    if (free <= 0) load.filled = true;
    else if (free >= ahead / 2) load.filled = false;
    return load.filled ? 0 : free;
  }

  /** How many may pass the gate ahead of their turn: as many as will have it in a moment. */
  #ahead(connection: Connection): number {
    const { tookMs } = this.#load(connection);
    if (tookMs === null || tookMs > AHEAD_MS || this.#breaker(connection, ALL).health !== 'up') return 0;
    return Math.floor((connection.concurrencyMax * AHEAD_MS) / Math.max(1, tookMs));
  }

  /**
   * Its turn on the connection: no more than it takes at once are handed over. False when `silence` comes first: the
   * provider has become slow, and what passed the gate ahead of its turn must not wait where no command takes it back.
   */
  async turn(connection: Connection, silence: () => Promise<void>): Promise<boolean> {
    const load = this.#load(connection);
    if (load.running < connection.concurrencyMax) {
      load.running += 1;
      return true;
    }
    let mine: () => void = () => {};
    const given = new Promise<true>((resolve) => {
      mine = () => resolve(true);
      load.turns.push(mine);
    });
    if (await Promise.race([given, silence().then(() => false)])) return true;
    const place = load.turns.indexOf(mine);
    if (place < 0) return true; // given in the very moment
    load.turns.splice(place, 1);
    load.tookMs = null; // nobody else passes ahead until one has been handed over again
    return false;
  }

  /** The hand-over is over; whoever is next has the turn. */
  turnOver(connection: Connection, tookMs: number): void {
    const load = this.#load(connection);
    load.tookMs = load.tookMs === null ? tookMs : load.tookMs + (tookMs - load.tookMs) * LAST_PART;
    const next = load.turns.shift();
    if (next === undefined) load.running -= 1;
    else next();
  }

  take(connection: Connection, tenant: string, address: string | null): void {
    const load = this.#load(connection);
    load.total += 1;
    add(load.byTenant, tenant, 1);
    this.#breaker(connection, ALL).starts();
    for (const { key } of lanesOf(connection, tenant, address)) {
      add(load.byLane, key, 1);
      this.#breaker(connection, key).starts();
    }
  }

  /** The place is free again. Not handed over: whoever waits for what would have come of it need not. */
  leave(connection: Connection, tenant: string, address: string | null, handedOver: boolean): void {
    const load = this.#load(connection);
    load.total = Math.max(0, load.total - 1);
    add(load.byTenant, tenant, -1);
    const lanes = lanesOf(connection, tenant, address);
    for (const { key } of lanes) add(load.byLane, key, -1);
    // Behind a connection with lanes, each lane fails for itself.
    if (!handedOver || lanes.length > 0) this.#breaker(connection, ALL).withdraws();
    if (!handedOver) for (const { key } of lanes) this.#breaker(connection, key).withdraws();
  }

  /** What came of a hand-over. */
  tell(connection: Connection, tenant: string, address: string | null, outcome: Outcome, now: Instant): void {
    const { members } = outcome;
    const lanes = lanesOf(connection, tenant, address);
    if (lanes.length === 0) this.#breaker(connection, ALL).ends(outcome, now);
    for (const { key, member } of lanes) {
      const said = members === undefined ? outcome : members.find((one) => one.connection === member)?.outcome;
      // The second of a kind is asked only where the first could not take it.
      if (said === undefined) this.#breaker(connection, key).withdraws();
      else this.#breaker(connection, key).ends(said, now);
    }
  }

  /** Free places of this process's connections for a channel. */
  room(channel: Channel): number {
    return this.#book.shared(channel).reduce((sum, one) => sum + this.#free(one), 0);
  }

  /** Whether there is a place for somebody on a connection of this process that works. */
  hasRoom(channel: Channel, now: Instant): boolean {
    return this.#book
      .shared(channel)
      .some((one) => this.#breaker(one, ALL).waitUntil(now) === null && this.#free(one) > 0);
  }

  /** How a connection fares, or those behind it that an address needs, where that is not what was told last. */
  news(connection: Connection, tenant: string, address: string | null, now: Instant): readonly Fares[] {
    const members = lanesOf(connection, tenant, address).flatMap(({ key, member }) =>
      member === null ? [] : [{ id: member, lane: key }],
    );
    const all = members.length > 0 ? members : [{ id: connection.id, lane: ALL }];
    return all.flatMap(({ id, lane }) => {
      const { health: state, detail } = this.#breaker(connection, lane);
      const told = this.#told.get(`${tenant}\n${id}`);
      if (told?.state === state && now - told.at < TOLD_AGAIN_MS) return [];
      const before = told === undefined ? 'first' : told.state === state ? 'again' : 'otherwise';
      return [{ connection: id, state, detail, told: before }];
    });
  }

  /** It is known now. */
  told(tenant: string, { connection, state }: Fares, at: Instant): void {
    if (this.#told.size >= TOLD_MAX) this.#told.clear();
    this.#told.set(`${tenant}\n${connection}`, { state, at });
  }

  #load(connection: Connection): Load {
    const known = this.#loads.get(connection);
    if (known !== undefined) return known;
    const fresh: Load = {
      total: 0,
      byTenant: new Map(),
      byLane: new Map(),
      breakers: new Map(),
      running: 0,
      turns: [],
      tookMs: null,
      filled: false,
    };
    this.#loads.set(connection, fresh);
    return fresh;
  }

  #breaker(connection: Connection, lane: string): Breaker {
    const { breakers } = this.#load(connection);
    const known = breakers.get(lane);
    if (known !== undefined) return known;
    // Hosts that work need no memory.
    if (breakers.size >= LANES_MAX)
      for (const [name, one] of breakers) if (name !== ALL && one.health === 'up') breakers.delete(name);
    const fresh = new Breaker();
    breakers.set(lane, fresh);
    return fresh;
  }
}

interface Lane {
  readonly key: string;
  readonly placesMax: number;
  /** The connection behind, where it is that of one. */
  readonly member: string | null;
}

/** Each tenant's own: what one does behind a host says nothing about another's. None where all messages share one fate. */
function lanesOf(connection: Connection, tenant: string, address: string | null): readonly Lane[] {
  if (address === null) return [];
  if (connection.membersFor !== undefined)
    return connection
      .membersFor(address)
      .map(({ id, concurrencyMax }) => ({ key: `${tenant}\n${id}`, placesMax: concurrencyMax, member: id }));
  const lane = connection.laneOf?.(address) ?? ALL;
  const placesMax = Math.max(1, Math.ceil(connection.concurrencyMax * LANE_PART));
  return lane === ALL ? [] : [{ key: `${tenant}\n${lane}`, placesMax, member: null }];
}

function add(counts: Map<string, number>, key: string, change: 1 | -1): void {
  const count = (counts.get(key) ?? 0) + change;
  if (count <= 0) counts.delete(key);
  else counts.set(key, count);
}
