// Figures as people read them. What there is no figure for is a dash, which is not nought.
const COUNT = new Intl.NumberFormat('en-GB');
const NUMBER = new Intl.NumberFormat('en-GB', { maximumFractionDigits: 1 });
const SHARE = new Intl.NumberFormat('en-GB', { style: 'percent', maximumFractionDigits: 1 });
const WHOLE_SHARE = new Intl.NumberFormat('en-GB', { style: 'percent', maximumFractionDigits: 0 });

export const NONE = '–';
export const countText = (count: number): string => COUNT.format(count);
/** With one digit after the point, as means have it. */
export const numberText = (value: number): string => NUMBER.format(value);
export const shareText = (share: number | null): string => (share === null ? NONE : SHARE.format(share));
export const wholeShareText = (share: number): string => WHOLE_SHARE.format(share);
export const shareOf = (part: number, whole: number): number | null => (whole > 0 ? part / whole : null);

/** As a sentence begins. */
export const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

const ORDINAL = new Intl.PluralRules('en-GB', { type: 'ordinal' });
const ENDINGS: Readonly<Partial<Record<Intl.LDMLPluralRule, string>>> = { one: 'st', two: 'nd', few: 'rd' };
const ORDINAL_WORDS = ['first', 'second', 'third', 'fourth', 'fifth'];
/** `second`, `12th`, `23rd`. */
export const ordinal = (count: number): string =>
  ORDINAL_WORDS[count - 1] ?? `${count}${ENDINGS[ORDINAL.select(count)] ?? 'th'}`;

/** `1 row`, `2,000 rows`. */
export const numbered = (count: number, one: string, many = `${one}s`): string =>
  `${countText(count)} ${count === 1 ? one : many}`;

const UNITS: readonly (readonly [seconds: number, name: string])[] = [
  [86_400, 'd'],
  [3_600, 'h'],
  [60, 'min'],
  [1, 's'],
];

/** The largest unit and the next: `2 d 4 h`, `45 min`, `0 s`. */
export function durationText(seconds: number | null): string {
  if (seconds === null) return NONE;
  const at = UNITS.findIndex(([size]) => seconds >= size);
  const [size, name] = UNITS[at] ?? [1, 's'];
  const whole = Math.floor(seconds / size);
  const [smaller, smallerName] = UNITS[at + 1] ?? [0, ''];
  const rest = smaller === 0 ? 0 : Math.floor((seconds - whole * size) / smaller);
  return rest === 0 || whole >= 10 ? `${whole} ${name}` : `${whole} ${name} ${rest} ${smallerName}`;
}

const DATE = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric', timeZone: 'UTC' });
const SHORT_DATE = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', timeZone: 'UTC' });
export const dateText = (date: string): string => DATE.format(new Date(`${date}T00:00:00Z`));
export const shortDateText = (date: string): string => SHORT_DATE.format(new Date(`${date}T00:00:00Z`));

interface Hours {
  readonly interruptedEvening: number;
  readonly interruptedNight: number;
  readonly interruptedWeekend: number;
}
/** `12 at night, 3 in the evening`: what interrupted somebody outside business hours. */
export function outsideText({ interruptedEvening, interruptedNight, interruptedWeekend }: Hours): string {
  const some = [
    [interruptedNight, 'at night'],
    [interruptedEvening, 'in the evening'],
    [interruptedWeekend, 'at the weekend'],
  ].flatMap(([count, when]) => (Number(count) > 0 ? [`${countText(Number(count))} ${when}`] : []));
  return some.length === 0 ? 'all in business hours' : some.join(', ');
}
