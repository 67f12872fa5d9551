// The types of the HTTP interface: every shape, and of every route what is sent and what is answered. Made of the server's route
// table by `npm run build:client` (scripts/build-client.ts), and not to be edited: change the schemas that the routes check with
// (packages/server/src/http/routes) or the shapes that they answer (packages/core/src/contract), and make it again.

/** One page; `nextCursor` is the `cursor` of the next, null after the last. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly nextCursor: string | null;
}

export interface Accepted {
  readonly accepted: number;
}

export interface AcknowledgeCommand {
  readonly actor?: string | undefined;
  readonly comment?: string | undefined;
}

export interface Activity {
  readonly id: string;
  readonly type: string;
  /** RFC 3339, UTC. */
  readonly at: string;
  readonly data: unknown;
  readonly location: {
    readonly country?: string;
    readonly region?: string;
    readonly city?: string;
  } | null;
  /** Of the event it came with; null when the API told it. */
  readonly source: string | null;
}

export interface AnswerCommand {
  readonly actor?: string | undefined;
  readonly comment?: string | undefined;
  readonly action: string;
  readonly answer?: unknown | undefined;
}

export interface AuditEntry {
  readonly id: string;
  /** RFC 3339, UTC. */
  readonly at: string;
  /** The API key; null: Relance itself. */
  readonly by: string | null;
  readonly action: string;
  /** A person or an endpoint by its keyed hash, or the id of a key. */
  readonly about: string | null;
  readonly data: Readonly<Record<string, unknown>>;
}

export interface Branding {
  readonly name?: string | undefined;
  readonly logo?: string | undefined;
  readonly color?: string | undefined;
  readonly address?: string | undefined;
  readonly url?: string | undefined;
  readonly supportEmail?: string | undefined;
  readonly supportPhone?: string | undefined;
}

export interface Calendar {
  /** An IANA time zone, as in `Europe/Paris`. */
  readonly zone: string;
  /** Business hours by day: `{ mon-fri: "09:00-12:30, 14:00-18:00", sat: "10:00-12:00" }`. */
  readonly hours?: Readonly<Record<string, string>>;
  readonly holidays?:
    | string
    | {
        readonly country: string;
        /** As in BY. */
        readonly state?: string;
        /** As in A. */
        readonly region?: string;
      }
    | {
        /** The text of an iCalendar file (RFC 5545), of which every all-day event is a holiday. */
        readonly icalendar: string;
      }
    | readonly (
        | string
        | {
            readonly country: string;
            /** As in BY. */
            readonly state?: string;
            /** As in A. */
            readonly region?: string;
          }
        | {
            /** The text of an iCalendar file (RFC 5545), of which every all-day event is a holiday. */
            readonly icalendar: string;
          }
      )[];
  /** Dates with other hours, holidays included: `{ 2026-12-24: "09:00-12:00", 2026-12-28: closed }`. */
  readonly exceptions?: Readonly<Record<string, string>>;
  readonly id: string;
  readonly version: number;
  readonly name: string | null;
}

export interface CalendarDays {
  readonly id: string;
  readonly version: number;
  readonly zone: string;
  /** The first date that was looked at. */
  readonly from: string;
  /** The last one. */
  readonly to: string;
  readonly days: readonly {
    readonly date: string;
    readonly weekday: 'mon' | 'tue' | 'wed' | 'thu' | 'fri' | 'sat' | 'sun';
    /** As in 09:00-12:30, 14:00-18:00. */
    readonly hours: string;
    /** RFC 3339, UTC. */
    readonly opensAt: string;
    /** RFC 3339, UTC. */
    readonly closesAt: string;
  }[];
  /** Holidays and exceptions from `from` to `to`. */
  readonly special: readonly {
    readonly date: string;
    readonly weekday: 'mon' | 'tue' | 'wed' | 'thu' | 'fri' | 'sat' | 'sun';
    /** `closed`, or the hours of that date. */
    readonly hours: string;
    /** The holiday; null: an exception. */
    readonly name: string | null;
  }[];
}

export interface CancelCommand {
  readonly actor?: string | undefined;
  readonly comment?: string | undefined;
}

export interface Category {
  readonly id: string;
  readonly title: string;
  readonly essential: boolean;
  /** Why it cannot be switched off. */
  readonly why: string | null;
  /** What holds for whoever has not chosen. */
  readonly defaults: {
    readonly subscribed?: boolean;
    readonly channels?: {
      readonly email?: boolean;
      readonly sms?: boolean;
      readonly push?: boolean;
      readonly chat?: boolean;
      readonly webhook?: boolean;
    };
    readonly frequency?: 'each' | 'daily' | 'weekly';
  };
}

export type Channel = 'email' | 'sms' | 'push' | 'inbox' | 'chat' | 'webhook';

export interface Clock {
  /** RFC 3339, UTC. */
  readonly now: string;
  readonly mode: 'real' | 'scaled' | 'virtual';
}

export interface ClockAdvance {
  readonly by?: string | undefined;
  readonly to?: string | undefined;
}

export interface ClockAdvanced {
  /** RFC 3339, UTC. */
  readonly now: string;
  readonly steps: number;
}

export interface CloudEvent {
  readonly specversion: '1.0';
  readonly id: string;
  readonly source: string;
  readonly type: string;
  readonly subject?: string | undefined;
  readonly time?: string | undefined;
  readonly datacontenttype?: string | undefined;
  readonly data?: unknown | undefined;
  readonly data_base64?: string | undefined;
  readonly [more: string]: unknown;
}

export interface CommandAnswer {
  readonly id: string;
  readonly policy: {
    readonly id: string;
    readonly version: number;
  };
  readonly key: string;
  readonly status: FollowUpStatus;
  readonly outcome: string | null;
  readonly urgency: 'low' | 'normal' | 'high' | 'urgent';
  readonly subject: {
    readonly type: string;
    readonly id: string;
    readonly title: string;
    readonly url: string | null;
  };
  readonly data: Readonly<Record<string, unknown>>;
  /** Who is asked to act; of several the first who has not answered. */
  readonly assignee: string | null;
  /** All who are asked together (`require`); empty where one is. */
  readonly assignees: readonly string[];
  /** What who answered with the policy's own actions. */
  readonly answers: Readonly<
    Record<
      string,
      {
        readonly action: string;
        /** RFC 3339, UTC. */
        readonly at: string;
        readonly answer: unknown;
      }
    >
  >;
  readonly requester: string | null;
  readonly team: string | null;
  readonly watchers: readonly string[];
  readonly dueAt: string | null;
  /** The last stage that ran. */
  readonly stage: string | null;
  readonly nextAt: string | null;
  readonly nextStage: string | null;
  /** Why nothing is planned by the clock. */
  readonly waitsFor: string | null;
  readonly snoozedUntil: string | null;
  readonly commitment: {
    /** RFC 3339, UTC. */
    readonly dueAt: string;
    readonly by: string | null;
  } | null;
  /** Said to be done by somebody who may not close it; to be confirmed. */
  readonly claim: {
    readonly by: string | null;
    /** RFC 3339, UTC. */
    readonly at: string;
    /** RFC 3339, UTC. */
    readonly until: string;
  } | null;
  readonly escalationLevel: number;
  /** RFC 3339, UTC. */
  readonly openedAt: string;
  readonly acknowledgedAt: string | null;
  readonly acknowledgedBy: string | null;
  readonly resolvedAt: string | null;
  readonly resolvedBy: string | null;
  readonly closedAt: string | null;
  readonly generation: number;
  readonly revision: number;
  readonly changed: boolean;
  readonly inFlight: readonly string[];
}

export interface CommitCommand {
  readonly actor?: string | undefined;
  readonly comment?: string | undefined;
  readonly by: string;
}

export interface Connection {
  readonly id: string;
  readonly channel: Channel;
  readonly provider: string;
  readonly settings: Readonly<Record<string, unknown>>;
  /** Their names; they are never answered. */
  readonly secretsSet: readonly string[];
  readonly position: number;
  readonly concurrencyMax: number | null;
  readonly perSecondMax: number | null;
  readonly disabled: boolean;
  /** Where the provider tells what became of messages. */
  readonly receiptsUrl: string;
  /** When it last told there what became of a message, to within a minute; null: never yet. */
  readonly lastReceiptAt: string | null;
  readonly health: {
    readonly state: 'up' | 'failing' | 'down';
    readonly detail: string | null;
    readonly since: string | null;
  };
}

export interface Curves {
  readonly of: 'responseTime' | 'timeToResolve' | 'timeToAcknowledge';
  readonly from: string;
  /** The last day, with all of it. */
  readonly to: string;
  readonly zone: string;
  readonly groupBy: readonly string[];
  /** What changed later may not be counted yet. */
  readonly asOf: string;
  readonly rows: readonly {
    readonly policy?: string;
    readonly stage?: string;
    readonly channel?: Channel;
    readonly team?: string | null;
    readonly level?: number;
    readonly day?: string;
    /** Seconds; null where fewer have ended. */
    readonly p50: number | null;
    readonly p90: number | null;
    readonly n: number;
    /** Of those, how many still wait, or wait for it no more. */
    readonly censored: number;
    /** 95 % confidence. */
    readonly limits: {
      readonly p50: {
        readonly lower: number | null;
        readonly upper: number | null;
      };
      readonly p90: {
        readonly lower: number | null;
        readonly upper: number | null;
      };
    };
    readonly points: readonly {
      readonly seconds: number;
      /** The share that waits longer (Kaplan and Meier). */
      readonly waiting: number;
      /** 95 % confidence; null where nobody is left. */
      readonly lower: number | null;
      readonly upper: number | null;
      /** How many waited at least so long. */
      readonly atRisk: number;
    }[];
  }[];
}

export interface DeclineCommand {
  readonly actor?: string | undefined;
  readonly comment?: string | undefined;
  readonly reason?: 'declined' | 'wrong_person' | undefined;
}

export interface DelegateCommand {
  readonly actor?: string | undefined;
  readonly comment?: string | undefined;
  readonly to: string;
}

export interface Device {
  readonly id: string;
  readonly kind: 'web' | 'fcm' | 'apns';
  /** RFC 3339, UTC. */
  readonly createdAt: string;
  /** RFC 3339, UTC. */
  readonly seenAt: string;
}

export interface EraseRequest {
  /** Kept in the audit, without the name and addresses of the person. */
  readonly reason?: string | null | undefined;
}

export interface Erasure {
  readonly id: string;
  readonly status: 'running' | 'done';
  readonly step: string;
  readonly counts: Readonly<Record<string, number>>;
  /** RFC 3339, UTC. */
  readonly askedAt: string;
  readonly doneAt: string | null;
}

export interface ErasureAnswer {
  readonly id: string;
  readonly status: 'running' | 'done';
  readonly step: string;
  readonly counts: Readonly<Record<string, number>>;
  /** RFC 3339, UTC. */
  readonly askedAt: string;
  readonly doneAt: string | null;
  /** Definitions of yours that name the recipient still. */
  readonly named: {
    readonly policies: readonly string[];
    readonly schedules: readonly string[];
  };
}

export interface EscalateCommand {
  readonly actor?: string | undefined;
  readonly comment?: string | undefined;
}

export interface Event {
  /** The event’s own id. */
  readonly id: string;
  /** Our id, unique across sources. */
  readonly ref: string;
  readonly source: string;
  readonly type: string;
  /** RFC 3339, UTC. */
  readonly receivedAt: string;
  readonly matched: boolean;
  readonly matches: readonly {
    readonly policy: string;
    readonly key: string | null;
    readonly role: string;
    readonly followUp: string | null;
    readonly result: string;
    readonly detail?: string;
  }[];
  /** Whose activity it was recorded as. */
  readonly activities: readonly {
    readonly recipient: string;
    readonly type: string;
  }[];
  /** Why it had no effect at all. */
  readonly why?: string;
  readonly event: {
    readonly specversion: '1.0';
    readonly id: string;
    readonly source: string;
    readonly type: string;
    readonly time?: string;
    readonly subject?: string;
    readonly data?: unknown;
    readonly [more: string]: unknown;
  };
}

export interface EventsAnswer {
  readonly accepted: number;
  readonly duplicates: number;
  readonly rejected: readonly {
    readonly index: number;
    readonly code: string;
    readonly detail: string;
  }[];
  /** Accepted, but without effect for a policy, and why. */
  readonly unmatched: readonly {
    readonly index: number;
    readonly code: 'no_policy_listens' | 'condition_false' | 'no_follow_up' | 'expression_failed';
    readonly detail: string;
  }[];
  /** Recorded as activity of a recipient, as the mapping of relance.yaml says. */
  readonly activities: readonly {
    readonly index: number;
    readonly recipient: string;
    readonly type: string;
  }[];
  readonly followUps: readonly {
    readonly id: string;
    readonly policy: string;
    readonly key: string;
    readonly status: FollowUpStatus;
  }[];
}

export interface Explanation {
  readonly id: string;
  readonly status: FollowUpStatus;
  readonly summary: string;
  readonly next: {
    readonly at: string | null;
    readonly stage: string | null;
    readonly text: string;
  };
  /** Messages that wait until they may be sent, the soonest first. */
  readonly held: readonly {
    readonly message: string;
    readonly stage: string;
    readonly recipient: string;
    readonly channel: string;
    /** RFC 3339, UTC. */
    readonly until: string;
    readonly heldBy: 'window' | 'quiet_hours' | 'calendar' | 'paused' | 'digest' | 'budget';
  }[];
  /** What would happen if somebody acknowledged it now; null where that would change nothing. */
  readonly ifAcknowledged: {
    readonly until: string | null;
    readonly next: {
      readonly at: string | null;
      readonly stage: string | null;
    };
    readonly text: string;
  } | null;
  readonly stages: readonly {
    readonly stage: string;
    readonly status: string;
    readonly runs: number;
    readonly extraRuns: number;
    readonly firstAt: string | null;
    readonly lastAt: string | null;
    readonly awaitingHandOver: boolean;
  }[];
  readonly notSent: readonly TimelineItem[];
  readonly history: readonly string[];
}

export interface FollowUp {
  readonly id: string;
  readonly policy: {
    readonly id: string;
    readonly version: number;
  };
  readonly key: string;
  readonly status: FollowUpStatus;
  readonly outcome: string | null;
  readonly urgency: 'low' | 'normal' | 'high' | 'urgent';
  readonly subject: {
    readonly type: string;
    readonly id: string;
    readonly title: string;
    readonly url: string | null;
  };
  readonly data: Readonly<Record<string, unknown>>;
  /** Who is asked to act; of several the first who has not answered. */
  readonly assignee: string | null;
  /** All who are asked together (`require`); empty where one is. */
  readonly assignees: readonly string[];
  /** What who answered with the policy's own actions. */
  readonly answers: Readonly<
    Record<
      string,
      {
        readonly action: string;
        /** RFC 3339, UTC. */
        readonly at: string;
        readonly answer: unknown;
      }
    >
  >;
  readonly requester: string | null;
  readonly team: string | null;
  readonly watchers: readonly string[];
  readonly dueAt: string | null;
  /** The last stage that ran. */
  readonly stage: string | null;
  readonly nextAt: string | null;
  readonly nextStage: string | null;
  /** Why nothing is planned by the clock. */
  readonly waitsFor: string | null;
  readonly snoozedUntil: string | null;
  readonly commitment: {
    /** RFC 3339, UTC. */
    readonly dueAt: string;
    readonly by: string | null;
  } | null;
  /** Said to be done by somebody who may not close it; to be confirmed. */
  readonly claim: {
    readonly by: string | null;
    /** RFC 3339, UTC. */
    readonly at: string;
    /** RFC 3339, UTC. */
    readonly until: string;
  } | null;
  readonly escalationLevel: number;
  /** RFC 3339, UTC. */
  readonly openedAt: string;
  readonly acknowledgedAt: string | null;
  readonly acknowledgedBy: string | null;
  readonly resolvedAt: string | null;
  readonly resolvedBy: string | null;
  readonly closedAt: string | null;
  readonly generation: number;
  readonly revision: number;
}

export type FollowUpStatus = 'open' | 'acknowledged' | 'resolved' | 'cancelled' | 'expired';

export interface FollowUpsChanged {
  /** Null: more than can be named; none: the server is there, and nothing happened. */
  readonly followUps: readonly string[] | null;
}

export interface Gap {
  readonly level: number;
  /** RFC 3339, UTC. */
  readonly from: string;
  /** RFC 3339, UTC. */
  readonly until: string;
}

export interface Group {
  readonly id: string;
  readonly version: number;
  readonly name: string | null;
  readonly members: readonly string[];
}

export interface InboxAct {
  /** Acknowledge, unacknowledge, resolve, snooze, commit, delegate, decline, or one of the policy's own. */
  readonly action: string;
  /** Of the policy's own: what it asks for. */
  readonly answer?: unknown | undefined;
  /** Of snooze: a time or a duration; a day without. */
  readonly until?: string | undefined;
  /** Of commit: a time or a duration. */
  readonly by?: string | undefined;
  /**
   * Of delegate: a recipient who shares a group with them, their manager, the requester, or one it was escalated
   * to.
   */
  readonly to?: string | undefined;
  /** Of decline. */
  readonly reason?: 'declined' | 'wrong_person' | undefined;
  /** Of resolve. */
  readonly outcome?: string | undefined;
  readonly comment?: string | undefined;
}

export interface InboxAll {
  readonly all: true;
}

/** Of what is not archived. */
export interface InboxCounts {
  readonly unread: number;
  readonly total: number;
  /** Of what is unread. */
  readonly urgent: number;
}

export interface InboxItem {
  readonly id: string;
  readonly seq: number;
  readonly followUp: string;
  readonly title: string;
  readonly body: string;
  /** RFC 3339, UTC. */
  readonly at: string;
  /** As it shows now: after `until` as an item of the feed. */
  readonly as: 'feed' | 'banner' | 'toast' | 'modal';
  readonly until: string | null;
  readonly url: string | null;
  readonly urgency: 'low' | 'normal' | 'high' | 'urgent';
  /** What can be done, in the order of the buttons; empty once it is archived. */
  readonly actions: readonly {
    readonly name: string;
    readonly label: string;
    /** A page that does the same. */
    readonly url: string;
    /** It asks for more than a press: an answer with fields, which the page asks for. */
    readonly asks?: true;
  }[];
  readonly readAt: string | null;
  readonly archivedAt: string | null;
  /** The newer item of the same follow-up that took its place, by which it is archived. */
  readonly replacedBy: string | null;
}

export interface InboxMarked {
  readonly marked: number;
  /** There may be others: ask again. */
  readonly more: boolean;
  readonly unread: number;
  readonly total: number;
  /** Of what is unread. */
  readonly urgent: number;
}

export interface InboxPage {
  readonly items: readonly InboxItem[];
  readonly nextCursor: string | null;
  readonly unread: number;
  readonly total: number;
  /** Of what is unread. */
  readonly urgent: number;
  /** From here on the stream at /v1/inbox/stream tells what changes. */
  readonly lastEventId: string;
}

