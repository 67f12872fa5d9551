// The shapes on the wire, as the server sends them (reference: /docs). Instants are RFC 3339 text in UTC.
export * from './shapes-recipients.ts';
export * from './shapes-schedule.ts';

export type Channel = 'email' | 'sms' | 'push' | 'inbox' | 'chat' | 'webhook';
export type FollowUpStatus = 'open' | 'acknowledged' | 'resolved' | 'cancelled' | 'expired';
export type CommandName =
  | 'acknowledge'
  | 'unacknowledge'
  | 'resolve'
  | 'snooze'
  | 'commit'
  | 'delegate'
  | 'decline'
  | 'note'
  | 'escalate'
  | 'reassign'
  | 'reschedule'
  | 'answer'
  | 'cancel'
  | 'reopen';

export interface Page<T> {
  readonly items: readonly T[];
  readonly nextCursor: string | null;
}
export interface CloudEvent {
  readonly specversion: '1.0';
  readonly id: string;
  readonly source: string;
  readonly type: string;
  readonly time?: string;
  readonly subject?: string;
  readonly data?: unknown;
  readonly [attribute: string]: unknown;
}
export interface EventsAnswer {
  readonly accepted: number;
  readonly duplicates: number;
  readonly rejected: readonly { readonly index: number; readonly code: string; readonly detail: string }[];
  /** Accepted, but without effect for a policy, and why. */
  readonly unmatched: readonly {
    readonly index: number;
    readonly code: 'no_policy_listens' | 'condition_false' | 'no_follow_up' | 'expression_failed';
    readonly detail: string;
  }[];
  /** Recorded as activity of a recipient, as the mapping of `relance.yaml` says. */
  readonly activities: readonly { readonly index: number; readonly recipient: string; readonly type: string }[];
  readonly followUps: readonly {
    readonly id: string;
    readonly policy: string;
    readonly key: string;
    readonly status: FollowUpStatus;
  }[];
}
export interface Recipient {
  readonly id: string;
  readonly name?: string | null;
  readonly email?: string | null;
  readonly phone?: string | null;
  readonly locale?: string | null;
  readonly timeZone?: string | null;
  readonly location?: { readonly country?: string; readonly region?: string; readonly city?: string } | null;
  readonly manager?: string | null;
  readonly traits?: Readonly<Record<string, unknown>>;
  readonly endpoints?: readonly {
    readonly channel: Channel;
    readonly address: string;
    /** A further email address that gets a copy of the same mail. */
    readonly copy?: 'cc' | 'bcc';
  }[];
  readonly plan?: unknown;
  /** Dates (the last one included) or RFC 3339. */
  readonly away?: readonly { readonly from: string; readonly to: string; readonly delegate?: string | null }[];
}
export interface Group {
  readonly id: string;
  readonly version: number;
  readonly name?: string | null;
  readonly members: readonly string[];
}
export interface FollowUp {
  readonly id: string;
  readonly policy: { readonly id: string; readonly version: number };
  readonly key: string;
  readonly status: FollowUpStatus;
  readonly outcome: string | null;
  readonly urgency: 'low' | 'normal' | 'high' | 'urgent';
  readonly subject: { readonly type: string; readonly id: string; readonly title: string; readonly url: string | null };
  readonly data: Readonly<Record<string, unknown>>;
  /** Who is asked to act; of several the first who has not answered. */
  readonly assignee: string | null;
  /** All who are asked together (`require`); empty where one is. */
  readonly assignees: readonly string[];
  readonly answers: Readonly<
    Record<string, { readonly action: string; readonly at: string; readonly answer: unknown }>
  >;
  readonly requester: string | null;
  readonly team: string | null;
  readonly watchers: readonly string[];
  readonly dueAt: string | null;
  readonly stage: string | null;
  readonly nextAt: string | null;
  readonly nextStage: string | null;
  readonly waitsFor: string | null;
  readonly snoozedUntil: string | null;
  readonly commitment: { readonly dueAt: string; readonly by: string | null } | null;
  /** Said to be done by somebody who may not close it. */
  readonly claim: { readonly by: string | null; readonly at: string; readonly until: string } | null;
  readonly escalationLevel: number;
  readonly openedAt: string;
  readonly acknowledgedAt: string | null;
  readonly acknowledgedBy: string | null;
  readonly resolvedAt: string | null;
  readonly resolvedBy: string | null;
  readonly generation: number;
  readonly revision: number;
}
export interface CommandAnswer extends FollowUp {
  readonly changed: boolean;
  readonly inFlight: readonly string[];
}
export interface OpenAnswer extends CommandAnswer {
  /** False: one with this key was live already, and was fed. */
  readonly opened: boolean;
}
export interface TimelineItem {
  readonly at: string;
  readonly kind: string;
  readonly reason: string;
  readonly text: string;
  readonly stage?: string;
  readonly recipient?: string;
  readonly channel?: string;
  readonly message?: string;
  readonly actor?: string;
  readonly evidence?: string;
  readonly data?: Readonly<Record<string, unknown>>;
}
/** Something that a recipient did elsewhere. */
export interface NewActivity {
  readonly id?: string;
  readonly type: string;
  /** RFC 3339; now when not given. */
  readonly at?: string;
  readonly data?: unknown;
  readonly location?: { readonly country?: string; readonly region?: string; readonly city?: string } | null;
}
export interface Activity extends NewActivity {
  readonly id: string;
  readonly at: string;
  readonly data: unknown;
  readonly source: string | null;
}
/** `opened`, `clicked`, `read` in the inbox, `replied`, `acted`, `complained`, `unsubscribed`: since when, and how often. */
export interface Engagement {
  readonly kind: string;
  readonly evidence: 'machine' | 'likely' | 'proven';
  readonly at: string;
  readonly count: number;
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
  readonly status: string;
  readonly reason: string;
  /** What was done with it, each kind once for each evidence that a person did it. */
  readonly engagement: readonly Engagement[];
  readonly attempts: number;
  readonly plannedAt: string;
  readonly sentAt: string | null;
  /** The message that it went in, together with others. */
  readonly mergedInto?: string;
  readonly content: { readonly subject?: string; readonly html?: string; readonly text: string } | null;
}
export interface Explanation {
  readonly id: string;
  readonly status: FollowUpStatus;
  readonly summary: string;
  readonly next: { readonly at: string | null; readonly stage: string | null; readonly text: string };
  /** Messages that wait until they may be sent, the soonest first. */
  readonly held: readonly {
    readonly message: string;
    readonly stage: string;
    readonly recipient: string;
    readonly channel: string;
    readonly until: string;
    readonly heldBy: 'window' | 'quiet_hours' | 'calendar' | 'paused' | 'digest' | 'budget';
  }[];
  /** What would happen if somebody acknowledged it now; null where that would change nothing. */
  readonly ifAcknowledged: {
    readonly until: string | null;
    readonly next: { readonly at: string | null; readonly stage: string | null };
    readonly text: string;
  } | null;
  readonly history: readonly string[];
}
export interface OpenRequest {
  readonly policy: string;
  /** Else the one that the policy makes of `data`, as of an event. */
  readonly key?: string;
  readonly data?: Readonly<Record<string, unknown>>;
  readonly assignee?: string;
  readonly requester?: string;
  readonly team?: string;
  readonly watchers?: readonly string[];
  readonly dueAt?: string | null;
  readonly subject?: { readonly type?: string; readonly id?: string; readonly title?: string; readonly url?: string };
  readonly actor?: string;
}
export interface CommandBody {
  readonly actor?: string;
  readonly comment?: string;
  readonly outcome?: string;
  readonly until?: string;
  readonly by?: string;
  readonly to?: string;
  readonly dueAt?: string | null;
  readonly action?: string;
  readonly answer?: unknown;
}

