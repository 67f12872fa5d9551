// The dashboard in a real browser that has no network, or whose line is dead, or whose server is away: it says so, nothing is done later
// that nobody waits for any more, and nothing that was written is lost.
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CHROMIUM } from '../pages/chromium.ts';
import { createDashboardWorld, type DashboardWorld } from '../pages/dashboard.ts';
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
});
