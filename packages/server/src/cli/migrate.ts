// `relance migrate`: brings the database to the newest schema. `serve` does the same at start-up.
import type { Command } from 'commander';
import { readConfig } from '../app/config.ts';
import { say } from './say.ts';

export function migrateCommand(program: Command): void {
  program
    .command('migrate')
    .description('bring the database to the newest schema')
    .action(async () => {
      const { migrateDatabase } = await import('../app/migrate.ts');
      const applied = await migrateDatabase(readConfig(), say);
      say(applied.length === 0 ? 'The schema is current.' : `Applied ${applied.join(', ')}.`);
    });
}
