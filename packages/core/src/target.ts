// Who a target means at this moment, from the gathered directory. Only known recipients count: an unknown or deleted
// one is nobody. Where somebody is wanted who acts, whoever is away is the one they named, or nobody. An empty target falls
// to the next in its list, then to the policy's fallback (POLICY.md, *Nobody there*).
import { actingFor } from './away.ts';
import { type Draft, progressOf, setProgress } from './draft.ts';
import { askedOf, hasAnswered, lookupOf } from './follow-up.ts';
import type { Audience, Effect } from './input.ts';
import type { GroupStrategy, Stage, Target } from './policy/policy.ts';
import { type Directory, MANAGER_LEVELS_MAX } from './recipient.ts';
import { onCallAt } from './schedule.ts';

/** Whether those who are away count: where nobody else is left, and where people are told and not asked. */
export type Presence = 'present' | 'everybody';

/** Everyone the targets mean, without doubles. Large groups stay groups: they are expanded by fan-out. */
export function resolveTargets(
  draft: Draft,
  targets: readonly Target[],
  stage: Stage | null,
  presence: Presence = 'present',
): readonly Audience[] {
  const seen = new Set<string>();
  const ids: string[] = [];
  const groups: Audience[] = [];
  for (const target of targets) {
    const found = resolveTarget(draft, target, stage, presence);
    if (found.kind === 'group') groups.push(found);
    else
      for (const id of found.ids) {
        // Who has answered, where others are still asked, hears nothing more until the end.
        if (seen.has(id) || (presence === 'present' && hasAnswered(draft.followUp, id))) continue;
        ids.push(id);
        seen.add(id);
      }
  }
  return ids.length === 0 ? groups : [{ kind: 'recipients', ids }, ...groups];
}

/** The fallback is somebody: those who are away, where nobody else is there. */
export function fallbackOf(draft: Draft, stage: Stage | null): readonly Audience[] {
  const { fallback } = draft.policy;
  if (fallback === null) return [];
  const present = resolveTargets(draft, [fallback], stage);
  return present.length > 0 ? present : resolveTargets(draft, [fallback], stage, 'everybody');
}

/** The people of one target by id, also those of a group that is too large to be told at once. */
export const peopleOf = (draft: Draft, target: Target): readonly string[] =>
  idsIn(draft, resolveTargets(draft, [target], null));
export const fallbackPeople = (draft: Draft): readonly string[] => idsIn(draft, fallbackOf(draft, null));

const idsIn = ({ directory }: Draft, audiences: readonly Audience[]): readonly string[] =>
  audiences.flatMap((audience) =>
    audience.kind === 'recipients' ? audience.ids : (directory.groups.get(audience.id)?.members ?? []),
  );

const people = (draft: Draft, ids: readonly (string | null)[]): Audience => ({
  kind: 'recipients',
  ids: ids.filter((id): id is string => id !== null && draft.directory.recipients.has(id)),
});

/** Those of them who act now, each once: themselves or whom they named. */
const acting = (draft: Draft, ids: readonly (string | null)[], presence: Presence): Audience =>
  presence === 'everybody'
    ? people(draft, ids)
    : people(draft, [...new Set(ids.map((id) => (id === null ? null : actingFor(draft.directory, id, draft.now))))]);

function resolveTarget(draft: Draft, target: Target, stage: Stage | null, presence: Presence): Audience {
  const { followUp } = draft;
  switch (target.kind) {
    case 'assignee':
      // Of several who are asked those who have not answered; all of them are told how it ended.
      return people(
        draft,
        presence === 'everybody' && followUp.assignees.length > 0 ? followUp.assignees : askedOf(followUp),
      );
    case 'requester':
      return people(draft, [followUp.requester]);
    case 'team':
      return followUp.team === null ? people(draft, []) : membersOf(draft, followUp.team, presence);
    case 'watchers':
      return people(draft, followUp.watchers);
    case 'notified':
      return people(draft, followUp.notified);
    case 'escalated': {
      const own = stage === null ? [] : progressOf(followUp, stage.id).escalated;
      return acting(draft, own.length > 0 ? own : followUp.escalated, presence);
    }
    case 'manager':
      return people(draft, [managerOf(draft, target.level, stage, presence)]);
    case 'group':
      return target.strategy === 'all'
        ? membersOf(draft, target.id, presence)
        : people(draft, [pickMember(draft, target.id, target.strategy, presence)]);
    case 'recipient':
      return acting(draft, [target.id], presence);
    case 'onCall': {
      const schedule = draft.directory.schedules.get(target.schedule);
      return acting(
        draft,
        schedule === undefined ? [] : onCallAt(schedule, draft.now, target.level).recipients,
        presence,
      );
    }
    case 'resolver':
      return acting(draft, lookupOf(followUp, target.name).to, presence);
  }
}

