// `relance event send <file>`: a CloudEvent, or a list of them, from a JSON file or standard input. What every event has
// and no person wants to make up is filled in where it is missing: `specversion`, `source` and a random `id`.
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { connect } from './connect.ts';
import { say, trouble } from './say.ts';

/** Where an event comes from that does not say so. */
const SOURCE = '/relance/event-send';

export function eventSendCommand(program: Command): void {
  program
    .command('send <file>')
    .description('send a CloudEvent, or a JSON list of them; - reads standard input. A missing id is made up')
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
      const result = await connect().events.send((Array.isArray(value) ? value.map(filled) : filled(value)) as never);
      say(`${result.accepted} accepted, ${result.duplicates} known already, ${result.rejected.length} rejected.`);
      for (const one of result.rejected) say(`  ${one.index}: ${one.code}: ${one.detail}`);
      for (const one of result.unmatched) say(`  ${one.index}: ${one.code}: ${one.detail}`);
      for (const one of result.followUps) say(`  ${one.policy}  ${one.key}  ${one.status}  ${one.id}`);
      if (result.accepted > 0 && result.followUps.length + result.unmatched.length === 0)
        say(
          '  No follow-up was opened, changed or closed: no policy is about this event, or none is open that it is about.',
        );
      if (result.rejected.length > 0) process.exitCode = 1;
    });
}

/** Anything but an object is sent as it is: the server says what is wrong with it. */
const filled = (event: unknown): unknown =>
  typeof event === 'object' && event !== null && !Array.isArray(event)
    ? { specversion: '1.0', source: SOURCE, id: randomUUID(), ...event }
    : event;
