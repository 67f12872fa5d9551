// The mailbox and the page behind an action link, in a real browser (Debian's Chromium): a page that is loaded with
// scripts running changes nothing, a button does, and nothing an event says can script the page.
import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { API_KEY, furnish, startTestServer, type TestServer, taskEvent } from '../server.ts';

const PROGRAM = process.env.RELANCE_CHROMIUM ?? '/usr/bin/chromium';
const installed = existsSync(PROGRAM);
if (!installed && process.env.CI === 'true')
  throw new Error('Chromium is not installed; .ci/run installs it so that nothing is left out.');
if (!installed) process.stderr.write('LEFT OUT: the mailbox in a real browser (apt-get install chromium).\n');

describe.runIf(installed)('in a real browser', () => {
  let server: TestServer;
  let browser: Browser;
  beforeAll(async () => {
    server = await startTestServer();
    await furnish(server);
    browser = await chromium.launch({
      executablePath: PROGRAM,
      args: ['--no-sandbox', '--disable-quic', '--disable-background-networking', '--no-first-run'],
    });
    await server.client.events.send(
      taskEvent('assigned', {
        id: 'page',
        title: '<img src=x onerror="document.title=1">Pay {{7*7}}',
        assignee: 'ana',
        requester: 'sam',
      }),
    );
    await server.advance('1 minute');
  });
  afterAll(async () => {
    await browser.close();
    await server.end();
  });
  const status = async () => (await server.client.followUps.byKey('task', 'page').get()).status;

  it('asks for a key, shows every message, and the mail in a sandbox', { timeout: 60_000 }, async () => {
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
    const troubles: string[] = [];
    page.on('pageerror', (error) => troubles.push(error.message));
    await page.goto(`${server.url}/mailbox`);
    await page.getByLabel('API key').fill('wrong');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('alert').waitFor();
    await page.getByLabel('API key').fill(API_KEY);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.locator('#list li').first().waitFor();
    expect(await page.locator('#list li').count()).toBe(2);
    await page.locator('#list a', { hasText: 'email' }).first().click();
    const mail = page.frameLocator('iframe');
    await mail.getByRole('paragraph').filter({ hasText: 'This needs your attention.' }).waitFor();
    expect(await mail.locator('h1').textContent()).toBe('<img src=x onerror="document.title=1">Pay {{7*7}}');
    expect(await page.title()).toContain('Relance');
    expect(troubles).toEqual([]);
    await page.getByRole('link', { name: 'Follow-ups' }).click();
    await page.locator('.card').first().click();
    await page.getByText('Opened because').waitFor();
    expect(await status()).toBe('open'); // looking changed nothing
    await page.close();
  });

  it('changes nothing when the link is opened, and acts once when the button is pressed', {
    timeout: 60_000,
  }, async () => {
    const message = (await server.client.messages.list({ channel: 'email' })).items[0];
    const content = message?.content as { actions?: { name: string; url: string }[] } | null;
    const link = new URL(content?.actions?.find((action) => action.name === 'acknowledge')?.url ?? '').pathname;
    const page = await browser.newPage({ viewport: { width: 390, height: 844 } });
    for (let look = 0; look < 5; look++) await page.goto(server.url + link, { waitUntil: 'networkidle' });
    expect(await status()).toBe('open');
    const button = page.getByRole('button', { name: 'I have this' });
    const box = await button.boundingBox();
    expect(box?.height).toBeGreaterThanOrEqual(44); // a thumb (WCAG 2.2, 2.5.5)
    await button.click();
    await page.getByText('It is yours').waitFor();
    expect(await status()).toBe('acknowledged');
    const before = (await server.client.followUps.byKey('task', 'page').timeline()).items.length;
    await page.goto(server.url + link);
    await page.getByRole('button', { name: 'I have this' }).click();
    await page.getByText('nothing changed').waitFor();
    expect((await server.client.followUps.byKey('task', 'page').timeline()).items.length).toBe(before);
    await page.close();
  });

  it('refuses links that are not ours, in words a person understands', async () => {
    const page = await browser.newPage();
    expect((await page.goto(`${server.url}/a/AAAAAAAAAAAAAAAAAAAAAA`))?.status()).toBe(404);
    await page.getByText('This link is not known').waitFor();
    await page.close();
  });
});
