// The guide to the inbox, followed: its page runs in a process with a browser's EventSource, over a wire that can be cut, with tokens
// that end; and its browser registers for pushes at a push service that nobody here wrote.
import { type ChildProcess, spawn } from 'node:child_process';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { pathToFileURL } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import webPush from 'web-push';
import { startPushService } from '../doubles/push-service.ts';
import { type Asked, askAs, blocksOf, curlsIn, guideText, unlike } from '../guide.ts';
import { API_KEY, furnish, json, startTestServer, type TestServer, taskEvent } from '../server.ts';

const GUIDE = guideText('inbox.md');
const EXAMPLES = new URL('../../examples/inbox/', import.meta.url);
const [tokenShown, listShown] = blocksOf(GUIDE, 'json').map((text) => JSON.parse(text));
const [askToken] = curlsIn(GUIDE) as [Asked];
/** The page hears of a change within a second, on a machine that has time. */
const PATIENCE = { timeout: 30_000 };

/** A page: it tells what it shows as lines of JSON, and does what it is told, [name, ...arguments] a line. */
const PAGE = `
  import { createInterface } from 'node:readline';
  import { openInbox } from ${JSON.stringify(pathToFileURL(new URL('inbox.js', EXAMPLES).pathname).href)};
  const { url, key, who } = JSON.parse(process.argv[1]);
  const getToken = async () => {
    const headers = { authorization: 'Bearer ' + key, 'content-type': 'application/json' };
    const answer = await fetch(url + '/v1/recipients/' + who + '/tokens', { method: 'POST', headers, body: '{"ttl":"3 seconds"}' });
    console.log(JSON.stringify({ token: true }));
    return (await answer.json()).token;
  };
  const show = (items, counts) => console.log(JSON.stringify({ items, counts }));
  const inbox = await openInbox({ url, getToken, show });
  for await (const line of createInterface({ input: process.stdin })) {
    const [name, ...given] = JSON.parse(line);
    const answer = await inbox[name](...given)?.catch((error) => ({ code: error.code, detail: error.message }));
    console.log(JSON.stringify({ answer: answer ?? null }));
  }
`;

interface Shown {
  readonly items: readonly { readonly id: string; readonly title: string; readonly readAt: string | null }[];
  readonly counts: { readonly unread: number; readonly total: number; readonly urgent: number };
}

let server: TestServer;
let wire: Server;
const sockets = new Set<Socket>();
const pages: ChildProcess[] = [];
beforeAll(async () => {
  server = await startTestServer({ publicUrl: 'https://follow.example.com' });
  await furnish(server);
  const to = Number(new URL(server.url).port);
  wire = createServer((socket) => {
    const other = connect(to, '127.0.0.1');
    for (const one of [socket, other]) {
      sockets.add(one);
      one.on('error', () => {}).on('close', () => sockets.delete(one));
    }
    socket.pipe(other).pipe(socket);
  });
  await new Promise<void>((resolve) => wire.listen(0, '127.0.0.1', resolve));
});
afterEach(() => {
  for (const page of pages.splice(0)) page.kill();
  vi.unstubAllGlobals();
});
afterAll(async () => {
  for (const socket of sockets) socket.destroy();
  await new Promise((resolve) => wire.close(resolve));
  await server.end();
});

