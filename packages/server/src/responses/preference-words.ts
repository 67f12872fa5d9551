// The words of the preference centre, in the languages of its readers. What is done with them is preference-view.ts.
import type { Frequency, PushedChannel } from '@relance/core';
import type { PageLanguage } from './page-language.ts';
import type { Trouble } from './preference-form.ts';

interface PreferenceWords {
  readonly title: string;
  readonly intro: string;
  readonly person: (name: string) => string;
  readonly channel: Readonly<Record<PushedChannel, string>>;
  readonly often: string;
  readonly frequency: Readonly<Record<Frequency, string>>;
  readonly essential: string;
  readonly onlyInbox: string;
  readonly noCategory: string;
  readonly when: string;
  readonly paused: (until: string) => string;
  readonly resume: string;
  readonly pause: string;
  readonly pauses: Readonly<Record<'' | '1d' | '7d' | '14d' | 'date', string>>;
  readonly pauseUntil: string;
  readonly quiet: string;
  readonly quietFrom: string;
  readonly quietTo: string;
  readonly quietHint: string;
  readonly zone: string;
  readonly locale: string;
  readonly usual: string;
  readonly tracking: string;
  readonly trackingBox: string;
  readonly save: string;
  readonly leave: string;
  readonly leaveHint: string;
  readonly saved: string;
  readonly same: string;
  readonly undo: string;
  readonly troubles: Readonly<Record<Trouble, string>>;
  readonly help: string;
  readonly changed: {
    readonly category: (title: string, on: boolean) => string;
    readonly channel: (title: string, channel: string, on: boolean) => string;
    readonly frequency: (title: string, often: string) => string;
    readonly pausedUntil: (until: string | null) => string;
    readonly quietHours: (span: readonly [string, string] | null) => string;
    readonly timeZone: (zone: string | null) => string;
    readonly locale: (language: string | null) => string;
    readonly tracking: (on: boolean) => string;
  };
}

