// People in the dashboard, in a real browser: added by hand, found, shown with what they are asked and why something did not reach
// them, changed, handed out, forgotten.
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CHROMIUM } from '../pages/chromium.ts';
import { createDashboardWorld, type DashboardWorld, LONG_WORD, PHONE } from '../pages/dashboard.ts';
import { furnish, taskEvent } from '../server.ts';

if (CHROMIUM === null)
  process.stderr.write('LEFT OUT: people of the dashboard in a real browser (apt-get install chromium).\n');
describe.runIf(CHROMIUM !== null)('people in the dashboard', () => {
  let world: DashboardWorld;
  beforeAll(async () => {
    world = await createDashboardWorld();
  }, 120_000);
  afterAll(() => world?.end());
  const known = (id: string) => world.server.client.recipients.get(id);

  it('says who is missing, adds them, and says beside its field what is wrong', { timeout: 120_000 }, async () => {
    const { page, troubles, look, end } = await world.visit();
    await page.goto(`${world.server.url}/people`);
    await page.getByRole('heading', { name: 'Nobody is known yet' }).waitFor();
    await look('nobody');
    await page.getByRole('button', { name: 'Add somebody' }).click();
    const form = page.getByRole('form', { name: 'Add somebody' });
    await form.getByLabel('Id').fill('lea');
    await form.getByLabel('Name').fill('Léa Moreau');
    await form.getByLabel('Email').fill('lea at example');
    await form.getByRole('combobox', { name: 'Time zone' }).fill('Europe/Par');
    await page.getByRole('option', { name: 'Europe/Paris' }).click();
    await form.getByRole('button', { name: 'Add', exact: true }).click();
    await form.getByText('Must be an email address, such as ana@example.com.').waitFor();
    await look('a form with a mistake');
    expect((await world.server.client.recipients.list()).items).toEqual([]);
    await form.getByLabel('Email').fill('lea@example.test');
    await form.getByLabel('Phone').fill('06 12 34 56 78');
    await form.getByLabel('Country').fill('FR');
    await form.getByLabel('Traits').fill('{"plan": "pro"}');
    await form.getByRole('button', { name: 'Add an address' }).click();
    await form.getByLabel('Channel of address 1').selectOption('Email, copy (cc)');
    await form.getByLabel('Address 1', { exact: true }).fill('office@example.test');
    await form.getByRole('button', { name: 'Add', exact: true }).click();
    await page.getByRole('heading', { name: 'Léa Moreau', level: 1 }).waitFor();
    expect(await known('lea')).toMatchObject({
      phone: '+33612345678',
      timeZone: 'Europe/Paris',
      traits: { plan: 'pro' },
      endpoints: [{ channel: 'email', address: 'office@example.test', copy: 'cc' }],
    });
    // The same id again is somebody else's.
    await page.goto(`${world.server.url}/people?add=true`);
    await form.getByLabel('Id').fill('lea');
    await form.getByLabel('Name').fill('Another');
    await form.getByRole('button', { name: 'Add', exact: true }).click();
    await page.getByRole('alert').filter({ hasText: 'There is somebody with the id "lea" already' }).waitFor();
    expect((await known('lea')).name).toBe('Léa Moreau');
    expect(troubles.filter((text) => !text.includes('400'))).toEqual([]);
    await end();
  });

  it('finds them among many', { timeout: 120_000 }, async () => {
    const many = Array.from({ length: 450 }, (_, n) => ({ id: `p${String(n).padStart(4, '0')}`, name: `Person ${n}` }));
    await furnish(world.server);
    const { page, troubles, look, end } = await world.visit();
    await page.goto(`${world.server.url}/people`);
    const rows = page.getByRole('list', { name: 'People' }).getByRole('listitem');
    await rows.filter({ hasText: 'ana@example.test' }).filter({ hasText: 'Bo' }).waitFor();
    const cells = rows.locator('.row-cell > span');
    expect(await cells.evaluateAll((all) => all.filter((one) => one.scrollWidth > one.clientWidth).length)).toBe(0);
    await look('people');
    await world.server.client.recipients.bulk(many);
    await page.reload();
    expect(await rows.count()).toBeLessThan(60);
    await page.getByText('The first 200, by id; more as you scroll').waitFor();
    await page.evaluate('window.scrollTo(0, document.documentElement.scrollHeight)');
    await page.getByText('The first 400, by id').waitFor();
    await page.evaluate('window.scrollTo(0, 0)');
    await page.getByRole('heading', { name: 'People', level: 1 }).click();
    await page.keyboard.press('/');
    await page.keyboard.type('moreau');
    await page.getByText('1 person', { exact: true }).waitFor();
    await expect.poll(() => new URL(page.url()).searchParams.get('q')).toBe('moreau');
    await page.keyboard.press('Tab');
    await page.keyboard.press('j');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Léa Moreau', level: 1 }).waitFor();
    await page.goto(`${world.server.url}/people?q=nobody-like-this`);
    await page.getByRole('button', { name: 'Clear the search' }).click();
    await rows.first().waitFor();
    expect(troubles).toEqual([]);
    await end();
  });

  it('tells of one what they are asked, what they got, and why something did not reach them', {
    timeout: 180_000,
  }, async () => {
    const { client } = world.server;
    await client.events.send(taskEvent('assigned', { id: 'told', title: 'Sign the contract', assignee: 'ana' }));
    await world.server.advance('1 minute');
    await client.suppressions.put({ channel: 'email', address: 'ana@example.test', source: 'complaint' });
    await client.recipients.tellActivity('ana', { type: 'shop.viewed', data: { page: 'prices' } });
    await client.recipients.putPreferences('ana', { quietHours: '21:00-08:00' });
    await world.server.advance('2 days');
    const { page, troubles, look, end } = await world.visit();
    await page.goto(`${world.server.url}/people/ana`);
    await page.getByRole('list', { name: 'Follow-ups they are asked in' }).getByText('Sign the contract').waitFor();
    const messages = page.getByRole('list', { name: 'Messages to them' }).getByRole('listitem');
    await messages
      .filter({ hasText: 'Suppressed' })
      .filter({ hasText: 'nothing is sent to this address any more' })
      .waitFor();
    await page.getByText('Its reader complained of a message', { exact: false }).waitFor();
    await page.getByText('21:00-08:00, Europe/Madrid').waitFor();
    await page.getByRole('list', { name: 'What they did' }).getByText('shop.viewed').waitFor();
    await look('a person');
    const all = await messages.count();
    await page.getByLabel('Only what did not reach them').click();
    await expect.poll(() => messages.count()).toBeLessThan(all);
    expect((await messages.allTextContents()).every((text) => text.includes('Suppressed'))).toBe(true);
    // It may be written to again, with a reason, and whoever complained is not passed over in silence.
    await page.getByRole('button', { name: 'Send to it again' }).click();
    await page.getByLabel('Why it may be written to again').fill('They asked for it by phone');
    await page.getByRole('button', { name: 'Send to it again' }).click();
    await page.getByRole('status').filter({ hasText: 'complained of a message' }).waitFor();
    await page.getByText('Gets nothing').waitFor({ state: 'detached' });
    expect((await client.suppressions.list()).items).toEqual([]);
    expect(troubles).toEqual([]);
    await end();
  });

  it('changes what was touched and nothing else', { timeout: 90_000 }, async () => {
    const { page, troubles, look, end } = await world.visit();
    await page.goto(`${world.server.url}/people/lea`);
    await page.getByRole('button', { name: 'Edit' }).click();
    const form = page.getByRole('form', { name: 'Edit' });
    await form.getByLabel('Name').fill('Léa Moreau-Petit');
    await form.getByRole('button', { name: 'Add a time away' }).click();
    await form.getByLabel('First day').fill('2026-01-01');
    await form.getByLabel('Last day').fill('2027-01-01');
    await form.getByLabel('Stand-in').fill('bo');
    await look('editing');
    // Meanwhile a system changes something else.
    await world.server.client.recipients.bulk([{ ...(await known('lea')), locale: 'fr' }]);
    await form.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('heading', { name: 'Léa Moreau-Petit', level: 1 }).waitFor();
    await page.getByText('Away', { exact: true }).first().waitFor();
    expect(await known('lea')).toMatchObject({
      name: 'Léa Moreau-Petit',
      locale: 'fr',
      phone: '+33612345678',
      away: [{ from: '2026-01-01', to: '2027-01-01', delegate: 'bo' }],
    });
    expect(troubles).toEqual([]);
    await end();
  });

  it('hands out what is known of them, and forgets them once that is meant', { timeout: 90_000 }, async () => {
    const { page, troubles, look, end } = await world.visit();
    await page.goto(`${world.server.url}/people/sam`);
    const file = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Download what is known' }).click();
    expect((await file).suggestedFilename()).toBe('sam.json');
    await page.getByRole('button', { name: 'Erase…' }).click();
    const form = page.getByRole('form', { name: 'Erase Sam' });
    await form.getByText('this cannot be taken back').waitFor();
    expect(await form.getByRole('button', { name: 'Erase' }).isDisabled()).toBe(true);
    await form.getByLabel('Type sam to confirm').fill('sam');
    await look('before somebody is erased');
    await form.getByRole('button', { name: 'Erase' }).click();
    await page.getByRole('status').filter({ hasText: 'They are erased' }).waitFor();
    await look('somebody is erased');
    await expect(known('sam')).rejects.toThrow('There is no recipient "sam".');
    await page.goto(`${world.server.url}/people/sam`);
    await page.getByRole('alert').filter({ hasText: 'There is no recipient "sam".' }).first().waitFor();
    // Whoever is looked at next is not taken for the one that was erased.
    await world.server.client.recipients.put('temp', { name: 'Temp' });
    await world.server.client.recipients.put('kim', { name: 'Kim', manager: 'temp' });
    await page.goto(`${world.server.url}/people/kim`);
    await page.getByRole('link', { name: /^temp$/i }).click();
    await page.getByRole('heading', { name: 'Temp', level: 1 }).waitFor();
    await page.getByRole('button', { name: 'Erase…' }).click();
    await page.getByLabel('Type temp to confirm').fill('temp');
    await page.getByRole('button', { name: 'Erase', exact: true }).click();
    await page.getByRole('status').filter({ hasText: 'They are erased' }).waitFor();
    await page.goBack();
    await page.getByRole('heading', { name: 'Kim', level: 1 }).waitFor();
    expect(await page.getByText('They are erased').count()).toBe(0);
    expect(troubles.filter((text) => !text.includes('404'))).toEqual([]);
    await end();
  });

  const FILE = `Employee ID;Full name;E-mail;Mobile;Country;Time zone;traits.plan;traits.seats;Secret
e1;Noor Haddad;noor@example.test;06 12 34 56 70;FR;Europe/Paris;pro;3;x
e2;Tom Okafor;tom at example;;;;basic;;x
lea;;lea.new@example.test;;;;;5;x
e1;Noor again;;;;;;;x
;No id;no-id@example.test;;;;;;x
bo;Bo;;;;;;;x
`;

  it('imports a file: says of each row what it would do, does it, and hands back what it refused', {
    timeout: 240_000,
  }, async () => {
    const { client } = world.server;
    await furnish(world.server);
    await client.recipients.put('lea', { name: 'Léa Moreau', email: 'lea@example.test', traits: { plan: 'pro' } });
    const { page, troubles, look, end } = await world.visit();
    await page.goto(`${world.server.url}/people`);
    await page.getByRole('link', { name: 'Import a file' }).click();
    await page.getByRole('heading', { name: 'Import people', level: 1 }).waitFor();
    await look('an import begins');
    const input = page.locator('input[type=file]');
    await input.setInputFiles({ name: 'staff.xlsx', mimeType: 'text/csv', buffer: Buffer.from('PK\u0003\u0004') });
    await page.getByText('This is a spreadsheet, not CSV.').waitFor();
    const file = { name: 'staff.csv', mimeType: 'text/csv', buffer: Buffer.from(FILE, 'latin1') };
    await input.setInputFiles(file);
    await page.getByRole('heading', { name: 'staff.csv: 6 rows' }).waitFor();
    const columnOf = (field: string) => page.getByLabel(`Column for ${field}`);
    const chosen = (field: string) => columnOf(field).locator('option:checked').textContent();
    expect(await Promise.all(['Id', 'Name', 'Email', 'Phone', 'City'].map(chosen))).toEqual([
      'Employee ID',
      'Full name',
      'E-mail',
      'Mobile',
      'Not in the file',
    ]);
    // What nobody asked for is not taken.
    expect(await page.getByLabel('Keep “Secret” as a trait').isChecked()).toBe(false);
    expect(await page.getByLabel('Name of the trait for “traits.plan”').inputValue()).toBe('plan');
    await columnOf('Id').selectOption('Not in the file');
    expect(await page.getByRole('button', { name: 'See what would happen' }).isDisabled()).toBe(true);
    await columnOf('Id').selectOption('Employee ID');
    await look('columns and fields');
    await page.getByRole('button', { name: 'See what would happen' }).click();
    await page.getByRole('heading', { name: 'Dry run: nothing is written yet' }).waitFor();
    const row = (line: number) =>
      page.getByRole('table', { name: 'What becomes of each row' }).getByRole('row', { name: new RegExp(`^${line} `) });
    await row(2).filter({ hasText: 'New' }).waitFor();
    await row(3).filter({ hasText: '"email": must be an email address, such as ana@example.com' }).waitFor();
    await row(4).filter({ hasText: 'Changes' }).filter({ hasText: 'email, traits' }).waitFor();
    await row(5).filter({ hasText: '“e1” is in line 2 already.' }).waitFor();
    await row(6).filter({ hasText: 'It has no id.' }).waitFor();
    await row(7).filter({ hasText: 'As it is' }).waitFor();
    await look('a dry run');
    await expect(known('e1')).rejects.toThrow('There is no recipient "e1".');
    await page.getByRole('button', { name: 'Import 2 people' }).click();
    await page.getByRole('heading', { name: 'Report' }).waitFor();
    await page.getByRole('status').filter({ hasText: '2 people were written' }).waitFor();
    await look('a report');
    expect(await known('e1')).toMatchObject({
      name: 'Noor Haddad',
      phone: '+33612345670',
      timeZone: 'Europe/Paris',
      traits: { plan: 'pro', seats: 3 },
    });
    expect(await known('lea')).toMatchObject({
      name: 'Léa Moreau',
      email: 'lea.new@example.test',
      traits: { plan: 'pro', seats: 5 },
    });
    await expect(known('e2')).rejects.toThrow('There is no recipient "e2".');
    const download = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Download 3 rows that were not taken' }).click();
    const saved = await download;
    expect(saved.suggestedFilename()).toBe('staff-not-imported.csv');
    expect((await readFile(await saved.path(), 'utf8')).split('\r\n')).toEqual([
      '\uFEFFEmployee ID,Full name,E-mail,Mobile,Country,Time zone,traits.plan,traits.seats,Secret,Why it was not imported',
      'e2,Tom Okafor,tom at example,,,,basic,,x,"""email"": must be an email address, such as ana@example.com"',
      'e1,Noor again,,,,,,,x,“e1” is in line 2 already.',
      ',No id,no-id@example.test,,,,,,x,It has no id.',
      '',
    ]);
    expect(troubles).toEqual([]);
    await end();
  });

  it('says where an import ended, and goes on from there', { timeout: 180_000 }, async () => {
    const lines = Array.from({ length: 600 }, (_, n) => `many-${n},Person ${n}`);
    const { page, look, end } = await world.visit({ viewport: PHONE });
    await page.goto(`${world.server.url}/import/people`);
    await page.locator('input[type=file]').setInputFiles({
      name: 'many.csv',
      mimeType: 'text/csv',
      buffer: Buffer.from(`id,name\n${lines.join('\n')}\n`),
    });
    await page.getByRole('button', { name: 'See what would happen' }).click();
    await page.getByRole('button', { name: 'Import 600 people' }).waitFor();
    let asked = 0;
    await page.route('**/v1/recipients/bulk*', (route) => (++asked === 2 ? route.abort() : route.continue()));
    await page.getByRole('button', { name: 'Import 600 people' }).click();
    await page
      .getByRole('status')
      .filter({ hasText: '100 rows were not tried, and of 250 the answer never came' })
      .waitFor();
    await look('an import that was cut off');
    expect(await known('many-0')).toMatchObject({ name: 'Person 0' });
    await expect(known('many-599')).rejects.toThrow('There is no recipient');
    await page.getByRole('button', { name: 'Go on with the rest' }).click();
    await page.getByRole('status').filter({ hasText: '600 people were written' }).waitFor();
    expect(await known('many-599')).toMatchObject({ name: 'Person 599' });
    await end();
  });

  it('fits a phone', { timeout: 90_000 }, async () => {
    const { page, troubles, look, end } = await world.visit({ viewport: PHONE });
    await page.goto(`${world.server.url}/people?q=a`);
    await page.getByRole('list', { name: 'People' }).getByRole('listitem').first().waitFor();
    await look('people');
    await page.getByRole('button', { name: 'Add somebody' }).click();
    await look('adding somebody');
    await page.goto(`${world.server.url}/people/ana`);
    await page.getByRole('list', { name: 'Messages to them' }).getByRole('listitem').first().waitFor();
    await look('a person');
    await world.server.client.recipients.put(`robot-${LONG_WORD}`, { name: LONG_WORD });
    await page.goto(`${world.server.url}/people/robot-${LONG_WORD}`);
    await page.getByRole('heading', { name: LONG_WORD, level: 1 }).waitFor();
    await look('a person with a long word');
    await page.goto(`${world.server.url}/people?q=${LONG_WORD}`);
    await page.getByRole('list', { name: 'People' }).getByText(LONG_WORD).first().waitFor();
    await look('people with a long word');
    expect(troubles).toEqual([]);
    await end();
  });
});
