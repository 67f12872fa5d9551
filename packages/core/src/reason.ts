// Why something was or was not done: one closed list, used by the core, the timeline, the messages, the docs and the
// dashboard. sentence.ts says each in English; the reference is generated from here.

export const REASONS = {
  opened: 'the follow-up was opened',
  stage_due: 'the stage reached its time',
  repeat_elapsed: 'the repeat interval passed without a response',
  no_response: 'nobody has responded in time',
  assignee_not_told: 'its time came and nothing has told the assignee yet',
  assignee_unreachable: 'the assignee cannot be reached on any channel',
  late_at_opening: 'the stage was already past when the follow-up opened',
  late_after_change: 'the stage was already past when the date it counts from was set',
  late_for_assignee: 'the stage was already past when the assignee became known',
  after_outage: 'the stage became due while Relance was not running',
  held_by_pause: 'its time passed while reminders were paused',
  acknowledgement_expired: 'the acknowledgement ran out without a resolution',
  acknowledgement_limit: 'the acknowledgement limit of the policy is reached',
  snooze_ended: 'the snooze ran out',
  commitment_missed: 'the committed date passed',
  claimed: 'somebody said that it is done, which is to be confirmed',
  claim_ended: 'nobody has confirmed that it is done',
  answered: 'an answer was given',
  reply: 'somebody replied',
  reply_unclear: 'what somebody replied is for people to read',
  automatic_reply: 'a program replied, which is no answer',
  require_lowered: 'fewer people are asked than must answer, so all of them must',
  reassigned: 'the follow-up was reassigned',
  delegated: 'the assignee delegated it',
  away: 'the assignee is away',
  declined: 'the assignee declined it',
  wrong_person: 'the assignee said it is for someone else',
  rescheduled: 'the due date moved',
  calendar_changed: 'the calendar or time zone it counts in has changed',
  escalated_by_hand: 'a person asked to escalate now',
  reopened: 'the follow-up was opened again',
  condition_false: 'the condition of the stage is false',
  superseded: 'a newer stage is sent instead',
  event: 'an event said so',
  command: 'a person or system said so',
  resolved: 'the follow-up is resolved',
  cancelled: 'the follow-up is cancelled',
  expired: 'the follow-up reached its age limit',
  acknowledged: 'somebody acknowledged it',
  snoozed: 'somebody snoozed it',
  committed: 'somebody committed to a date',
  responded: 'somebody has responded meanwhile',
  policy_changed: 'the plan of the follow-up changed',
  target_empty: 'the target has nobody, so the fallback is told',
  nobody_reached: 'neither the target nor the fallback has anybody',
  recipient_erased: 'the person it named has been erased',
  unknown_recipient: 'the recipient is not known yet',
  recipient_known: 'the recipient is known now',
  no_due_date: 'there is no due date yet',
  event_awaited: 'only an event runs what is left',
  changed: 'a value that it watches has changed',
  anchor_missing: 'the moment the stage counts from has not come yet',
  condition_failed: 'the condition of the stage cannot be evaluated',
  stages_exhausted: 'every stage has run and nobody has acted',
  quiet_hours: 'it is quiet hours where the recipient is',
  window: 'it is outside the hours in which it may be sent',
  calendar: 'the calendar is closed',
  paused: 'the recipient wants to be left alone until then',
  digest: 'the recipient wants these together',
  budget: 'the recipient has had as many messages as their budget allows for now',
  never_allowed: 'there is no hour in which it may be sent',
  resolver_asked: 'a resolver was asked who it is',
  resolver_answered: 'the resolver has answered',
  resolver_failed: 'the resolver gave no answer that could be used',
  throttled: 'the throttle of the policy allows no more for now',
  hand_over_pending: 'an earlier message has not been handed over yet',
  no_endpoint: 'the recipient has no address on this channel',
  endpoint_suppressed: 'nothing is sent to this address any more',
  opted_out: 'the recipient does not want messages of this category',
  channel_failed: 'the earlier channel failed or is missing',
  after_elapsed: 'nobody responded on the earlier channel in time',
  merged: 'it went together with others in one message',
  accepted: 'the provider accepted it',
  delivered: 'the provider delivered it',
  bounced: 'the message came back',
  receipt: 'the provider said so',
  provider_retry: 'the provider asked to try again later',
  provider_rejected: 'the provider refused it',
  provider_uncertain: 'the provider may or may not have accepted it',
  retries_exhausted: 'every try was refused for the moment',
  render_failed: 'the template could not be rendered',
  connection_failed_over: 'the connection did not accept it, so the next one is tried',
  connection_down: 'the provider is down and is left alone for a moment',
  rate_limited: 'the connection sends no faster than this',
  quota_spent: 'the tenant has used up its messages for now',
  no_connection: 'no connection is configured for this channel',
  expired_before_send: 'it was too old to be useful',
  early_event: 'an event that arrived before its start was kept and matched',
  already_live: 'a live follow-up has this key',
  repeated: 'the same was asked for again',
  parked: 'it could not be processed and waits for an operator',
  orphaned: 'nothing wakes it and it has no reason to wait',
  alarm_raised: 'operators are told of alarms',
  link_asked: 'the recipient asked for a fresh link',
  lease_expired: 'the node that held it stopped',
  first_notification: 'it is the first notification',
} as const;

export type Reason = keyof typeof REASONS;

/** Of which operators are told by an alarm. Closed, so that each is counted from 0 before there is any (app/metrics.ts). */
export const ALARM_REASONS = [
  'nobody_reached',
  'target_empty',
  'assignee_unreachable',
  'unknown_recipient',
  'resolver_failed',
  'condition_failed',
  'parked',
] as const satisfies readonly Reason[];
export type AlarmReason = (typeof ALARM_REASONS)[number];

/** Why a stage is sent, or not, at another time than its own. */
export type LateReason = 'late_at_opening' | 'late_after_change' | 'late_for_assignee';

/** Why a live follow-up has no wake time: what it waits for instead of the clock. */
export type WaitReason =
  | 'no_due_date'
  | 'anchor_missing'
  | 'event_awaited'
  | 'stages_exhausted'
  | 'hand_over_pending'
  | 'unknown_recipient'
  | 'resolver_asked'
  | 'parked';