export interface Interrupted {
  readonly from: string;
  /** The last day, with all of it. */
  readonly to: string;
  readonly zone: string;
  readonly groupBy: readonly string[];
  /** What changed later may not be counted yet. */
  readonly asOf: string;
  readonly rows: readonly {
    readonly recipient: string;
    /** The id of whoever has none; null: there is no such person any more. */
    readonly name: string | null;
    /** Messages, of all hours. */
    readonly interrupted: number;
    /** Of `accepted - merged`: Monday to Friday, 8 to 18, by the clock of whoever got it. */
    readonly interruptedBusiness: number;
    /** Monday to Friday, 18 to 22. */
    readonly interruptedEvening: number;
    /** 22 to 8. */
    readonly interruptedNight: number;
    /** Saturday and Sunday, 8 to 22. */
    readonly interruptedWeekend: number;
  }[];
}

export interface Key {
  readonly id: string;
  readonly tenant: string;
  readonly name: string | null;
  readonly scopes: readonly ('admin' | 'api')[];
  /** RFC 3339, UTC. */
  readonly createdAt: string;
}

export interface Lifted {
  readonly channel: PushedChannel;
  readonly address: string;
  readonly reason: string;
  /** Who had said so. */
  readonly sources: readonly ('hard_bounce' | 'complaint' | 'stop' | 'provider' | 'person' | 'admin')[];
  /** Where its reader had said so themselves. */
  readonly warning: string | null;
}

export interface ListedPolicy {
  readonly id: string;
  readonly version: number;
  readonly title: string;
  readonly policy: Readonly<Record<string, unknown>>;
}

export interface ListedRecipient {
  readonly id: string;
  readonly name?: string | null | undefined;
  readonly email?: string | null | undefined;
  readonly phone?: string | null | undefined;
  readonly locale?: string | null | undefined;
  readonly timeZone?: string | null | undefined;
  readonly location?:
    | {
        readonly country?: string | undefined;
        readonly region?: string | undefined;
        readonly city?: string | undefined;
      }
    | null
    | undefined;
  readonly manager?: string | null | undefined;
  readonly traits?: Readonly<Record<string, unknown>> | null | undefined;
  readonly endpoints?:
    | readonly {
        readonly channel: Channel;
        readonly address: string;
        readonly copy?: 'cc' | 'bcc' | undefined;
      }[]
    | null
    | undefined;
  readonly plan?:
    | {
        readonly normal?:
          | readonly (
              | Channel
              | {
                  readonly channel: Channel;
                  readonly after?: string | undefined;
                  readonly else?: boolean | undefined;
                }
            )[]
          | null
          | undefined;
        readonly urgent?:
          | readonly (
              | Channel
              | {
                  readonly channel: Channel;
                  readonly after?: string | undefined;
                  readonly else?: boolean | undefined;
                }
            )[]
          | null
          | undefined;
      }
    | null
    | undefined;
  readonly away?:
    | readonly {
        readonly from: string;
        readonly to: string;
        readonly delegate?: string | null | undefined;
      }[]
    | null
    | undefined;
}

export interface MadeKey {
  readonly id: string;
  readonly tenant: string;
  readonly name: string | null;
  readonly scopes: readonly ('admin' | 'api')[];
  /** Shown this once. */
  readonly key: string;
}

export interface Message {
  readonly id: string;
  readonly followUp: string;
  readonly stage: string;
  readonly recipient: string;
  readonly channel: Channel;
  readonly connection: string | null;
  /** Which took it, `mailbox` where it was captured; null: none did yet, or nobody knows. */
  readonly provider: string | null;
  readonly status:
    | 'planned'
    | 'deferred'
    | 'queued'
    | 'leased'
    | 'sending'
    | 'accepted'
    | 'delivered'
    | 'suppressed'
    | 'revoked'
    | 'merged'
    | 'failed'
    | 'bounced'
    | 'uncertain';
  readonly reason: string;
  /** What was done with it: each kind once for each evidence that a person did it. */
  readonly engagement: readonly {
    /** Opened, clicked, read, replied, acted, complained, unsubscribed. */
    readonly kind: string;
    readonly evidence: 'machine' | 'likely' | 'proven';
    /** When it was first so. */
    readonly at: string;
    /** How often, as far as it is counted. */
    readonly count: number;
  }[];
  readonly attempts: number;
  /** RFC 3339, UTC. */
  readonly plannedAt: string;
  readonly sentAt: string | null;
  /** While it waits: when it goes. */
  readonly sendAt?: string;
  /** The message that it went in with others. */
  readonly mergedInto?: string;
  /** Null until it is rendered. */
  readonly content: {
    readonly subject?: string;
    readonly html?: string;
    readonly text: string;
    readonly [more: string]: unknown;
  } | null;
}

export interface MessageMetrics {
  readonly from: string;
  /** The last day, with all of it. */
  readonly to: string;
  readonly zone: string;
  readonly groupBy: readonly string[];
  /** What changed later may not be counted yet. */
  readonly asOf: string;
  readonly rows: readonly {
    readonly policy?: string;
    readonly stage?: string;
    readonly channel?: Channel;
    /** Null: it was never handed over, or nobody knows. */
    readonly provider?: string | null;
    /** Null: the words that are built in, those of a digest, or nobody knows. */
    readonly template?: string | null;
    readonly templateVersion?: number | null;
    /** BCP 47, of its words; null: nobody knows. */
    readonly locale?: string | null;
    readonly day?: string;
    readonly messages: number;
    readonly accepted: number;
    readonly delivered: number;
    readonly bounced: number;
    /** Of `accepted`: in another message. */
    readonly merged: number;
    /** Of `accepted - merged`: Monday to Friday, 8 to 18, by the clock of whoever got it. */
    readonly interruptedBusiness: number;
    /** Monday to Friday, 18 to 22. */
    readonly interruptedEvening: number;
    /** 22 to 8. */
    readonly interruptedNight: number;
    /** Saturday and Sunday, 8 to 22. */
    readonly interruptedWeekend: number;
    /** Of `messages`: accepted, and not returned since. */
    readonly deliveryRate: number | null;
    /** Null: there is nothing that it could be a share of. */
    readonly openRate: number | null;
    /** Null: there is nothing that it could be a share of. */
    readonly openRateHuman: number | null;
    /** Null: there is nothing that it could be a share of. */
    readonly clickRate: number | null;
    /** Null: there is nothing that it could be a share of. */
    readonly actedRate: number | null;
  }[];
}

export interface Metrics {
  readonly from: string;
  /** The last day, with all of it. */
  readonly to: string;
  readonly zone: string;
  readonly groupBy: readonly string[];
  /** What changed later may not be counted yet. */
  readonly asOf: string;
  readonly rows: readonly {
    readonly policy?: string;
    readonly stage?: string;
    readonly channel?: Channel;
    readonly team?: string | null;
    readonly level?: number;
    readonly day?: string;
    readonly followUps: number;
    readonly open: number;
    readonly resolved: number;
    readonly cancelled: number;
    readonly expired: number;
    readonly escalated: number;
    /** Of `open`: every stage has run and nobody has acted. */
    readonly exhausted: number;
    /** Had at some time nobody to tell, nor a fallback with anybody. */
    readonly unreached: number;
    /** By level: those that reached it, whatever level they reached after it. */
    readonly reached?: number;
    /** By level: of all that opened. */
    readonly reachedRate?: number | null;
    /** Dates that somebody promised, and neither moved nor took back. */
    readonly commitments: number;
    /** Of `commitments`: resolved by then. */
    readonly commitmentsKept: number;
    /** Of `commitments`: the date passed first. */
    readonly commitmentsMissed: number;
    readonly messages: number;
    readonly accepted: number;
    readonly delivered: number;
    readonly bounced: number;
    /** Of `accepted`: in another message. */
    readonly merged: number;
    /** Of `accepted - merged`: Monday to Friday, 8 to 18, by the clock of whoever got it. */
    readonly interruptedBusiness: number;
    /** Monday to Friday, 18 to 22. */
    readonly interruptedEvening: number;
    /** 22 to 8. */
    readonly interruptedNight: number;
    /** Saturday and Sunday, 8 to 22. */
    readonly interruptedWeekend: number;
    /** Of `messages`: accepted, and not returned since. */
    readonly deliveryRate: number | null;
    /** Null: there is nothing that it could be a share of. */
    readonly openRate: number | null;
    /** Null: there is nothing that it could be a share of. */
    readonly openRateHuman: number | null;
    /** Null: there is nothing that it could be a share of. */
    readonly clickRate: number | null;
    /** Null: there is nothing that it could be a share of. */
    readonly actedRate: number | null;
    /** Null: there is nothing that it could be a share of. */
    readonly conversionRate: number | null;
    /** Null: there is nothing that it could be a share of. */
    readonly escalationRate: number | null;
    /** Of `followUps`. */
    readonly expiredRate: number | null;
    /** Of `followUps`. */
    readonly exhaustedRate: number | null;
    /** Of `followUps`. */
    readonly unreachedRate: number | null;
    /** Of those that were kept or missed. */
    readonly commitmentKeptRate: number | null;
    readonly responseTime: {
      /** Seconds; null where fewer have ended. */
      readonly p50: number | null;
      readonly p90: number | null;
      readonly n: number;
      /** Of those, how many still wait, or wait for it no more. */
      readonly censored: number;
      /** 95 % confidence. */
      readonly limits: {
        readonly p50: {
          readonly lower: number | null;
          readonly upper: number | null;
        };
        readonly p90: {
          readonly lower: number | null;
          readonly upper: number | null;
        };
      };
    };
    readonly timeToResolve: {
      /** Seconds; null where fewer have ended. */
      readonly p50: number | null;
      readonly p90: number | null;
      readonly n: number;
      /** Of those, how many still wait, or wait for it no more. */
      readonly censored: number;
      /** 95 % confidence. */
      readonly limits: {
        readonly p50: {
          readonly lower: number | null;
          readonly upper: number | null;
        };
        readonly p90: {
          readonly lower: number | null;
          readonly upper: number | null;
        };
      };
    };
    readonly timeToAcknowledge: {
      /** Seconds; null where fewer have ended. */
      readonly p50: number | null;
      readonly p90: number | null;
      readonly n: number;
      /** Of those, how many still wait, or wait for it no more. */
      readonly censored: number;
      /** 95 % confidence. */
      readonly limits: {
        readonly p50: {
          readonly lower: number | null;
          readonly upper: number | null;
        };
        readonly p90: {
          readonly lower: number | null;
          readonly upper: number | null;
        };
      };
    };
  }[];
}

export interface NewActivity {
  /** The same one told twice is kept once. */
  readonly id?: string | undefined;
  /** What they did, as in shop.viewed. */
  readonly type: string;
  /** When; now when not given. */
  readonly at?: string | undefined;
  readonly data?: unknown | undefined;
  readonly location?:
    | {
        readonly country?: string | undefined;
        readonly region?: string | undefined;
        readonly city?: string | undefined;
      }
    | null
    | undefined;
}

export interface NewCalendar {
  /** An IANA time zone, as in `Europe/Paris`. */
  readonly zone: string;
  /** Business hours by day: `{ mon-fri: "09:00-12:30, 14:00-18:00", sat: "10:00-12:00" }`. */
  readonly hours?: Readonly<Record<string, string>> | undefined;
  readonly holidays?:
    | string
    | {
        readonly country: string;
        /** As in BY. */
        readonly state?: string | undefined;
        /** As in A. */
        readonly region?: string | undefined;
      }
    | {
        /** The text of an iCalendar file (RFC 5545), of which every all-day event is a holiday. */
        readonly icalendar: string;
      }
    | readonly (
        | string
        | {
            readonly country: string;
            /** As in BY. */
            readonly state?: string | undefined;
            /** As in A. */
            readonly region?: string | undefined;
          }
        | {
            /** The text of an iCalendar file (RFC 5545), of which every all-day event is a holiday. */
            readonly icalendar: string;
          }
      )[]
    | undefined;
  /** Dates with other hours, holidays included: `{ 2026-12-24: "09:00-12:00", 2026-12-28: closed }`. */
  readonly exceptions?: Readonly<Record<string, string>> | undefined;
  readonly id?: string | undefined;
  readonly name?: string | null | undefined;
}

export interface NewCategory {
  readonly id?: string | undefined;
  readonly title: string;
  readonly essential?: boolean | undefined;
  /** Why an essential one cannot be switched off. */
  readonly why?: string | null | undefined;
  /** What holds for whoever has not chosen. */
  readonly defaults?:
    | {
        readonly subscribed?: boolean | undefined;
        readonly channels?:
          | {
              readonly email?: boolean | undefined;
              readonly sms?: boolean | undefined;
              readonly push?: boolean | undefined;
              readonly chat?: boolean | undefined;
              readonly webhook?: boolean | undefined;
            }
          | undefined;
        readonly frequency?: 'each' | 'daily' | 'weekly' | undefined;
      }
    | undefined;
}

export interface NewConnection {
  readonly id?: string | undefined;
  /** The brand: GET /v1/providers lists them. */
  readonly provider: string;
  readonly settings?: Readonly<Record<string, unknown>> | undefined;
  /** What is left out stays as it is; null takes it away; never answered. */
  readonly secrets?: Readonly<Record<string, unknown>> | undefined;
  /** Lower is tried first. */
  readonly position?: number | undefined;
  readonly concurrencyMax?: number | null | undefined;
  /** Of all nodes together. */
  readonly perSecondMax?: number | null | undefined;
  readonly disabled?: boolean | undefined;
}

export type NewDevice =
  | {
      readonly kind: 'web';
      readonly subscription: {
        readonly endpoint: string;
        readonly keys: {
          readonly p256dh: string;
          readonly auth: string;
        };
      };
    }
  | {
      readonly kind: 'fcm';
      readonly token: string;
    }
  | {
      readonly kind: 'apns';
      readonly token: string;
      readonly topic?: string | null | undefined;
    };

export interface NewGroup {
  readonly id?: string | undefined;
  /** As it was read; what is written over is said by `If-Match`. */
  readonly version?: number | undefined;
  readonly name?: string | null | undefined;
  readonly members?: readonly string[] | undefined;
}

export interface NewKey {
  readonly name?: string | undefined;
  readonly tenant?: string | undefined;
  readonly scopes?: readonly ('admin' | 'api')[] | undefined;
}

