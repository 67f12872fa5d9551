// The elements of the inbox in a real browser, each with a store that says what the test wants, on a clock that stands still: toasts leave
// when nobody is with them, refused choices are taken back, what comes is read aloud, and the language is that of the page around.
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { build } from 'vite';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { bundleInbox } from '../../scripts/bundle-inbox.ts';
import { CHROMIUM, launchChromium } from '../pages/chromium.ts';

const HOME = 'http://inbox.test/';
const SECOND = 1_000;
const PATIENCE = { timeout: 15_000 };

/** A store that shows what it is given, and notes what it is asked for. */
const STORE = `
  import '/relance-inbox.js';
  let state = { items: [], counts: { unread: 0, total: 0, urgent: 0 }, status: 'live', trouble: null, more: false, arrived: [] };
  const listeners = new Set();
  window.asked = [];
  const ask = (wish) => new Promise((resolve, reject) => asked.push({ wish, resolve, reject }));
  window.store = {
    getState: () => state,
    subscribe: (one) => (listeners.add(one), () => listeners.delete(one)),
    start() {},
    loadMore: () => ask('older'),
    read: async () => true,
    act: (id, { action }) => ask(action + ' ' + id),
    preferences: async () => window.preferences,
    putPreferences: ask,
  };
  window.show = (more) => {
    state = { ...state, ...more };
    for (const one of [...listeners]) one();
  };
  window.come = (...items) => {
    const all = items.map((item) => ({ id: item.title, as: 'feed', body: '', at: '2026-11-26T09:00:00Z', url: null, until: null,
      urgency: 'normal', actions: [], readAt: null, did: null, busy: false, trouble: null, ...item }));
    show({ items: [...all.toReversed(), ...state.items], arrived: [...state.arrived, ...all.map(({ id }) => id)] });
  };
  for (const one of document.querySelectorAll('relance-inbox,relance-toasts,relance-modal,relance-preferences')) one.store = store;
  window.ready = true;
`;
const PREFERENCES = {
  categories: ['tasks', 'news'].map((id) => ({
    ...{ id, title: id, essential: false, why: null, subscribed: true, frequency: 'each' },
    channels: { email: true, sms: true },
  })),
  pausedUntil: '2026-12-01T09:00:00.000Z',
  quietHours: null,
};

/** test/pages/inbox-inline.tsx, as a page loads it. */
async function inlineApplication(): Promise<string> {
  const built = await build({
    configFile: false,
    logLevel: 'error',
    build: { write: false, rolldownOptions: { input: join(import.meta.dirname, '../pages/inbox-inline.tsx') } },
  });
  const [result] = Array.isArray(built) ? built : [built];
  const [file] = result !== undefined && 'output' in result ? result.output : [];
  if (file?.type !== 'chunk') throw new Error('The application must become one file.');
  return file.code;
}

