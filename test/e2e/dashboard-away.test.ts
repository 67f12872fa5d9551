// The dashboard in a real browser that has no network, or whose line is dead, or whose server is away: it says so, nothing is done later
// that nobody waits for any more, and nothing that was written is lost.
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CHROMIUM } from '../pages/chromium.ts';
import { createDashboardWorld, type DashboardWorld, PHONE } from '../pages/dashboard.ts';
import { furnish, taskEvent } from '../server.ts';

const UNREACHABLE = 'The server does not answer.';

/** Between a browser and the server: it can swallow everything, both ways, and close nothing. */
async function createWire(url: string) {
  const sockets = new Set<Socket>();
  let dead = false;
  const wire = createServer((socket) => {
    const other = connect(Number(new URL(url).port), '127.0.0.1');
    for (const [from, to] of [
      [socket, other],
      [other, socket],
    ] as const) {
      sockets.add(from);
      from.on('data', (part) => void (dead || to.write(part)));
      from.on('error', () => {}).on('close', () => to.destroy());
    }
  });
  await new Promise<void>((resolve) => wire.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(wire.address() as AddressInfo).port}`,
    swallow(all: boolean): void {
      dead = all;
    },
    async end() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => wire.close(resolve));
    },
  };
}

/** Folded away, nothing of the sections is gone to by keys. */
async function chooseOnPhone(page: Page, name: string): Promise<void> {
  const button = page.getByRole('button', { name: 'Sections' });
  await button.focus();
  await page.keyboard.press('Tab');
  const within = `document.querySelector('nav[aria-label="Sections"]').contains(document.activeElement)`;
  expect(await page.evaluate(within)).toBe(false);
  await button.press('Enter');
  await page.getByRole('navigation', { name: 'Sections' }).getByRole('link', { name }).press('Enter');
}

if (CHROMIUM === null)
  process.stderr.write('LEFT OUT: the dashboard without its server in a real browser (apt-get install chromium).\n');
describe.runIf(CHROMIUM !== null)('a dashboard that reaches nobody', () => {
  let world: DashboardWorld;
  const open = async (id: string, title: string) =>
    (await world.server.client.events.send(taskEvent('assigned', { id, title, assignee: 'ana' }))).followUps[0]?.id ??
    '';
  beforeAll(async () => {
    world = await createDashboardWorld();
    await furnish(world.server);
  }, 120_000);
  afterAll(() => world?.end());

  it('says without a network what it cannot do and read, and does nothing of it later', {
    timeout: 120_000,
  }, async () => {
    const id = await open('offline', 'Mend the antenna');
    const { page, end } = await world.visit();
    const posts: string[] = [];
    page.on('response', (response) => {
      if (response.request().method() === 'POST') posts.push(response.url());
    });
    // Its script is there, and nothing of what it shows.
    await page.goto(`${world.server.url}/people`);
    await page.getByRole('heading', { name: 'People', level: 1 }).waitFor();
    await page.goto(`${world.server.url}/follow-ups/${id}`);
    const acknowledge = page.getByRole('button', { name: 'Acknowledge' });
    await acknowledge.waitFor();
    await page.context().setOffline(true);
    await acknowledge.click();
    const refused = page.getByRole('alert').filter({ hasText: UNREACHABLE });
    await refused.first().waitFor();
    expect(await acknowledge.isEnabled()).toBe(true);
    await page.getByRole('link', { name: 'People' }).click();
    await page.getByRole('heading', { name: 'People', level: 1 }).waitFor();
    await refused.first().waitFor();
    await page.context().setOffline(false);
    await refused.first().waitFor({ state: 'detached', timeout: 90_000 });
    await page.getByRole('link', { name: 'Ana' }).first().waitFor();
    expect(posts).toEqual([]);
    expect((await world.server.client.followUps.get(id)).status).toBe('open');
    await end();
  });

  it('says that it is not connected where the network goes, also to who comes back to the window', {
    timeout: 120_000,
  }, async () => {
    const { page, end } = await world.visit();
    await page.goto(world.server.url);
    const streaming = page.waitForResponse((response) => response.url().endsWith('/v1/stream'));
    await streaming;
    const away = page.getByRole('status').filter({ hasText: 'Not connected. Trying again…' });
    await page.context().setOffline(true);
    await away.waitFor();
    await page.evaluate(`document.dispatchEvent(new Event('visibilitychange'))`);
    expect(await away.isVisible()).toBe(true);
    await page.context().setOffline(false);
    await away.waitFor({ state: 'detached' });
    await end();
  });

  it('says that it is not connected where the line is dead and nobody closes it', { timeout: 120_000 }, async () => {
    const wire = await createWire(world.server.url);
    const { page, end } = await world.visit();
    await page.clock.install();
    const streaming = page.waitForResponse((response) => response.url().endsWith('/v1/stream'));
    await page.goto(wire.url);
    await page.getByRole('heading', { name: 'Overview' }).waitFor();
    await streaming;
    const away = page.getByRole('status').filter({ hasText: 'Not connected. Trying again…' });
    await page.clock.fastForward('00:04'); // the form to sign in again is loaded by then
    await page.waitForLoadState('networkidle');
    wire.swallow(true);
    await page.clock.fastForward('00:46');
    await page.clock.fastForward('00:06');
    await away.waitFor();
    wire.swallow(false);
    await page.clock.fastForward('00:46'); // the one that was begun then has gone into the void
    await away.waitFor({ state: 'detached' });
    await end();
    await wire.end();
  });

  it('keeps a draft however long the server is away, and whatever one looks at meanwhile', {
    timeout: 120_000,
  }, async () => {
    await world.server.client.schedules.put('primary', { name: 'Primary', timeZone: 'Europe/Paris', layers: [] });
    const { page, end } = await world.visit();
    await page.clock.install();
    await page.goto(`${world.server.url}/schedules/primary`);
    await page.getByRole('button', { name: 'Edit' }).click();
    const form = page.getByRole('form', { name: 'Edit the schedule' });
    await form.getByLabel('Name').first().fill('Primary and more');
    await page.route('**', (route) => route.abort());
    for (let minutes = 0; minutes < 12; minutes++) await page.clock.fastForward('01:00');
    await page.getByRole('button', { name: 'Month' }).click();
    await page.waitForURL(/view=month/);
    await page.getByRole('button', { name: 'Week', exact: true }).waitFor();
    expect(await form.getByLabel('Name').first().inputValue()).toBe('Primary and more');
    expect(await page.getByRole('navigation', { name: 'Sections' }).isVisible()).toBe(true);
    await end();
  });

  it('says that one is still signed in where the server does not hear of it', { timeout: 60_000 }, async () => {
    const { page, end } = await world.visit();
    await page.goto(`${world.server.url}/people`);
    await page.getByRole('heading', { name: 'People', level: 1 }).waitFor();
    await page.route('**', (route) => route.abort());
    await page.getByRole('button', { name: 'Sign out' }).click();
    const said = page.getByRole('navigation', { name: 'Sections' }).getByRole('alert');
    await said.filter({ hasText: 'nothing was done' }).waitFor();
    expect(new URL(page.url()).pathname).toBe('/people');
    await page.unrouteAll();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.waitForURL(/\/sign-in$/);
    await end();
  });
});

describe.runIf(CHROMIUM !== null)('a dashboard whose pages come slowly', () => {
  let world: DashboardWorld;
  beforeAll(async () => {
    world = await createDashboardWorld();
  }, 120_000);
  afterAll(() => world?.end());

  it('puts whoever goes by keys at the content, also of a page that has to be loaded first', {
    timeout: 120_000,
  }, async () => {
    const focused = (page: Page) =>
      page.evaluate<string>('document.activeElement.id || document.activeElement.tagName');
    for (const viewport of [undefined, PHONE]) {
      const { page, end } = await world.visit(viewport === undefined ? {} : { viewport });
      await page.goto(`${world.server.url}/people`);
      const people = page.getByRole('heading', { name: 'People', level: 1, exact: true });
      await people.waitFor();
      const gate = Promise.withResolvers<void>();
      await page.route('**/assets/*.js', async (route) => {
        await gate.promise;
        await route.continue();
      });
      if (viewport === undefined) await page.getByRole('link', { name: 'Import a file' }).press('Enter');
      else await chooseOnPhone(page, 'Templates');
      await page.waitForURL(/\/(import\/people|templates)$/);
      if (viewport !== undefined) await expect.poll(() => focused(page)).toBe('main');
      gate.resolve();
      await people.waitFor({ state: 'detached' });
      await expect.poll(() => focused(page)).toBe('main');
      await end();
    }
  });
});
