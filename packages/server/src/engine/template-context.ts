// What the words of a message see (core's RenderContext): the follow-up and its people as they are, and of the reader's
// activity, their last response and what else waits for them what the template asks for, gathered in sets for many messages.
import {
  type Activity,
  askedOf,
  countedSince,
  countKey,
  DEFAULT_ZONE,
  type Directory,
  dueSeen,
  type FollowUp,
  type FollowUpSeen,
  type Frame,
  type Instant,
  isAssignee,
  NO_NEEDS,
  type PendingFollowUp,
  type Policy,
  parseDuration,
  type RECIPIENT_SEEN,
  type Reason,
  type Recipient,
  type RenderContext,
  recipientSeen,
  runStanding,
  type TemplateNeeds,
  tenantSeen,
  toRfc3339,
  type Urgency,
  urgencyRank,
  wireFollowUp,
} from '@relance/core';
import type { Tx } from '../store/database.ts';
import { type HistoryAsk, historyOf } from '../store/sql/activity.ts';
import { actionPagesOf, pageKey, pendingOf } from '../store/sql/follow-up-pending.ts';
import { lastResponses, responseKey } from '../store/sql/timeline-response.ts';
import type { Actions } from './ports.ts';

/** One message whose words ask for something. */
export interface WordsAsk {
  readonly tenant: string;
  readonly recipient: string;
  /** Null: an invented one. */
  readonly followUp: string | null;
  /** In which windows of activity count. */
  readonly frame: Frame;
  readonly needs: TemplateNeeds;
}

export interface WordsGathered {
  readonly histories: Awaited<ReturnType<typeof historyOf>>;
  readonly pending: Awaited<ReturnType<typeof pendingOf>>;
  readonly pages: Awaited<ReturnType<typeof actionPagesOf>>;
  readonly responses: Awaited<ReturnType<typeof lastResponses>>;
}

/** A statement for each kind of thing at most, however many messages there are; none where no template asks. */
export async function gatherWords(tx: Tx, asks: readonly WordsAsk[], now: Instant): Promise<WordsGathered> {
  const person = ({ tenant, recipient }: WordsAsk) => ({ tenant, recipient });
  const histories = await historyOf(tx, distinct(asks.flatMap((one) => activityAsks(one, now))), now);
  const pending = await pendingOf(tx, distinct(asks.filter(({ needs }) => needs.pending).map(person)));
  const linking = asks.filter(({ needs }) => needs.pending && needs.pages !== false);
  const pageless = linking.flatMap(({ tenant, recipient, followUp: own }) =>
    (pending.get(`${tenant}\n${recipient}`) ?? [])
      .filter(({ id, url }) => url === null && id !== own)
      .sort(byUrgency)
      .slice(0, PAGES_MAX)
      .map(({ id: followUp }) => ({ tenant, recipient, followUp })),
  );
  const responses = await lastResponses(
    tx,
    distinct(
      asks.flatMap(({ needs, followUp, recipient }) =>
        needs.lastResponse && followUp !== null ? [{ followUp, recipient }] : [],
      ),
    ),
  );
  return { histories, pending, pages: await actionPagesOf(tx, distinct(pageless)), responses };
}

/** Of more nobody presses each: those come first that are the most urgent, then those that are due first. */
const PAGES_MAX = 20;

const distinct = <T>(list: readonly T[]): readonly T[] => [
  ...new Map(list.map((one) => [JSON.stringify(one), one])).values(),
];

const activityAsks = ({ tenant, recipient, frame, needs }: WordsAsk, now: Instant): HistoryAsk[] =>
  needs.activity.flatMap(({ type, window }) => {
    const length = window === null ? null : parseDuration(window);
    if (length !== null && !length.ok) return [];
    const ask = { type, window: window === null || length === null ? null : { text: window, duration: length.value } };
    return [{ tenant, recipient, ask, since: countedSince(ask, frame, now) }];
  });

/** Of a message, what its words may speak of. */
export interface SeenMessage {
  readonly stage: string;
  readonly run: number;
  readonly reason: Reason;
  readonly urgency: Urgency;
}

export interface Seen {
  readonly followUp: FollowUp;
  readonly recipient: Recipient;
  readonly policy: Policy;
  readonly directory: Directory;
  readonly links: Actions['links'];
  readonly pages: NonNullable<RenderContext['links']>;
  readonly message: SeenMessage;
  readonly needs?: TemplateNeeds;
  readonly gathered: WordsGathered | null;
  readonly now: Instant;
}

