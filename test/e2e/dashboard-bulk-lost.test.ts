// A command for many in the dashboard, in a real browser, that does not come to its end: the server is lost, or some refuse. What was not
// done can be gone on with, and what may have been done is said to be that.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CHROMIUM } from '../pages/chromium.ts';
import { createDashboardWorld, type DashboardWorld } from '../pages/dashboard.ts';
import { furnish, taskEvent } from '../server.ts';

if (CHROMIUM === null)
  process.stderr.write('LEFT OUT: a command for many that is lost, in a real browser (apt-get install chromium).\n');
describe.runIf(CHROMIUM !== null)('a command for many that does not come to its end', () => {
  let world: DashboardWorld;
  const open = async (id: string, title: string) =>
    (await world.server.client.events.send(taskEvent('assigned', { id, title, assignee: 'ana', requester: 'sam' })))
      .followUps[0]?.id ?? '';
  beforeAll(async () => {
    world = await createDashboardWorld();
    await furnish(world.server);
  }, 120_000);
  afterAll(() => world?.end());

  it('says that the server is lost, what may have been done, and goes on when it is back', {
    timeout: 120_000,
  }, async () => {
    const { client } = world.server;
    const mine: string[] = [];
    for (let n = 0; n < 10; n++) mine.push(await open(`lamp-${n}`, `Light lamp ${n}`));
    const { page, look, end } = await world.visit();
    const bar = page.getByRole('region', { name: 'What is chosen' });
    await page.goto(`${world.server.url}/follow-ups?q=lamp`);
    await page.getByLabel('Choose Light lamp 5').check();
    await bar.getByRole('button', { name: 'Choose all 10' }).click();
    await bar.getByText('10 chosen').waitFor();
    // One is done, its answer never comes, and from then on nothing answers.
    let isAway = false;
    await page.route('**/v1/follow-ups/*', (route) => (isAway ? route.abort() : route.continue()));
    let first = '';
    await page.route('**/acknowledge', async (route) => {
      if (first !== '') return route.abort();
      isAway = true;
      first = /follow-ups\/([^/]+)\//.exec(route.request().url())?.[1] ?? '';
      await client.followUps.command(first, 'acknowledge', {});
      await route.abort();
    });
    await bar.getByRole('button', { name: 'Acknowledge' }).click();
    const came = bar.getByRole('status').filter({ hasText: /^Acknowledge: 0 done, \d unknown, \d not tried\./ });
    await came.getByText('The server does not answer.', { exact: false }).waitFor({ timeout: 60_000 });
    await came.getByText('may have been done', { exact: false }).waitFor();
    await bar.getByText('10 chosen').waitFor();
    await look('many were acted on until the server was lost');
    await page.unrouteAll();
    await bar.getByRole('button', { name: 'Go on with the rest' }).click();
    await bar.getByText('Acknowledge: 10 done.').waitFor();
    expect(await bar.getByText('chosen', { exact: false }).count()).toBe(0);
    const standings = await Promise.all(mine.map((id) => client.followUps.get(id)));
    expect(standings.map(({ status }) => status)).toEqual(Array(10).fill('acknowledged'));
    await end();
  });

  it('tries again what was refused, and nothing else', { timeout: 120_000 }, async () => {
    const { client } = world.server;
    const mine = [await open('door-1', 'Shut door 1'), await open('door-2', 'Shut door 2')];
    const [, second = ''] = mine;
    const { page, troubles, look, end } = await world.visit();
    const bar = page.getByRole('region', { name: 'What is chosen' });
    await page.goto(`${world.server.url}/follow-ups?q=door`);
    await page.getByLabel('Choose Shut door 1').check();
    await bar.getByRole('button', { name: 'Choose all 2' }).click();
    const asked: string[] = [];
    await page.route('**/acknowledge', async (route) => {
      const url = route.request().url();
      asked.push(url);
      if (!url.includes(second) || asked.filter((one) => one === url).length > 1) return route.continue();
      return route.fulfill({
        status: 500,
        contentType: 'application/problem+json',
        body: '{"detail":"The disk is full."}',
      });
    });
    await bar.getByRole('button', { name: 'Acknowledge' }).click();
    await bar.getByText('Acknowledge: 1 done, 1 refused.').waitFor();
    await bar.getByText('The disk is full.').waitFor();
    await look('one of many refused, and can be tried again');
    await bar.getByRole('button', { name: 'Try the refused again' }).click();
    await bar.getByText('Acknowledge: 2 done.').waitFor();
    expect(asked).toHaveLength(3);
    const standings = await Promise.all(mine.map((id) => client.followUps.get(id)));
    expect(standings.map(({ status }) => status)).toEqual(['acknowledged', 'acknowledged']);
    expect(troubles.filter((text) => !text.includes('500'))).toEqual([]);
    await end();
  });
});
