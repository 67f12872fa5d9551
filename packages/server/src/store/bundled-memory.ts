// What a data directory remembers of its database: where the files are, and the passwords that were made for it. Without it
// nobody gets in any more, so files that are there without it are never touched. Used by bundled.ts alone, under its lock.
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { BundledServerError } from './bundled-binaries.ts';

/** Mode 0600. */
export interface Remembered {
  readonly place: string;
  readonly superPassword: string;
  readonly password: string;
}
const schema = z.object({ place: z.string().min(1), superPassword: z.string().min(1), password: z.string().min(1) });

const memory = (dataDir: string): string => join(dataDir, 'postgres.json');
const draft = (dataDir: string): string => `${memory(dataDir)}.new`;
/** Where the files are, unless the data directory cannot be reached by PostgreSQL's account. */
export const usualPlace = (dataDir: string): string => join(dataDir, 'postgres');
const isCluster = (place: string): boolean => existsSync(join(place, 'PG_VERSION'));

/** Null where there is no database yet. */
export function recall(dataDir: string): Remembered | null {
  const file = memory(dataDir);
  if (existsSync(file)) return recallFrom(file);
  // Written, and the files in place: only the last step of making it was cut off.
  const drafted = parse(draft(dataDir));
  if (drafted !== null && isCluster(drafted.place)) {
    renameSync(draft(dataDir), file);
    return drafted;
  }
  const place = usualPlace(dataDir);
  if (existsSync(place) && readdirSync(place).length > 0)
    throw new BundledServerError(
      `There are database files at ${place}, but ${file}, which holds their password, is missing.`,
      `Restore ${file} from a backup, or move ${place} away to begin with an empty database.`,
    );
  return null;
}

function recallFrom(file: string): Remembered {
  const remembered = parse(file);
  if (remembered === null)
    throw new BundledServerError(
      `${file}, which holds the database's password, is damaged.`,
      'Restore it from a backup.',
    );
  if (isCluster(remembered.place)) return remembered;
  throw new BundledServerError(
    `The database files at ${remembered.place} are gone.`,
    `Restore them, or remove ${file} to begin with an empty database.`,
  );
}

function parse(file: string): Remembered | null {
  if (!existsSync(file)) return null;
  try {
    return schema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch (error) {
    if ((error as { code?: string }).code !== undefined) throw error; // not ours to read: another trouble
    return null;
  }
}

/** Written down first, then the finished files are put in place: a crash in between leaves nothing half made. */
export function remember(dataDir: string, remembered: Remembered, temporary: string): void {
  rmSync(draft(dataDir), { force: true });
  writeFileSync(draft(dataDir), JSON.stringify(remembered), { mode: 0o600, flush: true });
  renameSync(temporary, remembered.place);
  renameSync(draft(dataDir), memory(dataDir));
}
