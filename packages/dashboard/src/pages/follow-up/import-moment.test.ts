// Cells as times: dates and RFC 3339, and nothing that could be read in two ways.
import { expect, it } from 'vitest';
import { momentOf } from './import-moment.ts';

it.each(['01/02/2026', '1.2.2026', '2026-02-30', '2026-13-01', 'tomorrow', '2026-12-01T09:00'])(
  'refuses %s',
  (text) => {
    expect(momentOf(text)).toBeNull();
  },
);

it('reads dates by the clocks of this machine, and times as they are', () => {
  expect(momentOf('2026-12-01')).toBe(new Date(2026, 11, 1, 23, 59, 59).toISOString());
  expect(momentOf('2026-12-01T09:00:00+01:00')).toBe('2026-12-01T09:00:00+01:00');
});
