// What can be said of a policy before it runs, with a counter-example where it does not hold: it ends or waits visibly,
// every stage can run, and every escalation reaches a person at every hour of the coming year, given schedules, away
// periods, plans and addresses as they are known now (DESIGN promise 8). Pure; `relance check` prints it.
import { actingFor, awayAt } from './away.ts';
import { DAY_MS, HOUR_MS, type Instant, later, toRfc3339 } from './instant.ts';
import type { Duration } from './policy/duration.ts';
import type { Policy, Stage, Target, Urgency } from './policy/policy.ts';
import type { Problem, ProblemCode } from './policy/problem.ts';
import { formatTarget } from './policy/target.ts';
import type { Directory, Recipient } from './recipient.ts';
import { addressOf, planFor } from './route.ts';
import { onCallAt } from './schedule.ts';

export interface Proof {
  readonly claim: 'ends_or_waits' | 'stages_can_run' | 'escalations_reach_somebody';
  readonly holds: boolean;
  /** One sentence: what was proved, or the counter-example. */
  readonly text: string;
  /** What refutes it, as problems of a policy are told. */
  readonly problems: readonly Problem[];
}

export interface KnownWorld {
  readonly directory: Pick<Directory, 'recipients' | 'groups' | 'schedules' | 'tenant'>;
  readonly now: Instant;
  /** People who are not in the directory may be known elsewhere: they count as reached. */
  readonly strangers: 'reached' | 'nobody';
}

/** As far as people plan ahead. */
const WATCHED_DAYS = 366;

/** `world` null: nobody is known, as in a policy's file by itself, and of its escalations nothing can be said. */
export const prove = (policy: Policy, world: KnownWorld | null): readonly Proof[] => [
  proveEnd(policy),
  proveStages(policy),
  ...(world === null ? [] : [proveEscalations(policy, world)]),
];

/** Repetitions are counted, no stage waits for itself, and acknowledgements are limited: compile.ts refuses anything else. */
function proveEnd({ stages, expireAfter, acknowledged }: Policy): Proof {
  const runs = stages.reduce((sum, { repeat }) => sum + (repeat?.times ?? 1), 0);
  const end = expireAfter === null ? 'then it waits, listed as needing attention' : 'then it expires';
  return {
    claim: 'ends_or_waits',
    holds: true,
    text: `If nobody answers, its stages run ${runs} times at most, ${end}; acknowledgements pause it ${acknowledged.max} times at most.`,
    problems: [],
  };
}

function proveStages(policy: Policy): Proof {
  const problems = policy.stages.flatMap((stage) => {
    const why = whyNever(policy, stage, new Set());
    return why === null
      ? []
      : [refuted('policy_stage_unreachable', `stages[${stage.index}]`, `Stage "${stage.id}" never runs: ${why}.`)];
  });
  const [first] = problems;
  const text = first?.message ?? `Each of its ${policy.stages.length} stages can run.`;
  return { claim: 'stages_can_run', holds: problems.length === 0, text, problems };
}

/** Why a stage can never run, as the end of a sentence; null when it can. */
function whyNever(policy: Policy, stage: Stage, seen: ReadonlySet<string>): string | null {
  if (seen.has(stage.id)) return null;
  if (isConstantlyFalse(stage)) return `its condition "${stage.when?.source}" is always false`;
  const { anchor } = stage.at;
  const other = anchor.kind === 'stage' ? policy.stages.find(({ id }) => id === anchor.stage) : undefined;
  if (other !== undefined && !isConstantlyFalse(other)) {
    const why = whyNever(policy, other, new Set(seen).add(stage.id));
    if (why !== null) return `it counts from "${other.id}", and ${why}`;
  }
  const earliest = earliestAfterOpening(policy, stage, new Set());
  if (policy.expireAfter === null || earliest === null || earliest <= most(policy.expireAfter)) return null;
  return 'the follow-up has expired before its time';
}

const isConstantlyFalse = ({ when }: Stage): boolean => {
  if (when === null || when.names === undefined || when.names.length > 0) return false;
  const result = when.evaluate({});
  return result.ok && result.value === false;
};

