// One hand-over: within its lease, whatever the adapter does, on the place that was taken for it. What came of it goes to the
// recorder; breakers learn from it, endpoints that are lost get nothing more, and whoever looks at a connection sees how it fares.
import type { FollowUp, Instant, Outcome } from '@relance/core';
import type { Connection, Envelope } from '../channels/channel.ts';
import { ENGINE } from '../store/database.ts';
import { OF_SERVER, putHealth } from '../store/sql/connection.ts';
import type { OutboxRow, Sent } from '../store/sql/outbox.ts';
import type { Berths, Fares } from './berth.ts';
import type { Chosen, Ready } from './deliver-prepare.ts';
import { type LostEndpoint, lostBy, suppressLost } from './endpoint-news.ts';
import type { Engine } from './engine.ts';
import { type Answer, storable } from './judge.ts';
import { type HandOver, NO_WORDS, sentByOf } from './outcome.ts';
import type { Consents } from './ports.ts';
import { Recorder } from './recorder.ts';
import { releaseUses } from './reserve.ts';
import { wordsForAll } from './server-health.ts';
import { thrown } from './thrown.ts';

/** What follows are the words of an error of somebody's adapter, which may quote what it was given: they stay out of the log. */
const FAILED = ' adapter failed: ';

/** Parts of the lease. Providers get less than all of it, so that a slow answer is still recorded by the node that asked; */
const HAND_OVER_PART = 5 / 6;
/** an adapter that does not listen when it is called off is not waited for; */
const ANSWER_PART = 14 / 15;
/** and what has so little of its lease left is not handed over at all. */
const START_PART = 1 / 6;
/** Whoever passed the gate ahead of their turn waits no longer for it: what is handed over later could have been stopped. */
const TURN_MAX_MS = 250;

export class HandOvers {
  readonly #engine: Engine;
  readonly #consents: Consents;
  readonly #berths: Berths;
  readonly #left: (one: Chosen, handedOver: boolean) => void;
  readonly recorder: Recorder<Handed>;
  /** Hand-overs whose outcome the breakers know. */
  readonly #heard = new WeakSet<Chosen>();

  /** `left`: told when a place is free again. */
  constructor(engine: Engine, consents: Consents, berths: Berths, left: (one: Chosen, handedOver: boolean) => void) {
    this.#engine = engine;
    this.#consents = consents;
    this.#berths = berths;
    this.#left = left;
    const look = (handOvers: readonly Handed[], now: Instant) => this.#look(handOvers, now);
    this.recorder = new Recorder(engine, look, (one) => lostOf(one) !== null);
  }

