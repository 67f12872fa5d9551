// The examples of the inbox in pages, each started as its README says and opened in a real browser: a message comes by itself and is acted
// on, a server that restarts is survived, nothing breaks a strict Content-Security-Policy, axe finds nothing serious (of
// states that no server shows at will: inbox-states.test.ts), and all of it is done by keyboard.
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser, BrowserContext, Locator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { RelanceInbox } from '../../packages/inbox/src/inbox-element.ts';
import { bundleInbox } from '../../scripts/bundle-inbox.ts';
import { CHROMIUM, launchChromium } from '../pages/chromium.ts';
import { createInboxWorld, type Example, type InboxWorld, startExample } from '../pages/inbox-world.ts';
import { judge, picture, SIZES } from '../pages/judge.ts';

const PATIENCE = { timeout: 30_000 };

if (CHROMIUM === null) process.stderr.write('LEFT OUT: the inbox in a real browser (apt-get install chromium).\n');
describe.runIf(CHROMIUM !== null)('the inbox in a page', () => {
  let world: InboxWorld;
  let browser: Browser;
  const contexts: BrowserContext[] = [];
  const broken: string[] = [];
  beforeAll(async () => {
    await bundleInbox();
    world = await createInboxWorld();
    browser = await launchChromium();
  }, 120_000);
  afterEach(async () => {
    await world.empty();
    for (const context of contexts.splice(0)) await context.close();
    expect(broken.splice(0)).toEqual([]);
  });
  afterAll(async () => {
    await browser?.close();
    await world?.end();
  });

  /** A page that says what its policy refused, and what it threw. */
  async function open(url: string, options: Parameters<Browser['newContext']>[0] = {}): Promise<Page> {
    const context = await browser.newContext({ viewport: SIZES.desktop, ...options });
    contexts.push(context);
    const page = await context.newPage();
    page.on('pageerror', (error) => broken.push(error.message));
    page.on('console', (said) => {
      if (/Content.Security.Policy|Trusted/i.test(said.text())) broken.push(said.text());
    });
    await page.goto(url);
    return page;
  }

  const focused = (page: Page) =>
    page.evaluate(
      'document.activeElement.shadowRoot?.activeElement?.textContent.trim() ?? document.activeElement.localName',
    );

  const inbox = (page: Page): Locator => page.locator('relance-inbox');
  const bell = (page: Page): Locator => inbox(page).locator('.bell');
  const items = (page: Page): Locator => inbox(page).locator('li');
  const item = (page: Page, title: string): Locator => items(page).filter({ hasText: title });
  async function snooze(page: Page, title: string): Promise<void> {
    await item(page, title).getByRole('button', { name: 'Remind me later' }).click();
    await item(page, title).getByRole('button', { name: 'In an hour' }).click();
  }
  /** The server goes away and comes back, and tells what it has to tell. */
  async function survives(page: Page, id: string): Promise<void> {
    await world.stop();
    await inbox(page).locator('.away').waitFor();
    await world.start();
    await world.tell('feed', id, { title: `After the restart ${id}` });
    await item(page, `After the restart ${id}`).waitFor();
    await inbox(page).locator('.away').waitFor({ state: 'detached' });
  }
  const told = (page: Page) => expect.poll(() => bell(page).getAttribute('aria-label'), PATIENCE);
  /** Before that, what comes is there already, and comes with the list. */
  const listens = (page: Page) =>
    expect
      .poll(() => inbox(page).evaluate((one) => (one as RelanceInbox).inbox?.getState().status), PATIENCE)
      .toBe('live');
  /** Whatever the address says: no other server is asked in the name of the page, and nothing of Relance but the inbox. */
  async function asksTheInboxAlone(example: Example): Promise<void> {
    let strayed = 0;
    const other = createServer((_request, response) => {
      strayed += 1;
      response.end('<script>"of the page"</script>');
    });
    await new Promise<void>((ready) => other.listen(0, '127.0.0.1', ready));
    const there = `//127.0.0.1:${(other.address() as AddressInfo).port}`;
    const paths = [
      `${there}/v1/inbox/x`,
      `http:${there}/v1/inbox/x`,
      `/v1/inbox/../..${there}/x`,
      '//',
      '/v1/inbox/../../openapi.json',
    ];
    for (const path of paths) {
      const answer = await new Promise<string>((resolve, reject) => {
        const asked = request(example.url, { path }, async (got) => resolve((await got.toArray()).join('')));
        asked.on('error', reject).end();
      });
      expect({ path, answer }).toEqual({ path, answer: expect.not.stringMatching(/of the page|"openapi"/) });
    }
    other.close();
    expect(strayed).toBe(0);
    const { status } = await fetch(`${example.url}/v1/inbox?limit=1`);
    expect(status).toBe(401); // by Relance, which is asked as before
  }

  describe('without a framework', () => {
    let example: Example;
    beforeAll(async () => {
      example = await startExample('inbox-html/server.js', world);
    });
    afterAll(() => example?.stop());

    it('asks nobody but the inbox of Relance', () => asksTheInboxAlone(example));

    it('tells of what comes, is acted on by keyboard alone, and survives a restart', { timeout: 120_000 }, async () => {
      const page = await open(example.url);
      await listens(page);
      await told(page).toBe('Notifications');
      await world.tell('feed', 'k1', { title: 'Approve the budget', url: 'https://acme.example/budget' });
      await told(page).toBe('Notifications, 1 unread');
      expect(await inbox(page).locator('[aria-live=polite]').first().textContent()).toBe('New: Approve the budget');
      await bell(page).focus();
      expect(await bell(page).getAttribute('aria-expanded')).toBe('false');
      await page.keyboard.press('Enter');
      expect(await bell(page).getAttribute('aria-expanded')).toBe('true');
      expect(await inbox(page).getByRole('link', { name: 'Approve the budget' }).getAttribute('href')).toBe(
        'https://acme.example/budget',
      );
      await page.keyboard.press('Escape');
      expect(
        await bell(page).evaluate(
          (one) => one.getRootNode() instanceof ShadowRoot && (one.getRootNode() as ShadowRoot).activeElement === one,
        ),
      ).toBe(true);
      await page.keyboard.press('Enter');
      await page.keyboard.press('ArrowDown');
      await inbox(page).getByRole('button', { name: 'I have this' }).press('Enter');
      await expect.poll(() => world.status('feed', 'k1'), PATIENCE).toBe('acknowledged');
      expect(await item(page, 'Approve the budget').locator('.did').textContent()).toContain('You have this.');
      await inbox(page).getByRole('button', { name: 'Take it back' }).press('Enter');
      await expect.poll(() => world.status('feed', 'k1'), PATIENCE).toBe('open');

      await survives(page, 'k2');
      expect(await items(page).count()).toBe(2);
      await item(page, 'After the restart').getByRole('button', { name: 'It is done' }).press('Enter');
      await expect.poll(() => world.status('feed', 'k2'), PATIENCE).toBe('resolved');
      await expect.poll(() => items(page).count(), PATIENCE).toBe(1);
      await world.done('feed', 'k1'); // elsewhere
      await expect.poll(() => items(page).count(), PATIENCE).toBe(0);
      await told(page).toBe('Notifications');
    });

    it('takes back what is refused, and says so', { timeout: 60_000 }, async () => {
      const page = await open(example.url);
      const snoozedUntil = async () => (await world.client.followUps.byKey('feed', 'r1').get()).snoozedUntil;
      await world.tell('feed', 'r1', { title: 'Order paper' });
      await told(page).toBe('Notifications, 1 unread');
      await bell(page).click();
      await snooze(page, 'Order paper');
      await expect
        .poll(() => item(page, 'Order paper').locator('.did').textContent(), PATIENCE)
        .toContain('reminded later');
      await inbox(page).getByRole('button', { name: 'Take it back' }).click();
      await expect.poll(snoozedUntil, PATIENCE).toBeNull();
      await snooze(page, 'Order paper'); // the policy allows one
      expect(await item(page, 'Order paper').locator('[role=alert]').textContent()).toBe('This is not possible here.');
      expect(await item(page, 'Order paper').locator('.did').count()).toBe(0);
      expect(await snoozedUntil()).toBeNull();
      await inbox(page).getByRole('button', { name: 'Archive: Order paper' }).click();
      await expect.poll(() => items(page).count(), PATIENCE).toBe(0);
    });

    it('shows banners, toasts and modals until they are read, acted on or over', { timeout: 120_000 }, async () => {
      const page = await open(example.url);
      await listens(page);
      await told(page).toBe('Notifications');
      const banner = page.locator('relance-banner article');
      const toast = page.locator('relance-toasts article');
      const modal = page.locator('relance-modal dialog');
      await world.tell('banner', 'b1', { title: 'The lift is out of order' });
      await banner.waitFor();
      expect(await banner.getByRole('link', { name: 'Approve a part' }).getAttribute('href')).toMatch(
        /\/a\/[\w-]{22}$/,
      );
      await banner.getByRole('button', { name: 'Approve', exact: true }).click();
      await expect.poll(() => world.status('banner', 'b1'), PATIENCE).toBe('resolved');
      await expect.poll(() => banner.count(), PATIENCE).toBe(0);

      await world.tell('banner', 'b2', { title: 'Soon over', until: new Date(Date.now() + 6_000).toISOString() });
      await banner.waitFor();
      await banner.waitFor({ state: 'detached' });
      await told(page).toBe('Notifications, 1 unread'); // as an item of the feed it is there still

      await world.tell('toast', 't1', { title: 'Bo has read your proposal' });
      await toast.waitFor();
      await toast.getByRole('button', { name: 'Close: Bo has read your proposal' }).click();
      await expect.poll(() => toast.count(), PATIENCE).toBe(0);
      await told(page).toBe('Notifications, 1 unread'); // closed is read

      await bell(page).focus();
      await world.tell('modal', 'm1', { title: 'First' });
      await modal.getByRole('heading', { name: 'First' }).waitFor();
      await world.tell('modal', 'm2', { title: 'Second' });
      await told(page).toBe('Notifications, 3 unread');
      expect(await modal.getByRole('heading').textContent()).toBe('First');
      expect(await focused(page)).toBe('First');
      for (let press = 0; press < 12; press++) {
        await page.keyboard.press('Tab'); // never on the page behind it
        expect(await page.evaluate('document.activeElement.localName')).toMatch(/^(relance-modal|body)$/);
      }
      await page.keyboard.press('Escape');
      await modal.getByRole('heading', { name: 'Second' }).waitFor();
      expect(await focused(page)).toBe('Second');
      await modal.getByRole('button', { name: 'It is done' }).press('Enter');
      await expect.poll(() => world.status('modal', 'm2'), PATIENCE).toBe('resolved');
      await expect.poll(() => page.locator('relance-modal dialog[open]').count(), PATIENCE).toBe(0);
      expect(await page.evaluate('document.activeElement.localName')).toBe('relance-inbox');

      await page.reload(); // nothing of it comes again
      await told(page).toBe('Notifications, 1 unread');
      expect([
        await banner.count(),
        await toast.count(),
        await page.locator('relance-modal dialog[open]').count(),
      ]).toEqual([0, 0, 0]);
    });

    it('takes the choices of its reader, and takes back what is refused', { timeout: 60_000 }, async () => {
      const page = await open(example.url);
      await bell(page).click();
      await inbox(page).getByRole('button', { name: 'What we send you' }).click();
      const preferences = page.locator('relance-preferences');
      await preferences.getByRole('checkbox', { name: 'SMS' }).last().uncheck();
      await preferences.getByText('Saved.').waitFor();
      // What is answered while somebody is halfway through a span takes nothing from them.
      const late = Promise.withResolvers<void>();
      await page.route(/\/v1\/inbox\/preferences$/, (route) => late.promise.then(() => route.continue()), { times: 1 });
      const answered = page.waitForResponse(/\/v1\/inbox\/preferences$/);
      await preferences.getByLabel('How often').selectOption('daily');
      await preferences.getByRole('textbox', { name: 'From' }).fill('22:00');
      await preferences.getByRole('textbox', { name: 'From' }).press('Tab');
      late.resolve();
      await (await answered).finished();
      await preferences.getByText('Saved.').waitFor();
      await preferences.getByRole('textbox', { name: 'To' }).fill('07:00');
      await preferences.getByLabel('How often').focus();
      const holds = async () => {
        const { quietHours, categories } = await world.client.recipients.preferences('ana');
        return { quietHours, ...categories.find(({ id }) => id === 'tasks') };
      };
      await expect
        .poll(holds, PATIENCE)
        .toMatchObject({ quietHours: '22:00-07:00', frequency: 'daily', channels: { sms: false, email: true } });
      expect(await preferences.getByRole('checkbox', { name: 'Safety' }).isDisabled()).toBe(true);
      await preferences.getByText('You are on call for the building.').waitFor();
      const [change] = (await world.client.recipients.preferenceChanges('ana')).items;
      expect(change).toMatchObject({ how: 'page', by: null });
      await world.stop();
      await preferences.getByRole('checkbox', { name: 'Tasks' }).click(); // taken back before anybody could look
      await preferences.getByText('This did not work.').waitFor();
      expect(await preferences.getByRole('checkbox', { name: 'Tasks' }).isChecked()).toBe(true);
      await world.start();
      expect(await holds()).toMatchObject({ subscribed: true });
      await page.keyboard.press('Escape');
      expect(await bell(page).getAttribute('aria-expanded')).toBe('false');
    });

    it('saves the hours that are typed when its reader closes the page', { timeout: 60_000 }, async () => {
      await world.client.recipients.putPreferences('ana', { quietHours: null });
      const page = await open(example.url);
      await bell(page).click();
      await inbox(page).getByRole('button', { name: 'What we send you' }).click();
      await page.getByRole('textbox', { name: 'From' }).fill('21:00');
      await page.getByRole('textbox', { name: 'To' }).fill('06:00');
      const hours = async () => (await world.client.recipients.preferences('ana')).quietHours;
      expect(await hours()).toBeNull();
      await page.goto('about:blank');
      await expect.poll(hours, PATIENCE).toBe('21:00-06:00');
    });

    it('speaks the language of its reader, from right to left as well', { timeout: 60_000 }, async () => {
      await world.tell('feed', 'l1', { title: 'Signer le bail' });
      const page = await open(example.url);
      await told(page).toBe('Notifications, 1 unread');
      await page.evaluate(
        'document.documentElement.lang = "fr"; document.querySelector("relance-inbox").requestUpdate()',
      );
      await told(page).toBe('Notifications, 1 non lue');
      await page.evaluate(`
        document.documentElement.dir = 'rtl';
        const inbox = document.querySelector('relance-inbox');
        inbox.lang = 'ar';
        inbox.words = { title: 'الإشعارات', unread: { one: 'غير مقروء واحد', other: '{n} غير مقروءة' } };
      `);
      await told(page).toBe('الإشعارات, غير مقروء واحد');
      await bell(page).click();
      await page.locator('relance-inbox').getByRole('heading', { name: 'الإشعارات' }).waitFor();
      const { x = 0, width = 0 } = (await inbox(page).locator('.panel').boundingBox()) ?? {};
      expect(x).toBeGreaterThanOrEqual(0);
      expect(x + width).toBeLessThanOrEqual(SIZES.desktop.width);
      await picture(page, 'right to left');
    });

    it('axe finds nothing serious in any state', { timeout: 180_000 }, async () => {
      const page = await open(example.url, { bypassCSP: true });
      await judge(page, 'nothing');
      await bell(page).click();
      await judge(page, 'an empty list');
      await world.tell('feed', 'a1', {
        title: 'Approve the budget for the second half of the year',
        url: 'https://acme.example/budget',
      });
      await world.tell('feed', 'a2', {
        title: 'Sign the lease',
        text: 'The landlord waits for it until Friday.\nIt is in the folder on your desk.',
      });
      await world.tell('feed', 'a3', { title: 'Order paper' });
      await expect.poll(() => items(page).count(), PATIENCE).toBe(3);
      await item(page, 'Sign the lease').getByRole('button', { name: 'I have this' }).click();
      await snooze(page, 'Order paper');
      await item(page, 'Order paper').getByRole('button', { name: 'Take it back' }).click();
      await snooze(page, 'Order paper');
      await item(page, 'Order paper').locator('[role=alert]').waitFor();
      await item(page, 'Order paper').getByRole('button', { name: 'Remind me later' }).click();
      await judge(page, 'a list');
      await inbox(page).getByRole('button', { name: 'What we send you' }).click();
      await page.locator('relance-preferences fieldset').first().waitFor();
      await judge(page, 'preferences');
      await inbox(page).getByRole('button', { name: 'Close' }).click();
      await world.tell('banner', 'a4', {
        title: 'The lift is out of order',
        text: 'Somebody must let the mechanics in.',
      });
      await world.tell('toast', 'a5', { title: 'Bo has read your proposal', text: 'He likes it.' });
      await page.locator('relance-toasts article').waitFor();
      await page.locator('relance-banner article').waitFor();
      await judge(page, 'a banner and a toast');
      await world.tell('modal', 'a6', {
        title: 'The building is being evacuated',
        text: 'Leave by the stairs. Say that you have read this.',
      });
      await page.locator('relance-modal dialog[open]').waitFor();
      await judge(page, 'a modal');
    });
  });

  it('in an Express application: of whoever is signed in, and of nobody else', { timeout: 120_000 }, async () => {
    const example = await startExample('inbox-express/server.js', world);
    try {
      await asksTheInboxAlone(example);
      expect((await fetch(`${example.url}/inbox-token`, { method: 'POST' })).status).toBe(401);
      const seen = await open(example.url, { bypassCSP: true });
      await judge(seen, 'the sign-in form of the Express example');
      const page = await open(example.url, { locale: 'fr-FR' });
      await page.getByLabel('Who are you?').fill('ana');
      await page.getByRole('button').click();
      await world.tell('feed', 'x1', { title: 'Signer le bail' });
      await world.tell('feed', 'x2', { title: 'Not for Ana', who: 'boss' });
      await told(page).toBe('Notifications, 1 non lue');
      await bell(page).click();
      await survives(page, 'x3');
      await item(page, 'Signer le bail').getByRole('button', { name: 'It is done' }).click();
      await expect.poll(() => world.status('feed', 'x1'), PATIENCE).toBe('resolved');
      expect(await page.content()).not.toContain('Not for Ana');
      await seen.getByLabel('Who are you?').fill('ana');
      await seen.getByRole('button').click();
      await bell(seen).click();
      await items(seen).first().waitFor();
      await judge(seen, 'the Express example');
    } finally {
      await example.stop();
    }
  });

  it('in a React application: components and the hook show the same', { timeout: 120_000 }, async () => {
    const example = await startExample('inbox-react/server.js', world);
    try {
      await asksTheInboxAlone(example);
      const page = await open(example.url);
      const waits = () => page.locator('#waits').textContent();
      await expect.poll(waits, PATIENCE).toBe('0 of 0 unread; the newest: none');
      await world.tell('feed', 'y1', { title: 'Sign the lease' });
      await expect.poll(waits, PATIENCE).toBe('1 of 1 unread; the newest: Sign the lease');
      await told(page).toBe('Notifications, 1 unread');
      await bell(page).click();
      await survives(page, 'y2');
      await item(page, 'Sign the lease').getByRole('button', { name: 'I have this' }).click();
      await expect
        .poll(() => page.locator('#did').textContent(), PATIENCE)
        .toBe('You did acknowledge: Sign the lease.');
      expect(await world.status('feed', 'y1')).toBe('acknowledged');
      await world.tell('modal', 'y3', { title: 'Leave the building' });
      await page.locator('relance-modal').getByRole('button', { name: 'It is done' }).click();
      await expect.poll(() => world.status('modal', 'y3'), PATIENCE).toBe('resolved');
      const seen = await open(example.url, { bypassCSP: true });
      await bell(seen).click();
      await items(seen).first().waitFor();
      await judge(seen, 'the React example');
    } finally {
      await example.stop();
    }
  });
});
