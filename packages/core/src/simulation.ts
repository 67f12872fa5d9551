// What a policy would do, without doing it: a rehearsal of one follow-up from its opening to its end, stopping at every
// instant at which something is due, while people and channels behave as they are told (behaviour.ts). Pure: the same plan
// and seed give the same story. simulation-plan.ts reads what is asked; simulation-report.ts plays it many times.
import { type ActivityMapping, activityAt } from './activity-mapping.ts';
import type { Act, Behaviour, Moment } from './behaviour.ts';
import { addIn } from './business-time.ts';
import { clauseMatches, endsBy, type PolicyEvent, readKey } from './clause.ts';
import { progressOf } from './draft.ts';
import { type FollowUp, isLive } from './follow-up.ts';
import { mintId, slotOfKey } from './ids.ts';
import type { Answer, Command, Effect, Input, TimelineEntry } from './input.ts';
import { earliest, fromRfc3339, type Instant, instant } from './instant.ts';
import { laterEvent } from './later-event.ts';
import { newFollowUp } from './open.ts';
import { asksOf, leftOutOf, type Opening, readFacts } from './opening.ts';
import type { Policy } from './policy/policy.ts';
import { randomOf } from './random.ts';
import { DEFAULT_ZONE, type Directory } from './recipient.ts';
import { type HandingOver, Rehearsal, type RehearsedMessage } from './rehearsal.ts';
import { SimulatedActivity } from './simulated-activity.ts';
import { frameOf } from './stage-time.ts';
import { standIn, withBrought } from './stand-in.ts';
import { finish, type Steps } from './steps.ts';

/** What is played: everything but the people. */
export interface SimulationPlan {
  readonly policy: Policy;
  /** The event that opens it; its type is of no clause where the policy opens by API alone. */
  readonly event: PolicyEvent;
  readonly key: string;
  readonly opening: Opening;
  readonly at: Instant;
  /** What lies after it is not played. */
  readonly until: Instant;
  readonly behaviours: readonly SimulatedBehaviour[];
  /** By type: the data of events that behaviours send; what their key reads comes from the opening one (later-event.ts). */
  readonly eventData: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  /** What events tell about people, as the tenant maps it. */
  readonly activity: readonly ActivityMapping[];
  /** Of invented people; the tenant's where null. */
  readonly zone: string | null;
  /** Sentences about what was assumed. */
  readonly notes: readonly string[];
}
export interface SimulatedBehaviour {
  readonly text: string;
  readonly behaviour: Behaviour;
}

export interface SimulationOptions {
  readonly seed?: number;
  /** More items than this are cut; SIMULATION_ITEMS_MAX when not given. */
  readonly itemsMax?: number;
  /** There is no directory: groups and schedules are invented like people. */
  readonly alone?: boolean;
  /** Asked at every instant: false ends the simulation there. */
  readonly goesOn?: () => boolean;
}
export const SIMULATION_ITEMS_MAX = 10_000;

/** `closed`; `waits`: nothing happens any more by the clock; `until`: cut there; `truncated`: too long to be played. */
export type SimulationEnd = 'closed' | 'waits' | 'until' | 'truncated';

export interface Simulation {
  readonly items: readonly TimelineEntry[];
  readonly messages: readonly RehearsedMessage[];
  readonly outcome: {
    readonly status: FollowUp['status'];
    readonly outcome: string | null;
    readonly end: SimulationEnd;
    readonly endedAt: Instant;
    readonly waitsFor: FollowUp['waitsFor'];
  };
  readonly followUp: FollowUp;
  readonly alarms: readonly Extract<Effect, { kind: 'alarm' }>[];
  /** Ids of people (groups, schedules) who are not in the directory. */
  readonly invented: readonly string[];
  readonly notes: readonly string[];
  /** As it was asked, stand-ins included. */
  readonly directory: Directory;
}

const TENANT = 'default';

export const simulate = (plan: SimulationPlan, directory: Directory, options: SimulationOptions = {}): Simulation =>
  finish(simulating(plan, directory, options));

