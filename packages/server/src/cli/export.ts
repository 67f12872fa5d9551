// `relance export <dir>`: writes what the server has as a project folder, for whoever began over HTTP and wants it in a
// repository. What it writes, `relance apply` finds unchanged. What stands there already is never written over.
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Command } from 'commander';
import { commandName } from '../app/config.ts';
import { connect } from './connect.ts';
import { say, trouble } from './say.ts';

const FOLDERS = ['policies', 'templates', 'directory'];

export function exportCommand(program: Command): void {
  program
    .command('export <dir>')
    .description('write the policies, templates, groups, schedules and calendars of the server as a project folder')
    .option('--people', 'the recipients as well')
    .action(async (dir: string, { people = false }: { people?: boolean }) => {
      const taken = FOLDERS.filter((name) => existsSync(join(dir, name)));
      if (taken.length > 0)
        throw trouble(
          `${taken.map((name) => join(dir, name)).join(', ')} exists already.`,
          'Remove it, or choose another folder: what is exported is never mixed with what was there.',
        );
      const { exportProject } = await import('../app/export-project.ts');
      const files = Object.entries(await exportProject(connect(), { people }));
      for (const [name, text] of files) {
        mkdirSync(dirname(join(dir, name)), { recursive: true });
        writeFileSync(join(dir, name), text);
        say(`wrote ${join(dir, name)}`);
      }
      if (files.length === 0) say('The server has nothing to export.');
      else {
        say("relance.yaml is the server's own and not part of it: zone, resolvers, alarmTo and the like.");
        say(`Next: lay yours into ${dir}, as relance check needs it beside what it checks.`);
        say(`What differs from the server, now and later, is told by ${commandName()} apply --dry-run ${dir}`);
      }
    });
}
