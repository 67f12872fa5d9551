// The published packages as a stranger gets them: built, packed, installed in an empty folder from the tarballs, and run
// with npx. Nothing of this checkout is on the way, so what is missing from a package is missing here.
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { build } from '../../scripts/build.ts';

/** A limit for what never ends: a machine far from its registry takes minutes. */
const INSTALL_MAX_MS = 900_000;
const DEMO_MAX_MS = 90_000;

const ROOT = join(import.meta.dirname, '..', '..');
const place = mkdtempSync(join(tmpdir(), 'relance-packed-'));
const home = join(place, 'empty-folder');
const { version } = JSON.parse(readFileSync(join(ROOT, 'packages', 'server', 'package.json'), 'utf8')) as {
  version: string;
};

/** What a machine's own way to the registry may need. */
const NETWORK = /^(NODE_EXTRA_CA_CERTS|npm_config_(registry|cafile|proxy|https_proxy|noproxy))$/i;
/** The environment of a shell that knows nothing of this checkout but the Node it runs on. */
const environment = {
  ...Object.fromEntries(
    Object.entries(process.env).filter(([name]) => NETWORK.test(name) || !/^(npm_|RELANCE_|NODE_|VITEST)/i.test(name)),
  ),
  PATH: [
    dirname(process.execPath),
    ...(process.env.PATH ?? '').split(delimiter).filter((part) => !part.startsWith(ROOT)),
  ].join(delimiter),
  npm_config_audit: 'false',
  npm_config_fund: 'false',
  npm_config_update_notifier: 'false',
  npm_config_prefer_offline: 'true',
};

const npx = (...args: readonly string[]) =>
  spawnSync('npx', ['--no-install', 'relance', ...args], { cwd: home, env: environment, encoding: 'utf8' });

beforeAll(async () => {
  // The declarations of one package name what it depends on; while the next is compiled they must find it.
  mkdirSync(join(place, 'built'));
  symlinkSync(join(ROOT, 'node_modules'), join(place, 'built', 'node_modules'));
  const folders = await build((name) => join(place, 'built', name));
  const tarballs = folders.map((folder) => {
    const out = execFileSync('npm', ['pack', '--json', '--pack-destination', place], {
      cwd: folder,
      env: environment,
      encoding: 'utf8',
    });
    const packed: unknown = JSON.parse(out);
    const [first] = (Array.isArray(packed) ? packed : Object.values(packed as object)) as { filename: string }[];
    return join(place, first?.filename ?? '');
  });
  mkdirSync(home);
  execFileSync('npm', ['install', ...tarballs], {
    cwd: home,
    env: environment,
    encoding: 'utf8',
    stdio: 'pipe',
    timeout: INSTALL_MAX_MS,
  });
}, INSTALL_MAX_MS);

afterAll(() => rmSync(place, { recursive: true, force: true }));

