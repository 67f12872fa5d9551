// What can never come out right of a filter, whatever is put into it: too few or too many arguments, a named one that it does not
// know, a literal that Intl knows nothing of (a currency, a unit, a zone). What is only known when a message is written is
// left to render-filters.ts, which then does what it can. Nothing is rendered.
import { type Filter, type Template as Part, type Token, TokenKind } from 'liquidjs';
import { didYouMean } from '../policy/nearest.ts';
import { DIGITS_MAX } from '../render-filters.ts';
import { isZone } from '../timing.ts';
import { parseText, type Writing } from './liquid.ts';
import { childrenOf } from './placing.ts';

type FilterArg = Filter['args'][number];
type Literal = string | number | boolean;
/** What is wrong with a literal, with what is allowed; null where it can work. */
type Judge = (literal: Literal) => string | null;

interface Takes {
  /** How many arguments without a name, at least and at most. */
  readonly least: number;
  readonly most: number;
  /** By their place. */
  readonly each?: readonly Judge[];
  readonly named?: Readonly<Record<string, Judge>>;
  /** Without one of them nothing can be written. */
  readonly needed?: string;
  /** Of all that is written out together; of each, what it says where that is known. */
  readonly together?: (given: ReadonlyMap<string, Literal | null>) => string | null;
  readonly example?: string;
}

const any: Judge = () => null;
const quoted = (literal: Literal): string => (typeof literal === 'string' ? `"${literal.slice(0, 40)}"` : `${literal}`);

const aNumber: Judge = (literal) =>
  typeof literal === 'boolean' || String(literal).trim() === '' || !Number.isFinite(Number(literal))
    ? `${quoted(literal)} is no number`
    : null;
const notZero: Judge = (literal) => aNumber(literal) ?? (Number(literal) === 0 ? 'nothing is divided by 0' : null);

const digits: Judge = (literal) =>
  typeof literal !== 'boolean' && /^\d+$/.test(String(literal)) && Number(literal) <= DIGITS_MAX
    ? null
    : `\`digits\` is a whole number from 0 to ${DIGITS_MAX}, not ${quoted(literal)}`;

const yesOrNo =
  (name: string): Judge =>
  (literal) =>
    typeof literal === 'boolean' ? null : `\`${name}\` is true or false, not ${quoted(literal)}`;

const oneOf =
  (name: string, values: readonly string[]): Judge =>
  (literal) =>
    values.includes(String(literal))
      ? null
      : `\`${name}\` is ${values.map((one) => `"${one}"`).join(' or ')}, not ${quoted(literal)}`;

const CURRENCIES: readonly string[] = Intl.supportedValuesOf('currency');
/** Any three letters are written, those of a bank or of a coin (BTC) that Intl has no sign for too. */
const currency: Judge = (literal) => {
  if (typeof literal === 'string' && /^[A-Za-z]{3}$/.test(literal)) return null;
  const wanted = 'write the three letters of ISO 4217, such as EUR, USD or GBP';
  return `${quoted(literal)} is no currency; ${wanted}.${didYouMean(String(literal), CURRENCIES)}`;
};

const UNITS: readonly string[] = Intl.supportedValuesOf('unit');
/** What Intl has no words for is written as it is (`kilowatt-hour`), so only what was meant to be one of its own is told. */
const unit: Judge = (literal) => {
  if (typeof literal !== 'string') return `${quoted(literal)} is no unit; write one such as "kilometer"`;
  const parts = UNITS.includes(literal) ? [] : literal.split('-per-');
  const hint = parts.map((one) => (UNITS.includes(one) ? '' : didYouMean(one, UNITS))).find((one) => one !== '');
  return hint === undefined
    ? null
    : `"${literal.slice(0, 40)}" is no unit that can be written in every language.${hint}`;
};

const zone: Judge = (literal) =>
  typeof literal === 'string' && isZone(literal)
    ? null
    : `${quoted(literal)} is no time zone; write one such as Europe/Paris, or \`followUp.zone\``;
/** Of Liquid's own `date`, minutes from UTC as well, and hours as in "+02:00". */
const zoneOrOffset: Judge = (literal) =>
  typeof literal === 'number' || /^[+-](?:[01]\d|2[0-3])(?::?[0-5]\d)?$/.test(String(literal)) ? null : zone(literal);

const PLURALS = ['zero', 'one', 'two', 'few', 'many', 'other'];

const takes = (least: number, most = least, more: Omit<Takes, 'least' | 'most'> = {}): Takes => ({
  least,
  most,
  ...more,
});
const numeric = (example: string, judge = aNumber): Takes => takes(1, 1, { each: [judge], example });
const there = takes(0, 0, { named: { zone }, example: 'local_date: zone: followUp.zone' });

