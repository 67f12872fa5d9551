// The words of the elements themselves, by language; what the items say is in the language of their reader already. A page adds a
// language with `addWords`, or gives single words to an element (`words`). Whole words and sentences, with {places} for values.

/** One for each way of counting that the language has (Intl.PluralRules); `other` serves where one is missing. */
export type Counted = Readonly<Partial<Record<Intl.LDMLPluralRule, string>>> & { readonly other: string };

export interface Words {
  readonly title: string;
  readonly unread: Counted;
  readonly close: string;
  readonly readAll: string;
  readonly read: string;
  readonly archive: string;
  readonly isUnread: string;
  readonly urgent: string;
  readonly empty: string;
  readonly loading: string;
  readonly away: string;
  readonly older: string;
  readonly arrived: string;
  readonly elsewhere: Counted;
  readonly hour: string;
  readonly day: string;
  readonly week: string;
  /** Of an action that opens a page. */
  readonly page: string;
  readonly acknowledged: string;
  readonly snoozed: string;
  readonly did: string;
  readonly takeBack: string;
  /** Why something was not done, by the code of the problem. */
  readonly follow_up_closed: string;
  readonly refused: string;
  readonly unreachable: string;
  readonly failed: string;
  readonly preferences: string;
  readonly back: string;
  readonly saved: string;
  readonly onlyInbox: string;
  readonly noCategory: string;
  readonly essential: string;
  readonly often: string;
  readonly each: string;
  readonly daily: string;
  readonly weekly: string;
  readonly email: string;
  readonly sms: string;
  readonly push: string;
  readonly chat: string;
  readonly webhook: string;
  readonly pause: string;
  readonly noPause: string;
  readonly pausedUntil: string;
  readonly quiet: string;
  readonly from: string;
  readonly to: string;
  readonly quietHint: string;
  readonly zone: string;
}
export type OwnWords = Readonly<Partial<Words>>;

const EN: Words = {
  title: 'Notifications',
  unread: { other: '{n} unread' },
  close: 'Close',
  readAll: 'Mark all as read',
  read: 'Mark as read',
  archive: 'Archive',
  isUnread: 'Unread',
  urgent: 'Urgent',
  empty: 'Nothing waits for you.',
  loading: 'Loading…',
  away: 'Not connected. Trying again…',
  older: 'Show older ones',
  arrived: 'New: {title}',
  elsewhere: { other: '{n} more among your notifications' },
  hour: 'In an hour',
  day: 'Tomorrow',
  week: 'In a week',
  page: 'opens a page',
  acknowledged: 'You have this.',
  snoozed: 'You will be reminded later.',
  did: 'You answered: {label}',
  takeBack: 'Take it back',
  follow_up_closed: 'This is over already.',
  refused: 'This is not possible here.',
  unreachable: 'There is no connection. Please try again.',
  failed: 'This did not work. Please try again.',
  preferences: 'What we send you',
  back: 'Back to the notifications',
  saved: 'Saved.',
  onlyInbox: 'Only in the application.',
  noCategory: 'There is nothing to choose from yet.',
  essential: 'Cannot be switched off: it is needed.',
  often: 'How often',
  each: 'As it happens',
  daily: 'Once a day, together',
  weekly: 'Once a week, together',
  email: 'Email',
  sms: 'SMS',
  push: 'Push',
  chat: 'Chat',
  webhook: 'Webhook',
  pause: 'Pause what is not essential',
  noPause: 'No pause',
  pausedUntil: 'Until {time}',
  quiet: 'Quiet hours',
  from: 'From',
  to: 'To',
  quietHint: 'What comes then waits, unless it is urgent.',
  zone: 'In the time zone {zone}.',
};

