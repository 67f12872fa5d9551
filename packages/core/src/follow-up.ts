// A follow-up: one policy running for one subject and assignee, as plain data. decide.ts moves it; the server stores it
// as one row (this shape, column by column, with `progress` and its neighbours as one JSON value).
//
//   open ⇄ acknowledged → resolved | cancelled | expired        resolved and cancelled are final;
//   `expired` may still become `resolved` by an event; `reopen` starts generation + 1 as a new follow-up.
// A pause (acknowledgement, snooze, commitment, claim) is an attribute, not a state: it holds back everything marked
// `until: acknowledged` until it runs out.
import type { Instant } from './instant.ts';
import type { Urgency } from './policy/policy.ts';
import type { Reason, WaitReason } from './reason.ts';

export type FollowUpStatus = 'open' | 'acknowledged' | 'resolved' | 'cancelled' | 'expired';
export const isLive = (status: FollowUpStatus): boolean => status === 'open' || status === 'acknowledged';

export interface Subject {
  readonly type: string;
  readonly id: string;
  readonly title: string;
  readonly url: string | null;
}

/** How far one stage has come. */
export interface StageProgress {
  readonly status: 'pending' | 'running' | 'done' | 'skipped' | 'superseded'; // running: ran, repetitions remain
  /** Set when the time is no longer derived from the anchor: fixed by a late start. */
  readonly fixedAt: Instant | null;
  /** What made it late, or run out of its turn, where that is why it is sent; null for an escalation that only keeps its distance. */
  readonly fixedFor: Reason | null;
  /** Moved later by pauses that ended, or by the throttle. */
  readonly shiftMs: number;
  /** The throttle lets it run then. */
  readonly heldUntil: Instant | null;
  /**
   * The time a skipped or superseded stage was planned for, and the planned time of a first run: it anchors others until
   * a real run does.
   */
  readonly plannedAt: Instant | null;
  readonly runs: number; // counted against `times`
  readonly extraRuns: number; // after a pause, a reassignment: not counted
  readonly ranAt: Instant | null; // when the last run was decided
  /** First and last counted run as really handed over; null while none has been. */
  readonly firstAt: Instant | null;
  readonly lastAt: Instant | null;
  /** The run (1-based, extras included) whose first hand-over is still awaited. */
  readonly awaiting: number | null;
  /**
   * How many of its notifications to each recipient have no outcome yet, those to members of large groups under ''; the
   * run is settled by the first hand-over, or when there is none left.
   */
  readonly awaitingOf: Readonly<Record<string, number>>;
  /** The awaited run is an extra one: it anchors nothing. */
  readonly awaitingExtra: boolean;
  /** The newest run that speaks to the assignee, and how many of its notifications to them have no outcome yet. */
  readonly assigneeAwaited: Awaited | null;
  /** Whom this stage escalated to, kept for its repetitions. */
  readonly escalated: readonly string[];
  /** manager(n) as resolved at the first run, so that repetitions speak to the same person. */
  readonly managers: Readonly<Record<string, string>>;
}

export interface Awaited {
  readonly run: number;
  readonly count: number;
  /** How many of them to whom, where several are asked. */
  readonly of?: Readonly<Record<string, number>>;
}

/** A stage nothing has happened to. */
export const FRESH_PROGRESS: StageProgress = {
  status: 'pending',
  fixedAt: null,
  fixedFor: null,
  shiftMs: 0,
  heldUntil: null,
  plannedAt: null,
  runs: 0,
  extraRuns: 0,
  ranAt: null,
  firstAt: null,
  lastAt: null,
  awaiting: null,
  awaitingOf: {},
  awaitingExtra: false,
  assigneeAwaited: null,
  escalated: [],
  managers: {},
};

/** What a resolver was asked and has said. */
export interface Lookup {
  /** While an answer is awaited. */
  readonly askedAt: Instant | null;
  /** Its last answer holds until then; null: it never answered. */
  readonly until: Instant | null;
  /** Recipient ids. */
  readonly to: readonly string[];
}

/** A run that has reached somebody, and when it first did. */
export interface RecentRun {
  readonly stage: string;
  readonly run: number;
  readonly at: Instant;
}

export interface Pause {
  readonly kind: 'acknowledgement' | 'snooze' | 'commitment' | 'claim';
  readonly since: Instant;
  readonly until: Instant;
  readonly by: string | null;
  /** What a claim interrupted, and what goes on when it ends. */
  readonly over?: Pause;
}

/** Somebody whom the policy does not trust to close it says that it is done. */
export interface Claim {
  readonly by: string | null;
  readonly at: Instant;
  readonly until: Instant;
}

/** What somebody answered with an action of the policy; `resolve` where they said without one that it is done. */
export interface Answered {
  readonly action: string;
  readonly at: Instant;
  readonly answer: unknown;
  /** What it counts as among those who are asked, and the outcome it then gives; null: it is only recorded. */
  readonly counts: 'for' | 'against' | null;
  readonly outcome: string | null;
}

