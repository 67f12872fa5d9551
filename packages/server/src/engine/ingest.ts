// The ingest loop: events in, follow-ups opened, fed and closed, in group commits. Callers queue; whatever has come in by
// the next turn of the event loop (at most 500) goes into one transaction, at most four are under way. An event is
// answered only after its commit: accepted means durable.
//
//   keys (each event once) → match policies → lock follow-ups, take live keys, step, all slots at once → event rows → commit
import type { Instant } from '@relance/core';
import { ENGINE, isDatabaseDown, isHeld, type Tx, waitBriefly } from '../store/database.ts';
import { readClock } from '../store/sql/clock.ts';
import { type EventMatch, type EventRow, insertEvents, takeEventKeys } from '../store/sql/event.ts';
import { type VersionInUse, versionsInUse } from '../store/sql/policy-version.ts';
import { tenantSettings } from '../store/sql/tenant.ts';
import type { Engine } from './engine.ts';
import { keepActivities } from './ingest-activity.ts';
import { applyMatches } from './ingest-apply.ts';
import type { Incoming } from './ingest-lane.ts';
import { matchEvent, unmatchedOf } from './match.ts';
import type { EventOutcome, IncomingEvent, Ingest, Minting, RecordedActivity } from './ports.ts';
import type { StepResult } from './work.ts';

/** An event as it waits for its commit. */
interface Queued {
  readonly tenant: string;
  readonly event: IncomingEvent;
  readonly done: (outcome: EventOutcome) => void;
  readonly failed: (error: unknown) => void;
}

export const EVENTS_A_TRANSACTION_MAX = 500;
export const TRANSACTIONS_MAX = 4;

export class GroupCommit implements Ingest {
  readonly #engine: Engine;
  readonly #minting: Minting;
  readonly #queue: Queued[] = [];
  #underWay = 0;
  #scheduled = false;

  constructor(engine: Engine, minting: Minting) {
    this.#engine = engine;
    this.#minting = minting;
  }

  async submit(tenant: string, events: readonly IncomingEvent[]): Promise<readonly EventOutcome[]> {
    return Promise.all(
      events.map(
        (event) =>
          new Promise<EventOutcome>((done, failed) => {
            this.#queue.push({ tenant, event, done, failed });
            this.#schedule();
          }),
      ),
    );
  }

  /** Resolves when nothing is queued or under way. */
  async idle(): Promise<void> {
    while (this.#queue.length > 0 || this.#underWay > 0) await new Promise(setImmediate);
  }

  #schedule(): void {
    if (this.#scheduled || this.#underWay >= TRANSACTIONS_MAX) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      const batch = this.#queue.splice(0, EVENTS_A_TRANSACTION_MAX);
      if (batch.length === 0) return;
      this.#underWay += 1;
      void this.#commit(batch).finally(() => {
        this.#underWay -= 1;
        if (this.#queue.length > 0) this.#schedule();
      });
      if (this.#queue.length > 0) this.#schedule();
    });
  }

  async #commit(batch: readonly Queued[], halved = false): Promise<void> {
    try {
      const outcomes = await ingestBatch(
        { engine: this.#engine, minting: this.#minting, hasty: halved || batch.length > 1 },
        batch,
      );
      batch.forEach((queued, index) => {
        const outcome = outcomes[index];
        if (outcome === undefined) queued.failed(new Error('An event was not answered.'));
        else queued.done(outcome);
      });
      this.#engine.nudge.wake();
      this.#engine.nudge.deliver();
    } catch (error) {
      await this.#afterFailure(batch, error);
    }
  }

  /** Nothing was committed. One bad event must not sink the others: halves are tried until it stands alone. */
  async #afterFailure(batch: readonly Queued[], error: unknown): Promise<void> {
    if (isDatabaseDown(error)) {
      for (const queued of batch) queued.failed(error);
      return;
    }
    if (batch.length === 1 && isHeld(error)) {
      batch[0]?.failed(error);
      return;
    }
    if (batch.length === 1) {
      this.#engine.log.error({ error }, 'an event cannot be processed');
      batch[0]?.done({
        kind: 'rejected',
        code: 'event_unprocessable',
        detail: `The event cannot be stored or decided: ${(error as Error).message}`,
      });
      return;
    }
    const middle = Math.ceil(batch.length / 2);
    await this.#commit(batch.slice(0, middle), true);
    await this.#commit(batch.slice(middle), true);
  }
}

