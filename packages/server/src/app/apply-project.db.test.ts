// A project folder that is applied, by the server that reads it and by `relance apply` over HTTP: the same calendars, in the
// same version.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient } from '@relance/client';
import type { Instant } from '@relance/core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ADMIN_KEY, createHttpWorld, type HttpWorld } from '../../../../test/http-world.ts';
import { refusalBy } from '../channels/egress-guard.ts';
import { ENGINE } from '../store/database.ts';
import { publishPolicy } from '../store/sql/policy.ts';
import { putRecipients } from '../store/sql/recipient.ts';
import { NO_SETTINGS, putTenantSettings, tenantSettings } from '../store/sql/tenant.ts';
import { applyProject } from './apply-project.ts';
import { applyRemote } from './apply-remote.ts';
import { checkFiles } from './check-files.ts';
import { readProject } from './project.ts';

const DIRECTORY = `calendars:
  - id: office
    zone: Europe/Paris
    holidays: [FR, { icalendar: company.ics }]
`;
const COMPANY =
  'BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART;VALUE=DATE:20261103\nSUMMARY:Founders’ day\nEND:VEVENT\nEND:VCALENDAR\n';

let http: HttpWorld;
let folder: string;
let url: string;
beforeAll(async () => {
  http = await createHttpWorld();
  url = await http.listen();
  folder = mkdtempSync(join(tmpdir(), 'relance-apply-'));
  mkdirSync(join(folder, 'directory'));
  writeFileSync(join(folder, 'directory', 'office.yaml'), DIRECTORY);
  writeFileSync(join(folder, 'directory', 'company.ics'), COMPANY);
});
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await http.end();
});

it('brings calendars, with what their files say', async () => {
  const project = await readProject(folder);
  const applied = await applyProject(http.world.database, 'default', project, {
    log: { warn() {} },
    refusalOf: () => null,
  });
  expect(applied.calendars).toBe(1);
  const client = createClient({ url, key: ADMIN_KEY });
  const said: string[] = [];
  await applyRemote(client, project, (line) => said.push(line));
  expect(said).toEqual(['1 the same']);
  const { version, days, special } = await client.calendars.days('office', { count: 2 });
  expect(version).toBe(1);
  expect(days.map(({ date }) => date)).toEqual(['2026-11-02', '2026-11-04']);
  expect(special).toEqual([{ date: '2026-11-03', weekday: 'tue', hours: 'closed', name: 'Founders’ day' }]);
});

it('is not applied where a webhook of somebody leads where nothing may be sent, and says where that stands', async () => {
  const people = "recipients: [{ id: dora, endpoints: [{ channel: webhook, address: 'https://10.0.0.1/in' }] }]\n";
  writeFileSync(join(folder, 'directory', 'inside.yaml'), people);
  const project = await readProject(folder);
  const options = (allowHosts: readonly string[]) => ({ log: { warn() {} }, refusalOf: refusalBy({ allowHosts }) });
  await expect(applyProject(http.world.database, 'default', project, options([]))).rejects.toThrow(
    /inside\.yaml:1:\d+: recipients\[0\]\.endpoints\[0\]\.address: 10\.0\.0\.1 is not a public address; .*RELANCE_WEBHOOK_ALLOW_HOSTS/,
  );
  expect(await applyProject(http.world.database, 'default', project, options(['10.0.0.1']))).toMatchObject({
    recipients: 1,
  });
  rmSync(join(folder, 'directory', 'inside.yaml'));
});

