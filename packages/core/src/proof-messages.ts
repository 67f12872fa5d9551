// That nobody gets more than so many messages of one follow-up within 24 hours (`messages_a_day` of proof.ts), and the day on
// which somebody gets the most: every run of every stage, on every channel that can go, to whoever has all the roles that one
// person can have. When runs may come together is run-tree.ts; who is meant by a target here is decided without a follow-up.
import { type Busiest, busiest, type Counted } from './busiest-day.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from './instant.ts';
import { boundsOf } from './late-start.ts';
import { holdOf } from './longest-hold.ts';
import { formatDuration } from './policy/duration.ts';
import { isEventStage, type Notify, type Policy, type Stage, type Target, type Urgency } from './policy/policy.ts';
import type { Problem } from './policy/problem.ts';
import { targetsOf } from './policy/target.ts';
import { type KnownWorld, type Proof, refuted } from './proof-claim.ts';
import { urgenciesOf } from './proof-urgency.ts';
import type { Recipient } from './recipient.ts';
import { ANYBODY, addressOf, planFor } from './route.ts';
import { type Load, runGroups } from './run-tree.ts';
import { peopleFrom } from './schedule.ts';

/** `world` null: nobody is known, so one person may be in every group. `max`: as many are allowed; null: only told. */
export function proveMessages(policy: Policy, world: KnownWorld | null, max: number | null): Proof {
  const worst = busiestPerson(policy, world);
  const { count } = worst;
  const text = `${sentenceOf(worst)}${worst.passing === null ? eventsText(policy, worst.person, world) : ''}`;
  const problems: readonly Problem[] =
    max === null || count <= max
      ? []
      : [
          refuted(
            'policy_messages_exceeded',
            '',
            `${text} That is more than the ${max} that are allowed: let its stages lie further apart, repeat less often or use fewer channels, or allow more.`,
          ),
        ];
  return { claim: 'messages_a_day', holds: problems.length === 0, text: problems[0]?.message ?? text, problems };
}

/** Somebody as targets may mean them. */
interface Person {
  /** As a sentence begins with it. */
  readonly name: string;
  readonly known: Recipient | null;
  /** Whom they act for, themselves included; empty for somebody whom no target names. */
  readonly ids: ReadonlySet<string>;
  /** In every group, as nobody knows who is in them. */
  readonly inGroups: boolean;
  /** The stage that tells them as somebody's manager: then they were not told before. Null: they may be the assignee. */
  readonly manages: Stage | null;
}

interface Worst {
  readonly person: Person;
  readonly count: number;
  readonly days: readonly (Busiest & { readonly from: string })[];
  readonly closing: number;
  readonly again: { readonly count: number; readonly times: number };
  /** What a throttle lets pass, whatever the days would bring. */
  readonly passing: { readonly runs: number; readonly size: number } | null;
}

/** People with different parts in it who are looked at one by one; the others count as one who has the parts of all. */
const PEOPLE_MAX = 20;

interface Part {
  readonly person: Person;
  readonly loads: readonly Load[];
  readonly closing: number;
}

function busiestPerson(policy: Policy, world: KnownWorld | null): Worst {
  const parts = peopleOf(policy, world).map((person): Part => {
    const loads = policy.stages.map((stage) => loadOf(policy, stage, stage.notify, person, world));
    const closings = Object.values(policy.closing).map((all) => sizeOf(loadOf(policy, null, all, person, world)));
    return { person, loads, closing: Math.max(...closings) };
  });
  const told: Part[] = [];
  for (const one of parts.toSorted((a, b) => totalOf(b) - totalOf(a)))
    if (!told.some((other) => isWithin(one, other))) told.push(one);
  const [rest, ...others] = told.slice(PEOPLE_MAX);
  const all =
    rest === undefined ? [] : [others.reduce(together, { ...rest, person: { ...rest.person, name: 'One person' } })];
  return [...told.slice(0, PEOPLE_MAX), ...all]
    .map(
      ({ person, loads, closing }) =>
        throttledFor(policy, person, loads, closing) ?? worstFor(policy, person, loads, closing),
    )
    .reduce((worst, one) => (one.count > worst.count ? one : worst));
}

