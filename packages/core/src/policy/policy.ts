// A published policy as the core runs it: every text of POLICY.md parsed once, defaults filled in.
// compile.ts makes it from the written form (schema.ts); decide.ts and route.ts read it. Nothing here is mutable:
// a version is immutable once published, so a compiled policy is cached for ever.
import type { Calendar } from '../calendar.ts';
import type { SendHours } from '../send-window.ts';
import type { AnswerSchema } from './answer-schema.ts';
import type { ActivityAsk } from './cel-activity.ts';
import type { Condition } from './condition.ts';
import type { Duration } from './duration.ts';
import type { WrittenCalendar } from './schema-calendar.ts';

export type Urgency = 'low' | 'normal' | 'high' | 'urgent';
export const CHANNELS = ['email', 'sms', 'push', 'inbox', 'chat', 'webhook'] as const;
export type Channel = (typeof CHANNELS)[number];
export const isChannel = (written: unknown): written is Channel => CHANNELS.some((channel) => channel === written);
export type StageRole = 'notice' | 'reminder' | 'final' | 'escalation' | 'update' | 'confirmation';

export type Anchor =
  | { readonly kind: 'opened' | 'due' | 'acknowledged' | 'commitment' }
  | { readonly kind: 'data'; readonly field: string }
  | { readonly kind: 'stage'; readonly stage: string; readonly last: boolean }
  /** Runs once for each event that the clause of this stage means. */
  | { readonly kind: 'event' }
  /** Runs when an event has changed this field of the data, as in `['status']`. */
  | { readonly kind: 'changed'; readonly field: readonly string[] };

/** A stage that no clock runs: a status update. */
export const isEventStage = ({ at: { anchor } }: Stage): boolean =>
  anchor.kind === 'event' || anchor.kind === 'changed';

/** `due - 3 days`: sign is +1 or -1. A bare anchor has an exact duration of 0 ms. */
export interface Offset {
  readonly anchor: Anchor;
  readonly sign: 1 | -1;
  readonly duration: Duration;
}

export type GroupStrategy = 'all' | 'round-robin' | 'least-busy' | 'first-available';
export type Target =
  | { readonly kind: 'assignee' | 'requester' | 'team' | 'watchers' | 'notified' | 'escalated' }
  | { readonly kind: 'manager'; readonly level: number }
  | { readonly kind: 'group'; readonly id: string; readonly strategy: GroupStrategy }
  | { readonly kind: 'onCall'; readonly schedule: string; readonly level: number }
  | { readonly kind: 'recipient'; readonly id: string }
  | { readonly kind: 'resolver'; readonly name: string };

/** One entry of a contact plan. Neither `after` nor `else`: goes at once. */
export interface PlanEntry {
  readonly channel: Channel;
  readonly after: Duration | null;
  readonly else: boolean;
}
export type ContactPlan = 'preferred' | readonly PlanEntry[];

export interface Notify {
  /** Tried in order for an empty target; all of a list are told. */
  readonly to: readonly Target[];
  readonly template: string | null;
  readonly via: ContactPlan;
  /** Of the built-in confirmation: whoever ended it is told, whatever their part in it. */
  readonly tellsEnder?: boolean;
}

export interface Repeat {
  readonly every: Duration;
  readonly times: number; // every run, the first included
  readonly until: 'acknowledged' | 'resolved' | null;
}

export interface Stage {
  readonly id: string;
  readonly index: number;
  readonly role: StageRole;
  readonly at: Offset;
  readonly when: Condition | null;
  /** When its messages may leave; null: at any hour. */
  readonly hours: SendHours | null;
  readonly repeat: Repeat | null;
  readonly until: 'acknowledged' | 'resolved';
  readonly urgency: Urgency | null; // null: the follow-up's
  readonly consequence: string | null; // Liquid
  readonly notify: readonly Notify[];
  readonly escalate: {
    readonly to: readonly Target[];
    readonly mode: 'add' | 'reassign';
    readonly raise: Urgency | null;
  } | null;
}

export type ClauseRole = 'open' | 'update' | 'resolve' | 'cancel';
export interface Clause {
  readonly role: ClauseRole;
  readonly on: readonly string[]; // event types; a trailing * is a prefix
  readonly when: Condition | null;
  readonly key: Condition | null; // null: the policy's key
  readonly stage: string | null; // runs this stage, of `at: {on}`
  readonly outcome: string | null;
}

/** Who may say that it is done (POLICY.md, `resolvableBy`). */
export type Closer = 'event' | 'assignee' | 'requester' | 'team' | 'escalated' | 'api';

