// A follow-up on a virtual clock, all in memory, for stories and properties: it opens, wakes at `wakeAt`, hands every
// queued message over at its time (or fails it, or keeps it, as told), and remembers what was sent when and why.
// No database, no channels and no rendering: test/world.ts runs the real engine. Every step checks what must always hold.
import { advance, advanceOpening, type Step, type Superseded } from './advance.ts';
import { settlePlan } from './contact-plan.ts';
import { type FollowUp, isLive } from './follow-up.ts';
import { mintId } from './ids.ts';
import type { Answer, Command, Effect, Facts, Input, TimelineEntry } from './input.ts';
import { DAY_MS, earliest, fromRfc3339, type Instant, later, toRfc3339 } from './instant.ts';
import type { MessageDraft, MessageStatus } from './message.ts';
import { supersedeWaiting } from './one-opening.ts';
import { type Beginning, newFollowUp, reopenedFollowUp } from './open.ts';
import { compilePolicy } from './policy/compile.ts';
import { parseDuration } from './policy/duration.ts';
import type { ClauseRole, Policy } from './policy/policy.ts';
import type { PolicyInput } from './policy/schema.ts';
import { readPreferredPlan } from './preferred-plan.ts';
import type { Directory, Group, Recipient } from './recipient.ts';
import { allowedAt } from './route.ts';
import { compileSchedule, type Schedule } from './schedule.ts';
import { scheduleSchema } from './schedule-schema.ts';

/** Monday, 09:00 in London. */
export const START = at('2026-11-02T09:00:00Z');
export function at(text: string): Instant {
  const moment = fromRfc3339(text.length === 10 ? `${text}T00:00:00Z` : text);
  if (moment === null) throw new Error(`"${text}" is not an instant`);
  return moment;
}
export function ms(text: string): number {
  const parsed = parseDuration(text);
  if (!parsed.ok) throw new Error(`"${text}" is not a duration`);
  const { value } = parsed;
  if (value.kind === 'exact') return value.ms;
  if (value.kind === 'days') return value.days * DAY_MS + value.ms;
  throw new Error(`"${text}" needs a calendar`);
}

export function policyOf(written: Partial<PolicyInput> & Pick<PolicyInput, 'stages'>, version = 1): Policy {
  const result = compilePolicy({ policy: 'p', key: 'event.id', assignee: 'event.data.who', ...written }, version);
  if (!result.ok) throw new Error(JSON.stringify(result.problems, null, 1));
  return result.policy;
}

export type Person = Partial<Omit<Recipient, 'plan'>> & { readonly id: string; readonly plan?: readonly unknown[] };
/** Somebody reached by e-mail alone unless told otherwise, so that one notification is one message. */
export function personOf(person: Person): Recipient {
  const { plan = ['email'], ...rest } = person;
  const own = readPreferredPlan(plan);
  return {
    name: person.id,
    email: `${person.id}@example.org`,
    phone: null,
    locale: null,
    timeZone: null,
    location: null,
    manager: null,
    traits: {},
    endpoints: [],
    away: [],
    ...rest,
    plan: { normal: own, urgent: own },
  };
}
const EVERYBODY: readonly Person[] = [
  { id: 'ana', manager: 'bo' },
  { id: 'bo', manager: 'cleo' },
  { id: 'cleo', manager: 'dan' },
  { id: 'dan' },
  { id: 'eve' },
  { id: 'rita' },
];

interface Held extends Omit<MessageDraft, 'status' | 'sendAt'> {
  status: MessageStatus;
  sendAt: Instant | null;
}
export type Verdict = 'accept' | 'fail' | 'hold';

export interface ScenarioOptions {
  readonly people?: readonly Person[];
  readonly groups?: Readonly<Record<string, readonly string[]>>;
  /** As people write them. */
  readonly schedules?: Readonly<Record<string, object>>;
  readonly start?: Instant;
  readonly zone?: string | null;
  readonly opening?: Partial<Beginning>;
  readonly provider?: (message: MessageDraft) => Verdict;
}

export class Scenario {
  policy: Policy;
  now: Instant;
  followUp: FollowUp;
  /** What the providers do with each message. */
  provider: (message: MessageDraft) => Verdict;
  readonly people = new Map<string, Recipient>();
  readonly groups = new Map<string, Group>();
  readonly schedules = new Map<string, Schedule>();
  readonly messages = new Map<string, Held>();
  readonly timeline: TimelineEntry[] = [];
  readonly alarms: string[] = [];
  readonly fanOuts: string[] = [];
  readonly inputs: Input[] = [];
  steps = 0;
  readonly #zone: string | null;
  readonly #sent: string[] = [];
  #told = 0;
  #read = 0;

  constructor(written: (Partial<PolicyInput> & Pick<PolicyInput, 'stages'>) | Policy, options: ScenarioOptions = {}) {
    this.policy = 'needs' in written ? (written as Policy) : policyOf(written);
    this.now = options.start ?? START;
    this.#zone = options.zone ?? null;
    this.provider = options.provider ?? (() => 'accept');
    for (const person of options.people ?? EVERYBODY) this.person(person);
    for (const [id, members] of Object.entries(options.groups ?? {})) this.group(id, members);
    for (const [id, written] of Object.entries(options.schedules ?? {})) this.schedule(id, written);
    this.followUp = newFollowUp(this.policy, { ...beginning(this.now), ...options.opening }, this.now);
    this.#takeOpening(advanceOpening(this.#move(), { kind: 'opened', reason: 'opened' }));
    this.#settle();
  }

