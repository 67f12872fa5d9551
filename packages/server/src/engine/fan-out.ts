// A stage that tells a large group: the next members of each, a thousand a transaction, routed as the decision would have
// routed them and written by the same step. Called by sweep.ts; stopping the stage deletes the row (revoke.ts).
import {
  type FollowUp,
  type Input,
  type Instant,
  isHeld,
  type MessageDraft,
  type Policy,
  REFUSALS,
  route,
  type TimelineEntry,
} from '@relance/core';
import type { Tx } from '../store/database.ts';
import { gatherConsent, withUsualFrequency } from '../store/sql/consent.ts';
import { readRecipients } from '../store/sql/directory.ts';
import { type FanOutRow, lockFanOuts, membersAfter, moveFanOut } from '../store/sql/fan-out.ts';
import { lockFree } from '../store/sql/follow-up.ts';
import { NO_SETTINGS, tenantSettings } from '../store/sql/tenant.ts';
import { policyRefOf } from './policy-book.ts';
import { type StepContext, step } from './step.ts';
import type { StepResult, Work } from './work.ts';

const MEMBERS_A_TRANSACTION = 1_000;

/** The next thousand members of each large group a follow-up is telling. */
export async function expand(
  tx: Tx,
  slot: number,
  followUpId: string,
  context: StepContext,
): Promise<{ told: number; result: StepResult }> {
  const [followUp] = await lockFree(tx, slot, [followUpId]);
  // Somebody holds it: the others do not wait for that.
  if (followUp === undefined) return { told: 0, result: { done: [], failed: [] } };
  const { now, policies } = context;
  await policies.load(tx, [policyRefOf(followUp)], now);
  const tenant = (await tenantSettings(tx, [followUp.tenant])).get(followUp.tenant) ?? NO_SETTINGS;
  const policy = policies.get(policyRefOf(followUp));
  const sending = { policy, tenant };
  const unreached: Input[] = [];
  const all: MessageDraft[] = [];
  const news: TimelineEntry[] = [];
  let told = 0;
  for (const row of asDecided(policy, await lockFanOuts(tx, slot, followUpId))) {
    const members = await membersAfter(tx, row, MEMBERS_A_TRANSACTION);
    const { audience } = row.effect;
    const except = audience.kind === 'group' ? audience.except : undefined;
    const others = members.filter((id) => id !== except);
    const messages = await routeMembers(tx, followUp, row, others, sending);
    const over = members.length < MEMBERS_A_TRANSACTION;
    await moveFanOut(tx, row, { cursor: over ? null : (members.at(-1) ?? null), told: members.length });
    unreached.push(...unreachedOf(row, others, messages, now));
    news.push(...heldLines(row, messages, now), ...refusedLines(row, messages, now));
    all.push(...messages);
    // Who left the group before their turn is waited for no longer.
    const gone = over ? Math.max(0, row.awaited - members.length) : 0;
    const { stage, run } = row;
    for (let one = 0; one < gone; one++) unreached.push({ kind: 'unreachable', stage, run, recipient: '', at: now });
    told += members.length;
  }
  // The stage waits for the outcome of each member; those that have no address, or do not exist, get no other.
  const works: Work[] = [{ kind: 'move', followUp, inputs: unreached, messages: all, news }];
  const result = await step(tx, slot, works, context);
  if (result.failed[0] !== undefined) throw result.failed[0].error;
  return { told: Math.max(told, 1), result };
}

/** The newest last, so that it is the one that is sent where several wait for one opening. */
const asDecided = ({ stages }: Policy, rows: readonly FanOutRow[]): readonly FanOutRow[] => {
  const place = new Map(stages.map(({ id, index }) => [id, index]));
  const placeOf = ({ stage }: FanOutRow): number => place.get(stage) ?? stages.length;
  return rows.toSorted((a, b) => a.effect.sendAt - b.effect.sendAt || placeOf(a) - placeOf(b) || a.notify - b.notify);
};

const reachedBy = (messages: readonly MessageDraft[]): ReadonlySet<string> =>
  new Set(messages.filter(({ status }) => status !== 'suppressed').map(({ recipient }) => recipient));

function unreachedOf(
  { stage, run }: FanOutRow,
  members: readonly string[],
  messages: readonly MessageDraft[],
  now: Instant,
): Input[] {
  const reached = reachedBy(messages);
  return members
    .filter((id) => !reached.has(id))
    .map((recipient): Input => ({ kind: 'unreachable', stage, run, recipient, at: now }));
}

/** One line for all that wait for one opening; each message tells its own. */
function heldLines({ stage }: FanOutRow, messages: readonly MessageDraft[], now: Instant): TimelineEntry[] {
  const openings = Map.groupBy(messages.filter(isHeld), ({ heldBy, sendAt }) => `${heldBy} ${sendAt}`);
  return [...openings.values()].flatMap((held): TimelineEntry[] => {
    const [first] = held;
    if (first === undefined || first.heldBy === null) return [];
    const data = { until: first.sendAt, people: new Set(held.map(({ recipient }) => recipient)).size };
    return [{ at: now, kind: 'message_deferred', reason: first.heldBy, stage, data }];
  });
}

/** One line for each channel on which some of those who are reached get nothing: they, or their endpoint, shall not, or have none. */
function refusedLines({ stage }: FanOutRow, messages: readonly MessageDraft[], now: Instant): TimelineEntry[] {
  const reached = reachedBy(messages);
  const refused = messages.filter(
    ({ reason, recipient }) => REFUSALS.has(reason) && (reason !== 'no_endpoint' || reached.has(recipient)),
  );
  const groups = Map.groupBy(refused, ({ channel, reason }) => `${channel} ${reason}`);
  return [...groups.values()].flatMap((own): TimelineEntry[] => {
    const [first] = own;
    if (first === undefined) return [];
    const { reason, channel } = first;
    return [{ at: now, kind: 'message_suppressed', reason, stage, channel, data: { people: own.length } }];
  });
}

async function routeMembers(
  tx: Tx,
  followUp: FollowUp,
  { tenant, effect }: FanOutRow,
  members: readonly string[],
  sending: Parameters<typeof route>[3],
): Promise<MessageDraft[]> {
  const recipients = await readRecipients(
    tx,
    members.map((id) => ({ tenant, id })),
  );
  const asked = { tenant, recipients: recipients.map(({ recipient }) => recipient), unknown: [] };
  const consent = (await gatherConsent(tx, [asked])).get(tenant);
  return recipients.flatMap(({ recipient }) =>
    route(followUp, effect, withUsualFrequency(recipient, consent), { ...sending, consent }),
  );
}
