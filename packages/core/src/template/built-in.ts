// The built-in words, so that a policy without templates already reads well: what it is, why it matters, by when, and one
// thing to do. One set of parts a language; the role and urgency choose the sentences (words.ts), the layout is shared.
import type { TemplateParts } from '../content.ts';
import { layout } from './layout.ts';
import { ENGLISH, FRENCH, type Words } from './words.ts';

/** {% case %} over the role, so that one template text (parsed once) serves every stage. */
const byRole = (choose: (role: keyof Words['roles']) => string): string =>
  `{%- case role -%}${(['notice', 'reminder', 'final', 'escalation', 'update', 'confirmation'] as const).map((role) => `{%- when '${role}' -%}${choose(role)}`).join('')}{%- endcase -%}`;

function partsIn(words: Words): TemplateParts {
  const headline = byRole((role) => words.roles[role].headline);
  const lead = byRole((role) => words.roles[role].lead);
  const closed = `followUp.status == 'resolved' or followUp.status == 'cancelled' or followUp.status == 'expired'`;
  const due = `{%- if followUp.dueAt and role != 'confirmation' -%}${words.due}{%- endif -%}`;
  const stakes = `{%- if consequence != '' and role != 'confirmation' -%}${words.stakes}{%- endif -%}`;
  const links = `{%- unless ${closed} -%}{%- for action in actions -%}{{ action[1].label }}: {{ action[1].url }}\n{% endfor -%}{%- endunless -%}`;
  const details = `{% if subject.url %}${words.details}: {{ subject.url }}\n{% endif %}`;
  const text = `${words.hello}\n\n${lead}\n\n{{ subject.title }}\n${due}\n${stakes}\n\n${links}\n${details}\n-- \n${words.why}`;
  const short = `${headline}{% if followUp.dueAt and role != 'confirmation' %} (${words.dueShort}){% endif %}`;
  return {
    email: { subject: headline, html: layout({ words, headline, lead, due, stakes, closed }), text },
    sms: {
      text: `${short}{% unless ${closed} %}{% if actions.acknowledge %} {{ actions.acknowledge.url }}{% endif %}{% endunless %}`,
    },
    push: { title: headline, body: `${lead} ${due}` },
    inbox: {
      title: headline,
      body: `${lead}{% if followUp.dueAt and role != 'confirmation' %} ${due}{% endif %}{% if consequence != '' and role != 'confirmation' %} ${stakes}{% endif %}`,
    },
    chat: { text: `*${headline}*\n${lead} ${due} ${stakes}\n${links}${details}` },
    webhook: { text: `${headline}` },
  };
}

const english = partsIn(ENGLISH);
const french = partsIn(FRENCH);

export const builtInParts = (locale: string | null): TemplateParts =>
  locale?.toLowerCase().startsWith('fr') === true ? french : english;
