// `relance doctor`: looks at everything a start needs, says what is wrong and what to do. Exit code 1 when
// something fails; a warning works, but may not be meant so.
import type { Command } from 'commander';
import { readConfig } from '../app/config.ts';
import type { Examined } from '../app/finding.ts';
import { wallNow } from '../app/wall-clock.ts';
import { say } from './say.ts';

export function doctorCommand(program: Command): void {
  program
    .command('doctor')
    .description('look at everything a start needs')
    .option('--json', 'as JSON')
    .action(async ({ json }: { json?: boolean }) => {
      const { examine } = await import('../app/examine.ts');
      const findings = await examine(readConfig(), wallNow);
      const ok = findings.every(({ level }) => level !== 'fail');
      if (json === true) say(JSON.stringify({ ok, findings }, null, 2));
      else for (const one of findings) print(one);
      if (!ok) process.exitCode = 1;
    });
}

function print({ level, what, text, next }: Examined): void {
  say(`${level.padEnd(4)} ${what}: ${text}`);
  if (next !== undefined) say(`     Next: ${next}`);
}