/** A policy of Relance. */
export interface NewPolicy {
  /** The id of the policy. */
  readonly policy: string;
  /** What people read; the id when not given. */
  readonly title?: string | undefined;
  /** For those who read the policy. */
  readonly description?: string | undefined;
  readonly category?:
    | string
    | {
        /** The id. */
        readonly id?: string | undefined;
        /** As recipients see it. */
        readonly title: string;
        readonly essential?: boolean | undefined;
        readonly defaults?: Readonly<Record<string, unknown>> | undefined;
      }
    | undefined;
  readonly urgency?: 'low' | 'normal' | 'high' | 'urgent' | undefined;
  /** Events that open a follow-up. */
  readonly open?:
    | {
        readonly on: string | readonly string[];
        /** Which of these events (a CEL expression). */
        readonly when?: string | undefined;
        /** The key in this event; the policy's own when not given (a CEL expression). */
        readonly key?: string | undefined;
        /** The outcome it closes with. */
        readonly outcome?: string | undefined;
      }
    | readonly {
        readonly on: string | readonly string[];
        /** Which of these events (a CEL expression). */
        readonly when?: string | undefined;
        /** The key in this event; the policy's own when not given (a CEL expression). */
        readonly key?: string | undefined;
        /** The outcome it closes with. */
        readonly outcome?: string | undefined;
      }[]
    | undefined;
  /** Events that change one. */
  readonly update?:
    | {
        readonly on: string | readonly string[];
        /** Which of these events (a CEL expression). */
        readonly when?: string | undefined;
        /** The key in this event; the policy's own when not given (a CEL expression). */
        readonly key?: string | undefined;
        /** The outcome it closes with. */
        readonly outcome?: string | undefined;
      }
    | readonly {
        readonly on: string | readonly string[];
        /** Which of these events (a CEL expression). */
        readonly when?: string | undefined;
        /** The key in this event; the policy's own when not given (a CEL expression). */
        readonly key?: string | undefined;
        /** The outcome it closes with. */
        readonly outcome?: string | undefined;
      }[]
    | undefined;
  /** Events that resolve one. */
  readonly resolve?:
    | {
        readonly on?: string | readonly string[] | undefined;
        /** Which of these events (a CEL expression). */
        readonly when?: string | undefined;
        /** The key in this event; the policy's own when not given (a CEL expression). */
        readonly key?: string | undefined;
        /** The outcome it closes with. */
        readonly outcome?: string | undefined;
        /** What the assignee writes back to any of its mails or text messages resolves it. */
        readonly onReply?: boolean | undefined;
      }
    | readonly {
        readonly on?: string | readonly string[] | undefined;
        /** Which of these events (a CEL expression). */
        readonly when?: string | undefined;
        /** The key in this event; the policy's own when not given (a CEL expression). */
        readonly key?: string | undefined;
        /** The outcome it closes with. */
        readonly outcome?: string | undefined;
        /** What the assignee writes back to any of its mails or text messages resolves it. */
        readonly onReply?: boolean | undefined;
      }[]
    | undefined;
  /** Events that cancel one. */
  readonly cancel?:
    | {
        readonly on: string | readonly string[];
        /** Which of these events (a CEL expression). */
        readonly when?: string | undefined;
        /** The key in this event; the policy's own when not given (a CEL expression). */
        readonly key?: string | undefined;
        /** The outcome it closes with. */
        readonly outcome?: string | undefined;
      }
    | readonly {
        readonly on: string | readonly string[];
        /** Which of these events (a CEL expression). */
        readonly when?: string | undefined;
        /** The key in this event; the policy's own when not given (a CEL expression). */
        readonly key?: string | undefined;
        /** The outcome it closes with. */
        readonly outcome?: string | undefined;
      }[]
    | undefined;
  /** One live follow-up for each value (a CEL expression). */
  readonly key: string;
  readonly subject?:
    | {
        /** The kind of thing followed up. */
        readonly type?: string | undefined;
        /** Its id; the key when not given (a CEL expression). */
        readonly id?: string | undefined;
        /** Its title; the title of the policy when not given (a CEL expression). */
        readonly title?: string | undefined;
        /** Where to see it (a CEL expression). */
        readonly url?: string | undefined;
      }
    | undefined;
  /** A map: what conditions and templates see as `data`; `event.data` when not given (a CEL expression). */
  readonly data?: string | undefined;
  /** Who is asked to act; exactly one of assignee and assignees. */
  readonly assignee?:
    | string
    | {
        /** A target, as in `onCall(primary)`. */
        readonly target: string;
      }
    | undefined;
  /** A list: one follow-up for each (a CEL expression). */
  readonly assignees?: string | undefined;
  /** The id of who waits for it (a CEL expression). */
  readonly requester?: string | undefined;
  readonly team?:
    | string
    | {
        /** Its id (a CEL expression). */
        readonly cel: string;
      }
    | undefined;
  /** A list of ids of those who follow along (a CEL expression). */
  readonly watchers?: string | undefined;
  /** A timestamp, date or null (a CEL expression). */
  readonly due?: string | undefined;
  readonly calendar?:
    | string
    | {
        /** An IANA time zone, as in `Europe/Paris`. */
        readonly zone: string;
        /** Business hours by day: `{ mon-fri: "09:00-12:30, 14:00-18:00", sat: "10:00-12:00" }`. */
        readonly hours?: Readonly<Record<string, string>> | undefined;
        readonly holidays?:
          | string
          | {
              readonly country: string;
              /** As in BY. */
              readonly state?: string | undefined;
              /** As in A. */
              readonly region?: string | undefined;
            }
          | {
              /** The text of an iCalendar file (RFC 5545), of which every all-day event is a holiday. */
              readonly icalendar: string;
            }
          | readonly (
              | string
              | {
                  readonly country: string;
                  /** As in BY. */
                  readonly state?: string | undefined;
                  /** As in A. */
                  readonly region?: string | undefined;
                }
              | {
                  /** The text of an iCalendar file (RFC 5545), of which every all-day event is a holiday. */
                  readonly icalendar: string;
                }
            )[]
          | undefined;
        /** Dates with other hours, holidays included: `{ 2026-12-24: "09:00-12:00", 2026-12-28: closed }`. */
        readonly exceptions?: Readonly<Record<string, string>> | undefined;
      }
    | undefined;
  /** Told when a target is empty: a group, a recipient or somebody on call. */
  readonly fallback?: string | undefined;
  readonly resolvableBy?: readonly ('event' | 'assignee' | 'requester' | 'team' | 'escalated' | 'api')[] | undefined;
  readonly claim?:
    | {
        /** How long a claim pauses (a duration such as "30 minutes", "2 days", "3 business days" or ISO 8601). */
        readonly for?: string | undefined;
      }
    | undefined;
  /**
   * How long an unknown recipient is waited for (1 hour; urgent policies 0) (a duration such as "30 minutes", "2
   * days", "3 business days" or ISO 8601).
   */
  readonly unknownGrace?: string | undefined;
  readonly actions?:
    | readonly {
        /** The id of the action. */
        readonly id: string;
        /** What the button says. */
        readonly label: string;
        /** The outcome it gives. */
        readonly outcome?: string | undefined;
        readonly resolves?: boolean | undefined;
        readonly rejects?: boolean | undefined;
        /** JSON Schema of the answer. */
        readonly answer?: Readonly<Record<string, unknown>> | undefined;
      }[]
    | undefined;
  /** How many assignees must answer (1). */
  readonly require?: number | 'all' | undefined;
  /** When rejections resolve it (first). */
  readonly rejectOn?: 'first' | 'majority' | undefined;
  /** 3 days, 2; urgent policies 30 minutes, 3. */
  readonly acknowledged?:
    | {
        /** How long an acknowledgement pauses (a duration such as "30 minutes", "2 days", "3 business days" or ISO 8601). */
        readonly resumeAfter?: string | undefined;
        readonly max?: number | undefined;
      }
    | undefined;
  readonly snooze?:
    | {
        /** The longest snooze (a duration such as "30 minutes", "2 days", "3 business days" or ISO 8601). */
        readonly max?: string | undefined;
        readonly times?: number | undefined;
      }
    | undefined;
  readonly commit?:
    | {
        /**
         * The furthest date one may commit to (a duration such as "30 minutes", "2 days", "3 business days" or ISO
         * 8601).
         */
        readonly max?: string | undefined;
      }
    | undefined;
  readonly late?:
    | {
        readonly atOpening?: 'first' | 'newest' | 'all' | 'skip' | undefined;
        readonly afterOutage?: 'newest' | 'all' | 'skip' | undefined;
      }
    | undefined;
  readonly expire?:
    | {
        /** The age at which it expires (a duration such as "30 minutes", "2 days", "3 business days" or ISO 8601). */
        readonly after: string;
      }
    | undefined;
  /** `new`, or `reopen(within)` as in `reopen(30 days)`. */
  readonly onRepeat?: string | undefined;
  readonly consolidate?: 'none' | 'assignee' | undefined;
  readonly throttle?:
    | {
        readonly atMost: number;
        /** The length of time (a duration such as "30 minutes", "2 days", "3 business days" or ISO 8601). */
        readonly per: string;
      }
    | undefined;
  readonly onUncertain?: 'next-channel' | 'resend' | 'wait' | undefined;
  readonly stages: readonly {
    /** The id of the stage, unique in its policy. */
    readonly id: string;
    /** Picks the built-in template; from its place when not given. */
    readonly role?: 'notice' | 'reminder' | 'final' | 'escalation' | 'update' | 'confirmation' | undefined;
    /** When the stage runs. */
    readonly at:
      | string
      | {
          readonly on: string | readonly string[];
          /** Which of these events (a CEL expression). */
          readonly when?: string | undefined;
          /** The key in this event (a CEL expression). */
          readonly key?: string | undefined;
        }
      | {
          /** The field that changes, as in `data.status`. */
          readonly changed: string;
          /** The key in this event (a CEL expression). */
          readonly key?: string | undefined;
        };
    /** The stage is skipped when this is false (a CEL expression). */
    readonly when?: string | undefined;
    /** When messages may leave: `HH:MM-HH:MM` in the recipient's zone, or `calendar`. */
    readonly window?: string | undefined;
    /** When messages may not leave: `HH:MM-HH:MM` in the recipient's zone, or `calendar`. */
    readonly quietHours?: string | undefined;
    readonly repeat?:
      | {
          /** The time between runs (a duration such as "30 minutes", "2 days", "3 business days" or ISO 8601). */
          readonly every: string;
          /** How many runs, the first included. */
          readonly times: number;
          /** The stage's own `until`, written here. */
          readonly until?: 'acknowledged' | 'resolved' | undefined;
        }
      | undefined;
    /** What stops the stage (acknowledged). */
    readonly until?: 'acknowledged' | 'resolved' | undefined;
    readonly urgency?: 'low' | 'normal' | 'high' | 'urgent' | undefined;
    /** What happens if nobody acts (Liquid). */
    readonly consequence?: string | undefined;
    readonly notify?:
      | {
          /** Who is told: `escalated` on a stage with `escalate`, else `assignee`. */
          readonly to?: string | readonly string[] | undefined;
          /** The template; without one the built-in template for role and channel. */
          readonly template?: string | undefined;
          /** The contact plan; `preferred` is the recipient's own. */
          readonly via?:
            | 'preferred'
            | Channel
            | readonly (
                | Channel
                | {
                    readonly channel: Channel;
                    /**
                     * How long after the first entry's hand-over (a duration such as "30 minutes", "2 days", "3 business days" or
                     * ISO 8601).
                     */
                    readonly after?: string | undefined;
                    /** Only if every earlier entry failed or is missing. */
                    readonly else?: boolean | undefined;
                  }
              )[]
            | undefined;
        }
      | readonly {
          /** Who is told: `escalated` on a stage with `escalate`, else `assignee`. */
          readonly to?: string | readonly string[] | undefined;
          /** The template; without one the built-in template for role and channel. */
          readonly template?: string | undefined;
          /** The contact plan; `preferred` is the recipient's own. */
          readonly via?:
            | 'preferred'
            | Channel
            | readonly (
                | Channel
                | {
                    readonly channel: Channel;
                    /**
                     * How long after the first entry's hand-over (a duration such as "30 minutes", "2 days", "3 business days" or
                     * ISO 8601).
                     */
                    readonly after?: string | undefined;
                    /** Only if every earlier entry failed or is missing. */
                    readonly else?: boolean | undefined;
                  }
              )[]
            | undefined;
        }[]
      | undefined;
    /** Who is told from now on. */
    readonly escalate?:
      | {
          readonly to: string | readonly string[];
          readonly mode?: 'add' | 'reassign' | undefined;
          readonly raise?: 'low' | 'normal' | 'high' | 'urgent' | undefined;
        }
      | undefined;
  }[];
  /** The confirmation; built in to assignee, requester and team unless `none`. */
  readonly resolved?:
    | 'none'
    | {
        readonly notify:
          | 'none'
          | {
              /** Who is told: `escalated` on a stage with `escalate`, else `assignee`. */
              readonly to?: string | readonly string[] | undefined;
              /** The template; without one the built-in template for role and channel. */
              readonly template?: string | undefined;
              /** The contact plan; `preferred` is the recipient's own. */
              readonly via?:
                | 'preferred'
                | Channel
                | readonly (
                    | Channel
                    | {
                        readonly channel: Channel;
                        /**
                         * How long after the first entry's hand-over (a duration such as "30 minutes", "2 days", "3 business days" or
                         * ISO 8601).
                         */
                        readonly after?: string | undefined;
                        /** Only if every earlier entry failed or is missing. */
                        readonly else?: boolean | undefined;
                      }
                  )[]
                | undefined;
            }
          | readonly {
              /** Who is told: `escalated` on a stage with `escalate`, else `assignee`. */
              readonly to?: string | readonly string[] | undefined;
              /** The template; without one the built-in template for role and channel. */
              readonly template?: string | undefined;
              /** The contact plan; `preferred` is the recipient's own. */
              readonly via?:
                | 'preferred'
                | Channel
                | readonly (
                    | Channel
                    | {
                        readonly channel: Channel;
                        /**
                         * How long after the first entry's hand-over (a duration such as "30 minutes", "2 days", "3 business days" or
                         * ISO 8601).
                         */
                        readonly after?: string | undefined;
                        /** Only if every earlier entry failed or is missing. */
                        readonly else?: boolean | undefined;
                      }
                  )[]
                | undefined;
            }[];
      }
    | undefined;
  readonly cancelled?:
    | 'none'
    | {
        readonly notify:
          | 'none'
          | {
              /** Who is told: `escalated` on a stage with `escalate`, else `assignee`. */
              readonly to?: string | readonly string[] | undefined;
              /** The template; without one the built-in template for role and channel. */
              readonly template?: string | undefined;
              /** The contact plan; `preferred` is the recipient's own. */
              readonly via?:
                | 'preferred'
                | Channel
                | readonly (
                    | Channel
                    | {
                        readonly channel: Channel;
                        /**
                         * How long after the first entry's hand-over (a duration such as "30 minutes", "2 days", "3 business days" or
                         * ISO 8601).
                         */
                        readonly after?: string | undefined;
                        /** Only if every earlier entry failed or is missing. */
                        readonly else?: boolean | undefined;
                      }
                  )[]
                | undefined;
            }
          | readonly {
              /** Who is told: `escalated` on a stage with `escalate`, else `assignee`. */
              readonly to?: string | readonly string[] | undefined;
              /** The template; without one the built-in template for role and channel. */
              readonly template?: string | undefined;
              /** The contact plan; `preferred` is the recipient's own. */
              readonly via?:
                | 'preferred'
                | Channel
                | readonly (
                    | Channel
                    | {
                        readonly channel: Channel;
                        /**
                         * How long after the first entry's hand-over (a duration such as "30 minutes", "2 days", "3 business days" or
                         * ISO 8601).
                         */
                        readonly after?: string | undefined;
                        /** Only if every earlier entry failed or is missing. */
                        readonly else?: boolean | undefined;
                      }
                  )[]
                | undefined;
            }[];
      }
    | undefined;
  readonly expired?:
    | 'none'
    | {
        readonly notify:
          | 'none'
          | {
              /** Who is told: `escalated` on a stage with `escalate`, else `assignee`. */
              readonly to?: string | readonly string[] | undefined;
              /** The template; without one the built-in template for role and channel. */
              readonly template?: string | undefined;
              /** The contact plan; `preferred` is the recipient's own. */
              readonly via?:
                | 'preferred'
                | Channel
                | readonly (
                    | Channel
                    | {
                        readonly channel: Channel;
                        /**
                         * How long after the first entry's hand-over (a duration such as "30 minutes", "2 days", "3 business days" or
                         * ISO 8601).
                         */
                        readonly after?: string | undefined;
                        /** Only if every earlier entry failed or is missing. */
                        readonly else?: boolean | undefined;
                      }
                  )[]
                | undefined;
            }
          | readonly {
              /** Who is told: `escalated` on a stage with `escalate`, else `assignee`. */
              readonly to?: string | readonly string[] | undefined;
              /** The template; without one the built-in template for role and channel. */
              readonly template?: string | undefined;
              /** The contact plan; `preferred` is the recipient's own. */
              readonly via?:
                | 'preferred'
                | Channel
                | readonly (
                    | Channel
                    | {
                        readonly channel: Channel;
                        /**
                         * How long after the first entry's hand-over (a duration such as "30 minutes", "2 days", "3 business days" or
                         * ISO 8601).
                         */
                        readonly after?: string | undefined;
                        /** Only if every earlier entry failed or is missing. */
                        readonly else?: boolean | undefined;
                      }
                  )[]
                | undefined;
            }[];
      }
    | undefined;
}

export interface NewReceipts {
  readonly items: readonly {
    /** Our id of the message. */
    readonly message?: string | undefined;
    /** Or the id that the provider gave it. */
    readonly providerId?: string | undefined;
    readonly kind:
      | 'accepted'
      | 'delivered'
      | 'failed'
      | 'bounced'
      | 'complained'
      | 'opened'
      | 'clicked'
      | 'unsubscribed';
    readonly at?: string | undefined;
    readonly detail?: string | undefined;
    readonly permanent?: boolean | undefined;
    readonly machine?: boolean | undefined;
    readonly address?: string | undefined;
  }[];
}

export interface NewRecipient {
  readonly id?: string | undefined;
  readonly name?: string | null | undefined;
  readonly email?: string | null | undefined;
  readonly phone?: string | null | undefined;
  readonly locale?: string | null | undefined;
  readonly timeZone?: string | null | undefined;
  readonly location?:
    | {
        readonly country?: string | undefined;
        readonly region?: string | undefined;
        readonly city?: string | undefined;
      }
    | null
    | undefined;
  readonly manager?: string | null | undefined;
  readonly traits?: Readonly<Record<string, unknown>> | null | undefined;
  readonly endpoints?:
    | readonly {
        readonly channel: Channel;
        readonly address: string;
        readonly copy?: 'cc' | 'bcc' | undefined;
      }[]
    | null
    | undefined;
  readonly plan?:
    | {
        readonly normal?:
          | readonly (
              | Channel
              | {
                  readonly channel: Channel;
                  readonly after?: string | undefined;
                  readonly else?: boolean | undefined;
                }
            )[]
          | null
          | undefined;
        readonly urgent?:
          | readonly (
              | Channel
              | {
                  readonly channel: Channel;
                  readonly after?: string | undefined;
                  readonly else?: boolean | undefined;
                }
            )[]
          | null
          | undefined;
      }
    | null
    | undefined;
  readonly away?:
    | readonly {
        readonly from: string;
        readonly to: string;
        readonly delegate?: string | null | undefined;
      }[]
    | null
    | undefined;
}

export interface NewSchedule {
  readonly id?: string | undefined;
  readonly name?: string | null | undefined;
  readonly timeZone: string;
  /** Later ones win over earlier ones of their level. */
  readonly layers?:
    | readonly {
        readonly id?: string | undefined;
        /** 1 when not given. */
        readonly level?: number | undefined;
        readonly rotation: {
          /** "1 week", "2 days", "8 hours", or { handovers: [{ day, at }] }: a week, or a day, of its own. */
          readonly every:
            | string
            | {
                readonly handovers: readonly {
                  readonly day?: 'mon' | 'tue' | 'wed' | 'thu' | 'fri' | 'sat' | 'sun' | undefined;
                  readonly at: string;
                }[];
              };
          /** When one member hands over to the next; not with { handovers }. */
          readonly handover?:
            | {
                readonly day?: 'mon' | 'tue' | 'wed' | 'thu' | 'fri' | 'sat' | 'sun' | undefined;
                readonly at: string;
              }
            | undefined;
          /** The day on which the first member begins. */
          readonly start: string;
          /** The day on which the rotation is over. */
          readonly end?: string | null | undefined;
          /** Recipient ids in turn; a list is on call together. */
          readonly members: readonly (string | readonly string[])[];
        };
        readonly restrictions?:
          | readonly {
              /** The days on which it begins; every day when not given. */
              readonly days?: string | undefined;
              /** Midnight when not given. */
              readonly from?: string | undefined;
              /** The next day when not after `from`; midnight when not given. */
              readonly to?: string | undefined;
            }[]
          | undefined;
      }[]
    | undefined;
  /** Later ones win over earlier ones. */
  readonly overrides?:
    | readonly {
        readonly id: string;
        readonly from: string;
        readonly to: string;
        /** Null: nobody. */
        readonly recipient?: string | null | undefined;
        readonly recipients?: readonly string[] | undefined;
        /** Only this person is replaced, wherever they are on call. */
        readonly replaces?: string | undefined;
        /** Without `replaces` 1 when not given; with it every level. */
        readonly level?: number | undefined;
      }[]
    | undefined;
}

export interface NewSuppression {
  readonly channel: PushedChannel;
  readonly address: string;
  readonly source?: 'hard_bounce' | 'complaint' | 'stop' | 'provider' | 'person' | 'admin' | undefined;
  readonly reason?: string | null | undefined;
  /** One sender of yours alone; every one without. */
  readonly sender?: string | null | undefined;
}

export interface NewTemplate {
  /** BCP 47: of its own words, those that stand under no locale. */
  readonly language?: string | undefined;
  readonly email?:
    | {
        readonly subject?: string | undefined;
        readonly mjml?: string | undefined;
        readonly html?: string | undefined;
        readonly text?: string | undefined;
        /** Liquid in both; the address is https. */
        readonly attachments?:
          | readonly {
              readonly filename: string;
              readonly url: string;
            }[]
          | undefined;
        /** The due date goes with it as an entry of a calendar. */
        readonly calendar?: boolean | undefined;
      }
    | undefined;
  readonly sms?:
    | {
        readonly text: string;
      }
    | undefined;
  readonly push?:
    | {
        readonly title?: string | undefined;
        readonly body?: string | undefined;
      }
    | undefined;
  readonly inbox?:
    | {
        readonly title?: string | undefined;
        readonly body?: string | undefined;
        readonly as?: 'feed' | 'banner' | 'toast' | 'modal' | undefined;
        /** Liquid that gives RFC 3339, or nothing: then it shows as an item of the feed. */
        readonly until?: string | undefined;
      }
    | undefined;
  readonly chat?:
    | {
        readonly text: string;
      }
    | undefined;
  readonly webhook?:
    | {
        readonly text: string;
      }
    | undefined;
  readonly locales?:
    | Readonly<
        Record<
          string,
          {
            readonly email?:
              | {
                  readonly subject?: string | undefined;
                  readonly mjml?: string | undefined;
                  readonly html?: string | undefined;
                  readonly text?: string | undefined;
                  /** Liquid in both; the address is https. */
                  readonly attachments?:
                    | readonly {
                        readonly filename: string;
                        readonly url: string;
                      }[]
                    | undefined;
                  /** The due date goes with it as an entry of a calendar. */
                  readonly calendar?: boolean | undefined;
                }
              | undefined;
            readonly sms?:
              | {
                  readonly text: string;
                }
              | undefined;
            readonly push?:
              | {
                  readonly title?: string | undefined;
                  readonly body?: string | undefined;
                }
              | undefined;
            readonly inbox?:
              | {
                  readonly title?: string | undefined;
                  readonly body?: string | undefined;
                  readonly as?: 'feed' | 'banner' | 'toast' | 'modal' | undefined;
                  /** Liquid that gives RFC 3339, or nothing: then it shows as an item of the feed. */
                  readonly until?: string | undefined;
                }
              | undefined;
            readonly chat?:
              | {
                  readonly text: string;
                }
              | undefined;
            readonly webhook?:
              | {
                  readonly text: string;
                }
              | undefined;
          }
        >
      >
    | undefined;
  readonly id?: string | undefined;
}

