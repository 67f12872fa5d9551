// The types that expressions are checked with: CEL's own, records with known fields, and unions of what a value may be.
// A union is "one of these, who knows which": it fits wherever one of its members does, so that nothing is refused that
// may be right. `dyn` fits everywhere. The checker is cel-check.ts, what each name has as a type is cel-scope.ts.
import type { CelType as LibraryType } from '@bufbuild/cel';

export type Kind = 'bool' | 'int' | 'uint' | 'double' | 'string' | 'bytes' | 'null' | 'timestamp' | 'duration' | 'type';

export interface Plain {
  readonly kind: Kind;
  /** The only texts that a string can be, where they are known. */
  readonly values?: readonly string[];
}
export interface Method {
  readonly parameters: readonly Type[];
  readonly result: Type;
  /** As it is written: `activity.last(type)`. */
  readonly usage: string;
  /** Why a literal text cannot be this argument, as a sentence. */
  readonly readsText?: (index: number, text: string) => string | null;
}
/** A map whose fields are known. */
export interface RecordType {
  readonly kind: 'record';
  /** With its article, for sentences: "a recipient". */
  readonly name: string;
  readonly fields: Readonly<Record<string, Type>>;
  readonly methods?: Readonly<Record<string, Method>>;
  /** Further fields that may be there: those whose name matches. */
  readonly others?: RegExp;
  /** Said after a field that there is not: where else to look. */
  readonly elsewhere?: string;
  /** Said where a list is made of its fields: their names say nothing. */
  readonly noLoop?: string;
  /** Said where this record stands in place of something else. */
  readonly hint?: string;
}
export type Type =
  | Plain
  | RecordType
  | { readonly kind: 'dyn' }
  /** What the empty list holds: it fits everywhere and is nothing. */
  | { readonly kind: 'never' }
  | { readonly kind: 'list'; readonly item: Type }
  | { readonly kind: 'map'; readonly key: Type; readonly value: Type }
  | { readonly kind: 'union'; readonly members: readonly Type[] };

export const BOOL: Type = { kind: 'bool' };
export const INT: Type = { kind: 'int' };
export const UINT: Type = { kind: 'uint' };
export const DOUBLE: Type = { kind: 'double' };
export const STRING: Type = { kind: 'string' };
export const BYTES: Type = { kind: 'bytes' };
export const NULL: Type = { kind: 'null' };
export const TIMESTAMP: Type = { kind: 'timestamp' };
export const DURATION: Type = { kind: 'duration' };
export const TYPE: Type = { kind: 'type' };
export const DYN: Type = { kind: 'dyn' };
export const NEVER: Type = { kind: 'never' };

export const listOf = (item: Type): Type => ({ kind: 'list', item });
export const mapOf = (key: Type, value: Type): Type => ({ kind: 'map', key, value });
export const nullable = (type: Type): Type => union([type, NULL]);
export const oneOf = (values: readonly string[]): Type => ({ kind: 'string', values });
/** The types that a value may be of. */
export const membersOf = (type: Type): readonly Type[] => (type.kind === 'union' ? type.members : [type]);

/** A value of any of these types. */
export function union(types: readonly Type[]): Type {
  const members: Type[] = [];
  for (const type of types.flatMap(membersOf)) {
    if (type.kind === 'dyn') return DYN;
    if (type.kind !== 'never' && !members.some((one) => same(one, type))) members.push(type);
  }
  const telling = members.filter(
    (one) => !isEmpty(one) || !members.some((other) => other.kind === one.kind && !isEmpty(other)),
  );
  const [only] = telling;
  if (only === undefined) return NEVER;
  return telling.length === 1 ? only : { kind: 'union', members: telling };
}

/** The type of `[]` and of `{}`, which says less than any other of its kind. */
const isEmpty = (type: Type): boolean =>
  (type.kind === 'list' && type.item.kind === 'never') || (type.kind === 'map' && type.value.kind === 'never');

/** One type for the items of a list: as in CEL, items of different types make a list of anything. */
export function itemOf(types: readonly Type[]): Type {
  const all = union(types);
  const real = membersOf(all).filter((one) => one.kind !== 'null');
  return real.length > 1 ? DYN : all;
}

