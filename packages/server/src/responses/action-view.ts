// What the page behind an action link says, in the reader's language. Pure: facts in, a page out. The first form performs
// the link's own action; the others are folded away, so that one thumb-sized button is what a phone shows.
import { type Instant, localDue, localTime, type Reading } from '@relance/core';
import { askedBy, buttonsFor, FORM, type FormFacts, noteField } from './action-form.ts';
import { type Field, formFields } from './answer-form.ts';
import { ANSWERED, type Became } from './answer-words.ts';
import { type Html, html, type Page } from './html.ts';
import { isUndoable, UNDO } from './page-act.ts';
import type { PageLanguage } from './page-language.ts';

export interface PageLink {
  readonly name: string;
  readonly label: string;
  /** What an answer asks for; null where no form can. */
  readonly fields: readonly Field[] | null;
}

/** `language`: of all words here; times are written in it too, as its readers write them. */
export interface PageFacts extends FormFacts {
  readonly reading: Reading;
  /** What the link does, and what was asked for on its page. */
  readonly action: string;
  readonly asked: string;
  /** The address of the page itself, which every form posts to. */
  readonly path: string;
  readonly links: readonly PageLink[];
  readonly person: string;
  readonly live: boolean;
  readonly status: string;
  readonly title: string;
  readonly url: string | null;
  readonly requester: string | null;
  readonly assignee: string | null;
  readonly dueAt: Instant | null;
  readonly dueDay: string | null;
  readonly nextAt: Instant | null;
  readonly snoozedUntil: Instant | null;
  readonly promisedFor: Instant | null;
  readonly closedBy: string | null;
  readonly closedAt: Instant | null;
  readonly acknowledgedBy: string | null;
  /** The reader has it, and it is not only snoozed. */
  readonly isTheirs: boolean;
  readonly acknowledgedAt: Instant | null;
  readonly outcome:
    | { readonly kind: 'done'; readonly changed: boolean; readonly became: Became | null }
    | { readonly kind: 'closed' }
    | { readonly kind: 'refused'; readonly detail: string }
    | { readonly kind: 'no_time'; readonly choice: string }
    | { readonly kind: 'no_person' }
    /** We cannot take it at the moment, for a reason that is ours. */
    | { readonly kind: 'away' }
    /** The answer does not fit; what was posted stands in the form again. */
    | { readonly kind: 'unfit'; readonly detail: string; readonly posted: Readonly<Record<string, unknown>> }
    | null;
  /** Who confirms what this person claims. */
  readonly confirms: string | null;
  readonly now: Instant;
}

