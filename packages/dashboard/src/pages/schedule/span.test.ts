// What a calendar of a schedule draws: weeks and days of its zone, and every moment of them as somebody's or nobody's.
import { expect, it } from 'vitest';
import { dateIn, daysOf, isOver, mondayOf, piecesBetween, readSchedule, stepped, weeksOf } from './span.ts';
import { timeText, zonedText } from './zoned.ts';

const HOUR_MS = 3_600_000;
const everybody = () => true;
const SCHEDULE = {
  id: 'primary',
  version: 3,
  name: null,
  timeZone: 'Europe/Paris',
  layers: [
    {
      id: 'days',
      rotation: { every: '1 day', handover: { at: '09:00' }, start: '2026-11-23', members: ['ana', 'bo'] },
      restrictions: [{ days: 'mon-fri', from: '09:00', to: '18:00' }],
    },
    {
      id: 'backup',
      level: 2,
      rotation: { every: '1 week', handover: { at: '00:00' }, start: '2026-11-23', members: ['cleo'] },
    },
  ],
  overrides: [{ id: 'swap', from: '2026-11-24T12:00', to: '2026-11-24T20:00', recipient: 'cleo' }],
} as const;

it('draws whole weeks that begin on Mondays', () => {
  expect(mondayOf('2026-11-29')).toBe('2026-11-23');
  expect(mondayOf('2026-11-30')).toBe('2026-11-30');
  expect(weeksOf('week', '2026-11-27')).toEqual(['2026-11-23']);
  expect(weeksOf('month', '2026-11-27')).toEqual([
    '2026-10-26',
    '2026-11-02',
    '2026-11-09',
    '2026-11-16',
    '2026-11-23',
    '2026-11-30',
  ]);
  expect(stepped('week', '2026-12-28', 1)).toBe('2027-01-04');
  expect(stepped('month', '2026-01-31', -1)).toBe('2025-12-01');
});

it('has days as long as they are where clocks change', () => {
  const hours = (monday: string) => daysOf(monday, 'Europe/Paris').map(({ begins, ends }) => (ends - begins) / HOUR_MS);
  expect(hours('2026-10-19')).toEqual([24, 24, 24, 24, 24, 24, 25]);
  expect(hours('2026-03-23')).toEqual([24, 24, 24, 24, 24, 24, 23]);
  expect(dateIn(Date.parse('2026-11-26T23:30:00Z'), 'Europe/Paris')).toBe('2026-11-27');
});

it('leaves no moment out: shifts, overrides and gaps follow each other', () => {
  const read = readSchedule(SCHEDULE);
  if (!read.ok) throw new Error('the schedule is valid');
  const { compiled, people } = read;
  expect(people).toEqual(['ana', 'bo', 'cleo']);
  const days = daysOf('2026-11-23', 'Europe/Paris');
  const [from, to] = [days[0]?.begins, days[6]?.ends];
  if (from === undefined || to === undefined) throw new Error('a week has days');
  const pieces = piecesBetween(compiled, from, to, everybody);
  for (const own of pieces.values()) {
    expect(own[0]?.from).toBe(from);
    expect(own.at(-1)?.until).toBe(to);
    expect(own.slice(1).map((piece) => piece.from)).toEqual(own.slice(0, -1).map((piece) => piece.until));
  }
  const told = (pieces.get(1) ?? [])
    .slice(0, 6)
    .map(({ kind, recipients, from: at }) => `${timeText(at, 'Europe/Paris')} ${kind} ${recipients.join()}`);
  expect(told).toEqual([
    '00:00 gap ',
    '09:00 layer ana',
    '18:00 gap ',
    '09:00 layer bo',
    '12:00 override cleo',
    '20:00 gap ',
  ]);
  expect(pieces.get(2)).toMatchObject([{ kind: 'layer', recipients: ['cleo'], sourceId: 'backup' }]);
  // Whoever is not known is nobody, as for a stage that runs.
  const without = piecesBetween(compiled, from, to, (id) => id !== 'cleo');
  expect(without.get(2)).toMatchObject([{ kind: 'gap', recipients: [] }]);
});

it('says what is wrong with one that is being written, by its place', () => {
  const [layer] = SCHEDULE.layers;
  const wrong = {
    ...SCHEDULE,
    layers: [{ ...layer, rotation: { ...layer.rotation, every: 'sometimes', members: [] } }],
  };
  const read = readSchedule(wrong);
  expect(read.ok).toBe(false);
  expect(read.ok ? [] : [...read.problems.keys()]).toContain('layers.0.rotation.members');
});

it('reads times by the clocks of the zone, and names it', () => {
  const at = Date.parse('2026-11-30T08:00:00Z');
  expect(zonedText(at, 'Asia/Kolkata')).toBe('Mon 30 Nov 13:30 GMT+5:30');
  expect(isOver('2026-11-30T09:00', 'Europe/Paris', at)).toBe(true);
  expect(isOver('2026-11-30T09:01', 'Europe/Paris', at)).toBe(false);
});
