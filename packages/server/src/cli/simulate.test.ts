// `relance simulate` without a server, in this very process: a file and a folder, what is printed and the exit code. With a
// server to ask it is test/e2e/simulate.test.ts.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { run } from './main.ts';

const policy = (id: string, more = '') => `policy: ${id}
open: { on: ${id}.created }
key: event.data.id
assignee: event.data.who
due: event.data.due
stages:
  - { id: notice, at: opened, notify: { via: [email] } }
  - { id: late, at: due + 1 day, window: 09:00-18:00, when: data.amount > 500, notify: { via: [email] } }
${more}`;
const FILES: Readonly<Record<string, string>> = {
  'task.yaml': policy('task'),
  'broken.yaml': policy('broken').replace('opened', 'opend'),
  'event.json': JSON.stringify({ type: 'task.created', data: { id: 7, who: 'ana', amount: 20, due: '2026-11-20' } }),
  'changed.json': JSON.stringify({ amount: 900, due: '2026-11-12' }),
  'changed-event.json': JSON.stringify({ type: 'task.changed', data: { amount: 900, due: '2026-11-12' } }),
  'list.json': '[]',
  'changing.yaml': policy('task', 'update: { on: task.changed }\n'),
  'visits/relance.yaml': 'activity: [{ on: shop.viewed, recipient: event.data.who }]\n',
  'visits/policies/visit.yaml': policy('visit').replace('data.amount > 500', "activity.last('shop.viewed') != null"),
  'shop/relance.yaml': 'zone: Europe/Madrid\n',
  'shop/policies/order.yaml': policy('order', 'fallback: group(desk)\n'),
  'shop/policies/bill.yaml': policy('bill'),
  'shop/directory/people.yaml':
    'recipients: [{ id: ana, email: ana@x.test }]\ngroups: [{ id: desk, members: [ana] }]\n',
  'lost/policies/order.yaml': policy('order', 'fallback: group(desk)\n'),
};
const AT = ['--at', '2026-11-02T09:00:00Z'];

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'relance-simulate-'));
  for (const [name, text] of Object.entries(FILES)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Names of the files above mean those. */
async function simulate(args: readonly string[]) {
  let out = '';
  const write = vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    out += String(text);
    return true;
  });
  const before = process.exitCode;
  process.exitCode = undefined;
  try {
    const isOurs = (arg: string): boolean =>
      Object.keys(FILES).some((name) => name.startsWith(arg.split(':')[0] ?? ''));
    await run(['simulate', ...args.map((arg) => (isOurs(arg) ? join(folder, arg) : arg))]);
    return { code: process.exitCode ?? 0, out: out.replaceAll(`${folder}/`, '') };
  } finally {
    process.exitCode = before;
    write.mockRestore();
  }
}

