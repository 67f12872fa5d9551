// What matched events do, slot by slot inside the ingest transaction. Each key is handled in the order its events came:
// a live follow-up is fed or closed, a missing one is opened, and a resolve or cancel without one is kept as early.
import {
  addDuration,
  type Beginning,
  type FollowUp,
  type Input,
  type Instant,
  isLive,
  MINUTE_MS,
  newFollowUp,
  readFacts,
  readOpening,
  reopenedFollowUp,
  slotOfKey,
  type TimelineEntry,
} from '@relance/core';
import type { Tx } from '../store/database.ts';
import { type EarlyEvent, type EventMatch, keepEarly, slotsWithEarly, takeEarly } from '../store/sql/event.ts';
import { findByKeys, type LiveKey, lockFollowUps, takeKeys } from '../store/sql/follow-up.ts';
import { upsertRecipients } from '../store/sql/recipient-upsert.ts';
import { tenantZones } from '../store/sql/tenant-zone.ts';
import type { Engine } from './engine.ts';
import type { Match } from './match.ts';
import type { IncomingEvent, Minting, TouchedFollowUp } from './ports.ts';
import { type StepResult, step, type Work } from './step.ts';

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
}

/** A resolve whose own time is this much older than the start's is about an earlier incident, whatever came first. */
const EARLY_SKEW_MS = 5 * MINUTE_MS;
/** More rounds than events of one key in a batch could ask for means a defect: the batch fails and is halved. */
const ROUNDS_MAX = 600;
/** Early events are matched for a day. */
const EARLY_MAX_MS = 86_400_000;

export async function applyMatches(tx: Tx, context: ApplyContext, matched: readonly MatchedEvent[]): Promise<Applied> {
  const applied: Applied = { matches: new Map(), touched: new Map() };
  const zones = await tenantZones(tx, [...new Set(matched.map(({ tenant }) => tenant))]);
  const slots = new Map<number, MatchedEvent[]>();
  for (const one of matched) {
    const slot = slotOfKey(one.tenant, one.match.policy.id, one.match.key);
    slots.set(slot, [...(slots.get(slot) ?? []), one]);
  }
  const earlySlots = await slotsWithEarly(tx, [...slots.keys()]);
  for (const slot of [...slots.keys()].sort((a, b) => a - b)) {
    let rest: readonly MatchedEvent[] = slots.get(slot) ?? [];
    // Each round handles every key until it would open what this round closed; that waits for the next round.
    for (let round = 0; rest.length > 0 && round < ROUNDS_MAX; round++)
      rest = await applySlot(tx, slot, { ...context, zones, applied, earlySlots }, rest);
  }
  return applied;
}

type SlotContext = ApplyContext & {
  readonly zones: ReadonlyMap<string, string>;
  readonly applied: Applied;
  /** Where anything came early at all: mostly nowhere. */
  readonly earlySlots: Set<number>;
};

/** One key's follow-ups while its events are walked through. */
interface Lane {
  readonly tenant: string;
  readonly policyId: string;
  readonly key: string;
  readonly works: Map<string, { work: Work; inputs: Input[] }>;
  live: FollowUp[];
  readonly closed: readonly FollowUp[];
  closedNow: boolean;
}

const laneKey = (one: MatchedEvent): string => `${one.tenant}\n${one.match.policy.id}\n${one.match.key}`;

