// Consent as commands: somebody opts out, or an endpoint gets nothing more. What waits for them is taken back, finished as
// suppressed and its contact plan moved on in the same transaction, before it is answered. A second look, after the commit,
// takes what a transaction that was under way meanwhile has queued without knowing; so nothing starts after the answer.
import { type ConsentReason, type Instant, normalAddress } from '@relance/core';
import { ENGINE, type Tx } from '../store/database.ts';
import { optIn, optOut } from '../store/sql/opt-out.ts';
import { liftSuppression, type NewSuppression, suppressEndpoints } from '../store/sql/suppression.ts';
import { type TakenBack, takeBackCategory, takeBackEndpoints } from '../store/sql/take-back.ts';
import type { Engine } from './engine.ts';
import type { RefusedFor } from './judge.ts';
import { type HandOver, recordInside } from './outcome.ts';
import type { Consents } from './ports.ts';
import type { StepResult } from './work.ts';

/** More than that waits for the deliver loop, which refuses it: a transaction has an end. */
const SETTLED_INSIDE_MAX = 1_000;

/** What a transaction wrote, and what it took back. */
interface Written<T> {
  readonly answer: T;
  readonly taken: readonly TakenBack[];
}

export function createConsents(engine: Engine): Consents {
  const { database } = engine;
  /** Writes, settles what was taken back, and looks once more after the commit. */
  const refuse = async <T>(
    reason: ConsentReason,
    write: (tx: Tx, now: Instant) => Promise<Written<T>>,
    again: (tx: Tx) => Promise<readonly TakenBack[]>,
  ): Promise<T> => {
    const now = await engine.clock.now();
    const settled = async (run: (tx: Tx) => Promise<Written<T | null>>): Promise<T | null> => {
      const { answer, reports } = await database.transaction(ENGINE, async (tx) => {
        const written = await run(tx);
        return { answer: written.answer, reports: await settleTaken(tx, engine, written.taken, reason, now) };
      });
      for (const report of reports) engine.report(report);
      return answer;
    };
    const answer = await settled((tx) => write(tx, now));
    await settled(async (tx) => ({ answer: null, taken: await again(tx) }));
    engine.nudge.wake();
    engine.nudge.deliver();
    return answer as T;
  };
  return {
    async suppress(tenant, endpoints, by) {
      return refuse(
        'endpoint_suppressed',
        async (tx, now) => {
          const { added, taken } = await suppressEndpoints(tx, endpoints, { tenant, now, by });
          return { answer: added, taken };
        },
        (tx) => takeBackEndpoints(tx, tenant, normalEndpoints(endpoints)),
      );
    },
    async lift(tenant, endpoint, by) {
      const now = await engine.clock.now();
      return database.transaction(ENGINE, (tx) => liftSuppression(tx, endpoint, { tenant, now, by }));
    },
    optOut: (choice, evidence) =>
      refuse(
        'opted_out',
        async (tx, now) => {
          const { changed, taken } = await optOut(tx, choice, { now, evidence });
          return { answer: changed, taken };
        },
        (tx) => takeBackCategory(tx, choice),
      ),
    async optIn(choice, evidence) {
      const now = await engine.clock.now();
      return database.transaction(ENGINE, (tx) => optIn(tx, choice, { now, evidence }));
    },
  };
}

const normalEndpoints = (endpoints: readonly NewSuppression[]) =>
  endpoints.map(({ channel, address }) => ({ channel, address: normalAddress(channel, address) }));

/** Finishes what was taken back, slot by slot; what somebody holds is left to the sweep. */
export async function settleTaken(
  tx: Tx,
  engine: Pick<Engine, 'policies'>,
  taken: readonly TakenBack[],
  reason: RefusedFor,
  now: Instant,
): Promise<StepResult[]> {
  const reports: StepResult[] = [];
  const bySlot = Map.groupBy(taken.slice(0, SETTLED_INSIDE_MAX), ({ slot }) => slot);
  for (const [slot, rows] of [...bySlot].sort(([a], [b]) => a - b)) {
    const refused = rows.map(
      (row): HandOver => ({
        id: row.id,
        followUpId: row.follow_up_id,
        slot,
        fence: row.fence,
        connection: '',
        honoursIds: false,
        shown: null,
        outcome: { kind: 'refused', reason },
        content: null,
      }),
    );
    reports.push((await recordInside(tx, refused, slot, { policies: engine.policies, now })).result);
  }
  return reports;
}
