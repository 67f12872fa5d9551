// `relance explain <follow-up>`: why it stands where it stands, and what happens next. Named by its id, or by policy and key,
// as `relance event send` prints both.
import type { Command } from 'commander';
import { connect } from './connect.ts';
import { say } from './say.ts';

export function explainCommand(program: Command): void {
  program
    .command('explain <follow-up>')
    .description('why a follow-up stands where it stands, and what happens next; by its id or policy/key')
    .option('--json', 'as JSON')
    .action(async (named: string, { json }: { json?: boolean }) => {
      const { followUps } = connect();
      const byKey = /^([^/]+)\/(.+)$/.exec(named);
      const [, policy = '', key = ''] = byKey ?? [];
      const result = await (byKey === null ? followUps.explain(named) : followUps.byKey(policy, key).explain());
      if (json === true) return say(JSON.stringify(result, null, 2));
      say(result.summary);
      say(`Next: ${result.next.text}`);
      if (result.ifAcknowledged !== null) say(`If acknowledged now: ${result.ifAcknowledged.text}`);
      say('');
      for (const line of result.history) say(line);
    });
}
