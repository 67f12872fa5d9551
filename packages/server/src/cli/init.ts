// `relance init [dir]`: a project folder to begin with: one policy, one person, ready for `relance apply`.
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { commandName } from '../app/config.ts';
import { say, trouble } from './say.ts';

/** What the folder begins with, by path. */
export const STARTER: Readonly<Record<string, string>> = {
  'relance.yaml': 'zone: Europe/Paris\nlocale: en\n',
  'directory/people.yaml':
    'recipients:\n  - { id: ana, name: Ana García, email: ana@example.com, manager: bo }\n  - { id: bo, name: Bo Lind, email: bo@example.com }\ngroups:\n  - { id: office, name: Office, members: [bo] }\n',
  'policies/task.yaml': `policy: task
title: Task
open: { on: com.example.task.assigned }
resolve: { on: com.example.task.done, outcome: done }
key: event.data.id
subject: { type: task, id: event.data.id, title: event.data.title }
assignee: event.data.assignee
due: event.data.dueDate
fallback: group(office)
stages:
  - { id: notice, at: opened }
  - { id: reminder, at: opened + 1 day }
  - { id: escalate, at: opened + 3 days, escalate: { to: [manager(1)] } }
`,
};

export function initCommand(program: Command): void {
  program
    .command('init [dir]')
    .description('make a project folder to begin with')
    .action((dir = '.') => {
      const taken = Object.keys(STARTER).filter((name) => existsSync(join(dir, name)));
      if (taken.length > 0) throw trouble(`${taken.join(', ')} exists already.`, 'Choose an empty folder.');
      for (const [name, text] of Object.entries(STARTER)) {
        mkdirSync(join(dir, name, '..'), { recursive: true });
        writeFileSync(join(dir, name), text);
        say(`wrote ${join(dir, name)}`);
      }
      const relance = commandName();
      say('Next, check it and serve it:');
      say(`  ${relance} check ${dir}`);
      say(`  RELANCE_PROJECT=${dir} ${relance} serve`);
    });
}
