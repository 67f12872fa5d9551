// From a notification to messages: which channels of the contact plan one recipient gets, and when, each with a reason.
// Hours and what the recipient has chosen hold what may not leave now (allowed-at.ts). Pure; engine/step stores the result.

import { allowedAt, type Sending, zoneOf } from './allowed-at.ts';
import { NO_CONSENT_KNOWN, refusalOf } from './consent.ts';
import type { Effect } from './input.ts';
import type { Instant } from './instant.ts';
import { type MessageDraft, messageId } from './message.ts';
import type { Channel, ContactPlan, PlanEntry, Policy, Urgency } from './policy/policy.ts';
import { interrupts } from './preference.ts';
import type { Reason } from './reason.ts';
import { blankRecipient, type Recipient } from './recipient.ts';

export type NotifyEffect = Extract<Effect, { kind: 'notify' }>;

const entry = (channel: Channel, afterMs: number | null = null): PlanEntry => ({
  channel,
  after: afterMs === null ? null : { kind: 'exact', ms: afterMs },
  else: false,
});
/** `via: preferred` for someone without a plan of their own (POLICY.md, *Contact plan*). */
const DEFAULT_PLAN: readonly PlanEntry[] = [entry('inbox'), entry('email')];
const DEFAULT_URGENT_PLAN: readonly PlanEntry[] = [
  entry('push'),
  entry('inbox'),
  entry('email'),
  entry('sms', 600_000),
];

/** Somebody of whom nothing is known. */
export const ANYBODY: Recipient = blankRecipient('');

/** Which channels somebody is told on, in their order. */
export function planFor(via: ContactPlan, recipient: Recipient, urgency: Urgency): readonly PlanEntry[] {
  if (via !== 'preferred') return via;
  const urgent = urgency === 'urgent';
  const own = urgent ? recipient.plan.urgent : recipient.plan.normal;
  return own !== null && own !== 'preferred' ? own : urgent ? DEFAULT_URGENT_PLAN : DEFAULT_PLAN;
}

/**
 * The recipient's address on a channel; the inbox needs none, so it is their id. A push goes to all their devices at once,
 * one line each (device.ts): it is one message, whichever of them is looked at.
 */
export function addressOf(recipient: Recipient, channel: Channel): string | null {
  if (channel === 'inbox') return recipient.id;
  const all = recipient.endpoints.filter((endpoint) => endpoint.channel === channel && endpoint.copy === undefined);
  if (channel === 'push') return all.length === 0 ? null : all.map(({ address }) => address).join('\n');
  const listed = all[0]?.address ?? null;
  if (channel === 'email') return recipient.email ?? listed;
  if (channel === 'sms') return recipient.phone ?? listed;
  return listed;
}

/** Further addresses that get a copy of the same mail. */
export const copiesFor = (recipient: Recipient): readonly { readonly address: string; readonly as: 'cc' | 'bcc' }[] =>
  recipient.endpoints.flatMap(({ channel, address, copy }) =>
    channel === 'email' && copy !== undefined ? [{ address, as: copy }] : [],
  );

/**
 * One message for each entry of the plan: `queued` goes at once, `deferred` is held until it may leave, `planned` waits for
 * the entries before it, `suppressed` has no address, no hour in which it may leave, or nobody who wants it
 * (consent.ts): the next entry goes in its place at once. With nothing but suppressed messages
 * the recipient is unreachable.
 */
export function route(
  followUp: { readonly id: string; readonly generation: number; readonly nextAt?: Instant | null },
  effect: NotifyEffect,
  recipient: Recipient,
  sending: Sending & { readonly policy: Pick<Policy, 'id' | 'consolidate'> },
): readonly MessageDraft[] {
  const messages: MessageDraft[] = [];
  let reachable = false;
  planFor(effect.via, recipient, effect.urgency).forEach((planned, index) => {
    const { stage, run, notify, urgency } = effect;
    const { channel } = planned;
    const waits = reachable && (planned.after !== null || planned.else);
    const stepsIn = !waits && (planned.after !== null || planned.else);
    const noLaterThan = followUp.nextAt ?? null;
    const time = allowedAt(sending, { stage, channel, urgency, noLaterThan }, recipient, effect.sendAt);
    const missing: Reason | null =
      refusedAt(sending, recipient, channel) ?? (time === 'never' ? 'never_allowed' : null);
    const { at, heldBy, together } = missing !== null || waits || time === 'never' ? NO_TIME : time;
    messages.push({
      id: messageId(followUp, { stage, run, notify, recipient: recipient.id, entry: index, channel }),
      followUp: followUp.id,
      stage,
      run,
      notify,
      entry: index,
      recipient: recipient.id,
      channel,
      status: missing !== null ? 'suppressed' : waits ? 'planned' : heldBy === null ? 'queued' : 'deferred',
      sendAt: at,
      heldBy,
      together: together ? DIGEST : consolidated(sending.policy, channel),
      after: planned.after === null ? null : { duration: planned.after, zone: zoneOf(sending, recipient) },
      otherwise: planned.else,
      template: effect.template,
      urgency,
      stoppedBy: effect.stoppedBy,
      role: effect.role,
      reason: missing ?? (stepsIn ? 'channel_failed' : effect.reason),
    });
    if (missing === null) reachable = true;
  });
  return messages;
}

/** Why somebody gets nothing on a channel, whenever it is. */
export const REFUSALS: ReadonlySet<Reason> = new Set(['opted_out', 'endpoint_suppressed', 'no_endpoint']);

/** Whether there is where to send it, and consent. */
function refusedAt({ policy, consent }: Sending, recipient: Recipient, channel: Channel): Reason | null {
  const address = addressOf(recipient, channel);
  if (address === null) return 'no_endpoint';
  const { category } = policy;
  return refusalOf(consent ?? NO_CONSENT_KNOWN, { recipient: recipient.id, channel, address, category });
}

const NO_TIME = { at: null, heldBy: null, together: false } as const;

/** What goes together in one message: a reader's digest, and what a policy with `consolidate` says to one person. */
export const DIGEST = 'digest';
const consolidated = ({ id, consolidate }: Pick<Policy, 'id' | 'consolidate'>, channel: Channel): string | null =>
  consolidate === 'assignee' && interrupts(channel) ? `policy:${id}` : null;
