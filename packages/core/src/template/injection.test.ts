// What people with bad intentions put into templates and into data: 200 payloads each way. None leaks what templates do not see,
// takes long, or ends the process; what is in data stays the text it is.
import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { type RenderInput, render, textsOf } from '../render.ts';
import { composeTemplate } from './compose.ts';

const LEAK = 'LEAK-7f3a';
/** Own secrets of the process, and what hangs on prototypes: no text may show them. */
process.env.RELANCE_INJECTION = LEAK;

const PATHS = [
  '__proto__',
  'constructor',
  'constructor.name',
  'constructor.constructor',
  'constructor.prototype',
  '__proto__.__proto__',
  '__defineGetter__',
  '__lookupGetter__',
  'hasOwnProperty',
  'toString',
  'valueOf',
  'toLocaleString',
  'isPrototypeOf',
  'prototype',
  'toJSON',
  'then',
  'caller',
  'arguments',
];
const ROOTS = ['recipient', 'data', 'data.list', 'recipient.name', 'tenant', 'pending', 'actions'];
const READS = ROOTS.flatMap((root) => PATHS.map((path) => `[{{ ${root}.${path} }}]`));
const BARE = [
  ...['process.env.RELANCE_INJECTION', 'env', 'global', 'globalThis', 'this', 'require', 'import', 'module', 'process'],
  ...[
    '__proto__',
    'constructor',
    'self',
    'window',
    'document',
    'context',
    'scope',
    'environments',
    'globals',
    'liquid',
  ],
].map((name) => `[{{ ${name} }}]`);
const INDEXED = PATHS.map((path) => `[{{ data["${path}"] }}{{ data.list["${path}"] }}]`);
const FILTERS = [
  ...PATHS.map((path) => `{{ data.list | map: "${path}" | join }}`),
  ...PATHS.slice(0, 6).map((path) => `{{ data.list | sort: "${path}" | where: "${path}" | sum: "${path}" }}`),
  '{{ "a" | constructor }}',
  '{{ "a" | __proto__ }}',
  '{{ "a" | toString }}',
  '{{ "{{ 7 | times: 7 }}" }}',
  '{{ data.list | where_exp: "x", "process" }}',
  '{{ "data" | eval }}',
  '{{ "x" | raw }}',
  '{{ data | json }}',
];
const FILES = [
  '{% include "/etc/passwd" %}',
  "{% include '../../../etc/passwd' %}",
  '{% render "/etc/passwd" %}',
  '{% render "..%2f..%2fetc%2fpasswd" %}',
  '{% render "C:\\\\Windows\\\\win.ini" %}',
  '{% render "http://169.254.169.254/latest/meta-data" %}',
  '{% render data.file %}',
  '{% layout "/etc/passwd" %}',
  '{% layout "none" %}{% block content %}x{% endblock %}',
  '{% layout data.file %}',
  '{% render "{{ data.file }}" %}',
  '{% block content %}{% render "/proc/self/environ" %}{% endblock %}',
  '{% liquid\nrender "/etc/passwd"\n%}',
  '{% liquid\ninclude "/etc/passwd"\n%}',
  '{% part "x" %}{% endpart %}',
  '{% endpart %}',
];
const LOUD = 'x'.repeat(1_000);
const ENDLESS = [
  '{% for i in (1..1000000000) %}x{% endfor %}',
  '{% for i in (1..99999) %}{% for j in (1..99999) %}x{% endfor %}{% endfor %}',
  `{% for i in (1..90000) %}${LOUD}{% endfor %}`,
  `{% for i in (1..900) %}{% for j in (1..900) %}${LOUD}{% endfor %}{% endfor %}`,
  '{% assign a = "xxxxxxxxxx" %}{% for i in (1..60) %}{% assign a = a | append: a %}{% endfor %}{{ a }}',
  '{% capture a %}xxxxxxxxxx{% endcapture %}{% for i in (1..60) %}{% capture a %}{{ a }}{{ a }}{% endcapture %}{% endfor %}{{ a }}',
  '{% assign a = "x,x" | split: "," %}{% for i in (1..60) %}{% assign a = a | concat: a %}{% endfor %}{{ a | size }}',
  '{% assign a = "x" %}{% for i in (1..60) %}{% assign a = a | replace: "x", "xxxx" %}{% endfor %}{{ a }}',
  '{{ "now" | date: "%9999999999d" }}',
  '{{ "x" | truncate: 99999999999 }}',
  '{{ (1..99999999) | join: "" }}',
  '{{ (1..999999) | sort | reverse | uniq | size }}',
  '{% for i in (1..40000) %}{{ (1..40000) | size }}{% endfor %}',
  '{% cycle 1 %}'.repeat(7_000),
  '{% if true %}'.repeat(7_000),
  `${'{% if true %}'.repeat(5_000)}x${'{% endif %}'.repeat(5_000)}`,
  `${'{% for i in (1..2) %}'.repeat(40)}x${'{% endfor %}'.repeat(40)}`,
  `{{ ${'data.'.repeat(15_000)}x }}`,
  `{{ data${'["a"]'.repeat(15_000)} }}`,
  `{{ "x" ${'| upcase '.repeat(10_000)} }}`,
  `{{ ${'('.repeat(20_000)} }}`,
  '{{'.repeat(40_000),
  '{%'.repeat(40_000),
  `{{ "${'a'.repeat(90_000)}" | split: "" | join: "b" | size }}`,
  `{{ "${'<'.repeat(90_000)}" | strip_html }}`,
  `{{ "${'a '.repeat(40_000)}" | truncatewords: 39999 }}`,
];
const PAYLOADS = [...READS, ...BARE, ...INDEXED, ...FILTERS, ...FILES, ...ENDLESS];

