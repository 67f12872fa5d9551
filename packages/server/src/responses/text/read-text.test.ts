// What a text message asks for, of what its writer may answer: codes, words with one and with several open, and what is left to people.
import type { Action, Instant } from '@relance/core';
import { describe, expect, it } from 'vitest';
import { type Answerable, readText } from './read-text.ts';

const writer = { locale: 'en-GB', zone: 'Europe/Paris', now: Date.UTC(2026, 10, 2, 9) as Instant };
const one: Answerable = {
  number: 1,
  followUp: 'f1',
  title: 'Invoice 17',
  live: true,
  actions: ['resolve', 'snooze', 'acknowledge'],
  own: [],
  theirs: true,
  endsOnReply: false,
};
const two: Answerable = { ...one, number: 2, followUp: 'f2', title: 'Invoice 18' };
const approve: Action = {
  id: 'approve',
  label: 'Approve it',
  outcome: 'approved',
  resolves: true,
  rejects: false,
  answer: null,
};
const summary = (text: string, all: readonly Answerable[] = [one]): string => {
  const read = readText(text, all, writer);
  if (read.kind === 'command') return `${read.of.followUp} ${read.command.kind}`;
  if (read.kind === 'which') return read.codes.map(({ code, title }) => `${code} ${title}`).join(', ');
  return read.kind;
};

describe('a code', () => {
  it.each([
    ['1', 'f1 resolve'],
    [' 1. ', 'f1 resolve'],
    ['#1', 'f1 resolve'],
    ['1)', 'f1 resolve'],
    ['1 done', 'f1 resolve'],
    ['1 DONE!', 'f1 resolve'],
    ['2', 'f1 snooze'],
    ['2 later', 'f1 snooze'],
    ['3 on it', 'f1 acknowledge'],
    ['10', 'f1 unacknowledge'],
    ['11', 'f1 resolve'],
    ['4', 'unknown_code'],
    ['51', 'unknown_code'],
    // It says two things, or another one.
    ['1 later', 'unclear'],
    ['1 not yet', 'unclear'],
    ['1234', 'unclear'],
    ['2 items are missing', 'unclear'],
    ['17 and 18 are paid', 'unclear'],
    ['1 2', 'unclear'],
  ])('"%s": %s', (text, expected) => expect(summary(text)).toBe(expected));

  it('means its own follow-up, also one that is over: whoever did it is told there', () => {
    expect(summary('22', [one, two])).toBe('f2 snooze');
    expect(summary('1', [{ ...one, live: false }, two])).toBe('f1 resolve');
  });
  it('of an action of the policy', () => {
    const own = { ...one, actions: ['approve', 'snooze'], own: [approve] };
    expect(summary('1 approve it', [own])).toBe('f1 answer');
    expect(summary('1 approve', [own])).toBe('unclear');
  });
});

describe('words', () => {
  it.each([
    ['done', 'f1 resolve'],
    ['Paid yesterday, thanks', 'f1 resolve'],
    ['ok', 'f1 acknowledge'],
    ['later', 'f1 snooze'],
    ['remind me tomorrow', 'f1 snooze'],
    ['I will do it by Friday', 'f1 commit'],
    ['not mine', 'f1 decline'],
    ['wrong number', 'unclear'],
    ['wrong person', 'f1 decline'],
    ['fait', 'unclear'], // one word of another language than theirs is a guess
    ['C’est fait', 'f1 resolve'],
    ['not done', 'unclear'],
    ['done?', 'unclear'],
    ['Friday', 'unclear'],
    ['please stop sending me messages', 'unclear'],
    ['', 'unclear'],
  ])('"%s": %s', (text, expected) => expect(summary(text)).toBe(expected));

  it('with several open ask which, and with none say nothing', () => {
    expect(summary('done', [one, two])).toBe('1 Invoice 17, 21 Invoice 18');
    expect(summary('later', [one, two])).toBe('2 Invoice 17, 22 Invoice 18');
    expect(summary('done', [{ ...one, live: false }, two])).toBe('f2 resolve');
    expect(summary('done', [{ ...one, live: false }])).toBe('unclear');
    // There is no code for a day of their own.
    expect(summary('I will do it by Friday', [one, two])).toBe('unclear');
  });

  it('give away and promise only what is asked of whoever writes, and do what the message offers', () => {
    const watching = { ...one, actions: ['acknowledge'], theirs: false };
    for (const text of ['not mine', 'I will do it by Friday', 'done', 'later'])
      expect(summary(text, [watching])).toBe('unclear');
    expect(summary('on it', [watching])).toBe('f1 acknowledge');
  });

  it('are the answer itself where any is waited for, but for what the message calls by name', () => {
    const survey = { ...one, endsOnReply: true };
    expect(summary('I will do it by Friday', [survey])).toBe('unclear');
    expect(summary('later', [survey])).toBe('f1 snooze');
    expect(summary('2', [survey])).toBe('f1 snooze');
  });
});
