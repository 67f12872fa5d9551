// The mailbox's pages: facts in, pages out. Two panes on a wide screen, one on a phone; light and dark; no framework.
import { type FollowUp, type Instant, isLive, REASONS, type Reason, sentence, type TimelineEntry } from '@relance/core';
import type { MailboxMessage } from '../store/sql/mailbox.ts';
import { type Html, html, type Page } from './html.ts';
import { MAILBOX_STYLE } from './mailbox-style.ts';

const when = (at: Instant): string =>
  new Intl.DateTimeFormat('en-GB', {
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    hour: '2-digit',
    minute: '2-digit',
    timeZone: 'UTC',
  }).format(at);
const stamp = (at: Instant): Html =>
  html`<time datetime="${new Date(at).toISOString()}">${when(at)} <small>UTC</small></time>`;
const REFRESH_MS = 1_500;

/** Fetches the page again and swaps the parts that changed, unless somebody is reading or typing in them. */
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
`;

const page = (title: string, tab: 'messages' | 'follow-ups', now: Instant, body: Html): Page => ({
  title: `${title} · Relance`,
  language: 'en',
  style: MAILBOX_STYLE,
  script: '/mailbox/mailbox.js',
  frames: true,
  body: html`<header><a class="brand" href="/mailbox">Relance</a><nav aria-label="Sections"><a href="/mailbox"${tab === 'messages' ? html` aria-current="page"` : null}>Messages</a><a href="/mailbox/follow-ups"${tab === 'follow-ups' ? html` aria-current="page"` : null}>Follow-ups</a></nav><span id="clock" class="clock" title="Story time">${stamp(now)}</span></header>${body}`,
});

export const signInPage = (wrong: boolean): Page => ({
  title: 'Sign in · Relance',
  language: 'en',
  style: MAILBOX_STYLE,
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

const CHANNELS = ['email', 'sms', 'push', 'inbox', 'chat', 'webhook'] as const;
const link = (filter: MessagesFacts['filter'], message: string): string => {
  const query = new URLSearchParams({
    ...(filter.recipient === null ? {} : { recipient: filter.recipient }),
    ...(filter.channel === null ? {} : { channel: filter.channel }),
    message,
  });
  return `/mailbox?${query.toString()}`;
};
const headline = (message: MailboxMessage): string =>
  message.content?.subject || message.content?.text?.split('\n')[0] || message.title;

export function messagesPage(facts: MessagesFacts): Page {
  const { messages, chosen, filter } = facts;
  const list =
    messages.length === 0
      ? html`<p class="empty">No messages yet. The first arrives when an event opens a follow-up.</p>`
      : html`<ol>${messages.map((message) => html`<li><a href="${link(filter, message.id)}"${message.id === chosen?.id && facts.explicit ? html` aria-current="true"` : null}><span class="row"><span class="chip ${message.channel}">${message.channel}</span><strong>${message.name ?? message.recipient}</strong>${stamp(message.sent_at)}</span><span class="subject">${headline(message)}</span><span class="soft">${message.stage}${message.status === 'accepted' || message.status === 'delivered' ? null : html` · <em>${message.status}</em>`}</span></a></li>`)}</ol>`;
  const filters = html`<form class="filters" method="get" action="/mailbox"><label>To <select name="recipient"><option value="">everybody</option>${facts.people.map((one) => html`<option value="${one.id}"${one.id === filter.recipient ? html` selected` : null}>${one.name ?? one.id}</option>`)}</select></label><label>By <select name="channel"><option value="">any channel</option>${CHANNELS.map((one) => html`<option${one === filter.channel ? html` selected` : null}>${one}</option>`)}</select></label><button type="submit">Show</button></form>`;
  return page(
    'Messages',
    'messages',
    facts.now,
    html`<main class="panes ${facts.explicit ? 'chosen' : ''}"><section class="list" aria-label="Messages">${filters}<div id="list">${list}</div></section><section class="reading" aria-label="The message">${chosen === null ? html`<p class="empty">Choose a message.</p>` : reading(chosen)}</section></main>`,
  );
}

function reading(message: MailboxMessage): Html {
  const content = message.content ?? {};
  return html`<article><a class="back" href="/mailbox">← All messages</a><h1>${headline(message)}</h1>
