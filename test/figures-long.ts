// `npm run figures -- --seeds 200`: so many of the worlds in which figures are recounted, from the first on or from `--from`; `--seed 42`
// replays one of them. What is compared is packages/server/src/insights/recount-campaign.test-kit.ts.
import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '40' },
    from: { type: 'string', default: '1' },
    seed: { type: 'string' },
  },
});
const first = Number(values.seed ?? values.from);
const last = values.seed === undefined ? first + Number(values.seeds) - 1 : first;
const { status } = spawnSync(
  process.execPath,
  ['node_modules/vitest/vitest.mjs', 'run', '--project', 'database', 'figures-recounted'],
  { stdio: 'inherit', env: { ...process.env, RELANCE_TEST_FIGURES: `${first}-${last}` } },
);
process.exitCode = status ?? 1;
