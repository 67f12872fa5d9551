// The words of a push: one key per follow-up, whole actions, and never more bytes than there is room for.
import type { Instant } from '@relance/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { collapseKey, fitted, type PushWords, pushWords, usefulSeconds } from './push-words.ts';
import { sampleEnvelope } from './sample-envelope.ts';

const words = (body: string, more: Partial<PushWords> = {}): PushWords => ({
  ...pushWords(sampleEnvelope()),
  body,
  ...more,
});
const written = (text: string | null): PushWords => JSON.parse(text ?? 'null') as PushWords;

it('says what it is about, where it leads and what can be done', () => {
  expect(pushWords(sampleEnvelope())).toMatchObject({
    title: 'Hello',
    url: 'https://example.test/tasks/1',
    actions: [{ action: 'resolve', title: 'It is done' }, { action: 'acknowledge' }],
    tag: collapseKey(sampleEnvelope()),
  });
  const content = { subject: 'two\r\nlines\u2028', text: 'a\u0000b\nc \ud800' };
  expect(pushWords(sampleEnvelope({ content }))).toMatchObject({
    title: 'two lines',
    body: 'a b\nc \ufffd',
    actions: [],
  });
  expect(pushWords(sampleEnvelope({ content: { text: 'x' } })).title).toBe('A task');
});

it('the key of a follow-up is a Topic, and no other’s, nor that of a message which is about others as well', () => {
  fc.assert(
    fc.property(fc.uuid(), fc.uuid(), fc.uuid(), (one, two, id) => {
      const key = (followUp: string, carries?: number) =>
        collapseKey({ id, followUp, ...(carries === undefined ? {} : { carries }) });
      expect(key(one)).toMatch(/^[A-Za-z0-9_-]{32}$/);
      expect(key(one) === key(two)).toBe(one === two);
      expect(key(one, 0)).toBe(key(one));
      expect(key(one, 1)).not.toBe(key(one));
      expect(key(one, 1)).toBe(key(two, 2));
    }),
  );
});

describe('fitting', () => {
  it('never passes the limit, cuts no character, and gives up the body before the actions', () => {
    const body = fc
      .array(fc.constantFrom('word ', '完', '🎉', '"', '\n', 'é'), { maxLength: 3_000 })
      .map((all) => all.join(''));
    fc.assert(
      fc.property(body, fc.integer({ min: 700, max: 4_000 }), (text, limit) => {
        const fit = fitted(words(text), limit, JSON.stringify);
        expect(Buffer.byteLength(fit ?? '')).toBeLessThanOrEqual(limit);
        const { body: cut, actions } = written(fit);
        expect(cut.isWellFormed()).toBe(true);
        expect(actions).toHaveLength(2);
        if (cut !== text) {
          expect(cut.endsWith('…')).toBe(true);
          expect(text.startsWith(cut.slice(0, -1))).toBe(true);
        }
      }),
      { numRuns: 50 },
    );
  });

  it('gives up actions from the last on, then the address, then itself', () => {
    const url = `https://example.test/${'x'.repeat(300)}`;
    const many = words('text', { url, actions: [1, 2, 3].map((n) => ({ action: `a${n}`, title: 't', url })) });
    const at = (limit: number) => fitted(many, limit, JSON.stringify);
    expect(written(at(2_000)).actions).toHaveLength(3);
    expect(written(at(1_100)).actions.map(({ action }) => action)).toEqual(['a1']);
    expect(written(at(400))).toMatchObject({ actions: [], url: null, title: 'Hello' });
    expect(at(50)).toBeNull();
  });
});

it.each([
  [null, 1_000_000, 86_400],
  [null, 100, 100],
  [3_600_000, 1_000_000, 3_600],
  [999, 1_000_000, 0],
  [-5_000, 1_000_000, 0],
  [90 * 86_400_000, 2_419_200, 2_419_200],
])('useful for %s ms, at most %d s: %d s', (usefulMs, max, seconds) => {
  const { at } = sampleEnvelope();
  const usefulUntil = usefulMs === null ? null : ((at + usefulMs) as Instant);
  expect(usefulSeconds(sampleEnvelope({ usefulUntil }), max)).toBe(seconds);
});
