// Where the library strays from CEL, ours does not: times apart from the machine's zone, numbers out of texts, lists that
// grow without changing the ones before.
import { afterEach, describe, expect, it } from 'vitest';
import { compileCondition } from './condition.ts';

function value(source: string, data: unknown = {}): unknown {
  const compiled = compileCondition(source, { names: ['data'] });
  if (!compiled.ok) return compiled.message;
  const result = compiled.condition.evaluate({ data });
  return result.ok ? result.value : result.detail;
}

describe('parts of a timestamp', () => {
  const zone = process.env.TZ;
  afterEach(() => {
    if (zone === undefined) delete process.env.TZ;
    else process.env.TZ = zone;
  });

  it.each(['UTC', 'Europe/Paris', 'America/Los_Angeles', 'Australia/Lord_Howe'])(
    'are the same on a machine in %s',
    (tz) => {
      process.env.TZ = tz;
      const spring = "timestamp('2026-03-29T02:30:00Z')";
      expect(value(`[${spring}.getHours(), ${spring}.getDayOfYear(), ${spring}.getDayOfWeek()]`)).toEqual([2, 87, 0]);
      expect(
        value(`[${spring}.getHours('Europe/Paris'), ${spring}.getHours('02:00'), ${spring}.getHours('-02:00')]`),
      ).toEqual([4, 4, 0]);
      expect(value("timestamp('2026-07-01T00:00:00Z').getDayOfYear()")).toBe(181);
      const march = "timestamp('2026-03-08T02:30:07.250Z')";
      expect(
        value(
          `[${march}.getMonth(), ${march}.getDate(), ${march}.getDayOfMonth(), ${march}.getSeconds(), ${march}.getMilliseconds()]`,
        ),
      ).toEqual([2, 8, 7, 7, 250]);
    },
  );

  it('begin with the year 1', () => expect(value("timestamp('0001-01-01T00:00:00Z').getFullYear()")).toBe(1));
});

describe('conversions', () => {
  it('takes numbers as seconds, as it gives them', () => {
    expect(value('timestamp(1700000000)')).toBe('2023-11-14T22:13:20.000Z');
    expect(value('int(timestamp(1700000000))')).toBe(1_700_000_000);
    expect(value('timestamp(data.n)', { n: 300_000_000_000 })).toContain('out of range');
  });

  it.each(['', ' 5', '0x10', '5.0', 'abc', '99999999999999999999'])('takes no whole number from %j', (text) => {
    expect(value('int(data.text)', { text })).toMatch(/not a whole number|too large/);
    expect(value('uint(data.text)', { text })).toMatch(/not a whole number|too large/);
  });

  it('takes decimal numbers from text', () => {
    for (const [text, number] of [
      ['1.5', 1.5],
      ['-2', -2],
      ['1e3', 1_000],
      ['.5', 0.5],
    ] as const)
      expect(value('double(data.text)', { text })).toBe(number);
    for (const text of ['', 'abc', '1,5', '0x10'])
      expect(value('double(data.text)', { text })).toContain('not a number');
    expect(value("double('-Infinity') < 0.0 && double('NaN') != double('NaN')")).toBe(true);
  });
});

describe('texts and lists', () => {
  it('counts characters, not code units', () => {
    expect(value('[size(data.s), data.s.size()]', { s: 'é😀a' })).toEqual([3, 3]);
    expect(value('size(data.s)', { s: '\ud83d' })).toBe(1);
  });

  it('joins lists without changing them', () => {
    expect(value('[[1] + [2]].map(x, [x + [3], x + [4], x])')).toEqual([
      [
        [1, 2, 3],
        [1, 2, 4],
        [1, 2],
      ],
    ]);
    expect(value('[1, 2, 3].filter(x, x > 1) + [1, 2].map(x, x * 2)')).toEqual([2, 3, 2, 4]);
    expect(value('([1] + [2])[1] + ([1] + [2]).size()')).toBe(4);
    expect(value('([1] + [2])[2]')).toContain('out of bounds');
  });
});
