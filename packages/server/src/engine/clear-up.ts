// The clear-up loop: what a follow-up has left behind is brought up to date when it changes. Chat messages are rewritten in
// place with what is so now, and without buttons once it is closed; pushes are withdrawn. (Items of the inbox are archived in
// the transaction of the closing itself.)
//
//   a change makes the row due (step-write.ts) → claimed → messages one after the other, in id order → all done: not due
//                                                        └─ not taken: later, from that message on, so many times
//   a digest: each of its follow-ups makes that of the carrier due → claimed → composed of what is so now → done, or later
//
// Latest wins, and saying the same twice is harmless, so this passes no gate: a row that changed while it was in hand is due
// again, and a node that dies leaves it for another. It tells nobody anything new, so it is not held back by a stop.
import { type Instant, later, type Outcome } from '@relance/core';
import type { Connection, Envelope } from '../channels/channel.ts';
import { ENGINE } from '../store/database.ts';
import {
  type ClearUpEnd,
  type ClearUpRow,
  claimClearUps,
  endClearUp,
  type LeftMessage,
  leftOf,
  noteLeft,
} from '../store/sql/clear-up.ts';
import { type DirectoryDemands, demandOf, gatherDirectories } from '../store/sql/directory.ts';
import { readFollowUps } from '../store/sql/follow-up.ts';
import { digestNow, gatherDigest } from './clear-up-digest.ts';
import { rewritten, type Subject } from './clear-up-words.ts';
import type { Engine } from './engine.ts';
import { backoffMs } from './judge.ts';
import { policyRefOf } from './policy-book.ts';
import type { Words } from './ports.ts';
import { type LimitMet, limitsOf, spendOne } from './spend.ts';
import { thrown } from './thrown.ts';

/** Follow-ups and channels in hand at once, and messages of each before another one has its turn. */
const ABREAST_MAX = 10;
const MESSAGES_A_TURN = 20;
/** Server time. Nothing is begun after a part of it, and nothing takes longer than the rest: no older words after newer ones. */
const LEASE_MS = 60_000;
const BEGIN_WITHIN_MS = 30_000;
const CALL_MAX_MS = 10_000;
/** Claims without achieving anything: some two hours of trying, then the message in the way is left as it is. */
const TRIES_MAX = 12;
/** It stops the process again and again. */
const CLAIMS_MAX = TRIES_MAX + 3;
/** `rests`: a limit of its connection is met, which is no try. */
type Turn = 'done' | 'retry' | 'rests' | 'given_up';
interface Handed {
  readonly turn: Turn;
  readonly afterMs: number;
}

/** It stays as it is. */
const UNTOUCHED = { turn: 'nothing', afterMs: 0 } as const;
/** There is nothing to do about it now. */
const OVER = ({ says }: ClearUpRow): ClearUpEnd => ({ dueAt: null, attempts: 0, doneTo: null, says });
/** What a message shows that somebody has, or may have, rewritten. */
const UNKNOWN = '';

export class ClearUp {
  readonly #engine: Engine;
  readonly #words: Words;
  readonly #pending = new Set<Promise<void>>();

  constructor(engine: Engine, words: Words) {
    this.#engine = engine;
    this.#words = words;
  }

  /** Claims and starts what there is room for; answers how many follow-ups are being cleared up after. */
  async runOnce(): Promise<number> {
    const now = await this.#engine.clock.storyNow();
    const room = ABREAST_MAX - this.#pending.size;
    if (now === null || room <= 0) return 0;
    const begun = this.#engine.monotonic();
    const claimed = await this.#engine.database.transaction(ENGINE, (tx) => claimClearUps(tx, now, room, LEASE_MS));
    for (const row of claimed) this.#track(this.#clearUp(row, now, begun));
    return claimed.length;
  }

  /** Waits for everything under way. */
  async idle(): Promise<void> {
    while (this.#pending.size > 0) await Promise.all(this.#pending);
  }

  #track(work: Promise<void>): void {
    const safe = work
      .catch((error: unknown) =>
        this.#engine.log.error({ error }, 'a follow-up could not be cleared up after; it is tried again'),
      )
      .finally(() => this.#pending.delete(safe));
    this.#pending.add(safe);
  }

  async #clearUp(row: ClearUpRow, now: Instant, begun: number): Promise<void> {
    const end = row.attempts > CLAIMS_MAX ? this.#leave(row) : await this.#look(row, now, begun);
    await this.#engine.database.transaction(ENGINE, (tx) => endClearUp(tx, row, end));
  }

