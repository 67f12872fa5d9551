// Templates in a real browser: what is built in is shown while nothing is written, words are previewed as they are typed, for a reader
// and a language, as wide as a desk or a phone, light and dark, in a frame that runs nothing; saved, tested, and deleted.
import { createInboxClient } from '@relance/client';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CHROMIUM } from '../pages/chromium.ts';
import { createDashboardWorld, type DashboardWorld, LONG_WORD, PHONE } from '../pages/dashboard.ts';
import { furnish } from '../server.ts';

const MAIL = `<html><head><style>body { background: #fff } @media (prefers-color-scheme: dark) { body { background: #111; color: #eee } }</style></head>
<body><p>Hello {{ recipient.name }}, please pay.</p></body></html>`;

if (CHROMIUM === null)
  process.stderr.write('LEFT OUT: templates of the dashboard in a real browser (apt-get install chromium).\n');
/** Nothing runs in the frame of a mail, not even for a test, and it is no part of the page: what is drawn tells, as red, green, blue. */
async function groundOfMail(page: Page): Promise<string> {
  const picture = (await page.locator('iframe').screenshot()).toString('base64');
  return page.evaluate<string>(`(async () => {
    const bytes = Uint8Array.from(atob('${picture}'), (letter) => letter.charCodeAt(0));
    const bitmap = await createImageBitmap(new Blob([bytes], { type: 'image/png' }));
    const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext('2d');
    context.drawImage(bitmap, 0, 0);
    return [...context.getImageData(bitmap.width / 2, bitmap.height - 12, 1, 1).data].slice(0, 3).join();
  })()`);
}

