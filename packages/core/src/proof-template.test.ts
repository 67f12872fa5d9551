// That templates have words wherever they are sent, and read what is there: by their names, by what the policy writes as its
// data, and by example events.
import { describe, expect, it } from 'vitest';
import type { Template, TemplateParts } from './content.ts';
import type { PolicyInput } from './policy/schema.ts';
import { localesOf, proveReads, proveWords } from './proof-template.ts';
import { type Person, policyOf, Scenario } from './scenario.test-kit.ts';

type Written = Partial<PolicyInput>;
const SILENT = { resolved: 'none', open: { on: 'com.acme.opened' } } as const;
const notify = (via: unknown, template = 'words') =>
  [{ id: 'a', at: 'opened', notify: { template, via } }] as unknown as PolicyInput['stages'];

interface Known {
  readonly template?: Partial<Template>;
  readonly examples?: readonly object[];
  readonly people?: readonly Person[];
  readonly locale?: string;
}
function prepared(written: Written, { template = {}, examples = [], people = [], locale = 'en' }: Known) {
  const policy = policyOf({ ...SILENT, stages: notify(['email']), ...written });
  const { directory, now } = new Scenario(policy, { people });
  const templates = new Map([['words', { id: 'words', ...template } as Template]]);
  const locales = localesOf(locale, directory.recipients.values(), templates.values());
  const words = { templates, locales, examples: examples as never };
  return { policy, world: { directory, now, strangers: 'nobody' as const }, words };
}
const wordsOf = (written: Written, known: Known) => {
  const { policy, world, words } = prepared(written, known);
  return proveWords(policy, world, words);
};
const readsOf = (text: string, written: Written = {}, known: Known = {}) => {
  const template = { email: { text }, ...known.template };
  const { policy, words } = prepared(written, { ...known, template });
  return proveReads(policy, words);
};
const problems = ({ problems: all }: ReturnType<typeof proveReads>) =>
  all.map(({ severity, path, message }) => `${severity} ${path}: ${message}`);

const EMAIL: TemplateParts = { email: { subject: 'Hello', text: 'Hello' } };

describe('that a template has words', () => {
  it('holds where it speaks on every channel', () => {
    expect(wordsOf({}, { template: EMAIL })).toMatchObject({ holds: true, problems: [] });
    expect(wordsOf({ stages: notify(['email', 'webhook']) }, { template: EMAIL }).holds).toBe(true);
    expect(wordsOf({ stages: [{ id: 'a', at: 'opened' }] }, {}).text).toBe(
      'It names no template: the built-in words speak on every channel.',
    );
  });
  it('is refuted by a channel without words, also one that somebody prefers', () => {
    expect(problems(wordsOf({ stages: notify(['email', 'sms', 'push']) }, { template: EMAIL }))).toEqual([
      'error stages[0].notify.template: The template "words" has no words for sms, push, where built-in words would be sent in its place; write them, or leave the channel out of `via`.',
    ]);
    expect(wordsOf({ stages: notify('preferred') }, { template: EMAIL }).text).toContain('no words for inbox,');
    const both = { ...EMAIL, inbox: { title: 'Hello' } };
    expect(wordsOf({ stages: notify('preferred') }, { template: both }).holds).toBe(true);
    const people = [{ id: 'ana', plan: ['chat'] }];
    expect(wordsOf({ stages: notify('preferred') }, { template: both, people }).text).toContain('no words for chat,');
    const urgent = { urgency: 'urgent', stages: notify('preferred') } as const;
    expect(wordsOf(urgent, { template: both }).text).toContain('no words for push, sms,');
  });
  it('counts words that say nothing as none', () => {
    expect(wordsOf({}, { template: { email: { subject: 'Hello', text: ' ' } } }).holds).toBe(false);
    expect(wordsOf({ stages: notify(['push']) }, { template: { push: {} } }).holds).toBe(false);
  });
  it('looks at closing notifications', () => {
    const resolved = { notify: { template: 'words', via: ['email', 'chat'] } } as PolicyInput['resolved'];
    expect(wordsOf({ resolved }, { template: EMAIL }).problems).toMatchObject([{ path: 'resolved.notify.template' }]);
  });
  it('follows the languages of people, and warns where they would read another', () => {
    const french = { ...EMAIL, locales: { fr: EMAIL } };
    const people = [
      { id: 'ana', locale: 'fr-CA' },
      { id: 'bo', locale: 'en-GB' },
    ];
    expect(wordsOf({}, { template: french, people })).toMatchObject({ holds: true, problems: [] });
    const half = { ...EMAIL, sms: { text: 'Hello' }, locales: { fr: EMAIL } };
    expect(problems(wordsOf({ stages: notify(['email', 'sms']) }, { template: half }))).toEqual([
      'warning stages[0].notify.template: The template "words" has no words in fr for sms, so whoever reads fr gets its words in en; add them under `locales`.',
    ]);
    const only = { locales: { fr: EMAIL } };
    expect(wordsOf({}, { template: only, people }).text).toContain('has no words for email');
    expect(wordsOf({}, { template: only, locale: 'fr' })).toMatchObject({ holds: true, problems: [] });
  });
});

