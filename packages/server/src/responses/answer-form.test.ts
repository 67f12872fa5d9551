// The form of an answer: what it can ask for, and what a browser's post of it means.
import { describe, expect, it } from 'vitest';
import { answerOf, fieldsOf, formFields, wordsOf } from './answer-form.ts';

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

describe('what a browser holds the reader to', () => {
  const shown = (property: object): string =>
    formFields(fieldsOf({ type: 'object', properties: { x: property } }) ?? [], {})[0]?.text ?? '';
  it.each([
    [{ type: 'number' }, 'step="any"'],
    [{ type: 'number', minimum: 0.5, maximum: 5 }, 'min="0.5" max="5" step="any"'],
    [{ type: 'number', exclusiveMinimum: 0 }, 'min="0" step="any"'],
    [{ type: 'integer', minimum: 0.5, exclusiveMaximum: 5 }, 'min="1" max="4" step="1"'],
    [{ type: 'integer', exclusiveMinimum: 1, minimum: 1, maximum: 7.5 }, 'min="2" max="7" step="1"'],
    [{ type: 'integer', multipleOf: 5, minimum: 1, maximum: 99 }, 'min="5" max="95" step="5"'],
    [{ type: 'integer', multipleOf: 0.5 }, 'step="1"'],
    [{ type: 'number', multipleOf: 0.1, minimum: 0.3, maximum: 0.75 }, 'min="0.3" max="0.7" step="0.1"'],
    [{ type: 'number', multipleOf: 0.1, exclusiveMinimum: 0.3 }, 'min="0.4" step="0.1"'],
  ])('%j: %s', (property, attributes) => {
    expect(shown(property)).toContain(`<input type="number" name="answer.x" value="" ${attributes}>`);
  });
  it('are lengths of texts, and patterns that mean the same to it', () => {
    expect(shown({ type: 'string' })).toContain('<textarea name="answer.x" rows="2" maxlength="4000">');
    expect(shown({ type: 'string', minLength: 3, maxLength: 80 })).toContain('rows="2" minlength="3" maxlength="80">');
    expect(shown({ type: 'string', minLength: 5_000 })).toContain('minlength="5000" maxlength="5000">');
    expect(shown({ type: 'string', maxLength: 99_999 })).toContain('maxlength="16384">');
    expect(shown({ type: 'string', pattern: '^[A-Z]{2}\\d+$', description: 'FR12' })).toContain(
      '<input type="text" name="answer.x" value="" pattern="[A-Z]{2}\\d+" title="FR12" maxlength="4000">',
    );
  });
  it.each(['[A-Z]', '^(a+)+$', '^[[:alpha:]]+$', '^a|b$', '^(?i)a$', '^a{2', '^\\s+$', '^+$'])(
    'are not the pattern %s',
    (pattern) => expect(shown({ type: 'string', pattern })).not.toContain('pattern='),
  );
});

it('names what is wrong by the title of its field', () => {
  const fields =
    fieldsOf({ type: 'object', properties: { years: { type: 'integer', title: 'How many years' } } }) ?? [];
  const problems = [
    { path: 'answer.years', message: 'must be <= 5' },
    { path: 'answer.more', message: 'is not known' },
  ];
  expect(wordsOf(fields, problems)).toBe('How many years: must be <= 5; answer.more is not known.');
  expect(wordsOf(fields, problems, 'fr')).toBe(
    "How many years : doit être au plus 5; answer.more n'est pas demandé ici.",
  );
  expect(wordsOf(fields, [{ path: 'answer.years', message: 'must match pattern "x"' }], 'fr')).toBe(
    'How many years : ne convient pas.',
  );
  expect(wordsOf(fieldsOf({ type: 'string', title: 'Why' }) ?? [], [{ path: 'answer', message: 'is required' }])).toBe(
    'Why: is required.',
  );
});
