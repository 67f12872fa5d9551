// The page of one follow-up for whoever waits for it: what it is, where it stands, who has it since when, what happens next and when,
// and once it is closed who did what. For outsiders: people by name alone, never an address, nothing of what was said. Pure.
import { type Instant, localDue, localTime, type Reading, type StageRole } from '@relance/core';
import { type Html, html, type Page } from './html.ts';
import type { PageLanguage } from './page-language.ts';
import { cardPage } from './page-style.ts';

export interface StatusFacts {
  readonly language: PageLanguage;
  readonly reading: Reading;
  readonly title: string;
  readonly url: string | null;
  readonly tenant: string | null;
  readonly status: 'open' | 'acknowledged' | 'resolved' | 'cancelled' | 'expired';
  readonly outcome: string | null;
  /** Names; those who are asked and have not answered. */
  readonly asked: readonly string[];
  /** Who said that they have it, or promised it; null where nobody did. */
  readonly holder: string | null;
  readonly pause: {
    readonly kind: 'acknowledgement' | 'snooze' | 'commitment' | 'claim';
    readonly until: Instant;
  } | null;
  readonly openedAt: Instant;
  readonly acknowledgedAt: Instant | null;
  readonly dueAt: Instant | null;
  readonly dueDay: string | null;
  /** What the clock does next: a stage, by its role, or going on after a pause. */
  readonly next: { readonly at: Instant; readonly role: StageRole | null } | null;
  readonly closedAt: Instant | null;
  readonly closedBy: string | null;
  readonly now: Instant;
}

const TEXT = {
  en: {
    where: 'Where it stands',
    status: {
      open: 'Open: nobody has said yet that they have it.',
      acknowledged: 'In hand.',
      resolved: 'Done.',
      cancelled: 'Cancelled.',
      expired: 'Closed: its time ran out.',
    },
    paused: {
      acknowledgement: null,
      snooze: (time: string) => `Put off until ${time}.`,
      commitment: (time: string) => `Promised for ${time}.`,
      claim: () => 'Said to be done; it is still to be confirmed.',
    },
    who: 'Who has it',
    has: (name: string, time: string) => `${name}, since ${time}`,
    asked: (names: string, time: string) => `Asked: ${names}. Open since ${time}.`,
    nobody: 'Nobody yet',
    due: 'Due',
    next: 'What happens next',
    roles: {
      notice: (time: string) => `A message goes out on ${time}.`,
      reminder: (time: string) => `A reminder goes out on ${time}.`,
      final: (time: string) => `A last reminder goes out on ${time}.`,
      escalation: (time: string) => `Others are brought in on ${time}.`,
      update: (time: string) => `News is sent on ${time}.`,
      confirmation: (time: string) => `A confirmation is sent on ${time}.`,
    },
    goesOn: (time: string) => `It goes on by itself on ${time}.`,
    unless: 'Unless somebody acts before.',
    waits: 'Nothing by the clock: it waits for somebody to act.',
    closedHow: 'How it ended',
    by: (name: string, time: string) => `${name}, on ${time}`,
    at: (time: string) => `On ${time}`,
    outcome: (outcome: string) => `As: ${outcome}`,
    nothing: 'Nothing more happens.',
    details: 'Details',
    looking: 'Looking at this page changes nothing.',
    somebody: 'somebody',
  },
  fr: {
    where: 'Où cela en est',
    status: {
      open: "En attente : personne n'a encore dit s'en occuper.",
      acknowledged: 'Pris en charge.',
      resolved: "C'est fait.",
      cancelled: 'Annulé.',
      expired: 'Clos : le délai est passé.',
    },
    paused: {
      acknowledgement: null,
      snooze: (time: string) => `Remis au ${time}.`,
      commitment: (time: string) => `Promis pour le ${time}.`,
      claim: () => 'Annoncé comme fait ; cela reste à confirmer.',
    },
    who: "Qui s'en occupe",
    has: (name: string, time: string) => `${name}, depuis le ${time}`,
    asked: (names: string, time: string) => `Sollicité : ${names}. En attente depuis le ${time}.`,
    nobody: 'Personne pour le moment',
    due: 'Échéance',
    next: 'La suite',
    roles: {
      notice: (time: string) => `Un message part le ${time}.`,
      reminder: (time: string) => `Un rappel part le ${time}.`,
      final: (time: string) => `Un dernier rappel part le ${time}.`,
      escalation: (time: string) => `D'autres personnes sont prévenues le ${time}.`,
      update: (time: string) => `Des nouvelles sont envoyées le ${time}.`,
      confirmation: (time: string) => `Une confirmation est envoyée le ${time}.`,
    },
    goesOn: (time: string) => `Cela reprend de soi-même le ${time}.`,
    unless: "Sauf si quelqu'un agit avant.",
    waits: "Rien à une date donnée : on attend que quelqu'un agisse.",
    closedHow: 'Comment cela s’est terminé',
    by: (name: string, time: string) => `${name}, le ${time}`,
    at: (time: string) => `Le ${time}`,
    outcome: (outcome: string) => `Résultat : ${outcome}`,
    nothing: 'Plus rien ne se passe.',
    details: 'Détails',
    looking: 'Regarder cette page ne change rien.',
    somebody: "quelqu'un",
  },
} as const;

