// CEL expressions of a policy: parsed and checked once, when a policy is compiled, and evaluated without I/O when an
// event is read or a stage runs. What CEL values are on the way in and out is in cel-value.ts, types in cel-check.ts.
// Which functions there are, and how much work one evaluation may do, is in cel-environment.ts.
import { isCelError, parse, plan } from '@bufbuild/cel';
import { type ActivityAsk, askActivity } from './cel-activity.ts';
import { startBudget } from './cel-budget.ts';
import { Checker } from './cel-check.ts';
import { environment, RANGE, STEP } from './cel-environment.ts';
import { call, type Expression, type Places, partsOf } from './cel-expression.ts';
import { DYN, type Type } from './cel-type.ts';
import { fromCel, toCelScope } from './cel-value.ts';
import { demand, type Wanted } from './cel-want.ts';

export interface Condition {
  readonly source: string;
  /** The names of the scope that it uses. */
  readonly names?: readonly string[];
  /** What it asks of a recipient's activity. */
  readonly asks?: readonly ActivityAsk[];
  /**
   * The value as plain data: `null`, boolean, number (integers too large to be exact come as text), string, array,
   * object. A timestamp is RFC 3339 text in UTC, a duration is text in seconds (`3600s`). `detail` is a sentence part
   * without a full stop, e.g. `no such field "amount" (character 6)`; `missing` tells that case from all others.
   */
  readonly evaluate: (
    scope: Readonly<Record<string, unknown>>,
  ) =>
    | { readonly ok: true; readonly value: unknown }
    | { readonly ok: false; readonly detail: string; readonly missing?: boolean };
  /**
   * Of a map that is written out: as `evaluate`, but without the entries that miss a field. What fails for another
   * reason fails all of it.
   */
  readonly evaluatePresent?: Condition['evaluate'];
}

export type CompiledCondition =
  | { readonly ok: true; readonly condition: Condition }
  /** `at` is the 0-based character the problem is at. */
  | { readonly ok: false; readonly at: number; readonly message: string };

/** Longer expressions are programs; a program belongs in the system that sends the event. */
export const CONDITION_LENGTH_MAX = 4_096;
/** Nesting of the parsed expression: evaluation recurses. */
const NESTING_MAX = 250;

export interface ConditionOptions {
  /** The names it may use. */
  readonly names: readonly string[];
  /** Their types; a name that is not here may be anything. */
  readonly types?: Readonly<Record<string, Type>>;
  /** What it must give; anything, when not given. */
  readonly wanted?: Wanted;
}

/** Parses and checks CEL once. Unknown names and what can never work are refused; see cel-check.ts. */
export function compileCondition(source: string, { names, types = {}, wanted }: ConditionOptions): CompiledCondition {
  if (source.trim() === '') return { ok: false, at: 0, message: 'The expression is empty.' };
  if (source.length > CONDITION_LENGTH_MAX) {
    return {
      ok: false,
      at: CONDITION_LENGTH_MAX,
      message: `The expression is longer than ${CONDITION_LENGTH_MAX} characters.`,
    };
  }
  try {
    const parsed = parse(source);
    const { expr } = parsed;
    if (expr === undefined) return { ok: false, at: 0, message: 'The expression is empty.' };
    const scope = Object.fromEntries(names.map((name) => [name, types[name] ?? DYN]));
    const checker = new Checker(source, parsed, scope);
    const deep = tooDeep(expr, 0);
    if (deep !== null) return { ok: false, at: checker.places.of(deep), message: TOO_DEEP };
    checker.typeOf(expr);
    if (wanted !== undefined) demand(checker, expr, wanted);
    if (checker.problem !== null) return { ok: false, ...checker.problem };
    countSteps(expr);
    const asks = askActivity(expr);
    return { ok: true, condition: { ...conditionOf(source, expr, checker), asks } };
  } catch (error) {
    return { ok: false, ...parseProblem(source, error) };
  }
}

const TOO_DEEP = 'The expression is nested too deeply.';

type Evaluate = Condition['evaluate'];

