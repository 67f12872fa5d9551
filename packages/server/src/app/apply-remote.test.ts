// A folder that is broken off on its way to the server: the error says what is there now and what is not.
import { type Client, RelanceProblem } from '@relance/client';
import { describe, expect, it } from 'vitest';
import { applyRemote } from './apply-remote.ts';
import type { Project } from './project.ts';

const project: Project = {
  settings: {},
  schedules: [],
  calendars: [{ id: 'office', body: { name: null, zone: 'UTC' } }],
  recipients: [{ id: 'ana' }, { id: 'bo' }] as never,
  groups: [
    { id: 'desk', name: null, members: ['ana'] },
    { id: 'office', name: null, members: ['bo'] },
  ],
  templates: [{ id: 'words', written: { sms: { text: 'x' } }, file: 'templates/words.yaml' }],
  policies: [],
  placeOf: new Map(),
};

const serverThat = (put: (id: string) => Promise<unknown>, rejected: readonly unknown[] = []): Client =>
  ({
    recipients: { bulk: async (list: readonly unknown[]) => ({ accepted: list.length - rejected.length, rejected }) },
    groups: { put },
    calendars: { put: async () => ({}) },
    templates: { put: async () => ({}) },
  }) as unknown as Client;

const apply = async (client: Client) => {
  const said: string[] = [];
  const error = await applyRemote(client, project, (line) => said.push(line)).then(
    () => null,
    (thrown: unknown) => thrown as Error & { next: string },
  );
  return { said, error };
};

describe('a folder on its way', () => {
  it('is told thing by thing', async () => {
    const { said, error } = await apply(serverThat(async () => ({})));
    expect({ said, error }).toEqual({
      said: ['2 recipients', 'group desk', 'group office', 'calendar office', 'template words'],
      error: null,
    });
  });

  it('that is broken off says what was applied and what was not', async () => {
    const away = new RelanceProblem(503, { detail: 'The database does not answer.' });
    const { said, error } = await apply(
      serverThat(async (id) => {
        if (id === 'office') throw away;
      }),
    );
    expect(said).toEqual(['2 recipients', 'group desk']);
    expect(error?.message).toBe(
      'The database does not answer.\nApplied: 2 recipients, group desk.\nNot applied: group office, calendar office, template words.',
    );
    expect(error?.next).toContain('apply the folder again');
  });

  it('stops at a recipient that the server does not take', async () => {
    const { error } = await apply(serverThat(async () => ({}), [{ index: 1, detail: '"email": must be one' }]));
    expect(error?.message).toContain('recipient bo: "email": must be one');
    expect(error?.message).toContain('Not applied: 2 recipients, group desk');
  });
});
