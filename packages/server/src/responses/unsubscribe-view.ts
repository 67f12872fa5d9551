// What the page behind an unsubscribe link says, in the reader's language. Pure: facts in, a page out. One button does what
// the link is for; once it is done, a quiet one undoes it. Looks like the pages of action links (action-view.ts).
import { type Html, html, type Page } from './html.ts';
import type { PageLanguage } from './page-language.ts';
import { cardPage } from './page-style.ts';

export interface UnsubscribeFacts {
  readonly language: PageLanguage;
  readonly tenant: string | null;
  readonly person: string;
  /** As recipients see it. */
  readonly category: string;
  readonly state: 'subscribed' | 'opted_out' | 'essential';
  /** What was just done by this very request; null on looking. */
  readonly did: 'opted_out' | 'opted_in' | null;
  /** Beside this page, wherever a proxy has put it. */
  readonly path: string;
  /** Where everything can be chosen, relative to this page. */
  readonly choose: string | null;
}

const TEXT = {
  en: {
    title: (category: string) => `Messages about “${category}”`,
    from: (tenant: string) => `Sent by ${tenant}`,
    asks: 'You get these messages. One press, and they stop.',
    stop: 'Stop these messages',
    stopped: 'Stopped. You will get no more of these messages.',
    isStopped: 'You get none of these messages.',
    rest: 'Other messages are not affected, and what waits for you in the application stays there.',
    undo: 'Send them to me again',
    undone: 'You get these messages again.',
    essential: 'These messages cannot be stopped: they are needed for what you take part in.',
    choose: 'Choose what you are sent, and when',
    person: (name: string) => `This is about ${name}.`,
    notYou: 'Not you? Close this page; nothing has happened.',
    gone: 'This link is not known',
    goneText: 'It may have been cut in two by the mail program. Open the message again and use its link.',
  },
  fr: {
    title: (category: string) => `Messages « ${category} »`,
    from: (tenant: string) => `Envoyés par ${tenant}`,
    asks: 'Vous recevez ces messages. Un clic, et ils cessent.',
    stop: 'Ne plus recevoir ces messages',
    stopped: "C'est fait. Vous ne recevrez plus ces messages.",
    isStopped: 'Vous ne recevez plus ces messages.',
    rest: "Les autres messages ne changent pas, et ce qui vous attend dans l'application y reste.",
    undo: 'Les recevoir à nouveau',
    undone: 'Vous recevez à nouveau ces messages.',
    essential: 'Ces messages ne peuvent pas être arrêtés : ils sont nécessaires à ce à quoi vous prenez part.',
    choose: 'Choisir ce que vous recevez, et quand',
    person: (name: string) => `Ceci concerne ${name}.`,
    notYou: "Ce n'est pas vous ? Fermez cette page ; rien ne s'est passé.",
    gone: "Ce lien n'est pas connu",
    goneText: 'Il a peut-être été coupé par le programme de messagerie. Rouvrez le message et utilisez son lien.',
  },
} as const;

export function unknownUnsubscribePage(language: PageLanguage = 'en'): Page {
  const words = TEXT[language];
  return cardPage(language, words.gone, html`<h1>${words.gone}</h1><p>${words.goneText}</p>`);
}

export function unsubscribePage(facts: UnsubscribeFacts): Page {
  const words = TEXT[facts.language];
  const title = words.title(facts.category);
  return cardPage(
    facts.language,
    title,
    html`${news(facts)}<h1>${title}</h1>
${facts.tenant === null ? null : html`<p class="soft">${words.from(facts.tenant)}</p>`}
${form(facts)}
${facts.choose === null ? null : html`<p><a href="${facts.choose}">${words.choose}</a></p>`}
<p class="soft">${words.person(facts.person)} ${facts.did === null && facts.state !== 'essential' ? words.notYou : null}</p>`,
  );
}

function news({ language, did }: UnsubscribeFacts): Html | null {
  if (did === null) return null;
  const words = TEXT[language];
  return html`<div class="news" role="status"><p><strong>${did === 'opted_out' ? words.stopped : words.undone}</strong></p></div>`;
}

function form({ language, state, did, path }: UnsubscribeFacts): Html {
  const words = TEXT[language];
  if (state === 'essential') return html`<p>${words.essential}</p>`;
  const asked =
    state === 'subscribed'
      ? ({ action: 'unsubscribe', label: words.stop, look: did === null ? 'primary' : 'quiet' } as const)
      : ({ action: 'resubscribe', label: words.undo, look: 'quiet' } as const);
  const said = state === 'opted_out' ? (did === null ? words.isStopped : null) : did === null ? words.asks : null;
  return html`${said === null ? null : html`<p>${said}</p>`}<p class="soft">${words.rest}</p>
<form method="post" action="${path}"><input type="hidden" name="action" value="${asked.action}"><button type="submit" class="${asked.look}">${asked.label}</button></form>`;
}
