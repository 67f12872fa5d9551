// Debian's Chromium for tests of pages, where it is installed; elsewhere each says what it leaves out. On the machine that checks
// every change nothing is left out.
import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

export const PROGRAM = process.env.RELANCE_CHROMIUM ?? '/usr/bin/chromium';
/** Null where there is none. */
export const CHROMIUM = existsSync(PROGRAM) ? PROGRAM : null;
if (CHROMIUM === null && process.env.CI === 'true')
  throw new Error('Chromium is not installed; .ci/run installs it so that nothing is left out.');

export const launchChromium = (): Promise<Browser> =>
  chromium.launch({
    executablePath: PROGRAM,
    args: ['--no-sandbox', '--disable-quic', '--disable-background-networking', '--no-first-run'],
  });