/** What is left out is the same in French. */
const FR: OwnWords = {
  unread: { one: '{n} non lue', other: '{n} non lues' },
  close: 'Fermer',
  readAll: 'Tout marquer comme lu',
  read: 'Marquer comme lu',
  archive: 'Archiver',
  isUnread: 'Non lu',
  empty: 'Rien ne vous attend.',
  loading: 'Chargement…',
  away: 'Pas de connexion. Nouvel essai…',
  older: 'Afficher les plus anciennes',
  arrived: 'Nouveau : {title}',
  elsewhere: { one: '{n} autre parmi vos notifications', other: '{n} autres parmi vos notifications' },
  hour: 'Dans une heure',
  day: 'Demain',
  week: 'Dans une semaine',
  page: 'ouvre une page',
  acknowledged: 'Vous vous en occupez.',
  snoozed: 'Nous vous le rappellerons plus tard.',
  did: 'Votre réponse : {label}',
  takeBack: 'Annuler',
  follow_up_closed: 'C’est déjà terminé.',
  refused: 'Ce n’est pas possible ici.',
  unreachable: 'Pas de connexion. Veuillez réessayer.',
  failed: 'Cela n’a pas fonctionné. Veuillez réessayer.',
  preferences: 'Ce que nous vous envoyons',
  back: 'Retour aux notifications',
  saved: 'Enregistré.',
  onlyInbox: 'Seulement dans l’application.',
  noCategory: 'Il n’y a encore rien à choisir.',
  essential: 'Ne peut pas être désactivé : c’est nécessaire.',
  often: 'À quelle fréquence',
  each: 'Au fur et à mesure',
  daily: 'Une fois par jour, regroupé',
  weekly: 'Une fois par semaine, regroupé',
  email: 'E-mail',
  pause: 'Suspendre ce qui n’est pas essentiel',
  noPause: 'Pas de pause',
  pausedUntil: 'Jusqu’au {time}',
  quiet: 'Heures calmes',
  from: 'De',
  to: 'À',
  quietHint: 'Ce qui arrive alors attend, sauf si c’est urgent.',
  zone: 'Dans le fuseau horaire {zone}.',
};

const LANGUAGES = new Map<string, OwnWords>([
  ['en', EN],
  ['fr', FR],
]);

/** A language of the page's own, or other words for one that is there; what is left out is said in English. */
export function addWords(language: string, words: OwnWords): void {
  LANGUAGES.set(language.toLowerCase(), { ...LANGUAGES.get(language.toLowerCase()), ...words });
}

export interface Spoken {
  /** Of the words, as BCP 47 writes it: the reader's own, or that which stands in for it. */
  readonly language: string;
  readonly words: Words;
}

/** RFC 4647 look-up: fr-CA, then fr, then English. */
export function spoken(wanted: string, own: OwnWords | null): Spoken {
  for (let tag = wanted; tag !== ''; tag = tag.slice(0, Math.max(0, tag.lastIndexOf('-')))) {
    const words = LANGUAGES.get(tag.toLowerCase());
    if (words !== undefined && isTag(wanted)) return { language: wanted, words: { ...EN, ...words, ...own } };
  }
  // Whoever gives their own words gives them in the language they ask for.
  return { language: own === null || !isTag(wanted) ? 'en' : wanted, words: { ...EN, ...own } };
}

function isTag(text: string): boolean {
  try {
    return Intl.getCanonicalLocales(text).length === 1;
  } catch {
    return false;
  }
}

export const filled = (text: string, values: Readonly<Record<string, string>>): string =>
  text.replace(/\{(\w+)\}/g, (place, name: string) => values[name] ?? place);

export function counting({ language }: Spoken, words: Counted, n: number): string {
  const text = words[new Intl.PluralRules(language).select(n)] ?? words.other;
  return filled(text, { n: new Intl.NumberFormat(language).format(n) });
}

const MINUTE = 60_000;
const STEPS = [
  ['minute', MINUTE, 60],
  ['hour', 60 * MINUTE, 24],
  ['day', 24 * 60 * MINUTE, 7],
] as const;

/** "5 minutes ago", up to a week; then, and for what is still to come, the day. */
export function timeAgo(language: string, at: number, now: number): string {
  const passed = now - at;
  // "now", and never "yesterday": that would be a day of the calendar.
  const ago = new Intl.RelativeTimeFormat(language, passed < MINUTE ? { numeric: 'auto' } : {});
  if (passed >= -MINUTE) {
    if (passed < MINUTE) return ago.format(0, 'second');
    for (const [unit, lengthMs, upTo] of STEPS) {
      const count = Math.floor(passed / lengthMs);
      if (count < upTo) return ago.format(-count, unit);
    }
  }
  return new Intl.DateTimeFormat(language, { dateStyle: 'medium' }).format(at);
}

/** In the zone of the page, which it names. */
export const fullTime = (language: string, at: number): string =>
  new Intl.DateTimeFormat(language, {
    weekday: 'long',
    day: 'numeric',
    month: 'long',
    year: 'numeric',
    hour: 'numeric',
    minute: '2-digit',
    timeZoneName: 'short',
  }).format(at);
