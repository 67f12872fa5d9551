// What every tenant may read of how the server's own connections fare: which kind of trouble it is, and nothing that somebody has said.
import { expect, it } from 'vitest';
import { wordsForAll } from './server-health.ts';

const LOG = 'what it said is in the log of the server';
it.each([
  ['connect ECONNREFUSED 127.0.0.1:2525', 'connect ECONNREFUSED'],
  ['getaddrinfo ENOTFOUND mail.internal.example.com', 'getaddrinfo ENOTFOUND'],
  ['getaddrinfo EAI_AGAIN mail.internal.example.com', 'getaddrinfo EAI_AGAIN'],
  ['451 4.7.1 <ELENA@CLINIC.TEST>: greylisted', '451 4.7.1'],
  ['ESOCKET: connect ECONNREFUSED 127.0.0.1:2525', 'connect ECONNREFUSED'],
  ['ESOCKET: Socket closed', 'ESOCKET'],
  ['certificate of mail.internal: CERT_HAS_EXPIRED', 'CERT_HAS_EXPIRED'],
  ['451 4.7.1 <ana@example.test>: greylisted for 300 s', '451 4.7.1'],
  ['454 to ana@example.test and bo@example.test', '454'],
  ['Invalid login: 535 5.7.8 "relance-user" hunter2hunter2', '535 5.7.8, signing in was refused'],
  ['503: try later, Ana', '503'],
  ['Connection timeout', 'no answer in time'],
  ['its adapter threw', 'its adapter threw'],
])('%s', (said, kept) => {
  expect(wordsForAll(said)).toBe(kept);
});

it.each([
  'The number +34 (600) 000 001 is busy',
  '+34.600.000.001',
  'user relance-prod password hunter2hunter2',
  'invalid api key sk_live_51HabcDEF',
  'Subject: Dismissal of Ana Lopez',
  'rejected: EMPLOYEE DISMISSAL, ERR_ANA',
  "rejected 'Your HIV results, Ana Lopez'",
  'See https://provider.test/u/ana?key=1 for more',
])('%s is in the log alone', (said) => {
  expect(wordsForAll(said)).toBe(LOG);
});

it('is whole, whatever is said and wherever it is cut', () => {
  for (let at = 990; at < 1_004; at++) {
    const words = wordsForAll(`${'x '.repeat(at).slice(0, at)}😀 tail`) ?? '';
    expect([words, words.isWellFormed()]).toEqual([LOG, true]);
  }
  expect(wordsForAll('')).toBe(LOG);
  expect(wordsForAll(null)).toBeNull();
});