/** The same, piece by piece, for a process that has other things to do as well. */
export function* simulating(
  plan: SimulationPlan,
  directory: Directory,
  options: SimulationOptions = {},
): Steps<Simulation> {
  const { seed = 1, itemsMax = SIMULATION_ITEMS_MAX, alone = false, goesOn = () => true } = options;
  const { policy, opening, key, at } = plan;
  const [asks] = asksOf(policy, opening);
  const known = opening.assignees.reduce(
    (all: Directory, one) => (typeof one === 'string' ? all : withBrought(all, one)),
    directory,
  );
  const { people: named, resolved, ...others } = namesIn(plan);
  const people = standIn(known, {
    ...others,
    people: alone ? [...named, ...resolved] : named,
    policy,
    at,
    alone,
    zone: plan.zone ?? directory.tenant.zone,
  });
  const slot = slotOfKey(TENANT, policy.id, key);
  const id = mintId(at, slot, new Uint8Array(10));
  const { assignees: _people, leftOut: _left, ...said } = opening;
  const beginning = { ...said, ...asks, id, tenant: TENANT, slot, key, generation: 1 };
  const story = new Rehearsal({
    policy,
    followUp: newFollowUp(policy, beginning, at),
    directory: people.directory,
    now: at,
    goesOn,
  });
  const activity = new SimulatedActivity(plan.activity);
  story.gathered = (one) => activity.in(one, policy, story.followUp, story.now);
  const cast = new Cast(plan, story, activity, randomOf(seed));
  story.provider = (message) => cast.fateOf(message);
  story.resolve = (resolver) => namedBy(plan, resolver);
  if (isOpenedByEvent(plan)) activity.tell(plan.event, activityAt(timeOf(plan.event), at));
  yield* story.opening(openedBy(plan));
  const end = yield* play(story, cast, { until: plan.until, itemsMax, goesOn });
  const { status, outcome, waitsFor } = story.followUp;
  return {
    items: story.items.slice(0, itemsMax),
    messages: [...story.messages.values()],
    outcome: { status, outcome, end, endedAt: story.now, waitsFor },
    followUp: story.followUp,
    alarms: story.raised,
    invented: people.invented,
    notes: [...plan.notes, ...cast.notes],
    directory: people.directory,
  };
}

const isOpenedByEvent = ({ policy }: SimulationPlan): boolean => policy.clauses.some(({ role }) => role === 'open');
const timeOf = ({ time }: PolicyEvent): Instant | null => (typeof time === 'string' ? fromRfc3339(time) : null);
function openedBy(plan: SimulationPlan): Omit<TimelineEntry, 'at'> {
  const { policy, opening, event } = plan;
  const left = leftOutOf(opening, asksOf(policy, opening)[0]);
  return isOpenedByEvent(plan)
    ? { kind: 'opened', reason: 'event', data: { event: event.id, source: event.source, ...left } }
    : { kind: 'opened', reason: 'command', ...(left.leftOut === undefined ? {} : { data: left }) };
}

interface Limits {
  readonly until: Instant;
  readonly itemsMax: number;
  readonly goesOn: () => boolean;
}

function* play(story: Rehearsal, cast: Cast, { until, itemsMax, goesOn }: Limits): Steps<SimulationEnd> {
  // Whatever a policy says, there are not many more instants than lines: most of them write one.
  for (let instants = 0; instants <= itemsMax * 2; instants++) {
    const live = isLive(story.followUp.status);
    const due = story.nextAt;
    const acting = live ? cast.next() : null;
    const next = earliest(due, acting?.at ?? null);
    if (next === null) return live ? 'waits' : 'closed';
    if (next > until) {
      yield* story.passing(until);
      return 'until';
    }
    if (story.items.length >= itemsMax || !goesOn()) return 'truncated';
    // What is due at the same instant comes first: somebody answers what they have been sent.
    yield* story.passing(next);
    if (acting !== null && acting.at === next && due !== next) yield* cast.act(acting.turn);
    yield;
  }
  return 'truncated';
}

/** Whom the behaviours say that a resolver names. */
const namedBy = ({ behaviours }: Pick<SimulationPlan, 'behaviours'>, resolver: string): readonly string[] =>
  behaviours.flatMap(({ behaviour }) =>
    behaviour.kind === 'resolver' && behaviour.name === resolver ? behaviour.to : [],
  );