describe.runIf(CHROMIUM !== null)('templates in the dashboard', () => {
  let world: DashboardWorld;
  beforeAll(async () => {
    world = await createDashboardWorld();
    await furnish(world.server);
  }, 120_000);
  afterAll(() => world?.end());

  /** An item of the inbox may go away by itself. A test of it is in the inbox of whoever it is sent to. */
  async function writeItem(page: Page): Promise<void> {
    await page.getByLabel('Channel').selectOption('inbox');
    await page.getByLabel('Title', { exact: true }).fill('Pay by Friday');
    await page.getByLabel('Body', { exact: true }).fill('It is due.');
    await page.getByLabel('Shown until').fill('2030-01-01T00:00:00Z');
    await page.getByLabel('Send a test to (recipient)').fill('bo');
    await page.getByRole('button', { name: 'Send a test' }).click();
    await page.getByRole('status').filter({ hasText: 'Handed over' }).waitFor();
    const { client, url } = world.server;
    const { token } = await client.recipients.token('bo');
    const { items } = await createInboxClient({ url, key: token }).list();
    expect(items).toMatchObject([{ title: '[Test] Pay by Friday', body: 'It is due.', actions: [] }]);
  }

  it('previews words while they are written, and saves them', { timeout: 240_000 }, async () => {
    const { client } = world.server;
    const { page, troubles, look, end } = await world.visit();
    await page.goto(`${world.server.url}/templates`);
    await page.getByRole('heading', { name: 'Every message has the words that are built in' }).waitFor();
    await look('no templates');
    await page.getByLabel('New template').fill('reminder');
    await page.getByRole('button', { name: 'Write it' }).click();
    await page.getByRole('heading', { name: 'reminder', level: 1 }).waitFor();
    // What is built in, as nothing is written yet.
    const mail = page.frameLocator('iframe');
    await expect.poll(() => mail.locator('body').textContent(), { timeout: 20_000 }).toMatch(/\w/);
    await look('a template that has no words yet');

    await page.getByLabel('Subject').fill('Pay {{ data.amount | money: data.currency }}');
    await page.getByLabel('Written in').selectOption('html');
    await page.getByRole('textbox', { name: 'HTML', exact: true }).fill(MAIL);
    await page.getByText('It reads names that have no value').waitFor();
    await page.getByText('For whom, and of what').click();
    await page.getByRole('combobox', { name: 'Recipient' }).fill('ana');
    await page.getByRole('option', { name: /Ana/ }).click();
    await page.getByLabel('Data of an invented one (JSON)').fill('{"amount": 12');
    await page.getByText('This is not a JSON object.').waitFor();
    await page.getByLabel('Data of an invented one (JSON)').fill('{"amount": 120, "currency": "EUR"}');
    await page
      .getByRole('region', { name: 'Preview' })
      .getByText(/Pay €\s?120/)
      .waitFor();
    await mail.getByText('Hello Ana,', { exact: false }).first().waitFor();
    // What somebody writes runs nowhere, and is nobody's origin.
    expect(await page.title()).toBe('reminder · Relance');
    expect(await page.locator('iframe').getAttribute('sandbox')).toBe('allow-popups allow-popups-to-escape-sandbox');
    await look('a mail as it is written');

    expect(await groundOfMail(page)).toBe('255,255,255');
    await page.getByRole('checkbox', { name: 'Dark colours' }).check();
    await expect.poll(() => groundOfMail(page), { timeout: 20_000 }).toBe('17,17,17');
    await page.getByLabel('As wide as').selectOption('phone');
    await expect.poll(async () => (await page.locator('iframe').boundingBox())?.width).toBeCloseTo(375, -1);
    await look('a mail on a phone, in the dark');

    await page.getByLabel('Another language').fill('fr');
    await page.getByRole('button', { name: 'Add', exact: true }).click();
    await page.getByRole('textbox', { name: 'Text', exact: true }).fill('Bonjour {{ recipient.name }}.');
    await page.getByText('Bonjour Ana.').waitFor(); // a mail of text alone
    await writeItem(page);
    await look('an item of the inbox');
    await page.getByLabel('Channel').selectOption('sms');
    await page.getByRole('textbox', { name: 'Text', exact: true }).fill('Payez {{ data.amount }}');
    await page.getByText('Payez 120').waitFor();
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('status').filter({ hasText: 'Saved.' }).waitFor();
    expect(await client.templates.get('reminder')).toMatchObject({
      email: { subject: 'Pay {{ data.amount | money: data.currency }}' },
      locales: {
        fr: {
          email: { text: 'Bonjour {{ recipient.name }}.' },
          sms: { text: 'Payez {{ data.amount }}' },
          inbox: { until: '2030-01-01T00:00:00Z' },
        },
      },
    });

    await page.getByLabel('Send a test to').fill('+34600000001');
    await page.getByRole('button', { name: 'Send a test' }).click();
    await page.getByRole('status').filter({ hasText: 'Handed over' }).waitFor();
    // What cannot be read is refused in the server's words, and nothing is kept of it.
    await page.getByRole('textbox', { name: 'Text', exact: true }).fill('{% if %}');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('alert').first().waitFor();
    expect((await client.templates.get('reminder')).locales?.fr?.sms).toEqual({ text: 'Payez {{ data.amount }}' });
    await page.getByRole('textbox', { name: 'Text', exact: true }).fill('Payez {{ data.amount }}');
    await page.getByRole('link', { name: 'Templates' }).last().click();
    await page.getByRole('list', { name: 'Templates' }).getByText('Email').waitFor();
    await look('templates');
    expect(troubles.filter((text) => !/40[04]|422/.test(text))).toEqual([]);
    await end();
  });

  it('fits a phone, and deletes what nothing names', { timeout: 120_000 }, async () => {
    const { page, troubles, look, end } = await world.visit({ viewport: PHONE });
    await page.goto(`${world.server.url}/templates/reminder`);
    const mail = page.frameLocator('iframe');
    await expect.poll(() => mail.locator('body').textContent(), { timeout: 20_000 }).toMatch(/Hello/);
    await look('a template');
    await page.goto(`${world.server.url}/templates/${LONG_WORD}`);
    await page.getByRole('heading', { name: LONG_WORD, level: 1 }).waitFor();
    await expect.poll(() => mail.locator('body').textContent(), { timeout: 20_000 }).toMatch(/\w/);
    await look('a template with a long word');
    await page.goto(`${world.server.url}/templates/reminder`);
    await page.getByRole('button', { name: 'Delete…' }).click();
    await page.getByRole('button', { name: 'Delete reminder' }).click();
    await page.getByRole('heading', { name: 'Every message has the words that are built in' }).waitFor();
    expect((await world.server.client.templates.list()).items).toEqual([]);
    expect(troubles.filter((text) => !text.includes('404'))).toEqual([]);
    await end();
  });
});
