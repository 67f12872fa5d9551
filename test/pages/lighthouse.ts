// `npm run lighthouse`: what Lighthouse says of the accessibility of the dashboard's pages, on a phone in light and at a desk in dark
// colours, beside a demo of its own. A page that led elsewhere, or showed no heading, was not judged, and that is said. It is fetched
// when it is first run (185 MB, which not everybody who runs the tests should wait for). Axe, which it is made of, judges every page
// and state in the stories of the dashboard (test/e2e/dashboard-*.test.ts).
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { createClient } from '../../packages/client/src/index.ts';
import { until } from '../until.ts';
import { addressesOf } from './addresses.ts';
import { PROGRAM } from './chromium.ts';

const VERSION = '12.8.2';
const SCORE_MIN = 95;
const FLAGS = '--headless=new --no-sandbox --disable-quic --disable-background-networking --no-first-run';
const PRESETS = {
  phone: { options: [], flags: FLAGS },
  desktop: { options: ['--preset=desktop'], flags: `${FLAGS} --force-dark-mode` },
} as const;
/** Says which colours a page is asked for in. */
const COLORS_PAGE =
  'data:text/html,<p></p><script>document.querySelector("p").textContent=matchMedia("(prefers-color-scheme: dark)").matches</script>';

const folder = mkdtempSync(join(tmpdir(), 'relance-lighthouse-'));
const demo = spawn(process.execPath, ['packages/server/bin/relance.js', 'demo'], {
  stdio: ['ignore', 'pipe', 'inherit'],
  env: { ...process.env, RELANCE_PORT: '0', RELANCE_DATA_DIR: folder },
});
const ended = new Promise<void>((done) => demo.once('close', () => done()));
try {
  for (const [preset, { flags }] of Object.entries(PRESETS)) colorsOf(preset, flags);
  const url = await addressOf();
  const client = createClient({ url });
  await until('the demo has a follow-up', async () => (await client.followUps.list({ limit: 1 })).items.length > 0);
  for (const address of await addressesOf(client))
    for (const preset of ['phone', 'desktop'] as const) judge(`${url}${address}`, preset);
} finally {
  demo.kill('SIGTERM');
  await ended;
  rmSync(folder, { recursive: true, force: true });
}

async function addressOf(): Promise<string> {
  for await (const line of createInterface({ input: demo.stdout })) {
    const [, url] = /Relance demo {3}(http:\S+)/.exec(line) ?? [];
    if (url === undefined) continue;
    demo.stdout.resume(); // whatever else it says is not read
    return url;
  }
  throw new Error('The demo did not begin.');
}

/** Or the light pages would be judged twice. */
function colorsOf(preset: string, flags: string): void {
  const { stdout } = spawnSync(PROGRAM, [...flags.split(' '), '--dump-dom', COLORS_PAGE], { encoding: 'utf8' });
  const dark = stdout.includes('<p>true</p>');
  if (dark !== (preset === 'desktop') || !(dark || stdout.includes('<p>false</p>')))
    throw new Error(`Chromium shows the pages of a ${preset} in other colours than it was told: ${stdout}`);
}

function judge(url: string, preset: keyof typeof PRESETS): void {
  const { options, flags } = PRESETS[preset];
  const file = join(folder, 'report.json');
  const { status } = spawnSync(
    'npx',
    [
      '--yes',
      `lighthouse@${VERSION}`,
      url,
      '--quiet',
      '--only-categories=accessibility',
      '--output=json',
      `--output-path=${file}`,
      `--chrome-flags=${flags}`,
      ...options,
    ],
    { stdio: ['ignore', 'inherit', 'inherit'], env: { ...process.env, CHROME_PATH: PROGRAM } },
  );
  if (status !== 0) throw new Error(`Lighthouse ended with ${status}.`);
  const { categories, audits, finalDisplayedUrl } = JSON.parse(readFileSync(file, 'utf8')) as Report;
  if (finalDisplayedUrl !== url) throw new Error(`${url} led to ${finalDisplayedUrl}, which was judged in its place.`);
  // It applies where there is a heading: not to a page that is on its way or has failed to load.
  if ((audits['heading-order']?.score ?? null) === null) throw new Error(`${url} showed no heading.`);
  const score = Math.round(100 * categories.accessibility.score);
  const failed = Object.values(audits).filter((audit) => audit.score === 0);
  console.log(
    `${score} ${preset} ${new URL(url).pathname}${new URL(url).search}${failed.map(({ title }) => `\n   ${title}`).join('')}`,
  );
  if (score < SCORE_MIN) process.exitCode = 1;
}

interface Report {
  readonly finalDisplayedUrl: string;
  readonly categories: { readonly accessibility: { readonly score: number } };
  readonly audits: Readonly<Record<string, { readonly title: string; readonly score: number | null }>>;
}
