// A follow-up on a virtual clock, all in memory: it opens, wakes at `wakeAt`, hands every message over at its time, to a
// provider that is told what to answer, and remembers what happened and why. The decisions are those of the engine, made by
// the same functions; no database, no channels, no rendering. simulation.ts lets people answer; scenario.test-kit.ts tests with it.
import { advance, advanceOpening, type FanOut, type Step, type Superseded, stops } from './advance.ts';
import { allowedAt, type LeaveTime, type Reader, zoneOf } from './allowed-at.ts';
import { heldByBudget } from './budget.ts';
import { onUncertain, settlePlan } from './contact-plan.ts';
import type { FollowUp } from './follow-up.ts';
import type { Answer, Effect, Input, TimelineEntry } from './input.ts';
import { earliest, type Instant, later, MINUTE_MS } from './instant.ts';
import { isSent, type MessageDraft, type MessageStatus } from './message.ts';
import { isInInbox, supersedeWaiting } from './one-opening.ts';
import type { Policy } from './policy/policy.ts';
import { interrupts, NO_PREFERENCES } from './preference.ts';
import type { Reason } from './reason.ts';
import type { Directory } from './recipient.ts';
import { DIGEST } from './route.ts';
import { finish, type Steps } from './steps.ts';
import { afterTurns } from './target.ts';

export interface RehearsedMessage extends Omit<MessageDraft, 'status'> {
  readonly status: MessageStatus;
  readonly plannedAt: Instant;
  /** When it was handed over; null while it was not. */
  readonly sentAt: Instant | null;
}

/**
 * What becomes of a message that is handed over. `bounce`: accepted, and back at once. `uncertain`: nobody knows; where the
 * policy sends such a message again, it is accepted then. `hold`: not handed over at all, until the provider says otherwise.
 */
export type HandingOver = 'accept' | 'fail' | 'bounce' | 'uncertain' | 'hold';
export type Provider = (message: RehearsedMessage) => HandingOver;

/** What a rehearsal asks: the core, or one with a rule broken, which tests put in its place to see whether they notice. */
export interface Core {
  readonly advance: typeof advance;
  readonly advanceOpening: typeof advanceOpening;
  readonly allowedAt: typeof allowedAt;
}
const CORE: Core = { advance, advanceOpening, allowedAt };

export interface RehearsalOptions {
  readonly policy: Policy;
  /** Freshly made (open.ts). */
  readonly followUp: FollowUp;
  readonly directory: Directory;
  readonly now: Instant;
  readonly provider?: Provider;
  /** Whom a resolver names. */
  readonly resolve?: (resolver: string) => readonly string[];
  /** Asked before everything that is done; false leaves it undone. One instant may bring as much as a year. */
  readonly goesOn?: () => boolean;
  readonly core?: Core;
}

const AGAIN_AFTER_MS = MINUTE_MS;
const WAITING: ReadonlySet<MessageStatus> = new Set(['planned', 'deferred', 'queued']);
const ANYBODY_ANYWHERE = { timeZone: null, preferences: NO_PREFERENCES };

export class Rehearsal {
  policy: Policy;
  now: Instant;
  followUp: FollowUp;
  provider: Provider;
  resolve: (resolver: string) => readonly string[];
  directory: Directory;
  readonly core: Core;
  /** The directory as a decision sees it at this moment, with what people have done. */
  gathered: (directory: Directory) => Directory = (directory) => directory;
  readonly messages = new Map<string, RehearsedMessage>();
  /** The timeline: what was decided, and what became of each message. */
  readonly items: TimelineEntry[] = [];
  /** Alarms. */
  readonly raised: Extract<Effect, { kind: 'alarm' }>[] = [];
  /** Ids of what is not handed over yet, in the order it was planned. */
  readonly #waiting = new Set<string>();
  /** Ids by notification: the messages of one contact plan. */
  readonly #plans = new Map<string, string[]>();
  readonly #sentAgain = new Set<string>();
  readonly #goesOn: () => boolean;

  constructor(options: RehearsalOptions) {
    const { policy, followUp, directory, now, core = CORE } = options;
    const { provider = () => 'accept', resolve = () => [], goesOn = () => true } = options;
    this.core = core;
    this.#goesOn = goesOn;
    this.policy = policy;
    this.followUp = followUp;
    this.directory = directory;
    this.now = now;
    this.provider = provider;
    this.resolve = resolve;
  }

  open(opened: Omit<TimelineEntry, 'at'>): this {
    finish(this.opening(opened));
    return this;
  }
  *opening(opened: Omit<TimelineEntry, 'at'>): Steps {
    this.#take(this.core.advanceOpening(this.#move(), opened));
    yield* this.settling();
  }
  input(input: Input): Answer {
    return finish(this.inputting(input));
  }
  *inputting(input: Input): Steps<Answer> {
    const answer = this.decide(input);
    yield* this.settling();
    return answer;
  }

