// What the engine offers the rooms around it (http, sources, responses, cli, the embedded library), as plain calls with
// outcomes as values. ingest.ts, command.ts, open.ts, clock.ts and calendar-book.ts implement them; app/ wires them.
import type {
  Action,
  ActionSeen,
  Actor,
  AnswerProblem,
  CalendarReading,
  Channel,
  Command,
  Content,
  Evidence,
  FollowUp,
  FollowUpStatus,
  Instant,
  Outcome,
  PersonKnown,
  PreferenceChange,
  PreferenceWish,
  PushedChannel,
  Refusal,
  Seeing,
  StageRole,
  SuppressionSource,
  Template,
  TemplateNeeds,
  WishProblem,
  WrittenCalendar,
  Years,
} from '@relance/core';
import type { Envelope } from '../channels/channel.ts';
import type { Tx } from '../store/database.ts';
import type { ErasureSeen } from '../store/sql/erasure.ts';
import type { Inside } from './inside.ts';
import type { StepResult } from './work.ts';

export * from './incoming.ts';
export type { Inside } from './inside.ts';

/** What has changed is counted for figures. insights/figures.ts implements it. */
export interface Figures {
  /** One pass over what is marked: how many follow-ups were counted, and whether there is more. What another node counts is left to it. */
  count(): Promise<{ readonly counted: number; readonly more: boolean }>;
  /** All of what is marked, where it is little; else nothing. Waits for whoever counts some of it. */
  countLittle(): Promise<void>;
  /** Adds up the days of months that changed, where they are many; answers how many months. */
  addUp(): Promise<number>;
}

/** A CloudEvent that passed the edge's checks. `event` is the whole event as policies see it. */
export interface IncomingEvent {
  readonly id: string;
  readonly source: string;
  readonly type: string;
  readonly time: Instant | null;
  readonly event: Readonly<Record<string, unknown>>;
}

export interface TouchedFollowUp {
  readonly id: string;
  readonly policy: string;
  readonly key: string;
  readonly status: FollowUpStatus;
}

/** Why a kept event did nothing for a policy: no clause for its type and no activity, no `when` that holds, a failed expression. */
export interface Unmatched {
  readonly code: 'no_policy_listens' | 'condition_false' | 'no_follow_up' | 'expression_failed';
  readonly detail: string;
}

/** What an event told about somebody, as the tenant's mapping says. */
export interface RecordedActivity {
  readonly recipient: string;
  readonly type: string;
}

export type EventOutcome =
  | {
      readonly kind: 'accepted';
      readonly followUps: readonly TouchedFollowUp[];
      readonly unmatched: readonly Unmatched[];
      readonly activities: readonly RecordedActivity[];
    }
  | { readonly kind: 'duplicate'; readonly followUps: readonly TouchedFollowUp[] }
  | { readonly kind: 'rejected'; readonly code: string; readonly detail: string };

export interface Ingest {
  /** Resolves once everything accepted is committed; one outcome per event, in order. Rejects only when the database is away. */
  submit(tenant: string, events: readonly IncomingEvent[]): Promise<readonly EventOutcome[]>;
}

/** Opening by hand or by API; what an event would have said. */
export interface OpenRequest {
  readonly policy: string;
  /** Else the policy's own expression over `data`. */
  readonly key?: string;
  readonly subject?: { readonly type?: string; readonly id?: string; readonly title?: string; readonly url?: string };
  readonly data?: Readonly<Record<string, unknown>>;
  readonly assignee?: string;
  readonly requester?: string;
  readonly team?: string;
  readonly watchers?: readonly string[];
  readonly dueAt?: Instant | null;
  /** A date in the place of a time, `2026-12-01`. */
  readonly dueDay?: string;
  readonly actor?: string;
}
export type OpenOutcome =
  | { readonly kind: 'opened'; readonly followUp: FollowUp }
  | { readonly kind: 'updated'; readonly followUp: FollowUp } // a live follow-up had the key
  | { readonly kind: 'rejected'; readonly code: string; readonly detail: string };

/** Which follow-up a command means: by id, or by key (the live one, else the newest closed one). */
export type FollowUpRef =
  | { readonly kind: 'id'; readonly id: string }
  | { readonly kind: 'key'; readonly policy: string; readonly key: string; readonly assignee: string | null };

