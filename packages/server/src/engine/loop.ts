// The engine put together: six loops of one shape (runOnce, with a dumb ticker around it), the clock, ingest and
// commands. A nudge (an in-process call, or NOTIFY from another node) makes a ticker look now; polling is the truth.
// Tests and the simulation never start the tickers: they call runAll().
import { randomFillSync } from 'node:crypto';
import { type Instant, mintId, showsOtherwise } from '@relance/core';
import type { Connections } from '../channels/channel.ts';
import type { Resolve } from '../channels/resolve.ts';
import type { Database } from '../store/database.ts';
import { ENGINE } from '../store/database.ts';
import { ensureMonth } from '../store/sql/partition.ts';
import { ClearUp } from './clear-up.ts';
import { Clock } from './clock.ts';
import { createCommands } from './command.ts';
import { ConnectionBook, type OwnConnections } from './connection-book.ts';
import { createConsents } from './consent.ts';
import { Deliver, LEASE_MS } from './deliver.ts';
import type { Engine, EngineMetrics, Log } from './engine.ts';
import { createErasures } from './erase.ts';
import { createFreshLinks } from './fresh-link.ts';
import { GroupCommit } from './ingest.ts';
import { LookUp } from './look-up.ts';
import { PolicyBook } from './policy-book.ts';
import type {
  Commands,
  Consents,
  Erasures,
  Figures,
  FreshLinks,
  Nudge,
  Previews,
  Receipts,
  Replies,
  Visits,
  Words,
} from './ports.ts';
import { previews } from './preview.ts';
import { createReceipts } from './receipt.ts';
import { createReplies } from './reply.ts';
import { Sweep } from './sweep.ts';
import { Ticker } from './ticker.ts';
import { createVisits } from './visit.ts';
import { Wake } from './wake.ts';
import type { StepResult } from './work.ts';

export type Role = 'wake' | 'deliver' | 'sweep';
export const ROLES: readonly Role[] = ['wake', 'deliver', 'sweep'];

export interface EngineOptions {
  readonly node: string;
  readonly database: Database;
  readonly connections: Connections;
  /** Those that tenants have made; none where they are not asked for. */
  readonly ownConnections?: OwnConnections;
  /** How many messages each tenant may send in a day; absent or null: as many as it likes. */
  readonly messagesADay?: number | null;
  readonly resolve: Resolve;
  readonly refusalOf: Engine['refusalOf'];
  readonly words: Words;
  /** Absent: nothing is counted for reports, and marks wait. */
  readonly figures?: Figures;
  readonly log: Log;
  readonly metrics: EngineMetrics;
  readonly roles?: readonly Role[];
  /** Randomness for ids; the simulation gives its own. */
  readonly random?: (bytes: number) => Uint8Array;
  readonly monotonic?: () => number;
  readonly pauseMs?: (ms: number) => Promise<void>;
  /** Shorter only in tests that kill nodes. */
  readonly leaseMs?: number;
  /** One only in the simulation, where everything happens one after the other. */
  readonly slotsAbreast?: number;
  /** False: the deliver loop goes slot by slot, as a distributed PostgreSQL wants it. */
  readonly spanning?: boolean;
}

export interface RunningEngine {
  readonly ingest: GroupCommit;
  readonly commands: Commands;
  readonly receipts: Receipts;
  readonly replies: Replies;
  readonly visits: Visits;
  readonly consents: Consents;
  readonly erasures: Erasures;
  readonly freshLinks: FreshLinks;
  readonly clock: Clock;
  readonly nudge: Nudge;
  readonly policies: PolicyBook;
  readonly previews: Previews;
  readonly engine: Engine;
  /** Every loop once, hand-overs awaited. */
  runAll(): Promise<number>;
  /** The watchdog's look; answers how many live follow-ups have nothing to wake them. */
  watch(): Promise<number>;
  start(): void;
  /** Takes nothing new, finishes what is in hand. */
  stop(): Promise<void>;
  /** True when a loop has not completed a turn for too long. */
  stalled(): boolean;
}