export const WORDS: Readonly<Record<PageLanguage, PreferenceWords>> = {
  en: {
    title: 'What we send you, and when',
    intro: 'Choose what you want to be told of, and where. Nothing changes until you save.',
    person: (name) => `This is about ${name}. Whoever has this link can change it.`,
    channel: { email: 'Email', sms: 'SMS', push: 'Push', chat: 'Chat', webhook: 'Webhook' },
    often: 'How often',
    frequency: { each: 'As it happens', daily: 'Once a day, together', weekly: 'Once a week, together' },
    essential: 'You cannot switch this off: it is needed for what you take part in.',
    onlyInbox: 'Only in the application.',
    noCategory: 'There is nothing to choose from yet.',
    when: 'When',
    paused: (until) => `Paused until ${until}. Only what is essential is sent.`,
    resume: 'Resume now',
    pause: 'Pause everything that is not essential',
    pauses: { '': 'As it is', '1d': 'For a day', '7d': 'For a week', '14d': 'For two weeks', date: 'Until a day' },
    pauseUntil: 'Until this day',
    quiet: 'Quiet hours',
    quietFrom: 'From',
    quietTo: 'To',
    quietHint: 'What comes then waits until they are over, unless it is urgent. Leave both empty for none.',
    zone: 'Time zone',
    locale: 'Language',
    usual: 'As usual',
    tracking: 'What messages tell of you',
    trackingBox: 'Whether I open a message or follow its links may be seen',
    save: 'Save',
    leave: 'Unsubscribe from everything that is not essential',
    leaveHint: 'What waits for you in the application stays there.',
    saved: 'Saved.',
    same: 'Nothing was different; nothing has changed.',
    undo: 'Undo',
    troubles: {
      pause: 'The pause was not set. Choose a day from tomorrow on, within a year.',
      quiet_hours: 'The quiet hours were not changed. Give both a beginning and an end, and not the same.',
      form: 'This page was not complete, so nothing has changed. Please choose again.',
    },
    help: 'Questions?',
    changed: {
      category: (title, on) => (on ? `“${title}” is sent to you again.` : `“${title}” is no longer sent to you.`),
      channel: (title, channel, on) =>
        on ? `“${title}” comes by ${channel} as well.` : `“${title}” no longer comes by ${channel}.`,
      frequency: (title, often) => `“${title}”: ${often.toLowerCase()}.`,
      pausedUntil: (until) => (until === null ? 'The pause is over.' : `Paused until ${until}.`),
      quietHours: (span) => (span === null ? 'No quiet hours any more.' : `Quiet from ${span[0]} to ${span[1]}.`),
      timeZone: (zone) => (zone === null ? 'Time zone: as usual.' : `Time zone: ${zone}.`),
      locale: (language) => (language === null ? 'Language: as usual.' : `Language: ${language}.`),
      tracking: (on) =>
        on ? 'It may be seen whether you open a message.' : 'Nobody sees any more whether you open a message.',
    },
  },
  fr: {
    title: 'Ce que nous vous envoyons, et quand',
    intro: "Choisissez ce que vous voulez recevoir, et où. Rien ne change avant l'enregistrement.",
    person: (name) => `Ceci concerne ${name}. Quiconque possède ce lien peut le modifier.`,
    channel: { email: 'E-mail', sms: 'SMS', push: 'Notification', chat: 'Messagerie', webhook: 'Webhook' },
    often: 'À quelle fréquence',
    frequency: {
      each: 'Au fur et à mesure',
      daily: 'Une fois par jour, groupé',
      weekly: 'Une fois par semaine, groupé',
    },
    essential: 'Ceci ne peut pas être arrêté : c’est nécessaire à ce à quoi vous prenez part.',
    onlyInbox: "Seulement dans l'application.",
    noCategory: "Il n'y a encore rien à choisir.",
    when: 'Quand',
    paused: (until) => `En pause jusqu'au ${until}. Seul l'essentiel est envoyé.`,
    resume: 'Reprendre maintenant',
    pause: "Mettre en pause tout ce qui n'est pas essentiel",
    pauses: {
      '': 'Sans changement',
      '1d': 'Pour un jour',
      '7d': 'Pour une semaine',
      '14d': 'Pour deux semaines',
      date: "Jusqu'à un jour donné",
    },
    pauseUntil: "Jusqu'à ce jour",
    quiet: 'Heures calmes',
    quietFrom: 'De',
    quietTo: 'À',
    quietHint: 'Ce qui arrive alors attend leur fin, sauf urgence. Laissez les deux vides pour ne pas en avoir.',
    zone: 'Fuseau horaire',
    locale: 'Langue',
    usual: "Comme d'habitude",
    tracking: 'Ce que les messages disent de vous',
    trackingBox: "Il peut être vu si j'ouvre un message ou suis ses liens",
    save: 'Enregistrer',
    leave: "Se désabonner de tout ce qui n'est pas essentiel",
    leaveHint: "Ce qui vous attend dans l'application y reste.",
    saved: 'Enregistré.',
    same: "Rien n'était différent ; rien n'a changé.",
    undo: 'Annuler',
    troubles: {
      pause: "La pause n'a pas été réglée. Choisissez un jour à partir de demain, dans l'année.",
      quiet_hours: "Les heures calmes n'ont pas changé. Indiquez un début et une fin, différents.",
      form: "Cette page n'était pas complète, rien n'a donc changé. Veuillez choisir à nouveau.",
    },
    help: 'Des questions ?',
    changed: {
      category: (title, on) =>
        on ? `« ${title} » vous est de nouveau envoyé.` : `« ${title} » ne vous est plus envoyé.`,
      channel: (title, channel, on) =>
        on ? `« ${title} » arrive aussi par ${channel}.` : `« ${title} » n'arrive plus par ${channel}.`,
      frequency: (title, often) => `« ${title} » : ${often.toLowerCase()}.`,
      pausedUntil: (until) => (until === null ? 'La pause est terminée.' : `En pause jusqu'au ${until}.`),
      quietHours: (span) => (span === null ? "Plus d'heures calmes." : `Au calme de ${span[0]} à ${span[1]}.`),
      timeZone: (zone) => (zone === null ? "Fuseau horaire : comme d'habitude." : `Fuseau horaire : ${zone}.`),
      locale: (language) => (language === null ? "Langue : comme d'habitude." : `Langue : ${language}.`),
      tracking: (on) =>
        on ? 'Il peut être vu si vous ouvrez un message.' : 'Personne ne voit plus si vous ouvrez un message.',
    },
  },
};
