// `activity.last(type)` and `activity.count(type, window)`: what they ask for is gathered before a decision, so it is written
// out in the expression. Each call becomes a look into what was gathered: `activity.last["com.acme.login"]`.
import { call, type Expression, partsOf, textOf } from './cel-expression.ts';
import { type Duration, parseDuration } from './duration.ts';

/** What a condition asks of a recipient's history; without a window it is the last activity of the type. */
export interface ActivityAsk {
  readonly type: string;
  readonly window: { readonly text: string; readonly duration: Duration } | null;
}

/** Under which name a count is found. */
export const countKey = (type: string, window: string): string => `${type}\n${window}`;

/** `'30 days'`, or `duration('36h')`; null for what is not written out. */
export function windowOf(expr: Expression | undefined): ActivityAsk['window'] {
  const text = textOf(expr);
  if (text !== null) {
    const read = parseDuration(text);
    return read.ok ? { text, duration: read.value } : null;
  }
  if (expr?.exprKind.case !== 'callExpr' || expr.exprKind.value.function !== 'duration') return null;
  const inner = textOf(expr.exprKind.value.args[0]);
  const ms = inner === null ? null : readCelDuration(inner);
  return inner === null || ms === null ? null : { text: inner, duration: { kind: 'exact', ms } };
}

const UNIT_MS: Readonly<Record<string, number>> = { h: 3_600_000, m: 60_000, s: 1_000, ms: 1 };

/** `1h30m`, as CEL writes durations. */
function readCelDuration(text: string): number | null {
  if (!/^(\d{1,15}(\.\d{1,15})?(h|ms|m|s)){1,9}$/.test(text)) return null;
  let ms = 0;
  for (const [, count, unit] of text.matchAll(/(\d{1,15}(?:\.\d{1,15})?)(h|ms|m|s)/g))
    ms += Number(count) * (UNIT_MS[unit ?? ''] ?? 0);
  return ms;
}

/** Turns the calls of a checked expression into looks, and answers with what they ask for. */
export function askActivity(expr: Expression): readonly ActivityAsk[] {
  const own = rewrite(expr);
  return [...own, ...partsOf(expr).flatMap(askActivity)];
}

function rewrite(expr: Expression): readonly ActivityAsk[] {
  const { case: kind, value } = expr.exprKind;
  if (kind !== 'callExpr' || value.target === undefined || !isActivity(value.target)) return [];
  const type = textOf(value.args[0]);
  const window = value.function === 'count' ? windowOf(value.args[1]) : null;
  if (type === null || (value.function === 'count' && window === null)) return [];
  const key = window === null ? type : countKey(type, window.text);
  expr.exprKind = call('_[_]', [field(value.target, value.function), text(key)]).exprKind;
  return [{ type, window }];
}

const isActivity = ({ exprKind: { case: kind, value } }: Expression): boolean =>
  kind === 'identExpr' && value.name.replace(/^\./, '') === 'activity';

const field = (operand: Expression, name: string): Expression =>
  ({
    $typeName: 'cel.expr.Expr',
    id: 0n,
    exprKind: {
      case: 'selectExpr',
      value: { $typeName: 'cel.expr.Expr.Select', operand, field: name, testOnly: false },
    },
  }) as Expression;

const text = (value: string): Expression =>
  ({
    $typeName: 'cel.expr.Expr',
    id: 0n,
    exprKind: {
      case: 'constExpr',
      value: { $typeName: 'cel.expr.Constant', constantKind: { case: 'stringValue', value } },
    },
  }) as Expression;
