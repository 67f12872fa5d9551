// Commands of people and systems on one follow-up, each in one transaction: lock the row, decide, revoke what has not
// passed the gate (a second statement, so that it sees what it waited for), and answer with what is already in flight.
// Runs in its own transaction or inside a caller's (the embedded library).
import { type Actor, type FollowUp, type Input, isAssignee, isId, isLive, slotOfId, slotOfKey } from '@relance/core';
import type { Database, Scope, Tx } from '../store/database.ts';
import { readClock } from '../store/sql/clock.ts';
import { lockFollowUps } from '../store/sql/follow-up.ts';
import { findByKeys } from '../store/sql/live-key.ts';
import { addEngagement } from '../store/sql/message.ts';
import { inFlightOf } from '../store/sql/revoke.ts';
import type { Engine } from './engine.ts';
import { openInside, reopenInside, UNREADABLE } from './open.ts';
import { UnreadablePolicy } from './policy-book.ts';
import {
  ChangedMeanwhile,
  type CommandOutcome,
  type CommandRequest,
  type Commands,
  type FollowUpRef,
  type Inside,
  type OpenOutcome,
} from './ports.ts';
import { wasPressed } from './pressed.ts';
import { step, tryOut } from './step.ts';
import type { StepResult, Work } from './work.ts';

const scopeOf = (tenant: string): Scope => ({ kind: 'tenant', tenant });

export function createCommands(engine: Engine): Commands {
  const { database } = engine;
  const inTransaction = async <T>(
    tenant: string,
    work: (tx: Tx, reports: StepResult[]) => Promise<T>,
    inside: Inside<T> = async () => {},
  ): Promise<T> => {
    const { result, reports } = await runReporting(database, tenant, async (tx, made) => {
      const outcome = await work(tx, made);
      await inside(tx, outcome);
      return outcome;
    });
    for (const report of reports) engine.report(report);
    engine.nudge.wake();
    engine.nudge.deliver();
    return result;
  };
  return {
    run: (tenant, ref, request, inside) =>
      inTransaction(tenant, (tx, reports) => runInside(tx, engine, tenant, ref, request, reports), inside),
    async open(tenant, request, inside): Promise<OpenOutcome> {
      // Nothing may have come in this month yet: its partitions are made before the first row, as ingest does.
      await engine.ensureMonth(await engine.clock.now());
      try {
        return await inTransaction(tenant, (tx, reports) => openInside(tx, engine, tenant, request, reports), inside);
      } catch (error) {
        // The live one that has the key is pinned to it; what had been written before that was known is rolled back.
        if (!(error instanceof UnreadablePolicy)) throw error;
        return { kind: 'rejected', code: UNREADABLE, detail: error.message };
      }
    },
    async tryOut(tx, followUp, command): Promise<FollowUp | null> {
      const { now } = await readClock(tx);
      const actor: Actor = { kind: 'api', id: null };
      const input: Input = { kind: 'command', command, actor, evidence: 'proven', channel: null, comment: null };
      const work: Work = { kind: 'move', followUp, inputs: [input] };
      const made = await tryOut(tx, work, { policies: engine.policies, now });
      const answer = made?.answers[0];
      return made !== null && answer?.kind === 'done' && answer.changed ? made.followUp : null;
    },
    reopen: (tenant, ref, actor, inside, seen) =>
      inTransaction(tenant, (tx, reports) => reopen(tx, engine, tenant, ref, { actor, seen }, reports), inside),
  };
}

/** A retried transaction starts its reports afresh, so that nothing is counted twice. */
async function runReporting<T>(
  database: Database,
  tenant: string,
  work: (tx: Tx, reports: StepResult[]) => Promise<T>,
) {
  return database.transaction(scopeOf(tenant), async (tx) => {
    const reports: StepResult[] = [];
    return { result: await work(tx, reports), reports };
  });
}

type Found =
  | { readonly kind: 'found'; readonly followUp: FollowUp }
  | { readonly kind: 'missing' }
  | { readonly kind: 'ambiguous'; readonly assignees: readonly string[] };

/** Finds and locks. By key: the live one, else the newest. */
export async function lockRef(tx: Tx, tenant: string, ref: FollowUpRef): Promise<Found> {
  if (ref.kind === 'id') {
    if (!isId(ref.id)) return { kind: 'missing' };
    const [followUp] = await lockFollowUps(tx, slotOfId(ref.id), [ref.id]);
    return followUp === undefined || followUp.tenant !== tenant ? { kind: 'missing' } : { kind: 'found', followUp };
  }
  const slot = slotOfKey(tenant, ref.policy, ref.key);
  const all = (await findByKeys(tx, slot, [{ tenant, policy: ref.policy, key: ref.key }])).filter(
    (one) => ref.assignee === null || isAssignee(one, ref.assignee),
  );
  const live = all.filter((one) => isLive(one.status));
  if (live.length > 1) return { kind: 'ambiguous', assignees: live.map((one) => one.assignee ?? '') };
  const chosen = live[0] ?? all[0];
  if (chosen === undefined) return { kind: 'missing' };
  const [followUp] = await lockFollowUps(tx, slot, [chosen.id]);
  return followUp === undefined ? { kind: 'missing' } : { kind: 'found', followUp };
}

/** Asked where its row is locked: what the transaction has done is undone. */
function checkSeen(followUp: FollowUp, seen: CommandRequest['seen']): void {
  if (seen !== undefined && !seen.includes(followUp.revision)) throw new ChangedMeanwhile(followUp);
}

export async function runInside(
  tx: Tx,
  engine: Pick<Engine, 'policies'>,
  tenant: string,
  ref: FollowUpRef,
  { message, once, seen, ...request }: CommandRequest,
  reports: StepResult[],
): Promise<CommandOutcome> {
  const found = await lockRef(tx, tenant, ref);
  if (found.kind !== 'found') return found;
  const { followUp } = found;
  checkSeen(followUp, seen);
  if (once && wasPressed(followUp, request)) return { kind: 'done', followUp, changed: false, inFlight: [] };
  const { now } = await readClock(tx);
  const input: Input = { kind: 'command', ...request };
  const result = await step(tx, followUp.slot, [{ kind: 'move', followUp, inputs: [input] }], {
    policies: engine.policies,
    now,
  });
  reports.push(result);
  const [failed] = result.failed;
  if (failed?.error instanceof UnreadablePolicy) return { kind: 'unreadable', detail: failed.error.message, followUp };
  if (failed !== undefined) throw failed.error;
  const [done] = result.done;
  const answer = done?.step.answers[0];
  if (done === undefined || answer === undefined) throw new Error('A command was not decided.');
  switch (answer.kind) {
    case 'closed':
      return { kind: 'closed', followUp };
    case 'refused':
      return { ...answer, followUp };
    case 'done':
      if (message !== undefined) await addEngagement(tx, tenant, message, 'acted');
      return {
        kind: 'done',
        followUp: done.step.followUp,
        changed: answer.changed,
        inFlight: await inFlightOf(tx, followUp.slot, followUp.id),
      };
  }
}

async function reopen(
  tx: Tx,
  engine: Engine,
  tenant: string,
  ref: FollowUpRef,
  { actor, seen }: Pick<CommandRequest, 'actor' | 'seen'>,
  reports: StepResult[],
): Promise<CommandOutcome> {
  const found = await lockRef(tx, tenant, ref);
  if (found.kind !== 'found') return found;
  checkSeen(found.followUp, seen);
  if (isLive(found.followUp.status)) return { kind: 'done', followUp: found.followUp, changed: false, inFlight: [] };
  return reopenInside(tx, engine, found.followUp, actor, reports);
}
