// The conformance suite of the CEL specification, run on our evaluation and on our type checker. Its messages and
// namespaces are given to the environment for the occasion; policies have neither. What does not pass is in
// cel-conformance.json, compared exactly by cel-conformance.test.ts.
import {
  type CelInput,
  type CelValue,
  celUint,
  isCelError,
  isCelList,
  isCelMap,
  isCelType,
  isCelUint,
  objectType,
  parse,
  plan,
} from '@bufbuild/cel';
import type { SimpleTest } from '@bufbuild/cel-spec/cel/expr/conformance/test/simple_pb.js';
import type { Value } from '@bufbuild/cel-spec/cel/expr/value_pb.js';
import { getTestRegistry } from '@bufbuild/cel-spec/testdata/registry.js';
import { getConformanceSuite, type IncrementalTestSuite } from '@bufbuild/cel-spec/testdata/tests.js';
import { type JsonValue, toJson } from '@bufbuild/protobuf';
import { isReflectMessage } from '@bufbuild/protobuf/reflect';
import { anyUnpack } from '@bufbuild/protobuf/wkt';
import { startBudget } from './cel-budget.ts';
import { environmentOf } from './cel-environment.ts';
import { compileCondition } from './condition.ts';

export interface Case {
  /** `logic/AND/all_true`. */
  readonly path: string;
  readonly suite: string;
  readonly test: SimpleTest;
}

const registry = getTestRegistry();
const environments = new Map<string, ReturnType<typeof environmentOf>>();

function environmentIn(namespace: string) {
  const known = environments.get(namespace) ?? environmentOf({ namespace, registry });
  environments.set(namespace, known);
  return known;
}

export function allCases(): readonly Case[] {
  const cases: Case[] = [];
  const walk = (suite: IncrementalTestSuite, path: readonly string[]): void => {
    for (const { name, original } of suite.tests)
      cases.push({ path: [...path, name].join('/'), suite: path[0] ?? '', test: original });
    for (const one of suite.suites) walk(one, [...path, one.name]);
  };
  for (const suite of getConformanceSuite().suites) walk(suite, [suite.name]);
  return cases;
}

const EXPRESSION_FAILED = 'fails';

/** What evaluation gives, as comparable text; `fails` for every error. */
function evaluate({ expr, container, bindings }: SimpleTest): string {
  try {
    const scope = Object.fromEntries(
      Object.entries(bindings).map(([name, { kind }]) => [name, kind.case === 'value' ? inputOf(kind.value) : null]),
    );
    startBudget();
    const value = plan(environmentIn(container), parse(expr))(scope as never);
    return isCelError(value) ? EXPRESSION_FAILED : textOf(value);
  } catch {
    return EXPRESSION_FAILED;
  }
}

function passes({ resultMatcher: wanted, checkOnly }: SimpleTest, given: string): boolean {
  if (checkOnly) return true;
  switch (wanted.case) {
    case 'value':
      return given === textOf(inputOf(wanted.value));
    case 'typedResult':
      return wanted.value.result === undefined || given === textOf(inputOf(wanted.value.result));
    case 'evalError':
    case 'anyEvalErrors':
      return given === EXPRESSION_FAILED;
    case undefined:
      return given === 'true';
    default:
      return false;
  }
}

export interface Outcome extends Case {
  readonly passes: boolean;
  /** Why the checker refuses an expression that can be evaluated; null when it does not. */
  readonly refusal: string | null;
}

/** Runs one case, its variables of any type. */
export function outcomeOf(one: Case): Outcome {
  const { test } = one;
  const given = evaluate(test);
  const checked =
    given === EXPRESSION_FAILED
      ? null
      : compileCondition(test.expr, {
          names: [...Object.keys(test.bindings), ...test.typeEnv.map(({ name }) => name)],
        });
  return { ...one, passes: passes(test, given), refusal: checked === null || checked.ok ? null : checked.message };
}

function inputOf({ kind }: Value): CelInput {
  switch (kind.case) {
    case 'uint64Value':
      return celUint(kind.value);
    case 'nullValue':
    case undefined:
      return null;
    case 'enumValue':
      return BigInt(kind.value.value);
    case 'objectValue':
      return anyUnpack(kind.value, registry) ?? null;
    case 'listValue':
      return kind.value.values.map(inputOf);
    case 'mapValue':
      return new Map(
        kind.value.entries.map(({ key, value }) => [
          (key === undefined ? null : inputOf(key)) as string,
          value === undefined ? null : inputOf(value),
        ]),
      );
    case 'typeValue':
      return objectType(kind.value);
    default:
      return kind.value;
  }
}

/** A value with its type as text, the same for equal values. */
function textOf(value: CelInput | CelValue): string {
  if (typeof value === 'bigint') return `int ${value}`;
  if (typeof value === 'number') return `double ${Object.is(value, -0) ? '-0' : value}`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (value instanceof Uint8Array) return `bytes ${Array.from(value).join()}`;
  if (Array.isArray(value) || isCelList(value))
    return `[${Array.from(value as Iterable<CelValue>, textOf).join(', ')}]`;
  if (value instanceof Map || isCelMap(value))
    return `{${Array.from(value as Iterable<[CelValue, CelValue]>, ([key, item]) => `${textOf(key)}: ${textOf(item)}`)
      .sort()
      .join(', ')}}`;
  if (isCelUint(value)) return `uint ${value.value}`;
  if (isCelType(value)) return `type ${value.name}`;
  const message = isReflectMessage(value) ? value.message : (value as { $typeName: string });
  const schema = registry.getMessage(message.$typeName);
  if (schema === undefined) return `message ${message.$typeName}`;
  return `message ${message.$typeName} ${sorted(toJson(schema, message as never, { registry }))}`;
}

const sorted = (value: JsonValue): string =>
  JSON.stringify(value, (_, part: JsonValue) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
