// What the loops share: the database, the clock, compiled policies, connections, the log. createEngine() in loop.ts puts
// the parts together; tests and the simulation call the parts' runOnce() directly.
import type { AlarmReason, Channel, Instant, Outcome } from '@relance/core';
import type { Resolve } from '../channels/resolve.ts';
import type { Database } from '../store/database.ts';
import type { ConnectionBook } from './connection-book.ts';
import type { PolicyBook } from './policy-book.ts';
import type { Figures, Nudge } from './ports.ts';
import type { StepResult } from './work.ts';

export interface Log {
  info(fields: object, text: string): void;
  warn(fields: object, text: string): void;
  error(fields: object, text: string): void;
}

/** Counters for operators; app/metrics.ts gives them to Prometheus. */
export interface EngineMetrics {
  advanced(count: number): void;
  handedOver(channel: Channel, outcome: Outcome['kind']): void;
  /** `expression_failed`: a policy cannot read an event, so there is no follow-up to raise it. */
  alarmed(reason: AlarmReason | 'expression_failed'): void;
  late(seconds: number): void;
  parked(count: number): void;
  orphans(count: number): void;
  lookedUp(outcome: 'answered' | 'retry' | 'failed'): void;
  /** Messages rewritten or withdrawn after a change; `given_up`: they show for good what is no longer so. */
  clearedUp(outcome: 'done' | 'retry' | 'given_up'): void;
}

/** Story time for the loops: null while another node is advancing a virtual clock and everyone else pauses. */
export interface LoopClock {
  storyNow(): Promise<Instant | null>;
  /** Story time whatever happens to the loops: news is recorded even while they pause. */
  now(): Promise<Instant>;
  /** Story seconds a real second, as last read. */
  readonly scale: number;
}

export interface Engine {
  readonly node: string;
  readonly database: Database;
  readonly policies: PolicyBook;
  readonly clock: LoopClock;
  readonly connections: ConnectionBook;
  /** How many messages each tenant may send in a day; null: as many as it likes. */
  readonly messagesADay: number | null;
  /** Asks a resolver whom it names. */
  readonly resolve: Resolve;
  /** Why nothing may be sent to a URL, as far as its name tells; null: it may. */
  readonly refusalOf: (url: string) => string | null;
  readonly nudge: Nudge;
  /** What is counted for reports; null where nobody asks for them. */
  readonly figures: Figures | null;
  readonly log: Log;
  readonly metrics: EngineMetrics;
  /** How long a claimed message is held (server time) before another node may take it. */
  readonly leaseMs: number;
  /** How many slots the wake loop has in hand at once. */
  readonly slotsAbreast: number;
  /** Whether the deliver loop's statements may span slots: not on a distributed PostgreSQL, which refuses such claims. */
  readonly spanning: boolean;
  /** Milliseconds from any beginning, for waits within this process. */
  readonly monotonic: () => number;
  readonly pauseMs: (ms: number) => Promise<void>;
  /** True once a graceful stop began: loops finish what they hold and take nothing new. */
  readonly stopping: boolean;
  /** Alarms and counters of what was just committed. */
  report(result: StepResult): void;
  /** Mints a random id for something that happens now; makes sure the partitions for ids of this instant exist. */
  mint(at: Instant, slot: number): string;
  ensureMonth(now: Instant): Promise<void>;
  /** Whether they are known to exist, without a look. */
  hasMonth(now: Instant): boolean;
}
