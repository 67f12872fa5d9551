// Settings in a real browser: a key made, shown once, used and taken back; a calendar, a category and the branding written and changed;
// and what only relance.yaml sets shown with where it is set.
import type { Client } from '@relance/client';
import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ENGINE } from '../../packages/server/src/store/database.ts';
import { putTenantSettings } from '../../packages/server/src/store/sql/tenant.ts';
import { CHROMIUM } from '../pages/chromium.ts';
import { createDashboardWorld, type DashboardWorld, PHONE, tryAgain, type Visit } from '../pages/dashboard.ts';

if (CHROMIUM === null)
  process.stderr.write('LEFT OUT: settings of the dashboard in a real browser (apt-get install chromium).\n');
describe.runIf(CHROMIUM !== null)('settings in the dashboard', () => {
  let world: DashboardWorld;
  beforeAll(async () => {
    world = await createDashboardWorld();
  }, 120_000);
  afterAll(() => world?.end());

  it('makes a key that is shown once, and takes it back', { timeout: 120_000 }, async () => {
    const { server } = world;
    const { page, troubles, look, end } = await world.visit();
    await page.goto(`${server.url}/settings`);
    await page.getByText('None but the first').waitFor();
    await look('settings of a new tenant');
    await page.getByLabel('Name of a new key').fill('the shop');
    await page.getByRole('button', { name: 'Make a key' }).click();
    const shown = page.getByRole('status').filter({ hasText: 'It is shown this once' });
    const key = (await shown.locator('code').textContent()) ?? '';
    expect(key).toMatch(/^rl_[\w-]{43}$/);
    const ask = () => server.raw('/v1/policies', { key });
    expect((await ask()).status).toBe(200);
    await look('a new key');
    await page.getByRole('button', { name: 'I have it' }).click();
    await page.reload();
    const keys = page.getByRole('list', { name: 'API keys' }).getByRole('listitem');
    await keys.filter({ hasText: 'the shop' }).waitFor();
    expect(await page.content()).not.toContain(key);
    await page.getByRole('button', { name: 'Revoke the shop…' }).click();
    await page.getByText('is refused within seconds').waitFor();
    await page.getByRole('button', { name: 'Revoke the shop', exact: true }).click();
    await page.getByText('None but the first').waitFor();
    await expect.poll(async () => (await ask()).status, { timeout: 10_000 }).toBe(401);
    expect(troubles).toEqual([]);
    await end();
  });

  it('writes calendars and categories, and says where the rest is set', { timeout: 180_000 }, async () => {
    const { client, relance } = world.server;
    await relance.engine.engine.database.transaction(ENGINE, (tx) =>
      putTenantSettings(tx, 'default', {
        name: 'Acme',
        zone: 'Europe/Madrid',
        budget: { perDay: 8 },
        branding: { color: '#1f5eff', supportEmail: 'help@acme.example' },
      }),
    );
    const { page, troubles, look, end } = await world.visit();
    await page.goto(`${world.server.url}/settings`);
    const brand = page.getByRole('region', { name: 'Branding' });
    await brand.getByText('help@acme.example').waitFor();
    await brand.getByText('relance.yaml').waitFor();
    await rebrand(page, brand, look, client);
    expect((await client.settings()).settings.branding).toEqual({
      color: '#8a2be2',
      supportEmail: 'help@acme.example',
      url: 'https://theirs.example',
    });
    await page.getByRole('region', { name: 'The tenant' }).getByText('{"perDay":8}').waitFor();

    await page.getByRole('button', { name: 'New calendar' }).click();
    const form = page.getByRole('form', { name: 'A new calendar' });
    await form.getByRole('textbox', { name: 'Id', exact: true }).fill('office');
    await form.getByLabel('Time zone').fill('Europe/Paris');
    await form.getByLabel('Holidays of').fill('FR');
    await form.getByLabel('Hours', { exact: true }).fill('mon-fri: 09:00-25:00');
    await form.getByRole('button', { name: 'Save' }).click();
    await form.getByRole('alert').waitFor();
    await form.getByLabel('Hours', { exact: true }).fill('mon-thu: 09:00-12:30, 14:00-18:00\nfri: 09:00-15:00');
    await form.getByLabel('Days that are otherwise').fill('2026-12-24: closed');
    await look('a calendar is written');
    await form.getByRole('button', { name: 'Save' }).click();
    const calendars = page.getByRole('list', { name: 'Calendars' }).getByRole('listitem');
    await calendars.filter({ hasText: 'in Europe/Paris' }).filter({ hasText: '09:00-12:30' }).waitFor();
    expect(await client.calendars.get('office')).toMatchObject({
      hours: { 'mon-thu': '09:00-12:30, 14:00-18:00', fri: '09:00-15:00' },
      holidays: ['FR'],
      exceptions: { '2026-12-24': 'closed' },
    });

    await changedMeanwhile(page, look, client);
    await deletedMeanwhile(page, look, client);
    await takenId(page, look, client);

    await page.getByRole('button', { name: 'New category' }).click();
    const category = page.getByRole('form', { name: 'A new category' });
    await category.getByRole('textbox', { name: 'Id', exact: true }).fill('billing');
    await category.getByLabel('Title').fill('Invoices');
    await category.getByLabel('How often').selectOption('daily');
    await category.getByRole('button', { name: 'Save' }).click();
    await page.getByText('On or off as relance.yaml says, once a day.').waitFor();
    await page.getByRole('button', { name: 'Change billing' }).click();
    const change = page.getByRole('form', { name: 'Change billing' });
    await change.getByLabel('Essential', { exact: false }).check();
    await change.getByLabel('Why it cannot be switched off').fill('The law wants it.');
    await change.getByRole('button', { name: 'Save' }).click();
    await page.getByText('The law wants it.').waitFor();
    expect(await client.categories.get('billing')).toMatchObject({ essential: true, defaults: {} });
    await look('settings');

    // What a policy names is not deleted, and it is said which.
    await client.policies.put(
      'uses-it',
      'policy: uses-it\nopen: { on: a.b }\nkey: event.data.id\nassignee: event.data.who\ncalendar: office\nstages: [{ id: one, at: opened + 2 business days, notify: { via: [email] } }]\n',
    );
    await page.getByRole('button', { name: 'Delete office…' }).click();
    await page.getByRole('button', { name: 'Delete office', exact: true }).click();
    await calendars.getByRole('alert').filter({ hasText: 'uses-it' }).waitFor();
    await page.getByRole('button', { name: 'Delete billing…' }).click();
    await page.getByRole('button', { name: 'Delete billing', exact: true }).click();
    await page.getByText('The law wants it.').waitFor({ state: 'detached' });
    await expect(client.categories.get('billing')).rejects.toThrow('There is no category');
    expect(troubles.filter((text) => !/400|404|409|412/.test(text))).toEqual([]);
    await end();
  });

  it('keeps what is typed when the settings cannot be read again', { timeout: 90_000 }, async () => {
    const { page, troubles, look, end } = await world.visit();
    await page.goto(`${world.server.url}/settings`);
    await page.getByRole('region', { name: 'Branding' }).getByRole('button', { name: 'Change' }).click();
    const branding = page.getByRole('form', { name: 'Change the branding' });
    await branding.getByRole('textbox', { name: 'Website' }).fill('https://typed.example');
    await page.route('**/v1/settings', (route) =>
      route.fulfill({ status: 500, contentType: 'application/problem+json', body: '{"detail":"The disk is full."}' }),
    );
    const alert = page.getByRole('alert').filter({ hasText: 'The disk is full.' });
    await expect.poll(() => lookedAtAgain(page).then(() => alert.count())).toBe(1);
    await look('settings that could not be read again');
    expect(await branding.getByRole('textbox', { name: 'Website' }).inputValue()).toBe('https://typed.example');
    await tryAgain(page, [alert]);
    expect(await branding.getByRole('textbox', { name: 'Website' }).inputValue()).toBe('https://typed.example');
    expect(troubles.filter((text) => !text.includes('500'))).toEqual([]);
    await end();
  });

  it('fits a phone, and leaves keys to those who may', { timeout: 90_000 }, async () => {
    const { page, troubles, look, end } = await world.visit({ viewport: PHONE });
    await page.goto(`${world.server.url}/settings`);
    await page.getByRole('list', { name: 'Calendars' }).waitFor();
    await page.getByRole('region', { name: 'The tenant' }).getByText('Acme').waitFor();
    await look('settings');
    const { key } = await world.server.client.keys.make({ name: 'plain' });
    await page
      .context()
      .request.post(`${world.server.url}/session`, { data: { key }, headers: { origin: world.server.url } });
    await page.reload();
    await page.getByText('Keys are managed with an admin key').waitFor();
    expect(troubles).toEqual([]);
    await end();
  });
});

