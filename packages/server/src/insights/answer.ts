// What is asked of the figures, and the answer. What waits to be counted is counted first, where it is little, so that whoever asks
// after an act sees it; where it is much, the answer says how far it has come. Rates and times are made by the core.
import {
  type CurveName,
  DEFAULT_ZONE,
  dateOf,
  dayOf,
  fromRfc3339,
  type Instant,
  isDate,
  localDay,
  METRIC_KEYS,
  type MetricKey,
  type MetricSum,
  toRfc3339,
  type WireCurve,
  type WireMetricRow,
  wireCurve,
  wireMetricRow,
} from '@relance/core';
import type { Figures } from '../engine/ports.ts';
import type { Database } from '../store/database.ts';
import { readClock } from '../store/sql/clock.ts';
import { oldestMark, readSums } from '../store/sql/metric-read.ts';
import { tenantSettings } from '../store/sql/tenant.ts';

/** Each question begins with its own keys; `groupBy` adds others. */
export const QUESTIONS = {
  overview: [],
  policies: ['policy'],
  stages: ['policy', 'stage'],
  channels: ['channel'],
  responses: [],
  escalations: ['level'],
} as const satisfies Readonly<Record<string, readonly MetricKey[]>>;
export type Question = keyof typeof QUESTIONS;

export interface Asked {
  /** A date, or RFC 3339: the day that it lies in. */
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  /** Names with commas between. */
  readonly groupBy?: string | undefined;
  readonly policy?: string | undefined;
  readonly team?: string | undefined;
}
export interface Wrong {
  readonly path: 'from' | 'to' | 'groupBy';
  readonly message: string;
}
export interface Answer<Row = WireMetricRow> {
  readonly from: string;
  readonly to: string;
  readonly zone: string;
  readonly groupBy: readonly MetricKey[];
  readonly asOf: string;
  readonly rows: readonly Row[];
}
export type Answered<Row = WireMetricRow> =
  | { readonly kind: 'answer'; readonly answer: Answer<Row> }
  | { readonly kind: 'wrong'; readonly wrong: Wrong };

const DAYS_DEFAULT = 30;
const DAYS_MAX = 3_660;
/** Every day is a row. */
const DAYS_BY_DAY_MAX = 400;
/** As many as somebody can look through; each has three curves to be made. */
const ROWS_MAX = 10_000;
/** As many as can be drawn beside each other. */
const CURVES_MAX = 50;

interface Ports {
  readonly database: Database;
  readonly figures: Figures;
  /** The server's clock. */
  readonly wallNow: () => number;
}

export const askFigures = (ports: Ports, tenant: string, question: Question, asked: Asked): Promise<Answered> =>
  ask(ports, tenant, asked, { keys: QUESTIONS[question], rowsMax: ROWS_MAX, made: wireMetricRow });

/** How long something takes, as a curve for each group. */
export const askCurves = (ports: Ports, tenant: string, of: CurveName, asked: Asked): Promise<Answered<WireCurve>> =>
  ask(ports, tenant, asked, { keys: [], rowsMax: CURVES_MAX, made: (sum, now) => wireCurve(sum, of, now) });

interface Wanted<Row> {
  readonly keys: readonly MetricKey[];
  readonly rowsMax: number;
  made(sum: MetricSum, now: Instant): Row;
}

async function ask<Row>(
  ports: Ports,
  tenant: string,
  asked: Asked,
  { keys: own, rowsMax, made }: Wanted<Row>,
): Promise<Answered<Row>> {
  const { database, figures } = ports;
  const keys = keysOf(own, asked.groupBy);
  if (!keys.ok) return { kind: 'wrong', wrong: keys.wrong };
  await figures.countLittle();
  return database.transaction({ kind: 'tenant', tenant }, async (tx): Promise<Answered<Row>> => {
    const { now } = await readClock(tx);
    const zone = (await tenantSettings(tx, [tenant])).get(tenant)?.zone ?? DEFAULT_ZONE;
    const window = windowOf(asked, keys.keys, localDay(now, zone), zone);
    if (!window.ok) return { kind: 'wrong', wrong: window.wrong };
    const { from, to } = window;
    const waiting = await oldestMark(tx, tenant);
    const filter = { policy: asked.policy ?? null, team: asked.team ?? null };
    const sums = await readSums(tx, { tenant, from, to, groupBy: keys.keys, ...filter }, rowsMax + 1);
    if (sums.length > rowsMax)
      return wrongly('groupBy', `gives more than ${rowsMax.toLocaleString('en')} rows; ask for fewer days or keys`);
    const asOf = toRfc3339((waiting ?? ports.wallNow()) as Instant);
    const rows = sums.map((sum) => made(sum, now));
    return { kind: 'answer', answer: { from, to, zone, groupBy: keys.keys, asOf, rows } };
  });
}

type Checked<T> = ({ readonly ok: true } & T) | { readonly ok: false; readonly wrong: Wrong };
const wrongly = (path: Wrong['path'], message: string): Extract<Answered, { kind: 'wrong' }> => ({
  kind: 'wrong',
  wrong: { path, message },
});
const refused = (path: Wrong['path'], message: string): { readonly ok: false; readonly wrong: Wrong } => ({
  ok: false,
  wrong: { path, message },
});

function keysOf(
  own: readonly MetricKey[],
  written: string | undefined,
): Checked<{ readonly keys: readonly MetricKey[] }> {
  const given = written?.split(',').map((name) => name.trim()) ?? [];
  const unknown = given.find((name) => !METRIC_KEYS.includes(name as MetricKey));
  if (unknown !== undefined)
    return refused(
      'groupBy',
      `there is no "${unknown}" to group by; it is one or more of ${METRIC_KEYS.join(', ')}, with commas between`,
    );
  return { ok: true, keys: [...new Set<MetricKey>([...own, ...(given as MetricKey[])])] };
}

function windowOf(
  asked: Asked,
  keys: readonly MetricKey[],
  today: number,
  zone: string,
): Checked<{ readonly from: string; readonly to: string }> {
  const to = asked.to === undefined ? today : readDay(asked.to, zone);
  if (to === null) return refused('to', NO_DAY);
  const from = asked.from === undefined ? to - (DAYS_DEFAULT - 1) : readDay(asked.from, zone);
  if (from === null) return refused('from', NO_DAY);
  if (from > to) return refused('from', `is ${dateOf(from)}, after \`to\`, which is ${dateOf(to)}`);
  const [max, why] = keys.includes('day') ? [DAYS_BY_DAY_MAX, ' by day'] : [DAYS_MAX, ''];
  if (to - from >= max)
    return refused('from', `is ${to - from + 1} days before the end of \`to\`; at most ${max} can be asked for${why}`);
  return { ok: true, from: dateOf(from), to: dateOf(to) };
}

const NO_DAY = 'must be a date, such as 2026-12-24, or RFC 3339, such as 2026-12-24T09:00:00Z';
/** Before there was anything to count, and beyond what a database takes for a date. */
const [FIRST_DAY, LAST_DAY] = [dayOf('1970-01-01'), dayOf('9999-12-30')];
function readDay(written: string, zone: string): number | null {
  const day = dayIn(written, zone);
  return day === null ? null : Math.min(LAST_DAY, Math.max(FIRST_DAY, day));
}
function dayIn(written: string, zone: string): number | null {
  if (/^\d{4}-\d{2}-\d{2}$/.test(written)) return isDate(written) ? dayOf(written) : null;
  const at = fromRfc3339(written);
  return at === null ? null : localDay(at, zone);
}
