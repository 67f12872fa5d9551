// `npm run scanners`: ten thousand links followed as scanners do; `npm run forgeries`: a hundred thousand forged ones; `npm run fuzz`:
// twenty thousand random requests, calls and mails at everything that listens. Or as many as are asked for: `npm run scanners -- 500`.
import { spawnSync } from 'node:child_process';

const CAMPAIGNS = {
  scanners: { files: ['test/e2e/page-scanners.test.ts'], variable: 'RELANCE_TEST_SCANNERS', count: '10000' },
  forgeries: { files: ['test/e2e/page-forgeries.test.ts'], variable: 'RELANCE_TEST_FORGERIES', count: '100000' },
  fuzz: {
    files: ['test/e2e/fuzz.test.ts', 'packages/server/src/http/fuzz.db.test.ts'],
    variable: 'RELANCE_TEST_FUZZ',
    count: '20000',
  },
} as const;

const [, , name = '', count] = process.argv;
const campaign = Object.hasOwn(CAMPAIGNS, name) ? CAMPAIGNS[name as keyof typeof CAMPAIGNS] : null;
if (campaign === null)
  throw new Error(`There is no campaign "${name}"; name one of ${Object.keys(CAMPAIGNS).join(', ')}.`);
const { status } = spawnSync(
  process.execPath,
  ['node_modules/vitest/vitest.mjs', 'run', '--project', 'e2e', '--project', 'database', ...campaign.files],
  { stdio: 'inherit', env: { ...process.env, [campaign.variable]: count ?? campaign.count } },
);
process.exitCode = status ?? 1;
