// `relance check <policy…>`: schema and references. A path to a file or a project folder is checked here, without a server;
// an id is read from the server. Exit code 1 when there is an error, for CI.
import { existsSync } from 'node:fs';
import type { RelanceProblem } from '@relance/client';
import type { Command } from 'commander';
import type { FileReport } from '../app/check-files.ts';
import { describeProblem } from '../app/file-problem.ts';
import { wallNow } from '../app/wall-clock.ts';
import { connect } from './connect.ts';
import { say, trouble } from './say.ts';

export function checkCommand(program: Command): void {
  program
    .command('check <policy...>')
    .description('check policies: a file, a project folder, or the id of a published one')
    .option('--json', 'as JSON')
    .option('--proofs', 'what is proved of each policy, too')
    .action(async (names: string[], { json, proofs }: { json?: boolean; proofs?: boolean }) => {
      const reports: FileReport[] = [];
      for (const name of names) reports.push(...(await checkOne(name)));
      const ok = reports.every((report) => report.problems.every((problem) => problem.severity === 'warning'));
      if (json === true) say(JSON.stringify({ ok, reports }, null, 2));
      else for (const report of reports) print(report, proofs === true);
      if (!ok) process.exitCode = 1;
    });
}

const NEXT = 'Give a path that exists, or the id of a published policy.';

async function checkOne(name: string): Promise<readonly FileReport[]> {
  const { checkFiles, checkText } = await import('../app/check-files.ts');
  if (existsSync(name)) return checkFiles(name, wallNow());
  if (/[/\\.]/.test(name)) {
    throw trouble(`There is no file or folder "${name}".`, NEXT);
  }
  const published = await connect()
    .policies.get(name)
    .catch((error: Partial<RelanceProblem>) => {
      if (error.status !== 404 && error.code !== 'unreachable') throw error;
      throw trouble(`There is no file or folder "${name}", and as the id of a policy: ${error.detail}`, NEXT);
    });
  return [checkText(name, published.policy)];
}

function print(report: FileReport, withProofs: boolean): void {
  if (report.problems.length === 0) say(`${report.name}: ok`);
  for (const problem of report.problems) say(`${problem.severity ?? 'error'}: ${describeProblem(problem)}`);
  for (const { holds, text } of withProofs ? (report.proofs ?? []) : [])
    say(`  ${holds ? 'proved' : 'refuted'}: ${text}`);
}
