// The one HTML layout of built-in mail: a single column that works without images, tables or scripts, in light and dark,
// with one primary button (or what ends it, where the policy has actions of its own) and the other actions as quiet links.
// Inline styles, because many mail programs drop the rest; what is dark comes from those that know what the reader prefers.
import type { Words } from './words.ts';

export interface LayoutParts {
  readonly words: Words;
  readonly headline: string;
  readonly lead: string;
  readonly due: string;
  readonly stakes: string;
  /** Liquid condition: the follow-up is closed, so nothing is asked. */
  readonly closed: string;
}

const FONT = "font-family:-apple-system,BlinkMacSystemFont,'Segoe UI',Helvetica,Arial,sans-serif";
const BUTTON = `display:inline-block;padding:13px 22px;border-radius:8px;background:#1f5eff;color:#ffffff;font-weight:600;text-decoration:none`;
/** Over the styles beside the words, for who reads in the dark. The buttons are the same in both. */
const DARK = `@media (prefers-color-scheme:dark){${Object.entries({
  page: 'background:#12151c',
  all: 'color:#e6e9f0',
  card: 'background:#1c212c',
  quiet: 'color:#a3adc2',
  stakes: 'background:#3a2a12',
  link: 'color:#8fb0ff',
})
  .map(([name, style]) => `.${name}{${style} !important}`)
  .join(' ')} .stakes{color:#ffd9a8 !important} }`;

export const layout = ({ words, headline, lead, due, stakes, closed }: LayoutParts): string => `<!doctype html>
<html lang="${words.language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="color-scheme" content="light dark"><meta name="supported-color-schemes" content="light dark"><title>${headline}</title>
<style>${DARK}</style></head>
<body class="page" style="margin:0;padding:0;background:#f4f5f7">
<div style="display:none;max-height:0;overflow:hidden">${lead} ${due}</div>
<div class="all" style="max-width:560px;margin:0 auto;padding:24px 16px;${FONT};font-size:16px;line-height:1.5;color:#1c2333">
<div class="card" style="background:#ffffff;border-radius:12px;padding:28px 24px;border-top:4px solid {% if role == 'confirmation' %}#12805c{% elsif urgency == 'urgent' %}#d92d20{% elsif urgency == 'high' %}#e8890c{% else %}#1f5eff{% endif %}">
<p style="margin:0 0 12px">${words.hello}</p>
<p style="margin:0 0 16px">${lead}</p>
<h1 style="margin:0 0 8px;font-size:20px;line-height:1.3">{{ subject.title }}</h1>
{% if followUp.dueAt and role != 'confirmation' %}<p class="quiet" style="margin:0 0 8px;color:#4a5468">${due}</p>{% endif %}
{% if consequence != '' and role != 'confirmation' %}<p class="stakes" style="margin:12px 0;padding:10px 14px;border-radius:8px;background:#fff4e5;color:#7a4100">${stakes}</p>{% endif %}
{% unless ${closed} %}{% if closing %}<p style="margin:22px 0 12px">{% for button in buttons %}{% if button.closes %}<a href="{{ button.url }}" style="${BUTTON};margin:0 8px 8px 0{% unless forloop.first %};background:#ffffff;color:#1f5eff;box-shadow:inset 0 0 0 1px #1f5eff{% endunless %}">{{ button.label }}</a>{% endif %}{% endfor %}</p>
<p style="margin:0 0 8px;font-size:15px">{% assign next = false %}{% for button in buttons %}{% unless button.closes %}{% if next %} &nbsp;·&nbsp; {% endif %}{% assign next = true %}<a href="{{ button.url }}" class="link" style="color:#1f5eff">{{ button.label }}</a>{% endunless %}{% endfor %}</p>{% elsif offers.acknowledge %}<p style="margin:22px 0 12px"><a href="{{ offers.acknowledge.url }}" style="${BUTTON}">{{ offers.acknowledge.label }}</a></p>
<p style="margin:0 0 8px;font-size:15px">{% if offers.resolve %}<a href="{{ offers.resolve.url }}" class="link" style="color:#1f5eff">{{ offers.resolve.label }}</a>{% endif %}{% if offers.snooze %} &nbsp;·&nbsp; <a href="{{ offers.snooze.url }}" class="link" style="color:#1f5eff">{{ offers.snooze.label }}</a>{% endif %}{% for button in buttons %}{% if button.does %} &nbsp;·&nbsp; <a href="{{ button.url }}" class="link" style="color:#1f5eff">{{ button.label }}</a>{% endif %}{% endfor %}</p>{% elsif offers.resolve %}<p style="margin:16px 0 8px;font-size:15px"><a href="{{ offers.resolve.url }}" class="link" style="color:#1f5eff">{{ offers.resolve.label }}</a></p>{% endif %}{% endunless %}
{% if subject.url %}<p style="margin:16px 0 0;font-size:15px"><a href="{{ subject.url }}" class="link" style="color:#1f5eff">${words.details}</a></p>{% endif %}
</div>
<p class="quiet" style="margin:16px 8px 0;font-size:13px;color:#667085">${words.why}</p>
</div></body></html>`;
