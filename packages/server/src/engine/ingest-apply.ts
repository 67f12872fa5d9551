// What matched events do, in rounds inside the ingest transaction, all slots at once. Each key is handled in the order its
// events came: a live follow-up is fed or closed, a missing one is opened, and a resolve or cancel without one is kept as
// early. A round handles every key until it would open what the same round closes; that waits for the next one.
//
//   find by key → lock → take keys of openings → walk each event into its lane → step
import { endsBy, type FollowUp, type Input, isLive, readFacts } from '@relance/core';
import type { Tx } from '../store/database.ts';
import { suspect } from '../store/sql/batch.ts';
import { keepEarly } from '../store/sql/event.ts';
import { lockFollowUps } from '../store/sql/follow-up.ts';
import { findByKeys, freeKeys, type KeyRef } from '../store/sql/live-key.ts';
import { tenantSettings } from '../store/sql/tenant.ts';
import { inputOfEarly, isEarlyFor } from './early.ts';
import {
  type Applied,
  type ApplyContext,
  keyOf,
  keysOf,
  type Lane,
  laneKey,
  lanesOf,
  type MatchedEvent,
  note,
  showStatuses,
  touch,
  zoneOf,
} from './ingest-lane.ts';
import { type Opening, openingsOf, prepareOpenings } from './ingest-open.ts';
import { policyRefOf, UnreadablePolicy } from './policy-book.ts';
import { step } from './step.ts';
import type { Work } from './work.ts';

/** More rounds than events of one key in a batch could ask for means a defect: the batch fails and is halved. */
const ROUNDS_MAX = 600;

export async function applyMatches(
  tx: Tx,
  given: Omit<ApplyContext, 'tenants' | 'applied'>,
  matched: readonly MatchedEvent[],
): Promise<Applied> {
  const applied: Applied = { matches: new Map(), touched: new Map() };
  if (matched.length === 0) return applied;
  const tenants = await tenantSettings(tx, [...new Set(matched.map(({ tenant }) => tenant))]);
  const context: ApplyContext = { ...given, tenants, applied };
  let rest = matched;
  for (let round = 0; rest.length > 0; round++) {
    if (round === ROUNDS_MAX) throw new Error('the events of one key do not come to an end');
    rest = await applyRound(tx, context, rest);
  }
  return applied;
}

async function applyRound(
  tx: Tx,
  context: ApplyContext,
  matched: readonly MatchedEvent[],
): Promise<readonly MatchedEvent[]> {
  const keys = keysOf(matched);
  let lanes = await lockedLanes(tx, keys);
  const { openings, holding, early, lost } = await prepareOpenings(tx, context, matched, lanes);
  // Only a key that somebody else took at this moment makes what was read before it out of date.
  if (lost) lanes = await lockedLanes(tx, keys);
  for (const one of early) lanes.get(laneKey(one))?.early.push(one);
  const rest: MatchedEvent[] = [];
  for (const one of matched) {
    const lane = lanes.get(laneKey(keyOf(one)));
    if (lane === undefined) continue;
    lane.waits ||= applyOne(one, lane, openingsOf(openings, one), context) === 'later';
    if (lane.waits) rest.push(one);
  }
  await Promise.all([
    keepEarly(
      tx,
      [...lanes.values()].flatMap((lane) => lane.keep),
    ),
    freeKeys(tx, 'each', holding),
    suspect(
      tx,
      [...lanes.values()].flatMap((lane) => lane.aside),
    ),
  ]);
  const works = [...lanes.values()].flatMap((lane) =>
    [...lane.works.values()].map(({ work, inputs }): Work => ({ ...work, inputs })),
  );
  const result = await step(tx, 'each', works, { policies: context.engine.policies, now: context.now });
  const [failed] = result.failed;
  // Ingest has no parking place: the batch is halved until the bad event stands alone and is refused with this error.
  if (failed !== undefined) throw failed.error;
  context.reports.push(result);
  showStatuses(context.applied, result);
  return rest;
}

/** What is known of each key, locked as far as events may change it: what is live, and the newest closed one. */
async function lockedLanes(tx: Tx, keys: readonly KeyRef[]): Promise<Map<string, Lane>> {
  const found = await findByKeys(tx, 'each', keys);
  const closed = new Set<string>();
  const changing = found.filter((one) => {
    if (isLive(one.status)) return true;
    const key = `${laneKey(one)}\n${one.assigneeKey}`;
    return !closed.has(key) && closed.add(key);
  });
  const locked = await lockFollowUps(
    tx,
    'each',
    changing.map(({ id }) => id),
  );
  const fresh = new Map(locked.map((one) => [one.id, one]));
  return lanesOf(
    keys,
    found.map((one) => fresh.get(one.id) ?? one),
  );
}

/** Walks one event into its lane; `later` when it opens a key that this round closes. */
function applyOne(
  one: MatchedEvent,
  lane: Lane,
  openings: readonly Opening[],
  context: ApplyContext,
): 'applied' | 'later' {
  const { clause } = one.match;
  if (clause.role === 'open' && openings.length > 0) {
    for (const opening of openings) open(one, lane, opening, context);
    return 'applied';
  }
  const live = lane.live.filter((followUp) => clause.role === 'open' || followUp.version === one.match.policy.version);
  if (keepAside(one, lane, context) && live.length === 0) return 'applied';
  if (live.length > 0 && !lane.closedNow) return feed(one, lane, live, context);
  // Closed in this round, or by somebody else between our look and our lock: the next round finds the key free.
  if (clause.role === 'open') return cannotOpen(context.applied, one) ? 'applied' : 'later';
  return closeMissing(one, lane, context);
}

