// A rehearsal (rehearsal.ts) for stories and properties, with people, shorthands for what happens, and lines to compare.
// Every step checks what must always hold. test/world.ts runs the real engine.
import type { FanOut, Step } from './advance.ts';
import type { FollowUp } from './follow-up.ts';
import { mintId } from './ids.ts';
import type { Answer, Command, Facts, Input, TimelineEntry } from './input.ts';
import { DAY_MS, fromRfc3339, type Instant, later, toRfc3339 } from './instant.ts';
import { ENDS, INVARIANTS, type Invariant, type Story } from './invariants.test-kit.ts';
import { type Beginning, newFollowUp, reopenedFollowUp } from './open.ts';
import { compilePolicy } from './policy/compile.ts';
import { parseDuration } from './policy/duration.ts';
import type { ClauseRole, Policy } from './policy/policy.ts';
import type { PolicyInput } from './policy/schema.ts';
import { readPreferredPlan } from './preferred-plan.ts';
import { blankRecipient, type Directory, type Group, type Recipient } from './recipient.ts';
import { type Core, type Provider, Rehearsal, type RehearsedMessage } from './rehearsal.ts';
import { type Essence, essenceOf, replay } from './replay.test-kit.ts';
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
    ...blankRecipient(person.id),
    name: person.id,
    email: `${person.id}@example.org`,
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

export interface ScenarioOptions {
  readonly people?: readonly Person[];
  readonly groups?: Readonly<Record<string, readonly string[]>>;
  /** As people write them. */
  readonly schedules?: Readonly<Record<string, object>>;
  readonly start?: Instant;
  readonly zone?: string | null;
  readonly opening?: Partial<Beginning>;
  readonly provider?: Provider;
  /** Whom resolvers name, at once; the others answer when they are told to. */
  readonly resolvers?: Readonly<Record<string, readonly string[]>>;
  /** What else was gathered. */
  readonly known?: Partial<Directory>;
  readonly core?: Core;
  /** Told of every rule that is broken; without it the story ends at the first. */
  readonly complain?: Complain;
}
export type Complain = (rule: string, problem: string) => void;

interface People {
  readonly recipients: Map<string, Recipient>;
  readonly groups: Map<string, Group>;
  readonly schedules: Map<string, Schedule>;
  readonly tenant: Directory['tenant'];
}

export class Scenario extends Rehearsal implements Story {
  readonly inputs: Input[] = [];
  readonly fanOuts: string[] = [];
  /** Resolvers that are asked and have not answered. */
  readonly asked: string[] = [];
  #resolvers: Readonly<Record<string, readonly string[]>> = {};
  steps = 0;
  readonly #people: People;
  readonly #complain: Complain | undefined;
  /** What the next decision is about, and what the timeline has said of it so far. */
  #before: FollowUp;
  #input: Input | null = null;
  #essence: Essence;
  #told = 0;
  #read = 0;

  constructor(written: (Partial<PolicyInput> & Pick<PolicyInput, 'stages'>) | Policy, options: ScenarioOptions = {}) {
    const policy = 'needs' in written ? (written as Policy) : policyOf(written);
    const { start: now = START, zone = null, provider = () => 'accept', core } = options;
    const directory = {
      recipients: new Map<string, Recipient>(),
      groups: new Map<string, Group>(),
      schedules: new Map<string, Schedule>(),
      tenant: { zone, locale: 'en', alarmTo: null, name: null },
    };
    super({
      policy,
      now,
      directory: { ...directory, ...options.known },
      provider,
      followUp: newFollowUp(policy, { ...beginning(now), ...options.opening }, now),
      ...(core === undefined ? {} : { core }),
    });
    this.#people = directory;
    this.#resolvers = options.resolvers ?? {};
    this.#complain = options.complain;
    this.#before = this.followUp;
    this.#essence = essenceOf(policy, this.followUp);
    for (const person of options.people ?? EVERYBODY) this.person(person);
    for (const [id, members] of Object.entries(options.groups ?? {})) this.group(id, members);
    for (const [id, written] of Object.entries(options.schedules ?? {})) this.schedule(id, written);
    this.open({ kind: 'opened', reason: 'opened' });
  }

  get people(): Map<string, Recipient> {
    return this.#people.recipients;
  }
  get groups(): Map<string, Group> {
    return this.#people.groups;
  }
  person(person: Person): void {
    this.people.set(person.id, personOf(person));
  }
  group(id: string, members: readonly string[]): void {
    this.groups.set(id, { id, name: id, members, size: members.length });
  }
  schedule(id: string, written: object): void {
    this.#people.schedules.set(id, compileSchedule(scheduleSchema.parse(written)));
  }