async function applySlot(
  tx: Tx,
  slot: number,
  context: SlotContext,
  matched: readonly MatchedEvent[],
): Promise<readonly MatchedEvent[]> {
  const keys = [
    ...new Map(
      matched.map((one) => [laneKey(one), { tenant: one.tenant, policy: one.match.policy.id, key: one.match.key }]),
    ).values(),
  ];
  const existing = await findByKeys(tx, slot, keys);
  const { openings, lost } = await prepareOpenings(tx, slot, context, matched, existing);
  // Only a key that somebody else took at this moment makes what was read before it out of date.
  const found = lost ? await findByKeys(tx, slot, keys) : existing;
  const locked = await lockFollowUps(
    tx,
    slot,
    found.map((followUp) => followUp.id),
  );
  const opened = [...openings.values()].flat().map(({ followUp }) => followUp);
  const early = context.earlySlots.has(slot) ? await takeEarly(tx, slot, opened) : [];
  const lanes = new Map<string, Lane>();
  for (const key of keys) {
    const own = locked
      .filter((one) => one.tenant === key.tenant && one.policy === key.policy && one.key === key.key)
      .sort((a, b) => (a.id < b.id ? 1 : -1));
    lanes.set(`${key.tenant}\n${key.policy}\n${key.key}`, {
      tenant: key.tenant,
      policyId: key.policy,
      key: key.key,
      works: new Map(),
      live: own.filter((one) => isLive(one.status)),
      closed: own.filter((one) => !isLive(one.status)),
      closedNow: false,
    });
  }
  const rest: MatchedEvent[] = [];
  const keep: EarlyEvent[] = [];
  for (const one of matched) {
    const lane = lanes.get(laneKey(one));
    if (lane === undefined) continue;
    if (applyOne(one, lane, openings.get(one.id + one.match.policy.id) ?? [], early, keep, context) === 'later')
      rest.push(one);
  }
  if (keep.length > 0) context.earlySlots.add(slot);
  await keepEarly(tx, slot, keep);
  const works = [...lanes.values()].flatMap((lane) =>
    [...lane.works.values()].map(({ work, inputs }): Work => ({ ...work, inputs })),
  );
  const result = await step(tx, slot, works, { policies: context.engine.policies, now: context.now });
  const [failed] = result.failed;
  // Ingest has no parking place: the batch is halved until the bad event stands alone and is refused with this error.
  if (failed !== undefined) throw failed.error;
  context.reports.push(result);
  report(context.applied, result);
  return rest;
}

interface Opening {
  readonly followUp: FollowUp;
  readonly opened: Omit<TimelineEntry, 'at'>;
  readonly reopens?: FollowUp;
}

/** Makes new follow-ups for the first event that opens each free key, and takes the keys: the loser of a race finds the winner's row. */
async function prepareOpenings(
  tx: Tx,
  slot: number,
  context: SlotContext,
  matched: readonly MatchedEvent[],
  existing: readonly FollowUp[],
): Promise<{ openings: Map<string, Opening[]>; lost: boolean }> {
  const openings = new Map<string, Opening[]>();
  const taken = new Set<string>();
  const people = new Map<string, { tenant: string; recipient: Record<string, unknown> & { id: string } }>();
  for (const one of matched) {
    if (one.match.clause.role !== 'open' || taken.has(laneKey(one))) continue;
    const own = existing.filter(
      (followUp) =>
        followUp.tenant === one.tenant && followUp.policy === one.match.policy.id && followUp.key === one.match.key,
    );
    if (own.some((followUp) => isLive(followUp.status))) continue;
    taken.add(laneKey(one));
    const read = readOpening(one.match.policy, one.event.event, {
      tenantZone: context.zones.get(one.tenant) ?? 'UTC',
      now: context.now,
    });
    if (!read.ok) {
      note(context.applied, one, { followUp: null, result: 'error', detail: read.detail });
      openings.set(one.id + one.match.policy.id, []);
      continue;
    }
    for (const person of read.opening.assignees)
      if (typeof person === 'object' && person !== null)
        people.set(`${one.tenant}\n${person.id}`, { tenant: one.tenant, recipient: person });
    openings.set(one.id + one.match.policy.id, begin(one, slot, read.opening, own[0], context));
  }
  await upsertRecipients(tx, [...people.values()]);
  const wanted = [...openings.values()].flat();
  const got = await takeKeys(
    tx,
    slot,
    wanted.map(
      ({ followUp }): LiveKey => ({
        tenant: followUp.tenant,
        policy: followUp.policy,
        key: followUp.key,
        assigneeKey: followUp.assigneeKey,
        followUpId: followUp.id,
      }),
    ),
  );
  const own = [...openings].map(([event, all]) => [event, all.filter(({ followUp }) => got.has(followUp.id))] as const);
  return { openings: new Map(own), lost: got.size < wanted.length };
}

type Read = Extract<ReturnType<typeof readOpening>, { ok: true }>['opening'];

