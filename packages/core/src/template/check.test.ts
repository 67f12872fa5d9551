// What can never come out right is refused before it is stored, with what is allowed and what was probably meant.
import { describe, expect, it } from 'vitest';
import { checkTemplate, emptyWords } from './check.ts';
import { CASES } from './liquid-cases.test-kit.ts';

const told = (text: string): string =>
  checkTemplate({ sms: { text } })
    .map(({ message }) => message)
    .join(' ');

describe('an argument of a filter that can never work', () => {
  it.each([
    [
      '{{ data.a | money: "EURO" }}',
      '`money: "EURO"`: "EURO" is no currency; write the three letters of ISO 4217, such as EUR, USD or GBP. Did you mean `EUR`?',
    ],
    ['{{ data.a | money }}', '`money`: `money` takes one argument, as in `money: "EUR"`.'],
    [
      '{{ data.a | money: currency: "EUR" }}',
      '`money: currency: "EUR"`: `money` takes no argument with a name, not `currency`, as in `money: "EUR"`.',
    ],
    [
      '{{ data.n | plural: single: "x", other: "y" }}',
      '`plural` takes `zero`, `one`, `two`, `few`, `many`, `other`, not `single`, as in `plural: one: "# review", other: "# reviews"`.',
    ],
    ['{{ data.n | plural: one: "x", othr: "y" }}', 'Did you mean `other`?'],
    ['{{ data.n | plural: one: "x" }}', '`plural` needs `other`'],
    ['{{ data.n | plural: "x", "y" }}', '`plural` takes no argument but `zero`'],
    ['{{ data.n | number: unit: "kilometre" }}', 'Did you mean `kilometer`?'],
    ['{{ data.n | number: digits: 21 }}', '`digits` is a whole number from 0 to 20, not 21'],
    ['{{ data.n | number: digits: "two" }}', '`digits` is a whole number from 0 to 20, not "two"'],
    ['{{ data.n | number: percent: "yes" }}', '`percent` is true or false, not "yes"'],
    ['{{ data.n | number: percent: true, unit: "meter" }}', 'give `unit` or `percent`, not both'],
    ['{{ data.n | number: 2 }}', '`number` takes no argument but `digits`, `unit`, `percent`'],
    ['{{ data.l | list: type: "nor" }}', '`type` is "and" or "or", not "nor"'],
    ['{{ now | local_date: "short" }}', '`local_date` takes no argument but `zone`'],
    ['{{ now | local_time: style: "short" }}', '`local_time` takes `zone`, not `style`'],
    ['{{ now | local_date: zone: "Europe/Pari" }}', '"Europe/Pari" is no time zone'],
    ['{{ now | date: "%d", "Paris" }}', '"Paris" is no time zone'],
    ['{{ data.n | plus: "one" }}', '"one" is no number'],
    ['{{ data.n | divided_by: 0 }}', 'nothing is divided by 0'],
    ['{{ data.t | truncate: "x" }}', '"x" is no number'],
    ['{{ data.t | replace: "a", "b", "c" }}', '`replace` takes 1 to 2 arguments'],
    ['{% assign a = data.n | money: "XXQQ" %}{{ a }}', '"XXQQ" is no currency'],
    ['{% for i in data.l %}{% if i %}{{ i | money: 7 }}{% endif %}{% endfor %}', '7 is no currency'],
  ])('%s', (text, message) => expect(told(text)).toContain(message));

  it('is refused wherever it stands, also in HTML and in a chat', () => {
    const problems = checkTemplate({
      email: { html: '<a href="{{ subject.url }}">{{ data.a | money: "EURO" }}</a>' },
      chat: { text: '{{ data.a | money: "EURO" }}' },
    });
    expect(problems.map(({ path }) => path)).toEqual(['email.html', 'chat.text']);
  });
});

