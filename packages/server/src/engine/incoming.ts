// What comes back to messages and from whom: news of providers, mails and texts that people write, buttons that they press, and the
// conversations that become of them. receipt.ts, reply.ts and conversation.ts implement what is promised here.
import type { Action, Channel, Instant } from '@relance/core';
import type { Inside } from './inside.ts';

/** News about one message, as a provider tells it (channels/provider.ts has the same shape). */
export interface Receipt {
  /** By our id where the provider hands it back, else by the id it gave when it accepted. */
  readonly message: { readonly id: string } | { readonly providerId: string };
  readonly kind:
    | 'accepted'
    | 'delivered'
    | 'failed' // the provider gave up: it was never delivered
    | 'bounced'
    | 'complained'
    | 'opened'
    | 'clicked'
    | 'unsubscribed';
  /** When it happened, by the provider's clock; null where it does not say. */
  readonly at: Instant | null;
  readonly detail: string | null;
  /** Bounced and failed: the address itself is no good, for good. */
  readonly permanent?: boolean;
  /** Opened and clicked: a program did it, as far as the provider can tell. */
  readonly machine?: boolean;
  /** Bounced and complained: the one address it is about, where the provider says; never the others of the same mail. */
  readonly address?: string;
  /** Unsubscribed: the sender of ours that said so is about; absent: all of them. */
  readonly sender?: string;
  /** It came by mail: nobody has signed whom it is about. */
  readonly hearsay?: boolean;
}

/** A mail as a provider hands it on, whole. */
export interface MailHandedOn {
  readonly raw: Buffer;
  /** The addresses that it came to. */
  readonly to: readonly string[];
  /** It came with `MAIL FROM:<>`. */
  readonly nullSender: boolean;
  /** The mailbox of the connection that replies go to; null: it asks for none. */
  readonly replyTo: string | null;
}

/** What a provider wants to hear from us; an empty 200 where it does not care. */
export interface ReceiptReply {
  readonly contentType: string;
  readonly body: string;
}

/** A text message that somebody has written to a number of ours. */
export interface IncomingText {
  /** As the provider calls it: the same one told again has the same. */
  readonly id: string;
  /** Which of our senders it was written to, as its connection calls it. */
  readonly sender: string;
  /** E.164. */
  readonly from: string;
  readonly text: string;
  /** What the provider has read in it already; null where it says nothing of that. */
  readonly keyword: 'stop' | 'start' | 'help' | null;
  /** Whoever wrote a keyword has been answered by the provider: once is enough. */
  readonly keywordAnswered: boolean;
}

/** A button that somebody has pressed in a message of ours, where it was shown to them. */
export interface ButtonPress {
  readonly message: string;
  /** As the message offered it. */
  readonly action: string;
  /** Their address on the channel of the connection, as the provider proves it. */
  readonly by: string;
  /** Where the message stands, as the provider called it when it accepted. */
  readonly providerId: string;
  /** Nobody else reads along there. */
  readonly direct: boolean;
  /** Tells whoever pressed it, and nobody else. Never throws. */
  tell(words: string): Promise<void>;
}

/** What a call of a provider comes to. */
export type ReceiptAnswer =
  | {
      readonly kind: 'news';
      readonly items: readonly Receipt[];
      /** Mails that came to the provider for us: replies. */
      readonly mails?: readonly MailHandedOn[];
      readonly presses?: readonly ButtonPress[];
      readonly reply?: ReceiptReply;
    }
  /** `reply`: with words for whoever wrote it, or without. */
  | { readonly kind: 'text'; readonly text: IncomingText; readonly reply: (words: string | null) => ReceiptReply }
  /** Not from the provider, too old, or not readable: nothing is believed. `status`: 400 unreadable, 401 not proven, 403 refused. */
  | { readonly kind: 'refused'; readonly status: 400 | 401 | 403; readonly detail: string };

