// Insight in a real browser: it says what would fill it, then tells what became of follow-ups and messages as charts that agree with
// the figures of the API, by period and policy, with the table behind each of them and as files.
import { readFileSync } from 'node:fs';
import { csvRecords } from '@relance/core';
import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CHROMIUM } from '../pages/chromium.ts';
import { createDashboardWorld, type DashboardWorld, PHONE, tryAgain } from '../pages/dashboard.ts';
import { furnish, taskEvent } from '../server.ts';

const OTHER = `
policy: visit
title: Visit
open: { on: com.acme.visit.planned }
key: event.data.id
assignee: event.data.who
resolved: none
stages: [{ id: notice, at: opened, notify: { via: [sms] } }]
`;

/** The numbers at the ends of bars, without the share that may stand beside each. */
const countsOf = async (bars: Locator): Promise<readonly number[]> =>
  (await bars.locator('.bar-value').allTextContents()).map((text) => Number(text.split(' ')[0]));

async function saved(page: Page, button: string): Promise<string> {
  const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: button }).click()]);
  return readFileSync(await file.path(), 'utf8');
}

if (CHROMIUM === null)
  process.stderr.write('LEFT OUT: insight of the dashboard in a real browser (apt-get install chromium).\n');
describe.runIf(CHROMIUM !== null)('insight in the dashboard', () => {
  let world: DashboardWorld;
  beforeAll(async () => {
    world = await createDashboardWorld();
    await furnish(world.server);
    await world.server.client.policies.put('visit', OTHER);
  }, 120_000);
  afterAll(() => world?.end());

  it('says what would stand here', { timeout: 60_000 }, async () => {
    const { page, troubles, look, end } = await world.visit();
    await page.goto(`${world.server.url}/insight`);
    await page.getByRole('heading', { name: 'Nothing opened in this period' }).waitFor();
    await look('no figures');
    expect(troubles).toEqual([]);
    await end();
  });

  /** Twelve tasks over six days: some done soon, some late, some never; one that nobody can be told of. */
  async function happen(): Promise<void> {
    const { client, advance } = world.server;
    for (let n = 1; n <= 12; n++) {
      await client.events.send(
        taskEvent('assigned', { id: `t${n}`, title: `Task ${n}`, assignee: 'ana', requester: 'sam' }),
      );
      await advance('5 hours');
      if (n % 3 === 0) await client.followUps.byKey('task', `t${n}`).command('resolve', { actor: 'ana' });
      if (n === 4 || n === 8)
        await client.followUps.byKey('task', `t${n - 3}`).command('acknowledge', { actor: 'ana' });
      await advance('7 hours');
    }
    await client.followUps.byKey('task', 't5').command('cancel');
    const { now } = await client.clock.get();
    const inDays = (days: number) => new Date(Date.parse(now) + days * 86_400_000).toISOString();
    await client.followUps.byKey('task', 't8').command('commit', { actor: 'ana', by: inDays(5) });
    await client.followUps.byKey('task', 't10').command('commit', { actor: 'ana', by: inDays(1) });
    await client.followUps.open({ policy: 'visit', key: 'v1', assignee: 'ana' });
    await advance('4 days');
    await client.followUps.byKey('task', 't8').command('resolve', { actor: 'bo' });
    await advance('2 days');
  }

  it('tells what became of everything, and how surely', { timeout: 240_000 }, async () => {
    await happen();
    const { rows } = await world.server.client.metrics.overview();
    const [all] = rows;
    expect(all).toMatchObject({ followUps: 13, resolved: 5, cancelled: 1 });
    const { page, troubles, look, end } = await world.visit();
    await page.goto(`${world.server.url}/insight`);
    const tiles = page.getByRole('region', { name: 'What became of them' });
    await tiles.getByText('13', { exact: true }).waitFor();
    await tiles.getByText('41.7%').waitFor(); // 5 of 12 that nobody cancelled
    await tiles.getByText(`${all?.escalated} reached an escalation`).waitFor();
    await tiles.getByText('1 kept, 1 missed, 0 ahead').waitFor();
    const curve = page.getByRole('region', { name: 'How long it takes' });
    await curve.getByText(/Of \d+, \d+ had no response of their own/).waitFor();
    await curve.locator('svg.chart').waitFor();
    const funnel = page.getByRole('list', { name: 'Stages of task' }).getByRole('listitem');
    await expect.poll(() => funnel.count()).toBe(4);
    // In the order of the policy, not of the alphabet.
    expect(
      await funnel.evaluateAll((items) =>
        items.map((item) => item.querySelector('.bar-name')?.firstChild?.textContent),
      ),
    ).toEqual(['Opened', 'notice', 'reminder', 'escalate']);
    const hours = page.getByRole('list', { name: 'Interruptions by hours' });
    await hours.getByText('Night').waitFor();
    expect(await countsOf(hours)).toEqual([
      all?.interruptedBusiness,
      all?.interruptedEvening,
      all?.interruptedWeekend,
      all?.interruptedNight,
    ]);
    // A number says what its bar is as long as.
    const { rows: byPolicy } = await world.server.client.metrics.policies();
    const opened = byPolicy.map(({ followUps }) => followUps).toSorted((a, b) => b - a);
    expect(await countsOf(page.getByRole('list', { name: 'Policies', exact: true }))).toEqual(opened);
    // By level: how many got at least so far.
    const levels = page.getByRole('list', { name: 'Levels of escalation' });
    expect((await countsOf(levels)).at(1)).toBe(all?.escalated);
    const whom = page.getByRole('list', { name: 'People by how often they were interrupted' });
    const people = (await world.server.client.metrics.interrupted()).rows;
    expect(people.length).toBeGreaterThan(1);
    await expect.poll(() => whom.getByRole('listitem').count()).toBe(people.length);
    expect(await countsOf(whom)).toEqual(people.map(({ interrupted }) => interrupted));
    await page.getByText('What happens to them later changes their figures.').waitFor();
    await look('insight');
    await page.getByRole('region', { name: 'Who is interrupted most' }).getByText('Table and export').click();
    const table = await saved(page, 'Who is interrupted most: CSV');
    expect([...csvRecords(table)].map(({ cells }) => cells[0])).toEqual([
      'recipient',
      ...people.map(({ recipient }) => recipient),
    ]);
    await whom.getByRole('link', { name: 'Ana', exact: true }).click();
    await page.getByText(/messages? of the follow-ups of the last 30 days interrupted them/).waitFor();
    await page.goBack();
    // The table behind a chart, and the same as files.
    await page.getByRole('region', { name: 'Escalations', exact: true }).getByText('Table and export').click();
    await page.getByRole('table').getByRole('rowheader', { name: 'Level 1' }).waitFor();
    const csv = await saved(page, 'Escalations: CSV');
    const [header, ...lines] = [...csvRecords(csv)].map(({ cells }) => cells);
    expect(header?.slice(0, 2)).toEqual(['level', 'followUps']);
    expect(lines.reduce((sum, cells) => sum + Number(cells[1]), 0)).toBe(13);
    const data = JSON.parse(await saved(page, 'Escalations: JSON'));
    expect(data).toMatchObject({ groupBy: ['level'], rows: [{ level: 0 }, { level: 1 }] });
    expect(troubles).toEqual([]);
    await end();
  });

  it('keeps period, policy and curve in the address', { timeout: 90_000 }, async () => {
    const { page, troubles, end } = await world.visit();
    await page.goto(`${world.server.url}/insight`);
    const tiles = page.getByRole('region', { name: 'What became of them' });
    await page.getByLabel('Policy', { exact: true }).selectOption('visit');
    await tiles.getByText('1 still open, 0 cancelled').waitFor();
    expect(new URL(page.url()).searchParams.get('policy')).toBe('visit');
    // Nobody has a phone: nothing was sent, and nobody responded to it.
    await page.getByText('Nobody was interrupted in this period.', { exact: false }).first().waitFor();
    await page.getByLabel('Policy', { exact: true }).selectOption('task');
    await tiles.getByText('12', { exact: true }).waitFor();
    await page.getByLabel('Which time').selectOption('timeToResolve');
    await page
      .getByText(/are not resolved, or ended otherwise/)
      .first()
      .waitFor();
    expect(new URL(page.url()).searchParams.get('of')).toBe('timeToResolve');
    await page.getByLabel('Period').selectOption('chosen');
    await page.getByLabel('To', { exact: true }).fill('2020-01-31');
    // An address that asks for what cannot be is told so in the server's words.
    const refused = page.getByRole('alert').filter({ hasText: 'after `to`' });
    await refused.first().waitFor();
    await expect.poll(() => refused.count()).toBe(1);
    await page.getByLabel('From', { exact: true }).fill('2020-01-01');
    await page.getByRole('heading', { name: 'Nothing opened in this period' }).waitFor();
    await page.getByRole('button', { name: 'Look at 365 days' }).click();
    await tiles.getByText('12', { exact: true }).waitFor();
    expect(troubles.filter((text) => !text.includes('400'))).toEqual([]);
    await end();
  });

  it('keeps what is drawn when it cannot be read again', { timeout: 90_000 }, async () => {
    const { page, troubles, look, end } = await world.visit();
    await page.goto(`${world.server.url}/insight?days=90`);
    const part = page.getByRole('region', { name: 'Who is interrupted most' });
    const people = part.getByRole('list').getByRole('listitem');
    await people.first().waitFor();
    const drawn = await people.allTextContents();
    await part.getByText('Table and export').click();
    await page.route('**/v1/metrics/interrupted?*', (route) =>
      route.fulfill({ status: 500, contentType: 'application/problem+json', body: '{"detail":"The disk is full."}' }),
    );
    const alert = part.getByRole('alert').filter({ hasText: 'The disk is full.' });
    const comeBack = () => page.evaluate("document.dispatchEvent(new Event('visibilitychange', { bubbles: true }))");
    await expect.poll(() => comeBack().then(() => alert.count())).toBe(1);
    expect(await people.allTextContents()).toEqual(drawn);
    await part.getByRole('table').waitFor();
    await look('figures that could not be read again');
    await tryAgain(page, [alert]);
    expect(troubles.filter((text) => !text.includes('500'))).toEqual([]);
    await end();
  });

  it('fits a phone', { timeout: 90_000 }, async () => {
    const { page, troubles, look, end } = await world.visit({ viewport: PHONE });
    await page.goto(`${world.server.url}/insight?days=90`);
    await page.getByRole('region', { name: 'How long it takes' }).locator('svg.chart').waitFor();
    await page.getByRole('list', { name: 'Stages of task' }).waitFor();
    await page.getByRole('region', { name: 'By policy' }).getByText('Table and export').click();
    await page.getByRole('table').waitFor();
    await look('insight');
    expect(troubles).toEqual([]);
    await end();
  });
});
