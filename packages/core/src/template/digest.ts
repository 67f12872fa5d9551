// Several messages to one person as one: what each is about, in its own words, with what can be done about it. The server
// composes it after the gate, of those that passed, so that nothing is in it that was stopped. Built-in words in English and
// French; each item speaks the words of its own template for the inbox, which are made for a list.

import type { PageSeen } from '../button.ts';
import type { ActionLink, Content, SentDigest, SentItem } from '../content.ts';
import type { Channel } from '../policy/policy.ts';
import { oneLine } from '../render.ts';
import { builtInLanguage } from './built-in.ts';
import { escapeChat } from './escape.ts';
import { BUTTON, frame } from './layout.ts';
import { writeText } from './liquid.ts';
import { tidyText } from './text-from-html.ts';
import { directionOf } from './words-for.ts';

export interface DigestItem {
  readonly title: string;
  readonly body: string;
  /** Where the thing itself is looked at. */
  readonly url: string | null;
  readonly actions: readonly ActionLink[];
  /** Its words on the channel that it would have left on alone. */
  readonly alone: Content;
}

export interface DigestInput {
  readonly items: readonly DigestItem[];
  readonly channel: Channel;
  readonly locale: string; // BCP 47, the reader's
  readonly recipient: Readonly<Record<string, unknown>>;
  readonly tenant: Readonly<Record<string, unknown>>;
  /** Everything that waits for them on one page. */
  readonly everythingUrl: string;
  /** Where they choose what they are sent, and when: in the foot of a mail. */
  readonly preferences?: PageSeen | null;
  /** A mail that is tracked ends with it. */
  readonly pictureUrl?: string | null;
}

interface DigestWords {
  readonly headline: string;
  readonly hello: string;
  readonly lead: string;
  readonly details: string;
  readonly everything: string;
  readonly why: string;
  readonly colon: string;
}

const ENGLISH: DigestWords = {
  headline: '{{ count }} messages: {{ first }} and {{ others }} more',
  hello: 'Hello{% if recipient.name %} {{ recipient.name }}{% endif %},',
  lead: 'These {{ count }} messages go together, so that you are interrupted once.',
  details: 'Details',
  everything: 'Everything that waits for you',
  why: 'You get them in one message because they were due together, or because you or the sender limit how often you are interrupted.',
  colon: ': ',
};
const FRENCH: DigestWords = {
  headline: '{{ count }} messages : {{ first }} et {{ others }} de plus',
  hello: 'Bonjour{% if recipient.name %} {{ recipient.name }}{% endif %},',
  lead: 'Ces {{ count }} messages sont regroupés, pour ne vous interrompre qu’une fois.',
  details: 'Détails',
  everything: 'Tout ce qui vous attend',
  why: 'Vous les recevez ensemble parce qu’ils étaient dus au même moment, ou parce que vous ou l’expéditeur limitez le nombre d’interruptions.',
  colon: ' : ',
};

const ITEM = (words: DigestWords): string =>
  `{% for item in items %}<div style="margin:0 0 20px;padding:16px 0 0;border-top:1px solid #d5d9e2">
<h2 style="margin:0 0 6px;font-size:17px;line-height:1.3">{{ item.title }}</h2>
{% for line in item.lines %}<p style="margin:0 0 8px">{{ line }}</p>{% endfor %}
{% if item.actions.size > 0 %}<p style="margin:12px 0 0">{% for action in item.actions %}<a href="{{ action.url }}"{% if forloop.first %} style="${BUTTON};margin:0 10px 8px 0"{% else %} class="link" style="color:{{ accent }};margin:0 10px 8px 0"{% endif %}>{{ action.label }}</a> {% endfor %}</p>{% endif %}
{% if item.url %}<p style="margin:8px 0 0;font-size:15px"><a href="{{ item.url }}" class="link" style="color:{{ accent }}">${words.details}</a></p>{% endif %}
</div>{% endfor %}`;

const htmlOf = (words: DigestWords): string =>
  frame({
    title: words.headline,
    preview: words.lead,
    edge: '{{ brand }}',
    why: words.why,
    end: '{% if pictureUrl %}<img src="{{ pictureUrl }}" width="1" height="1" alt="" style="display:block;border:0;width:1px;height:1px">{% endif %}',
    body: `<p style="margin:0 0 12px">${words.hello}</p>
<p style="margin:0 0 16px">${words.lead}</p>
${ITEM(words)}
<p style="margin:0;font-size:15px"><a href="{{ everythingUrl }}" class="link" style="color:{{ accent }}">${words.everything}</a></p>`,
  });

const TEXT = (words: DigestWords): string =>
  `${words.hello}\n\n${words.lead}\n{% for item in items %}\n* {{ item.title }}\n{{ item.body }}\n\n{% for action in item.actions %}{{ action.label }}${words.colon}{{ action.url }}\n{% endfor %}{% if item.url %}${words.details}${words.colon}{{ item.url }}\n{% endif %}{% endfor %}\n${words.everything}${words.colon}{{ everythingUrl }}\n\n-- \n${words.why}{% if links.preferences %}\n{{ links.preferences.label }}${words.colon}{{ links.preferences.url }}{% endif %}{% if tenant.name %}\n{{ tenant.name }}{% endif %}{% if tenant.address %}\n{{ tenant.address }}{% endif %}`;

