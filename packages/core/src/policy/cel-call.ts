// Which calls of functions and operators can work, by the types of what they are given. The signatures are those of the
// functions that evaluation really has (cel-environment.ts), so the two cannot differ; operators that take any type are
// in cel-operator.ts. cel-check.ts walks the expression and finds the place of each complaint in it.
import type { CelFunc } from '@bufbuild/cel';
import { environment } from './cel-environment.ts';
import { type Call, isWord, symbolOf, textOf } from './cel-expression.ts';
import { conversion, hintOf, type Judged, judgeEqual, judgeIn, judgeIndex, wrong } from './cel-operator.ts';
import { DYN, describe, either, fits, fromLibrary, itemOf, listOf, membersOf, type Type, union } from './cel-type.ts';
import { nearest } from './nearest.ts';

const SIGNATURES: ReadonlyMap<string, readonly CelFunc[]> = Map.groupBy(environment.funcs, (one) => one.name);

/** How the macros are written: those are expanded by the parser, so one that is still a call is written wrongly. */
export const MACROS: Readonly<Record<string, string>> = {
  has: 'has(data.field)',
  all: 'list.all(item, condition)',
  exists: 'list.exists(item, condition)',
  exists_one: 'list.exists_one(item, condition)',
  existsOne: 'list.existsOne(item, condition)',
  map: 'list.map(item, result)',
  filter: 'list.filter(item, condition)',
};

export const isFunction = (name: string): boolean => SIGNATURES.has(name) && isWord(name);
const FUNCTION_NAMES = [...SIGNATURES.keys(), ...Object.keys(MACROS)].filter(isWord);
/** What other languages call them. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  length: 'size', len: 'size', count: 'size', includes: 'contains', any: 'exists', some: 'exists', every: 'all',
  float: 'double', str: 'string', regex: 'matches', date: 'timestamp',
}; // biome-ignore format: a table

export function unknownFunction(name: string, more: readonly string[] = []): string {
  if (Object.hasOwn(MACROS, name)) return `\`${name}\` is written as in \`${MACROS[name]}\`.`;
  const near = nearest(name, [...more, ...FUNCTION_NAMES, ...Object.keys(ELSEWHERE)]);
  const hint = near === null ? '' : ` Did you mean \`${more.includes(near) ? near : (ELSEWHERE[near] ?? near)}\`?`;
  return `The expression calls an unknown function "${name}".${hint}`;
}

/** A call on a target, or none, with arguments of these types. */
export function judge({ function: name, args }: Call, target: Type | null, types: readonly Type[]): Judged {
  const [left = DYN, right = DYN] = types;
  switch (name) {
    case '_==_':
    case '_!=_':
      return judgeEqual(name, [left, right], args);
    case '@in':
      return judgeIn([left, right], args);
    case '_[_]':
      return judgeIndex(left, right, textOf(args[1]));
    default:
      return judgeSigned(name, target, types);
  }
}

function judgeSigned(name: string, target: Type | null, args: readonly Type[]): Judged {
  const all = SIGNATURES.get(name) ?? [];
  const inForm = all.filter((one) => (one.target === undefined) === (target === null));
  if (inForm.length === 0) return wrong('call', otherForm(name, target !== null));
  const counted = inForm.filter((one) => one.arguments.length === args.length);
  if (counted.length === 0) return wrong('call', wrongCount(name, inForm, args.length));
  const working = counted.filter((one) => worksWith(one, target, args));
  if (working.length > 0) return { ok: true, result: resultOf(name, working, args) };
  return complain(name, target, args, counted);
}

const worksWith = (one: CelFunc, target: Type | null, args: readonly Type[]): boolean =>
  (target === null || one.target === undefined || fits(target, one.target)) &&
  args.every((arg, index) => {
    const parameter = one.arguments[index];
    return parameter !== undefined && fits(arg, parameter);
  });

function resultOf(name: string, working: readonly CelFunc[], args: readonly Type[]): Type {
  // `dyn` gives up what is known on purpose.
  if (name === 'dyn') return DYN;
  if (name !== '_+_') return union(working.map((one) => fromLibrary(one.result)));
  const items = args.flatMap(membersOf).flatMap((one) => (one.kind === 'list' ? [one.item] : []));
  return union(
    working.map((one) =>
      one.result.kind === 'list' && items.length > 0 ? listOf(itemOf(items)) : fromLibrary(one.result),
    ),
  );
}

function otherForm(name: string, isMethod: boolean): string {
  return isMethod
    ? `\`${name}\` is not called on a value; write \`${name}(…)\`.`
    : `\`${name}\` is called on a value; write \`value.${name}(…)\`.`;
}

function wrongCount(name: string, functions: readonly CelFunc[], given: number): string {
  const counts = [...new Set(functions.map((one) => one.arguments.length))].sort();
  const many = counts.at(-1) === 1 ? 'argument' : 'arguments';
  return `\`${name}\` takes ${either(counts.map((count) => (count === 0 ? 'no' : String(count))))} ${many}, not ${given}.`;
}

function complain(name: string, target: Type | null, args: readonly Type[], counted: readonly CelFunc[]): Judged {
  const places = [
    ...(target === null ? [] : [{ blame: 'target' as const, type: target, of: (one: CelFunc) => one.target }]),
    ...args.map((type, index) => ({ blame: index, type, of: (one: CelFunc) => one.arguments[index] })),
  ];
  const symbol = symbolOf(name);
  for (const { blame, type, of } of places) {
    const parameters = counted.flatMap((one) => of(one) ?? []);
    if (parameters.some((parameter) => fits(type, parameter))) continue;
    const taken = describe(union(parameters.map(fromLibrary)));
    const what = blame === 'target' ? `is called on ${taken}` : `takes ${taken}`;
    return wrong(blame, `\`${symbol}\` ${what}, not ${describe(type)}.${hintOf(type)}`);
  }
  const types = places.map((place) => place.type);
  const [left, right] = types;
  if (isWord(name) || left === undefined || right === undefined)
    return wrong('call', `\`${symbol}\` cannot take ${types.map(describe).join(' and ')} together.`);
  return wrong(
    'call',
    `\`${symbol}\` cannot be used between ${describe(left)} and ${describe(right)}.${conversion(name, left, right)}`,
  );
}
