// Consent and preferences as commands: somebody chooses what they are told, or an endpoint gets nothing more. What waits for them
// is taken back, finished as suppressed and its contact plan moved on in the same transaction, before it is answered. A second
// look, after the commit, takes what a transaction that was under way meanwhile has queued without knowing; so nothing starts
// after the answer. What may leave at another time now is prepared anew (deliver-prepare.ts asks route.ts again).
import {
  type ConsentReason,
  changesOf,
  EVERY_CHANNEL,
  type Instant,
  movesTimes,
  normalAddress,
  type PreferenceWish,
  refusedBy,
  wishProblem,
} from '@relance/core';
import type { Connection } from '../channels/channel.ts';
import { ENGINE, type Tx } from '../store/database.ts';
import { type Person, readPerson, writeChanges } from '../store/sql/preference.ts';
import { liftSuppression, type NewSuppression, stopsOf, suppressEndpoints } from '../store/sql/suppression.ts';
import {
  lookAgain,
  lookAgainAtLeased,
  type TakenBack,
  takeBackChoices,
  takeBackEndpoints,
} from '../store/sql/take-back.ts';
import type { Engine } from './engine.ts';
import type { RefusedFor } from './judge.ts';
import { type HandOver, recordInside } from './outcome.ts';
import type { ConsentChoice, Consents, PreferenceEvidence, PreferenceOutcome } from './ports.ts';
import type { StepResult } from './work.ts';

/** More than that waits for the deliver loop, which refuses it: a transaction has an end. */
const SETTLED_INSIDE_MAX = 1_000;

/** What a transaction wrote, and what it took back. */
interface Written<T> {
  readonly answer: T;
  readonly taken: readonly TakenBack[];
  readonly moved?: readonly StepResult[];
}

interface Wished {
  readonly outcome: PreferenceOutcome;
  readonly wish: PreferenceWish;
}

/** Who says it in so many words is heard. `before`: done first, in the same transaction. */
interface Insisting {
  readonly insists?: boolean;
  readonly before?: (tx: Tx, now: Instant) => Promise<readonly StepResult[]>;
}

/** Writes, settles what was taken back, and looks once more after the commit. */
const refusing =
  (engine: Engine) =>
  async <T>(
    reason: ConsentReason,
    write: (tx: Tx, now: Instant) => Promise<Written<T>>,
    again: (tx: Tx, answer: T) => Promise<readonly TakenBack[]>,
  ): Promise<T> => {
    const now = await engine.clock.now();
    const { database } = engine;
    const settled = async <R>(run: (tx: Tx) => Promise<Written<R>>): Promise<R> => {
      const { answer, reports } = await database.transaction(ENGINE, async (tx) => {
        const written = await run(tx);
        const settlements = await settleTaken(tx, engine, written.taken, reason, now);
        return { answer: written.answer, reports: [...(written.moved ?? []), ...settlements] };
      });
      for (const report of reports) engine.report(report);
      return answer;
    };
    const answer = await settled((tx) => write(tx, now));
    await settled(async (tx) => ({ answer: null, taken: await again(tx, answer) }));
    engine.nudge.wake();
    engine.nudge.deliver();
    return answer;
  };

