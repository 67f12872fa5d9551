// What pages say about one follow-up that its reader may act on, in their language: the lines about it, the forms, and what came of
// it. Pure: facts in, pieces out. The page of one link is made of them in action-view.ts, that of all that waits in me-view.ts.
import { type Instant, localDue, localTime, type Reading, type Urgency } from '@relance/core';
import { askedBy, buttonsFor, FORM, type FormFacts, noteField } from './action-form.ts';
import { type Field, formFields } from './answer-form.ts';
import { ANSWERED, type Became } from './answer-words.ts';
import { type Html, html } from './html.ts';
import { isUndoable, UNDO } from './page-act.ts';

export interface PageLink {
  readonly name: string;
  readonly label: string;
  /** What an answer asks for; null where no form can. */
  readonly fields: readonly Field[] | null;
  /** It is one of the policy's own that end it. */
  readonly closes: boolean;
}

/** `language`: of all words here; times are written in it too, as its readers write them. */
export interface PageFacts extends FormFacts {
  readonly reading: Reading;
  /** What the link does, which its first form does without saying so; null on a page that has no such link. */
  readonly action: string | null;
  /** What was asked for on the page. */
  readonly asked: string | null;
  /** Which follow-up a form is about, on a page of several. */
  readonly about: string | null;
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
  readonly urgency: Urgency;
  /** Somebody has it, or it is snoozed, promised or said to be done: nothing is asked at the moment. */
  readonly paused: boolean;
  readonly now: Instant;
}

export const ACT_TEXT = {
  en: {
    acting: (name: string) => `You are acting as ${name}.`,
    notYou: 'Not you? Close this page; nothing has happened.',
    asked: (name: string) => `Asked by ${name}`,
    due: (time: string) => `Due ${time}`,
    overdue: (time: string) => `Was due ${time}`,
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
    nobody:
      'You cannot give it to them here: only to somebody of your groups, your manager, or whoever is asking. Nothing has changed; name somebody else below.',
    away: 'We cannot take this at the moment, and that is our fault. Nothing has changed; please try again later.',
  },
  fr: {
    acting: (name: string) => `Vous agissez en tant que ${name}.`,
    notYou: "Ce n'est pas vous ? Fermez cette page ; rien ne s'est passé.",
    asked: (name: string) => `À la demande de ${name}`,
    due: (time: string) => `Échéance : ${time}`,
    overdue: (time: string) => `Échéance dépassée : ${time}`,
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
    nobody:
      "Vous ne pouvez pas le lui confier ici : seulement à quelqu'un de vos groupes, à votre responsable ou à la personne qui demande. Rien n'a changé ; nommez quelqu'un d'autre.",
    away: 'Nous ne pouvons pas prendre ceci pour le moment, par notre faute. Rien n’a changé ; réessayez plus tard.',
  },
} as const;

/** How the page writes a moment. */
export const timesIn =
  (facts: PageFacts) =>
  (at: Instant | null): string =>
    at === null ? '' : localTime(at, facts.reading, facts.now);

/** Who asks, until when, who has it, and where it is looked at. */
export function linesFor(facts: PageFacts): Html {
  const words = ACT_TEXT[facts.language];
  const since = timesIn(facts)(facts.acknowledgedAt);
  const holder = facts.live && facts.outcome === null && facts.status === 'acknowledged' ? facts.acknowledgedBy : null;
  return html`${facts.requester === null ? null : html`<p class="soft">${words.asked(facts.requester)}</p>`}
${facts.dueAt === null ? null : html`<p class="soft">${dueIn(facts, facts.dueAt)}</p>`}
${holder === null ? null : html`<p class="soft">${facts.isTheirs ? words.yours(since) : words.taken(holder, since)}</p>`}
${facts.url === null ? null : html`<p><a href="${facts.url}" rel="noreferrer">${words.details}</a></p>`}`;
}

function dueIn({ language, live, dueDay, reading, now }: PageFacts, dueAt: Instant): string {
  const time = localDue({ dueAt, dueDay }, reading, now);
  return live && dueAt < now ? ACT_TEXT[language].overdue(time) : ACT_TEXT[language].due(time);
}

export const nextFor = (facts: PageFacts): Html | null =>
  facts.live && facts.nextAt !== null
    ? html`<p class="soft">${ACT_TEXT[facts.language].next(timesIn(facts)(facts.nextAt))}</p>`
    : null;

/** Somebody else is asked now: nothing here is left to be done by the reader. */
export const isHandedOn = ({ outcome, asked }: PageFacts): boolean =>
  outcome?.kind === 'done' && (asked === 'delegate' || asked === 'decline');

/** What was asked for can be asked for again, otherwise. */
export const isOpenForm = ({ outcome }: PageFacts): boolean =>
  outcome === null || ['no_time', 'no_person', 'unfit', 'away'].includes(outcome.kind);