function inputOf(text: string, data: Readonly<Record<string, unknown>>): RenderInput {
  return {
    template: { id: 't', sms: { text }, email: { html: text, text }, chat: { text } },
    role: 'notice',
    channel: 'sms',
    locale: 'en',
    zone: 'UTC',
    urgency: 'normal',
    consequence: null,
    context: {
      recipient: { id: 'ana', name: 'Ana' },
      subject: { title: 'T' },
      data,
      followUp: {},
      activity: {},
      pending: [],
      actions: {},
      tenant: { name: 'Acme' },
      now: '2026-11-03T09:00:00Z',
    },
  };
}

/** For three channels on a shared machine; alone and for one it is a tenth. */
const CPU_MAX_MS = 5_000;
const LIST = { list: [{ a: 1 }, 'b'], file: '/etc/passwd' };
const LEAKED = new RegExp(`${LEAK}|root:x:|\\[native code\\]|\\[Function|function |class `);

describe('a template with bad intentions', () => {
  it('there are many', () => expect(PAYLOADS.length).toBeGreaterThanOrEqual(200));
  it('leaks nothing, ends soon and is an error at worst', () => {
    const faults: string[] = [];
    for (const payload of PAYLOADS) {
      const begin = process.cpuUsage();
      const composed = composeTemplate('t', { sms: { text: payload } }, () => undefined);
      const outcomes = (['sms', 'email', 'chat'] as const).map((channel) =>
        render({ ...inputOf(payload, LIST), channel }),
      );
      const { user, system } = process.cpuUsage(begin);
      const said = [
        ...outcomes.map((one) => (one.ok ? JSON.stringify(one.content) : one.detail)),
        composed.ok
          ? textsOf(composed.template)
              .map(({ text }) => (text === payload ? '' : text))
              .join()
          : '',
      ].join('\n');
      if (LEAKED.test(said)) faults.push(`leaks: ${payload.slice(0, 80)} → ${said.slice(0, 300)}`);
      if ((user + system) / 1_000 > CPU_MAX_MS)
        faults.push(`takes ${(user + system) / 1_000} ms: ${payload.slice(0, 80)}`);
    }
    expect(faults).toEqual([]);
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  }, 120_000);
  it('writes nothing where there is nothing of its own', () => {
    for (const payload of [...READS, ...BARE, ...INDEXED].filter((text) => !/then|self/.test(text))) {
      const rendered = render(inputOf(payload, LIST));
      expect(rendered.ok ? rendered.content.text : '[]').toBe('[]');
    }
  });
});

describe('data with bad intentions', () => {
  const show = (text: string, channel: 'sms' | 'email' | 'chat' = 'sms'): string => {
    const rendered = render({
      ...inputOf('{{ data.x }}{% capture c %}{{ data.x }}{% endcapture %}{{ c }}', { x: text }),
      channel,
    });
    if (!rendered.ok) throw new Error(rendered.detail);
    return channel === 'email' ? (rendered.content.html ?? '') : rendered.content.text;
  };
  it('stays the text it is, however much it looks like a template', () => {
    for (const payload of PAYLOADS.filter((text) => text.length < 1_000)) {
      const plain = payload.trim();
      if (/\s\n|\n{3}/.test(`${plain}${plain}`)) continue;
      expect(show(plain)).toBe(`${plain}${plain}`);
    }
    expect(show('{{7*7}}')).toBe('{{7*7}}{{7*7}}');
  });
  it('pollutes nothing, whatever its keys are called', () => {
    const data = JSON.parse(
      '{"__proto__": {"polluted": 1}, "constructor": {"prototype": {"polluted": 1}}, "x": {"__proto__": 2}}',
    );
    const rendered = render(
      inputOf(
        '{% assign __proto__ = 1 %}{{ data.__proto__.polluted }}{{ data.x.__proto__ }}{{ polluted }}{% capture constructor %}a{% endcapture %}',
        data,
      ),
    );
    expect(rendered).toMatchObject({ ok: true, content: { text: '12' } });
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });
  it('breaks out of no HTML and formats nothing in a chat', () => {
    const bad = `"><script>alert(1)</script>' onx='1`;
    expect(show(bad, 'email')).not.toMatch(/[<>"']/);
    expect(show('<!channel> <@U1> *b* @everyone [a](http://x.test)', 'chat')).not.toMatch(/[<>*]|@everyone|\]\(/);
  });
});

it('runs where `__proto__` may not be touched', () => {
  const script = `
    import { render } from ${JSON.stringify(new URL('../render.ts', import.meta.url).href)};
    const input = JSON.parse(process.argv[1]);
    console.log(JSON.stringify(render(input)));`;
  const text =
    '{% capture a %}{{ data.x }}{% endcapture %}{% for i in data.list %}{{ i }}{% endfor %}{{ a }}{{ data.__proto__ }}';
  const input = inputOf(text, { x: 'x', list: [1, 2] });
  const options = ['--disable-proto=throw', '--input-type=module', '-e', script, JSON.stringify(input)];
  const said = execFileSync(process.execPath, options, { encoding: 'utf8' });
  expect(JSON.parse(said)).toMatchObject({ ok: true, content: { text: '12x' } });
});
