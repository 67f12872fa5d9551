// A Relance on a real clock for pages that show an inbox, which can be stopped and comes back at the same address on the same data, and
// an example of ours in a process of its own in front of it.
import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { type Client, createClient, createInboxClient } from '@relance/client';
import { createRelance, type Relance } from '../../packages/server/src/app/relance.ts';
import { lineOf } from '../command.ts';
import { createTestDatabase } from '../database.ts';
import { freePort } from '../free-port.ts';
import { API_KEY } from '../server.ts';
import { quietLog, SECRET } from '../world.ts';

export type As = 'feed' | 'banner' | 'toast' | 'modal';

export interface InboxWorld {
  readonly url: string;
  readonly client: Client;
  /** Something for Ana, shown so. */
  tell(as: As, id: string, data?: Readonly<Record<string, unknown>>): Promise<void>;
  /** Ana's inbox has nothing any more. */
  empty(): Promise<void>;
  /** It is done, by somebody else. */
  done(as: As, id: string): Promise<void>;
  status(as: As, id: string): Promise<string>;
  stop(): Promise<void>;
  start(): Promise<void>;
  end(): Promise<void>;
}

/** One that a press does, and one that asks for more. */
const ACTIONS = `actions:
  - { id: approve, label: Approve, outcome: approved }
  - { id: partly, label: Approve a part, answer: { type: object, required: [amount], properties: { amount: { type: number, title: Amount } } } }`;

const policyOf = (as: As): string => `
policy: ${as}
category: ${as === 'modal' ? 'safety' : 'tasks'}
${as === 'modal' ? 'urgency: urgent' : ''}
open: { on: acme.${as} }
resolve: { on: acme.${as}.done }
key: event.data.id
subject: { type: task, id: event.data.id, title: event.data.title, url: event.data.url }
assignee: event.data.who
fallback: recipient(boss)
snooze: { times: 1 }
${as === 'banner' ? ACTIONS : ''}
stages:
  - { id: notice, at: opened, notify: { via: [inbox], template: ${as} } }
resolved: none
`;

const WORDS = { title: '{{ subject.title }}', body: '{{ data.text }}' };

export async function createInboxWorld(): Promise<InboxWorld> {
  const { url: database, drop } = await createTestDatabase();
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  let relance: Relance | null = null;
  const start = async (): Promise<void> => {
    relance = await createRelance({ database, secretKey: SECRET, apiKey: API_KEY, log: quietLog, publicUrl: url });
    await relance.http.listen({ port, host: '127.0.0.1' });
    relance.start();
  };
  const stop = async (): Promise<void> => {
    await relance?.stop();
    relance = null;
  };
  await start();
  const client = createClient({ url, key: API_KEY });
  await furnish(client, url);
  let number = 0;
  const send = (type: string, data: Readonly<Record<string, unknown>>) =>
    client.events.send({ specversion: '1.0', id: `e${++number}`, source: '/pages', type, data });
  return {
    url,
    client,
    async tell(as, id, data = {}) {
      const given = { id, who: 'ana', title: `Task ${id}`, text: 'This needs your attention.', url: null, ...data };
      await send(`acme.${as}`, given);
    },
    async empty() {
      const { token } = await client.recipients.token('ana');
      await createInboxClient({ url, key: token }).archiveAll();
    },
    async done(as, id) {
      await send(`acme.${as}.done`, { id });
    },
    status: async (as, id) => (await client.followUps.byKey(as, id).get()).status,
    start,
    stop,
    async end() {
      await stop();
      await drop();
    },
  };
}

const CATEGORIES = {
  tasks: { title: 'Tasks' },
  safety: { title: 'Safety', essential: true, why: 'You are on call for the building.' },
};

async function furnish(client: Client, url: string): Promise<void> {
  await client.recipients.put('ana', { name: 'Ana', email: 'ana@example.test', phone: '+34600000001' });
  await client.recipients.put('boss', { name: 'The boss' });
  for (const [id, body] of Object.entries(CATEGORIES)) {
    const headers = { authorization: `Bearer ${API_KEY}`, 'content-type': 'application/json' };
    await fetch(`${url}/v1/categories/${id}`, { method: 'PUT', headers, body: JSON.stringify(body) });
  }
  for (const as of ['feed', 'banner', 'toast', 'modal'] as const) {
    const until = as === 'banner' ? { until: '{{ data.until }}' } : {};
    await client.templates.put(as, { inbox: { ...WORDS, as, ...until } });
    await client.policies.put(as, policyOf(as));
  }
}

export interface Example {
  readonly url: string;
  stop(): Promise<void>;
}

/** An example of ours, as its README starts it. */
export async function startExample(
  path: string,
  world: InboxWorld,
  more: Readonly<Record<string, string>> = {},
): Promise<Example> {
  const env = { PATH: process.env.PATH, RELANCE_URL: world.url, RELANCE_API_KEY: API_KEY, PORT: '0', ...more };
  const file = join(import.meta.dirname, '../../examples', path);
  const child: ChildProcess = spawn(process.execPath, [file], { env });
  const [, url = ''] = await lineOf(child, /listening on (http:\S+)/);
  return {
    url,
    async stop() {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGTERM');
      await ended;
    },
  };
}
