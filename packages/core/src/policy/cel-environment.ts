// The functions that expressions have: CEL's own, arithmetic across its two kinds of number, and a budget. CEL ends
// always, but not always soon: comprehensions nest, strings double, and a comparison inside a loop reads whole lists. So
// an evaluation may take so many loop steps and so much work, and then fails.
import {
  type CelFunc,
  type CelInput,
  type CelList,
  CelScalar,
  type CelValue,
  celEnv,
  celFunc,
  celList,
  celMethod,
  isCelError,
  isCelList,
  isCelMap,
  listType,
} from '@bufbuild/cel';

/** Loop steps of one evaluation, over all its comprehensions: enough for a list of thousands. */
export const CONDITION_STEPS_MAX = 10_000;
/** Units of work, each a list item looked at or a few characters read: a million take some tens of milliseconds. */
export const CONDITION_WORK_MAX = 1_000_000;
/** Characters of a joined string, items of a joined list. */
const JOINED_STRING_MAX = 1_048_576;
const JOINED_LIST_MAX = 10_000;

/** What compileCondition puts into every loop. */
export const STEP = '@relance_step';

// Evaluation is synchronous and never reentrant, so one budget serves every evaluation.
let stepsLeft = 0;
let workLeft = 0;

export function startBudget(): void {
  stepsLeft = CONDITION_STEPS_MAX;
  workLeft = CONDITION_WORK_MAX;
}

function step(): boolean {
  stepsLeft -= 1;
  if (stepsLeft < 0) throw new Error(`it takes more than ${CONDITION_STEPS_MAX} steps`);
  return true;
}

function charge(units: number): void {
  workLeft -= units;
  if (workLeft < 0) throw new Error('it takes too much work');
}

/** Native code reads a text this many times faster than we walk a list. */
const CHARACTERS_PER_UNIT = 16;

/** Charges for everything inside a value, as a comparison would read it. */
function chargeFor(value: CelValue): void {
  charge(typeof value === 'string' ? 1 + value.length / CHARACTERS_PER_UNIT : 1);
  if (typeof value !== 'object' || value === null) return;
  if (isCelList(value)) for (const item of value) chargeFor(item);
  else if (isCelMap(value)) for (const item of value.values()) chargeFor(item);
}

const { BOOL, DOUBLE, DYN, INT, STRING } = CelScalar;
const LIST = listType(DYN);

/** JSON knows one kind of number, CEL two: `data.amount * 1.5` and `data.rate + 1` must not fail for it. */
const mixed = (name: string, operate: (left: number, right: number) => number): CelFunc[] => [
  celFunc(name, [INT, DOUBLE], DOUBLE, (left, right) => operate(Number(left), right)),
  celFunc(name, [DOUBLE, INT], DOUBLE, (left, right) => operate(left, Number(right))),
];

/** A comprehension joins one item at a time; copying from the array behind the list keeps thousands of them fast. */
const joined = new WeakMap<CelList, readonly CelInput[]>();

function joinLists(left: CelList, right: CelList): CelList {
  const size = left.size + right.size;
  if (size > JOINED_LIST_MAX) throw new Error(`a list may have at most ${JOINED_LIST_MAX} items`);
  charge(size / CHARACTERS_PER_UNIT);
  const items = (joined.get(left) ?? [...left]).concat(joined.get(right) ?? [...right]);
  const list = celList(items);
  joined.set(list, items);
  return list;
}

function joinStrings(left: string, right: string): string {
  const length = left.length + right.length;
  if (length > JOINED_STRING_MAX) throw new Error('the text became too long');
  charge(length / CHARACTERS_PER_UNIT);
  return left + right;
}

const own = new Map([...celEnv().funcs].map((one) => [one.id, one]));

/** CEL's own function of this id. */
function original(id: string): CelFunc {
  const found = own.get(id);
  if (found === undefined) throw new Error(`CEL has no function ${id}.`);
  return found;
}

function result(value: ReturnType<CelFunc['call']>): CelValue {
  if (value === undefined) throw new Error('found no matching overload');
  if (isCelError(value)) throw value;
  return value;
}

const compared = (name: string): CelFunc => {
  const { call } = bound(original(`${name}(dyn,dyn)`));
  return celFunc(name, [DYN, DYN], BOOL, (left, right) => {
    chargeFor(left);
    return call(undefined, [left, right]) as boolean;
  });
};

const bound = (func: CelFunc) => ({
  call: (target: CelValue | undefined, args: CelValue[]) => result(func.call(0, target, args)),
});

const contained = bound(original('@in(dyn,list)'));
const matched = bound(original('string.matches(string)'));
const searched = bound(original('string.contains(string)'));
const counted = bound(original('size(string)'));

/** A longer pattern makes every character dearer, and compiling it is dear by itself. */
const MATCH_UNITS = 200;

export const environment: ReturnType<typeof celEnv> = celEnv({
  funcs: [
    ...mixed('_+_', (left, right) => left + right),
    ...mixed('_-_', (left, right) => left - right),
    ...mixed('_*_', (left, right) => left * right),
    ...mixed('_/_', (left, right) => left / right),
    celFunc('_+_', [STRING, STRING], STRING, joinStrings),
    celFunc('_+_', [LIST, LIST], LIST, joinLists),
    compared('_==_'),
    compared('_!=_'),
    celFunc('@in', [DYN, LIST], BOOL, (value, list) => {
      chargeFor(list);
      return contained.call(undefined, [value, list]) as boolean;
    }),
    celMethod('matches', STRING, [STRING], BOOL, function (pattern) {
      charge(MATCH_UNITS + pattern.length + (this.length / 4) * Math.max(1, pattern.length / CHARACTERS_PER_UNIT));
      return matched.call(this, [pattern]) as boolean;
    }),
    celMethod('contains', STRING, [STRING], BOOL, function (part) {
      charge(1 + this.length / CHARACTERS_PER_UNIT);
      return searched.call(this, [part]) as boolean;
    }),
    celFunc('size', [STRING], INT, (text) => {
      charge(1 + text.length);
      return counted.call(undefined, [text]) as bigint;
    }),
    celMethod('size', STRING, [], INT, function () {
      charge(1 + this.length);
      return counted.call(undefined, [this]) as bigint;
    }),
    celFunc(STEP, [], BOOL, step),
  ],
});

export const FUNCTION_NAMES: ReadonlySet<string> = new Set([...environment.funcs].map((one) => one.name));
