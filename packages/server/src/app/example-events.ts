// The example events of a project folder, events/*.json: what `relance event send` sends and `relance simulate` plays, and
// what `relance check` knows of the data that templates read. Each is one CloudEvent, or a list of them.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PolicyEvent } from '@relance/core';
import type { FileProblem } from './file-problem.ts';

export interface ExampleEvents {
  readonly examples: readonly PolicyEvent[];
  readonly problems: readonly FileProblem[];
}

/** As many as anybody writes by hand. */
const FILES_MAX = 1_000;

export function readExamples(folder: string): ExampleEvents {
  const place = join(folder, 'events');
  const names = existsSync(place) ? readdirSync(place).filter((name) => /^[^.].*\.json$/.test(name)) : [];
  const examples: PolicyEvent[] = [];
  const problems: FileProblem[] = [];
  for (const name of names.sort().slice(0, FILES_MAX)) {
    try {
      const read: unknown = JSON.parse(readFileSync(join(place, name), 'utf8'));
      examples.push(...[read].flat().filter((one): one is PolicyEvent => typeof one === 'object' && one !== null));
    } catch (error) {
      const message = `This is no example event: ${(error as Error).message}. Correct the JSON, or move the file elsewhere.`;
      problems.push({ file: join('events', name), message, severity: 'warning' });
    }
  }
  return { examples, problems };
}
