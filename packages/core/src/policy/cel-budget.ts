// What one evaluation may cost. CEL ends always, but not always soon: comprehensions nest, strings double, and a
// comparison inside a loop reads whole lists. So an evaluation may take so many loop steps and so much work, and then
// fails. The same expression over the same data costs the same everywhere: nothing is measured by a clock.
import {
  type CelFunc,
  type CelList,
  type CelValue,
  celFunc,
  celMethod,
  isCelError,
  isCelList,
  isCelMap,
} from '@bufbuild/cel';

/** Loop steps of one evaluation, over all its comprehensions: enough for a list of thousands. */
export const CONDITION_STEPS_MAX = 10_000;
/** Units of work, each a list item looked at or a few characters read: this many take some ten milliseconds. */
export const CONDITION_WORK_MAX = 200_000;
/** What a step costs beside what is done in it. */
const STEP_UNITS = 5;
/** An error carries a trace: a loop that goes on over thousands of them is slow. */
const ERROR_UNITS = 200;
/** Native code reads a text this many times faster than we walk a list. */
export const CHARACTERS_PER_UNIT = 16;
/** A result is copied once, at the end. */
const COPIES_PER_UNIT = 4;

const TOO_MUCH = 'it takes too much work';

// Evaluation is synchronous and never reentrant, so one budget serves every evaluation.
let stepsLeft = 0;
let workLeft = 0;
/** Counts evaluations, for what is paid once in each. */
let evaluation = 0;

export function startBudget(): void {
  stepsLeft = CONDITION_STEPS_MAX;
  workLeft = CONDITION_WORK_MAX;
  evaluation += 1;
}

export const evaluationNumber = (): number => evaluation;

/** One step of a loop. A loop goes on over errors, since a later item may decide; not over those of the budget. */
export function takeStep(): boolean {
  stepsLeft -= 1;
  if (stepsLeft < 0) throw new Error(`it takes more than ${CONDITION_STEPS_MAX} steps`);
  charge(STEP_UNITS);
  return true;
}

export function charge(units: number): void {
  workLeft -= units;
  if (workLeft < 0) throw new Error(TOO_MUCH);
}

/** What copying a value into a result costs; a list of a thousand times the same long text is as long as it reads. */
export function chargeForCopy(value: unknown): void {
  charge((1 + lengthOf(value) / CHARACTERS_PER_UNIT) / COPIES_PER_UNIT);
}

/** A loop first lists everything that it goes through, however soon it ends. */
export function chargeForRange(value: CelValue): CelValue {
  charge(isCelList(value) || isCelMap(value) ? value.size : 1);
  return value;
}

const isContainer = (value: CelValue): boolean => isCelList(value) || isCelMap(value);

/** Charges for a comparison: it reads both sides, as far as both go. */
export function chargeForComparison(left: CelValue, right: CelValue): void {
  if (isContainer(left) && isContainer(right)) chargeFor(left);
  else charge(1 + Math.min(lengthOf(left), lengthOf(right)) / CHARACTERS_PER_UNIT);
}

/** Charges for looking for a value among items. */
export function chargeForSearch(value: CelValue, list: CelList): void {
  if (isContainer(value)) chargeFor(list);
  else charge(list.size * (1 + lengthOf(value) / CHARACTERS_PER_UNIT));
}

/** Charges for everything inside a value. */
function chargeFor(value: CelValue): void {
  charge(1 + lengthOf(value) / CHARACTERS_PER_UNIT);
  if (typeof value !== 'object' || value === null) return;
  if (isCelList(value)) for (const item of value) chargeFor(item);
  else if (isCelMap(value)) {
    charge(value.size);
    for (const item of value.values()) chargeFor(item);
  }
}

const lengthOf = (value: unknown): number =>
  typeof value === 'string' || value instanceof Uint8Array ? value.length : 0;

/** What a function does beside reading its arguments: these parse, or ask a time zone. */
const DEAR: Readonly<Record<string, number>> = { timestamp: 50, duration: 50 };
const ZONED_UNITS = 150;

/** The function, paid for by the length of what it is given. */
export function paid(func: CelFunc): CelFunc {
  const { name, target, arguments: parameters, result } = func;
  const zoned = name.startsWith('get') && parameters.length > 0;
  const units = zoned ? ZONED_UNITS : (DEAR[name] ?? 1);
  const call = (self: CelValue | undefined, args: CelValue[]): CelValue => {
    let cost = units + lengthOf(self) / CHARACTERS_PER_UNIT;
    for (const arg of args) cost += lengthOf(arg) / CHARACTERS_PER_UNIT;
    charge(cost);
    return resultOf(func.call(0, self, args));
  };
  return target === undefined
    ? celFunc(name, parameters as never, result, (...args: unknown[]) => call(undefined, args as CelValue[]) as never)
    : celMethod(name, target, parameters as never, result, function (this: unknown, ...args: unknown[]) {
        return call(this as CelValue, args as CelValue[]) as never;
      });
}

/** What a function of the library gives, its error thrown. */
export function resultOf(value: ReturnType<CelFunc['call']>): CelValue {
  if (value !== undefined && !isCelError(value)) return value;
  charge(ERROR_UNITS);
  throw value ?? new Error('found no matching overload');
}
