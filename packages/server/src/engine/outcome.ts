// What became of hand-overs, recorded in sets: messages finished or put back, contact plans moved on, stages told.
// Called by deliver.ts with providers' answers and by sweep.ts with leases that ran out.
//
//   sending ──accepted──▶ accepted      ──retry──▶ queued again, later      ──rejected──▶ failed
//           ──uncertain──▶ uncertain, or queued again where the policy or the provider's memory allows it
import {
  type FollowUp,
  type Input,
  type Instant,
  isLive,
  later,
  type MessageStatus,
  onUncertain,
  type Outcome,
  type PlanMessage,
  settlePlan,
  type TimelineEntry,
} from '@relance/core';
import type { Database } from '../store/database.ts';
import { ENGINE } from '../store/database.ts';
import { lockFollowUps } from '../store/sql/follow-up.ts';
import { insertInbox } from '../store/sql/inbox.ts';
import { insertAttempts, type SettledRow, settledOf } from '../store/sql/message.ts';
import {
  finishOutbox,
  type Finished,
  lockOutboxOf,
  type OutboxChange,
  type OutboxRow,
  requeueOutbox,
  urgencyAt,
} from '../store/sql/outbox.ts';
import type { PolicyBook } from './policy-book.ts';
import { step, type StepResult, type Work } from './step.ts';

/** One answer of one provider about one hand-over. */
export interface HandOver {
  readonly id: string;
  readonly followUpId: string;
  readonly slot: number;
  /** The fence the message passed the gate with: an answer of an older holder is not counted. */
  readonly fence: number;
  readonly connection: string;
  readonly honoursIds: boolean;
  readonly outcome:
    | Outcome
    | { readonly kind: 'render_failed'; readonly detail: string }
    | { readonly kind: 'no_connection' }
    | { readonly kind: 'gone' }
    /** The node that handed it over died before it heard the answer. */
    | { readonly kind: 'lost'; readonly detail: string };
  readonly content: { readonly subject?: string; readonly text: string; readonly actions?: readonly unknown[] } | null;
}

/** Tries before a message that is refused for the moment is given up. */
export const ATTEMPTS_MAX = 8;
const BACKOFF_FIRST_MS = 5_000;
const BACKOFF_MAX_MS = 3_600_000;

/** Exponential, with jitter taken from the message id so that it needs no randomness. */
export function backoffMs(id: string, attempts: number): number {
  const full = Math.min(BACKOFF_MAX_MS, BACKOFF_FIRST_MS * 2 ** Math.max(0, attempts - 1));
  return Math.round(full * (0.75 + (Number.parseInt(id.slice(-4), 16) / 0xffff) * 0.5));
}

export interface OutcomeContext {
  readonly database: Database;
  readonly policies: PolicyBook;
  readonly now: Instant;
}

/** Records answers of one slot in one transaction. */
export async function recordOutcomes(
  handOvers: readonly HandOver[],
  slot: number,
  context: OutcomeContext,
): Promise<StepResult> {
  return context.database.transaction(ENGINE, async (tx) => {
    const ids = [...new Set(handOvers.map((one) => one.followUpId))];
    const followUps = await lockFollowUps(tx, slot, ids);
    await context.policies.load(
      tx,
      followUps.map((one) => ({ tenant: one.tenant, id: one.policy, version: one.version })),
    );
    const outbox = await lockOutboxOf(tx, slot, ids);
    const settled = await settledOf(tx, ids);
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
    return step(tx, slot, worksOf(followUps, news), context);
  });
}

