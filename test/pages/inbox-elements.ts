// The elements of the inbox in a real browser, each with a store that says what the test wants, on a clock that stands still.
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { expect } from 'vitest';
import { bundleInbox } from '../../scripts/bundle-inbox.ts';
import { launchChromium } from './chromium.ts';

export const HOME = 'http://inbox.test/';
export const SECOND = 1_000;
export const PATIENCE = { timeout: 15_000 };

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
  for (const one of document.querySelectorAll('relance-inbox,relance-banner,relance-toasts,relance-modal,relance-preferences')) one.store = store;
  window.ready = true;
`;
export interface Elements {
  /** With a script of its own. */
  open(body: string, script?: string, reader?: BrowserContextOptions): Promise<Page>;
  openWithStore(body: string, reader?: BrowserContextOptions): Promise<Page>;
  /** After each test: nothing is open any more, and nothing broke. */
  close(): Promise<void>;
  end(): Promise<void>;
}

export async function createElements(): Promise<Elements> {
  const code = await bundleInbox();
  const browser: Browser = await launchChromium();
  const broken: string[] = [];
  async function open(body: string, script = STORE, reader: BrowserContextOptions = {}): Promise<Page> {
    const page = await browser.newPage(reader);
    page.on('pageerror', (error) => broken.push(error.message));
    await page.clock.install({ time: new Date('2026-11-26T09:00:00Z') });
    const javascript = (text: string) => ({ contentType: 'text/javascript', body: text });
    await page.route(`${HOME}relance-inbox.js`, (route) => route.fulfill(javascript(code)));
    await page.route(`${HOME}page.js`, (route) => route.fulfill(javascript(script)));
    const html = `<!doctype html>
      <html lang="en"><meta name="color-scheme" content="light dark"><title>Acme</title><body>${body}<script type="module" src="/page.js"></script>`;
    await page.route(HOME, (route) => route.fulfill({ contentType: 'text/html', body: html }));
    await page.goto(HOME);
    return page;
  }
  return {
    open,
    async openWithStore(body, reader) {
      const page = await open(body, STORE, reader);
      await page.waitForFunction('window.ready');
      return page;
    },
    async close() {
      for (const context of browser.contexts()) await context.close();
      expect(broken.splice(0)).toEqual([]);
    },
    end: () => browser.close(),
  };
}
