// Our Kaplan–Meier estimate against R itself, where Debian's package r-cran-survival is installed: what is stored of it
// (packages/core/src/survival-of-r.test-kit.ts) is what it says, and of a hundred drawn data sets it says what we say.
import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import {
  DATA_SETS,
  type DataSet,
  expectAsR,
  inputForR,
  linesOfEach,
  OF_R,
  R_CODE,
} from '../../packages/core/src/survival-of-r.test-kit.ts';
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

/** To twelve digits: another processor may round the last one otherwise. */
const numbers = (lines: readonly string[]): readonly string[] =>
  lines.flatMap((line) =>
    line
      .trim()
      .split(' ')
      .map((text) => (text === 'NA' || text === 'Inf' ? text : Number(text).toPrecision(12))),
  );
