// Another opinion on time zones: `zdump -v` reads the system's own tz database with the C library, and shares neither code
// nor data with Temporal. Its transitions become a clock on the wall that judge.ts watches minute by minute.
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Temporal } from 'temporal-polyfill';

export const FROM_YEAR = 2020;
export const TO_YEAR = 2038; // not included
const ZONE_FOLDER = '/usr/share/zoneinfo';
/** Copies of the whole tree, and what is no place. */
const NOT_ZONES = /^(posix|right)(\/|$)|^(localtime|posixrules|Factory)$|\.|^leap/;

/** UTC offsets in force from an instant on; the first from before FROM_YEAR. */
export type Transitions = readonly { readonly from: number; readonly offsetMs: number }[];

/** Null when the machine has it; else what to install. */
export function missingProgram(): string | null {
  if (!existsSync(ZONE_FOLDER)) return 'no zone files (apt-get install tzdata)';
  try {
    execFileSync('zdump', ['-v', '-c', '2020,2021', 'UTC'], { stdio: 'ignore' });
    return null;
  } catch {
    return 'no zdump (apt-get install libc-bin)';
  }
}

export function machineZones(folder = ''): readonly string[] {
  return readdirSync(join(ZONE_FOLDER, folder)).flatMap((entry) => {
    const name = folder === '' ? entry : `${folder}/${entry}`;
    if (NOT_ZONES.test(name)) return [];
    const path = join(ZONE_FOLDER, name);
    if (statSync(path).isDirectory()) return machineZones(name);
    return readFileSync(path).subarray(0, 4).toString('latin1') === 'TZif' ? [name] : [];
  });
}

const LINE = /^(\S+) +\S+ (\S+) +(\d+) (\d+):(\d+):(\d+) (-?\d+) UTC? = .* gmtoff=(-?\d+)$/;
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const ZONES_AT_ONCE = 50;

/** What zdump says of each zone. It prints the last second before a transition and the first after it. */
export function zdump(zones: readonly string[]): ReadonlyMap<string, Transitions> {
  const found = new Map<string, { from: number; offsetMs: number }[]>(zones.map((zone) => [zone, []]));
  for (let index = 0; index < zones.length; index += ZONES_AT_ONCE) {
    // A year to each side, so that the offset before the first transition is known where there is one.
    const years = `${FROM_YEAR - 1},${TO_YEAR + 1}`;
    const text = execFileSync('zdump', ['-v', '-c', years, ...zones.slice(index, index + ZONES_AT_ONCE)], {
      encoding: 'utf8',
      env: { PATH: process.env.PATH, LC_ALL: 'C', TZDIR: ZONE_FOLDER },
      maxBuffer: 64 * 1024 * 1024,
    });
    for (const line of text.split('\n')) {
      const [, zone = '', month = '', day, hour, minute, second, year, offset] = LINE.exec(line) ?? [];
      const spans = found.get(zone);
      if (spans === undefined) continue;
      const at = Date.UTC(
        Number(year),
        MONTHS.indexOf(month),
        Number(day),
        Number(hour),
        Number(minute),
        Number(second),
      );
      const offsetMs = Number(offset) * 1000;
      if (spans.length === 0) spans.push({ from: Number.NEGATIVE_INFINITY, offsetMs });
      else if (spans.at(-1)?.offsetMs !== offsetMs) spans.push({ from: at, offsetMs });
    }
  }
  // A zone without transitions in these years: zdump says nothing, `date` does.
  for (const [zone, spans] of found)
    if (spans.length === 0) spans.push({ from: Number.NEGATIVE_INFINITY, offsetMs: fixedOffset(zone) });
  return new Map([...found].map(([zone, spans]) => [zone, within(spans)]));
}

function fixedOffset(zone: string): number {
  const text = execFileSync('date', ['-d', `@${Date.UTC(FROM_YEAR, 0, 1) / 1000}`, '+%z'], {
    encoding: 'utf8',
    env: { PATH: process.env.PATH, TZ: zone, TZDIR: ZONE_FOLDER },
  });
  const [, sign, hours, minutes] = /^([+-])(\d{2})(\d{2})/.exec(text) ?? [];
  return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000;
}

/** Only what happens in the years that are judged. */
function within(spans: Transitions): Transitions {
  const first = Math.max(
    0,
    spans.findLastIndex(({ from }) => from < Date.UTC(FROM_YEAR, 0, 1)),
  );
  return spans
    .slice(first)
    .filter(({ from }) => from < Date.UTC(TO_YEAR, 0, 1))
    .map((span, index) => (index === 0 ? { ...span, from: Number.NEGATIVE_INFINITY } : span));
}

const MONTH_MS = 30 * 86_400_000;

/** The clock is watched some days around a transition. */
const MARGIN_MS = 7 * 86_400_000;

/**
 * The year (not included) until which Node's own tz database says the same: TO_YEAR, unless the two are of different
 * releases. Later years of that zone cannot be judged. Temporal is asked here, not the tables that are judged.
 */
export function agreesUntil(zone: string, spans: Transitions): number {
  const moments = spans.slice(1).flatMap(({ from }) => [from - 1, from]);
  for (let at = Date.UTC(FROM_YEAR, 0, 1); at < Date.UTC(TO_YEAR, 0, 1); at += MONTH_MS) moments.push(at);
  const differs = moments
    .toSorted((a, b) => a - b)
    .find((at) => {
      const node = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone).offsetNanoseconds / 1e6;
      return node !== spans.findLast(({ from }) => from <= at)?.offsetMs;
    });
  // The rules part somewhere in the month before the first sample that shows it.
  return differs === undefined ? TO_YEAR : new Date(differs - MONTH_MS - MARGIN_MS).getUTCFullYear();
}
