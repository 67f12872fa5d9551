// Reading the parsed expression: what a part of it is, and where in the text it stands. The parser gives operators and
// fields the place of their mark, macros the place of their dot, and what macros expand to no place of its own.
import type { parse } from '@bufbuild/cel';

export type ParsedExpression = ReturnType<typeof parse>;
export type Expression = NonNullable<ParsedExpression['expr']>;
type Kind<Case extends Expression['exprKind']['case']> =
  Extract<Expression['exprKind'], { case: Case }> extends {
    value: infer Value;
  }
    ? Value
    : never;
export type Loop = Kind<'comprehensionExpr'>;
export type Call = Kind<'callExpr'>;
export type Select = Kind<'selectExpr'>;
export type Struct = Kind<'structExpr'>;

export interface ExpressionProblem {
  /** 0-based character. */
  readonly at: number;
  /** One sentence, often with the next step. */
  readonly message: string;
}

/** The parts of an expression, those that macros are expanded to included. */
export function partsOf({ exprKind: { case: kind, value } }: Expression): readonly Expression[] {
  const parts: readonly (Expression | undefined)[] =
    kind === 'selectExpr'
      ? [value.operand]
      : kind === 'listExpr'
        ? value.elements
        : kind === 'callExpr'
          ? [value.target, ...value.args]
          : kind === 'structExpr'
            ? value.entries.flatMap(({ keyKind, value: own }) => [
                keyKind.case === 'mapKey' ? keyKind.value : undefined,
                own,
              ])
            : kind === 'comprehensionExpr'
              ? [value.iterRange, value.accuInit, value.loopCondition, value.loopStep, value.result]
              : [];
  return parts.filter((part) => part !== undefined);
}

/** A call that nobody wrote. */
export const call = (name: string, args: Expression[]): Expression =>
  ({
    $typeName: 'cel.expr.Expr',
    id: 0n,
    exprKind: { case: 'callExpr', value: { $typeName: 'cel.expr.Expr.Call', function: name, args } },
  }) as Expression;

/** The variable that macros are expanded with. */
export const ACCUMULATOR = '@result';

/** The values that `a ? b : c` may have, however deep; the expression itself where it is none. */
export function branchesOf(expr: Expression): readonly Expression[] {
  const { case: kind, value } = expr.exprKind;
  if (kind !== 'callExpr' || value.function !== '_?_:_') return [expr];
  return value.args.slice(1).flatMap(branchesOf);
}

/** The text of a literal; null for everything else. */
export function textOf(expr: Expression | undefined): string | null {
  if (expr?.exprKind.case !== 'constExpr') return null;
  const { constantKind } = expr.exprKind.value;
  return constantKind.case === 'stringValue' ? constantKind.value : null;
}

/** `a.b.c` as one name. */
export function dottedName(expr: Expression): string | null {
  const { case: kind, value } = expr.exprKind;
  if (kind === 'identExpr') return value.name;
  if (kind !== 'selectExpr' || value.operand === undefined) return null;
  const before = dottedName(value.operand);
  return before === null ? null : `${before}.${value.field}`;
}

/** `_+_` is written +, `@in` is written in. */
export const symbolOf = (name: string): string => (isWord(name) ? name : name.replace(/^@/, '').replaceAll('_', ''));
export const isWord = (name: string): boolean => /^[A-Za-z]/.test(name);

/** Where the parts of an expression stand, as 0-based characters. */
export class Places {
  readonly #source: string;
  readonly #info: ParsedExpression['sourceInfo'];

  constructor(source: string, parsed: ParsedExpression) {
    this.#source = source;
    this.#info = parsed.sourceInfo;
  }

  of(expr: Expression): number {
    return this.ofId(expr.id) ?? 0;
  }

  ofId(id: bigint): number | undefined {
    return this.#info?.positions[String(id)];
  }

  /** Where a part begins, its left operand and target included. */
  startOf(expr: Expression): number {
    const own = this.of(expr);
    const first = firstOf(expr);
    return first === undefined ? own : Math.min(own, this.startOf(first));
  }

  /** Where the word or mark of a call or field stands: at its place, or after a dot and spaces. */
  ofWord(expr: Expression, word: string): number {
    const from = this.of(expr);
    const at = this.#source.indexOf(word, from);
    return at < 0 ? from : at;
  }

  /** `has(a.b)` is a field that stands at the beginning of `has`. */
  ofField(expr: Expression, field: string): number {
    const macro = this.macroOf(expr);
    return this.ofWord((macro?.function === 'has' ? macro.args[0] : undefined) ?? expr, field);
  }

  /** The macro that was expanded to this. */
  macroOf(expr: Expression): Call | null {
    const call = this.#info?.macroCalls[String(expr.id)]?.exprKind;
    return call?.case === 'callExpr' ? call.value : null;
  }
}

function firstOf({ exprKind: { case: kind, value } }: Expression): Expression | undefined {
  switch (kind) {
    case 'selectExpr':
      return value.operand;
    case 'comprehensionExpr':
      return value.iterRange;
    case 'callExpr':
      return value.target ?? (isWord(value.function) ? undefined : value.args[0]);
    default:
      return undefined;
  }
}