export interface NewWebhook {
  readonly id?: string | undefined;
  /** Where it is sent to; a recipient has the same as the address of an endpoint of the channel webhook. */
  readonly url: string;
  readonly description?: string | null | undefined;
  /** True: nothing is sent to it; false enables it again. */
  readonly disabled?: boolean | undefined;
}

export interface NoteCommand {
  readonly actor?: string | undefined;
  readonly comment: string;
}

export interface OnCall {
  /** RFC 3339, UTC. */
  readonly at: string;
  readonly onCall: readonly {
    readonly level: number;
    /** Empty: nobody. */
    readonly recipients: readonly string[];
    /** Since when nothing about it has changed; null: ever. */
    readonly from: string | null;
    /** When something changes; null: never. */
    readonly until: string | null;
    readonly source: 'layer' | 'override' | 'gap';
    /** The layer or override that says so. */
    readonly sourceId: string | null;
  }[];
  /** Nobody who is known is on call at level 1. */
  readonly gap: boolean;
}

export interface OpenAnswer {
  readonly id: string;
  readonly policy: {
    readonly id: string;
    readonly version: number;
  };
  readonly key: string;
  readonly status: FollowUpStatus;
  readonly outcome: string | null;
  readonly urgency: 'low' | 'normal' | 'high' | 'urgent';
  readonly subject: {
    readonly type: string;
    readonly id: string;
    readonly title: string;
    readonly url: string | null;
  };
  readonly data: Readonly<Record<string, unknown>>;
  /** Who is asked to act; of several the first who has not answered. */
  readonly assignee: string | null;
  /** All who are asked together (`require`); empty where one is. */
  readonly assignees: readonly string[];
  /** What who answered with the policy's own actions. */
  readonly answers: Readonly<
    Record<
      string,
      {
        readonly action: string;
        /** RFC 3339, UTC. */
        readonly at: string;
        readonly answer: unknown;
      }
    >
  >;
  readonly requester: string | null;
  readonly team: string | null;
  readonly watchers: readonly string[];
  readonly dueAt: string | null;
  /** The last stage that ran. */
  readonly stage: string | null;
  readonly nextAt: string | null;
  readonly nextStage: string | null;
  /** Why nothing is planned by the clock. */
  readonly waitsFor: string | null;
  readonly snoozedUntil: string | null;
  readonly commitment: {
    /** RFC 3339, UTC. */
    readonly dueAt: string;
    readonly by: string | null;
  } | null;
  /** Said to be done by somebody who may not close it; to be confirmed. */
  readonly claim: {
    readonly by: string | null;
    /** RFC 3339, UTC. */
    readonly at: string;
    /** RFC 3339, UTC. */
    readonly until: string;
  } | null;
  readonly escalationLevel: number;
  /** RFC 3339, UTC. */
  readonly openedAt: string;
  readonly acknowledgedAt: string | null;
  readonly acknowledgedBy: string | null;
  readonly resolvedAt: string | null;
  readonly resolvedBy: string | null;
  readonly closedAt: string | null;
  readonly generation: number;
  readonly revision: number;
  readonly changed: boolean;
  readonly inFlight: readonly string[];
  /** False: a live one had the key, and was fed. */
  readonly opened: boolean;
}

export interface OpenRequest {
  readonly policy: string;
  /** Else the one that the policy makes of `data`, as of an event. */
  readonly key?: string | undefined;
  readonly data?: Readonly<Record<string, unknown>> | undefined;
  readonly assignee?: string | undefined;
  readonly requester?: string | undefined;
  readonly team?: string | undefined;
  readonly watchers?: readonly string[] | undefined;
  /** RFC 3339, or a date: until its end, by the calendar of the policy, else by the zone of the tenant. */
  readonly dueAt?: string | null | undefined;
  readonly actor?: string | undefined;
  readonly subject?:
    | {
        readonly type?: string | undefined;
        readonly id?: string | undefined;
        readonly title?: string | undefined;
        readonly url?: string | undefined;
      }
    | undefined;
}

export interface Overview {
  readonly now: string;
  /** Live ones. */
  readonly followUps: {
    readonly open: number;
    readonly acknowledged: number;
    /** Of both. */
    readonly snoozed: number;
    /** Of both: the due date has passed. */
    readonly overdue: number;
    /** Of both. */
    readonly urgent: number;
  };
  /**
   * Live ones that need somebody: the first three go no further by themselves, which `attention=true` of the list
   * shows; `attention=stages_exhausted`, `unknown_recipient`, `parked`, `nobody_reached` and `orphaned` show those
   * of each.
   */
  readonly attention: {
    readonly stagesExhausted: number;
    readonly unknownRecipient: number;
    readonly parked: number;
    /** A stage had nobody to tell, in the last seven days. */
    readonly nobodyReached: number;
    /** The watchdog found that nothing wakes them, in the last seven days. */
    readonly orphaned: number;
  };
  /** Written by people, and neither answered nor put away. */
  readonly openReplies: number;
  /** Those that the tenant’s messages leave by, its own or the server’s, that do not accept what they are handed. */
  readonly connections: readonly {
    readonly id: string;
    readonly channel: string;
    readonly provider: string;
    readonly state: 'failing' | 'down';
    readonly detail: string | null;
    readonly since: string;
  }[];
  /** Of the last seven days, the newest first, 20 at most. */
  readonly alarms: readonly {
    readonly followUp: string;
    /** Null: the follow-up is gone. */
    readonly title: string | null;
    readonly live: boolean;
    readonly at: string;
    readonly reason: string;
    readonly text: string;
  }[];
  /** That are published. */
  readonly policies: number;
  /** Whether anybody is known. */
  readonly recipients: boolean;
}

export interface OwnPreferenceWish {
  readonly pausedUntil?: string | null | undefined;
  readonly quietHours?: string | null | undefined;
  readonly timeZone?: string | null | undefined;
  readonly locale?: string | null | undefined;
  /** False: nothing tells whether they open a message or follow its links. */
  readonly tracking?: boolean | undefined;
  readonly categories?:
    | readonly {
        readonly id: string;
        readonly subscribed?: boolean | undefined;
        readonly channels?:
          | {
              readonly email?: boolean | undefined;
              readonly sms?: boolean | undefined;
              readonly push?: boolean | undefined;
              readonly chat?: boolean | undefined;
              readonly webhook?: boolean | undefined;
            }
          | undefined;
        /** Null: as is usual for the category. */
        readonly frequency?: 'each' | 'daily' | 'weekly' | null | undefined;
      }[]
    | undefined;
}

export interface Policy {
  readonly id: string;
  readonly version: number;
  readonly deleted: boolean;
  readonly policy: Readonly<Record<string, unknown>>;
  /** The YAML that it was written in; null where it came as JSON. */
  readonly text: string | null;
}

export interface PolicyAnswer {
  readonly id: string;
  readonly version: number;
  readonly warnings: readonly PolicyProblem[];
}

export interface PolicyCheck {
  readonly ok: boolean;
  readonly id?: string;
  readonly errors: readonly PolicyProblem[];
  readonly warnings: readonly PolicyProblem[];
  /** What is proved of it, or refuted: then it is among the warnings too. */
  readonly proofs: readonly {
    readonly claim: string;
    readonly holds: boolean;
    readonly text: string;
  }[];
}

/** What it says, in words, and when its stages would run and speak in an example in which nobody answers. */
export interface PolicyPicture {
  readonly id: string;
  readonly title: string;
  readonly description: string;
  readonly opens: readonly string[];
  readonly updates: readonly string[];
  readonly closes: readonly string[];
  readonly asks: string;
  readonly fallback: string | null;
  readonly urgency: string;
  readonly category: string;
  readonly stages: readonly {
    readonly id: string;
    readonly role: string;
    /** As it is written: `due - 3 business days`; of an event its type. */
    readonly at: string;
    readonly byEvent: boolean;
    readonly when: string | null;
    readonly hours: readonly string[];
    readonly repeat: string | null;
    readonly goesOnAcknowledged: boolean;
    readonly urgency: string | null;
    readonly notices: readonly {
      readonly to: readonly string[];
      /** `email`, `sms after 2 hours`, `email if all else fails`; `their own plan`, which is their preference. */
      readonly via: readonly string[];
      /** Null: the built-in words. */
      readonly template: string | null;
    }[];
    readonly escalates: {
      readonly to: readonly string[];
      readonly mode: string;
      readonly raise: string | null;
    } | null;
    /** The first in the example; none where it does not run there. */
    readonly runs: readonly {
      /** RFC 3339, UTC. */
      readonly at: string;
      /** What was handed over: each channel once, with the first time. */
      readonly sent: readonly {
        readonly channel: string;
        /** RFC 3339, UTC. */
        readonly at: string;
      }[];
      /** By what a message waited for its hour. */
      readonly heldBy: string | null;
    }[];
    /** How many come after those. */
    readonly runsMore: number;
  }[];
  readonly closing: readonly {
    readonly when: 'resolved' | 'cancelled' | 'expired';
    readonly notices: readonly {
      readonly to: readonly string[];
      /** `email`, `sms after 2 hours`, `email if all else fails`; `their own plan`, which is their preference. */
      readonly via: readonly string[];
      /** Null: the built-in words. */
      readonly template: string | null;
    }[];
  }[];
  /** Null where no invented event opens it. */
  readonly example: {
    /** RFC 3339, UTC. */
    readonly openedAt: string;
    readonly dueAt: string | null;
    /** RFC 3339, UTC. */
    readonly endedAt: string;
    readonly end: 'closed' | 'waits' | 'until' | 'truncated';
    readonly zone: string;
  } | null;
}

export interface PolicyProblem {
  readonly code:
    | 'policy_not_readable'
    | 'policy_key_unknown'
    | 'policy_key_missing'
    | 'policy_key_not_built'
    | 'policy_value_invalid'
    | 'policy_duration_invalid'
    | 'policy_offset_invalid'
    | 'policy_hours_invalid'
    | 'policy_never_opens'
    | 'policy_target_invalid'
    | 'policy_condition_invalid'
    | 'policy_text_invalid'
    | 'policy_assignee_invalid'
    | 'policy_action_invalid'
    | 'policy_stage_duplicate'
    | 'policy_stage_reserved'
    | 'policy_anchor_unknown'
    | 'policy_anchor_cycle'
    | 'policy_anchor_before'
    | 'policy_due_missing'
    | 'policy_plan_invalid'
    | 'policy_repeat_invalid'
    | 'policy_fallback_missing'
    | 'policy_fallback_invalid'
    | 'policy_target_empty'
    | 'policy_evidence_weak'
    | 'policy_no_effect'
    | 'policy_stage_unreachable'
    | 'policy_uncovered_hour'
    | 'policy_messages_exceeded'
    | 'policy_words_missing'
    | 'policy_words_unknown'
    | 'policy_group_unknown'
    | 'policy_resolver_unknown'
    | 'policy_schedule_unknown'
    | 'policy_calendar_unknown'
    | 'policy_template_unknown'
    | 'policy_recipient_unknown'
    | 'policy_problems_left_out';
  /** Where in the policy: `stages[2].at`; empty for the whole of it. */
  readonly path: string;
  readonly message: string;
  /** The character of the value, counted from 0. */
  readonly at?: number;
  /** Counted from 1, where the policy was sent as YAML. */
  readonly line?: number;
  readonly column?: number;
  readonly severity: 'error' | 'warning';
}

/** Live follow-ups of a policy that has any. */
export interface PolicyStanding {
  readonly policy: string;
  readonly open: number;
  readonly acknowledged: number;
  /** Of both: the due date has passed. */
  readonly overdue: number;
  /** Of both: they go no further by themselves. */
  readonly attention: number;
}

export interface PolicyVersion {
  readonly version: number;
  /** RFC 3339, UTC. */
  readonly createdAt: string;
  /** The id of the key it was published with, `bootstrap`, or `project`. */
  readonly createdBy: string | null;
  /** What that key is called. */
  readonly createdByName: string | null;
}

/** As decisions see them. */
export interface PolicyWorld {
  /** RFC 3339, UTC. */
  readonly now: string;
  readonly recipients: readonly Readonly<Record<string, unknown>>[];
  readonly groups: readonly {
    readonly id: string;
    readonly name: string | null;
    readonly members: readonly string[];
    readonly size: number;
  }[];
  readonly schedules: readonly {
    readonly id: string;
    readonly [more: string]: unknown;
  }[];
  readonly calendar: Readonly<Record<string, unknown>> | null;
  readonly activity: readonly Readonly<Record<string, unknown>>[];
  readonly tenant: Readonly<Record<string, unknown>>;
}

export interface PolicyWorldRequest {
  /** With their managers and deputies. */
  readonly recipients?: readonly string[] | undefined;
  /** With their members. */
  readonly groups?: readonly string[] | undefined;
  /** With everybody who comes on call. */
  readonly schedules?:
    | readonly {
        readonly id: string;
        readonly level?: number | undefined;
      }[]
    | undefined;
  readonly calendar?: string | null | undefined;
  /** When it begins; now when not given. */
  readonly at?: string | undefined;
}

export interface PreferenceChange {
  /** RFC 3339, UTC. */
  readonly at: string;
  readonly what:
    | 'subscribed'
    | 'channel'
    | 'frequency'
    | 'pausedUntil'
    | 'quietHours'
    | 'timeZone'
    | 'locale'
    | 'tracking';
  readonly category: string | null;
  readonly channel: PushedChannel | null;
  readonly from: boolean | string | null;
  readonly to: boolean | string | null;
  readonly how: 'one_click' | 'page' | 'reply' | 'sms_keyword' | 'provider' | 'api' | 'import';
  /** The API key. */
  readonly by: string | null;
  readonly evidence: {
    readonly userAgent?: string;
    readonly message?: string;
    readonly text?: string;
  };
}

export interface PreferenceWish {
  readonly recipient?: string | undefined;
  readonly pausedUntil?: string | null | undefined;
  readonly quietHours?: string | null | undefined;
  readonly timeZone?: string | null | undefined;
  readonly locale?: string | null | undefined;
  /** False: nothing tells whether they open a message or follow its links. */
  readonly tracking?: boolean | undefined;
  readonly categories?:
    | readonly {
        readonly id: string;
        readonly subscribed?: boolean | undefined;
        readonly channels?:
          | {
              readonly email?: boolean | undefined;
              readonly sms?: boolean | undefined;
              readonly push?: boolean | undefined;
              readonly chat?: boolean | undefined;
              readonly webhook?: boolean | undefined;
            }
          | undefined;
        /** Null: as is usual for the category. */
        readonly frequency?: 'each' | 'daily' | 'weekly' | null | undefined;
      }[]
    | undefined;
  readonly evidence?:
    | {
        readonly how?: 'api' | 'import' | undefined;
        /** What shows that the person chose it. */
        readonly text?: string | undefined;
      }
    | undefined;
}

export interface Preferences {
  readonly recipient: string;
  readonly pausedUntil: string | null;
  /** In their own zone, such as 22:00-07:00. */
  readonly quietHours: string | null;
  readonly timeZone: string | null;
  readonly locale: string | null;
  /** False: nothing tells whether they open a message or follow its links. */
  readonly tracking: boolean;
  readonly categories: readonly {
    readonly id: string;
    readonly title: string;
    readonly essential: boolean;
    readonly why: string | null;
    /** A message needs this, and its channel. */
    readonly subscribed: boolean;
    /** Those that reach them. */
    readonly channels: Readonly<Partial<Record<'email' | 'sms' | 'push' | 'chat' | 'webhook', boolean>>>;
    readonly frequency: 'each' | 'daily' | 'weekly';
  }[];
}

export interface PreviewRequest {
  readonly channel?: 'email' | 'sms' | 'push' | 'inbox' | 'chat' | 'webhook' | undefined;
  readonly recipient?: string | undefined;
  readonly locale?: string | undefined;
  readonly followUp?: string | undefined;
  readonly role?: 'notice' | 'reminder' | 'final' | 'escalation' | 'update' | 'confirmation' | undefined;
  readonly data?: Readonly<Record<string, unknown>> | undefined;
  readonly subject?: Readonly<Record<string, unknown>> | undefined;
  readonly at?: string | undefined;
  readonly template?:
    | {
        /** BCP 47: of its own words, those that stand under no locale. */
        readonly language?: string | undefined;
        readonly email?:
          | {
              readonly subject?: string | undefined;
              readonly mjml?: string | undefined;
              readonly html?: string | undefined;
              readonly text?: string | undefined;
              /** Liquid in both; the address is https. */
              readonly attachments?:
                | readonly {
                    readonly filename: string;
                    readonly url: string;
                  }[]
                | undefined;
              /** The due date goes with it as an entry of a calendar. */
              readonly calendar?: boolean | undefined;
            }
          | undefined;
        readonly sms?:
          | {
              readonly text: string;
            }
          | undefined;
        readonly push?:
          | {
              readonly title?: string | undefined;
              readonly body?: string | undefined;
            }
          | undefined;
        readonly inbox?:
          | {
              readonly title?: string | undefined;
              readonly body?: string | undefined;
              readonly as?: 'feed' | 'banner' | 'toast' | 'modal' | undefined;
              /** Liquid that gives RFC 3339, or nothing: then it shows as an item of the feed. */
              readonly until?: string | undefined;
            }
          | undefined;
        readonly chat?:
          | {
              readonly text: string;
            }
          | undefined;
        readonly webhook?:
          | {
              readonly text: string;
            }
          | undefined;
        readonly locales?:
          | Readonly<
              Record<
                string,
                {
                  readonly email?:
                    | {
                        readonly subject?: string | undefined;
                        readonly mjml?: string | undefined;
                        readonly html?: string | undefined;
                        readonly text?: string | undefined;
                        /** Liquid in both; the address is https. */
                        readonly attachments?:
                          | readonly {
                              readonly filename: string;
                              readonly url: string;
                            }[]
                          | undefined;
                        /** The due date goes with it as an entry of a calendar. */
                        readonly calendar?: boolean | undefined;
                      }
                    | undefined;
                  readonly sms?:
                    | {
                        readonly text: string;
                      }
                    | undefined;
                  readonly push?:
                    | {
                        readonly title?: string | undefined;
                        readonly body?: string | undefined;
                      }
                    | undefined;
                  readonly inbox?:
                    | {
                        readonly title?: string | undefined;
                        readonly body?: string | undefined;
                        readonly as?: 'feed' | 'banner' | 'toast' | 'modal' | undefined;
                        /** Liquid that gives RFC 3339, or nothing: then it shows as an item of the feed. */
                        readonly until?: string | undefined;
                      }
                    | undefined;
                  readonly chat?:
                    | {
                        readonly text: string;
                      }
                    | undefined;
                  readonly webhook?:
                    | {
                        readonly text: string;
                      }
                    | undefined;
                }
              >
            >
          | undefined;
      }
    | undefined;
}