/** Everybody whom the plan names. */
export function namesIn({ policy, opening, behaviours }: Pick<SimulationPlan, 'policy' | 'opening' | 'behaviours'>) {
  const acts = behaviours.flatMap(({ behaviour }) => (behaviour.kind === 'answer' ? [behaviour.act] : []));
  const actors = behaviours.flatMap(({ behaviour }) => ('who' in behaviour ? [behaviour.who] : []));
  const [first] = opening.assignees;
  return {
    asked: [
      ...(first === undefined ? [] : [typeof first === 'string' ? first : first.id]),
      ...acts.flatMap((act) => (act.kind === 'delegate' ? [act.to] : [])),
    ],
    people: [
      ...(opening.requester === null ? [] : [opening.requester]),
      ...opening.watchers,
      ...policy.needs.recipients,
      ...actors.filter((who): who is string => who !== null && !ROLES.includes(who)),
    ],
    /** Whom resolvers name: among people who are known they may be nobody, as in earnest. */
    resolved: behaviours.flatMap(({ behaviour }) => (behaviour.kind === 'resolver' ? behaviour.to : [])),
    groups: [...new Set([...policy.needs.groups, ...(opening.team === null ? [] : [opening.team])])],
    declines: acts.some(({ kind }) => kind === 'decline'),
  };
}
const ROLES: readonly string[] = ['assignee', 'requester'];

type Acting = Extract<Behaviour, Moment>;
interface Turn {
  readonly text: string;
  readonly behaviour: Acting;
  /** Where between the two ends of its time it lies, 0 to 1. */
  readonly share: number;
}

/** Who does what, when its time comes. */
class Cast {
  readonly notes: string[] = [];
  readonly #plan: SimulationPlan;
  readonly #story: Rehearsal;
  readonly #activity: SimulatedActivity;
  readonly #turns: Set<Turn>;