/** As when somebody comes back to the window: what is no longer fresh is read again. */
const lookedAtAgain = (page: Page): Promise<unknown> =>
  page.evaluate("document.dispatchEvent(new Event('visibilitychange', { bubbles: true }))");

/**
 * Somebody else changes it while one writes: nothing is lost on either side. What they made of it is seen beside one's own, and whoever
 * has seen it saves over that, as usual.
 */
async function changedMeanwhile(page: Page, look: Visit['look'], client: Client): Promise<void> {
  await page.getByRole('button', { name: 'Change office' }).click();
  const form = page.getByRole('form', { name: 'Change office' });
  await form.getByLabel('Name').fill('Mine');
  const { id: _id, version: _version, ...office } = await client.calendars.get('office');
  await client.calendars.put('office', { ...office, name: 'Theirs', exceptions: { '2026-12-31': 'closed' } });
  const save = form.getByRole('button', { name: /^Save/ });
  await save.click();
  const alert = form.getByRole('alert').filter({ hasText: 'somebody else has changed it' });
  await alert.waitFor();
  await page.getByRole('list', { name: 'Calendars' }).getByText('Theirs').waitFor(); // the list is read again
  // Unseen it is not written over.
  await save.click();
  await save.and(page.locator(':enabled')).waitFor();
  expect((await client.calendars.get('office')).name).toBe('Theirs');
  expect(await save.textContent()).toBe('Save');
  await alert.getByRole('button', { name: 'See version 2 beside mine' }).click();
  const beside = form.getByRole('textbox', { name: 'Yours, compared with version 2' });
  await beside.getByText('2026-12-31').waitFor();
  await look('a calendar that somebody else has changed');
  await form.getByLabel('Days that are otherwise').fill('2026-12-31: closed');
  await expect.poll(() => beside.textContent()).not.toContain('2026-12-24');
  await form.getByRole('button', { name: 'Save over version 2' }).click();
  await form.waitFor({ state: 'detached' });
  expect(await client.calendars.get('office')).toMatchObject({
    name: 'Mine',
    version: 3,
    holidays: ['FR'],
    exceptions: { '2026-12-31': 'closed' },
  });
}

