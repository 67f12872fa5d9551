// What the data of a policy's follow-ups can have, as far as that is known before any is opened: the keys that its `data`
// writes out, or what example events of its clauses bring. Where neither says it, anything may be there.
import { parse } from '@bufbuild/cel';
import { isNamed, type PolicyEvent } from './clause.ts';
import { branchesOf, type Expression, textOf } from './policy/cel-expression.ts';
import type { Policy } from './policy/policy.ts';
import type { Seen } from './template/seen.ts';

export interface DataSeen {
  readonly seen: Seen;
  /** `written`: nothing else is ever there. `examples`: nothing else is shown by them. */
  readonly by: 'written' | 'examples';
}

export function dataSeen(policy: Policy, examples: readonly PolicyEvent[]): DataSeen | null {
  // What is opened by API brings its own data.
  if (!policy.clauses.some(({ role }) => role === 'open')) return null;
  const written = policy.data === null ? null : writtenSeen(policy.data.source);
  if (written !== null) return { seen: written, by: 'written' };
  const meant = examples.filter((event) => policy.clauses.some((clause) => names(clause, event)));
  if (!meant.some((event) => policy.clauses.some((clause) => clause.role === 'open' && names(clause, event))))
    return null;
  const shown = meant.map((event) => (policy.data === null ? event.data : dataOf(policy.data, event)));
  return { seen: shown.reduce<Seen>((all, one) => both(all, shapeOf(one)) ?? all, {}), by: 'examples' };
}

const names = ({ on }: Policy['clauses'][number], { type }: PolicyEvent): boolean =>
  isNamed(on, typeof type === 'string' ? type : '');

function dataOf(data: NonNullable<Policy['data']>, event: PolicyEvent): unknown {
  const result = data.evaluate({ event });
  return result.ok ? result.value : null;
}

/** Of a map that is written out, or a choice between such maps. */
function writtenSeen(source: string): Seen | null {
  const { expr } = parse(source);
  const shapes = expr === undefined ? [null] : branchesOf(expr).map(structSeen);
  return shapes.some((one) => one === null) ? null : shapes.reduce((all, one) => both(all, one));
}

function structSeen(expr: Expression): Seen | null {
  const { case: kind, value } = expr.exprKind;
  if (kind !== 'structExpr') return null;
  const fields: Record<string, Seen | null> = {};
  for (const { keyKind, value: own } of value.entries) {
    const name = keyKind.case === 'mapKey' ? textOf(keyKind.value) : null;
    if (name === null) return null;
    fields[name] = own === undefined ? null : structSeen(own);
  }
  return fields;
}

/** Null: anything. */
function both(one: Seen | null, other: Seen | null): Seen | null {
  if (one === null || other === null) return null;
  const shared = Object.fromEntries(
    Object.entries(other).map(([name, shape]) => [
      name,
      Object.hasOwn(one, name) ? both(one[name] ?? null, shape) : shape,
    ]),
  );
  return { ...one, ...shared };
}

/** As the value is: a list, a text or null may be looked into in any way. */
function shapeOf(value: unknown): Seen | null {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
  return Object.fromEntries(Object.entries(value).map(([name, own]) => [name, shapeOf(own)]));
}
