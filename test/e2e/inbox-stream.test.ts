// One person, two devices: whatever is new, read, archived or closed elsewhere, while a device is connected, away, or talks to
// another node, in the end both show what the server has, and count what it counts.
import { setTimeout as pause } from 'node:timers/promises';
import { createClient, type InboxCounts, type InboxItem } from '@relance/client';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createRelance, type Relance } from '../../packages/server/src/app/relance.ts';
import { inboxConnection } from '../../packages/server/src/channels/local.ts';
import { type Random, randomOf } from '../random.ts';
import { API_KEY, furnish, json, startTestServer, type TestServer, taskEvent } from '../server.ts';
import { quietLog, SECRET } from '../world.ts';

interface Told {
  readonly name: string;
  readonly item: InboxItem;
}

/** What a client does with a stream: keeps each item as it was last told, and the place for the next connection. */
class Device {
  readonly items = new Map<string, InboxItem>();
  readonly told: Told[] = [];
  counts: InboxCounts | null = null;
  #place: string | null = null;
  #ending: AbortController | null = null;
  #reading: Promise<void> = Promise.resolve();

  /** With what a first page was answered. */
  begin(items: readonly InboxItem[], place: string): void {
    for (const item of items) this.items.set(item.id, item);
    this.#place = place;
  }

  async connect(url: string, token: string): Promise<void> {
    const ending = new AbortController();
    this.#ending = ending;
    const response = await fetch(`${url}/v1/inbox/stream`, {
      signal: ending.signal,
      headers: {
        authorization: `Bearer ${token}`,
        ...(this.#place === null ? {} : { 'last-event-id': this.#place }),
      },
    });
    expect(response.status).toBe(200);
    this.#reading = this.#read(response).catch(() => {}); // cut off
  }

  async #read(response: Response): Promise<void> {
    let text = '';
    for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
      text += new TextDecoder().decode(chunk);
      for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
        this.#take(text.slice(0, end));
        text = text.slice(end + 2);
      }
    }
  }

  #take(block: string): void {
    const fields = new Map(
      block.split('\n').map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]),
    );
    const name = fields.get('event');
    if (name === undefined) return;
    const data: unknown = JSON.parse(fields.get('data') ?? '{}');
    this.#place = fields.get('id') ?? this.#place;
    if (name === 'changed') this.counts = data as InboxCounts;
    else {
      const item = data as InboxItem;
      this.told.push({ name, item });
      this.items.set(item.id, item);
    }
  }

  /** The connection is lost. */
  async disconnect(): Promise<void> {
    this.#ending?.abort();
    this.#ending = null;
    await this.#reading;
  }
}

let server: TestServer;
beforeAll(async () => {
  // What a template may say of an item, until one says it: some show as more than a line of the feed.
  const inbox = inboxConnection();
  server = await startTestServer({
    channels: {
      connections: [
        {
          ...inbox,
          send(envelope, signal) {
            const more = MORE.find(({ title }) => envelope.content.subject?.includes(title));
            if (more !== undefined) Object.assign(envelope.content, more.content);
            return inbox.send(envelope, signal);
          },
        },
      ],
    },
  });
  await furnish(server);
});
afterAll(() => server.end());

const MORE = [
  { title: 'Banner', content: { as: 'banner', until: '2100-01-01T00:00:00Z', url: 'https://example.test/banner' } },
  { title: 'Toast', content: { as: 'toast', until: 'whenever', url: 'javascript:alert(1)' } },
];

const shown = (items: Iterable<InboxItem>): string[] =>
  [...items]
    .filter(({ archivedAt }) => archivedAt === null)
    .map(({ title, readAt }) => `${title}${readAt === null ? '' : ' (read)'}`)
    .sort();

const assign = async (id: string, title = `Task ${id}`): Promise<void> => {
  await server.client.events.send(taskEvent('assigned', { id, title, assignee: 'ana', requester: 'sam' }));
  await server.advance('1 second');
};
const inboxOf = async (url: string) => {
  const { token } = await server.client.recipients.token('ana', { ttl: '1 hour' });
  return { token, client: createClient({ url, key: token }).inbox };
};

describe('two devices of one person', () => {
  it('show the same, whatever happens and wherever they are connected', { timeout: 120_000 }, async () => {
    const second = await anotherNode();
    const { token, client } = await inboxOf(server.url);
    const random = randomOf(11);
    const devices = [new Device(), new Device()] as const;
    const first = await client.list();
    for (const device of devices) {
      device.begin(first.items, first.lastEventId);
      await device.connect(server.url, token);
    }
    await oneOfEach(devices[0], client);
    for (let turn = 0; turn < 60; turn++)
      await happen(random, turn, { client, devices, urls: [server.url, second.url], token });
    for (const device of devices) {
      await device.disconnect();
      await device.connect(random.pick([server.url, second.url]), token);
    }
    const all = await client.list({ limit: 200 });
    for (const device of devices) {
      await vi.waitFor(
        () => {
          expect(shown(device.items.values())).toEqual(shown(all.items));
          expect(device.counts).toEqual({ unread: all.unread, total: all.total, urgent: all.urgent });
        },
        { timeout: 10_000, interval: 100 },
      );
      await device.disconnect();
    }
    await second.relance.stop();
  });

  it('are told again what happened while the only node restarted, each thing once', { timeout: 60_000 }, async () => {
    await assign('before');
    const { token, client } = await inboxOf(server.url);
    const device = new Device();
    const page = await client.list();
    device.begin(page.items, page.lastEventId);
    const node = await anotherNode();
    await device.connect(node.url, token);
    await assign('live');
    await vi.waitFor(() => expect(shown(device.items.values())).toContain('Task live'), { timeout: 5_000 });
    await node.relance.stop();
    await device.disconnect();
    await assign('away');
    const items = (await client.list()).items;
    await client.read(items.find(({ title }) => title === 'Task before')?.id ?? '');
    await client.archive(items.find(({ title }) => title === 'Task live')?.id ?? '');
    device.told.length = 0;
    const again = await anotherNode();
    await device.connect(again.url, token);
    await vi.waitFor(() => expect(device.told).toHaveLength(3), { timeout: 5_000 });
    await pause(1_500); // another look: nothing is told twice
    expect(device.told.map(({ name, item }) => `${name} ${item.title}`)).toEqual([
      'message Task away',
      'read Task before',
      'archived Task live',
    ]);
    await device.disconnect();
    await again.relance.stop();
  });
});