/** Measured: with three, deciding and writing overlap; more only wait for each other. */
const SLOTS_ABREAST = 3;
const WAKE_EVERY_MS = 250;
const DELIVER_EVERY_MS = 250;
/** Of another node's, that is: our own are asked at once. */
const LOOK_UP_EVERY_MS = 1_000;
/** Likewise: a change of ours is shown at once. */
const CLEAR_UP_EVERY_MS = 1_000;
const SWEEP_EVERY_MS = 1_000;
/** Every live follow-up is looked at within four minutes; a look at all of a million takes seconds. */
const WATCH_EVERY_MS = 15_000;
const SLOTS_A_WATCH = 4;
const PRUNE_EVERY_MS = 3_600_000;
/** Whoever asks for figures has what waits counted first (insights/answer.ts) where it is little. */
const FIGURES_EVERY_MS = 2_000;
const MONTHS_EVERY_MS = 60_000;

export function createEngine(options: EngineOptions): RunningEngine {
  const { random = pooledRandom(), monotonic = () => performance.now() } = options;
  const pauseMs = options.pauseMs ?? ((ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms)));
  const clock = new Clock(options.database, options.node, { monotonic, pauseMs });
  const policies = new PolicyBook();
  const months = new Set<string>();
  const tickers: Tickers = {};
  const nudge: Nudge = { wake: () => tickers.wake?.nudge(), deliver: () => tickers.deliver?.nudge() };
  let stopping = false;
  const engine: Engine = {
    node: options.node,
    database: options.database,
    policies,
    clock,
    connections: new ConnectionBook(options.connections, options.ownConnections ?? null),
    messagesADay: options.messagesADay ?? null,
    resolve: options.resolve,
    refusalOf: options.refusalOf,
    nudge,
    figures: options.figures ?? null,
    log: options.log,
    metrics: options.metrics,
    leaseMs: options.leaseMs ?? LEASE_MS,
    slotsAbreast: options.slotsAbreast ?? SLOTS_ABREAST,
    spanning: options.spanning ?? true,
    monotonic,
    pauseMs,
    get stopping() {
      return stopping;
    },
    report(result) {
      report(options, result);
      nudgeAfter(result, tickers);
    },
    mint: (at, slot) => mintId(at, slot, random(10)),
    ensureMonth: (now) => ensureOnce(options.database, months, now),
    hasMonth: (now) => months.has(monthOf(now)),
  };
  const consents = createConsents(engine);
  const deliver = new Deliver(engine, options.words, consents);
  const lookUp = new LookUp(engine, () => tickers.lookUp?.nudge());
  const clearUp = new ClearUp(engine, options.words);
  const ingest = new GroupCommit(engine, engine);
  const sweep = new Sweep(engine, consents);
  const loops: Loops = { wake: new Wake(engine), lookUp, deliver, clearUp, sweep };
  const runAll = (): Promise<number> => runEach(loops);
  clock.drains = { runAll };
  const own = (run: () => Promise<number>) => async () => (clock.advancing ? 0 : run());
  return {
    ingest,
    commands: createCommands(engine),
    receipts: createReceipts(engine, consents),
    replies: createReplies(engine, consents),
    visits: createVisits(engine),
    consents,
    erasures: createErasures(engine),
    freshLinks: createFreshLinks(engine, options.words),
    previews: previews(engine, options.words),
    clock,
    nudge,
    policies,
    engine,
    runAll,
    watch: () => sweep.watch(),
    start() {
      Object.assign(tickers, tickersFor(options, loops, own));
      for (const ticker of Object.values(tickers)) ticker?.start();
    },
    async stop() {
      stopping = true;
      await ingest.idle();
      await Promise.all(Object.values(tickers).map((ticker) => ticker?.stop()));
      await lookUp.idle();
      await deliver.idle();
      await clearUp.idle();
    },
    stalled: () => Object.values(tickers).some((ticker) => ticker?.stalled() ?? false),
  };
}

interface Loops {
  readonly wake: Wake;
  readonly lookUp: LookUp;
  readonly deliver: Deliver;
  readonly clearUp: ClearUp;
  readonly sweep: Sweep;
}