function worksOf(followUps: readonly FollowUp[], news: ReadonlyMap<string, News>): Work[] {
  return followUps.flatMap((followUp): Work[] => {
    const own = news.get(followUp.id);
    if (own === undefined || (own.lines.length === 0 && own.inputs.length === 0)) return [];
    return [
      { kind: 'move', followUp, inputs: own.inputs.length === 0 ? [{ kind: 'tick' }] : own.inputs, news: own.lines },
    ];
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
  context: OutcomeContext,
): News {
  const news: News = { lines: [], inputs: [], finished: [], requeued: [], attempts: [], inbox: [] };
  const own = outbox.filter((row) => row.follow_up_id === followUp.id);
  const statuses = new Map<string, MessageStatus>(own.map((row) => [row.id, row.status]));
  const touched = new Set<string>();
  for (const handOver of handOvers) {
    const row = own.find((one) => one.id === handOver.id);
    if (row === undefined || row.fence !== handOver.fence || (row.status !== 'sending' && row.status !== 'leased'))
      continue;
    statuses.set(row.id, judgeOne(followUp, row, handOver, own, news, context));
    touched.add(notificationOf(row));
  }
  for (const notification of touched)
    settle(
      own,
      settled.filter((row) => row.follow_up_id === followUp.id),
      statuses,
      notification,
      news,
      context.now,
    );
  return news;
}

const notificationOf = (row: { stage: string; run: number; notify: number; recipient: string }): string =>
  `${row.stage}\n${row.run}\n${row.notify}\n${row.recipient}`;

function judgeOne(
  followUp: FollowUp,
  row: OutboxRow,
  handOver: HandOver,
  own: readonly OutboxRow[],
  news: News,
  context: OutcomeContext,
): MessageStatus {
  const { outcome } = handOver;
  const { now } = context;
  const line = { at: now, stage: row.stage, recipient: row.recipient, channel: row.channel, message: row.id };
  const finish = (
    status: MessageStatus,
    reason: Finished['reason'],
    sentAt: Instant | null,
    providerId: string | null,
  ): MessageStatus => {
    news.finished.push({ id: row.id, status, reason, sentAt, providerId, content: handOver.content });
    return status;
  };
  if (
    outcome.kind !== 'render_failed' &&
    outcome.kind !== 'no_connection' &&
    outcome.kind !== 'gone' &&
    outcome.kind !== 'lost'
  ) {
    news.attempts.push({
      messageId: row.id,
      n: row.attempts,
      tenant: row.tenant,
      at: now,
      connection: handOver.connection,
      outcome: outcome.kind,
      detail: 'detail' in outcome ? (outcome.detail ?? null) : null,
    });
  }
  const again = (
    afterMs: number,
    reason: 'provider_retry' | 'provider_uncertain' | 'lease_expired',
    detail: string,
  ): MessageStatus => {
    const sendAt = later(now, afterMs);
    news.requeued.push({ id: row.id, status: 'deferred', sendAt, reason: null });
    news.lines.push({
      ...line,
      kind: 'message_retried',
      reason,
      data: { detail, attempt: row.attempts, nextAt: sendAt },
    });
    return 'deferred';
  };
  switch (outcome.kind) {
    case 'accepted':
      if (row.channel === 'inbox') news.inbox.push(inboxRow(followUp, row, handOver, now));
      news.lines.push({ ...line, kind: 'message_sent', reason: row.reason });
      return finish('accepted', row.reason, now, outcome.providerId);
    case 'retry':
      if (row.attempts < ATTEMPTS_MAX)
        return again(
          Math.max(outcome.retryAfterMs ?? 0, backoffMs(row.id, row.attempts)),
          'provider_retry',
          outcome.detail,
        );
      news.lines.push({
        ...line,
        kind: 'message_failed',
        reason: 'retries_exhausted',
        data: { detail: outcome.detail, attempts: row.attempts },
      });
      return finish('failed', 'retries_exhausted', null, null);
    case 'rejected':
      news.lines.push({
        ...line,
        kind: 'message_failed',
        reason: 'provider_rejected',
        data: { detail: outcome.detail },
      });
      return finish('failed', 'provider_rejected', null, null);
    case 'lost':
    case 'uncertain': {
      // A provider that knows our ids is simply asked again; a dead node says nothing about the provider, so at once.
      if (outcome.kind === 'lost' && handOver.honoursIds && row.attempts < ATTEMPTS_MAX)
        return again(0, 'lease_expired', outcome.detail);
      const left = own.some(
        (other) => other.id !== row.id && notificationOf(other) === notificationOf(row) && other.entry > row.entry,
      );
      const policy = context.policies.get({ tenant: followUp.tenant, id: followUp.policy, version: followUp.version });
      const resend = handOver.honoursIds || onUncertain(policy, urgencyAt(row.urgency), left) === 'resend';
      if (resend && isLive(followUp.status) && row.attempts < ATTEMPTS_MAX)
        return again(backoffMs(row.id, row.attempts), 'provider_uncertain', outcome.detail);
      news.lines.push({
        ...line,
        kind: 'message_uncertain',
        reason: 'provider_uncertain',
        data: { detail: outcome.detail },
      });
      return finish('uncertain', 'provider_uncertain', now, null);
    }
    case 'render_failed':
      news.lines.push({ ...line, kind: 'message_failed', reason: 'render_failed', data: { detail: outcome.detail } });
      return finish('failed', 'render_failed', null, null);
    case 'no_connection':
      news.lines.push({ ...line, kind: 'message_failed', reason: 'no_connection' });
      return finish('failed', 'no_connection', null, null);
    case 'gone':
      news.lines.push({ ...line, kind: 'message_failed', reason: 'no_endpoint' });
      return finish('failed', 'no_endpoint', null, null);
  }
}

const inboxRow = (followUp: FollowUp, row: OutboxRow, handOver: HandOver, now: Instant) => ({
  tenant: row.tenant,
  recipient: row.recipient,
  messageId: row.id,
  followUpId: followUp.id,
  at: now,
  title: handOver.content?.subject ?? followUp.subject.title,
  body: handOver.content?.text ?? '',
  actions: handOver.content?.actions ?? [],
});

/** Moves one notification's contact plan on, and tells the stage what came of it. */
function settle(
  own: readonly OutboxRow[],
  settled: readonly SettledRow[],
  statuses: ReadonlyMap<string, MessageStatus>,
  notification: string,
  news: News,
  now: Instant,
): void {
  const open = own.filter((row) => notificationOf(row) === notification);
  const sample = open[0];
  if (sample === undefined) return;
  const messages: PlanMessage[] = [
    ...open.map((row) => ({
      id: row.id,
      entry: row.entry,
      status: statuses.get(row.id) ?? row.status,
      afterMs: row.after_ms,
      otherwise: row.otherwise,
    })),
    ...settled
      .filter((row) => notificationOf(row) === notification)
      .map((row) => ({ id: row.id, entry: row.entry, status: row.status, afterMs: null, otherwise: false })),
  ];
  const result = settlePlan(messages, now);
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
      news.requeued.push({ id: change.id, status: change.status, sendAt: change.sendAt ?? now, reason: change.reason });
  }
  const { stage, run, recipient } = sample;
  if (result.verdict === 'handed_over') news.inputs.push({ kind: 'handedOver', stage, run, recipient, at: now });
  else if (result.verdict === 'unreachable') news.inputs.push({ kind: 'unreachable', stage, run, recipient, at: now });
}
