// The bar at the top of every page of a running server: the mailbox's two sections and the HTTP reference.
import { type Html, html } from './html.ts';

export type Tab = 'messages' | 'follow-ups' | 'reference';

const TABS: readonly (readonly [Tab, path: string, label: string])[] = [
  ['messages', '/mailbox', 'Messages'],
  ['follow-ups', '/mailbox/follow-ups', 'Follow-ups'],
  ['reference', '/docs', 'Reference'],
];

export const topBar = (current: Tab, aside: Html | null = null): Html =>
  html`<header><a class="brand" href="/mailbox">Relance</a><nav aria-label="Sections">${TABS.map(
    ([tab, path, label]) => html`<a href="${path}"${tab === current ? html` aria-current="page"` : null}>${label}</a>`,
  )}</nav>${aside}</header>`;
