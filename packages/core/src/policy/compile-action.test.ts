// Actions, claims and how many must answer, as they are written: what is refused at its place, and what has no effect.
import { describe, expect, it } from 'vitest';
import { compileAnswer } from './answer-schema.ts';
import { compiled, duration, message, refused, warned } from './compile.test-kit.ts';

const approve = { id: 'approve', label: 'Approve' };
const reject = { id: 'reject', label: 'Reject', rejects: true };

describe('actions', () => {
  it('give their id as outcome, and resolve unless they say otherwise', () => {
    const written = {
      actions: [approve, { ...reject, outcome: 'denied' }, { id: 'seen', label: 'Seen', resolves: false }],
    };
    expect(compiled(written).actions).toEqual([
      { ...approve, outcome: 'approve', resolves: true, rejects: false, answer: null },
      { ...reject, outcome: 'denied', resolves: false, rejects: true, answer: null },
      { id: 'seen', label: 'Seen', outcome: 'seen', resolves: false, rejects: false, answer: null },
    ]);
    expect(warned(written)).toEqual([]);
  });
  it('have ids of their own', () => {
    expect(refused({ actions: [approve, approve] })).toEqual(['policy_action_invalid actions[1].id']);
    expect(refused({ actions: [{ id: 'resolve', label: 'Done' }] })).toEqual(['policy_action_invalid actions[0].id']);
  });
  it('without effect on the end need no outcome', () => {
    const seen = { id: 'seen', label: 'Seen', resolves: false, outcome: 'seen' };
    expect(warned({ actions: [seen] })).toEqual(['policy_no_effect actions[0].outcome']);
  });
});

describe('the schema of an answer', () => {
  const answering = (answer: object) => ({ actions: [{ ...approve, answer }] });
  it.each<[string, object, string]>([
    ['a type that there is not', { type: 'objekt' }, 'actions[0].answer.type'],
    ['one deep inside', { type: 'object', properties: { n: { type: 'numb' } } }, 'actions[0].answer.properties.n.type'],
    ['a word that there is not', { type: 'string', longest: 3 }, 'actions[0].answer'],
    ['a schema elsewhere', { $ref: 'https://example.test/schema' }, 'actions[0].answer'],
    ['a pattern that cannot be read', { type: 'string', pattern: '(' }, 'actions[0].answer'],
    ['a format that nobody checks', { type: 'string', format: 'passport' }, 'actions[0].answer'],
  ])('is refused with its place: %s', (_what, answer, path) => {
    expect(refused(answering(answer))).toEqual([`policy_action_invalid ${path}`]);
    expect(message(answering(answer))).toMatch(/orrect/);
  });
  it('is compiled, with every problem of an answer at its field', () => {
    const properties = { amount: { type: 'number', minimum: 0 }, on: { type: 'string', format: 'date' } };
    const schema = { type: 'object', required: ['amount'], additionalProperties: false, properties };
    const [action] = compiled(answering(schema)).actions;
    expect(action?.answer?.check({ amount: 5, on: '2026-12-01' })).toEqual([]);
    expect(action?.answer?.check({ on: 'soon', more: 1 })).toEqual([
      { path: 'answer.amount', message: 'is required' },
      { path: 'answer.more', message: 'is not known' },
      { path: 'answer.on', message: 'must match format "date"' },
    ]);
    expect(action?.answer?.check({ amount: -1 })).toEqual([{ path: 'answer.amount', message: 'must be >= 0' }]);
  });
  const doubling = (times: number): object => {
    const $defs = Object.fromEntries(
      Array.from({ length: times }, (_, n) => {
        const next = { $ref: `#/$defs/d${n + 1}` };
        return [`d${n}`, { anyOf: [next, next] }];
      }),
    );
    return { $defs: { ...$defs, [`d${times}`]: { type: 'string' } }, $ref: '#/$defs/d0' };
  };
  it('is told which values a word of JSON Schema has', () => {
    const compiled = compileAnswer({ type: 'numbr' });
    expect(compiled).toMatchObject({ ok: false, message: expect.stringMatching(/it must be one of .*"number"/) });
  });
  it.each<[string, object]>([
    ['one that is itself', { $ref: '#' }],
    ['one that comes back', { $defs: { a: { items: { $ref: '#/$defs/a' } } }, $ref: '#/$defs/a' }],
    ['references that double at each turn', doubling(40)],
    ['references by another name', { $defs: { a: { $id: 'x:a', $ref: '#' } }, $ref: '#/$defs/a' }],
    ['a pattern of thousands of steps', { type: 'string', pattern: '((a?){30}){30}a{1000}' }],
  ])('is refused when checking it would not end, or take long: %s', (_what, answer) => {
    expect(refused(answering(answer))).toEqual(['policy_action_invalid actions[0].answer']);
  });
  it('may refer to its own parts, and of too many values none is looked at', () => {
    const $defs = { 'a/b': { anyOf: Array.from({ length: 100 }, (_, n) => ({ const: n })) } };
    const [action] = compiled(answering({ $defs, type: 'array', items: { $ref: '#/$defs/a~1b' } })).actions;
    expect(action?.answer?.check([1, 99])).toEqual([]);
    expect(action?.answer?.check([1, 100])).not.toEqual([]);
    expect(action?.answer?.check(Array(8_000).fill(-1))).toEqual([
      { path: 'answer', message: 'holds more values than can be checked; give fewer' },
    ]);
  });
  it('takes older drafts and identical ids, and no pattern makes it slow', () => {
    const schema = {
      $schema: 'http://json-schema.org/draft-07/schema#',
      $id: 'x:y',
      type: 'string',
      pattern: '^(a+)+$',
    };
    compiled(answering(schema));
    const [action] = compiled(answering(schema)).actions;
    expect(action?.answer?.check(`${'a'.repeat(10_000)}b`)).toHaveLength(1);
  });
});