/** A button of the policy's own. One that neither resolves nor rejects is only recorded. */
export interface Action {
  readonly id: string;
  readonly label: string;
  readonly outcome: string;
  readonly resolves: boolean;
  readonly rejects: boolean;
  readonly answer: AnswerSchema | null;
}
export const closes = ({ resolves, rejects }: Pick<Action, 'resolves' | 'rejects'>): boolean => resolves || rejects;

export interface Policy {
  readonly id: string;
  readonly version: number;
  readonly title: string;
  readonly description: string;
  readonly category: string;
  readonly urgency: Urgency;
  readonly clauses: readonly Clause[];
  readonly key: Condition;
  readonly subject: {
    readonly type: string;
    readonly id: Condition | null;
    readonly title: Condition | null;
    readonly url: Condition | null;
  };
  readonly data: Condition | null;
  readonly assignee: Condition | null; // exactly one of assignee, assigneeTarget and assignees
  /** Its first person is asked, whoever that is at the opening. */
  readonly assigneeTarget: Target | null;
  readonly assignees: Condition | null;
  readonly requester: Condition | null;
  readonly team:
    | { readonly kind: 'id'; readonly id: string }
    | { readonly kind: 'condition'; readonly condition: Condition }
    | null;
  readonly watchers: Condition | null;
  readonly due: Condition | null;
  /** Which calendar its time is counted in, as written; null: days in the assignee's zone, else the tenant's. */
  readonly calendarSource:
    | { readonly kind: 'named'; readonly id: string }
    | { readonly kind: 'written'; readonly written: WrittenCalendar }
    | null;
  /** That calendar; one with a name or with holidays is null until whoever loads the policy has read it (withCalendar). */
  readonly calendar: Calendar | null;
  readonly fallback: Target | null;
  /** Anybody else's "done" is a claim, which pauses for so long. */
  readonly resolvableBy: readonly Closer[];
  readonly claimFor: Duration;
  readonly unknownGrace: Duration;
  readonly actions: readonly Action[];
  /** How many of `assignees` must answer; they share one follow-up then. Null: one follow-up for each. */
  readonly require: number | 'all' | null;
  readonly rejectOn: 'first' | 'majority';
  readonly acknowledged: { readonly resumeAfter: Duration; readonly max: number };
  readonly snooze: { readonly max: Duration; readonly times: number };
  readonly commit: { readonly max: Duration };
  readonly late: {
    readonly atOpening: 'first' | 'newest' | 'all' | 'skip';
    readonly afterOutage: 'newest' | 'all' | 'skip';
  };
  readonly expireAfter: Duration | null;
  readonly onRepeat: { readonly kind: 'new' } | { readonly kind: 'reopen'; readonly within: Duration };
  /** At most so many runs of one follow-up in any such length of time. */
  /** Messages to one person that leave at the same time leave as one. */
  readonly consolidate: 'none' | 'assignee';
  readonly throttle: { readonly atMost: number; readonly per: Duration } | null;
  readonly onUncertain: 'next-channel' | 'resend' | 'wait';
  /** Whoever is asked ends it by writing back, whatever they say; null: only what they say counts. */
  readonly onReply: { readonly outcome: string } | null;
  readonly stages: readonly Stage[];
  /** Closing notifications; null where the policy says none. `resolved` has a built-in one. */
  readonly closing: {
    readonly resolved: readonly Notify[];
    readonly cancelled: readonly Notify[];
    readonly expired: readonly Notify[];
  };
  /** What must be gathered before a decision: the deepest manager level, and what any target names. */
  readonly needs: {
    readonly managerLevels: number;
    readonly groups: readonly string[];
    /** Those of them of which a strategy picks one member. */
    readonly picks: readonly string[];
    readonly recipients: readonly string[];
    readonly resolvers: readonly string[];
    /** Each level of a schedule that is asked who is on call. */
    readonly schedules: readonly { readonly id: string; readonly level: number }[];
    /** What conditions of stages ask of the assignee's history. */
    readonly activity: readonly ActivityAsk[];
    readonly pending: boolean;
    readonly engagement: boolean;
  };
}

/** Whether each of `assignees` has a follow-up of their own. */
export const opensForEach = ({ assignees, require }: Policy): boolean => assignees !== null && require === null;

/** The same policy, counting in this calendar. Calendars change and years pass; a version does not. */
export const withCalendar = (policy: Policy, calendar: Calendar | null): Policy => ({ ...policy, calendar });
