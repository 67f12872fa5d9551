// One notification's contact plan in motion: what news about one message means for the others of the same notification
// and for the stage. Entries with `after` count from the first hand-over, `else` goes only when every earlier entry
// failed or is missing (POLICY.md, *Contact plan*), also days later, when what was delivered comes back. Pure;
// engine/outcome.ts gathers the messages and stores the result.
import { addIn } from './business-time.ts';
import type { Calendar } from './calendar.ts';
import type { Instant } from './instant.ts';
import type { Delay, MessageStatus } from './message.ts';
import type { Channel, Policy, Urgency } from './policy/policy.ts';
import type { Reason } from './reason.ts';

/** A message of the notification as it stands. */
export interface PlanMessage {
  readonly id: string;
  readonly entry: number;
  readonly channel: Channel;
  /** It waits for its hour to come. */
  readonly held: boolean;
  readonly status: MessageStatus;
  readonly after: Delay | null;
  readonly otherwise: boolean;
}

export interface PlanChange {
  readonly id: string;
  readonly status: 'queued' | 'deferred';
  readonly sendAt: Instant | null;
  readonly reason: Reason;
}

export interface PlanResult {
  readonly changes: readonly PlanChange[];
  /** What the stage is told: somebody has it, nobody ever will, or nothing yet. */
  readonly verdict: 'handed_over' | 'unreachable' | null;
}

const FAILED: ReadonlySet<MessageStatus> = new Set(['failed', 'bounced', 'suppressed', 'revoked', 'uncertain']);
const SENT: ReadonlySet<MessageStatus> = new Set(['accepted', 'delivered', 'merged']);

/** `messages`: all of one notification (stage, run, notify, recipient), with the news already in their status. */
export function settlePlan(messages: readonly PlanMessage[], now: Instant, calendar: Calendar | null): PlanResult {
  const ordered = [...messages].sort((a, b) => a.entry - b.entry);
  const changes: PlanChange[] = [];
  // The inbox does not wait for hours: what is in it says nothing while the rest of the notification is held.
  const held = ordered.some((message) => message.held);
  let sent = false;
  let allFailed = true;
  for (const message of ordered) {
    if (message.status === 'planned') {
      const change = nextFor(message, { sent, allFailed }, now, calendar);
      if (change !== null) changes.push(change);
      allFailed = false;
      continue;
    }
    if (SENT.has(message.status) && !(held && message.channel === 'inbox')) sent = true;
    if (!FAILED.has(message.status)) allFailed = false;
  }
  const maybe = ordered.some((message) => message.status === 'uncertain');
  return { changes, verdict: sent || (allFailed && maybe) ? 'handed_over' : allFailed ? 'unreachable' : null };
}

function nextFor(
  message: PlanMessage,
  earlier: { sent: boolean; allFailed: boolean },
  now: Instant,
  calendar: Calendar | null,
): PlanChange | null {
  if (earlier.allFailed) return { id: message.id, status: 'queued', sendAt: now, reason: 'channel_failed' };
  const { after } = message;
  if (message.otherwise || after === null || !earlier.sent) return null;
  const sendAt = addIn({ zone: after.zone, calendar }, now, 1, after.duration);
  return { id: message.id, status: 'deferred', sendAt, reason: 'after_elapsed' };
}

/** What to do with a message that may or may not have been accepted (POLICY.md, `onUncertain`). */
export function onUncertain(
  policy: Pick<Policy, 'onUncertain'>,
  urgency: Urgency,
  otherChannelLeft: boolean,
): 'resend' | 'leave' {
  if (policy.onUncertain === 'resend') return 'resend';
  if (policy.onUncertain === 'next-channel' && !otherChannelLeft && urgency === 'urgent') return 'resend';
  return 'leave';
}
