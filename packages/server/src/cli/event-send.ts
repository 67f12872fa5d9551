// `relance event send <file>`: a CloudEvent, or a list of them, from a JSON file or standard input.
import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { connect } from './connect.ts';
import { say, trouble } from './say.ts';

export function eventSendCommand(program: Command): void {
  program
    .command('send <file>')
    .description('send a CloudEvent, or a JSON list of them; - reads standard input')
    .action(async (file: string) => {
      const text = readFileSync(file === '-' ? 0 : file, 'utf8');
      let value: unknown;
      try {
        value = JSON.parse(text);
      } catch (error) {
        throw trouble(
          `${file} is not JSON: ${(error as Error).message}.`,
          'Send one CloudEvent as a JSON object, or a list of them.',
        );
      }
      const result = await connect().events.send(value as never);
      say(`${result.accepted} accepted, ${result.duplicates} known already, ${result.rejected.length} rejected.`);
      for (const one of result.rejected) say(`  ${one.index}: ${one.code}: ${one.detail}`);
      for (const one of result.unmatched) say(`  ${one.index}: ${one.code}: ${one.detail}`);
      for (const one of result.followUps) say(`  ${one.policy}  ${one.key}  ${one.status}  ${one.id}`);
      if (result.rejected.length > 0) process.exitCode = 1;
    });
}
