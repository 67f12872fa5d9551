// Dates and money as a reader sees them: in their language and zone, with the year where it would otherwise be guessed.
import { describe, expect, it } from 'vitest';
import { type RenderInput, render } from './render.ts';

const shown = (
  text: string,
  locale: string | null,
  zone = 'Europe/Paris',
  now = '2026-11-03T09:00:00Z',
  own: string | null = null,
): string => {
  const input: RenderInput = {
    template: { id: 't', sms: { text } },
    role: 'notice',
    channel: 'sms',
    locale,
    zone,
    urgency: 'normal',
    consequence: null,
    context: {
      recipient: {},
      subject: {},
      data: { due: '2026-11-05T16:00:00Z', march: '2027-03-01T16:05:00Z', eve: '2026-12-31T23:30:00Z' },
      followUp: { zone: own },
      activity: {},
      pending: [],
      actions: {},
      tenant: {},
      now,
    },
  };
  const rendered = render(input);
  return rendered.ok ? rendered.content.text : rendered.detail;
};

describe('local_time', () => {
  it.each([
    ['en', 'Thursday, November 5 at 5:00 PM GMT+1'],
    ['en-GB', 'Thursday 5 November at 17:00 CET'],
    ['fr', 'jeudi 5 novembre à 17:00 UTC+1'],
    ['de', 'Donnerstag, 5. November um 17:00 MEZ'],
    [null, 'Thursday, November 5 at 5:00 PM GMT+1'],
    ['not a locale', 'Thursday, November 5 at 5:00 PM GMT+1'],
  ])('in %s', (locale, text) => {
    expect(shown('{{ data.due | local_time }}', locale)).toBe(text);
  });
  it('names the year when it is not this one', () => {
    expect(shown('{{ data.march | local_time }}', 'en')).toBe('Monday, March 1, 2027 at 5:05 PM GMT+1');
    expect(shown('{{ data.march | local_time }}', 'fr')).toBe('lundi 1 mars 2027 à 17:05 UTC+1');
    expect(shown('{{ data.due | local_time }}', 'en', 'Europe/Paris', '2025-12-31T12:00:00Z')).toContain('2026');
  });
  it('counts the year in the zone of the reader', () => {
    expect(shown('{{ data.eve | local_time }}', 'en', 'Europe/Paris')).toBe(
      'Friday, January 1, 2027 at 12:30 AM GMT+1',
    );
    expect(shown('{{ data.eve | local_time }}', 'en', 'America/New_York')).toBe('Thursday, December 31 at 6:30 PM EST');
  });
  it('leaves what is no time as it is', () => {
    expect(shown('{{ "soon" | local_time }}{{ nothing | local_time }}', 'en')).toBe('soon');
  });
});

describe('what is no RFC 3339 is no time', () => {
  it.each(['Order 5', '5', '2026-11-20T17:00:00', '11/20/2026', '2026-02-30'])('%s', (text) => {
    expect(shown(`{{ "${text}" | local_date }}`, 'en')).toBe(text);
    expect(shown(`{{ "${text}" | days_until }}`, 'en')).toBe('');
  });
});

describe('in a zone of its own', () => {
  const due = '{{ data.due | local_date: zone: followUp.zone }}, {{ data.due | days_until: zone: followUp.zone }}';
  it('a day is the one that was agreed on, wherever the reader is', () => {
    expect(shown(due, 'en', 'Asia/Tokyo', undefined, 'Europe/Paris')).toBe('Thursday, November 5, 2026, 2');
    expect(shown(due, 'en', 'Asia/Tokyo', undefined, null)).toBe('Friday, November 6, 2026, 3');
    expect(shown(due, 'en', 'Asia/Tokyo', undefined, 'no/zone')).toBe('Friday, November 6, 2026, 3');
  });
});

it('a text message has no blanks that would make it a longer one', () => {
  expect(shown('{{ 1234.5 | money: "EUR" }}', 'fr')).toBe('1 234,50 €');
});

it('the language of the words is told, and not the region of the reader', () => {
  expect(shown('{{ language }} {{ locale }}', 'fr-CA')).toBe('fr fr-CA');
});

describe('local_date and money', () => {
  it('in the language of the reader', () => {
    expect(shown('{{ data.march | local_date }}', 'en')).toBe('Monday, March 1, 2027');
    expect(shown('{{ 1234.5 | money: "EUR" }}', 'en')).toBe('€1,234.50');
  });
});

describe('a day without a time', () => {
  it('is that day wherever it is read', () => {
    expect(shown('{{ "2026-11-20" | local_date }}', 'en', 'America/Los_Angeles')).toBe('Friday, November 20, 2026');
    expect(shown('{{ "2026-11-20" | date: "%d" }}', 'en', 'America/Los_Angeles')).toBe('20');
  });
});

