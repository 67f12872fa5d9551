// Policies in the dashboard, in a real browser: from none to one that is taken ready-made, drawn, changed with its mistakes marked in
// their place, played beside the editor before anybody is told, published, and compared with what it was.
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ENGINE } from '../../packages/server/src/store/database.ts';
import { CHROMIUM } from '../pages/chromium.ts';
import { createDashboardWorld, type DashboardWorld, LONG_WORD, PHONE } from '../pages/dashboard.ts';
import { taskEvent } from '../server.ts';

/** For a page whose machine is busy with other tests. */
const WAIT_MS = 60_000;

const CHASE = `# Ask Ana before you change it.
policy: chase
title: Chase
open: { on: com.acme.chase.begun }
key: event.data.id
assignee: event.data.assignee
stages:
  - { id: notice, at: opened, notify: { via: [email] } }
  - { id: reminder, at: opened + 1 day, repeat: { every: 1 day, times: 2 }, notify: { via: [email] } }
`;

if (CHROMIUM === null)
  process.stderr.write('LEFT OUT: policies of the dashboard in a real browser (apt-get install chromium).\n');
describe.runIf(CHROMIUM !== null)('policies in the dashboard', () => {
  let world: DashboardWorld;
  beforeAll(async () => {
    world = await createDashboardWorld();
    // Early in the morning, whatever the hour of this run: what comes at such an hour waits for business hours.
    const early = new Date(Date.now() + 86_400_000);
    early.setUTCHours(4, 0, 0, 0);
    await world.server.client.clock.advance({ to: early.toISOString() });
  }, 120_000);
  afterAll(() => world?.end());

  const editorOf = (page: Page) => page.getByRole('textbox', { name: 'The policy in YAML' });
  /** Behind a text in the editor. */
  async function putCursorBehind(page: Page, text: string): Promise<void> {
    await page.locator('.cm-line', { hasText: text }).first().click();
    await page.keyboard.press('End');
  }
  const figure = (page: Page, name: string) =>
    page
      .getByRole('region', { name: 'What came of it' })
      .locator('.figure', { hasText: name })
      .locator('.figure-number');
  const played = (page: Page) =>
    page.getByRole('region', { name: 'One of them' }).getByRole('listitem').first().waitFor({ timeout: WAIT_MS });

  it('begins with none, and takes one that comes with Relance', { timeout: 240_000 }, async () => {
    const { page, troubles, look, end } = await world.visit();
    page.setDefaultTimeout(WAIT_MS);
    await page.goto(world.server.url);
    await page.getByRole('link', { name: 'Policies' }).click();
    await page.getByRole('heading', { name: 'No policy is published' }).waitFor();
    await look('no policies');
    await page.getByRole('link', { name: 'New policy' }).click();
    await page.getByRole('heading', { name: 'Invoice payment' }).waitFor();
    await look('ready policies');
    await page.getByRole('link', { name: /^Take it\s+Invoice payment$/ }).click();
    await editorOf(page).getByText('policy: invoice-payment').waitFor();
    // The server does not have what it names, and the line that names it says so.
    await page.getByText('There is no group "billing"').first().waitFor();
    await page.locator('.cm-lintRange-error').first().waitFor();
    await played(page);
    await look('a ready policy, with what it names missing');
    await page.getByRole('button', { name: 'Publish' }).click();
    await page.getByRole('alert').filter({ hasText: 'There is no' }).waitFor();
    await page.getByRole('button', { name: 'Take the example people' }).click();
    await page.getByText('Everything that it names is there.').waitFor();
    await page.getByText('Checked: it can be published.').waitFor();
    await page.getByRole('button', { name: 'Publish' }).click();
    await page.waitForURL(/\/policies\/invoice-payment$/);
    const stored = await world.server.client.policies.get('invoice-payment');
    expect(stored).toMatchObject({ version: 1, policy: { policy: 'invoice-payment' } });
    expect(stored.text).toContain('# An invoice is followed up until it is paid');
    await page.getByRole('list', { name: 'Stages' }).waitFor();
    await look('a policy as a picture');
    // Every stage is told in words, with its time; what would wait for business hours says so.
    const stages = page.getByRole('list', { name: 'Stages' }).getByRole('listitem');
    expect(await stages.allTextContents()).toEqual([
      expect.stringContaining('notice'),
      expect.stringMatching(/due - 4 business days.*waits for business hours until/),
      expect.stringContaining('overdue'),
      expect.stringContaining('second'),
      expect.stringContaining('final'),
      expect.stringMatching(/brings in requester, team/),
    ]);
    await page.getByRole('tab', { name: 'Check' }).click();
    await page.getByRole('list', { name: 'What is proved of it' }).getByText('Each of its 6 stages can run.').waitFor();
    await look('what checking a policy says');
    expect(troubles.filter((text) => !text.includes('422'))).toEqual([]); // it named what was missing
    await end();
  });

  it('marks mistakes where they are, offers what can be written, and plays every edit', {
    timeout: 300_000,
  }, async () => {
    await world.server.client.policies.put('chase', CHASE);
    const { page, troubles, look, end } = await world.visit();
    page.setDefaultTimeout(WAIT_MS);
    await page.goto(`${world.server.url}/policies/chase?part=edit`);
    // Its comments are still there.
    await editorOf(page).getByText('# Ask Ana before you change it.').waitFor();
    // Nobody answers: a notice, and two reminders.
    await expect.poll(() => figure(page, 'Messages each').textContent(), { timeout: WAIT_MS }).toBe('3');
    // An edit, and it is played anew: only the notice and one reminder are left.
    await putCursorBehind(page, 'times: 2');
    for (let back = 0; back < '2 }, notify: { via: [email] } }'.length; back++) await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('Delete');
    await page.keyboard.type('1');
    await expect.poll(() => figure(page, 'Messages each').textContent(), { timeout: WAIT_MS }).toBe('2');
    // What people do is part of it.
    const opens = page.getByLabel('Opens');
    await page.getByText('In UTC', { exact: true }).waitFor();
    await opens.fill('2027-03-01T09:00');
    await page
      .getByText(/1 Mar 2027 10:00 CET|1 Mar 10:00 CET/)
      .first()
      .waitFor();
    await opens.fill('');
    await page.getByLabel('What happens', { exact: true }).fill('ana resolves after 2 hours of notice');
    await expect.poll(() => figure(page, 'Resolved').textContent(), { timeout: WAIT_MS }).toBe('100%');
    await page.getByLabel('What happens', { exact: true }).fill('ana dances');
    await page.getByText(/behaviours\[0\]: "ana dances".*at character/).waitFor();
    await page.getByLabel('What happens', { exact: true }).fill('');
    // A key that does not exist is marked in its line, with what was meant; pressing it leads there.
    await putCursorBehind(page, 'title: Chase');
    await page.keyboard.press('Enter');
    await page.keyboard.type('urgencie: high');
    const wrong = page.getByRole('list', { name: 'What is wrong' });
    await wrong.getByText('Unknown key "urgencie": write "urgency", or remove it.').waitFor();
    await expect.poll(() => page.locator('.cm-lintRange-error').first().textContent()).toBe('urgencie: high');
    await look('a mistake, marked');
    await page.getByRole('button', { name: 'Publish' }).click();
    await page.getByRole('alert').filter({ hasText: 'Unknown key "urgencie"' }).waitFor();
    expect((await world.server.client.policies.get('chase')).version).toBe(1);
    await wrong.getByRole('button', { name: /^Line 4/ }).click();
    await page.keyboard.press('Shift+End');
    await page.keyboard.press('Delete');
    // Completion: keys of the schema, and then its values.
    await page.keyboard.type('urg');
    const offers = page.locator('.cm-tooltip-autocomplete');
    await offers.getByText('urgency').click(); // a key that comes too soon after the list is taken for the text
    await offers.waitFor({ state: 'detached' });
    await page.keyboard.press('Control+Space');
    await offers.getByText('urgent', { exact: true }).waitFor();
    await look('what can be written');
    await page.keyboard.type('hi');
    await expect.poll(() => offers.getByRole('option').count()).toBe(1);
    await offers.getByRole('option').click();
    await editorOf(page).getByText('urgency: high').waitFor();
    // Nothing is lost by a reload, and Escape then Tab leaves the editor.
    await page.reload();
    await editorOf(page).getByText('urgency: high').waitFor();
    await page.getByText('Changes that are not published are kept in this tab.').waitFor();
    await editorOf(page).click();
    await page.keyboard.press('Escape');
    await page.keyboard.press('Tab');
    expect(await editorOf(page).evaluate((element) => element.contains(element.ownerDocument.activeElement))).toBe(
      false,
    );
    await editorOf(page).click();
    await page.keyboard.press('Control+s');
    await page.getByRole('status').filter({ hasText: 'Version 2 is published' }).waitFor();
    await look('published');
    const stored = await world.server.client.policies.get('chase');
    expect(stored).toMatchObject({ version: 2, policy: { urgency: 'high', title: 'Chase' } });
    expect(stored.text).toContain('# Ask Ana before you change it.');
    expect(troubles.filter((text) => !text.includes('422'))).toEqual([]);
    await end();
  });

  it('plays a thousand runs in a worker, and tells how far it is', { timeout: 120_000 }, async () => {
    await world.server.client.recipients.put('bo', { name: 'Bo', email: 'bo@example.test' });
    const { page, troubles, end } = await world.visit();
    page.setDefaultTimeout(WAIT_MS);
    const workers: string[] = [];
    page.on('worker', (worker) => workers.push(worker.url()));
    await page.goto(`${world.server.url}/policies/chase?part=edit`);
    await played(page);
    expect(workers).toHaveLength(1);
    expect(workers[0]).toMatch(/\/assets\/worker-/);
    await page.getByText('Data of the event that opens it').click();
    await page.getByLabel('Data of the event, as JSON').fill('{"assignee": "bo"}');
    await page.getByLabel('What happens', { exact: true }).fill('assignee resolves with 50% after 1 hour..5 days');
    await page.getByLabel('Played', { exact: true }).selectOption('1000');
    await page.getByText('of 1000 runs').waitFor();
    const resolved = Number.parseInt((await figure(page, 'Resolved').textContent()) ?? '', 10);
    expect(resolved).toBeGreaterThan(40);
    expect(resolved).toBeLessThan(60);
    expect(await page.getByText('somebody stands in').count()).toBe(0);
    // The same without anybody of the tenant's own.
    await page.getByLabel('Among', { exact: true }).selectOption('invented');
    await page.getByText('Not among your people, so somebody stands in: bo.').waitFor();
    expect(troubles).toEqual([]);
    await end();
  });

  it('compares two versions, and says who published them', { timeout: 120_000 }, async () => {
    const { page, troubles, look, end } = await world.visit();
    page.setDefaultTimeout(WAIT_MS);
    await page.goto(`${world.server.url}/policies/chase`);
    await page.getByRole('tab', { name: 'Versions' }).click();
    await page.getByRole('row').filter({ hasText: 'the server’s first key' }).first().waitFor();
    const diff = page.getByRole('textbox', { name: 'Version 2, compared with version 1' });
    await diff.waitFor();
    await page.locator('.cm-insertedLine, .cm-changedLine', { hasText: 'urgency: high' }).first().waitFor();
    await page.locator('.cm-deletedChunk', { hasText: 'times: 2' }).waitFor();
    await look('versions');
    await page.getByLabel('To', { exact: true }).selectOption('1');
    await page.getByText('These two say the same.').waitFor();
    expect(new URL(page.url()).searchParams.get('after')).toBe('1');
    expect(troubles).toEqual([]);
    await end();
  });

  it('lists them with what is live, what needs somebody, and what checking them says', {
    timeout: 120_000,
  }, async () => {
    const { client } = world.server;
    await client.recipients.put('ana', { name: 'Ana', email: 'ana@example.test' });
    for (const id of ['one', 'two'])
      await client.events.send(taskEvent('assigned', { id, assignee: 'ana' }, { type: 'com.acme.chase.begun' }));
    await client.followUps.byKey('chase', 'two').command('resolve', { actor: 'ana' });
    await world.server.advance('20 days');
    const { page, troubles, look, end } = await world.visit();
    page.setDefaultTimeout(WAIT_MS);
    await page.goto(`${world.server.url}/policies`);
    const row = page.getByRole('list', { name: 'Policies' }).getByRole('listitem').filter({ hasText: 'chase' });
    await row.getByText('Opened, 30 days').waitFor();
    expect(await row.locator('.figure').allTextContents()).toEqual([
      'Live1',
      'Need attention1',
      'Overdue0',
      'Opened, 30 days2',
      'Resolved50%',
      'Escalated0%',
      expect.stringContaining('Half resolved in'),
    ]);
    await page
      .getByText(/nothing to mend|warning/)
      .first()
      .waitFor();
    await look('policies');
    await row.getByRole('link', { name: '1', exact: true }).nth(1).click();
    await page.waitForURL(/\/follow-ups\?.*policy=chase/);
    expect(troubles).toEqual([]);
    await end();
  });

  it('fits a phone', { timeout: 240_000 }, async () => {
    const { page, troubles, look, end } = await world.visit({ viewport: PHONE });
    page.setDefaultTimeout(WAIT_MS);
    await page.goto(`${world.server.url}/policies`);
    await page.getByRole('list', { name: 'Policies' }).getByText('Opened, 30 days').first().waitFor();
    await look('policies');
    await page.getByRole('link', { name: 'Invoice payment' }).click();
    await page.getByRole('list', { name: 'Stages' }).waitFor();
    const tabs = await page.getByRole('tab').evaluateAll((all) => all.map((tab) => tab.getBoundingClientRect()));
    expect(new Set(tabs.map(({ top }) => top)).size).toBe(1);
    expect(tabs.at(-1)?.right).toBeLessThanOrEqual(PHONE.width);
    await look('a policy as a picture');
    await page.getByRole('tab', { name: 'Edit and simulate' }).click();
    await played(page);
    await look('an editor');
    await page.goto(`${world.server.url}/policies/chase?part=versions`);
    await page.locator('.cm-deletedChunk', { hasText: 'times: 2' }).waitFor();
    await look('versions');
    await page.goto(`${world.server.url}/new-policy`);
    await page.getByRole('link', { name: /^Take it\s+Incident$/ }).click();
    await page.getByText('Only to try it').waitFor();
    await played(page);
    await look('a ready policy');
    await world.server.client.policies.put(
      'long-word',
      CHASE.replaceAll(/chase/gi, 'long-word').replace('title: long-word', `title: ${LONG_WORD}`),
    );
    await page.goto(`${world.server.url}/policies/long-word`);
    await page.getByRole('heading', { name: LONG_WORD, level: 1 }).waitFor();
    await page.getByRole('list', { name: 'Stages' }).waitFor();
    await look('a policy with a long word');
    expect(troubles).toEqual([]);
    await end();
  });

  it('says so where there is none', { timeout: 60_000 }, async () => {
    const { page, end } = await world.visit();
    await page.goto(`${world.server.url}/policies/no-such-policy`);
    await page.getByRole('alert').filter({ hasText: 'There is no policy "no-such-policy".' }).waitFor();
    await page.goto(`${world.server.url}/new-policy?from=no-such-policy`);
    await page.getByRole('alert').filter({ hasText: 'There is no ready policy "no-such-policy".' }).waitFor();
    await end();
  });

  it('says of one that a project folder publishes that it is to be changed there too', {
    timeout: 120_000,
  }, async () => {
    const { client, relance, url } = world.server;
    const text = CHASE.replaceAll(/chase/gi, 'folder').replaceAll('folder.begun', 'folder-begun');
    await client.policies.put('folder', text);
    const { page, troubles, look, end } = await world.visit();
    page.setDefaultTimeout(WAIT_MS);
    const said = page.getByText('Version 1 was published by a project folder.');
    await page.goto(`${url}/policies/folder?part=edit`);
    await page.getByText('As published: version 1').waitFor();
    await played(page);
    expect(await said.count()).toBe(0);
    await relance.engine.engine.database.transaction(ENGINE, (tx) =>
      tx.query(`UPDATE relance.policy_versions SET created_by = 'project' WHERE id = 'folder'`),
    );
    // Also of one that was changed here since: whether the folder is still there, the page does not know.
    await client.policies.put('folder', text.replace('title: folder', 'title: Folder'));
    await page.reload();
    await page.getByText('As published: version 2').waitFor();
    await said.waitFor();
    // What is code in a sentence looks so, here as among the problems.
    await putCursorBehind(page, 'stages:');
    await page.keyboard.type(' none');
    const why = page.getByRole('status').filter({ hasText: 'It cannot be played as it stands' });
    await why.waitFor();
    expect(await why.textContent()).not.toContain('`');
    await look('a policy of a project folder');
    expect(troubles).toEqual([]);
    await end();
  });

  it('publishes over nothing that somebody else has published, unless one says so', { timeout: 120_000 }, async () => {
    const { client, url } = world.server;
    const { page, troubles, look, end } = await world.visit();
    page.setDefaultTimeout(WAIT_MS);
    const mine = CHASE.replaceAll(/chase/gi, 'hunt');
    const before = await client.policies.put('hunt', mine);
    await page.goto(`${url}/policies/hunt?part=edit`);
    await putCursorBehind(page, 'title: hunt');
    await page.keyboard.type(' them');
    await page.getByText('Changes that are not published are kept in this tab.').waitFor();
    const theirs = mine.replace('title: hunt', 'title: Seek');
    expect((await client.policies.put('hunt', theirs)).version).toBe(before.version + 1);
    // Neither by what was read meanwhile, nor by a reload.
    await page.reload();
    await editorOf(page).getByText('title: hunt them').waitFor();
    await page.getByRole('button', { name: 'Publish' }).click();
    const overtaken = page.getByRole('alert').filter({ hasText: 'somebody else has changed it' });
    await overtaken.waitFor();
    // It stays while one puts theirs into one's own.
    await putCursorBehind(page, 'title: hunt them');
    await page.keyboard.type(' all');
    await page.getByRole('button', { name: 'Publish', exact: true }).waitFor();
    await overtaken.getByRole('button', { name: `See version ${before.version + 1} beside mine` }).click();
    const beside = page.getByRole('textbox', { name: `Yours, compared with version ${before.version + 1}` });
    await beside.getByText('title: Seek').waitFor();
    await beside.getByText('title: hunt them all').waitFor();
    await look('overtaken by somebody else');
    expect((await client.policies.get('hunt')).policy).toMatchObject({ title: 'Seek' });
    await page.getByRole('button', { name: `Publish over version ${before.version + 1}` }).click();
    await page
      .getByRole('status')
      .filter({ hasText: `Version ${before.version + 2} is published` })
      .waitFor();
    expect((await client.policies.get('hunt')).policy).toMatchObject({ title: 'hunt them all' });
    // A new one is written over none.
    await page.goto(`${url}/new-policy?from=nothing`);
    await putCursorBehind(page, 'policy: my-policy');
    for (let back = 0; back < 'my-policy'.length; back++) await page.keyboard.press('Backspace');
    await page.keyboard.type('hunt');
    await page.getByRole('button', { name: 'Publish' }).click();
    await page.getByRole('alert').filter({ hasText: 'There is a policy "hunt" already' }).waitFor();
    const taken = page.getByText('Give this one an id of its own');
    await taken.waitFor();
    await page.keyboard.press('Escape'); // what it offers to complete
    await putCursorBehind(page, 'policy: hunt');
    await page.keyboard.type('s');
    await taken.waitFor({ state: 'detached' });
    expect(troubles.filter((text) => !text.includes('412'))).toEqual([]);
    await end();
  });

  it('keeps what is typed while it is published, and publishes it over that', { timeout: 120_000 }, async () => {
    const { client, url } = world.server;
    const { page, troubles, end } = await world.visit();
    page.setDefaultTimeout(WAIT_MS);
    await client.policies.put('keep', CHASE.replaceAll(/chase/gi, 'keep'));
    await page.goto(`${url}/policies/keep?part=edit`);
    await putCursorBehind(page, 'title: keep');
    await page.keyboard.type(' one');
    let release = (): void => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const sent: string[] = [];
    await page.route('**/v1/policies/keep', async (route) => {
      if (route.request().method() === 'PUT') {
        sent.push(route.request().headers()['if-match'] ?? '');
        await held;
      }
      await route.continue();
    });
    await editorOf(page).getByText('title: keep one').waitFor(); // it has the keys
    await editorOf(page).press('Control+s');
    await expect.poll(() => sent).toEqual(['"1"']);
    await page.keyboard.type(' two');
    await page.keyboard.press('Control+s'); // nobody knows yet over which version
    release();
    await page.getByText('Changes that are not published are kept in this tab.').waitFor();
    await expect.poll(async () => (await client.policies.get('keep')).policy.title).toBe('keep one');
    await page.keyboard.type('!'); // where the cursor was
    await editorOf(page).getByText('title: keep one two!').waitFor();
    await page.getByRole('button', { name: 'Publish' }).click();
    await page.getByRole('status').filter({ hasText: 'Version 3 is published' }).waitFor();
    expect([sent, (await client.policies.get('keep')).policy.title]).toEqual([['"1"', '"2"'], 'keep one two!']);
    expect(troubles).toEqual([]);
    await end();
  });
});