  person(person: Person): void {
    this.people.set(person.id, personOf(person));
  }
  group(id: string, members: readonly string[]): void {
    this.groups.set(id, { id, name: id, members, size: members.length });
  }
  schedule(id: string, written: object): void {
    this.schedules.set(id, compileSchedule(scheduleSchema.parse(written)));
  }
  get directory(): Directory {
    return {
      recipients: this.people,
      groups: this.groups,
      schedules: this.schedules,
      tenant: { zone: this.#zone, locale: 'en', alarmTo: null, name: null },
    };
  }

  /** Lets time pass, stopping at everything that is due on the way. */
  forward(by: string): this {
    return this.until(later(this.now, ms(by)));
  }
  until(to: Instant): this {
    for (;;) {
      const next = earliest(this.followUp.wakeAt, ...[...this.messages.values()].map((one) => this.#due(one)));
      if (next === null || next > to) break;
      this.now = later(next, 0) > this.now ? next : this.now;
      this.#settle();
    }
    this.now = to;
    return this;
  }
  /** Nothing runs for so long; then everything that became due meanwhile is looked at. */
  outage(by: string): this {
    this.now = later(this.now, ms(by));
    this.#settle();
    return this;
  }
  /** Held messages are tried again. */
  release(): this {
    this.provider = () => 'accept';
    this.#settle();
    return this;
  }

  command(command: Command, by = 'ana'): Answer {
    return this.input({
      kind: 'command',
      command,
      actor: { kind: 'recipient', id: by },
      evidence: 'proven',
      channel: null,
      comment: null,
    });
  }
  event(role: ClauseRole, facts: Facts = {}, outcome: string | null = null): Answer {
    return this.input({ kind: 'event', role, event: `event-${this.inputs.length}`, facts, outcome });
  }
  tick(): Answer {
    return this.input({ kind: 'tick' });
  }
  input(input: Input): Answer {
    const answer = this.#decide(input);
    this.#settle();
    return answer;
  }
  reopen(): this {
    this.followUp = reopenedFollowUp(this.policy, this.followUp, this.now);
    this.#takeOpening(advanceOpening(this.#move(), { kind: 'reopened', reason: 'reopened' }));
    this.#settle();
    return this;
  }

  /** What was handed over since the last time this was asked: `11-02 09:00 notice ana`, with the channel unless e-mail. */
  sent(): readonly string[] {
    const news = this.#sent.slice(this.#told);
    this.#told = this.#sent.length;
    return news;
  }
  /** Timeline lines since the last time this was asked: `stage_ran notice opened`. */
  story(...kinds: readonly TimelineEntry['kind'][]): readonly string[] {
    const news = this.timeline.slice(this.#read);
    this.#read = this.timeline.length;
    return news
      .filter((line) => kinds.length === 0 || kinds.includes(line.kind))
      .map((line) => [line.kind, line.stage, line.recipient, line.reason].filter((one) => one !== undefined).join(' '));
  }
  get waiting(): readonly string[] {
    return [...this.messages.values()]
      .filter((one) => WAITING.has(one.status))
      .map((one) => `${one.stage} ${one.recipient}`);
  }

  #move() {
    return { policy: this.policy, followUp: this.followUp, directory: this.directory, now: this.now };
  }
  #decide(input: Input): Answer {
    this.inputs.push(input);
    const [answer] = this.#takeOpening(advance({ ...this.#move(), inputs: [input] })).answers;
    if (answer === undefined) throw new Error('an input got no answer');
    return answer;
  }
  /** What waits for its hour gives way to a newer stage that is sent at that hour. */
  #takeOpening(step: Step): Step {
    return this.#take(supersedeWaiting(this.#move(), step, [...this.messages.values()].filter(isHeld)));
  }
  #take(step: Step): Step {
    if (++this.steps > 20_000) throw new Error('the scenario does not end');
    for (const revoke of step.revokes) this.#revoke(revoke);
    for (const gone of step.superseded) this.#giveWay(gone);
    for (const message of step.messages) {
      if (this.messages.has(message.id)) throw new Error(`message ${message.id} was made twice (${message.stage})`);
      this.messages.set(message.id, { ...message });
    }
    for (const fanOut of step.fanOuts) this.fanOuts.push(`${fanOut.stage} ${fanOut.group}`);
    this.alarms.push(...step.alarms.map((alarm) => alarm.reason));
    this.timeline.push(...step.timeline);
    this.followUp = freeze(step.followUp);
    checkAlways(this.followUp, this.now, this.timeline.length);
    this.#checkQueue();
    return step;
  }
  /** What is closed or paused has nothing queued that this stops. */
  #checkQueue(): void {
    const closed = !isLive(this.followUp.status);
    for (const message of this.messages.values()) {
      if (message.stoppedBy === 'nothing' || !WAITING.has(message.status)) continue;
      if (closed || (this.followUp.pause !== null && message.stoppedBy === 'acknowledge'))
        throw new Error(
          `${message.stage} is still to be sent to ${message.recipient}: ${JSON.stringify(this.followUp)}`,
        );
    }
  }
  #revoke(revoke: Extract<Effect, { kind: 'revoke' }>): void {
    const rank = { acknowledge: 0, resolve: 1, nothing: 2 };
    for (const message of this.messages.values()) {
      if (rank[message.stoppedBy] > rank[revoke.stoppedBy]) continue;
      if (revoke.recipient !== null && revoke.recipient !== message.recipient) continue;
      if (revoke.stages !== null && !revoke.stages.includes(message.stage)) continue;
      if (WAITING.has(message.status)) message.status = 'revoked';
    }
  }
  #giveWay({ stage, run, notify, recipient }: Superseded): void {
    for (const one of this.messages.values())
      if (one.stage === stage && one.run === run && one.notify === notify && one.recipient === recipient)
        if (one.channel !== 'inbox' && WAITING.has(one.status)) one.status = 'revoked';
  }
  #due(message: Held): Instant | null {
    if (message.status !== 'queued' && message.status !== 'deferred') return null;
    return this.provider(message as MessageDraft) === 'hold' ? null : message.sendAt;
  }
  /** Everything due at this instant, messages and stages, until there is no more. */
  #settle(): void {
    for (;;) {
      const message = [...this.messages.values()].find((one) => (this.#due(one) ?? Infinity) <= this.now);
      if (message !== undefined) this.#handOver(message);
      else if (this.followUp.wakeAt !== null && this.followUp.wakeAt <= this.now) this.#decide({ kind: 'tick' });
      else return;
    }
  }
  #handOver(message: Held): void {
    const person = this.people.get(message.recipient);
    const time = allowedAt(
      { policy: this.policy, tenant: this.directory.tenant },
      message,
      person ?? ANYWHERE,
      this.now,
    );
    if (time !== 'never' && time.heldBy !== null) {
      Object.assign(message, { status: 'deferred', sendAt: time.at, heldBy: time.heldBy });
      return;
    }
    const accepted = this.provider(message as MessageDraft) === 'accept';
    message.status = accepted ? 'accepted' : 'failed';
    if (accepted) {
      const channel = message.channel === 'email' ? '' : ` ${message.channel}`;
      this.#sent.push(
        `${toRfc3339(this.now).slice(5, 16).replace('T', ' ')} ${message.stage} ${message.recipient}${channel}`,
      );
    }
    const { stage, run, recipient } = message;
    const same = [...this.messages.values()]
      .filter(
        (one) => one.stage === stage && one.run === run && one.recipient === recipient && one.notify === message.notify,
      )
      .map((one) => ({ ...one, held: isHeld(one) }));
    const result = settlePlan(same, this.now);
    for (const change of result.changes) {
      const changed = this.messages.get(change.id);
      if (changed !== undefined) Object.assign(changed, { status: change.status, sendAt: change.sendAt, heldBy: null });
    }
    if (result.verdict === 'handed_over') this.#decide({ kind: 'handedOver', stage, run, recipient, at: this.now });
    else if (result.verdict === 'unreachable')
      this.#decide({ kind: 'unreachable', stage, run, recipient, at: this.now });
  }
}