describe('without a server', () => {
  it('a file is told line by line, at the local time of whoever is told', async () => {
    const { code, out } = await simulate(['task.yaml', ...AT, '--due', '2026-11-20', '--zone', 'Asia/Tokyo']);
    expect(code).toBe(0);
    expect(out).toMatch(
      /^Mon 2026-11-02 18:00 +Asia\/Tokyo +notice +assignee +email +Sent "notice" to assignee by email/m,
    );
    expect(out).toMatch(/^Sat 2026-11-21 17:00 +Asia\/Tokyo +late +assignee +email +Sent "late"/m);
    expect(out).toMatch(
      /^task: 2 messages to 1 person \(email 2\); it stays open: every stage has run .*Asia\/Tokyo\.$/m,
    );
    expect(out).toMatch(/^Invented, .*: assignee\.$/m);
  });
  it('with an event of one’s own, as JSON', async () => {
    const { code, out } = await simulate(['task.yaml', '--event', 'event.json', ...AT, '--json']);
    const { items, followUp, event } = JSON.parse(out);
    expect({ code, key: followUp.key, id: event.data.id }).toEqual({ code: 0, key: '7', id: 7 });
    expect(items.map(({ kind, stage }: { kind: string; stage?: string }) => [kind, stage ?? ''].join(' '))).toEqual([
      'opened ',
      'stage_ran notice',
      'message_sent notice',
      'stage_skipped late',
    ]);
    expect(items[2]).toMatchObject({
      at: '2026-11-02T09:00:00.000Z',
      recipient: 'ana',
      channel: 'email',
      reason: 'opened',
    });
  });
  it('somebody may answer, or do so by chance', async () => {
    const once = await simulate(['task.yaml', ...AT, '--behaviour', 'assignee resolves after 2 hours']);
    expect(once.out).toMatch(/Resolved by assignee\.$/m);
    expect(once.out).toMatch(/; resolved, Mon 2026-11-02 11:00 UTC\.$/m);
    const chance = ['--behaviour', 'assignee resolves with 50% after 1 day..9 days', '--runs', '40', '--seed', '2'];
    const many = await simulate(['task.yaml', ...AT, ...chance]);
    expect(many.out).toMatch(/^40 runs with seed 2: resolved \d+(\.\d)?%, exhausted/m);
    expect((await simulate(['task.yaml', ...AT, ...chance])).out).toBe(many.out);
  });
  it.each(['changed.json', 'changed-event.json'])('a later event says what %s says', async (file) => {
    const changes = ['--behaviour', 'event task.changed after 1 day', '--event-data'];
    const asked = ['changing.yaml', '--event', 'event.json', ...AT, ...changes, `task.changed=${join(folder, file)}`];
    expect((await simulate(asked)).out).toMatch(/^Fri 2026-11-13 17:00 +UTC +late +ana +email +Sent "late"/m);
    expect((await simulate(asked.slice(0, -2))).out).not.toContain('Sent "late"');
  });
  it('events tell of people as relance.yaml of the folder says', async () => {
    const asked = ['visits', ...AT, '--due', '2026-11-20'];
    expect((await simulate(asked)).out).not.toContain('Sent "late"');
    const viewed = await simulate([...asked, '--behaviour', 'event shop.viewed after 1 day']);
    expect(viewed.out).toContain('Sent "late"');
  });
  it.each([
    ['changed.json', /names no type and file/],
    ['task.changed=', /names no type and file/],
    ['task.changed=nowhere.json', /cannot be read/],
  ])('--event-data %s is told to be wrong', async (given, message) => {
    const said = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    const { code } = await simulate(['task.yaml', ...AT, '--event-data', given]);
    expect(said.mock.calls.join('')).toMatch(message);
    said.mockRestore();
    expect(code).toBe(1);
  });
  it('all policies of a folder, or one of them, among its own people', async () => {
    const all = await simulate(['shop', ...AT]);
    expect(all.out).toMatch(/^bill: [\s\S]*^order: /m);
    const one = await simulate(['shop:order', ...AT, '--json']);
    expect(JSON.parse(one.out)).toMatchObject({ policy: { id: 'order' }, people: [{ timeZone: 'Europe/Madrid' }] });
    expect((await simulate(['shop', '--policy', 'bill', ...AT, '--json'])).out).toBe(
      (await simulate(['shop:bill', ...AT, '--json'])).out,
    );
    expect(JSON.parse((await simulate(['shop/policies/order.yaml', ...AT, '--json'])).out).invented).toEqual([
      'assignee',
    ]);
  });
  it.each<[readonly string[], RegExp]>([
    [['broken.yaml'], /^error: broken\.yaml:7:\d+: stages\[0\]\.at: /m],
    [['lost'], /^error: .*: fallback: There is no group "desk"/m],
    [['shop:nope'], /There is no policy "nope"/],
    [
      ['task.yaml', '--behaviour', 'ana waits'],
      /^error: task\.yaml: behaviours\[0\]: .*not "waits" \(at character 5\)/m,
    ],
  ])('%j says what is wrong, as `check` does, and exits with 1', async (args, message) => {
    const { code, out } = await simulate(args);
    expect(out).toMatch(message);
    expect(code).toBe(1);
  });
});

it('ends quietly when whoever reads along has seen enough', async () => {
  const bin = new URL('../../bin/relance.js', import.meta.url).pathname;
  const child = spawn(process.execPath, [bin, 'simulate', '--help']);
  child.stdout.destroy();
  let troubles = '';
  child.stderr.on('data', (part) => {
    troubles += String(part);
  });
  const [code] = await once(child, 'close');
  expect({ code, troubles }).toEqual({ code: 0, troubles: '' });
}, 30_000);
