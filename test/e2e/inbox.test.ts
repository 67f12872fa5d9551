// The recipient's own inbox: listed, counted, streamed live with resume, acted on; never somebody else's.
import { Agent, get, type IncomingMessage } from 'node:http';
import { createClient } from '@relance/client';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { API_KEY, furnish, startTestServer, type TestServer, taskEvent } from '../server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
  await furnish(server);
});
afterAll(() => server.end());

const inboxOf = async (id: string) => {
  const { token } = await server.client.recipients.token(id, { ttl: '1 hour' });
  return { token, client: createClient({ url: server.url, key: token }) };
};

/** Reads server-sent events until one of the name has come `count` times. */
async function listen(
  token: string,
  headers: Record<string, string>,
  name: string,
  count: number,
): Promise<{ id: string; data: Record<string, unknown> }[]> {
  const ending = new AbortController();
  const response = await fetch(`${server.url}/v1/inbox/stream`, {
    signal: ending.signal,
    headers: { authorization: `Bearer ${token}`, ...headers },
  });
  expect(response.headers.get('content-type')).toContain('text/event-stream');
  const found: { id: string; data: Record<string, unknown> }[] = [];
  let text = '';
  for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
    text += new TextDecoder().decode(chunk);
    for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
      const fields = new Map(
        text
          .slice(0, end)
          .split('\n')
          .map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]),
      );
      text = text.slice(end + 2);
      if (fields.get('event') === name)
        found.push({
          id: fields.get('id') ?? '',
          data: JSON.parse(fields.get('data') ?? '{}') as Record<string, unknown>,
        });
    }
    if (found.length >= count) break;
  }
  ending.abort();
  return found;
}

const assign = (id: string, assignee = 'ana') =>
  server.client.events.send(taskEvent('assigned', { id, title: `Task ${id}`, assignee, requester: 'sam' }));

const NAG = `
policy: nag
open: { on: com.acme.nag }
key: event.data.id
assignee: event.data.assignee
stages:
  - { id: notice, at: opened, notify: { via: [inbox] } }
  - { id: reminder, at: opened + 1 day, notify: { via: [inbox] } }
resolved: none
`;

