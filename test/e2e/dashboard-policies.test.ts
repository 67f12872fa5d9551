// Policies in the dashboard, in a real browser: from none to one that is taken ready-made, drawn, changed with its mistakes marked in
// their place, played beside the editor before anybody is told, published, and compared with what it was.
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CHROMIUM } from '../pages/chromium.ts';
import { createDashboardWorld, type DashboardWorld, PHONE } from '../pages/dashboard.ts';
import { taskEvent } from '../server.ts';

const WAIT_MS = 30_000;

if (CHROMIUM === null)
  process.stderr.write('LEFT OUT: policies of the dashboard in a real browser (apt-get install chromium).\n');
describe.runIf(CHROMIUM !== null)('policies in the dashboard', () => {
  let world: DashboardWorld;
  beforeAll(async () => {
    world = await createDashboardWorld();
  }, 120_000);
  afterAll(() => world?.end());

  const editorOf = (page: Page) => page.getByRole('textbox', { name: 'The policy in YAML' });
  /** Behind a text in the editor. */
  async function putCursorBehind(page: Page, text: string): Promise<void> {
    await page.locator('.cm-line', { hasText: text }).first().click();
    await page.keyboard.press('End');
  }
  const figure = (page: Page, name: string) =>
    page.getByRole('region', { name: 'What came of it' }).locator('.figure', { hasText: name }).locator('.figure-number');
  const played = (page: Page) =>
    page.getByRole('region', { name: 'One of them' }).getByRole('listitem').first().waitFor({ timeout: WAIT_MS });

  it('begins with none, and takes one that comes with Relance', { timeout: 240_000 }, async () => {
    const { page, troubles, look, end } = await world.visit();
    page.setDefaultTimeout(WAIT_MS);
    await page.goto(world.server.url);
    await page.getByRole('link', { name: 'Policies' }).click();
    await page.getByRole('heading', { name: 'No policy is published' }).waitFor();
    await look('no policies');
    await page.getByRole('link', { name: 'New policy' }).click();
    await page.getByRole('heading', { name: 'Invoice payment' }).waitFor();
    await look('ready policies');
    await page.getByRole('link', { name: 'Take Invoice payment' }).click();
    await editorOf(page).getByText('policy: invoice-payment').waitFor();
    // The server does not have what it names, and the line that names it says so.
    await page.getByText('There is no group "billing"').first().waitFor();
    await page.locator('.cm-lintRange-error').first().waitFor();
    await played(page);
    await look('a ready policy, with what it names missing');
    await page.getByRole('button', { name: 'Publish' }).click();
    await page.getByRole('alert').filter({ hasText: 'There is no' }).waitFor();
    await page.getByRole('button', { name: 'Take the example people' }).click();
    await page.getByText('Everything that it names is there.').waitFor();
    await page.getByText('Checked: it can be published.').waitFor();
    await page.getByRole('button', { name: 'Publish' }).click();
    await page.waitForURL(/\/policies\/invoice-payment$/);
    const stored = await world.server.client.policies.get('invoice-payment');
    expect(stored).toMatchObject({ version: 1, policy: { policy: 'invoice-payment' } });
    expect(stored.text).toContain('# An invoice is followed up until it is paid');
    await page.getByRole('list', { name: 'Stages' }).waitFor();
    await look('a policy as a picture');
    expect(troubles.filter((text) => !text.includes('422'))).toEqual([]);
    await end();
  });
});
