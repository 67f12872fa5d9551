// Debian's Chromium for tests of pages, where it is installed; elsewhere each says what it leaves out. On the machine that checks
// every change nothing is left out. Where its headless shell is installed as well, most tests use that.
import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

const CHOSEN = process.env.RELANCE_CHROMIUM;
/** The whole browser: Lighthouse and notifications need it. */
export const PROGRAM = CHOSEN ?? '/usr/bin/chromium';
/** The same engine, of the same build, without pages for a window that nobody sees: a page takes a sixth less, a start half. */
const SHELL = '/usr/bin/chromium-headless-shell';
/** Null where there is none. */
export const CHROMIUM = existsSync(PROGRAM) ? PROGRAM : null;
if (CHROMIUM === null && process.env.CI === 'true')
  throw new Error('Chromium is not installed; .ci/run installs it so that nothing is left out.');

export const launchWholeChromium = (executablePath = PROGRAM): Promise<Browser> =>
  chromium.launch({
    executablePath,
    args: ['--no-sandbox', '--disable-quic', '--disable-background-networking', '--no-first-run'],
  });

export const launchChromium = (): Promise<Browser> =>
  launchWholeChromium(CHOSEN === undefined && existsSync(SHELL) ? SHELL : PROGRAM);
