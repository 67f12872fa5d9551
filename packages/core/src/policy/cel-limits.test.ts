// The nastiest patterns and expressions we know: each is refused at publication, or is done, with a value or by its budget, in the time
// of an ordinary loop some times over. Both are measured one after the other, so that it says the same on a machine that is slow or shared.
import { describe, expect, it } from 'vitest';
import { type Condition, compileCondition } from './condition.ts';

/** An ordinary loop over all that a list may have. */
const FLOOR = 'data.long.all(x, x >= 0)';
/** A budget is worth some loops of that kind; what escapes it takes hundreds, and often thousands. */
const FLOORS_MAX = 20;
/** The best of them counts: what the machine does beside is nobody's work. */
const RUNS = 40;

const data = {
  text: 'a'.repeat(1_000),
  near: `${'a'.repeat(200)}!`,
  words: Array.from({ length: 100 }, (_, index) => `${'word '.repeat(10)}${index}`),
  list: Array.from({ length: 200 }, (_, index) => index),
  map: Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`key${index}`, index])),
  long: Array.from({ length: 9_000 }, (_, index) => index),
  huge: 'a'.repeat(500_000),
  deep: JSON.parse(`${'['.repeat(500)}${']'.repeat(500)}`) as unknown,
};

const compiledOf = (source: string) => compileCondition(source, { names: ['data'] });
const floor = compiledOf(FLOOR);

function timeOf(evaluate: Condition['evaluate']): number {
  const startedAt = performance.now();
  evaluate({ data });
  return performance.now() - startedAt;
}

/** How many ordinary loops it is worth. */
function worth(evaluate: Condition['evaluate'], runs = RUNS): number {
  if (!floor.ok) throw new Error(floor.message);
  let best = Number.POSITIVE_INFINITY;
  for (let run = 0; run < runs && best > FLOORS_MAX; run++)
    best = Math.min(best, timeOf(evaluate) / timeOf(floor.condition.evaluate));
  return best;
}
const quick = (source: string): void => {
  const compiled = compiledOf(source);
  if (compiled.ok) expect(worth(compiled.condition.evaluate)).toBeLessThanOrEqual(FLOORS_MAX);
};

it('what takes many times as long is noticed', () => {
  if (!floor.ok) throw new Error(floor.message);
  const { evaluate } = floor.condition;
  const endless: typeof evaluate = (scope) => Array.from({ length: 60 }, () => evaluate(scope))[0] ?? evaluate(scope);
  expect(worth(evaluate)).toBeLessThanOrEqual(FLOORS_MAX);
  expect(worth(endless, 1)).toBeGreaterThan(FLOORS_MAX);
});

const PATTERNS = [
  '^(a+)+$', '^(a|a)*$', '^(a|aa)+$', '(.*a){20}', '(x+x+)+y', '^(([a-z])+.)+[A-Z]([a-z])+$', '(a*)*b', '(a|a?)+$',
  '(.*)(.*)(.*)(.*)(.*)=', '([a-zA-Z]+)*$', '^(a?){50}a{50}$', 'a{1000}', '(a{1,100}){10}', '(a{1000}){1000}',
  '((a{0,100}){0,10})', '(((a{0,10}){0,10}){0,10})', '[[:alpha:]]{500}', '\\\\p{L}{900}', '(\\\\pL|\\\\pN){300}',
  '(?s).{0,1000}z', '(.|.|.|.|.|.|.|.)*z', '(?=a)', '(a)\\\\1', 'a**', '(?<n>a', '[z-a]', '\\\\C*', '(a|b|ab)*c',
  '((a?)(b?)(c?)(d?)){200}', '^(.*?,){11}P', '(\\\\w+\\\\s?)*!$', '(?i:[à-ÿ]{400})', '^(\\\\d+\\\\.?)+$', '(([^,]*),?)*;',
  `(?i)${'k'.repeat(900)}`, `(${'a|'.repeat(1_500)}b)`, `${'('.repeat(400)}a${')'.repeat(400)}`, '[^a]'.repeat(900),
  `${'.*'.repeat(700)}z`, '((a{0,100}){0,10})'.repeat(20), '\\\\pL{0,30}'.repeat(100), `${'a?'.repeat(300)}${'a'.repeat(300)}`,
]; // biome-ignore format: a table

describe('patterns', () => {
  it.each(PATTERNS.map((pattern) => [pattern.slice(0, 40), pattern]))('%s', (_, pattern) => {
    quick(`data.text.matches('${pattern}')`);
    quick(`data.near.matches('${pattern}')`);
    quick(`data.words.exists(word, word.matches('${pattern}'))`);
  });
});

