// The sweep: what no other loop looks after. Leases that ran out, fan-outs, suspects run alone, recipients that appeared,
// and the watchdog that proves every live follow-up has a wake time or a stated reason to wait.
import { type FollowUp, type Instant, isLive, SLOTS } from '@relance/core';
import type { Tx } from '../store/database.ts';
import { ENGINE, isDatabaseDown } from '../store/database.ts';
import { alarmsIn, insertAlarms } from '../store/sql/alarm.ts';
import {
  type Claimed,
  claimSuspect,
  clearSuspect,
  keepSuspect,
  lockSuspect,
  rescueBatches,
  suspect,
  uncountSuspect,
} from '../store/sql/batch.ts';
import { moveReplan, nextReplan, nextToReplan } from '../store/sql/calendar.ts';
import { nextFanOuts } from '../store/sql/fan-out.ts';
import { lockFree, updateFollowUps } from '../store/sql/follow-up.ts';
import { appendTimeline, type TimelineRow } from '../store/sql/timeline-write.ts';
import { lockTimed, wakeNow } from '../store/sql/timer.ts';
import {
  ALL_SLOTS,
  expiredLeases,
  findOrphans,
  giveBackLeases,
  prune,
  SHORT_LIVED_TABLES,
  wakeKnownRecipients,
} from '../store/sql/watch.ts';
import { raiseOrphans, tellAlarms } from './alarm.ts';
import type { Engine } from './engine.ts';
import { sweepErasures } from './erase.ts';
import { expand } from './fan-out.ts';
import { type HandOver, recordOutcomes, sentByOf } from './outcome.ts';
import { policyRefOf } from './policy-book.ts';
import type { Consents } from './ports.ts';
import { placeEarlyReceipts } from './receipt.ts';
import { retain } from './retain.ts';
import { step } from './step.ts';
import type { StepResult, Work } from './work.ts';

const NOTHING: StepResult = { done: [], failed: [] };
const REPLANNED_A_TRANSACTION = 1_000;
const FAN_OUTS_A_RUN = 20;
const SUSPECTS_A_RUN = 20;
/** Three deaths in hand, and an operator must look. */
const CRASHES_MAX = 3;
/** Some half an hour. */
const UNREADABLE_TRIES_MAX = 12;
/** A batch row older than this belongs to a node that died: its transaction would have been cut at 15 s. */
const BATCH_LOST_MS = 30_000;

export class Sweep {
  readonly #engine: Engine;
  readonly #consents: Consents;
  /** Where the next look begins, and what the last look found from each beginning. */
  #watched = 0;
  readonly #orphans = new Map<number, number>();
  #fanOutAfter: { readonly slot: number; readonly follow_up_id: string } | null = null;

  constructor(engine: Engine, consents: Consents) {
    this.#engine = engine;
    this.#consents = consents;
  }

