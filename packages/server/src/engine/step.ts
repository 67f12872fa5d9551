// The one way a follow-up changes: locked rows and their inputs go in, the core decides in memory, and one set of
// statements writes what it decided. Ingest, wake, commands, receipts and fan-out all come through here.
//
//   gather (policies, directory) → decide each row in its own try → revoke → write follow-ups, timers, keys → outbox → timeline
//
// Lock order everywhere: follow-ups (by id), then outbox. Nothing here reads a clock or talks to a network.
import {
  advance,
  advanceOpening,
  afterTurns,
  type Directory,
  type FollowUp,
  type Instant,
  isHeld,
  joinSteps,
  type Move,
  type Policy,
  type Step,
  supersedeWaiting,
} from '@relance/core';
import type { Tx } from '../store/database.ts';
import { type DirectoryDemands, demandOf, gatherDirectories } from '../store/sql/directory.ts';
import { waitingOf } from '../store/sql/outbox.ts';
import type { Slots } from '../store/sql/slot.ts';
import { withHistories } from './history.ts';
import { type PolicyBook, policyRefOf } from './policy-book.ts';
import { write } from './step-write.ts';
import { type Done, type Failed, isNew, type StepResult, type Work } from './work.ts';

export interface StepContext {
  readonly policies: PolicyBook;
  readonly now: Instant;
  /** From how late on it is an outage (core/decide.ts); the wake loop knows the clock's scale. */
  readonly outageMs?: number;
}

export async function step(tx: Tx, slots: Slots, works: readonly Work[], context: StepContext): Promise<StepResult> {
  if (works.length === 0) return { done: [], failed: [] };
  const { result, directories } = await decideAll(tx, works, context);
  const final = await openings(tx, slots, result, context, directories);
  await write(tx, slots, final.done, context.now);
  return final;
}

/** What would become of one follow-up, without writing anything; null where it cannot be decided. */
export async function tryOut(tx: Tx, work: Work, context: StepContext): Promise<Step | null> {
  const { done } = (await decideAll(tx, [work], context)).result;
  return done[0]?.step ?? null;
}

interface Decided {
  readonly result: StepResult;
  readonly directories: ReadonlyMap<string, Directory>;
}

/** Gathers what all of them need, and decides each in its own try. */
async function decideAll(tx: Tx, works: readonly Work[], context: StepContext): Promise<Decided> {
  await context.policies.load(
    tx,
    works.map(({ followUp }) => policyRefOf(followUp)),
    context.now,
  );
  const gathered = await gatherDirectories(tx, demandsOf(works, context.policies), context.now);
  const directories = await withHistories(tx, works, context.policies, gathered, context.now);
  const done: Done[] = [];
  const failed: Failed[] = [];
  for (const work of works) {
    try {
      const made = decideWork(work, context, directories);
      done.push({ work, step: made });
      // Whose turn it was is known to the next one that picks from the same group.
      const directory = directories.get(work.followUp.tenant);
      if (directory !== undefined) directories.set(work.followUp.tenant, afterTurns(directory, made.turns));
    } catch (error) {
      failed.push({ work, error });
    }
  }
  return { result: { done, failed }, directories };
}

/** What waits for its hour gives way to a newer stage that waits for the same one. */
async function openings(
  tx: Tx,
  slots: Slots,
  { done, failed }: StepResult,
  context: StepContext,
  directories: ReadonlyMap<string, Directory>,
): Promise<StepResult> {
  const taking = new Set(
    done.filter(({ work, step: made }) => made.messages.some(isHeld) || (work.kind === 'move' && work.held === true)),
  );
  if (taking.size === 0) return { done, failed };
  const waiting = await waitingOf(
    tx,
    slots,
    [...taking].flatMap(({ work }) => (isNew(work) ? [] : [work.followUp])),
  );
  const settled: Done[] = [];
  const lost: Failed[] = [];
  for (const one of done) {
    if (!taking.has(one)) settled.push(one);
    else
      try {
        const move = moveOf(one.work, context, directories);
        settled.push({ ...one, step: supersedeWaiting(move, one.step, waiting.get(one.work.followUp.id) ?? []) });
      } catch (error) {
        lost.push({ work: one.work, error });
      }
  }
  return { done: settled, failed: [...failed, ...lost] };
}

function decideWork(work: Work, context: StepContext, directories: ReadonlyMap<string, Directory>): Step {
  const move = moveOf(work, context, directories);
  if (work.kind === 'move') {
    const news = work.news ?? [];
    const moved = advance({ ...move, followUp: noted(work.followUp, news.length), inputs: work.inputs });
    return {
      ...moved,
      messages: [...(work.messages ?? []), ...moved.messages],
      timeline: [...news, ...moved.timeline],
    };
  }
  const opened = advanceOpening(move, work.opened);
  if (work.inputs.length === 0) return opened;
  return joinSteps(opened, advance({ ...move, followUp: opened.followUp, inputs: work.inputs }));
}

function moveOf(work: Work, context: StepContext, directories: ReadonlyMap<string, Directory>): Omit<Move, 'inputs'> {
  const directory = directories.get(work.followUp.tenant);
  if (directory === undefined) throw new Error(`Nothing was gathered for tenant ${work.followUp.tenant}.`);
  return {
    policy: context.policies.get(policyRefOf(work.followUp)),
    followUp: work.followUp,
    directory,
    now: context.now,
    ...(context.outageMs === undefined ? {} : { outageMs: context.outageMs }),
  };
}

/** News is a change of its own, also where the decision finds nothing to do about it. */
export const noted = (followUp: FollowUp, lines: number): FollowUp =>
  lines === 0
    ? followUp
    : { ...followUp, timelineCount: followUp.timelineCount + lines, revision: followUp.revision + 1 };

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
    const policy = policies.find(policyRefOf(followUp));
    if (policy === null) continue; // deciding tells why
    const people = [
      followUp.assignee,
      ...followUp.assignees,
      followUp.requester,
      ...followUp.watchers,
      ...followUp.escalated,
      ...policy.needs.recipients,
      ...Object.values(followUp.lookups).flatMap(({ to }) => to),
      ...inputs.flatMap((input) => (input.kind === 'lookedUp' ? input.to : [])),
      ...(speaksToNotified(policy) ? followUp.notified : []),
      ...Object.values(followUp.progress).flatMap((progress) => [
        ...progress.escalated,
        ...Object.values(progress.managers),
      ]),
      ...inputs.map((input) => (input.kind === 'command' && 'to' in input.command ? input.command.to : null)),
    ];
    for (const id of people) if (id !== null) demand.recipients.add(id);
    for (const id of policy.needs.groups) demand.groups.add(id);
    for (const id of policy.needs.picks) demand.picks.add(id);
    for (const { id, level } of policy.needs.schedules)
      demand.schedules.set(id, (demand.schedules.get(id) ?? new Set()).add(level));
    if (followUp.team !== null) demand.groups.add(followUp.team);
    for (const input of inputs)
      if (input.kind === 'command' && input.actor.kind === 'recipient') {
        demand.asked.add(input.actor.id);
        demand.recipients.add(input.actor.id); // who ends it is told so
      }
    if (
      policy.needs.managerLevels > 0 ||
      inputs.some((input) => input.kind === 'command' && input.command.kind === 'decline')
    )
      demand.managers = true;
  }
  return demands;
}