describe('how many must answer', () => {
  const several = { assignee: undefined, assignees: 'event.data.all', actions: [approve, reject] };
  it('is said of assignees alone', () => {
    expect(compiled({ ...several, require: 2, rejectOn: 'majority' })).toMatchObject({
      require: 2,
      rejectOn: 'majority',
    });
    expect(compiled(several)).toMatchObject({ require: null, rejectOn: 'first' });
    expect(refused({ require: 'all' })).toEqual(['policy_assignee_invalid require']);
    expect(refused({ ...several, require: 0 })).toEqual(['policy_value_invalid require']);
  });
  it('leaves a rule about rejections idle where nothing rejects', () => {
    expect(warned({ ...several, require: 2, rejectOn: 'first' })).toEqual([]);
    expect(warned({ ...several, rejectOn: 'first' })).toEqual(['policy_no_effect rejectOn']);
    expect(warned({ ...several, actions: [approve], require: 2, rejectOn: 'first' })).toEqual([
      'policy_no_effect rejectOn',
    ]);
  });
});

describe('who may resolve', () => {
  it('is everybody, and claims pause for three business days', () => {
    expect(compiled()).toMatchObject({ claimFor: duration('3 business days') });
    expect(compiled().resolvableBy).toHaveLength(6);
    expect(compiled({ resolvableBy: ['team'], claim: { for: '2 days' } }).claimFor).toEqual(duration('2 days'));
    expect(refused({ resolvableBy: ['team'], claim: { for: '0 days' } })).toEqual([
      'policy_duration_invalid claim.for',
    ]);
  });
  it('makes some keys idle', () => {
    expect(warned({ claim: { for: '2 days' } })).toEqual(['policy_no_effect claim']);
    expect(warned({ resolvableBy: ['team'], resolve: { on: 'x' } })).toEqual(['policy_no_effect resolve']);
    expect(warned({ resolvableBy: ['event'], resolve: { on: 'x' } })).toEqual([]);
  });
});
