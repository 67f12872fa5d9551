// `relance check <policy…>`: schema and references. A path to a file or a project folder is checked here, without a server;
// an id is read from the server. Exit code 1 when there is an error, for CI.
import { existsSync, readFileSync, statSync } from 'node:fs';
import { checkReferences, type Policy, type Problem } from '@relance/core';
import type { Command } from 'commander';
import { type FileProblem, type Project, ProjectError, readProject } from '../app/project.ts';
import { readPolicy } from '../http/routes/policy.ts';
import { connect } from './connect.ts';
import { say } from './say.ts';

interface Report {
  readonly name: string;
  readonly problems: readonly FileProblem[];
}

export function checkCommand(program: Command): void {
  program.command('check <policy...>').description('check policies: a file, a project folder, or the id of a published one').option('--json', 'as JSON').action(async (names: string[], { json }: { json?: boolean }) => {
    const reports: Report[] = [];
    for (const name of names) reports.push(...(await checkOne(name)));
    const errors = reports.flatMap((report) => report.problems).filter((problem) => problem.severity !== 'warning');
    if (json === true) say(JSON.stringify({ ok: errors.length === 0, reports }, null, 2));
    else for (const report of reports) print(report);
    if (errors.length > 0) process.exitCode = 1;
  });
}

async function checkOne(name: string): Promise<readonly Report[]> {
  if (existsSync(name)) return statSync(name).isDirectory() ? checkFolder(name) : [{ name, problems: problemsOf(name, readFileSync(name, 'utf8')) }];
  if (/[/\\.]/.test(name)) throw Object.assign(new Error(`There is no file or folder "${name}".`), { next: 'Give a path that exists, or the id of a published policy.' });
  const published = await connect().policies.get(name);
  return [{ name, problems: problemsOf(name, published.policy) }];
}

const located = (file: string, problems: readonly Problem[]): FileProblem[] => problems.map((problem) => ({ ...problem, file }));

function problemsOf(name: string, body: unknown): FileProblem[] {
  const { compiled } = readPolicy(body);
  return located(name, compiled.ok ? compiled.warnings : compiled.problems);
}

/** A folder brings its own directory: a group it does not have is an error, a person a warning. */
async function checkFolder(folder: string): Promise<readonly Report[]> {
  let project: Project;
  try {
    project = await readProject(folder);
  } catch (error) {
    if (error instanceof ProjectError) return [{ name: folder, problems: error.problems }];
    throw error;
  }
  const known = {
    groups: new Set(project.groups.map((group) => group.id)), templates: new Set(project.templates.map((template) => template.id)), recipients: new Set(project.recipients.map((recipient) => recipient.id)),
  };
  if (project.policies.length === 0) return [{ name: folder, problems: [] }];
  return project.policies.map(({ file, policy }) => ({ name: file, problems: policy.compiled.ok ? located(file, [...policy.compiled.warnings, ...checkReferences(policy.compiled.policy as Policy, known)]) : [] }));
}

function print(report: Report): void {
  if (report.problems.length === 0) return say(`${report.name}: ok`);
  for (const problem of report.problems) {
    const place = problem.line === undefined ? '' : `:${problem.line}${problem.column === undefined ? '' : `:${problem.column}`}`;
    say(`${problem.file}${place}: ${problem.severity ?? 'error'}: ${problem.path === undefined || problem.path === '' ? '' : `${problem.path}: `}${problem.message}`);
  }
}
