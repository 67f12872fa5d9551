// What a form of a person stands for: only what was touched is written, and what was emptied is none.
import { expect, it } from 'vitest';
import { changedIn, typedOf } from './typed-recipient.ts';

const ANA = {
  id: 'ana',
  name: 'Ana',
  email: 'ana@example.test',
  phone: null,
  location: { country: 'ES', city: 'Madrid' },
  traits: { plan: 'pro', seats: { most: 3 } },
  endpoints: [
    { channel: 'email', address: 'copy@example.test', copy: 'cc' },
    { channel: 'webhook', address: 'https://example.test/hook' },
  ],
  away: [{ from: '2026-12-24', to: '2026-12-31', delegate: 'bo' }],
} as const;
/** As the server answers: what nobody has said is null. */
const KNOWN = { ...ANA, locale: null, timeZone: null, manager: null, plan: null };

it('writes nothing where nothing was touched, and each field as it was where all were', () => {
  const before = typedOf(KNOWN);
  expect(changedIn(before, before)).toEqual({ ok: true, body: {} });
  const { id: _id, ...written } = ANA;
  expect(changedIn(typedOf(null), before)).toEqual({ ok: true, body: { ...written, phone: undefined } });
});

it('writes what was emptied as none', () => {
  const before = typedOf(KNOWN);
  const now = { ...before, email: ' ', country: '', city: '', traits: '', endpoints: [], away: [] };
  expect(changedIn(before, now)).toEqual({
    ok: true,
    body: { email: null, location: null, traits: {}, endpoints: [], away: [] },
  });
});

it.each(['{"plan"', '[1]', '"pro"', 'null'])('refuses %s as traits, and writes nothing', (traits) => {
  const before = typedOf(KNOWN);
  expect(changedIn(before, { ...before, name: 'Ana R.', traits })).toMatchObject({ ok: false, path: 'traits' });
});
