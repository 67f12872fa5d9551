// An item as every element shows it: its words, and what can be done about it. Its words are plain text. An address that is no web page
// is no link, whoever wrote it. What was pressed is shown as done at once; what was refused says why, in the reader's language.

import type { InboxAction } from '@relance/client';
import { html, nothing, type TemplateResult } from 'lit';
import type { Act, ShownItem, Trouble } from './store.ts';
import { filled, fullTime, type Spoken, timeAgo, type Words } from './words.ts';

export interface ItemView {
  readonly spoken: Spoken;
  readonly now: number;
  /** Whose ways to be reminded are open. */
  readonly later: string | null;
  askLater(id: string | null): void;
  act(item: ShownItem, act: Act): void;
  /** Its address is followed; false where the page goes there by itself. */
  follow(item: ShownItem, event: MouseEvent): void;
}

/** A snooze, as long as the policy lets it. */
const LATER = [
  ['hour', '1 hour'],
  ['day', '1 day'],
  ['week', '1 week'],
] as const;
/** These can be taken back: they only put off. */
const PUT_OFF: readonly string[] = ['acknowledge', 'snooze', 'commit'];

export function titleView(view: ItemView, item: ShownItem): TemplateResult {
  const url = pageAt(item.url);
  return url === null
    ? html`${item.title}`
    : html`<a href=${url} part="link" @click=${(event: MouseEvent) => view.follow(item, event)}>${item.title}</a>`;
}

export function metaView({ spoken: { language, words }, now }: ItemView, item: ShownItem): TemplateResult {
  const at = Date.parse(item.at);
  return html`<p class="meta" part="meta">
    ${item.urgency === 'urgent' ? html`<span class="urgent" part="urgent">${words.urgent}</span>` : nothing}
    <time datetime=${item.at} title=${fullTime(language, at)}>${timeAgo(language, at, now)}</time>
  </p>`;
}

/** What was done with it, what was refused, and what else can be done. */
export function actionsView(view: ItemView, item: ShownItem): TemplateResult {
  const { words } = view.spoken;
  const { did, busy, trouble } = item;
  const puttingOff = did === null || PUT_OFF.includes(did.action);
  const left = item.actions.filter(({ name }) => did === null || !PUT_OFF.includes(name));
  return html`${
    did === null
      ? nothing
      : html`<p class="did" part="did" role="status"><span>${didWords(words, did)}</span>${
          puttingOff && !busy
            ? html`<button class="plain" part="undo" @click=${() => view.act(item, { action: 'unacknowledge' })}>${words.takeBack}</button>`
            : nothing
        }</p>`
  }${
    trouble === null
      ? nothing
      : html`<p class="trouble" part="trouble" role="alert">${troubleWords(words, trouble)}</p>`
  }${
    left.length === 0 || !puttingOff
      ? nothing
      : html`<div class="actions" part="actions">${left.map((action, n) => actionView(view, item, action, n === 0 && did === null))}</div>`
  }${view.later === item.id && did === null ? laterView(view, item) : nothing}`;
}

function actionView(view: ItemView, item: ShownItem, action: InboxAction, first: boolean): TemplateResult {
  const look = first ? 'first' : '';
  const { name, label } = action;
  const page = action.asks === true ? pageAt(action.url) : null;
  if (page !== null)
    return html`<a class="button ${look}" part="action action-${name}" href=${page} target="_blank" rel="noopener">${label}<span class="said"> (${view.spoken.words.page})</span></a>`;
  if (name === 'snooze') {
    const open = view.later === item.id;
    return html`<button class=${look} part="action action-snooze" ?disabled=${item.busy} aria-expanded=${open}
      @click=${() => view.askLater(open ? null : item.id)}>${label}</button>`;
  }
  return html`<button class=${look} part="action action-${name}" ?disabled=${item.busy} @click=${() => view.act(item, { action: name })}>${label}</button>`;
}

const laterView = (view: ItemView, item: ShownItem): TemplateResult =>
  html`<div class="actions later" part="later">${LATER.map(
    ([word, until]) =>
      html`<button @click=${() => {
        view.askLater(null);
        view.act(item, { action: 'snooze', until });
      }}>${view.spoken.words[word]}</button>`,
  )}</div>`;

function didWords(words: Words, { action, label }: NonNullable<ShownItem['did']>): string {
  if (action === 'acknowledge') return words.acknowledged;
  if (action === 'snooze') return words.snoozed;
  return filled(words.did, { label });
}

export function troubleWords(words: Words, { code }: Trouble): string {
  if (code === 'follow_up_closed' || code === 'unreachable') return words[code];
  if (code === 'refused' || code === 'forbidden' || code === 'unprocessable') return words.refused;
  return words.failed;
}

/** Null for what a browser would not open as a page: a script is no address. */
function pageAt(text: string | null): string | null {
  if (text === null || !URL.canParse(text, document.baseURI)) return null;
  const { protocol, href } = new URL(text, document.baseURI);
  return /^https?:$/.test(protocol) ? href : null;
}