describe('the packages, installed in an empty folder', () => {
  it('ship JavaScript, declarations, migrations and samples, and neither sources nor tests', () => {
    const shipped = (path: string) => existsSync(join(home, 'node_modules', 'relance', path));
    expect([
      shipped('dist/cli/main.js'),
      shipped('dist/index.d.ts'),
      shipped('dist/store/migrations/0001-first-tables.sql'),
      shipped('dist/dashboard/index.html'),
      shipped('samples/relance.yaml'),
      shipped('ready/incident/scenario.yaml'),
      shipped('LICENSE'),
      shipped('NOTICE'),
    ]).not.toContain(false);
    const inbox = (path: string) => existsSync(join(home, 'node_modules', '@relance', 'inbox', path));
    expect([inbox('bundle/relance-inbox.js'), inbox('dist/define.d.ts'), inbox('dist/react.js')]).not.toContain(false);
    expect([inbox('src'), inbox('dist/store.test.js'), inbox('dist/server.test-kit.js')]).not.toContain(true);
    expect([shipped('src'), shipped('dist/sources/alertmanager.test.js')]).not.toContain(true);
  });

  it('answer --version', () => {
    const { stdout, status } = npx('--version');
    expect({ status, stdout: stdout.trim() }).toEqual({ status: 0, stdout: version });
  });

  it('check their own samples, and say what is wrong with a bad policy', () => {
    const samples = npx('check', join('node_modules', 'relance', 'samples'));
    expect(samples.stderr + samples.stdout).not.toMatch(/error/);
    expect(samples.status).toBe(0);
    writeFileSync(join(home, 'bad.yaml'), 'policy: bad\nstagez: []\n');
    const bad = npx('check', 'bad.yaml');
    expect(bad.status).toBe(1);
    expect(bad.stdout).toContain('stagez');
  });

  it('begin a project with ready policies, which checks well', () => {
    const begun = npx('init', 'acme', '--policy', 'incident', '--policy', 'onboarding');
    expect(begun).toMatchObject({ status: 0, stderr: '' });
    expect(npx('check', 'acme').stdout).toBe('policies/incident.yaml: ok\npolicies/onboarding.yaml: ok\n');
  });

  it('simulate a policy, on the command line and in tests of one’s own', () => {
    const policy = '{policy: p, key: event.data.id, assignee: event.data.who, stages: [{id: notice, at: opened}]}';
    writeFileSync(join(home, 'good.yaml'), policy);
    const simulated = npx('simulate', 'good.yaml');
    expect(simulated.stdout).toMatch(/Sent "notice" to assignee by email/);
    const script = `import { simulatePolicy } from '@relance/core/testing';
console.log(simulatePolicy(${JSON.stringify(policy)}, { at: '2026-11-02T09:00:00Z' }).outcome.end);`;
    writeFileSync(join(home, 'own.mjs'), script);
    const own = spawnSync(process.execPath, ['own.mjs'], { cwd: home, env: environment, encoding: 'utf8' });
    expect(own).toMatchObject({ status: 0, stdout: 'waits\n' });
  });

  it('are typed for their users', () => {
    writeFileSync(
      join(home, 'user.ts'),
      `import { createClient, RelanceProblem } from '@relance/client';
import { type Simulation, simulatePolicy } from '@relance/core/testing';
import { createInboxStore, type InboxState } from '@relance/inbox';
import '@relance/inbox/define';
import { createRelance, type Relance } from 'relance';
const relance: Promise<Relance> = createRelance({ database: 'postgres://localhost/app', secretKey: 'x'.repeat(32) });
const client = createClient({ url: 'http://127.0.0.1:4400', key: 'k' });
const played: Simulation = simulatePolicy('policy: p', { at: '2026-11-02T09:00:00Z', behaviours: ['nobody answers'] });
const status: Promise<string> = client.followUps.get('id').then((followUp) => followUp.status);
// @ts-expect-error: a client needs a url
createClient({});
const inbox: InboxState = createInboxStore({ url: 'http://127.0.0.1:4400', getToken: async () => 't' }).getState();
export { inbox, played, relance, RelanceProblem, status };
`,
    );
    const tsc = join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc');
    const options = [
      '--noEmit',
      '--strict',
      '--module',
      'nodenext',
      '--skipLibCheck',
      '--types',
      'node',
      '--typeRoots',
      join(ROOT, 'node_modules', '@types'),
      'user.ts',
    ];
    const { stdout, status } = spawnSync(process.execPath, [tsc, ...options], { cwd: home, encoding: 'utf8' });
    expect({ status, stdout }).toEqual({ status: 0, stdout: '' });
  });

  it('run the demo, which answers /healthz and leaves nothing running after Ctrl-C', {
    timeout: DEMO_MAX_MS,
  }, async () => {
    const demo = spawn('npx', ['--no-install', 'relance', 'demo'], {
      cwd: home,
      env: { ...environment, RELANCE_PORT: '0' },
      detached: true,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const exit = new Promise<void>((resolve) => demo.on('exit', () => resolve()));
    try {
      const url = await addressOf(demo);
      demo.stdout?.resume(); // the rest of the story is not read, but must not fill the pipe
      const health = await fetch(`${url}/healthz`);
      expect(health.status).toBe(200);
      expect((await fetch(`${url}/mailbox`)).status).toBe(200);
      const page = await (await fetch(url)).text();
      const [script = ''] = /\/assets\/index-[\w-]+\.js/.exec(page) ?? [];
      expect((await fetch(url + script)).headers.get('content-type')).toBe('text/javascript; charset=utf-8');
    } finally {
      process.kill(-(demo.pid as number), 'SIGINT'); // what a terminal sends: to the whole group
      await exit;
    }
    // The bundled PostgreSQL is a group of its own; its pid file goes when it has stopped in order.
    expect(existsSync(join(home, '.relance'))).toBe(true);
    expect(spawnSync('find', [join(home, '.relance'), '-name', 'postmaster.pid'], { encoding: 'utf8' }).stdout).toBe(
      '',
    );
  });
});

/** The first address it prints. A process that ends without one fails the test with what it said. */
async function addressOf(demo: ChildProcess): Promise<string> {
  const said: string[] = [];
  if (demo.stdout === null) throw new Error('no output to read');
  for await (const line of createInterface({ input: demo.stdout })) {
    said.push(line);
    const url = /http:\/\/127\.0\.0\.1:\d+/.exec(line)?.[0];
    if (url !== undefined) return url;
  }
  throw new Error(`The demo ended without an address. It said:\n${said.join('\n')}`);
}
