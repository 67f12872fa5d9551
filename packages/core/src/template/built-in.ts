// The built-in words, so that a policy without templates already reads well: what it is, why it matters, by when, and one
// thing to do. One set of parts a language; the role and urgency choose the sentences (words.ts), the layout is shared.
import type { TemplateParts } from '../content.ts';
import { layout } from './layout.ts';
import { PAGES_SEEN } from './seen.ts';
import { ENGLISH, FRENCH, type Words } from './words.ts';

/**
 * {% case %} over the role, so that one template text (parsed once) serves every stage. No tag here trims the blanks
 * around it: that would eat the line breaks of whatever the words stand in.
 */
const byRole = (choose: (role: keyof Words['roles']) => string): string =>
  `{% case role %}${(['notice', 'reminder', 'final', 'escalation', 'update', 'confirmation'] as const).map((role) => `{% when '${role}' %}${choose(role)}`).join('')}{% endcase %}`;

const HAS_DUE = "followUp.dueAt and role != 'confirmation'";
const HAS_ENDED = "followUp.closedAt and role == 'confirmation'";
const HAS_STAKES = "consequence != '' and role != 'confirmation'";
const CLOSED = `followUp.status == 'resolved' or followUp.status == 'cancelled' or followUp.status == 'expired'`;
const when = (condition: string, text: string): string => `{% if ${condition} %}${text}{% endif %}`;
const unlessClosed = (text: string): string => `{% unless ${CLOSED} %}${text}{% endunless %}`;

/** Who writes, below the words of a mail: as layout.ts has it in HTML. */
const SENDER = ['name', 'address', 'url', 'supportEmail', 'supportPhone']
  .map((name) => when(`tenant.${name}`, `\n{{ tenant.${name} }}`))
  .join('');

/** What is missing leaves empty lines behind; render.ts takes away all but one. */
function partsIn(words: Words): TemplateParts {
  const headline = byRole((role) => words.roles[role].headline);
  const lead = byRole((role) => words.roles[role].lead);
  const due = when(HAS_DUE, words.due);
  const stakes = when(HAS_STAKES, words.stakes);
  const facts = `${due}\n${stakes}`;
  const link = (label: string, url: string): string => `${label}${words.colon}${url}\n`;
  const pages = PAGES_SEEN.map((name) =>
    when(`links.${name}`, `\n${link(`{{ links.${name}.label }}`, `{{ links.${name}.url }}`).trimEnd()}`),
  ).join('');
  const action = link('{{ button.label }}', '{{ button.url }}');
  const links = `${unlessClosed(`{% for button in buttons %}${action}{% endfor %}`)}${when('subject.url', link(words.details, '{{ subject.url }}'))}`;
  // Short messages have room for what ends it, or else for the one thing to do.
  const acknowledge = when(
    'offers.acknowledge',
    link('{{ offers.acknowledge.label }}', '{{ offers.acknowledge.url }}'),
  );
  const button = `{% if closing %}{% for button in buttons %}${when('button.closes', action)}{% endfor %}{% else %}${acknowledge}{% endif %}`;
  return {
    email: {
      subject: headline,
      html: layout({ words, headline, lead, due, stakes, closed: CLOSED }),
      text: `${words.hello}\n\n${lead}\n\n{{ subject.title }}\n${facts}\n\n${links}\n-- \n${words.why}${pages}${SENDER}`,
    },
    sms: {
      text: `${headline}${when(HAS_DUE, ` (${words.dueShort})`)}\n${when(HAS_ENDED, words.ended)}${unlessClosed(button)}`,
    },
    push: { title: headline, body: `${lead}\n${due}` },
    inbox: { title: headline, body: `${lead}\n\n${facts}` },
    chat: { text: `*${headline}*\n${lead}\n\n${facts}\n\n${links}` },
    webhook: { text: headline },
  };
}

const english = partsIn(ENGLISH);
const french = partsIn(FRENCH);

export const builtInParts = (locale: string | null): TemplateParts =>
  builtInLanguage(locale) === 'fr' ? french : english;

/** Before the link to the thing itself, in every language. */
export const DETAILS: readonly string[] = [ENGLISH.details, FRENCH.details];

/** The language there are built-in words in, if it is that of the locale. */
export function builtInLanguage(locale: string | null): 'en' | 'fr' | null {
  const language = locale?.split('-')[0]?.toLowerCase();
  return language === 'en' || language === 'fr' ? language : null;
}
