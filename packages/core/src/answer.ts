// Answers: a plain "done", and the policy's own actions (approve, reject, …). One person's closes it at once; where several
// are asked together (`require`) each counts, until enough of them have resolved it or too many have rejected it.
import { claim, mayClose } from './claim.ts';
import { close } from './close.ts';
import { type CommandInput, DONE, entryOf, personOf, record, refuse, UNCHANGED } from './command-entry.ts';
import { type Draft, note, refreshAssignee, revokeOf } from './draft.ts';
import { ANSWERED_BY_API, type Answered, isAssignee } from './follow-up.ts';
import type { Answer } from './input.ts';
import { resumeEarly } from './pause.ts';
import { ANSWER_BYTES_MAX, type AnswerProblem } from './policy/answer-schema.ts';
import { type Action, closes } from './policy/policy.ts';
import { tally, type Verdict } from './tally.ts';

/** "It is done." */
export function resolve(draft: Draft, input: CommandInput, outcome: string | null): Answer {
  const { actor } = input;
  const said = outcome === null ? {} : { outcome };
  if (!mayClose(draft, actor)) return claim(draft, personOf(actor), entryOf(input, 'claimed', said));
  if (actor.kind === 'recipient' && draft.followUp.assignees.includes(actor.id))
    return count(draft, input, actor.id, { action: 'resolve', answer: null, counts: 'for', outcome });
  return end(draft, input, outcome);
}

export function answer(draft: Draft, input: CommandInput, id: string, given: unknown): Answer {
  const { followUp, policy } = draft;
  const action = policy.actions.find((one) => one.id === id);
  if (action === undefined) return refuse('unknown_action', missing(policy.actions, id));
  const errors = problemsOf(action, given);
  if (errors.length > 0) {
    const [first] = errors;
    const detail = `The answer to "${id}" cannot be taken: ${first?.path} ${first?.message}.`;
    return { kind: 'refused', refusal: 'answer_invalid', detail, errors };
  }
  const said = { action: id, answer: given ?? null };
  const person = personOf(input.actor);
  const counts = action.resolves ? 'for' : action.rejects ? 'against' : null;
  if (closes(action) && !mayClose(draft, input.actor)) {
    const claimed = claim(draft, person, entryOf(input, 'claimed', said));
    if (claimed.kind === 'done' && claimed.changed) keep(draft, person, { ...said, counts: null, outcome: null });
    return claimed;
  }
  const outcome = closes(action) ? action.outcome : null;
  if (counts !== null && person !== null && followUp.assignees.includes(person))
    return count(draft, input, person, { ...said, counts, outcome });
  if (counts === null && saidBefore(followUp.answers[person ?? ANSWERED_BY_API], { ...said, counts })) return UNCHANGED;
  keep(draft, person, { ...said, counts: null, outcome });
  record(draft, input, 'answered', 'command', said);
  return counts === null ? DONE : end(draft, { ...input, comment: null }, outcome);
}

/** Whatever somebody who is asked has written back is the answer that the policy waits for, whoever may close it otherwise. */
export function replied(draft: Draft, input: CommandInput): Answer {
  const { followUp, policy } = draft;
  const person = personOf(input.actor);
  if (policy.onReply === null || person === null || !isAssignee(followUp, person)) return UNCHANGED;
  const { outcome } = policy.onReply;
  return followUp.assignees.includes(person)
    ? count(draft, input, person, { action: 'reply', answer: null, counts: 'for', outcome })
    : end(draft, input, outcome);
}

type Said = Omit<Answered, 'at'>;

const missing = (actions: readonly Action[], id: string): string =>
  actions.length === 0
    ? `The policy has no actions of its own, so there is no "${id}"; use resolve, acknowledge or another command.`
    : `The policy has no action "${id}"; it has ${actions.map((one) => one.id).join(', ')}.`;

function problemsOf(action: Action, given: unknown): readonly AnswerProblem[] {
  const absent = given === undefined || given === null;
  if (!absent && new TextEncoder().encode(JSON.stringify(given)).length > ANSWER_BYTES_MAX)
    return [{ path: 'answer', message: `is longer than ${ANSWER_BYTES_MAX / 1024} KiB` }];
  if (action.answer === null) return [];
  if (!absent) return action.answer.check(given);
  if (action.answer.check(null).length === 0) return [];
  // No answer at all is an empty one, so that what is missing is named; and fine where nothing is required.
  return action.answer.source.type === 'object'
    ? action.answer.check({})
    : [{ path: 'answer', message: 'is required' }];
}

const saidBefore = (before: Answered | undefined, said: Omit<Said, 'outcome'>): boolean =>
  before !== undefined &&
  before.action === said.action &&
  before.counts === said.counts &&
  JSON.stringify(before.answer) === JSON.stringify(said.answer);

/** What only is recorded never replaces what counts. */
function keep(draft: Draft, person: string | null, said: Said): void {
  const { followUp, now } = draft;
  const who = person ?? ANSWERED_BY_API;
  const before = Object.hasOwn(followUp.answers, who) ? followUp.answers[who] : undefined;
  if (said.counts === null && before?.counts != null) return;
  followUp.answers = { ...followUp.answers, [who]: { ...said, at: now } };
}

/** One of several who are asked has answered: they are told nothing more, and the others go on being asked. */
function count(draft: Draft, input: CommandInput, who: string, said: Said): Answer {
  const { followUp } = draft;
  const before = Object.hasOwn(followUp.answers, who) ? followUp.answers[who] : undefined;
  if (saidBefore(before, said)) return UNCHANGED;
  keep(draft, who, said);
  record(draft, input, 'answered', 'command', { action: said.action, answer: said.answer });
  const verdict = tally(draft.policy, followUp);
  if (verdict !== null) {
    const outcome = verdict.counts === said.counts ? said.outcome : verdict.outcome;
    return end(draft, { ...input, comment: null }, outcome);
  }
  revokeOf(draft, who, 'answered');
  refreshAssignee(draft);
  // The pause was theirs: it does not hold what the others are still to be told.
  if (followUp.pause?.by === who && followUp.pause.kind !== 'claim') {
    note(draft, { kind: 'resumed', reason: 'answered', actor: who });
    resumeEarly(draft);
  }
  return DONE;
}

/** Somebody is asked no longer, and what the others have answered decides it. */
export function endWith(draft: Draft, { outcome, by }: Verdict): Answer {
  const entry = { reason: 'answered', actor: by, ...(outcome === null ? {} : { data: { outcome } }) } as const;
  close(draft, { status: 'resolved', outcome, by, entry });
  return DONE;
}

function end(draft: Draft, input: CommandInput, outcome: string | null): Answer {
  const entry = entryOf(input, 'command', outcome === null ? {} : { outcome });
  close(draft, { status: 'resolved', outcome, by: personOf(input.actor), entry });
  return DONE;
}