const totalOf = ({ loads, closing }: Part): number => loads.reduce((sum, load) => sum + sizeOf(load), closing);

/** Whether the other one gets all that this one does. */
const isWithin = (one: Part, other: Part): boolean =>
  one.closing <= other.closing &&
  one.loads.every((load, index) => {
    const more = other.loads[index];
    if (more === undefined || load.inbox > more.inbox || load.sent > more.sent) return false;
    return load.afterMs.length === 0 || JSON.stringify(load.afterMs) === JSON.stringify(more.afterMs);
  });

const together = (one: Part, other: Part): Part => ({
  person: one.person,
  closing: Math.max(one.closing, other.closing),
  loads: one.loads.map((load, index) => {
    const more = other.loads[index] ?? load;
    const inbox = Math.max(load.inbox, more.inbox);
    return { inbox, sent: Math.max(load.sent, more.sent), afterMs: [...load.afterMs, ...more.afterMs] };
  }),
});

function worstFor(policy: Policy, person: Person, loads: readonly Load[], closing: number): Worst {
  const groups = runGroups(policy, DAY_MS, ({ index }) => loads[index] as Load);
  const days = groups.map(({ trees }) =>
    trees
      .map(({ root, from }) => ({ ...busiest(root, DAY_MS), from }))
      .reduce((worst, one) => (one.count > worst.count ? one : worst)),
  );
  const told = days.filter(({ count }) => count > 0);
  const again = repetitionsOf(policy, loads);
  const sent = told.reduce((sum, day) => sum + day.count, again.count * again.times);
  return { person, count: closing + sent, days: told, closing, again, passing: null };
}

/**
 * What a throttle holds back comes later, perhaps beside what would have been far away: as many runs as it lets pass, each as
 * large as the largest. Some of their messages wait for a while, or for their hour, and fall into the next day.
 */
function throttledFor(policy: Policy, person: Person, loads: readonly Load[], closing: number): Worst | null {
  const { throttle, stages } = policy;
  if (throttle === null) return null;
  const waitMs =
    Math.max(0, ...loads.flatMap(({ afterMs }) => afterMs)) +
    Math.max(0, ...stages.map((stage) => holdOf(policy, stage)?.longestMs ?? 0));
  const most = throttle.atMost * Math.ceil((DAY_MS + waitMs) / Math.max(1, boundsOf(throttle.per)[0]));
  const again = repetitionsOf(policy, loads);
  const all = stages.reduce((sum, stage) => sum + runsOf(stage, loads), again.times);
  const runs = Math.min(most, all);
  // For as long as that nobody can say.
  if (runs === Number.POSITIVE_INFINITY) return null;
  const size = Math.max(0, ...loads.map(sizeOf));
  return { person, count: closing + runs * size, days: [], closing, again, passing: { runs, size } };
}

const runsOf = (stage: Stage, loads: readonly Load[]): number =>
  sizeOf(loads[stage.index]) === 0 ? 0 : isEventStage(stage) ? Number.POSITIVE_INFINITY : (stage.repeat?.times ?? 1);

/** What an acknowledgement holds back comes so much later; where it holds for less than a day, its end repeats a run on that day. */
function repetitionsOf({ stages, acknowledged: { resumeAfter, max } }: Policy, loads: readonly Load[]): Worst['again'] {
  const times = Math.min(max, Math.floor((DAY_MS - 1) / Math.max(1, boundsOf(resumeAfter)[0])));
  const count = Math.max(0, ...stages.filter((stage) => !isEventStage(stage)).map(({ index }) => sizeOf(loads[index])));
  return times === 0 || count === 0 ? { count: 0, times: 0 } : { count, times };
}

const sizeOf = (load: Load | undefined): number =>
  load === undefined ? 0 : load.inbox + load.sent + load.afterMs.length;

