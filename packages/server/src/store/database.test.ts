// Which errors mean "not now" (503, try again) rather than "wrong" (500).
import { describe, expect, it } from 'vitest';
import { isDatabaseDown } from './database.ts';

const coded = (code: string) => Object.assign(new Error('words'), { code });

describe('a database that cannot serve at the moment', () => {
  it.each([
    ['08006', 'connection failure'],
    ['25006', 'read-only: the standby of a fail-over, or the primary that lost it'],
    ['25P03', 'our own limit on idle transactions, after a frozen node woke up'],
    ['53000', 'insufficient resources'],
    ['53100', 'disk full'],
    ['53200', 'out of memory'],
    ['53300', 'too many connections'],
    ['57P01', 'shut down by an administrator'],
    ['57P03', 'starting up'],
    ['57P05', 'idle session ended'],
    ['58030', 'input/output error'],
    ['ECONNREFUSED', 'nobody listens'],
    ['EAI_AGAIN', 'the name service is away'],
    ['EHOSTUNREACH', 'no way there'],
    ['ENETUNREACH', 'no network'],
  ])('%s: %s', (code) => {
    expect(isDatabaseDown(coded(code))).toBe(true);
  });
});

describe('a statement that is wrong', () => {
  it.each(['22P02', '22P05', '23505', '42501', '42P01', '54000', '57014'])('%s', (code) => {
    expect(isDatabaseDown(coded(code))).toBe(false);
  });
});
