// `relance apply <dir>`: brings a project folder to the server: people, groups and schedules, templates, then policies. Everything is
// read and checked before anything is sent (app/apply-remote.ts).
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
      say(
        `Applied: ${project.recipients.length} recipients, ${project.groups.length} groups, ${project.schedules.length} schedules, ${project.templates.length} templates, ${project.policies.length} policies.`,
      );
    });
}