export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly code:
    | 'bad_json'
    | 'bad_text'
    | 'bad_yaml'
    | 'too_deep'
    | 'invalid'
    | 'invalid_event'
    | 'invalid_webhook'
    | 'unauthorized'
    | 'token_needed'
    | 'not_proven'
    | 'forbidden'
    | 'foreign_origin'
    | 'not_found'
    | 'method_not_allowed'
    | 'conflict'
    | 'in_use'
    | 'follow_up_closed'
    | 'key_ambiguous'
    | 'idempotency_in_flight'
    | 'clock_not_virtual'
    | 'changed_meanwhile'
    | 'clock_busy'
    | 'too_large'
    | 'unsupported_media_type'
    | 'unprocessable'
    | 'idempotency_mismatch'
    | 'idempotency_lost'
    | 'policy_invalid'
    | 'template_invalid'
    | 'policy_not_found'
    | 'refused'
    | 'event_unprocessable'
    | 'time_in_past'
    | 'not_built'
    | 'rate_limited'
    | 'internal'
    | 'stopping'
    | 'held'
    | 'policy_unreadable'
    | 'database_away';
  readonly detail: string;
  readonly next: string;
  readonly errors?: readonly {
    readonly path?: string;
    readonly message?: string;
  }[];
}

export interface Provider {
  readonly id: string;
  readonly channel: Channel;
  readonly title: string;
  /** JSON Schema of the settings of a connection. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** JSON Schema of its secrets. */
  readonly secrets: Readonly<Record<string, unknown>>;
  /** Whether it tells what became of messages, at `receiptsUrl` of a connection. */
  readonly receipts: boolean;
}

export interface PushKey {
  /** What browsers subscribe with, base64url. */
  readonly publicKey: string;
}

export type PushedChannel = 'email' | 'sms' | 'push' | 'chat' | 'webhook';

export interface ReadyPolicy {
  readonly id: string;
  readonly title: string;
  readonly about: string;
}

export interface ReadyPolicyWhole {
  readonly id: string;
  readonly title: string;
  readonly about: string;
  /** YAML. */
  readonly text: string;
  /** An example of what opens it. */
  readonly event: Readonly<Record<string, unknown>>;
  readonly templates: readonly {
    readonly id: string;
    /** BCP 47: of its own words, those that stand under no locale. */
    readonly language?: string;
    readonly email?: {
      readonly subject?: string;
      readonly mjml?: string;
      readonly html?: string;
      readonly text?: string;
      /** Liquid in both; the address is https. */
      readonly attachments?: readonly {
        readonly filename: string;
        readonly url: string;
      }[];
      /** The due date goes with it as an entry of a calendar. */
      readonly calendar?: boolean;
    };
    readonly sms?: {
      readonly text: string;
    };
    readonly push?: {
      readonly title?: string;
      readonly body?: string;
    };
    readonly inbox?: {
      readonly title?: string;
      readonly body?: string;
      readonly as?: 'feed' | 'banner' | 'toast' | 'modal';
      /** Liquid that gives RFC 3339, or nothing: then it shows as an item of the feed. */
      readonly until?: string;
    };
    readonly chat?: {
      readonly text: string;
    };
    readonly webhook?: {
      readonly text: string;
    };
    readonly locales?: Readonly<
      Record<
        string,
        {
          readonly email?: {
            readonly subject?: string;
            readonly mjml?: string;
            readonly html?: string;
            readonly text?: string;
            /** Liquid in both; the address is https. */
            readonly attachments?: readonly {
              readonly filename: string;
              readonly url: string;
            }[];
            /** The due date goes with it as an entry of a calendar. */
            readonly calendar?: boolean;
          };
          readonly sms?: {
            readonly text: string;
          };
          readonly push?: {
            readonly title?: string;
            readonly body?: string;
          };
          readonly inbox?: {
            readonly title?: string;
            readonly body?: string;
            readonly as?: 'feed' | 'banner' | 'toast' | 'modal';
            /** Liquid that gives RFC 3339, or nothing: then it shows as an item of the feed. */
            readonly until?: string;
          };
          readonly chat?: {
            readonly text: string;
          };
          readonly webhook?: {
            readonly text: string;
          };
        }
      >
    >;
  }[];
  /** With example people, to be replaced. */
  readonly groups: readonly {
    readonly id: string;
    readonly name: string | null;
    readonly members: readonly string[];
  }[];
  /** With example people, to be replaced. */
  readonly schedules: readonly {
    readonly id: string;
    readonly name: string | null;
    readonly timeZone: string;
    /** Later ones win over earlier ones of their level. */
    readonly layers: readonly {
      readonly id?: string;
      /** 1 when not given. */
      readonly level?: number;
      readonly rotation: {
        /** "1 week", "2 days", "8 hours", or { handovers: [{ day, at }] }: a week, or a day, of its own. */
        readonly every:
          | string
          | {
              readonly handovers: readonly {
                readonly day?: 'mon' | 'tue' | 'wed' | 'thu' | 'fri' | 'sat' | 'sun';
                readonly at: string;
              }[];
            };
        /** When one member hands over to the next; not with { handovers }. */
        readonly handover?: {
          readonly day?: 'mon' | 'tue' | 'wed' | 'thu' | 'fri' | 'sat' | 'sun';
          readonly at: string;
        };
        /** The day on which the first member begins. */
        readonly start: string;
        /** The day on which the rotation is over. */
        readonly end?: string | null;
        /** Recipient ids in turn; a list is on call together. */
        readonly members: readonly (string | readonly string[])[];
      };
      readonly restrictions?: readonly {
        /** The days on which it begins; every day when not given. */
        readonly days?: string;
        /** Midnight when not given. */
        readonly from?: string;
        /** The next day when not after `from`; midnight when not given. */
        readonly to?: string;
      }[];
    }[];
    /** Later ones win over earlier ones. */
    readonly overrides: readonly {
      readonly id: string;
      readonly from: string;
      readonly to: string;
      /** Null: nobody. */
      readonly recipient?: string | null;
      readonly recipients?: readonly string[];
      /** Only this person is replaced, wherever they are on call. */
      readonly replaces?: string;
      /** Without `replaces` 1 when not given; with it every level. */
      readonly level?: number;
    }[];
  }[];
  readonly calendars: readonly {
    /** An IANA time zone, as in `Europe/Paris`. */
    readonly zone: string;
    /** Business hours by day: `{ mon-fri: "09:00-12:30, 14:00-18:00", sat: "10:00-12:00" }`. */
    readonly hours?: Readonly<Record<string, string>>;
    readonly holidays?:
      | string
      | {
          readonly country: string;
          /** As in BY. */
          readonly state?: string;
          /** As in A. */
          readonly region?: string;
        }
      | {
          /** The text of an iCalendar file (RFC 5545), of which every all-day event is a holiday. */
          readonly icalendar: string;
        }
      | readonly (
          | string
          | {
              readonly country: string;
              /** As in BY. */
              readonly state?: string;
              /** As in A. */
              readonly region?: string;
            }
          | {
              /** The text of an iCalendar file (RFC 5545), of which every all-day event is a holiday. */
              readonly icalendar: string;
            }
        )[];
    /** Dates with other hours, holidays included: `{ 2026-12-24: "09:00-12:00", 2026-12-28: closed }`. */
    readonly exceptions?: Readonly<Record<string, string>>;
    readonly id: string;
    readonly name: string | null;
  }[];
  /** The example people. */
  readonly recipients: readonly Recipient[];
  /** What it needs of relance.yaml, if anything. */
  readonly settings: Readonly<Record<string, unknown>>;
}

export interface ReassignCommand {
  readonly actor?: string | undefined;
  readonly comment?: string | undefined;
  readonly to: string;
}

export interface ReceiptsAnswer {
  /** Items whose message was found: what they tell is recorded with it, news that was told before once. */
  readonly placed: number;
  /**
   * Items whose message is not recorded yet; tried again for an hour. What is in neither number is about no
   * message of this tenant, and is forgotten.
   */
  readonly kept: number;
}

export interface Recipient {
  readonly id: string;
  readonly name: string | null;
  readonly email: string | null;
  readonly phone: string | null;
  readonly locale: string | null;
  readonly timeZone: string | null;
  readonly location: {
    readonly country?: string;
    readonly region?: string;
    readonly city?: string;
  } | null;
  readonly manager: string | null;
  readonly traits: Readonly<Record<string, unknown>>;
  readonly endpoints: readonly {
    readonly channel: Channel;
    readonly address: string;
    /** A further email address that gets a copy of the same mail. */
    readonly copy?: 'cc' | 'bcc';
  }[];
  readonly plan: {
    readonly normal?:
      | readonly (
          | Channel
          | {
              readonly channel: Channel;
              readonly after?: string;
              readonly else?: boolean;
            }
        )[]
      | null;
    readonly urgent?:
      | readonly (
          | Channel
          | {
              readonly channel: Channel;
              readonly after?: string;
              readonly else?: boolean;
            }
        )[]
      | null;
  } | null;
  /** Dates (the last one included) or RFC 3339. */
  readonly away: readonly {
    readonly from: string;
    readonly to: string;
    readonly delegate: string | null;
  }[];
}

/** Everything that is known of a recipient. */
export interface RecipientExport {
  /** RFC 3339, UTC. */
  readonly exportedAt: string;
  readonly profile: Readonly<Record<string, unknown>>;
  readonly [more: string]: unknown;
}

export interface RecipientToken {
  readonly token: string;
  /** RFC 3339, UTC. */
  readonly expiresAt: string;
}

export interface RecipientsAnswer {
  /** People; whoever is in the list twice is one. */
  readonly accepted: number;
  readonly rejected: readonly {
    readonly index: number;
    readonly code: string;
    readonly detail: string;
  }[];
  /** Of each that was accepted; of a dry run what it would be. */
  readonly results: readonly {
    readonly index: number;
    readonly id: string;
    readonly result: 'created' | 'changed' | 'unchanged';
    /** Those that differ from what was known. */
    readonly fields: readonly string[];
  }[];
}

export interface ReopenCommand {
  readonly actor?: string | undefined;
  readonly comment?: string | undefined;
}

export interface Reply {
  readonly id: string;
  readonly followUp: string;
  /** The message that it answers. */
  readonly message: string;
  readonly channel: Channel;
  /** The address that it came from. */
  readonly from: string;
  /** Who that is; null: nobody is known by it. */
  readonly recipient: string | null;
  /** How surely they answered this message; null: nothing proves it. */
  readonly evidence: 'machine' | 'likely' | 'proven' | null;
  /** RFC 3339, UTC. */
  readonly at: string;
  readonly kind: 'human' | 'automatic';
  readonly subject: string | null;
  /** What is new in it. */
  readonly text: string;
  /** As it was understood; null of a program. */
  readonly meaning: {
    readonly kind:
      | 'done'
      | 'commit'
      | 'snooze'
      | 'delegate'
      | 'stop'
      | 'not_mine'
      | 'wrong_person'
      | 'acknowledge'
      | 'unclear';
    readonly confidence: number;
    /** RFC 3339, UTC. */
    readonly by?: string;
    /** RFC 3339, UTC. */
    readonly until?: string;
    readonly action?: string;
  } | null;
  readonly became: 'command' | 'opted_out' | 'conversation' | 'nothing';
  /** Of what became a conversation, or nothing. */
  readonly why: string | null;
  /** The command that it became. */
  readonly command: string | null;
  readonly status: 'open' | 'answered' | 'closed';
  readonly answers: readonly {
    /** RFC 3339, UTC. */
    readonly at: string;
    readonly by: string | null;
    readonly text: string;
    readonly message: string;
  }[];
  readonly closedAt: string | null;
  readonly closedBy: string | null;
}

export interface ReplyAnswer {
  readonly text: string;
  /** Who answers; as in commands. */
  readonly actor?: string | undefined;
}

export interface ReplyClose {
  readonly actor?: string | undefined;
  readonly comment?: string | undefined;
}

export interface RescheduleCommand {
  readonly actor?: string | undefined;
  readonly comment?: string | undefined;
  readonly dueAt: string | null;
}

export interface ResolveCommand {
  readonly actor?: string | undefined;
  readonly comment?: string | undefined;
  readonly outcome?: string | undefined;
}

export interface Schedule {
  readonly id: string;
  readonly name: string | null;
  readonly timeZone: string;
  /** Later ones win over earlier ones of their level. */
  readonly layers: readonly {
    readonly id?: string;
    /** 1 when not given. */
    readonly level?: number;
    readonly rotation: {
      /** "1 week", "2 days", "8 hours", or { handovers: [{ day, at }] }: a week, or a day, of its own. */
      readonly every:
        | string
        | {
            readonly handovers: readonly {
              readonly day?: 'mon' | 'tue' | 'wed' | 'thu' | 'fri' | 'sat' | 'sun';
              readonly at: string;
            }[];
          };
      /** When one member hands over to the next; not with { handovers }. */
      readonly handover?: {
        readonly day?: 'mon' | 'tue' | 'wed' | 'thu' | 'fri' | 'sat' | 'sun';
        readonly at: string;
      };
      /** The day on which the first member begins. */
      readonly start: string;
      /** The day on which the rotation is over. */
      readonly end?: string | null;
      /** Recipient ids in turn; a list is on call together. */
      readonly members: readonly (string | readonly string[])[];
    };
    readonly restrictions?: readonly {
      /** The days on which it begins; every day when not given. */
      readonly days?: string;
      /** Midnight when not given. */
      readonly from?: string;
      /** The next day when not after `from`; midnight when not given. */
      readonly to?: string;
    }[];
  }[];
  /** Later ones win over earlier ones. */
  readonly overrides: readonly {
    readonly id: string;
    readonly from: string;
    readonly to: string;
    /** Null: nobody. */
    readonly recipient?: string | null;
    readonly recipients?: readonly string[];
    /** Only this person is replaced, wherever they are on call. */
    readonly replaces?: string;
    /** Without `replaces` 1 when not given; with it every level. */
    readonly level?: number;
  }[];
  readonly version: number;
}

export interface ScheduleAnswer {
  readonly id: string;
  readonly name: string | null;
  readonly timeZone: string;
  /** Later ones win over earlier ones of their level. */
  readonly layers: readonly {
    readonly id?: string;
    /** 1 when not given. */
    readonly level?: number;
    readonly rotation: {
      /** "1 week", "2 days", "8 hours", or { handovers: [{ day, at }] }: a week, or a day, of its own. */
      readonly every:
        | string
        | {
            readonly handovers: readonly {
              readonly day?: 'mon' | 'tue' | 'wed' | 'thu' | 'fri' | 'sat' | 'sun';
              readonly at: string;
            }[];
          };
      /** When one member hands over to the next; not with { handovers }. */
      readonly handover?: {
        readonly day?: 'mon' | 'tue' | 'wed' | 'thu' | 'fri' | 'sat' | 'sun';
        readonly at: string;
      };
      /** The day on which the first member begins. */
      readonly start: string;
      /** The day on which the rotation is over. */
      readonly end?: string | null;
      /** Recipient ids in turn; a list is on call together. */
      readonly members: readonly (string | readonly string[])[];
    };
    readonly restrictions?: readonly {
      /** The days on which it begins; every day when not given. */
      readonly days?: string;
      /** Midnight when not given. */
      readonly from?: string;
      /** The next day when not after `from`; midnight when not given. */
      readonly to?: string;
    }[];
  }[];
  /** Later ones win over earlier ones. */
  readonly overrides: readonly {
    readonly id: string;
    readonly from: string;
    readonly to: string;
    /** Null: nobody. */
    readonly recipient?: string | null;
    readonly recipients?: readonly string[];
    /** Only this person is replaced, wherever they are on call. */
    readonly replaces?: string;
    /** Without `replaces` 1 when not given; with it every level. */
    readonly level?: number;
  }[];
  readonly version: number;
  readonly warnings: readonly {
    readonly path: string;
    readonly message: string;
  }[];
}

export interface ScheduleImport {
  readonly id: string;
  readonly version: number;
  readonly imported: number;
  /** Overrides of cancelled events. */
  readonly removed: number;
  readonly skippedCount: number;
  /** The first 500. */
  readonly skipped: readonly {
    readonly uid: string | null;
    readonly summary: string;
    readonly reason: string;
  }[];
}

export interface ServedChannel {
  readonly channel: Channel;
  /** Whose connections: the tenant’s own, the server’s, or its mailbox, which keeps what nobody sends. */
  readonly by: 'tenant' | 'server' | 'mailbox' | 'nothing';
  /** In the order in which they are tried. */
  readonly connections: readonly {
    readonly id: string;
    readonly provider: string;
    readonly health: {
      readonly state: 'up' | 'failing' | 'down';
      readonly detail: string | null;
      readonly since: string | null;
    };
  }[];
  /**
   * By which of them messages left when they were tried last: the first that was not down; null where there is
   * none.
   */
  readonly now: string | null;
}

export interface Settings {
  readonly tenant: string;
  /** As relance.yaml was applied last. */
  readonly settings: Readonly<Record<string, unknown>>;
}

export interface Shift {
  readonly level: number;
  /** Empty: nobody. */
  readonly recipients: readonly string[];
  /** RFC 3339, UTC. */
  readonly from: string;
  /** RFC 3339, UTC. */
  readonly until: string;
  readonly source: 'layer' | 'override';
  readonly sourceId: string;
}

export interface Simulation {
  readonly policy: {
    readonly id: string;
    readonly version: number;
  };
  /** As given, or as invented. */
  readonly event: Readonly<Record<string, unknown>>;
  readonly items: readonly TimelineItem[];
  /** Too long, or took too long: the rest is missing. */
  readonly truncated: boolean;
  readonly messages: readonly {
    readonly id: string;
    readonly stage: string;
    readonly run: number;
    readonly recipient: string;
    readonly channel: Channel;
    readonly status: string;
    readonly reason: string;
    readonly sentAt: string | null;
  }[];
  readonly outcome: {
    readonly status: FollowUpStatus;
    readonly outcome: string | null;
    /** Waits: nothing more happens by the clock. */
    readonly end: 'closed' | 'waits' | 'until' | 'truncated';
    /** RFC 3339, UTC. */
    readonly endedAt: string;
    readonly waitsFor: string | null;
  };
  readonly followUp: FollowUp;
  readonly alarms: readonly {
    readonly reason: string;
    readonly stage: string | null;
    readonly text: string;
  }[];
  /** Who is not in the directory, so that somebody reachable stands in. */
  readonly invented: readonly string[];
  readonly notes: readonly string[];
  readonly people: readonly {
    readonly id: string;
    readonly name: string | null;
    readonly timeZone: string;
    readonly invented: boolean;
  }[];
  /** Of many runs; the items are those of the first. */
  readonly report: {
    readonly runs: number;
    readonly seed: number;
    readonly ends: {
      readonly resolved: number;
      readonly cancelled: number;
      readonly expired: number;
      readonly exhausted: number;
      readonly open: number;
    };
    /** Share of the runs. */
    readonly escalated: number;
    readonly messages: {
      readonly n: number;
      readonly median: number;
      readonly p90: number;
      readonly max: number;
      readonly total: number;
      readonly byChannel: Readonly<Record<string, number>>;
      readonly byStage: Readonly<Record<string, number>>;
    };
    /** Seconds from the opening. */
    readonly firstResponse: {
      readonly n: number;
      readonly median: number;
      readonly p90: number;
      readonly max: number;
    } | null;
    /** Seconds from the opening. */
    readonly resolution: {
      readonly n: number;
      readonly median: number;
      readonly p90: number;
      readonly max: number;
    } | null;
  } | null;
}

