// The pages of recipients in a real browser, at the width of a phone, light and dark: axe finds nothing serious on any page in any
// state, everything is done without scripts, and the page of everything that waits can be installed and subscribes its device.
import { mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ENGINE } from '../../packages/server/src/store/database.ts';
import { type Campaign, createCampaign, hashOfToken, OPEN, VAPID_PUBLIC } from '../pages/campaign.ts';
import { CHROMIUM, launchChromium } from '../pages/chromium.ts';

const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
/** As a browser has them, of RFC 8291's example. */
const KEYS = { p256dh: VAPID_PUBLIC, auth: 'BTBZMqHH6r4Tts7J_aSIgg' };
const PHONE = { width: 390, height: 844 };
/** Where to leave pictures of the pages for whoever wants to look at them. */
const PICTURES = process.env.RELANCE_TEST_PICTURES ?? null;

interface Finding {
  readonly id: string;
  readonly impact: string | null;
  readonly nodes: readonly { readonly html: string }[];
}

if (CHROMIUM === null) process.stderr.write('LEFT OUT: pages in a real browser (apt-get install chromium).\n');
describe.runIf(CHROMIUM !== null)('pages of recipients in a real browser', () => {
  let campaign: Campaign;
  let browser: Browser;
  let origin: string;
  beforeAll(async () => {
    campaign = await createCampaign(300);
    origin = (await campaign.http.listen()).replace(/\/$/, '');
    browser = await launchChromium();
    if (PICTURES !== null) mkdirSync(PICTURES, { recursive: true });
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
    await campaign?.end();
  });

  /** The first of a kind that is not too old, whose reader reads this language, and has this on its page. */
  const linkOf = async (kind: string, language: 'en' | 'fr' = 'en', has = '', times = 1): Promise<string> => {
    for (const { path } of campaign.links.filter((one) => one.kind === kind)) {
      const { status, text } = await campaign.http.call('GET', path, undefined, OPEN);
      if (status === 200 && text.includes(`<html lang="${language}">`) && text.split(has).length > times)
        return `${origin}${path}`;
    }
    throw new Error(`No link of kind "${kind}" is in ${language}.`);
  };
  const phone = (options: Parameters<Browser['newContext']>[0] = {}): Promise<BrowserContext> =>
    browser.newContext({ viewport: PHONE, isMobile: true, hasTouch: true, ...options });
  const age = (url: string): Promise<unknown> =>
    campaign.http.world.database.transaction(ENGINE, async (tx) => {
      for (const table of ['action_tokens', 'page_tokens'])
        await tx.query(
          `UPDATE relance.${table} SET expires_at = clock_timestamp() - interval '1 day' WHERE hash = $1`,
          [hashOfToken(url)],
        );
    });

  let pictures = 0;
  /** Looked at in both colours, with all that is folded open; nothing is wider than the phone. */
  async function judge(page: Page, what: string): Promise<void> {
    await page.evaluate('for (const one of document.querySelectorAll("details")) one.open = true');
    await page.addScriptTag({ path: AXE });
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      const found = (await page.evaluate('axe.run().then(({ violations }) => violations)')) as readonly Finding[];
      const serious = found.filter(({ impact }) => impact === 'serious' || impact === 'critical');
      expect({ what, colorScheme, serious: serious.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`) }).toEqual({
        what,
        colorScheme,
        serious: [],
      });
      if (PICTURES !== null)
        await page.screenshot({
          path: `${PICTURES}/${++pictures}-${what.replaceAll(/\W+/g, '-')}-${colorScheme}.png`,
          fullPage: true,
        });
    }
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(PHONE.width);
  }

  it('axe finds nothing serious on any page, in any state', { timeout: 180_000 }, async () => {
    // The pages allow no script of anybody else; the examiner has to be let in.
    const context = await phone({ bypassCSP: true });
    const page = await context.newPage();
    const look = async (what: string, url: string): Promise<void> => {
      await page.goto(url);
      await judge(page, what);
    };
    const press = async (what: string, button: string): Promise<void> => {
      await page.evaluate('for (const one of document.querySelectorAll("details")) one.open = true');
      await page.locator(`button:text-is("${button}")`).first().click();
      await judge(page, what);
    };
    await look('an action', await linkOf('a acknowledge'));
    await press('an action done', 'I have this');
    await look('an action in French', await linkOf('a resolve', 'fr'));
    await look('an action with ends of its own', await linkOf('a approve'));
    await page.goto(await linkOf('a snooze'));
    await page.evaluate('for (const one of document.querySelectorAll("[required]")) one.required = false');
    await press('a day that was not chosen', 'I will do it by then');
    await look('unsubscribing', await linkOf('u'));
    await press('unsubscribed', 'Stop these messages');
    await look('what somebody is told', await linkOf('p'));
    await page.locator('input[type=checkbox]:not([disabled])').first().click();
    await press('what somebody is told, changed', 'Save');
    await look('what somebody is told, in French', await linkOf('p', 'fr'));
    await look('everything that waits', await linkOf('me', 'en', '>It is done<'));
    await look('everything that waits, in French', await linkOf('me', 'fr'));
    await page.goto(await linkOf('me', 'en', '>It is done<'));
    await press('everything that waits, and something done', 'It is done');
    await look('where it stands', await linkOf('s'));
    await look('where it stands, in French', await linkOf('s', 'fr'));
    const old = await linkOf('me');
    await age(old);
    await look('an old link', old);
    await page.locator('button').click();
    await judge(page, 'a fresh link sent');
    await look('no link', `${origin}/me/${'A'.repeat(22)}`);
    await context.close();
  });

  it('all is done without scripts', { timeout: 120_000 }, async () => {
    const context = await phone({ javaScriptEnabled: false });
    const page = await context.newPage();
    const link = await linkOf('me', 'en', 'value="acknowledge"', 2); // when one is in hand, another still waits
    await page.goto(link);
    const count = await page.locator('section.card').count();
    await page.locator('section.card').first().locator('button.primary').click();
    await page.locator('[role=status]').first().waitFor();
    expect(page.url()).toBe(link);
    // Beside the thanks it stands among what is in hand, if it is not over.
    expect(await page.locator('section.card').count()).toBeLessThanOrEqual(count + 1);
    // A form that is folded away opens by itself, and takes a day.
    await page.locator('section.card summary').first().click();
    const promise = page.locator('section.card form:has(input[name=do][value=commit])').first();
    await promise.locator('xpath=ancestor::details[@class="act"]/summary').click();
    await promise.locator('input[type=date]').fill('2026-11-06');
    await promise.locator('button').click();
    await page.locator('[role=status] strong').first().waitFor();
    expect(await page.locator('[role=status] strong').first().textContent()).toMatch(
      /We count on it|Nous comptons dessus/,
    );
    await page.locator('[role=status] button').click();
    expect(await page.locator('[role=status] strong').first().textContent()).toMatch(/Taken back|Annulé/);
    // No button that only a script could serve is to be seen.
    expect(await page.locator('button.device:visible').count()).toBe(0);
    await context.close();
  });

  it('the page of everything that waits can be installed, and keeps to its policy', { timeout: 60_000 }, async () => {
    const context = await phone();
    const page = await context.newPage();
    const refused: string[] = [];
    page.on('console', (message) => {
      if (message.type() === 'error') refused.push(message.text());
    });
    const link = await linkOf('me');
    await page.goto(link);
    const protocol = await context.newCDPSession(page);
    const manifest = await protocol.send('Page.getAppManifest');
    expect(manifest.errors).toEqual([]);
    expect(manifest.url).toBe(`${link}/app.webmanifest`);
    const { installabilityErrors } = await protocol.send('Page.getInstallabilityErrors');
    // Which is what each context of a test is.
    expect(installabilityErrors.filter(({ errorId }) => errorId !== 'in-incognito')).toEqual([]);
    expect(refused).toEqual([]);
    await context.close();
  });

  it('the device it is opened on is told from then on, once, whoever presses', { timeout: 60_000 }, async () => {
    const context = await phone({ permissions: ['notifications'] });
    // No push service can be reached here: what the browser would be given by one.
    await context.addInitScript(`
      Object.defineProperty(Notification, 'requestPermission', { value: async () => 'granted' });
      PushManager.prototype.subscribe = async ({ applicationServerKey }) => ({
        key: applicationServerKey.length,
        toJSON: () => ({ endpoint: 'https://push.example.test/send/1', expirationTime: null, keys: ${JSON.stringify(KEYS)} }),
      });
    `);
    const page = await context.newPage();
    await page.goto(await linkOf('me'));
    expect(await page.locator('button.device').getAttribute('data-key')).toBe(VAPID_PUBLIC);
    for (let press = 0; press < 2; press++) {
      await page.goto(await linkOf('me'));
      await page.locator('button.device').click();
      await page.locator('[role=status]:text("This device is told from now on.")').waitFor();
    }
    const rows = await campaign.http.world.database.transaction(ENGINE, (tx) =>
      tx.query('SELECT recipient, kind FROM relance.devices'),
    );
    expect(rows).toEqual([{ recipient: expect.stringMatching(/^p\d+$/), kind: 'web' }]);
    await context.close();
  });
});
