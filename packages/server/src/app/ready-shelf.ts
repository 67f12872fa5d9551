// The ready policies (ready.ts) as the HTTP interface tells them: each with the templates, groups, schedules and calendars that it
// names, in the form in which each is written to its own address. Their folders are read when one is first asked for.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ReadyShelf } from '../http/ports.ts';
import { readProject } from './project.ts';
import { exampleOf, READY_HOME, readyPolicies } from './ready.ts';
import { wallNow } from './wall-clock.ts';

/** Of relance.yaml: what is nobody's own taste, and what the policy cannot do without. */
const NEEDED_SETTINGS = ['activity', 'resolvers'] as const;

async function readWhole(id: string) {
  const folder = join(READY_HOME, id);
  const { settings, recipients, groups, schedules, calendars, templates } = await readProject(folder);
  return {
    text: readFileSync(join(folder, 'policies', `${id}.yaml`), 'utf8'),
    templates: templates.map(({ id: name, written }) => ({ ...written, id: name })),
    groups,
    schedules: schedules.map(({ id: name, body }) => ({ ...body, id: name })),
    calendars: calendars.map(({ id: name, body }) => ({ ...body, id: name })),
    recipients,
    settings: Object.fromEntries(
      NEEDED_SETTINGS.flatMap((name) => (settings[name] === undefined ? [] : [[name, settings[name]]])),
    ),
  };
}

const known = new Map<string, ReturnType<typeof readWhole>>();

export const readyShelf: ReadyShelf = {
  list: readyPolicies,
  async whole(id) {
    const one = readyPolicies().find((ready) => ready.id === id);
    if (one === undefined) return null;
    const whole = known.get(id) ?? readWhole(id);
    known.set(id, whole);
    whole.catch(() => known.delete(id)); // what failed is tried again
    return { ...one, event: exampleOf(id, wallNow()), ...(await whole) };
  },
};