function loadOf(
  policy: Policy,
  stage: Stage | null,
  notifies: readonly Notify[],
  person: Person,
  world: KnownWorld | null,
): Load {
  const own = notifies.filter((notify) => tells(policy, stage, notify.to, person, world));
  const loads = urgenciesOf(policy, stage).map((urgency) => own.map((notify) => planLoad(notify, person, urgency)));
  const sums = loads.map((all) => ({
    inbox: all.reduce((sum, { inbox }) => sum + inbox, 0),
    sent: all.reduce((sum, { sent }) => sum + sent, 0),
    afterMs: all.flatMap(({ afterMs }) => afterMs),
  }));
  return sums.reduce((most, one) => (sizeOf(one) > sizeOf(most) ? one : most));
}

/** Everything that goes at once or after a while; what is sent otherwise goes instead of something. */
function planLoad({ via }: Notify, { known }: Person, urgency: Urgency): Load {
  const entries = planFor(via, known ?? ANYBODY, urgency).filter(
    (entry) => !entry.else && (known === null || addressOf(known, entry.channel) !== null),
  );
  const atOnce = entries.filter(({ after }) => after === null);
  const inbox = atOnce.filter(({ channel }) => channel === 'inbox').length;
  const afterMs = entries.flatMap(({ after }) => (after === null ? [] : [boundsOf(after)[0]]));
  return { inbox, sent: atOnce.length - inbox, afterMs };
}

/** Somebody who may be asked and is in every group that is not known, everybody who is known, and managers. */
function peopleOf(policy: Policy, world: KnownWorld | null): readonly Person[] {
  const managing = policy.stages.filter((stage) => targetsOf(stage).some(({ kind }) => kind === 'manager'));
  const named = new Set(policy.needs.recipients);
  for (const { members } of world?.directory.groups.values() ?? []) for (const id of members) named.add(id);
  for (const { id, level } of policy.needs.schedules) {
    if (world === null) break;
    const schedule = world.directory.schedules.get(id);
    for (const person of schedule === undefined ? [] : peopleFrom(schedule, world.now, level)) named.add(person);
  }
  const known = new Map<string, Recipient | null>([...named].map((id) => [id, null]));
  for (const [id, one] of world?.directory.recipients ?? []) known.set(id, one);
  const somebody = { known: null, ids: new Set<string>(), inGroups: world === null };
  const people = [
    { ...somebody, name: 'One person' },
    ...[...known].map(([id, one]) => ({ ...somebody, name: `"${id}"`, known: one, ids: actsFor(id, world) })),
  ];
  return people.flatMap((one): readonly Person[] => [
    { ...one, manages: null },
    ...managing.map((manages) => ({ ...one, manages })),
  ]);
}

/** Themselves, and everybody who has named them, or somebody who has, for when they are away. */
function actsFor(id: string, world: KnownWorld | null): ReadonlySet<string> {
  const ids = new Set([id]);
  for (const one of ids)
    for (const [other, { away }] of world?.directory.recipients ?? [])
      if (away.some(({ delegate }) => delegate === one)) ids.add(other);
  return ids;
}

function tells(
  policy: Policy,
  stage: Stage | null,
  to: readonly Target[],
  person: Person,
  world: KnownWorld | null,
): boolean {
  const { manages } = person;
  // Somebody's manager is nobody who was told before.
  if (manages !== null && stage !== null && stage.index < manages.index) return false;
  if (to.some((target) => means(policy, stage, target, person, world))) return true;
  const sure = to.some(({ kind }) => kind === 'group' || kind === 'recipient');
  return !sure && policy.fallback !== null && stage !== null && isNamed(policy.fallback, person, world);
}

