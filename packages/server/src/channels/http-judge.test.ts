// What every HTTP status and every way of not answering means for a hand-over.
import { describe, expect, it } from 'vitest';
import { judgeHttp, judgeNoAnswer, retryAfterOf, wordsOf } from './http-judge.ts';

describe('a status', () => {
  it.each([
    [200, 'accepted', 'accepted'],
    [202, 'accepted', 'accepted'],
    [301, 'rejected', 'rejected'],
    [400, 'rejected', 'rejected'],
    [401, 'retry', 'retry'],
    [403, 'retry', 'retry'],
    [404, 'rejected', 'rejected'],
    [408, 'retry', 'retry'],
    [410, 'rejected', 'rejected'],
    [425, 'retry', 'retry'],
    [429, 'retry', 'retry'],
    [500, 'uncertain', 'retry'],
    [502, 'uncertain', 'retry'],
    [503, 'retry', 'retry'],
    [504, 'uncertain', 'retry'],
    [0, 'uncertain', 'retry'],
  ])('%i: %s, and %s where the provider knows our ids', (status, without, known) => {
    expect(judgeHttp({ status, honoursIds: false }).kind).toBe(without);
    expect(judgeHttp({ status, honoursIds: true }).kind).toBe(known);
  });
  it('of an address that refuses us is final', () => {
    expect(judgeHttp({ status: 403, honoursIds: true, refusal: 'address' }).kind).toBe('rejected');
  });
});

it('without an answer nobody knows, unless nothing can have arrived', () => {
  const reset = { code: 'ECONNRESET' };
  expect(judgeNoAnswer(reset, { sent: true, honoursIds: false }).kind).toBe('uncertain');
  expect(judgeNoAnswer(reset, { sent: true, honoursIds: true }).kind).toBe('retry');
  expect(judgeNoAnswer(reset, { sent: false, honoursIds: false }).kind).toBe('retry');
  expect(judgeNoAnswer({ code: 'ECONNREFUSED' }, { sent: true, honoursIds: false }).kind).toBe('retry');
});

it.each([
  ['120', null, 120_000],
  ['99999999', null, 86_400_000],
  ['Mon, 02 Nov 2026 09:01:00 GMT', 'Mon, 02 Nov 2026 09:00:00 GMT', 60_000],
  ['Mon, 02 Nov 2026 09:01:00 GMT', null, null],
  ['Mon, 02 Nov 2026 08:00:00 GMT', 'Mon, 02 Nov 2026 09:00:00 GMT', null],
  ['soon', null, null],
  [null, null, null],
])('Retry-After %s, answered at %s, is %s ms', (text, date, ms) => {
  expect(retryAfterOf(text, date)).toBe(ms);
});

it('the words of a provider are cut between characters', () => {
  for (const text of [`${'a'.repeat(299)}😀`, `${' '.repeat(3_999)}😀`, '\ud83d'])
    expect(wordsOf(text).isWellFormed()).toBe(true);
});

it('the words of a provider carry no address, no number and no line break', () => {
  expect(wordsOf('no such user <ana@example.test>\r\nat +34600000000')).toBe('no such user <address> at <number>');
});