const FILTERS: Readonly<Record<string, Takes>> = {
  ...Object.fromEntries(
    `abs capitalize ceil compact downcase escape escape_once first floor last newline_to_br reverse size strip_html
     strip_newlines upcase url_decode url_encode in_future in_past`
      .split(/\s+/)
      .map((name) => [name, takes(0)]),
  ),
  ...Object.fromEntries(
    ['join', 'lstrip', 'rstrip', 'strip', 'sort', 'sort_natural', 'sum', 'uniq'].map((name) => [name, takes(0, 1)]),
  ),
  ...Object.fromEntries(
    ['append', 'prepend', 'concat', 'map', 'remove', 'remove_first', 'remove_last', 'split'].map((name) => [
      name,
      takes(1),
    ]),
  ),
  ...Object.fromEntries(
    ['find', 'find_index', 'has', 'reject', 'where', 'replace', 'replace_first', 'replace_last'].map((name) => [
      name,
      takes(1, 2),
    ]),
  ),
  ...Object.fromEntries(['plus', 'minus', 'times', 'at_least', 'at_most'].map((name) => [name, numeric(`${name}: 2`)])),
  divided_by: takes(1, 2, { each: [notZero, yesOrNo('in whole numbers')], example: 'divided_by: 2' }),
  modulo: numeric('modulo: 2', notZero),
  ...Object.fromEntries(['truncate', 'truncatewords'].map((name) => [name, takes(0, 2, { each: [aNumber] })])),
  default: takes(0, 1, { named: { allow_false: yesOrNo('allow_false') }, example: 'default: "there"' }),
  round: takes(0, 1, { each: [aNumber] }),
  slice: takes(1, 2, { each: [aNumber, aNumber], example: 'slice: 0, 5' }),
  date: takes(0, 2, { each: [any, zoneOrOffset], example: 'date: "%d/%m"' }),
  local_date: there,
  local_time: there,
  relative_time: there,
  days_until: there,
  money: takes(1, 1, { each: [currency], example: 'money: "EUR"' }),
  number: takes(0, 0, {
    named: { digits, unit, percent: yesOrNo('percent') },
    together: (given) =>
      given.has('unit') && given.get('percent') === true ? 'give `unit` or `percent`, not both' : null,
    example: 'number: digits: 2',
  }),
  plural: takes(0, 0, {
    named: Object.fromEntries(PLURALS.map((name) => [name, any])),
    needed: 'other',
    example: 'plural: one: "# review", other: "# reviews"',
  }),
  list: takes(0, 0, { named: { type: oneOf('type', ['and', 'or']) }, example: 'list: type: "or"' }),
};

/** What filters there are, for "did you mean". */
export const FILTER_NAMES: readonly string[] = Object.keys(FILTERS);

/** Sentences, one a mistake, each once; of a text that can be parsed. */
export function filterMistakes(text: string, writing: Writing): readonly string[] {
  const found = new Set<string>();
  const look = (parts: readonly Part[]): void => {
    for (const part of parts) {
      for (const value of part.arguments?.() ?? []) judgeValue(value, (mistake) => found.add(mistake));
      look(childrenOf(part));
    }
  };
  look(parseText(text, writing));
  return [...found];
}

interface Filtered {
  readonly name: string;
  readonly args: readonly FilterArg[];
}

function judgeValue(value: unknown, tell: (mistake: string) => void): void {
  const { filters = [] } = (value ?? {}) as { readonly filters?: readonly Filtered[] };
  for (const filter of filters) {
    // What liquid.ts and placing.ts put in by themselves is no filter that anybody wrote.
    const expected = Object.hasOwn(FILTERS, filter.name) ? FILTERS[filter.name] : undefined;
    if (expected === undefined) continue;
    const fault = faultOf(filter, expected);
    if (fault !== null) tell(`\`${writtenAs(filter)}\`: ${fault}${/[.?]$/.test(fault) ? '' : '.'}`);
  }
}

const isNamed = (arg: FilterArg): arg is Extract<FilterArg, readonly unknown[]> => Array.isArray(arg);

function faultOf({ name, args }: Filtered, { least, most, each = [], named = {}, needed, together, example }: Takes) {
  const plain = args.filter((arg) => !isNamed(arg));
  const pairs = args.filter(isNamed).map(([key = '', value]) => [key, value] as const);
  const names = Object.keys(named);
  const asIn = example === undefined ? '' : `, as in \`${example}\``;
  const unknown = pairs.find(([key]) => !names.includes(key));
  if (unknown !== undefined) {
    const known = names.length === 0 ? 'no argument with a name' : listed(names);
    return `\`${name}\` takes ${known}, not \`${unknown[0]}\`${asIn}.${didYouMean(unknown[0], names)}`;
  }
  if (plain.length < least || plain.length > most) {
    const count = least === most ? countOf(least) : `${least} to ${most} arguments`;
    const also = names.length === 0 ? '' : `${least === 0 && most === 0 ? ' but' : ', and'} ${listed(names)}`;
    return `\`${name}\` takes ${count}${also}${asIn}`;
  }
  if (needed !== undefined && !pairs.some(([key]) => key === needed))
    return `\`${name}\` needs \`${needed}\`, which is written where no other form fits${asIn}`;
  const literals = [
    ...plain.map((arg, index) => [each[index] ?? any, arg] as const),
    ...pairs.map(([key, value]) => [named[key] ?? any, value] as const),
  ];
  for (const [judge, token] of literals) {
    const literal = literalOf(token);
    const fault = literal === null ? null : judge(literal);
    if (fault !== null) return fault;
  }
  return together?.(new Map(pairs.map(([key, value]) => [key, literalOf(value)]))) ?? null;
}

const countOf = (count: number): string =>
  count === 0 ? 'no argument' : count === 1 ? 'one argument' : `${count} arguments`;
const listed = (names: readonly string[]): string => names.map((name) => `\`${name}\``).join(', ');

/** Null: known only when it is rendered. A name without a value (`digits:`) stands for true. */
function literalOf(token: unknown): Literal | null {
  if (token === undefined) return true;
  const { kind, content } = token as Token & { readonly content?: unknown };
  if (kind !== TokenKind.Quoted && kind !== TokenKind.Number && kind !== TokenKind.Literal) return null;
  return typeof content === 'string' || typeof content === 'number' || typeof content === 'boolean' ? content : null;
}

const WRITTEN_MAX = 80;
function writtenAs({ name, args }: Filtered): string {
  const written = args.map((arg) => (isNamed(arg) ? `${arg[0]}: ${textOf(arg[1])}` : textOf(arg)));
  return `${name}${written.length === 0 ? '' : `: ${written.join(', ')}`}`.slice(0, WRITTEN_MAX);
}
const textOf = (token: unknown): string => (token as Token | undefined)?.getText() ?? '';
