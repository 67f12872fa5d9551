// The preference centre: what a person is told, on which channels, how often and when, as one form that works without JavaScript.
// Pure: facts in, a page out. What its form means when it comes back is preference-form.ts; its words are preference-words.ts.
import {
  type Branding,
  type CategorySeen,
  FREQUENCIES,
  fromRfc3339,
  type Instant,
  localTime,
  type PreferenceChange,
  type PreferencesSeen,
  PUSHED_CHANNELS,
  type PushedChannel,
  type Reading,
} from '@relance/core';
import { BRAND_STYLE, brandHead, imagesOf } from './brand.ts';
import { type Html, html, type Page } from './html.ts';
import type { PageLanguage } from './page-language.ts';
import { PAGE_STYLE } from './page-style.ts';
import { boxOf, PAUSES, type Shown, type Trouble } from './preference-form.ts';
import { WORDS } from './preference-words.ts';

export interface PreferenceFacts {
  readonly language: PageLanguage;
  readonly reading: Reading;
  readonly tenant: string | null;
  readonly branding: Branding | undefined;
  readonly person: string;
  readonly seen: PreferencesSeen;
  readonly shown: Shown;
  /** Languages in which there are words for them. */
  readonly locales: readonly string[];
  /** What this very request changed; null on looking. */
  readonly did: { readonly changes: readonly PreferenceChange[]; readonly troubles: readonly Trouble[] } | null;
  /** Beside this page, wherever a proxy has put it. */
  readonly path: string;
  readonly now: Instant;
}

const STYLE = `${PAGE_STYLE}
fieldset{border:1px solid var(--line);border-radius:10px;margin:1rem 0 0;padding:.75rem 1rem 1rem;min-width:0}legend{font-weight:600;padding:0 .4rem;overflow-wrap:anywhere}.card h2{margin:1.5rem 0 0}
label.box{display:flex;align-items:center;gap:.75rem;min-height:2.75rem;margin:0}label.box input{width:1.4rem;height:1.4rem;flex:none;accent-color:var(--accent)}.pair{display:flex;flex-wrap:wrap;gap:0 1rem}.pair label{flex:1 1 9rem;min-width:0}ul{margin:.3rem 0;padding-left:1.2rem}`;

export function preferencePage(facts: PreferenceFacts): Page {
  const { language, seen, branding, did, path } = facts;
  const words = WORDS[language];
  const hidden = (name: string, value: string) => html`<input type="hidden" name="${name}" value="${value}">`;
  const paused = seen.pausedUntil === null ? null : time(facts, seen.pausedUntil);
  const isLeavable = seen.categories.some((one) => !one.essential && one.subscribed);
  const images = imagesOf(branding);
  return {
    title: words.title,
    language,
    style: `${STYLE}${BRAND_STYLE(branding)}`,
    ...(images.length === 0 ? {} : { images }),
    body: html`<main><div class="card">${brandHead(facts.tenant, branding)}${did === null ? null : news(facts, did)}<h1>${words.title}</h1>
<p class="soft">${words.intro}</p>
${paused === null ? null : html`<form method="post" action="${path}">${hidden('do', 'resume')}<p><strong>${words.paused(paused)}</strong></p><button type="submit" class="quiet">${words.resume}</button></form>`}
<form method="post" action="${path}">${hidden('do', 'save')}${hidden('shown', JSON.stringify(facts.shown))}
${seen.categories.length === 0 ? html`<p>${words.noCategory}</p>` : seen.categories.map((one) => category(language, one))}
${times(facts)}
<button type="submit" class="primary">${words.save}</button></form>
${isLeavable ? html`<form method="post" action="${path}">${hidden('do', 'leave')}<button type="submit" class="quiet">${words.leave}</button><p class="soft">${words.leaveHint}</p></form>` : null}
<p class="soft">${words.person(facts.person)}</p>${help(facts)}</div></main>`,
  };
}

const time = ({ reading, now }: PreferenceFacts, at: string): string => {
  const until = fromRfc3339(at);
  return until === null ? at : localTime(until, reading, now);
};

function help({ language, branding }: PreferenceFacts): Html | null {
  const [email, phone] = [branding?.supportEmail, branding?.supportPhone];
  if (email === undefined && phone === undefined) return null;
  return html`<p class="soft">${WORDS[language].help} ${email === undefined ? null : html`<a href="mailto:${email}">${email}</a>`} ${phone}</p>`;
}

function category(language: PageLanguage, one: CategorySeen): Html {
  const words = WORDS[language];
  if (one.essential)
    return html`<fieldset><legend>${one.title}</legend><p class="soft">${one.why ?? words.essential}</p></fieldset>`;
  const channels = PUSHED_CHANNELS.filter((channel) => channel in one.channels);
  if (channels.length === 0)
    return html`<fieldset><legend>${one.title}</legend><p class="soft">${words.onlyInbox}</p></fieldset>`;
  const box = (channel: PushedChannel) =>
    html`<label class="box"><input type="checkbox" name="want.${channel}.${one.id}" value="1"${boxOf(one, channel) ? html` checked` : null}>${words.channel[channel]}</label>`;
  const often = FREQUENCIES.map((word) => option(word, words.frequency[word], word === one.frequency));
  return html`<fieldset><legend>${one.title}</legend>${channels.map(box)}<label class="soft">${words.often}<select name="often.${one.id}">${often}</select></label></fieldset>`;
}

