// Every command of a follow-up in the dashboard, each through its own form in a real browser: what it asks for, what the follow-up is
// afterwards, and the line that tells it. What a policy asks of an answer is asked in fields. Of what holds a follow-up a claim is not
// here: who is signed in makes none (packages/dashboard/src/pages/follow-up/command.test.ts).
import type { CommandBody, CommandName, FollowUp } from '@relance/client';
import type { Locator } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CHROMIUM } from '../pages/chromium.ts';
import { createDashboardWorld, type DashboardWorld, DESK } from '../pages/dashboard.ts';
import { furnish } from '../server.ts';

const EXPENSE = `
policy: expense
open: { on: com.acme.expense.asked }
key: event.data.id
assignee: event.data.who
fallback: recipient(boss)
actions:
  - { id: approve, label: Approve, outcome: approved }
  - id: partly
    label: Approve a part
    outcome: partly
    answer:
      type: object
      required: [amount, taxed]
      properties:
        amount: { type: number, minimum: 1, title: Amount, description: without tax }
        days: { type: integer, title: Paid within days, default: 30 }
        rule: { enum: [budget, travel], title: Which rule }
        taxed: { type: boolean, title: Tax is paid }
  - id: split
    label: Split it
    resolves: false
    answer: { type: object, title: Shares, description: each by its name, additionalProperties: { type: number } }
  - { id: days, label: Say how long, resolves: false, answer: { type: integer, title: How many days } }
stages:
  - { id: notice, at: opened, notify: { via: [email] } }
  - { id: escalate, at: opened + 9 days, escalate: { to: [manager(1)] }, notify: { to: escalated, via: [email] } }
`;

/** The clock of this browser. */
const inParis = (at: string | null | undefined): string =>
  new Date(at ?? 0).toLocaleString('sv-SE', { timeZone: 'Europe/Paris' }).slice(0, 16).replace(' ', 'T');

interface Told {
  readonly label: string;
  /** How it comes to be offered. */
  readonly before?: readonly [CommandName, CommandBody];
  /** Null: there is nothing to ask. */
  readonly fill: ((form: Locator) => Promise<unknown>) | null;
  readonly seen: (followUp: FollowUp) => unknown;
  readonly is: unknown;
  /** In the timeline. */
  readonly line: string;
}

const to =
  (name: string, id: string) =>
  async (form: Locator): Promise<void> => {
    await form.getByRole('combobox', { name: 'To' }).fill(id.slice(0, 2));
    await form.getByRole('option', { name: new RegExp(name) }).click();
  };
const comment = (form: Locator) => form.getByRole('textbox', { name: 'Comment' }).fill('It is known.');
const onDay = (label: string, day: string) => (form: Locator) => form.getByLabel(label).fill(day);

/** `day` as it is typed; `at` the moment of a command that comes before. */
const told = (day: string, at: string): readonly Told[] => [
  ...held(day),
  ...letGo(at),
  ...given,
  ...changed(day),
  ...ended,
  ...answered,
];

const held = (day: string): readonly Told[] => [
  {
    label: 'Acknowledge',
    fill: null,
    seen: ({ status }) => status,
    is: 'acknowledged',
    line: 'Acknowledged',
  },
  {
    label: 'Snooze',
    fill: onDay('Until', day),
    seen: ({ snoozedUntil }) => inParis(snoozedUntil),
    is: day,
    line: 'Snoozed',
  },
  {
    label: 'Promise a day',
    fill: onDay('Done by', day),
    seen: ({ commitment }) => inParis(commitment?.dueAt),
    is: day,
    line: 'Committed',
  },
];

const letGo = (at: string): readonly Told[] => [
  {
    label: 'Withdraw the acknowledgement',
    before: ['acknowledge', {}],
    fill: null,
    seen: ({ status }) => status,
    is: 'open',
    line: 'The acknowledgement was withdrawn',
  },
  {
    label: 'End the snooze',
    before: ['snooze', { until: at }],
    fill: null,
    seen: ({ status, snoozedUntil }) => [status, snoozedUntil],
    is: ['open', null],
    line: 'The acknowledgement was withdrawn',
  },
  {
    label: 'Withdraw the promise',
    before: ['commit', { by: at }],
    fill: null,
    seen: ({ commitment }) => commitment,
    is: null,
    line: 'The acknowledgement was withdrawn',
  },
];