/** A command is for a follow-up as somebody has seen it, and it is in another revision by now: nothing is done. */
export class ChangedMeanwhile extends Error {
  override readonly name = 'ChangedMeanwhile';
  /** As it is now. */
  readonly followUp: FollowUp;

  constructor(followUp: FollowUp) {
    super(`The follow-up is in revision ${followUp.revision} by now: something has happened to it.`);
    this.followUp = followUp;
  }
}
export interface CommandRequest {
  readonly command: Command;
  readonly actor: Actor;
  readonly evidence: Evidence;
  readonly channel: string | null;
  readonly comment: string | null;
  /** The message that is answered by it: `acted` is recorded there. */
  readonly message?: string;
  /** A button was pressed: once more, or by a hundred hands at once, it has acted once (pressed.ts). */
  readonly once?: true;
  /** The revisions of which it may be, else ChangedMeanwhile is thrown. Absent: any. */
  readonly seen?: readonly number[] | undefined;
}
export type CommandOutcome =
  | {
      readonly kind: 'done';
      readonly followUp: FollowUp;
      readonly changed: boolean;
      readonly inFlight: readonly string[];
    }
  | { readonly kind: 'closed'; readonly followUp: FollowUp } // another terminal status: 409
  | {
      readonly kind: 'refused';
      readonly refusal: Refusal;
      readonly detail: string;
      /** What is wrong with an answer, field by field. */
      readonly errors?: readonly AnswerProblem[];
      readonly followUp: FollowUp;
    }
  /** The version it is pinned to was published by another release, and this one cannot read it: nothing was changed. */
  | { readonly kind: 'unreadable'; readonly detail: string; readonly followUp: FollowUp }
  | { readonly kind: 'ambiguous'; readonly assignees: readonly string[] } // several live under this key: name the assignee
  | { readonly kind: 'missing' };

export interface Commands {
  run(
    tenant: string,
    ref: FollowUpRef,
    request: CommandRequest,
    inside?: Inside<CommandOutcome>,
  ): Promise<CommandOutcome>;
  open(tenant: string, request: OpenRequest, inside?: Inside<OpenOutcome>): Promise<OpenOutcome>;
  /** What a follow-up would become if this were commanded now; null where it would change nothing. Writes nothing. */
  tryOut(tx: Tx, followUp: FollowUp, command: Command): Promise<FollowUp | null>;
  /** A closed follow-up again, as generation + 1. */
  reopen(
    tenant: string,
    ref: FollowUpRef,
    actor: Actor,
    inside?: Inside<CommandOutcome>,
    seen?: CommandRequest['seen'],
  ): Promise<CommandOutcome>;
}

/** An endpoint that gets nothing more. */
export interface EndpointSuppression {
  readonly channel: Channel;
  readonly address: string;
  readonly source: SuppressionSource;
  readonly reason: string | null;
  /** Of one sender of ours alone, as its connection calls it; absent: of every one. */
  readonly sender?: string | undefined;
  /** Whoever it was is known no more: the address is kept as its keyed hash alone. */
  readonly forgotten?: boolean;
}
/** One recipient's choice about a category, or about one channel of it. */
export interface ConsentChoice {
  readonly tenant: string;
  readonly recipient: string;
  readonly category: string;
  /** None: all of them. */
  readonly channel?: PushedChannel;
}
/** How a choice was made, and what shows it. Never an IP address: it says little, and is personal. */
export interface PreferenceEvidence {
  /** By the button of a mail program (RFC 8058), on our page, as an answer, or through somebody else. */
  readonly how: 'one_click' | 'page' | 'reply' | 'sms_keyword' | 'provider' | 'api' | 'import';
  /** The API key. */
  readonly by?: string;
  readonly userAgent?: string;
  /** The message that it answers. */
  readonly message?: string;
  readonly text?: string;
  /** The answer that says so. */
  readonly reply?: string;
}
export type PreferenceOutcome =
  | { readonly kind: 'changed'; readonly changes: readonly PreferenceChange[] }
  | { readonly kind: 'unknown_recipient' }
  | { readonly kind: 'refused'; readonly problem: WishProblem };

