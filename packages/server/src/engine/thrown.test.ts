// What is left of an error for a log: where it came from, and none of its words, however they are written.
import { expect, it } from 'vitest';
import { errorFields } from '../http/problem.ts';
import { thrown } from './thrown.ts';

const QUOTING = 'cannot reach ana@example.test\n    at ana@example.test\n    at once';

it('words that look like a place are none', () => {
  const { stack, ...rest } = thrown(Object.assign(new TypeError(QUOTING), { code: 'ESEND' }));
  expect(rest).toEqual({ kind: 'TypeError', code: 'ESEND' });
  expect(stack).toEqual(expect.arrayContaining([expect.stringContaining('thrown.test.ts')]));
  expect(JSON.stringify(stack)).not.toMatch(/ana@|at once/);
});
it('nor are those of PostgreSQL', () => {
  const fields = errorFields(Object.assign(new Error(QUOTING), { severity: 'ERROR', code: '22P02' }));
  expect(fields).toMatchObject({
    code: '22P02',
    stack: expect.arrayContaining([expect.stringContaining('thrown.test.ts')]),
  });
  expect(JSON.stringify(fields)).not.toMatch(/ana@|at once/);
});
it('what is no error has a kind and nothing else', () => {
  expect(thrown('ana@example.test')).toEqual({ kind: 'string' });
});
