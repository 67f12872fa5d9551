// What the forms of an action page ask for: a time, a day, a person, an outcome, a note. In English and French; without script.
// What a form means is page-act.ts.
import { type Html, html } from './html.ts';
import { COMMENT_MAX, type PageAct } from './page-act.ts';
import type { PageLanguage } from './page-language.ts';

export interface Colleague {
  readonly id: string;
  readonly name: string;
}

export interface FormFacts {
  readonly language: PageLanguage;
  /** Whom the reader may give it to by a tap: those of their own team. */
  readonly colleagues: readonly Colleague[];
  /** The outcomes that its policy knows. */
  readonly outcomes: readonly string[];
}

export const FORM = {
  en: {
    acts: {
      commit: 'I will do it by then',
      delegate: 'Give it to somebody else',
      decline: 'This is not mine',
    },
    wrongPerson: 'You have the wrong person',
    undo: 'Undo',
    note: 'A note (optional)',
    outcome: 'How it ended (optional)',
    choose: 'Choose',
    day: 'The day',
    orDay: 'or on the morning of',
    colleague: 'To a colleague',
    email: 'Their email address',
    orEmail: 'or to an email address',
    snoozeFor: {
      '1h': 'In an hour',
      '4h': 'In four hours',
      '1d': 'Tomorrow',
      '3d': 'In three days',
      '7d': 'In a week',
    },
  },
  fr: {
    acts: {
      commit: 'Je le ferai d’ici là',
      delegate: 'Le confier à quelqu’un d’autre',
      decline: 'Ce n’est pas pour moi',
    },
    wrongPerson: 'Vous vous trompez de personne',
    undo: 'Annuler',
    note: 'Une note (facultatif)',
    outcome: 'Comment cela s’est terminé (facultatif)',
    choose: 'Choisir',
    day: 'Le jour',
    orDay: 'ou le matin du',
    colleague: 'À un collègue',
    email: 'Son adresse électronique',
    orEmail: 'ou à une adresse électronique',
    snoozeFor: {
      '1h': 'Dans une heure',
      '4h': 'Dans quatre heures',
      '1d': 'Demain',
      '3d': 'Dans trois jours',
      '7d': 'Dans une semaine',
    },
  },
} as const;

export const actLabel = (language: PageLanguage, act: PageAct): string => FORM[language].acts[act];

export const noteField = (language: PageLanguage): Html =>
  html`<label class="soft">${FORM[language].note}<textarea name="comment" rows="2" maxlength="${COMMENT_MAX}"></textarea></label>`;

/** What an action asks for, before its button; the first form of a page asks for nothing that must be given. */
export function askedBy({ language, colleagues, outcomes }: FormFacts, name: string): Html | null {
  const words = FORM[language];
  const choices = (values: readonly (readonly [string, string])[], selected: string | null) =>
    values.map(
      ([value, label]) =>
        html`<option value="${value}"${value === selected ? html` selected` : null}>${label}</option>`,
    );
  switch (name) {
    case 'snooze':
      return html`<select name="for" aria-label="${words.choose}">${choices(Object.entries(words.snoozeFor), '1d')}</select><label class="soft">${words.orDay}<input type="date" name="on"></label>`;
    case 'commit':
      return html`<label class="soft">${words.day}<input type="date" name="on" required></label>`;
    case 'delegate': {
      const known: readonly (readonly [string, string])[] = colleagues.map(({ id, name: label }) => [id, label]);
      const list =
        known.length === 0
          ? null
          : html`<label class="soft">${words.colleague}<select name="to">${choices([['', words.choose], ...known], '')}</select></label>`;
      return html`${list}<label class="soft">${list === null ? words.email : words.orEmail}<input type="email" name="email"${list === null ? html` required` : null} autocomplete="off"></label>`;
    }
    case 'resolve': {
      if (outcomes.length === 0) return null;
      const known = outcomes.map((outcome) => [outcome, outcome] as const);
      return html`<label class="soft">${words.outcome}<select name="outcome">${choices([['', '–'], ...known], '')}</select></label>`;
    }
    default:
      return null;
  }
}

/** One button; whoever declines says which of the two it is. */
export function buttonsFor(
  language: PageLanguage,
  { name, label }: { readonly name: string; readonly label: string },
  primary: boolean,
): Html {
  const kind = primary ? 'primary' : 'quiet';
  if (name !== 'decline') return html`<button type="submit" class="${kind}">${label}</button>`;
  return html`<button type="submit" class="${kind}">${label}</button><button type="submit" name="why" value="wrong_person" class="${kind}">${FORM[language].wrongPerson}</button>`;
}
