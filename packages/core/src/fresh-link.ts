// The words of the mail that brings a fresh link in the place of one that was too old: to the person the old one was for, at the
// address that is known of them. Sending it is the server's engine/fresh-link.ts.
import { oneLine } from './render.ts';

export interface FreshLink {
  readonly language: 'en' | 'fr';
  /** Null: somebody whose name nobody knows. */
  readonly name: string | null;
  /** What it is about; null where it is about everything that waits for them. */
  readonly title: string | null;
  readonly url: string;
}

const TEXT = {
  en: {
    subject: (title: string | null) => (title === null ? 'Your fresh link' : `Your fresh link: ${title}`),
    hello: (name: string | null) => (name === null ? 'Hello,' : `Hello ${name},`),
    here: 'here is the link that you asked for:',
    why: 'You get this because somebody opened an old link of yours and asked for a fresh one. If that was not you, there is nothing to do: it was sent to nobody else.',
  },
  fr: {
    subject: (title: string | null) => (title === null ? 'Votre nouveau lien' : `Votre nouveau lien : ${title}`),
    hello: (name: string | null) => (name === null ? 'Bonjour,' : `Bonjour ${name},`),
    here: 'voici le lien que vous avez demandé :',
    why: "Vous recevez ceci parce que quelqu'un a ouvert un ancien lien à votre nom et en a demandé un nouveau. Si ce n'était pas vous, il n'y a rien à faire : il n'a été envoyé à personne d'autre.",
  },
} as const;

export function freshLinkWords({ language, name, title, url }: FreshLink): { subject: string; text: string } {
  const words = TEXT[language];
  return {
    subject: oneLine(words.subject(title)),
    text: [words.hello(name === null ? null : oneLine(name)), '', words.here, url, '', words.why].join('\n'),
  };
}
