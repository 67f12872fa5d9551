// That every escalation reaches a person at every hour of the coming year (`escalations_reach_somebody` of proof.ts), given
// schedules, away periods, plans and addresses as they are known now. Between two instants at which somebody comes on call,
// goes away or comes back nothing changes, so only those are looked at; stages with the same targets are watched once.
import { actingFor, awayAt, awayPeriods } from './away.ts';
import { DAY_MS, type Instant, later } from './instant.ts';
import type { Policy, Stage, Target, Urgency } from './policy/policy.ts';
import type { Problem } from './policy/problem.ts';
import { formatTarget } from './policy/target.ts';
import { type KnownWorld, type Proof, refuted } from './proof-claim.ts';
import type { Recipient } from './recipient.ts';
import { addressOf, planFor } from './route.ts';
import { onCallAt } from './schedule.ts';
import { wallText } from './timing.ts';

/** As far as people plan ahead. */
const WATCHED_DAYS = 366;

export function proveEscalations(policy: Policy, world: KnownWorld): Proof {
  const watch = new Watch(policy, world);
  const problems = policy.stages.flatMap((stage): readonly Problem[] => {
    const gap = stage.escalate === null ? null : watch.firstGap(stage, stage.escalate.to);
    return gap === null
      ? []
      : [refuted('policy_uncovered_hour', `stages[${stage.index}].escalate.to`, gapText(policy, stage, gap, world))];
  });
  const [first] = problems;
  const escalations = policy.stages.filter(({ escalate }) => escalate !== null).length;
  const text =
    first?.message ??
    (escalations === 0
      ? 'Nothing in it escalates.'
      : `At every hour of the next 12 months ${escalations === 1 ? 'its escalation' : `each of its ${escalations} escalations`}, or the fallback, reaches a person.`);
  return { claim: 'escalations_reach_somebody', holds: problems.length === 0, text, problems };
}

class Watch {
  readonly #policy: Policy;
  readonly #world: KnownWorld;
  /** By what is asked: who is meant, and on which channels. */
  readonly #gaps = new Map<string, Instant | null>();
  readonly #changes = new Map<string, readonly Instant[]>();

  constructor(policy: Policy, world: KnownWorld) {
    this.#policy = policy;
    this.#world = world;
  }

