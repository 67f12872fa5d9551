// What render.ts makes and a channel carries: one message's words. `text` is always there; `html` and `subject` where
// the channel has them. Stored with the message exactly as handed over.

export interface ActionLink {
  readonly name: string; // acknowledge, resolve, snooze, …
  readonly label: string;
  readonly url: string;
}

export interface Content {
  readonly subject?: string; // email subject, push and inbox title
  readonly html?: string;
  readonly text: string;
  readonly actions?: readonly ActionLink[];
}

/** The written form of a template, per channel and locale (DESIGN §5). `mjml` is compiled to `html` when it is stored. */
export interface TemplateParts {
  readonly email?: {
    readonly subject?: string;
    readonly mjml?: string;
    readonly html?: string;
    readonly text?: string;
  };
  readonly sms?: { readonly text: string };
  readonly push?: { readonly title?: string; readonly body?: string };
  readonly inbox?: {
    readonly title?: string;
    readonly body?: string;
    readonly as?: 'feed' | 'banner' | 'toast' | 'modal';
    readonly until?: string;
  };
  readonly chat?: { readonly text: string };
  readonly webhook?: { readonly text: string };
}
export interface Template extends TemplateParts {
  readonly id: string;
  readonly locales?: Readonly<Record<string, TemplateParts>>;
}
