// The one HTML layout of built-in mail: a single column that works without images, tables or scripts, in light and dark,
// with one primary button (or what ends it, where the policy has actions of its own) and the other actions as quiet links.
// Inline styles, because many mail programs drop the rest; what is dark comes from those that know what the reader prefers.
import { PAGES_SEEN } from './seen.ts';
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
export const BUTTON = `display:inline-block;padding:13px 22px;border-radius:8px;background:{{ brand }};color:{{ onBrand }};font-weight:600;text-decoration:none`;
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

/** A link in a colour that nobody could read on white is in ours. */
const COLOURS = `{% assign brand = tenant.color | default: '#1f5eff' %}{% assign onBrand = tenant.onColor | default: '#ffffff' %}{% assign accent = '#1f5eff' %}{% if onBrand == '#ffffff' %}{% assign accent = brand %}{% endif %}`;
/** Who writes: by the logo, or by name. */
const HEAD = `{% if tenant.logo %}<p style="margin:0 0 20px"><img src="{{ tenant.logo }}" alt="{{ tenant.name }}" style="max-width:200px;max-height:48px;border:0"></p>{% elsif tenant.name %}<p class="quiet" style="margin:0 0 20px;font-weight:600;color:#4a5468">{{ tenant.name }}</p>{% endif %}`;
const REACHED = [
  ['tenant.url', '<a href="{{ tenant.url }}" class="link" style="color:#667085">{{ tenant.url }}</a>'],
  [
    'tenant.supportEmail',
    '<a href="mailto:{{ tenant.supportEmail }}" class="link" style="color:#667085">{{ tenant.supportEmail }}</a>',
  ],
  ['tenant.supportPhone', '{{ tenant.supportPhone }}'],
] as const;
/** What stands after one another where there are any of them. */
const inLine = (pieces: readonly (readonly [condition: string, text: string])[]): string =>
  `{% assign next = false %}${pieces
    .map(
      ([condition, text]) =>
        `{% if ${condition} %}{% if next %} &nbsp;·&nbsp; {% endif %}${text}{% assign next = true %}{% endif %}`,
    )
    .join('')}`;
/** The reader's own pages. */
const PAGES = `{% if ${PAGES_SEEN.map((name) => `links.${name}`).join(' or ')} %}<p class="quiet" style="margin:8px 8px 0;font-size:13px;color:#667085">${inLine(
  PAGES_SEEN.map((name) => [
    `links.${name}`,
    `<a href="{{ links.${name}.url }}" class="link" style="color:#667085">{{ links.${name}.label }}</a>`,
  ]),
)}</p>{% endif %}`;
/** Some laws want the sender's name and address in each mail. */
const FOOT = `{% if tenant.name or tenant.address or ${REACHED.map(([name]) => name).join(' or ')} %}<p class="quiet" style="margin:8px 8px 0;font-size:13px;color:#667085">${inLine([['tenant.name', '{{ tenant.name }}'], ['tenant.address', '{{ tenant.address }}'], ...REACHED])}</p>{% endif %}`;

export interface Frame {
  /** Liquid in all of them. */
  readonly title: string;
  /** What mail programs show beside the subject. */
  readonly preview: string;
  /** The colour of the line above the card. */
  readonly edge: string;
  readonly body: string;
  /** Why its reader gets this. */
  readonly why: string;
  /** The last of the page. */
  readonly end?: string;
}

/** Around the words of every built-in mail: who writes above, why and from where below. */
export const frame = ({ title, preview, edge, body, why, end = '' }: Frame): string => `${COLOURS}<!doctype html>
<html lang="{{ locale }}" dir="{{ direction }}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="color-scheme" content="light dark"><meta name="supported-color-schemes" content="light dark"><title>${title}</title>
<style>${DARK}</style></head>
<body class="page" style="margin:0;padding:0;background:#f4f5f7">
<div style="display:none;max-height:0;overflow:hidden">${preview}</div>
<div class="all" style="max-width:560px;margin:0 auto;padding:24px 16px;${FONT};font-size:16px;line-height:1.5;color:#1c2333">
<div class="card" style="background:#ffffff;border-radius:12px;padding:28px 24px;border-top:4px solid ${edge}">
${HEAD}
${body}
</div>
<p class="quiet" style="margin:16px 8px 0;font-size:13px;color:#667085">${why}</p>
${PAGES}
${FOOT}
</div>${end}</body></html>`;

const EDGE = `{% if role == 'confirmation' %}#12805c{% elsif urgency == 'urgent' %}#d92d20{% elsif urgency == 'high' %}#e8890c{% else %}{{ brand }}{% endif %}`;

export const layout = ({ words, headline, lead, due, stakes, closed }: LayoutParts): string =>
  frame({
    title: headline,
    preview: `${lead} ${due}`,
    edge: EDGE,
    why: words.why,
    body: `<p style="margin:0 0 12px">${words.hello}</p>
<p style="margin:0 0 16px">${lead}</p>
<h1 style="margin:0 0 8px;font-size:20px;line-height:1.3">{{ subject.title }}</h1>
{% if followUp.dueAt and role != 'confirmation' %}<p class="quiet" style="margin:0 0 8px;color:#4a5468">${due}</p>{% endif %}
{% if consequence != '' and role != 'confirmation' %}<p class="stakes" style="margin:12px 0;padding:10px 14px;border-radius:8px;background:#fff4e5;color:#7a4100">${stakes}</p>{% endif %}
{% unless ${closed} %}{% if closing %}<p style="margin:22px 0 12px">{% for button in buttons %}{% if button.closes %}<a href="{{ button.url }}" style="${BUTTON};margin:0 8px 8px 0{% unless forloop.first %};background:#ffffff;color:{{ accent }};box-shadow:inset 0 0 0 1px {{ accent }}{% endunless %}">{{ button.label }}</a>{% endif %}{% endfor %}</p>
<p style="margin:0 0 8px;font-size:15px">{% assign next = false %}{% for button in buttons %}{% unless button.closes %}{% if next %} &nbsp;·&nbsp; {% endif %}{% assign next = true %}<a href="{{ button.url }}" class="link" style="color:{{ accent }}">{{ button.label }}</a>{% endunless %}{% endfor %}</p>{% elsif offers.acknowledge %}<p style="margin:22px 0 12px"><a href="{{ offers.acknowledge.url }}" style="${BUTTON}">{{ offers.acknowledge.label }}</a></p>
<p style="margin:0 0 8px;font-size:15px">{% if offers.resolve %}<a href="{{ offers.resolve.url }}" class="link" style="color:{{ accent }}">{{ offers.resolve.label }}</a>{% endif %}{% if offers.snooze %} &nbsp;·&nbsp; <a href="{{ offers.snooze.url }}" class="link" style="color:{{ accent }}">{{ offers.snooze.label }}</a>{% endif %}{% for button in buttons %}{% if button.does %} &nbsp;·&nbsp; <a href="{{ button.url }}" class="link" style="color:{{ accent }}">{{ button.label }}</a>{% endif %}{% endfor %}</p>{% elsif offers.resolve %}<p style="margin:16px 0 8px;font-size:15px"><a href="{{ offers.resolve.url }}" class="link" style="color:{{ accent }}">{{ offers.resolve.label }}</a></p>{% endif %}{% endunless %}
{% if subject.url %}<p style="margin:16px 0 0;font-size:15px"><a href="{{ subject.url }}" class="link" style="color:{{ accent }}">${words.details}</a></p>{% endif %}`,
  });
