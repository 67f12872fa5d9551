// `relance migrate`: brings the database to the newest schema. `serve` does the same at start-up.
import type { Command } from 'commander';
import { readConfig } from '../app/config.ts';
import { startBundledServer } from '../store/bundled.ts';
import { migrate } from '../store/migrate.ts';
import { say } from './say.ts';

export function migrateCommand(program: Command): void {
  program.command('migrate').description('bring the database to the newest schema').action(async () => {
    const config = readConfig();
    const bundled = config.databaseUrl === null ? await startBundledServer({ dataDir: config.dataDir, log: say }) : null;
    try {
      const applied = await migrate(config.databaseUrl ?? bundled?.url ?? '');
      say(applied.length === 0 ? 'The schema is current.' : `Applied ${applied.join(', ')}.`);
    } finally {
      await bundled?.stop();
    }
  });
}
