// `relance apply <dir>`: brings a project folder to the server: people, groups, schedules and calendars, templates, then
// policies. Everything is read and checked before anything is sent (app/apply-remote.ts).
import type { Command } from 'commander';
import { connect } from './connect.ts';
import { say } from './say.ts';

export function applyCommand(program: Command): void {
  program
    .command('apply <dir>')
    .description('bring a project folder to the server')
    .action(async (dir: string) => {
      const { readProject } = await import('../app/project.ts');
      const { applyRemote } = await import('../app/apply-remote.ts');
      const project = await readProject(dir);
      await applyRemote(connect(), project, say);
      const { recipients, groups, schedules, calendars, templates, policies } = project;
      const directory = `${recipients.length} recipients, ${groups.length} groups, ${schedules.length} schedules, ${calendars.length} calendars`;
      say(`Applied: ${directory}, ${templates.length} templates, ${policies.length} policies.`);
    });
}
