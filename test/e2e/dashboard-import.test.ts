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
    expect((await client.followUps.list({ key: 'inv-1' })).items).toEqual([]);
    await page.getByRole('button', { name: 'Import 3 follow-ups' }).click();
    await page.getByRole('status').filter({ hasText: '3 follow-ups were written' }).waitFor();
    await look('follow-ups are imported');
    const opened = (await client.followUps.list()).items;
    expect(opened.map(({ key }) => key).sort()).toEqual(['inv-1', 'inv-3', 'live']);
    // The first of March as it ends by the clocks of the tenant, and not by those of this browser.
    expect(opened.find(({ key }) => key === 'inv-1')).toMatchObject({
      assignee: 'ana',
      subject: { title: 'Pay invoice 1' },
      dueAt: '2027-03-01T17:00:00.000Z',
    });
    expect(troubles).toEqual([]);
    await end();
  });
});