  /** One pass over everything; answers how much was done. */
  async runOnce(): Promise<number> {
    const now = await this.#engine.clock.storyNow();
    if (now === null) return 0;
    const done =
      (await this.#apart('partitions', async () => {
        await this.#engine.ensureMonth(now);
        return 0;
      })) +
      (await this.#apart('fan-outs', () => this.#fanOut(now))) +
      (await this.#apart('leases', () => this.#leases(now))) +
      (await this.#apart('suspects', () => this.#suspects(now))) +
      (await this.#apart('receipts', () => placeEarlyReceipts(this.#engine, this.#consents))) +
      (await this.#apart('alarms', () => this.#alarms(now))) +
      (await this.#apart('recipients', () => this.#recipients(now))) +
      (await this.#apart('calendars', () => this.#calendars(now))) +
      (await this.#apart('erasures', () => sweepErasures(this.#engine, now)));
    if (done > 0) {
      this.#engine.nudge.wake();
      this.#engine.nudge.deliver();
    }
    return done;
  }

  /** What fails again and again must not keep the sweep from everything after it. Answers null for what failed. */
  async #tried(part: string, work: () => Promise<number>): Promise<number | null> {
    try {
      return await work();
    } catch (error) {
      if (isDatabaseDown(error)) throw error;
      this.#engine.log.error({ error, part }, 'a part of the sweep failed; the others go on');
      return null;
    }
  }

  async #apart(part: string, work: () => Promise<number>): Promise<number> {
    return (await this.#tried(part, work)) ?? 0;
  }

  /** Looks for what must not exist in some of the slots, from where the last look ended. */
  async watchSome(count: number): Promise<void> {
    const slots = Array.from({ length: count }, (_, index) => (this.#watched + index) % SLOTS);
    this.#watched = (this.#watched + count) % SLOTS;
    await this.watch(slots);
  }

  /** Answers how many live follow-ups have nothing to wake them. */
  async watch(slots: readonly number[] = ALL_SLOTS): Promise<number> {
    const now = await this.#engine.clock.storyNow();
    if (now === null) return 0;
    const orphans = await this.#engine.database.transaction(ENGINE, (tx) => findOrphans(tx, now, slots));
    this.#orphans.set(slots[0] ?? 0, orphans.length);
    this.#engine.metrics.orphans([...this.#orphans.values()].reduce((sum, count) => sum + count, 0));
    if (orphans.length > 0) await this.#engine.database.transaction(ENGINE, (tx) => raiseOrphans(tx, orphans, now));
    for (const orphan of orphans.slice(0, 10))
      this.#engine.log.error(
        { followUp: orphan.id, why: orphan.why },
        'WATCHDOG: a live follow-up has nothing to wake it and no reason to wait',
      );
    return orphans.length;
  }

  /** Forgets what is kept only for a while, in small bites. */
  async prune(): Promise<void> {
    const now = await this.#engine.clock.storyNow();
    if (now === null) return;
    const { database } = this.#engine;
    for (const table of SHORT_LIVED_TABLES)
      await this.#apart(`pruning of ${table}`, async () => {
        while (!this.#engine.stopping && (await database.transaction(ENGINE, (tx) => prune(tx, table, now))));
        return 0;
      });
    const { figures } = this.#engine;
    // What is not counted yet is not taken away (lockClosed): once, as there is always something new.
    await this.#apart('figures', async () => (await figures?.count())?.counted ?? 0);
    await this.#apart('retention', () => retain(this.#engine, now).then(() => 0));
  }

  async #fanOut(now: Instant): Promise<number> {
    const { database, policies } = this.#engine;
    const waiting = await database.transaction(ENGINE, (tx) => nextFanOuts(tx, this.#fanOutAfter, FAN_OUTS_A_RUN));
    // In turns, so that those that fail every time do not keep the others waiting.
    this.#fanOutAfter = waiting.length < FAN_OUTS_A_RUN ? null : (waiting.at(-1) ?? null);
    let told = 0;
    for (const { slot, follow_up_id: id } of waiting) {
      told += await this.#apart(`fan-out of ${id}`, async () => {
        const made = await database.transaction(ENGINE, (tx) => expand(tx, slot, id, { policies, now }));
        this.#engine.report(made.result);
        return made.told;
      });
    }
    return told;
  }

  /** leased and lost: back to the queue. sending and lost: again where the provider knows our ids, else uncertain. */
  async #leases(now: Instant): Promise<number> {
    const { database, policies, connections } = this.#engine;
    const returned = await database.transaction(ENGINE, giveBackLeases);
    const lost = await database.transaction(ENGINE, async (tx) => {
      await connections.refresh(tx); // which of them know our ids
      return expiredLeases(tx);
    });
    const slots = new Map<number, HandOver[]>();
    for (const row of lost) {
      const connection = connections.find(row.tenant, row.channel, row.connection ?? '');
      const handOver: HandOver = {
        id: row.id,
        followUpId: row.follow_up_id,
        slot: row.slot,
        fence: row.fence,
        connection: row.connection ?? '',
        // One that went with others had the id of its carrier, and the next try may have another.
        honoursIds: row.carrier === null && (connection?.honoursIds ?? false),
        shown: null,
        ...(row.carrier === null || row.carrier === row.id || connection?.rewrite === undefined
          ? {}
          : { lostIn: row.carrier }),
        outcome: { kind: 'lost', detail: 'the node that handed it over stopped before it heard the answer' },
        content: null,
        sentBy: sentByOf(connection),
      };
      slots.set(row.slot, [...(slots.get(row.slot) ?? []), handOver]);
    }
    // What a follow-up that somebody holds has lost is recorded when it is free.
    const record = async (handOvers: readonly HandOver[], slot: number): Promise<number> => {
      const { result, held } = await recordOutcomes(handOvers, slot, { database, policies, now });
      this.#engine.report(result);
      return handOvers.length - held.length;
    };
    let recorded = 0;
    for (const [slot, handOvers] of slots) {
      const together = await this.#tried(`leases of slot ${slot}`, () => record(handOvers, slot));
      recorded += together ?? 0;
      // One that cannot be recorded stands alone; it is looked at again with every pass, and the log says so.
      if (together === null)
        for (const one of handOvers) recorded += await this.#apart(`lease of ${one.id}`, () => record([one], slot));
    }
    return returned + recorded;
  }

  async #suspects(now: Instant): Promise<number> {
    const { database } = this.#engine;
    await database.transaction(ENGINE, (tx) => rescueBatches(tx, BATCH_LOST_MS));
    for (let tried = 0; tried < SUSPECTS_A_RUN; tried++) {
      const one = await database.transaction(ENGINE, claimSuspect);
      if (one === null) return tried;
      try {
        this.#engine.report(await database.transaction(ENGINE, (tx) => this.#suspect(tx, one, now)));
      } catch (error) {
        // The suspect row is still there, counted at its claim: the next try comes later, and parks after the last.
        this.#engine.log.error(
          { error, followUp: one.follow_up_id, tries: one.crashes },
          'a follow-up cannot be decided',
        );
      }
    }
    return SUSPECTS_A_RUN;
  }

  /** One that could not be decided, alone. What it was told is read under its lock, since news is added under it. */
  async #suspect(tx: Tx, { slot, follow_up_id: id, crashes, last_error }: Claimed, now: Instant): Promise<StepResult> {
    const { policies } = this.#engine;
    const [followUp] = await lockFree(tx, slot, [id]);
    if (followUp === undefined) {
      await uncountSuspect(tx, slot, id, crashes); // somebody holds it, which says nothing about it
      return NOTHING;
    }
    const inputs = await lockSuspect(tx, slot, id, crashes);
    if (inputs === null) return NOTHING; // another node's by now
    if (!isLive(followUp.status)) {
      await clearSuspect(tx, slot, id);
      return NOTHING;
    }
    await policies.load(tx, [policyRefOf(followUp)], now);
    // Another node may be of a release that reads it, and this one about to be replaced: that takes a while.
    const triesMax = policies.find(policyRefOf(followUp)) === null ? UNREADABLE_TRIES_MAX : CRASHES_MAX;
    const parked = followUp.waitsFor === 'parked';
    if (parked || crashes > triesMax) {
      // What it was told waits until somebody has unparked it.
      if (inputs.length > 0) await keepSuspect(tx, slot, id);
      else await clearSuspect(tx, slot, id);
      if (!parked) await this.#park(tx, followUp, last_error ?? 'it stopped the process', now);
      return NOTHING;
    }
    await clearSuspect(tx, slot, id);
    const works: Work[] = [{ kind: 'move', followUp, inputs: [...inputs, { kind: 'tick' }] }];
    const made = await step(tx, slot, works, { policies, now });
    if (made.failed[0] !== undefined) throw made.failed[0].error;
    return made;
  }

  /** Parking is committed state: visible, with its reason, waiting for an operator (any command unparks it). */
  async #park(tx: Tx, followUp: FollowUp, error: string, now: Instant): Promise<void> {
    const after: FollowUp = {
      ...followUp,
      wakeAt: null,
      nextAt: null,
      waitsFor: 'parked',
      revision: followUp.revision + 1,
      timelineCount: followUp.timelineCount + 1,
    };
    await updateFollowUps(tx, followUp.slot, [{ before: followUp, after }]);
    const line: TimelineRow = {
      followUpId: followUp.id,
      tenant: followUp.tenant,
      seq: after.timelineCount,
      entry: { at: now, kind: 'parked', reason: 'parked', data: { error } },
    };
    await appendTimeline(tx, [line]);
    await insertAlarms(tx, alarmsIn([line]));
    this.#engine.metrics.parked(1);
    this.#engine.log.error({ followUp: followUp.id, error }, 'a follow-up is parked: it could not be decided');
  }

  /** What a minute of alarms adds up to is one message; deliver.ts takes it from here. */
  async #alarms(now: Instant): Promise<number> {
    return this.#engine.database.transaction(ENGINE, (tx) => tellAlarms(tx, now, this.#engine.log));
  }

  /** What counts in a calendar that has changed is looked at again, and the timeline says what moved. */
  async #calendars(now: Instant): Promise<number> {
    return this.#engine.database.transaction(ENGINE, async (tx) => {
      const changed = await nextReplan(tx);
      if (changed === null) return 0;
      const ids = await nextToReplan(tx, changed, REPLANNED_A_TRANSACTION);
      const free = await lockTimed(tx, ids);
      await wakeNow(tx, free, now);
      // Whoever holds one may have decided with the calendar as it was: it is tried until it is free.
      const looked = new Set(free.map(({ id }) => id));
      const held = ids.filter((id) => !looked.has(id));
      await suspect(
        tx,
        held.map((id) => ({ id, error: 'its calendar changed while somebody held it', inputs: [] })),
      );
      await moveReplan(tx, changed, ids.length < REPLANNED_A_TRANSACTION ? null : (ids.at(-1) ?? null));
      return ids.length;
    });
  }

  /** A recipient may be created in the very moment a follow-up starts to wait for it; this finds the ones that crossed. */
  async #recipients(now: Instant): Promise<number> {
    return this.#engine.database.transaction(ENGINE, (tx) => wakeKnownRecipients(tx, now));
  }
}
