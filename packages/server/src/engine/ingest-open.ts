// The openings of a round of ingest: a new follow-up (or the newest closed one again) for the first event that opens each
// free key, and the keys taken for them. Which event does what is ingest-apply.ts.
import {
  addIn,
  asksOf,
  type Beginning,
  type FollowUp,
  leftOutOf,
  newFollowUp,
  opensForEach,
  readOpening,
  reopenedFollowUp,
  slotOfKey,
  type TimelineEntry,
} from '@relance/core';
import type { Tx } from '../store/database.ts';
import { type EarlyEvent, takeEarly } from '../store/sql/event.ts';
import { type Holder, takeKeys } from '../store/sql/live-key.ts';
import { type IncomingRecipient, incoming, upsertRecipients } from '../store/sql/recipient-upsert.ts';
import { type ApplyContext, keyOf, type Lane, laneKey, type MatchedEvent, note, zoneOf } from './ingest-lane.ts';

export interface Opening {
  readonly followUp: FollowUp;
  readonly opened: Omit<TimelineEntry, 'at'>;
  /** The closed row that is opened again; it is locked. */
  readonly reopens?: FollowUp;
}
/** By event and policy; without any, somebody else took the key at this moment, or the opening could not be read. */
export type Openings = ReadonlyMap<string, readonly Opening[]>;
export const openingsOf = (openings: Openings, one: MatchedEvent): readonly Opening[] =>
  openings.get(one.id + one.match.policy.id) ?? [];

export interface Prepared {
  readonly openings: Openings;
  /** Keys held while closings without a follow-up are kept, so that no opening can miss them. */
  readonly holding: readonly Holder[];
  /** What was kept for the keys that are opened now. */
  readonly early: readonly EarlyEvent[];
  /** Somebody else took a key at this moment. */
  readonly lost: boolean;
}

/** The loser of a race for a key waits here until the winner has committed. */
export async function prepareOpenings(
  tx: Tx,
  context: ApplyContext,
  matched: readonly MatchedEvent[],
  lanes: ReadonlyMap<string, Lane>,
): Promise<Prepared> {
  const openings = new Map<string, Opening[]>();
  const people = new Map<string, IncomingRecipient>();
  const holders = new Map<string, Holder>();
  const opened = new Set<string>();
  for (const one of matched) {
    const key = laneKey(keyOf(one));
    const lane = lanes.get(key);
    if (lane === undefined || lane.live.length > 0) continue;
    if (isClosing(one) || opensForEach(one.match.policy)) holders.set(key, holderOf(one));
    if (one.match.clause.role !== 'open' || opened.has(key)) continue;
    opened.add(key);
    const read = readOpening(one.match.policy, one.event.event, {
      tenantZone: zoneOf(context, one.tenant),
      now: context.now,
      refusalOf: context.engine.refusalOf,
    });
    if (!read.ok) {
      note(context.applied, one, { followUp: null, result: 'error', detail: read.detail });
      continue;
    }
    for (const person of read.opening.assignees)
      if (typeof person === 'object' && person !== null)
        people.set(`${one.tenant}\n${person.id}`, incoming(one.tenant, person, read.opening));
    openings.set(one.id + one.match.policy.id, begin(one, read.opening, lane.closed, context));
  }
  const wanted = [...openings.values()].flat().map(({ followUp }) => followUp);
  for (const { assigneeKey, ...followUp } of wanted) if (assigneeKey === '') holders.delete(laneKey(followUp));
  const [, got, early] = await Promise.all([
    upsertRecipients(tx, [...people.values()]),
    takeKeys(tx, [...wanted, ...holders.values()]),
    takeEarly(tx, wanted),
  ]);
  const own = [...openings].map(([event, all]) => [event, all.filter(({ followUp }) => got.has(followUp.id))] as const);
  const holding = [...holders.values()].filter(({ id }) => got.has(id));
  return { openings: new Map(own), holding, early, lost: got.size < wanted.length + holders.size };
}

const isClosing = ({ match: { clause, latest } }: MatchedEvent): boolean =>
  latest && (clause.role === 'resolve' || clause.role === 'cancel');

/** The key itself, whoever is asked: where several are, no opening takes it, so all of them and all closings hold it for a moment. */
const holderOf = (one: MatchedEvent): Holder => ({
  ...keyOf(one),
  slot: slotOfKey(one.tenant, one.match.policy.id, one.match.key),
  assigneeKey: '',
  id: one.id,
});

type Read = Extract<ReturnType<typeof readOpening>, { ok: true }>['opening'];

function begin(one: MatchedEvent, read: Read, closed: readonly FollowUp[], context: ApplyContext): Opening[] {
  const { policy, key } = one.match;
  const slot = slotOfKey(one.tenant, policy.id, key);
  const opening: Omit<TimelineEntry, 'at'> = {
    kind: 'opened',
    reason: 'event',
    data: { event: one.event.id, source: one.event.source },
  };
  return asksOf(policy, read).map((asks): Opening => {
    const opened = { ...opening, data: { ...opening.data, ...leftOutOf(read, asks) } };
    const beginning: Beginning = {
      id: context.minting.mint(context.now, slot),
      tenant: one.tenant,
      slot,
      key,
      generation: 1,
      subject: read.subject,
      data: read.data,
      ...asks,
      requester: read.requester,
      team: read.team,
      watchers: read.watchers,
      dueAt: read.dueAt,
      dueDay: read.dueDay,
    };
    const newest = closed.find((followUp) => followUp.assigneeKey === beginning.assigneeKey);
    if (newest === undefined || !reopens(policy, newest, context))
      return { followUp: newFollowUp(policy, beginning, context.now), opened };
    const again = { ...newest, ...beginning, id: newest.id, generation: newest.generation };
    return {
      followUp: reopenedFollowUp(policy, again, context.now),
      opened: { ...opened, kind: 'reopened', reason: 'reopened' },
      reopens: newest,
    };
  });
}

function reopens(policy: MatchedEvent['match']['policy'], newest: FollowUp, context: ApplyContext): boolean {
  if (policy.onRepeat.kind !== 'reopen' || newest.closedAt === null) return false;
  const { calendar } = policy;
  const frame = { zone: calendar?.zone ?? zoneOf(context, newest.tenant), calendar };
  return addIn(frame, newest.closedAt, 1, policy.onRepeat.within) >= context.now;
}
