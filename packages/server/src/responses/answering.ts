// What is known of a follow-up that somebody answers without a page (by a text message, by a button in a chat), and what they are told
// of what came of it. What was done is done by engine's commands; what pages say is action-view.ts.
import {
  type Action,
  type FollowUp,
  isAssignee,
  isLive,
  localTime,
  type Reading,
  type Recipient,
  readingOf,
  standingOf,
} from '@relance/core';
import type { CommandOutcome } from '../engine/ports.ts';
import type { Tx } from '../store/database.ts';
import { readRecipients } from '../store/sql/directory.ts';
import { readFollowUps } from '../store/sql/follow-up.ts';
import { NO_SETTINGS, tenantSettings } from '../store/sql/tenant.ts';
import { answeringPolicies } from './answering-policy.ts';
import { type AnswerWords, answerWordsIn } from './text/words.ts';

export interface Answering {
  readonly followUp: FollowUp;
  readonly recipient: Recipient;
  readonly people: ReadonlyMap<string, Recipient>;
  readonly reading: Reading;
  /** The policy's own. */
  readonly actions: readonly Action[];
  /** Whatever they write back is the answer that the policy waits for. */
  readonly endsOnReply: boolean;
}

/** Whose answer to what. */
export interface Asked {
  readonly followUp: string;
  readonly recipient: string;
}

/** Null where the follow-up or the person is no more. */
export const readAnswering = async (tx: Tx, tenant: string, asked: Asked): Promise<Answering | null> =>
  (await readAnswerings(tx, tenant, [asked]))[0] ?? null;

/** Each in the place of what was asked, a statement for each kind of thing. */
export async function readAnswerings(
  tx: Tx,
  tenant: string,
  asked: readonly Asked[],
): Promise<readonly (Answering | null)[]> {
  const ids = [...new Set(asked.map(({ followUp }) => followUp))];
  const followUps = (await readFollowUps(tx, 'each', ids)).filter((one) => one.tenant === tenant);
  const who = [
    ...asked.map(({ recipient }) => recipient),
    ...followUps.flatMap(({ assignee, acknowledgedBy, closedBy }) => [assignee, acknowledgedBy, closedBy]),
  ].filter((one) => one !== null);
  const found = await readRecipients(
    tx,
    [...new Set(who)].map((id) => ({ tenant, id })),
  );
  const people = new Map(found.map(({ recipient }) => [recipient.id, recipient]));
  const policyOf = await answeringPolicies(tx, followUps);
  const settings = (await tenantSettings(tx, [tenant])).get(tenant) ?? NO_SETTINGS;
  const byId = new Map(followUps.map((one) => [one.id, one]));
  return asked.map((one) => {
    const followUp = byId.get(one.followUp);
    const recipient = people.get(one.recipient);
    if (followUp === undefined || recipient === undefined) return null;
    const { policy, zone } = policyOf(followUp);
    const reading = readingOf(recipient, zone, settings);
    const { actions, onReply } = policy;
    const endsOnReply = onReply !== null && isAssignee(followUp, recipient.id);
    return { followUp, recipient, people, reading, actions, endsOnReply };
  });
}

/** What came of it, in the reader's language; `name`: what was asked for. */
export function answeredWords(outcome: CommandOutcome, name: string, answering: Answering): string {
  const words = answerWordsIn(answering.reading.locale);
  const { title } = answering.followUp.subject;
  switch (outcome.kind) {
    case 'done':
      return outcome.changed
        ? doneWords(words, name, outcome.followUp, answering)
        : standingWords({ ...answering, followUp: outcome.followUp });
    case 'closed':
      return standingWords({ ...answering, followUp: outcome.followUp });
    case 'refused':
    case 'unreadable':
      return words.refused(title);
    case 'ambiguous':
    case 'missing':
      return words.notOffered;
  }
}

/** How it stands by now, with who did it and when. */
export function standingWords({ followUp, people, reading }: Answering): string {
  const nameOf = (id: string | null): string | null => (id === null ? null : (people.get(id)?.name ?? id));
  return `${followUp.subject.title}: ${standingOf(followUp, nameOf, reading)}`;
}

function doneWords(words: AnswerWords, name: string, after: FollowUp, { reading, actions }: Answering): string {
  const { title } = after.subject;
  const time = (at: FollowUp['snoozedUntil']): string => (at === null ? '' : localTime(at, reading, at));
  switch (name) {
    case 'acknowledge':
      return words.acknowledged(title);
    case 'snooze':
      return words.later(title, time(after.snoozedUntil));
    case 'commit':
      return words.promised(title, time(after.commitment?.dueAt ?? null));
    case 'decline':
      return words.passedOn(title);
    case 'unacknowledge':
      return words.undone(title);
    case 'resolve':
      return isLive(after.status) ? words.claimed(title) : words.done(title);
    default: {
      const action = actions.find(({ id }) => id === name);
      return isLive(after.status) ? words.noted(title) : `${action?.label ?? name}: ${title}.`;
    }
  }
}