const TEXT = {
  en: {
    acting: (name: string) => `You are acting as ${name}.`,
    notYou: 'Not you? Close this page; nothing has happened.',
    asked: (name: string) => `Asked by ${name}`,
    due: (time: string) => `Due ${time}`,
    details: 'Details',
    other: 'Something else',
    next: (time: string) => `If nothing happens, we come back on ${time}.`,
    done: {
      acknowledge: 'Thank you. It is yours, and the reminders pause.',
      resolve: 'Done. Thank you. Nothing more is asked of you.',
      snooze: 'We will come back to you then.',
      unacknowledge: 'Taken back. It is open again.',
      delegate: 'Thank you. Somebody else is asked now, and you follow along.',
      decline: 'Thank you for saying so. Somebody else is asked now.',
    },
    promised: (time: string) => `Thank you. We count on it by ${time}.`,
    withNow: (name: string) => `${name} is asked now.`,
    snoozed: (time: string) => `Quiet until ${time}.`,
    already: 'This was so already; nothing changed.',
    yours: (time: string) => `You have had this since ${time}.`,
    taken: (name: string, time: string) => `${name} has had this since ${time}.`,
    closed: {
      resolved: (name: string | null, time: string) => `This is done${name === null ? '' : ` by ${name}`}, on ${time}.`,
      cancelled: () => 'This was cancelled.',
      expired: () => 'This is closed: its time ran out.',
    },
    nothing: 'There is nothing left for you to do.',
    refused: 'That is not possible',
    noTime: (choice: string) =>
      choice === ''
        ? 'No day was chosen. Nothing has changed; choose one below.'
        : `"${choice}" is not a time to be reminded after. Nothing has changed; choose one below, such as 4h or 3d.`,
    nobody: 'Nobody is known here under that name or address. Nothing has changed; name somebody else below.',
    away: 'We cannot take this at the moment, and that is our fault. Nothing has changed; please try again later.',
    gone: {
      unknown: [
        'This link is not known',
        'It may have been cut in two by the mail program. Open the message again and use its button.',
      ],
      expired: ['This link is too old', 'Links work for 90 days. Use the newest message about this.'],
    },
  },
  fr: {
    acting: (name: string) => `Vous agissez en tant que ${name}.`,
    notYou: "Ce n'est pas vous ? Fermez cette page ; rien ne s'est passé.",
    asked: (name: string) => `À la demande de ${name}`,
    due: (time: string) => `Échéance : ${time}`,
    details: 'Détails',
    other: 'Autre chose',
    next: (time: string) => `Sans nouvelles, nous revenons vers vous le ${time}.`,
    done: {
      acknowledge: 'Merci. Vous vous en occupez, les rappels font une pause.',
      resolve: "C'est fait. Merci. Rien de plus n'est attendu de vous.",
      snooze: 'Nous reviendrons vers vous à ce moment-là.',
      unacknowledge: 'Annulé. Ceci est de nouveau ouvert.',
      delegate: "Merci. Quelqu'un d'autre est sollicité, et vous suivez l'affaire.",
      decline: "Merci de l'avoir dit. Quelqu'un d'autre est sollicité.",
    },
    promised: (time: string) => `Merci. Nous comptons dessus pour le ${time}.`,
    withNow: (name: string) => `${name} est maintenant sollicité.`,
    snoozed: (time: string) => `Silence jusqu'au ${time}.`,
    already: "C'était déjà le cas ; rien n'a changé.",
    yours: (time: string) => `Vous vous en occupez depuis le ${time}.`,
    taken: (name: string, time: string) => `${name} s'en occupe depuis le ${time}.`,
    closed: {
      resolved: (name: string | null, time: string) => `C'est fait${name === null ? '' : `, par ${name}`}, le ${time}.`,
      cancelled: () => 'Ceci a été annulé.',
      expired: () => 'Ceci est clos : le délai est passé.',
    },
    nothing: "Il n'y a plus rien à faire pour vous.",
    refused: "Ce n'est pas possible",
    noTime: (choice: string) =>
      choice === ''
        ? "Aucun jour n'a été choisi. Rien n'a changé ; choisissez ci-dessous."
        : `« ${choice} » n'est pas un délai de rappel. Rien n'a changé ; choisissez ci-dessous, par exemple 4h ou 3d.`,
    nobody: "Personne n'est connu ici sous ce nom ou cette adresse. Rien n'a changé ; nommez quelqu'un d'autre.",
    away: 'Nous ne pouvons pas prendre ceci pour le moment, par notre faute. Rien n’a changé ; réessayez plus tard.',
    gone: {
      unknown: [
        "Ce lien n'est pas connu",
        'Il a peut-être été coupé par le programme de messagerie. Rouvrez le message et utilisez son bouton.',
      ],
      expired: ['Ce lien est trop ancien', 'Les liens valent 90 jours. Utilisez le message le plus récent.'],
    },
  },
} as const;

