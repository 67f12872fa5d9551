// Which commands a follow-up is offered, by how it stands: whatever holds it can be ended, under the name of what holds it. And an answer
// as its policy's schema describes it, from what is typed in its fields.
import type { FollowUp } from '@relance/client';
import { expect, it } from 'vitest';
import { answerFields, answerOf, answerProblems, COMMANDS } from './command.ts';

const OPEN = { status: 'open', claim: null, commitment: null, snoozedUntil: null } as FollowUp;
const AT = '2026-12-01T09:00:00.000Z';
const endsOf = (followUp: Partial<FollowUp>): readonly string[] =>
  COMMANDS.filter(({ name, offered }) => name === 'unacknowledge' && offered({ ...OPEN, ...followUp })).map(
    ({ label }) => label,
  );

it.each<readonly [Partial<FollowUp>, readonly string[]]>([
  [{}, []],
  [{ snoozedUntil: AT }, ['End the snooze']],
  [{ status: 'acknowledged' }, ['Withdraw the acknowledgement']],
  [{ status: 'acknowledged', snoozedUntil: AT }, ['End the snooze']],
  [{ status: 'acknowledged', commitment: { dueAt: AT, by: 'ana' } }, ['Withdraw the promise']],
  [{ claim: { by: 'ana', at: AT, until: AT }, snoozedUntil: AT }, ['It is not done']],
  [{ status: 'resolved', snoozedUntil: AT }, []],
])('%j', (followUp, ends) => {
  expect(endsOf(followUp)).toEqual(ends);
});

const PART = {
  type: 'object',
  required: ['amount', 'paid'],
  properties: {
    amount: { type: 'number' },
    paid: { type: 'boolean' },
    stars: { enum: [1, 2] },
    rows: { type: 'array' },
    why: { type: 'string' },
  },
};

it('an answer has the values that its fields mean, and says what was left open only where it must', () => {
  expect(answerOf(PART, { amount: ' 40.5 ', stars: '2', rows: '[1]', why: ' ' })).toEqual({
    amount: 40.5,
    paid: false,
    stars: 2,
    rows: [1],
  });
  expect(answerOf(PART, { amount: 'many', paid: 'true' })).toEqual({ amount: 'many', paid: true });
});

it('an answer that is no object is one field', () => {
  const days = { type: 'integer', title: 'How many days' };
  expect(answerFields(days)).toEqual({ properties: { answer: days }, required: ['answer'] });
  expect(answerOf(days, { answer: '3' })).toBe(3);
  expect(answerOf(days, {})).toBeUndefined();
});

it('what is wrong with an answer stands at its field', () => {
  const problems = new Map([
    ['answer.amount', 'must be more than 0'],
    ['comment', 'is too long'],
  ]);
  expect(answerProblems(PART, problems)).toEqual({ amount: 'must be more than 0' });
  expect(answerProblems({ type: 'integer' }, new Map([['answer', 'is required']]))).toEqual({ answer: 'is required' });
});
