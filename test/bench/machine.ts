// What every benchmark prints first, and how results are summed up: medians of three, with their spread.
import { cpus, totalmem } from 'node:os';

export const machine = (postgres: string): string =>
  `${cpus().length} cores (${cpus()[0]?.model.trim() ?? 'unknown'}), ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.versions.node}, PostgreSQL ${postgres}`;

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

export function quantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? 0;
}

const whole = (value: number): string => Math.round(value).toLocaleString('en-GB');

/** `ours 12,345/s (11,000–13,000)   floor 20,000/s (…)   ratio 62 %`. */
export function compared(ours: readonly number[], floor: readonly number[]): string {
  const spread = (values: readonly number[]): string =>
    `${whole(median(values))}/s (${whole(Math.min(...values))}–${whole(Math.max(...values))})`;
  return `ours ${spread(ours)}   floor ${spread(floor)}   ratio ${Math.round((median(ours) / median(floor)) * 100)} %`;
}