if (CHROMIUM === null) process.stderr.write('LEFT OUT: the elements in a real browser (apt-get install chromium).\n');
describe.runIf(CHROMIUM !== null)('an element of the inbox', () => {
  let browser: Browser;
  let code: string;
  const broken: string[] = [];
  beforeAll(async () => {
    code = await bundleInbox();
    browser = await launchChromium();
  }, 120_000);
  afterEach(async () => {
    for (const context of browser.contexts()) await context.close();
    expect(broken.splice(0)).toEqual([]);
  });
  afterAll(() => browser?.close());

  async function open(body: string, script = STORE): Promise<Page> {
    const page = await browser.newPage();
    page.on('pageerror', (error) => broken.push(error.message));
    await page.clock.install({ time: new Date('2026-11-26T09:00:00Z') });
    const javascript = (text: string) => ({ contentType: 'text/javascript', body: text });
    await page.route(`${HOME}relance-inbox.js`, (route) => route.fulfill(javascript(code)));
    await page.route(`${HOME}page.js`, (route) => route.fulfill(javascript(script)));
    const html = `<!doctype html><html lang="en"><title>Acme</title><body>${body}<script type="module" src="/page.js"></script>`;
    await page.route(HOME, (route) => route.fulfill({ contentType: 'text/html', body: html }));
    await page.goto(HOME);
    return page;
  }
  async function openWithStore(body: string): Promise<Page> {
    const page = await open(body);
    await page.waitForFunction('window.ready');
    return page;
  }

  describe('of toasts', () => {
    const come = (page: Page, ...titles: string[]) =>
      page.evaluate(`come(...${JSON.stringify(titles.map((title) => ({ title, as: 'toast' })))})`);
    const shown = (page: Page) => page.locator('relance-toasts article .title').allTextContents();
    /** Something else comes, which is no reason to leave earlier or later. */
    async function pass(page: Page, seconds: number): Promise<void> {
      for (let second = 0; second < seconds; second++) {
        await page.evaluate('show({})');
        await page.clock.runFor(SECOND);
      }
    }

    it('gives each its time from when it is seen', async () => {
      const page = await openWithStore('<relance-toasts></relance-toasts>');
      await come(page, 'one', 'two', 'three', 'four', 'five');
      await pass(page, 7);
      expect(await shown(page)).toEqual(['five', 'four', 'three', 'two']);
      await pass(page, 2);
      expect(await shown(page)).toEqual(['one']);
      await pass(page, 6);
      expect(await shown(page)).toEqual(['one']);
      await pass(page, 2);
      expect(await shown(page)).toEqual([]);
    });

    it('keeps what is pointed at or has the focus, until it is neither', async () => {
      const page = await openWithStore('<button>Elsewhere</button><relance-toasts></relance-toasts>');
      await come(page, 'held', 'let');
      await page.locator('relance-toasts article', { hasText: 'held' }).hover();
      await pass(page, 12);
      expect(await shown(page)).toEqual(['held']);
      await page.getByRole('button', { name: 'Close: held' }).focus();
      await page.mouse.move(1, 1);
      await pass(page, 12);
      expect(await shown(page)).toEqual(['held']);
      await page.getByRole('button', { name: 'Elsewhere' }).focus();
      await pass(page, 6);
      expect(await shown(page)).toEqual(['held']);
      await pass(page, 3);
      expect(await shown(page)).toEqual([]);
    });
  });

  it('lets no toast go while nobody sees the page', async () => {
    const page = await openWithStore('<relance-toasts></relance-toasts>');
    const hide = (hidden: boolean) =>
      page.evaluate(`Object.defineProperty(document, 'hidden', { configurable: true, get: () => ${hidden} });
        document.dispatchEvent(new Event('visibilitychange'))`);
    await hide(true);
    await page.evaluate(`come({ title: 'one', as: 'toast' })`);
    await page.clock.runFor(30 * SECOND);
    const shown = () => page.locator('relance-toasts article').count();
    expect(await shown()).toBe(1);
    await hide(false);
    await page.clock.runFor(9 * SECOND);
    expect(await shown()).toBe(0);
  });

  describe('of preferences', () => {
    async function choosing(): Promise<Page> {
      const page = await openWithStore('<main></main>');
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
      const page = await choosing();
      const pause = page.getByLabel('Pause what is not essential').last();
      const chosen = () => pause.evaluate((one) => (one as HTMLSelectElement).selectedOptions[0]?.textContent);
      const before = await chosen();
      expect(before).toContain('December 1');
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

  describe('of quiet hours', () => {
    const choosing = async (hours: string | null, timeZone: string | null): Promise<Page> => {
      const page = await openWithStore('<main></main><button>Elsewhere</button>');
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
      const timeZone = await page.evaluate('new Intl.DateTimeFormat().resolvedOptions().timeZone');
      await expect.poll(() => wishes(page), PATIENCE).toEqual([{ quietHours: '23:00-07:00', timeZone }]);
      await page.evaluate(`asked[0].resolve({ ...preferences, quietHours: '23:00-07:00', timeZone: 'Europe/Paris' })`);
      await page.getByLabel('From').fill('22:30');
      await leave(page);
      await expect.poll(() => wishes(page), PATIENCE).toHaveLength(2);
      expect(((await wishes(page)) as unknown[])[1]).toEqual({ quietHours: '22:30-07:00' });
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

  it('is another person’s when it is made anew, and its own when it is moved', async () => {
    const page = await open(
      '<main></main><aside></aside>',
      `import '/relance-inbox.js';
       window.make = () => document.querySelector('main').replaceChildren(Object.assign(document.createElement('relance-inbox'), { tokenUrl: '/token', inline: true }));
       make(); window.ready = true;`,
    );
    const tokens: string[] = [];
    await page.route(`${HOME}token`, (route) => {
      tokens.push(['ana', 'ben'][tokens.length] ?? 'nobody');
      return route.fulfill({ json: { token: tokens.at(-1) } });
    });
    const item = (who: string) => ({
      ...{
        id: who,
        seq: 1,
        followUp: who,
        title: `for ${who}`,
        body: '',
        at: '2026-11-26T09:00:00Z',
        as: 'feed',
        until: null,
      },
      ...{ url: null, urgency: 'normal', actions: [], readAt: null, archivedAt: null, replacedBy: null },
    });
    await page.route(/v1.inbox\?/, (route) => {
      const who = (route.request().headers().authorization ?? '').replace('Bearer ', '');
      const counts = { unread: 1, total: 1, urgent: 0 };
      return route.fulfill({ json: { items: [item(who)], nextCursor: null, ...counts, lastEventId: '1~' } });
    });
    await page.route(/v1.inbox.stream/, () => {});
    await page.reload();
    await page.getByText('for ana').waitFor();
    await page.evaluate(`document.querySelector('aside').append(document.querySelector('relance-inbox'))`);
    await page.getByText('for ana').waitFor();
    expect(tokens).toEqual(['ana']);
    await page.evaluate(`document.querySelector('aside').replaceChildren(); make()`);
    await page.getByText('for ben').waitFor();
    expect(tokens).toEqual(['ana', 'ben']);
    expect(await page.getByText('for ana').count()).toBe(0);
  });

  it('goes by the page’s own router, but for what is opened elsewhere', async () => {
    const page = await openWithStore('<relance-inbox inline></relance-inbox>');
    await page.evaluate(`
      window.told = [];
      document.addEventListener('relance-link', (event) => { told.push(event.detail.url); event.preventDefault(); });
      document.addEventListener('click', (event) => event.preventDefault()); // nothing is opened by the test
      come({ title: 'Sign', url: 'https://acme.test/sign' });
    `);
    const link = page.getByRole('link', { name: 'Sign' });
    await link.click({ modifiers: ['Control'] });
    await link.click({ modifiers: ['Shift'] });
    expect(await page.evaluate('told')).toEqual([]);
    await link.click();
    expect(await page.evaluate('told')).toEqual(['https://acme.test/sign']);
  });

  it('keeps the focus in a modal when what was pressed goes', async () => {
    const page = await openWithStore('<relance-modal></relance-modal>');
    const actions = [{ name: 'acknowledge', label: 'I have this' }];
    await page.evaluate(`come(${JSON.stringify({ title: 'Leave the building', as: 'modal', actions })})`);
    await page.getByRole('button', { name: 'I have this' }).press('Enter');
    await page.evaluate(
      `show({ items: store.getState().items.map((one) => ({ ...one, actions: [], did: { action: 'acknowledge', label: '' } })) })`,
    );
    await page.getByRole('status').getByText('You have this.').waitFor();
    const held = () => page.evaluate(`document.querySelector('relance-modal').shadowRoot.activeElement?.localName`);
    await expect.poll(held, PATIENCE).toBe('h2');
    // Whoever has put it elsewhere, to read, keeps that.
    await page.evaluate(`document.querySelector('relance-modal').shadowRoot.activeElement.blur()`);
    await page.evaluate(`show({ counts: { unread: 2, total: 2, urgent: 0 } })`);
    await page.evaluate(`document.querySelector('relance-modal').updateComplete`);
    expect(await held()).toBeUndefined();
  });

  it('stays where its reader reads when something comes', async () => {
    const page = await openWithStore('<relance-inbox inline></relance-inbox>');
    await page.addStyleTag({ content: 'relance-inbox::part(scroll){max-block-size:300px}' });
    await page.evaluate(`come(...Array.from({ length: 40 }, (_, n) => ({ title: 'Item ' + n })))`);
    await page.getByRole('heading', { name: 'Item 39' }).click();
    const scroll = page.locator('relance-inbox [part=scroll]');
    await scroll.evaluate((one) => one.scrollTo(0, 1_200));
    const before = await scroll.evaluate((one) => one.scrollTop);
    await page.evaluate(`come({ title: 'New one' })`);
    await page.getByRole('heading', { name: 'New one' }).waitFor({ state: 'attached' });
    expect(Math.abs((await scroll.evaluate((one) => one.scrollTop)) - before)).toBeLessThan(150);
  });

  describe('that speaks', () => {
    const voices = async (page: Page) => (await page.locator('[aria-live]').allTextContents()).join('');

    it('says everything that comes, also what is called the same', async () => {
      const page = await openWithStore('<relance-modal></relance-modal><relance-inbox></relance-inbox>');
      await page.evaluate(`come({ title: 'Sign', id: 'a' })`);
      const first = await voices(page);
      expect(first).toBe('New: Sign');
      await page.evaluate(`come({ title: 'Sign', id: 'b' })`);
      expect(await voices(page)).not.toBe(first); // or nobody would read it again
      expect((await voices(page)).trim()).toBe(first);
      await page.evaluate(`come({ title: 'Sign', id: 'c' })`);
      expect(await voices(page)).toBe(first);
      await page.evaluate(`come({ title: 'Pay' }); come({ title: 'Order' })`); // one after the other, before anything is drawn
      expect(await voices(page)).toBe('New: Pay. New: Order');
      await page.evaluate('show({ more: true })');
      expect(await voices(page)).toBe('New: Pay. New: Order');
    });

    it('speaks the language of what is around it, or its own', async () => {
      const page = await openWithStore('<div lang="fr"><relance-inbox></relance-inbox></div>');
      const label = () => page.locator('relance-inbox .bell').getAttribute('aria-label');
      for (const unread of [2, 3]) {
        await page.evaluate(`show({ counts: { unread: ${unread}, total: 3, urgent: 0 } })`);
        expect(await label()).toBe(`Notifications, ${unread} non lues`);
      }
      expect(await page.locator('relance-inbox').getAttribute('lang')).toBeNull();
      await page.evaluate(`document.querySelector('relance-inbox').lang = 'en'`);
      expect(await label()).toBe('Notifications, 3 unread');
      expect(await page.locator('relance-inbox').getAttribute('lang')).toBe('en');
      await page.locator('relance-inbox').evaluate((one) => one.removeAttribute('lang'));
      expect(await label()).toBe('Notifications, 3 non lues');
    });

    const DONE = { actions: [{ name: 'resolve', label: 'Done' }] };
    const focused = (page: Page) =>
      page.evaluate(`(() => {
        const { activeElement } = document.querySelector('relance-inbox,relance-toasts').shadowRoot;
        return activeElement && [activeElement.closest('[data-id]')?.dataset.id, activeElement.getAttribute('part')].join(' ');
      })()`);
    const asked = (page: Page) => page.evaluate('asked.map(({ wish }) => wish)');

    it.each(['<relance-inbox inline></relance-inbox>', '<relance-toasts></relance-toasts>'])(
      'keeps the focus with its item when others come, in %s',
      async (element) => {
        const page = await openWithStore(element);
        const as = element.includes('toasts') ? 'toast' : 'feed';
        await page.evaluate(`come(${JSON.stringify({ title: 'one', as, ...DONE })})`);
        await page.getByRole('button', { name: 'Done' }).focus();
        await page.evaluate(`come(${JSON.stringify({ title: 'two', as, ...DONE })})`);
        await expect.poll(() => page.getByRole('button', { name: 'Done' }).count(), PATIENCE).toBe(2);
        expect(await focused(page)).toBe('one action action-resolve');
        await page.keyboard.press('Enter');
        expect(await asked(page)).toEqual(['resolve one']);
        // Where it goes, what came in its place has the focus.
        await page.evaluate(`show({ items: store.getState().items.filter(({ id }) => id !== 'one') })`);
        await expect.poll(() => focused(page), PATIENCE).toMatch(/^two /);
      },
    );

    it('moves nothing under a finger', async () => {
      const page = await openWithStore('<relance-inbox inline></relance-inbox>');
      await page.evaluate(`come(${JSON.stringify({ title: 'one', ...DONE })})`);
      await page.getByRole('button', { name: 'Done' }).hover();
      await page.mouse.down();
      await page.evaluate(`come(${JSON.stringify({ title: 'two', ...DONE })})`);
      await page.clock.runFor(SECOND);
      expect(await page.getByRole('button', { name: 'Done' }).count()).toBe(1);
      await page.mouse.up();
      await page.clock.runFor(SECOND);
      await expect.poll(() => page.getByRole('button', { name: 'Done' }).count(), PATIENCE).toBe(2);
      expect(await asked(page)).toEqual(['resolve one']);
    });

    it('goes on with the first of the older ones', async () => {
      const page = await openWithStore('<relance-inbox inline></relance-inbox>');
      await page.evaluate(`come({ title: 'one' }); show({ more: true })`);
      await page.getByRole('button', { name: 'Show older ones' }).press('Enter');
      await page.evaluate(`(() => {
        const [one] = store.getState().items;
        show({ more: false, items: [one, ...['older', 'oldest'].map((id) => ({ ...one, id, title: id }))] });
        asked[0].resolve(true);
      })()`);
      await expect.poll(() => focused(page), PATIENCE).toMatch(/^older /);
    });

    it('says when older ones did not come', async () => {
      const page = await openWithStore('<relance-inbox inline></relance-inbox>');
      await page.evaluate(`come({ title: 'Sign' }); show({ more: true })`);
      const older = page.getByRole('button', { name: 'Show older ones' });
      await older.click();
      expect(await page.getByRole('alert').count()).toBe(0);
      await page.evaluate('asked[0].resolve(false)');
      await page.getByRole('alert').getByText('This did not work.').waitFor();
      await older.click();
      expect(await page.getByRole('alert').count()).toBe(0);
      await page.evaluate('asked[1].resolve(true)');
      expect(await page.getByRole('alert').count()).toBe(0);
    });
  });

  it('in React begins once, however often its function is another, and asks the newest', async () => {
    const lists: string[] = [];
    const streams: string[] = [];
    const page = await open('', await inlineApplication());
    const address = page.url();
    await page.goto('about:blank'); // what it has asked for by now is not counted
    const token = (headers: Readonly<Record<string, string>>) => headers.authorization ?? '';
    const list = { items: [], nextCursor: null, unread: 0, total: 0, urgent: 0, lastEventId: '7~' };
    await page.route(/v1.inbox\?/, (route) => {
      lists.push(token(route.request().headers()));
      return route.fulfill({ json: list });
    });
    await page.route(/v1.inbox.stream/, (route) => {
      streams.push(token(route.request().headers()));
      return streams.length === 1 ? undefined : route.fulfill({ status: 401, json: {} });
    });
    await page.goto(address);
    await expect.poll(() => streams, PATIENCE).toEqual(['Bearer token-1']);
    for (let drawn = 1; drawn < 4; drawn++) await page.getByRole('button', { name: 'Draw' }).click();
    await expect.poll(() => page.locator('#drawings').textContent(), PATIENCE).toBe('4');
    await page.clock.runFor(60 * SECOND); // the stream says nothing, and is asked for again
    await expect.poll(() => streams.slice(1, 3), PATIENCE).toEqual(['Bearer token-1', 'Bearer token-4']);
    expect(lists).toEqual(['Bearer token-1']);
  });
});
