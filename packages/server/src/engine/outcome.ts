// What became of hand-overs, recorded in sets: messages finished or put back, contact plans moved on, stages told.
// Called by deliver.ts with providers' answers and by sweep.ts with leases that ran out.
//
//   sending ──accepted──▶ accepted      ──retry──▶ queued again, later      ──rejected──▶ failed
//           ──uncertain──▶ uncertain, or queued again where the policy or the provider's memory allows it
import {
  ALARM_STAGE,
  type Content,
  type FollowUp,
  fromRfc3339,
  generationOf,
  type Input,
  type Instant,
  later,
  type MessageStatus,
  type Outcome,
  type PlanMessage,
  type Policy,
  settlePlan,
  type TimelineEntry,
  webAddress,
} from '@relance/core';
import type { Database, Tx } from '../store/database.ts';
import { ENGINE } from '../store/database.ts';
import { lockFree } from '../store/sql/follow-up.ts';
import { insertInbox } from '../store/sql/inbox.ts';
import { type AttemptRow, insertAttempts, type SettledRow, settledOf } from '../store/sql/message.ts';
import {
  type Finished,
  finishOutbox,
  lockPlansOf,
  type OutboxChange,
  type OutboxRow,
  requeueOutbox,
  urgencyAt,
} from '../store/sql/outbox.ts';
import { type HandOverOutcome, judgeOutcome } from './judge.ts';
import { type PolicyBook, policyRefOf } from './policy-book.ts';
import { setAside } from './set-aside.ts';
import { step } from './step.ts';
import type { StepResult, Work } from './work.ts';

/** One answer of one provider about one hand-over. */
export interface HandOver {
  readonly id: string;
  readonly followUpId: string;
  readonly slot: number;
  /** The fence the message passed the gate with: an answer of an older holder is not counted. */
  readonly fence: number;
  readonly connection: string;
  readonly honoursIds: boolean;
  readonly outcome: HandOverOutcome;
  readonly content: Content | null;
}

export interface OutcomeContext {
  readonly database: Database;
  readonly policies: PolicyBook;
  readonly now: Instant;
}

type Judging = Omit<OutcomeContext, 'database'>;

export interface Recorded {
  readonly result: StepResult;
  /** Those of follow-ups that somebody else holds at this moment: not recorded yet, for whoever calls to try again. */
  readonly held: readonly HandOver[];
}

/** Records answers of one slot in one transaction. It waits for nobody, so that nobody has to wait for one who is held. */
export async function recordOutcomes(
  given: readonly HandOver[],
  slot: number,
  context: OutcomeContext,
): Promise<Recorded> {
  return context.database.transaction(ENGINE, (tx) => recordInside(tx, given, slot, context));
}

/** The same in a transaction that has more to do. */
export async function recordInside(
  tx: Tx,
  given: readonly HandOver[],
  slot: number,
  context: Judging,
): Promise<Recorded> {
  const followUps = await lockFree(tx, slot, [...new Set(given.map((one) => one.followUpId))]);
  const free = new Set(followUps.map(({ id }) => id));
  const handOvers = given.filter(({ followUpId }) => free.has(followUpId));
  const held = given.filter(({ followUpId }) => !free.has(followUpId));
  await context.policies.load(tx, followUps.map(policyRefOf), context.now);
  const outbox = await lockPlansOf(
    tx,
    slot,
    handOvers.map((one) => one.id),
  );
  const settled = await settledOf(tx, outbox);
  const news = new Map<string, News>();
  for (const followUp of followUps) news.set(followUp.id, judge(followUp, outbox, settled, handOvers, context));
  const all = [...news.values()];
  await insertAttempts(
    tx,
    slot,
    all.flatMap((one) => one.attempts),
  );
  await insertInbox(
    tx,
    all.flatMap((one) => one.inbox),
  );
  await finishOutbox(
    tx,
    slot,
    all.flatMap((one) => one.finished),
  );
  await requeueOutbox(
    tx,
    slot,
    all.flatMap((one) => one.requeued),
  );
  const result = await step(tx, slot, worksOf(followUps, news), context);
  await setAside(tx, slot, result.failed, context);
  return { result, held };
}

function worksOf(followUps: readonly FollowUp[], news: ReadonlyMap<string, News>): Work[] {
  return followUps.flatMap((followUp): Work[] => {
    const own = news.get(followUp.id);
    if (own === undefined || (own.lines.length === 0 && own.inputs.length === 0)) return [];
    const inputs: readonly Input[] = own.inputs.length === 0 ? [{ kind: 'tick' }] : own.inputs;
    const held = own.requeued.some(({ heldBy }) => heldBy !== null);
    return [{ kind: 'move', followUp, inputs, news: own.lines, held }];
  });
}

