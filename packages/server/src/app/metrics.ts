// Numbers for operators, in Prometheus' words. The engine counts through the port EngineMetrics; /metrics shows them.
import { ALARM_REASONS, CHANNELS, type Outcome } from '@relance/core';
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { EngineMetrics } from '../engine/engine.ts';
import { type Database, ENGINE } from '../store/database.ts';
import { type Backlog, readBacklog } from '../store/sql/backlog.ts';

export interface Metrics {
  readonly registry: Registry;
  readonly engine: EngineMetrics;
}

/** Keys of a record, so that none is left out. */
const OUTCOMES: Readonly<Record<Outcome['kind'], true>> = {
  accepted: true,
  retry: true,
  rejected: true,
  uncertain: true,
};

/** Counters begin at 0, whatever their labels: a series that began with its first count would show Prometheus no increase. */
export function createMetrics(database: Database): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  watchBacklog(registry, database);
  const registers = [registry];
  const advanced = new Counter({ name: 'relance_follow_ups_advanced_total', help: 'Decisions written', registers });
  const handedOver = new Counter({
    name: 'relance_hand_overs_total',
    help: 'Messages handed to a provider, by channel and outcome',
    labelNames: ['channel', 'outcome'],
    registers,
  });
  for (const channel of CHANNELS) for (const outcome of Object.keys(OUTCOMES)) handedOver.inc({ channel, outcome }, 0);
  const alarms = new Counter({
    name: 'relance_alarms_total',
    help: 'Alarms, by reason: nobody reached, target empty, …',
    labelNames: ['reason'],
    registers,
  });
  for (const reason of [...ALARM_REASONS, 'expression_failed']) alarms.inc({ reason }, 0);
  const parked = new Counter({
    name: 'relance_parked_total',
    help: 'Follow-ups parked because they could not be decided',
    registers,
  });
  const orphans = new Gauge({
    name: 'relance_orphans',
    help: 'Live follow-ups with nothing to wake them, as the watchdog saw last; anything but 0 is a defect',
    registers,
  });
  const lookups = new Counter({
    name: 'relance_lookups_total',
    help: 'Resolvers asked, by outcome: answered, retry, failed',
    labelNames: ['outcome'],
    registers,
  });
  for (const outcome of ['answered', 'retry', 'failed']) lookups.inc({ outcome }, 0);
  const clearUps = new Counter({
    name: 'relance_clear_ups_total',
    help: 'Messages rewritten or withdrawn after a change, by outcome: done, retry, given_up',
    labelNames: ['outcome'],
    registers,
  });
  for (const outcome of ['done', 'retry', 'given_up']) clearUps.inc({ outcome }, 0);
  const lateness = new Histogram({
    name: 'relance_wake_lateness_seconds',
    help: 'How late due follow-ups were woken',
    buckets: [0.1, 0.25, 0.5, 1, 2.5, 5, 15, 60, 300],
    registers,
  });
  return {
    registry,
    engine: {
      advanced: (count) => advanced.inc(count),
      handedOver: (channel, outcome) => handedOver.inc({ channel, outcome }),
      alarmed: (reason) => alarms.inc({ reason }),
      late: (seconds) => lateness.observe(seconds),
      parked: (count) => parked.inc(count),
      orphans: (count) => orphans.set(count),
      lookedUp: (outcome) => lookups.inc({ outcome }),
      clearedUp: (outcome) => clearUps.inc({ outcome }),
    },
  };
}

const BEHIND: Readonly<Record<keyof Backlog, string>> = {
  follow_ups: 'How late the follow-up is that has waited longest for its next stage; 0: none is',
  messages: 'How late the message is that has waited longest to be handed over; 0: none is',
  figures: 'How long ago the oldest change was that figures do not count yet; 0: all are counted',
};

/** Read when somebody looks, once for all of them. While the database does not answer they are NaN, as `relance_database_up` says. */
function watchBacklog(registry: Registry, database: Database): void {
  let looking: Promise<Backlog | null> | null = null;
  const look = (): Promise<Backlog | null> => {
    looking ??= database
      .transaction(ENGINE, readBacklog)
      .catch(() => null)
      .finally(() => {
        looking = null;
      });
    return looking;
  };
  const gauge = (name: string, help: string, told: (backlog: Backlog | null) => number): Gauge =>
    new Gauge({
      name,
      help,
      registers: [registry],
      async collect() {
        this.set(told(await look()));
      },
    });
  for (const kind of Object.keys(BEHIND) as (keyof Backlog)[])
    gauge(`relance_${kind}_behind_seconds`, BEHIND[kind], (backlog) => backlog?.[kind] ?? Number.NaN);
  gauge('relance_database_up', 'Whether the database answers this node', (backlog) => (backlog === null ? 0 : 1));
}