describe('an inbox', () => {
  it('lists and counts what came, marks it read, and acts', async () => {
    await assign('one');
    await server.advance('1 minute');
    const { client } = await inboxOf('ana');
    const before = await client.inbox.list();
    expect(before).toMatchObject({
      unread: 1,
      items: [
        {
          title: 'Task one',
          readAt: null,
          actions: [{ name: 'acknowledge' }, { name: 'resolve' }, { name: 'snooze' }],
        },
      ],
    });
    const id = String(before.items[0]?.id);
    await client.inbox.read(id);
    expect((await client.inbox.list()).unread).toBe(0);
    expect(await client.inbox.act(id, { action: 'resolve' })).toMatchObject({
      status: 'resolved',
      resolvedBy: 'ana',
      changed: true,
    });
    await server.advance('1 minute');
    const after = await client.inbox.list();
    expect(after.items.map((item) => item.title)).toEqual(['Done: Task one']); // the first is archived, the confirmation has come
  });

  it('acts in every way that the page behind a link does, and gives away only what is theirs', async () => {
    await assign('acts');
    await server.advance('1 minute');
    const { client } = await inboxOf('ana');
    const { items } = await client.inbox.list();
    const id = String(items.find(({ title }) => title === 'Task acts')?.id);
    const act = (body: Parameters<typeof client.inbox.act>[1]) => client.inbox.act(id, body);
    expect(await act({ action: 'acknowledge' })).toMatchObject({ status: 'acknowledged', acknowledgedBy: 'ana' });
    expect(await act({ action: 'unacknowledge' })).toMatchObject({ status: 'open', changed: true });
    expect(await act({ action: 'snooze', until: '2 hours' })).toMatchObject({ snoozedUntil: expect.any(String) });
    await expect(act({ action: 'commit' })).rejects.toMatchObject({ status: 400 });
    expect(await act({ action: 'commit', by: '2 days' })).toMatchObject({ commitment: { by: 'ana' } });
    await expect(act({ action: 'delegate' })).rejects.toMatchObject({ status: 400 });
    // Somebody who is known and has nothing to do with it is refused as somebody who is not.
    const refused = (to: string) =>
      act({ action: 'delegate', to }).then(JSON.stringify, ({ message }) => String(message));
    expect(await refused('boss')).toContain('names none of them');
    expect(await refused('nobody')).toBe(await refused('boss'));
    await expect(act({ action: 'delegate', to: 'boss' })).rejects.toMatchObject({ status: 422, code: 'refused' });
    expect(await act({ action: 'delegate', to: 'sam', comment: 'yours' })).toMatchObject({ assignee: 'sam' });
    for (const action of ['commit', 'delegate', 'decline'])
      await expect(act({ action, by: '1 day', to: 'bo' })).rejects.toMatchObject({ status: 403, code: 'forbidden' });
    const sam = await inboxOf('sam');
    await server.advance('1 minute');
    const given = (await sam.client.inbox.list()).items.find(({ title }) => title === 'Task acts');
    expect(await sam.client.inbox.act(String(given?.id), { action: 'decline', reason: 'wrong_person' })).toMatchObject({
      assignee: 'boss',
    });
    const { items: lines } = await server.client.followUps.timeline(String(given?.followUp));
    expect(lines.filter(({ kind }) => kind === 'declined')).toMatchObject([{ reason: 'wrong_person', actor: 'sam' }]);
    await server.client.followUps.byKey('task', 'acts').command('resolve', { actor: 'boss' });
  });

  it('shows one item of a follow-up: what is said later takes the place of what was said before, read or not', {
    timeout: 30_000,
  }, async () => {
    await server.client.policies.put('nag', NAG);
    const nag = async (id: string): Promise<string> => {
      const event = { ...taskEvent('assigned', { id, assignee: 'ana' }), type: 'com.acme.nag' };
      return (await server.client.events.send(event)).followUps[0]?.id ?? '';
    };
    const { token, client } = await inboxOf('ana');
    const archived = listen(token, {}, 'archived', 2);
    await new Promise((resolve) => setTimeout(resolve, 300)); // the stream is open before anything comes
    const [read, unread] = [await nag('read'), await nag('unread')];
    await server.advance('1 minute');
    const first = (await client.inbox.list()).items;
    const idOf = (followUp: string) => first.find((item) => item.followUp === followUp)?.id ?? '';
    await client.inbox.read(idOf(read));
    const before = await client.inbox.list();
    await server.advance('1 day');
    const after = await client.inbox.list();
    const living = after.items.filter((item) => item.followUp === read);
    expect(living).toMatchObject([{ readAt: null, replacedBy: null }]);
    expect(living[0]?.id).not.toBe(idOf(read));
    // Two reminders in the place of two notices; one of those had been read.
    expect(after).toMatchObject({ total: before.total, unread: before.unread + 1 });
    const all = (await client.inbox.list({ archived: 'true' })).items;
    expect(all.find(({ id }) => id === idOf(read))).toMatchObject({
      replacedBy: living[0]?.id,
      archivedAt: living[0]?.at,
      readAt: expect.any(String),
      actions: [],
    });
    const told = (await archived).map(({ data }) => data);
    expect(told.map(({ id }) => id).toSorted()).toEqual([idOf(read), idOf(unread)].toSorted());
    expect(told.find(({ id }) => id === idOf(read))).toMatchObject({ replacedBy: living[0]?.id });
    // What stands on a screen still acts on the same follow-up, and its end clears up.
    expect(await client.inbox.act(idOf(read), { action: 'resolve' })).toMatchObject({ id: read, changed: true });
    await server.client.followUps.command(unread, 'cancel');
    expect((await client.inbox.list()).items.filter((item) => [read, unread].includes(item.followUp))).toEqual([]);
  });

  it('leaves with the message what its reader did', async () => {
    const { followUps } = await assign('engaged');
    await server.advance('1 minute');
    const followUp = followUps[0]?.id ?? '';
    const engagement = async () =>
      Object.fromEntries(
        (await server.client.followUps.messages(followUp)).items
          .filter((message) => message.stage === 'notice')
          .map((message) => [message.channel, message.engagement.map(({ kind }) => kind).sort()]),
      );
    expect(await engagement()).toEqual({ email: [], inbox: [] });
    const { client } = await inboxOf('ana');
    const id = String((await client.inbox.list()).items[0]?.id);
    await client.inbox.read(id);
    await client.inbox.read(id);
    expect(await engagement()).toEqual({ email: [], inbox: ['read'] });
    await client.inbox.act(id, { action: 'acknowledge' });
    expect(await engagement()).toEqual({ email: [], inbox: ['acted', 'read'] });
    const mail = (await server.client.followUps.messages(followUp)).items.find(({ channel }) => channel === 'email');
    const link = /\/a\/[\w-]{22}/.exec(mail?.content?.html ?? '')?.[0] ?? '';
    expect((await server.raw(link, { key: null })).status).toBe(200);
    expect((await engagement()).email).toEqual([]); // looking is not acting
    expect((await server.raw(link, { key: null, method: 'POST' })).status).toBe(200);
    expect((await engagement()).email).toEqual(['acted']);
    expect((await server.client.messages.get(mail?.id ?? '')).engagement).toMatchObject([
      { kind: 'acted', evidence: 'proven', count: 1 },
    ]);
    await server.client.followUps.command(followUp, 'cancel');
  });

  it('streams live, and a lost connection misses nothing', { timeout: 30_000 }, async () => {
    const { token } = await inboxOf('ana');
    const first = listen(token, {}, 'message', 1);
    await new Promise((resolve) => setTimeout(resolve, 300)); // the stream is open before anything comes
    await assign('two');
    await server.advance('1 minute');
    const [seen] = await first;
    expect(seen?.data).toMatchObject({ title: 'Task two' });
    await assign('three');
    await assign('four');
    await server.advance('1 minute');
    const missed = await listen(token, { 'last-event-id': seen?.id ?? '' }, 'message', 2);
    expect(missed.map((item) => item.data.title).sort()).toEqual(['Task four', 'Task three']);
  });

  it('closes with its recipient, and is not that of a later one with the same id', { timeout: 30_000 }, async () => {
    await server.client.recipients.put('leaver', { name: 'Leaver' });
    const { token, client } = await inboxOf('leaver');
    expect((await client.inbox.list()).items).toEqual([]);
    const stream = listen(token, {}, 'nothing', 1);
    await server.client.recipients.delete('leaver');
    await expect(client.inbox.list()).rejects.toMatchObject({ status: 401 });
    expect(await stream).toEqual([]); // ended by the server
    await server.client.recipients.put('leaver', { name: 'Somebody else' });
    await expect(client.inbox.list()).rejects.toMatchObject({ status: 401 });
    expect((await (await inboxOf('leaver')).client.inbox.list()).items).toEqual([]);
  });

  it("is nobody else's", async () => {
    const ana = await inboxOf('ana');
    const sam = await inboxOf('sam');
    const item = String((await ana.client.inbox.list()).items[0]?.id);
    expect((await sam.client.inbox.list()).items.every((one) => !String(one.title).startsWith('Task'))).toBe(true);
    await expect(sam.client.inbox.read(item)).rejects.toMatchObject({ status: 404 });
    await expect(sam.client.inbox.act(item, { action: 'resolve' })).rejects.toMatchObject({ status: 404 });
    expect((await server.raw('/v1/inbox', { key: 'not-a-token' })).status).toBe(401);
    expect((await server.raw('/v1/follow-ups', { key: ana.token })).status).toBe(401); // and no key to anything else
  });
});

