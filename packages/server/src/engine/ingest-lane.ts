// What ingest works on: matched events, one lane for each key they mean, and the notes of what came of each. The rounds
// that walk the lanes are ingest-apply.ts; new follow-ups are ingest-open.ts.
import { DEFAULT_ZONE, type Directory, type FollowUp, type Input, type Instant, isLive } from '@relance/core';
import type { Suspect } from '../store/sql/batch.ts';
import type { EarlyEvent, EventMatch } from '../store/sql/event.ts';
import type { KeyRef } from '../store/sql/live-key.ts';
import { NO_SETTINGS } from '../store/sql/tenant.ts';
import type { Engine } from './engine.ts';
import type { Match } from './match.ts';
import type { IncomingEvent, Minting, TouchedFollowUp } from './ports.ts';
import type { StepResult, Work } from './work.ts';

export interface Incoming {
  readonly index: number;
  readonly tenant: string;
  readonly event: IncomingEvent;
  readonly id: string;
}
export type MatchedEvent = Incoming & { readonly match: Match };

export interface Applied {
  readonly matches: Map<number, EventMatch[]>;
  readonly touched: Map<number, TouchedFollowUp[]>;
}

export interface ApplyContext {
  readonly engine: Engine;
  readonly minting: Minting;
  readonly now: Instant;
  readonly reports: StepResult[];
  readonly tenants: ReadonlyMap<string, Directory['tenant']>;
  readonly applied: Applied;
}

/** The zone a tenant's dates mean when neither policy nor recipient says otherwise. */
export const zoneOf = (context: Pick<ApplyContext, 'tenants'>, tenant: string): string =>
  (context.tenants.get(tenant) ?? NO_SETTINGS).zone ?? DEFAULT_ZONE;

/** One key's follow-ups while its events are walked through. */
export interface Lane extends KeyRef {
  readonly works: Map<string, { work: Work; inputs: Input[] }>;
  live: FollowUp[];
  /** Newest first. */
  readonly closed: readonly FollowUp[];
  closedNow: boolean;
  /** From here on everything waits for the next round, so that events keep their order. */
  waits: boolean;
  /** What came before its start and has not met it: kept, and what this round adds. */
  early: EarlyEvent[];
  keep: EarlyEvent[];
  /** What was said to follow-ups that this release cannot decide about. */
  readonly aside: Suspect[];
}

export const laneKey = ({ tenant, policy, key }: KeyRef): string => `${tenant}\n${policy}\n${key}`;
export const keyOf = (one: MatchedEvent): KeyRef => ({
  tenant: one.tenant,
  policy: one.match.policy.id,
  key: one.match.key,
});

/** The keys these events mean, each once, in the order they came. */
export const keysOf = (matched: readonly MatchedEvent[]): KeyRef[] => [
  ...new Map(matched.map((one) => [laneKey(keyOf(one)), keyOf(one)])).values(),
];

/** One lane a key; `known` is newest first. */
export function lanesOf(keys: readonly KeyRef[], known: readonly FollowUp[]): Map<string, Lane> {
  const lanes = new Map<string, Lane & { closed: FollowUp[] }>(
    keys.map((key) => [
      laneKey(key),
      {
        ...key,
        works: new Map(),
        live: [],
        closed: [],
        closedNow: false,
        waits: false,
        early: [],
        keep: [],
        aside: [],
      },
    ]),
  );
  for (const followUp of known) {
    const lane = lanes.get(laneKey(followUp));
    if (isLive(followUp.status)) lane?.live.push(followUp);
    else lane?.closed.push(followUp);
  }
  return lanes;
}

export function note(
  applied: Applied,
  one: MatchedEvent,
  match: Pick<EventMatch, 'followUp' | 'result'> & { detail?: string },
): void {
  const { policy, clause, key } = one.match;
  const notes = applied.matches.get(one.index) ?? [];
  notes.push({ policy: policy.id, key, role: clause.role, ...match });
  applied.matches.set(one.index, notes);
}

export function touch(applied: Applied, one: MatchedEvent, followUp: FollowUp, result: string): void {
  note(applied, one, { followUp: followUp.id, result });
  const touched = applied.touched.get(one.index) ?? [];
  touched.push({ id: followUp.id, policy: followUp.policy, key: followUp.key, status: followUp.status });
  applied.touched.set(one.index, touched);
}

/** The statuses the answer shows are those after the decision. */
export function showStatuses(applied: Applied, result: StepResult): void {
  const after = new Map(result.done.map(({ step: made }) => [made.followUp.id, made.followUp.status]));
  for (const [index, touched] of applied.touched)
    applied.touched.set(
      index,
      touched.map((one) => ({ ...one, status: after.get(one.id) ?? one.status })),
    );
}
