// Every page of the dashboard in a real browser: how much it loads before it can be used, whichever of them somebody is sent to, and
// whether axe finds anything in it, at a desk and on a phone.
import type { ServerResponse } from 'node:http';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addressesOf } from '../pages/addresses.ts';
import { CHROMIUM } from '../pages/chromium.ts';
import { createDashboardWorld, type DashboardWorld, DESK, PHONE, type Visit } from '../pages/dashboard.ts';
import { furnish, taskEvent } from '../server.ts';

/** docs/decisions/0017: what a page loads before it can be used, and what comes to one that can be used already. */
const FIRST_BYTES_MAX = 250_000;
const EDITOR_BYTES_MAX = 150_000;
const WORKER_BYTES_MAX = 320_000;
/** The editor of policies, what two versions say differently, and the core, which works on policies beside the page. */
const LATER = /\/assets\/(editor|diff|worker)[\w-]*\.js$/;
/** For a page whose machine is busy with other tests. */
const WAIT_MS = 60_000;
const QUIET_MS = 300;

/** As data, twice: its YAML is made in the page, and there are versions to compare. */
const AS_DATA = {
  policy: 'as-data',
  open: { on: 'com.acme.data.came' },
  key: 'event.data.id',
  assignee: 'event.data.assignee',
  stages: [{ id: 'notice', at: 'opened', notify: { via: ['email'] } }],
};

if (CHROMIUM === null)
  process.stderr.write('LEFT OUT: every page of the dashboard in a real browser (apt-get install chromium).\n');