interface News {
  readonly lines: TimelineEntry[];
  readonly inputs: Input[];
  readonly finished: Finished[];
  readonly requeued: OutboxChange[];
  readonly attempts: Parameters<typeof insertAttempts>[2][number][];
  readonly inbox: Parameters<typeof insertInbox>[1][number][];
}

/** All news of one follow-up, in memory. */
function judge(
  followUp: FollowUp,
  outbox: readonly OutboxRow[],
  settled: readonly SettledRow[],
  handOvers: readonly HandOver[],
  context: Judging,
): News {
  const news: News = { lines: [], inputs: [], finished: [], requeued: [], attempts: [], inbox: [] };
  const own = outbox.filter((row) => row.follow_up_id === followUp.id).map((row) => ofGeneration(followUp, row));
  const finished = settled.filter((row) => row.follow_up_id === followUp.id).map((row) => ofGeneration(followUp, row));
  const standings = new Map(own.map((row): [string, Standing] => [row.id, standingOf(row)]));
  const touched = new Set<string>();
  for (const handOver of handOvers) {
    const row = own.find((one) => one.id === handOver.id);
    if (row === undefined || row.fence !== handOver.fence || (row.status !== 'sending' && row.status !== 'leased'))
      continue;
    standings.set(row.id, take(followUp, row, handOver, own, news, context));
    // What becomes of a message about alarms moves no plan and raises no alarm.
    if (row.stage !== ALARM_STAGE) touched.add(notificationOf(row));
  }
  for (const notification of touched)
    settle(own, finished, standings, notification, news, {
      now: context.now,
      policy: policyOf(followUp, context),
      generation: followUp.generation,
    });
  return news;
}

const standingOf = ({ status, held_by }: OutboxRow): Standing => ({
  status,
  held: status === 'deferred' && held_by !== null,
});

/** A reopened follow-up numbers its runs afresh: what was sent before belongs to other notifications. */
type OfGeneration<Row> = Row & { readonly generation: number };
const ofGeneration = <Row extends Parameters<typeof generationOf>[1]>(
  followUp: FollowUp,
  row: Row,
): OfGeneration<Row> => ({ ...row, generation: generationOf(followUp, row) });

/** An answer is recorded also where its policy cannot be read: by the default, then. */
type PlanPolicy = Pick<Policy, 'onUncertain' | 'calendar'>;
const policyOf = (followUp: FollowUp, context: Judging): PlanPolicy =>
  context.policies.find(policyRefOf(followUp)) ?? { onUncertain: 'next-channel', calendar: null };

const notificationOf = (row: OfGeneration<Pick<OutboxRow, 'stage' | 'run' | 'notify' | 'recipient'>>): string =>
  `${row.generation}\n${row.stage}\n${row.run}\n${row.notify}\n${row.recipient}`;

/** How a message stands with the news in it. */
interface Standing {
  readonly status: MessageStatus;
  readonly held: boolean;
}

/** Carries one verdict into the news; answers with how the message stands now. */
function take(
  followUp: FollowUp,
  row: OfGeneration<OutboxRow>,
  handOver: HandOver,
  own: readonly OfGeneration<OutboxRow>[],
  news: News,
  context: Judging,
): Standing {
  const { now } = context;
  const line = { at: now, stage: row.stage, recipient: row.recipient, channel: row.channel, message: row.id };
  if (isAttempt(handOver.outcome)) news.attempts.push(attemptOf(row, handOver, handOver.outcome, now));
  const policy = policyOf(followUp, context);
  const otherChannelLeft = own.some(
    (other) => other.id !== row.id && notificationOf(other) === notificationOf(row) && other.entry > row.entry,
  );
  const verdict = judgeOutcome(handOver.outcome, row, {
    policy,
    honoursIds: handOver.honoursIds,
    otherChannelLeft,
  });
  if (verdict.kind === 'held') {
    const { sendAt, heldBy } = verdict;
    news.requeued.push({ id: row.id, status: 'deferred', sendAt, heldBy, reason: null });
    news.lines.push({ ...line, kind: 'message_deferred', reason: heldBy, data: { until: sendAt } });
    return { status: 'deferred', held: true };
  }
  if (verdict.kind === 'again') {
    const sendAt = later(now, verdict.afterMs);
    const data = { detail: verdict.detail, attempt: row.attempts, nextAt: sendAt };
    news.requeued.push({ id: row.id, status: 'deferred', sendAt, heldBy: null, reason: null });
    news.lines.push({ ...line, kind: 'message_retried', reason: verdict.reason, data });
    return { status: 'deferred', held: false };
  }
  if (verdict.status === 'accepted' && row.channel === 'inbox') news.inbox.push(inboxRow(followUp, row, handOver, now));
  const data = verdict.detail === null ? {} : { data: { detail: verdict.detail, attempts: row.attempts } };
  news.lines.push({ ...line, kind: verdict.line, reason: verdict.reason, ...data });
  news.finished.push({
    id: row.id,
    status: verdict.status,
    reason: verdict.reason,
    sentAt: verdict.status === 'accepted' || verdict.status === 'uncertain' ? now : null,
    providerId: handOver.outcome.kind === 'accepted' ? handOver.outcome.providerId : null,
    content: handOver.content,
  });
  return { status: verdict.status, held: false };
}

