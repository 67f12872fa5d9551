// The `relance` command: reads arguments, does one thing, says what happened in a line or two. Errors are one sentence
// and a next step on standard error; exit code 1 for what the user can mend, 2 for wrong usage.
import { Command, CommanderError } from 'commander';
import { VERSION } from '../app/version.ts';
import { applyCommand } from './apply.ts';
import { checkCommand } from './check.ts';
import { doctorCommand } from './doctor.ts';
import { eventSendCommand } from './event-send.ts';
import { explainCommand } from './explain.ts';
import { initCommand } from './init.ts';
import { migrateCommand } from './migrate.ts';
import { fail } from './say.ts';
import { demoCommand, serveCommand } from './serve.ts';
import { webhookSecretCommand } from './webhook-secret.ts';

export async function run(args: readonly string[]): Promise<void> {
  const program = new Command('relance')
    .description('Follow-ups that notify, remind, escalate and confirm until somebody has acted.')
    .version(VERSION)
    .exitOverride()
    .showHelpAfterError();
  for (const add of [
    demoCommand,
    serveCommand,
    initCommand,
    migrateCommand,
    applyCommand,
    checkCommand,
    explainCommand,
    doctorCommand,
    webhookSecretCommand,
  ])
    add(program);
  eventSendCommand(program.command('event').description('events'));
  try {
    await program.parseAsync(['node', 'relance', ...args]);
  } catch (error) {
    if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : 2;
    else fail(error);
  }
}
