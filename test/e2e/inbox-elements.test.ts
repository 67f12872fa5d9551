// The elements of the inbox in a real browser, each with a store that says what the test wants, on a clock that stands still: toasts leave
// when nobody is with them, what comes is read aloud, and the language is that of the page around.
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { build } from 'vite';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { CHROMIUM } from '../pages/chromium.ts';
import { createElements, type Elements, HOME, PATIENCE, SECOND } from '../pages/inbox-elements.ts';

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
  let elements: Elements;
  beforeAll(async () => {
    elements = await createElements();
  }, 120_000);
  afterEach(() => elements.close());
  afterAll(() => elements?.end());

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
      const page = await elements.openWithStore('<relance-toasts></relance-toasts>');
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
      const page = await elements.openWithStore('<button>Elsewhere</button><relance-toasts></relance-toasts>');
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
    const page = await elements.openWithStore('<relance-toasts></relance-toasts>');
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

  it('is another person’s when it is made anew, and its own when it is moved', async () => {
    const page = await elements.open(
      '<main></main><aside></aside>',
      `import '/relance-inbox.js';
       window.make = () => document.querySelector('main').replaceChildren(Object.assign(document.createElement('relance-inbox'), { tokenUrl: '/token', inline: true }));
       make(); window.ready = true;`,
    );
    await page.goto('about:blank'); // what it has asked for by now is not counted
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
    await page.goto(HOME);
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
    const page = await elements.openWithStore('<relance-inbox inline></relance-inbox>');
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
    const page = await elements.openWithStore('<relance-modal></relance-modal>');
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
    const page = await elements.openWithStore('<relance-inbox inline></relance-inbox>');
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
      const page = await elements.openWithStore('<relance-modal></relance-modal><relance-inbox></relance-inbox>');
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
      const page = await elements.openWithStore('<div lang="fr"><relance-inbox></relance-inbox></div>');
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
      'keeps the focus with its item when others come and go, in %s',
      async (element) => {
        const page = await elements.openWithStore(element);
        const as = element.includes('toasts') ? 'toast' : 'feed';
        await page.evaluate(`come(${JSON.stringify({ title: 'one', as, ...DONE })})`);
        await page.getByRole('button', { name: 'Done' }).focus();
        await page.evaluate(`come(${JSON.stringify({ title: 'two', as, ...DONE })})`);
        await expect.poll(() => page.getByRole('button', { name: 'Done' }).count(), PATIENCE).toBe(2);
        expect(await focused(page)).toBe('one action action-resolve');
        await page.evaluate(`show({ items: store.getState().items.filter(({ id }) => id !== 'two') })`);
        await expect.poll(() => page.getByRole('button', { name: 'Done' }).count(), PATIENCE).toBe(1);
        expect(await focused(page)).toBe('one action action-resolve');
        await page.evaluate(`come(${JSON.stringify({ title: 'three', as, ...DONE })})`);
        await expect.poll(() => page.getByRole('button', { name: 'Done' }).count(), PATIENCE).toBe(2);
        await page.keyboard.press('Enter');
        expect(await asked(page)).toEqual(['resolve one']);
        // Where it goes, what came in its place has the focus.
        await page.evaluate(`show({ items: store.getState().items.filter(({ id }) => id !== 'one') })`);
        await expect.poll(() => focused(page), PATIENCE).toMatch(/^three /);
      },
    );

    it('moves nothing under a finger', async () => {
      const page = await elements.openWithStore('<relance-inbox inline></relance-inbox>');
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
      const page = await elements.openWithStore('<relance-inbox inline></relance-inbox>');
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
      const page = await elements.openWithStore('<relance-inbox inline></relance-inbox>');
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
    const page = await elements.open('', await inlineApplication());
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
