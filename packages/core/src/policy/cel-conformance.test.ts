// CEL is what its specification says: every case of the conformance suite, on our evaluation and on our checker. What
// does not pass is recorded, so that it changes only on purpose: `npm run cel -- -u` writes the record anew.
import { describe, expect, it } from 'vitest';
import { allCases, type Outcome, outcomeOf } from './cel-conformance.test-kit.ts';

/** Parts of the suite that are about libraries and forms which policies do not have. */
const NOT_OFFERED: Readonly<Record<string, string>> = {
  bindings_ext: 'cel.bind is not offered',
  block_ext: 'cel.block is written by compilers only',
  encoders_ext: 'base64 is not offered',
  macros2: 'macros with two variables are not offered',
  math_ext: 'the math library is not offered',
  optionals: 'optional values are not offered',
  proto2_ext: 'there are no messages in a policy',
  string_ext: 'the string library is not offered',
};

/** A name that only the suite's own message types have. */
const ofMessages = ({ test, refusal }: Outcome): boolean =>
  test.container !== '' || refusal?.includes('message type') === true;

const outcomes = allCases().map(outcomeOf);
const offered = outcomes.filter(({ suite }) => NOT_OFFERED[suite] === undefined);
const failing = offered.filter((one) => !one.passes);

const record = {
  cases: outcomes.length,
  notOffered: Object.fromEntries(
    Object.entries(NOT_OFFERED).map(([suite, why]) => {
      const own = outcomes.filter((one) => one.suite === suite);
      return [suite, { why, cases: own.length, failing: own.filter((one) => !one.passes).length }];
    }),
  ),
  failing: Object.fromEntries(failing.map(({ path, test }) => [path, test.expr])),
  refusedThoughEvaluated: Object.fromEntries(
    offered.flatMap((one) => (one.refusal === null || ofMessages(one) ? [] : [[one.path, one.refusal]])),
  ),
};

describe('the conformance suite', () => {
  it('has its thousands of cases', () => expect(outcomes.length).toBeGreaterThan(2_000));

  it('passes but for what is recorded', async () => {
    await expect(`${JSON.stringify(record, null, 2)}\n`).toMatchFileSnapshot('./cel-conformance.json');
  });

  it('passes whole where policies live: texts, numbers, times, lists, logic and macros', () => {
    const ours = [
      'basic',
      'comparisons',
      'conversions',
      'fp_math',
      'integer_math',
      'lists',
      'logic',
      'macros',
      'string',
      'timestamps',
    ];
    expect(failing.filter(({ suite }) => ours.includes(suite)).map(({ path }) => path)).toEqual([]);
  });

  it('is never refused by the checker where the types fit', () => {
    // The suite marks what only evaluation can judge: an operand of the wrong type that is never looked at.
    const refused = offered.filter((one) => one.refusal !== null && !ofMessages(one));
    expect(refused.filter(({ test }) => !test.disableCheck).map(({ path }) => path)).toEqual([]);
  });
});