describe('an item', () => {
  it('shows as its template says, as long as it says, and leads nowhere but to the web', async () => {
    await assign('banner', 'Banner');
    await assign('toast', 'Toast');
    const { client } = await inboxOf(server.url);
    const { items } = await client.list();
    const of = (title: string) => items.find((item) => item.title === title);
    expect(of('Banner')).toMatchObject({
      as: 'banner',
      until: '2100-01-01T00:00:00.000Z',
      url: 'https://example.test/banner',
    });
    expect(of('Toast')).toMatchObject({ as: 'toast', until: null, url: null, urgency: 'normal' });
    expect((await client.list({ as: 'banner' })).items.map(({ title }) => title)).toEqual(['Banner']);
    const now = Date.parse((await server.client.clock.get()).now);
    MORE.push({ title: 'Modal', content: { as: 'modal', until: new Date(now + 3_600_000).toISOString(), url: '' } });
    await assign('modal', 'Modal');
    expect((await client.list({ as: 'modal' })).items.map(({ title }) => title)).toEqual(['Modal']);
    await server.advance('2 hours');
    expect((await client.list({ as: 'modal' })).items).toEqual([]);
    expect((await client.list()).items.find(({ title }) => title === 'Modal')).toMatchObject({ as: 'feed' });
    // @ts-expect-error There is no such display, which the types know as well.
    await expect(client.list({ as: 'billboard' })).rejects.toMatchObject({ status: 400 });
  });

  it('is read and archived with all the others in one call, and counted', async () => {
    const { client } = await inboxOf(server.url);
    await assign('last');
    const before = await client.list({ limit: 200 });
    expect(before.unread).toBeGreaterThan(0);
    expect(await client.readAll()).toMatchObject({
      marked: before.unread,
      more: false,
      unread: 0,
      total: before.total,
    });
    expect(await client.readAll()).toMatchObject({ marked: 0 });
    const [one] = before.items;
    expect((await server.client.messages.get(one?.id ?? '')).engagement).toMatchObject([{ kind: 'read' }]);
    expect(await client.archiveAll()).toMatchObject({ marked: before.total, unread: 0, total: 0, urgent: 0 });
    expect((await client.list()).items).toEqual([]);
    expect((await client.list({ archived: 'true', limit: 1 })).items).toHaveLength(1);
    expect((await server.raw('/v1/inbox/read', json({ all: true }))).status).toBe(401); // no API key does that
  });
});

it('the client speaks of suppressions as the server does', async () => {
  const { suppressions } = server.client;
  const endpoint = { channel: 'email', address: 'Gone@example.test' } as const;
  await suppressions.put({ ...endpoint, source: 'hard_bounce' });
  expect(await suppressions.bulk([{ channel: 'sms', address: 'nobody' }])).toMatchObject({ accepted: 0 });
  expect((await suppressions.list()).items).toMatchObject([{ address: 'gone@example.test', source: 'hard_bounce' }]);
  await suppressions.lift({ ...endpoint, reason: 'the mailbox is back' });
  expect((await suppressions.list()).items).toEqual([]);
});

interface Life {
  readonly client: ReturnType<typeof createClient>['inbox'];
  readonly devices: readonly [Device, Device];
  readonly urls: readonly [string, string];
  readonly token: string;
}

/** What is read and archived elsewhere reaches a device that is connected as just that. */
async function oneOfEach(device: Device, client: Life['client']): Promise<void> {
  const told = (line: string) =>
    vi.waitFor(() => expect(device.told.map(({ name, item }) => `${name} ${item.title}`)).toContain(line), {
      timeout: 5_000,
    });
  await assign('first');
  await told('message Task first');
  const { items } = await client.list();
  const id = items.find(({ title }) => title === 'Task first')?.id ?? '';
  await client.read(id);
  await told('read Task first');
  await client.archive(id);
  await told('archived Task first');
}

/** One thing that happens to an inbox, or to a connection. */
async function happen(random: Random, turn: number, { client, devices, urls, token }: Life): Promise<void> {
  const unarchived = (await client.list({ limit: 50 })).items;
  const device = random.pick(devices);
  const what = random.below(8);
  if (what <= 2 || unarchived.length === 0) await assign(`t${turn}`);
  else if (what === 3) await client.read(random.pick(unarchived).id);
  else if (what === 4) await client.archive(random.pick(unarchived).id);
  else if (what === 5) await server.client.followUps.command(random.pick(unarchived).followUp, 'cancel');
  else if (what === 6) await device.disconnect();
  else {
    await device.disconnect();
    await device.connect(random.pick(urls), token);
  }
}

/** Another node on the same database; it sends nothing, it only answers. */
async function anotherNode(): Promise<{ readonly url: string; readonly relance: Relance }> {
  const relance = await createRelance({
    database: server.databaseUrl,
    secretKey: SECRET,
    apiKey: API_KEY,
    clock: { mode: 'virtual' },
    log: quietLog,
    publicUrl: 'http://relance.test',
  });
  return { relance, url: await relance.http.listen({ port: 0, host: '127.0.0.1' }) };
}