/** Of all pages behind links in messages. */
export const PAGE_STYLE = `:root{color-scheme:light dark;--ink:#1c2333;--soft:#5b6478;--paper:#fff;--ground:#f4f5f7;--line:#e3e6ec;--accent:#1f5eff;--good:#12805c;--warn:#b54708}
@media(prefers-color-scheme:dark){:root{--ink:#eef1f6;--soft:#a3adc0;--paper:#1a2030;--ground:#10141f;--line:#2c3447;--accent:#6d95ff;--good:#4cc79a;--warn:#f5a35c}}
*{box-sizing:border-box}body{margin:0;background:var(--ground);color:var(--ink);font:17px/1.5 -apple-system,BlinkMacSystemFont,"Segoe UI",Helvetica,Arial,sans-serif}
main{max-width:32rem;margin:0 auto;padding:1.5rem 1rem 3rem}.card{background:var(--paper);border:1px solid var(--line);border-radius:14px;padding:1.5rem}
h1{font-size:1.35rem;line-height:1.3;margin:0 0 .75rem}p{margin:.4rem 0}.soft{color:var(--soft);font-size:.95rem}.news{border-left:4px solid var(--good);padding:.5rem .9rem;margin:0 0 1rem;background:color-mix(in srgb,var(--good) 10%,transparent);border-radius:0 8px 8px 0}.news.warn{border-color:var(--warn);background:color-mix(in srgb,var(--warn) 10%,transparent)}
button{font:inherit;font-weight:600;width:100%;min-height:3.25rem;border-radius:10px;border:1px solid var(--accent);background:var(--accent);color:#fff;cursor:pointer;margin-top:.75rem}button.quiet{background:transparent;color:var(--accent)}button:focus-visible,summary:focus-visible,a:focus-visible{outline:3px solid color-mix(in srgb,var(--accent) 50%,transparent);outline-offset:2px}
@media(prefers-color-scheme:dark){button{color:#0d1220}button.quiet{color:var(--accent)}}
details{margin-top:1.25rem}summary{cursor:pointer;color:var(--soft);padding:.4rem 0}details.act{border:1px solid var(--line);border-radius:10px;margin-top:.75rem;padding:0 1rem}details.act>summary{color:var(--accent);font-weight:600;padding:.8rem 0}details.act form{padding-bottom:1rem}label{display:block;margin-top:.6rem}a{color:var(--accent)}select,textarea,input:not([type=checkbox]){font:inherit;width:100%;padding:.7rem;border-radius:10px;border:1px solid var(--line);background:var(--paper);color:var(--ink);margin-top:.5rem}`;

const page = ({ locale }: { readonly locale: string }, title: string, body: Html): Page => ({
  title,
  language: locale,
  style: PAGE_STYLE,
  body: html`<main><div class="card">${body}</div></main>`,
});

export function gonePage(why: 'unknown' | 'expired', language: PageLanguage = 'en'): Page {
  const [title, text] = TEXT[language].gone[why];
  return page({ locale: language }, title, html`<h1>${title}</h1><p>${text}</p>`);
}

export function actionPage(facts: PageFacts): Page {
  const words = TEXT[facts.language];
  const time = (at: Instant | null): string => (at === null ? '' : localTime(at, facts.reading, facts.now));
  const { links, action } = facts;
  // The first form of a link's page performs the link's own action, always; to whoever has it already, what is left to say is
  // that it is done, so that stands beside it as large.
  const own = isOpenForm(facts) ? links.find(({ name }) => name === action) : undefined;
  const isTaken = facts.isTheirs && action === 'acknowledge';
  const next = isTaken ? links.find(({ name }) => name !== 'acknowledge' && name !== 'snooze') : undefined;
  const others = isHandedOn(facts) ? [] : links.filter(({ name }) => name !== action && name !== next?.name);
  const holder = facts.live && facts.outcome === null && facts.status === 'acknowledged' ? facts.acknowledgedBy : null;
  const since = time(facts.acknowledgedAt);
  return page(
    facts.reading,
    facts.title,
    html`${news(facts, time)}<h1>${facts.title}</h1>
${facts.requester === null ? null : html`<p class="soft">${words.asked(facts.requester)}</p>`}
${facts.dueAt === null ? null : html`<p class="soft">${words.due(localDue({ dueAt: facts.dueAt, dueDay: facts.dueDay }, facts.reading, facts.now))}</p>`}
${holder === null ? null : html`<p class="soft">${facts.isTheirs ? words.yours(since) : words.taken(holder, since)}</p>`}
${facts.url === null ? null : html`<p><a href="${facts.url}" rel="noreferrer">${words.details}</a></p>`}
${facts.live && own !== undefined ? form(facts, own, !isTaken) : null}
${facts.live && next !== undefined ? form(facts, next, true) : null}
${facts.live && others.length > 0 ? html`<details><summary>${words.other}</summary>${others.map((link) => form(facts, link, false))}</details>` : null}
${facts.live && facts.nextAt !== null ? html`<p class="soft">${words.next(time(facts.nextAt))}</p>` : null}
<p class="soft">${words.acting(facts.person)} ${facts.outcome === null && facts.live ? words.notYou : null}</p>`,
  );
}

