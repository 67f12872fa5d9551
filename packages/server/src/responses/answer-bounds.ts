// What of a JSON Schema a browser can hold a field to while it is filled in: bounds and steps of numbers, lengths and simple
// patterns of texts. It never refuses what the schema allows; what it lets pass, the schema still judges once it is posted.

type Given = Readonly<Record<string, unknown>>;

export interface NumberBounds {
  readonly min: number | null;
  readonly max: number | null;
  /** Null: any number. */
  readonly step: number | null;
}

export interface TextBounds {
  readonly minLength: number | null;
  readonly maxLength: number | null;
  /** As the attribute takes it, without `^` and `$`. */
  readonly pattern: string | null;
}

const numberOf = (value: unknown): number | null => (typeof value === 'number' ? value : null);
/** Of two bounds the tighter one; null where there is none. */
const tighter = (one: number | null, two: number | null, pick: (...all: number[]) => number): number | null =>
  one === null || two === null ? (one ?? two) : pick(one, two);

/**
 * Browsers count steps from `min`, JSON Schema from 0: bounds are moved to the next value that is allowed. An exclusive bound
 * is the step after it; where there are no steps it stays, as a browser knows no other.
 */
export function boundsOf(schema: Given): NumberBounds {
  const step = stepOf(schema);
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum } = schema;
  const least = (bound: number, exclusive: boolean): number =>
    step === null
      ? bound
      : stepsOf(exclusive ? Math.floor(near(bound / step)) + 1 : Math.ceil(near(bound / step)), step);
  const most = (bound: number, exclusive: boolean): number =>
    step === null
      ? bound
      : stepsOf(exclusive ? Math.ceil(near(bound / step)) - 1 : Math.floor(near(bound / step)), step);
  const map = (value: unknown, exclusive: boolean, move: typeof least): number | null => {
    const bound = numberOf(value);
    return bound === null ? null : move(bound, exclusive);
  };
  return {
    min: tighter(map(minimum, false, least), map(exclusiveMinimum, true, least), Math.max),
    max: tighter(map(maximum, false, most), map(exclusiveMaximum, true, most), Math.min),
    step,
  };
}

function stepOf({ type, multipleOf }: Given): number | null {
  const multiple = numberOf(multipleOf);
  if (type !== 'integer') return multiple;
  // Whole multiples of half are the whole numbers; of other fractions there are fewer, which the schema judges.
  return multiple !== null && Number.isInteger(multiple) ? multiple : 1;
}

/** Decimal fractions are not exact: 0.3 / 0.1 is 3 all the same, and three steps of 0.1 are 0.3. */
const DIGITS = 12;
const near = (value: number): number => Number(value.toPrecision(DIGITS));
const stepsOf = (count: number, step: number): number => near(count * step);

export const textBoundsOf = ({ minLength, maxLength, pattern }: Given): TextBounds => ({
  minLength: numberOf(minLength),
  maxLength: numberOf(maxLength),
  pattern: typeof pattern === 'string' ? browserPattern(pattern) : null,
});

/**
 * The schema's patterns are RE2, a browser's are JavaScript's: only what means the same in both, of the whole text, and without
 * groups, so that no browser tries for long. Letters, classes such as `[A-Z0-9]` and `\d`, and how often they come.
 */
const SIMPLE =
  /^\^((?:[A-Za-z0-9_ ,:;@#%'"=/.-]|\\[dw.+*?()[\]{}|/$^]|\[\^?(?:[A-Za-z0-9]-[A-Za-z0-9]|[A-Za-z0-9_ ,:;@.]|\\[dw.-])+\]|\{\d{1,3}(?:,\d{0,3})?\}|[?*+])*)\$$/;

function browserPattern(pattern: string): string | null {
  const simple = SIMPLE.exec(pattern)?.[1];
  if (simple === undefined) return null;
  try {
    // As browsers read the attribute.
    new RegExp(`^(?:${simple})$`, 'v');
    return simple;
  } catch {
    return null;
  }
}