/** One transaction for the whole batch. */
async function ingestBatch(
  { engine, minting, hasty }: { readonly engine: Engine; readonly minting: Minting; readonly hasty: boolean },
  batch: readonly Queued[],
): Promise<EventOutcome[]> {
  for (;;) {
    const tried = await engine.database.transaction(ENGINE, async (tx) => {
      const reports: StepResult[] = [];
      // Others wait with it: what is held is found quickly.
      const [, known] = await Promise.all([hasty ? waitBriefly(tx) : null, look(tx, batch)]);
      if (!engine.hasMonth(known.now)) return { kind: 'no_month' as const, now: known.now };
      return {
        kind: 'done' as const,
        outcomes: await ingestInside(tx, { engine, minting, reports, ...known }, batch),
        reports,
      };
    });
    if (tried.kind === 'done') {
      for (const report of tried.reports) engine.report(report);
      tellFailures(engine, batch, tried.outcomes);
      return tried.outcomes;
    }
    await engine.ensureMonth(tried.now);
  }
}

interface Known {
  readonly now: Instant;
  readonly versions: readonly VersionInUse[];
}

/** What a batch must know before it begins, in one round trip. */
async function look(tx: Tx, batch: readonly Queued[]): Promise<Known> {
  const tenants = [...new Set(batch.map(({ tenant }) => tenant))];
  const [{ now }, versions] = await Promise.all([
    readClock(tx),
    versionsInUse(tx, tenants),
    tenantSettings(tx, tenants),
  ]);
  return { now, versions };
}

interface Inside extends Known {
  readonly engine: Engine;
  readonly minting: Minting;
  readonly reports: StepResult[];
}

async function ingestInside(tx: Tx, inside: Inside, batch: readonly Queued[]): Promise<EventOutcome[]> {
  const { engine, minting, now, versions, reports } = inside;
  const incoming: Incoming[] = batch.map(({ tenant, event }, index) => ({
    index,
    tenant,
    event,
    id: minting.mint(now, 0),
  }));
  const fresh = await takeEventKeys(
    tx,
    incoming.map(({ tenant, event, id }) => ({ tenant, source: event.source, eventId: event.id, id })),
  );
  const news = incoming.filter(({ id }) => fresh.has(id));
  await engine.policies.load(tx, versions, now);
  const misses = new Map<number, readonly EventMatch[]>();
  const matched = news.flatMap((one) => {
    const result = matchEvent(
      one.event,
      versions.filter((version) => version.tenant === one.tenant),
      engine.policies,
    );
    misses.set(one.index, result.misses);
    return result.matches.map((match) => ({ ...one, match }));
  });
  const tenants = await tenantSettings(tx, [...new Set(news.map(({ tenant }) => tenant))]);
  const activities = await keepActivities(tx, tenants, news, now);
  const activitiesOf = ({ index }: Incoming): readonly RecordedActivity[] =>
    (activities.get(index) ?? []).map(({ recipient, type }) => ({ recipient, type }));
  const applied = await applyMatches(tx, { engine, minting, now, reports }, matched);
  const matchesOf = ({ index }: Incoming): readonly EventMatch[] => [
    ...(applied.matches.get(index) ?? []),
    ...(misses.get(index) ?? []),
  ];
  await insertEvents(
    tx,
    news.map((one): EventRow => rowOf(one, now, matchesOf(one), activitiesOf(one))),
  );
  return incoming.map(
    (one): EventOutcome =>
      fresh.has(one.id)
        ? {
            kind: 'accepted',
            followUps: applied.touched.get(one.index) ?? [],
            unmatched: unmatchedOf(one.event.type, matchesOf(one), activitiesOf(one)),
            activities: activitiesOf(one),
          }
        : { kind: 'duplicate', followUps: [] },
  );
}

/** A policy that cannot read an event stays silent about a thing it should follow up: operators hear of it. */
function tellFailures(engine: Engine, batch: readonly Queued[], outcomes: readonly EventOutcome[]): void {
  outcomes.forEach((outcome, index) => {
    if (outcome.kind !== 'accepted') return;
    const count = outcome.unmatched.filter(({ code }) => code === 'expression_failed').length;
    for (let number = 0; number < count; number++) engine.metrics.alarmed('expression_failed');
    if (count > 0)
      engine.log.warn(
        { tenant: batch[index]?.tenant, type: batch[index]?.event.type, count },
        'an expression of a policy failed for an event; GET /v1/events says which and why',
      );
  });
}

const rowOf = (
  { tenant, event, id }: Incoming,
  now: Instant,
  matches: readonly EventMatch[],
  activities: readonly RecordedActivity[],
): EventRow => ({
  tenant,
  source: event.source,
  eventId: event.id,
  id,
  type: event.type,
  receivedAt: now,
  body: event.event,
  matches,
  activities,
});
