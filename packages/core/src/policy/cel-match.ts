// Patterns (`matches`): RE2, which never backtracks, with a limit on how large a pattern may be and a price for each
// match, because a pattern of a few characters can stand for thousands of states. Compiled patterns are kept; what is
// charged does not depend on it.
import { RE2JS } from '@bufbuild/re2';
import { CHARACTERS_PER_UNIT, charge, evaluationNumber } from './cel-budget.ts';

/** Characters and repetitions, as weightOf counts them: compiling takes some milliseconds at most. */
export const PATTERN_WEIGHT_MAX = 1_500;
/** A class of Unicode has hundreds of ranges. */
const UNICODE_WEIGHT = 10;
const COMPILE_UNITS = 10;
/** States are made while a text is read for the first time; later characters find theirs. */
const STATES_MAX = 1_000;
const KEPT_MAX = 200;

interface Pattern {
  readonly compiled: { test(text: string): boolean };
  readonly weight: number;
  /** The evaluation that paid for it last. */
  paidIn: number;
}
const kept = new Map<string, Pattern>();

/** Every repetition `{n,m}` copies what it repeats. */
function weightOf(pattern: string): number {
  let copies = 0;
  for (const [, least, most] of pattern.matchAll(/\{(\d{1,4})(?:,(\d{0,4}))?\}/g))
    copies += Math.max(Number(least), Number(most ?? 0));
  return pattern.length + copies * (/\\p/i.test(pattern) ? UNICODE_WEIGHT : 1);
}

function patternOf(text: string): Pattern {
  const known = kept.get(text);
  if (known !== undefined) return known;
  const weight = weightOf(text);
  if (weight > PATTERN_WEIGHT_MAX) throw new Error('the pattern is too large; shorten it, or repeat less in it');
  const fresh: Pattern = { compiled: RE2JS.compile(text), weight, paidIn: 0 };
  for (const oldest of kept.keys()) if (kept.size >= KEPT_MAX) kept.delete(oldest);
  kept.set(text, fresh);
  return fresh;
}

/** Whether the pattern is found in the text. */
export function matches(text: string, source: string): boolean {
  charge(1 + source.length / CHARACTERS_PER_UNIT);
  const pattern = patternOf(source);
  if (pattern.paidIn !== evaluationNumber()) charge(pattern.weight * COMPILE_UNITS);
  pattern.paidIn = evaluationNumber();
  charge((Math.min(text.length, STATES_MAX) * pattern.weight) / 2 + text.length / CHARACTERS_PER_UNIT);
  return pattern.compiled.test(text);
}