<dl><dt>To</dt><dd>${message.name ?? message.recipient} <span class="chip ${message.channel}">${message.channel}</span></dd><dt>When</dt><dd>${stamp(message.sent_at)}</dd><dt>Why</dt><dd>Stage “${message.stage}”, because ${REASONS[message.reason as Reason] ?? message.reason}</dd><dt>About</dt><dd><a href="/mailbox/follow-ups/${message.follow_up_id}">${message.title}</a></dd></dl>
${content.html === undefined ? html`<div class="bubble">${lines(content.text ?? '')}</div>` : html`<iframe sandbox="allow-popups allow-popups-to-escape-sandbox" src="/mailbox/messages/${message.id}/html" title="The mail as it looks"></iframe><details><summary>Text part</summary><pre>${content.text ?? ''}</pre></details>`}
${(content.actions ?? []).length === 0 ? null : html`<p class="links">${(content.actions ?? []).map((action) => html`<a href="${pathOf(action.url)}" target="_blank" rel="noreferrer">${action.label}</a>`)}</p>`}</article>`;
}

const lines = (text: string): Html => html`${text.split('\n').map((line) => html`${line}<br>`)}`;
/** Our own links by their path, so that the page works behind any address it is opened at. */
const pathOf = (url: string): string => (URL.canParse(url) ? new URL(url).pathname : '#');

const who = (followUp: FollowUp): string => followUp.assignee ?? 'nobody yet';
const badge = (followUp: FollowUp): Html =>
  html`<span class="status ${followUp.status}">${followUp.snoozedUntil !== null && isLive(followUp.status) ? 'snoozed' : followUp.status}</span>`;
const next = (followUp: FollowUp): Html | string => {
  if (!isLive(followUp.status)) return followUp.closedAt === null ? '' : html`closed ${stamp(followUp.closedAt)}`;
  if (followUp.nextAt !== null) return html`next: ${followUp.nextStage ?? 'resume'} ${stamp(followUp.nextAt)}`;
  return followUp.waitsFor === null ? 'nothing planned' : `waits: ${REASONS[followUp.waitsFor]}`;
};

export function followUpsPage(facts: { readonly followUps: readonly FollowUp[]; readonly now: Instant }): Page {
  const live = facts.followUps.filter((one) => isLive(one.status)).length;
  return page(
    'Follow-ups',
    'follow-ups',
    facts.now,
    html`<main class="wide"><p id="tally" class="soft">${live} live, ${facts.followUps.length - live} closed</p><div id="list" class="cards">${facts.followUps.length === 0 ? html`<p class="empty">No follow-ups yet. Send an event that a policy opens on.</p>` : facts.followUps.map((one) => html`<a class="card" href="/mailbox/follow-ups/${one.id}"><span class="row">${badge(one)}<span class="chip">${one.policy}</span>${one.escalationLevel > 0 ? html`<span class="chip warn">escalated ×${one.escalationLevel}</span>` : null}</span><strong>${one.subject.title}</strong><span class="soft">${who(one)} · ${next(one)}</span></a>`)}</div></main>`,
  );
}

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
  const buttons = isLive(followUp.status)
    ? html`<form method="post" class="buttons"><button name="action" value="acknowledge">Acknowledge</button><button name="action" value="resolve" class="primary">Resolve</button><button name="action" value="snooze">Snooze a day</button></form>`
    : html`<p class="soft">It is ${followUp.status}: nothing more is sent.</p>`;
  return page(
    followUp.subject.title,
    'follow-ups',
    facts.now,
    html`<main class="wide"><a class="back shown" href="/mailbox/follow-ups">← All follow-ups</a><h1>${followUp.subject.title}</h1>${facts.news === null ? null : html`<p class="news" role="alert">${facts.news}</p>`}
<div id="facts"><p class="row">${badge(followUp)}<span class="chip">${followUp.policy} v${followUp.version}</span><span class="chip">${followUp.urgency}</span>${followUp.escalationLevel > 0 ? html`<span class="chip warn">escalated ×${followUp.escalationLevel}</span>` : null}</p>
<dl><dt>Asked to act</dt><dd>${followUp.assignee === null ? 'nobody' : nameOf(followUp.assignee)}</dd>${followUp.requester === null ? null : html`<dt>Waiting for it</dt><dd>${nameOf(followUp.requester)}</dd>`}${followUp.dueAt === null ? null : html`<dt>Due</dt><dd>${stamp(followUp.dueAt)}</dd>`}<dt>Then</dt><dd>${next(followUp)}</dd></dl></div>
<div id="actions">${buttons}</div>
<section class="two"><div><h2>Timeline</h2><ol id="timeline" class="timeline">${facts.timeline.map((entry) => html`<li class="${entry.kind}">${stamp(entry.at)}<span>${sentence(entry, nameOf)}</span></li>`)}</ol></div><div><h2>Messages</h2><ol id="list" class="plain">${facts.messages.map((message) => html`<li><a href="/mailbox?message=${message.id}"><span class="row"><span class="chip ${message.channel}">${message.channel}</span><strong>${message.name ?? message.recipient}</strong>${stamp(message.sent_at)}</span><span class="subject">${headline(message)}</span></a></li>`)}</ol></div></section></main>`,
  );
}
