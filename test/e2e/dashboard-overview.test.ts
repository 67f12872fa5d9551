// The overview in a real browser: from an empty server it leads to the first follow-up, and from then on it says what needs somebody,
// each number leading to what it counts.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CHROMIUM } from '../pages/chromium.ts';
import { createDashboardWorld, type DashboardWorld, PHONE } from '../pages/dashboard.ts';
import { furnish, taskEvent } from '../server.ts';

if (CHROMIUM === null)
  process.stderr.write('LEFT OUT: the overview of the dashboard in a real browser (apt-get install chromium).\n');
describe.runIf(CHROMIUM !== null)('the overview of the dashboard', () => {
  let world: DashboardWorld;
  beforeAll(async () => {
    world = await createDashboardWorld();
  }, 120_000);
  afterAll(() => world?.end());

  it('leads from nothing to the first follow-up', { timeout: 120_000 }, async () => {
    const { page, troubles, look, end } = await world.visit();
    await page.goto(world.server.url);
    await page.getByRole('heading', { name: 'Your first follow-up' }).waitFor();
    await look('first steps');
    await page.getByLabel('Id').fill('ana');
    await page.getByLabel('Name').fill('Ana Ruiz');
    await page.getByLabel('Email').fill('ana@example.test');
    await page.getByRole('button', { name: 'Add' }).click();
    await page.getByLabel('Email').waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Publish this one' }).click();
    await page.getByLabel('What Ana Ruiz should do').fill('Water the plants');
    await page.getByRole('button', { name: 'Open it' }).click();
    await page.getByRole('heading', { name: 'Water the plants', level: 1 }).waitFor();
    await page.getByText('Ana Ruiz is asked to act.').waitFor();
    const [opened] = (await world.server.client.followUps.list()).items;
    expect(opened).toMatchObject({ policy: { id: 'first-steps' }, assignee: 'ana', status: 'open' });
    await page.getByRole('link', { name: 'Overview' }).click();
    await page.getByRole('link', { name: /^1\s*Open$/ }).waitFor();
    expect(await page.getByRole('heading', { name: 'Your first follow-up' }).count()).toBe(0);
    expect(troubles).toEqual([]);
    await end();
  });

  it('says what needs somebody, and leads there', { timeout: 120_000 }, async () => {
    await furnish(world.server);
    await world.server.client.events.send(
      taskEvent('assigned', {
        id: 'late',
        title: 'Answer the auditor',
        assignee: 'ana',
        dueDate: '2026-11-01T09:00:00Z',
      }),
    );
    await world.server.advance('20 days');
    for (const viewport of [undefined, PHONE]) {
      const { page, troubles, look, end } = await world.visit(viewport === undefined ? {} : { viewport });
      await page.goto(world.server.url);
      await page.getByRole('link', { name: /^2\s*Need attention$/ }).waitFor();
      await page.getByRole('link', { name: 'Answer the auditor' }).first().waitFor();
      const trends = page.getByRole('region', { name: 'The last 30 days' });
      await trends.getByRole('link', { name: /Conversion/ }).waitFor();
      await look('what needs attention');
      await page.getByRole('link', { name: /^1\s*Overdue$/ }).click();
      const rows = page.getByRole('list', { name: 'Follow-ups' }).getByRole('listitem');
      await expect.poll(() => rows.count()).toBe(1);
      expect(await rows.first().textContent()).toContain('Answer the auditor');
      expect(troubles).toEqual([]);
      await end();
    }
  });
});
