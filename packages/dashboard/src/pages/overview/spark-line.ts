// A small line through the days that have a figure, from its lowest to its highest; days without one are passed over.
const DAY_MS = 86_400_000;
/** Half of the stroke and a little. */
const EDGE = 2;

interface Size {
  readonly width: number;
  readonly height: number;
}

/** The path (SVG 2 §9.3) of the points; empty where fewer than two have a figure. */
export function lineOf(
  points: readonly { readonly day: string; readonly value: number }[],
  { from, to }: { readonly from: string; readonly to: string },
  { width, height }: Size,
): string {
  if (points.length < 2) return '';
  const values = points.map(({ value }) => value);
  const low = Math.min(...values);
  const range = Math.max(...values) - low;
  const days = Math.max(1, (Date.parse(to) - Date.parse(from)) / DAY_MS);
  const x = (day: string): number => EDGE + ((Date.parse(day) - Date.parse(from)) / DAY_MS / days) * (width - 2 * EDGE);
  const y = (value: number): number =>
    height - EDGE - (range === 0 ? 0.5 : (value - low) / range) * (height - 2 * EDGE);
  return points
    .map(({ day, value }, index) => `${index === 0 ? 'M' : 'L'}${x(day).toFixed(1)} ${y(value).toFixed(1)}`)
    .join(' ');
}
