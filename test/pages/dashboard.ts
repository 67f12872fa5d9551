// The dashboard in a real browser, for tests: a whole server, somebody who is signed in, and an eye on each page: axe in light and
// dark, nothing wider than the window, nothing that its policy refuses, no error. Pictures go where RELANCE_TEST_PICTURES says.
import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Browser, BrowserContext, Locator, Page } from 'playwright-core';
import { expect } from 'vitest';
import { API_KEY, startTestServer, type TestServer } from '../server.ts';
import { launchChromium } from './chromium.ts';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
/** In other colours nothing but the colours is different. */
const RULES = { light: null, dark: ['color-contrast'] } as const;
/** Grounds and letters fade from one to the other, and what inherits them after them: all of it is brought to its end at once. */
const COLORS_CHANGED = `(async () => {
  const fading = () =>
    document.getAnimations().filter(({ effect }) => effect.getComputedTiming().iterations !== Infinity);
  do {
    await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
    for (const one of fading()) one.finish();
  } while (fading().length > 0);
})()`;
export const DESK = { width: 1280, height: 860 };
export const PHONE = { width: 390, height: 844 };
const BUILD_TRIES_MAX = 5;
const PRESSED_WITHIN_MS = 10_000;
/** Where to leave pictures of the pages for whoever wants to look at them. */
const PICTURES = process.env.RELANCE_TEST_PICTURES ?? null;

interface Finding {
  readonly id: string;
  readonly impact: string | null;
  readonly nodes: readonly { readonly html: string; readonly failureSummary: string }[];
}

export interface Visit {
  readonly page: Page;
  /** Errors, and what the page's own policy refused. */
  readonly troubles: string[];
  /** In light and dark: axe finds nothing serious, and nothing is wider than the window. */
  look(what: string): Promise<void>;
  end(): Promise<void>;
}

export interface DashboardWorld {
  readonly server: TestServer;
  readonly browser: Browser;
  /** A window of its own; signed in unless told otherwise. */
  visit(options?: { readonly viewport?: typeof DESK; readonly signedIn?: boolean }): Promise<Visit>;
  end(): Promise<void>;
}

export async function createDashboardWorld(
  options: Parameters<typeof startTestServer>[0] = {},
): Promise<DashboardWorld> {
  const server = await startTestServer(options);
  await built(server);
  const browser = await launchChromium();
  if (PICTURES !== null) mkdirSync(PICTURES, { recursive: true });
  let pictures = 0;
  return {
    server,
    browser,
    async visit({ viewport = DESK, signedIn = true } = {}) {
      const context = await browser.newContext({ viewport, timezoneId: 'Europe/Paris', locale: 'en-GB' });
      if (signedIn) await signIn(context, server.url);
      const page = await context.newPage();
      const troubles: string[] = [];
      page.on('pageerror', (error) => troubles.push(error.message));
      page.on('console', (message) => {
        if (message.type() === 'error' || message.type() === 'warning') troubles.push(message.text());
      });
      return {
        page,
        troubles,
        async look(what) {
          for (const colorScheme of ['light', 'dark'] as const) {
            await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
            await page.evaluate(COLORS_CHANGED); // however busy the machine is
            await examine(page, `${what} (${colorScheme}, ${viewport.width})`, RULES[colorScheme]);
            if (PICTURES !== null)
              await page.screenshot({
                path: `${PICTURES}/${String(++pictures).padStart(2, '0')}-${what.replaceAll(/\W+/g, '-')}-${viewport.width}-${colorScheme}.png`,
                fullPage: true,
              });
          }
          expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(viewport.width);
        },
        end: () => context.close(),
      };
    },
    async end() {
      await browser.close();
      await server.end();
    },
  };
}

/** A busy machine takes minutes to build the pages, and the server does not keep whoever asks for so long: asked again, it is there. */
async function built(server: TestServer): Promise<void> {
  for (let tries = 0; tries < BUILD_TRIES_MAX; tries++)
    if ((await server.raw('/').catch(() => null))?.status === 200) return;
}

async function signIn(context: BrowserContext, url: string): Promise<void> {
  const response = await context.request.post(`${url}/session`, { data: { key: API_KEY }, headers: { origin: url } });
  expect(response.status()).toBe(200);
}

/** The examiner is put into a world of its own beside the page's, which its policy does not reach. */
async function examine(page: Page, what: string, rules: readonly string[] | null): Promise<void> {
  const protocol = await page.context().newCDPSession(page);
  await protocol.send('Runtime.evaluate', { expression: `globalThis.axe ?? (() => { ${AXE} })()` });
  const options = rules === null ? {} : { runOnly: rules };
  const { result } = await protocol.send('Runtime.evaluate', {
    expression: `axe.run(${JSON.stringify(options)}).then(({ violations }) => JSON.stringify(violations))`,
    awaitPromise: true,
    returnByValue: true,
  });
  await protocol.detach();
  const found = JSON.parse(String(result.value)) as readonly Finding[];
  const serious = found.filter(({ impact }) => impact === 'serious' || impact === 'critical');
  expect({
    what,
    serious: serious.map(({ id, nodes }) => `${id}: ${nodes[0]?.html} ${nodes[0]?.failureSummary}`),
  }).toEqual({ what, serious: [] });
}

/** Nothing is broken any more, and it is pressed: but on a slow machine the page may have looked again by itself, and it is gone. */
export async function tryAgain(page: Page, alerts: readonly Locator[]): Promise<void> {
  const buttons = alerts.map((alert) => alert.getByRole('button', { name: 'Try again' }));
  for (const button of buttons) await button.waitFor();
  await page.unrouteAll();
  for (const button of buttons)
    await button.click({ timeout: PRESSED_WITHIN_MS }).catch(async (error: unknown) => {
      if ((await button.count()) > 0) throw error;
    });
  for (const alert of alerts) await alert.waitFor({ state: 'detached' });
}
