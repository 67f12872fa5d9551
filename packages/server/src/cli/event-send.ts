// `relance event send <file>`: a CloudEvent, or a list of them, from a JSON file or standard input. What every event has
// and no person wants to make up is filled in where it is missing: `specversion`, `source` and a random `id`. Exit code 1
// when an event was rejected, or a policy that is about it could not read it.
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Client } from '@relance/client';
import type { Command } from 'commander';
import { connect } from './connect.ts';
import { say, trouble } from './say.ts';

/** Where an event comes from that does not say so. */
const SOURCE = '/relance/event-send';

/** Of more follow-ups than these nobody reads each line. */
const LOOKED_AT_MAX = 50;

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
      const client = connect();
      const result = await client.events.send((Array.isArray(value) ? value.map(filled) : filled(value)) as never);
      say(`${result.accepted} accepted, ${result.duplicates} known already, ${result.rejected.length} rejected.`);
      for (const one of result.rejected) say(`  ${one.index}: ${one.code}: ${one.detail}`);
      for (const one of result.unmatched) say(`  ${one.index}: ${one.code}: ${one.detail}`);
      for (const one of result.activities)
        say(`  ${one.index}: recorded as activity "${one.type}" of the recipient "${one.recipient}"`);
      for (const [index, one] of result.followUps.entries()) {
        say(`  ${one.policy}  ${one.key}  ${one.status}  ${one.id}`);
        const waits = one.status === 'open' && index < LOOKED_AT_MAX ? await waitsFor(client, one.id) : null;
        if (waits !== null) say(`    waits for ${waits}`);
      }
      if (result.accepted > 0 && result.followUps.length + result.unmatched.length + result.activities.length === 0)
        say(
          '  No follow-up was opened, changed or closed: no policy is about this event, or none is open that it is about.',
        );
      const unread = result.unmatched.some(({ code }) => code === 'expression_failed');
      if (result.rejected.length > 0 || unread) process.exitCode = 1;
    });
}

/** Who is waited for, where the one who is asked to act is not known. */
async function waitsFor(client: Client, id: string): Promise<string | null> {
  const { waitsFor, assignee } = await client.followUps.get(id);
  if (waitsFor !== 'unknown_recipient') return null;
  return assignee === null
    ? 'its assignee, whom nobody has named yet: a resolver is asked, or see `relance explain`.'
    : `the recipient "${assignee}", who is not known yet: create them, or see that the id is right.`;
}

/** Anything but an object is sent as it is: the server says what is wrong with it. */
const filled = (event: unknown): unknown =>
  typeof event === 'object' && event !== null && !Array.isArray(event)
    ? { specversion: '1.0', source: SOURCE, id: randomUUID(), ...event }
    : event;
