// Who a target means at this moment, from the gathered directory. Only known recipients count: an unknown or deleted
// one is nobody. An empty target falls to the next in its list, then to the policy's fallback (POLICY.md, *Nobody there*).
import { type Draft, progressOf, setProgress } from './draft.ts';
import type { Audience } from './input.ts';
import type { Stage, Target } from './policy/policy.ts';
import { MANAGER_LEVELS_MAX } from './recipient.ts';
import { onCallAt } from './schedule.ts';

/** Everyone the targets mean, without doubles. Large groups stay groups: they are expanded by fan-out. */
export function resolveTargets(draft: Draft, targets: readonly Target[], stage: Stage | null): readonly Audience[] {
  const seen = new Set<string>();
  const ids: string[] = [];
  const groups: Audience[] = [];
  for (const target of targets) {
    const found = resolveTarget(draft, target, stage);
    if (found.kind === 'group') groups.push(found);
    else for (const id of found.ids) if (!seen.has(id)) ids.push(id) && seen.add(id);
  }
  return ids.length === 0 ? groups : [{ kind: 'recipients', ids }, ...groups];
}

/** The people of one target by id, also those of a group that is too large to be told at once. */
export const peopleOf = (draft: Draft, target: Target): readonly string[] =>
  resolveTargets(draft, [target], null).flatMap((audience) =>
    audience.kind === 'recipients' ? audience.ids : (draft.directory.groups.get(audience.id)?.members ?? []),
  );

const people = (draft: Draft, ids: readonly (string | null)[]): Audience => ({
  kind: 'recipients',
  ids: ids.filter((id): id is string => id !== null && draft.directory.recipients.has(id)),
});

function resolveTarget(draft: Draft, target: Target, stage: Stage | null): Audience {
  const { followUp } = draft;
  switch (target.kind) {
    case 'assignee':
      return people(draft, [followUp.assignee]);
    case 'requester':
      return people(draft, [followUp.requester]);
    case 'team':
      return followUp.team === null ? people(draft, []) : membersOf(draft, followUp.team);
    case 'watchers':
      return people(draft, followUp.watchers);
    case 'notified':
      return people(draft, followUp.notified);
    case 'escalated': {
      const own = stage === null ? [] : progressOf(followUp, stage.id).escalated;
      return people(draft, own.length > 0 ? own : followUp.escalated);
    }
    case 'manager':
      return people(draft, [managerOf(draft, target.level, stage)]);
    case 'group':
      return membersOf(draft, target.id);
    case 'recipient':
      return people(draft, [target.id]);
    case 'onCall': {
      const schedule = draft.directory.schedules.get(target.schedule);
      return people(draft, schedule === undefined ? [] : onCallAt(schedule, draft.now, target.level).recipients);
    }
    // Refused at publication until it is built: a policy with one never gets here.
    case 'resolver':
      return people(draft, []);
  }
}

function membersOf(draft: Draft, id: string): Audience {
  const group = draft.directory.groups.get(id);
  if (group === undefined) return people(draft, []);
  return group.size > group.members.length ? { kind: 'group', id } : people(draft, group.members);
}

/** Manager number `level` of the assignee; the next one up when that is the requester or someone already told. */
function managerOf(draft: Draft, level: number, stage: Stage | null): string | null {
  const { followUp, directory } = draft;
  const remembered = stage === null ? undefined : progressOf(followUp, stage.id).managers[level];
  if (remembered !== undefined) return remembered;
  const seen = new Set<string>();
  let person = followUp.assignee;
  for (let step = 1; step <= MANAGER_LEVELS_MAX && person !== null; step++) {
    seen.add(person);
    person = directory.recipients.get(person)?.manager ?? null;
    if (person === null || seen.has(person) || !directory.recipients.has(person)) return null;
    if (step < level || person === followUp.requester || followUp.notified.includes(person)) continue;
    if (stage !== null)
      setProgress(draft, stage.id, { managers: { ...progressOf(followUp, stage.id).managers, [level]: person } });
    return person;
  }
  return null;
}
