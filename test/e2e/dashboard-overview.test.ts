// The overview in a real browser: from an empty server it leads to the first follow-up, and from then on it says what needs somebody,
// each number leading to what it counts.
import type { Instant } from '@relance/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { raiseOrphans } from '../../packages/server/src/engine/alarm.ts';
import { ENGINE } from '../../packages/server/src/store/database.ts';
import { CHROMIUM } from '../pages/chromium.ts';
import { createDashboardWorld, type DashboardWorld, PHONE, tryAgain } from '../pages/dashboard.ts';
import { API_KEY, furnish, taskEvent } from '../server.ts';

/** Nobody asked for it, so there is nobody to tell. */
const UNHEARD = `
policy: unheard
open: { on: com.acme.thing.made }
key: event.data.id
assignee: event.data.who
stages:
  - { id: notice, at: opened, notify: { to: [requester], via: [email] } }
  - { id: later, at: opened + 9 days, notify: { via: [email] } }
`;

if (CHROMIUM === null)
  process.stderr.write('LEFT OUT: the overview of the dashboard in a real browser (apt-get install chromium).\n');
describe.runIf(CHROMIUM !== null)('the overview of the dashboard', () => {
  let world: DashboardWorld;
  beforeAll(async () => {
    world = await createDashboardWorld();
  }, 120_000);
  afterAll(() => world?.end());

  /** Behind the button of her mail, at the address where this server is. */
  async function linkOf(words: string, followUp: string): Promise<string> {
    const { items } = await world.server.client.messages.list({ followUp });
    const mail = items.find(({ channel }) => channel === 'email');
    const { content } = await world.server.client.messages.get(String(mail?.id));
    const url =
      content?.text
        .split('\n')
        .find((line) => line.startsWith(words))
        ?.slice(words.length) ?? '';
    return world.server.url + new URL(url).pathname;
  }

  it('leads from nothing to the first follow-up, and shows how it is resolved', { timeout: 180_000 }, async () => {
    const { page, troubles, look, end } = await world.visit({ signedIn: false });
    await page.goto(world.server.url);
    await page.getByLabel('API key').fill(API_KEY);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('heading', { name: 'Your first follow-up' }).waitFor();
    await look('first steps');
    await page.getByLabel('Id').fill('ana');
    await page.getByLabel('Name').fill('Ana Ruiz');
    await page.getByLabel('Email').fill('ana@example.test');
    // Whoever goes by keys is where the next thing is, each time.
    const focused = () => page.evaluate<string>('document.activeElement.textContent');
    await page.getByRole('button', { name: 'Add' }).press('Enter');
    await page.getByLabel('Email').waitFor({ state: 'detached' });
    await expect.poll(focused).toMatch(/^A policy: who is asked/);
    await page.getByRole('button', { name: 'Publish this one' }).press('Enter');
    await page.getByLabel('What Ana Ruiz should do').waitFor();
    await expect.poll(focused).toBe('A follow-up');
    await page.getByLabel('What Ana Ruiz should do').fill('Water the plants');
    await page.getByRole('button', { name: 'Open it' }).press('Enter');
    await page.getByRole('heading', { name: 'Water the plants', level: 1 }).waitFor();
    await expect.poll(() => page.evaluate('document.activeElement.id')).toBe('main');
    await page.getByText('Ana Ruiz is asked to act.').waitFor();
    const [opened] = (await world.server.client.followUps.list()).items;
    expect(opened).toMatchObject({ policy: { id: 'first-steps' }, assignee: 'ana', status: 'open' });
    // Ana is nobody who signs in: she has a mail, and the page behind its button.
    await world.server.advance('1 minute');
    await page.getByText('Captured in the mailbox: "notice" to Ana Ruiz by email').waitFor();
    await look('the first follow-up');
    const reader = await world.browser.newContext({ viewport: PHONE });
    const hers = await reader.newPage();
    await hers.goto(await linkOf('It is done: ', String(opened?.id)));
    await hers.getByRole('button', { name: 'It is done' }).click();
    await hers.getByText('Done. Thank you. Nothing more is asked of you.').waitFor();
    await reader.close();
    // Whoever looks sees it happen, without doing anything.
    await page.getByText('Resolved by Ana Ruiz.').first().waitFor();
    await page.getByText('It is resolved by Ana Ruiz. Nothing more is sent.').waitFor();
    expect(await world.server.client.followUps.get(String(opened?.id))).toMatchObject({
      status: 'resolved',
      resolvedBy: 'ana',
      nextAt: null,
    });
    await look('the first follow-up, resolved');
    // And nobody is reminded of it.
    await world.server.advance('10 days');
    const { items } = await world.server.client.messages.list({ followUp: String(opened?.id) });
    expect([...new Set(items.map(({ stage }) => stage))].sort()).toEqual(['notice', 'resolved']);
    await page.getByRole('link', { name: 'Overview' }).click();
    await page.getByRole('link', { name: /^0\s*Open$/ }).waitFor();
    expect(await page.getByRole('heading', { name: 'Your first follow-up' }).count()).toBe(0);
    // Nothing needs anybody, and there is something to see: what opens next stands here by itself, above what is over.
    const last = page.getByRole('region', { name: 'Opened last' }).getByRole('listitem');
    await expect.poll(() => last.allTextContents()).toEqual([expect.stringMatching(/^Water the plants.*Resolved/)]);
    const second = await world.server.client.followUps.open({
      policy: 'first-steps',
      key: 'second',
      assignee: 'ana',
      subject: { type: 'task', id: 'second', title: 'Water them again' },
    });
    await expect
      .poll(() => last.allTextContents(), { timeout: 30_000 })
      .toEqual([
        expect.stringMatching(/^Water them again.*Open.*with Ana Ruiz, opened/),
        expect.stringMatching(/^Water the plants/),
      ]);
    await world.server.client.followUps.command(second.id, 'cancel', {});
    await last.getByText('Cancelled').waitFor();
    await look('an overview where nothing needs anybody');
    expect(troubles).toEqual([]);
    await end();
  });

  it('says what needs somebody, and leads there', { timeout: 120_000 }, async () => {
    await furnish(world.server);
    await world.server.client.events.send(
      taskEvent('assigned', {
        id: 'late',
        title: 'Answer the auditor',
        assignee: 'ana',
        dueDate: '2026-11-01T09:00:00Z',
      }),
    );
    await world.server.advance('20 days');
    for (const viewport of [undefined, PHONE]) {
      const { page, troubles, look, end } = await world.visit(viewport === undefined ? {} : { viewport });
      await page.goto(world.server.url);
      await page.getByRole('link', { name: /^1\s*Everything tried$/ }).waitFor();
      await page.getByRole('link', { name: /^0\s*Nobody known to ask$/ }).waitFor();
      await page.getByRole('link', { name: 'Answer the auditor' }).first().waitFor();
      const trends = page.getByRole('region', { name: 'The last 30 days' });
      await trends.getByRole('link', { name: /Conversion/ }).waitFor();
      await look('what needs attention');
      await page.getByRole('link', { name: /^1\s*Overdue$/ }).click();
      const rows = page.getByRole('list', { name: 'Follow-ups' }).getByRole('listitem');
      await expect.poll(() => rows.count()).toBe(1);
      expect(await rows.first().textContent()).toContain('Answer the auditor');
      expect(troubles).toEqual([]);
      await end();
    }
  });

  it('tells what reached nobody, what the watchdog found and who wrote back, each with a list of its own', {
    timeout: 180_000,
  }, async () => {
    const { client, relance } = world.server;
    await client.policies.put('unheard', UNHEARD);
    const opened = async (policy: string, key: string, title: string) =>
      (await client.followUps.open({ policy, key, assignee: 'ana', subject: { type: 'task', id: key, title } })).id;
    await opened('unheard', 'u', 'Tell whoever asked');
    const found = await opened('task', 'f', 'Lost from sight');
    await world.server.advance('1 minute');
    const { database } = relance.engine.engine;
    const now = Date.parse((await client.clock.get()).now) as Instant;
    const orphan = { id: found, tenant: 'default', why: 'no_timer' } as const;
    await database.transaction(ENGINE, (tx) => raiseOrphans(tx, [orphan], now));
    const [message] = (await client.messages.list({ followUp: found })).items;
    const about = await relance.engine.replies.about({ message: message?.id ?? '' });
    if (about === null) throw new Error('a message was sent that nobody can reply to');
    await relance.engine.replies.take(about, {
      channel: 'email',
      from: 'ana@example.test',
      providerId: 'reply-1',
      subject: 'Re: it',
      text: 'Which one do you mean?',
      proven: true,
      said: { kind: 'human', meaning: { kind: 'unclear', confidence: 0.9, sure: false }, surelyHuman: true },
    });
    for (const viewport of [undefined, PHONE]) {
      const { page, troubles, look, end } = await world.visit(viewport === undefined ? {} : { viewport });
      await page.goto(world.server.url);
      const alarms = page.getByRole('region', { name: 'Alarms of the last seven days' });
      for (const said of [
        'The watchdog found that it would wait for ever: nothing wakes it.',
        'Stage "notice" of policy "unheard" reaches nobody: neither its target nor a fallback has anybody.',
      ])
        await alarms.getByText(said, { exact: true }).waitFor();
      await page.getByRole('region', { name: 'Unanswered replies' }).getByText('Which one do you mean?').waitFor();
      await look('an overview with alarms and replies');
      const rows = page.getByRole('list', { name: 'Follow-ups' }).getByRole('listitem');
      for (const [count, title] of [
        ['Nobody reached', 'Tell whoever asked'],
        ['Found by the watchdog', 'Lost from sight'],
      ] as const) {
        await page.getByRole('link', { name: new RegExp(`^1\\s*${count}$`) }).click();
        await rows.filter({ hasText: title }).waitFor();
        expect(await rows.count()).toBe(1);
        await expect.poll(() => page.getByLabel('Why').locator('option:checked').textContent()).toBe(count);
        await page.goBack();
      }
      expect(troubles).toEqual([]);
      await end();
    }
  });

  it('follows what happens on the pages of a person, of channels and of figures too', {
    timeout: 240_000,
  }, async () => {
    const { client, advance } = world.server;
    await furnish(world.server);
    const { page, troubles, end } = await world.visit();
    // By the clock alone it would be looked again after a minute.
    const soon = { timeout: 30_000 };
    let n = 0;
    const happens = async (): Promise<string> => {
      const title = `Follow number ${++n}`;
      await client.events.send(taskEvent('assigned', { id: `follow-${n}`, title, assignee: 'ana' }));
      await advance('1 second');
      return title;
    };
    await page.goto(`${world.server.url}/people/ana`);
    const asked = page.getByRole('list', { name: 'Follow-ups they are asked in' });
    await happens();
    await page.reload();
    await asked.getByText('Follow number 1').waitFor();
    const messages = page.getByRole('list', { name: 'Messages to them' }).getByRole('listitem');
    const before = await messages.count();
    await asked.getByText(await happens()).waitFor(soon);
    await expect.poll(() => messages.count(), soon).toBeGreaterThan(before);

    await page.goto(`${world.server.url}/channels`);
    const fate = page
      .getByRole('list', { name: 'Channels' })
      .getByRole('listitem')
      .filter({ hasText: 'Email' })
      .getByText(/\d+ taken/);
    const taken = async (): Promise<number> => Number.parseInt((await fate.textContent()) ?? '', 10);
    const sent = await taken();
    await happens();
    await expect.poll(taken, soon).toBe(sent + 1);

    const opened = async (): Promise<string> => String((await client.metrics.overview()).rows[0]?.followUps);
    await page.goto(`${world.server.url}/insight`);
    const tiles = page.getByRole('region', { name: 'What became of them' });
    await tiles.getByText(await opened(), { exact: true }).waitFor();
    await happens();
    await tiles.getByText(await opened(), { exact: true }).waitFor(soon);
    expect(troubles).toEqual([]);
    await end();
  });

  it('says nothing of what it has not read, and what could not be read', { timeout: 120_000 }, async () => {
    const { page, look, end } = await world.visit();
    const away = { status: 500, contentType: 'application/problem+json', body: '{"detail":"The disk is full."}' };
    const gate = Promise.withResolvers<'answered' | 'refused'>();
    let waiting = 0;
    // Nothing is read again but by whoever presses the button.
    await page.route('**/v1/stream', (route) => route.abort());
    const held = ['**/v1/follow-ups?*attention*', '**/v1/replies?*', '**/v1/metrics/overview?*'];
    for (const address of held)
      await page.route(address, async (route) => {
        waiting++;
        if ((await gate.promise) === 'refused') await route.fulfill(away);
        else await route.continue();
      });
    await page.goto(world.server.url);
    const parts = ['Needs attention', 'Unanswered replies', 'The last 30 days'].map((name) =>
      page.getByRole('region', { name }),
    );
    for (const part of parts) await part.getByRole('status', { name: 'Loading' }).waitFor();
    await expect.poll(() => waiting).toBeGreaterThanOrEqual(4);
    for (const words of ['Nothing: Relance goes on', 'Nobody waits for an answer'])
      expect(await page.getByText(words).count()).toBe(0);
    gate.resolve('refused');
    for (const part of parts) await part.getByRole('alert').filter({ hasText: 'The disk is full.' }).waitFor();
    await look('an overview that could not be read');
    for (const words of ['Nothing: Relance goes on', 'Nobody waits for an answer'])
      expect(await page.getByText(words).count()).toBe(0);
    await tryAgain(
      page,
      parts.map((part) => part.getByRole('alert')),
    );
    await page.getByText('Which one do you mean?').waitFor();
    await end();
  });
});