describe('a server that stops', () => {
  it('ends its streams, and waits for no client to hang up', { timeout: 60_000 }, async () => {
    const own = await startTestServer();
    await furnish(own);
    const { token } = await own.client.recipients.token('ana', { ttl: '1 hour' });
    const agent = new Agent({ keepAlive: true });
    const stream = await new Promise<IncomingMessage>((resolve) =>
      get(`${own.url}/v1/inbox/stream`, { agent, headers: { authorization: `Bearer ${token}` } }, resolve),
    );
    stream.resume();
    const ended = new Promise((resolve) => stream.once('end', resolve));
    const began = performance.now();
    await Promise.all([own.end(), ended]);
    expect(performance.now() - began).toBeLessThan(4_000); // a look, not a connection's keep-alive
    agent.destroy();
  });

  it('answers what is under way, and waits for no client to hang up', { timeout: 60_000 }, async () => {
    const own = await startTestServer();
    const blocker = new pg.Client({ connectionString: own.databaseUrl });
    await blocker.connect();
    await blocker.query('BEGIN; LOCK TABLE relance.categories IN ACCESS EXCLUSIVE MODE');
    const agent = new Agent({ keepAlive: true });
    const asked = new Promise<number | undefined>((resolve) => {
      const headers = { authorization: `Bearer ${API_KEY}` };
      get(`${own.url}/v1/categories`, { agent, headers }, (answer) => {
        answer.resume();
        resolve(answer.statusCode);
      });
    });
    const { promise: under, resolve: seen } = Promise.withResolvers<void>();
    const waiting = setInterval(async () => {
      const { rows } = await blocker.query(`SELECT FROM pg_locks WHERE NOT granted`);
      if (rows.length > 0) seen();
    }, 20);
    await under;
    clearInterval(waiting);
    const began = performance.now();
    const stopped = own.relance.stop();
    await blocker.query('COMMIT');
    await stopped;
    expect(await asked).toBe(200);
    expect(performance.now() - began).toBeLessThan(4_000);
    agent.destroy();
    await blocker.end();
    await own.end();
  });
});
