// What is written, what the server answers and what is written down again are the same: a policy as YAML, in TypeScript and
// as the API has it; whole projects from a folder to the server and back. Applied again, nothing of it differs.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type Client, createClient } from '@relance/client';
import { compilePolicy, compileYaml, definePolicy, policySchema } from '@relance/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ADMIN_KEY, createHttpWorld, type HttpWorld } from '../../../../test/http-world.ts';
import { applyRemote } from './apply-remote.ts';
import { exportProject } from './export-project.ts';
import { readProject } from './project.ts';
import { readyFiles, readyPolicies } from './ready.ts';
import { wallNow } from './wall-clock.ts';

let http: HttpWorld;
let client: Client;
let home: string;
beforeAll(async () => {
  http = await createHttpWorld();
  client = createClient({ url: await http.listen(), key: ADMIN_KEY });
  home = mkdtempSync(join(tmpdir(), 'relance-round-'));
});
afterAll(async () => {
  rmSync(home, { recursive: true, force: true });
  await http.end();
});

function folderOf(name: string, files: Readonly<Record<string, string>>): string {
  const folder = join(home, name);
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
}

/** What `relance apply` says of a folder. */
async function told(folder: string, dryRun = true): Promise<readonly string[]> {
  const said: string[] = [];
  await applyRemote(client, await readProject(folder), (line) => said.push(line), { dryRun });
  return said.filter((line) => !line.startsWith('Not applied: relance.yaml'));
}

const IN_YAML = `
# Comments are for whoever reads the file.
policy: review
title: "Review: a first one"
category: quality
open: { on: [com.acme.review.asked, com.acme.audit.*], when: event.data.size > 3 }
resolve:
  - { on: com.acme.review.done, outcome: done }
key: "'review/' + event.data.id"
subject: { type: review, title: event.data.title }
assignee: event.data.who
team: { cel: event.data.team }
due: event.data.due
calendar: { zone: Europe/Paris, hours: { mon-fri: "09:00-18:00" }, holidays: FR, }
fallback: recipient(boss)
resolvableBy: [event, assignee]
claim: { for: P2D }
actions:
  - { id: fix, label: To be mended, resolves: false, answer: { type: object, properties: { what: { type: string } } } }
acknowledged: { max: 1 }
stages:
  - { id: notice, at: opened, notify: &both { via: [email, inbox] } }
  - id: reminder
    at: due - 3 business days
    window: 09:00-18:00
    repeat: { every: 1 day, times: 2 }
    consequence: >
      Nobody reads it,
      and it is lost.
    notify:
      - { to: [assignee, watchers], via: preferred }
      - { to: requester, via: [push, { channel: sms, after: 2 hours }, { channel: email, else: true }] }
  - { id: late, at: reminder.last + 1 day, escalate: { to: manager(1), mode: reassign, raise: urgent }, notify: *both }
resolved: none
`;
const IN_TYPESCRIPT = definePolicy({
  policy: 'review',
  title: 'Review: a first one',
  category: 'quality',
  open: { on: ['com.acme.review.asked', 'com.acme.audit.*'], when: 'event.data.size > 3' },
  resolve: [{ on: 'com.acme.review.done', outcome: 'done' }],
  key: "'review/' + event.data.id",
  subject: { type: 'review', title: 'event.data.title' },
  assignee: 'event.data.who',
  team: { cel: 'event.data.team' },
  due: 'event.data.due',
  calendar: { zone: 'Europe/Paris', hours: { 'mon-fri': '09:00-18:00' }, holidays: 'FR' },
  fallback: 'recipient(boss)',
  resolvableBy: ['event', 'assignee'],
  claim: { for: 'P2D' },
  actions: [
    {
      id: 'fix',
      label: 'To be mended',
      resolves: false,
      answer: { type: 'object', properties: { what: { type: 'string' } } },
    },
  ],
  acknowledged: { max: 1 },
  stages: [
    { id: 'notice', at: 'opened', notify: { via: ['email', 'inbox'] } },
    {
      id: 'reminder',
      at: 'due - 3 business days',
      window: '09:00-18:00',
      repeat: { every: '1 day', times: 2 },
      consequence: 'Nobody reads it, and it is lost.\n',
      notify: [
        { to: ['assignee', 'watchers'], via: 'preferred' },
        { to: 'requester', via: ['push', { channel: 'sms', after: '2 hours' }, { channel: 'email', else: true }] },
      ],
    },
    {
      id: 'late',
      at: 'reminder.last + 1 day',
      escalate: { to: 'manager(1)', mode: 'reassign', raise: 'urgent' },
      notify: { via: ['email', 'inbox'] },
    },
  ],
  resolved: 'none',
});