describe('that a template reads what exists', () => {
  it('is refuted by a name that is never there, with the one that is meant', () => {
    expect(problems(readsOf('{{ followUp.duAt }} {{ recipent.name }}'))).toEqual([
      'error stages[0].notify.template: The template "words" (email.text) reads `followUp.duAt`, which is never there, so nothing will stand there; correct the name, or remove it. Did you mean `dueAt`?',
      'error stages[0].notify.template: The template "words" (email.text) reads `recipent`, which is never there, so nothing will stand there; correct the name, or remove it. Did you mean `recipient`?',
    ]);
    expect(readsOf('{% if subject.titel %}x{% endif %}')).toMatchObject({
      holds: true,
      problems: [{ severity: 'warning', message: expect.stringContaining('what asks for it never finds it') }],
    });
    expect(
      readsOf('{{ recipient.traits.plan }} {{ subject.title.size }} {{ followUp.assignees.first }}').problems,
    ).toEqual([]);
  });
  it('knows the buttons of the policy', () => {
    const actions = [{ id: 'approve', label: 'Approve' }];
    expect(readsOf('{{ actions.approve.url }} {{ actions.resolve.label }}', { actions }).problems).toEqual([]);
    expect(problems(readsOf('{{ actions.aprove.url }}', { actions }))).toEqual([
      'error stages[0].notify.template: The template "words" (email.text) reads `actions.aprove`, which is never there, so nothing will stand there; add it to `actions` of the policy, or ask for it with `if`. Did you mean `approve`?',
    ]);
    expect(readsOf('{% if actions.approve %}{{ actions.approve.url }}{% endif %}').problems).toEqual([]);
  });
  it('knows the data that the policy writes', () => {
    const data = "{'fee': event.data.fee, 'who': {'name': event.data.name}, 'items': event.data.items}";
    expect(readsOf('{{ data.fee }} {{ data.who.name }} {{ data.items[0].x }}', { data }).problems).toEqual([]);
    expect(problems(readsOf('{{ data.fees }} {{ data.who.nam }}', { data }))).toEqual([
      expect.stringMatching(
        /reads `data.fees`, .* add it to `data` of the policy, or correct the name\. Did you mean `fee`\?$/,
      ),
      expect.stringMatching(/reads `data.who.nam`, .* Did you mean `name`\?$/),
    ]);
    expect(readsOf("{{ data.fees | default: '-' }}{% if data.x %}{{ data.x }}{% endif %}", { data }).problems).toEqual(
      [],
    );
    const either = "has(event.data.a) ? {'a': 1} : {'b': 2}";
    expect(readsOf('{{ data.a }} {{ data.b }}', { data: either }).problems).toEqual([]);
    expect(readsOf('{{ data.c }}', { data: either }).holds).toBe(false);
  });
  it('says when nothing tells what the data is', () => {
    expect(readsOf('{{ data.anything }}')).toMatchObject({
      holds: true,
      problems: [],
      text: 'Its templates read only names that exist; what of `data` they read nothing says, without an example event in `events/`.',
    });
    expect(readsOf('{{ data.anything }}', {}, { examples: [{ type: 'com.acme.other', data: {} }] }).problems).toEqual(
      [],
    );
    const written = { open: undefined, data: "{'a': 1}" } as unknown as Written;
    expect(readsOf('{{ data.anything }}', written).problems).toEqual([]); // opened by API
  });
  it('compares with example events', () => {
    const examples = [
      { type: 'com.acme.opened', data: { number: 42, customer: { name: 'Ana' } } },
      { type: 'com.acme.changed', data: { parcel: 'X' } },
    ];
    const update = { on: 'com.acme.changed' };
    const read = '{{ data.number }} {{ data.customer.name }} {{ data.parcel }}';
    expect(readsOf(read, { update }, { examples })).toMatchObject({
      problems: [],
      text: 'Its templates read only names that exist, and data that an example event shows.',
    });
    expect(
      problems(readsOf('{{ data.amount }} {{ data.customer.nam }}{% if data.x %}{% endif %}', {}, { examples })),
    ).toEqual([
      'warning data: Its templates read `data.amount`, `data.customer.nam`, which no example event shows; add it to one in `events/`, correct the name, or write what stands there otherwise with `default`.',
    ]);
    const whole = { data: 'event.data.customer' };
    expect(readsOf('{{ data.name }}', whole, { examples }).problems).toEqual([]);
  });
  it('reads consequences, HTML and every language too', () => {
    const stages = [
      { id: 'a', at: 'opened', consequence: 'a fee of {{ data.fees }}', notify: { template: 'words', via: ['email'] } },
    ] as unknown as PolicyInput['stages'];
    const template = { locales: { fr: { email: { html: '<p>{{ sujet.title }}</p>' } } } };
    expect(problems(readsOf('x', { stages, data: "{'fee': 1}" }, { template }))).toEqual([
      expect.stringMatching(
        /^error stages\[0\].consequence: The consequence of stage "a" reads `data.fees`, .* Did you mean `fee`\?$/,
      ),
      expect.stringMatching(
        /^error stages\[0\].notify.template: The template "words" \(locales.fr.email.html\) reads `sujet`/,
      ),
    ]);
  });
});
