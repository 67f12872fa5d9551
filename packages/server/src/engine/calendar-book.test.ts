// A calendar is read once a span of years, whoever asks, and under whatever name.
import type { WrittenCalendar } from '@relance/core';
import { expect, it } from 'vitest';
import { compileCalendar } from './calendar-book.ts';

const YEARS = { from: 2026, to: 2027 };
const OFFICE: WrittenCalendar = { zone: 'Europe/Paris', holidays: 'FR' };
const compile = async (id: string | null, written: WrittenCalendar, years = YEARS) => {
  const reading = await compileCalendar(id, written, years);
  if (!reading.ok) throw new Error(JSON.stringify(reading.problems));
  return reading.calendar;
};

it('is the same calendar for the same text and years', async () => {
  const first = await compile('office', OFFICE);
  expect(first.special.get('2026-07-14')?.name).toBe('Bastille Day');
  expect(await compile('office', { ...OFFICE })).toBe(first);
  const unnamed = await compile(null, OFFICE);
  expect(unnamed).toEqual({ ...first, id: null });
  expect(unnamed.special).toBe(first.special);
});

it('is another for other years or another text', async () => {
  const first = await compile('office', OFFICE);
  const later = await compile('office', OFFICE, { from: 2027, to: 2028 });
  expect([first.special.has('2028-07-14'), later.special.has('2028-07-14')]).toEqual([false, true]);
  expect((await compile('office', { ...OFFICE, holidays: 'DE' })).special.has('2026-07-14')).toBe(false);
});

it('refuses a place nobody knows each time', async () => {
  for (let time = 0; time < 2; time++)
    expect(await compileCalendar('office', { ...OFFICE, holidays: 'FR-XX' }, YEARS)).toMatchObject({
      ok: false,
      problems: [{ path: ['holidays'] }],
    });
});