describe('a policy in YAML, in TypeScript and as the API has it', () => {
  it('is one policy, in one version', async () => {
    await http.world.people([{ id: 'boss' }]);
    expect(await client.policies.put('review', IN_YAML)).toMatchObject({ version: 1 });
    const { policy } = await client.policies.get('review');
    expect(policy).toEqual(IN_TYPESCRIPT);
    // Conditions have their source in them, so that nothing of a compiled policy is only in its functions.
    const compiled = [compileYaml(IN_YAML, 1), compilePolicy(IN_TYPESCRIPT, 1), compilePolicy(policy, 1)];
    const [yaml, ...others] = compiled.map((one) => JSON.stringify(one.ok ? one.policy : one.problems));
    expect(others).toEqual([yaml, yaml]);
    for (const again of [policy, IN_TYPESCRIPT, JSON.stringify(policy), IN_YAML])
      expect(await client.policies.put('review', again)).toMatchObject({ version: 1 });
  });

  it('differs in nothing from a folder with what was read back', async () => {
    const { policy } = await client.policies.get('review');
    for (const [name, text] of [
      ['review.json', JSON.stringify(policy)],
      ['review.yaml', IN_YAML],
    ] as const)
      expect(await told(folderOf(name, { [`policies/${name}`]: text }))).toEqual(['1 the same']);
  });
});

const COMPANY =
  'BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART;VALUE=DATE:20261103\nSUMMARY:Founders’ day\nEND:VEVENT\nEND:VCALENDAR\n';

describe('a project', () => {
  it('of every ready policy is the same when it is applied again', async () => {
    const ids = readyPolicies().map(({ id }) => id);
    const folder = folderOf('ready', readyFiles(ids, wallNow()));
    expect((await told(folder, false)).length).toBeGreaterThan(50);
    expect(await told(folder)).toEqual([expect.stringMatching(/^\d+ the same$/)]);
  });

  it('with a member named twice and a template for every channel is the same when it is applied again', async () => {
    const folder = folderOf('odd', {
      'directory/desk.yaml': 'groups: [{ id: desk, members: [ana, bo, ana] }]\n',
      'templates/all/webhook.txt': '{{ subject.id }}\n',
      'templates/all/chat.json': '{ "text": "Chat" }\n',
      'templates/all/email.json': '{ "calendar": true }\n',
      'templates/all/email.txt': 'Mail\n',
    });
    await told(folder, false);
    expect(await told(folder)).toEqual(['2 the same']);
    expect(await client.templates.get('all')).toMatchObject({ webhook: { text: '{{ subject.id }}' } });
  });

  it('is written down from what the server has, and differs in nothing', async () => {
    const odd = folderOf('directory', {
      'directory/all.yaml': `recipients: [{ id: bo }, { id: ana, traits: { plan: gold, none: [] } }]
schedules:
  - id: primary
    timeZone: Europe/Paris
    layers: [{ rotation: { every: 1 week, handover: { day: mon, at: "09:00" }, start: 2026-01-05, members: [ana, [bo, ana]] } }]
calendars: [{ id: office, zone: Europe/Paris, holidays: [FR, { icalendar: company.ics }] }]
`,
      'directory/company.ics': COMPANY,
    });
    await told(odd, false);
    // Ids that no file can have, or not beside each other; texts that a folder of text files would trim.
    const sms = { text: ' {{ subject.title }}\n\n' };
    for (const id of ['desk:sms', 'desk sms', 'Desk-sms', '.hidden']) await client.templates.put(id, { sms });
    const files = await exportProject(client, { people: true });
    expect(Object.keys(files)).toEqual(
      expect.arrayContaining(['policies/review.yaml', 'templates/desk-sms-3.yaml', 'directory/calendars.yaml']),
    );
    const keys = [...(files['policies/review.yaml'] ?? '').matchAll(/^(\w+):/gm)].map(([, key]) => key);
    expect(keys).toEqual(Object.keys(policySchema.parse(IN_TYPESCRIPT)).filter((key) => key in IN_TYPESCRIPT));
    expect(files['policies/review.yaml']).toContain('\n  - id: notice\n    at: opened\n');
    const folder = folderOf('exported', files);
    expect(await told(folder)).toEqual([expect.stringMatching(/^\d+ the same$/)]);
    const [before, after] = [await readProject(join(home, 'ready')), await readProject(folder)];
    for (const { id, written } of before.templates)
      expect(after.templates.find((one) => one.id === id)?.written).toEqual(written);
    for (const { policy } of before.policies)
      expect(after.policies.map((one) => one.policy.written)).toContainEqual(policy.written);
    expect(after.policies.length).toBe(before.policies.length + 1);
    expect(Object.keys(await exportProject(client))).not.toContain('directory/recipients.yaml');
  });
});
