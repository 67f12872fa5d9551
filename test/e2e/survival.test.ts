// Our Kaplan–Meier estimate against R itself, where Debian's package r-cran-survival is installed: what is stored of it
// (packages/core/src/survival-of-r.test-kit.ts) is what it says, and of a hundred drawn data sets it says what we say.
import { spawnSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  DATA_SETS,
  type DataSet,
  expectAsR,
  inputForR,
  linesOfEach,
  numbersOf,
  OF_R,
  PROBABILITIES,
  R_CODE,
} from '../../packages/core/src/survival-of-r.test-kit.ts';
import { createHttpWorld, type HttpWorld } from '../http-world.ts';
import { type Random, randomOf } from '../random.ts';

const installed = spawnSync('Rscript', ['-e', 'library(survival)']).status === 0;
if (!installed && process.env.CI === 'true')
  throw new Error("R's survival is not installed; .ci/run installs it so that nothing is left out.");
if (!installed) process.stderr.write('LEFT OUT: survival compared with R (apt-get install r-cran-survival).\n');

function askR(sets: readonly DataSet[]): readonly (readonly string[])[] {
  const { status, stdout, stderr } = spawnSync('Rscript', ['-e', R_CODE], {
    input: inputForR(sets),
    encoding: 'utf8',
    maxBuffer: 256 * 1024 * 1024,
  });
  if (status !== 0) throw new Error(`R did not answer: ${stderr}`);
  return linesOfEach(stdout);
}

/** Few and many, with ties and without, of which none, some or most are censored. */
function drawn(random: Random, n: number): DataSet {
  const size = 1 + random.below(random.chance(0.3) ? 200 : 12);
  const widest = random.pick([3, 50, 5_000_000]);
  const censored = random.pick([0, 0.2, 0.8]);
  return {
    name: `drawn ${n}`,
    level: random.pick([0.9, 0.95, 0.99] as const),
    durations: Array.from({ length: size }, () => random.below(widest)),
    events: Array.from({ length: size }, () => (random.chance(censored) ? 0 : 1)),
  };
}

describe.runIf(installed)('survfit of R', () => {
  it('says what is stored of it', () => {
    const said = askR(DATA_SETS);
    expect(said).toHaveLength(DATA_SETS.length);
    for (const [at, set] of DATA_SETS.entries()) expectAsR(set, said[at] ?? []);
    for (const [at, lines] of linesOfEach(OF_R).entries()) expect(numbers(lines)).toEqual(numbers(said[at] ?? []));
  });

  it('says what we say of a hundred drawn data sets', () => {
    const random = randomOf(1958);
    const sets = Array.from({ length: 100 }, (_, n) => drawn(random, n));
    const said = askR(sets);
    expect(said).toHaveLength(sets.length);
    for (const [at, set] of sets.entries()) expectAsR(set, said[at] ?? []);
  });
});

/** As docs/guide/metrics.md gives them to R. */
const WAITS = [
  ['responseTime', 'SELECT policy, seconds, answered AS ended FROM relance.response_times WHERE NOT beside'],
  ['timeToResolve', "SELECT policy, seconds, ended FROM relance.waits WHERE kind = 'resolve'"],
  ['timeToAcknowledge', "SELECT policy, seconds, ended FROM relance.waits WHERE kind = 'acknowledge'"],
] as const;
interface Waited {
  readonly policy: string;
  readonly seconds: number;
  readonly ended: boolean;
}

/** What R says with nothing said of the limits, which are then symmetric on the scale of the logarithm. */
function curveOfR(lines: readonly string[]) {
  const [time = [], atRisk = [], events = [], , share = [], , lower = [], upper = [], ...quantiles] =
    lines.map(numbersOf);
  const at = (probability: number) => quantiles.slice(0, 3).map((all) => all[PROBABILITIES.indexOf(probability)]);
  return {
    points: time
      .map((_, n) => [time[n], share[n], lower[n], upper[n], atRisk[n]])
      .filter((_, n) => events[n] !== 0 || n === time.length - 1),
    p50: at(0.5),
    p90: at(0.9),
  };
}