  /** When something is due next; null when nothing is, by the clock. */
  get nextAt(): Instant | null {
    return this.unsent.reduce((next, one) => earliest(next, this.#dueAt(one)), this.followUp.wakeAt);
  }
  /** Lets time pass, stopping at everything that is due on the way. */
  until(to: Instant): this {
    finish(this.passing(to));
    return this;
  }
  *passing(to: Instant): Steps {
    for (let next = this.nextAt; next !== null && next <= to; next = this.nextAt) {
      if (!this.#goesOn()) return;
      if (next > this.now) this.now = next;
      yield* this.settling();
    }
    this.now = to;
  }
  /** Everything due at this instant, messages and stages, until there is no more. */
  settle(): void {
    finish(this.settling());
  }
  *settling(): Steps {
    while (this.#goesOn()) {
      const message = this.#firstDue();
      if (message !== null) this.#handOver(message);
      else if (this.followUp.wakeAt !== null && this.followUp.wakeAt <= this.now) this.decide({ kind: 'tick' });
      else return;
      yield;
    }
  }

  /** What is still to be handed over. */
  get unsent(): readonly RehearsedMessage[] {
    return [...this.#waiting].flatMap((id) => this.messages.get(id) ?? []);
  }

  /** For those who watch over every step. */
  protected took(_step: Step): void {}
  /** A message is being handed over. */
  protected hands(_message: RehearsedMessage): void {}
  /** A group too large to be told at once: as one, by the first of its members. */
  protected fannedOut({ stage, run, group, size, effect }: FanOut): void {
    const recipient = this.directory.groups.get(group)?.members[0];
    if (recipient === undefined) return;
    const reason = effect.reason;
    this.#tell({ at: this.now, kind: 'message_sent', reason, stage, data: { people: size, group } });
    this.decide({ kind: 'handedOver', stage, run, recipient, at: this.now });
  }

  /** Answers at once. */
  protected lookUp(resolver: string): void {
    this.decide({ kind: 'lookedUp', resolver, to: this.resolve(resolver), until: this.now, detail: null });
  }

  #move() {
    return { policy: this.policy, followUp: this.followUp, directory: this.gathered(this.directory), now: this.now };
  }
  protected decide(input: Input): Answer {
    const [answer] = this.#take(this.core.advance({ ...this.#move(), inputs: [input] })).answers;
    if (answer === undefined) throw new Error('an input got no answer');
    return answer;
  }
  /** What waits for its hour gives way to a newer stage that is sent at that hour. */
  #take(decided: Step): Step {
    const step = supersedeWaiting(this.#move(), decided, this.unsent.filter(isHeld));
    for (const revoke of step.revokes) this.#revoke((one) => stops(revoke, one));
    for (const gone of step.superseded) this.#revoke((one) => givesWay(gone, one));
    for (const message of step.messages) this.#plan(message);
    this.raised.push(...step.alarms);
    this.directory = afterTurns(this.directory, step.turns);
    this.followUp = step.followUp;
    this.items.push(...step.timeline);
    this.took(step);
    for (const fanOut of step.fanOuts) this.fannedOut(fanOut);
    for (const { resolver } of step.lookUps) this.lookUp(resolver);
    return step;
  }
  #tell(line: TimelineEntry): void {
    this.items.push(line);
    this.followUp = { ...this.followUp, timelineCount: this.followUp.timelineCount + 1 };
  }

  #plan(message: MessageDraft): void {
    if (this.messages.has(message.id)) throw new Error(`message ${message.id} was made twice (${message.stage})`);
    this.messages.set(message.id, { ...message, plannedAt: this.now, sentAt: null });
    if (WAITING.has(message.status)) this.#waiting.add(message.id);
    const plan = planOf(message);
    this.#plans.set(plan, [...(this.#plans.get(plan) ?? []), message.id]);
  }
  #change(message: RehearsedMessage, change: Partial<RehearsedMessage>): void {
    const changed = { ...message, ...change };
    this.messages.set(message.id, changed);
    if (!WAITING.has(changed.status)) this.#waiting.delete(message.id);
  }
  #revoke(isMeant: (message: RehearsedMessage) => boolean): void {
    for (const message of this.unsent) if (isMeant(message)) this.#change(message, { status: 'revoked' });
  }

  #firstDue(): RehearsedMessage | null {
    for (const id of this.#waiting) {
      const message = this.messages.get(id);
      if (message !== undefined && (this.#dueAt(message) ?? Infinity) <= this.now) return message;
    }
    return null;
  }
  #dueAt(message: RehearsedMessage): Instant | null {
    if (message.status === 'planned') return null;
    return this.provider(message) === 'hold' ? null : message.sendAt;
  }
  #handOver(message: RehearsedMessage): void {
    const { policy, directory, now } = this;
    const { id, stage, recipient, channel } = message;
    const line = { at: now, stage, recipient, channel, message: id };
    const person = directory.recipients.get(recipient) ?? ANYBODY_ANYWHERE;
    const { tenant, consent } = directory;
    const leaving = {
      ...message,
      held: message.together === DIGEST ? { by: message.heldBy, since: message.plannedAt } : null,
      noLaterThan: this.followUp.nextAt,
    };
    const time = this.core.allowedAt({ policy, tenant, consent }, leaving, person, now);
    const held = time === 'never' || time.heldBy !== null ? time : this.#heldByBudget(message, person);
    if (held !== null && held !== 'never' && held.heldBy !== null) {
      const { at: sendAt, heldBy } = held;
      this.#change(message, {
        status: 'deferred',
        sendAt,
        heldBy,
        together: held.together ? DIGEST : message.together,
      });
      this.#tell({ ...line, kind: 'message_deferred', reason: heldBy, data: { until: sendAt } });
      this.decide({ kind: 'tick' });
      return;
    }
    const fail = (reason: Reason): void => {
      this.#change(message, { status: 'failed' });
      this.#tell({ ...line, kind: 'message_failed', reason });
    };
    if (time === 'never') fail('never_allowed');
    else {
      this.hands(message);
      const answer = this.#sentAgain.has(id) ? 'accept' : this.provider(message);
      if (answer === 'uncertain' && this.#sendsAgain(message, line)) return;
      if (answer === 'fail') fail('provider_rejected');
      else this.#answered(message, answer, line);
    }
    this.#settlePlan(message);
  }

  /** What this follow-up alone has sent them counts: nobody knows what others will. */
  #heldByBudget(message: RehearsedMessage, reader: Reader): LeaveTime | null {
    const { policy, directory, now } = this;
    const { tenant, consent } = directory;
    if (tenant.budget == null) return null;
    const uses = [...this.messages.values()].flatMap(({ recipient, channel, sentAt }) =>
      sentAt !== null && recipient === message.recipient && interrupts(channel) ? [{ at: sentAt, channel }] : [],
    );
    const opensAt = (at: Instant) => {
      const time = this.core.allowedAt({ policy, tenant, consent }, { ...message, waited: true }, reader, at);
      return time === 'never' ? time : time.at;
    };
    const until = heldByBudget(tenant.budget, uses, message, zoneOf({ policy, tenant }, reader), now, opensAt);
    return until === null ? null : { at: until, heldBy: 'budget', together: true };
  }

  #answered(message: RehearsedMessage, answer: HandingOver, line: Omit<TimelineEntry, 'kind' | 'reason'>): void {
    const status = answer === 'bounce' ? 'bounced' : answer === 'uncertain' ? 'uncertain' : 'accepted';
    this.#change(message, { status, sentAt: this.now });
    if (status === 'uncertain') this.#tell({ ...line, kind: 'message_uncertain', reason: 'provider_uncertain' });
    else this.#tell({ ...line, kind: 'message_sent', reason: message.reason });
    if (status === 'bounced') this.#tell({ ...line, kind: 'message_bounced', reason: 'bounced' });
  }
  #sendsAgain(message: RehearsedMessage, line: Omit<TimelineEntry, 'kind' | 'reason'>): boolean {
    const otherChannelLeft = this.#planOf(message).some(({ entry }) => entry > message.entry);
    if (onUncertain(this.policy, message.urgency, otherChannelLeft) !== 'resend') return false;
    const nextAt = later(this.now, AGAIN_AFTER_MS);
    this.#sentAgain.add(message.id);
    this.#change(message, { status: 'deferred', sendAt: nextAt, heldBy: null });
    this.#tell({ ...line, kind: 'message_retried', reason: 'provider_uncertain', data: { nextAt } });
    return true;
  }

  #planOf(message: RehearsedMessage): readonly RehearsedMessage[] {
    return (this.#plans.get(planOf(message)) ?? []).flatMap((id) => this.messages.get(id) ?? []);
  }
  /** Moves the contact plan on, and tells the stage what came of it. */
  #settlePlan(message: RehearsedMessage): void {
    const { stage, run, recipient } = message;
    // `onUncertain: wait` trusts that it arrived: no other channel is tried.
    const trusts = this.policy.onUncertain === 'wait';
    const plan = this.#planOf(message).map((one) => ({
      ...one,
      held: isHeld(one),
      status: trusts && one.status === 'uncertain' ? ('accepted' as const) : one.status,
    }));
    const { changes, verdict } = settlePlan(plan, this.now, this.policy.calendar);
    for (const { id, ...change } of changes) {
      const changed = this.messages.get(id);
      if (changed !== undefined) this.#change(changed, { ...change, heldBy: null });
    }
    if (verdict === null) return;
    const kind = verdict === 'handed_over' ? 'handedOver' : 'unreachable';
    this.decide({ kind, stage, run, recipient, at: this.now });
  }
}

const planOf = ({ stage, run, notify, recipient }: Superseded): string => [stage, run, notify, recipient].join('\n');
const isHeld = ({ status, heldBy }: RehearsedMessage): boolean => status === 'deferred' && heldBy !== null;
const givesWay = (gone: Superseded, message: RehearsedMessage): boolean =>
  !isInInbox(message) && planOf(gone) === planOf(message);

/** Whether somebody has it, or had it until it came back. */
export const wasSent = ({ status, sentAt }: RehearsedMessage): boolean =>
  isSent(status) || (status === 'bounced' && sentAt !== null);
