// When somebody is away: dates are days of their own zone, the last one included.
import { expect, it } from 'vitest';
import { addressesOf, awayNow } from './reach.ts';

const TOKYO = { timeZone: 'Asia/Tokyo', away: [{ from: '2026-12-24', to: '2026-12-26', delegate: null }] };

it.each([
  ['2026-12-23T14:59:00Z', false],
  ['2026-12-23T15:00:00Z', true],
  ['2026-12-26T14:59:00Z', true],
  ['2026-12-26T15:00:00Z', false],
])('at %s in Tokyo: %s', (now, away) => {
  expect(awayNow(TOKYO, now) !== null).toBe(away);
});

it('ends at the moment where one is given', () => {
  const away = [{ from: '2026-12-24T08:00:00Z', to: '2026-12-24T12:00:00+01:00', delegate: null }];
  const until = { timeZone: null, away };
  expect(awayNow(until, '2026-12-24T10:59:00Z')).not.toBeNull();
  expect(awayNow(until, '2026-12-24T11:00:00Z')).toBeNull();
});

it('is reached at the address, the number and whatever else, but not at an inbox', () => {
  expect(
    addressesOf({
      email: 'a@x.test',
      phone: '+34600000001',
      endpoints: [
        { channel: 'inbox', address: 'own' },
        { channel: 'email', address: 'b@x.test', copy: 'bcc' },
      ],
    }),
  ).toEqual([
    { channel: 'email', address: 'a@x.test', copy: null },
    { channel: 'sms', address: '+34600000001', copy: null },
    { channel: 'email', address: 'b@x.test', copy: 'bcc' },
  ]);
});