/** Somebody else is asked now: nothing here is left to be done by the reader. */
const isHandedOn = ({ outcome, asked }: PageFacts): boolean =>
  outcome?.kind === 'done' && (asked === 'delegate' || asked === 'decline');

const isOpenForm = ({ outcome }: PageFacts): boolean =>
  outcome === null || ['no_time', 'no_person', 'unfit', 'away'].includes(outcome.kind);

function form(facts: PageFacts, link: PageLink, primary: boolean): Html {
  if (link.fields === null)
    return html`<p class="soft"><strong>${link.label}</strong>: ${ANSWERED[facts.language].elsewhere}</p>`;
  const posted = link.name === facts.asked && facts.outcome?.kind === 'unfit' ? facts.outcome.posted : {};
  const does = link.name === facts.action ? null : html`<input type="hidden" name="do" value="${link.name}">`;
  const asked = askedBy(facts, link.name);
  const asks = asked !== null || link.fields.length > 0 || link.name === 'decline';
  const note = primary || !asks ? null : noteField(facts.language);
  const fields = html`${does}${asked}${formFields(link.fields, posted)}${note}`;
  const made = html`<form method="post" action="${facts.path}">${fields}${buttonsFor(facts.language, link, primary)}</form>`;
  // What asks for something is folded for itself, so that a phone shows what there is at one look.
  return primary || !asks || link.name === facts.action
    ? made
    : html`<details class="act"${link.name === facts.asked ? html` open` : null}><summary>${link.label}</summary>${made}</details>`;
}

/** What has just been said may be taken back by whoever said it. */
const undo = ({ language, path }: PageFacts): Html =>
  html`<form method="post" action="${path}"><input type="hidden" name="do" value="${UNDO}"><button type="submit" class="quiet">${FORM[language].undo}</button></form>`;

function doneWords(facts: PageFacts, became: Became | null, time: (at: Instant | null) => string): string {
  const { language, asked, confirms, promisedFor } = facts;
  if (became === 'claimed') return ANSWERED[language].claimed(confirms);
  if (became !== null) return ANSWERED[language][became];
  if (asked === 'commit') return TEXT[language].promised(time(promisedFor));
  return TEXT[language].done[asked as keyof (typeof TEXT)['en']['done']];
}

/** Null where it went well, or was too late. */
function troubleWords(outcome: NonNullable<PageFacts['outcome']>, language: PageFacts['language']): string | null {
  if (outcome.kind === 'no_time') return TEXT[language].noTime(outcome.choice);
  if (outcome.kind === 'no_person') return TEXT[language].nobody;
  if (outcome.kind === 'away') return TEXT[language].away;
  return outcome.kind === 'refused' || outcome.kind === 'unfit' ? outcome.detail : null;
}

function news(facts: PageFacts, time: (at: Instant | null) => string): Html | null {
  const words = TEXT[facts.language];
  const { outcome } = facts;
  const trouble = outcome === null ? null : troubleWords(outcome, facts.language);
  if (trouble !== null)
    return html`<div class="news warn" role="status"><p><strong>${words.refused}</strong></p><p>${trouble}</p></div>`;
  if (outcome?.kind === 'done' && (outcome.changed || facts.live)) {
    return html`<div class="news" role="status"><p><strong>${doneWords(facts, outcome.became, time)}</strong></p>
${facts.snoozedUntil === null ? null : html`<p>${words.snoozed(time(facts.snoozedUntil))}</p>`}
${isHandedOn(facts) && facts.assignee !== null ? html`<p>${words.withNow(facts.assignee)}</p>` : null}
${outcome.changed ? null : html`<p>${words.already}</p>`}
${outcome.changed && facts.live && isUndoable(facts.asked) ? undo(facts) : null}</div>`;
  }
  if (facts.live) return null;
  const closed =
    facts.status === 'resolved'
      ? words.closed.resolved(facts.closedBy, time(facts.closedAt))
      : facts.status === 'cancelled'
        ? words.closed.cancelled()
        : words.closed.expired();
  return html`<div class="news" role="status"><p><strong>${closed}</strong></p><p>${words.nothing}</p></div>`;
}
