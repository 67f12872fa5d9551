// From a notification to messages: which channels of the contact plan one recipient gets, and when, each with a reason.
// Limits of the recipient (quiet hours, budgets, preferences) take their place here. Pure; engine/step stores the result.

import type { Effect } from './input.ts';
import { DAY_MS, HOUR_MS } from './instant.ts';
import { type MessageDraft, messageId } from './message.ts';
import type { Duration } from './policy/duration.ts';
import type { Channel, ContactPlan, PlanEntry, Urgency } from './policy/policy.ts';
import type { Reason } from './reason.ts';
import type { Recipient } from './recipient.ts';

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

function planFor(via: ContactPlan, recipient: Recipient, urgency: Urgency): readonly PlanEntry[] {
  if (via !== 'preferred') return via;
  const urgent = urgency === 'urgent';
  const own = urgent ? recipient.plan.urgent : recipient.plan.normal;
  return own !== null && own !== 'preferred' ? own : urgent ? DEFAULT_URGENT_PLAN : DEFAULT_PLAN;
}

/** The recipient's address on a channel; the inbox needs none, so it is their id. */
export function addressOf(recipient: Recipient, channel: Channel): string | null {
  if (channel === 'inbox') return recipient.id;
  const listed = recipient.endpoints.find((endpoint) => endpoint.channel === channel)?.address ?? null;
  if (channel === 'email') return recipient.email ?? listed;
  if (channel === 'sms') return recipient.phone ?? listed;
  return listed;
}

/** Waits between channels are short and need no wall time, so a day is 24 hours here. */
const waitMs = (duration: Duration): number => {
  switch (duration.kind) {
    case 'exact':
      return duration.ms;
    case 'days':
      return duration.days * DAY_MS + duration.ms;
    case 'businessHours':
      return duration.hours * HOUR_MS;
    case 'businessDays':
      return duration.days * DAY_MS;
  }
};

/**
 * One message for each entry of the plan: `queued` goes at once, `planned` waits for the entries before it, `suppressed`
 * has no address. With nothing but suppressed messages the recipient is unreachable.
 */
export function route(
  followUp: { readonly id: string; readonly generation: number },
  effect: NotifyEffect,
  recipient: Recipient,
): readonly MessageDraft[] {
  const messages: MessageDraft[] = [];
  let reachable = false;
  planFor(effect.via, recipient, effect.urgency).forEach((planned, index) => {
    const missing = addressOf(recipient, planned.channel) === null;
    const waits = reachable && (planned.after !== null || planned.else);
    const reason: Reason = missing
      ? 'no_endpoint'
      : !waits && (planned.after !== null || planned.else)
        ? 'channel_failed'
        : effect.reason;
    messages.push({
      id: messageId(followUp, {
        stage: effect.stage,
        run: effect.run,
        notify: effect.notify,
        recipient: recipient.id,
        entry: index,
        channel: planned.channel,
      }),
      followUp: followUp.id,
      stage: effect.stage,
      run: effect.run,
      notify: effect.notify,
      entry: index,
      recipient: recipient.id,
      channel: planned.channel,
      status: missing ? 'suppressed' : waits ? 'planned' : 'queued',
      sendAt: missing || waits ? null : effect.sendAt,
      afterMs: planned.after === null ? null : waitMs(planned.after),
      otherwise: planned.else,
      template: effect.template,
      urgency: effect.urgency,
      stoppedBy: effect.stoppedBy,
      role: effect.role,
      reason,
    });
    if (!missing) reachable = true;
  });
  return messages;
}