  forward(by: string): this {
    return this.until(later(this.now, ms(by)));
  }
  /** Nothing runs for so long; then everything that became due meanwhile is looked at. */
  outage(by: string): this {
    this.now = later(this.now, ms(by));
    this.settle();
    return this;
  }
  /** Held messages are tried again. */
  release(): this {
    this.provider = () => 'accept';
    this.settle();
    return this;
  }

  command(command: Command, by = 'ana', channel: string | null = null): Answer {
    return this.input({
      kind: 'command',
      command,
      actor: { kind: 'recipient', id: by },
      evidence: 'proven',
      channel,
      comment: null,
    });
  }
  event(role: ClauseRole, facts: Facts = {}, outcome: string | null = null): Answer {
    return this.input({ kind: 'event', role, event: `event-${this.inputs.length}`, facts, outcome });
  }
  answer(resolver: string, to: readonly string[], holds = '0 minutes', detail: string | null = null): Answer {
    const index = this.asked.indexOf(resolver);
    if (index >= 0) this.asked.splice(index, 1);
    return this.input({ kind: 'lookedUp', resolver, to, until: later(this.now, ms(holds)), detail });
  }
  /** Nobody knows them any more, and whoever else is asked instead is. */
  erase(id: string): Answer {
    this.people.delete(id);
    return this.input({ kind: 'erased', recipient: id });
  }
  tick(): Answer {
    return this.input({ kind: 'tick' });
  }
  reopen(): this {
    this.followUp = reopenedFollowUp(this.policy, this.followUp, this.now);
    this.#input = null;
    this.#essence = essenceOf(this.policy, this.followUp);
    return this.open({ kind: 'reopened', reason: 'reopened' });
  }

  /** What was handed over since the last time this was asked: `11-02 09:00 notice ana`, with the channel unless e-mail. */
  sent(): readonly string[] {
    const sent = this.items.filter((line) => line.kind === 'message_sent');
    const news = sent.slice(this.#told);
    this.#told = sent.length;
    return news.map(({ at, stage, recipient, channel }) => {
      const by = channel === 'email' ? '' : ` ${channel}`;
      return `${toRfc3339(at).slice(5, 16).replace('T', ' ')} ${stage} ${recipient}${by}`;
    });
  }
  /** What was decided, without what became of each message. */
  get timeline(): readonly TimelineEntry[] {
    return this.items.filter((line) => line.message === undefined);
  }
  get alarms(): readonly string[] {
    return this.raised.map(({ reason }) => reason);
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
    return this.unsent.map((one) => `${one.stage} ${one.recipient}`);
  }

  protected override decide(input: Input): Answer {
    this.inputs.push(input);
    this.#input = input;
    this.#before = this.followUp;
    return super.decide(input);
  }
  protected override lookUp(resolver: string): void {
    const to = this.#resolvers[resolver];
    if (to === undefined) this.asked.push(resolver);
    else this.decide({ kind: 'lookedUp', resolver, to, until: this.now, detail: null });
  }
  protected override took(step: Step): void {
    if (++this.steps > STEPS_MAX) throw new Error(`${ENDS.name}: more than ${STEPS_MAX} decisions`);
    this.followUp = freeze(this.followUp);
    this.#essence = replay(this.policy, this.#essence, step.timeline);
    const decided = { story: this, before: this.#before, input: this.#input, step, told: this.#essence };
    this.#judge((rule) => rule.atDecision?.(decided));
  }
  protected override hands(message: RehearsedMessage): void {
    this.#judge((rule) => rule.atHandOver?.(this, message));
  }
  /** Written down, not carried out: fan-out is the server's. */
  protected override fannedOut({ stage, group }: FanOut): void {
    this.fanOuts.push(`${stage} ${group}`);
  }
  /** Nothing is to come any more: what must hold at the end of a story. */
  end(by = '400 days'): this {
    this.provider = () => 'accept';
    this.forward('1 minute');
    this.forward(by);
    this.#judge((rule) => rule.atEnd?.(this));
    return this;
  }
  #judge(ask: (rule: Invariant) => string | null | undefined): void {
    for (const rule of INVARIANTS) {
      const problem = ask(rule) ?? null;
      if (problem === null) continue;
      if (this.#complain === undefined) throw new Error(`${rule.name}: ${problem}: ${JSON.stringify(this.followUp)}`);
      this.#complain(rule.name, problem);
    }
  }
}

/** More decisions than any story needs. */
const STEPS_MAX = 20_000;

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

/** A decision never changes what it was given: doing so throws from here on. */
function freeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  for (const one of Object.values(value)) freeze(one);
  return Object.freeze(value);
}
