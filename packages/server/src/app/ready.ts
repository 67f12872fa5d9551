// The ready policies that come with Relance (packages/server/ready/<id>, a project folder each): which there are, and one or
// several of them put together as the files of one project. Files of one name are the same in all; relance.yaml is merged.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DAY_MS, type Instant } from '@relance/core';
import { parse, stringify } from 'yaml';

export const READY_HOME = fileURLToPath(new URL('../../ready', import.meta.url));
const SETTINGS = 'relance.yaml';
/** Of the folder but not of the project: an example event, and stories that the tests play. */
const SCENARIO = 'scenario.yaml';

export interface ReadyPolicy {
  readonly id: string;
  readonly title: string;
  /** The first sentence of the comment that the policy opens with. */
  readonly about: string;
}

export function readyPolicies(): readonly ReadyPolicy[] {
  if (!existsSync(READY_HOME)) return [];
  return readdirSync(READY_HOME)
    .sort()
    .map((id) => {
      const text = readFileSync(join(READY_HOME, id, 'policies', `${id}.yaml`), 'utf8');
      const comment = (/^(# .*\n)+/.exec(text)?.[0] ?? '').replace(/^# /gm, '').replace(/\s+/g, ' ');
      const about = /^.*?\.(?= )/.exec(comment)?.[0] ?? comment;
      return { id, title: (parse(text) as { readonly title: string }).title, about };
    });
}

/**
 * The files of a project with these policies, by path, with `/` between folders: each policy brings an event to try it with,
 * whose dates lie as far ahead of `now` as they did of the story they are from.
 */
export function readyFiles(ids: readonly string[], now: Instant): Readonly<Record<string, string>> {
  const files: Record<string, string> = {};
  for (const id of ids) {
    const folder = join(READY_HOME, id);
    for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile()) continue;
      const name = relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/');
      if (name !== SETTINGS && name !== SCENARIO) files[name] = readFileSync(join(folder, name), 'utf8');
    }
    files[eventFile(id)] = `${JSON.stringify(exampleOf(id, now), null, 2)}\n`;
  }
  return { [SETTINGS]: settingsOf(ids), ...files };
}

export const eventFile = (id: string): string => `events/${id}.json`;

interface Scenario {
  readonly event: object;
  readonly stories: readonly { readonly at: string }[];
}

export function exampleOf(id: string, now: Instant): object {
  const { event, stories } = parse(readFileSync(join(READY_HOME, id, SCENARIO), 'utf8')) as Scenario;
  const days = Math.floor(now / DAY_MS) - Math.floor(Date.parse(`${stories[0]?.at.slice(0, 10)}`) / DAY_MS);
  const moved = (text: string): string => new Date(Date.parse(text) + days * DAY_MS).toISOString().slice(0, 10);
  return JSON.parse(JSON.stringify(event).replace(/(?<=")\d{4}-\d\d-\d\d(?=")/g, moved));
}

/** As written where there is one; of several, what each says, and all that any takes for activity. */
function settingsOf(ids: readonly string[]): string {
  const texts = ids.map((id) => readFileSync(join(READY_HOME, id, SETTINGS), 'utf8'));
  const [only = '', ...others] = [...new Set(texts)];
  if (others.length === 0) return only;
  const all = texts.map((text) => parse(text) as { readonly activity?: readonly object[] });
  return stringify({ ...Object.assign({}, ...all), activity: all.flatMap(({ activity = [] }) => activity) });
}