const given: readonly Told[] = [
  {
    label: 'Delegate',
    fill: to('Sam', 'sam'),
    seen: ({ assignee, watchers }) => [assignee, watchers],
    is: ['sam', ['ana']],
    line: 'Delegated to Sam',
  },
  {
    label: 'Reassign',
    fill: to('Bo', 'bo'),
    seen: ({ assignee, watchers }) => [assignee, watchers],
    is: ['bo', []],
    line: 'Assigned to Bo',
  },
  {
    label: 'Pass it on',
    fill: (form) => form.getByLabel('Why').selectOption('wrong_person'),
    seen: ({ assignee }) => assignee,
    is: 'bo',
    line: 'Passed on to Bo',
  },
  {
    label: 'Escalate now',
    fill: null,
    seen: ({ escalationLevel }) => escalationLevel,
    is: 1,
    line: 'Escalated to Bo',
  },
];

const changed = (day: string): readonly Told[] => [
  {
    label: 'Change the due date',
    fill: onDay('Due', day),
    seen: ({ dueAt }) => inParis(dueAt),
    is: day,
    line: 'The due date',
  },
  {
    label: 'Write a note',
    fill: (form) => form.getByLabel('Note').fill('They called.'),
    seen: ({ status, stage }) => [status, stage],
    is: ['open', 'notice'],
    line: 'They called.',
  },
];

const ended: readonly Told[] = [
  {
    label: 'Resolve',
    fill: (form) => form.getByLabel('Outcome').fill('paid'),
    seen: ({ status, outcome }) => [status, outcome],
    is: ['resolved', 'paid'],
    line: 'as "paid"',
  },
  { label: 'Cancel', fill: comment, seen: ({ status }) => status, is: 'cancelled', line: 'Cancelled' },
  {
    label: 'Reopen',
    before: ['resolve', {}],
    fill: async () => {},
    seen: ({ status, generation }) => [status, generation],
    is: ['open', 2],
    line: 'Opened again',
  },
];

const answered: readonly Told[] = [
  {
    label: 'Approve',
    fill: comment,
    seen: ({ status, outcome }) => [status, outcome],
    is: ['resolved', 'approved'],
    line: 'Answered "approve"',
  },
  {
    label: 'Say how long',
    fill: (form) => form.getByLabel('How many days').fill('3'),
    seen: ({ status, answers }) => [status, Object.values(answers).map(({ answer }) => answer)],
    is: ['open', [3]],
    line: '(3)',
  },
];

if (CHROMIUM === null)
  process.stderr.write('LEFT OUT: every command of a follow-up in a real browser (apt-get install chromium).\n');
