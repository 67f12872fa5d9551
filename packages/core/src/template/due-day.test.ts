// What is due on a day is one instant for whatever reckons with it, and leaves the house as that instant.
import { expect, it } from 'vitest';
import type { Instant } from '../instant.ts';
import { dueSeen } from './due-day.ts';

it('is on the wire what a follow-up says itself, also in the test of a webhook', () => {
  const at = Date.UTC(2026, 11, 1, 16) as Instant;
  expect(JSON.stringify({ dueAt: dueSeen(at, '2026-12-01') })).toBe(JSON.stringify({ dueAt: dueSeen(at, null) }));
  expect(`${dueSeen(at, '2026-12-01')}`).toBe('2026-12-01T16:00:00.000Z');
  expect(dueSeen(null, null)).toBeNull();
});
