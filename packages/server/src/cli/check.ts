// `relance check <policy…>`: schema, references and what can be proved. A path to a file or a project folder is checked here,
// without a server; a published policy by the server, among its own people. Exit code 1 when there is an error, for CI.
import { existsSync } from 'node:fs';
import type { RelanceProblem } from '@relance/client';
import { type Command, InvalidArgumentError } from 'commander';
import type { CheckOptions, FileReport } from '../app/check-files.ts';
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
    .option('--max-per-day <n>', 'messages of one follow-up that one person may get within 24 hours', readCount)
    .action(async (names: string[], { json, proofs, ...options }: CheckOptions & Shown) => {
      const reports: FileReport[] = [];
      for (const name of names) reports.push(...(await checkOne(name, options)));
      // To a server what is refuted is a warning, as such a policy may be published; here it is what was asked.
      const ok = reports.every(
        (report) =>
          report.problems.every((problem) => problem.severity === 'warning') &&
          (report.proofs ?? []).every(({ holds }) => holds),
      );
      if (json === true) say(JSON.stringify({ ok, reports }, null, 2));
      else for (const report of reports) for (const line of linesOf(report, proofs === true)) say(line);
      if (!ok) process.exitCode = 1;
    });
}

interface Shown {
  readonly json?: boolean;
  readonly proofs?: boolean;
}

function readCount(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new InvalidArgumentError('Give a whole number, 1 or more.');
  return Number(text);
}

const NEXT = 'Give a path that exists, or the id of a published policy.';

async function checkOne(name: string, options: CheckOptions): Promise<readonly FileReport[]> {
  const { checkFiles } = await import('../app/check-files.ts');
  if (existsSync(name)) return checkFiles(name, wallNow(), options);
  if (/[/\\.]/.test(name)) {
    throw trouble(`There is no file or folder "${name}".`, NEXT);
  }
  const { policies } = connect();
  const published = await policies.get(name).catch((error: Partial<RelanceProblem>) => {
    if (error.status !== 404 && error.code !== 'unreachable') throw error;
    throw trouble(`There is no file or folder "${name}", and as the id of a policy: ${error.detail}`, NEXT);
  });
  const { errors, warnings, proofs } = await policies.check(published.policy, options);
  const problems = [...errors, ...warnings].map((problem) => ({ ...problem, file: name }));
  return [{ name, problems, proofs: proofs as NonNullable<FileReport['proofs']> }];
}

/** What the command says of one file. */
export const linesOf = (report: FileReport, withProofs: boolean): readonly string[] => [
  ...(report.problems.length === 0 ? [`${report.name}: ok`] : []),
  ...report.problems.map((problem) => `${problem.severity ?? 'error'}: ${describeProblem(problem)}`),
  ...(withProofs ? (report.proofs ?? []) : []).map(({ holds, text }) => `  ${holds ? 'proved' : 'refuted'}: ${text}`),
];
