// Dates and money as a reader sees them: in their language and zone, with the year where it would otherwise be guessed.
import { describe, expect, it } from 'vitest';
import { type RenderInput, render } from './render.ts';

const shown = (text: string, locale: string | null, zone = 'Europe/Paris', now = '2026-11-03T09:00:00Z'): string => {
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
      followUp: {},
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

describe('local_date and money', () => {
  it('in the language of the reader', () => {
    expect(shown('{{ data.march | local_date }}', 'en')).toBe('Monday, March 1, 2027');
    expect(shown('{{ 1234.5 | money: "EUR" }}', 'en')).toBe('€1,234.50');
  });
});
