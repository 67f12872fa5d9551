// Numbers of policies and simulations in words.
const UNITS: readonly (readonly [string, number])[] = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
];
const NUMBER = new Intl.NumberFormat('en-GB', { maximumFractionDigits: 1 });

/** Of seconds: `3.5 days`; a dash where there is none. */
export function durationText(seconds: number | null): string {
  if (seconds === null) return '–';
  const [unit, size] = UNITS.find(([, step]) => seconds >= step) ?? ['second', 1];
  const text = NUMBER.format(seconds / size);
  return `${text} ${unit}${text === '1' ? '' : 's'}`;
}

export const numberText = (value: number): string => NUMBER.format(value);
export const percentText = (share: number | null): string => (share === null ? '–' : `${Math.round(share * 100)} %`);