const nested = (levels: number): string =>
  Array.from({ length: levels }).reduce<string>((inner, _, level) => `data.list.all(x${level}, ${inner})`, 'true');

const EXPRESSIONS = [
  nested(2), nested(12), 'data.long.all(x, data.long.exists(y, true))', 'data.long.map(x, data.long)',
  'data.long.map(x, data.huge)', 'data.list.map(x, data.list.map(y, [x, y]))', 'data.long.all(x, x in data.long)',
  'data.list.all(x, data.list == data.list)', 'data.long.all(x, [data.long] != [[]])', 'data.deep == data.deep',
  "data.long.all(x, data.huge.contains('b'))", 'data.long.all(x, size(data.huge) > 0)',
  'data.long.all(x, bytes(data.huge).size() > 0)', "data.long.all(x, string(bytes(data.huge)) != '')",
  'data.long.all(x, data.huge.startsWith(data.huge))', 'data.long.all(x, data.huge < data.huge)',
  "data.long.all(x, (data.huge + 'x') != 'y')", "data.long.all(x, data.huge.matches('a*b'))",
  'data.long.all(x, data.long + data.long != [])', 'data.words.filter(x, data.map == data.map).size() > 0',
  'data.map.all(k, data.map[k] > -1)', "data.list.all(x, 'key1' in data.map)", 'data.list.all(x, x.nope == 1)',
  'data.long.all(x, int(data.huge) > 0)', "data.long.all(x, duration(string(x) + 'h') > duration('1s'))",
  "data.long.all(x, timestamp(x).getHours('Europe/Paris') == 1)", 'data.list.map(x, x).map(y, y).map(z, z) != []',
  `[${'data.list, '.repeat(50)}1].all(x, x != data.list)`, `${'data.long.map(x, '.repeat(60)}x${')'.repeat(60)} == []`,
  `${'('.repeat(1_500)}1${')'.repeat(1_500)} == 1`, `${'!'.repeat(2_001)}true`, `${'-'.repeat(1_500)}1 == 1`,
  `${'1+'.repeat(2_000)}1 == 1`, `${'true||'.repeat(600)}true`, `${'true?'.repeat(300)}true${':false'.repeat(300)}`,
  `data${'.a'.repeat(1_500)} == 1`, `${'['.repeat(900)}${']'.repeat(900)} == []`, `data${'[0]'.repeat(900)} == 1`,
  `${'size('.repeat(400)}data${')'.repeat(400)} == 1`, `${'9'.repeat(4_000)} > 1`, `1e${'9'.repeat(3_000)} > 1.0`,
  `/* ${'*'.repeat(3_000)}`, `'${'\\\\'.repeat(1_900)}' == ''`, `[${'1,'.repeat(1_900)}1].all(x, x == 1)`,
  `${'{1:'.repeat(600)}1${'}'.repeat(600)} == {}`,
]; // biome-ignore format: a table

describe('expressions', () => {
  it.each(EXPRESSIONS.map((source) => [source.slice(0, 60), source]))('%s', (_, source) => quick(source));

  it('are refused where they are longer or deeper than an expression is', () => {
    const refused = (source: string) => {
      const compiled = compileCondition(source, { names: ['data'] });
      return compiled.ok ? 'fine' : compiled.message;
    };
    expect(refused(`${' '.repeat(4_096)}true`)).toContain('longer than');
    expect(refused(`data${'.a'.repeat(1_500)} == 1`)).toContain('nested too deeply');
    expect(refused("data.text.matches('(a{0,100}){0,10}(b{0,100}){0,10}(c{0,100}){0,10}'.replace('', ''))")).toContain(
      'unknown',
    );
    expect(refused("data.text.matches('\\\\p{L}{900}')")).toContain('pattern is too large');
  });

  it('take an ordinary amount of data', () => {
    for (const source of [
      'data.long.all(x, x >= 0)',
      'data.long.map(x, x).size() == 9000',
      "data.words.all(word, word.matches('^(word )+[0-9]{1,3}$'))",
      "data.list.exists(x, data.map.exists(key, key == 'key99' && x == 59))",
      "size(data.huge) == 500000 && data.huge.matches('^a+$')",
    ]) {
      const compiled = compileCondition(source, { names: ['data'] });
      expect([source, compiled.ok && compiled.condition.evaluate({ data })]).toMatchObject([source, { ok: true }]);
    }
  });
});
