// metrics: how long a question about ten million messages takes, and what marks cost whoever sets them. The sums are laid down as a pass
// would have left them: a year, twenty policies of five stages, three channels, two teams and two levels, with log-normal times of which
// seven in ten never came. A week of the last month has changed since it was added up: it is read by its days, and that week by all keys.
// What the dashboard's Insight asks is asked over all of the year, and more; so is who was interrupted (interrupted.ts).
import {
  addWait,
  type CellCounts,
  COUNT_NAMES,
  type CurveName,
  countedSeconds,
  type Difference,
  dateOf,
  dayOf,
  type Instant,
  MESSAGE_COUNT_NAMES,
  type MessageDifference,
  NO_COUNTS,
  NO_MESSAGES,
  noTimes,
  WAITS,
} from '@relance/core';
import pg from 'pg';
import {
  type Answered,
  type Asked,
  askCurves,
  askFigures,
  askMessages,
  type Ports,
  type Question,
} from '../../packages/server/src/insights/answer.ts';
import { createFigures } from '../../packages/server/src/insights/figures.ts';
import { ENGINE, openDatabase } from '../../packages/server/src/store/database.ts';
import { addDifferences, makeMonthsStale } from '../../packages/server/src/store/sql/metric-day.ts';
import { addMessageDifferences } from '../../packages/server/src/store/sql/metric-message.ts';
import { quietLog } from '../world.ts';
import { type Asking, interruptedAskings, layDownPeople } from './interrupted.ts';
import { median } from './machine.ts';

const [POLICIES, STAGES, CHANNELS, TEAMS, LEVELS, LOCALES] = [20, 5, 3, 2, 2, 4];
const FIRST = dayOf('2026-01-01');
const DAYS = 365;
const NOW = Date.UTC(2027, 0, 1, 9) as Instant;
const MEDIAN_SECONDS = 7_200;
const ROUNDS = 9;
const ROWS_AT_ONCE = 500;
const STATEMENT_MAX_MS = 600_000;

/** The same numbers in every run. */
function numbers(): () => number {
  let state = 20_261_127;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Sums of one day, in all four kinds of cells, of so many messages. */
function dayOfSums(day: number, messages: number, next: () => number): (Difference & { readonly tenant: string })[] {
  const sums = new Map<string, Difference & { readonly tenant: string }>();
  const cell = (policy: number, stage: number, channel: number, team: number, level: number): Difference => {
    const name = [policy, stage, channel, team, level].join();
    const known = sums.get(name);
    if (known !== undefined) return known;
    const made = {
      tenant: 'default',
      key: {
        day: dateOf(day),
        policy: `policy-${policy}`,
        stage: stage === STAGES ? '' : `stage-${stage}`,
        channel: channel === CHANNELS ? '' : (['email', 'sms', 'inbox'][channel] ?? ''),
        team: `team-${team}`,
        level,
      },
      counts: { ...NO_COUNTS } as Record<keyof CellCounts, number>,
      times: noTimes(),
    };
    sums.set(name, made);
    return made;
  };
  const any = (max: number): number => Math.floor(next() * max);
  const minute = day * 1_440;
  for (let n = 0; n < messages; n++) {
    const [policy, stage, channel, team, level] = [any(POLICIES), any(STAGES), any(CHANNELS), any(TEAMS), any(LEVELS)];
    const normal = Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());
    const seconds = countedSeconds(MEDIAN_SECONDS * 1_000 * Math.exp(1.5 * normal));
    const waits = next() < 0.02;
    const wait = { since: minute + any(1_440), seconds: waits ? null : seconds, ended: !waits && next() < 0.3 };
    for (const [s, c] of [
      [STAGES, CHANNELS],
      [stage, CHANNELS],
      [STAGES, channel],
      [stage, channel],
    ] as const) {
      const own = cell(policy, s, c, team, level);
      for (const name of COUNT_NAMES)
        own.counts[name] += name === 'messages' || name === 'accepted' || next() < 0.3 ? 1 : 0;
      addWait(own.times, 'response', wait, 1);
      if (n % 3 === 0) for (const kind of WAITS.slice(1)) addWait(own.times, kind, wait, 1);
    }
  }
  return [...sums.values()];
}

/** The messages of one day by how they were sent: each policy's stages have templates of their own, a third of them in a new version. */
function dayOfMessages(day: number, messages: number, next: () => number): MessageDifference[] {
  const sums = new Map<string, MessageDifference>();
  const any = (max: number): number => Math.floor(next() * max);
  for (let n = 0; n < messages; n++) {
    const [policy, stage, channel, locale] = [any(POLICIES), any(STAGES), any(CHANNELS), any(LOCALES)];
    const version = any(3) === 0 ? 2 : 1;
    const name = [policy, stage, channel, locale, version].join();
    const own = sums.get(name) ?? {
      tenant: 'default',
      key: {
        day: dateOf(day),
        policy: `policy-${policy}`,
        stage: `stage-${stage}`,
        channel: ['email', 'sms', 'inbox'][channel] ?? '',
        provider: ['smtp', 'twilio', 'inbox'][channel] ?? '',
        template: `letter-${policy}-${stage}`,
        templateVersion: version,
        locale: ['en', 'fr', 'de', 'es'][locale] ?? '',
      },
      counts: { ...NO_MESSAGES } as MessageDifference['counts'],
    };
    sums.set(name, own);
    for (const count of MESSAGE_COUNT_NAMES)
      own.counts[count] += count === 'messages' || count === 'accepted' || next() < 0.3 ? 1 : 0;
  }
  return [...sums.values()];
}

