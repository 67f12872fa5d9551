// The days to come of a calendar: how many were asked for, what is special among them, and where knowledge ends.
import { describe, expect, it } from 'vitest';
import { previewCalendar } from './calendar-preview.ts';
import { readCalendar } from './calendar-reading.ts';
import { instant } from './instant.ts';
import { calendarSchema } from './policy/schema-calendar.ts';

const YEARS = { from: 2025, to: 2027 };
const NOW = instant(Date.UTC(2026, 11, 23, 22)); // the 24th in Tokyo
function preview(written: object, from: string | null, count: number) {
  const reading = readCalendar(calendarSchema.parse({ zone: 'Asia/Tokyo', ...written }), {
    id: 'c',
    years: YEARS,
    book: null,
  });
  if (!reading.ok) throw new Error(JSON.stringify(reading.problems));
  return previewCalendar(reading.calendar, { from, count, now: NOW });
}

describe('the days to come', () => {
  it('begin today in the calendar’s zone, and end with the last one asked for', () => {
    const { from, to, days, special } = preview(
      { exceptions: { '2026-12-28': '10:00-12:00', '2026-12-25': 'closed', '2026-12-31': 'closed' } },
      null,
      3,
    );
    expect({ from, to }).toEqual({ from: '2026-12-24', to: '2026-12-29' });
    expect(days.map(({ date }) => date)).toEqual(['2026-12-24', '2026-12-28', '2026-12-29']);
    expect(special.map(({ date, hours }) => [date, hours.length])).toEqual([
      ['2026-12-25', 0],
      ['2026-12-28', 1],
    ]);
  });

  it('are none while nothing is open, and end with the years that are known', () => {
    const always =
      'BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART;VALUE=DATE:20270105\nRRULE:FREQ=DAILY\nSUMMARY:Shut\nEND:VEVENT\nEND:VCALENDAR';
    const { to, days, special } = preview({ holidays: { icalendar: always } }, '2027-01-01', 10);
    expect(days.map(({ date }) => date)).toEqual(['2027-01-01', '2027-01-04']);
    expect(to).toBe('2027-12-31');
    expect(special[0]).toEqual({ date: '2027-01-05', hours: [], name: 'Shut' });
    expect(special).toHaveLength(361);
    expect(preview({}, '2027-12-30', 10)).toMatchObject({ to: '2027-12-31', days: [{}, {}] });
  });
});
