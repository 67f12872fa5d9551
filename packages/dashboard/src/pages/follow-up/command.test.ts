// Which commands a follow-up is offered, by how it stands: whatever holds it can be ended, under the name of what holds it. And an answer
// as its policy's schema describes it, from what is typed in its fields.
import type { FollowUp } from '@relance/client';
import { expect, it } from 'vitest';
import type { Schema } from '../../schema-fields.tsx';
import { answerFields, answerOf, answerProblems, answerTyped, COMMANDS } from './command.ts';

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

it('an answer has the values that its fields mean, and says nothing of what was left open', () => {
  expect(answerOf(PART, { amount: ' 40.5 ', paid: 'false', stars: '2', rows: '[1]', why: ' ' })).toEqual({
    amount: 40.5,
    paid: false,
    stars: 2,
    rows: [1],
  });
  expect(answerOf(PART, { amount: 'many', paid: 'true' })).toEqual({ amount: 'many', paid: true });
  // A yes or no that nobody looked at is neither.
  expect(answerFields(PART).properties?.paid).toEqual({ type: 'boolean', enum: [true, false] });
  expect(answerOf(PART, { amount: '1' })).toEqual({ amount: 1 });
});

it('an answer that is no object is one field', () => {
  const days = { type: 'integer', title: 'How many days' };
  expect(answerFields(days)).toEqual({ properties: { answer: days }, required: ['answer'] });
  expect(answerOf(days, { answer: '3' })).toBe(3);
  expect(answerOf(days, {})).toBeUndefined();
  expect(answerOf({ type: 'boolean' }, { answer: 'false' })).toBe(false);
});

it.each<readonly [string, Schema & Record<string, unknown>]>([
  ['requires what is no property', { ...PART, required: ['amount', 'by'] }],
  ['requires it by another schema', { ...PART, allOf: [{ required: ['by'] }] }],
  ['refers to another', { ...PART, $ref: '#/$defs/more' }],
  ['says how others look', { ...PART, additionalProperties: { type: 'string' } }],
])('an answer whose schema %s is written as one: it may need what no field has', (_, schema) => {
  expect(Object.keys(answerFields(schema).properties ?? {})).toEqual(['answer']);
  expect(answerOf(schema, { answer: '{"amount": 1, "paid": true, "by": "ana"}' })).toEqual({
    amount: 1,
    paid: true,
    by: 'ana',
  });
  expect(answerProblems(schema, new Map([['answer.by', 'Is required.']]))).toEqual({ answer: 'by: Is required.' });
});

it('an answer has fields where its schema knows nothing else, or forbids it', () => {
  for (const additionalProperties of [true, false])
    expect(answerFields({ ...PART, additionalProperties })).toEqual(answerFields(PART));
});

it('a default is typed already: nothing else fills it in', () => {
  const schema = { properties: { days: { type: 'integer', default: 3 }, rows: { type: 'array', default: [1] } } };
  const typed = answerTyped(schema);
  expect(typed).toEqual({ days: '3', rows: '[\n  1\n]' });
  expect(answerOf(schema, typed)).toEqual({ days: 3, rows: [1] });
  expect(answerOf(schema, { ...typed, days: '' })).toEqual({ rows: [1] });
  expect(answerFields(schema).properties).toEqual({ days: { type: 'integer' }, rows: { type: 'array' } });
  expect(answerTyped({ type: 'boolean', default: false })).toEqual({ answer: 'false' });
  expect(answerTyped(PART)).toEqual({});
});

it('what is wrong with an answer stands at its field, with its place where it is inside', () => {
  const problems = new Map([
    ['answer.amount', 'must be more than 0'],
    ['answer.rows.0.price', 'is required'],
    ['answer.whyever', 'is not known'],
    ['comment', 'is too long'],
  ]);
  expect(answerProblems(PART, problems)).toEqual({ amount: 'must be more than 0', rows: '0.price: is required' });
  expect(answerProblems({ type: 'integer' }, new Map([['answer', 'is required']]))).toEqual({ answer: 'is required' });
});