function begin(
  one: MatchedEvent,
  slot: number,
  read: Read,
  newest: FollowUp | undefined,
  context: SlotContext,
): Opening[] {
  const { policy } = one.match;
  const each = policy.assignees !== null;
  const assignees = read.assignees.length === 0 ? [null] : read.assignees;
  const opened: Omit<TimelineEntry, 'at'> = {
    kind: 'opened',
    reason: 'event',
    data: { event: one.event.id, source: one.event.source },
  };
  return assignees.map((person): Opening => {
    const assignee = person === null || typeof person === 'string' ? person : person.id;
    const beginning: Beginning = {
      id: context.minting.mint(context.now, slot),
      tenant: one.tenant,
      slot,
      key: one.match.key,
      assigneeKey: each ? (assignee ?? '') : '',
      generation: 1,
      subject: read.subject,
      data: read.data,
      assignee,
      requester: read.requester,
      team: read.team,
      watchers: read.watchers,
      dueAt: read.dueAt,
    };
    if (newest !== undefined && reopens(policy, newest, beginning, context)) {
      const again = reopenedFollowUp(
        policy,
        { ...newest, ...beginning, id: newest.id, generation: newest.generation },
        context.now,
      );
      return { followUp: again, opened: { ...opened, kind: 'reopened', reason: 'reopened' }, reopens: newest };
    }
    return { followUp: newFollowUp(policy, beginning, context.now), opened };
  });
}

function reopens(policy: Match['policy'], newest: FollowUp, beginning: Beginning, context: SlotContext): boolean {
  if (policy.onRepeat.kind !== 'reopen' || newest.assigneeKey !== beginning.assigneeKey || newest.closedAt === null)
    return false;
  return (
    addDuration(
      newest.closedAt,
      1,
      policy.onRepeat.within,
      policy.zone ?? context.zones.get(beginning.tenant) ?? 'UTC',
    ) >= context.now
  );
}

/** Walks one event into its lane; `later` when it opens a key that this round closes. */
function applyOne(
  one: MatchedEvent,
  lane: Lane,
  openings: readonly Opening[],
  early: readonly EarlyEvent[],
  keep: EarlyEvent[],
  context: SlotContext,
): 'applied' | 'later' {
  const { clause } = one.match;
  if (clause.role === 'open' && openings.length > 0) {
    for (const opening of openings) {
      const { reopens: before } = opening;
      const work: Work = {
        kind: 'open',
        followUp: opening.followUp,
        opened: opening.opened,
        inputs: [],
        ...(before === undefined ? {} : { reopens: before }),
      };
      const inputs = early
        .filter((event) => isFor(event, one, lane))
        .map(
          (event): Input => ({
            kind: 'event',
            role: event.role,
            event: event.eventRow,
            facts: {},
            outcome: event.outcome,
          }),
        );
      lane.works.set(opening.followUp.id, { work, inputs });
      lane.live = [...lane.live, opening.followUp];
      if (inputs.length > 0) lane.closedNow = true;
      touch(context.applied, one, opening.followUp, 'opened');
    }
    return 'applied';
  }
  const live = lane.live.filter((followUp) => clause.role === 'open' || followUp.version === one.match.policy.version);
  if (live.length > 0 && !lane.closedNow) return feed(one, lane, live, context);
  // Closed in this round, or by somebody else between our look and our lock: the next round finds the key free.
  if (clause.role === 'open') return cannotOpen(context.applied, one) ? 'applied' : 'later';
  return closeMissing(one, lane, keep, context);
}

const cannotOpen = (applied: Applied, { index, match }: MatchedEvent): boolean =>
  applied.matches.get(index)?.some(({ policy, result }) => policy === match.policy.id && result === 'error') ?? false;

