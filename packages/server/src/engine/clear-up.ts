// The clear-up loop: what a follow-up has left behind is brought up to date when it changes. Chat messages are rewritten in
// place with what is so now, and without buttons once it is closed; pushes are withdrawn. (Items of the inbox are archived in
// the transaction of the closing itself.)
//
//   a change makes the row due (step-write.ts) → claimed → messages one after the other, in id order → all done: not due
//                                                        └─ not taken: later, from that message on, so many times
//
// Latest wins, and saying the same twice is harmless, so this passes no gate: a row that changed while it was in hand is due
// again, and a node that dies leaves it for another. It tells nobody anything new, so it is not held back by a stop.
import {
  actionLinksOf,
  addressOf,
  blankRecipient,
  type Channel,
  type Content,
  type Directory,
  type FollowUp,
  type Instant,
  isAssignee,
  isLive,
  later,
  type Outcome,
  offersTo,
  type Policy,
  type Recipient,
  readingOf,
  render,
  standingOf,
  urgencyRank,
} from '@relance/core';
import type { Connection, Envelope } from '../channels/channel.ts';
import { ENGINE } from '../store/database.ts';
import {
  type ClearUpEnd,
  type ClearUpRow,
  claimClearUps,
  endClearUp,
  type LeftMessage,
  leftOf,
} from '../store/sql/clear-up.ts';
import { type DirectoryDemands, demandOf, gatherDirectories } from '../store/sql/directory.ts';
import { readFollowUps } from '../store/sql/follow-up.ts';
import { urgencyAt } from '../store/sql/outbox.ts';
import { envelopeOf, type Said } from './deliver-prepare.ts';
import type { Engine } from './engine.ts';
import { backoffMs } from './judge.ts';
import { policyRefOf } from './policy-book.ts';
import type { Words } from './ports.ts';
import { type LimitMet, limitsOf, spendOne } from './spend.ts';
import { contextOf } from './template-context.ts';
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
/** A push is not written anew, which would ring again. */
const WITHDRAWN_ONLY: readonly Channel[] = ['push'];

interface Subject {
  readonly followUp: FollowUp;
  readonly policy: Policy;
  readonly directory: Directory;
  readonly messages: readonly LeftMessage[];
}

