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

const missing = async (): Promise<never> => {
  throw new RelanceProblem(404, { detail: 'There is none.' });
};
const serverThat = (
  put: (id: string) => Promise<unknown>,
  rejected: readonly unknown[] = [],
  has: Readonly<Record<string, unknown>> = {},
): Client => {
  const get = (noun: string) => async (id: string) => has[`${noun} ${id}`] ?? missing();
  return {
    recipients: {
      get: get('recipient'),
      bulk: async (list: readonly unknown[]) => ({ accepted: list.length - rejected.length, rejected }),
    },
    groups: { get: get('group'), put },
    calendars: { get: get('calendar'), put: async () => ({}) },
    templates: { get: get('template'), put: async () => ({}) },
  } as unknown as Client;
};
const NEW = ['recipient ana', 'recipient bo', 'group desk', 'group office', 'calendar office', 'template words'].map(
  (what) => `new: ${what}`,
);

const apply = async (client: Client, options = {}) => {
  const said: string[] = [];
  const error = await applyRemote(client, project, (line) => said.push(line), options).then(
    () => null,
    (thrown: unknown) => thrown as Error & { next: string },
  );
  return { said, error };
};

describe('a folder', () => {
  const has = {
    'recipient ana': { id: 'ana', name: null, email: null, traits: {} },
    'recipient bo': { id: 'bo', name: 'Bo' },
    'group desk': { id: 'desk', name: null, members: ['ana', 'bo'] },
    'group office': { id: 'office', name: null, members: ['bo'] },
    'calendar office': { id: 'office', version: 3, name: null, zone: 'UTC' },
  };
  const differs = [
    'changed: recipient bo',
    '  name: "Bo" → nothing',
    'changed: group desk',
    '  members[1]: "bo" → nothing',
    'new: template words',
    '3 the same',
  ];
  it('is compared with what the server has, and only what differs is sent', async () => {
    const sent: string[] = [];
    const { said, error } = await apply(serverThat(async (id) => sent.push(id), [], has));
    expect({ said, error }).toEqual({
      said: [...differs, '1 recipient', 'group desk', 'template words'],
      error: null,
    });
    expect(sent).toEqual(['desk']);
  });
  it('is only compared when asked', async () => {
    const { said, error } = await apply(serverThat(missing, [], has), { dryRun: true });
    expect({ said, error }).toEqual({ said: differs, error: null });
  });
});

describe('a folder on its way', () => {
  it('is told thing by thing', async () => {
    const { said, error } = await apply(serverThat(async () => ({})));
    expect({ said, error }).toEqual({
      said: [...NEW, '2 recipients', 'group desk', 'group office', 'calendar office', 'template words'],
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
    expect(said).toEqual([...NEW, '2 recipients', 'group desk']);
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