  constructor(plan: SimulationPlan, story: Rehearsal, activity: SimulatedActivity, random: () => number) {
    this.#plan = plan;
    this.#story = story;
    this.#activity = activity;
    // Two numbers for each behaviour, whatever comes of it: another one beside it changes nothing of the first.
    this.#turns = new Set(
      plan.behaviours.flatMap(({ text, behaviour }): readonly Turn[] => {
        const [luck, share] = [random(), random()];
        if (behaviour.kind !== 'answer' && behaviour.kind !== 'event') return [];
        return luck < behaviour.chance ? [{ text, behaviour, share }] : [];
      }),
    );
  }

  fateOf(message: RehearsedMessage): HandingOver {
    for (const { behaviour } of this.#plan.behaviours)
      if (behaviour.kind === 'channel' && behaviour.channel === message.channel)
        if (behaviour.who === null || this.#whoIs(behaviour.who) === message.recipient) return behaviour.fate;
    return 'accept';
  }

  /** The turn that comes next, and when. */
  next(): { readonly turn: Turn; readonly at: Instant } | null {
    let next: { readonly turn: Turn; readonly at: Instant } | null = null;
    for (const turn of this.#turns) {
      const at = this.#timeOf(turn);
      if (at !== null && (next === null || at < next.at)) next = { turn, at };
    }
    return next;
  }

  *act(turn: Turn): Steps {
    const { text, behaviour } = turn;
    this.#turns.delete(turn);
    const answer = yield* behaviour.kind === 'answer' ? this.#answer(behaviour) : this.#event(behaviour);
    if (answer === null) return;
    if (typeof answer === 'string') this.notes.push(`"${text}": ${answer}`);
    else if (answer.kind === 'refused') this.notes.push(`"${text}" was refused: ${answer.detail}`);
    else if (answer.kind === 'closed') this.notes.push(`"${text}" came too late: it was closed.`);
  }

  #timeOf({ behaviour: { after, of }, share }: Turn): Instant | null {
    const { policy, followUp, directory, now } = this.#story;
    const from = of === null ? followUp.openedAt : progressOf(followUp, of).firstAt;
    if (from === null) return null;
    const frame = frameOf(policy, followUp, directory);
    const [least, most] = after.map((duration) => addIn(frame, from, 1, duration)) as [Instant, Instant];
    return instant(Math.max(now, least + Math.max(0, most - least) * share));
  }

  #whoIs(who: string): string | null {
    const { assignee, requester } = this.#story.followUp;
    return who === 'assignee' ? assignee : who === 'requester' ? requester : who;
  }

  *#answer({ who, act, channel }: Extract<Acting, { kind: 'answer' }>): Steps<Answer | string> {
    const id = this.#whoIs(who);
    if (id === null) return `there is no ${who}.`;
    const actor = { kind: 'recipient', id } as const;
    return yield* this.#story.inputting({
      kind: 'command',
      command: this.#commandOf(act),
      actor,
      evidence: 'proven',
      channel,
      comment: null,
    });
  }

  #commandOf(act: Act): Command {
    const { policy, followUp, directory, now } = this.#story;
    switch (act.kind) {
      case 'resolve':
        return { kind: 'resolve', outcome: null };
      case 'decline':
        return { kind: 'decline', why: 'declined' };
      case 'snooze':
        return { kind: 'snooze', until: addIn(frameOf(policy, followUp, directory), now, 1, act.duration) };
      case 'commit':
        return { kind: 'commit', by: addIn(frameOf(policy, followUp, directory), now, 1, act.duration) };
      case 'acknowledge':
      case 'delegate':
      case 'answer':
      case 'reply':
        return act as Command;
    }
  }

  /**
   * What it tells of people first; then every stage it runs, or what it changes and then its end. Null where it only
   * tells of people.
   */
  *#event({ type }: Extract<Acting, { kind: 'event' }>): Steps<Answer | string | null> {
    const { policy, directory, now } = this.#story;
    const own = Object.hasOwn(this.#plan.eventData, type) ? this.#plan.eventData[type] : undefined;
    const event = laterEvent(policy, this.#plan.event, { type, data: own });
    const tells = this.#activity.tell(event, now);
    const meant = policy.clauses.filter((one) => one.role !== 'open' && clauseMatches(one, event).kind === 'matches');
    if (meant.length === 0)
      return tells ? null : 'no clause of the policy means such an event, and it tells nothing of anybody.';
    const keys = meant.map((clause) => readKey(policy, clause, event));
    // What says nothing of its own is taken to be about this one.
    const about = meant.filter((_, index) => own === undefined || isKey(keys[index], this.#plan.key));
    if (about.length === 0) return notAbout(keys[0], this.#plan.key);
    const closing = about.filter(({ role }) => endsBy(policy, role)).slice(0, 1);
    const others = about.filter(({ role, stage }) => !endsBy(policy, role) && (closing.length === 0 || stage === null));
    const facts = readFacts(policy, event, { tenantZone: directory.tenant.zone ?? DEFAULT_ZONE, now });
    const clauses = [...others, ...closing].filter(({ role }) => facts.ok || role !== 'update');
    if (!facts.ok && clauses.length === 0) return facts.detail;
    // With nothing of its own, it says nothing new of the due date, which may not be the one of the event at all.
    const said = !facts.ok ? {} : own === undefined ? { data: facts.facts.data ?? {} } : facts.facts;
    const inputs = clauses.map(
      ({ role, outcome, stage }): Input => ({
        kind: 'event',
        role,
        event: String(event.id),
        facts: role === 'update' ? said : {},
        outcome,
        ...(stage === null ? {} : { stage }),
        ...(closing.length === 0 ? {} : { closes: true }),
      }),
    );
    let answer: Answer | string = 'nothing came of it.';
    for (const input of inputs) answer = yield* this.#story.inputting(input);
    return answer;
  }
}

type KeyRead = ReturnType<typeof readKey> | undefined;
const isKey = (read: KeyRead, key: string): boolean => read?.ok === true && read.key === key;
const notAbout = (read: KeyRead, key: string): string =>
  read?.ok === false
    ? read.detail
    : `its key is "${read?.key ?? ''}", so it is about another follow-up than this one, whose key is "${key}".`;
