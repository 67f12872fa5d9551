// Builds the packages that are published: JavaScript and type declarations in packages/<name>/dist, each a folder that
// `npm pack` and `npm publish` take as it is. Development needs none of this: Node runs the sources. The proof that the
// result works in an empty folder is test/e2e/packed-install.test.ts.
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { bundleInbox } from './bundle-inbox.ts';

const ROOT = join(import.meta.dirname, '..');
/** In the order of their dependencies: a later one is compiled against the declarations of the earlier. */
const PACKAGES = ['core', 'client', 'inbox', 'server'] as const;
type PackageName = (typeof PACKAGES)[number];

/** What is shipped as it is, beside the compiled sources. */
const ASIDE = ['bin', 'bundle', 'samples', 'ready'];
/** Sources that are not TypeScript and are read at run time. */
const ASSET = /\.(sql|html|css|svg|mjml|json)$/;

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly exports: Readonly<Record<string, string>>;
  readonly [field: string]: unknown;
}

const sourceOf = (name: PackageName): string => join(ROOT, 'packages', name, 'src');
const manifestOf = (name: PackageName): Manifest =>
  JSON.parse(readFileSync(join(ROOT, 'packages', name, 'package.json'), 'utf8'));

class BuildError extends Error {}

function compile(name: PackageName, out: string, place: (built: PackageName) => string): void {
  const config = join(place(name), 'tsconfig.build.json');
  const paths = Object.fromEntries(
    PACKAGES.filter((other) => other !== name).map((other) => [
      manifestOf(other).name,
      [join(place(other), 'dist', 'index.d.ts')],
    ]),
  );
  const options = {
    noEmit: false,
    noEmitOnError: true,
    declaration: true,
    rewriteRelativeImportExtensions: true,
    rootDir: sourceOf(name),
    outDir: out,
    paths,
    typeRoots: [join(ROOT, 'node_modules', '@types')],
  };
  const content = {
    extends: join(ROOT, 'tsconfig.json'),
    compilerOptions: options,
    include: [sourceOf(name)],
    exclude: ['**/*.test.ts', '**/*.test-kit.ts'].map((tests) => join(sourceOf(name), tests)),
  };
  writeFileSync(config, JSON.stringify(content));
  try {
    const { status } = spawnSync(
      process.execPath,
      [join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc'), '-p', config],
      { stdio: 'inherit' },
    );
    if (status !== 0)
      throw new BuildError(`packages/${name} does not compile. Run \`npm run types\` and mend what it says.`);
  } finally {
    rmSync(config);
  }
}

function copyAssets(from: string, to: string): void {
  for (const entry of readdirSync(from, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !ASSET.test(entry.name)) continue;
    const file = join(entry.parentPath, entry.name);
    const target = join(to, relative(from, file));
    mkdirSync(dirname(target), { recursive: true });
    cpSync(file, target);
  }
}

/** The dashboard is part of the server package: beside its code, where packages/server/src/app/dashboard.ts looks for it. */
function addDashboard(folder: string): void {
  const script = join(ROOT, 'scripts', 'build-dashboard.ts');
  const { status } = spawnSync(process.execPath, [script, folder], { stdio: ['ignore', 'ignore', 'inherit'] });
  if (status !== 0) throw new BuildError('packages/dashboard does not build. Run `npm run build:dashboard`.');
}

/** `./src/x.ts` is `./dist/x.js` in the published package, with its declarations beside. */
function published(manifest: Manifest, shipped: readonly string[]): object {
  const exports = Object.fromEntries(
    Object.entries(manifest.exports).map(([door, file]) => {
      if (!file.startsWith('./src/')) return [door, file]; // shipped as it is
      const built = file.replace(/^\.\/src\//, './dist/').replace(/\.ts$/, '');
      return [door, { types: `${built}.d.ts`, default: `${built}.js` }];
    }),
  );
  return {
    ...manifest,
    exports: { ...exports, './package.json': './package.json' },
    files: ['dist', 'NOTICE', ...shipped],
  };
}

/** Builds all packages; `place` says where each goes, by default its own dist folder. Answers those folders. */
export async function build(
  place: (name: PackageName) => string = (name) => join(ROOT, 'packages', name, 'dist'),
): Promise<readonly string[]> {
  await bundleInbox();
  return PACKAGES.map((name) => {
    const folder = place(name);
    const home = join(ROOT, 'packages', name);
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    compile(name, join(folder, 'dist'), place);
    copyAssets(sourceOf(name), join(folder, 'dist'));
    const shipped = ASIDE.filter((part) => existsSync(join(home, part)));
    for (const part of shipped) cpSync(join(home, part), join(folder, part), { recursive: true });
    if (name === 'server') {
      addDashboard(join(folder, 'dist', 'dashboard'));
      const source = (path: string): boolean => basename(path) !== 'dist'; // nothing that an example has built
      cpSync(join(ROOT, 'examples'), join(folder, 'examples'), { recursive: true, filter: source });
      shipped.push('examples');
    }
    for (const text of ['README.md', 'LICENSE', 'NOTICE'])
      if (existsSync(join(ROOT, text))) cpSync(join(ROOT, text), join(folder, text));
    writeFileSync(join(folder, 'package.json'), `${JSON.stringify(published(manifestOf(name), shipped), null, 2)}\n`);
    return folder;
  });
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  try {
    for (const folder of await build()) console.log(`built ${relative(ROOT, folder)}`);
  } catch (error) {
    if (!(error instanceof BuildError)) throw error;
    console.error(error.message);
    process.exitCode = 1;
  }
}
