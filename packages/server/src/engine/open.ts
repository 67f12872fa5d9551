// Opening by API or by hand, and opening again. What the caller leaves out is read from the policy's own expressions,
// as if an event with the same data had come. Runs in its own transaction or inside a caller's.
import {
  type Actor,
  asksOf,
  DEFAULT_ZONE,
  type FollowUp,
  type Input,
  type Instant,
  isLive,
  leftOutOf,
  newFollowUp,
  type OpeningGiven,
  opensForEach,
  type Policy,
  readKey,
  readOpening,
  reopenedFollowUp,
  slotOfKey,
  type TimelineEntry,
} from '@relance/core';
import type { Tx } from '../store/database.ts';
import { readClock } from '../store/sql/clock.ts';
import { type EarlyEvent, takeEarly } from '../store/sql/event.ts';
import { lockFollowUps } from '../store/sql/follow-up.ts';
import { findByKeys, freeKeys, type Holder, takeKeys } from '../store/sql/live-key.ts';
import { latestVersion } from '../store/sql/policy-version.ts';
import { incoming, upsertRecipients } from '../store/sql/recipient-upsert.ts';
import { inFlightOf } from '../store/sql/revoke.ts';
import { NO_SETTINGS, tenantSettings } from '../store/sql/tenant.ts';
import { inputOfEarly, isEarlyFor } from './early.ts';
import type { Engine } from './engine.ts';
import { policyRefOf, UnreadablePolicy } from './policy-book.ts';
import type { CommandOutcome, OpenOutcome, OpenRequest } from './ports.ts';
import { step } from './step.ts';
import type { StepResult, Work } from './work.ts';

/** Why nothing is opened or fed: this release cannot read the version that it would take. */
export const UNREADABLE = 'policy_unreadable';

export async function openInside(
  tx: Tx,
  engine: Pick<Engine, 'policies' | 'mint' | 'refusalOf'>,
  tenant: string,
  asked: OpenRequest,
  reports: StepResult[],
): Promise<OpenOutcome> {
  const latest = await latestVersion(tx, tenant, asked.policy);
  if (latest === null)
    return {
      kind: 'rejected',
      code: 'policy_not_found',
      detail: `There is no policy "${asked.policy}". Publish it with PUT /v1/policies/${asked.policy}.`,
    };
  const { now } = await readClock(tx);
  await engine.policies.load(tx, [latest], now);
  const policy = engine.policies.look(latest);
  if (policy instanceof UnreadablePolicy) return { kind: 'rejected', code: UNREADABLE, detail: policy.message };
  if (policy === null) throw new Error(`Policy ${latest.id} has no version ${latest.version}.`);
  const { zone } = (await tenantSettings(tx, [tenant])).get(tenant) ?? NO_SETTINGS;
  const named = keyedBy(policy, asked);
  if (!named.ok) return { kind: 'rejected', code: named.code, detail: named.detail };
  const request: Keyed = { ...asked, key: named.key };
  const event = {
    id: `api/${request.key}`,
    source: 'relance',
    type: 'relance.open',
    subject: request.key,
    data: request.data ?? {},
  };
  const { refusalOf } = engine;
  const read = readOpening(policy, event, {
    tenantZone: zone ?? DEFAULT_ZONE,
    now,
    given: givenBy(request),
    refusalOf,
  });
  if (!read.ok) return { kind: 'rejected', code: read.code, detail: read.detail };
  const slot = slotOfKey(tenant, policy.id, request.key);
  const { opening } = read;
  const people = opening.assignees.filter((one): one is Exclude<typeof one, string> => typeof one !== 'string');
  await upsertRecipients(
    tx,
    people.map((recipient) => incoming(tenant, recipient, opening)),
  );
  const followUp = beginOne(policy, request.key, opening, { tenant, slot, id: engine.mint(now, slot), now });
  // Where several are asked under one key, the key itself is held as well, so that no closing is kept unseen (early.ts).
  const holding = !opensForEach(policy)
    ? []
    : [{ ...followUp, id: engine.mint(now, slot), assigneeKey: '' } satisfies Holder];
  const [taken, early] = await Promise.all([
    takeKeys(tx, [followUp, ...holding]),
    takeEarly(tx, [followUp]),
    freeKeys(tx, slot, holding),
  ]);
  if (!taken.has(followUp.id))
    return feedLive(
      tx,
      engine,
      { tenant, slot, request, assigneeKey: followUp.assigneeKey, dueAt: opening.dueAt, dueDay: opening.dueDay },
      reports,
    );
  const opened: Omit<TimelineEntry, 'at'> = {
    kind: 'opened',
    reason: 'command',
    ...(request.actor === undefined ? {} : { actor: request.actor }),
    ...(opening.leftOut.length === 0 ? {} : { data: leftOutOf(opening, asksOf(policy, opening)[0]) }),
  };
  return {
    kind: 'opened',
    followUp: await decideOne(
      tx,
      engine,
      slot,
      { kind: 'open', followUp, opened, inputs: await earlyInputs(tx, followUp, early) },
      { now, reports },
    ),
  };
}

type Keyed = OpenRequest & { readonly key: string };

/** The key that was given, else the one that the policy makes of the data, so that its events find it. */
function keyedBy(policy: Policy, { key, data = {} }: OpenRequest): ReturnType<typeof readKey> {
  if (key !== undefined) return { ok: true, key };
  return readKey(policy, { key: null }, { id: 'api', source: 'relance', type: 'relance.open', data });
}

type Read = Extract<ReturnType<typeof readOpening>, { ok: true }>['opening'];

