// A whole Relance for tests: its own database, a listening socket, a virtual clock that stands still until advanced, and
// a client that speaks HTTP to it as any user would.
import { type Client, createClient } from '@relance/client';
import { createRelance, type Relance, type RelanceOptions } from '../packages/server/src/app/relance.ts';
import { createTestDatabase } from './database.ts';
import { quietLog, SECRET } from './world.ts';

export const API_KEY = 'a-bootstrap-key-for-tests-32-chars-long';

export interface TestServer {
  readonly url: string;
  readonly databaseUrl: string;
  readonly relance: Relance;
  readonly client: Client;
  /** A request as it is: for what the typed client would not send. */
  raw(path: string, init?: RequestInit & { readonly key?: string | null }): Promise<Response>;
  advance(by: string): Promise<void>;
  end(): Promise<void>;
}

export async function startTestServer(
  options: Partial<RelanceOptions> & { readonly start?: boolean } = {},
): Promise<TestServer> {
  const { url: databaseUrl, drop } = await createTestDatabase();
  const { start = true, ...more } = options;
  const relance = await createRelance({
    database: databaseUrl,
    secretKey: SECRET,
    apiKey: API_KEY,
    clock: { mode: 'virtual' },
    log: quietLog,
    publicUrl: 'http://relance.test',
    ...more,
  });
  const url = await relance.http.listen({ port: 0, host: '127.0.0.1' });
  if (start) relance.start();
  const client = createClient({ url, key: API_KEY });
  return {
    url,
    databaseUrl,
    relance,
    client,
    raw: (path, { key = API_KEY, ...init } = {}) =>
      fetch(url + path, {
        ...init,
        redirect: 'manual',
        headers: {
          ...(key === null ? {} : { authorization: `Bearer ${key}` }),
          ...(init.headers as Record<string, string> | undefined),
        },
      }),
    advance: async (by) => void (await client.clock.advance({ by })),
    async end() {
      await relance.stop();
      await drop();
    },
  };
}

export const json = (body: unknown, contentType = 'application/json'): RequestInit => ({
  method: 'POST',
  body: typeof body === 'string' ? body : JSON.stringify(body),
  headers: { 'content-type': contentType },
});

export const TASK = `
policy: task
title: Task
open: { on: com.acme.task.assigned }
update: { on: com.acme.task.changed }
resolve: { on: com.acme.task.done, outcome: done }
cancel: { on: com.acme.task.dropped }
key: event.data.id
subject: { type: task, id: event.data.id, title: event.data.title }
assignee: event.data.assignee
requester: event.data.requester
due: event.data.dueDate
fallback: recipient(boss)
stages:
  - { id: notice, at: opened, notify: { via: [email, inbox] } }
  - { id: reminder, at: opened + 1 day, notify: { via: [email] } }
  - { id: escalate, at: opened + 3 days, escalate: { to: [manager(1)] }, notify: { to: escalated, via: [email, inbox] } }
`;

/** People and the task policy, as most stories need them. */
export async function furnish(server: TestServer): Promise<void> {
  await server.client.recipients.bulk([
    { id: 'ana', name: 'Ana', email: 'ana@example.test', manager: 'bo', timeZone: 'Europe/Madrid' },
    { id: 'bo', name: 'Bo', email: 'bo@example.test' },
    { id: 'boss', name: 'The boss', email: 'boss@example.test' },
    { id: 'sam', name: 'Sam', email: 'sam@example.test' },
  ]);
  await server.client.policies.put('task', TASK);
}

let number = 0;
export const taskEvent = (
  type: 'assigned' | 'changed' | 'done' | 'dropped',
  data: Record<string, unknown>,
  more: Record<string, unknown> = {},
) => ({
  specversion: '1.0' as const,
  id: `e-${++number}`,
  source: '/tests',
  type: `com.acme.task.${type}`,
  data,
  ...more,
});