it('is applied all the same where the server has taken it before, and says what to correct', async () => {
  const own = mkdtempSync(join(tmpdir(), 'relance-kept-'));
  const files = {
    'relance.yaml': 'locale: klingon_\n',
    'directory/inside.yaml':
      "recipients: [{ id: eva, endpoints: [{ channel: webhook, address: 'https://10.0.0.2/in' }] }]\n",
    'policies/old.yaml': `policy: old
key: event.data.id
assignee: "'eva'"
stages: [{ id: a, at: opened, consequence: 'It costs {{ 5 | money: "EURO" }}{% if subject.vip %} or more{% endif %}' }]
`,
  };
  const write = (name: string, text: string): void => {
    mkdirSync(join(own, name, '..'), { recursive: true });
    writeFileSync(join(own, name), text);
  };
  for (const [name, text] of Object.entries(files)) write(name, text);
  const said: string[] = [];
  const log = { warn: (_fields: object, text: string) => said.push(text) };
  const apply = async () =>
    applyProject(http.world.database, 'default', await readProject(own), {
      log,
      refusalOf: refusalBy({ allowHosts: [] }),
    });
  await expect(apply()).rejects.toThrow(
    /relance\.yaml:1:9: locale: must be a BCP 47 .* not "klingon_"[\s\S]*10\.0\.0\.2/,
  );
  expect((await checkFiles(own, 0 as Instant)).flatMap(({ problems }) => problems.map(({ path }) => path))).toEqual(
    expect.arrayContaining(['locale', 'stages[0].consequence']),
  );
  // As an older release has stored it.
  const project = await readProject(own);
  await http.world.database.transaction(ENGINE, async (tx) => {
    await putTenantSettings(tx, 'default', project.settings);
    await putRecipients(tx, 'default', project.recipients);
  });
  await expect(apply()).rejects.toThrow(
    /old\.yaml.*consequence.*"EURO" is no currency[\s\S]*`subject\.vip` is never there/,
  );
  const [policy] = project.policies;
  await http.world.database.transaction(ENGINE, (tx) =>
    publishPolicy(tx, 'default', {
      id: 'old',
      version: 1,
      written: policy?.policy.written,
      category: 'general',
      by: null,
    }),
  );
  said.length = 0;
  expect(await apply()).toMatchObject({ policies: [{ id: 'old', version: 1, same: true }] });
  expect(said).toEqual([
    'must be a BCP 47 language tag, such as fr or pt-BR, not "klingon_"; it is kept because it was taken before, so correct it',
    expect.stringMatching(/^10\.0\.0\.2 is not a public address.*; it is kept because/),
  ]);
  // What is changed is new.
  write('directory/inside.yaml', files['directory/inside.yaml'].replace('/in', '/into'));
  await expect(apply()).rejects.toThrow('10.0.0.2 is not a public address');
  write('directory/inside.yaml', files['directory/inside.yaml']);
  write('policies/old.yaml', files['policies/old.yaml'].replace('or more', 'at least'));
  await expect(apply()).rejects.toThrow('"EURO" is no currency');
  await http.world.database.transaction(ENGINE, (tx) => putTenantSettings(tx, 'default', { locale: 'en' }));
  rmSync(own, { recursive: true, force: true });
});

it('says at the start of a server whom nobody knows, as `relance check` does, but for those the server has', async () => {
  const people = `recipients: [{ id: ana, manager: ghost }, { id: bo, manager: cleo }]
schedules:
  - id: primary
    timeZone: UTC
    layers: [{ rotation: { every: 1 day, handover: { at: "09:00" }, start: 2026-01-05, members: [ana, cleo, phantom] } }]
`;
  await http.world.people([{ id: 'cleo' }]);
  writeFileSync(join(folder, 'directory', 'people.yaml'), people);
  const project = await readProject(folder);
  const said: string[] = [];
  const log = { warn: (fields: object, text: string) => said.push(`${JSON.stringify(fields)} ${text}`) };
  await applyProject(http.world.database, 'default', project, { log, refusalOf: () => null });
  expect(said).toEqual([
    expect.stringMatching(/people.yaml","path":"recipients\[0\].manager"} There is no recipient "ghost" yet/),
    expect.stringMatching(/"schedules\[0\].layers\[0\].rotation.members\[2\]"} There is no recipient "phantom" yet/),
  ]);
  const client = createClient({ url, key: ADMIN_KEY });
  const told: string[] = [];
  await applyRemote(client, project, (line) => told.push(line));
  expect(told.join('\n')).toMatch(/^warning: .*people.yaml:1:\d+: recipients\[0\].manager: .*"ghost"[\s\S]*"phantom"/);
  expect(told.join('\n')).not.toContain('cleo');
});

