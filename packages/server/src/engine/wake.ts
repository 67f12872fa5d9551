// The wake loop: follow-ups whose time has come, a batch at a time, one slot at a time. The row lock is the fence; the
// revision and the stage cursor make a repeat impossible, so no lease is needed.
//
//   due ids (no lock) → one batch row, committed → lock what is still due → step → delete the batch row, commit
//
// After a crash the batch row tells which follow-ups were in hand; sweep.ts runs those alone and parks what crashes again.
import { randomUUID } from 'node:crypto';
import { type Instant, OUTAGE_MIN_MS } from '@relance/core';
import type { Database } from '../store/database.ts';
import { ENGINE, isDatabaseDown } from '../store/database.ts';
import { closeBatch, openBatch, suspect } from '../store/sql/batch.ts';
import { claimDue, dueIds, slotsDue } from '../store/sql/follow-up.ts';
import { abreast } from './abreast.ts';
import type { Engine } from './engine.ts';
import { setAside } from './set-aside.ts';
import { step } from './step.ts';
import type { StepResult } from './work.ts';

/** Measured: from 500 on, a bigger set gains little; past 1,000 the p99 of a batch grows. */
export const BATCH = 500;
export const BATCH_BACKLOG = 1_000;

export class Wake {
  readonly #engine: Engine;
  constructor(engine: Engine) {
    this.#engine = engine;
  }

  /** Runs one batch of every slot with due work; answers how many follow-ups were advanced. */
  async runOnce(): Promise<number> {
    const { database } = this.#engine;
    const now = await this.#engine.clock.storyNow();
    if (now === null) return 0;
    const slots = await database.transaction(ENGINE, (tx) => slotsDue(tx, now));
    const counts = await abreast(this.#engine.slotsAbreast, slots, async (slot) =>
      this.#engine.stopping ? 0 : this.runSlot(slot, now, BATCH),
    );
    const advanced = counts.reduce((sum, count) => sum + count, 0);
    if (advanced > 0) this.#engine.nudge.deliver();
    return advanced;
  }

  async runSlot(slot: number, now: Instant, limit: number): Promise<number> {
    const { database } = this.#engine;
    const batch = await database.transaction(ENGINE, async (tx) => {
      // The batch row is a hint for after a crash: losing it with the last moments of a dead server loses nothing.
      await tx.query('SET LOCAL synchronous_commit = off');
      const ids = await dueIds(tx, slot, now, limit);
      if (ids.length === 0) return null;
      const id = randomUUID();
      await openBatch(tx, { id, slot, node: this.#engine.node, followUpIds: ids });
      return { id, ids };
    });
    if (batch === null) return 0;
    try {
      return await this.#runBatch(database, slot, batch, now);
    } catch (error) {
      // Nobody's fault: the batch row tells sweep which rows to look at should this node not come back.
      if (isDatabaseDown(error)) throw error;
      // The whole set failed on a write. Nothing was committed; its rows are run alone, so that one bad row stops only itself.
      this.#engine.log.error({ error, slot, size: batch.ids.length }, 'a batch failed and is run row by row');
      await database.transaction(ENGINE, async (tx) => {
        const { message } = error as Error;
        await suspect(
          tx,
          batch.ids.map((id) => ({ id, error: message, inputs: [] })),
        );
        await closeBatch(tx, batch.id);
      });
      return 0;
    }
  }

  async #runBatch(
    database: Database,
    slot: number,
    batch: { id: string; ids: string[] },
    now: Instant,
  ): Promise<number> {
    const result: StepResult = await database.transaction(ENGINE, async (tx) => {
      const followUps = await claimDue(tx, slot, batch.ids, now);
      const context = { policies: this.#engine.policies, now, outageMs: OUTAGE_MIN_MS * this.#engine.clock.scale };
      const made = await step(
        tx,
        slot,
        followUps.map((followUp) => ({ kind: 'move', followUp, inputs: [{ kind: 'tick' }] })),
        context,
      );
      await setAside(tx, slot, made.failed, context);
      await closeBatch(tx, batch.id);
      return made;
    });
    this.#engine.report(result);
    return result.done.length;
  }
}
