// The typed door: what a route is asked with and answers, on the wire and for the compiler. What stands under `@ts-expect-error` is a
// compile error, or `npm run types` fails: the types are tested by being checked.
import { describe, expect, it } from 'vitest';
import { type Client, createClient, type FollowUp, type Page } from './index.ts';

interface Sent {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}
function talk(answer: () => Response = () => Response.json({})) {
  const sent: Sent[] = [];
  const fake = async (url: URL, { method = '', headers, body, signal }: RequestInit): Promise<Response> => {
    signal?.throwIfAborted();
    sent.push({ method, url: String(url), headers: headers as Record<string, string>, body });
    return answer();
  };
  return { client: createClient({ url: 'http://relance.test', fetch: fake as unknown as typeof fetch }), sent };
}
const lines = (sent: readonly Sent[]) => sent.map(({ method, url, body }) => `${method} ${url} ${body}`);

describe('any route', () => {
  it('is asked by its name, with its path, query and body', async () => {
    const { client, sent } = talk();
    await client.request('GET /v1/clock');
    await client.request('GET /v1/follow-ups/by-key/{policy}/{key}', {
      path: { policy: 'invoice', key: 'a/b 1' },
      query: { assignee: 'ana' },
    });
    await client.request('PUT /v1/groups/{id}', { path: { id: 'desk' }, body: { members: ['ana'] } });
    await client.request('POST /v1/recipients/bulk', { query: { dryRun: true }, body: [{ id: 'ana' }] });
    expect(lines(sent)).toEqual([
      'GET http://relance.test/v1/clock undefined',
      'GET http://relance.test/v1/follow-ups/by-key/invoice/a%2Fb%201?assignee=ana undefined',
      'PUT http://relance.test/v1/groups/desk {"members":["ana"]}',
      'POST http://relance.test/v1/recipients/bulk?dryRun=true [{"id":"ana"}]',
    ]);
  });

  it('is sent what is no JSON under its own name, and answers a text where one is asked for', async () => {
    const { client, sent } = talk(() => new Response('{"as": "written"}'));
    const body = 'policy: task\n';
    await client.request('PUT /v1/policies/{id}', { path: { id: 'task' }, body, type: 'application/yaml' });
    expect(sent[0]).toMatchObject({ body, headers: { 'content-type': 'application/yaml' } });
    const csv = await client.request('GET /v1/metrics/overview', { query: { format: 'csv' }, text: true });
    expect(csv).toBe('{"as": "written"}');
  });

  it('ends with its own signal, or that of the client', async () => {
    const { client, sent } = talk();
    const asked = client.request('GET /v1/clock', { signal: AbortSignal.abort(new Error('enough')) });
    await expect(asked).rejects.toThrow('enough');
    expect(sent).toEqual([]);
  });

  it('is what the route table says, or does not compile', () => {
    // Never called: the compiler reads it.
    const wrong = async (client: Client) => {
      const page: Page<FollowUp> = await client.request('GET /v1/follow-ups', { query: { status: 'open', limit: 5 } });
      // @ts-expect-error There is no such path.
      await client.request('GET /v1/followups');
      // @ts-expect-error It is not asked by this method.
      await client.request('PATCH /v1/groups/{id}', { path: { id: 'x' }, body: {} });
      // @ts-expect-error It has a path.
      await client.request('GET /v1/groups/{id}');
      // @ts-expect-error Its path has another name.
      await client.request('GET /v1/groups/{id}', { path: { group: 'x' } });
      // @ts-expect-error The query has no such key.
      await client.request('GET /v1/follow-ups', { query: { state: 'open' } });
      // @ts-expect-error A limit is a number.
      await client.request('GET /v1/follow-ups', { query: { limit: 'five' } });
      // @ts-expect-error The body has no such field.
      await client.request('PUT /v1/groups/{id}', { path: { id: 'x' }, body: { people: [] } });
      // @ts-expect-error The body lacks what it must have.
      await client.request('POST /v1/follow-ups', { body: {} });
      // @ts-expect-error It takes no body.
      await client.request('GET /v1/clock', { body: {} });
      // @ts-expect-error It must be said what the text is.
      await client.request('POST /v1/suppressions/import', { body: 'channel,address' });
      // @ts-expect-error A stream is read by a function of its own.
      await client.request('GET /v1/stream');
      // @ts-expect-error The answer has no such field.
      return page.items[0]?.state;
    };
    expect(wrong).toBeTypeOf('function');
  });
});

describe('the nouns', () => {
  it('have what was missing: webhooks, devices, the push key, and which of several live ones a key means', async () => {
    const { client, sent } = talk();
    await client.webhooks.put('crm', { url: 'https://crm.example.test/in' });
    await client.webhooks.rotate('crm');
    await client.inbox.devices.put('phone', { kind: 'fcm', token: 't' });
    await client.inbox.pushKey();
    await client.followUps.byKey('invoice', '42', { assignee: 'bo' }).timeline({ limit: 5 });
    await client.followUps.byKey('invoice', '42', { assignee: 'bo' }).command('acknowledge');
    expect(lines(sent)).toEqual([
      'PUT http://relance.test/v1/webhooks/crm {"url":"https://crm.example.test/in"}',
      'POST http://relance.test/v1/webhooks/crm/rotate undefined',
      'PUT http://relance.test/v1/inbox/devices/phone {"kind":"fcm","token":"t"}',
      'GET http://relance.test/v1/inbox/push-key undefined',
      'GET http://relance.test/v1/follow-ups/by-key/invoice/42/timeline?assignee=bo&limit=5 undefined',
      'POST http://relance.test/v1/follow-ups/by-key/invoice/42/acknowledge?assignee=bo {}',
    ]);
  });

  it('are typed by the same table', () => {
    const wrong = async (client: Client) => {
      // @ts-expect-error The query has no such key.
      await client.followUps.list({ state: 'open' });
      // @ts-expect-error The body has no such field.
      await client.groups.put('x', { people: [] });
      // @ts-expect-error There is no such command.
      await client.followUps.command('x', 'forget');
      // @ts-expect-error It says until when.
      await client.followUps.command('x', 'snooze');
      // @ts-expect-error What has no versions is written over none.
      await client.categories.put('x', { title: 'X' }, { over: 3 });
      // @ts-expect-error The answer has no such field.
      return (await client.policies.list()).items[0]?.name;
    };
    expect(wrong).toBeTypeOf('function');
  });
});
