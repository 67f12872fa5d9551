// Who is asked when a follow-up opens: the first person of a target, ids that nobody knows yet and are waited for, and the
// fallback when nobody is left. Called by decide.ts before any stage runs.
import { endWith } from './answer.ts';
import { addIn } from './business-time.ts';
import { alarm, type Draft, note, refreshAssignee, setAssignee } from './draft.ts';
import { lookupOf } from './follow-up.ts';
import { settleLate } from './late.ts';
import { lookUpFirst, lookupsGivenUpAt } from './lookup.ts';
import { frameOf } from './stage-time.ts';
import { tally } from './tally.ts';
import { fallbackPeople, peopleOf } from './target.ts';

/** The first person of `assignee: { target }`, where nobody was named: known, or nobody, which falls back at once. */
export function findAssignee(draft: Draft): string | null {
  const { policy, followUp } = draft;
  if (policy.assigneeTarget === null || followUp.assignee !== null) return null;
  followUp.assignee = peopleOf(draft, policy.assigneeTarget)[0] ?? null;
  return followUp.assignee;
}

const unknownOf = ({ followUp, directory }: Draft): readonly string[] =>
  (followUp.assignees.length > 0 ? followUp.assignees : followUp.assignee === null ? [] : [followUp.assignee]).filter(
    (id) => !directory.recipients.has(id),
  );

/** Holds everything while the id of somebody who is asked is unknown; true when it is. An empty assignee falls back at once. */
export function awaitAssignee(draft: Draft): boolean {
  const { followUp, directory, policy, now } = draft;
  const [unknown] = unknownOf(draft);
  if (followUp.assignee !== null && unknown === undefined) return false;
  followUp.unknownRecipient = unknown ?? '';
  followUp.unknownUntil = now;
  if (unknown === undefined) {
    askForAssignee(draft);
    return true;
  }
  const until = addIn(frameOf(policy, followUp, directory), now, 1, policy.unknownGrace);
  followUp.unknownUntil = until;
  if (until > now) note(draft, { kind: 'waiting', reason: 'unknown_recipient', recipient: unknown, data: { until } });
  return true;
}

/** Whoever a resolver names is asked; it is given up like any other. */
function askForAssignee(draft: Draft): void {
  const { assigneeTarget } = draft.policy;
  if (assigneeTarget !== null && lookUpFirst(draft, [assigneeTarget], null))
    draft.followUp.unknownUntil = lookupsGivenUpAt(draft);
}

/** False while a resolver is asked for the assignee; what it has said is taken once. */
function hasLookedUp(draft: Draft): boolean {
  const { policy, followUp, now } = draft;
  if (policy.assigneeTarget?.kind !== 'resolver' || followUp.assignee !== null || followUp.unknownUntil === null)
    return true;
  if (lookupOf(followUp, policy.assigneeTarget.name).askedAt !== null) return false;
  if (findAssignee(draft) === null) followUp.unknownUntil = now;
  return true;
}

const missingAssignee = (draft: Draft): string => {
  const unknown = unknownOf(draft).map((id) => `"${id}"`);
  if (unknown.length === 0) return 'There is no assignee';
  return unknown.length === 1
    ? `The assignee ${unknown[0]} is unknown`
    : `The assignees ${unknown.join(', ')} are unknown`;
};

/** Goes on when the recipient has been created; falls back when the grace is over. */
export function assigneeKnown(draft: Draft): boolean {
  const { followUp, now } = draft;
  if (!hasLookedUp(draft)) return false;
  const [unknown] = unknownOf(draft);
  if (followUp.assignee !== null && unknown === undefined) {
    const known = followUp.unknownRecipient;
    note(draft, {
      kind: 'resumed',
      reason: known === '' ? 'resolver_answered' : 'recipient_known',
      recipient: known || followUp.assignee,
    });
  } else {
    if (followUp.unknownUntil === null || now < followUp.unknownUntil) {
      if (unknown !== undefined) waitForNext(draft, unknown);
      return false;
    }
    if (!dropUnknown(draft) && !fallBack(draft)) return false;
  }
  followUp.unknownRecipient = null;
  followUp.unknownUntil = null;
  const verdict = tally(draft.policy, followUp);
  if (verdict !== null) {
    endWith(draft, verdict);
    return true;
  }
  settleLate(draft, now === followUp.openedAt ? 'late_at_opening' : 'late_for_assignee');
  return true;
}

/** Of several unknown ids the one that is waited for is known by now: the next one is. */
function waitForNext(draft: Draft, unknown: string): void {
  const { followUp, directory } = draft;
  const waited = followUp.unknownRecipient;
  if (waited === unknown || waited === null || !directory.recipients.has(waited)) return;
  followUp.unknownRecipient = unknown;
  note(draft, {
    kind: 'waiting',
    reason: 'unknown_recipient',
    recipient: unknown,
    ...(followUp.unknownUntil === null ? {} : { data: { until: followUp.unknownUntil } }),
  });
}

/** Of several who are asked, those whom nobody knows are asked no longer; false where nobody is left. */
function dropUnknown(draft: Draft): boolean {
  const { followUp, directory } = draft;
  const left = followUp.assignees.filter((id) => directory.recipients.has(id));
  if (left.length === 0) return false;
  const text = `${missingAssignee(draft)} and not asked any longer; ${left.length} are.`;
  alarm(draft, 'unknown_recipient', null, text, { recipients: unknownOf(draft) });
  followUp.assignees = left;
  refreshAssignee(draft);
  return true;
}

function fallBack(draft: Draft): boolean {
  const { followUp, policy } = draft;
  const [first] = fallbackPeople(draft);
  followUp.unknownUntil = null;
  if (first === undefined) {
    alarm(
      draft,
      'nobody_reached',
      null,
      `${missingAssignee(draft)} and policy "${policy.id}" has no fallback with anybody in it. It goes on when ${followUp.assignee === null ? '' : 'the recipient is created or '}it is reassigned.`,
    );
    return false;
  }
  alarm(draft, 'target_empty', null, `${missingAssignee(draft)}, so ${first} of the fallback takes it.`);
  note(draft, { kind: 'reassigned', reason: 'target_empty', recipient: first, data: { from: followUp.assignee } });
  setAssignee(draft, first);
  return true;
}