/** The new follow-up of the first person who is asked. */
function beginOne(
  policy: Policy,
  key: string,
  opening: Read,
  { tenant, slot, id, now }: { tenant: string; slot: number; id: string; now: Instant },
): FollowUp {
  const [asks] = asksOf(policy, opening);
  return newFollowUp(
    policy,
    {
      id,
      tenant,
      slot,
      key,
      ...asks,
      generation: 1,
      subject: opening.subject,
      data: opening.data,
      requester: opening.requester,
      team: opening.team,
      watchers: opening.watchers,
      dueAt: opening.dueAt,
      dueDay: opening.dueDay,
    },
    now,
  );
}

/** What came before an opening by API and is about it. */
async function earlyInputs(tx: Tx, followUp: FollowUp, early: readonly EarlyEvent[]): Promise<readonly Input[]> {
  if (early.length === 0) return [];
  const before = await findByKeys(tx, followUp.slot, [followUp]);
  return early.filter((one) => isEarlyFor(one, null, followUp.openedAt, before.length > 0)).map(inputOfEarly);
}

const givenBy = (request: Keyed): OpeningGiven => ({
  ...(request.subject === undefined ? {} : { subject: request.subject }),
  ...(request.assignee === undefined ? {} : { assignees: [request.assignee] }),
  ...(request.requester === undefined ? {} : { requester: request.requester }),
  ...(request.team === undefined ? {} : { team: request.team }),
  ...(request.watchers === undefined ? {} : { watchers: request.watchers }),
  ...(request.dueAt === undefined ? {} : { dueAt: request.dueAt }),
  ...(request.dueDay === undefined ? {} : { dueDay: request.dueDay }),
  key: request.key,
});

interface Feeding {
  readonly tenant: string;
  readonly slot: number;
  readonly request: Keyed;
  readonly assigneeKey: string;
  readonly dueAt: FollowUp['dueAt'];
  readonly dueDay: FollowUp['dueDay'];
}

/** A live follow-up has the key: opening again feeds it. */
async function feedLive(
  tx: Tx,
  engine: Pick<Engine, 'policies'>,
  feeding: Feeding,
  reports: StepResult[],
): Promise<OpenOutcome> {
  const { tenant, slot, request } = feeding;
  const all = await findByKeys(tx, slot, [{ tenant, policy: request.policy, key: request.key }]);
  const live = all.find((one) => isLive(one.status) && one.assigneeKey === feeding.assigneeKey);
  const [followUp] = await lockFollowUps(tx, slot, live === undefined ? [] : [live.id]);
  if (followUp === undefined || !isLive(followUp.status))
    return {
      kind: 'rejected',
      code: 'conflict',
      detail: 'The live follow-up with this key closed at this moment. Try again.',
    };
  const facts = {
    ...(request.data === undefined ? {} : { data: request.data }),
    ...(request.dueAt === undefined && request.dueDay === undefined
      ? {}
      : { dueAt: feeding.dueAt, dueDay: feeding.dueDay }),
  };
  const work: Work = {
    kind: 'move',
    followUp,
    inputs: [
      {
        kind: 'event',
        role: 'update',
        event: null,
        facts,
        outcome: null,
        ...(request.actor === undefined ? {} : { actor: request.actor }),
      },
    ],
  };
  const { now } = await readClock(tx);
  return { kind: 'updated', followUp: await decideOne(tx, engine, slot, work, { now, reports }) };
}

/** A new one at the moment it opens at: a stage that is due then is not late. */
async function decideOne(
  tx: Tx,
  engine: Pick<Engine, 'policies'>,
  slot: number,
  work: Work,
  { now, reports }: { readonly now: Instant; readonly reports: StepResult[] },
): Promise<FollowUp> {
  const result = await step(tx, slot, [work], { policies: engine.policies, now });
  reports.push(result);
  const [done] = result.done;
  if (done === undefined) throw result.failed[0]?.error ?? new Error('Nothing was decided.');
  return done.step.followUp;
}

/** Starts generation + 1 of a closed follow-up, if its key is still free. */
export async function reopenInside(
  tx: Tx,
  engine: Pick<Engine, 'policies'>,
  closed: FollowUp,
  actor: Actor,
  reports: StepResult[],
): Promise<CommandOutcome> {
  const { slot } = closed;
  const { now } = await readClock(tx);
  await engine.policies.load(tx, [policyRefOf(closed)], now);
  const policy = engine.policies.look(policyRefOf(closed));
  if (policy instanceof UnreadablePolicy) return { kind: 'unreadable', detail: policy.message, followUp: closed };
  if (policy === null) throw new Error(`Policy ${closed.policy} has no version ${closed.version}.`);
  const taken = await takeKeys(tx, [closed]);
  if (!taken.has(closed.id))
    return {
      kind: 'refused',
      refusal: 'key_taken',
      detail: 'A newer follow-up with the same key is live.',
      followUp: closed,
    };
  const person = actor.kind === 'recipient' || actor.kind === 'api' ? actor.id : null;
  const opened: Omit<TimelineEntry, 'at'> = {
    kind: 'reopened',
    reason: 'command',
    ...(person === null ? {} : { actor: person }),
  };
  const followUp = await decideOne(
    tx,
    engine,
    slot,
    { kind: 'open', followUp: reopenedFollowUp(policy, closed, now), opened, inputs: [], reopens: closed },
    { now, reports },
  );
  return { kind: 'done', followUp, changed: true, inFlight: await inFlightOf(tx, slot, closed.id) };
}
