// What can happen to a follow-up (inputs) and what a decision asks for (effects and timeline entries): closed unions.
// decide.ts turns the first into the second; the shell gathers inputs and carries effects out.
import type { Instant } from './instant.ts';
import type { StoppedBy } from './message.ts';
import type { AnswerProblem } from './policy/answer-schema.ts';
import type { ClauseRole, ContactPlan, StageRole, Urgency } from './policy/policy.ts';
import type { AlarmReason, Reason } from './reason.ts';

/** How surely a person did it. */
export type Evidence = 'machine' | 'likely' | 'proven';

/** Who acts: a recipient, an API key, an event, or Relance itself. */
export type Actor =
  | { readonly kind: 'recipient'; readonly id: string }
  | { readonly kind: 'api'; readonly id: string | null } // `id` is the person named by the caller
  | { readonly kind: 'event'; readonly id: string }
  | { readonly kind: 'system' };

export type Command =
  | { readonly kind: 'acknowledge' }
  | { readonly kind: 'unacknowledge' }
  | { readonly kind: 'resolve'; readonly outcome: string | null }
  | { readonly kind: 'cancel' }
  /** One of the policy's own actions, with what it asks for. */
  | { readonly kind: 'answer'; readonly action: string; readonly answer: unknown }
  /** They have written back, whatever they say: ends it where the policy asks for no more (`resolve.onReply`). */
  | { readonly kind: 'reply' }
  | { readonly kind: 'snooze'; readonly until: Instant }
  | { readonly kind: 'commit'; readonly by: Instant }
  | { readonly kind: 'delegate'; readonly to: string }
  | { readonly kind: 'decline'; readonly why: 'declined' | 'wrong_person' }
  | { readonly kind: 'note' }
  | { readonly kind: 'escalate' }
  | { readonly kind: 'reassign'; readonly to: string }
  | { readonly kind: 'reschedule'; readonly dueAt: Instant | null };
export type CommandKind = Command['kind'];

/** What an event or an API call says about the thing followed up. Absent = unchanged. */
export interface Facts {
  readonly data?: Readonly<Record<string, unknown>>;
  readonly dueAt?: Instant | null;
  /** Where it is a day without a time. */
  readonly dueDay?: string | null;
}

export type Input =
  | { readonly kind: 'tick' }
  /** This recipient has been erased, and is known no longer. */
  | { readonly kind: 'erased'; readonly recipient: string }
  | {
      readonly kind: 'command';
      readonly command: Command;
      readonly actor: Actor;
      readonly evidence: Evidence;
      readonly channel: string | null;
      readonly comment: string | null;
    }
  | {
      readonly kind: 'event';
      readonly role: ClauseRole;
      /** The sender's own id of it; null when it is not an event that says so, but a caller, who is `actor` if named. */
      readonly event: string | null;
      readonly actor?: string;
      readonly facts: Facts;
      readonly outcome: string | null;
      /** The stage that this event runs, of `at: {on}`. */
      readonly stage?: string;
      /** The same event also closes: it runs no stage. */
      readonly closes?: boolean;
    }
  /** The first message of a run to this recipient was handed over, or nothing of it can be. */
  | {
      readonly kind: 'handedOver';
      readonly stage: string;
      readonly run: number;
      readonly recipient: string;
      readonly at: Instant;
    }
  /** Nothing of a run is sent to this recipient: what waited for its hour gave way to a newer stage. */
  | {
      readonly kind: 'superseded';
      readonly stage: string;
      readonly run: number;
      readonly recipient: string;
      readonly at: Instant;
    }
  /** What a resolver that was asked has named, as recipient ids; `detail` where it could not be asked, or made no sense. */
  | {
      readonly kind: 'lookedUp';
      readonly resolver: string;
      readonly to: readonly string[];
      /** The answer holds until then. */
      readonly until: Instant;
      readonly detail: string | null;
    }
  | {
      readonly kind: 'unreachable';
      readonly stage: string;
      readonly run: number;
      readonly recipient: string;
      readonly at: Instant;
    };

