// The small line: from edge to edge, flat where nothing changes, and none where there is nothing to connect.
import { describe, expect, it } from 'vitest';
import { lineOf } from './spark-line.ts';

const WEEK = { from: '2026-11-01', to: '2026-11-08' };
const SIZE = { width: 74, height: 24 };

describe('a small line', () => {
  it('goes from the lowest to the highest, at their days', () => {
    const points = [
      { day: '2026-11-01', value: 0.2 },
      { day: '2026-11-03', value: 0.4 },
      { day: '2026-11-08', value: 0.3 },
    ];
    expect(lineOf(points, WEEK, SIZE)).toBe('M2.0 22.0 L22.0 2.0 L72.0 12.0');
  });

  it('is flat where nothing changes', () => {
    const points = ['2026-11-01', '2026-11-08'].map((day) => ({ day, value: 3 }));
    expect(lineOf(points, WEEK, SIZE)).toBe('M2.0 12.0 L72.0 12.0');
  });

  it('is not there for one day or none', () => {
    expect(lineOf([], WEEK, SIZE)).toBe('');
    expect(lineOf([{ day: '2026-11-01', value: 1 }], WEEK, SIZE)).toBe('');
    expect(lineOf([{ day: '2026-11-01', value: 1 }], { from: '2026-11-01', to: '2026-11-01' }, SIZE)).toBe('');
  });
});
