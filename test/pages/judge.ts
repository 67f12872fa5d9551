// A page of the inbox as whoever examines it sees it: in both colours, on a phone and on a desktop, axe finds nothing serious and nothing
// is wider than the window. Pictures go where RELANCE_TEST_PICTURES says. The dashboard has its own (dashboard.ts).
import { mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';
import { expect } from 'vitest';

export const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
/**
 * Of what is well nobody asks where it is, nor of anything how it could be found again: finding that out takes as long as the
 * rest. The examiner is not in frames (mails): nobody there would answer, and they are not waited for.
 */
const TOLD = { resultTypes: ['violations', 'incomplete'], selectors: false, iframes: false } as const;
/** In other colours nothing but the colours is different. They hold WCAG AA; what is enhanced is AAA. */
export const EXAMINED = {
  light: TOLD,
  dark: {
    ...TOLD,
    runOnly: { type: 'tag', values: ['cat.color'] },
    rules: { 'color-contrast-enhanced': { enabled: false } },
  },
} as const;
/** Where to leave pictures of the pages for whoever wants to look at them. */
const PICTURES = process.env.RELANCE_TEST_PICTURES ?? null;
export const SIZES = { phone: { width: 390, height: 844 }, desktop: { width: 1100, height: 800 } };

interface Finding {
  readonly id: string;
  readonly impact: string | null;
  readonly nodes: readonly { readonly html: string }[];
}

export const isSerious = ({ impact }: Pick<Finding, 'impact'>): boolean =>
  impact === 'serious' || impact === 'critical';

let pictures = 0;
export async function picture(page: Page, what: string, options: { readonly fullPage?: boolean } = {}): Promise<void> {
  if (PICTURES === null) return;
  mkdirSync(PICTURES, { recursive: true });
  const name = `${String(++pictures).padStart(2, '0')}-${what.replaceAll(/\W+/g, '-')}`;
  await page.screenshot({ path: `${PICTURES}/${name}.png`, ...options });
}

/** On a page without a policy, or one that was bypassed, as an examiner must. */
export async function judge(page: Page, what: string): Promise<void> {
  await page.addScriptTag({ path: AXE });
  // axe takes a page that has no colour of its own for a white one.
  await page.evaluate(`if (getComputedStyle(document.body).backgroundColor === 'rgba(0, 0, 0, 0)')
    document.documentElement.style.background = 'Canvas'`);
  for (const [size, viewport] of Object.entries(SIZES)) {
    await page.setViewportSize(viewport);
    const inks: unknown[] = [];
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      const examined = `axe.run(${JSON.stringify(EXAMINED[colorScheme])}).then(({ violations }) => violations)`;
      const found = (await page.evaluate(examined)) as readonly Finding[];
      const serious = found.filter(isSerious);
      const said = serious.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' | ')}`);
      expect({ what, size, colorScheme, said }).toEqual({ what, size, colorScheme, said: [] });
      await picture(page, `${what}-${size}-${colorScheme}`);
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(viewport.width);
      inks.push(await page.evaluate('getComputedStyle(document.body).color'));
    }
    // Or the light page was judged twice.
    expect({ what, inks: new Set(inks).size }).toEqual({ what, inks: 2 });
  }
}