/** What somebody writes at stays where it is, though the list is read again and no longer has it. */
async function deletedMeanwhile(page: Page, look: Visit['look'], client: Client): Promise<void> {
  await page.getByRole('button', { name: 'Change office' }).click();
  const form = page.getByRole('form', { name: 'Change office' });
  await form.getByLabel('Name').fill('Still mine');
  await client.calendars.delete('office');
  const row = page.getByRole('list', { name: 'Calendars' }).getByRole('listitem').filter({ hasText: 'office' });
  await expect.poll(() => lookedAtAgain(page).then(() => row.getByText('Deleted meanwhile').count())).toBe(1);
  expect(await form.getByLabel('Name').inputValue()).toBe('Still mine');
  await form.getByRole('button', { name: 'Save', exact: true }).click();
  await form.getByRole('alert').filter({ hasText: 'somebody has deleted it meanwhile' }).waitFor();
  await look('a calendar that somebody else has deleted');
  await form.getByRole('button', { name: 'Save it again' }).click();
  await form.waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'Change office' }).waitFor();
  expect(await client.calendars.get('office')).toMatchObject({ name: 'Still mine', holidays: ['FR'] });
}

/** A new one is written over none: it is said what can be done, and that can be done. */
async function takenId(page: Page, look: Visit['look'], client: Client): Promise<void> {
  await page.getByRole('button', { name: 'New calendar' }).click();
  const form = page.getByRole('form', { name: 'A new calendar' });
  await form.getByRole('textbox', { name: 'Id', exact: true }).fill('office');
  await form.getByRole('button', { name: 'Save' }).click();
  const alert = form.getByRole('alert').filter({ hasText: 'There is a calendar "office" already' });
  await alert.getByText('Give this one an id of its own', { exact: false }).waitFor();
  expect(await alert.getByRole('button').count()).toBe(0);
  await look('a new calendar whose id is taken');
  await form.getByRole('textbox', { name: 'Id', exact: true }).fill('office-2');
  await form.getByRole('button', { name: 'Save', exact: true }).click();
  await form.waitFor({ state: 'detached' });
  expect(await client.calendars.get('office-2')).toMatchObject({ version: 1 });
  expect((await client.calendars.get('office')).name).toBe('Still mine');
  await client.calendars.delete('office-2');
}

/** A logo that no mail program would load is refused; then the colour is changed, and what somebody else changed meanwhile stays. */
async function rebrand(page: Page, brand: Locator, look: Visit['look'], client: Client): Promise<void> {
  await brand.getByRole('button', { name: 'Change' }).click();
  const branding = page.getByRole('form', { name: 'Change the branding' });
  await branding.getByRole('textbox', { name: 'Logo' }).fill('http://acme.example/logo.png');
  await branding.getByRole('button', { name: 'Save' }).click();
  await branding.getByRole('alert').filter({ hasText: 'must be an https:// address' }).waitFor();
  await look('branding is written');
  await client.branding.put({ color: '#1f5eff', supportEmail: 'help@acme.example', url: 'https://theirs.example' });
  await branding.getByRole('textbox', { name: 'Logo' }).fill('');
  await branding.getByRole('textbox', { name: 'Colour' }).fill('#8a2be2');
  await branding.getByRole('button', { name: 'Save' }).click();
  await brand.getByText('#8a2be2').waitFor();
}