/** Whoever calls is answered when nothing that they refuse can start any more. `by`: the API key. */
export interface Consents {
  /** Answers how many are new. */
  suppress(tenant: string, endpoints: readonly EndpointSuppression[], by: string | null): Promise<number>;
  /** Answers which sources had said so. */
  lift(
    tenant: string,
    endpoint: {
      readonly channel: Channel;
      readonly address: string;
      readonly reason: string;
      /** Only what was stopped by somebody's own word to this sender; absent: whatever there is. */
      readonly stoppedOf?: string;
    },
    by: string | null,
  ): Promise<readonly SuppressionSource[]>;
  /** Both answer whether it is a change. `before` runs first in the same transaction, and answers what it has moved. */
  optOut(
    choice: ConsentChoice,
    evidence: PreferenceEvidence,
    before?: (tx: Tx, now: Instant) => Promise<readonly StepResult[]>,
  ): Promise<boolean>;
  optIn(choice: ConsentChoice, evidence: PreferenceEvidence): Promise<boolean>;
  /** `wishOf` is asked while nobody else can change the same person: it may depend on how they stand. */
  change(
    person: { readonly tenant: string; readonly recipient: string },
    wishOf: (person: PersonKnown) => PreferenceWish,
    evidence: PreferenceEvidence,
  ): Promise<PreferenceOutcome>;
}

/** Erasing a person. When it answers, nothing starts for them any more; `erasure` says whether all of it is done. */
export interface Erasures {
  /** Null where there is no such recipient. */
  erase(
    tenant: string,
    recipient: string,
    asked: { readonly by: string | null; readonly reason: string | null },
  ): Promise<{
    readonly erasure: ErasureSeen;
    /** Definitions that name them still. */
    readonly named: { readonly policies: readonly string[]; readonly schedules: readonly string[] };
  } | null>;
  status(tenant: string, id: string): Promise<ErasureSeen | null>;
}

/** Which page of somebody a fresh link is to lead to. */
export type FreshTo =
  | { readonly page: 'action'; readonly followUp: string; readonly action: string }
  | { readonly page: 'status'; readonly followUp: string }
  | { readonly page: 'me' };
export interface FreshLinkAsk {
  readonly tenant: string;
  readonly recipient: string;
  readonly to: FreshTo;
}
/** A fresh link in the place of an old one, by mail, to whom the old one was for. fresh-link.ts implements it. */
export interface FreshLinks {
  /** Says nothing about whether it could: whoever has an old link is told nothing about its person. */
  send(ask: FreshLinkAsk): Promise<void>;
}

export interface StoryClock {
  mode(): Promise<'real' | 'scaled' | 'virtual'>;
  now(): Promise<Instant>;
  /** Steps from due instant to due instant and answers when everything due until then is decided and handed over. */
  advance(to: Instant): Promise<AdvanceOutcome>;
}
export type AdvanceOutcome =
  | { readonly kind: 'advanced'; readonly now: Instant; readonly steps: number }
  | { readonly kind: 'not_virtual' }
  | { readonly kind: 'in_past'; readonly now: Instant }
  | { readonly kind: 'busy' }; // another node is advancing

export interface Calendars {
  /** With its holidays of these years. Only a place whose holidays nobody knows is refused, whatever the years. */
  compile(id: string | null, written: WrittenCalendar, years: Years): Promise<CalendarReading>;
}

/** Told when something was written, so that a loop looks now instead of at its next tick. A hint, never the truth. */
export interface Nudge {
  wake(): void;
  deliver(): void;
}

export interface ActionRow {
  readonly hash: Uint8Array;
  readonly tenant: string;
  readonly followUpId: string;
  readonly messageId: string;
  readonly recipient: string;
  readonly action: string;
}
export interface Actions {
  readonly links: Readonly<Record<string, ActionSeen>>;
  readonly rows: readonly ActionRow[];
}
/** What a message says beyond its template: the links a person acts by. responses/action-link.ts makes them. */
export interface Words {
  actionsFor(
    message: { readonly id: string; readonly tenant: string; readonly followUpId: string; readonly recipient: string },
    locale: string,
    own: readonly Action[],
  ): Actions;
  storeActions(tx: Tx, rows: readonly ActionRow[]): Promise<void>;
  /** The link to a page that belongs to a person: the same in every message. */
  pageFor(choice: PageChoice): Page;
  /** What it is called where it stands. */
  pageLabel(purpose: PagePurpose, locale: string): string;
  storePages(tx: Tx, rows: readonly PageToken[]): Promise<void>;
  /** As it is handed over where it is tracked; what is kept of the message stays as it was written. */
  track(content: Content, ask: TrackAsk): TrackedContent;
  storeTracks(tx: Tx, rows: readonly TrackRow[]): Promise<void>;
}

