// Groups and schedules in the dashboard, in a real browser: a group is filled; a schedule is written in its form and drawn while it is
// written, its gap is seen and closed, and an override is added and taken away by hand.
import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CHROMIUM } from '../pages/chromium.ts';
import { createDashboardWorld, type DashboardWorld, LONG_WORD, PHONE } from '../pages/dashboard.ts';
import { furnish } from '../server.ts';

const DAY_MS = 86_400_000;
const dateOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10);

if (CHROMIUM === null)
  process.stderr.write('LEFT OUT: groups and schedules in a real browser (apt-get install chromium).\n');
async function addByKeys(page: Page, layer: Locator): Promise<void> {
  const turn = layer.getByRole('combobox', { name: 'Add a turn' });
  await turn.fill('boss');
  await page.getByRole('option', { name: /The boss/ }).waitFor();
  await turn.press('Escape'); // the list closes, the form stays
  await turn.press('Enter'); // a turn is added, nothing is saved
  await layer.getByRole('listitem').filter({ hasText: 'The boss' }).waitFor();
}

/** Which leaves nothing that is written. */
async function lookAhead(page: Page, monday: string): Promise<void> {
  await page.getByRole('button', { name: 'Later' }).click();
  await page.waitForURL((url) => url.searchParams.get('date') !== monday);
  await page.getByRole('button', { name: 'Earlier' }).click();
}

