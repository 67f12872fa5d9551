// The dashboard in a real browser, for tests: a whole server, somebody who is signed in, and an eye on each page: axe in light and
// dark, nothing wider than the window, nothing that its policy refuses, no error. Pictures go where RELANCE_TEST_PICTURES says.
import { readFileSync } from 'node:fs';
import type { Browser, BrowserContext, CDPSession, Locator, Page } from 'playwright-core';
import { expect } from 'vitest';
import { API_KEY, startTestServer, type TestServer } from '../server.ts';
import { launchChromium } from './chromium.ts';
import { AXE, EXAMINED, isSerious, picture } from './judge.ts';

const EXAMINER = `(() => { ${readFileSync(AXE, 'utf8')} })()`;
const COVERED = `[...document.querySelectorAll('[role=dialog], [role=menu], [role=listbox]')].some((one) =>
  one.checkVisibility({ opacityProperty: true, visibilityProperty: true }))`;
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
/** Wider than a phone, as machines call their alerts: whatever people name may be called so. */
export const LONG_WORD = 'KubePersistentVolumeFillingUpInClusterProductionEurope';
const BUILD_TRIES_MAX = 5;
const PRESSED_WITHIN_MS = 10_000;

interface Finding {
  readonly id: string;
  readonly impact: string | null;
  readonly nodes: readonly {
    readonly html: string;
    readonly failureSummary: string;
    readonly any: readonly Check[];
    readonly all: readonly Check[];
    readonly none: readonly Check[];
  }[];
}
interface Check {
  readonly data?: { readonly messageKey?: string } | null;
}
interface Examined {
  readonly violations: readonly Finding[];
  readonly incomplete: readonly Finding[];
  readonly covered: boolean;
}

/** What axe cannot decide, and why that is well; of anything else somebody has to say so here. */
const UNDECIDED: readonly {
  readonly rule: string;
  readonly why: string;
  readonly of: RegExp;
  /** Only while something lies over the page. */
  readonly covered?: true;
}[] = [
  // One digit beside the line of a chart, which it does not measure: of the colours of its neighbours.
  { rule: 'color-contrast', why: 'shortTextContent', of: /^<text / },
  // At the edge of a table or an editor that scrolls: whole where it is scrolled to.
  { rule: 'color-contrast', why: 'elmPartiallyObscured', of: /^<(td|th scope="col"|span class="ͼ\w+")>/ },
  // The words of a chart are in its table as well, where they are measured.
  { rule: 'color-contrast', why: 'imgNode', of: /^<text/ },
  // A mistake is underlined by a picture; a gap in a schedule is hatched in two colours that the contrast holds on.
  { rule: 'color-contrast', why: 'bgImage', of: /^<span class="(cm-lintRange|ͼ)/ },
  { rule: 'color-contrast', why: 'bgGradient', of: /^<span class="piece gap/ },
  // Beside the line and the dots of a timeline, which lie next to the words.
  { rule: 'color-contrast', why: 'pseudoContent', of: /^<(time|button|span title=)/ },
  // A name in a shift that is shorter than it: cut, and whole in the words below the drawing.
  { rule: 'color-contrast', why: 'elmPartiallyObscuring', of: /^<span title=/ },
  // And with the line that says when now is over it: its letters and its ground are those of the shifts beside it.
  { rule: 'color-contrast', why: 'bgOverlap', of: /^<span title=/ },
  // With a dialog, a menu or a list over it: measured where there is none.
  { rule: 'color-contrast', why: 'bgOverlap', of: /^</, covered: true },
  // A mail runs no scripts, nor the examiner's: mails have tests of their own.
  { rule: 'frame-tested', why: '', of: /^<iframe/ },
];

export interface Visit {
  readonly page: Page;
  /** Errors, and what the page's own policy refused. */
  readonly troubles: string[];
  /** In light and dark: axe finds nothing serious, and decides all but what is known; nothing is wider than the window. */
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
  return {
    server,
    browser,
    async visit({ viewport = DESK, signedIn = true } = {}) {
      const context = await browser.newContext({ viewport, timezoneId: 'Europe/Paris', locale: 'en-GB' });
      if (signedIn) await signIn(context, server.url);
      const page = await context.newPage();
      const troubles: string[] = [];
      let protocol: CDPSession | null = null;
      page.on('pageerror', (error) => troubles.push(error.message));
      page.on('console', (message) => {
        if (message.type() === 'error' || message.type() === 'warning') troubles.push(message.text());
      });
      return {
        page,
        troubles,
        async look(what) {
          const { width } = page.viewportSize() ?? viewport;
          protocol ??= await context.newCDPSession(page);
          for (const colorScheme of ['light', 'dark'] as const) {
            await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
            await page.evaluate(COLORS_CHANGED); // however busy the machine is
            await examine(protocol, `${what} (${colorScheme}, ${width})`, EXAMINED[colorScheme]);
            await picture(page, `${what}-${width}-${colorScheme}`, { fullPage: true });
          }
          expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
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

/** As `<rule> <why> <element>`, but for what is known. */
function undecidedOf({ id, nodes }: Finding, covered: boolean): readonly string[] {
  return nodes.flatMap(({ html, any, all, none }) => {
    const [check] = [...any, ...all, ...none];
    const why = check?.data?.messageKey ?? '';
    const known = UNDECIDED.some(
      (one) => one.rule === id && one.why === why && one.of.test(html) && (covered || one.covered === undefined),
    );
    return known ? [] : [`${id} ${why} ${html}`];
  });
}

/** The examiner is put into a world of its own beside the page's, which its policy does not reach: once, until the page is another. */
async function examine(protocol: CDPSession, what: string, options: object): Promise<void> {
  const there = await protocol.send('Runtime.evaluate', { expression: `'axe' in globalThis`, returnByValue: true });
  if (there.result.value !== true) await protocol.send('Runtime.evaluate', { expression: EXAMINER });
  const { result } = await protocol.send('Runtime.evaluate', {
    expression: `axe.run(${JSON.stringify(options)}).then(({ violations, incomplete }) =>
      JSON.stringify({ violations, incomplete, covered: ${COVERED} }))`,
    awaitPromise: true,
    returnByValue: true,
  });
  const { violations, incomplete, covered } = JSON.parse(String(result.value)) as Examined;
  const serious = violations.filter(isSerious);
  const undecided = incomplete.flatMap((one) => undecidedOf(one, covered));
  expect({
    what,
    serious: serious.map(({ id, nodes }) => `${id}: ${nodes[0]?.html} ${nodes[0]?.failureSummary}`),
    undecided,
  }).toEqual({ what, serious: [], undecided: [] });
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