function openPage(who: string) {
  const url = `http://127.0.0.1:${(wire.address() as AddressInfo).port}`;
  const given = ['--no-warnings', '--experimental-eventsource', '--input-type=module', '--eval', PAGE];
  const page = spawn(process.execPath, [...given, JSON.stringify({ url, key: API_KEY, who })]);
  pages.push(page);
  const said: string[] = [];
  let rest = '';
  page.stdout.on('data', (part) => {
    const lines = `${rest}${part}`.split('\n');
    rest = lines.pop() ?? '';
    said.push(...lines);
  });
  page.stderr.on('data', (part) => said.push(JSON.stringify({ failed: String(part) })));
  const told = (): Partial<Shown & { token: true; answer: Record<string, unknown>; failed: string }>[] =>
    said.map((line) => JSON.parse(line));
  const last = (): Shown | undefined => told().findLast(({ items }) => items !== undefined) as Shown | undefined;
  return {
    last,
    tokens: () => told().filter(({ token }) => token).length,
    shows: (titles: readonly string[]) =>
      expect
        .poll(() => told().find(({ failed }) => failed)?.failed ?? last()?.items.map(({ title }) => title), PATIENCE)
        .toEqual(titles),
    async tell(...line: readonly unknown[]) {
      const before = told().filter(({ answer }) => answer !== undefined).length;
      page.stdin.write(`${JSON.stringify(line)}\n`);
      const answers = () => told().flatMap(({ answer }) => (answer === undefined ? [] : [answer]));
      await expect.poll(() => answers().length, PATIENCE).toBe(before + 1);
      return answers().at(-1);
    },
  };
}
async function assign(id: string, assignee: string): Promise<void> {
  await server.client.events.send(taskEvent('assigned', { id, title: `Task ${id}`, assignee }));
  await server.advance('1 second');
}

describe('the page of the guide to the inbox', () => {
  it('shows what is there, what comes, and what is done elsewhere, and acts', { timeout: 120_000 }, async () => {
    await assign('one', 'ana');
    const page = openPage('ana');
    await page.shows(['Task one']);
    await assign('two', 'ana');
    await page.shows(['Task two', 'Task one']);
    await expect.poll(() => page.last()?.counts, PATIENCE).toEqual({ unread: 2, total: 2, urgent: 0 });
    const [two, one] = page.last()?.items ?? [];
    expect(await page.tell('read', one?.id)).toMatchObject({ readAt: expect.any(String) });
    await expect.poll(() => page.last()?.items[1]?.readAt, PATIENCE).toEqual(expect.any(String));
    expect(await page.tell('act', two?.id, 'resolve', { comment: 'on paper' })).toMatchObject({
      status: 'resolved',
      resolvedBy: 'ana',
      changed: true,
    });
    await server.advance('1 second');
    await page.shows(['Done: Task two', 'Task one']);
    expect(await page.tell('act', two?.id, 'acknowledge')).toMatchObject({ code: 'follow_up_closed' });
    expect(await page.tell('act', one?.id, 'snooze', { until: '2 hours' })).toMatchObject({
      snoozedUntil: expect.any(String),
    });
    expect(await page.tell('act', one?.id, 'approve')).toMatchObject({ code: 'refused' });
    expect(await page.tell('readAll')).toMatchObject({ marked: 1, more: false, unread: 0 });
    expect(await page.tell('archive', one?.id)).toMatchObject({ archivedAt: expect.any(String), actions: [] });
    await page.shows(['Done: Task two']);
  });

  it('misses nothing when the wire is cut and when its token ends', { timeout: 120_000 }, async () => {
    await assign('three', 'sam');
    const page = openPage('sam');
    await page.shows(['Task three']);
    for (const socket of sockets) socket.destroy();
    await assign('four', 'sam');
    await page.shows(['Task four', 'Task three']);
    const before = page.tokens();
    await expect.poll(() => page.tokens(), PATIENCE).toBeGreaterThan(before);
    await assign('five', 'sam');
    await page.shows(['Task five', 'Task four', 'Task three']);
  });
});