describe.runIf(CHROMIUM !== null)('commands in the dashboard', () => {
  let world: DashboardWorld;
  const open = async (key: string) =>
    (
      await world.server.client.followUps.open({
        policy: 'expense',
        key,
        assignee: 'ana',
        subject: { title: `Expense ${key}` },
      })
    ).id;
  beforeAll(async () => {
    world = await createDashboardWorld();
    await furnish(world.server);
    await world.server.client.policies.put('expense', EXPENSE);
  }, 120_000);
  afterAll(() => world?.end());

  it('each does through its form what it says, and no other is offered', { timeout: 300_000 }, async () => {
    const { client } = world.server;
    const at = new Date(Date.parse((await client.clock.get()).now) + 3 * 86_400_000).toISOString();
    const cases = told(`${inParis(at).slice(0, 10)}T12:00`, at);
    for (const [n, { before }] of cases.entries()) {
      const id = await open(`e${n}`);
      if (before !== undefined) await client.followUps.command(id, ...before);
    }
    const { page, troubles, end } = await world.visit({ viewport: { ...DESK, height: 2_000 } }); // so that every row is seen
    await page.goto(`${world.server.url}/follow-ups?show=all`);
    const commands = page.getByRole('group', { name: 'Commands' });
    const offered = new Set<string>();
    for (const [n, one] of cases.entries()) {
      await page.getByRole('link', { name: `Expense e${n} expense` }).click();
      await commands.getByRole('button', { name: 'More' }).click();
      await commands.getByRole('menuitem', { name: 'Write a note' }).waitFor();
      const buttons = await commands.getByRole('button').allTextContents();
      const items = await commands.getByRole('menuitem').allTextContents();
      for (const label of [...buttons, ...items]) if (label !== 'More') offered.add(label);
      if (!items.includes(one.label)) await page.keyboard.press('Escape');
      const role = items.includes(one.label) ? 'menuitem' : 'button';
      await commands.getByRole(role, { name: one.label, exact: true }).click();
      const form = page.locator('main form');
      if (one.fill !== null) {
        await one.fill(form);
        await form.getByRole('button', { name: one.label, exact: true }).click();
      }
      await page.getByRole('status').filter({ hasText: 'Done.' }).waitFor();
      const id = new URL(page.url()).pathname.split('/').at(-1) ?? '';
      expect({ [one.label]: one.seen(await client.followUps.get(id)) }).toEqual({ [one.label]: one.is });
      await page.getByRole('list', { name: 'What happened' }).getByText(one.line).first().waitFor();
      expect(await form.count()).toBe(0);
      await page.goBack();
    }
    expect([...offered].sort()).toEqual([...cases.map(({ label }) => label), 'Approve a part', 'Split it'].sort());
    expect(troubles).toEqual([]);
    await end();
  });

  it('asks for an answer in the fields that its policy describes', { timeout: 120_000 }, async () => {
    const { client } = world.server;
    const id = await open('part');
    const { page, troubles, look, end } = await world.visit();
    await page.goto(`${world.server.url}/follow-ups/${id}`);
    await page.getByRole('button', { name: 'Approve a part' }).click();
    const form = page.locator('main form');
    expect(await form.getByLabel('Amount').evaluate((field) => field === document.activeElement)).toBe(true);
    expect(await form.getByText('JSON').count()).toBe(0);
    await form.getByLabel('Amount').fill('0');
    await form.getByLabel('Which rule').selectOption('travel');
    // A yes or no that was overlooked is no answer: the browser asks for it.
    expect(await form.getByLabel('Tax is paid').inputValue()).toBe('');
    await form.getByRole('button', { name: 'Approve a part' }).click();
    expect(await form.getByLabel('Tax is paid').evaluate((field) => field === document.activeElement)).toBe(true);
    await form.getByLabel('Tax is paid').selectOption('No');
    await form.getByRole('button', { name: 'Approve a part' }).click();
    await form.getByText('Must be >= 1.').waitFor();
    await look('an answer that was refused');
    expect((await client.followUps.get(id)).status).toBe('open');
    await form.getByLabel('Amount').fill('40.5');
    await form.getByRole('textbox', { name: 'Comment' }).fill('The rest is private.');
    await form.getByRole('button', { name: 'Approve a part' }).click();
    await page.getByText('Resolved: partly').waitFor();
    const { answers } = await client.followUps.get(id);
    expect(Object.values(answers)).toMatchObject([
      { action: 'partly', answer: { amount: 40.5, days: 30, rule: 'travel', taxed: false } },
    ]);
    const timeline = page.getByRole('list', { name: 'What happened' });
    await timeline.getByText('Answered "partly"').filter({ hasText: 'The rest is private.' }).waitFor();
    expect(troubles.filter((text) => !text.includes('422'))).toEqual([]);
    await end();
  });

  it('asks for an answer that needs more than fields as JSON, and says what is wrong in it', {
    timeout: 120_000,
  }, async () => {
    const { client } = world.server;
    const id = await open('split');
    const { page, troubles, look, end } = await world.visit();
    await page.goto(`${world.server.url}/follow-ups/${id}`);
    await page.getByRole('button', { name: 'Split it' }).click();
    const form = page.locator('main form');
    await form.getByLabel('Shares').fill('{"ana": 2, "bo": "much"}');
    await form.getByRole('button', { name: 'Split it' }).click();
    await form.getByText('bo: Must be number.').waitFor();
    await look('an answer in JSON that was refused');
    expect((await client.followUps.get(id)).answers).toEqual({});
    await form.getByLabel('Shares').fill('{"ana": 2, "bo": 1}');
    await form.getByRole('button', { name: 'Split it' }).click();
    await page.getByRole('status').filter({ hasText: 'Done.' }).waitFor();
    const { answers } = await client.followUps.get(id);
    expect(Object.values(answers)).toMatchObject([{ action: 'split', answer: { ana: 2, bo: 1 } }]);
    expect(troubles.filter((text) => !text.includes('422'))).toEqual([]);
    await end();
  });
});
