// The mailbox's pages: facts in, pages out. Two panes on a wide screen, one on a phone; light and dark; no framework.
import {
  CHANNELS,
  type FollowUp,
  type Instant,
  isLive,
  REASONS,
  type Reason,
  sentence,
  type TimelineEntry,
  toRfc3339,
} from '@relance/core';
import type { MailboxFollowUp, MailboxMessage } from '../store/sql/mailbox.ts';
import { type Html, html, type Page } from './html.ts';
import { MAILBOX_STYLE } from './mailbox-style.ts';
import { momentText, momentWithYear } from './moment.ts';
import { type Tab, topBar } from './top-bar.ts';

/** The year is named where it is another one than the story's now. */
const stamp = (at: Instant, now: Instant): Html =>
  html`<time datetime="${toRfc3339(at)}">${momentText(at, now)} <small>UTC</small></time>`;
const clock = (now: Instant): Html =>
  html`<time datetime="${toRfc3339(now)}">${momentWithYear(now)} <small>UTC</small></time>`;
const REFRESH_MS = 1_500;

/**
 * Fetches the page again and swaps the parts that changed, unless somebody is reading or typing in them; a filter applies
 * as it is chosen.
 */
export const MAILBOX_SCRIPT = `const parts = ['list', 'clock', 'facts', 'timeline', 'actions', 'tally'];
async function refresh() {
  if (document.hidden) return;
  try {
    const answer = await fetch(location.href, { headers: { accept: 'text/html' } });
    if (!answer.ok) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), 'text/html');
    for (const id of parts) {
      const mine = document.getElementById(id), theirs = fresh.getElementById(id);
      if (mine && theirs && mine.innerHTML !== theirs.innerHTML && !mine.contains(document.activeElement)) mine.innerHTML = theirs.innerHTML;
    }
  } catch { /* the server is restarting; the next look finds it */ }
}
setInterval(refresh, ${REFRESH_MS});
for (const form of document.querySelectorAll('form.filters')) form.addEventListener('change', () => form.requestSubmit());
`;

const page = (title: string, tab: Tab, now: Instant, body: Html): Page => ({
  title: `${title} · Relance`,
  language: 'en',
  style: MAILBOX_STYLE,
  refers: true,
  script: '/mailbox/mailbox.js',
  frames: true,
  body: html`${topBar(
    tab,
    html`<span class="clock" title="The time that reminders and escalations go by. In the demo it runs faster than yours.">Time <span id="clock">${clock(now)}</span></span>`,
  )}${body}`,
});

export const signInPage = (wrong: boolean): Page => ({
  title: 'Sign in · Relance',
  language: 'en',
  style: MAILBOX_STYLE,
  refers: true,
  body: html`<main class="sign-in"><h1>Relance</h1><p>The mailbox shows every message as its recipient sees it. Sign in with an API key.</p>${wrong ? html`<p class="news" role="alert">That key is not valid. The first one is shown once when the server starts, and kept in its data directory.</p>` : null}<form method="post" action="/mailbox/session"><label for="key">API key</label><input id="key" name="key" type="password" autocomplete="off" required autofocus><button type="submit">Sign in</button></form></main>`,
});

export interface MessagesFacts {
  readonly messages: readonly MailboxMessage[];
  readonly chosen: MailboxMessage | null;
  readonly explicit: boolean;
  readonly people: readonly { readonly id: string; readonly name: string | null }[];
  readonly filter: { readonly recipient: string | null; readonly channel: string | null };
  readonly now: Instant;
}

const link = (filter: MessagesFacts['filter'], message: string): string => {
  const query = new URLSearchParams({
    ...(filter.recipient === null ? {} : { recipient: filter.recipient }),
    ...(filter.channel === null ? {} : { channel: filter.channel }),
    message,
  });
  return `/mailbox?${query.toString()}`;
};
/** Of a text without a subject its first line, without the addresses in it, which say nothing to a reader of a list. */
const headline = (message: MailboxMessage): string =>
  message.content?.subject || firstLine(message.content?.text ?? '') || message.title;
const firstLine = (text: string): string => (text.split('\n')[0] ?? '').replace(/\bhttps?:\/\/\S+/g, '').trim();

export function messagesPage(facts: MessagesFacts): Page {
  const { messages, chosen } = facts;
  const list =
    messages.length === 0
      ? html`<p class="empty">No messages yet. The first arrives when an event opens a follow-up.</p>`
      : html`<ol>${messages.map((message) => listed(message, facts))}</ol>`;
  const pane = chosen === null ? html`<p class="empty">Choose a message.</p>` : reading(chosen, facts.now);
  return page(
    'Messages',
    'messages',
    facts.now,
    html`<main class="panes ${facts.explicit ? 'chosen' : ''}">
<section class="list" aria-label="Messages">${filterForm(facts)}<div id="list">${list}</div></section>
<section class="reading" aria-label="The message">${pane}</section></main>`,
  );
}

