// Retention: what is over is kept as long as its tenant says (core/retention.ts), and no longer. Once a day each tenant's closed
// follow-ups are gone through, a piece a transaction; events and activities go by their age. A month that every tenant has let go
// is dropped whole. Called by the sweep's pruning. Live follow-ups are not looked at, and whoever holds one is not waited for.
import { DAY_MS, HOUR_MS, type Instant, later, type Retention, readRetention } from '@relance/core';
import { ENGINE, isHeld, type Tx } from '../store/database.ts';
import { deleteFacts, lockMetricPasses, makeFinal } from '../store/sql/metric-fact.ts';
import { forgetPeople } from '../store/sql/metric-person.ts';
import {
  deleteAged,
  deleteCounted,
  deleteOf,
  dropMonthOfEvents,
  dropMonthOfFollowUps,
  lockClosed,
  lockPass,
  monthsBefore,
  movePass,
  retentions,
} from '../store/sql/retention.ts';
import { ALL_SLOTS } from '../store/sql/watch.ts';
import type { Engine } from './engine.ts';

const FOLLOW_UPS_A_PIECE = 500;
const ROWS_A_PIECE = 10_000;
/** Less than a day, so that a pass an hour late does not come later every day. */
const PASS_EVERY_MS = 20 * HOUR_MS;
/** A month is never dropped sooner: nobody may set less for what lies in it, and late news of it may still come. */
const MONTHS_KEPT_MS = 62 * DAY_MS;

interface Tenant {
  readonly tenant: string;
  readonly keeps: Retention;
}

export async function retain(engine: Engine, now: Instant): Promise<void> {
  const { database } = engine;
  const tenants = (await database.transaction(ENGINE, retentions)).map(
    ({ tenant, written }): Tenant => ({ tenant, keeps: readRetention(written) }),
  );
  for (const one of tenants) {
    await followUpsOf(engine, one, now);
    for (const kind of ['events', 'activity'] as const) {
      const days = one.keeps[kind];
      if (days === null) continue;
      const before = cutoff(now, days);
      while (
        !engine.stopping &&
        (await database.transaction(ENGINE, (tx) => deleteAged(tx, kind, one.tenant, before, ROWS_A_PIECE)))
      );
    }
  }
  await dropMonths(engine, tenants, now);
}

async function followUpsOf(engine: Engine, one: Tenant, now: Instant): Promise<void> {
  try {
    while (!engine.stopping && (await engine.database.transaction(ENGINE, (tx) => followUpPiece(tx, one, now))));
  } catch (error) {
    if (!isHeld(error)) throw error;
    engine.log.info({ tenant: one.tenant }, 'what is over stays a while longer: somebody holds it');
  }
}

const cutoff = (now: Instant, days: number): Instant => later(now, -days * DAY_MS);

const OF_FOLLOW_UPS = ['content', 'messages', 'inbox', 'timeline', 'followUps'] as const;

/** True when there may be more. */
async function followUpPiece(tx: Tx, { tenant, keeps }: Tenant, now: Instant): Promise<boolean> {
  const days = OF_FOLLOW_UPS.flatMap((kind) => keeps[kind] ?? []);
  if (days.length === 0) return false;
  const pass = await lockPass(tx, tenant);
  if (pass === null) return false;
  const resting = pass.after === null && pass.done_at !== null && pass.done_at > later(now, -PASS_EVERY_MS);
  if (resting) return false;
  const { last, closed } = await lockClosed(tx, tenant, pass.after, cutoff(now, Math.min(...days)), FOLLOW_UPS_A_PIECE);
  const over = (kept: number | null): string[] =>
    kept === null ? [] : closed.filter((one) => one.closed_at < cutoff(now, kept)).map(({ id }) => id);
  const gone = over(keeps.followUps);
  // What belongs to a follow-up goes with it at the latest.
  const own = (kind: (typeof OF_FOLLOW_UPS)[number]): string[] => [...new Set([...over(keeps[kind]), ...gone])];
  for (const kind of ['content', 'inbox'] as const) await deleteOf(tx, kind, own(kind));
  await deleteOf(tx, 'beside', gone);
  const messages = await deleteCounted(tx, 'messages', own('messages'));
  const timelines = await deleteCounted(tx, 'timeline', own('timeline'));
  // Only now: whoever counts is waited for, and may not wait for us.
  await lockMetricPasses(tx, [...messages, ...timelines, ...gone]);
  await makeFinal(tx, [...new Set([...messages, ...timelines])]);
  await forgetPeople(tx, [...new Set([...messages, ...gone])]);
  await deleteFacts(tx, gone);
  await deleteOf(tx, 'followUps', gone);
  await movePass(tx, tenant, last, last === null ? now : null);
  return last !== null;
}

async function dropMonths(engine: Engine, tenants: readonly Tenant[], now: Instant): Promise<void> {
  const { database } = engine;
  const kept = tenants.map(({ keeps }) => keeps.events);
  const longest = kept.includes(null) ? null : Math.max(...kept.map((days) => days ?? 0));
  const settled = later(now, -MONTHS_KEPT_MS);
  const dropped = async (suffix: string, drop: (tx: Tx) => Promise<unknown>): Promise<void> => {
    try {
      await database.transaction(ENGINE, drop);
    } catch (error) {
      // Somebody reads it, such as a backup: the next time.
      if (!isHeld(error)) throw error;
      engine.log.info({ month: suffix }, 'a month is not dropped yet: somebody reads it');
    }
  };
  for (const suffix of await database.transaction(ENGINE, (tx) => monthsBefore(tx, settled)))
    await dropped(suffix, (tx) => dropMonthOfFollowUps(tx, suffix, ALL_SLOTS));
  if (longest === null) return;
  const before = Math.min(cutoff(now, longest), settled) as Instant;
  for (const suffix of await database.transaction(ENGINE, (tx) => monthsBefore(tx, before)))
    await dropped(suffix, (tx) => dropMonthOfEvents(tx, suffix));
}