function membersOf(draft: Draft, id: string, presence: Presence): Audience {
  const group = draft.directory.groups.get(id);
  if (group === undefined) return people(draft, []);
  return group.size > group.members.length ? { kind: 'group', id } : acting(draft, group.members, presence);
}

/**
 * One member of a group, among those who are there: the first who can be reached, the one whose turn was longest ago, or
 * the one who is asked about least. Of a group too large to be told at once, its first members take turns.
 */
function pickMember(
  { directory, effects, now }: Draft,
  id: string,
  strategy: Exclude<GroupStrategy, 'all'>,
  presence: Presence,
): string | null {
  const group = directory.groups.get(id);
  if (group === undefined) return null;
  const known = group.members.filter((member) => directory.recipients.has(member));
  const there = known.filter((member) => presence === 'everybody' || actingFor(directory, member, now) === member);
  const ranked = (rank: (member: string) => number): string | undefined =>
    there.toSorted((a, b) => rank(a) - rank(b) || known.indexOf(a) - known.indexOf(b))[0];
  const turn = (member: string): number => group.turns?.get(member) ?? 0;
  if (strategy === 'first-available') return there.find((member) => isReachable(directory, member)) ?? there[0] ?? null;
  const least = Math.min(...there.map((member) => group.load?.get(member) ?? 0));
  const busier = (member: string): boolean => strategy === 'least-busy' && (group.load?.get(member) ?? 0) > least;
  const picked = ranked((member) => (busier(member) ? Infinity : turn(member)));
  if (picked !== undefined) effects.push({ kind: 'turn', group: id, recipient: picked });
  return picked ?? null;
}

const isReachable = ({ recipients }: Directory, id: string): boolean => {
  const person = recipients.get(id);
  return person !== undefined && (person.email ?? person.phone ?? person.endpoints[0] ?? null) !== null;
};

/** The directory after these picks: what is decided next in the same breath picks others. */
export function afterTurns(directory: Directory, turns: readonly Extract<Effect, { kind: 'turn' }>[]): Directory {
  if (turns.length === 0) return directory;
  const groups = new Map(directory.groups);
  for (const { group: id, recipient } of turns) {
    const group = groups.get(id);
    if (group === undefined) continue;
    const last = Math.max(0, ...(group.turns?.values() ?? []));
    groups.set(id, {
      ...group,
      turns: new Map(group.turns).set(recipient, last + 1),
      load: new Map(group.load).set(recipient, (group.load?.get(recipient) ?? 0) + 1),
    });
  }
  return { ...directory, groups };
}

/** Manager number `level` of the assignee; the next one up when that is the requester, someone already told, or away. */
function managerOf(draft: Draft, level: number, stage: Stage | null, presence: Presence): string | null {
  const { followUp, directory, now } = draft;
  const remembered = stage === null ? undefined : progressOf(followUp, stage.id).managers[level];
  if (remembered !== undefined) return remembered;
  const seen = new Set<string>();
  let person = followUp.assignee;
  for (let step = 1; step <= MANAGER_LEVELS_MAX && person !== null; step++) {
    seen.add(person);
    person = directory.recipients.get(person)?.manager ?? null;
    if (person === null || seen.has(person) || !directory.recipients.has(person)) return null;
    if (step < level) continue;
    const acts = presence === 'everybody' ? person : actingFor(directory, person, now);
    if (acts === null || acts === followUp.assignee || acts === followUp.requester || followUp.notified.includes(acts))
      continue;
    if (stage !== null)
      setProgress(draft, stage.id, { managers: { ...progressOf(followUp, stage.id).managers, [level]: acts } });
    return acts;
  }
  return null;
}