/** `rests`: a limit of its connection is met, which is no try. */
type Turn = 'done' | 'retry' | 'rests' | 'given_up' | 'nothing';

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
    const subject = await this.#gather(row, now);
    const end = subject === 'none' || subject === 'unreadable' ? null : await this.#turn(row, subject, now, begun);
    const without: ClearUpEnd = { dueAt: null, attempts: 0, doneTo: null };
    // Another node may be of a release that reads its policy.
    const unread: ClearUpEnd = { ...without, dueAt: this.#later(row, now, 0), attempts: row.attempts };
    await this.#engine.database.transaction(ENGINE, (tx) =>
      endClearUp(tx, row, end ?? (subject === 'unreadable' && row.attempts < CLAIMS_MAX ? unread : without)),
    );
  }

  /** What is known of it at this moment, and the next of its messages. */
  async #gather(row: ClearUpRow, now: Instant): Promise<Subject | 'none' | 'unreadable'> {
    const { database, policies } = this.#engine;
    return database.transaction(ENGINE, async (tx) => {
      const [followUp] = await readFollowUps(tx, row.slot, [row.follow_up_id]);
      if (followUp === undefined) return 'none';
      if (row.attempts > CLAIMS_MAX) {
        this.#engine.log.error(
          { followUp: followUp.id },
          'a follow-up cannot be cleared up after: it is left as it is',
        );
        return 'none';
      }
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
        return { dueAt: now, attempts: 0, doneTo };
      const tries = doneTo === row.done_to ? row.attempts : 1;
      const { turn, afterMs } = await this.#one(subject, message, now, tries);
      if (turn === 'rests') return { dueAt: later(now, afterMs), attempts: Math.max(0, tries - 1), doneTo };
      if (turn !== 'nothing') this.#engine.metrics.clearedUp(turn);
      if (turn === 'retry')
        return { dueAt: this.#later({ ...row, attempts: tries }, now, afterMs), attempts: tries, doneTo };
      if (turn === 'given_up')
        this.#engine.log.warn(
          { followUp: followUp.id, message: message.id, connection: message.connection },
          'a message goes on showing what is no longer so: it could not be rewritten',
        );
      doneTo = message.id;
    }
    const more = messages.length === MESSAGES_A_TURN;
    return { dueAt: more ? now : null, attempts: 0, doneTo: more ? doneTo : null };
  }

  async #one(
    subject: Subject,
    message: LeftMessage,
    now: Instant,
    tries: number,
  ): Promise<{ readonly turn: Turn; readonly afterMs: number }> {
    const { tenant } = subject.followUp;
    const connection = this.#engine.connections.find(tenant, message.channel, message.connection ?? '');
    if (connection?.rewrite === undefined) return { turn: 'nothing', afterMs: 0 };
    const envelope = rewritten(this.#words, subject, message, now);
    if (envelope === null) return { turn: 'nothing', afterMs: 0 };
    const met = await this.#limitMet(tenant, connection);
    if (met !== null) return { turn: 'rests', afterMs: met.retryAfterMs * this.#engine.clock.scale };
    const outcome = await this.#call(connection, envelope, message.provider_id);
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

/** A message as it should stand by now; null where it stays as it is. */
function rewritten(words: Words, subject: Subject, message: LeftMessage, now: Instant): Envelope | null {
  const { followUp, policy, directory } = subject;
  const live = isLive(followUp.status);
  if (live && WITHDRAWN_ONLY.includes(message.channel)) return null;
  // What tells that it is over says what was so when it was over; alarms are not about its status.
  if (!policy.stages.some(({ id }) => id === message.stage)) return null;
  const recipient = directory.recipients.get(message.recipient) ?? blankRecipient(message.recipient);
  const reading = readingOf(recipient, policy.calendar?.zone ?? null, directory.tenant);
  const said: Said = { ...message, tenant: followUp.tenant, urgency: urgencyRank(followUp.urgency) };
  const sentIn = (message.content as Content | null)?.locale;
  const shown = live && sentIn !== undefined ? { ...reading, locale: sentIn } : reading;
  const content = live
    ? stillOpen(words, subject, message, shown.locale)
    : closedWords(subject, said, recipient, shown, now);
  if (content === null) return null;
  const nameOf = (id: string | null): string | null =>
    id === null ? null : (directory.recipients.get(id)?.name ?? id);
  return {
    ...envelopeOf(said, followUp, policy, recipient, addressOf(recipient, message.channel) ?? '', content, {
      ...shown,
      now,
      unsubscribeUrl: null,
    }),
    standing: standingOf(followUp, nameOf, shown),
  };
}

/** The words that were sent, with the buttons that are offered now. */
function stillOpen(words: Words, subject: Subject, message: LeftMessage, locale: string): Content | null {
  const { followUp, policy } = subject;
  if (message.content === null) return null;
  const { links } = words.actionsFor(
    { id: message.id, tenant: followUp.tenant, followUpId: followUp.id, recipient: message.recipient },
    locale,
    policy.actions,
  );
  const offers = wasAsked(subject, message) ? {} : offersTo(policy, followUp, message, links);
  return {
    ...(message.content as Content),
    actions: actionLinksOf(offers),
  };
}

/** Told as the assignee, whom it is no longer with. */
function wasAsked({ followUp, policy }: Subject, { stage, notify, recipient }: LeftMessage): boolean {
  const targets = policy.stages.find(({ id }) => id === stage)?.notify[notify]?.to ?? [];
  return (
    targets.length > 0 &&
    targets.every(({ kind }) => kind === 'assignee') &&
    !isAssignee(followUp, recipient) &&
    !followUp.escalated.includes(recipient)
  );
}

/** The built-in words of a confirmation: nothing more is asked. */
function closedWords(
  { followUp, policy, directory }: Subject,
  said: Said,
  recipient: Recipient,
  reading: { readonly locale: string; readonly zone: string },
  now: Instant,
): Content | null {
  const rendered = render({
    template: null,
    role: 'confirmation',
    channel: said.channel,
    ...reading,
    tenantLocale: directory.tenant.locale,
    context: contextOf({
      followUp,
      recipient,
      policy,
      directory,
      links: {},
      pages: {},
      message: { ...said, urgency: urgencyAt(said.urgency) },
      gathered: null,
      now,
    }),
    consequence: null,
    urgency: followUp.urgency,
  });
  if (!rendered.ok) return null;
  return { ...rendered.content, actions: [], ...(followUp.subject.url === null ? {} : { url: followUp.subject.url }) };
}
