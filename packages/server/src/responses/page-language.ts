// In which language a page behind a link is, as a whole: the reader's where there are words in it, else the tenant's, else
// English; the chain of the built-in words, so that page and message agree. Times are written in that language too.
import { type AnswerProblem, localeOfWords, type Refusal } from '@relance/core';

export type PageLanguage = 'en' | 'fr';

/** The reader's own tag where the words are in their language (`fr-CA`), so that dates are as they write them. */
export const pageLocale = (reader: string | null, tenant: string): string =>
  localeOfWords({ template: null, channel: 'email', locale: reader, tenantLocale: tenant });

export const pageLanguage = (locale: string): PageLanguage => (/^fr\b/i.test(locale) ? 'fr' : 'en');

/** Why something is not possible: in English the engine says it best. Every refusal is here, or it does not compile. */
const REFUSED: Readonly<Record<Refusal, string>> = {
  follow_up_closed: "C'est déjà terminé ; il n'y a plus rien à faire ici.",
  snooze_too_long: 'Ce délai est plus long que ce qui est permis ici ; choisissez-en un plus court.',
  snooze_limit: 'Le nombre de rappels remis à plus tard est épuisé.',
  commit_too_long: 'Cette date est plus lointaine que ce qui est permis ici ; choisissez-en une plus proche.',
  time_in_past: 'Ce moment est déjà passé ; choisissez-en un à venir.',
  unknown_recipient:
    "Cette personne n'est pas connue ici, ou il n'y a personne d'autre ; choisissez quelqu'un d'autre.",
  nothing_to_escalate: "Il n'y a plus personne à prévenir au-dessus ; tous l'ont déjà été.",
  answer_invalid: 'Cette réponse ne convient pas ; corrigez ce qui est indiqué.',
  key_taken: 'Il y a déjà un suivi en cours pour cela. Ouvrez le message le plus récent.',
  unknown_action: "Cette réponse n'est plus proposée. Ouvrez le message le plus récent.",
};
export const refusedIn = (language: PageLanguage, refusal: Refusal, detail: string): string =>
  language === 'en' ? detail : REFUSED[refusal];

const FRENCH: readonly (readonly [RegExp, string])[] = [
  [/^is required$/, 'est à remplir'],
  [/^is not known$/, "n'est pas demandé ici"],
  [/^must be one of (.+)$/, 'est à choisir parmi $1'],
  [/^must be >= (.+)$/, 'doit être au moins $1'],
  [/^must be <= (.+)$/, 'doit être au plus $1'],
  [/^must be > (.+)$/, 'doit être plus que $1'],
  [/^must be < (.+)$/, 'doit être moins que $1'],
  [/^must be multiple of (.+)$/, 'doit être un multiple de $1'],
  [/^must be integer$/, 'doit être un nombre entier'],
  [/^must be number$/, 'doit être un nombre'],
  [/^must NOT have fewer than (\d+) characters$/, 'doit avoir au moins $1 caractères'],
  [/^must NOT have more than (\d+) characters$/, 'doit avoir au plus $1 caractères'],
];

/** What is wrong with one field of an answer. */
export function faultIn(language: PageLanguage, { message }: AnswerProblem): string {
  if (language === 'en') return message;
  const [pattern, text] = FRENCH.find(([one]) => one.test(message)) ?? [/^.*$/s, 'ne convient pas'];
  return message.replace(pattern, text);
}
