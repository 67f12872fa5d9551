// What every tenant may read of how the server's own connections fare: what is wrong, and nobody's address, number, link or key.
import { expect, it } from 'vitest';
import { wordsForAll } from './server-health.ts';

it.each([
  ['connect ECONNREFUSED 127.0.0.1:2525', 'connect ECONNREFUSED 127.0.0.1:2525'],
  ['451 4.7.1 <ana@example.test>: greylisted for 300 s', '451 4.7.1 …: greylisted for 300 s'],
  ['454 to ana@example.test and bo@example.test', '454 to … and …'],
  ['getaddrinfo ENOTFOUND email-smtp.eu-west-1.example.com', 'getaddrinfo ENOTFOUND email-smtp.eu-west-1.example.com'],
  ['The number +34 600 000 001 is busy', 'The number … is busy'],
  ['See https://provider.test/u/ana?key=1 for more', 'See … for more'],
  ['Invalid login: 535 "relance-user" dGhpcyBpcyBhIHZlcnkgc2VjcmV0', 'Invalid login: 535 … …'],
])('%s', (said, kept) => {
  expect(wordsForAll(said)).toBe(kept);
});

it('is short, also of a provider that says much', () => {
  expect(wordsForAll('later '.repeat(1_000))).toHaveLength(200);
  expect(wordsForAll(null)).toBeNull();
});