export interface SimulationRequest {
  /** The event that opens it; invented when not given. */
  readonly event?: Readonly<Record<string, unknown>> | undefined;
  /** Over the data of the invented event. */
  readonly data?: Readonly<Record<string, unknown>> | undefined;
  /** By type: the data of later events; only what their key reads may be left to the one that opens it. */
  readonly eventData?: Readonly<Record<string, Readonly<Record<string, unknown>>>> | undefined;
  /** A date or RFC 3339, whatever the policy reads. */
  readonly dueAt?: string | undefined;
  /** Of people who are not known. */
  readonly zone?: string | undefined;
  /** When it opens, as RFC 3339; now when not given. */
  readonly at?: string | undefined;
  /** Sentences such as "assignee acknowledges after 2 hours"; nobody answers when not given. */
  readonly behaviours?: readonly string[] | undefined;
  /** A duration from its opening, a date or RFC 3339; ten years at most. */
  readonly until?: string | undefined;
  /** Played so many times, with a report. */
  readonly runs?: number | undefined;
  readonly seed?: number | undefined;
}

export interface SnoozeCommand {
  readonly actor?: string | undefined;
  readonly comment?: string | undefined;
  readonly until: string;
}

export interface SuppressedEndpoint {
  readonly channel: PushedChannel;
  /** As addresses are compared. */
  readonly address: string;
  readonly source: 'hard_bounce' | 'complaint' | 'stop' | 'provider' | 'person' | 'admin';
  readonly reason: string | null;
  readonly sender: string | null;
}

export interface Suppression {
  readonly channel: PushedChannel;
  /** As addresses are compared. */
  readonly address: string;
  readonly source: 'hard_bounce' | 'complaint' | 'stop' | 'provider' | 'person' | 'admin';
  readonly reason: string | null;
  /** The message whose receipt said so. */
  readonly message: string | null;
  /** The sender of yours that was told to stop; null: all of them. */
  readonly sender: string | null;
  /** RFC 3339, UTC. */
  readonly at: string;
  readonly liftedAt: string | null;
  readonly liftedReason: string | null;
}

export interface SuppressionImport {
  readonly added: number;
  readonly already: number;
  /** The first 1,000. */
  readonly rejected: readonly {
    readonly line: number;
    readonly detail: string;
  }[];
  readonly rejectedCount: number;
}

export interface SuppressionsAnswer {
  readonly accepted: number;
  readonly rejected: readonly {
    readonly index: number;
    readonly code: string;
    readonly detail: string;
  }[];
}

export interface Template {
  readonly id: string;
  readonly version: number;
  /** BCP 47: of its own words, those that stand under no locale. */
  readonly language?: string;
  readonly email?: {
    readonly subject?: string;
    readonly mjml?: string;
    readonly html?: string;
    readonly text?: string;
    /** Liquid in both; the address is https. */
    readonly attachments?: readonly {
      readonly filename: string;
      readonly url: string;
    }[];
    /** The due date goes with it as an entry of a calendar. */
    readonly calendar?: boolean;
  };
  readonly sms?: {
    readonly text: string;
  };
  readonly push?: {
    readonly title?: string;
    readonly body?: string;
  };
  readonly inbox?: {
    readonly title?: string;
    readonly body?: string;
    readonly as?: 'feed' | 'banner' | 'toast' | 'modal';
    /** Liquid that gives RFC 3339, or nothing: then it shows as an item of the feed. */
    readonly until?: string;
  };
  readonly chat?: {
    readonly text: string;
  };
  readonly webhook?: {
    readonly text: string;
  };
  readonly locales?: Readonly<
    Record<
      string,
      {
        readonly email?: {
          readonly subject?: string;
          readonly mjml?: string;
          readonly html?: string;
          readonly text?: string;
          /** Liquid in both; the address is https. */
          readonly attachments?: readonly {
            readonly filename: string;
            readonly url: string;
          }[];
          /** The due date goes with it as an entry of a calendar. */
          readonly calendar?: boolean;
        };
        readonly sms?: {
          readonly text: string;
        };
        readonly push?: {
          readonly title?: string;
          readonly body?: string;
        };
        readonly inbox?: {
          readonly title?: string;
          readonly body?: string;
          readonly as?: 'feed' | 'banner' | 'toast' | 'modal';
          /** Liquid that gives RFC 3339, or nothing: then it shows as an item of the feed. */
          readonly until?: string;
        };
        readonly chat?: {
          readonly text: string;
        };
        readonly webhook?: {
          readonly text: string;
        };
      }
    >
  >;
}

export interface TemplatePreview {
  readonly channel: Channel;
  /** The language of the words, the reader’s own where they are in it. */
  readonly locale: string;
  readonly content: {
    readonly subject?: string;
    readonly html?: string;
    readonly text: string;
    readonly [more: string]: unknown;
  };
  /** Names that it reads and that have no value. */
  readonly missing: readonly string[];
  /** Of a text message: how many it takes. */
  readonly segments?: unknown;
}

export interface TestAnswer {
  readonly channel: Channel;
  readonly outcome: {
    readonly kind: 'accepted' | 'retry' | 'rejected' | 'uncertain';
    readonly detail?: string;
    readonly [more: string]: unknown;
  };
}

export interface TestRequest {
  readonly channel?: 'email' | 'sms' | 'push' | 'inbox' | 'chat' | 'webhook' | undefined;
  readonly recipient?: string | undefined;
  readonly locale?: string | undefined;
  readonly followUp?: string | undefined;
  readonly role?: 'notice' | 'reminder' | 'final' | 'escalation' | 'update' | 'confirmation' | undefined;
  readonly data?: Readonly<Record<string, unknown>> | undefined;
  readonly subject?: Readonly<Record<string, unknown>> | undefined;
  readonly at?: string | undefined;
  readonly template?:
    | {
        /** BCP 47: of its own words, those that stand under no locale. */
        readonly language?: string | undefined;
        readonly email?:
          | {
              readonly subject?: string | undefined;
              readonly mjml?: string | undefined;
              readonly html?: string | undefined;
              readonly text?: string | undefined;
              /** Liquid in both; the address is https. */
              readonly attachments?:
                | readonly {
                    readonly filename: string;
                    readonly url: string;
                  }[]
                | undefined;
              /** The due date goes with it as an entry of a calendar. */
              readonly calendar?: boolean | undefined;
            }
          | undefined;
        readonly sms?:
          | {
              readonly text: string;
            }
          | undefined;
        readonly push?:
          | {
              readonly title?: string | undefined;
              readonly body?: string | undefined;
            }
          | undefined;
        readonly inbox?:
          | {
              readonly title?: string | undefined;
              readonly body?: string | undefined;
              readonly as?: 'feed' | 'banner' | 'toast' | 'modal' | undefined;
              /** Liquid that gives RFC 3339, or nothing: then it shows as an item of the feed. */
              readonly until?: string | undefined;
            }
          | undefined;
        readonly chat?:
          | {
              readonly text: string;
            }
          | undefined;
        readonly webhook?:
          | {
              readonly text: string;
            }
          | undefined;
        readonly locales?:
          | Readonly<
              Record<
                string,
                {
                  readonly email?:
                    | {
                        readonly subject?: string | undefined;
                        readonly mjml?: string | undefined;
                        readonly html?: string | undefined;
                        readonly text?: string | undefined;
                        /** Liquid in both; the address is https. */
                        readonly attachments?:
                          | readonly {
                              readonly filename: string;
                              readonly url: string;
                            }[]
                          | undefined;
                        /** The due date goes with it as an entry of a calendar. */
                        readonly calendar?: boolean | undefined;
                      }
                    | undefined;
                  readonly sms?:
                    | {
                        readonly text: string;
                      }
                    | undefined;
                  readonly push?:
                    | {
                        readonly title?: string | undefined;
                        readonly body?: string | undefined;
                      }
                    | undefined;
                  readonly inbox?:
                    | {
                        readonly title?: string | undefined;
                        readonly body?: string | undefined;
                        readonly as?: 'feed' | 'banner' | 'toast' | 'modal' | undefined;
                        /** Liquid that gives RFC 3339, or nothing: then it shows as an item of the feed. */
                        readonly until?: string | undefined;
                      }
                    | undefined;
                  readonly chat?:
                    | {
                        readonly text: string;
                      }
                    | undefined;
                  readonly webhook?:
                    | {
                        readonly text: string;
                      }
                    | undefined;
                }
              >
            >
          | undefined;
      }
    | undefined;
  /** Of an inbox: the id of its recipient. */
  readonly address?: string | undefined;
}

export interface TimelineItem {
  /** RFC 3339, UTC. */
  readonly at: string;
  readonly kind: string;
  readonly reason: string;
  /** One English sentence. */
  readonly text: string;
  readonly stage?: string;
  readonly recipient?: string;
  readonly channel?: Channel;
  readonly message?: string;
  readonly actor?: string;
  readonly evidence?: 'machine' | 'likely' | 'proven';
  readonly data?: Readonly<Record<string, unknown>>;
}

export interface TokenRequest {
  readonly ttl?: number | string | undefined;
  readonly scopes?: readonly unknown[] | undefined;
}

export interface UnacknowledgeCommand {
  readonly actor?: string | undefined;
  readonly comment?: string | undefined;
}

export interface Webhook {
  readonly id: string;
  readonly url: string;
  readonly description: string | null;
  /** Nothing is sent to it. */
  readonly disabled: boolean;
  readonly disabledAt: string | null;
  readonly disabledReason: string | null;
  /** Until then the secret before the last rotation is signed with as well. */
  readonly oldSecretUntil: string | null;
  readonly lastSuccessAt: string | null;
  readonly lastFailureAt: string | null;
  readonly lastFailure: string | null;
  /** One after the other, since the last success. */
  readonly failures: number;
  readonly failingSince: string | null;
  /** RFC 3339, UTC. */
  readonly createdAt: string;
  /** Whsec_…, once: when it is made, and when it is rotated. */
  readonly secret?: string;
}