/** Whom a stage tells: resolved people, or a large group that is expanded a thousand members a transaction. */
export type Audience =
  | { readonly kind: 'recipients'; readonly ids: readonly string[] }
  /** `except`: who is told apart from the others. */
  | { readonly kind: 'group'; readonly id: string; readonly except?: string };

export type Effect =
  | {
      readonly kind: 'notify';
      readonly stage: string; // a stage id, or `resolved`, `cancelled`, `expired` for the closing notification
      readonly role: StageRole;
      readonly run: number;
      readonly notify: number;
      readonly audience: Audience;
      readonly template: string | null;
      readonly via: ContactPlan;
      readonly urgency: Urgency;
      readonly stoppedBy: StoppedBy;
      readonly sendAt: Instant;
      readonly reason: Reason;
    }
  /**
   * Revoke what has not passed the gate: everything an acknowledgement stops, or everything but closing messages, or one person's.
   * `nothing`: closing messages too, for which `stages` names the endings that are no longer so.
   */
  | {
      readonly kind: 'revoke';
      readonly stoppedBy: StoppedBy;
      readonly recipient: string | null;
      readonly stages: readonly string[] | null;
      readonly reason: Reason;
    }
  /** Find out whom this resolver names; the answer comes back as `lookedUp`. */
  | { readonly kind: 'lookUp'; readonly resolver: string; readonly stage: string | null }
  /** A strategy has picked this member of a group: the next one is another. */
  | { readonly kind: 'turn'; readonly group: string; readonly recipient: string }
  /** Tell operators: the tenant's alarm address, a metric, the log. */
  | { readonly kind: 'alarm'; readonly reason: AlarmReason; readonly stage: string | null; readonly text: string };

export type TimelineKind =
  | 'opened'
  | 'updated'
  | 'waiting'
  | 'looked_up'
  | 'resumed'
  | 'stage_ran'
  | 'stage_skipped'
  | 'stage_superseded'
  | 'message_deferred'
  | 'message_sent'
  | 'message_merged'
  | 'message_delivered'
  | 'message_failed'
  | 'message_uncertain'
  | 'message_revoked'
  | 'message_suppressed'
  | 'message_retried'
  | 'message_bounced'
  | 'message_opened'
  | 'message_clicked'
  | 'message_complained'
  | 'message_unsubscribed'
  | 'replied'
  | 'reply_answered'
  | 'reply_closed'
  | 'marked_away'
  | 'acknowledged'
  | 'unacknowledged'
  | 'snoozed'
  | 'committed'
  | 'answered'
  | 'claimed'
  | 'delegated'
  | 'declined'
  | 'noted'
  | 'escalated'
  | 'reassigned'
  | 'rescheduled'
  | 'replanned'
  | 'resolved'
  | 'cancelled'
  | 'expired'
  | 'reopened'
  | 'alarm'
  | 'parked';

/** One line of a timeline. Its sentence is made when it is read, by sentence.ts. */
export interface TimelineEntry {
  readonly at: Instant;
  readonly kind: TimelineKind;
  readonly reason: Reason;
  readonly stage?: string;
  readonly recipient?: string;
  readonly channel?: string;
  readonly message?: string;
  readonly actor?: string;
  readonly evidence?: Evidence;
  readonly data?: Readonly<Record<string, unknown>>;
}

/** Why a command was refused without changing anything. */
export type Refusal =
  | 'follow_up_closed'
  | 'snooze_too_long'
  | 'snooze_limit'
  | 'commit_too_long'
  | 'time_in_past'
  | 'unknown_recipient'
  | 'nothing_to_escalate'
  | 'unknown_action'
  | 'answer_invalid'
  | 'key_taken';

/** What became of an input. */
export type Answer =
  | { readonly kind: 'done'; readonly changed: boolean }
  | { readonly kind: 'closed' }
  | {
      readonly kind: 'refused';
      readonly refusal: Refusal;
      readonly detail: string;
      /** What is wrong with an answer, field by field. */
      readonly errors?: readonly AnswerProblem[];
    };
