// `relance explain <follow-up>`: why it stands where it stands, and what happens next.
import type { Command } from 'commander';
import { connect } from './connect.ts';
import { say } from './say.ts';

export function explainCommand(program: Command): void {
  program
    .command('explain <follow-up>')
    .description('why a follow-up stands where it stands, and what happens next')
    .option('--json', 'as JSON')
    .action(async (id: string, { json }: { json?: boolean }) => {
      const result = await connect().followUps.explain(id);
      if (json === true) return say(JSON.stringify(result, null, 2));
      say(result.summary);
      say(`Next: ${result.next.text}`);
      say('');
      for (const line of result.history) say(line);
    });
}
