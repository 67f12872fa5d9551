// Numbers as people write them. The table is made of libphonenumber's own example of every country, in six ways of writing,
// and of cases by hand: what is refused, and with which advice.

import examples from 'libphonenumber-js/examples.mobile.json' with { type: 'json' };
import { type CountryCode, getCountries, getExampleNumber } from 'libphonenumber-js/max';
import { describe, expect, it } from 'vitest';
import { phoneOf } from './phone.ts';

const ARABIC = '٠١٢٣٤٥٦٧٨٩';
const inArabic = (text: string): string => text.replace(/\d/g, (digit) => ARABIC[Number(digit)] ?? digit);
const EXAMPLES = getCountries().flatMap((country) => {
  const number = getExampleNumber(country, examples);
  return number === undefined ? [] : [{ country, number }];
});

describe('the example of every country', () => {
  it('there are enough of them', () => expect(EXAMPLES.length * 6).toBeGreaterThan(1_200));

  it.each(EXAMPLES.map(({ country, number }) => [country, number] as const))(
    'of %s is understood however it is written',
    (country, number) => {
      const wanted = { ok: true, e164: number.number };
      const national = number.formatNational();
      expect(phoneOf(number.number)).toMatchObject(wanted);
      expect(phoneOf(number.formatInternational())).toMatchObject(wanted);
      expect(phoneOf(number.formatInternational().replace('+', '00'))).toMatchObject(wanted);
      expect(phoneOf(national, country)).toMatchObject(wanted);
      expect(phoneOf(inArabic(national), country)).toMatchObject(wanted);
      expect(phoneOf(`  ${national.replaceAll(' ', '-')}\u202c`, country.toLowerCase())).toMatchObject(wanted);
    },
  );
});

const UNDERSTOOD: readonly (readonly [written: string, country: CountryCode | null, e164: string])[] = [
  ['+34 600 000 000', null, '+34600000000'],
  ['0034600000000', null, '+34600000000'],
  ['0034600000000', 'US', '+34600000000'],
  ['00 34 600-00-00-00', 'FR', '+34600000000'],
  ['011 34 600 000 000', 'US', '+34600000000'],
  ['600000000', 'ES', '+34600000000'],
  ['600.00.00.00', 'ES', '+34600000000'],
  ['600‑000‑000', 'ES', '+34600000000'],
  ['34600000000', 'ES', '+34600000000'],
  ['06 12 34 56 78', 'FR', '+33612345678'],
  ['٠٦١٢٣٤٥٦٧٨', 'FR', '+33612345678'],
  ['+۹۸۹۱۲۳۴۵۶۷۸۹', null, '+989123456789'],
  ['٠٠٩٨٩١٢٣٤٥٦٧٨٩', null, '+989123456789'],
  ['＋３４６００００００００', null, '+34600000000'],
  ['(202) 555-0123', 'US', '+12025550123'],
  ['1 202 555 0123', 'US', '+12025550123'],
  ['tel:+34600000000', null, '+34600000000'],
  ['\u202a+34 600 000 000\u202c', null, '+34600000000'],
  ['+44 (0) 20 7946 0958', null, '+442079460958'],
  ['06 698 12345', 'IT', '+390669812345'], // the zero belongs to it
  ['8 999 123-45-67', 'RU', '+79991234567'],
  ['+34 600 000 000', 'FR', '+34600000000'],
  ['+1 500 555 0006', null, '+15005550006'],
  ['+1 555 000 0005', null, '+15550000005'], // possible, though in no plan
];

describe('by hand', () => {
  it.each(UNDERSTOOD)('%s of %s is %s', (written, country, e164) => {
    expect(phoneOf(written, country)).toMatchObject({ ok: true, e164 });
  });

  it.each([
    ['600000000', null, /begin with \+ .*location\.country/],
    ['600000000', 'Spain', /location\.country|not a telephone number/],
    ['', 'ES', /is not a telephone number/],
    ['no number', 'ES', /is not a telephone number/],
    ['1-800-FLOWERS', 'US', /write the whole number/],
    ['6.00E+08', 'ES', /write the whole number/],
    ['+999 123 456', null, /is not a telephone number/],
    ['call +34600000000', null, /location\.country/],
    ['+1 202 555 0123 ext 5', null, /extension/],
    ['(202) 555-0123 x77', 'US', /extension/],
    ['82828', 'US', /short codes/],
    ['112', 'FR', /short codes/],
    ['+34 600', null, /too few or too many/],
    ['+34 600 000 000 12 34', null, /too few or too many/],
    ['0899 123 456', 'FR', /premium-rate/],
    ['+33899123456', null, /premium-rate/],
    ['0900 1234567', 'DE', /premium-rate/],
    ['+1 900 234 5678', null, /premium-rate/],
    ['+979 123 456 789', null, /premium-rate/],
    ['+808 1234 5678', null, /premium-rate/],
    ['+44 70 1234 5678', null, /premium-rate/],
    ['+'.padEnd(100, '3'), null, /longer than 60/],
  ] as const)('%s of %s is refused, with what to do', (written, country, problem) => {
    const reading = phoneOf(written, country);
    expect(reading).toMatchObject({ ok: false, problem: expect.stringMatching(problem) });
    expect(reading).toMatchObject({ problem: expect.stringMatching(/; |, or set /) });
  });

  it('what it has read, it reads again', () => {
    for (const { number } of EXAMPLES) expect(phoneOf(phoneOf(number.number).ok ? number.number : '').ok).toBe(true);
  });
});
