// The page of everything that waits for somebody: what is asked of them, the most urgent first, each with what they can do about it;
// what they have in hand is folded below. Pure: facts in, a page out. What is said about each follow-up is act-view.ts.
import {
  ACT_TEXT,
  formFor,
  isOpenForm,
  linesFor,
  newsFor,
  nextFor,
  type PageFacts,
  type PageLink,
  timesIn,
} from './act-view.ts';
import { type Html, html, type Page } from './html.ts';
import type { PageLanguage } from './page-language.ts';
import { PAGE_STYLE } from './page-style.ts';

export interface MeFacts {
  readonly language: PageLanguage;
  readonly locale: string;
  readonly tenant: string | null;
  readonly person: string;
  /** In the order in which they are shown. */
  readonly items: readonly PageFacts[];
  /** There are more than are shown. */
  readonly more: boolean;
  /** What a form of this page was about, and what came of it. */
  readonly acted: PageFacts | null;
  /** A form asked for what this page does not offer, or not any more; in words. */
  readonly trouble: string | null;
  /** Where the page itself is: forms post to it. */
  readonly path: string;
  /** What browsers subscribe to pushes with; null where none are sent. */
  readonly pushKey: string | null;
}

/** Beside the worker, for all pages of this kind: relative to /me/{token}. */
const ME_SCRIPT = '../me.js';

const TEXT = {
  en: {
    title: 'Everything that waits for you',
    none: 'Nothing waits for you.',
    noneText: 'All is done, or with somebody else. When something comes, you will be told, and it stands here.',
    noneNow: 'Nothing is asked of you at the moment.',
    hand: (count: number) => `In hand or later (${count})`,
    more: 'There is more than fits on this page. These are the most urgent.',
    urgent: 'Urgent',
    high: 'Important',
    device: 'Notify me on this device',
    deviceOn: 'This device is told from now on.',
    deviceNo:
      'This device does not allow it. You can allow notifications for this page in the settings of the browser.',
    notYours: 'This is not asked of you any more. Nothing has changed.',
  },
  fr: {
    title: 'Tout ce qui vous attend',
    none: 'Rien ne vous attend.',
    noneText: "Tout est fait, ou chez quelqu'un d'autre. Dès qu'il y a du nouveau, vous êtes prévenu, et c'est ici.",
    noneNow: "Rien n'est attendu de vous pour le moment.",
    hand: (count: number) => `En cours ou plus tard (${count})`,
    more: "Il y en a plus que cette page n'en montre. Voici les plus urgents.",
    urgent: 'Urgent',
    high: 'Important',
    device: 'Me prévenir sur cet appareil',
    deviceOn: 'Cet appareil est prévenu à partir de maintenant.',
    deviceNo:
      'Cet appareil ne le permet pas. Vous pouvez autoriser les notifications de cette page dans les réglages du navigateur.',
    notYours: "Ceci n'est plus attendu de vous. Rien n'a changé.",
  },
} as const;

export const notYours = (language: PageLanguage): string => TEXT[language].notYours;

export function mePage(facts: MeFacts): Page {
  const words = TEXT[facts.language];
  const waiting = facts.items.filter(({ paused }) => !paused);
  const later = facts.items.filter(({ paused }) => paused);
  const { acting, notYou } = ACT_TEXT[facts.language];
  const said = facts.acted !== null || facts.trouble !== null;
  return {
    title: waiting.length === 0 ? words.title : `(${waiting.length}) ${words.title}`,
    language: facts.locale,
    style: PAGE_STYLE,
    manifest: `${facts.path}/app.webmanifest`,
    ...(facts.pushKey === null ? {} : { script: ME_SCRIPT }),
    body: html`<main><header class="lead">${facts.tenant === null ? null : html`<p class="soft">${facts.tenant}</p>`}<h1>${words.title}</h1></header>
${news(facts)}${waiting.length === 0 ? empty(facts.language, later.length > 0) : waiting.map(item)}
${facts.more ? html`<p class="soft lead">${words.more}</p>` : null}
${later.length === 0 ? null : html`<details class="later"${later.some(isAgain) ? html` open` : null}><summary>${words.hand(later.length)}</summary>${later.map(item)}</details>`}
${device(facts)}<p class="soft later">${acting(facts.person)} ${said ? null : notYou}</p></main>`,
  };
}

function news({ acted, trouble, language }: MeFacts): Html | null {
  if (trouble !== null)
    return html`<div class="news warn" role="status"><p><strong>${ACT_TEXT[language].refused}</strong></p><p>${trouble}</p></div>`;
  return acted === null ? null : newsFor(acted);
}

const empty = (language: PageLanguage, hasLater: boolean): Html =>
  hasLater
    ? html`<section class="card"><p>${TEXT[language].noneNow}</p></section>`
    : html`<section class="card"><h2>${TEXT[language].none}</h2><p class="soft">${TEXT[language].noneText}</p></section>`;

/** What was asked for did not go, and stands in its form again. */
const isAgain = (facts: PageFacts): boolean => facts.outcome !== null && isOpenForm(facts);

/** What there is to say first is as large: what ends it in the policy's own words, else that one has it, else that it is done. */
function firstOf({ links, status, paused }: PageFacts): readonly PageLink[] {
  const closing = links.filter(({ closes }) => closes);
  if (closing.length > 0) return closing;
  const first = paused || status === 'acknowledged' ? 'resolve' : 'acknowledge';
  return links.filter(({ name }) => name === first);
}

function item(facts: PageFacts): Html {
  const words = ACT_TEXT[facts.language];
  const first = firstOf(facts);
  const others = facts.links.filter(
    (link) => !first.includes(link) && !(facts.isTheirs && link.name === 'acknowledge'),
  );
  const isOpen = isAgain(facts) && others.some(({ name }) => name === facts.asked);
  const asksMore = (link: PageLink): boolean => link.fields === null || link.fields.length > 0;
  return html`<section class="card"><h2>${tag(facts)}${facts.title}</h2>
${linesFor(facts)}
${facts.snoozedUntil === null ? null : html`<p class="soft">${words.snoozed(timesIn(facts)(facts.snoozedUntil))}</p>`}
${first.map((link, index) => formFor(facts, link, index === 0 && !asksMore(link)))}
${others.length === 0 ? null : html`<details${isOpen ? html` open` : null}><summary>${words.other}</summary>${others.map((link) => formFor(facts, link, false))}</details>`}
${nextFor(facts)}</section>`;
}

const tag = ({ urgency, language }: PageFacts): Html | null =>
  urgency === 'urgent' || urgency === 'high' ? html`<span class="tag">${TEXT[language][urgency]}</span>` : null;

/** Shown by its script alone, where the browser can be told. */
function device({ language, path, pushKey }: MeFacts): Html | null {
  if (pushKey === null) return null;
  const { device: label, deviceOn, deviceNo } = TEXT[language];
  return html`<p class="later"><button type="button" class="quiet device" hidden data-key="${pushKey}" data-post="${path}/device" data-on="${deviceOn}" data-no="${deviceNo}">${label}</button> <span role="status" class="soft"></span></p>`;
}