function conditionOf(source: string, expr: Expression, { used, places }: Checker): Condition {
  const names = [...used];
  const whole = evaluation(expr, names, places);
  const entries = entriesOf(expr);
  return {
    source,
    names,
    evaluate: (scope) => {
      startBudget();
      return whole(scope);
    },
    ...(entries === null ? {} : { evaluatePresent: evaluationOfEach(entries, names, places) }),
  };
}

/** Without a budget of its own. */
function evaluation(expr: Expression, names: readonly string[], places: Places): Evaluate {
  const run = plan(environment, expr);
  return (scope) => {
    try {
      const value = run(toCelScope(scope, names) as never);
      if (!isCelError(value)) return fromCel(value);
      const detail = readableError(value.message, value.exprId, places);
      return { ok: false, detail, missing: MISSING.test(value.message) };
    } catch (error) {
      // Values nested thousands deep, and results that are too large: everything else comes back as a CEL error.
      const detail = error instanceof RangeError ? 'the data is nested too deeply' : (error as Error).message;
      return { ok: false, detail };
    }
  };
}

/** The entries of a map that is written out, each as a map of its own; null for everything else. */
function entriesOf({ id, exprKind: { case: kind, value } }: Expression): readonly Expression[] | null {
  if (kind !== 'structExpr' || value.messageName !== '') return null;
  return value.entries.map(
    (entry): Expression => ({
      $typeName: 'cel.expr.Expr',
      id,
      exprKind: { case: 'structExpr', value: { ...value, entries: [entry] } },
    }),
  );
}

/** Planned when they are first asked for: an expression that nobody asks so costs nothing. One budget is for all. */
function evaluationOfEach(entries: readonly Expression[], names: readonly string[], places: Places): Evaluate {
  let planned: readonly Evaluate[] | null = null;
  return (scope) => {
    planned ??= entries.map((one) => evaluation(one, names, places));
    startBudget();
    const present: [string, unknown][] = [];
    for (const evaluate of planned) {
      const result = evaluate(scope);
      if (result.ok) present.push(...Object.entries(result.value as object));
      else if (result.missing !== true) return result;
    }
    return { ok: true, value: Object.fromEntries(present) };
  };
}

const MISSING = /^field not found: (.*)$/;

function readableError(message: string, exprId: bigint | undefined, places: Places): string {
  const at = exprId === undefined ? undefined : places.ofId(exprId);
  const where = at === undefined ? '' : ` (character ${at})`;
  const missing = MISSING.exec(message);
  if (missing !== null) return `no such field "${missing[1]}"${where}`;
  if (message === 'unresolved attribute') return `a name of the expression has no value here${where}`;
  return `${message}${where}`;
}

function parseProblem(source: string, error: unknown): { readonly at: number; readonly message: string } {
  if (error instanceof RangeError) return { at: 0, message: TOO_DEEP };
  const offset = (error as { location?: { start?: { offset?: number } } }).location?.start?.offset;
  if (typeof offset !== 'number')
    return {
      at: 0,
      message: `The expression cannot be read: ${error instanceof Error ? error.message : String(error)}.`,
    };
  const found = source.slice(offset, offset + 1);
  if (found === '') return { at: offset, message: 'The expression ends too early.' };
  if (found === "'" || found === '"')
    return { at: offset, message: `The expression has an unexpected or unclosed ${found} here.` };
  return { at: offset, message: `The expression has an unexpected "${found}" here.` };
}

/** The first part that lies too deep; null when none does. */
function tooDeep(expr: Expression, depth: number): Expression | null {
  if (depth > NESTING_MAX) return expr;
  for (const part of partsOf(expr)) {
    const deep = tooDeep(part, depth + 1);
    if (deep !== null) return deep;
  }
  return null;
}

/** Makes every loop pay for its steps, and for what it goes through. */
function countSteps(expr: Expression): void {
  for (const part of partsOf(expr)) countSteps(part);
  const { case: kind, value } = expr.exprKind;
  if (kind !== 'comprehensionExpr' || value.loopCondition === undefined) return;
  value.loopCondition = call('_&&_', [call(STEP, []), value.loopCondition]);
  if (value.iterRange !== undefined) value.iterRange = call(RANGE, [value.iterRange]);
}
