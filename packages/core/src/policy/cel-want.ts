// Whether an expression gives what its place in a policy wants: the type of the whole, of each branch of a `? :`, of the
// items of a list and the fields of a map that are written out. What the places want is in cel-key.ts.
import type { Checker } from './cel-check.ts';
import { branchesOf, type Expression, textOf } from './cel-expression.ts';
import { hintOf } from './cel-operator.ts';
import { describe, mayBe, membersOf, type Type } from './cel-type.ts';
import { didYouMean } from './nearest.ts';

export interface Wanted {
  /** "true or false". */
  readonly words: string;
  readonly kinds: readonly Type['kind'][];
  /** The next step where another type stands, as a sentence; null for none. */
  readonly instead?: (type: Type) => string | null;
  /** Why a literal text cannot stand here, as a sentence. */
  readonly readsText?: (text: string) => string | null;
  /** Of a list. */
  readonly item?: Wanted;
  /** Of a map that is written out: its fields, and the one that must be there. */
  readonly fields?: Readonly<Record<string, Wanted>>;
  readonly required?: string;
  /** What such a map is called. */
  readonly name?: string;
}

/** Notes the first thing that is not wanted as the checker's problem. `what` begins the sentence. */
export function demand(checker: Checker, expr: Expression, wanted: Wanted, what = 'The expression'): void {
  for (const branch of branchesOf(expr)) {
    const type = checker.typeOf(branch);
    if (checker.problem !== null) return;
    if (!mayBe(type, ...wanted.kinds)) {
      checker.refuse(checker.places.startOf(branch), unwanted(type, wanted, what));
      return;
    }
    const text = textOf(branch);
    const problem = text === null ? null : (wanted.readsText?.(text) ?? null);
    if (problem !== null) checker.refuse(checker.places.startOf(branch), problem);
    demandParts(checker, branch, type, wanted);
  }
}

function unwanted(type: Type, { words, instead }: Wanted, what: string): string {
  const step = instead?.(type) ?? null;
  return `${what} gives ${describe(type)}, but ${words} is expected here.${step === null ? '' : ` ${step}`}${hintOf(type)}`;
}

function demandParts(checker: Checker, branch: Expression, type: Type, wanted: Wanted): void {
  const { item, fields } = wanted;
  const { case: kind, value } = branch.exprKind;
  if (fields !== undefined && kind === 'structExpr') demandFields(checker, branch, wanted, fields);
  if (item === undefined) return;
  if (kind === 'listExpr') for (const one of value.elements) demand(checker, one, item, 'An item of the list');
  for (const list of membersOf(type)) {
    if (list.kind !== 'list' || mayBe(list.item, ...item.kinds)) continue;
    checker.refuse(checker.places.startOf(branch), unwanted(list.item, item, 'An item of the list'));
  }
}

function demandFields(
  checker: Checker,
  struct: Expression,
  { required, name = 'A map' }: Wanted,
  fields: Readonly<Record<string, Wanted>>,
): void {
  if (struct.exprKind.case !== 'structExpr') return;
  const { entries } = struct.exprKind.value;
  let open = false;
  const given = new Set<string>();
  for (const { keyKind, value } of entries) {
    const key = keyKind.case === 'mapKey' ? keyKind.value : undefined;
    const field = textOf(key);
    if (key === undefined || field === null) {
      open = true;
      continue;
    }
    given.add(field);
    const own = Object.hasOwn(fields, field) ? fields[field] : undefined;
    if (own !== undefined) {
      if (value !== undefined) demand(checker, value, own, `\`${field}\``);
      continue;
    }
    const names = Object.keys(fields);
    const hint = didYouMean(field, names) || ` It has ${names.join(', ')}.`;
    checker.refuse(checker.places.startOf(key), `${name} has no field \`${field}\`.${hint}`);
  }
  if (required === undefined || given.has(required) || open) return;
  checker.refuse(checker.places.startOf(struct), `${name} needs \`${required}\`; add it to the map.`);
}
