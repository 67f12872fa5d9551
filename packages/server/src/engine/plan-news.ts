// What news about messages comes to, whoever brings it: a provider's answer (outcome.ts) or a receipt that comes later
// (receipt.ts). The contact plan of the notification moves on, and the stage is told; all of it in memory.
import {
  type FollowUp,
  generationOf,
  type Input,
  type Instant,
  type MessageStatus,
  type PlanMessage,
  type Policy,
  settlePlan,
  type TimelineEntry,
} from '@relance/core';
import type { Tx } from '../store/database.ts';
import { type Left, noteLeft } from '../store/sql/clear-up.ts';
import { type InboxItem, insertInbox } from '../store/sql/inbox.ts';
import { type AttemptRow, insertAttempts, type SettledRow } from '../store/sql/message.ts';
import { type Finished, finishOutbox, type OutboxChange, type OutboxRow, requeueOutbox } from '../store/sql/outbox.ts';
import type { Slots } from '../store/sql/slot.ts';
import { type PolicyBook, policyRefOf } from './policy-book.ts';
import { setAside } from './set-aside.ts';
import { step } from './step.ts';
import type { StepResult, Work } from './work.ts';

export interface News {
  readonly lines: TimelineEntry[];
  readonly inputs: Input[];
  readonly finished: Finished[];
  readonly requeued: OutboxChange[];
  readonly attempts: AttemptRow[];
  readonly inbox: InboxItem[];
  /** By channel and carrier. */
  readonly left: Map<string, Left>;
}

export const noNews = (): News => ({
  lines: [],
  inputs: [],
  finished: [],
  requeued: [],
  attempts: [],
  inbox: [],
  left: new Map(),
});

function worksOf(followUps: readonly FollowUp[], news: ReadonlyMap<string, News>): Work[] {
  return followUps.flatMap((followUp): Work[] => {
    const own = news.get(followUp.id);
    if (own === undefined || (own.lines.length === 0 && own.inputs.length === 0)) return [];
    const inputs: readonly Input[] = own.inputs.length === 0 ? [{ kind: 'tick' }] : own.inputs;
    const held = own.requeued.some(({ heldBy }) => heldBy !== null);
    return [{ kind: 'move', followUp, inputs, news: own.lines, held }];
  });
}

export const standingOf = ({ status, held_by }: OutboxRow): Standing => ({
  status,
  held: status === 'deferred' && held_by !== null,
});

/** A reopened follow-up numbers its runs afresh: what was sent before belongs to other notifications. */
export type OfGeneration<Row> = Row & { readonly generation: number };
export const ofGeneration = <Row extends Parameters<typeof generationOf>[1]>(
  followUp: FollowUp,
  row: Row,
): OfGeneration<Row> => ({ ...row, generation: generationOf(followUp, row) });

/** An answer is recorded also where its policy cannot be read: by the default, then. */
export type PlanPolicy = Pick<Policy, 'onUncertain' | 'calendar'>;
export const policyOf = (followUp: FollowUp, context: { readonly policies: PolicyBook }): PlanPolicy =>
  context.policies.find(policyRefOf(followUp)) ?? { onUncertain: 'next-channel', calendar: null };

export const notificationOf = (row: OfGeneration<Pick<OutboxRow, 'stage' | 'run' | 'notify' | 'recipient'>>): string =>
  `${row.generation}\n${row.stage}\n${row.run}\n${row.notify}\n${row.recipient}`;

/** How a message stands with the news in it. */
export interface Standing {
  readonly status: MessageStatus;
  readonly held: boolean;
}

/** Moves one notification's contact plan on, and tells the stage what came of it. */
export function settle(
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
  const sample = open[0] ?? settled.find((row) => notificationOf(row) === notification);
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

/** Writes what the news of follow-ups comes to, in the caller's transaction, which holds them. */
export async function applyNews(
  tx: Tx,
  slots: Slots,
  followUps: readonly FollowUp[],
  news: ReadonlyMap<string, News>,
  context: { readonly policies: PolicyBook; readonly now: Instant },
): Promise<StepResult> {
  const all = [...news.values()];
  await insertAttempts(
    tx,
    all.flatMap((one) => one.attempts),
  );
  await insertInbox(
    tx,
    all.flatMap((one) => one.inbox),
  );
  await noteLeft(
    tx,
    all.flatMap(({ left }) => [...left.values()]),
  );
  await finishOutbox(
    tx,
    slots,
    all.flatMap((one) => one.finished),
  );
  await requeueOutbox(
    tx,
    slots,
    all.flatMap((one) => one.requeued),
  );
  const result = await step(tx, slots, worksOf(followUps, news), context);
  await setAside(tx, slots, result.failed, context);
  return result;
}
