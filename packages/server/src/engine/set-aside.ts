// Follow-ups that could not be decided: what is known about them is written, what they were told waits beside them, and
// sweep.ts tries each alone until it can be decided or is parked.
import type { Step } from '@relance/core';
import type { Tx } from '../store/database.ts';
import { suspect } from '../store/sql/batch.ts';
import type { Slots } from '../store/sql/slot.ts';
import { noted, type StepContext } from './step.ts';
import { write } from './step-write.ts';
import type { Failed } from './work.ts';

/** In the transaction of the step they failed in; all are of these slots and have rows. */
export async function setAside(tx: Tx, slots: Slots, failed: readonly Failed[], { now }: StepContext): Promise<void> {
  if (failed.length === 0) return;
  await write(
    tx,
    slots,
    failed.map(({ work }) => ({ work, step: toldOnly(work) })),
    now,
  );
  await suspect(
    tx,
    failed.map(({ work, error }) => ({
      id: work.followUp.id,
      error: (error as Error).message,
      inputs: work.inputs.filter((input) => input.kind !== 'tick'),
    })),
  );
}

/** Its news and nothing else. */
function toldOnly(work: Failed['work']): Step {
  const news = work.kind === 'move' ? (work.news ?? []) : [];
  return {
    followUp: noted(work.followUp, news.length),
    messages: [],
    fanOuts: [],
    revokes: [],
    superseded: [],
    alarms: [],
    turns: [],
    lookUps: [],
    timeline: news,
    answers: [],
  };
}
