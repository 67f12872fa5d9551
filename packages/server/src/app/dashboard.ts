// The dashboard's files, read once for all servers of the process, and kept. The published package has them beside its code; from a
// checkout they are built from packages/dashboard by scripts/build-dashboard.ts, in a process of its own, when `serve` starts or
// somebody first asks, and kept under a name that tells from which sources: so a changed source is never shown in an old build.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { extname, join, relative, sep } from 'node:path';
import { createInterface } from 'node:readline';
import { type Dashboard, DashboardAway, type DashboardFile } from '../http/ports.ts';

const PUBLISHED = join(import.meta.dirname, '..', 'dashboard');
const BUILDER = join(import.meta.dirname, '..', '..', '..', '..', 'scripts', 'build-dashboard.ts');

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
};

export interface OpenDashboard extends Dashboard {
  /** Builds it now, where that is needed; never rejects: what is wrong is told to whoever asks for the page. */
  prepare(say: (line: string) => void): Promise<void>;
}

export function openDashboard(): OpenDashboard {
  let files: Promise<ReadonlyMap<string, DashboardFile>> | null = null;
  let say: (line: string) => void = () => {};
  const all = (): Promise<ReadonlyMap<string, DashboardFile>> => {
    files ??= placeOf((line) => say(line)).then(readOnce);
    // What failed is tried again: somebody may have mended it.
    files.catch(() => {
      files = null;
    });
    return files;
  };
  return {
    file: async (name) => (await all()).get(name) ?? null,
    async prepare(tell) {
      say = tell;
      await all().catch((error: Error) => tell(`The dashboard cannot be shown: ${error.message}`));
    },
  };
}

async function placeOf(say: (line: string) => void): Promise<string> {
  if (existsSync(join(PUBLISHED, 'index.html'))) return PUBLISHED;
  if (existsSync(BUILDER)) return build(say);
  throw new DashboardAway('Its files are not where the package has them.', 'Install the package `relance` again.');
}

/** The builder says `building` when there is something to do, and `built <folder>` at its end. */
async function build(say: (line: string) => void): Promise<string> {
  const child = spawn(process.execPath, [BUILDER], { stdio: ['ignore', 'pipe', 'pipe'] });
  let folder: string | null = null;
  let trouble = '';
  child.stderr.on('data', (part) => {
    trouble = `${trouble}${part}`.slice(-TROUBLE_MAX);
  });
  const lines = createInterface({ input: child.stdout });
  lines.on('line', (line) => {
    if (line === 'building') say('Building the dashboard from its sources, once (some seconds) …');
    if (line.startsWith('built ')) folder = line.slice('built '.length);
  });
  const read = new Promise<void>((done) => lines.once('close', done));
  const code = await new Promise<number | null>((done, fail) => {
    child.once('error', fail);
    child.once('close', done);
  }).catch((error: Error) => {
    trouble = error.message;
    return null;
  });
  await read;
  if (code === 0 && folder !== null) return folder;
  throw new DashboardAway(
    `It could not be built: ${
      trouble
        .split('\n')
        .find((line) => /Error/.test(line))
        ?.trim() ?? `the builder ended with ${code}`
    }`,
    'Run `npm install` in the checkout, then `npm run build:dashboard`, which says what is wrong.',
  );
}

const TROUBLE_MAX = 4_000;

/** By folder: its name tells what is in it, or nobody writes there. What is kept with a file (as compressed) is made once, too. */
const known = new Map<string, Promise<ReadonlyMap<string, DashboardFile>>>();

function readOnce(folder: string): Promise<ReadonlyMap<string, DashboardFile>> {
  const files = known.get(folder) ?? readAll(folder);
  known.set(folder, files);
  files.catch(() => known.delete(folder));
  return files;
}

async function readAll(folder: string): Promise<ReadonlyMap<string, DashboardFile>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return new Map(
    await Promise.all(
      paths.map(async (path) => {
        const name = relative(folder, path).split(sep).join('/');
        const type = TYPES[extname(path)] ?? 'application/octet-stream';
        return [name, { body: await readFile(path), type }] as const;
      }),
    ),
  );
}
