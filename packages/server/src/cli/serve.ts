// `relance serve` and `relance demo`: start, print where, run until asked to stop, drain.
import { type Command, Option } from 'commander';
import { readConfig, startedByNpm } from '../app/config.ts';
import { createLog } from '../app/log.ts';
import { NODE_ROLES, type NodeRole } from '../app/node-role.ts';
import { fail, say, trouble, warn } from './say.ts';

/** A drain that takes longer is cut: what is under way is found by its lease. */
const DRAIN_MAX_MS = 30_000;

export function serveCommand(program: Command): void {
  program
    .command('serve')
    .description('run Relance')
    .option('--roles <roles>', `which parts this node runs: ${NODE_ROLES.join(',')}`, NODE_ROLES.join(','))
    .action(async ({ roles }: { roles: string }) => {
      const chosen = rolesOf(roles);
      const config = readConfig();
      const stopping = askedToStop();
      for (const name of config.unknown) warn(`relance: ${name} is not a variable that Relance knows; is it misspelt?`);
      const { startServer } = await import('../app/serve.ts');
      const server = await startServer(config, { roles: chosen, log: createLog(config.logLevel), say });
      if (server.keys.apiKeyIs === 'made')
        say(`API key (shown once, kept in ${config.dataDir}/keys.json with the secret key): ${server.keys.apiKey}`);
      else if (server.keys.apiKeyIs === 'kept') say(`API key: kept in ${config.dataDir}/keys.json`);
      if (server.captured.length > 0 && chosen.includes('deliver'))
        say(
          `Captured in the mailbox, leaving for nobody: ${server.captured.join(', ')}. To send: RELANCE_SMTP_URL for email, PUT /v1/connections/{id} for every channel.`,
        );
      say(
        `Relance listens on ${server.url} (dashboard)   mailbox ${server.url}/mailbox   reference ${server.url}/docs`,
      );
      await stopping.asked;
      await drain(() => server.stop());
    });
}

export function demoCommand(program: Command): void {
  program
    .command('demo')
    .description('see it: sample policies and people, and time that runs fast')
    .option('--keep', 'go on with the follow-ups of the last demo instead of beginning anew')
    .addOption(new Option('--until-told', 'stop when the stories have been told').hideHelp())
    .action(async ({ keep, untilTold }: { keep?: boolean; untilTold?: boolean }) => {
      const config = readConfig();
      const stopping = askedToStop();
      const { startDemo } = await import('../app/demo.ts');
      const demo = await startDemo(config, {
        keep: keep === true,
        log: createLog(config.logLevel === 'info' ? 'error' : config.logLevel),
        say,
      });
      await (untilTold === true ? Promise.race([demo.told, stopping.asked]) : stopping.asked);
      await drain(() => demo.stop());
    });
}

function rolesOf(text: string): readonly NodeRole[] {
  return text.split(',').map((written) => {
    const role = NODE_ROLES.find((known) => known === written.trim());
    if (role === undefined) throw trouble(`"${written}" is not a role.`, `Choose from ${NODE_ROLES.join(', ')}.`);
    return role;
  });
}

/** What a terminal and a launcher send at the same time is one wish. */
const ONE_WISH_MS = 1_000;
const PARENT_LOOK_MS = 1_000;

/**
 * The first signal asks to stop; another one later does not wait. So does the end of whoever started this process through
 * npm: npm and its shell end without passing a signal on.
 */
function askedToStop(): { readonly asked: Promise<void> } {
  const asked = new Promise<void>((resolve) => {
    let since: number | null = null;
    for (const name of ['SIGINT', 'SIGTERM'] as const) {
      process.on(name, () => {
        if (since !== null && performance.now() - since > ONE_WISH_MS) process.exit(130);
        since ??= performance.now();
        resolve();
      });
    }
    const parent = process.ppid;
    if (startedByNpm()) setInterval(() => process.ppid !== parent && resolve(), PARENT_LOOK_MS).unref();
  });
  return { asked };
}

async function drain(stop: () => Promise<void>): Promise<void> {
  say('Stopping: finishing what is under way …');
  const cut = setTimeout(() => {
    fail(
      new Error('The drain took longer than 30 seconds and was cut. What was under way is found again by its lease.'),
    );
    process.exit(1);
  }, DRAIN_MAX_MS);
  await stop();
  clearTimeout(cut);
  say('Stopped.');
}