it('tracks nothing unless the tenant has switched it on, each for itself', async () => {
  const { database } = http.world;
  const tracking = (tenant: string) =>
    database.transaction(
      ENGINE,
      async (tx) => ((await tenantSettings(tx, [tenant])).get(tenant) ?? NO_SETTINGS).tracking,
    );
  expect(await tracking('quiet')).toEqual({ opens: false, clicks: false, sms: false });

  const own = mkdtempSync(join(tmpdir(), 'relance-tracking-'));
  writeFileSync(join(own, 'relance.yaml'), 'tracking: { clicks: true }\n');
  const project = await readProject(own);
  rmSync(own, { recursive: true, force: true });
  await applyProject(database, 'curious', project, { log: { warn() {} }, refusalOf: () => null });
  expect(await tracking('curious')).toEqual({ opens: false, clicks: true, sms: false });
  expect(await tracking('quiet')).toEqual({ opens: false, clicks: false, sms: false });
});

it('says in the log whose version of a policy it has replaced, once, and what to do', async () => {
  const own = mkdtempSync(join(tmpdir(), 'relance-over-'));
  mkdirSync(join(own, 'policies'));
  const text = (title: string) =>
    `policy: chase\ntitle: ${title}\nkey: event.data.id\nassignee: "'ana'"\nstages: [{ id: a, at: opened }]\n`;
  writeFileSync(join(own, 'policies', 'chase.yaml'), text('Folder'));
  const said: (readonly [object, string])[] = [];
  const log = { warn: (fields: object, words: string) => said.push([fields, words]) };
  const apply = async () => {
    said.length = 0;
    await applyProject(http.world.database, 'default', await readProject(own), { log, refusalOf: () => null });
    return said.filter(([fields]) => 'replaced' in fields);
  };
  const put = (id: string, words: string, headers = {}) =>
    http.call('PUT', `/v1/policies/${id}`, words, { 'content-type': 'application/yaml', ...headers });
  const edit = (words: string) => put('chase', words, { 'if-match': '*' });
  expect(await apply()).toEqual([]);
  expect(await apply()).toEqual([]); // the same
  expect((await edit(text('Dashboard'))).body.version).toBe(2);
  expect(await apply()).toEqual([
    [
      { policy: 'chase', version: 3, replaced: 2, by: 'bootstrap' },
      expect.stringMatching(
        /^The project folder publishes this policy whenever the server starts, .* in the folder too/,
      ),
    ],
  ]);
  expect(await apply()).toEqual([]);
  // Its own version of before is nobody's edit.
  writeFileSync(join(own, 'policies', 'chase.yaml'), text('Newer'));
  expect(await apply()).toEqual([]);
  // Other words for the same.
  expect((await edit(`# Ask Bo.\n${text('Newer')}`)).body.version).toBe(5);
  expect(await apply()).toEqual([
    [{ policy: 'chase', version: 5, replaced: 5, by: 'bootstrap' }, expect.stringContaining('its words have replaced')],
  ]);
  expect(await apply()).toEqual([]);
  // From then on they are its own, whoever made the version.
  writeFileSync(join(own, 'policies', 'chase.yaml'), `# Ask Cleo.\n${text('Newer')}`);
  expect(await apply()).toEqual([]);
  // Somebody writes other words over them, without asking for a version of their own.
  expect((await put('chase', `# Ask Dan.\n${text('Newer')}`)).body.version).toBe(5);
  expect(await apply()).toEqual([
    [{ policy: 'chase', version: 5, replaced: 5, by: 'bootstrap' }, expect.stringContaining('its words have replaced')],
  ]);
  expect((await http.call('DELETE', '/v1/policies/chase')).status).toBe(204);
  expect(await apply()).toEqual([
    [{ policy: 'chase', version: 6, replaced: 5, by: null }, expect.stringContaining('what somebody had deleted')],
  ]);
  expect(await apply()).toEqual([]);
  rmSync(own, { recursive: true });
});