export interface TrackAsk {
  readonly message: {
    readonly id: string;
    readonly tenant: string;
    readonly followUpId: string;
    readonly recipient: string;
  };
  readonly channel: 'email' | 'sms';
  readonly opens: boolean;
  readonly clicks: boolean;
}
export interface TrackedContent {
  readonly content: Content;
  readonly rows: readonly TrackRow[];
  /** The picture that a mail with others in it ends with, where this one carries them; null where that is not tracked. */
  readonly pictureUrl: string | null;
}

/** Leaving a category, choosing, everything that waits for somebody, and where one follow-up stands. */
export type PagePurpose = 'unsubscribe' | 'preferences' | 'me' | 'status';
export interface PageChoice {
  readonly tenant: string;
  readonly purpose: PagePurpose;
  readonly recipient: string;
  /** Unsubscribing: the category; status: the follow-up; else empty. */
  readonly about: string;
}
export interface PageToken extends PageChoice {
  readonly hash: Uint8Array;
  /** Null: it never expires. */
  readonly lifeDays: number | null;
}
export interface Page {
  readonly url: string;
  readonly row: PageToken;
}

/** What a link or the picture of a message leads to, by the hash of its token. */
export interface Tracked {
  readonly tenant: string;
  readonly followUpId: string;
  readonly messageId: string;
  readonly recipient: string;
  /** Which link of the message; null: its picture, which leads nowhere. */
  readonly link: number | null;
  readonly target: string | null;
}
export interface TrackRow extends Tracked {
  readonly hash: Uint8Array;
}
/** Who visits what is tracked of messages. visit.ts implements it. */
export interface Visits {
  /** Kept and judged, where the tenant and the recipient allow it at this moment. */
  visit(
    tracked: Tracked,
    visitor: { readonly agent: string | undefined; readonly manner: 'plain' | 'head' | 'prefetch' },
  ): Promise<void>;
  /** The reader has answered on a page of ours: what the same browser did before is proven. */
  answered(
    message: Pick<Tracked, 'tenant' | 'followUpId' | 'messageId' | 'recipient'>,
    agent: string | undefined,
  ): Promise<void>;
}

/** Ids with randomness, for events and follow-ups. */
export interface Minting {
  mint(at: Instant, slot: number): string;
}

/** Whom and what a template is shown for. */
export interface PreviewAsk {
  /** Whose language the buttons are in; null: the built-in words. */
  readonly template: Template | null;
  readonly channel: Channel;
  /** A real one, with its data; null: invented, but for what is given. */
  readonly followUp: string | null;
  /** Null: its assignee, or somebody invented. */
  readonly recipient: string | null;
  readonly locale: string | null;
  readonly role: StageRole | null;
  readonly data: Readonly<Record<string, unknown>>;
  readonly subject: Readonly<Record<string, unknown>>;
  readonly needs: TemplateNeeds;
  readonly now: Instant;
}

export type Previewed =
  | {
      readonly kind: 'seen';
      readonly seeing: Seeing;
      /** As it would be handed over to a provider. */
      envelope(words: {
        readonly content: Content;
        readonly address: string | null;
        readonly locale: string;
      }): Envelope;
    }
  | { readonly kind: 'missing'; readonly detail: string };

/** What a template would see. preview.ts implements it. */
export interface Previews {
  of(tenant: string, ask: PreviewAsk): Promise<Previewed>;
}

/** Hands a test over to the tenant's own connection for its channel, at once: `now`, whatever time its words speak of. */
export type TestSend = (tenant: string, channel: Channel, envelope: Envelope, now: Instant) => Promise<Outcome>;