describe.runIf(CHROMIUM !== null)('groups and schedules in the dashboard', () => {
  let world: DashboardWorld;
  /** A Monday that is ahead. */
  let monday: string;
  const dayOf = (days: number): string => dateOf(Date.parse(`${monday}T00:00:00Z`) + days * DAY_MS);
  beforeAll(async () => {
    world = await createDashboardWorld();
    await furnish(world.server);
    const now = Date.parse((await world.server.client.clock.get()).now);
    const today = (new Date(now).getUTCDay() + 6) % 7;
    monday = dateOf(now + (14 - today) * DAY_MS);
  }, 120_000);
  afterAll(() => world?.end());

  it('fills a group, and says who of it is not known', { timeout: 120_000 }, async () => {
    const { page, troubles, look, end } = await world.visit();
    const group = () => world.server.client.groups.get('finance');
    await page.goto(`${world.server.url}/groups`);
    await page.getByRole('heading', { name: 'There is no group yet' }).waitFor();
    await look('no group');
    await page.getByRole('button', { name: 'Add a group' }).click();
    const form = page.getByRole('form', { name: 'Add a group' });
    await form.getByLabel('Id').fill('finance');
    await form.getByLabel('Name').fill('Finance');
    await form.getByRole('button', { name: 'Add', exact: true }).click();
    await page.getByRole('heading', { name: 'Finance', level: 1 }).waitFor();
    const members = page.getByRole('list', { name: 'Members' }).getByRole('listitem');
    const field = page.getByRole('combobox', { name: 'Add a member' });
    for (const [typed, name] of [
      ['boss', 'The boss'],
      ['ana', 'Ana'],
    ] as const) {
      await field.fill(typed);
      await page.getByRole('option', { name: new RegExp(name) }).click();
      await page.getByRole('button', { name: 'Add', exact: true }).click();
      await members.filter({ hasText: name }).waitFor();
    }
    await field.fill('someone-new');
    await page.getByRole('button', { name: 'Add', exact: true }).click();
    await members.filter({ hasText: 'Not known yet' }).waitFor();
    await page.getByRole('button', { name: 'Move ana up' }).click();
    await expect.poll(async () => (await group()).members).toEqual(['ana', 'boss', 'someone-new']);
    await look('a group');
    await page.getByRole('button', { name: 'Take someone-new out' }).click();
    await expect.poll(() => members.count()).toBe(2);
    await field.fill('ana');
    await page.getByText('They are in it already').waitFor();
    expect(await page.getByRole('button', { name: 'Add', exact: true }).isDisabled()).toBe(true);
    expect(await group()).toMatchObject({ id: 'finance', name: 'Finance', members: ['ana', 'boss'] });
    await page.goto(`${world.server.url}/groups`);
    await page.getByRole('list', { name: 'Groups' }).getByText('2 members').waitFor();
    await look('groups');
    // One that somebody has made since the list was read is not emptied.
    await page.getByRole('button', { name: 'Add a group' }).click();
    await world.server.client.groups.put('sales', { members: ['bo'] });
    await form.getByLabel('Id').fill('sales');
    await form.getByRole('button', { name: 'Add', exact: true }).click();
    await form.getByRole('alert').filter({ hasText: 'There is a group "sales" already' }).waitFor();
    expect(await world.server.client.groups.get('sales')).toMatchObject({ version: 1, members: ['bo'] });
    expect(troubles.filter((text) => !text.includes('412'))).toEqual([]);
    await end();
  });

  it('draws a schedule while it is written, shows its gap, and closes it', { timeout: 240_000 }, async () => {
    const { client } = world.server;
    const { page, troubles, look, end } = await world.visit();
    await page.goto(`${world.server.url}/schedules`);
    await page.getByRole('heading', { name: 'Nobody is on call yet' }).waitFor();
    await look('no schedule');
    await page.getByRole('button', { name: 'Add a schedule' }).click();
    const adding = page.getByRole('form', { name: 'Add a schedule' });
    await adding.getByLabel('Id').fill('primary');
    await adding.getByLabel('Name').fill('Primary');
    await adding.getByLabel('Time zone').fill('America/New_York');
    await adding.getByRole('button', { name: 'Add', exact: true }).click();
    await page.getByRole('heading', { name: 'Primary', level: 1 }).waitFor();
    await page.getByRole('status').filter({ hasText: 'Nobody is on call' }).waitFor();
    await page.goto(`${world.server.url}/schedules/primary?date=${monday}`);

    await page.getByRole('button', { name: 'Edit' }).click();
    const form = page.getByRole('form', { name: 'Edit the schedule' });
    await form.getByRole('button', { name: 'Add a layer' }).click();
    // Nobody is in it: that is said, and nothing can be saved.
    await form.getByRole('status').filter({ hasText: 'to be mended before it can be saved' }).waitFor();
    expect(await form.getByRole('button', { name: 'Save' }).isDisabled()).toBe(true);
    await form.getByLabel('Name').last().fill('days');
    const days = form.getByRole('group', { name: 'Layer days' });
    await days.getByLabel('A turn lasts').fill('1 day');
    await days.getByLabel('Starts on').fill('2026-01-05');
    for (const [typed, name] of [
      ['ana', 'Ana'],
      ['sam', 'Sam'],
    ] as const) {
      await days.getByRole('combobox', { name: 'Add a turn' }).fill(typed);
      await page.getByRole('option', { name: new RegExp(name) }).click();
      await days.getByRole('button', { name: 'Add', exact: true }).click();
    }
    await days.getByRole('button', { name: 'Add hours' }).click();
    await page.getByRole('heading', { name: 'As it would be' }).waitFor();
    const rows = page.getByRole('table', { name: 'Who is on call' }).getByRole('row');
    // Five days with somebody, and what is around them with nobody: in the zone of the schedule, not of this browser.
    await expect.poll(() => rows.filter({ hasText: 'days' }).count()).toBe(5);
    await expect.poll(() => rows.filter({ hasText: 'Nobody' }).count()).toBe(6);
    await rows
      .filter({ hasText: 'Ana' })
      .filter({ hasText: /09:00 (EST|EDT|GMT)/ })
      .first()
      .waitFor();
    await look('a schedule that is written');
    await lookAhead(page, monday);
    expect((await client.schedules.get('primary')).layers).toEqual([]);
    await form.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('status').filter({ hasText: 'Within 28 days nobody is on call' }).waitFor();
    expect(await client.schedules.get('primary')).toMatchObject({
      timeZone: 'America/New_York',
      layers: [
        {
          id: 'days',
          rotation: { every: '1 day', handover: { at: '09:00' }, start: '2026-01-05', members: ['ana', 'sam'] },
          restrictions: [{ days: 'mon-fri', from: '09:00', to: '18:00' }],
        },
      ],
    });
    await look('a schedule with gaps');

    // Somebody for the rest: above the days they would be there always, below them when nobody else is.
    await page.getByRole('button', { name: 'Edit' }).click();
    await form.getByRole('button', { name: 'Add a layer' }).click();
    const rest = form.getByRole('group', { name: 'Layer layer-2' });
    await addByKeys(page, rest);
    await expect.poll(() => rows.filter({ hasText: 'days' }).count()).toBe(0);
    expect((await client.schedules.get('primary')).layers).toHaveLength(1);
    await rest.getByRole('button', { name: 'Move layer-2 up' }).click();
    await expect.poll(() => rows.filter({ hasText: 'days' }).count()).toBe(5);
    await expect.poll(() => rows.filter({ hasText: 'Nobody' }).count()).toBe(0);
    await form.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('status').filter({ hasText: 'Saved' }).waitFor();
    const { layers } = await client.schedules.get('primary');
    expect(layers?.map(({ rotation }) => rotation.members)).toEqual([['boss'], ['ana', 'sam']]);
    expect(troubles).toEqual([]);
    await end();
  });

  it('takes an override by hand, draws it, and is rid of it again', { timeout: 180_000 }, async () => {
    const { client } = world.server;
    await client.schedules.put('primary', {
      name: 'Primary',
      timeZone: 'America/New_York',
      layers: [
        {
          id: 'days',
          rotation: { every: '1 day', handover: { at: '09:00' }, start: '2026-01-05', members: ['ana', 'sam'] },
        },
      ],
    });
    const { page, troubles, look, end } = await world.visit();
    await page.goto(`${world.server.url}/schedules/primary?date=${monday}`);
    await page.getByRole('button', { name: 'Add an override' }).click();
    const form = page.getByRole('form', { name: 'Add an override' });
    await form.getByLabel('From').fill(`${dayOf(2)}T10:00`);
    await form.getByLabel(/^To/).fill(`${dayOf(2)}T08:00`);
    await form.getByRole('combobox', { name: /^Who/ }).fill('bo');
    await form.getByRole('button', { name: 'Add', exact: true }).click();
    await form.getByText('Must be after `from`.', { exact: true }).waitFor();
    await look('an override that cannot be');
    await form.getByLabel(/^To/).fill(`${dayOf(2)}T12:30`);
    await form.getByRole('button', { name: 'Add', exact: true }).click();
    const item = page.getByRole('list', { name: 'Overrides' }).getByRole('listitem');
    await item.filter({ hasText: 'Bo' }).waitFor();
    const rows = page.getByRole('table', { name: 'Who is on call' }).getByRole('row');
    await rows
      .filter({ hasText: `the override by-hand-${dayOf(2)}` })
      .filter({ hasText: '12:30' })
      .waitFor();
    const asked = {
      at: (
        await client.schedules.shifts('primary', {
          from: `${dayOf(2)}T15:30:00Z`,
          to: `${dayOf(2)}T15:31:00Z`,
          level: 1,
        })
      ).items,
    };
    expect(asked.at).toMatchObject([{ recipients: ['bo'], source: 'override' }]);
    await look('an override');
    await page.getByRole('button', { name: 'Month' }).click();
    await page.waitForURL(/view=month/);
    await look('a month');
    await page.getByRole('button', { name: 'Later' }).click();
    await page.getByRole('button', { name: 'Week' }).click();
    await page.goto(`${world.server.url}/schedules/primary?date=${monday}`);
    await page.getByRole('button', { name: `Remove the override by-hand-${dayOf(2)}` }).click();
    await expect.poll(() => item.count()).toBe(0);
    expect((await client.schedules.get('primary')).overrides).toEqual([]);
    await page.goto(`${world.server.url}/schedules`);
    await page
      .getByRole('list', { name: 'Schedules' })
      .getByRole('link', { name: /Primary/ })
      .waitFor();
    await look('schedules');
    expect(troubles.filter((text) => !text.includes('400'))).toEqual([]);
    await end();
  });

  it('saves over nothing that somebody else has changed, unless one says so', { timeout: 180_000 }, async () => {
    const { client } = world.server;
    const rotation = { every: '1 day', handover: { at: '09:00' }, start: '2026-01-05', members: ['ana'] };
    const written = (name: string, member = 'ana') => ({
      name,
      timeZone: 'Europe/Paris',
      layers: [{ id: 'days', rotation: { ...rotation, members: [member] } }],
    });
    await client.schedules.put('shared', written('Shared'));
    const { page, troubles, look, end } = await world.visit();
    await page.goto(`${world.server.url}/schedules/shared`);
    await page.getByRole('button', { name: 'Edit' }).click();
    const form = page.getByRole('form', { name: 'Edit the schedule' });
    await form.getByLabel('Name').first().fill('Mine');
    await client.schedules.put('shared', written('Theirs', 'sam'));
    await form.getByRole('button', { name: 'Save' }).click();
    const overtaken = page.getByRole('alert').filter({ hasText: 'somebody else has changed it' });
    await overtaken.getByText('what you wrote is still here', { exact: false }).waitFor();
    expect(await client.schedules.get('shared')).toMatchObject({ name: 'Theirs', version: 2 });
    await overtaken.getByRole('button', { name: 'See version 2 beside mine' }).click();
    await page.getByRole('textbox', { name: 'Yours, compared with version 2' }).getByText('sam').waitFor();
    await look('a schedule that somebody else has changed');
    await page.getByRole('button', { name: 'Save over version 2' }).click();
    await page.getByRole('heading', { name: 'Mine', level: 1 }).waitFor();
    expect(await client.schedules.get('shared')).toMatchObject({
      version: 3,
      layers: [{ rotation: { members: ['ana'] } }],
    });
    // An override is laid over whatever there is by then.
    await page.getByRole('button', { name: 'Add an override' }).click();
    const adding = page.getByRole('form', { name: 'Add an override' });
    await adding.getByLabel('From').fill(`${dayOf(2)}T10:00`);
    await adding.getByLabel(/^To/).fill(`${dayOf(2)}T18:00`);
    await adding.getByRole('combobox', { name: 'Who' }).fill('sam');
    await page.route(
      '**/v1/schedules/shared',
      async (route) => {
        if (route.request().method() === 'PUT') await client.schedules.put('shared', written('Theirs again', 'sam'));
        await route.continue();
      },
      { times: 2 }, // one read, one write
    );
    await adding.getByRole('button', { name: 'Add', exact: true }).click();
    await page.getByRole('heading', { name: 'Theirs again', level: 1 }).waitFor();
    expect(await client.schedules.get('shared')).toMatchObject({
      name: 'Theirs again',
      layers: [{ rotation: { members: ['sam'] } }],
      overrides: [{ recipient: 'sam' }],
    });
    expect(troubles.filter((one) => !one.includes('412'))).toEqual([]);
    await end();
  });

  it('fits a phone', { timeout: 120_000 }, async () => {
    await world.server.client.schedules.put('nights', {
      timeZone: 'Asia/Kolkata',
      layers: [
        {
          id: 'nights',
          rotation: {
            every: '1 week',
            handover: { at: '18:00' },
            start: '2026-01-05',
            members: ['bo', ['ana', 'sam']],
          },
          restrictions: [{ from: '18:00', to: '08:00' }],
        },
        {
          id: 'backup',
          level: 2,
          rotation: { every: '2 weeks', handover: { at: '00:00' }, start: '2026-01-05', members: ['boss'] },
        },
      ],
    });
    const { page, troubles, look, end } = await world.visit({ viewport: PHONE });
    await page.goto(`${world.server.url}/schedules/nights?date=${monday}`);
    await page.getByRole('table', { name: 'Who is on call' }).getByRole('row').first().waitFor();
    await look('a schedule');
    await page.getByRole('button', { name: 'Edit' }).click();
    await look('editing a schedule');
    await page.goto(`${world.server.url}/groups/finance`);
    await page.getByRole('list', { name: 'Members' }).waitFor();
    await look('a group');
    const { client } = world.server;
    await client.groups.put('long-word', { name: LONG_WORD, members: ['ana'] });
    await client.schedules.put('long-word', {
      name: LONG_WORD,
      timeZone: 'Europe/Paris',
      layers: [{ rotation: { every: '1 day', handover: { at: '00:00' }, start: '2026-01-05', members: ['ana'] } }],
    });
    for (const [path, what] of [
      ['groups', 'a group'],
      ['schedules', 'a schedule'],
    ]) {
      await page.goto(`${world.server.url}/${path}/long-word`);
      await page.getByRole('heading', { name: LONG_WORD, level: 1 }).waitFor();
      await look(`${what} with a long word`);
    }
    // The lists by themselves, as a link leads to them: with the looks of a list, and nothing of it cut off or left out.
    await page.goto(`${world.server.url}/groups`);
    await page
      .getByRole('list', { name: 'Groups' })
      .getByText(/members?$/)
      .first()
      .waitFor();
    await look('groups');
    await page.goto(`${world.server.url}/schedules`);
    const schedules = page.getByRole('list', { name: 'Schedules' });
    await schedules.getByText('until', { exact: false }).first().waitFor();
    expect(await schedules.evaluate((list) => getComputedStyle(list).listStyleType)).toBe('none');
    const cells = schedules.locator('.row-cell > span');
    expect(await cells.evaluateAll((all) => all.filter((one) => one.scrollWidth > one.clientWidth).length)).toBe(0);
    await look('schedules');
    expect(troubles).toEqual([]);
    await end();
  });
});
