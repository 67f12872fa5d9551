// `relance simulate <policy>`: named in the help so that nobody takes it for a slip, but not built yet.
import type { Command } from 'commander';
import { warn } from './say.ts';

export function simulateCommand(program: Command, exitCode: number): void {
  program
    .command('simulate <policy> [more...]')
    .description('what a policy would do, without doing it (not built yet)')
    .allowUnknownOption()
    .action((policy: string) => {
      warn('relance: simulate is not built yet.');
      warn(`Next: relance check ${policy}, or play it on a virtual clock: RELANCE_CLOCK=virtual relance serve.`);
      process.exitCode = exitCode;
    });
}