/** How long after the opening it runs at the least; null where that hangs on something else. */
function earliestAfterOpening(policy: Policy, stage: Stage, seen: ReadonlySet<string>): number | null {
  const { anchor, sign, duration } = stage.at;
  const by = sign === 1 ? least(duration) : -most(duration);
  if (anchor.kind === 'opened') return Math.max(0, by);
  const other = anchor.kind === 'stage' ? policy.stages.find(({ id }) => id === anchor.stage) : undefined;
  if (anchor.kind !== 'stage' || other === undefined || seen.has(stage.id)) return null;
  const from = earliestAfterOpening(policy, other, new Set(seen).add(stage.id));
  if (from === null) return null;
  const repeats = anchor.last && other.repeat !== null ? (other.repeat.times - 1) * least(other.repeat.every) : 0;
  return Math.max(0, from + repeats + by);
}

/** The bounds of what a duration may come to: days may be an hour shorter or longer, working time is at least itself. */
const least = (duration: Duration): number => {
  switch (duration.kind) {
    case 'exact':
      return duration.ms;
    case 'days':
      return Math.max(0, duration.days * DAY_MS - HOUR_MS) + duration.ms;
    case 'businessHours':
      return duration.hours * HOUR_MS;
    case 'businessDays':
      return Math.max(0, (duration.days - 1) * DAY_MS);
  }
};
const most = (duration: Duration): number => {
  switch (duration.kind) {
    case 'exact':
      return duration.ms;
    case 'days':
      return duration.days * DAY_MS + HOUR_MS + duration.ms;
    default:
      return Number.POSITIVE_INFINITY;
  }
};

function proveEscalations(policy: Policy, world: KnownWorld): Proof {
  const problems = policy.stages.flatMap((stage) => {
    const gap = stage.escalate === null ? null : firstGap(policy, stage, stage.escalate.to, world);
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
      : `At every hour of the next 12 months each of its ${escalations} escalations, or the fallback, reaches a person.`);
  return { claim: 'escalations_reach_somebody', holds: problems.length === 0, text, problems };
}

/** The first hour in which neither the targets nor the fallback have anybody who is there and has an address. */
function firstGap(policy: Policy, stage: Stage, targets: readonly Target[], world: KnownWorld): Instant | null {
  const all = policy.fallback === null ? targets : [...targets, policy.fallback];
  const hours = changes(all, world) ? WATCHED_DAYS * 24 : 1;
  for (let hour = 0; hour < hours; hour++) {
    const at = later(world.now, hour * HOUR_MS);
    if (!all.some((target) => reaches(policy, stage, target, world, at))) return at;
  }
  return null;
}

/** Whether who is meant may differ from hour to hour. */
const changes = (targets: readonly Target[], { directory }: KnownWorld): boolean =>
  targets.some(({ kind }) => kind === 'onCall') ||
  [...directory.recipients.values()].some(({ away }) => away.length > 0);

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
function hasAddress({ urgency }: Policy, stage: Stage, person: Recipient): boolean {
  const raised: Urgency = stage.escalate?.raise ?? stage.urgency ?? urgency;
  return stage.notify.some(({ via }) =>
    planFor(via, person, raised).some(({ channel }) => addressOf(person, channel) !== null),
  );
}

function gapText(policy: Policy, stage: Stage, at: Instant, world: KnownWorld): string {
  const targets = stage.escalate?.to ?? [];
  const why = [...targets, ...(policy.fallback === null ? [] : [policy.fallback])]
    .map((target) => `${formatTarget(target)} ${whyNobody(policy, target, world, at)}`)
    .join(', ');
  return `Stage "${stage.id}" reaches nobody at ${toRfc3339(at)}: ${why}. Fill that hour, or name a fallback that is always there.`;
}

function whyNobody(policy: Policy, target: Target, world: KnownWorld, at: Instant): string {
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
  return `${who} is away until ${toRfc3339(period.until)}${period.delegate === null ? ' without a delegate' : ''}`;
}

const refuted = (code: ProblemCode, path: string, message: string): Problem => ({
  code,
  path,
  message,
  severity: 'error',
});
