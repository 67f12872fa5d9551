// CEL expressions of a policy: parsed and checked once, when a policy is compiled, and evaluated without I/O when an
// event is read or a stage runs. What CEL values are on the way in and out is in cel-value.ts.
// Which functions there are, and how much work one evaluation may do, is in cel-environment.ts.
import { isCelError, parse, plan } from '@bufbuild/cel';
import { startBudget } from './cel-budget.ts';
import { environment, RANGE, STEP } from './cel-environment.ts';
import { fromCel, toCelScope } from './cel-value.ts';

type Expr = ReturnType<typeof parse>['expr'];

export interface Condition {
  readonly source: string;
  /** The names of the scope that it uses. */
  readonly names?: readonly string[];
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
}

export type CompiledCondition =
  | { readonly ok: true; readonly condition: Condition }
  /** `at` is the 0-based character the problem is at. */
  | { readonly ok: false; readonly at: number; readonly message: string };

/** Longer expressions are programs; a program belongs in the system that sends the event. */
export const CONDITION_LENGTH_MAX = 4_096;
/** Nesting of the parsed expression: evaluation recurses. */
const NESTING_MAX = 250;

const FUNCTION_NAMES: ReadonlySet<string> = new Set([...environment.funcs].map((one) => one.name));

const TYPE_NAMES: ReadonlySet<string> = new Set([
  'int', 'uint', 'double', 'bool', 'string', 'bytes', 'list', 'map', 'null_type', 'type',
]); // biome-ignore format: a table

/** Parses CEL once. Names that are neither in `names`, bound by a comprehension, nor CEL's own are refused. */
export function compileCondition(source: string, { names }: { readonly names: readonly string[] }): CompiledCondition {
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
    const walk = new Walk(source, parsed.sourceInfo?.positions ?? {}, names);
    const problem = walk.visit(parsed.expr, new Set(names), 0);
    if (problem !== null) return { ok: false, ...problem };
    const run = plan(environment, parsed.expr);
    return { ok: true, condition: conditionOf(source, run, walk) };
  } catch (error) {
    return { ok: false, ...parseProblem(source, error) };
  }
}

function conditionOf(source: string, run: ReturnType<typeof plan>, walk: Walk): Condition {
  const used = [...walk.used];
  return {
    source,
    names: used,
    evaluate(scope) {
      try {
        startBudget();
        const value = run(toCelScope(scope, used) as never);
        if (isCelError(value)) {
          return {
            ok: false,
            detail: readableError(value.message, value.exprId, walk),
            missing: MISSING.test(value.message),
          };
        }
        return fromCel(value);
      } catch (error) {
        // Values nested thousands deep, and results that are too large: everything else comes back as a CEL error.
        const detail = error instanceof RangeError ? 'the data is nested too deeply' : (error as Error).message;
        return { ok: false, detail };
      }
    },
  };
}

const MISSING = /^field not found: (.*)$/;

function readableError(message: string, exprId: bigint | undefined, walk: Walk): string {
  const at = exprId === undefined ? undefined : walk.positionOf(exprId);
  const where = at === undefined ? '' : ` (character ${at})`;
  const missing = MISSING.exec(message);
  if (missing !== null) return `no such field "${missing[1]}"${where}`;
  if (message === 'unresolved attribute') return `a name of the expression has no value here${where}`;
  return `${message}${where}`;
}

function parseProblem(source: string, error: unknown): { readonly at: number; readonly message: string } {
  if (error instanceof RangeError) return { at: 0, message: 'The expression is nested too deeply.' };
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

interface Problem {
  readonly at: number;
  readonly message: string;
}

/** One walk over a parsed expression: refuses unknown names, notes which are used, and makes loops count their steps. */
class Walk {
  readonly used = new Set<string>();
  readonly #source: string;
  readonly #positions: Readonly<Record<string, number>>;
  readonly #names: readonly string[];

  constructor(source: string, positions: Readonly<Record<string, number>>, names: readonly string[]) {
    this.#source = source;
    this.#positions = positions;
    this.#names = names;
  }

  positionOf(id: bigint): number | undefined {
    return this.#positions[String(id)];
  }

  visit(expr: Expr | undefined, bound: ReadonlySet<string>, depth: number): Problem | null {
    if (expr === undefined) return null;
    if (depth > NESTING_MAX) return this.#problem(expr, 'The expression is nested too deeply.');
    const { exprKind: kind } = expr;
    switch (kind.case) {
      case 'identExpr':
        return this.#name(expr, kind.value.name, bound);
      case 'selectExpr':
        return this.visit(kind.value.operand, bound, depth + 1);
      case 'listExpr':
        return this.#all(kind.value.elements, bound, depth);
      case 'callExpr': {
        const name = kind.value.function;
        if (/^[A-Za-z]/.test(name) && !FUNCTION_NAMES.has(name)) return this.#unknownFunction(expr, name);
        return this.visit(kind.value.target, bound, depth + 1) ?? this.#all(kind.value.args, bound, depth);
      }
      case 'structExpr': {
        if (kind.value.messageName !== '')
          return this.#problem(
            expr,
            `The expression names a message type "${kind.value.messageName}", which it cannot make; use { } for a map.`,
          );
        const parts = kind.value.entries.flatMap((entry) => [
          entry.keyKind.case === 'mapKey' ? entry.keyKind.value : undefined,
          entry.value,
        ]);
        return this.#all(parts, bound, depth);
      }
      case 'comprehensionExpr': {
        const loop = kind.value;
        const inner = new Set([...bound, loop.accuVar, loop.iterVar, ...(loop.iterVar2 === '' ? [] : [loop.iterVar2])]);
        const outside = this.#all([loop.iterRange, loop.accuInit], bound, depth);
        const problem = outside ?? this.#all([loop.loopCondition, loop.loopStep, loop.result], inner, depth);
        if (loop.loopCondition !== undefined) loop.loopCondition = countingSteps(loop.loopCondition);
        if (loop.iterRange !== undefined) loop.iterRange = call(RANGE, [loop.iterRange]);
        return problem;
      }
      default:
        return null;
    }
  }

  #all(parts: readonly (Expr | undefined)[], bound: ReadonlySet<string>, depth: number): Problem | null {
    for (const part of parts) {
      const problem = this.visit(part, bound, depth + 1);
      if (problem !== null) return problem;
    }
    return null;
  }

  #name(expr: Expr, name: string, bound: ReadonlySet<string>): Problem | null {
    if (bound.has(name)) {
      if (this.#names.includes(name)) this.used.add(name);
      return null;
    }
    if (TYPE_NAMES.has(name)) return null;
    return this.#problem(
      expr,
      `The expression uses an unknown name "${name}"; here it may use ${this.#names.join(', ')}.`,
    );
  }

  #unknownFunction(expr: Expr, name: string): Problem {
    const from = this.positionOf(expr.id) ?? 0;
    // CEL puts a call at its parenthesis; the reader looks at its name.
    const at = this.#source.lastIndexOf(name, from);
    return { at: at < 0 ? from : at, message: `The expression calls an unknown function "${name}".` };
  }

  #problem(expr: Expr, message: string): Problem {
    return { at: this.positionOf(expr.id) ?? 0, message };
  }
}

const call = (name: string, args: Expr[]): Expr =>
  ({
    $typeName: 'cel.expr.Expr',
    id: 0n,
    exprKind: { case: 'callExpr', value: { $typeName: 'cel.expr.Expr.Call', function: name, args } },
  }) as Expr;

const countingSteps = (condition: Expr): Expr => call('_&&_', [call(STEP, []), condition]);
