// Operators that take values of any type, and what they can never do: `==` between types that are never equal, `in` and
// `[ ]` with something that holds nothing. Those with signatures (`+`, `<`) are judged in cel-call.ts.
import { type Expression, symbolOf, textOf } from './cel-expression.ts';
import { fieldOf } from './cel-field.ts';
import { BOOL, canEqual, DYN, describe, isNumber, mayBe, membersOf, STRING, type Type, union } from './cel-type.ts';
import { didYouMean } from './nearest.ts';

/** `blame`: the target, one of the arguments by its index, or the call as a whole. */
export type Judged =
  | { readonly ok: true; readonly result: Type }
  | { readonly ok: false; readonly blame: 'call' | 'target' | number; readonly message: string };

export const wrong = (blame: 'call' | 'target' | number, message: string): Judged => ({ ok: false, blame, message });
const isTrueOrFalse: Judged = { ok: true, result: BOOL };

/** What a record says where it stands in place of something else. */
export function hintOf(type: Type): string {
  const hint = membersOf(type).find((one) => one.kind === 'record')?.hint;
  return hint === undefined ? '' : ` ${hint}`;
}

/** How to bring the two sides of an operator together. */
export function conversion(name: string, left: Type, right: Type): string {
  const is = (kind: (type: Type) => boolean): boolean => [left, right].some((one) => membersOf(one).some(kind));
  const isKind = (kind: Type['kind']): boolean => is((one) => one.kind === kind);
  if (isKind('string')) {
    if (is(isNumber))
      return name === '_+_'
        ? ' Write `string(…)` around the number.'
        : ' Write `int(…)` or `double(…)` around the text.';
    if (isKind('timestamp')) return ' Write `timestamp(…)` around the text.';
    if (isKind('duration')) return ' Write `duration(…)` around the text.';
    if (isKind('bool')) return name === '_+_' ? ' Write `string(…)` around the other side.' : '';
  }
  const timed = isKind('timestamp') || isKind('duration');
  return timed && is(isNumber) ? " Write a length of time as in `duration('36h')`." : '';
}

export function judgeEqual(name: string, [left, right]: readonly [Type, Type], args: readonly Expression[]): Judged {
  if (!canEqual(left, right)) {
    const types = `compares ${describe(left)} with ${describe(right)}, which are never equal`;
    return wrong(
      'call',
      `\`${symbolOf(name)}\` ${types}.${conversion(name, left, right)}${hintOf(left) || hintOf(right)}`,
    );
  }
  return neverThis(left, args, 1) ?? neverThis(right, args, 0) ?? isTrueOrFalse;
}

/** A text out of a closed list is compared with a literal that is not in it. */
function neverThis(type: Type, args: readonly Expression[], index: number): Judged | null {
  const text = textOf(args[index]);
  const message = text === null ? null : notAmong(type, text);
  return message === null ? null : wrong(index, message);
}

function notAmong(type: Type, text: string): string | null {
  const values = membersOf(type).flatMap((one) => (one.kind === 'string' && one.values) || []);
  const closed = membersOf(type).every((one) => one.kind === 'null' || (one.kind === 'string' && one.values));
  if (!closed || values.length === 0 || values.includes(text)) return null;
  return `It is never "${text}"; it is one of ${values.join(', ')}.${didYouMean(text, values)}`;
}

/** `item in container`. */
export function judgeIn([item, container]: readonly [Type, Type], args: readonly Expression[]): Judged {
  if (!mayBe(container, 'list', 'map', 'record')) {
    const instead = container.kind === 'string' ? ' In text, look with `text.contains(…)`.' : '';
    return wrong(1, `\`in\` looks into a list or a map, not ${describe(container)}.${instead}${hintOf(container)}`);
  }
  const keys = itemsOf(container) ?? DYN;
  if (!canEqual(item, keys))
    return wrong('call', `\`in\` looks for ${describe(item)} among ${describe(keys)}, where it never is.`);
  const list = args[1]?.exprKind;
  for (const one of list?.case === 'listExpr' ? list.value.elements : []) {
    const text = textOf(one);
    const message = text === null ? null : notAmong(item, text);
    if (message !== null) return wrong(1, message);
  }
  return isTrueOrFalse;
}

/** What lists hold and which keys maps have; null where it is neither. */
export function itemsOf(container: Type): Type | null {
  const items = membersOf(container).flatMap((one): Type[] => {
    if (one.kind === 'list') return [one.item.kind === 'never' ? DYN : one.item];
    if (one.kind === 'map') return [one.key.kind === 'never' ? DYN : one.key];
    if (one.kind === 'record') return [STRING];
    return one.kind === 'dyn' || one.kind === 'never' ? [DYN] : [];
  });
  return items.length === 0 ? null : union(items);
}

/** `container[index]`; `field` is the index where it is a literal text. */
export function judgeIndex(container: Type, index: Type, field: string | null): Judged {
  if (field !== null && membersOf(container).some((one) => one.kind === 'record')) {
    const read = fieldOf(container, field);
    return read.ok ? { ok: true, result: read.type } : wrong(1, read.message);
  }
  const found = membersOf(container).flatMap((one): Type[] => {
    if (one.kind === 'dyn' || one.kind === 'never') return [DYN];
    if (one.kind === 'list' && mayBe(index, 'int', 'uint', 'double')) return [one.item];
    if (one.kind === 'map' && index.kind !== 'null' && canEqual(index, one.key)) return [one.value];
    return one.kind === 'record' && mayBe(index, 'string') ? [DYN] : [];
  });
  if (found.length > 0) return { ok: true, result: found.some((one) => one.kind === 'never') ? DYN : union(found) };
  if (!mayBe(container, 'list', 'map', 'record'))
    return wrong(0, `\`[ ]\` looks into a list or a map, not ${describe(container)}.${hintOf(container)}`);
  const wanted = mayBe(container, 'list') ? 'a whole number' : describe(itemsOf(container) ?? STRING);
  return wrong(1, `\`[ ]\` takes ${wanted} here, not ${describe(index)}.`);
}