export interface Receipts {
  /** Commits them before it answers: placed on their messages, or kept until that is possible. */
  take(
    tenant: string,
    provider: string,
    news: readonly Receipt[],
  ): Promise<{ readonly placed: number; readonly kept: number }>;
  /** The same where the address it came to proves which message it is about, whoever's that is. */
  takeProven(provider: string, news: readonly Receipt[]): Promise<void>;
}
/** What a reply says, as whoever has read it understands it (responses/reply). `sure`: nobody needs to look. */
export type ReplyMeaning = { readonly confidence: number; readonly sure: boolean } & (
  | { readonly kind: 'done'; readonly action: string | null }
  | { readonly kind: 'commit'; readonly by: Instant }
  | { readonly kind: 'snooze'; readonly until: Instant }
  | { readonly kind: 'delegate'; readonly to: string }
  | { readonly kind: 'stop' | 'not_mine' | 'wrong_person' | 'acknowledge' | 'unclear' }
);

/** As it is kept: it names nobody. */
export type KeptMeaning =
  | Exclude<ReplyMeaning, { readonly kind: 'delegate' }>
  | { readonly kind: 'delegate'; readonly confidence: number; readonly sure: boolean };

/** The message that a reply is about, and what is needed to read it. */
export interface ReplyAbout {
  readonly tenant: string;
  readonly followUp: string;
  readonly message: string;
  readonly now: Instant;
  /** IANA and BCP 47, of whoever the message went to. */
  readonly zone: string;
  readonly locale: string | null;
  readonly actions: readonly Action[];
  /** Whom its recipient may give it to; none where there are more than one can tell apart. */
  readonly people: readonly {
    readonly id: string;
    readonly name: string | null;
    readonly addresses: readonly string[];
  }[];
}

/** One reply, on whatever channel it came. */
export interface IncomingReply {
  readonly channel: Channel;
  /** The address that it came from. */
  readonly from: string;
  /** The sender's own id of it, or a digest: the same twice is one. */
  readonly providerId: string;
  readonly subject: string | null;
  /** What is new in it. */
  readonly text: string;
  /** Where it came to is known only to whoever has the message. Else nothing of it is acted on. */
  readonly proven: boolean;
  readonly said:
    | { readonly kind: 'human'; readonly meaning: ReplyMeaning; readonly surelyHuman: boolean }
    /** No answer, whatever it says. `away`: days as `2026-12-01`, the last one included; null where it names none. */
    | {
        readonly kind: 'automatic';
        readonly why: string;
        readonly away: { readonly from: string | null; readonly until: string } | null;
      };
}

export interface ReplyAnswered {
  readonly text: string;
  readonly actor: string | null;
}
export type ConversationOutcome =
  | { readonly kind: 'done' }
  | { readonly kind: 'missing' }
  /** A program has nothing to be answered; nobody can be written to; or there have been enough. */
  | { readonly kind: 'refused'; readonly detail: string };

/** What comes back to messages. reply.ts and conversation.ts implement it. */
export interface Replies {
  /** By our message, or by a follow-up; with `from`, only one that went to whoever has that address. Null where there is none. */
  about(
    asked:
      | { readonly message: string; readonly from?: string }
      | { readonly followUp: string; readonly channel: Channel; readonly from: string },
  ): Promise<ReplyAbout | null>;
  /** Commits it, with the one command that it becomes, before it answers. `full`: nothing more is taken for this follow-up. */
  take(about: ReplyAbout, reply: IncomingReply): Promise<'taken' | 'known' | 'full' | 'missing'>;
  /** Words to whoever replied, as a message like any other. */
  answer(
    tenant: string,
    id: string,
    words: ReplyAnswered,
    inside?: Inside<ConversationOutcome>,
  ): Promise<ConversationOutcome>;
  close(
    tenant: string,
    id: string,
    by: { readonly actor: string | null; readonly comment: string | null },
    inside?: Inside<ConversationOutcome>,
  ): Promise<ConversationOutcome>;
}
