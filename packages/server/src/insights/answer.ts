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
  MESSAGE_KEYS,
  METRIC_KEYS,
  type MessageKey,
  type MetricKey,
  type MetricSum,
  toRfc3339,
  type WireCurve,
  type WireMessageRow,
  type WireMetricRow,
  wireCurve,
  wireMessageRow,
  wireMetricRow,
  withReached,
} from '@relance/core';
import type { Figures } from '../engine/ports.ts';
import type { Database, Tx } from '../store/database.ts';
import { readClock } from '../store/sql/clock.ts';
import type { SumQuestion } from '../store/sql/metric-day.ts';
import { readMessageSums } from '../store/sql/metric-message.ts';
import { oldestMark, readMessageCounts, readSums } from '../store/sql/metric-read.ts';
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
  readonly groupBy: readonly (MetricKey | MessageKey)[];
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
const TURN_MS = 10;
/** As many as can be drawn beside each other. */
const CURVES_MAX = 50;

export interface Ports {
  readonly database: Database;
  readonly figures: Figures;
  /** The server's clock. */
  readonly wallNow: () => number;
}

export const askFigures = (ports: Ports, tenant: string, question: Question, asked: Asked): Promise<Answered> =>
  ask(ports, tenant, asked, {
    keys: METRIC_KEYS,
    own: QUESTIONS[question],
    rowsMax: ROWS_MAX,
    rows: async (...read) => withReached(await sumsAs(wireMetricRow)(...read)),
  });

/** How long something takes, as a curve for each group. */
export const askCurves = (ports: Ports, tenant: string, of: CurveName, asked: Asked): Promise<Answered<WireCurve>> =>
  ask(ports, tenant, asked, {
    keys: METRIC_KEYS,
    own: [],
    rowsMax: CURVES_MAX,
    rows: sumsAs((sum, now) => wireCurve(sum, of, now)),
  });

/** What became of messages, also by how they were sent. */
export const askMessages = (ports: Ports, tenant: string, asked: Asked): Promise<Answered<WireMessageRow>> =>
  ask(ports, tenant, asked, {
    keys: MESSAGE_KEYS,
    own: [],
    rowsMax: ROWS_MAX,
    rows: async (tx, question, _now, limit) => (await messageSums(tx, question, limit)).map(wireMessageRow),
  });

/** Of days there are far fewer sums by keys that follow-ups have too. */
function messageSums(tx: Tx, question: SumQuestion<MessageKey> & { readonly team: string | null }, limit: number) {
  const { groupBy } = question;
  return groupBy.every(isMetricKey)
    ? readMessageCounts(tx, { ...question, groupBy }, limit)
    : readMessageSums(tx, question, limit);
}
const isMetricKey = (key: MessageKey | MetricKey): key is MessageKey & MetricKey =>
  METRIC_KEYS.some((known) => known === key);

type Read<Key, Row> = (
  tx: Tx,
  question: SumQuestion<Key> & { readonly team: string | null },
  now: Instant,
  limit: number,
) => Promise<readonly Row[]>;

const sumsAs =
  <Row>(made: (sum: MetricSum, now: Instant) => Row): Read<MetricKey, Row> =>
  async (tx, question, now, limit) => {
    const sums = await readSums(tx, question, limit);
    const rows: Row[] = [];
    let since = performance.now();
    for (const sum of sums) {
      rows.push(made(sum, now));
      // Whoever asks for thousands of rows keeps nobody else waiting.
      if (performance.now() - since < TURN_MS) continue;
      await new Promise(setImmediate);
      since = performance.now();
    }
    return rows;
  };

interface Wanted<Key, Row> {
  /** By what it can be asked for, and by what it always is. */
  readonly keys: readonly Key[];
  readonly own: readonly Key[];
  readonly rowsMax: number;
  readonly rows: Read<Key, Row>;
}

/** What waits to be counted is counted first, and the answer is of the days that are asked for in the tenant's zone. */
export async function ask<Key extends MetricKey | MessageKey, Row>(
  ports: Ports,
  tenant: string,
  asked: Asked,
  { keys: known, own, rowsMax, rows: read }: Wanted<Key, Row>,
): Promise<Answered<Row>> {
  const { database, figures } = ports;
  const keys = keysOf(known, own, asked.groupBy);
  if (!keys.ok) return { kind: 'wrong', wrong: keys.wrong };
  await figures.countLittle();
  return inWindow(database, tenant, asked, keys.keys, async (tx, { from, to, zone, now }): Promise<Answered<Row>> => {
    const waiting = await oldestMark(tx, tenant);
    const filter = { policy: asked.policy ?? null, team: asked.team ?? null };
    const rows = await read(tx, { tenant, from, to, groupBy: keys.keys, ...filter }, now, rowsMax + 1);
    if (rows.length > rowsMax)
      return wrongly('groupBy', `gives more than ${rowsMax.toLocaleString('en')} rows; ask for fewer days or keys`);
    const asOf = toRfc3339((waiting ?? ports.wallNow()) as Instant);
    return { kind: 'answer', answer: { from, to, zone, groupBy: keys.keys, asOf, rows } };
  });
}

interface Window {
  /** Days, both included. */
  readonly from: string;
  readonly to: string;
  readonly zone: string;
  readonly now: Instant;
}

/** In one transaction: the days that are asked for, in the zone of the tenant, and what is read of them. */
const inWindow = <Row>(
  database: Database,
  tenant: string,
  asked: Asked,
  keys: readonly (MetricKey | MessageKey)[],
  read: (tx: Tx, window: Window) => Promise<Answered<Row>>,
): Promise<Answered<Row>> =>
  database.transaction({ kind: 'tenant', tenant }, async (tx): Promise<Answered<Row>> => {
    const { now } = await readClock(tx);
    const zone = (await tenantSettings(tx, [tenant])).get(tenant)?.zone ?? DEFAULT_ZONE;
    const window = windowOf(asked, keys, localDay(now, zone), zone);
    if (!window.ok) return { kind: 'wrong', wrong: window.wrong };
    return read(tx, { from: window.from, to: window.to, zone, now });
  });

type Checked<T> = ({ readonly ok: true } & T) | { readonly ok: false; readonly wrong: Wrong };
const wrongly = (path: Wrong['path'], message: string): Extract<Answered, { kind: 'wrong' }> => ({
  kind: 'wrong',
  wrong: { path, message },
});
const refused = (path: Wrong['path'], message: string): { readonly ok: false; readonly wrong: Wrong } => ({
  ok: false,
  wrong: { path, message },
});

function keysOf<Key extends MetricKey | MessageKey>(
  known: readonly Key[],
  own: readonly Key[],
  written: string | undefined,
): Checked<{ readonly keys: readonly Key[] }> {
  const given = written?.split(',').map((name) => name.trim()) ?? [];
  const isKnown = (name: string): name is Key => known.some((key) => key === name);
  const unknown = given.find((name) => !isKnown(name));
  if (unknown !== undefined) return refused('groupBy', noKey(unknown, known));
  return { ok: true, keys: [...new Set([...own, ...given.filter(isKnown)])] };
}

function noKey(name: string, known: readonly string[]): string {
  const elsewhere = MESSAGE_KEYS.some((key) => key === name)
    ? `figures of follow-ups are not grouped by "${name}", since one may have gone by many: ask GET /v1/metrics/messages, or`
    : `there is no "${name}" to group by;`;
  return `${elsewhere} it is one or more of ${known.join(', ')}, with commas between`;
}

/** The days that are asked for; the last 30 where none are named. */
function windowOf(
  asked: Asked,
  keys: readonly (MetricKey | MessageKey)[],
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