/** One carrier takes no more at once than it would take of several alone; the page has everything. */
const TITLES_MAX = 5;
const TITLE_MAX = 80;
/** The tightest of the chats takes 2,000 characters. */
const CHAT_MAX = 1_200;

/** Two items at least. Pure, like render.ts; throws where a template could not be written, which is a defect of this file. */
export function renderDigest(input: DigestInput): Content {
  const { items, channel, locale, everythingUrl } = input;
  const words = wordsIn(locale);
  const scope = {
    items: items.map((item) => ({ ...item, lines: item.body.split('\n').filter((line) => line.trim() !== '') })),
    count: items.length,
    others: items.length - 1,
    first: items[0]?.title ?? '',
    recipient: input.recipient,
    tenant: input.tenant,
    locale,
    direction: directionOf(locale),
    everythingUrl,
    links: input.preferences == null ? {} : { preferences: input.preferences },
    pictureUrl: input.pictureUrl ?? null,
  };
  const subject = oneLine(writeText(words.headline, 'plain', scope));
  const short = oneLine(writeText(words.headline, 'plain', { ...scope, first: scope.first.slice(0, TITLE_MAX) }));
  const titles = items.slice(0, TITLES_MAX).map(({ title }) => title);
  const rest = items.length > titles.length ? ['…'] : [];
  switch (channel) {
    case 'email':
      return {
        locale,
        subject,
        html: writeText(htmlOf(words), 'html', scope),
        text: tidyText(writeText(TEXT(words), 'plain', scope)),
      };
    case 'sms':
      return { locale, text: `${short}\n${everythingUrl}` };
    case 'push':
      return { locale, subject, text: [...titles, ...rest].join('\n'), url: everythingUrl };
    default:
      return {
        locale,
        subject,
        text: chatText(
          items.map((item) => listed(item, words)),
          everythingUrl,
          words,
        ),
      };
  }
}

const wordsIn = (locale: string): DigestWords => (builtInLanguage(locale) === 'fr' ? FRENCH : ENGLISH);

/** How an item of a message that was sent stands by now. */
export interface ItemNow {
  /** Nothing is asked of its reader any more: no links. */
  readonly over: boolean;
  /** In one sentence, as plain text; null: as it was when it was sent, or not known. */
  readonly standing: string | null;
}

/** The text of a chat message about several, as it should be by now; `nows` in the order of its items. */
export function renderDigestAgain(
  { items, everythingUrl }: SentDigest,
  nows: readonly ItemNow[],
  locale: string,
): string {
  const all = items.map((item, index) => ({ title: item.title, text: itemNow(item, nows[index]) }));
  return chatText(all, nows.every(({ over }) => over) ? null : everythingUrl, wordsIn(locale));
}

function itemNow({ title, text }: SentItem, now: ItemNow | undefined): string {
  const standing = now?.standing == null ? [] : [escapeChat(now.standing)];
  if (now?.over === true)
    return [`*${escapeChat(oneLine(title).replaceAll('*', ' ').slice(0, TITLE_MAX))}*`, ...standing].join('\n');
  const [heading = '', ...rest] = text.split('\n');
  return [heading, ...standing, ...rest].join('\n');
}

/** An item of a chat, with its links. */
export const textOfItem = (item: DigestItem, locale: string): string => listed(item, wordsIn(locale)).text;

interface Listed {
  readonly title: string;
  readonly text: string;
}

/**
 * Its items are written as their channel wants them already. What does not fit is named, and where it stands: providers cut
 * what is too long, and nothing of it would be told.
 */
function chatText(items: readonly Listed[], everythingUrl: string | null, words: DigestWords): string {
  const shown: string[] = [];
  for (const { text } of items) {
    if ([...shown, text].join('\n\n').length > CHAT_MAX) break;
    shown.push(text);
  }
  const left = items.slice(shown.length);
  if (left.length === 0) return shown.join('\n\n');
  const named = left.slice(0, TITLES_MAX).map(({ title }) => `- ${oneLine(title).slice(0, TITLE_MAX)}`);
  const more = left.length > named.length ? [`… +${left.length - named.length}`] : [];
  const link = everythingUrl === null ? [] : [`${words.everything}${words.colon}${everythingUrl}`];
  return [...shown, [...named, ...more].join('\n'), ...link].join('\n\n');
}

const listed = ({ title, alone, actions }: DigestItem, { colon }: DigestWords): Listed => {
  const links = actions
    .filter(({ url }) => !alone.text.includes(url))
    .map(({ label, url }) => `${label}${colon}${url}`);
  return { title, text: [alone.text, ...links].join('\n') };
};