function feed(one: MatchedEvent, lane: Lane, live: readonly FollowUp[], context: SlotContext): 'applied' {
  const { clause, policy } = one.match;
  const facts = readFacts(policy, one.event.event, {
    tenantZone: context.zones.get(one.tenant) ?? 'UTC',
    now: context.now,
  });
  if (!facts.ok && (clause.role === 'update' || clause.role === 'open')) {
    note(context.applied, one, { followUp: live[0]?.id ?? null, result: 'error', detail: facts.detail });
    return 'applied';
  }
  const role = clause.role === 'open' ? 'update' : clause.role;
  for (const followUp of live) {
    // A closing event says what it says in its own words; its data is merged only where the policy's `data` reads it.
    const input: Input = {
      kind: 'event',
      role,
      event: one.event.id,
      facts: role === 'update' && facts.ok ? facts.facts : {},
      outcome: clause.outcome,
    };
    const known = lane.works.get(followUp.id);
    if (known === undefined)
      lane.works.set(followUp.id, { work: { kind: 'move', followUp, inputs: [] }, inputs: [input] });
    else known.inputs.push(input);
    touch(
      context.applied,
      one,
      followUp,
      role === 'resolve' ? 'resolved' : role === 'cancel' ? 'cancelled' : 'updated',
    );
  }
  if (role !== 'update') lane.closedNow = true;
  return 'applied';
}

/** A closing event without a live follow-up: it revives an expired one, is late news of a closed one, or is early. */
function closeMissing(one: MatchedEvent, lane: Lane, keep: EarlyEvent[], context: SlotContext): 'applied' {
  const { clause, latest, policy } = one.match;
  const role = clause.role;
  const newest = lane.closed[0];
  if (newest?.status === 'expired' && role === 'resolve' && newest.version === policy.version) {
    lane.works.set(newest.id, {
      work: { kind: 'move', followUp: newest, inputs: [] },
      inputs: [{ kind: 'event', role, event: one.event.id, facts: {}, outcome: clause.outcome }],
    });
    touch(context.applied, one, newest, 'resolved');
    return 'applied';
  }
  if (!latest || role === 'update' || role === 'open') return noteAnd(context.applied, one, 'no_follow_up');
  const stale =
    newest?.closedAt !== null &&
    newest?.closedAt !== undefined &&
    (one.event.time === null || one.event.time <= newest.closedAt);
  if (lane.closedNow || stale) return noteAnd(context.applied, one, 'closed', newest?.id);
  keep.push({
    tenant: one.tenant,
    policy: policy.id,
    key: one.match.key,
    eventRow: one.id,
    role,
    outcome: clause.outcome,
    eventAt: one.event.time,
    arrivedAt: context.now,
  });
  return noteAnd(context.applied, one, 'early');
}

function isFor(early: EarlyEvent, one: MatchedEvent, lane: Lane): boolean {
  if (early.tenant !== lane.tenant || early.policy !== lane.policyId || early.key !== lane.key) return false;
  const age = (one.event.time ?? early.arrivedAt) - (early.eventAt ?? early.arrivedAt);
  // Where this key was followed up before, a resolve may be late news of that time: only one that is really later counts.
  if (lane.closed.length > 0) return one.event.time !== null && early.eventAt !== null && age <= 0;
  return age <= EARLY_SKEW_MS || (one.event.time === null && age <= EARLY_MAX_MS);
}

function note(
  applied: Applied,
  one: MatchedEvent,
  match: Pick<EventMatch, 'followUp' | 'result'> & { detail?: string },
): void {
  const { policy, clause, key } = one.match;
  applied.matches.set(one.index, [
    ...(applied.matches.get(one.index) ?? []),
    { policy: policy.id, key, role: clause.role, ...match },
  ]);
}

function noteAnd(applied: Applied, one: MatchedEvent, result: string, followUp: string | null = null): 'applied' {
  note(applied, one, { followUp, result });
  return 'applied';
}

function touch(applied: Applied, one: MatchedEvent, followUp: FollowUp, result: string): void {
  note(applied, one, { followUp: followUp.id, result });
  applied.touched.set(one.index, [
    ...(applied.touched.get(one.index) ?? []),
    { id: followUp.id, policy: followUp.policy, key: followUp.key, status: followUp.status },
  ]);
}

/** The statuses the answer shows are those after the decision. */
function report(applied: Applied, result: StepResult): void {
  const after = new Map(result.done.map(({ step: made }) => [made.followUp.id, made.followUp.status]));
  for (const [index, touched] of applied.touched)
    applied.touched.set(
      index,
      touched.map((one) => ({ ...one, status: after.get(one.id) ?? one.status })),
    );
}
