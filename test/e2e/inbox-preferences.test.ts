// What a reader chooses in the elements of the inbox, in a real browser: refused choices are taken back, quiet hours are saved when both
// ends are left, and nobody is shown somebody else's.
import type { BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { CHROMIUM } from '../pages/chromium.ts';
import { createElements, type Elements, HOME, PATIENCE } from '../pages/inbox-elements.ts';

const PREFERENCES = {
  categories: ['tasks', 'news'].map((id) => ({
    ...{ id, title: id, essential: false, why: null, subscribed: true, frequency: 'each' },
    channels: { email: true, sms: true },
  })),
  pausedUntil: '2026-12-01T09:00:00.000Z',
  quietHours: null,
};

if (CHROMIUM === null)
  process.stderr.write('LEFT OUT: preferences of the inbox in a real browser (apt-get install chromium).\n');
describe.runIf(CHROMIUM !== null)('the preferences of the inbox', () => {
  let elements: Elements;
  beforeAll(async () => {
    elements = await createElements();
  }, 120_000);
  afterEach(() => elements.close());
  afterAll(() => elements?.end());

  describe('of preferences', () => {
    async function choosing(reader: BrowserContextOptions = {}): Promise<Page> {
      const page = await elements.openWithStore('<main></main>', reader);
      await page.evaluate(`
        window.preferences = ${JSON.stringify(PREFERENCES)};
        document.querySelector('main').append(Object.assign(document.createElement('relance-preferences'), { store }));
      `);
      await page.getByRole('checkbox', { name: 'news' }).waitFor();
      return page;
    }
    const boxes = async (page: Page) => [
      await page.getByRole('checkbox', { name: 'tasks' }).isChecked(),
      await page.getByRole('checkbox', { name: 'news' }).isChecked(),
    ];
    const refuse = (page: Page, n: number) => page.evaluate(`asked[${n}].reject(new Error('no'))`);
    const said = (page: Page) => page.locator('relance-preferences .result').textContent();
    const wishes = (page: Page) => expect.poll(() => page.evaluate('asked.length'), PATIENCE);

    it('takes back every choice that was refused, and no other', async () => {
      const page = await choosing();
      await page.getByRole('checkbox', { name: 'tasks' }).uncheck();
      await page.getByRole('checkbox', { name: 'news' }).uncheck();
      expect(await boxes(page)).toEqual([false, false]);
      await refuse(page, 0);
      await wishes(page).toBe(2);
      expect(await boxes(page)).toEqual([false, false]); // the second is still asked for
      await refuse(page, 1);
      await expect.poll(() => boxes(page), PATIENCE).toEqual([true, true]);
      expect(await said(page)).toBe('This did not work. Please try again.');

      await page.getByRole('checkbox', { name: 'tasks' }).uncheck();
      await page.getByRole('checkbox', { name: 'news' }).uncheck();
      await refuse(page, 2);
      await wishes(page).toBe(4);
      await page.evaluate(`asked[3].resolve({ ...preferences,
        categories: preferences.categories.map((one) => ({ ...one, subscribed: one.id === 'tasks' })) })`);
      await expect.poll(() => boxes(page), PATIENCE).toEqual([true, false]);
      expect(await said(page)).toBe('This did not work. Please try again.'); // of one of the two, as is to be seen
      await page.getByRole('checkbox', { name: 'news' }).check();
      await wishes(page).toBe(5);
      await page.evaluate('asked[4].resolve(preferences)');
      await expect.poll(() => said(page), PATIENCE).toBe('Saved.');
    });

    it('shows the pause that holds, where another was refused or taken', async () => {
      const page = await choosing({ timezoneId: 'America/New_York' });
      const pause = page.getByLabel('Pause what is not essential').last();
      const chosen = () => pause.evaluate((one) => (one as HTMLSelectElement).selectedOptions[0]?.textContent);
      const before = await chosen();
      expect(before).toBe('Until Tuesday, December 1, 2026 at 4:00 AM EST');
      await pause.selectOption('14');
      await wishes(page).toBe(1);
      await refuse(page, 0);
      await expect.poll(() => said(page), PATIENCE).toContain('did not work');
      expect(await chosen()).toBe(before);
      await pause.selectOption('14');
      await wishes(page).toBe(2);
      await page.evaluate(`asked[1].resolve({ ...preferences, pausedUntil: '2026-12-10T09:00:00.000Z' })`);
      await expect.poll(chosen, PATIENCE).toContain('December 10');
    });
  });

  it('are asked for again after waits that grow, as long as somebody wants to see them', async () => {
    const page = await elements.openWithStore('<main></main>');
    await page.evaluate(`
      window.tries = 0;
      store.preferences = async () => { tries++; throw new Error('no') };
      document.querySelector('main').append(Object.assign(document.createElement('relance-preferences'), { store }));
    `);
    const tries = () => page.evaluate('tries') as Promise<number>;
    const triesWithin = async (ms: number): Promise<number> => {
      const before = await tries();
      // Each try is answered before the clock goes on.
      for (let passed = 0; passed < ms; passed += 250) await page.clock.runFor(250);
      return (await tries()) - before;
    };
    await page.clock.pauseAt(await page.evaluate<number>('Date.now() + 60_000'));
    await page.evaluate(`document.querySelector('relance-preferences').store = { ...store }`);
    await expect.poll(tries, PATIENCE).toBeGreaterThan(0);
    const soon = await triesWithin(15_000);
    expect(soon).toBeGreaterThan(3);
    await triesWithin(45_000);
    const later = await triesWithin(30_000);
    expect([1, 2]).toContain(later); // half a minute at most, less by up to half
    await page.evaluate(`document.querySelector('relance-preferences').remove()`);
    expect(await triesWithin(60_000)).toBe(0);
  });

  describe('that are moved to another place of the page', () => {
    const shown = async (store = ''): Promise<Page> => {
      const page = await elements.openWithStore('<main></main><aside></aside>');
      await page.evaluate(`
        window.preferences = ${JSON.stringify(PREFERENCES)};
        ${store}
        document.querySelector('main').append(Object.assign(document.createElement('relance-preferences'), { store }));
      `);
      return page;
    };
    const move = (page: Page) =>
      page.evaluate(`document.querySelector('aside').append(document.querySelector('relance-preferences'))`);
    const news = (page: Page) => page.getByRole('checkbox', { name: 'news' });
    const wishes = (page: Page) => page.evaluate('asked.map(({ wish }) => wish)');

    it('show what was asked for before that, once', async () => {
      const page = await shown(`window.tries = [];
        store.preferences = () => new Promise((resolve) => tries.push(resolve));`);
      await expect.poll(() => page.evaluate('tries.length'), PATIENCE).toBe(1);
      await move(page);
      await page.evaluate('tries[0](preferences)');
      await news(page).waitFor();
      expect(await page.evaluate('tries.length')).toBe(1);
    });

    it('go on asking where they failed, also after they were away for long', async () => {
      const page = await shown('window.tries = 0; store.preferences = async () => { tries++; throw new Error("no") };');
      const tries = () => page.evaluate('tries');
      await expect.poll(tries, PATIENCE).toBeGreaterThan(0);
      await page.clock.pauseAt(await page.evaluate<number>('Date.now() + 60_000'));
      await move(page);
      await page.evaluate('tries = 0');
      const later = async () => {
        await page.clock.runFor(5_000);
        return tries();
      };
      await expect.poll(later, PATIENCE).toBeGreaterThan(0);
      await page.evaluate(`window.away = document.querySelector('relance-preferences'); away.remove()`);
      await page.clock.runFor(60_000);
      await page.evaluate(
        `tries = 0; store.preferences = async () => preferences; document.querySelector('main').append(away)`,
      );
      await news(page).waitFor();
      expect(await tries()).toBe(0);
    });

    it('are its own still where it was away for a moment', async () => {
      const page = await elements.open(
        '<main></main><aside></aside>',
        `import '/relance-inbox.js'; window.ready = true;`,
      );
      const asked: string[] = [];
      await page.route(`${HOME}token`, (route) => route.fulfill({ json: { token: 'ana' } }));
      await page.route(/v1.inbox.stream/, () => {});
      await page.route(/v1.inbox.preferences/, (route) => {
        asked.push(route.request().method());
        return route.request().method() === 'GET' ? route.fulfill({ json: PREFERENCES }) : undefined;
      });
      await page.waitForFunction('window.ready');
      await page.evaluate(`document.querySelector('main').append(
        Object.assign(document.createElement('relance-preferences'), { tokenUrl: '/token' }))`);
      await news(page).uncheck();
      await expect.poll(() => asked, PATIENCE).toHaveLength(2);
      await page.evaluate(`(async () => {
        const one = document.querySelector('relance-preferences');
        one.remove();
        one.words = {}; // drawn while it is nowhere
        await one.updateComplete;
        document.querySelector('aside').append(one);
        await one.updateComplete;
      })()`);
      expect(await news(page).isChecked()).toBe(false);
      expect(asked).toEqual(['GET', asked[1]]);
    });

    it('keep the half of quiet hours that is typed, and the other half when it comes', async () => {
      const page = await shown();
      await page.getByLabel('From').fill('22:00');
      await move(page);
      expect(await page.getByLabel('From').inputValue()).toBe('22:00');
      await page.getByLabel('To', { exact: true }).fill('07:00');
      expect(await page.getByLabel('From').inputValue()).toBe('22:00');
      expect(await wishes(page)).toEqual([]);
      await news(page).focus();
      await expect.poll(() => wishes(page), PATIENCE).toMatchObject([{ quietHours: '22:00-07:00' }]);
    });

    it('take back a choice that is refused afterwards, and the next one', async () => {
      const page = await shown();
      for (const n of [0, 1]) {
        await news(page).uncheck();
        if (n === 0) await move(page);
        expect(await news(page).isChecked()).toBe(false);
        await page.evaluate(`asked[${n}].reject(new Error('no'))`);
        await expect.poll(() => news(page).isChecked(), PATIENCE).toBe(true);
        await page.getByRole('status').getByText('This did not work.').waitFor();
      }
    });
  });

  describe('of quiet hours', () => {
    const choosing = async (hours: string | null, timeZone: string | null, here = 'Europe/Madrid'): Promise<Page> => {
      const page = await elements.openWithStore('<main></main><button>Elsewhere</button>', { timezoneId: here });
      await page.evaluate(`
        window.preferences = ${JSON.stringify({ ...PREFERENCES, quietHours: hours, timeZone })};
        document.querySelector('main').append(Object.assign(document.createElement('relance-preferences'), { store }));
      `);
      await page.getByRole('checkbox', { name: 'news' }).waitFor();
      return page;
    };
    const wishes = (page: Page) => page.evaluate('asked.map(({ wish }) => wish)');
    const shown = async (page: Page) => [
      await page.getByLabel('From').inputValue(),
      await page.getByLabel('To', { exact: true }).inputValue(),
    ];
    const leave = (page: Page) => page.getByRole('button', { name: 'Elsewhere' }).focus();

    it('saves both ends when they are left, in the zone of whoever has none', async () => {
      const page = await choosing(null, null);
      await page.getByLabel('From').fill('13:00'); // as a browser says it while 23:00 is typed
      await page.getByLabel('From').fill('23:00');
      await page.getByLabel('To', { exact: true }).fill('07:00');
      await page.evaluate('come({ title: "Something else" })');
      expect(await wishes(page)).toEqual([]);
      await leave(page);
      const timeZone = 'Europe/Madrid';
      await expect.poll(() => wishes(page), PATIENCE).toEqual([{ quietHours: '23:00-07:00', timeZone }]);
      await page.evaluate(`asked[0].resolve({ ...preferences, quietHours: '23:00-07:00', timeZone: 'Europe/Paris' })`);
      await page.getByLabel('From').fill('22:30');
      await leave(page);
      await expect.poll(() => wishes(page), PATIENCE).toHaveLength(2);
      expect(((await wishes(page)) as unknown[])[1]).toEqual({ quietHours: '22:30-07:00' });
    });

    it('says in which zone the hours count, be it another than that of the page', async () => {
      const hint = async (page: Page) => {
        await expect.poll(() => page.getByLabel('From').getAttribute('aria-describedby')).toBe('hint');
        return page.locator('relance-preferences #hint').textContent();
      };
      const waits = 'What comes then waits, unless it is urgent. ';
      const abroad = await choosing('22:00-07:00', 'America/New_York');
      expect(await hint(abroad)).toBe(`${waits}In the time zone America/New York.`);
      await abroad.getByLabel('From').fill('23:00');
      await leave(abroad);
      await expect.poll(() => wishes(abroad), PATIENCE).toEqual([{ quietHours: '23:00-07:00' }]); // there, as it says
      expect(await hint(abroad)).toContain('America/New York');

      // Whoever has no zone chooses by the clock which they read.
      const nowhere = await choosing(null, null);
      expect(await hint(nowhere)).toBe(`${waits}In the time zone Europe/Madrid.`);
      // What the application wrote for them counts in the zone of the tenant, which the page does not know.
      const written = await choosing('22:00-07:00', null);
      expect(await hint(written)).toBe(waits);
      await written.getByLabel('From').fill('23:00');
      await expect.poll(() => hint(written), PATIENCE).toContain('Europe/Madrid');
    });

    it('takes half a span from nobody who presses on words, and writes no zone where hours are taken back', async () => {
      const page = await choosing(null, null);
      await page.getByLabel('From').fill('22:00');
      await page.getByText('Quiet hours').last().click();
      expect(await shown(page)).toEqual(['22:00', '']);
      await page.getByLabel('To', { exact: true }).fill('07:00');
      await page.getByText('Quiet hours').last().click();
      await expect.poll(() => wishes(page), PATIENCE).toMatchObject([{ quietHours: '22:00-07:00' }]);
      await page.evaluate(`asked[0].resolve({ ...preferences, quietHours: '22:00-07:00' })`);
      await page.getByLabel('From').fill('');
      await page.getByLabel('To', { exact: true }).fill('');
      await leave(page);
      await expect.poll(async () => ((await wishes(page)) as unknown[])[1], PATIENCE).toEqual({ quietHours: null });
    });

    it('shows nobody what was answered to somebody else', async () => {
      const page = await choosing('22:00-07:00', 'Europe/Paris');
      await page.getByRole('checkbox', { name: 'news' }).uncheck();
      await page.evaluate(`
        window.preferences = { ...preferences, quietHours: '20:00-06:00' };
        document.querySelector('relance-preferences').store = { ...store };
      `);
      await expect.poll(() => shown(page), PATIENCE).toEqual(['20:00', '06:00']);
      await page.evaluate(`asked[0].resolve({ ...preferences, quietHours: '22:00-07:00' })`);
      await page.evaluate('come({ title: "Something else" })');
      expect(await shown(page)).toEqual(['20:00', '06:00']);
      expect(await page.getByRole('checkbox', { name: 'news' }).isChecked()).toBe(true);
      expect(await page.locator('relance-preferences .result').textContent()).toBe('');
    });

    it('saves hours that are whole when the page is hidden, and leaves half of them to whoever comes back', async () => {
      const page = await choosing(null, 'Europe/Paris');
      const hide = (hidden: boolean) =>
        page.evaluate(`Object.defineProperty(document, 'hidden', { configurable: true, get: () => ${hidden} });
          document.dispatchEvent(new Event('visibilitychange'))`);
      await page.getByLabel('From').fill('22:00');
      await hide(true);
      expect(await wishes(page)).toEqual([]);
      await hide(false);
      expect(await shown(page)).toEqual(['22:00', '']);
      await page.getByLabel('To', { exact: true }).fill('07:00');
      expect(await wishes(page)).toEqual([]);
      await hide(true);
      await expect.poll(() => wishes(page), PATIENCE).toEqual([{ quietHours: '22:00-07:00' }]);
      await hide(true);
      expect(await wishes(page)).toHaveLength(1);
    });

    it('goes back to those that hold where one end is missing, and reads whatever holds', async () => {
      const page = await choosing('22:00 – 24:00', 'Europe/Paris');
      expect(await shown(page)).toEqual(['22:00', '00:00']);
      await page.getByLabel('From').focus();
      await leave(page);
      await page.getByLabel('From').fill('');
      await leave(page);
      await expect.poll(() => shown(page), PATIENCE).toEqual(['22:00', '00:00']);
      expect(await wishes(page)).toEqual([]);
      await page.getByLabel('From').fill('');
      await page.getByLabel('To', { exact: true }).fill('');
      await leave(page);
      await expect.poll(() => wishes(page), PATIENCE).toMatchObject([{ quietHours: null }]);
      // Closed by a key while the last of it is written.
      await page.evaluate('asked[0].resolve({ ...preferences, quietHours: null })');
      await page.getByLabel('From').fill('21:00');
      await page.getByLabel('To', { exact: true }).fill('06:00');
      await page.evaluate(`document.querySelector('relance-preferences').remove()`);
      await expect.poll(() => wishes(page), PATIENCE).toMatchObject([{}, { quietHours: '21:00-06:00' }]);
    });
  });
});
