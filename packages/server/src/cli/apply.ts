// `relance apply <dir>`: brings a project folder to the server: people and groups, templates, then policies. Everything is
// read and checked before anything is sent.
import type { Command } from 'commander';
import { connect } from './connect.ts';
import { say } from './say.ts';

const BULK = 500;

export function applyCommand(program: Command): void {
  program
    .command('apply <dir>')
    .description('bring a project folder to the server')
    .action(async (dir: string) => {
      const { readProject } = await import('../app/project.ts');
      const project = await readProject(dir);
      const client = connect();
      for (let first = 0; first < project.recipients.length; first += BULK)
        await client.recipients.bulk(project.recipients.slice(first, first + BULK) as never);
      for (const group of project.groups) await client.groups.put(group.id, group as never);
      for (const template of project.templates) await client.templates.put(template.id, template.written as never);
      say(
        `${project.recipients.length} recipients, ${project.groups.length} groups, ${project.templates.length} templates.`,
      );
      for (const { policy } of project.policies) {
        if (!policy.compiled.ok) continue;
        const result = await client.policies.put(policy.compiled.policy.id, policy.written as never);
        say(`policy ${result.id}: version ${result.version}`);
        for (const warning of result.warnings) say(`  warning: ${warning.path}: ${warning.message}`);
      }
    });
}
