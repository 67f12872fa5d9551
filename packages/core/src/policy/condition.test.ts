// What users write in `when`, `key`, `assignee` and their like, and what they get.
import { describe, expect, it } from 'vitest';
import { CONDITION_LENGTH_MAX, compileCondition } from './condition.ts';

const names = ['event', 'data', 'now', 'followUp', 'subject'];

function evaluate(source: string, scope: Record<string, unknown> = {}) {
  const compiled = compileCondition(source, { names });
  if (!compiled.ok) throw new Error(`${compiled.message} (${compiled.at})`);
  return compiled.condition.evaluate(scope);
}
const value = (source: string, scope: Record<string, unknown> = {}) => {
  const result = evaluate(source, scope);
  if (!result.ok) throw new Error(result.detail);
  return result.value;
};
const detail = (source: string, scope: Record<string, unknown> = {}) => {
  const result = evaluate(source, scope);
  return result.ok ? `no error but ${JSON.stringify(result.value)}` : result.detail;
};
const refused = (source: string) => {
  const compiled = compileCondition(source, { names });
  return compiled.ok ? 'accepted' : { at: compiled.at, message: compiled.message };
};

describe('numbers of JSON', () => {
  it('reads whole numbers as integers, so that ids read as written', () => {
    expect(value("'invoice/' + string(event.data.id)", { event: { data: { id: 42 } } })).toBe('invoice/42');
    expect(value('string(data.big)', { data: { big: 9007199254740991 } })).toBe('9007199254740991');
  });

  it('compares and calculates across whole and broken numbers', () => {
    const data = { amount: 600, rate: 1.5, n: 2 };
    expect(value('data.amount > 500', { data })).toBe(true);
    expect(value('data.rate > 1', { data })).toBe(true);
    expect(value('data.amount > 599.5', { data })).toBe(true);
    expect(value('data.amount == 600.0', { data })).toBe(true);
    expect(value('data.n + 1', { data })).toBe(3);
    expect(value('data.rate + 1', { data })).toBe(2.5);
    expect(value('data.amount * 1.5', { data })).toBe(900);
    expect(value('1 - data.rate', { data })).toBe(-0.5);
    expect(value('data.rate / 2', { data })).toBe(0.75);
    expect(value('data.amount * data.n', { data })).toBe(1200);
  });

  it('divides whole numbers as CEL does, without a rest', () => {
    expect(value('5 / 2')).toBe(2);
    expect(value('5 / 2.0')).toBe(2.5);
    expect(detail('5 / 0')).toContain('divide by zero');
    expect(detail('5.0 / 0')).toContain('not a number');
  });

  it('gives integers beyond 2^53 as text instead of a wrong number', () => {
    expect(value('9223372036854775807')).toBe('9223372036854775807');
  });
});

describe('moments', () => {
  const now = Date.UTC(2026, 10, 24, 9, 0, 0);
  it('takes now as a timestamp and gives timestamps as RFC 3339', () => {
    expect(value('now', { now })).toBe('2026-11-24T09:00:00.000Z');
    expect(value("now + duration('90m')", { now })).toBe('2026-11-24T10:30:00.000Z');
    expect(value('timestamp(data.x) < now', { now, data: { x: '2026-11-24T08:59:59Z' } })).toBe(true);
    expect(value('now - timestamp(data.x)', { now, data: { x: '2026-11-24T08:00:00Z' } })).toBe('3600s');
  });

  it("takes the follow-up's own moments as timestamps", () => {
    expect(value("now - followUp.openedAt > duration('1h')", { now, followUp: { openedAt: now - 3_600_001 } })).toBe(
      true,
    );
    expect(value('followUp.dueAt == null', { now, followUp: { dueAt: null } })).toBe(true);
  });
});

describe('data', () => {
  it('gives lists and maps as plain data, and the same object where nothing changed', () => {
    const data = { list: [1, 'a', null, { deep: true }], map: { x: 1.5 } };
    expect(value('data', { data })).toEqual(data);
    expect(value('data.list.map(x, x)', { data })).toEqual(data.list);
    expect(value("{'id': data.map.x, 'n': size(data.list)}", { data })).toEqual({ id: 1.5, n: 4 });
    expect(value('has(data.map.x) && !has(data.map.y)', { data })).toBe(true);
    expect(value("'x' in data.map", { data })).toBe(true);
    expect(value('data.map.all(key, key == "x")', { data })).toBe(true);
  });

  it('says which field is missing', () => {
    expect(detail('data.amount > 500', { data: {} })).toBe('no such field "amount" (character 4)');
    expect(detail('data.a.b', { data: { a: null } })).toContain('b');
  });

  it('treats __proto__ and constructor as names like any other', () => {
    const data = JSON.parse('{"__proto__": {"admin": true}, "id": 1}');
    expect(value("data['__proto__'].admin", { data })).toBe(true);
    expect(detail('data.constructor', { data })).toContain('no such field "constructor"');
    expect(detail('data.toString', { data })).toContain('no such field "toString"');
    const made = value("{'__proto__': {'admin': true}}") as Record<string, unknown>;
    expect(Object.getPrototypeOf(made)).toBe(Object.prototype);
    expect((made as { admin?: boolean }).admin).toBeUndefined();
    expect(Object.keys(made)).toEqual(['__proto__']);
    expect(refused('constructor')).toMatchObject({ at: 0 });
  });

  it('survives data nested thousands deep', () => {
    let deep: unknown = 1;
    for (let level = 0; level < 20_000; level++) deep = [deep];
    const result = evaluate('data', { data: deep });
    expect(result).toEqual({ ok: false, detail: 'the data is nested too deeply' });
  });
});

