// Follow-ups in the dashboard, in a real browser: found in a list and by its filters, told step by step with their messages as they
// were sent, and acted on. Many at once are dashboard-bulk.test.ts, every
// command dashboard-commands.test.ts.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ENGINE } from '../../packages/server/src/store/database.ts';
import { CHROMIUM } from '../pages/chromium.ts';
import { createDashboardWorld, type DashboardWorld, LONG_WORD, PHONE } from '../pages/dashboard.ts';
import { furnish, taskEvent } from '../server.ts';

if (CHROMIUM === null)
  process.stderr.write('LEFT OUT: follow-ups of the dashboard in a real browser (apt-get install chromium).\n');
describe.runIf(CHROMIUM !== null)('follow-ups in the dashboard', () => {
  let world: DashboardWorld;
  const open = async (id: string, title: string, more: Record<string, unknown> = {}) =>
    (
      await world.server.client.events.send(
        taskEvent('assigned', { id, title, assignee: 'ana', requester: 'sam', ...more }),
      )
    ).followUps[0]?.id ?? '';
  beforeAll(async () => {
    world = await createDashboardWorld();
    await furnish(world.server);
  }, 120_000);
  afterAll(() => world?.end());

  it('says what would put something here, then lists what there is, by its filters', { timeout: 120_000 }, async () => {
    const { page, troubles, look, end } = await world.visit();
    await page.goto(`${world.server.url}/follow-ups`);
    await page.getByRole('heading', { name: 'No follow-up is under way' }).waitFor();
    await look('no follow-ups');
    await open('invoice-7', '<b>Pay invoice 7</b>', { dueDate: '2026-11-20T09:00:00Z' });
    const done = await open('report', 'Write the report');
    const long = 'Order a desk for the new colleague, and a chair that fits whoever sits on it';
    await open('desk', long, { assignee: 'bo' });
    await world.server.client.followUps.command(done, 'resolve', { actor: 'ana', outcome: 'handed in' });
    await page.reload();
    const rows = page.getByRole('list', { name: 'Follow-ups' }).getByRole('listitem');
    await expect.poll(() => rows.count()).toBe(2);
    await rows.filter({ hasText: '<b>Pay invoice 7</b>' }).waitFor();
    await rows.filter({ hasText: 'Order a desk' }).filter({ hasText: 'Bo' }).waitFor();
    const titles = rows.locator('strong');
    expect(await titles.evaluateAll((all) => all.filter((one) => one.scrollHeight > one.clientHeight + 1).length)).toBe(
      0,
    );
    await look('follow-ups');
    await page.getByText('Closed', { exact: true }).click();
    await rows.filter({ hasText: 'Resolved: handed in' }).waitFor();
    expect(await rows.count()).toBe(1);
    await page.getByText('All', { exact: true }).click();
    await expect.poll(() => rows.count()).toBe(3);
    // Keys, as well as a mouse: to the search, and through the rows.
    await page.getByRole('heading', { name: 'Follow-ups' }).click();
    await page.keyboard.press('/');
    await page.keyboard.type('desk');
    await expect.poll(() => rows.count()).toBe(1);
    await expect.poll(() => new URL(page.url()).searchParams.get('q')).toBe('desk');
    await page.keyboard.press('Escape');
    await page.goBack();
    // What is asked for more seldom, in the address as well.
    await page.goto(`${world.server.url}/follow-ups?show=all`);
    await expect.poll(() => rows.count()).toBe(3);
    await page.getByText('More filters').click();
    for (const [label, text, left] of [
      ['Key', 'desk', 'Order a desk'],
      ['Subject', 'task/report', 'Write the report'],
      ['Due before', '2026-11-21T00:00', 'Pay invoice 7'],
    ] as const) {
      await page.getByLabel(label, { exact: true }).fill(text);
      await expect.poll(() => rows.allTextContents()).toEqual([expect.stringContaining(left)]);
      await page.getByText('More filters (1)').waitFor();
      await page.getByLabel(label, { exact: true }).fill('');
      await expect.poll(() => rows.count()).toBe(3);
    }
    await page.getByLabel('Team', { exact: true }).fill('nobodys');
    await page.getByRole('heading', { name: 'None matches' }).waitFor();
    await page.getByRole('button', { name: 'Clear the filters' }).click();
    await page.goto(`${world.server.url}/follow-ups?show=all&stage=reminder&due=2026-11-21T00:00:00%2B01:00`);
    await page.getByRole('heading', { name: 'None matches' }).waitFor();
    expect(await page.getByLabel('Stage', { exact: true }).inputValue()).toBe('reminder');
    expect(await page.getByLabel('Due before', { exact: true }).inputValue()).toBe('2026-11-21T00:00');
    await look('more filters');
    await page.goto(`${world.server.url}/follow-ups?show=all&assignee=nobody-here`);
    await page.getByRole('button', { name: 'Clear the filters' }).click();
    await expect.poll(() => rows.count()).toBe(2);
    await page.getByRole('heading', { name: 'Follow-ups' }).click();
    await page.keyboard.press('j');
    await page.keyboard.press('j');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: '<b>Pay invoice 7</b>', level: 1 }).waitFor();
    expect(troubles).toEqual([]);
    await end();
  });

  it('tells one step by step, shows what was sent, and takes commands', { timeout: 180_000 }, async () => {
    const id = await open('told', 'Sign the contract', { dueDate: '2026-11-30T09:00:00Z' });
    await world.server.advance('2 days');
    const { page, troubles, look, end } = await world.visit();
    await page.goto(`${world.server.url}/follow-ups/${id}`);
    const timeline = page.getByRole('list', { name: 'What happened' });
    await timeline.getByText('Stage "reminder" ran').waitFor();
    // People are named, and times are in the zone of the browser.
    await timeline.getByText('Ana', { exact: false }).first().waitFor();
    await page.getByText(/Next at .* CET/).waitFor();
    await look('a follow-up');
    await timeline.getByRole('button', { name: 'Show the message' }).first().click();
    const mail = page.frameLocator('iframe');
    await mail.getByText('Sign the contract').first().waitFor();
    await look('a message as it was sent');
    const status = async () => (await world.server.client.followUps.get(id)).status;

    await page.getByRole('button', { name: 'Acknowledge' }).click();
    await page.getByRole('status').filter({ hasText: 'Done.' }).waitFor();
    expect(await status()).toBe('acknowledged');
    await timeline.getByText('Acknowledged').first().waitFor();

    await page.getByRole('button', { name: 'Snooze' }).click();
    await page.getByLabel('Until').fill('2020-01-01T09:00');
    await look('a command that asks for something');
    await page.getByRole('button', { name: 'Snooze' }).last().click();
    await page.getByRole('alert').filter({ hasText: 'Send a time after' }).waitFor();
    await page.getByRole('button', { name: 'Never mind' }).click();
    expect((await world.server.client.followUps.get(id)).snoozedUntil).toBeNull();

    // What holds it is ended from where it is held.
    const day = new Date(Date.parse((await world.server.client.clock.get()).now) + 86_400_000).toISOString();
    await world.server.client.followUps.command(id, 'unacknowledge', {});
    await world.server.client.followUps.command(id, 'snooze', { until: day });
    await page.getByText('Snoozed', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'More' }).click();
    expect(await page.getByRole('menuitem', { name: 'Withdraw the acknowledgement' }).count()).toBe(0);
    await page.getByRole('menuitem', { name: 'End the snooze' }).click();
    await page.getByText('Snoozed', { exact: true }).waitFor({ state: 'detached' });
    expect(await world.server.client.followUps.get(id)).toMatchObject({ status: 'open', snoozedUntil: null });

    await page.getByRole('button', { name: 'More' }).click();
    await look('every command');
    await page.getByRole('menuitem', { name: 'Reassign' }).click();
    const to = page.getByRole('combobox', { name: 'To' });
    await page.route(/\/v1\/recipients\?q=samu/, (route) => route.fulfill({ status: 500 }));
    // Typed as people type: what is typed into is scrolled to, and a list of what is out of sight is not shown.
    await to.pressSequentially('samu');
    await page.getByText('an id can be typed all the same', { exact: false }).waitFor();
    for (const _ of 'mu') await to.press('Backspace');
    await page.getByText('type a part of their name', { exact: false }).waitFor();
    await page.getByRole('option', { name: /Sam/ }).click();
    await page.getByRole('textbox', { name: 'Comment' }).fill('Ana is on leave.');
    await page.getByRole('button', { name: 'Reassign' }).click();
    await page.getByRole('status').filter({ hasText: 'Done.' }).waitFor();
    expect((await world.server.client.followUps.get(id)).assignee).toBe('sam');

    await page.getByRole('button', { name: 'Resolve' }).click();
    await page.getByLabel('Outcome').fill('signed');
    await page.getByRole('button', { name: 'Resolve' }).last().click();
    await page.getByText('Resolved: signed').waitFor();
    await timeline.getByText('Resolved by an API key as "signed".').waitFor();
    // Whoever goes by keys is beside what can be done next.
    await expect.poll(() => page.evaluate(`document.activeElement.getAttribute('aria-label')`)).toBe('Commands');
    const facts = page.getByRole('region', { name: 'Facts' });
    expect(
      await facts.getByRole('link').evaluateAll((links) => links.map((link) => link.getAttribute('href'))),
    ).toEqual(expect.arrayContaining(['/people/sam', '/policies/task']));
    expect(await status()).toBe('resolved');
    // What is over can be opened again, and nothing else but a note.
    expect(await page.getByRole('button', { name: 'Acknowledge' }).count()).toBe(0);
    await page.getByRole('button', { name: 'Reopen' }).waitFor();
    expect(troubles.filter((text) => !/422|500/.test(text))).toEqual([]);
    await end();
  });

  it('says of a message that is no longer kept that it is not', { timeout: 90_000 }, async () => {
    const id = await open('kept', 'Keep the receipt');
    await world.server.advance('1 hour');
    await world.server.relance.engine.engine.database.transaction(ENGINE, (tx) =>
      tx.query('DELETE FROM relance.messages WHERE follow_up_id = $1', [id]),
    );
    const { page, troubles, end } = await world.visit();
    await page.goto(`${world.server.url}/follow-ups/${id}`);
    await page.getByRole('button', { name: 'Show the message' }).first().click();
    await page.getByText('It is no longer kept.').waitFor();
    expect(await page.getByRole('list', { name: 'What happened' }).getByRole('alert').count()).toBe(0);
    expect(troubles.filter((text) => !text.includes('404'))).toEqual([]);
    await end();
  });

  it('shows what somebody wrote back, and answers it', { timeout: 120_000 }, async () => {
    const id = await open('question', 'Choose a colour');
    await world.server.advance('1 minute');
    const [message] = (await world.server.client.followUps.messages(id)).items;
    const { replies } = world.server.relance.engine;
    const about = await replies.about({ message: message?.id ?? '' });
    if (about === null) throw new Error('a message was sent that nobody can reply to');
    await replies.take(about, {
      channel: 'email',
      from: 'ana@example.test',
      providerId: 'reply-1',
      subject: 'Re: it',
      text: 'Which colours\nare there? <img src=x onerror=alert(1)>',
      proven: true,
      said: { kind: 'human', meaning: { kind: 'unclear', confidence: 0.9, sure: false }, surelyHuman: true },
    });
    const { page, troubles, look, end } = await world.visit();
    await page.goto(`${world.server.url}/follow-ups/${id}`);
    const reply = page.getByRole('article');
    await reply.getByText('Waits for an answer').waitFor();
    await look('a conversation');
    await reply.getByLabel('Answer').fill('Blue and green.');
    await reply.getByRole('button', { name: 'Send' }).click();
    await reply.getByText('Blue and green.').last().waitFor();
    await expect.poll(() => reply.getByText('Waits for an answer').count()).toBe(0);
    expect((await world.server.client.replies.list({ followUp: id })).items[0]).toMatchObject({ status: 'answered' });
    expect(troubles).toEqual([]);
    await end();
  });

  it('fits a phone', { timeout: 90_000 }, async () => {
    const now = Date.parse((await world.server.client.clock.get()).now);
    const inDays = (days: number) => new Date(now + days * 86_400_000).toISOString();
    await open('plants', 'Water the plants', { dueDate: inDays(5) });
    await open('cat', 'Feed the cat', { dueDate: inDays(-5) });
    const { page, troubles, look, end } = await world.visit({ viewport: PHONE });
    await page.goto(`${world.server.url}/follow-ups?show=all`);
    const rows = page.getByRole('list', { name: 'Follow-ups' }).getByRole('listitem');
    // What is due and what is late is told here as well, and nothing of it is cut off; where no day is set, nothing is told.
    for (const [title, label] of [
      ['Water the plants', 'Due'],
      ['Feed the cat', 'Overdue'],
    ] as const) {
      const due = rows.filter({ hasText: title }).locator('.due');
      await due.getByText(label, { exact: true }).waitFor();
      await due.getByText(/^\w{3} \d+ \w+( \d{4})? \d\d:\d\d CES?T$/).waitFor();
      expect(await due.locator('> span').evaluate((one) => one.scrollWidth <= one.clientWidth)).toBe(true);
    }
    expect(await rows.filter({ hasText: 'Order a desk' }).getByText('Due', { exact: true }).isVisible()).toBe(false);
    await look('follow-ups, due and late');
    await page.getByText('More filters').click();
    await page.getByLabel('Due before', { exact: true }).fill('2030-01-01T00:00');
    await page.getByText('More filters (1)').waitFor();
    await look('follow-ups');
    await rows.filter({ hasText: 'Sign the contract' }).getByRole('link').click();
    await page.getByRole('list', { name: 'What happened' }).waitFor();
    await page.getByRole('button', { name: 'Show the message' }).first().click();
    await look('a follow-up');
    // Whatever it is called goes on in the next line.
    await page.goto(`${world.server.url}/follow-ups/${await open(`task-${LONG_WORD}`, LONG_WORD)}`);
    await page.getByRole('heading', { name: LONG_WORD, level: 1 }).waitFor();
    await page.getByRole('list', { name: 'What happened' }).getByRole('listitem').first().waitFor();
    await look('a follow-up with a long word');
    await page.goto(`${world.server.url}/follow-ups?q=${LONG_WORD}`);
    await rows.filter({ hasText: LONG_WORD }).waitFor();
    await look('follow-ups with a long word');
    await page.goto(world.server.url);
    await page.getByRole('region', { name: 'Opened last' }).getByText(LONG_WORD).waitFor();
    await look('an overview with a long word');
    expect(troubles).toEqual([]);
    await end();
  });

  it('says so where there is none', { timeout: 60_000 }, async () => {
    const { page, look, end } = await world.visit();
    await page.goto(`${world.server.url}/follow-ups/no-such-id`);
    await page.getByRole('alert').filter({ hasText: 'There is no follow-up "no-such-id".' }).waitFor();
    await look('no such follow-up');
    await end();
  });

  it('shows what happens elsewhere while one looks, long before it would look again', {
    timeout: 120_000,
  }, async () => {
    const { client } = world.server;
    const id = await open('live', 'Close the window');
    const { page, troubles, end } = await world.visit();
    const list = await page.context().newPage();
    // A proxy without its server answers the first time: no browser would ask again by itself.
    let asked = 0;
    await list.route('**/v1/stream', (route) =>
      asked++ === 0 ? route.fulfill({ status: 503, body: 'away' }) : route.continue(),
    );
    await page.goto(`${world.server.url}/follow-ups/${id}`);
    await page.getByRole('button', { name: 'Acknowledge' }).waitFor();
    await list.goto(`${world.server.url}/follow-ups`);
    const rows = list.getByRole('list', { name: 'Follow-ups' }).getByRole('listitem');
    await rows.filter({ hasText: 'Close the window' }).waitFor();
    await expect.poll(() => asked, { timeout: 30_000 }).toBe(2);
    await client.followUps.command(id, 'resolve', { actor: 'ana', outcome: 'closed it' });
    await page.getByText('Resolved: closed it').waitFor();
    await rows.filter({ hasText: 'Close the window' }).waitFor({ state: 'detached' });
    expect(troubles).toEqual([]);
    await end();
  });

  it('opens one by hand, and loses nothing of what the server refuses', { timeout: 120_000 }, async () => {
    for (const viewport of [undefined, PHONE]) {
      const { page, troubles, look, end } = await world.visit(viewport === undefined ? {} : { viewport });
      await page.goto(`${world.server.url}/follow-ups`);
      await page.getByRole('link', { name: 'Open one' }).click();
      await page.getByRole('heading', { name: 'Open a follow-up' }).waitFor();
      await look('opening by hand');
      await page.getByLabel('What it is about').fill('Call the printer');
      await page.getByRole('combobox', { name: 'Who should act' }).fill('bo');
      await page.getByLabel('Link').fill('ftp://printer.test');
      await page.getByLabel('Due').fill('2027-01-10T09:00');
      await page.getByText('Key and data').click();
      await page.getByLabel('Data (JSON)').fill('{');
      await page.getByRole('button', { name: 'Open it' }).click();
      await page.getByText('This is not a JSON object.').waitFor();
      await page.getByLabel('Data (JSON)').fill('{"floor": 3}');
      await page.getByRole('button', { name: 'Open it' }).click();
      await page.getByRole('alert').waitFor();
      await look('an opening that was refused');
      await page.getByLabel('Link').fill('https://printer.test');
      await page.getByRole('button', { name: 'Open it' }).click();
      await page.getByRole('heading', { name: 'Call the printer', level: 1 }).waitFor();
      const id = new URL(page.url()).pathname.split('/').at(-1) ?? '';
      expect(await world.server.client.followUps.get(id)).toMatchObject({
        assignee: 'bo',
        subject: { url: 'https://printer.test' },
        dueAt: '2027-01-10T08:00:00.000Z', // the browser is in Paris
        data: { floor: 3 },
        status: 'open',
      });
      expect(troubles.filter((text) => !/4\d\d/.test(text))).toEqual([]);
      await end();
    }
  });
});