/** Every route, by its method and path. */
export interface Routes {
  /** Who exported, erased, lifted, imported, and made or took back keys, newest first. */
  readonly 'GET /v1/audit': {
    readonly query?: {
      readonly cursor?: string | undefined;
      readonly limit?: number | undefined;
      readonly action?:
        | 'recipient.exported'
        | 'recipient.erased'
        | 'suppression.lifted'
        | 'suppressions.imported'
        | 'suppressions.exported'
        | 'key.made'
        | 'key.revoked'
        | 'branding.changed'
        | 'session.opened'
        | 'session.ended'
        | undefined;
      /** Those about one recipient, erased ones too. */
      readonly recipient?: string | undefined;
      readonly channel?: PushedChannel | undefined;
      /** Those about one endpoint, with `channel`. */
      readonly address?: string | undefined;
    };
    readonly answer: Page<AuditEntry>;
  };
  /** All calendars. */
  readonly 'GET /v1/calendars': {
    readonly query?: {
      readonly cursor?: string | undefined;
      readonly limit?: number | undefined;
    };
    readonly answer: Page<Calendar>;
  };
  /** Creates or replaces a calendar: business hours, holidays and exceptions. */
  readonly 'PUT /v1/calendars/{id}': {
    readonly path: { readonly id: string };
    readonly body: { readonly 'application/json': NewCalendar };
    readonly answer: Calendar;
  };
  /** One calendar. */
  readonly 'GET /v1/calendars/{id}': {
    readonly path: { readonly id: string };
    readonly answer: Calendar;
  };
  /** Deletes a calendar that no policy names. */
  readonly 'DELETE /v1/calendars/{id}': {
    readonly path: { readonly id: string };
    readonly answer: undefined;
  };
  /** Its next working days, and the holidays and exceptions among them. */
  readonly 'GET /v1/calendars/{id}/days': {
    readonly path: { readonly id: string };
    readonly query?: {
      readonly from?: string | undefined;
      readonly count?: number | undefined;
    };
    readonly answer: CalendarDays;
  };
  /** All categories. */
  readonly 'GET /v1/categories': {
    readonly query?: {
      readonly cursor?: string | undefined;
      readonly limit?: number | undefined;
    };
    readonly answer: Page<Category>;
  };
  /** Creates or replaces a category. */
  readonly 'PUT /v1/categories/{id}': {
    readonly path: { readonly id: string };
    readonly body: { readonly 'application/json': NewCategory };
    readonly answer: Category;
  };
  /** One category. */
  readonly 'GET /v1/categories/{id}': {
    readonly path: { readonly id: string };
    readonly answer: Category;
  };
  /** Deletes a category. */
  readonly 'DELETE /v1/categories/{id}': {
    readonly path: { readonly id: string };
    readonly answer: undefined;
  };
  /** What messages leave by, channel by channel, in the order in which it is tried. */
  readonly 'GET /v1/channels': {
    readonly answer: Page<ServedChannel>;
  };
  /** The time that follow-ups go by: real, scaled or virtual. */
  readonly 'GET /v1/clock': {
    readonly answer: Clock;
  };
  /** Moves a virtual clock, and answers when everything due has been handed over. */
  readonly 'POST /v1/clock/advance': {
    readonly body?: { readonly 'application/json': ClockAdvance };
    readonly answer: ClockAdvanced;
  };
  /** All connections. */
  readonly 'GET /v1/connections': {
    readonly query?: {
      readonly cursor?: string | undefined;
      readonly limit?: number | undefined;
    };
    readonly answer: Page<Connection>;
  };
  /** Creates or replaces a connection: an account of a provider. */
  readonly 'PUT /v1/connections/{id}': {
    readonly path: { readonly id: string };
    readonly body: { readonly 'application/json': NewConnection };
    readonly answer: Connection;
  };
  /** One connection, without its secrets, and how it fares. */
  readonly 'GET /v1/connections/{id}': {
    readonly path: { readonly id: string };
    readonly answer: Connection;
  };
  /** Deletes a connection. */
  readonly 'DELETE /v1/connections/{id}': {
    readonly path: { readonly id: string };
    readonly answer: undefined;
  };
  /** How far an erasure has come. */
  readonly 'GET /v1/erasures/{id}': {
    readonly path: { readonly id: string };
    readonly answer: Erasure;
  };
  /** Takes CloudEvents, structured, batch or binary; answers when they are committed. */
  readonly 'POST /v1/events': {
    readonly body: {
      readonly 'application/cloudevents+json': CloudEvent;
      readonly 'application/cloudevents-batch+json': readonly CloudEvent[];
      readonly 'application/json': unknown;
    };
    readonly answer: EventsAnswer;
  };
  /** What arrived. */
  readonly 'GET /v1/events': {
    readonly query?: {
      readonly cursor?: string | undefined;
      readonly limit?: number | undefined;
      readonly type?: string | undefined;
      readonly source?: string | undefined;
    };
    readonly answer: Page<Event>;
  };
  /** One event: what it matched, and why not. */
  readonly 'GET /v1/events/{id}': {
    readonly path: { readonly id: string };
    readonly query?: {
      readonly source?: string | undefined;
    };
    readonly answer: Event;
  };
  /** Opens a follow-up by hand. */
  readonly 'POST /v1/follow-ups': {
    readonly query?: {
      /** True: nothing is opened; the answer is what it would be. */
      readonly dryRun?: boolean | 'true' | 'false' | undefined;
    };
    readonly body: { readonly 'application/json': OpenRequest };
    readonly answer: OpenAnswer;
  };
  /** Finds follow-ups. */
  readonly 'GET /v1/follow-ups': {
    readonly query?: {
      readonly cursor?: string | undefined;
      readonly limit?: number | undefined;
      readonly status?: string | undefined;
      readonly policy?: string | undefined;
      readonly key?: string | undefined;
      readonly subject?: string | undefined;
      readonly assignee?: string | undefined;
      readonly team?: string | undefined;
      readonly stage?: string | undefined;
      readonly dueBefore?: string | undefined;
      readonly attention?:
        | boolean
        | 'false'
        | 'true'
        | 'stages_exhausted'
        | 'unknown_recipient'
        | 'parked'
        | 'nobody_reached'
        | 'orphaned'
        | undefined;
      readonly q?: string | undefined;
    };
    readonly answer: Page<FollowUp>;
  };
  /** One follow-up. */
  readonly 'GET /v1/follow-ups/{id}': {
    readonly path: { readonly id: string };
    readonly answer: FollowUp;
  };
  /** Somebody has it: reminders and escalations pause. */
  readonly 'POST /v1/follow-ups/{id}/acknowledge': {
    readonly path: { readonly id: string };
    readonly body?: { readonly 'application/json': AcknowledgeCommand };
    readonly answer: CommandAnswer;
  };
  /** Answers with an action of the policy’s own: approve, reject, … */
  readonly 'POST /v1/follow-ups/{id}/answer': {
    readonly path: { readonly id: string };
    readonly body: { readonly 'application/json': AnswerCommand };
    readonly answer: CommandAnswer;
  };
  /** It is no longer needed: everything stops. */
  readonly 'POST /v1/follow-ups/{id}/cancel': {
    readonly path: { readonly id: string };
    readonly body?: { readonly 'application/json': CancelCommand };
    readonly answer: CommandAnswer;
  };
  /** A promise to have it done by a date. */
  readonly 'POST /v1/follow-ups/{id}/commit': {
    readonly path: { readonly id: string };
    readonly body: { readonly 'application/json': CommitCommand };
    readonly answer: CommandAnswer;
  };
  /** Not mine: goes to the manager or the fallback. */
  readonly 'POST /v1/follow-ups/{id}/decline': {
    readonly path: { readonly id: string };
    readonly body?: { readonly 'application/json': DeclineCommand };
    readonly answer: CommandAnswer;
  };
  /** Somebody else is asked to act, and the giver follows along. */
  readonly 'POST /v1/follow-ups/{id}/delegate': {
    readonly path: { readonly id: string };
    readonly body: { readonly 'application/json': DelegateCommand };
    readonly answer: CommandAnswer;
  };
  /** The next escalation runs now. */
  readonly 'POST /v1/follow-ups/{id}/escalate': {
    readonly path: { readonly id: string };
    readonly body?: { readonly 'application/json': EscalateCommand };
    readonly answer: CommandAnswer;
  };
  /** Why it stands where it stands, and what happens next. */
  readonly 'GET /v1/follow-ups/{id}/explain': {
    readonly path: { readonly id: string };
    readonly query?: {
      readonly zone?: string | undefined;
    };
    readonly answer: Explanation;
  };
  /** Its messages. */
  readonly 'GET /v1/follow-ups/{id}/messages': {
    readonly path: { readonly id: string };
    readonly query?: {
      readonly cursor?: string | undefined;
      readonly limit?: number | undefined;
    };
    readonly answer: Page<Message>;
  };
  /** Adds a note to the timeline. */
  readonly 'POST /v1/follow-ups/{id}/note': {
    readonly path: { readonly id: string };
    readonly body: { readonly 'application/json': NoteCommand };
    readonly answer: CommandAnswer;
  };
  /** Somebody else is asked to act. */
  readonly 'POST /v1/follow-ups/{id}/reassign': {
    readonly path: { readonly id: string };
    readonly body: { readonly 'application/json': ReassignCommand };
    readonly answer: CommandAnswer;
  };
  /** Starts generation + 1 of a closed follow-up. */
  readonly 'POST /v1/follow-ups/{id}/reopen': {
    readonly path: { readonly id: string };
    readonly body?: { readonly 'application/json': ReopenCommand };
    readonly answer: CommandAnswer;
  };
  /** Moves the due date, and the stages that count from it. */
  readonly 'POST /v1/follow-ups/{id}/reschedule': {
    readonly path: { readonly id: string };
    readonly body: { readonly 'application/json': RescheduleCommand };
    readonly answer: CommandAnswer;
  };
  /** It is done: everything stops, and the confirmation goes out. */
  readonly 'POST /v1/follow-ups/{id}/resolve': {
    readonly path: { readonly id: string };
    readonly body?: { readonly 'application/json': ResolveCommand };
    readonly answer: CommandAnswer;
  };
  /** Quiet until a time. */
  readonly 'POST /v1/follow-ups/{id}/snooze': {
    readonly path: { readonly id: string };
    readonly body: { readonly 'application/json': SnoozeCommand };
    readonly answer: CommandAnswer;
  };
  /** What happened, and why. */
  readonly 'GET /v1/follow-ups/{id}/timeline': {
    readonly path: { readonly id: string };
    readonly query?: {
      readonly cursor?: string | undefined;
      readonly limit?: number | undefined;
      readonly zone?: string | undefined;
    };
    readonly answer: Page<TimelineItem>;
  };
  /** Withdraws the acknowledgement. */
  readonly 'POST /v1/follow-ups/{id}/unacknowledge': {
    readonly path: { readonly id: string };
    readonly body?: { readonly 'application/json': UnacknowledgeCommand };
    readonly answer: CommandAnswer;
  };
  /** One follow-up. */
  readonly 'GET /v1/follow-ups/by-key/{policy}/{key}': {
    readonly path: { readonly policy: string; readonly key: string };
    readonly query?: {
      readonly assignee?: string | undefined;
    };
    readonly answer: FollowUp;
  };
  /** Somebody has it: reminders and escalations pause. */
  readonly 'POST /v1/follow-ups/by-key/{policy}/{key}/acknowledge': {
    readonly path: { readonly policy: string; readonly key: string };
    readonly query?: {
      readonly assignee?: string | undefined;
    };
    readonly body?: { readonly 'application/json': AcknowledgeCommand };
    readonly answer: CommandAnswer;
  };
  /** Answers with an action of the policy’s own: approve, reject, … */
  readonly 'POST /v1/follow-ups/by-key/{policy}/{key}/answer': {
    readonly path: { readonly policy: string; readonly key: string };
    readonly query?: {
      readonly assignee?: string | undefined;
    };
    readonly body: { readonly 'application/json': AnswerCommand };
    readonly answer: CommandAnswer;
  };
  /** It is no longer needed: everything stops. */
  readonly 'POST /v1/follow-ups/by-key/{policy}/{key}/cancel': {
    readonly path: { readonly policy: string; readonly key: string };
    readonly query?: {
      readonly assignee?: string | undefined;
    };
    readonly body?: { readonly 'application/json': CancelCommand };
    readonly answer: CommandAnswer;
  };
  /** A promise to have it done by a date. */
  readonly 'POST /v1/follow-ups/by-key/{policy}/{key}/commit': {
    readonly path: { readonly policy: string; readonly key: string };
    readonly query?: {
      readonly assignee?: string | undefined;
    };
    readonly body: { readonly 'application/json': CommitCommand };
    readonly answer: CommandAnswer;
  };
  /** Not mine: goes to the manager or the fallback. */
  readonly 'POST /v1/follow-ups/by-key/{policy}/{key}/decline': {
    readonly path: { readonly policy: string; readonly key: string };
    readonly query?: {
      readonly assignee?: string | undefined;
    };
    readonly body?: { readonly 'application/json': DeclineCommand };
    readonly answer: CommandAnswer;
  };
  /** Somebody else is asked to act, and the giver follows along. */
  readonly 'POST /v1/follow-ups/by-key/{policy}/{key}/delegate': {
    readonly path: { readonly policy: string; readonly key: string };
    readonly query?: {
      readonly assignee?: string | undefined;
    };
    readonly body: { readonly 'application/json': DelegateCommand };
    readonly answer: CommandAnswer;
  };
  /** The next escalation runs now. */
  readonly 'POST /v1/follow-ups/by-key/{policy}/{key}/escalate': {
    readonly path: { readonly policy: string; readonly key: string };
    readonly query?: {
      readonly assignee?: string | undefined;
    };
    readonly body?: { readonly 'application/json': EscalateCommand };
    readonly answer: CommandAnswer;
  };
  /** Why it stands where it stands, and what happens next. */
  readonly 'GET /v1/follow-ups/by-key/{policy}/{key}/explain': {
    readonly path: { readonly policy: string; readonly key: string };
    readonly query?: {
      readonly zone?: string | undefined;
      readonly assignee?: string | undefined;
    };
    readonly answer: Explanation;
  };
  /** Its messages. */
  readonly 'GET /v1/follow-ups/by-key/{policy}/{key}/messages': {
    readonly path: { readonly policy: string; readonly key: string };
    readonly query?: {
      readonly cursor?: string | undefined;
      readonly limit?: number | undefined;
      readonly assignee?: string | undefined;
    };
    readonly answer: Page<Message>;
  };
  /** Adds a note to the timeline. */
  readonly 'POST /v1/follow-ups/by-key/{policy}/{key}/note': {
    readonly path: { readonly policy: string; readonly key: string };
    readonly query?: {
      readonly assignee?: string | undefined;
    };
    readonly body: { readonly 'application/json': NoteCommand };
    readonly answer: CommandAnswer;
  };
  /** Somebody else is asked to act. */
  readonly 'POST /v1/follow-ups/by-key/{policy}/{key}/reassign': {
    readonly path: { readonly policy: string; readonly key: string };
    readonly query?: {
      readonly assignee?: string | undefined;
    };
    readonly body: { readonly 'application/json': ReassignCommand };
    readonly answer: CommandAnswer;
  };
  /** Starts generation + 1 of a closed follow-up. */
  readonly 'POST /v1/follow-ups/by-key/{policy}/{key}/reopen': {
    readonly path: { readonly policy: string; readonly key: string };
    readonly query?: {
      readonly assignee?: string | undefined;
    };
    readonly body?: { readonly 'application/json': ReopenCommand };
    readonly answer: CommandAnswer;
  };
  /** Moves the due date, and the stages that count from it. */
  readonly 'POST /v1/follow-ups/by-key/{policy}/{key}/reschedule': {
    readonly path: { readonly policy: string; readonly key: string };
    readonly query?: {
      readonly assignee?: string | undefined;
    };
    readonly body: { readonly 'application/json': RescheduleCommand };
    readonly answer: CommandAnswer;
  };
  /** It is done: everything stops, and the confirmation goes out. */
  readonly 'POST /v1/follow-ups/by-key/{policy}/{key}/resolve': {
    readonly path: { readonly policy: string; readonly key: string };
    readonly query?: {
      readonly assignee?: string | undefined;
    };
    readonly body?: { readonly 'application/json': ResolveCommand };
    readonly answer: CommandAnswer;
  };
  /** Quiet until a time. */
  readonly 'POST /v1/follow-ups/by-key/{policy}/{key}/snooze': {
    readonly path: { readonly policy: string; readonly key: string };
    readonly query?: {
      readonly assignee?: string | undefined;
    };
    readonly body: { readonly 'application/json': SnoozeCommand };
    readonly answer: CommandAnswer;
  };
  /** What happened, and why. */
  readonly 'GET /v1/follow-ups/by-key/{policy}/{key}/timeline': {
    readonly path: { readonly policy: string; readonly key: string };
    readonly query?: {
      readonly cursor?: string | undefined;
      readonly limit?: number | undefined;
      readonly zone?: string | undefined;
      readonly assignee?: string | undefined;
    };
    readonly answer: Page<TimelineItem>;
  };
  /** Withdraws the acknowledgement. */
  readonly 'POST /v1/follow-ups/by-key/{policy}/{key}/unacknowledge': {
    readonly path: { readonly policy: string; readonly key: string };
    readonly query?: {
      readonly assignee?: string | undefined;
    };
    readonly body?: { readonly 'application/json': UnacknowledgeCommand };
    readonly answer: CommandAnswer;
  };
  /** All groups. */
  readonly 'GET /v1/groups': {
    readonly query?: {
      readonly cursor?: string | undefined;
      readonly limit?: number | undefined;
    };
    readonly answer: Page<Group>;
  };
  /** Creates or replaces a group. */
  readonly 'PUT /v1/groups/{id}': {
    readonly path: { readonly id: string };
    readonly body?: { readonly 'application/json': NewGroup };
    readonly answer: Group;
  };
  /** One group. */
  readonly 'GET /v1/groups/{id}': {
    readonly path: { readonly id: string };
    readonly answer: Group;
  };
  /** Deletes a group. */
  readonly 'DELETE /v1/groups/{id}': {
    readonly path: { readonly id: string };
    readonly answer: undefined;
  };
  /** The recipient’s own inbox: of each follow-up the newest item. */
  readonly 'GET /v1/inbox': {
    readonly query?: {
      readonly cursor?: string | undefined;
      readonly limit?: number | undefined;
      /** True: only what is unread. */
      readonly unread?: boolean | 'true' | 'false' | undefined;
      /** True: also what is archived, by its reader, by the end of its follow-up, or by a newer item of it. */
      readonly archived?: boolean | 'true' | 'false' | undefined;
      /** How it shows now. */
      readonly as?: 'feed' | 'banner' | 'toast' | 'modal' | undefined;
    };
    readonly answer: InboxPage;
  };
  /** Acts on the follow-up behind an item, by everything its page offers. */
  readonly 'POST /v1/inbox/{id}/act': {
    readonly path: { readonly id: string };
    readonly body: { readonly 'application/json': InboxAct };
    readonly answer: CommandAnswer;
  };
  /** Archives an item. */
  readonly 'POST /v1/inbox/{id}/archive': {
    readonly path: { readonly id: string };
    readonly answer: InboxItem;
  };
  /** Marks an item read. */
  readonly 'POST /v1/inbox/{id}/read': {
    readonly path: { readonly id: string };
    readonly answer: InboxItem;
  };
  /** Archives all items, up to 1,000 a call. */
  readonly 'POST /v1/inbox/archive': {
    readonly body: { readonly 'application/json': InboxAll };
    readonly answer: InboxMarked;
  };
  /** The recipient’s own devices that take pushes. */
  readonly 'GET /v1/inbox/devices': {
    readonly answer: Page<Device>;
  };
  /** Registers a browser’s push subscription, or the token of an app. */
  readonly 'PUT /v1/inbox/devices/{id}': {
    readonly path: { readonly id: string };
    readonly body: { readonly 'application/json': NewDevice };
    readonly answer: Device;
  };
  /** Forgets a device. */
  readonly 'DELETE /v1/inbox/devices/{id}': {
    readonly path: { readonly id: string };
    readonly answer: undefined;
  };
  /** What the recipient has chosen themselves, and what holds where they have not. */
  readonly 'GET /v1/inbox/preferences': {
    readonly answer: Preferences;
  };
  /** Changes what is named of what the recipient has chosen, in their own name. */
  readonly 'PUT /v1/inbox/preferences': {
    readonly body?: { readonly 'application/json': OwnPreferenceWish };
    readonly answer: Preferences;
  };
  /** The public key that browsers subscribe to pushes with. */
  readonly 'GET /v1/inbox/push-key': {
    readonly answer: PushKey;
  };
  /** Marks all items read, up to 1,000 a call. */
  readonly 'POST /v1/inbox/read': {
    readonly body: { readonly 'application/json': InboxAll };
    readonly answer: InboxMarked;
  };
  /** Live items as server-sent events, with resume. */
  readonly 'GET /v1/inbox/stream': {
    readonly events: {
      readonly message: InboxItem;
      readonly read: InboxItem;
      readonly archived: InboxItem;
      readonly changed: InboxCounts;
    };
  };
  /** Makes an API key, shown once. */
  readonly 'POST /v1/keys': {
    readonly body?: { readonly 'application/json': NewKey };
    readonly answer: MadeKey;
  };
  /** API keys, without their secrets. */
  readonly 'GET /v1/keys': {
    readonly answer: Page<Key>;
  };
  /** Revokes an API key. */
  readonly 'DELETE /v1/keys/{id}': {
    readonly path: { readonly id: string };
    readonly answer: undefined;
  };
  /** Finds messages. */
  readonly 'GET /v1/messages': {
    readonly query?: {
      readonly cursor?: string | undefined;
      readonly limit?: number | undefined;
      readonly followUp?: string | undefined;
      readonly recipient?: string | undefined;
      readonly channel?: Channel | undefined;
      readonly status?: string | undefined;
    };
    readonly answer: Page<Message>;
  };
  /** One message, with its words as they went out. */
  readonly 'GET /v1/messages/{id}': {
    readonly path: { readonly id: string };
    readonly answer: Message;
  };
  /** The same by channel: of the follow-ups that were told on it. */
  readonly 'GET /v1/metrics/channels': {
    readonly query?: {
      /** A date or RFC 3339; 30 days in all when not given. */
      readonly from?: string | undefined;
      /** Likewise; today when not given. */
      readonly to?: string | undefined;
      /** Of policy, stage, channel, team, level and day, with commas between. */
      readonly groupBy?: string | undefined;
      /** Of this policy alone. */
      readonly policy?: string | undefined;
      /** Of this team alone. */
      readonly team?: string | undefined;
      /** Csv: as with `Accept: text/csv`. */
      readonly format?: 'json' | 'csv' | undefined;
    };
    readonly answer: Metrics;
    readonly text: 'text/csv';
  };
  /** How long something takes as a curve: which share still waits after so many seconds. */
  readonly 'GET /v1/metrics/curves': {
    readonly query?: {
      /** A date or RFC 3339; 30 days in all when not given. */
      readonly from?: string | undefined;
      /** Likewise; today when not given. */
      readonly to?: string | undefined;
      /** Of policy, stage, channel, team, level and day, with commas between. */
      readonly groupBy?: string | undefined;
      /** Of this policy alone. */
      readonly policy?: string | undefined;
      /** Of this team alone. */
      readonly team?: string | undefined;
      /** Csv: as with `Accept: text/csv`. */
      readonly format?: 'json' | 'csv' | undefined;
      /** Which of the times of figures. */
      readonly of?: 'responseTime' | 'timeToResolve' | 'timeToAcknowledge' | undefined;
    };
    readonly answer: Curves;
    readonly text: 'text/csv';
  };
  /** The same by level of escalation; 0 is none. */
  readonly 'GET /v1/metrics/escalations': {
    readonly query?: {
      /** A date or RFC 3339; 30 days in all when not given. */
      readonly from?: string | undefined;
      /** Likewise; today when not given. */
      readonly to?: string | undefined;
      /** Of policy, stage, channel, team, level and day, with commas between. */
      readonly groupBy?: string | undefined;
      /** Of this policy alone. */
      readonly policy?: string | undefined;
      /** Of this team alone. */
      readonly team?: string | undefined;
      /** Csv: as with `Accept: text/csv`. */
      readonly format?: 'json' | 'csv' | undefined;
    };
    readonly answer: Metrics;
    readonly text: 'text/csv';
  };
  /** Whom messages interrupted most, and at which of their hours. */
  readonly 'GET /v1/metrics/interrupted': {
    readonly query?: {
      /** A date or RFC 3339; 30 days in all when not given. */
      readonly from?: string | undefined;
      /** Likewise; today when not given. */
      readonly to?: string | undefined;
      /** Of this policy alone. */
      readonly policy?: string | undefined;
      /** Csv: as with `Accept: text/csv`. */
      readonly format?: 'json' | 'csv' | undefined;
      /** Of this person alone. */
      readonly recipient?: string | undefined;
      /** At most so many people, those first who were interrupted most; up to 1000. */
      readonly limit?: number | undefined;
    };
    readonly answer: Interrupted;
    readonly text: 'text/csv';
  };
  /** What became of messages, also by how they were sent: provider, template and its version, language. */
  readonly 'GET /v1/metrics/messages': {
    readonly query?: {
      /** A date or RFC 3339; 30 days in all when not given. */
      readonly from?: string | undefined;
      /** Likewise; today when not given. */
      readonly to?: string | undefined;
      /** Of policy, stage, channel, provider, template, templateVersion, locale and day, with commas between. */
      readonly groupBy?: string | undefined;
      /** Of this policy alone. */
      readonly policy?: string | undefined;
      /** Csv: as with `Accept: text/csv`. */
      readonly format?: 'json' | 'csv' | undefined;
    };
    readonly answer: MessageMetrics;
    readonly text: 'text/csv';
  };
  /** What became of the follow-ups that opened in a window, and of their messages. */
  readonly 'GET /v1/metrics/overview': {
    readonly query?: {
      /** A date or RFC 3339; 30 days in all when not given. */
      readonly from?: string | undefined;
      /** Likewise; today when not given. */
      readonly to?: string | undefined;
      /** Of policy, stage, channel, team, level and day, with commas between. */
      readonly groupBy?: string | undefined;
      /** Of this policy alone. */
      readonly policy?: string | undefined;
      /** Of this team alone. */
      readonly team?: string | undefined;
      /** Csv: as with `Accept: text/csv`. */
      readonly format?: 'json' | 'csv' | undefined;
    };
    readonly answer: Metrics;
    readonly text: 'text/csv';
  };
  /** The same by policy. */
  readonly 'GET /v1/metrics/policies': {
    readonly query?: {
      /** A date or RFC 3339; 30 days in all when not given. */
      readonly from?: string | undefined;
      /** Likewise; today when not given. */
      readonly to?: string | undefined;
      /** Of policy, stage, channel, team, level and day, with commas between. */
      readonly groupBy?: string | undefined;
      /** Of this policy alone. */
      readonly policy?: string | undefined;
      /** Of this team alone. */
      readonly team?: string | undefined;
      /** Csv: as with `Accept: text/csv`. */
      readonly format?: 'json' | 'csv' | undefined;
    };
    readonly answer: Metrics;
    readonly text: 'text/csv';
  };
  /** How long people take to respond, the unanswered among them. */
  readonly 'GET /v1/metrics/responses': {
    readonly query?: {
      /** A date or RFC 3339; 30 days in all when not given. */
      readonly from?: string | undefined;
      /** Likewise; today when not given. */
      readonly to?: string | undefined;
      /** Of policy, stage, channel, team, level and day, with commas between. */
      readonly groupBy?: string | undefined;
      /** Of this policy alone. */
      readonly policy?: string | undefined;
      /** Of this team alone. */
      readonly team?: string | undefined;
      /** Csv: as with `Accept: text/csv`. */
      readonly format?: 'json' | 'csv' | undefined;
    };
    readonly answer: Metrics;
    readonly text: 'text/csv';
  };
  /** The same by stage: of the follow-ups that ran it. */
  readonly 'GET /v1/metrics/stages': {
    readonly query?: {
      /** A date or RFC 3339; 30 days in all when not given. */
      readonly from?: string | undefined;
      /** Likewise; today when not given. */
      readonly to?: string | undefined;
      /** Of policy, stage, channel, team, level and day, with commas between. */
      readonly groupBy?: string | undefined;
      /** Of this policy alone. */
      readonly policy?: string | undefined;
      /** Of this team alone. */
      readonly team?: string | undefined;
      /** Csv: as with `Accept: text/csv`. */
      readonly format?: 'json' | 'csv' | undefined;
    };
    readonly answer: Metrics;
    readonly text: 'text/csv';
  };
  /** What needs attention now: what is live, stuck, unanswered and failing. */
  readonly 'GET /v1/overview': {
    readonly answer: Overview;
  };
  /** What is live of each policy, late, and going no further by itself. */
  readonly 'GET /v1/overview/policies': {
    readonly answer: Page<PolicyStanding>;
  };
  /** All policies. */
  readonly 'GET /v1/policies': {
    readonly query?: {
      readonly cursor?: string | undefined;
      readonly limit?: number | undefined;
    };
    readonly answer: Page<ListedPolicy>;
  };
  /** One policy. */
  readonly 'GET /v1/policies/{id}': {
    readonly path: { readonly id: string };
    readonly query?: {
      readonly version?: number | undefined;
    };
    readonly answer: Policy;
  };
  /** Publishes a version, from JSON or YAML, after checking it. */
  readonly 'PUT /v1/policies/{id}': {
    readonly path: { readonly id: string };
    readonly body: { readonly 'application/json': NewPolicy; readonly 'application/yaml': string };
    readonly answer: PolicyAnswer;
  };
  /** Deletes a policy. */
  readonly 'DELETE /v1/policies/{id}': {
    readonly path: { readonly id: string };
    readonly answer: undefined;
  };
  /** What it says and when its stages would run, in an example in which nobody answers: what a picture is drawn of. */
  readonly 'GET /v1/policies/{id}/picture': {
    readonly path: { readonly id: string };
    readonly query?: {
      readonly version?: number | undefined;
    };
    readonly answer: PolicyPicture;
  };
  /** What it would do, without doing it: among the people of the tenant, with an event that is given or invented. */
  readonly 'POST /v1/policies/{id}/simulate': {
    readonly path: { readonly id: string };
    readonly body?: { readonly 'application/json': SimulationRequest };
    readonly answer: Simulation;
  };
  /** The versions of a policy, newest first. */
  readonly 'GET /v1/policies/{id}/versions': {
    readonly path: { readonly id: string };
    readonly answer: Page<PolicyVersion>;
  };
  /** Checks a policy without publishing it. */
  readonly 'POST /v1/policies/check': {
    readonly query?: {
      readonly maxPerDay?: number | undefined;
    };
    readonly body: { readonly 'application/json': NewPolicy; readonly 'application/yaml': string };
    readonly answer: PolicyCheck;
  };
  /**
   * Whom a policy may come to, as decisions see them: named people with their managers, groups, schedules, its
   * calendar.
   */
  readonly 'POST /v1/policies/world': {
    readonly body?: { readonly 'application/json': PolicyWorldRequest };
    readonly answer: PolicyWorld;
  };
  /** The brands that connections can be of, with what is written into them. */
  readonly 'GET /v1/providers': {
    readonly answer: Page<Provider>;
  };
  /** The policies that come with Relance, to be taken as they are. */
  readonly 'GET /v1/ready-policies': {
    readonly answer: Page<ReadyPolicy>;
  };
  /** One of them: its YAML, an example event, and what it names. */
  readonly 'GET /v1/ready-policies/{id}': {
    readonly path: { readonly id: string };
    readonly answer: ReadyPolicyWhole;
  };
  /** Tells what became of messages, in our own shape; 404 where neither the name nor a message is known. */
  readonly 'POST /v1/receipts/{provider}': {
    readonly path: { readonly provider: string };
    readonly body: { readonly 'application/json': NewReceipts };
    readonly answer: ReceiptsAnswer;
  };
  /** A provider’s own news of one connection, signed by it: of messages, of texts and of buttons. */
  readonly 'POST /v1/receipts/{provider}/{key}': {
    readonly path: { readonly provider: string; readonly key: string };
    readonly body: { readonly 'application/json': unknown };
    readonly answer: undefined;
  };
  /** All recipients, or those that are named or searched for. */
  readonly 'GET /v1/recipients': {
    readonly query?: {
      readonly cursor?: string | undefined;
      readonly limit?: number | undefined;
      /** Only these, separated by "/", which no id has. */
      readonly ids?: string | undefined;
      /** Part of the id, name or email address. */
      readonly q?: string | undefined;
    };
    readonly answer: Page<Recipient>;
  };
  /** One recipient. */
  readonly 'GET /v1/recipients/{id}': {
    readonly path: { readonly id: string };
    readonly answer: Recipient;
  };
  /** Creates or replaces a recipient. */
  readonly 'PUT /v1/recipients/{id}': {
    readonly path: { readonly id: string };
    readonly body?: { readonly 'application/json': NewRecipient };
    readonly answer: Recipient;
  };
  /** Deletes a recipient. */
  readonly 'DELETE /v1/recipients/{id}': {
    readonly path: { readonly id: string };
    readonly answer: undefined;
  };
  /** Tells what a recipient did: one activity, or up to 1,000. */
  readonly 'POST /v1/recipients/{id}/activity': {
    readonly path: { readonly id: string };
    readonly body: { readonly 'application/json': NewActivity | readonly NewActivity[] };
    readonly answer: Accepted;
  };
  /** What a recipient did elsewhere, newest first. */
  readonly 'GET /v1/recipients/{id}/activity': {
    readonly path: { readonly id: string };
    readonly query?: {
      readonly cursor?: string | undefined;
      readonly limit?: number | undefined;
      readonly type?: string | undefined;
    };
    readonly answer: Page<Activity>;
  };
  /** Forgets a recipient; answers when nothing starts for them any more, and whether all of it is done. */
  readonly 'POST /v1/recipients/{id}/erase': {
    readonly path: { readonly id: string };
    readonly body?: { readonly 'application/json': EraseRequest };
    readonly answer: ErasureAnswer;
  };
  /** Everything that is known of a recipient, as one JSON. */
  readonly 'GET /v1/recipients/{id}/export': {
    readonly path: { readonly id: string };
    readonly answer: RecipientExport;
  };
  /** What was sent to a recipient. */
  readonly 'GET /v1/recipients/{id}/messages': {
    readonly path: { readonly id: string };
    readonly query?: {
      readonly cursor?: string | undefined;
      readonly limit?: number | undefined;
    };
    readonly answer: Page<Message>;
  };
  /** What a recipient has chosen, and what holds where they have not. */
  readonly 'GET /v1/recipients/{id}/preferences': {
    readonly path: { readonly id: string };
    readonly answer: Preferences;
  };
  /** Changes what is named of what a recipient has chosen. */
  readonly 'PUT /v1/recipients/{id}/preferences': {
    readonly path: { readonly id: string };
    readonly body?: { readonly 'application/json': PreferenceWish };
    readonly answer: Preferences;
  };
  /** Every consent and change of preferences with its evidence, newest first. */
  readonly 'GET /v1/recipients/{id}/preferences/changes': {
    readonly path: { readonly id: string };
    readonly query?: {
      readonly cursor?: string | undefined;
      readonly limit?: number | undefined;
    };
    readonly answer: Page<PreferenceChange>;
  };
  /** A short-lived token for the recipient’s own inbox. */
  readonly 'POST /v1/recipients/{id}/tokens': {
    readonly path: { readonly id: string };
    readonly body?: { readonly 'application/json': TokenRequest };
    readonly answer: RecipientToken;
  };
  /** Creates, replaces or completes up to 1,000 recipients, and tells of each what became of it; or what would. */
  readonly 'POST /v1/recipients/bulk': {
    readonly query?: {
      /** True: what is left out of somebody who is known stays as it is. */
      readonly merge?: boolean | 'true' | 'false' | undefined;
      /** True: nothing is written; the answer tells what would be. */
      readonly dryRun?: boolean | 'true' | 'false' | undefined;
    };
    readonly body: { readonly 'application/json': readonly ListedRecipient[] };
    readonly answer: RecipientsAnswer;
  };
  /** What people and programs wrote back, newest first. */
  readonly 'GET /v1/replies': {
    readonly query?: {
      readonly cursor?: string | undefined;
      readonly limit?: number | undefined;
      readonly status?: 'open' | 'answered' | 'closed' | undefined;
      readonly followUp?: string | undefined;
    };
    readonly answer: Page<Reply>;
  };
  /** One reply, with what became of it. */
  readonly 'GET /v1/replies/{id}': {
    readonly path: { readonly id: string };
    readonly answer: Reply;
  };
  /** Sends words to whoever wrote it, as a message like any other. */
  readonly 'POST /v1/replies/{id}/answer': {
    readonly path: { readonly id: string };
    readonly body: { readonly 'application/json': ReplyAnswer };
    readonly answer: Reply;
  };
  /** Puts it away: nobody need look at it. */
  readonly 'POST /v1/replies/{id}/close': {
    readonly path: { readonly id: string };
    readonly body?: { readonly 'application/json': ReplyClose };
    readonly answer: Reply;
  };
  /** All schedules. */
  readonly 'GET /v1/schedules': {
    readonly query?: {
      readonly cursor?: string | undefined;
      readonly limit?: number | undefined;
    };
    readonly answer: Page<Schedule>;
  };
  /** Creates or replaces a schedule: who is on call when. */
  readonly 'PUT /v1/schedules/{id}': {
    readonly path: { readonly id: string };
    readonly body: { readonly 'application/json': NewSchedule };
    readonly answer: ScheduleAnswer;
  };
  /** One schedule. */
  readonly 'GET /v1/schedules/{id}': {
    readonly path: { readonly id: string };
    readonly answer: Schedule;
  };
  /** Deletes a schedule that no policy names. */
  readonly 'DELETE /v1/schedules/{id}': {
    readonly path: { readonly id: string };
    readonly answer: undefined;
  };
  /** The shifts as iCalendar, for calendar programs. */
  readonly 'GET /v1/schedules/{id}/calendar.ics': {
    readonly path: { readonly id: string };
    readonly query?: {
      readonly from?: string | undefined;
      readonly to?: string | undefined;
      readonly level?: number | undefined;
      readonly recipient?: string | undefined;
    };
    readonly text: 'text/calendar';
  };
  /** When nobody is on call. */
  readonly 'GET /v1/schedules/{id}/gaps': {
    readonly path: { readonly id: string };
    readonly query?: {
      readonly from?: string | undefined;
      readonly to?: string | undefined;
      readonly level?: number | undefined;
      readonly cursor?: string | undefined;
      readonly limit?: number | undefined;
    };
    readonly answer: Page<Gap>;
  };
  /** Takes the events of an iCalendar text as overrides. */
  readonly 'POST /v1/schedules/{id}/import': {
    readonly path: { readonly id: string };
    readonly query?: {
      readonly level?: number | undefined;
    };
    readonly body: { readonly 'text/calendar': string };
    readonly answer: ScheduleImport;
  };
  /** Who is on call, now or at a time, at each level. */
  readonly 'GET /v1/schedules/{id}/on-call': {
    readonly path: { readonly id: string };
    readonly query?: {
      readonly at?: string | undefined;
      readonly level?: number | undefined;
    };
    readonly answer: OnCall;
  };
  /** Who is on call from when to when, level by level. */
  readonly 'GET /v1/schedules/{id}/shifts': {
    readonly path: { readonly id: string };
    readonly query?: {
      readonly from?: string | undefined;
      readonly to?: string | undefined;
      readonly level?: number | undefined;
      readonly cursor?: string | undefined;
      readonly limit?: number | undefined;
    };
    readonly answer: Page<Shift>;
  };
  /** What holds for the tenant, as relance.yaml was applied last. */
  readonly 'GET /v1/settings': {
    readonly answer: Settings;
  };
  /** How messages and pages show whose they are: holds until a relance.yaml that names one is applied. */
  readonly 'PUT /v1/settings/branding': {
    readonly body?: { readonly 'application/json': Branding };
    readonly answer: Settings;
  };
  /** A named system’s own webhook. */
  readonly 'POST /v1/sources/{source}/{key}': {
    readonly path: { readonly source: string; readonly key: string };
    readonly body: { readonly 'application/json': unknown };
    readonly answer: EventsAnswer;
  };
  /** A named system’s own webhook. */
  readonly 'POST /v1/sources/{source}/{key}/{rest}': {
    readonly path: { readonly source: string; readonly key: string; readonly rest: string };
    readonly body: { readonly 'application/json': unknown };
    readonly answer: EventsAnswer;
  };
  /** Which follow-ups something happens to, as server-sent events, while it happens. */
  readonly 'GET /v1/stream': {
    readonly events: { readonly changed: FollowUpsChanged };
  };
  /** Endpoints that get nothing more, newest first. */
  readonly 'GET /v1/suppressions': {
    readonly query?: {
      readonly cursor?: string | undefined;
      readonly limit?: number | undefined;
      readonly channel?: PushedChannel | undefined;
      readonly address?: string | undefined;
      readonly source?: 'hard_bounce' | 'complaint' | 'stop' | 'provider' | 'person' | 'admin' | undefined;
      /** Part of an address. */
      readonly q?: string | undefined;
      /** True: also those that were lifted. */
      readonly history?: boolean | 'true' | 'false' | undefined;
    };
    readonly answer: Page<Suppression>;
  };
  /** Nothing is sent to this endpoint any more; answers when nothing can start. */
  readonly 'PUT /v1/suppressions': {
    readonly body: { readonly 'application/json': NewSuppression };
    readonly answer: SuppressedEndpoint;
  };
  /** Lifts what suppresses an endpoint, for a reason; it is kept as history. */
  readonly 'DELETE /v1/suppressions': {
    readonly query: {
      readonly channel: PushedChannel;
      readonly address: string;
      readonly reason: string;
    };
    readonly answer: Lifted;
  };
  /** Takes up to 1,000 suppressions, as another system exported them. */
  readonly 'POST /v1/suppressions/bulk': {
    readonly body: { readonly 'application/json': readonly NewSuppression[] };
    readonly answer: SuppressionsAnswer;
  };
  /** All of them as CSV that no spreadsheet takes for formulas, or as JSON lines. */
  readonly 'GET /v1/suppressions/export': {
    readonly query?: {
      /** Json: one object a line. */
      readonly format?: 'csv' | 'json' | undefined;
      /** True: also those that were lifted. */
      readonly history?: boolean | 'true' | 'false' | undefined;
    };
    readonly text: 'text/csv' | 'application/x-ndjson';
  };
  /** Takes a list as CSV with a header or as JSON lines; what cannot be read is told by its line. */
  readonly 'POST /v1/suppressions/import': {
    readonly body: { readonly 'text/csv': string; readonly 'application/x-ndjson': string };
    readonly answer: SuppressionImport;
  };
  /** All templates. */
  readonly 'GET /v1/templates': {
    readonly query?: {
      readonly cursor?: string | undefined;
      readonly limit?: number | undefined;
    };
    readonly answer: Page<Template>;
  };
  /** Creates or replaces a template. */
  readonly 'PUT /v1/templates/{id}': {
    readonly path: { readonly id: string };
    readonly body?: { readonly 'application/json': NewTemplate };
    readonly answer: Template;
  };
  /** One template. */
  readonly 'GET /v1/templates/{id}': {
    readonly path: { readonly id: string };
    readonly answer: Template;
  };
  /** Deletes a template. */
  readonly 'DELETE /v1/templates/{id}': {
    readonly path: { readonly id: string };
    readonly answer: undefined;
  };
  /** Renders a template, stored or not saved yet, for a recipient, locale and channel. */
  readonly 'POST /v1/templates/{id}/preview': {
    readonly path: { readonly id: string };
    readonly body?: { readonly 'application/json': PreviewRequest };
    readonly answer: TemplatePreview;
  };
  /** The HTML of a mail as its preview has it, in a sandbox: for a frame of a page. */
  readonly 'POST /v1/templates/{id}/preview/html': {
    readonly path: { readonly id: string };
    readonly query?: {
      /** As on a device that asks for these. */
      readonly colors?: 'light' | 'dark' | undefined;
    };
    readonly body?: {
      readonly 'application/json': PreviewRequest;
      readonly 'application/x-www-form-urlencoded': {
        readonly preview?: string | undefined;
      };
    };
    readonly text: 'text/html';
  };
  /** Sends a template to oneself, marked as a test. */
  readonly 'POST /v1/templates/{id}/test': {
    readonly path: { readonly id: string };
    readonly body?: { readonly 'application/json': TestRequest };
    readonly answer: TestAnswer;
  };
  /** All webhook endpoints, with their health. */
  readonly 'GET /v1/webhooks': {
    readonly query?: {
      readonly cursor?: string | undefined;
      readonly limit?: number | undefined;
    };
    readonly answer: Page<Webhook>;
  };
  /** Registers or changes a webhook endpoint; the signing secret of a new one is shown once. */
  readonly 'PUT /v1/webhooks/{id}': {
    readonly path: { readonly id: string };
    readonly body: { readonly 'application/json': NewWebhook };
    readonly answer: Webhook;
  };
  /** One webhook endpoint, with its health. */
  readonly 'GET /v1/webhooks/{id}': {
    readonly path: { readonly id: string };
    readonly answer: Webhook;
  };
  /** Forgets a webhook endpoint and its secret. */
  readonly 'DELETE /v1/webhooks/{id}': {
    readonly path: { readonly id: string };
    readonly answer: undefined;
  };
  /** A new signing secret, shown once; the old one is signed with for a day more. */
  readonly 'POST /v1/webhooks/{id}/rotate': {
    readonly path: { readonly id: string };
    readonly answer: Webhook;
  };
}
