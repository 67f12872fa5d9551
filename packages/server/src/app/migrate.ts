// Brings the database named by the configuration to the newest schema, starting the bundled one for it where none is named.
import { startBundledServer } from '../store/bundled.ts';
import { migrate } from '../store/migrate.ts';
import type { Config } from './config.ts';

/** Answers the names of the migrations that were applied. */
export async function migrateDatabase(config: Config, say: (line: string) => void): Promise<readonly string[]> {
  if (config.databaseUrl !== null) return migrate(config.databaseUrl);
  const bundled = await startBundledServer({ dataDir: config.dataDir, log: say });
  try {
    return await migrate(bundled.url);
  } finally {
    await bundled.stop();
  }
}
