// Somebody has been erased: they are asked no longer. Of several who are asked the others are; where nobody is left the fallback
// is, as with a recipient whom nobody knows (await-assignee.ts), and without one an alarm is raised: nobody is forgotten. Called by
// decide.ts. What else names the person is taken out by without-person.ts, which decides nothing.
import { endWith } from './answer.ts';
import { tellNewAssignee } from './apply-command.ts';
import { DONE, UNCHANGED } from './command-entry.ts';
import { alarm, type Draft, forgetManagers, note, refreshAssignee, revokeOf, setAssignee } from './draft.ts';
import { askedOf, isAssignee, isLive } from './follow-up.ts';
import type { Answer } from './input.ts';
import { settleLate } from './late.ts';
import { resumeEarly } from './pause.ts';
import { tally } from './tally.ts';
import { fallbackPeople } from './target.ts';

/** The line of the timeline names them until without-person.ts has been there. */
export function recipientErased(draft: Draft, id: string): Answer {
  const { followUp, policy } = draft;
  if (!isLive(followUp.status) || !isAssignee(followUp, id)) return UNCHANGED;
  const wasAsked = askedOf(followUp).includes(id);
  revokeOf(draft, id, 'recipient_erased');
  const others = followUp.assignees.filter((one) => one !== id);
  if (others.length > 0) {
    followUp.assignees = others;
    if (followUp.unknownRecipient === id) followUp.unknownRecipient = null;
    refreshAssignee(draft);
    note(draft, { kind: 'noted', reason: 'recipient_erased', recipient: id });
    const verdict = tally(policy, followUp);
    return verdict === null ? DONE : endWith(draft, verdict);
  }
  if (!wasAsked) return UNCHANGED;
  const waited = followUp.unknownRecipient !== null;
  // A promise of somebody who is not asked any more holds nothing up.
  resumeEarly(draft);
  const [first] = fallbackPeople(draft).filter((one) => one !== id);
  if (first === undefined) {
    note(draft, { kind: 'noted', reason: 'recipient_erased', recipient: id });
    followUp.assignee = null;
    followUp.assignees = [];
    followUp.unknownRecipient = '';
    followUp.unknownUntil = null;
    alarm(
      draft,
      'nobody_reached',
      null,
      `The assignee has been erased and policy "${policy.id}" has no fallback with anybody in it. It goes on when it is reassigned.`,
    );
    return DONE;
  }
  alarm(draft, 'target_empty', null, `The assignee has been erased, so ${first} of the fallback takes it.`);
  note(draft, { kind: 'reassigned', reason: 'recipient_erased', recipient: first });
  setAssignee(draft, first);
  forgetManagers(draft);
  if (waited) {
    followUp.unknownRecipient = null;
    followUp.unknownUntil = null;
    settleLate(draft, 'late_for_assignee');
  }
  tellNewAssignee(draft, 'recipient_erased', first);
  return DONE;
}