export function createConsents(engine: Engine): Consents {
  const { database } = engine;
  const refuse = refusing(engine);
  const change = async (
    person: Person,
    wishOf: Parameters<Consents['change']>[1],
    evidence: PreferenceEvidence,
    { insists = false, before = async () => [] }: Insisting = {},
  ): Promise<PreferenceOutcome> => {
    const { outcome } = await refuse<Wished>(
      'opted_out',
      async (tx, now) => {
        const moved = await before(tx, now);
        const known = await readPerson(tx, person, { lock: true });
        const { standing, recipient } = known;
        const none = (outcome: PreferenceOutcome) => ({ answer: { outcome, wish: {} }, taken: [], moved });
        // Who says it in so many words is heard whoever they are: one who was deleted may come back.
        if (recipient === null && !insists) return none({ kind: 'unknown_recipient' });
        const wish = wishOf(known);
        const problem = insists ? null : wishProblem(standing, wish, now);
        if (problem !== null) return none({ kind: 'refused', problem });
        const changes = changesOf(standing, wish, { insists });
        await writeChanges(tx, person, standing.preferences, changes, { now, evidence });
        if (movesTimes(wish)) await lookAgain(tx, person, now);
        const taken = await takeBackChoices(tx, person, refusedBy(wish));
        return { answer: { outcome: { kind: 'changed', changes }, wish }, taken, moved };
      },
      async (tx, { wish }) => {
        if (movesTimes(wish)) await lookAgainAtLeased(tx, person);
        return takeBackChoices(tx, person, refusedBy(wish));
      },
    );
    return outcome;
  };
  const choose = async (
    choice: ConsentChoice,
    wanted: boolean,
    evidence: PreferenceEvidence,
    before?: Insisting['before'],
  ): Promise<boolean> => {
    const { tenant, recipient, category, channel = EVERY_CHANNEL } = choice;
    const said = channel === EVERY_CHANNEL ? { subscribed: wanted } : { channels: { [channel]: wanted } };
    const wish: PreferenceWish = { categories: [{ id: category, ...said }] };
    const outcome = await change({ tenant, recipient }, () => wish, evidence, {
      insists: true,
      ...(before === undefined ? {} : { before }),
    });
    return outcome.kind === 'changed' && outcome.changes.length > 0;
  };
  return {
    async suppress(tenant, endpoints, by) {
      return refuse(
        'endpoint_suppressed',
        async (tx, now) => {
          const { added } = await suppressEndpoints(tx, endpoints, { tenant, now, by });
          return { answer: added, taken: await takeBack(tx, engine, tenant, endpoints) };
        },
        (tx) => takeBack(tx, engine, tenant, endpoints),
      );
    },
    async lift(tenant, endpoint, by) {
      const now = await engine.clock.now();
      return database.transaction(ENGINE, (tx) => liftSuppression(tx, endpoint, { tenant, now, by }));
    },
    optOut: (choice, evidence, before) => choose(choice, false, evidence, before),
    optIn: (choice, evidence) => choose(choice, true, evidence),
    change: (person, wishOf, evidence) => change(person, wishOf, evidence),
  };
}

/**
 * What waits for these endpoints. What may still go by another sender than the one that was stopped is not finished: it passes no
 * gate as it is, and the sweep gives it back to the deliver loop, which takes another connection for it.
 */
async function takeBack(
  tx: Tx,
  engine: Engine,
  tenant: string,
  endpoints: readonly NewSuppression[],
): Promise<readonly TakenBack[]> {
  const all = endpoints.map(({ channel, address, sender }) => {
    return { channel, address: normalAddress(channel, address), sender };
  });
  const open = await openAmong(tx, engine, tenant, all);
  await takeBackEndpoints(tx, tenant, [...open]);
  const shut = all.filter((one) => !open.has(one));
  return takeBackEndpoints(tx, tenant, shut);
}

/** Those that may be written to by another sender than the one that was stopped. */
async function openAmong<One extends Pick<NewSuppression, 'channel' | 'address' | 'sender'>>(
  tx: Tx,
  { connections }: Engine,
  tenant: string,
  all: readonly One[],
): Promise<ReadonlySet<One>> {
  const ofOne = all.filter(({ sender }) => typeof sender === 'string');
  if (ofOne.length === 0) return new Set();
  await connections.refresh(tx);
  const open = new Set<One>();
  for (const [channel, own] of Map.groupBy(ofOne, (one) => one.channel)) {
    const addresses = own.map(({ address }) => address);
    const stops = await stopsOf(tx, tenant, channel, addresses);
    for (const one of own) {
      const isStopped = (connection: Connection): boolean =>
        stops.has(`${one.address} ${connection.senderTo?.(one.address).id ?? ''}`);
      if (!connections.of(tenant, channel).every(isStopped)) open.add(one);
    }
  }
  return open;
}

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