describe('refusals at publication', () => {
  it('points at unknown names and functions', () => {
    expect(refused('data.amount > limit')).toMatchObject({ at: 14, message: expect.stringContaining('"limit"') });
    expect(refused('data.items.exists(x, x.a == y)')).toMatchObject({ at: 28 });
    expect(refused('data.items.exists(x, x.a == 1)')).toBe('accepted');
    expect(refused('x.y')).toMatchObject({ at: 0 });
    expect(refused('type(data) == map')).toBe('accepted');
    expect(refused('1 + lenght(data)')).toMatchObject({ at: 4, message: expect.stringContaining('"lenght"') });
    expect(refused('google.protobuf.Timestamp{seconds: 1}')).not.toBe('accepted');
  });

  it('points at what cannot be read', () => {
    expect(refused('')).toMatchObject({ at: 0 });
    expect(refused('data.amount >')).toMatchObject({ at: expect.any(Number) });
    expect(refused("data == 'abc")).toMatchObject({ message: expect.stringContaining('unexpected') });
    expect(refused(`'${'a'.repeat(CONDITION_LENGTH_MAX)}'`)).toMatchObject({ at: CONDITION_LENGTH_MAX });
    expect(refused(`${'('.repeat(2000)}1${')'.repeat(2000)}`)).not.toBe('accepted');
    expect(refused(`${'['.repeat(300)}1${']'.repeat(300)}`)).not.toBe('accepted');
  });
});

describe('limits of one evaluation', () => {
  it('ends nested comprehensions', () => {
    const ten = '[0,1,2,3,4,5,6,7,8,9]';
    let source = 'true';
    for (let level = 0; level < 12; level++) source = `${ten}.all(x${level}, ${source})`;
    expect(detail(source)).toContain('steps');
  });

  it('ends strings that double', () => {
    let source = "'aaaaaaaaaaaaaaaa'";
    for (let level = 0; level < 30; level++) source = `[${source}].map(x, x + x + x + x)[0]`;
    expect(detail(source)).toMatch(/too long|too much work/);
  });

  it('ends comparisons and searches that read long data again in every step', () => {
    const data = {
      l: Array.from({ length: 9_000 }, (_, index) => index),
      s: 'a'.repeat(1_000_000),
      p: '((a{0,100}){0,10})'.repeat(20),
      m: {},
    };
    for (const source of [
      'data.l.all(x, x in data.l)',
      'data.l.all(x, data.l == data.l)',
      'data.l.all(x, [data.l] != [[]])',
      "data.l.all(x, !data.s.contains('b'))",
      'data.l.all(x, size(data.s) > 0)',
      "data.l.all(x, (data.s + 'x') != 'y')",
      "data.l.all(x, data.s.matches('a*'))",
      'data.s.matches(data.p)',
    ]) {
      expect([source, detail(source, { data })]).toEqual([
        source,
        expect.stringMatching(/too much work|pattern is too large/),
      ]);
    }
  });

  it('leaves ordinary questions alone, also after one that was ended', () => {
    const data = {
      l: Array.from({ length: 900 }, (_, index) => ({ id: index, tags: ['a', 'b'] })),
      s: 'a'.repeat(10_000),
    };
    expect(value("data.l.exists(x, x.id == 899 && 'b' in x.tags)", { data })).toBe(true);
    expect(value("data.s.matches('^a+$') && data.s.contains('aaa') && size(data.s) == 10000", { data })).toBe(true);
    expect(value("'a' == 'a' && 1 == 1.0 && [1, {'a': 2}] == [1.0, {'a': 2}] && null != 1 && 'x' in {'x': 1}")).toBe(
      true,
    );
  });

  it('maps a list of thousands', () => {
    const data = { items: Array.from({ length: 5_000 }, (_, id) => ({ id })) };
    expect((value('data.items.map(x, string(x.id))', { data }) as string[]).at(-1)).toBe('4999');
  });
});
