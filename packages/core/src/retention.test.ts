// What a tenant writes, and what holds where it writes nothing.
import { expect, it } from 'vitest';
import { RETENTION, readRetention, retentionSchema } from './retention.ts';

it('is some time for everything, unless it is to be for ever', () => {
  expect(readRetention(null)).toEqual(
    Object.fromEntries(Object.entries(RETENTION).map(([kind, { days }]) => [kind, days])),
  );
  expect(readRetention({ content: '30 days', timeline: 'forever' })).toMatchObject({ content: 30, timeline: null });
});

it('is never less than what is still needed', () => {
  const ok = (written: unknown) => retentionSchema.safeParse(written).success;
  expect(ok({ content: '1 day', followUps: '90 days', events: 'forever' })).toBe(true);
  for (const written of [
    { followUps: '89 days' },
    { events: '6 days' },
    { content: '0 days' },
    { content: '1 year' },
    { words: '9 days' },
  ])
    expect(ok(written)).toBe(false);
});
