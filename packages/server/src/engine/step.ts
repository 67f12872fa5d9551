// The one way a follow-up changes: locked rows and their inputs go in, the core decides in memory, and one set of
// statements writes what it decided. Ingest, wake, commands, receipts and fan-out all come through here.
//
//   gather (policies, directory) → decide each row in its own try → revoke → write follow-ups, timers, keys → outbox → timeline
//
// Lock order everywhere: follow-ups (by id), then outbox. Nothing here reads a clock or talks to a network.
import {
  advance,
  advanceOpening,
  type Directory,
  type FollowUp,
  type Input,
  type Instant,
  isLive,
  type Policy,
  type Step,
  stops,
  type TimelineEntry,
} from '@relance/core';
import type { Tx } from '../store/database.ts';
import { alarmsIn, insertAlarms } from '../store/sql/alarm.ts';
import { type DirectoryDemands, demandOf, gatherDirectories } from '../store/sql/directory.ts';
import { insertFanOuts } from '../store/sql/fan-out.ts';
import { beginGenerations, freeKeys, insertFollowUps, updateFollowUps } from '../store/sql/follow-up.ts';
import { archiveInbox } from '../store/sql/inbox.ts';
import { insertSuppressed } from '../store/sql/message.ts';
import { insertOutbox, stopRank } from '../store/sql/outbox.ts';
import { type Revoke, revokeMessages } from '../store/sql/revoke.ts';
import { appendTimeline, type TimelineRow } from '../store/sql/timeline-write.ts';
import type { PolicyBook } from './policy-book.ts';

export type Work =
  | {
      readonly kind: 'move';
      readonly followUp: FollowUp;
      readonly inputs: readonly Input[] /** Lines that belong before the decision's own. */;
      readonly news?: readonly TimelineEntry[];
    }
  | {
      readonly kind: 'open';
      readonly followUp: FollowUp;
      readonly opened: Omit<TimelineEntry, 'at'>;
      readonly inputs: readonly Input[] /** The closed row that is opened again. */;
      readonly reopens?: FollowUp;
    };

export interface Done {
  readonly work: Work;
  readonly step: Step;
}
/** A row that cannot be decided: it is left as it was, and the caller parks it. */
export interface Failed {
  readonly work: Work;
  readonly error: unknown;
}

export interface StepContext {
  readonly policies: PolicyBook;
  readonly now: Instant;
  /** From how late on it is an outage (core/decide.ts); the wake loop knows the clock's scale. */
  readonly outageMs?: number;
}

export interface StepResult {
  readonly done: readonly Done[];
  readonly failed: readonly Failed[];
}

export async function step(tx: Tx, slot: number, works: readonly Work[], context: StepContext): Promise<StepResult> {
  if (works.length === 0) return { done: [], failed: [] };
  await context.policies.load(
    tx,
    works.map(({ followUp }) => refOf(followUp)),
  );
  const directories = await gatherDirectories(tx, demandsOf(works, context.policies));
  const done: Done[] = [];
  const failed: Failed[] = [];
  for (const work of works) {
    try {
      done.push({ work, step: decideWork(work, context, directories) });
    } catch (error) {
      failed.push({ work, error });
    }
  }
  await write(tx, slot, done, context.now);
  return { done, failed };
}

const refOf = (followUp: FollowUp) => ({ tenant: followUp.tenant, id: followUp.policy, version: followUp.version });

/** Decides without writing: what-if questions and the writing path share it. */
export function decideWork(work: Work, context: StepContext, directories: ReadonlyMap<string, Directory>): Step {
  const directory = directories.get(work.followUp.tenant);
  if (directory === undefined) throw new Error(`Nothing was gathered for tenant ${work.followUp.tenant}.`);
  const move = {
    policy: context.policies.get(refOf(work.followUp)),
    followUp: work.followUp,
    directory,
    now: context.now,
    ...(context.outageMs === undefined ? {} : { outageMs: context.outageMs }),
  };
  if (work.kind === 'move') {
    const news = work.news ?? [];
    const moved = advance({ ...move, followUp: noted(work.followUp, news.length), inputs: work.inputs });
    return { ...moved, timeline: [...news, ...moved.timeline] };
  }
  const opened = advanceOpening(move, work.opened);
  if (work.inputs.length === 0) return opened;
  const after = advance({ ...move, followUp: opened.followUp, inputs: work.inputs });
  return joinSteps(opened, after);
}

/** News is a change of its own, also where the decision finds nothing to do about it. */
const noted = (followUp: FollowUp, lines: number): FollowUp =>
  lines === 0
    ? followUp
    : { ...followUp, timelineCount: followUp.timelineCount + lines, revision: followUp.revision + 1 };

function joinSteps(first: Step, second: Step): Step {
  // What the first step planned and the second stops was never queued at all.
  const stopped = (planned: Parameters<typeof stops>[1]) => second.revokes.some((revoke) => stops(revoke, planned));
  return {
    followUp: second.followUp,
    messages: [...first.messages.filter((message) => !stopped(message)), ...second.messages],
    fanOuts: [...first.fanOuts.filter((fanOut) => !stopped({ ...fanOut.effect, recipient: null })), ...second.fanOuts],
    revokes: [...first.revokes, ...second.revokes],
    alarms: [...first.alarms, ...second.alarms],
    timeline: [...first.timeline, ...second.timeline],
    answers: second.answers,
  };
}