export interface TemplateParts {
  readonly email?: {
    readonly subject?: string;
    readonly mjml?: string;
    readonly html?: string;
    readonly text?: string;
    /** Liquid in both; the address is https. */
    readonly attachments?: readonly { readonly filename: string; readonly url: string }[];
    /** The due date goes with it as an entry of a calendar. */
    readonly calendar?: boolean;
  };
  readonly sms?: { readonly text: string };
  readonly push?: { readonly title?: string; readonly body?: string };
  readonly inbox?: {
    readonly title?: string;
    readonly body?: string;
    readonly as?: 'feed' | 'banner' | 'toast' | 'modal';
    /** Liquid that gives RFC 3339, or nothing: then it shows as an item of the feed. */
    readonly until?: string;
  };
  readonly chat?: { readonly text: string };
  readonly webhook?: { readonly text: string };
}
export interface Template extends TemplateParts {
  readonly id: string;
  /** BCP 47: of its own words, those that stand under no locale. */
  readonly language?: string;
  readonly locales?: Readonly<Record<string, TemplateParts>>;
}

/** For whom and of what a template is shown: a real follow-up, or an invented one with this data. */
export interface PreviewRequest {
  readonly channel?: 'email' | 'sms' | 'push' | 'inbox' | 'chat' | 'webhook';
  readonly recipient?: string;
  readonly locale?: string;
  readonly followUp?: string;
  readonly role?: 'notice' | 'reminder' | 'final' | 'escalation' | 'update' | 'confirmation';
  readonly data?: Readonly<Record<string, unknown>>;
  readonly subject?: Readonly<Record<string, unknown>>;
  readonly at?: string;
  /** One that is not saved, in the place of the stored one. */
  readonly template?: Omit<Template, 'id'>;
}
export interface TemplatePreview {
  readonly channel: string;
  /** The language of the words, the reader's own where they are in it. */
  readonly locale: string;
  readonly content: {
    readonly subject?: string;
    readonly html?: string;
    readonly text: string;
    readonly [more: string]: unknown;
  };
  /** Names that it reads and that have no value. */
  readonly missing: readonly string[];
}
export interface TestAnswer {
  readonly channel: string;
  readonly outcome: { readonly kind: 'accepted' | 'retry' | 'rejected' | 'uncertain'; readonly detail?: string };
}
/** An event as it arrived, and what became of it. */
export interface StoredEvent {
  readonly id: string;
  readonly source: string;
  readonly type: string;
  /** The server's own id, unique across sources. */
  readonly ref: string;
  readonly receivedAt: string;
  readonly matched: boolean;
  readonly activities: readonly { readonly recipient: string; readonly type: string }[];
  readonly matches: {
    readonly policy: string;
    readonly key: string | null;
    readonly role: string;
    readonly result: string;
    readonly followUp: string | null;
    readonly detail?: string;
  }[];
  /** Why nothing matched. */
  readonly why?: string;
  readonly event: CloudEvent;
}
/** What somebody, or some program, wrote back to a message. */
export interface Reply {
  readonly id: string;
  readonly followUp: string;
  /** The message that it answers. */
  readonly message: string;
  readonly channel: Channel;
  readonly from: string;
  /** Who that is; null: nobody is known by this address. */
  readonly recipient: string | null;
  /** How surely they answered this message; null: nothing proves it. */
  readonly evidence: 'machine' | 'likely' | 'proven' | null;
  readonly at: string;
  readonly kind: 'human' | 'automatic';
  readonly subject: string | null;
  /** What is new in it. */
  readonly text: string;
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
    readonly by?: string;
    readonly until?: string;
    readonly action?: string;
  } | null;
  readonly became: 'command' | 'opted_out' | 'conversation' | 'nothing';
  /** Of what became a conversation, or nothing. */
  readonly why: string | null;
  readonly command: string | null;
  readonly status: 'open' | 'answered' | 'closed';
  readonly answers: readonly {
    readonly at: string;
    readonly by: string | null;
    readonly text: string;
    readonly message: string;
  }[];
  readonly closedAt: string | null;
  readonly closedBy: string | null;
}
/** An endpoint that gets nothing more. */
export interface NewSuppression {
  readonly channel: Exclude<Channel, 'inbox'>;
  readonly address: string;
  readonly source?: 'hard_bounce' | 'complaint' | 'stop' | 'provider' | 'person' | 'admin';
  readonly reason?: string | null;
  /** One sender of yours alone, as a STOP is said to it; absent: every one. */
  readonly sender?: string | null;
}
export interface Suppression extends Required<NewSuppression> {
  /** The message whose receipt said so. */
  readonly message: string | null;
  readonly at: string;
  readonly liftedAt: string | null;
  readonly liftedReason: string | null;
}
export interface Lifted {
  readonly channel: NewSuppression['channel'];
  readonly address: string;
  readonly reason: string;
  readonly sources: readonly NonNullable<NewSuppression['source']>[];
  /** Where its reader had said so themselves. */
  readonly warning: string | null;
}
export interface SuppressionImport {
  readonly added: number;
  readonly already: number;
  /** The first 1,000. */
  readonly rejected: readonly { readonly line: number; readonly detail: string }[];
  readonly rejectedCount: number;
}
export interface Erasure {
  readonly id: string;
  readonly status: 'running' | 'done';
  readonly step: string;
  readonly counts: Readonly<Record<string, number>>;
  readonly askedAt: string;
  readonly doneAt: string | null;
}
export interface AuditEntry {
  readonly id: string;
  readonly at: string;
  /** The API key; null: Relance itself. */
  readonly by: string | null;
  readonly action: string;
  readonly about: string | null;
  readonly data: Readonly<Record<string, unknown>>;
}
/** Of what is not archived: all of it, what is unread, and what of that is urgent. */
export interface InboxCounts {
  readonly unread: number;
  readonly total: number;
  readonly urgent: number;
}
export interface InboxAction {
  readonly name: string;
  readonly label: string;
  /** A page that does the same. */
  readonly url: string;
  /** It asks for more than a press: an answer with fields, which the page asks for. */
  readonly asks?: true;
}
export interface InboxItem {
  readonly id: string;
  readonly seq: number;
  readonly followUp: string;
  readonly title: string;
  readonly body: string;
  readonly at: string;
  /** As it shows now: after `until` as an item of the feed. */
  readonly as: 'feed' | 'banner' | 'toast' | 'modal';
  readonly until: string | null;
  readonly url: string | null;
  readonly urgency: 'low' | 'normal' | 'high' | 'urgent';
  /** What can be done, in the order of the buttons; empty once it is archived. */
  readonly actions: readonly InboxAction[];
  readonly readAt: string | null;
  readonly archivedAt: string | null;
  /** The newer item of the same follow-up that took its place, by which it is archived. */
  readonly replacedBy: string | null;
}
export interface Overview {
  readonly now: string;
  /** Live ones; what is snoozed, overdue or urgent is of both. */
  readonly followUps: {
    readonly open: number;
    readonly acknowledged: number;
    readonly snoozed: number;
    readonly overdue: number;
    readonly urgent: number;
  };
  /** Live ones that go no further by themselves. */
  readonly attention: { readonly stagesExhausted: number; readonly unknownRecipient: number; readonly parked: number };
  readonly openReplies: number;
  readonly connections: readonly {
    readonly id: string;
    readonly channel: string;
    readonly provider: string;
    readonly state: 'failing' | 'down';
    readonly detail: string | null;
    readonly since: string;
  }[];
  readonly alarms: readonly {
    readonly followUp: string;
    readonly title: string | null;
    readonly live: boolean;
    readonly at: string;
    readonly reason: string;
    readonly text: string;
  }[];
  readonly policies: number;
  readonly recipients: boolean;
}
