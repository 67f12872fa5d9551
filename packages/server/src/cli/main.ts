// The `relance` command: reads arguments, does one thing, says what happened in a line or two. Errors are one sentence
// and a next step on standard error; the exit codes stand in the help below. A command loads the server only when it runs.
import { Command, CommanderError } from 'commander';
import { VERSION } from '../app/version.ts';
import { applyCommand } from './apply.ts';
import { checkCommand } from './check.ts';
import { doctorCommand } from './doctor.ts';
import { eventSendCommand } from './event-send.ts';
import { explainCommand } from './explain.ts';
import { exportCommand } from './export.ts';
import { initCommand } from './init.ts';
import { migrateCommand } from './migrate.ts';
import { previewCommand } from './preview.ts';
import { fail, goOnWhenClosed } from './say.ts';
import { demoCommand, serveCommand } from './serve.ts';
import { simulateCommand } from './simulate.ts';
import { webhookSecretCommand } from './webhook-secret.ts';

const COMMANDS = [
  demoCommand,
  serveCommand,
  initCommand,
  migrateCommand,
  applyCommand,
  exportCommand,
  checkCommand,
  simulateCommand,
  previewCommand,
  explainCommand,
  doctorCommand,
  webhookSecretCommand,
];
const USAGE_EXIT_CODE = 2;

const EPILOGUE = `
Commands speak HTTP to RELANCE_URL (the local server by default), with RELANCE_API_KEY or the key kept in RELANCE_DATA_DIR.
Exit codes: 0 done, 1 something is wrong that you can mend, 2 wrong usage, 130 stopped without waiting.`;

export async function run(args: readonly string[]): Promise<void> {
  for (const stream of [process.stdout, process.stderr]) goOnWhenClosed(stream);
  const program = new Command('relance')
    .description('Follow-ups that notify, remind, escalate and confirm until somebody has acted.')
    .version(VERSION)
    .exitOverride()
    .showHelpAfterError('Next: relance --help')
    .addHelpText('after', EPILOGUE);
  for (const add of COMMANDS) add(program);
  eventSendCommand(program.command('event').description('events'));
  try {
    await program.parseAsync(['node', 'relance', ...args]);
  } catch (error) {
    if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : USAGE_EXIT_CODE;
    else fail(error);
  }
}
