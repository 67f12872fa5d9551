// The dashboard in a real browser that has no network, or whose line is dead, or whose server is away: it says so, nothing is done later
// that nobody waits for any more, and nothing that was written is lost.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CHROMIUM } from '../pages/chromium.ts';
import { createDashboardWorld, type DashboardWorld } from '../pages/dashboard.ts';
import { furnish, taskEvent } from '../server.ts';

const UNREACHABLE = 'The server does not answer.';

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
});