describe('what may work is taken', () => {
  it.each([
    '{{ data.a | money: data.currency }}',
    '{{ data.a | money: "eur" }}',
    '{{ data.n | plural: zero: "none", one: "# x", other: "# xs" }}',
    '{{ data.n | number: unit: "kilometer-per-hour", digits: 1 }}',
    '{{ data.n | number: unit: data.unit, digits: data.digits }}',
    '{{ data.n | number: percent: true }}',
    '{{ now | date: "%H:%M", "Europe/Paris" }}{{ now | date: "%H", 60 }}',
    '{{ now | local_time: zone: followUp.zone }}',
    '{{ data.t | default: "x", allow_false: true }}',
    '{{ data.t | default }}',
    // What is written, if not with a sign or a word of the language.
    '{{ data.a | money: "BTC" }}',
    '{{ data.n | number: unit: "kilowatt-hour" }}',
    '{{ data.n | number: unit: "kilometer", percent: false }}',
    '{{ data.n | divided_by: 7, true }}',
    '{{ now | date: "%H", "+02:00" }}{{ now | date: "%H", "-0530" }}',
  ])('%s', (text) => expect(told(text)).toBe(''));

  it('as is all of the documented language', () => {
    const refused = Object.values(CASES)
      .flat()
      .filter(([text]) => told(text) !== '');
    expect(refused).toEqual([]);
  });
});

describe('a name that is misspelt', () => {
  it.each([
    ['{{ data.a | mony: "EUR" }}', 'Did you mean `money`?'],
    ['{% fro i in data.l %}{% endfor %}', 'Did you mean `for`?'],
    [
      '{{ followUp.dueDat }}',
      '`followUp.dueDat` is never there, so nothing would stand there; correct the name, or remove it. Did you mean `dueAt`?',
    ],
    [
      '{{ recipent.name }}',
      '`recipent` is never there, so nothing would stand there; correct the name, or remove it. Did you mean `recipient`?',
    ],
    ['{{ folowUp.dueAt | local_date }}', 'Did you mean `followUp`?'],
    ['{{ tenant.colour }}', 'Did you mean `color`?'],
    ['{{ actions.approve.ulr }}', 'Did you mean `url`?'],
    ['{{ activity.last["com.acme.viewed"].tme }}', 'Did you mean `time`?'],
    ['{{ conseqence }}', 'Did you mean `consequence`?'],
    ['{% if recipient.nme %}x{% endif %}', 'so what asks for it never finds it'],
  ])('%s', (text, message) => expect(told(text)).toContain(message));

  it.each([
    '{{ data.anything.at.all }}{{ recipient.traits.shoes }}{{ actions.approve.url }}',
    '{{ pending.size }}{% for one in pending %}{{ one.title }}{% endfor %}',
    // Names that a template passes on to one that is a part of it.
    '{{ button.url }}{{ action.label }}{{ rule.name }}{{ item.price }}{{ of }}',
    '{% assign recipent = recipient %}{{ recipent.name }}',
    '{{ subject.price }}{{ recipient.shoes }}{{ followUp.title }}{{ activity.place }}',
    '{{ recipients.first }}{{ subjects }}{{ tenants[0].name }}{{ activities.size }}',
    '{% for one in recipients %}{{ one.name }}{% endfor %}',
  ])('but %s is what it is', (text) => expect(told(text)).toBe(''));
});

it('what a mail reads is all there, for nothing else passes it names', () => {
  const mail = { subject: 'Hi', text: '{{ recipient.shoes }}' };
  const [problem] = checkTemplate({ email: mail });
  expect(problem?.message).toContain('There are id, name, email,');
  expect(checkTemplate({ email: { subject: 'Hi' }, locales: { fr: { email: mail } } })).toHaveLength(1);
  expect(checkTemplate({ email: { text: mail.text } })).toEqual([]);
});

describe('words that are empty', () => {
  it.each([
    [{ sms: { text: '' } }, 'sms.text'],
    [{ sms: { text: ' \n\t' } }, 'sms.text'],
    [{ email: { subject: 'Hi', text: ' ' } }, 'email.text'],
    [{ email: { subject: '', html: '<p>x</p>' } }, 'email.subject'],
    [{ push: { title: 'x', body: '' } }, 'push.body'],
    [{ inbox: { title: '' } }, 'inbox.title'],
    [{ chat: { text: '' } }, 'chat.text'],
    [{ webhook: { text: '' } }, 'webhook.text'],
    [{ push: {} }, 'push'],
    [{ sms: { text: 'x' }, locales: { fr: { sms: { text: ' ' } } } }, 'locales.fr.sms.text'],
    [{ locales: { fr: { inbox: { as: 'toast' as const } } } }, 'locales.fr.inbox'],
    [{}, ''],
  ])('%j', (written, path) => expect(emptyWords(written).map((one) => one.path)).toEqual([path]));

  it('are not what goes with the words of every language', () =>
    expect(emptyWords({ inbox: { as: 'toast' }, locales: { fr: { inbox: { title: 'x' } } } })).toEqual([]));
});
