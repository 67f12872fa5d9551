// How the elements look in the states that no server shows at will, examined in a real browser: loading, away, refused, urgent, more than
// there is room for; and that a page's own colours and themes are those which it gets.
import type { Locator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { CHROMIUM } from '../pages/chromium.ts';
import { createElements, type Elements, PATIENCE } from '../pages/inbox-elements.ts';
import { judge } from '../pages/judge.ts';

const PAGE = `<meta name="viewport" content="width=device-width"><main>
  <h1>Acme</h1>
  <relance-inbox></relance-inbox><relance-banner></relance-banner>
  <relance-toasts></relance-toasts><relance-modal></relance-modal>
</main>`;
const UNREACHABLE = { code: 'unreachable', detail: 'no answer', next: 'Try again later.' };
const REFUSED = { code: 'refused', detail: 'The policy allows one snooze.', next: 'Do it.' };
const ACTIONS = ['I have this', 'It is done', 'Remind me later'].map((label, n) => ({ name: `a${n}`, label }));
const BODY = 'Somebody must let the mechanics in.';

if (CHROMIUM === null)
  process.stderr.write('LEFT OUT: states and colours of the inbox in a real browser (apt-get install chromium).\n');
describe.runIf(CHROMIUM !== null)('an element of the inbox', () => {
  let elements: Elements;
  beforeAll(async () => {
    elements = await createElements();
  }, 120_000);
  afterEach(() => elements.close());
  afterAll(() => elements?.end());

  const call = (page: Page, name: 'show' | 'come', ...given: readonly unknown[]) =>
    page.evaluate(`${name}(...${JSON.stringify(given)})`);
  const bell = (page: Page): Locator => page.getByRole('button', { name: /^Notifications/ });
  const part = (page: Page, name: string): Locator => page.locator(`[part~=${name}]`).first();

  describe('is found right by axe', () => {
    it('while it loads, and while there is no connection', { timeout: 120_000 }, async () => {
      const page = await elements.openWithStore(PAGE);
      await call(page, 'show', { status: 'loading' });
      await bell(page).click();
      await page.getByText('Loading…').waitFor();
      await judge(page, 'loading');
      await call(page, 'show', { status: 'away', trouble: UNREACHABLE });
      await page.getByText('Not connected.').waitFor();
      await page.getByText('There is no connection.').waitFor();
      await judge(page, 'away with nothing');
      const urgent = { title: 'The lift is out of order', body: BODY, actions: ACTIONS, urgency: 'urgent' };
      await call(page, 'come', { title: 'Order paper', readAt: '2026-11-26T08:00:00Z' }, urgent);
      await call(page, 'show', { counts: { unread: 1, total: 2, urgent: 1 }, more: true });
      await page.getByText('Urgent').waitFor();
      expect(await page.locator('.badge.hot').count()).toBe(1);
      await page.getByRole('button', { name: 'Show older ones' }).click();
      await expect.poll(() => page.evaluate('asked.length')).toBe(1);
      await page.evaluate('asked[0].resolve(false)');
      await page.getByText('This did not work.').waitFor();
      await judge(page, 'away with something urgent');
    });

    it('where something raised is refused, and where there are more than it shows', { timeout: 120_000 }, async () => {
      const page = await elements.openWithStore(PAGE);
      const titles = ['The garage is closed', 'The heating is off', 'The lift is out of order', 'The water is off'];
      const banners = titles.map((title) => ({ as: 'banner', title, body: BODY, actions: ACTIONS }));
      await call(page, 'come', ...banners, { as: 'banner', title: 'Fire drill', urgency: 'urgent', trouble: REFUSED });
      await call(page, 'come', { as: 'toast', title: 'Bo has read your proposal', actions: ACTIONS, trouble: REFUSED });
      await expect.poll(() => page.locator('relance-banner article').count(), PATIENCE).toBe(3);
      await page.getByText('2 more among your notifications').waitFor();
      await expect.poll(() => page.getByText('This is not possible here.').count()).toBe(2);
      await judge(page, 'trouble in a banner and a toast');
    });

    it('where the preferences did not come, and where one was not saved', { timeout: 120_000 }, async () => {
      const page = await elements.openWithStore(PAGE);
      await page.evaluate(`store.preferences = async () => { throw new Error('no') }`);
      await bell(page).click();
      await page.getByRole('button', { name: 'What we send you' }).click();
      await page.getByText('This did not work.').waitFor();
      await judge(page, 'no preferences');
      const tasks = { id: 'tasks', title: 'Tasks', essential: false, why: null, subscribed: true, frequency: 'each' };
      const known = { categories: [{ ...tasks, channels: { email: true } }], pausedUntil: null, quietHours: null };
      await page.evaluate(`store.preferences = async () => (${JSON.stringify({ ...known, timeZone: 'Asia/Tokyo' })})`);
      await page.clock.runFor(60_000);
      await page.getByRole('checkbox', { name: 'Tasks' }).uncheck();
      await page.evaluate(`asked[0].reject(new Error('no'))`);
      await page.getByText('This did not work.').waitFor();
      await judge(page, 'preferences that were not saved');
    });
  });

  describe('has the colours', () => {
    const looks = (one: Locator, property: string) =>
      one.evaluate((element, name) => getComputedStyle(element).getPropertyValue(name), property);
    async function opened(attributes = '', head = ''): Promise<Page> {
      const page = await elements.openWithStore(`${head}<relance-inbox open ${attributes}></relance-inbox>`);
      const did = { action: 'a0', label: 'I have this' };
      await call(page, 'come', { title: 'Sign the lease', body: BODY, urgency: 'urgent', did });
      await call(page, 'show', { counts: { unread: 1, total: 1, urgent: 0 } });
      await part(page, 'badge').waitFor();
      return page;
    }

    it('that the page gives it', async () => {
      const shown = {
        accent: ['badge', 'background-color'],
        'on-accent': ['badge', 'color'],
        ink: ['panel', 'color'],
        soft: ['body', 'color'],
        paper: ['panel', 'background-color'],
        line: ['header', 'border-bottom-color'],
        good: ['did', 'color'],
        warn: ['urgent', 'color'],
      } as const;
      const own = Object.keys(shown).map((name, n) => [name, `rgb(${n + 1}, 20, 30)`] as const);
      const css = own.map(([name, colour]) => `--relance-${name}: ${colour};`).join('');
      const page = await opened('', `<style>relance-inbox { ${css} }</style>`);
      for (const [name, colour] of own) {
        const [where, property] = shown[name as keyof typeof shown];
        expect([name, await looks(part(page, where), property)]).toEqual([name, colour]);
      }
      await page.evaluate(`document.querySelector('style').textContent = ''`);
      for (const [name, colour] of own) {
        const [where, property] = shown[name as keyof typeof shown];
        expect([name, await looks(part(page, where), property)]).not.toEqual([name, colour]);
      }
    });

    it('of the theme that it is given, and otherwise of the page', async () => {
      const LIGHT = 'rgb(255, 255, 255)';
      const DARK = 'rgb(26, 32, 48)';
      for (const [attributes, inLight, inDark] of [
        ['', LIGHT, DARK],
        ['theme="light"', LIGHT, LIGHT],
        ['theme="dark"', DARK, DARK],
      ] as const) {
        const page = await opened(attributes);
        for (const [colorScheme, paper] of [['light', inLight] as const, ['dark', inDark] as const]) {
          await page.emulateMedia({ colorScheme });
          expect([attributes, await looks(part(page, 'panel'), 'background-color')]).toEqual([attributes, paper]);
        }
        await page.close();
      }
    });
  });
});