export interface FollowUp {
  readonly id: string;
  readonly tenant: string;
  readonly slot: number; // 0–63
  readonly policy: string;
  readonly version: number;
  readonly key: string;
  /** The assignee's id where the policy opens one follow-up for each of `assignees`, else empty. */
  readonly assigneeKey: string;
  readonly generation: number;
  readonly status: FollowUpStatus;
  readonly outcome: string | null;
  readonly urgency: Urgency;
  readonly subject: Subject;
  readonly data: Readonly<Record<string, unknown>>;
  /** Where several are asked: the first of them who has not answered. */
  readonly assignee: string | null;
  /** All who are asked together (`require`); empty where one is asked. */
  readonly assignees: readonly string[];
  /** By who answered: a recipient id, or ANSWERED_BY_API. */
  readonly answers: Readonly<Record<string, Answered>>;
  readonly requester: string | null;
  readonly team: string | null; // group id
  readonly watchers: readonly string[];
  readonly dueAt: Instant | null;
  /** `2026-12-01` where a day was given without a time: `dueAt` is when it ends, and people read the day alone. */
  readonly dueDay: string | null;
  readonly openedAt: Instant;
  readonly acknowledgedAt: Instant | null;
  readonly acknowledgedBy: string | null;
  readonly closedAt: Instant | null;
  readonly closedBy: string | null;
  readonly commitment: { readonly dueAt: Instant; readonly by: string | null } | null;
  readonly snoozedUntil: Instant | null;
  readonly claim: Claim | null;
  readonly escalationLevel: number;
  /** Last stage that ran, for reports. */
  readonly stage: string | null;
  readonly nextAt: Instant | null;
  readonly nextStage: string | null;
  /** When to decide again; null only with a `waitsFor` or when closed. */
  readonly wakeAt: Instant | null;
  readonly waitsFor: WaitReason | null;
  readonly revision: number;
  readonly timelineCount: number;
  readonly progress: Readonly<Record<string, StageProgress>>;
  readonly notified: readonly string[];
  readonly escalated: readonly string[];
  readonly pause: Pause | null;
  readonly acknowledgements: number;
  readonly snoozes: number;
  /** The run a pause repeats when it ends. */
  readonly lastRun: { readonly stage: string; readonly at: Instant } | null;
  /** By resolver. */
  readonly lookups: Readonly<Record<string, Lookup>>;
  /** The newest runs, as many as a throttle counts; none where the policy has no throttle. */
  readonly recentRuns: readonly RecentRun[];
  readonly assigneeTold: boolean;
  readonly assigneeUnreachable: boolean;
  /** Set while an unknown recipient id holds everything. */
  readonly unknownRecipient: string | null;
  /** An unknown recipient id is waited for until then. */
  readonly unknownUntil: Instant | null;
}

/** The key of everyone told so far is cut here; larger audiences are groups, which are told by fan-out. */
export const NOTIFIED_MAX = 1_000;
/** Who answered by API without saying for whom: no recipient has this id. */
export const ANSWERED_BY_API = '@api';

/** Where several are asked together: whether this one's answer counts already. They are told nothing more until the end. */
export const hasAnswered = ({ assignees, answers }: FollowUp, id: string): boolean =>
  assignees.includes(id) && Object.hasOwn(answers, id) && answers[id]?.counts != null;

/** Those who are asked and have not answered. */
export const askedOf = (followUp: FollowUp): readonly string[] =>
  followUp.assignees.length > 0
    ? followUp.assignees.filter((id) => !hasAnswered(followUp, id))
    : followUp.assignee === null
      ? []
      : [followUp.assignee];
export const isAsked = (followUp: FollowUp, id: string): boolean =>
  followUp.assignees.length > 0
    ? followUp.assignees.includes(id) && !hasAnswered(followUp, id)
    : followUp.assignee === id;
/** Whether this one waits for it or follows along. */
export const followsAlong = ({ requester, watchers }: FollowUp, id: string): boolean =>
  requester === id || watchers.includes(id);
/** Whether this one is, or was, asked to act. */
export const isAssignee = ({ assignee, assignees }: FollowUp, id: string): boolean =>
  assignee === id || assignees.includes(id);
/** Whether nobody but this one is asked. */
export const isOnlyOne = (followUp: FollowUp, id: string): boolean =>
  followUp.assignee === id && followUp.assignees.every((one) => one === id);

const NEVER_ASKED: Lookup = { askedAt: null, until: null, to: [] };
export const lookupOf = ({ lookups }: FollowUp, resolver: string): Lookup =>
  Object.hasOwn(lookups, resolver) ? (lookups[resolver] ?? NEVER_ASKED) : NEVER_ASKED;