  /** The first instant at which neither the targets nor the fallback have anybody who is there and has an address. */
  firstGap(stage: Stage, targets: readonly Target[]): Instant | null {
    const { fallback } = this.#policy;
    const all = fallback === null ? targets : [...targets, fallback];
    const key = JSON.stringify([all, raisedTo(this.#policy, stage), stage.notify.map(({ via }) => via)]);
    const known = this.#gaps.get(key);
    if (known !== undefined) return known;
    const nobody = (at: Instant) => !all.some((target) => reaches(this.#policy, stage, target, this.#world, at));
    const gap = this.#changesOf(all).find(nobody) ?? null;
    this.#gaps.set(key, gap);
    return gap;
  }

  /** From now on, the instants from which somebody else may be meant. */
  #changesOf(targets: readonly Target[]): readonly Instant[] {
    const key = JSON.stringify(targets);
    const known = this.#changes.get(key);
    if (known !== undefined) return known;
    const { now, directory } = this.#world;
    const end = later(now, WATCHED_DAYS * DAY_MS);
    const turns = new Set([now, ...targets.flatMap((target) => this.#turnsOf(target, end))]);
    const people = new Set(
      targets.flatMap((target) => [...turns].flatMap((at) => idsOf(this.#policy, target, this.#world, at))),
    );
    for (const id of people) {
      const person = directory.recipients.get(id);
      for (const { from, until, delegate } of person === undefined ? [] : awayPeriods(person, directory)) {
        for (const at of [from, until]) if (at > now && at < end) turns.add(at);
        if (delegate !== null) people.add(delegate);
      }
    }
    const sorted = [...turns].sort((a, b) => a - b);
    this.#changes.set(key, sorted);
    return sorted;
  }

  #turnsOf(target: Target, end: Instant): readonly Instant[] {
    const { now, directory } = this.#world;
    const schedule = target.kind === 'onCall' ? directory.schedules.get(target.schedule) : undefined;
    if (target.kind !== 'onCall' || schedule === undefined) return [];
    const turns: Instant[] = [];
    for (let at = onCallAt(schedule, now, target.level).until; at !== null && at < end; ) {
      turns.push(at);
      at = onCallAt(schedule, at, target.level).until;
    }
    return turns;
  }
}

function reaches(policy: Policy, stage: Stage, target: Target, world: KnownWorld, at: Instant): boolean {
  return idsOf(policy, target, world, at).some((id) => {
    const { directory } = world;
    if (!directory.recipients.has(id)) return world.strangers === 'reached';
    const acting = actingFor(directory, id, at);
    const person = acting === null ? undefined : directory.recipients.get(acting);
    return person !== undefined && hasAddress(policy, stage, person);
  });
}

/** Those whom a target names by itself; who the people of a follow-up are is not known beforehand, so they count as nobody. */
function idsOf(policy: Policy, target: Target, { directory }: KnownWorld, at: Instant): readonly string[] {
  switch (target.kind) {
    case 'recipient':
      return [target.id];
    case 'group':
      return directory.groups.get(target.id)?.members ?? [];
    case 'team':
      return policy.team?.kind === 'id' ? (directory.groups.get(policy.team.id)?.members ?? []) : [];
    case 'onCall': {
      const schedule = directory.schedules.get(target.schedule);
      return schedule === undefined ? [] : onCallAt(schedule, at, target.level).recipients;
    }
    default:
      return [];
  }
}

/** On at least one channel of what the stage would send them. */
function hasAddress(policy: Policy, stage: Stage, person: Recipient): boolean {
  const raised = raisedTo(policy, stage);
  return stage.notify.some(({ via }) =>
    planFor(via, person, raised).some(({ channel }) => addressOf(person, channel) !== null),
  );
}

function gapText(policy: Policy, stage: Stage, at: Instant, world: KnownWorld): string {
  const named = [...(stage.escalate?.to ?? []), ...(policy.fallback === null ? [] : [policy.fallback])];
  // Somebody may be both a target and the fallback.
  const targets = [...new Map(named.map((target) => [formatTarget(target), target] as const))];
  const zone = zoneFor(named, world.directory);
  const why = targets.map(([text, target]) => `${text} ${whyNobody(policy, target, world, { at, zone })}`).join(', ');
  return `Stage "${stage.id}" reaches nobody at ${wallText(at, zone)}: ${why}. Fill that hour, or name a fallback that is always there.`;
}

/** Where the gap is looked for: of the first schedule that has a part in it. */
function zoneFor(targets: readonly Target[], { schedules, tenant }: KnownWorld['directory']): string {
  const zones = targets.flatMap((target) =>
    target.kind === 'onCall' ? (schedules.get(target.schedule)?.zone ?? []) : [],
  );
  return zones[0] ?? tenant.zone ?? 'UTC';
}

interface Gap {
  readonly at: Instant;
  readonly zone: string;
}

function whyNobody(policy: Policy, target: Target, world: KnownWorld, { at, zone }: Gap): string {
  const ids = idsOf(policy, target, world, at);
  const { directory } = world;
  const [first] = ids;
  if (first === undefined) {
    if (target.kind === 'onCall') return 'has nobody on call';
    return ['group', 'team', 'recipient'].includes(target.kind) ? 'has nobody in it' : 'may be nobody';
  }
  const person = directory.recipients.get(first);
  if (person === undefined) return `is "${first}", whom nobody knows`;
  const who = ids.length === 1 ? `is "${first}", who` : `has ${ids.length} people, of whom the first, "${first}",`;
  const period = awayAt(person, directory, at);
  if (period === null) return `${who} has no address on its channels`;
  return `${who} is away until ${wallText(period.until, zone)}${period.delegate === null ? ' without a delegate' : ''}`;
}

const raisedTo = ({ urgency }: Policy, stage: Stage): Urgency => stage.escalate?.raise ?? stage.urgency ?? urgency;