describe('relative_time and days_until', () => {
  it.each([
    ['2026-11-03T09:00:20Z', 'en', 'now'],
    ['2026-11-03T09:20:00Z', 'en', 'in 20 minutes'],
    ['2026-11-03T05:00:00Z', 'en', '4 hours ago'],
    ['2026-11-04T10:00:00Z', 'en', 'tomorrow'],
    ['2026-11-02T08:00:00Z', 'fr', 'hier'],
    ['2026-11-06T09:00:00Z', 'en', 'in 3 days'],
    ['2026-11-06', 'de', 'in 3 Tagen'],
    ['2026-11-03', 'en', 'today'],
    ['2026-11-24T09:00:00Z', 'en', 'in 3 weeks'],
    ['2027-03-03T09:00:00Z', 'en', 'in 4 months'],
    ['2030-11-03T09:00:00Z', 'en', 'in 4 years'],
    ['soon', 'en', 'soon'],
  ])('%s in %s', (at, locale, text) => {
    expect(shown(`{{ "${at}" | relative_time }}`, locale)).toBe(text);
  });
  it('counts days by the calendar of the reader', () => {
    expect(shown('{{ "2026-11-03T23:30:00Z" | days_until }}', 'en', 'Europe/Paris')).toBe('1');
    expect(shown('{{ "2026-11-03T23:30:00Z" | days_until }}', 'en', 'America/New_York')).toBe('0');
    expect(shown('{{ "2026-11-01" | days_until }}{{ nothing | days_until }}', 'en')).toBe('-2');
  });
});

describe('in_future and in_past', () => {
  const OFFER = (until: string) =>
    `{% if "${until}" | in_future %}still{% endif %}{% if "${until}" | in_past %}over{% endif %}`;
  it.each([
    ['2026-11-03T09:00:01Z', 'Europe/Paris', 'still'],
    ['2026-11-03T09:00:00Z', 'Europe/Paris', 'over'],
    ['2026-11-03', 'Europe/Paris', 'still'],
    ['2026-11-02', 'Europe/Paris', 'over'],
    ['2026-11-03', 'Pacific/Kiritimati', 'still'],
    ['whenever', 'Europe/Paris', ''],
    ['', 'Europe/Paris', ''],
  ])('%s in %s', (until, zone, text) => {
    expect(shown(OFFER(until), 'en', zone)).toBe(text);
  });
  it('asks when it is rendered, not when it was written', () => {
    expect(shown(OFFER('2026-11-03T12:00:00Z'), 'en', 'UTC', '2026-11-03T12:00:01Z')).toBe('over');
  });
});

describe('number, plural and list', () => {
  it.each([
    ['{{ 1234567.891 | number }}', 'en', '1,234,567.891'],
    ['{{ 1234.5 | number: digits: 2 }}', 'de', '1.234,50'],
    ['{{ 0.256 | number: percent: true }}', 'en', '26%'],
    ['{{ 12.5 | number: unit: "kilometer" }}', 'en', '12.5 kilometers'],
    ['{{ 3 | number: unit: "parcels" }}', 'en', '3 parcels'],
    ['{{ "many" | number }}{{ nothing | number }}', 'en', 'many'],
    ['{{ 1 | plural: one: "# review", other: "# reviews" }}', 'en', '1 review'],
    ['{{ 2000 | plural: one: "# review", other: "# reviews" }}', 'en', '2,000 reviews'],
    ['{{ 0 | plural: zero: "no reviews", one: "# review", other: "# reviews" }}', 'en', 'no reviews'],
    ['{{ 0 | plural: one: "# avis", other: "# avis" }}', 'fr', '0 avis'],
    ['{{ 2 | plural: one: "# plik", few: "# pliki", many: "# plików", other: "# pliku" }}', 'pl', '2 pliki'],
    ['{{ 5 | plural: one: "# plik", few: "# pliki", many: "# plików", other: "# pliku" }}', 'pl', '5 plików'],
    ['{{ 2 | plural: zero: "0", one: "1", two: "2#", few: "3", many: "4", other: "5" }}', 'ar-u-nu-latn', '22'],
    ['{{ "a,b,c" | split: "," | list }}', 'en', 'a, b, and c'],
    ['{{ "a,b,c" | split: "," | list: type: "or" }}', 'fr', 'a, b ou c'],
    ['{{ "a" | list }}', 'en', 'a'],
    ['{{ "" | money: "EUR" }}{{ 5 | money }}{{ 5 | money: "nope" }}', 'en', '55 nope'],
  ])('%s in %s', (text, locale, expected) => {
    expect(shown(text, locale)).toBe(expected);
  });
  it('takes no language or time from the template', () => {
    expect(
      shown(
        '{% assign locale = "fr" %}{% assign now = "2000-01-01" %}{{ 1234 | number }} {{ "now" | date: "%Y" }}',
        'en',
      ),
    ).toBe('1,234 2026');
  });
});