const isAttempt = (outcome: HandOver['outcome']): outcome is Outcome =>
  ['accepted', 'retry', 'rejected', 'uncertain'].includes(outcome.kind);

const attemptOf = (row: OutboxRow, handOver: HandOver, outcome: Outcome, now: Instant): AttemptRow => ({
  messageId: row.id,
  n: row.attempts,
  tenant: row.tenant,
  at: now,
  connection: handOver.connection,
  outcome: outcome.kind,
  detail: outcome.detail ?? null,
});

const inboxRow = (followUp: FollowUp, row: OutboxRow, handOver: HandOver, now: Instant) => ({
  tenant: row.tenant,
  recipient: row.recipient,
  messageId: row.id,
  followUpId: followUp.id,
  at: now,
  title: handOver.content?.subject ?? followUp.subject.title,
  body: handOver.content?.text ?? '',
  actions: handOver.content?.actions ?? [],
  as: handOver.content?.as ?? 'feed',
  until: fromRfc3339(handOver.content?.until ?? ''),
  url: webAddress(handOver.content?.url ?? null) ?? followUp.subject.url,
  urgency: urgencyAt(row.urgency),
});

/** Moves one notification's contact plan on, and tells the stage what came of it. */
function settle(
  own: readonly OfGeneration<OutboxRow>[],
  settled: readonly OfGeneration<SettledRow>[],
  standings: ReadonlyMap<string, Standing>,
  notification: string,
  news: News,
  { now, policy, generation }: { readonly now: Instant; readonly policy: PlanPolicy; readonly generation: number },
): void {
  // `onUncertain: wait` trusts that it arrived: no other channel is tried.
  const trusted = (status: MessageStatus): MessageStatus =>
    policy.onUncertain === 'wait' && status === 'uncertain' ? 'accepted' : status;
  const open = own.filter((row) => notificationOf(row) === notification);
  const sample = open[0];
  if (sample === undefined) return;
  const messages: PlanMessage[] = [
    ...open.map((row) => {
      const { status, held } = standings.get(row.id) ?? standingOf(row);
      const { id, entry, channel, after, otherwise } = row;
      return { id, entry, channel, held, status: trusted(status), after, otherwise };
    }),
    ...settled
      .filter((row) => notificationOf(row) === notification)
      .map(({ id, entry, channel, status }) => ({
        id,
        entry,
        channel,
        held: false,
        status: trusted(status),
        after: null,
        otherwise: false,
      })),
  ];
  const result = settlePlan(messages, now, policy.calendar);
  for (const change of result.changes) {
    if (change.status === 'suppressed')
      news.finished.push({
        id: change.id,
        status: 'suppressed',
        reason: change.reason,
        sentAt: null,
        providerId: null,
        content: null,
      });
    else
      news.requeued.push({
        id: change.id,
        status: change.status,
        sendAt: change.sendAt ?? now,
        heldBy: null,
        reason: change.reason,
      });
  }
  const { stage, run, recipient } = sample;
  // What an earlier generation sent says nothing about the stages of this one.
  if (sample.generation !== generation) return;
  if (result.verdict === 'handed_over') news.inputs.push({ kind: 'handedOver', stage, run, recipient, at: now });
  else if (result.verdict === 'unreachable') news.inputs.push({ kind: 'unreachable', stage, run, recipient, at: now });
}
