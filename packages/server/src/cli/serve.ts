// `relance serve` and `relance demo`: start, print where, run until asked to stop, drain.
import { type Command, Option } from 'commander';
import { readConfig } from '../app/config.ts';
import { startDemo } from '../app/demo.ts';
import { createLog } from '../app/log.ts';
import { startServer } from '../app/serve.ts';
import type { Role } from '../engine/loop.ts';
import { fail, say } from './say.ts';

const ROLES = ['api', 'wake', 'deliver', 'sweep'] as const;
/** A drain that takes longer is cut: what is under way is found by its lease. */
const DRAIN_MAX_MS = 30_000;

export function serveCommand(program: Command): void {
  program.command('serve').description('run Relance').option('--roles <roles>', `which parts this node runs: ${ROLES.join(',')}`, ROLES.join(','))
    .action(async ({ roles }: { roles: string }) => {
      const chosen = roles.split(',').map((role) => role.trim());
      const wrong = chosen.find((role) => !(ROLES as readonly string[]).includes(role));
      if (wrong !== undefined) throw Object.assign(new Error(`"${wrong}" is not a role.`), { next: `Choose from ${ROLES.join(', ')}.` });
      const config = readConfig();
      const stopping = stopOnSignals();
      const server = await startServer(config, { roles: chosen as (Role | 'api')[], log: createLog(config.logLevel), say });
      if (server.keys.fresh) {
        say(`API key (shown once, kept in ${config.dataDir}/keys.json): ${server.keys.apiKey}`);
      }
      say(`Relance listens on ${server.url}   mailbox ${server.url}/mailbox   reference ${server.url}/docs`);
      await stopping.asked;
      await drain(() => server.stop());
    });
}

export function demoCommand(program: Command): void {
  program.command('demo').description('see it: sample policies and people, and time that runs fast').addOption(new Option('--until-told', 'stop when the story has been told').hideHelp())
    .action(async ({ untilTold }: { untilTold?: boolean }) => {
      const config = readConfig();
      const stopping = stopOnSignals();
      const demo = await startDemo(config, { log: createLog(config.logLevel === 'info' ? 'error' : config.logLevel), say });
      void demo.told.then(() => {
        say('');
        say(`  That was the whole story. Look at every message at ${demo.server.url}/mailbox, or send an event of your own:`);
        say('    npm run relance -- event send examples/invoice.json');
        say('');
      });
      await (untilTold === true ? Promise.race([demo.told, stopping.asked]) : stopping.asked);
      await drain(() => demo.stop());
    });
}

/** The first signal asks to stop; the second one does not wait. */
function stopOnSignals(): { readonly asked: Promise<void> } {
  const asked = new Promise<void>((resolve) => {
    let count = 0;
    for (const name of ['SIGINT', 'SIGTERM'] as const) {
      process.on(name, () => {
        count += 1;
        if (count > 1) process.exit(130);
        resolve();
      });
    }
  });
  return { asked };
}

async function drain(stop: () => Promise<void>): Promise<void> {
  say('Stopping: finishing what is under way …');
  const cut = setTimeout(() => {
    fail(new Error('The drain took longer than 30 seconds and was cut. What was under way is found again by its lease.'));
    process.exit(1);
  }, DRAIN_MAX_MS);
  await stop();
  clearTimeout(cut);
  say('Stopped.');
}
