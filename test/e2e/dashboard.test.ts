// The dashboard in a real browser: signing in and out, the frame around every page, and what it may load. Its pages have stories of
// their own (dashboard-*.test.ts).
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CHROMIUM } from '../pages/chromium.ts';
import { createDashboardWorld, type DashboardWorld, PHONE } from '../pages/dashboard.ts';
import { API_KEY } from '../server.ts';

if (CHROMIUM === null) process.stderr.write('LEFT OUT: the dashboard in a real browser (apt-get install chromium).\n');
describe.runIf(CHROMIUM !== null)('the dashboard', () => {
  let world: DashboardWorld;
  beforeAll(async () => {
    world = await createDashboardWorld();
  }, 120_000);
  afterAll(() => world?.end());

  it('asks who is there, leads back to where one wanted to go, and forgets on signing out', {
    timeout: 90_000,
  }, async () => {
    const { page, troubles, look, end } = await world.visit({ signedIn: false });
    await page.goto(`${world.server.url}/follow-ups?q=invoice`);
    await page.waitForURL(/\/sign-in\?/);
    await look('signing in');
    await page.getByLabel('API key').fill('not-a-key');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('alert').filter({ hasText: 'That key is not valid' }).waitFor();
    await look('a wrong key');
    await page.getByLabel('API key').fill(API_KEY);
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/follow-ups\?q=invoice$/);
    await page.getByRole('heading', { name: 'Follow-ups' }).waitFor();
    // The key is nowhere a script of this page could read it, nor is the session.
    const kept = await page.evaluate(
      'JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie, history.state])',
    );
    expect(kept).not.toContain(API_KEY);
    expect(await page.evaluate('document.cookie')).toBe('');
    const asked = page.waitForResponse((response) => response.request().method() === 'DELETE');
    await page.getByRole('button', { name: 'Sign out' }).click();
    expect((await asked).status()).toBe(204);
    await page.waitForURL(/\/sign-in$/);
    await page.goto(world.server.url);
    await page.waitForURL(/\/sign-in/);
    expect(troubles.filter((text) => !text.includes('401'))).toEqual([]);
    await end();
  });

  it('signs in again where one is when a session ends, and nothing that was written is lost', {
    timeout: 120_000,
  }, async () => {
    const { page, troubles, look, end } = await world.visit();
    const { url, client } = world.server;
    await page.goto(`${url}/templates/letter`);
    await page.getByLabel('Channel').selectOption('sms');
    await page.getByLabel('Text', { exact: true }).fill('Please pay');
    await page.getByRole('region', { name: 'Preview' }).getByText('Please pay').waitFor(); // nothing else is being asked
    await page.context().request.delete(`${url}/session`, { headers: { origin: url } });
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    const again = page.getByRole('dialog', { name: 'Your session has ended' });
    await again.waitFor();
    await look('a session that has ended');
    await again.getByLabel('API key').fill('not-a-key');
    await again.getByRole('button', { name: 'Sign in' }).click();
    await again.getByRole('alert').filter({ hasText: 'That key is not valid' }).waitFor();
    await expect(client.templates.get('letter')).rejects.toMatchObject({ status: 404 });
    await again.getByLabel('API key').fill(API_KEY);
    await page.keyboard.press('Enter');
    // What was being sent is sent now.
    await page.getByRole('status').filter({ hasText: 'Saved.' }).waitFor();
    await again.waitFor({ state: 'detached' });
    expect(await client.templates.get('letter')).toMatchObject({ version: 1, sms: { text: 'Please pay' } });
    // Somebody else changes it, and what one writes now is not saved over that without a word.
    await client.templates.put('letter', { sms: { text: 'Pay now' } });
    await page.getByLabel('Text', { exact: true }).fill('Please pay then');
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    const overtaken = page.getByRole('alert').filter({ hasText: 'somebody else has changed it' });
    await overtaken.filter({ hasText: 'what you wrote is still here' }).waitFor();
    expect(await overtaken.textContent()).not.toContain('send it with the version'); // which is for programs
    await look('overtaken by somebody else');
    await overtaken.getByRole('button', { name: 'See version 2 beside mine' }).click();
    const beside = page.getByRole('textbox', { name: 'Yours, compared with version 2' });
    await beside.getByText('Pay now').waitFor();
    await look('what somebody else made of it beside mine');
    // What is written further is compared as well.
    await page.getByLabel('Text', { exact: true }).fill('Please pay soon');
    await beside.getByText('Please pay soon').waitFor();
    expect(await client.templates.get('letter')).toMatchObject({ version: 2, sms: { text: 'Pay now' } });
    await page.getByRole('button', { name: 'Save over version 2' }).click();
    await page.getByRole('status').filter({ hasText: 'Saved.' }).waitFor();
    expect(await client.templates.get('letter')).toMatchObject({ version: 3, sms: { text: 'Please pay soon' } });
    // Whoever does not want to sign in leaves.
    await page.context().request.delete(`${url}/session`, { headers: { origin: url } });
    // The page may have seen by itself that the session is over: then there is nothing to press any more.
    const people = page.getByRole('link', { name: 'People' });
    await expect
      .poll(async () => {
        await people.click({ timeout: 1_000 }).catch(() => null);
        return again.isVisible();
      })
      .toBe(true);
    await again.getByRole('button', { name: 'Leave' }).click();
    await page.waitForURL(/\/sign-in\?/);
    expect(troubles.filter((text) => !/401|404|412/.test(text))).toEqual([]);
    await end();
  });

  it('is left in every window where one signs out in one', { timeout: 60_000 }, async () => {
    const { page, end } = await world.visit();
    const other = await page.context().newPage();
    for (const one of [page, other]) await one.goto(`${world.server.url}/people`);
    await other.getByRole('heading', { name: 'People' }).waitFor();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.waitForURL(/\/sign-in/);
    await other.waitForURL(/\/sign-in/);
    await end();
  });

  it('goes nowhere else after signing in, whatever an address says', { timeout: 60_000 }, async () => {
    for (const to of ['https://evil.example/', '//evil.example/', '/\\evil.example']) {
      const { page, end } = await world.visit({ signedIn: false });
      await page.goto(`${world.server.url}/sign-in?to=${encodeURIComponent(to)}`);
      await page.getByLabel('API key').fill(API_KEY);
      await page.keyboard.press('Enter');
      await page.getByRole('heading', { name: 'Overview' }).waitFor();
      expect(new URL(page.url()).origin).toBe(new URL(world.server.url).origin);
      await end();
    }
  });

  it('says that there is nothing at an address, and that a page failed', { timeout: 90_000 }, async () => {
    for (const viewport of [undefined, PHONE]) {
      const { page, look, end } = await world.visit(viewport === undefined ? {} : { viewport });
      await page.goto(world.server.url);
      await page.getByRole('heading', { name: 'Overview' }).waitFor();
      await page.evaluate(`history.pushState({}, '', '/nothing-here')`);
      await page.getByRole('heading', { name: 'There is nothing here' }).waitFor();
      await look('an address of nothing');
      await page.getByRole('link', { name: 'To the overview' }).click();
      await page.getByRole('heading', { name: 'Overview' }).waitFor();
      // An answer that no page understands.
      await page.route('**/v1/groups?*', (route) =>
        route.fulfill({ json: { items: [{ id: 'g' }], nextCursor: null } }),
      );
      await page.goto(`${world.server.url}/groups`);
      await page.getByRole('heading', { name: 'This page failed' }).waitFor();
      await look('a page that failed');
      await page.unrouteAll();
      await end();
    }
  });

  it('says where the server does not answer: of what is shown, of a page that cannot be loaded, and of what is saved', {
    timeout: 120_000,
  }, async () => {
    const { url } = world.server;
    for (const viewport of [undefined, PHONE]) {
      const { page, look, end } = await world.visit(viewport === undefined ? {} : { viewport });
      await page.goto(`${url}/templates/letter-${viewport === undefined ? 'desk' : 'phone'}`);
      await page.getByLabel('Channel').selectOption('sms');
      await page.getByLabel('Text', { exact: true }).fill('Please pay');
      // As of a server that has gone: no file, no answer, no stream.
      await page.route('**', (route) => route.abort());
      await page.evaluate(`document.dispatchEvent(new Event('visibilitychange'))`);
      const away = page.getByRole('status').filter({ hasText: 'Not connected. Trying again…' });
      await away.waitFor();
      await page.getByRole('button', { name: 'Save', exact: true }).click();
      const refused = page.getByRole('alert').filter({ hasText: 'The server does not answer.' });
      await refused.filter({ hasText: 'nothing was saved, and what you wrote is still here' }).waitFor();
      expect((await refused.allTextContents()).join()).not.toContain('relance serve');
      await look('a server that does not answer');
      await page.getByLabel('Text', { exact: true }).fill('');
      if (viewport !== undefined) await page.getByRole('button', { name: 'Sections' }).click();
      await page.getByRole('link', { name: 'Insight' }).click();
      await page.getByRole('heading', { name: 'The server cannot be reached', level: 1 }).waitFor();
      expect(await page.locator('main').count()).toBe(1);
      await page.getByRole('button', { name: 'Try again' }).click();
      await page.getByText('It still does not answer.').waitFor();
      await look('a page that cannot be loaded');
      await page.unrouteAll(); // it loads by itself
      await page.getByRole('heading', { name: 'Insight', level: 1 }).waitFor();
      await away.waitFor({ state: 'detached' });
      await end();
    }
  });

  it('keeps to its own scripts and styles, in light and dark, at a desk and on a phone', {
    timeout: 90_000,
  }, async () => {
    for (const viewport of [undefined, PHONE]) {
      const { page, troubles, look, end } = await world.visit(viewport === undefined ? {} : { viewport });
      const answer = await page.goto(world.server.url);
      const policy = (await answer?.allHeaders())?.['content-security-policy'] ?? '';
      expect(policy).toContain("default-src 'none'; script-src 'self'; style-src 'self' 'nonce-");
      expect(policy).not.toContain('unsafe');
      await page.getByRole('heading', { name: 'Overview' }).waitFor();
      if (viewport !== undefined) await page.getByRole('button', { name: 'Sections' }).click();
      await page.waitForLoadState('networkidle'); // what it reads changes what is on it
      await look('the frame');
      await page.getByRole('link', { name: 'Follow-ups', exact: true }).click();
      await page.getByRole('heading', { name: 'Follow-ups' }).waitFor();
      expect(troubles).toEqual([]);
      await end();
    }
  });

  it('remembers which colours somebody chose', { timeout: 60_000 }, async () => {
    const { page, end } = await world.visit();
    await page.emulateMedia({ colorScheme: 'light' });
    await page.goto(world.server.url);
    await page.getByRole('button', { name: 'Dark colours' }).click();
    await page.reload();
    await page.getByRole('button', { name: 'Light colours' }).waitFor();
    expect(await page.evaluate('document.documentElement.dataset.mantineColorScheme')).toBe('dark');
    await end();
  });

  it('says so where there is nothing', { timeout: 60_000 }, async () => {
    const answer = await world.server.raw('/no-such-page');
    expect(answer.status).toBe(404);
    expect((await world.server.raw('/assets/no-such-file.js')).status).toBe(404);
  });

  it('lets browsers keep its files for ever, compressed as they ask', async () => {
    const page = await (await world.server.raw('/')).text();
    const [script = ''] = /\/assets\/index-[\w-]+\.js/.exec(page) ?? [];
    const plain = await fetch(world.server.url + script, { headers: { 'accept-encoding': 'identity' } });
    expect(plain.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    expect(plain.headers.get('content-encoding')).toBeNull();
    const text = await plain.text();
    for (const [encoding, open] of [
      ['br', brotliDecompressSync],
      ['gzip', gunzipSync],
    ] as const) {
      const response = await world.server.relance.http.inject({
        method: 'GET',
        url: script,
        headers: { 'accept-encoding': encoding },
      });
      expect(response.headers).toMatchObject({ 'content-encoding': encoding, vary: 'accept-encoding' });
      expect(open(response.rawPayload).toString()).toBe(text);
      expect(response.rawPayload.length).toBeLessThan(text.length / 2);
    }
  });
});