const chip = (message: MailboxMessage): Html => html`<span class="chip ${message.channel}">${message.channel}</span>`;
const addressee = (message: MailboxMessage): string => message.name ?? message.recipient;
const heading = (message: MailboxMessage, now: Instant): Html =>
  html`<span class="row">${chip(message)}<strong>${addressee(message)}</strong>${stamp(message.sent_at, now)}</span>
<span class="subject">${headline(message)}</span>`;

function listed(message: MailboxMessage, { filter, chosen, explicit, now }: MessagesFacts): Html {
  const current = message.id === chosen?.id && explicit ? html` aria-current="true"` : null;
  const arrived = message.status === 'accepted' || message.status === 'delivered';
  const status = arrived ? null : html` · <em>${message.status}</em>`;
  return html`<li><a href="${link(filter, message.id)}"${current}>${heading(message, now)}
<span class="soft">${message.stage}${status}</span></a></li>`;
}

function filterForm({ people, filter }: MessagesFacts): Html {
  const option = (value: string, label: string, chosen: string | null): Html =>
    html`<option value="${value}"${value === chosen ? html` selected` : null}>${label}</option>`;
  return html`<form class="filters" method="get" action="/mailbox">
<label>To <select name="recipient"><option value="">everybody</option>
${people.map((one) => option(one.id, one.name ?? one.id, filter.recipient))}</select></label>
<label>By <select name="channel"><option value="">any channel</option>
${CHANNELS.map((one) => option(one, one, filter.channel))}</select></label>
<button type="submit">Show</button></form>`;
}

function reading(message: MailboxMessage, now: Instant): Html {
  const content = message.content ?? {};
  const actions = content.actions ?? [];
  return html`<article><a class="back" href="/mailbox">← All messages</a><h1>${message.content?.subject || message.title}</h1>
<dl><dt>To</dt><dd>${addressee(message)} ${chip(message)}</dd><dt>When</dt><dd>${stamp(message.sent_at, now)}</dd>
${isCaptured(message) ? html`<dt>Left</dt><dd>No: it was captured here, as nothing is set up to send by ${message.channel}</dd>` : null}
<dt>Why</dt><dd>Stage “${message.stage}”, because ${REASONS[message.reason as Reason] ?? message.reason}</dd>
<dt>About</dt><dd><a href="/mailbox/follow-ups/${message.follow_up_id}">${message.title}</a></dd></dl>
${content.html === undefined ? html`<div class="bubble">${lines(content.text ?? '')}</div>` : mail(message)}
${actions.length === 0 ? null : html`<p class="links">${actions.map(actionLink)}</p>`}</article>`;
}

/** Handed to the connection that only keeps (channels/local.ts). */
const isCaptured = ({ connection }: MailboxMessage): boolean => connection?.startsWith('mailbox-') ?? false;

const mail = (message: MailboxMessage): Html =>
  html`<iframe sandbox="allow-popups allow-popups-to-escape-sandbox" title="The mail as it looks"
 src="/mailbox/messages/${message.id}/html"></iframe>
<details><summary>Text part</summary><pre>${message.content?.text ?? ''}</pre></details>`;
const actionLink = (action: { readonly label: string; readonly url: string }): Html =>
  html`<a href="${pathOf(action.url)}" target="_blank" rel="noreferrer">${action.label}</a>`;

const lines = (text: string): Html => html`${text.split('\n').map((line) => html`${line}<br>`)}`;
/** Our own links by their path, so that the page works behind any address it is opened at. */
const pathOf = (url: string): string => (URL.canParse(url) ? new URL(url).pathname : '#');

const who = (one: MailboxFollowUp): string => one.assigneeName ?? one.assignee ?? 'nobody yet';
const badge = (followUp: FollowUp): Html =>
  html`<span class="status ${followUp.status}">${followUp.snoozedUntil !== null && isLive(followUp.status) ? 'snoozed' : followUp.status}</span>`;
const next = (followUp: FollowUp, now: Instant): Html | string => {
  if (!isLive(followUp.status)) return followUp.closedAt === null ? '' : html`closed ${stamp(followUp.closedAt, now)}`;
  if (followUp.nextAt !== null) return html`next: ${followUp.nextStage ?? 'resume'} ${stamp(followUp.nextAt, now)}`;
  return followUp.waitsFor === null ? 'nothing planned' : `waits: ${REASONS[followUp.waitsFor]}`;
};