  #leave(row: ClearUpRow): ClearUpEnd {
    this.#engine.log.error(
      { followUp: row.follow_up_id, message: row.carrier },
      'a follow-up cannot be cleared up after: it is left as it is',
    );
    return OVER(row);
  }

  async #look(row: ClearUpRow, now: Instant, begun: number): Promise<ClearUpEnd> {
    if (row.carrier !== null) return this.#digest(row, row.carrier, now, begun);
    const subject = await this.#gather(row, now);
    if (subject === 'none') return OVER(row);
    return subject === 'unreadable' ? this.#unread(row, now) : this.#turn(row, subject, now, begun);
  }

  /** Another node may be of a release that reads its policy. */
  #unread(row: ClearUpRow, now: Instant): ClearUpEnd {
    return row.attempts < CLAIMS_MAX
      ? { ...OVER(row), dueAt: this.#later(row, now, 0), attempts: row.attempts }
      : OVER(row);
  }

  /**
   * A message about several: rewritten by the row of the follow-up whose message it is, for which the others ask. What they show is
   * read after that row was taken, and one that changes later makes it due again, so that the last words are the newest.
   */
  async #digest(row: ClearUpRow, carrier: string, now: Instant, begun: number): Promise<ClearUpEnd> {
    const { database, connections, log, metrics } = this.#engine;
    const subject = await gatherDigest(this.#engine, { ...row, carrier }, now);
    if (subject === 'none') return OVER(row);
    if (subject === 'unreadable') return this.#unread(row, now);
    if ('askedOf' in subject) {
      await database.transaction(ENGINE, (tx) => noteLeft(tx, [subject.askedOf]));
      return OVER(row);
    }
    const { message } = subject;
    const next = digestNow(subject, row.says, now);
    const connection = connections.find(row.tenant, message.channel, message.connection ?? '');
    if (next === null || connection?.rewrite === undefined) return OVER(row);
    if (this.#engine.stopping || this.#engine.monotonic() - begun > BEGIN_WITHIN_MS)
      return { ...OVER(row), dueAt: now };
    const { turn, afterMs } = await this.#hand(
      row.tenant,
      connection,
      next.envelope,
      message.provider_id,
      row.attempts,
    );
    if (turn === 'rests') return { ...OVER(row), dueAt: later(now, afterMs), attempts: Math.max(0, row.attempts - 1) };
    metrics.clearedUp(turn);
    if (turn === 'done') return { ...OVER(row), says: next.says };
    if (turn === 'retry')
      return { dueAt: this.#later(row, now, afterMs), attempts: row.attempts, doneTo: null, says: UNKNOWN };
    log.warn(
      { followUp: row.follow_up_id, message: message.id, connection: message.connection },
      'a message goes on showing what is no longer so: it could not be rewritten',
    );
    return { ...OVER(row), says: UNKNOWN };
  }

  /** What is known of it at this moment, and the next of its messages. */
  async #gather(row: ClearUpRow, now: Instant): Promise<Subject | 'none' | 'unreadable'> {
    const { database, policies } = this.#engine;
    return database.transaction(ENGINE, async (tx) => {
      const [followUp] = await readFollowUps(tx, row.slot, [row.follow_up_id]);
      if (followUp === undefined) return 'none';
      await policies.load(tx, [policyRefOf(followUp)], now);
      const policy = policies.find(policyRefOf(followUp));
      if (policy === null) return 'unreadable';
      const messages = await leftOf(tx, followUp.id, row.channel, row.done_to, MESSAGES_A_TURN);
      const demands: DirectoryDemands = new Map();
      const { recipients } = demandOf(demands, followUp.tenant);
      for (const { recipient } of messages) recipients.add(recipient);
      for (const id of [followUp.assignee, ...followUp.assignees, followUp.acknowledgedBy, followUp.closedBy])
        if (id !== null) recipients.add(id);
      const directory = (await gatherDirectories(tx, demands, now)).get(followUp.tenant);
      return directory === undefined ? 'none' : { followUp, policy, directory, messages };
    });
  }

  /** One after the other, so that what a provider does not take now holds up only what comes after it. */
  async #turn(row: ClearUpRow, subject: Subject, now: Instant, begun: number): Promise<ClearUpEnd> {
    const { followUp, messages } = subject;
    let doneTo = row.done_to;
    for (const message of messages) {
      if (this.#engine.stopping || this.#engine.monotonic() - begun > BEGIN_WITHIN_MS)
        return { dueAt: now, attempts: 0, doneTo, says: null };
      const tries = doneTo === row.done_to ? row.attempts : 1;
      const { turn, afterMs } = await this.#one(subject, message, now, tries);
      if (turn === 'rests') return { dueAt: later(now, afterMs), attempts: Math.max(0, tries - 1), doneTo, says: null };
      if (turn !== 'nothing') this.#engine.metrics.clearedUp(turn);
      if (turn === 'retry')
        return { dueAt: this.#later({ ...row, attempts: tries }, now, afterMs), attempts: tries, doneTo, says: null };
      if (turn === 'given_up')
        this.#engine.log.warn(
          { followUp: followUp.id, message: message.id, connection: message.connection },
          'a message goes on showing what is no longer so: it could not be rewritten',
        );
      doneTo = message.id;
    }
    const more = messages.length === MESSAGES_A_TURN;
    return { dueAt: more ? now : null, attempts: 0, doneTo: more ? doneTo : null, says: null };
  }

  async #one(subject: Subject, message: LeftMessage, now: Instant, tries: number): Promise<Handed | typeof UNTOUCHED> {
    const { tenant } = subject.followUp;
    const connection = this.#engine.connections.find(tenant, message.channel, message.connection ?? '');
    if (connection?.rewrite === undefined) return UNTOUCHED;
    const envelope = rewritten(this.#words, subject, message, now);
    if (envelope === null) return UNTOUCHED;
    return this.#hand(tenant, connection, envelope, message.provider_id, tries);
  }

  async #hand(
    tenant: string,
    connection: Connection,
    envelope: Envelope,
    providerId: string,
    tries: number,
  ): Promise<Handed> {
    const met = await this.#limitMet(tenant, connection);
    if (met !== null) return { turn: 'rests', afterMs: met.retryAfterMs * this.#engine.clock.scale };
    const outcome = await this.#call(connection, envelope, providerId);
    if (outcome.kind === 'accepted') return { turn: 'done', afterMs: 0 };
    // What is no longer there need not be rewritten.
    if (outcome.kind === 'rejected') return { turn: 'given_up', afterMs: 0 };
    if (tries >= TRIES_MAX) return { turn: 'given_up', afterMs: 0 };
    return { turn: 'retry', afterMs: outcome.kind === 'retry' ? (outcome.retryAfterMs ?? 0) : 0 };
  }

  /**
   * A provider counts a rewrite as it counts a message, so it takes from the same allowance, and no more than half of it: messages
   * come first. A tenant's quota is of what somebody is told, which this is not.
   */
  async #limitMet(tenant: string, connection: Connection): Promise<LimitMet | null> {
    const { database, connections } = this.#engine;
    const limits = limitsOf({ messagesADay: null, connections }, tenant, connection);
    if (limits.length === 0) return null;
    const half = limits.map(({ tenant: owner, scope, rate, burst }) => ({
      tenant: owner,
      scope: `rewrites:${scope}`,
      rate: rate / 2,
      burst: Math.max(1, burst / 2),
    }));
    return database.transaction(ENGINE, async (tx) => (await spendOne(tx, half)) ?? (await spendOne(tx, limits)));
  }

  async #call(connection: Connection, envelope: Envelope, providerId: string): Promise<Outcome> {
    const detail = `The ${connection.provider} adapter did not answer in time`;
    const over = AbortSignal.timeout(CALL_MAX_MS);
    const silence = new Promise<Outcome>((resolve) => {
      over.addEventListener('abort', () => resolve({ kind: 'uncertain', detail }), { once: true });
    });
    try {
      const answer = connection.rewrite?.(envelope, providerId, over) ?? silence;
      return (await Promise.race([answer, silence])) ?? { kind: 'uncertain', detail: 'it answered no outcome' };
    } catch (error) {
      this.#engine.log.error({ error: thrown(error), connection: connection.id }, 'a provider adapter threw');
      return { kind: 'uncertain', detail: (error as Error).message };
    }
  }

  #later(row: ClearUpRow, now: Instant, afterMs: number): Instant {
    return later(now, Math.max(afterMs, backoffMs(row.follow_up_id, row.attempts, row.channel)));
  }
}
