// Builds packages/dashboard with Vite: index.html and assets/ whose names hold a hash of what is in them. Without a folder it
// builds into packages/dashboard/dist/<hash of the sources>, unless that is there already; the server of a checkout runs it so
// (packages/server/src/app/dashboard.ts). scripts/build.ts names the folder of the package that is published.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { pathToFileURL } from 'node:url';

const ROOT = join(import.meta.dirname, '..');
const HOME = join(ROOT, 'packages', 'dashboard');
/** What npm has installed, which the lock of a checkout that was just pulled says nothing about. */
const INSTALLED = 'node_modules/.package-lock.json';
/** Everything that goes into it. */
const SOURCES = [
  existsSync(join(ROOT, INSTALLED)) ? INSTALLED : 'package-lock.json',
  'packages/dashboard/tsconfig.json',
  'scripts/build-dashboard.ts',
  'packages/dashboard/index.html',
  'packages/dashboard/package.json',
  'packages/dashboard/src',
  'packages/client/src',
  'packages/core/package.json',
  'packages/core/src',
];
/** What another server may still be starting from is left alone for so many builds. */
const KEPT_MAX = 3;
const ASIDE = '.aside-';

function sourceFiles(): readonly string[] {
  return SOURCES.flatMap((place) => {
    const path = join(ROOT, place);
    if (!statSync(path).isDirectory()) return [path];
    return readdirSync(path, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && !/\.test(-kit)?\.tsx?$/.test(entry.name))
      .map((entry) => join(entry.parentPath, entry.name));
  });
}

function stamp(): string {
  const hash = createHash('sha256');
  for (const path of sourceFiles().toSorted())
    hash
      .update(`${relative(ROOT, path).split(sep).join('/')}\n`)
      .update(readFileSync(path))
      .update('\n');
  return hash.digest('hex').slice(0, 20);
}

export async function buildDashboard(folder: string): Promise<void> {
  // Vite and what it builds take it from there: JSX for production, React without its checks.
  process.env.NODE_ENV = 'production';
  const { build } = await import('vite');
  await build({
    configFile: false,
    root: HOME,
    mode: 'production',
    logLevel: 'error',
    // The server puts a nonce in its place with every answer (packages/server/src/http/routes/dashboard.ts).
    html: { cspNonce: '__NONCE__' },
    // Where the core makes code of a schema, a page must not (packages/dashboard/src/pages/policy/answers-unjudged.ts).
    resolve: { alias: { 'ajv/dist/2020.js': join(HOME, 'src', 'pages', 'policy', 'answers-unjudged.ts') } },
    worker: { format: 'es' },
    build: {
      outDir: folder,
      emptyOutDir: true,
      target: 'es2022',
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      chunkSizeWarningLimit: 900,
    },
  });
}

/** Built aside and put in its place as a whole, so that of two who build at once neither sees half of it. */
async function fromSources(): Promise<string> {
  const dist = join(HOME, 'dist');
  const folder = join(dist, stamp());
  if (existsSync(join(folder, 'index.html'))) return folder;
  console.log('building');
  mkdirSync(dist, { recursive: true });
  const aside = mkdtempSync(join(dist, ASIDE)); // on the same disk as its place
  try {
    await buildDashboard(join(aside, 'built'));
    forgetOld(dist);
    place(join(aside, 'built'), folder);
  } finally {
    rmSync(aside, { recursive: true, force: true });
  }
  return folder;
}

function place(from: string, folder: string): void {
  mkdirSync(dirname(folder), { recursive: true });
  try {
    renameSync(from, folder);
  } catch (error) {
    if (!existsSync(join(folder, 'index.html'))) throw error; // somebody else was quicker
  }
}

/** Somebody else may forget it at the same time. */
const builtAt = (path: string): number => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;

function forgetOld(dist: string): void {
  if (!existsSync(dist)) return;
  const old = readdirSync(dist)
    .filter((name) => !name.startsWith(ASIDE))
    .map((name) => join(dist, name))
    .toSorted((a, b) => builtAt(b) - builtAt(a));
  for (const path of old.slice(KEPT_MAX - 1)) rmSync(path, { recursive: true, force: true });
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const [folder] = process.argv.slice(2);
  if (folder !== undefined) await buildDashboard(folder);
  console.log(`built ${folder ?? (await fromSources())}`);
}