export function followUpsPage(facts: { readonly followUps: readonly MailboxFollowUp[]; readonly now: Instant }): Page {
  const live = facts.followUps.filter((one) => isLive(one.status)).length;
  const cards = facts.followUps.map((one) => card(one, facts.now));
  const empty = html`<p class="empty">No follow-ups yet. Send an event that a policy opens on.</p>`;
  return page(
    'Follow-ups',
    'follow-ups',
    facts.now,
    html`<main class="wide"><p id="tally" class="soft">${live} live, ${facts.followUps.length - live} closed</p>
<div id="list" class="cards">${cards.length === 0 ? empty : cards}</div></main>`,
  );
}

const escalated = ({ escalationLevel }: FollowUp): Html | null =>
  escalationLevel === 0 ? null : html`<span class="chip warn">escalated ×${escalationLevel}</span>`;

const card = (one: MailboxFollowUp, now: Instant): Html =>
  html`<a class="card" href="/mailbox/follow-ups/${one.id}">
<span class="row">${badge(one)}<span class="chip">${one.policy}</span>${escalated(one)}</span>
<strong>${one.subject.title}</strong><span class="soft">${who(one)} · ${next(one, now)}</span></a>`;

export interface FollowUpFacts {
  readonly followUp: FollowUp;
  readonly timeline: readonly TimelineEntry[];
  readonly messages: readonly MailboxMessage[];
  readonly people: readonly { readonly id: string; readonly name: string | null }[];
  readonly now: Instant;
  readonly news: string | null;
}

export function followUpPage(facts: FollowUpFacts): Page {
  const { followUp } = facts;
  const names = new Map(facts.people.map((one) => [one.id, one.name ?? one.id]));
  const nameOf = (id: string): string => names.get(id) ?? id;
  const { timeline, messages, news, now } = facts;
  return page(
    followUp.subject.title,
    'follow-ups',
    now,
    html`<main class="wide"><a class="back shown" href="/mailbox/follow-ups">← All follow-ups</a>
<h1>${followUp.subject.title}</h1>${news === null ? null : html`<p class="news" role="alert">${news}</p>`}
<div id="facts">${standing(followUp, nameOf, now)}</div><div id="actions">${buttons(followUp)}</div>
<section class="two"><div><h2>Timeline</h2>
<ol id="timeline" class="timeline">${timeline.map((entry) => told(entry, nameOf, now))}</ol></div>
<div><h2>Messages</h2><ol id="list" class="plain">${messages.map((message) => mentioned(message, now))}</ol></div></section></main>`,
  );
}

const told = (entry: TimelineEntry, nameOf: (id: string) => string, now: Instant): Html => {
  const said = sentence(entry, nameOf, (at) => momentText(at, now));
  return html`<li class="${entry.kind}">${stamp(entry.at, now)}<span>${said}</span></li>`;
};
const mentioned = (message: MailboxMessage, now: Instant): Html =>
  html`<li><a href="/mailbox?message=${message.id}">${heading(message, now)}</a></li>`;

/** Somebody has it already: to acknowledge once more changes nothing, unless it is only snoozed. */
const isTaken = ({ status, snoozedUntil }: FollowUp): boolean => status === 'acknowledged' && snoozedUntil === null;
const ACKNOWLEDGE = html`<button name="action" value="acknowledge">Acknowledge</button>`;

const buttons = (followUp: FollowUp): Html =>
  isLive(followUp.status)
    ? html`<form method="post" class="buttons">${isTaken(followUp) ? null : ACKNOWLEDGE}
<button name="action" value="resolve" class="primary">Resolve</button>
<button name="action" value="snooze">Snooze a day</button></form>`
    : html`<p class="soft">It is ${followUp.status}: no reminder follows; a confirmation may.</p>`;

function standing(followUp: FollowUp, nameOf: (id: string) => string, now: Instant): Html {
  const { assignee, requester, dueAt } = followUp;
  return html`<p class="row">${badge(followUp)}<span class="chip">${followUp.policy} v${followUp.version}</span>
<span class="chip">${followUp.urgency}</span>${escalated(followUp)}</p>
<dl><dt>Asked to act</dt><dd>${assignee === null ? 'nobody' : nameOf(assignee)}</dd>
${requester === null ? null : html`<dt>Waiting for it</dt><dd>${nameOf(requester)}</dd>`}
${dueAt === null ? null : html`<dt>Due</dt><dd>${stamp(dueAt, now)}</dd>`}<dt>Then</dt><dd>${next(followUp, now)}</dd></dl>`;
}
