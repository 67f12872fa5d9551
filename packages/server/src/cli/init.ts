// `relance init [dir]`: a project folder to begin with: one policy, one person, ready for `relance apply`; or, with `--policy`,
// ready policies (app/ready.ts) with their templates, people to be replaced, and an event each to try them with.
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { commandName } from '../app/config.ts';
import { wallNow } from '../app/wall-clock.ts';
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

/** Of ids in the list of ready policies. */
const ID_WIDTH = 22;
const TEMPLATES = 'templates/';

export function initCommand(program: Command): void {
  program
    .command('init [dir]')
    .description('make a project folder to begin with')
    .option(
      '--policy <id>',
      'with this ready policy and its templates; repeatable',
      (id: string, all: string[]) => [...all, id],
      [],
    )
    .option('--list', 'which policies are ready')
    .action(async (dir = '.', { policy, list = false }: Options) => {
      if (list) await tellReady();
      else if (policy.length === 0) makeStarter(dir);
      else await makeReady(dir, [...new Set(policy)]);
    });
}

interface Options {
  readonly policy: readonly string[];
  readonly list?: boolean;
}

async function tellReady(): Promise<void> {
  const { readyPolicies } = await import('../app/ready.ts');
  for (const { id, about } of readyPolicies()) say(`${id.padEnd(ID_WIDTH)}${about}`);
  say(`Take one with ${commandName()} init my-project --policy <id>, several with an option each.`);
}

function makeStarter(dir: string): void {
  write(dir, STARTER);
  sayNext(dir);
  say(`Ready policies, to be taken as they are, are listed by ${commandName()} init --list.`);
}

async function makeReady(dir: string, policies: readonly string[]): Promise<void> {
  const { eventFile, readyFiles, readyPolicies } = await import('../app/ready.ts');
  const ready = readyPolicies().map(({ id }) => id);
  const unknown = policies.find((id) => !ready.includes(id));
  if (unknown !== undefined)
    throw trouble(`There is no ready policy "${unknown}".`, `Take one of ${ready.join(', ')}.`);
  write(dir, readyFiles(policies, wallNow()));
  sayNext(dir);
  say('and try it, once it is served, with an event:');
  for (const id of policies) say(`  ${commandName()} event send ${join(dir, eventFile(id))}`);
}

function write(dir: string, files: Readonly<Record<string, string>>): void {
  const taken = Object.keys(files).filter((name) => existsSync(join(dir, name)));
  if (taken.length > 0) throw trouble(`${taken.join(', ')} exists already.`, 'Choose an empty folder.');
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(join(dir, name, '..'), { recursive: true });
    writeFileSync(join(dir, name), text);
    if (!name.startsWith(TEMPLATES)) say(`wrote ${join(dir, name)}`);
  }
  const templates = new Set(Object.keys(files).flatMap((name) => /^templates\/[^/]+/.exec(name) ?? []));
  if (templates.size > 0) say(`wrote ${templates.size} templates in ${join(dir, TEMPLATES)}`);
}

function sayNext(dir: string): void {
  const relance = commandName();
  say('Next, check it and serve it:');
  say(`  ${relance} check ${dir}`);
  say(`  RELANCE_PROJECT=${dir} ${relance} serve`);
}