describe.runIf(installed)('R, given what SQL has', () => {
  let http: HttpWorld;
  beforeAll(async () => {
    http = await createHttpWorld(); // Monday, 2 November 2026, 09:00
    await someDaysOf(http, randomOf(1926));
  }, 300_000);
  afterAll(() => http.end());

  it.each(WAITS)('%s is drawn as the API draws it, with its limits and quantiles', async (of, statement) => {
    const curves = await http.call('GET', `/v1/metrics/curves?of=${of}&groupBy=policy`);
    const figures = await http.call('GET', '/v1/metrics/policies');
    const waited = await http.world.database.transaction({ kind: 'tenant', tenant: 'default' }, (tx) =>
      tx.query<Waited>(statement),
    );
    const policies = ['brisk', 'slow'];
    const sets = policies.map((name): DataSet => {
      const own = waited.filter(({ policy }) => policy === name);
      return {
        name,
        level: 0.95,
        durations: own.map(({ seconds }) => seconds),
        events: own.map(({ ended }) => (ended ? 1 : 0)),
      };
    });
    const said = askR(sets).map(curveOfR);
    expect(curves.body.rows.map(({ policy }: Waited) => policy)).toEqual(policies);
    for (const [index, row] of curves.body.rows.entries()) {
      const { name, durations, events } = sets[index] as DataSet;
      const { points, p50, p90 } = said[index] as ReturnType<typeof curveOfR>;
      expect([row.n, row.censored], name).toEqual([durations.length, events.filter((event) => event === 0).length]);
      expect(row.points.length, name).toBe(points.length);
      for (const [n, { seconds, waiting, lower, upper, atRisk }] of row.points.entries())
        near([seconds, waiting, lower, upper, atRisk], points[n] ?? [], `${name}, point ${n}`);
      const told = figures.body.rows[index];
      expect(told.policy).toBe(name);
      for (const { limits, ...at } of [row, told[of]]) {
        near([at.p50, limits.p50.lower, limits.p50.upper], p50, `the median of ${name}`);
        near([at.p90, limits.p90.lower, limits.p90.upper], p90, `nine of ten of ${name}`);
      }
    }
    // Of whom nearly all answered there is every limit; where many wait, there is not.
    expect([said[0]?.p50, said[0]?.p90].flat()).not.toContain(null);
    expect(said[1]?.p90).toContain(null);
  });
});

/** Two policies with many who answer sooner or later, or never: acknowledged, resolved, cancelled, reminded meanwhile. */
async function someDaysOf({ world, call }: HttpWorld, random: Random): Promise<void> {
  const people = Array.from({ length: 6 }, (_, n) => `p${n}`);
  await world.people(people.map((id) => ({ id, email: `${id}@example.test` })));
  for (const policy of ['brisk', 'slow'])
    await world.policy(`
policy: ${policy}
open: { on: ${policy}.made }
key: event.data.id
assignee: event.data.who
resolved: none
stages:
  - { id: notice, at: opened, notify: { via: [email, inbox] } }
  - { id: reminder, at: opened + 1 day, notify: { via: [email] } }
`);
  const waiting: { readonly path: string; readonly who: string }[] = [];
  for (let round = 0; round < 45; round++) {
    if (round < 30)
      for (const [policy, id] of [
        ['brisk', `${round}`],
        ['brisk', `${round}-too`],
        ['brisk', `${round}-as-well`],
        ['slow', `${round}`],
      ] as const) {
        const who = random.pick(people);
        await world.event(`${policy}.made`, { id, who });
        waiting.push({ path: `/v1/follow-ups/by-key/${policy}/${id}`, who });
      }
    await world.advance(`${1 + random.below(random.chance(0.5) ? 50 : 400)} minutes`);
    for (const one of [...waiting]) {
      const brisk = one.path.includes('/brisk/');
      if (!random.chance(brisk ? 0.4 : 0.06)) continue;
      const act = !brisk && random.chance(0.2) ? 'cancel' : random.pick(['acknowledge', 'resolve', 'resolve']);
      const { status } = await call('POST', `${one.path}/${act}`, { actor: one.who });
      expect(status).toBe(200);
      if (act !== 'acknowledge') waiting.splice(waiting.indexOf(one), 1);
    }
  }
  await world.settle();
}

/** Null where R has no number, and as R's to nine digits. */
function near(ours: readonly (number | null)[], theirs: readonly (number | null | undefined)[], what: string): void {
  const apart = ours.filter((one, at) => {
    const other = theirs[at] ?? null;
    return one === null || other === null ? one !== other : Math.abs(one - other) > 1e-9 * Math.max(1, other);
  });
  expect(apart, `${what}: ${ours} and ${theirs}`).toEqual([]);
}

/** To twelve digits: another processor may round the last one otherwise. */
const numbers = (lines: readonly string[]): readonly string[] =>
  lines.flatMap((line) =>
    line
      .trim()
      .split(' ')
      .map((text) => (text === 'NA' || text === 'Inf' ? text : Number(text).toPrecision(12))),
  );
