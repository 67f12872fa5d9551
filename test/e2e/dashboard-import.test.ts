// Follow-ups from a CSV file, in a real browser: a policy is chosen, what no field takes becomes data, and the dry run says which rows
// would open something, which are live already, and which cannot be.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CHROMIUM } from '../pages/chromium.ts';
import { createDashboardWorld, type DashboardWorld } from '../pages/dashboard.ts';
import { furnish, taskEvent } from '../server.ts';

const FILE = `id,Title,Responsible,Due date,amount,data.region
inv-1,Pay invoice 1,ana,2027-03-01,120.5,north
inv-2,Pay invoice 2,bo,01/03/2027,80,south
live,Known already,ana,,10,west
inv-3,Pay invoice 1,bo,,7,east
inv-1,Pay invoice 1 at once,bo,,121.5,north
`;

/** Each who is asked has one of their own, under the same key. */
const REVIEW = `
policy: review
title: Review
open: { on: com.acme.review.asked }
key: event.data.id
assignees: event.data.reviewers
fallback: recipient(boss)
stages:
  - { id: notice, at: opened, notify: { via: [email] } }
`;
const reviewers = (column: string, key: string): string => `${column},Assignee
${key},ana
${key},bo
${key},ana
`;

/** What the page says while it reads. */
const HEAR = `
  window.heard = new Set();
  new MutationObserver(() => {
    const said = document.querySelector('main [role=status]')?.textContent ?? '';
    if (said.startsWith('Reading')) window.heard.add(said);
  }).observe(document.body, { subtree: true, childList: true, characterData: true });
`;

if (CHROMIUM === null)
  process.stderr.write('LEFT OUT: an import of follow-ups in a real browser (apt-get install chromium).\n');
