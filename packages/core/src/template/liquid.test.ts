// That templates are Liquid: the documented language, case by case, what is refused of it, and what comes out otherwise.
import { describe, expect, it } from 'vitest';
import { checkTemplate } from './check.ts';
import { writeText } from './liquid.ts';
import { CASES, DATA, OTHERWISE, REFUSED } from './liquid-cases.test-kit.ts';

const SCOPE = { ...DATA, now: '2026-11-02T09:00:00Z', zone: 'UTC', locale: 'en' };
const written = (text: string): string => {
  try {
    return writeText(text, 'plain', SCOPE);
  } catch (error) {
    return (error as Error).message;
  }
};
const differing = (cases: readonly (readonly [string, string, ...unknown[]])[]) =>
  cases.map(([text, expected]) => [text, written(text), expected]).filter(([, is, expected]) => is !== expected);

describe('Liquid', () => {
  it('has many cases', () => expect(Object.values(CASES).flat().length).toBeGreaterThanOrEqual(250));
  it.each(Object.entries(CASES))('%s', (_what, cases) => expect(differing(cases)).toEqual([]));
  it('comes out otherwise only where that is written down', () => expect(differing(OTHERWISE)).toEqual([]));
  it.each(REFUSED)('refuses %s: %s', (text) => {
    expect(checkTemplate({ sms: { text } })).toHaveLength(1);
  });
});
