// The form of an answer: what it can ask for, and what a browser's post of it means.
import { describe, expect, it } from 'vitest';
import { answerOf, fieldsOf, formFields } from './answer-form.ts';

const SCHEMA = {
  type: 'object',
  required: ['amount', 'how'],
  properties: {
    amount: { type: 'number', title: 'Amount', description: 'without tax' },
    parts: { type: 'integer' },
    how: { enum: ['cash', 'card', 3] },
    on: { type: 'string', format: 'date' },
    urgent: { type: 'boolean', title: 'It is urgent' },
    why: { type: 'string' },
    lines: { type: 'array' },
  },
};

describe('a flat object', () => {
  const fields = fieldsOf(SCHEMA) ?? [];
  it('has a field for each property that a form can ask for', () => {
    expect(fields.map(({ property, kind, required }) => `${property} ${kind}${required ? ' required' : ''}`)).toEqual([
      'amount number required',
      'parts whole',
      'how choice required',
      'on date',
      'urgent boolean',
      'why text',
    ]);
  });
  it('comes back typed, without what was left empty', () => {
    const posted = { 'answer.amount': ' 5,5 ', 'answer.parts': '', 'answer.how': '3', 'answer.urgent': 'true' };
    expect(answerOf(fields, posted)).toEqual({ amount: 5.5, how: 3, urgent: true });
    expect(answerOf(fields, { 'answer.amount': 'much', 'answer.why': 'a\r\nb', 'answer.how': 'gold' })).toEqual({
      amount: 'much',
      how: 'gold',
      urgent: false,
      why: 'a\nb',
    });
    expect(answerOf(fields, { __proto__: { 'answer.amount': '1' } })).toEqual({ urgent: false });
  });
  it('shows again what was posted, as text', () => {
    const shown = formFields(fields, { 'answer.why': '<script>', 'answer.how': 'card', 'answer.urgent': 'true' });
    const text = shown.map((one) => one.text).join('\n');
    expect(text).toContain('>&lt;script&gt;</textarea>');
    expect(text).toContain('<option value="card" selected>card</option>');
    expect(text).toContain('value="true" checked> It is urgent');
    expect(text).toContain('<small>without tax</small>');
  });
});

describe('other schemas', () => {
  it('ask for nothing, for one value, or for more than a form can', () => {
    expect(fieldsOf(null)).toEqual([]);
    expect(answerOf([], {})).toBeNull();
    const one = fieldsOf({ type: 'string', title: 'Why' }) ?? [];
    expect(answerOf(one, { answer: 'so' })).toBe('so');
    expect(answerOf(one, {})).toBeNull();
    expect(fieldsOf({ type: 'array' })).toBeNull();
    expect(fieldsOf({ ...SCHEMA, required: ['lines'] })).toBeNull();
  });
});