describe('the guide to the inbox', () => {
  it('shows a token and a list as they are', async () => {
    const answer = await askAs(server, askToken, { $RELANCE_API_KEY: API_KEY });
    expect(answer.status).toBe(201);
    const { token, expiresAt } = answer.body as typeof tokenShown;
    expect(Object.keys(tokenShown)).toEqual(['token', 'expiresAt']);
    const lastsMs = Date.parse(expiresAt) - Date.now();
    expect(Math.round(lastsMs / 60_000)).toBe(60);
    expect(token.split('.')).toHaveLength(3);
    await server.client.recipients.put('eve', { name: 'Eve' });
    const { token: own } = await server.client.recipients.token('eve');
    await server.client.events.send(taskEvent('assigned', { id: 'r', title: 'Write the report', assignee: 'eve' }));
    await server.advance('1 second');
    const list = (await (await server.raw('/v1/inbox', { key: own })).json()) as typeof listShown;
    const [item] = list.items;
    const numbered = (value: unknown) =>
      JSON.parse(JSON.stringify(value).replaceAll(`"seq":${item.seq}`, '"seq":1').replaceAll(`"${item.seq}~`, '"1~'));
    expect(unlike(numbered(list))).toEqual(unlike(listShown));
  });

  it('names every field of an item, and every event', async () => {
    for (const name of Object.keys(listShown.items[0])) expect(GUIDE).toContain(`\`${name}\``);
  });

  it('registers a browser, which is told, and forgets it', async () => {
    const service = await startPushService();
    const keys = webPush.generateVAPIDKeys();
    const own = await startTestServer({ channels: { allowHosts: ['127.0.0.1'] } });
    try {
      const connection = {
        provider: 'web-push',
        settings: { subject: 'mailto:ops@example.com', publicKey: keys.publicKey },
        secrets: { privateKey: keys.privateKey },
      };
      const made = await own.raw('/v1/connections/push', { ...json(connection), method: 'PUT' });
      expect(made.status).toBe(200);
      await own.client.recipients.put('ana', { name: 'Ana' });
      const { token } = await own.client.recipients.token('ana');
      const browser = stubBrowser(service);
      const { takePushes, refusePushes } = await import(new URL('push.js', EXAMPLES).href);
      const given = { url: own.url, token, device: 'laptop' };
      expect(await takePushes(given)).toBe(true);
      expect(browser.registered).toEqual(['/sw.js']);
      await own.client.policies.put(
        'call',
        'policy: call\nopen: { on: call }\nkey: event.data.id\nassignee: "\'ana\'"\nstages: [{ id: notice, at: opened, notify: { via: [push] } }]\n',
      );
      await own.client.events.send({ specversion: '1.0', id: '1', source: '/x', type: 'call', data: { id: 'c1' } });
      await own.advance('1 second');
      expect(await service.received(await browser.subscription())).toMatchObject([{ relance: 1, title: 'call' }]);
      await refusePushes(given);
      const devices = await (await own.raw('/v1/inbox/devices', { key: token })).json();
      expect(devices).toMatchObject({ items: [] });
      expect(browser.ended()).toBe(true);
      browser.permission = 'denied';
      expect(await takePushes(given)).toBe(false);
    } finally {
      await own.end();
      await service.stop();
    }
  });
});

/** What push.js asks of a browser, with a push service behind it. */
function stubBrowser(service: Awaited<ReturnType<typeof startPushService>>) {
  const registered: string[] = [];
  let subscribed: ReturnType<typeof service.subscribe> | null = null;
  let ended = false;
  const unsubscribe = async () => {
    ended = true;
    return true;
  };
  const pushManager = {
    async subscribe({ applicationServerKey }: { applicationServerKey: string }) {
      subscribed = service.subscribe(applicationServerKey);
      const { endpoint, keys } = await subscribed;
      return { toJSON: () => ({ endpoint, expirationTime: null, keys }), unsubscribe };
    },
    getSubscription: async () => (subscribed === null ? null : { unsubscribe }),
  };
  const browser = {
    permission: 'granted',
    registered,
    ended: () => ended,
    subscription: async () => {
      if (subscribed === null) throw new Error('nobody subscribed');
      return subscribed;
    },
  };
  vi.stubGlobal('Notification', { requestPermission: async () => browser.permission });
  vi.stubGlobal('navigator', {
    serviceWorker: { register: async (path: string) => registered.push(path), ready: Promise.resolve({ pushManager }) },
  });
  return browser;
}