/** A name for outsiders: what could be an address is none. */
export const publicName = (language: PageLanguage, name: string): string =>
  /[@+]|\d{6}/.test(name) ? TEXT[language].somebody : name;

export function statusPage(facts: StatusFacts): Page {
  const words = TEXT[facts.language];
  const { reading, now } = facts;
  const time = (at: Instant): string => localTime(at, reading, now);
  const isClosed = facts.closedAt !== null;
  const rows: readonly (readonly [string, Html | null])[] = [
    [words.where, whereIn(facts, time)],
    [words.who, isClosed ? null : whoIn(facts, time)],
    [
      words.due,
      facts.dueAt === null || isClosed
        ? null
        : html`<p>${localDue({ dueAt: facts.dueAt, dueDay: facts.dueDay }, reading, now)}</p>`,
    ],
    [words.closedHow, howIn(facts, time)],
    [words.next, nextIn(facts, time)],
  ];
  return cardPage(
    reading.locale,
    facts.title,
    html`${facts.tenant === null ? null : html`<p class="soft">${facts.tenant}</p>`}<h1>${facts.title}</h1>
<dl class="facts">${rows.map(([label, said]) => (said === null ? null : html`<dt>${label}</dt><dd>${said}</dd>`))}</dl>
${facts.url === null ? null : html`<p><a href="${facts.url}" rel="noreferrer">${words.details}</a></p>`}
<p class="soft">${words.looking}</p>`,
  );
}

type Time = (at: Instant) => string;

function whereIn({ language, status, pause }: StatusFacts, time: Time): Html {
  const words = TEXT[language];
  const paused = pause === null ? null : words.paused[pause.kind];
  return html`<p><strong>${words.status[status]}</strong></p>${paused === null || pause === null ? null : html`<p>${paused(time(pause.until))}</p>`}`;
}

function whoIn({ language, holder, acknowledgedAt, asked, openedAt }: StatusFacts, time: Time): Html {
  const words = TEXT[language];
  if (holder !== null) return html`<p>${words.has(holder, time(acknowledgedAt ?? openedAt))}</p>`;
  const names = new Intl.ListFormat(language).format(asked);
  return html`<p>${asked.length === 0 ? words.nobody : words.asked(names, time(openedAt))}</p>`;
}

function howIn({ language, closedAt, closedBy, outcome }: StatusFacts, time: Time): Html | null {
  const words = TEXT[language];
  if (closedAt === null) return null;
  const who = closedBy === null ? words.at(time(closedAt)) : words.by(closedBy, time(closedAt));
  return html`<p>${who}</p>${outcome === null ? null : html`<p>${words.outcome(outcome)}</p>`}`;
}

function nextIn({ language, closedAt, next }: StatusFacts, time: Time): Html {
  const words = TEXT[language];
  if (closedAt !== null) return html`<p>${words.nothing}</p>`;
  if (next === null) return html`<p>${words.waits}</p>`;
  const what = next.role === null ? words.goesOn : words.roles[next.role];
  return html`<p>${what(time(next.at))} <span class="soft">${words.unless}</span></p>`;
}