/** Every loop once, what they have begun awaited. */
async function runEach({ wake, lookUp, deliver, clearUp, sweep }: Loops): Promise<number> {
  const done = (await sweep.runOnce()) + (await wake.runOnce()) + (await lookUp.runOnce()) + (await deliver.runOnce());
  await lookUp.idle();
  await deliver.idle();
  const cleared = await clearUp.runOnce();
  await clearUp.idle();
  return done + cleared;
}

interface Tickers {
  wake?: Ticker;
  lookUp?: Ticker;
  deliver?: Ticker;
  clearUp?: Ticker;
  sweep?: Ticker;
  watch?: Ticker;
  prune?: Ticker;
  figures?: Ticker;
  months?: Ticker;
}

type Run = () => Promise<number>;

/** The loops this node runs, by its roles. */
function tickersFor({ roles = ROLES, log, figures }: EngineOptions, loops: Loops, own: (run: Run) => Run): Tickers {
  const { wake, lookUp, deliver, clearUp, sweep } = loops;
  const ticker = (name: string, run: Run, everyMs: number): Ticker => new Ticker(name, own(run), everyMs, log);
  return {
    ...(roles.includes('wake') ? { wake: ticker('wake', () => wake.runOnce(), WAKE_EVERY_MS) } : {}),
    ...(roles.includes('deliver')
      ? {
          deliver: ticker('deliver', () => deliver.runOnce(), DELIVER_EVERY_MS),
          lookUp: ticker('resolvers', () => lookUp.runOnce(), LOOK_UP_EVERY_MS),
          clearUp: ticker('clearing up', () => clearUp.runOnce(), CLEAR_UP_EVERY_MS),
        }
      : {}),
    ...(roles.includes('sweep')
      ? {
          sweep: ticker('sweep', () => sweep.runOnce(), SWEEP_EVERY_MS),
          watch: ticker('watchdog', () => sweep.watchSome(SLOTS_A_WATCH).then(() => 0), WATCH_EVERY_MS),
          prune: ticker('pruning', () => sweep.prune().then(() => 0), PRUNE_EVERY_MS),
          ...(figures === undefined
            ? {}
            : {
                figures: ticker('figures', async () => ((await figures.count()).more ? 1 : 0), FIGURES_EVERY_MS),
                months: ticker('months of figures', () => figures.addUp(), MONTHS_EVERY_MS),
              }),
        }
      : {}),
  };
}

function report(options: EngineOptions, result: StepResult): void {
  options.metrics.advanced(result.done.length);
  for (const { step: made } of result.done) {
    for (const alarm of made.alarms) {
      options.metrics.alarmed(alarm.reason);
      options.log.warn({ followUp: made.followUp.id, reason: alarm.reason }, alarm.text);
    }
  }
}

/** What was decided may be work for others. */
function nudgeAfter({ done }: StepResult, { lookUp, clearUp }: Tickers): void {
  if (done.some(({ step: made }) => made.lookUps.length > 0)) lookUp?.nudge();
  if (done.some(({ work, step: made }) => showsOtherwise(work.followUp, made.followUp))) clearUp?.nudge();
}

/** Random bytes are drawn some thousand at a time: a call for each id costs more than the id. */
function pooledRandom(): (bytes: number) => Uint8Array {
  const pool = new Uint8Array(8_192);
  let used = pool.length;
  return (bytes) => {
    if (used + bytes > pool.length) {
      randomFillSync(pool);
      used = 0;
    }
    used += bytes;
    return pool.slice(used - bytes, used);
  };
}

const monthOf = (now: Instant): string => new Date(now).toISOString().slice(0, 7);

/** Partitions are made once a month and process; in between this costs a look into a set. */
async function ensureOnce(database: Database, months: Set<string>, now: Instant): Promise<void> {
  const month = monthOf(now);
  if (months.has(month)) return;
  await database.transaction(ENGINE, (tx) => ensureMonth(tx, now));
  months.add(month);
}