const beginning = (now: Instant): Beginning => ({
  id: mintId(now, 5, new Uint8Array([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])),
  tenant: 'default',
  slot: 5,
  key: 'k',
  assigneeKey: '',
  generation: 1,
  subject: { type: 'thing', id: 'k', title: 'Thing', url: null },
  data: {},
  assignee: 'ana',
  requester: null,
  team: null,
  watchers: [],
  dueAt: null,
});

const isHeld = ({ status, heldBy }: Held): boolean => status === 'deferred' && heldBy !== null;
const ANYWHERE = { timeZone: null };

const WAITING: ReadonlySet<MessageStatus> = new Set(['planned', 'deferred', 'queued']);

/** A decision never changes what it was given: doing so throws from here on. */
function freeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  for (const one of Object.values(value)) freeze(one);
  return Object.freeze(value);
}

/** DESIGN promise 2 and the bookkeeping of every step. */
function checkAlways(followUp: FollowUp, now: Instant, lines: number): void {
  const problem = (what: string): Error => new Error(`${what}: ${JSON.stringify(followUp)}`);
  if (!isLive(followUp.status)) {
    if (followUp.wakeAt !== null || followUp.waitsFor !== null) throw problem('a closed follow-up wakes or waits');
    return;
  }
  if (followUp.wakeAt === null && followUp.waitsFor === null) throw problem('a live follow-up is forgotten');
  if (followUp.wakeAt !== null && followUp.wakeAt <= now) throw problem('work that is due was left undone');
  if (followUp.timelineCount !== lines) throw problem(`the timeline has ${lines} lines`);
  if (followUp.pause !== null && followUp.pause.until <= now) throw problem('a pause outlived its end');
}
