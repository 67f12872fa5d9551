// The service worker in a real browser (Debian's Chromium), on a site of somebody else that takes it in with importScripts:
// what the connection for web push says is shown with its actions, replaced by the next, opened, and taken away. Offline
// no push service can be reached, so the decrypted words are handed to the browser by its debugging protocol.
import { createServer, type Server } from 'node:http';
import type { Browser, BrowserContext, CDPSession, Page, Worker } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pushWords, withdrawWords } from '../../packages/server/src/channels/push-words.ts';
import { sampleEnvelope } from '../../packages/server/src/channels/sample-envelope.ts';
import { createHttpWorld, type HttpWorld } from '../http-world.ts';
import { CHROMIUM, launchWholeChromium } from '../pages/chromium.ts';

interface Registration {
  showNotification(...given: unknown[]): Promise<void>;
}
interface Shown {
  readonly title: string;
  readonly body: string;
  readonly tag: string;
  readonly requireInteraction: boolean;
  readonly actions: readonly { readonly action: string; readonly title: string }[];
}

if (CHROMIUM === null) process.stderr.write('LEFT OUT: pushes in a real browser (apt-get install chromium).\n');
describe.runIf(CHROMIUM !== null)('pushes in a real browser', () => {
  let http: HttpWorld;
  let relance: string;
  let site: Server;
  let origin: string;
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  let protocol: CDPSession;
  let registrationId: string;
  let worker: Worker;

  beforeAll(async () => {
    http = await createHttpWorld();
    relance = (await http.listen()).replace(/\/$/, '');
    site = createServer((request, response) => {
      const script = request.url === '/worker.js';
      response.writeHead(200, { 'content-type': script ? 'text/javascript' : 'text/html' });
      response.end(script ? `importScripts('${relance}/sw.js');` : '<!doctype html><title>A site</title>');
    });
    await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve));
    origin = `http://127.0.0.1:${(site.address() as { port: number }).port}`;
    browser = await launchWholeChromium();
    context = await browser.newContext();
    await context.grantPermissions(['notifications'], { origin });
    page = await context.newPage();
    protocol = await context.newCDPSession(page);
    const registered = new Promise<string>((resolve) =>
      protocol.on('ServiceWorker.workerRegistrationUpdated', ({ registrations }) => {
        const own = registrations.find(({ scopeURL }) => scopeURL.startsWith(origin));
        if (own !== undefined) resolve(own.registrationId);
      }),
    );
    await protocol.send('ServiceWorker.enable');
    await page.goto(origin);
    const started = context.waitForEvent('serviceworker');
    await page.evaluate(`navigator.serviceWorker.register('/worker.js').then(() => navigator.serviceWorker.ready)`);
    registrationId = await registered;
    worker = await started;
    await worker.evaluate(() => {
      const scope = globalThis as unknown as { registration: Registration; shows: number };
      const show = scope.registration.showNotification.bind(scope.registration);
      scope.shows = 0;
      scope.registration.showNotification = async (...given) => {
        await show(...given);
        scope.shows += 1;
      };
    });
  });
  afterAll(async () => {
    await browser.close();
    site.closeAllConnections();
    await new Promise((resolve) => site.close(resolve));
    await http.end();
  });

  const shown = (): Promise<Shown[]> =>
    page.evaluate(`navigator.serviceWorker.ready.then((one) => one.getNotifications()).then((all) =>
      all.map(({ title, body, tag, requireInteraction, actions }) => ({ title, body, tag, requireInteraction,
        actions: actions.map(({ action, title }) => ({ action, title })) })))`);
  const deliver = (data: string): Promise<unknown> =>
    protocol.send('ServiceWorker.deliverPushMessage', { origin, registrationId, data });
  const shows = (): Promise<number> => worker.evaluate('shows');
  /** Answers once it is shown: asked before, Chromium forgets what it is only about to show. */
  const push = async (words: object): Promise<void> => {
    const before = await shows();
    await deliver(JSON.stringify(words));
    await expect.poll(shows, { timeout: 10_000 }).toBe(before + 1);
  };
  const until = (condition: (all: readonly Shown[]) => boolean) =>
    expect.poll(async () => condition(await shown()), { timeout: 10_000 }).toBe(true);
  const envelope = sampleEnvelope({ urgency: 'urgent' });
  const words = pushWords(envelope);

  it('shows what it is about, and what to do', async () => {
    await push(words);
    await until((all) => all.length === 1);
    expect(await shown()).toEqual([
      {
        title: 'Hello',
        body: words.body,
        tag: words.tag,
        requireInteraction: true,
        actions: [
          { action: 'resolve', title: 'It is done' },
          { action: 'acknowledge', title: 'I have this' },
        ],
      },
    ]);
  });

  it('a later message of the follow-up takes its place; another follow-up stands beside it', async () => {
    await push({ ...words, title: 'Reminder', message: 'later' });
    await until((all) => all.length === 1 && all[0]?.title === 'Reminder');
    await push(pushWords(sampleEnvelope({ followUp: 'another' })));
    await until((all) => all.length === 2);
  });

  it('what it leads to is opened: the page of an action that asks for more, or the thing itself', async () => {
    const asking = words.actions.map((one) => ({ ...one, asks: true }));
    await push({ ...words, message: 'asking', actions: asking });
    const opened = await worker.evaluate(async () => {
      const scope = globalThis as unknown as {
        clients: { openWindow: (url: string) => Promise<void> };
        registration: { getNotifications(): Promise<{ data: { message: string }; close(): void }[]> };
        NotificationEvent: new (kind: string, given: object) => Event;
      };
      const urls: string[] = [];
      scope.clients.openWindow = async (url) => {
        urls.push(url);
      };
      const all = await scope.registration.getNotifications();
      const one = all.find(({ data }) => data.message === 'asking');
      const other = all.find((shown) => shown !== one);
      for (const [notification, action] of [
        [one, 'acknowledge'],
        [other, ''],
      ])
        globalThis.dispatchEvent(new scope.NotificationEvent('notificationclick', { notification, action }));
      await new Promise((resolve) => setTimeout(resolve, 200));
      return urls;
    });
    expect(opened.sort()).toEqual([envelope.content.url, envelope.content.actions?.[1]?.url].sort());
    await until((all) => all.length === 0);
  });

  it('an action does what it says where it is pressed, once, and what came of it is shown', async () => {
    await http.world.people([{ id: 'ana', endpoints: [{ channel: 'push', address: 'a-device' }] }]);
    await http.world.policy(`
policy: chore
open: { on: chore.given }
key: event.data.id
subject: { type: chore, id: event.data.id, title: event.data.title }
assignee: "'ana'"
resolved: none
stages: [ { id: notice, at: opened, notify: { via: [push] } } ]
`);
    const state = async () => (await http.call('GET', '/v1/follow-ups/by-key/chore/c1')).body;
    await http.world.event('chore.given', { id: 'c1', title: 'Water the plants' });
    await http.world.settle();
    const [sent] = http.world.recorders.push.sent;
    if (sent === undefined) throw new Error('no push was sent');
    const here = JSON.parse(JSON.stringify(pushWords(sent)).replaceAll('http://relance.test', relance));
    await push(here);
    expect((await state()).status).toBe('open'); // shown to somebody, and nothing more
    const click = (action: string) =>
      worker.evaluate(
        async ([tag, pressed]) => {
          const scope = globalThis as unknown as {
            registration: { getNotifications(given: object): Promise<object[]> };
            NotificationEvent: new (kind: string, given: object) => Event;
          };
          const [notification] = await scope.registration.getNotifications({ tag });
          const given = { notification, action: pressed };
          globalThis.dispatchEvent(new scope.NotificationEvent('notificationclick', given));
        },
        [here.tag, action] as const,
      );
    await click('resolve');
    await until((all) => all.some(({ tag }) => tag === `${here.tag} answered`));
    expect((await shown()).find(({ tag }) => tag === `${here.tag} answered`)).toMatchObject({
      title: 'Water the plants',
      body: 'Done. Thank you. Nothing more is asked of you.',
      actions: [],
    });
    expect(await state()).toMatchObject({ status: 'resolved', resolvedBy: 'ana' });
    // Its messages are taken away when it is over; what came of the press stays until somebody has read it.
    await push({ ...here, message: 'again' });
    await deliver(JSON.stringify(withdrawWords(sent)));
    await until((all) => all.every(({ tag }) => tag !== here.tag));
    expect((await shown()).some(({ tag }) => tag === `${here.tag} answered`)).toBe(true);
    await push({ ...here, message: 'once more' });
    await click('acknowledge');
    await until((all) => all.some(({ body }) => body.startsWith('This is done by ana')));
    await worker.evaluate(async () => {
      const scope = globalThis as unknown as { registration: { getNotifications(): Promise<{ close(): void }[]> } };
      for (const one of await scope.registration.getNotifications()) one.close();
    });
  });

  it('is taken away when it is over, and nothing else is', async () => {
    await push(words);
    await push(pushWords(sampleEnvelope({ followUp: 'another' })));
    await until((all) => all.length === 2);
    await deliver(JSON.stringify(withdrawWords(envelope)));
    await until((all) => all.length === 1 && all[0]?.tag !== words.tag);
  });

  it('what is not ours is left to the site’s own worker', async () => {
    const before = await shown();
    await deliver(JSON.stringify({ title: 'of somebody else' }));
    await deliver('no JSON');
    await push({ ...words, followUp: 'x', tag: 'last', title: 'Last' });
    await until((all) => all.some(({ tag }) => tag === 'last'));
    // A browser says something itself where a push showed nothing; of ours there is one more.
    const ours = (await shown()).filter(({ title }) => ['Hello', 'Last'].includes(title));
    expect(ours).toHaveLength(before.length + 1);
  });
});
