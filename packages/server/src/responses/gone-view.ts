// What stands in the place of a page whose link is not known, or too old. An old one offers a fresh link to the same person, by mail
// to the address that is known of them; what is said about it is the same whether or not it could be sent.
import { html, type Page } from './html.ts';
import type { PageLanguage } from './page-language.ts';
import { cardPage } from './page-style.ts';

const TEXT = {
  en: {
    unknown: 'This link is not known',
    unknownText: 'It may have been cut in two by the mail program. Open the message again and use its button.',
    expired: 'This link is too old',
    expiredText: 'Links work for 90 days. Use the newest message, or have a fresh link sent to you.',
    send: 'Send me a fresh link',
    where: 'It goes to the mail address that is known here for whom this link was made, and nowhere else.',
    sent: 'Look into your mail',
    sentText:
      'If there is an address for whom this link was made, a fresh link is on its way to it. A further one can be sent after ten minutes.',
  },
  fr: {
    unknown: "Ce lien n'est pas connu",
    unknownText: 'Il a peut-être été coupé par le programme de messagerie. Rouvrez le message et utilisez son bouton.',
    expired: 'Ce lien est trop ancien',
    expiredText:
      'Les liens valent 90 jours. Utilisez le message le plus récent, ou faites-vous envoyer un nouveau lien.',
    send: "M'envoyer un nouveau lien",
    where:
      "Il est envoyé à l'adresse électronique connue ici de la personne pour qui ce lien a été fait, et nulle part ailleurs.",
    sent: 'Regardez vos courriels',
    sentText:
      "S'il y a une adresse pour la personne pour qui ce lien a été fait, un nouveau lien est en route. Un autre pourra être envoyé après dix minutes.",
  },
} as const;

/** The same without a page. */
export function unknownTold(language: PageLanguage = 'en') {
  const { unknown: title, unknownText: text } = TEXT[language];
  return { title, text };
}
export function expiredTold(language: PageLanguage) {
  const { expired: title, expiredText: text } = TEXT[language];
  return { title, text };
}

/** Posted to the page of the old link itself. */
export const FRESH_FIELD = 'fresh';

export function unknownPage(language: PageLanguage = 'en'): Page {
  const { unknown, unknownText } = TEXT[language];
  return cardPage(language, unknown, html`<h1>${unknown}</h1><p>${unknownText}</p>`);
}

export function expiredPage(language: PageLanguage, path: string): Page {
  const { expired, expiredText, send, where } = TEXT[language];
  return cardPage(
    language,
    expired,
    html`<h1>${expired}</h1><p>${expiredText}</p>
<form method="post" action="${path}"><input type="hidden" name="${FRESH_FIELD}" value="1"><button type="submit" class="primary">${send}</button></form>
<p class="soft">${where}</p>`,
  );
}

export function freshSentPage(language: PageLanguage): Page {
  const { sent, sentText } = TEXT[language];
  return cardPage(language, sent, html`<div role="status"><h1>${sent}</h1><p>${sentText}</p></div>`);
}
