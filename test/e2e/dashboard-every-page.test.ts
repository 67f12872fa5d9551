// Every page of the dashboard in a real browser: how much it loads before somebody sees it, whatever page they were sent to.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addressesOf } from '../pages/addresses.ts';
import { CHROMIUM } from '../pages/chromium.ts';
import { createDashboardWorld, type DashboardWorld } from '../pages/dashboard.ts';
import { furnish, taskEvent } from '../server.ts';

if (CHROMIUM === null)
  process.stderr.write('LEFT OUT: every page of the dashboard in a real browser (apt-get install chromium).\n');
describe.runIf(CHROMIUM !== null)('every page of the dashboard', () => {
  let world: DashboardWorld;
  let addresses: readonly string[];
  beforeAll(async () => {
    world = await createDashboardWorld();
    await furnish(world.server);
    await world.server.client.events.send(taskEvent('assigned', { id: 'report', title: 'Report', assignee: 'ana' }));
    addresses = await addressesOf(world.server.client);
  }, 120_000);
  afterAll(() => world?.end());

  it('x', { timeout: 600_000 }, async () => {
    for (const address of addresses) {
      const { page, end } = await world.visit({ signedIn: address !== '/sign-in' });
      const scripts: { url: string; size: number; at: number }[] = [];
      const began = performance.now();
      page.context().on('requestfinished', async (request) => {
        const at = performance.now() - began;
        const type = (await request.response())?.headers()['content-type'] ?? '';
        if (!type.includes('javascript')) return;
        scripts.push({ url: request.url().split('/').at(-1) ?? '', size: (await request.sizes()).responseBodySize, at });
      });
      await page.goto(world.server.url + address);
      await page.getByRole('heading', { level: 1 }).waitFor();
      const headed = performance.now() - began;
      await page.waitForLoadState('networkidle');
      await page.waitForTimeout(500);
      const sum = (all: typeof scripts) => all.reduce((total, { size }) => total + size, 0);
      console.log(address, sum(scripts), scripts.length, 'before h1', sum(scripts.filter(({ at }) => at <= headed)),
        scripts.filter(({ size }) => size > 9000).map(({ url, size }) => `${url} ${size}`).join(', '));
      await end();
    }
    expect(1).toBe(1);
  });
});