describe.runIf(CHROMIUM !== null)('every page of the dashboard', () => {
  let world: DashboardWorld;
  let addresses: readonly string[];
  /** The scripts that the server has sent, by whom ever they were asked for: a page, or what works beside it. */
  let sent = new Map<string, number>();
  let open = 0;
  beforeAll(async () => {
    world = await createDashboardWorld();
    const { client, relance } = world.server;
    relance.http.server.on('request', ({ url = '' }, response: ServerResponse) => {
      if (!url.endsWith('.js')) return;
      open++;
      response.on('finish', () => sent.set(url, Number(response.getHeader('content-length'))));
      response.on('close', () => open--);
    });
    await furnish(world.server);
    for (const title of ['First', 'Second']) await client.policies.put('as-data', { ...AS_DATA, title });
    await client.events.send(taskEvent('assigned', { id: 'report', title: 'Write the report', assignee: 'ana' }));
    addresses = await addressesOf(client);
  }, 120_000);
  afterAll(() => world?.end());

  const bytes = (those: (url: string) => boolean = () => true): number =>
    [...sent].filter(([url]) => those(url)).reduce((sum, [, size]) => sum + size, 0);
  /** Goes to an address in a browser that knows nothing yet; what may come later does not come until it is let through. */
  async function arrive(address: string) {
    sent = new Map();
    const { page, troubles, end } = await world.visit({ signedIn: address !== '/sign-in' });
    page.setDefaultTimeout(WAIT_MS);
    const later = Promise.withResolvers<void>();
    await page.route(LATER, async (route) => {
      await later.promise;
      await route.continue();
    });
    await page.goto(world.server.url + address);
    await page.getByRole('heading', { level: 1 }).waitFor();
    return { page, troubles, come: later.resolve, end };
  }
  /** Nothing is being sent, and nothing more has been for a while. */
  async function quiet(scripts: ReadonlyMap<string, number>): Promise<void> {
    let before = -1;
    const stays = (): boolean => {
      const same = open === 0 && before === scripts.size;
      before = scripts.size;
      return same;
    };
    await expect.poll(stays, { interval: QUIET_MS, timeout: WAIT_MS }).toBe(true);
  }
  /** Nothing is on its way any more. */
  async function settled(page: Page): Promise<void> {
    await page.getByRole('heading', { level: 1 }).waitFor();
    await expect.poll(() => page.getByRole('status', { name: 'Loading' }).count(), { timeout: WAIT_MS }).toBe(0);
  }
  const textOf = (page: Page) => page.getByRole('textbox', { name: 'The policy in YAML' });

  it('can be used after less than 250 kB of compressed scripts', { timeout: 600_000 }, async () => {
    const found: { address: string; size: number }[] = [];
    for (const address of addresses) {
      const { end } = await arrive(address);
      await quiet(sent);
      expect([...sent].filter(([, size]) => !Number.isFinite(size))).toEqual([]);
      expect([...sent.keys()].filter((url) => LATER.test(url))).toEqual([]);
      found.push({ address, size: bytes() });
      await end();
    }
    const sizes = found.toSorted((a, b) => b.size - a.size).map(({ address, size }) => `${address} ${size}`);
    console.info(`Bytes of scripts: ${sizes.join(', ')}.`);
    expect(found.filter(({ size }) => size === 0)).toEqual([]);
    expect(found.filter(({ size }) => size >= FIRST_BYTES_MAX)).toEqual([]);
  });

  it('lets one write a policy before its editor is there, and go on in it', { timeout: 180_000 }, async () => {
    const { page, troubles, come, end } = await arrive('/policies/as-data?part=edit');
    const plain = textOf(page);
    await expect.poll(() => plain.inputValue(), { timeout: WAIT_MS }).toContain('policy: as-data');
    await plain.focus();
    await page.keyboard.press('ControlOrMeta+Home');
    await page.keyboard.type('# Ask Ana');
    for (const key of ['Enter', 'ArrowUp', 'End']) await page.keyboard.press(key);
    expect(await plain.inputValue()).toMatch(/^# Ask Ana\npolicy/);
    // Without a pause while it comes.
    let said = '# Ask Ana';
    let there = false;
    const first = page.locator('.cm-line').first();
    const comes = first.waitFor().then(() => {
      there = true;
    });
    come();
    do {
      await page.keyboard.type(' first');
      said += ' first';
    } while (!there);
    await comes;
    await expect.poll(() => first.textContent()).toBe(said);
    // And the core has come, which plays it.
    await page.getByRole('region', { name: 'What came of it' }).waitFor();
    const [editor, worker] = [bytes((url) => /\/editor/.test(url)), bytes((url) => /\/worker/.test(url))];
    console.info(`The editor is ${editor} bytes, the core ${worker}.`);
    expect(editor).toBeLessThan(EDITOR_BYTES_MAX);
    expect(worker).toBeLessThan(WORKER_BYTES_MAX);
    expect(Math.min(editor, worker)).toBeGreaterThan(FIRST_BYTES_MAX / 3);
    expect(troubles).toEqual([]);
    await end();
  });

  it('lets letters be put together to their end before the editor comes', { timeout: 120_000 }, async () => {
    const { page, troubles, come, end } = await arrive('/policies/as-data?part=edit');
    await textOf(page).focus();
    await page.keyboard.press('ControlOrMeta+Home');
    await page.keyboard.type('# ');
    const keys = await page.context().newCDPSession(page);
    await keys.send('Input.imeSetComposition', { text: 'にほ', selectionStart: 2, selectionEnd: 2 });
    const sends = page.waitForResponse(/\/assets\/editor/);
    come();
    await page.evaluate(`import(${JSON.stringify((await sends).url())})`); // the page has it as well then
    expect(await page.locator('.cm-line').count()).toBe(0);
    await keys.send('Input.insertText', { text: '日本' });
    const first = page.locator('.cm-line').first();
    await expect.poll(() => first.textContent().catch(() => null), { timeout: WAIT_MS }).toBe('# 日本policy: as-data');
    expect(troubles).toEqual([]);
    await end();
  });

  it('lets one write and publish where the editor does not load', { timeout: 120_000 }, async () => {
    const { page, end } = await world.visit();
    await page.route(/\/assets\/editor/, (route) => route.fulfill({ status: 404 }));
    const asked = page.waitForResponse(/\/assets\/editor/);
    await page.goto(`${world.server.url}/policies/as-data?part=edit`);
    const plain = textOf(page);
    await plain.focus();
    await page.keyboard.press('ControlOrMeta+End');
    await page.keyboard.type('nonsense: 1');
    expect((await asked).status()).toBe(404);
    await page.getByRole('button', { name: /^Line \d+, nonsense$/ }).click();
    await page.keyboard.type('# ');
    await page.getByText('Checked: it can be published.').waitFor();
    expect(await plain.inputValue()).toMatch(/\n# nonsense: 1$/);
    await page.getByText(/^Ctrl \+ S publishes\.$/).waitFor();
    await page.keyboard.press('ControlOrMeta+s');
    await page.getByRole('status', { name: 'Version 3 is published' }).waitFor();
    expect(await page.getByRole('alert').count()).toBe(0);
    await end();
  });

  it('says in its place what does not load, and the page can be loaded again', { timeout: 120_000 }, async () => {
    const { page, look, end } = await world.visit();
    await page.route(/\/assets\/diff/, (route) => route.fulfill({ status: 404 }));
    await page.goto(`${world.server.url}/policies/as-data?part=versions`);
    const changed = page.getByRole('region', { name: 'What has changed' });
    const again = changed.getByRole('alert').getByRole('button', { name: 'Load the page again' });
    await again.waitFor();
    await page.getByRole('region', { name: 'Versions' }).getByRole('row', { name: /^3/ }).waitFor();
    await look('a part that does not load');
    await page.unrouteAll();
    await again.click();
    await page.getByLabel('Version 3, compared with version 2').waitFor();
    expect(await page.getByRole('alert').count()).toBe(0);
    await end();
  });

  /** At a desk and on a phone, each in light and dark. */
  async function lookAt({ page, look }: Visit, what: string): Promise<void> {
    for (const size of [PHONE, DESK]) {
      await page.setViewportSize(size);
      await look(what);
    }
  }

  it('is read without hindrance, at a desk and on a phone, in light and dark', { timeout: 600_000 }, async () => {
    const visit = await world.visit();
    for (const address of addresses) {
      await visit.page.goto(world.server.url + address);
      await settled(visit.page);
      await lookAt(visit, address);
      if (address === '/templates/new-one') {
        // It is asked for, and is not there yet.
        expect(visit.troubles.filter((text) => !text.includes('404'))).toEqual([]);
        visit.troubles.length = 0;
      }
    }
    expect(visit.troubles).toEqual([]);
    await visit.end();
  });

  it('is so while something is chosen, typed or asked', { timeout: 300_000 }, async () => {
    const visit = await world.visit();
    const { page } = visit;
    const { url, client } = world.server;
    const { items } = await client.followUps.list();
    await page.goto(`${url}/follow-ups`);
    await page.getByRole('checkbox', { name: /Write the report/ }).check();
    await lookAt(visit, 'some that are chosen');
    await page.goto(`${url}/follow-ups/${items[0]?.id}`);
    await page.getByRole('button', { name: 'Snooze' }).click();
    await page.getByRole('button', { name: 'Never mind' }).waitFor();
    await lookAt(visit, 'a command');
    await page.goto(`${url}/schedules/primary`);
    await page.getByRole('button', { name: 'Add an override' }).click();
    await page.getByRole('form', { name: 'Add an override' }).waitFor();
    await lookAt(visit, 'an override');
    await page.context().request.delete(`${url}/session`, { headers: { origin: url } });
    await page.getByRole('link', { name: 'People' }).click();
    await page.getByRole('dialog', { name: 'Your session has ended' }).waitFor();
    await lookAt(visit, 'a session that has ended');
    await page.getByRole('button', { name: 'Leave' }).click();
    await page.getByLabel('API key').waitFor();
    await lookAt(visit, 'signing in');
    await visit.end();
  });

  it('or it is told', { timeout: 120_000 }, async () => {
    const { page, look, end } = await world.visit();
    for (const [breaks, told] of [
      [`document.querySelector('main button').replaceChildren()`, /light.*button-name: <button/s],
      [`document.querySelector('h1').style.color = '#999'`, /light.*color-contrast: <h1/s],
      [
        `document.styleSheets[0].insertRule('@media (prefers-color-scheme: dark) { h1 { color: #555 !important } }')`,
        /dark.*color-contrast: <h1/s,
      ],
      [`document.querySelector('main').style.width = '2000px'`, /to be less than/],
    ] as const) {
      await page.goto(`${world.server.url}/people`);
      await settled(page);
      await page.evaluate(breaks);
      const seen = await look('people').then(
        () => 'nothing',
        (error: unknown) => JSON.stringify(error, ['message', 'actual', 'serious', 'what']),
      );
      expect({ breaks, seen }).toEqual({ breaks, seen: expect.stringMatching(told) });
    }
    await end();
  });

  it('is so where there is nothing yet', { timeout: 120_000 }, async () => {
    const empty = await createDashboardWorld();
    const visit = await empty.visit();
    await visit.page.goto(empty.server.url);
    await settled(visit.page);
    await lookAt(visit, 'first steps');
    expect(visit.troubles).toEqual([]);
    await empty.end();
  });
});
