// What render.ts makes and a channel carries: one message's words. `text` is always there; `html` and `subject` where
// the channel has them. Stored with the message exactly as handed over.

export interface ActionLink {
  readonly name: string; // acknowledge, resolve, snooze, …
  readonly label: string;
  readonly url: string;
  /** It asks for more than a press: an answer with fields, which a page asks for. */
  readonly asks?: true;
}

/** How an item of the inbox shows itself. */
export type InboxDisplay = 'feed' | 'banner' | 'toast' | 'modal';

/** A file that goes with an email: fetched when it is sent. */
export interface Attachment {
  readonly filename: string;
  readonly url: string; // https://
}

/** One of several in a message, as it was sent. */
export interface SentItem {
  /** Ids. */
  readonly message: string;
  readonly followUp: string;
  readonly stage: string;
  /** Which notification of its stage. */
  readonly notify: number;
  readonly title: string;
  /** A chat: its words with its links. Empty elsewhere. */
  readonly text: string;
}
export interface SentDigest {
  readonly items: readonly SentItem[];
  /** Everything that waits for its reader on one page. */
  readonly everythingUrl: string;
}

export interface Content {
  /** BCP 47: the language of its words, from when it was rendered for somebody. */
  readonly locale?: string;
  readonly subject?: string; // email subject, push and inbox title
  readonly html?: string;
  readonly text: string;
  readonly actions?: readonly ActionLink[];
  /** Where the thing itself is looked at: what a push, a chat title or an item of the inbox leads to. */
  readonly url?: string;
  /** The inbox: how it shows, and until when (RFC 3339) as more than an item of the feed. */
  readonly as?: InboxDisplay;
  readonly until?: string;
  readonly attachments?: readonly Attachment[];
  /** How a text message is answered by one, from the longest line to the shortest; it ends with the one it has room for. */
  readonly codeLines?: readonly string[];
  /** An email carries the due date as an entry for the reader's calendar. */
  readonly calendar?: boolean;
  /** Kept of one that carries others, where it can be rewritten: what it was composed of. */
  readonly digest?: SentDigest;
}

/** The written form of a template, per channel and locale (DESIGN §5). `mjml` is compiled to `html` when it is stored. */
export interface TemplateParts {
  readonly email?: {
    readonly subject?: string;
    readonly mjml?: string;
    readonly html?: string;
    readonly text?: string;
    /** Liquid in both: one without a name or an address is left out. */
    readonly attachments?: readonly Attachment[];
    readonly calendar?: boolean;
  };
  readonly sms?: { readonly text: string };
  readonly push?: { readonly title?: string; readonly body?: string };
  readonly inbox?: {
    readonly title?: string;
    readonly body?: string;
    readonly as?: InboxDisplay;
    /** Liquid that gives RFC 3339, or nothing. */
    readonly until?: string;
  };
  readonly chat?: { readonly text: string };
  readonly webhook?: { readonly text: string };
}

/** As people write it: with `render`, `layout`, `block` and `mj-include`, which template/compose.ts puts the others' text for. */
export interface WrittenParts extends TemplateParts {
  /** BCP 47: in which language its own words are, those that stand under no locale. */
  readonly language?: string;
  readonly locales?: Readonly<Record<string, TemplateParts>>;
}

/** What a template reads that is gathered for it, found when it is stored. */
export interface TemplateNeeds {
  /** Without a window it is the last activity of the type. */
  readonly activity: readonly { readonly type: string; readonly window: string | null }[];
  readonly lastResponse: boolean;
  readonly pending: boolean;
  /** Whether it may read where they can act on those; absent in what was stored before this was looked at. */
  readonly pages?: boolean;
}

/** As it is rendered: whole, so that sending reads nothing else. */
export interface Template extends WrittenParts {
  readonly id: string;
  readonly needs?: TemplateNeeds;
}