/** A server that has counted for a year has long written what it counted. */
async function settle(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(
    'VACUUM (ANALYZE) relance.metric_days, relance.metric_sums, relance.metric_messages, relance.metric_message_sums, relance.metric_people',
  );
  await client.end();
}

async function fill(url: string, ports: Ports, messages: number, say: (line: string) => void): Promise<void> {
  const { database } = ports;
  const next = numbers();
  let rows = 0;
  for (let day = 0; day < DAYS; day++) {
    const sums = dayOfSums(FIRST + day, Math.round(messages / DAYS), next);
    rows += sums.length;
    for (let at = 0; at < sums.length; at += ROWS_AT_ONCE)
      await database.transaction(ENGINE, (tx) => addDifferences(tx, sums.slice(at, at + ROWS_AT_ONCE)));
    const sent = dayOfMessages(FIRST + day, Math.round(messages / DAYS), next);
    await database.transaction(ENGINE, async (tx) => {
      await addMessageDifferences(tx, sent);
      await makeMonthsStale(tx, sent);
    });
  }
  await ports.figures.addUp();
  const people = await layDownPeople(ports, messages, next);
  // Its last week has changed since.
  await database.transaction(ENGINE, (tx) =>
    tx.query(`UPDATE relance.metric_months SET stale = true, changed_days = 127 << 24 WHERE month = '2026-12-01'`),
  );
  await settle(url);
  say(`metrics: ${messages.toLocaleString('en-GB')} messages of a year in ${rows.toLocaleString('en-GB')} rows`);
  say(`metrics: whom they interrupted in ${people.toLocaleString('en-GB')} rows`);
}

const YEAR = { from: '2026-01-01', to: '2026-12-31' } as const;
const MONTH = { from: '2026-12-01', to: '2026-12-31' } as const;
const QUARTER = { from: '2026-10-01', to: '2026-12-31' } as const;

/** What one waits for: above it a page is slow. */
const WAITED_MAX_MS = 200;

/** Of a year, where nothing else is said. First what the dashboard asks (pages/insight), then more. */
function askings(ports: Ports): readonly Asking[] {
  const asking = <Row>(name: string, ask: () => Promise<Answered<Row>>): Asking => [
    name,
    async () => {
      const answered = await ask();
      if (answered.kind === 'wrong') throw new Error(answered.wrong.message);
      return { rows: answered.answer.rows.length };
    },
  ];
  const figures = (question: Question, groupBy?: string, window: Asked = YEAR): Asking =>
    asking(`${question}${by(groupBy)}${window === YEAR ? '' : window === MONTH ? ', a month' : ', a quarter'}`, () =>
      askFigures(ports, 'default', question, { ...window, groupBy }),
    );
  const messages = (groupBy: string): Asking =>
    asking(`messages${by(groupBy)}`, () => askMessages(ports, 'default', { ...YEAR, groupBy }));
  const curves = (of: CurveName, groupBy?: string): Asking =>
    asking(`curves of ${of}${by(groupBy)}`, () => askCurves(ports, 'default', of, { ...YEAR, groupBy }));
  return [
    figures('overview'),
    figures('overview', 'day'),
    figures('overview', 'team'),
    figures('policies'),
    figures('stages'),
    figures('channels'),
    figures('escalations'),
    messages('channel,provider'),
    messages('template,templateVersion,channel'),
    messages('locale'),
    messages('policy,stage'),
    curves('responseTime'),
    curves('timeToResolve'),
    curves('timeToAcknowledge'),
    figures('responses', 'team'),
    messages('policy,stage,locale'),
    messages('day'),
    curves('responseTime', 'channel'),
    curves('responseTime', 'policy'),
    ...interruptedAskings(ports),
    // What fills a spreadsheet, and no page: thousands of rows of three distributions each.
    figures('stages', 'day', MONTH),
    figures('stages', 'day', QUARTER),
  ];
}
const by = (groupBy: string | undefined): string => (groupBy === undefined ? '' : ` by ${groupBy}`);

async function measure(asked: readonly Asking[], say: (line: string) => void): Promise<void> {
  for (const [name, ask] of asked) {
    const took: number[] = [];
    let rows = 0;
    for (let round = 0; round < ROUNDS; round++) {
      const since = performance.now();
      rows = (await ask()).rows;
      took.push(performance.now() - since);
    }
    const [first, least, most] = [took[0] ?? 0, Math.min(...took), Math.max(...took)].map(Math.round);
    const usual = Math.round(median(took));
    const over = usual > WAITED_MAX_MS ? `  OVER ${WAITED_MAX_MS} ms` : '';
    say(`  ${name.padEnd(44)} ${usual} ms (${least}-${most}, first ${first}) for ${rows} rows${over}`);
  }
}

export async function metricsBench(url: string, messages: number, say: (line: string) => void): Promise<void> {
  const database = openDatabase({ url, connectionsMax: 2, queryTimeoutMs: STATEMENT_MAX_MS });
  await database.transaction(ENGINE, (tx) =>
    tx.query(`UPDATE relance.clock SET mode = 'virtual', story_at = $1`, [new Date(NOW).toISOString()]),
  );
  const ports = { database, figures: createFigures(database, quietLog), wallNow: () => NOW };
  await fill(url, ports, messages, say);
  await measure(askings(ports), say);
  await database.close();
}
