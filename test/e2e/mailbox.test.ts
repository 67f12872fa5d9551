// The mailbox and the page behind an action link, in a real browser (Debian's Chromium): a page that is loaded with
// scripts running changes nothing, a button does, and nothing an event says can script the page.
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CHROMIUM, launchChromium } from '../pages/chromium.ts';
import { API_KEY, furnish, startTestServer, type TestServer, taskEvent } from '../server.ts';

if (CHROMIUM === null) process.stderr.write('LEFT OUT: the mailbox in a real browser (apt-get install chromium).\n');

describe.runIf(CHROMIUM !== null)('in a real browser', () => {
  let server: TestServer;
  let browser: Browser;
  beforeAll(async () => {
    server = await startTestServer();
    await furnish(server);
    browser = await launchChromium();
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
    await page.getByRole('button', { name: 'It is done' }).waitFor();
    // The first form of a link stays its own, however often it is opened.
    await page.locator('form').first().getByRole('button', { name: 'I have this' }).click();
    await page.getByText('nothing changed').waitFor();
    expect(await status()).toBe('acknowledged');
    expect((await server.client.followUps.byKey('task', 'page').timeline()).items.length).toBe(before);
    await page.close();
  });

  it('refuses links that are not ours, in words a person understands', async () => {
    const page = await browser.newPage();
    expect((await page.goto(`${server.url}/a/AAAAAAAAAAAAAAAAAAAAAA`))?.status()).toBe(404);
    await page.getByText('This link is not known').waitFor();
    await page.close();
  });

  it('shows names, moments and messages in an order people can follow, and nothing in the console', {
    timeout: 60_000,
  }, async () => {
    const { followUps } = await server.client.events.send(
      taskEvent('assigned', { id: 'read', title: 'Read me', assignee: 'ana', requester: 'sam' }),
    );
    const followUp = followUps[0]?.id ?? '';
    await server.advance('3 days');
    // The resolution falls into the minute of the escalation, and still stands behind it.
    await server.client.followUps.command(followUp, 'resolve');
    await server.advance('1 second');
    const other = await server.client.events.send(
      taskEvent('assigned', { id: 'later', title: 'Much later', assignee: 'ana', requester: 'sam' }),
    );
    await server.client.followUps.command(other.followUps[0]?.id ?? '', 'snooze', { until: '10 days' });

    const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
    const page = await context.newPage();
    const noise: string[] = [];
    page.on('console', (message) => noise.push(message.text()));
    page.on('response', (response) => {
      if (response.status() >= 400 && !response.url().endsWith('/mailbox')) noise.push(response.url());
    });
    await page.goto(`${server.url}/mailbox`);
    await page.getByLabel('API key').fill(API_KEY);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.locator('#list li').first().waitFor();
    noise.length = 0; // signing in was answered 401 first, which browsers tell

    await page.goto(`${server.url}/mailbox/follow-ups`);
    await page.locator('.card', { hasText: 'Much later' }).getByText('Ana ·').waitFor();
    await page.goto(`${server.url}/mailbox/follow-ups/${other.followUps[0]?.id}`);
    await page.getByText(/Snoozed.* until \w{3} \d+ \w{3} (\d{4} )?\d\d:\d\d\./).waitFor();
    await page.goto(`${server.url}/mailbox/follow-ups/${followUp}`);
    const told = await page
      .locator('#list li')
      .evaluateAll((all) =>
        all.map((one) =>
          ['.chip', 'strong', '.subject'].map((part) => one.querySelector(part)?.textContent).join(' | '),
        ),
      );
    const done = told.filter((text) => text.includes('Done: Read me'));
    expect(told).toEqual([
      'email | Ana | Read me',
      'inbox | Ana | Read me',
      'email | Ana | Reminder: Read me',
      'email | Bo | Escalated: Read me',
      'inbox | Bo | Escalated: Read me',
      ...done,
    ]);
    expect(done.length).toBeGreaterThan(0);

    // The filter applies as it is chosen; its button is for browsers without scripts.
    await page.goto(`${server.url}/mailbox`);
    expect(await page.getByRole('button', { name: 'Show' }).isVisible()).toBe(false);
    await page.getByLabel('By').selectOption('inbox');
    await page.waitForURL(/channel=inbox/);
    expect(await page.locator('#list .chip:not(.inbox)').count()).toBe(0);
    await page.getByRole('link', { name: 'Reference' }).click();
    await page.getByRole('heading', { name: 'HTTP reference' }).waitFor();
    expect(noise).toEqual([]);
    await context.close();
  });
});
