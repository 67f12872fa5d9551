// The functions that expressions have: CEL's own, amended where the library strays (cel-amended.ts), arithmetic across its
// two kinds of number, and a price for each of them (cel-budget.ts).
import {
  type CelFunc,
  type CelList,
  CelScalar,
  type CelValue,
  celEnv,
  celFunc,
  celList,
  celMethod,
  listType,
} from '@bufbuild/cel';
import { AMENDED, LIBRARY, original } from './cel-amended.ts';
import {
  CHARACTERS_PER_UNIT,
  charge,
  chargeForComparison,
  chargeForRange,
  chargeForSearch,
  paid,
  resultOf,
  takeStep,
} from './cel-budget.ts';
import { matches } from './cel-match.ts';

/** Characters of a joined string, items of a joined list. */
const JOINED_STRING_MAX = 1_048_576;
const JOINED_LIST_MAX = 10_000;

/** What compileCondition puts into every loop: one for each step, one around what it goes through. */
export const STEP = '@relance_step';
export const RANGE = '@relance_range';

const { BOOL, DOUBLE, DYN, INT, STRING } = CelScalar;
const LIST = listType(DYN);

/** JSON knows one kind of number, CEL two: `data.amount * 1.5` and `data.rate + 1` must not fail for it. */
const mixed = (name: string, operate: (left: number, right: number) => number): CelFunc[] => [
  celFunc(name, [INT, DOUBLE], DOUBLE, (left, right) => operate(Number(left), right)),
  celFunc(name, [DOUBLE, INT], DOUBLE, (left, right) => operate(left, Number(right))),
];

/** The items behind joined lists: several lists may share one array, each seeing as much of it as its own size. */
const joined = new WeakMap<CelList, CelValue[]>();

/**
 * A comprehension joins one item at a time. The list that grew last grows in place, under a new list that sees one item
 * more; every other one is copied.
 */
function joinLists(left: CelList, right: CelList): CelList {
  const size = left.size + right.size;
  charge(right.size);
  if (size > JOINED_LIST_MAX) {
    charge(JOINED_LIST_MAX);
    throw new Error(`a list may have at most ${JOINED_LIST_MAX} items`);
  }
  let items = joined.get(left);
  if (items?.length !== left.size) {
    charge(left.size);
    items = [...left];
  }
  for (const item of [...right]) items.push(item);
  const list = viewOf(items, size);
  joined.set(list, items);
  return list;
}

/** A list of the first items of an array that may grow. */
function viewOf(items: readonly CelValue[], size: number): CelList {
  return Object.defineProperties(celList([]), {
    size: { value: size },
    get: { value: (index: number): CelValue | undefined => (index < size ? items[index] : undefined) },
    values: {
      *value(): Generator<CelValue> {
        for (let index = 0; index < size; index++) yield items[index] as CelValue;
      },
    },
  });
}

function joinStrings(left: string, right: string): string {
  const length = left.length + right.length;
  charge(1 + length / CHARACTERS_PER_UNIT);
  if (length > JOINED_STRING_MAX) throw new Error('the text became too long');
  return left + right;
}

const compared = (name: string): CelFunc => {
  const own = original(`${name}(dyn,dyn)`);
  return celFunc(name, [DYN, DYN], BOOL, (left, right) => {
    chargeForComparison(left, right);
    return resultOf(own.call(0, undefined, [left, right])) as boolean;
  });
};

const contained = original('@in(dyn,list)');

const OWN: readonly CelFunc[] = [
  ...mixed('_+_', (left, right) => left + right),
  ...mixed('_-_', (left, right) => left - right),
  ...mixed('_*_', (left, right) => left * right),
  ...mixed('_/_', (left, right) => left / right),
  celFunc('_+_', [STRING, STRING], STRING, joinStrings),
  celFunc('_+_', [LIST, LIST], LIST, joinLists),
  compared('_==_'),
  compared('_!=_'),
  celFunc('@in', [DYN, LIST], BOOL, (value, list) => {
    chargeForSearch(value, list);
    return resultOf(contained.call(0, undefined, [value, list])) as boolean;
  }),
  celMethod('matches', STRING, [STRING], BOOL, function (pattern) {
    return matches(String(this), pattern);
  }),
  celFunc(STEP, [], BOOL, takeStep),
  celFunc(RANGE, [DYN], DYN, chargeForRange),
];

const replaced: ReadonlySet<string> = new Set([...OWN, ...AMENDED].map((one) => one.id));
const FUNCTIONS: CelFunc[] = [...[...LIBRARY.filter((one) => !replaced.has(one.id)), ...AMENDED].map(paid), ...OWN];

type Options = Omit<NonNullable<Parameters<typeof celEnv>[0]>, 'funcs'>;

/** CEL as we evaluate it. The options are for the conformance suite, which has message types of its own. */
export const environmentOf = (options: Options = {}): ReturnType<typeof celEnv> =>
  celEnv({ ...options, funcs: FUNCTIONS });

export const environment: ReturnType<typeof celEnv> = environmentOf();