/** The form of one link: as large, or as one of several. */
export function formFor(facts: PageFacts, link: PageLink, primary: boolean): Html {
  if (link.fields === null)
    return html`<p class="soft"><strong>${link.label}</strong>: ${ANSWERED[facts.language].elsewhere}</p>`;
  const posted = link.name === facts.asked && facts.outcome?.kind === 'unfit' ? facts.outcome.posted : {};
  const does = link.name === facts.action ? null : html`<input type="hidden" name="do" value="${link.name}">`;
  const asked = askedBy(facts, link.name);
  const asks = asked !== null || link.fields.length > 0 || link.name === 'decline';
  const note = primary || !asks ? null : noteField(facts.language);
  const fields = html`${aboutField(facts)}${does}${asked}${formFields(link.fields, posted)}${note}`;
  const made = html`<form method="post" action="${facts.path}">${fields}${buttonsFor(facts.language, link, primary)}</form>`;
  // What asks for something is folded for itself, so that a phone shows what there is at one look.
  return primary || !asks || link.name === facts.action
    ? made
    : html`<details class="act"${link.name === facts.asked ? html` open` : null}><summary>${link.label}</summary>${made}</details>`;
}

const aboutField = ({ about }: PageFacts): Html | null =>
  about === null ? null : html`<input type="hidden" name="about" value="${about}">`;

/** What has just been said may be taken back by whoever said it. */
const undo = (facts: PageFacts): Html =>
  html`<form method="post" action="${facts.path}">${aboutField(facts)}<input type="hidden" name="do" value="${UNDO}"><button type="submit" class="quiet">${FORM[facts.language].undo}</button></form>`;

function doneWords(facts: PageFacts, became: Became | null, time: (at: Instant | null) => string): string {
  const { language, asked, confirms, promisedFor } = facts;
  if (became === 'claimed') return ANSWERED[language].claimed(confirms);
  if (became !== null) return ANSWERED[language][became];
  if (asked === 'commit') return ACT_TEXT[language].promised(time(promisedFor));
  return ACT_TEXT[language].done[asked as keyof (typeof ACT_TEXT)['en']['done']];
}

/** Null where it went well, or was too late. */
function troubleWords(outcome: NonNullable<PageFacts['outcome']>, language: PageFacts['language']): string | null {
  if (outcome.kind === 'no_time') return ACT_TEXT[language].noTime(outcome.choice);
  if (outcome.kind === 'no_person') return ACT_TEXT[language].nobody;
  if (outcome.kind === 'away') return ACT_TEXT[language].away;
  return outcome.kind === 'refused' || outcome.kind === 'unfit' ? outcome.detail : null;
}

interface News {
  readonly warns: boolean;
  readonly headline: string;
  readonly lines: readonly string[];
  readonly undoes: boolean;
}

/** What came of what was asked for, or how it stands; null where there is nothing to tell yet. */
function newsOf(facts: PageFacts): News | null {
  const words = ACT_TEXT[facts.language];
  const time = timesIn(facts);
  const { outcome } = facts;
  const trouble = outcome === null ? null : troubleWords(outcome, facts.language);
  if (trouble !== null) return { warns: true, headline: words.refused, lines: [trouble], undoes: false };
  if (outcome?.kind === 'done' && (outcome.changed || facts.live))
    return {
      warns: false,
      headline: doneWords(facts, outcome.became, time),
      lines: [
        ...(facts.snoozedUntil === null ? [] : [words.snoozed(time(facts.snoozedUntil))]),
        ...(isHandedOn(facts) && facts.assignee !== null ? [words.withNow(facts.assignee)] : []),
        ...(outcome.changed ? [] : [words.already]),
      ],
      undoes: outcome.changed && facts.live && facts.asked !== null && isUndoable(facts.asked),
    };
  if (facts.live) return null;
  const { resolved, cancelled, expired } = words.closed;
  const closed =
    facts.status === 'resolved'
      ? resolved(facts.closedBy, time(facts.closedAt))
      : facts.status === 'cancelled'
        ? cancelled()
        : expired();
  return { warns: false, headline: closed, lines: [words.nothing], undoes: false };
}

/** On a page of several it says which one it is about. */
export function newsFor(facts: PageFacts): Html | null {
  const told = newsOf(facts);
  if (told === null) return null;
  const which = facts.about === null ? null : html`<p class="soft">${facts.title}</p>`;
  const lines = told.lines.map((line) => html`<p>${line}</p>`);
  return html`<div class="news${told.warns ? ' warn' : ''}" role="status">${which}<p><strong>${told.headline}</strong></p>${lines}${told.undoes ? undo(facts) : null}</div>`;
}

export interface Told {
  readonly title: string;
  readonly text: string;
}

/** The same without a page: for the notification whose action was pressed. */
export function answerTold(facts: PageFacts): Told {
  const told = newsOf(facts);
  return { title: facts.title, text: told === null ? '' : [told.headline, ...told.lines].join(' ') };
}