const speaksTo = new WeakMap<Policy, boolean>();
/** Whether a policy speaks to everyone told so far, which only then must be gathered. */
function speaksToNotified(policy: Policy): boolean {
  const known = speaksTo.get(policy);
  if (known !== undefined) return known;
  const notifies = [...policy.stages.flatMap((stage) => stage.notify), ...Object.values(policy.closing).flat()];
  const answer =
    notifies.some((notify) => notify.to.some((target) => target.kind === 'notified')) ||
    policy.fallback?.kind === 'notified';
  speaksTo.set(policy, answer);
  return answer;
}

function demandsOf(works: readonly Work[], policies: PolicyBook): DirectoryDemands {
  const demands: DirectoryDemands = new Map();
  for (const { followUp, inputs } of works) {
    const demand = demandOf(demands, followUp.tenant);
    const policy = policies.get(refOf(followUp));
    const people = [
      followUp.assignee,
      followUp.requester,
      ...followUp.watchers,
      ...followUp.escalated,
      ...policy.needs.recipients,
      ...(speaksToNotified(policy) ? followUp.notified : []),
      ...Object.values(followUp.progress).flatMap((progress) => [
        ...progress.escalated,
        ...Object.values(progress.managers),
      ]),
      ...inputs.map((input) => (input.kind === 'command' && 'to' in input.command ? input.command.to : null)),
    ];
    for (const id of people) if (id !== null) demand.recipients.add(id);
    for (const id of policy.needs.groups) demand.groups.add(id);
    if (followUp.team !== null) demand.groups.add(followUp.team);
    if (
      policy.needs.managerLevels > 0 ||
      inputs.some((input) => input.kind === 'command' && input.command.kind === 'decline')
    )
      demand.managers = true;
  }
  return demands;
}

const isNew = (work: Work): boolean => work.kind === 'open' && work.reopens === undefined;
const beforeOf = (work: Work): FollowUp => (work.kind === 'open' ? (work.reopens ?? work.followUp) : work.followUp);

async function write(tx: Tx, slot: number, all: readonly Done[], now: Instant): Promise<void> {
  const done = all.filter(
    ({ work, step: made }) => work.kind === 'open' || made.followUp.revision !== work.followUp.revision,
  );
  const moved = done.filter(({ work }) => work.kind === 'move');
  const revoked = await revokeMessages(
    tx,
    slot,
    moved.flatMap(({ step: made }) => revokesOf(made)),
  );
  const extra = new Map<string, TimelineEntry[]>();
  for (const one of revoked) {
    if (one.planned) continue; // a plan entry whose turn never came is not news
    const lines = extra.get(one.follow_up_id) ?? [];
    lines.push({
      at: now,
      kind: 'message_revoked',
      reason: one.reason,
      stage: one.stage,
      recipient: one.recipient,
      channel: one.channel,
      message: one.id,
    });
    extra.set(one.follow_up_id, lines);
  }
  const final = done.map(({ work, step: made }) => ({
    work,
    made,
    after: withLines(made.followUp, extra.get(made.followUp.id)?.length ?? 0),
  }));
  await insertFollowUps(
    tx,
    slot,
    final.filter(({ work }) => isNew(work)).map(({ after }) => after),
  );
  await updateFollowUps(
    tx,
    slot,
    final.filter(({ work }) => !isNew(work)).map(({ work, after }) => ({ before: beforeOf(work), after })),
  );
  await beginGenerations(
    tx,
    slot,
    final.filter(({ work }) => work.kind === 'open' && !isNew(work)).map(({ after }) => after),
  );
  const closed = final
    .filter(({ work, after }) => (work.kind === 'open' || isLive(work.followUp.status)) && !isLive(after.status))
    .map(({ after }) => after);
  await freeKeys(tx, slot, closed);
  await archiveInbox(
    tx,
    closed.map((followUp) => followUp.id),
    now,
  );
  await insertFanOuts(
    tx,
    slot,
    final.flatMap(({ made }) => made.fanOuts.map((fanOut) => ({ fanOut, followUp: made.followUp }))),
  );
  const messages = final.flatMap(({ made }) =>
    made.messages.map((draft) => ({ draft, tenant: made.followUp.tenant, plannedAt: now })),
  );
  await insertOutbox(
    tx,
    slot,
    messages.filter(({ draft }) => draft.status !== 'suppressed'),
  );
  await insertSuppressed(
    tx,
    slot,
    messages.filter(({ draft }) => draft.status === 'suppressed'),
  );
  const lines = final.flatMap(({ work, made }) => linesOf(work, made, extra.get(made.followUp.id) ?? []));
  await appendTimeline(tx, slot, lines);
  await insertAlarms(tx, alarmsIn(lines));
}

const revokesOf = (made: Step): Revoke[] =>
  made.revokes.map((revoke) => ({
    followUpId: made.followUp.id,
    stopRank: stopRank(revoke.stoppedBy),
    recipient: revoke.recipient,
    stages: revoke.stages,
    reason: revoke.reason,
  }));

const withLines = (followUp: FollowUp, more: number): FollowUp =>
  more === 0 ? followUp : { ...followUp, timelineCount: followUp.timelineCount + more };

function linesOf(work: Work, made: Step, extra: readonly TimelineEntry[]): TimelineRow[] {
  const first = isNew(work) ? 0 : beforeOf(work).timelineCount;
  return [...made.timeline, ...extra].map((entry, index) => ({
    followUpId: made.followUp.id,
    tenant: made.followUp.tenant,
    seq: first + index + 1,
    entry,
  }));
}