const option = (value: string, label: string, selected: boolean): Html =>
  html`<option value="${value}"${selected ? html` selected` : null}>${label}</option>`;

function times(facts: PreferenceFacts): Html {
  const { language, shown } = facts;
  const words = WORDS[language];
  const [from = '', to = ''] = shown.quietHours?.split('-') ?? [];
  const pauses = ['', ...Object.keys(PAUSES), 'date'] as readonly (keyof typeof words.pauses)[];
  return html`<h2>${words.when}</h2>
<fieldset><legend>${words.pause}</legend><label class="soft"><select name="pause" aria-label="${words.pause}">${pauses.map((word) => option(word, words.pauses[word], word === ''))}</select></label><label class="soft">${words.pauseUntil}<input type="date" name="pauseUntil"></label></fieldset>
<fieldset><legend>${words.quiet}</legend><div class="pair"><label class="soft">${words.quietFrom}<input type="time" name="quietFrom" value="${from}"></label><label class="soft">${words.quietTo}<input type="time" name="quietTo" value="${to}"></label></div><p class="soft">${words.quietHint}</p></fieldset>
<label class="soft">${words.zone}<select name="timeZone">${usually(facts, shown.timeZone, facts.reading.zone)}${zones(shown.timeZone)}</select></label>
<label class="soft">${words.locale}<select name="locale">${usually(facts, shown.locale, nameOf(facts.reading.locale))}${languages(facts)}</select></label>
${shown.tracking === null ? null : html`<fieldset><legend>${words.tracking}</legend><label class="box"><input type="checkbox" name="tracking" value="1"${shown.tracking ? html` checked` : null}>${words.trackingBox}</label></fieldset>`}`;
}

/** What holds where they have not said; told where it is known. */
const usually = ({ language }: PreferenceFacts, own: string | null, usual: string): Html =>
  option('', own === null ? `${WORDS[language].usual} (${usual})` : WORDS[language].usual, own === null);

const ZONES: readonly string[] = ['UTC', ...Intl.supportedValuesOf('timeZone').filter((zone) => zone.includes('/'))];
const AREAS = [...Map.groupBy(ZONES, (zone) => zone.split('/')[0] ?? '')];

function zones(own: string | null): readonly Html[] {
  const unlisted = own === null || ZONES.includes(own) ? [] : [option(own, own, true)];
  return [
    ...unlisted,
    ...AREAS.map(
      ([area, all]) =>
        html`<optgroup label="${area}">${all.map((zone) => option(zone, zone.replaceAll('_', ' '), zone === own))}</optgroup>`,
    ),
  ];
}

/** In its own words, as whoever looks for it reads them. */
function nameOf(locale: string): string {
  try {
    return new Intl.DisplayNames([locale], { type: 'language' }).of(locale) ?? locale;
  } catch {
    return locale;
  }
}

function languages({ shown: { locale: own }, locales }: PreferenceFacts): readonly Html[] {
  const all = own === null || locales.includes(own) ? locales : [own, ...locales];
  return all.map((locale) => option(locale, nameOf(locale), locale === own));
}

function news(facts: PreferenceFacts, { changes, troubles }: NonNullable<PreferenceFacts['did']>): Html {
  const words = WORDS[facts.language];
  const wrong = troubles.map((one) => html`<div class="news warn" role="alert"><p>${words.troubles[one]}</p></div>`);
  if (changes.length === 0 && troubles.length > 0) return html`${wrong}`;
  if (changes.length === 0) return html`<div class="news" role="status"><p>${words.same}</p></div>`;
  return html`${wrong}<div class="news" role="status"><p><strong>${words.saved}</strong></p><ul>${changes.map((one) => html`<li>${told(facts, one)}</li>`)}</ul>
<form method="post" action="${facts.path}"><input type="hidden" name="do" value="undo"><input type="hidden" name="changes" value="${JSON.stringify(changes)}"><button type="submit" class="quiet">${words.undo}</button></form></div>`;
}

function told(facts: PreferenceFacts, change: PreferenceChange): string {
  const { channel: names, frequency, changed } = WORDS[facts.language];
  const titleOf = (id: string) => facts.seen.categories.find((one) => one.id === id)?.title ?? id;
  switch (change.what) {
    case 'wanted':
      return change.channel === ''
        ? changed.category(titleOf(change.category), change.to)
        : changed.channel(titleOf(change.category), names[change.channel], change.to);
    case 'frequency': {
      const now = facts.seen.categories.find(({ id }) => id === change.category)?.frequency ?? 'each';
      return changed.frequency(titleOf(change.category), frequency[change.to ?? now]);
    }
    case 'pausedUntil':
      return changed.pausedUntil(change.to === null ? null : time(facts, change.to));
    case 'quietHours':
      return changed.quietHours(change.to === null ? null : (change.to.split('-') as [string, string]));
    case 'tracking':
      return changed.tracking(change.to);
    case 'timeZone':
      return changed.timeZone(change.to);
    case 'locale':
      return changed.locale(change.to === null ? null : nameOf(change.to));
  }
}