function means(policy: Policy, stage: Stage | null, target: Target, person: Person, world: KnownWorld | null): boolean {
  const { manages } = person;
  switch (target.kind) {
    case 'assignee':
      return manages === null || (manages.escalate?.mode === 'reassign' && stage !== manages);
    case 'requester':
    case 'watchers':
      return manages === null;
    case 'notified':
      return true;
    case 'escalated': {
      const own = stage?.escalate?.to;
      if (own === undefined) return true;
      return tells(policy, stage, own, person, world);
    }
    case 'manager':
      return manages !== null && stage === manages;
    case 'team':
      return policy.team?.kind === 'id'
        ? isNamed({ kind: 'group', id: policy.team.id, strategy: 'all' }, person, world)
        : policy.team !== null;
    // Nobody knows whom it names.
    case 'resolver':
      return true;
    default:
      return isNamed(target, person, world);
  }
}

function isNamed(target: Target, { ids, inGroups }: Person, world: KnownWorld | null): boolean {
  switch (target.kind) {
    case 'recipient':
      return ids.has(target.id);
    case 'group':
      return inGroups || (world?.directory.groups.get(target.id)?.members.some((id) => ids.has(id)) ?? ids.size > 0);
    case 'onCall': {
      const schedule = world?.directory.schedules.get(target.schedule);
      if (world === null || schedule === undefined) return inGroups || ids.size > 0;
      return [...peopleFrom(schedule, world.now, target.level)].some((id) => ids.has(id));
    }
    default:
      return false;
  }
}

const some = (count: number): string => (count === 1 ? '1 message' : `${count} messages`);

function sentenceOf({ person, count, days, closing, again, passing }: Worst): string {
  if (count === 0) return 'Nobody gets a message by the clock.';
  const role = person.manages === null ? '' : ', as the manager of whoever is asked,';
  const parts = [
    ...(passing === null
      ? days.map(dayText)
      : [`${passing.runs} × ${passing.size} of the runs that its throttle lets pass`]),
    ...(closing === 0 ? [] : [`${closing} when it ends`]),
    ...(again.times === 0 || passing !== null
      ? []
      : [`${again.times} × ${again.count} as an acknowledgement runs out`]),
  ];
  return `${person.name}${role} gets at most ${some(count)} of one follow-up within 24 hours: ${parts.join('; ')}.`;
}

/** As many as a sentence can bear. */
const TOLD_MAX = 8;

function dayText({ count, counted, from }: Busiest & { readonly from: string }): string {
  if (counted.length === 0)
    return `${count} that count from ${from}, all of them, as there are too many to say when each comes`;
  const moments = [...Map.groupBy(counted, ({ afterMs, run: { label } }) => `${label?.stage} ${afterMs}`).values()];
  const told = moments.slice(0, TOLD_MAX).map((all) => {
    const [first] = all as [Counted, ...Counted[]];
    const sum = all.reduce((count, { run }) => count + run.weight, 0);
    return `${sum} of "${first.run.label?.stage}" ${momentText(first.afterMs, from)}`;
  });
  const left = moments.slice(TOLD_MAX).reduce((sum, all) => sum + all.reduce((own, { run }) => own + run.weight, 0), 0);
  return [...told, ...(left === 0 ? [] : [`${left} more`])].join(', ');
}

function momentText(afterMs: number, from: string): string {
  if (Math.abs(afterMs) < MINUTE_MS) return `at ${from}`;
  const ms = Math.abs(afterMs);
  const days = Math.floor(ms / DAY_MS);
  const rest = Math.round((ms % DAY_MS) / MINUTE_MS) * MINUTE_MS;
  const text = formatDuration(
    ms < 2 * DAY_MS && rest % HOUR_MS !== 0 ? { kind: 'exact', ms } : { kind: 'days', days, ms: rest },
  );
  return `${text.replace(/^0 days /, '')} ${afterMs > 0 ? 'after' : 'before'} ${from}`;
}

/** Nobody knows how many events come. */
function eventsText(policy: Policy, person: Person, world: KnownWorld | null): string {
  const each = policy.stages.filter(isEventStage).flatMap((stage) => {
    const size = sizeOf(loadOf(policy, stage, stage.notify, person, world));
    return size === 0 ? [] : [`${size} of "${stage.id}"`];
  });
  return each.length === 0 ? '' : ` Each event that it tells of adds ${each.join(', or ')}.`;
}