/** What is said to a live follow-up whose own version this release cannot read waits with it, and its sender is told. */
function keepAside(one: MatchedEvent, lane: Lane, context: ApplyContext): boolean {
  const { clause, latest } = one.match;
  if (!latest || clause.role === 'open') return false;
  const before = lane.aside.length;
  for (const followUp of lane.live) {
    const error = context.engine.policies.look(policyRefOf(followUp));
    if (!(error instanceof UnreadablePolicy)) continue;
    const { role, outcome } = clause;
    const input: Input = {
      kind: 'event',
      role,
      event: one.event.id,
      facts: {},
      outcome,
      ...(clause.stage === null ? {} : { stage: clause.stage }),
    };
    lane.aside.push({ id: followUp.id, error: error.message, inputs: [input] });
    note(context.applied, one, { followUp: followUp.id, result: 'error', detail: error.message });
  }
  return lane.aside.length > before;
}

const cannotOpen = (applied: Applied, { index, match }: MatchedEvent): boolean =>
  applied.matches.get(index)?.some(({ policy, result }) => policy === match.policy.id && result === 'error') ?? false;

/** The start of a follow-up, with what came before it and is about it. */
function open(one: MatchedEvent, lane: Lane, opening: Opening, context: ApplyContext): void {
  const { reopens: before, followUp, opened } = opening;
  const met = [...lane.early, ...lane.keep].filter((early) =>
    isEarlyFor(early, one.event.time, context.now, lane.closed.length > 0),
  );
  lane.keep = lane.keep.filter((event) => !met.includes(event));
  const work: Work = {
    kind: 'open',
    followUp,
    opened,
    inputs: [],
    ...(before === undefined ? {} : { reopens: before }),
  };
  const inputs = met.map(inputOfEarly);
  lane.works.set(followUp.id, { work, inputs });
  lane.live = [...lane.live, followUp];
  if (met.some(({ role }) => endsBy(one.match.policy, role))) lane.closedNow = true;
  touch(context.applied, one, followUp, 'opened');
}

function feed(one: MatchedEvent, lane: Lane, live: readonly FollowUp[], context: ApplyContext): 'applied' {
  const { clause, policy } = one.match;
  const facts = readFacts(policy, one.event.event, {
    tenantZone: zoneOf(context, one.tenant),
    now: context.now,
  });
  if (!facts.ok && (clause.role === 'update' || clause.role === 'open')) {
    note(context.applied, one, { followUp: live[0]?.id ?? null, result: 'error', detail: facts.detail });
    return 'applied';
  }
  const role = clause.role === 'open' ? 'update' : clause.role;
  const ends = endsBy(policy, role);
  for (const followUp of live) {
    // What closes is often another thing, such as a payment: only what updates is merged.
    const input: Input = {
      kind: 'event',
      role,
      event: one.event.id,
      facts: role === 'update' && facts.ok ? facts.facts : {},
      outcome: clause.outcome,
      ...(clause.stage === null ? {} : { stage: clause.stage }),
      ...(one.match.closes ? { closes: true } : {}),
    };
    const known = lane.works.get(followUp.id);
    if (known === undefined)
      lane.works.set(followUp.id, { work: { kind: 'move', followUp, inputs: [] }, inputs: [input] });
    else known.inputs.push(input);
    touch(
      context.applied,
      one,
      followUp,
      role === 'cancel' ? 'cancelled' : role === 'update' ? 'updated' : ends ? 'resolved' : 'claimed',
    );
  }
  if (ends) lane.closedNow = true;
  return 'applied';
}

/** A closing event without a live follow-up: it revives an expired one, is late news of a closed one, or is early. */
function closeMissing(one: MatchedEvent, lane: Lane, context: ApplyContext): 'applied' {
  const { clause, latest, policy } = one.match;
  const role = clause.role;
  const newest = lane.closed[0];
  if (newest?.status === 'expired' && role === 'resolve' && endsBy(policy, role) && newest.version === policy.version) {
    lane.works.set(newest.id, {
      work: { kind: 'move', followUp: newest, inputs: [] },
      inputs: [{ kind: 'event', role, event: one.event.id, facts: {}, outcome: clause.outcome }],
    });
    touch(context.applied, one, newest, 'resolved');
    return 'applied';
  }
  if (!latest || role === 'update' || role === 'open') return noteAnd(context.applied, one, 'no_follow_up');
  const closedAt = newest?.closedAt ?? null;
  const stale = closedAt !== null && (one.event.time === null || one.event.time <= closedAt);
  if (lane.closedNow || stale) return noteAnd(context.applied, one, 'closed', newest?.id);
  lane.keep.push({
    ...keyOf(one),
    eventRow: one.id,
    eventId: one.event.id,
    role,
    outcome: clause.outcome,
    eventAt: one.event.time,
    arrivedAt: context.now,
  });
  return noteAnd(context.applied, one, 'early');
}

function noteAnd(applied: Applied, one: MatchedEvent, result: string, followUp: string | null = null): 'applied' {
  note(applied, one, { followUp, result });
  return 'applied';
}
