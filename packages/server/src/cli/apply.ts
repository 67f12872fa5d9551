// `relance apply <dir>`: brings a project folder to the server: people, groups, schedules and calendars, templates, then
// policies. Everything is read and checked before anything is sent (app/apply-remote.ts).
import type { Command } from 'commander';
import { connect } from './connect.ts';
import { say } from './say.ts';

export function applyCommand(program: Command): void {
  program
    .command('apply <dir>')
    .description('bring a project folder to the server: what differs is told, then applied')
    .option('--dry-run', 'tell what differs, and change nothing')
    .action(async (dir: string, { dryRun = false }: { dryRun?: boolean }) => {
      const { readProject } = await import('../app/project.ts');
      const { applyRemote } = await import('../app/apply-remote.ts');
      const found = await applyRemote(connect(), await readProject(dir), say, { dryRun });
      const changed = found.filter(({ state }) => state !== 'same').length;
      if (found.length === 0) return;
      if (changed === 0) say('Nothing differs.');
      else say(dryRun ? `Would apply ${changed} of ${found.length}.` : `Applied ${changed} of ${found.length}.`);
    });
}