function same(a: Type, b: Type): boolean {
  if (a.kind !== b.kind) return false;
  if (a.kind === 'list' && b.kind === 'list') return same(a.item, b.item);
  if (a.kind === 'map' && b.kind === 'map') return same(a.key, b.key) && same(a.value, b.value);
  if (a.kind === 'record' && b.kind === 'record') return a.name === b.name;
  if (a.kind === 'string' && b.kind === 'string') return a.values?.join() === b.values?.join();
  return a.kind !== 'union';
}

const NUMBERS: readonly string[] = ['int', 'uint', 'double'];
export const isNumber = (type: Type): boolean => NUMBERS.includes(type.kind);
/** A record is a map with text keys. */
const asMap = (type: Type): { readonly key: Type; readonly value: Type } | null =>
  type.kind === 'map' ? type : type.kind === 'record' ? { key: STRING, value: DYN } : null;

/**
 * Whether a value of one type can ever equal one of the other. Numbers of all kinds compare, and asking whether
 * something is null is never wrong.
 */
export function canEqual(a: Type, b: Type): boolean {
  if (a.kind === 'union' || b.kind === 'union')
    return present(a).some((left) => present(b).some((right) => canEqual(left, right)));
  if ([a.kind, b.kind].some((kind) => kind === 'dyn' || kind === 'never' || kind === 'null')) return true;
  if (isNumber(a) && isNumber(b)) return true;
  if (a.kind === 'list' && b.kind === 'list') return canEqual(a.item, b.item);
  if (a.kind === 'record' && b.kind === 'record') return a.name === b.name;
  const [left, right] = [asMap(a), asMap(b)];
  if (left !== null && right !== null) return canEqual(left.key, right.key) && canEqual(left.value, right.value);
  return a.kind === b.kind;
}

/** What a value may be beside null: that both may be null is no reason to compare them. */
function present(type: Type): readonly Type[] {
  const rest = membersOf(type).filter((one) => one.kind !== 'null');
  return rest.length === 0 ? [type] : rest;
}

/** Whether a value of this type may be of one of these kinds. */
export const mayBe = (type: Type, ...kinds: readonly Type['kind'][]): boolean =>
  membersOf(type).some((one) => one.kind === 'dyn' || one.kind === 'never' || kinds.includes(one.kind));

/** Whether a function of the library with this parameter takes a value of this type. */
export function fits(type: Type, parameter: LibraryType): boolean {
  const kind = kindOf(parameter);
  if (kind === 'dyn') return true;
  return kind === 'map' ? mayBe(type, 'map', 'record') : mayBe(type, kind);
}

/** The library's types as ours. Lists and maps of its functions hold anything. */
export function fromLibrary(type: LibraryType): Type {
  const kind = kindOf(type);
  if (kind === 'list') return listOf(DYN);
  if (kind === 'map') return mapOf(DYN, DYN);
  return { kind } as Type;
}

function kindOf(type: LibraryType): Kind | 'dyn' | 'list' | 'map' {
  if (type.kind === 'list' || type.kind === 'map') return type.kind;
  if (type.name === 'google.protobuf.Timestamp') return 'timestamp';
  if (type.name === 'google.protobuf.Duration') return 'duration';
  if (type.name === 'null_type') return 'null';
  return type.kind === 'scalar' ? (type.name as Kind | 'dyn') : 'dyn';
}

const WORDS: Readonly<Record<Kind, string>> = {
  bool: 'true or false',
  int: 'a whole number',
  uint: 'an unsigned number',
  double: 'a decimal number',
  string: 'text',
  bytes: 'bytes',
  null: 'null',
  timestamp: 'a timestamp',
  duration: 'a duration',
  type: 'a type',
};

/** "a whole number", "a list of text", "text or null". */
export function describe(type: Type): string {
  switch (type.kind) {
    case 'dyn':
    case 'never':
      return 'anything';
    case 'record':
      return type.name;
    case 'map':
      return 'a map';
    case 'list':
      return type.item.kind in WORDS && type.item.kind !== 'bool' ? `a list of ${plural(type.item)}` : 'a list';
    case 'union': {
      const numbers = type.members.filter(isNumber).length;
      const words = type.members.map((one) => (numbers > 1 && isNumber(one) ? 'a number' : describe(one)));
      return either([...new Set(words)]);
    }
    default:
      return WORDS[type.kind];
  }
}

const plural = (type: Type): string => {
  const word = describe(type).replace(/^an? /, '');
  return word === 'text' || word === 'bytes' || word === 'null' ? word : `${word}s`;
};

/** "a, b or c". */
export const either = (words: readonly string[]): string =>
  words.length < 2 ? (words[0] ?? '') : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;
