// `relance webhook-secret`: prints the secret receivers verify our webhooks with.
import type { Command } from 'commander';
import { readConfig, resolveKeys } from '../app/config.ts';
import { webhookSecret } from '../app/webhook-secret.ts';
import { say } from './say.ts';

export function webhookSecretCommand(program: Command): void {
  program
    .command('webhook-secret')
    .description('print the signing secret of outgoing webhooks')
    .option('--tenant <tenant>', 'the tenant', 'default')
    .action(({ tenant }: { tenant: string }) => say(webhookSecret(resolveKeys(readConfig()).secretKey, tenant)));
}