describe.runIf(CHROMIUM !== null)('an import of follow-ups', () => {
  let world: DashboardWorld;
  beforeAll(async () => {
    world = await createDashboardWorld();
    await furnish(world.server);
    await world.server.client.events.send(
      taskEvent('assigned', { id: 'live', title: 'Known already', assignee: 'ana' }),
    );
  }, 240_000);
  afterAll(() => world?.end());

  it('says of each row what it would open, and opens it', { timeout: 240_000 }, async () => {
    const { client } = world.server;
    const { page, troubles, look, end } = await world.visit();
    await page.goto(`${world.server.url}/follow-ups`);
    await page.getByRole('link', { name: 'Import a file' }).click();
    await page.getByRole('heading', { name: 'Import follow-ups', level: 1 }).waitFor();
    await page.getByLabel('Policy').selectOption('task');
    await page.locator('input[type=file]').setInputFiles({
      name: 'invoices.csv',
      mimeType: 'text/csv',
      buffer: Buffer.from(FILE),
    });
    const nameOf = (column: string) => page.getByLabel(`Name of the field of its data for “${column}”`).inputValue();
    expect(await Promise.all(['id', 'amount', 'data.region'].map(nameOf))).toEqual(['id', 'amount', 'region']);
    await look('columns of follow-ups');
    await page.getByRole('button', { name: 'See what would happen' }).click();
    const row = (line: number) =>
      page.getByRole('table', { name: 'What becomes of each row' }).getByRole('row', { name: new RegExp(`^${line} `) });
    await row(2).filter({ hasText: 'New' }).waitFor();
    await row(3).filter({ hasText: '“01/03/2027” is no date such as 2026-12-01' }).waitFor();
    await row(4).filter({ hasText: 'live already: it is fed' }).waitFor();
    // Called the same as another row, and another task: what is the same the policy's key says.
    await row(5).filter({ hasText: 'New' }).waitFor();
    // No column holds keys, and the policy gives these two the same.
    const twice = 'same key as line 2: it is fed with this row';
    await row(6).filter({ hasText: twice }).waitFor();
    const counts = page.getByRole('group', { name: 'What becomes of the rows' });
    expect(await counts.textContent()).toBe('1Refused2New2Changes');
    await look('what an import would open');
    expect((await client.followUps.list({ key: 'inv-1' })).items).toEqual([]);
    await page.getByRole('button', { name: 'Import 4 follow-ups' }).click();
    await page.getByRole('status').filter({ hasText: '4 follow-ups were written' }).waitFor();
    await row(6).filter({ hasText: twice }).waitFor();
    expect(await counts.textContent()).toBe('1Refused2Created2Changed');
    await look('follow-ups are imported');
    const opened = (await client.followUps.list()).items;
    expect(opened.map(({ key }) => key).sort()).toEqual(['inv-1', 'inv-3', 'live']);
    // The first of March as it ends by the clocks of the tenant, and not by those of this browser.
    expect(opened.find(({ key }) => key === 'inv-1')).toMatchObject({
      assignee: 'ana',
      subject: { title: 'Pay invoice 1' },
      data: { amount: 121.5 }, // of the row that fed it
      dueAt: '2027-03-01T17:00:00.000Z',
    });
    expect(troubles).toEqual([]);
    await end();
  });

  it('says what is peculiar about a file before anything is tried', { timeout: 120_000 }, async () => {
    const { page, troubles, look, end } = await world.visit();
    await page.goto(`${world.server.url}/import/people`);
    const choose = (name: string, text: string) =>
      page.locator('input[type=file]').setInputFiles({ name, mimeType: 'text/csv', buffer: Buffer.from(text) });
    await choose('open.csv', 'id,name\nzoe,Zoé\n"max,Max\nlea,Léa\n');
    await page.getByText('Line 3 has a quote (") that is never closed', { exact: false }).waitFor();
    await look('a quote that is never closed');
    await choose('stray.csv', 'id,name\nzoe,"5 inch\nmax,Max\nlea,"Léa"\n');
    await page.getByText('Line 2 has a quote (") that the next one does not close', { exact: false }).waitFor();
    await choose('twice.csv', 'id,name,name\nd1,First,Second\n');
    await page.getByRole('heading', { name: 'twice.csv: 1 row', exact: true }).waitFor();
    await page.getByRole('status').filter({ hasText: '2 columns are called alike' }).waitFor();
    await page.getByLabel('Column for Name').selectOption('name (column 3)');
    await look('two columns of one name');
    await page.getByRole('button', { name: 'See what would happen' }).click();
    const rows = page.getByRole('table', { name: 'What becomes of each row' });
    await rows.getByRole('cell', { name: 'Second' }).waitFor();
    await page.getByRole('button', { name: 'Import 1 person' }).click();
    await page.getByRole('status').filter({ hasText: '1 person was written' }).waitFor();
    await page.getByRole('button', { name: 'Import another file' }).click();
    await choose('pipes.csv', 'id|name\np1|Pipe\n');
    const one = page.getByRole('status').filter({ hasText: 'The file has one column' });
    await one.filter({ hasText: 'commas, semicolons or tabs' }).waitFor();
    await look('a file of one column');
    expect(troubles).toEqual([]);
    await end();
  });

  it('says that it reads a large file, and lives meanwhile', { timeout: 180_000 }, async () => {
    const { page, troubles, end } = await world.visit();
    await page.goto(`${world.server.url}/follow-ups/import`);
    await page.getByLabel('Policy').selectOption('task');
    await page.evaluate(HEAR);
    const row = `1000,${'A long title. '.repeat(13)},ana\n`;
    const buffer = Buffer.from(`id,Title,Responsible\n${row.repeat(100_000)}`);
    await page.locator('input[type=file]').setInputFiles({ name: 'long.csv', mimeType: 'text/csv', buffer });
    await page.getByRole('heading', { name: 'long.csv: 100,000 rows' }).waitFor({ timeout: 60_000 });
    expect(await page.getByText('Reading long.csv', { exact: false }).count()).toBe(0);
    const heard = (await page.evaluate('[...window.heard]')) as readonly string[];
    expect(heard[0]).toBe('Reading long.csv: 0 rows so far…');
    expect(heard.length).toBeGreaterThan(10); // of twenty stretches
    expect(troubles).toEqual([]);
    await end();
  });

  it.each([
    ['the policy makes of the data', 'id', 'plan'],
    ['a column holds', 'Key', 'launch'],
  ])(
    'tells rows of a key that %s apart where each who is asked has one of their own',
    {
      timeout: 120_000,
    },
    async (_, column, key) => {
      const { client } = world.server;
      await client.policies.put('review', REVIEW);
      const { page, troubles, end } = await world.visit();
      await page.goto(`${world.server.url}/follow-ups/import`);
      await page.getByLabel('Policy').selectOption('review');
      const file = { name: 'reviews.csv', mimeType: 'text/csv', buffer: Buffer.from(reviewers(column, key)) };
      await page.locator('input[type=file]').setInputFiles(file);
      await page.getByRole('button', { name: 'See what would happen' }).click();
      const rows = page.getByRole('table', { name: 'What becomes of each row' }).getByRole('row');
      await rows.filter({ hasText: 'same key as line 2' }).waitFor();
      expect(await rows.allTextContents()).toEqual([
        expect.stringContaining('Line'),
        expect.stringMatching(/^2New .*ana/),
        expect.stringMatching(/^3New .*bo/),
        expect.stringMatching(/^4Changes same key as line 2: it is fed with this row.*ana/),
      ]);
      await page.getByRole('button', { name: 'Import 3 follow-ups' }).click();
      await page.getByRole('status').filter({ hasText: '3 follow-ups were written' }).waitFor();
      const opened = (await client.followUps.list({ key })).items;
      expect(opened.map(({ assignee }) => assignee).sort()).toEqual(['ana', 'bo']);
      expect(troubles).toEqual([]);
      await end();
    },
  );
});