export function contextOf(seen: Seen): RenderContext {
  const { followUp, recipient, policy, directory, message, now } = seen;
  const nameOf = (id: string | null): string | null =>
    id === null ? null : (directory.recipients.get(id)?.name ?? id);
  return {
    recipient: recipientSeen(recipient) satisfies Record<keyof typeof RECIPIENT_SEEN, unknown>,
    subject: followUp.subject,
    data: followUp.data,
    followUp: {
      ...wireFollowUp(followUp),
      dueAt: dueSeen(followUp.dueAt, followUp.dueDay),
      stage: message.stage,
      reason: message.reason,
      policyTitle: policy.title,
      zone: policy.calendar?.zone ?? directory.tenant.zone ?? recipient.timeZone ?? DEFAULT_ZONE,
      urgency: message.urgency,
      assigneeName: askedOf(followUp).map(nameOf).join(', ') || nameOf(followUp.assignee),
      requesterName: nameOf(followUp.requester),
      acknowledgedByName: nameOf(followUp.acknowledgedBy),
      resolvedByName: nameOf(followUp.closedBy),
      reminders: Object.values(followUp.progress).reduce(
        (sum, progress) => sum + progress.runs + progress.extraRuns,
        0,
      ),
      forAssignee: isAssignee(followUp, recipient.id),
      escalatedToMe: isEscalatedTo(seen),
      ...runStanding(policy, followUp, message, directory),
    } satisfies Record<FollowUpSeen, unknown>,
    ...gatheredFor(
      { tenant: followUp.tenant, recipient: recipient.id, followUp: followUp.id, needs: seen.needs ?? NO_NEEDS },
      seen.gathered,
    ),
    actions: seen.links,
    links: seen.pages,
    tenant: tenantSeen(directory.tenant),
    now: toRfc3339(now),
  };
}

/** A group that is escalated to may have the assignee in it, who is not told that it is now with them, unless it has been given to them. */
function isEscalatedTo({ followUp, recipient: { id }, policy, message }: Seen): boolean {
  if (!followUp.escalated.includes(id)) return false;
  if (!isAssignee(followUp, id)) return true;
  const stage = policy.stages.find((one) => one.id === message.stage);
  const to = followUp.progress[message.stage]?.escalated ?? [];
  return stage?.escalate?.mode === 'reassign' && to.includes(id);
}

type Asker = Omit<WordsAsk, 'frame'>;

/** What a template sees of what was gathered for it. */
export const gatheredFor = (
  asker: Asker,
  gathered: WordsGathered | null,
): Pick<RenderContext, 'activity' | 'pending'> => ({
  activity: activityOf(asker, gathered),
  pending: pendingFor(asker, gathered),
});

/** Each thing that is asked for is there, if only to say that there was none. */
function activityOf(
  { tenant, recipient, followUp, needs }: Asker,
  gathered: WordsGathered | null,
): RenderContext['activity'] {
  const history = gathered?.histories.get(`${tenant}\n${recipient}`);
  const last: [string, unknown][] = [];
  const counts = new Map<string, [string, number][]>();
  for (const { type, window } of needs.activity) {
    if (window === null) last.push([type, timed(history?.last.get(type))]);
    else counts.set(type, [...(counts.get(type) ?? []), [window, history?.counts.get(countKey(type, window)) ?? 0]]);
  }
  const response = followUp === null ? undefined : gathered?.responses.get(responseKey(followUp, recipient));
  return {
    last: Object.fromEntries(last),
    count: Object.fromEntries([...counts].map(([type, windows]) => [type, Object.fromEntries(windows)])),
    lastResponse: response === undefined ? null : { action: response.action, at: toRfc3339(response.at) },
  };
}

const timed = (one: Activity | undefined) =>
  one === undefined ? null : { ...one, time: toRfc3339(one.at), at: toRfc3339(one.at) };

/** Their other open follow-ups: the most urgent first, then those that are due first; each with a page, where there is one. */
function pendingFor({ tenant, recipient, followUp }: Asker, gathered: WordsGathered | null): readonly unknown[] {
  const all = gathered?.pending.get(`${tenant}\n${recipient}`) ?? [];
  return all
    .filter(({ id }) => id !== followUp)
    .sort(byUrgency)
    .map(({ dueAt, dueDay, url, ...one }) => ({
      ...one,
      url: url ?? gathered?.pages.get(pageKey(one.id, recipient)) ?? null,
      dueAt: dueSeen(dueAt, dueDay),
    }));
}

const dueOf = ({ dueAt }: PendingFollowUp): number => dueAt ?? Number.MAX_SAFE_INTEGER;
const byUrgency = (a: PendingFollowUp, b: PendingFollowUp): number =>
  urgencyRank(b.urgency) - urgencyRank(a.urgency) || dueOf(a) - dueOf(b);