  /** Each on its way; the gate has let them pass. `since`: before the gate, so that the lease has run for no longer. */
  start(all: readonly Chosen[], since: number): void {
    const { recorder } = this;
    // What never leaves this process is answered at once, so a whole set is recorded in one transaction.
    const instant = all.filter(isInstant);
    if (instant.length > 0)
      recorder.track(
        Promise.all(instant.map((one) => this.#handOver(one, since))).then((made) => recorder.report(made.flat())),
      );
    for (const one of all)
      if (!isInstant(one)) recorder.track(this.#handOver(one, since).then((made) => recorder.report(made)));
  }

  /** What is never handed over, or not now. */
  tell(told: readonly { readonly row: OutboxRow; readonly outcome: HandOver['outcome'] }[]): void {
    const { connections } = this.#engine;
    this.recorder.report(
      told.map(({ row, outcome }) => {
        const last = connections.find(row.tenant, row.channel, row.connection ?? ''); // it may have been tried before
        return { ...base(row, null), outcome, content: null, sentBy: sentByOf(last) };
      }),
    );
  }

  /** What came of it, of all that it carries. */
  async #handOver(one: Chosen, since: number): Promise<readonly Handed[]> {
    const { connection, row } = one;
    const envelope = answerable(connection, one.envelope);
    let outcome: Answer;
    try {
      outcome = storable(await this.#atItsTurn(connection, { ...envelope, attempt: row.attempts }, since));
    } catch (error) {
      // An adapter must answer with an outcome; one that throws, or answers something else, may or may not have handed over.
      const detail = `The ${connection.provider}${FAILED}${(error as Error).message}`;
      outcome = storable({ kind: 'uncertain', detail });
      this.#engine.log.error({ error: thrown(error), connection: connection.id }, 'a provider adapter threw');
    }
    const handedOver = outcome.kind !== 'not_started';
    this.#berths.leave(connection, row.tenant, envelope.address, handedOver);
    this.#left(one, handedOver);
    if (outcome.kind !== 'not_started') this.#engine.metrics.handedOver(row.channel, outcome.kind);
    // What is tried again is counted again then, and what came of this try must be told whatever becomes of its place.
    if (outcome.kind !== 'accepted' && outcome.kind !== 'uncertain') await releaseUses(this.#engine, [one]);
    const carries = one.others.length === 0 ? {} : { carries: one.others.length };
    // Kept as its reader got it, but for what only tells who looked (tracked links).
    const { codeLines } = envelope.content;
    const content = codeLines === undefined ? one.content : { ...one.content, codeLines };
    return [
      {
        ...base(row, one),
        outcome,
        content,
        watched: watchedOf(one),
        sentBy: wordsOf(one, one),
        zone: envelope.zone,
        ...carries,
      },
      ...one.others.map((other) => carried(other, one, outcome)),
    ];
  }

  async #atItsTurn(connection: Connection, envelope: Envelope, since: number): Promise<Answer> {
    const { monotonic, pauseMs } = this.#engine;
    if (!(await this.#berths.turn(connection, () => pauseMs(TURN_MAX_MS))))
      return { kind: 'not_started', detail: 'the provider became slow before its turn came' };
    const begun = monotonic();
    try {
      return await this.#within(connection, envelope, begun - since);
    } finally {
      this.#berths.turnOver(connection, monotonic() - begun);
    }
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
    const asked = new Map<string, Chosen>();
    for (const { chosen, outcome } of handOvers) {
      if (chosen === undefined || !isOfProvider(outcome)) continue;
      const { connection, envelope, row } = chosen;
      // What is written only at the second try has been heard but once.
      if (!this.#heard.has(chosen)) this.#berths.tell(connection, row.tenant, envelope.address, outcome, now);
      this.#heard.add(chosen);
      asked.set(
        `${row.tenant}\n${connection.id}\n${this.#berths.laneName(connection, row.tenant, envelope.address)}`,
        chosen,
      );
    }
    const news = new Map<string, Fares & { readonly tenant: string; readonly shared: boolean }>();
    for (const { connection, envelope, row } of asked.values()) {
      const shared = connections.isShared(connection);
      const tenant = shared ? OF_SERVER : row.tenant;
      for (const one of this.#berths.news(connection, tenant, envelope.address, now))
        news.set(`${tenant}\n${one.connection}`, { ...one, tenant, shared });
    }
    const seen = (one: Fares): Fares => (one.detail?.includes(FAILED) ? { ...one, detail: 'its adapter threw' } : one);
    const kept = [...news.values()].map((one) =>
      one.shared ? { ...one, detail: wordsForAll(seen(one).detail) } : one,
    );
    if (kept.length > 0) await database.transaction(ENGINE, (tx) => putHealth(tx, node, kept));
    for (const { shared, tenant, ...one } of news.values()) {
      this.#berths.told(tenant, one, now);
      const { told, ...fares } = seen(one);
      if (told === 'otherwise' || (told === 'first' && fares.state !== 'up'))
        this.#engine.log.warn({ ...fares, ...(shared ? {} : { tenant }) }, 'a connection fares otherwise than before');
    }
    const lost = handOvers.flatMap((one) => lostOf(one) ?? []);
    await suppressLost(this.#engine, this.#consents, lost);
    return handOvers.map(({ chosen, via = chosen, ...one }) => ({
      ...one,
      elsewhere: via !== undefined && this.#berths.hasAnother(via.row, via.connection, now),
    }));
  }
}

/** By the links that were made for it: its picture leads nowhere. */
const watchedOf = ({ trackRows }: Ready): number =>
  (trackRows.some(({ link }) => link === null) ? 1 : 0) + (trackRows.some(({ link }) => link !== null) ? 2 : 0);

/** What carries others, and what is carried, has the words of none of their templates. */
const wordsOf = ({ writtenBy }: Ready, { connection, others }: Chosen): Sent => ({
  provider: connection.provider,
  ...(others.length === 0 ? writtenBy : { ...NO_WORDS, locale: writtenBy.locale }),
});

/** What comes of its carrier comes of it; that its words were shown there is all that it is accepted by. */
function carried(one: Ready, via: Chosen, outcome: Answer): Handed {
  const { row, content, followUp } = one;
  const { row: carrier, connection } = via;
  const went = {
    ...base(row, null),
    shown: stands(via, outcome) ? followUp : null,
    connection: connection.id,
    honoursIds: false,
    content,
    watched: watchedOf(one),
    sentBy: wordsOf(one, via),
    carriedBy: { id: carrier.id, attempts: carrier.attempts + 1 },
  };
  if (outcome.kind === 'accepted')
    return {
      ...went,
      outcome: { kind: 'merged', carrier: carrier.id, ...(outcome.captured ? { captured: true } : {}) },
    };
  return {
    ...went,
    via,
    outcome: 'gone' in outcome || 'members' in outcome ? { ...outcome, gone: [], members: [] } : outcome,
  };
}

/** A hand-over with what it went by, or in what (`via`); nothing where it never got that far. */
export type Handed = HandOver & { readonly chosen?: Chosen; readonly via?: Chosen };
const isOfProvider = (outcome: HandOver['outcome']): outcome is Outcome =>
  outcome.kind === 'accepted' ||
  outcome.kind === 'retry' ||
  outcome.kind === 'rejected' ||
  outcome.kind === 'uncertain';

/** Connections this wide are in-process (inbox, mailbox). */
export const INSTANT_CONCURRENCY = 1_000;
const isInstant = ({ connection }: Chosen): boolean =>
  connection.honoursIds && connection.concurrencyMax >= INSTANT_CONCURRENCY;

/** Codes only where what is written back reaches us. */
function answerable(connection: Connection, envelope: Envelope): Envelope {
  const { codeLines, ...content } = envelope.content;
  if (codeLines === undefined || connection.senderTo?.(envelope.address ?? '').takesAnswers === true) return envelope;
  return { ...envelope, content };
}

/** What it says of the endpoint itself: taking back what waits for that may have to wait for somebody. */
function lostOf({ chosen, outcome }: Handed): LostEndpoint | null {
  if (chosen === undefined || !isOfProvider(outcome)) return null;
  const said = lostBy(outcome);
  if (said === null) return null;
  const { connection, envelope, row } = chosen;
  // What is stopped is the sender that it went by; an address that is gone is gone for all of them.
  const sender = said.source === 'stop' ? connection.senderTo?.(envelope.address ?? '').id : undefined;
  return { ...said, ...whereOf(row), address: envelope.address, sender };
}

const whereOf = ({ tenant, channel, recipient }: OutboxRow) => ({ tenant, channel, recipient });

const shownOf = (chosen: Chosen | null): FollowUp | null =>
  chosen?.connection.rewrite === undefined ? null : chosen.followUp;
/** Somewhere, where it can be rewritten. */
const stands = ({ connection }: Chosen, outcome: Answer): boolean =>
  connection.rewrite !== undefined && outcome.kind === 'accepted' && outcome.providerId !== null;

const base = (row: OutboxRow, chosen: Chosen | null) => ({
  id: row.id,
  followUpId: row.follow_up_id,
  slot: row.slot,
  fence: row.fence,
  connection: chosen?.connection.id ?? '',
  // One that carries others may be another one next time, under another id.
  honoursIds: chosen !== null && chosen.others.length === 0 && chosen.connection.honoursIds,
  before: row.connection,
  shown: shownOf(chosen),
  ...(chosen === null ? {} : { chosen }),
});
