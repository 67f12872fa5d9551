// `relance simulate <policy>`: what a policy would do, without doing it. A path to a file or a project folder is played here,
// without a server; an id among the people of the server. Printing it for people is simulation-text.ts.
import { existsSync, readFileSync } from 'node:fs';
import type { SimulationRequest, WireSimulation } from '@relance/core';
import { type Command, InvalidArgumentError } from 'commander';
import { describeProblem } from '../app/file-problem.ts';
import type { SimulatedFile } from '../app/simulate-files.ts';
import { wallNow } from '../app/wall-clock.ts';
import { connect } from './connect.ts';
import { say, trouble } from './say.ts';
import { linesOf } from './simulation-text.ts';

interface Options {
  readonly policy?: string;
  readonly event?: string;
  readonly eventData: readonly string[];
  readonly due?: string;
  readonly zone?: string;
  readonly at?: string;
  readonly behaviour: readonly string[];
  readonly until?: string;
  readonly runs?: number;
  readonly seed?: number;
  readonly json?: boolean;
}

const EXAMPLES = `
Behaviours:
  nobody answers
  assignee acknowledges after 2 hours of notice
  ana resolves with 60% after 1 day..5 days
  assignee snoozes for 3 days after 1 hour        also: commits to, delegates to <id>, declines
  ana answers approve {"years": 2} after 1 day    an action of the policy, with what it asks for as JSON
  email bounces for ana                           also: fails, is uncertain
  resolver crm answers ana, bo                    whom a resolver names
  event com.acme.invoice.paid after 10 days       with data of its own: --event-data com.acme.invoice.paid=paid.json`;

export function simulateCommand(program: Command): void {
  program
    .command('simulate <policy>')
    .description('what a policy would do, without doing it: a file, a project folder, or the id of a published one')
    .option('--policy <id>', 'this policy of a folder, as in `folder:id`; all of them when not given')
    .option('--event <file>', 'the event that opens it, as JSON; invented when not given')
    .option(
      '--event-data <type=file>',
      'the data of a later event of this type, as JSON; its key may be left to the first one; repeatable',
      (one: string, all: string[]) => [...all, one],
      [],
    )
    .option('--due <date>', 'its due date, or RFC 3339, whatever the policy reads')
    .option('--zone <zone>', 'the time zone of people who are not known')
    .option('--at <time>', 'when it opens, as RFC 3339; now when not given')
    .option(
      '--behaviour <sentence>',
      'what somebody does; repeatable',
      (one: string, all: string[]) => [...all, one],
      [],
    )
    .option('--until <end>', 'a duration, a date or RFC 3339; until nothing more happens when not given')
    .option('--runs <n>', 'play it so many times, with a report', wholeNumber)
    .option('--seed <n>', 'other luck', wholeNumber)
    .option('--json', 'as JSON')
    .addHelpText('after', EXAMPLES)
    .action(async (name: string, options: Options) => {
      const played = await play(name, options);
      if (options.json === true) say(JSON.stringify(asJson(played), null, 2));
      else for (const [index, one] of played.entries()) print(one, index > 0);
      if (played.some(({ ok }) => !ok)) process.exitCode = 1;
    });
}

function wholeNumber(text: string): number {
  if (!/^\d{1,10}$/.test(text)) throw new InvalidArgumentError('A whole number is expected.');
  return Number(text);
}

async function play(name: string, options: Options): Promise<readonly SimulatedFile[]> {
  const { issueWords, simulationSchema } = await import('@relance/core');
  const { simulateFiles } = await import('../app/simulate-files.ts');
  const read = simulationSchema.safeParse(requestOf(options), { error: issueWords });
  if (!read.success) {
    const [issue] = read.error.issues;
    throw trouble(
      `${OPTION_OF[String(issue?.path[0])] ?? 'The request'}: ${issue?.message}.`,
      'See relance simulate --help.',
    );
  }
  const { path, policy } = placeOf(name);
  if (path !== null) return simulateFiles(path, read.data, { now: wallNow(), policy: options.policy ?? policy });
  const simulation = (await connect().policies.simulate(name, read.data as object)) as unknown as WireSimulation;
  return [{ name, ok: true, simulation }];
}

const OPTION_OF: Readonly<Record<string, string>> = {
  zone: '--zone',
  runs: '--runs',
  seed: '--seed',
  behaviours: '--behaviour',
};

/** A path, with the policy where one is named in it; no path at all where the server is asked. */
function placeOf(name: string): { readonly path: string | null; readonly policy: string | null } {
  if (existsSync(name)) return { path: name, policy: null };
  const [, path = '', policy = null] = /^(.+):([^:/\\]+)$/.exec(name) ?? [];
  if (path !== '' && existsSync(path)) return { path, policy };
  if (/[/\\.]/.test(name))
    throw trouble(`There is no file or folder "${name}".`, 'Give a path that exists, or the id of a published policy.');
  return { path: null, policy: null };
}

function requestOf({ event, eventData, due, zone, at, behaviour, until, runs, seed }: Options): SimulationRequest {
  const given = { dueAt: due, zone, at, until, runs, seed, event: event === undefined ? undefined : readEvent(event) };
  const asked = Object.entries(given).filter(([, value]) => value !== undefined);
  return {
    ...Object.fromEntries(asked),
    ...(behaviour.length === 0 ? {} : { behaviours: [...behaviour] }),
    ...(eventData.length === 0 ? {} : { eventData: Object.fromEntries(eventData.map(readEventData)) }),
  };
}

/** `order.changed=changed.json`: data alone, or an event with it. */
function readEventData(option: string): readonly [type: string, data: Record<string, unknown>] {
  const [, type = '', file = ''] = /^([^=]+)=(.+)$/.exec(option) ?? [];
  if (type === '')
    throw trouble(
      `"--event-data ${option}" names no type and file.`,
      'Write it as in --event-data order.changed=changed.json.',
    );
  const event = readEvent(file);
  const { data } = event;
  if (event.type === undefined && data === undefined) return [type, event];
  if (typeof data === 'object' && data !== null && !Array.isArray(data)) return [type, data as Record<string, unknown>];
  throw trouble(`The event of "${file}" has no data.`, 'Give a file with its data as a JSON object.');
}

function readEvent(file: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw trouble(
      `The event "${file}" cannot be read: ${(error as Error).message}.`,
      'Give a file with one event as JSON.',
    );
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw trouble(`The file "${file}" has no single event.`, 'Give a file with one event as JSON.');
}

/** One as it is, several as a list of them. */
function asJson(played: readonly SimulatedFile[]): unknown {
  const [only, ...others] = played.map((one) =>
    one.ok ? one.simulation : { ok: false, name: one.name, problems: one.problems },
  );
  return others.length === 0 ? only : { simulations: [only, ...others] };
}

function print(played: SimulatedFile, isLater: boolean): void {
  if (isLater) say('');
  if (played.ok) for (const line of linesOf(played.simulation)) say(line);
  else for (const problem of played.problems) say(`${problem.severity ?? 'error'}: ${describeProblem(problem)}`);
}
