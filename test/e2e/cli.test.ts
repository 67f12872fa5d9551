// The `relance` command as a person types it: real processes, their output and exit codes, against a running server.
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInboxClient } from '@relance/client';
import pg from 'pg';
import { SMTPServer } from 'smtp-server';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runningBundledUrl } from '../../packages/server/src/store/bundled.ts';
import { BIN, beginCommand, type Environment, finished, lineOf, type Said } from '../command.ts';
import { createTestDatabase } from '../database.ts';
import { API_KEY, startTestServer, type TestServer } from '../server.ts';
import { SECRET } from '../world.ts';

const STORY_MAX_MS = 60_000;

let folder: string;
let server: TestServer;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'relance-cli-'));
  server = await startTestServer();
});
afterAll(async () => {
  await server.end();
  rmSync(folder, { recursive: true, force: true });
});

const env = (more: Environment): Environment => ({ RELANCE_URL: server.url, RELANCE_API_KEY: API_KEY, ...more });
const begin = (args: readonly string[], more: Environment = {}, nodeArgs: readonly string[] = [], bin = BIN) =>
  beginCommand(folder, args, env(more), nodeArgs, bin);
const relance = (args: readonly string[], more: Environment = {}, input = ''): Promise<Said> =>
  finished(begin(args, more), input);

it('a template is tested in the inbox of somebody, by their id, and says so where nobody has it', async () => {
  await server.client.recipients.put('ina', { name: 'Ina' });
  await server.client.templates.put('pay', { inbox: { title: 'Pay', body: 'It is due' } });
  const test = (to: string) => relance(['preview', 'pay', '--channel', 'inbox', '--send-to', to]);
  expect(await test('ina')).toEqual({ code: 0, err: '', out: 'Pay\n\nIt is due\n\nSent to ina.\n' });
  expect(await test('ina@example.test')).toMatchObject({
    code: 1,
    err: 'relance: The test was not sent (rejected): there is no recipient "ina@example.test".\nNext: Give --send-to the id of a recipient.\n',
  });
  const { token } = await server.client.recipients.token('ina');
  const { items } = await createInboxClient({ url: server.url, key: token }).list();
  expect(items).toMatchObject([{ title: '[Test] Pay' }]);
});

describe('a project, from nothing to a follow-up', () => {
  const project = () => join(folder, 'acme');

  it('is begun, checked and applied', async () => {
    expect(await relance(['init', project()])).toMatchObject({
      code: 0,
      err: '',
      out: expect.stringContaining(`\n  npm run relance -- check ${project()}\n`),
    });
    expect(await relance(['init', project()])).toMatchObject({
      code: 1,
      err: expect.stringContaining('exists already'),
    });
    expect(await relance(['check', project()])).toEqual({
      code: 0,
      out: `${join('policies', 'task.yaml')}: ok\n`,
      err: '',
    });
    const applied = await relance(['apply', project()]);
    expect(applied).toMatchObject({ code: 0, err: '' });
    expect(applied.out).toContain('new: policy task');
    expect(applied.out).toContain('Applied 4 of 4.');
    expect(applied.out).toContain('Not applied: relance.yaml.');
    expect(applied.out).toContain('policy task: version 1');
    expect(await relance(['check', 'task'])).toMatchObject({ code: 0, out: 'task: ok\n' });
    // What came back from the server is what the folder has.
    expect((await relance(['apply', '--dry-run', project()])).out).toMatch(/^4 the same\n[\s\S]*Nothing differs\.\n$/);
  });

  it('is written down from the server, and then differs in nothing', async () => {
    const copy = join(folder, 'copy');
    const said = await relance(['export', copy]);
    expect(said).toMatchObject({ code: 0, err: '' });
    expect(said.out).toContain(`wrote ${join(copy, 'policies', 'task.yaml')}\n`);
    expect((await relance(['apply', '--dry-run', copy])).out).toMatch(/^\d+ the same\nNothing differs\.\n$/);
    expect(await relance(['export', copy])).toMatchObject({ code: 1, err: expect.stringContaining('exists already') });
  });

  it('takes events from a file, from standard input, and tells what became of them', async () => {
    const event = (id: string) => ({
      specversion: '1.0',
      id,
      source: '/cli',
      type: 'com.example.task.assigned',
      data: { id, title: `Task ${id}`, assignee: 'ana', dueDate: '2036-01-01T09:00:00Z' },
    });
    writeFileSync(join(folder, 'event.json'), JSON.stringify(event('one')));
    const one = await relance(['event', 'send', 'event.json']);
    expect(one).toMatchObject({ code: 0, err: '' });
    expect(one.out).toMatch(/^1 accepted, 0 known already, 0 rejected\.\n {2}task {2}one {2}open {2}\S+\n$/);
    const batch = JSON.stringify([event('one'), event('two'), { specversion: '1.0' }]);
    const many = await relance(['event', 'send', '-'], {}, batch);
    expect(many.out).toContain('1 accepted, 1 known already, 1 rejected.');
    expect(many).toMatchObject({ code: 1, out: expect.stringContaining('2: invalid_event') });
    // What no person wants to make up is filled in, and differs each time.
    const bare = JSON.stringify({ type: 'com.example.task.assigned', data: event('three').data });
    for (let time = 1; time <= 2; time++)
      expect((await relance(['event', 'send', '-'], {}, bare)).out).toMatch(
        /^1 accepted, 0 known already.*\n {2}task {2}three/,
      );
    const idle = await relance(['event', 'send', '-'], {}, JSON.stringify({ type: 'com.example.nobody.asks' }));
    expect(idle).toMatchObject({ code: 0, out: expect.stringMatching(/no_policy_listens: [^\n]*\n$/) });
    const followUp = /open {2}(\S+)/.exec(one.out)?.[1] ?? '';
    const explained = await relance(['explain', followUp]);
    expect(explained).toMatchObject({ code: 0, out: expect.stringContaining('Next: ') });
    const asJson = await relance(['explain', followUp, '--json']);
    expect(JSON.parse(asJson.out)).toMatchObject({ id: followUp, status: 'open' });
  });
});

describe('a folder with a mistake', () => {
  const write = (name: string, text: string): void => {
    mkdirSync(join(folder, name, '..'), { recursive: true });
    writeFileSync(join(folder, name), text);
  };
  const policy = (id: string, fallback: string) =>
    `policy: ${id}\nopen: { on: ${id}.created }\nkey: event.data.id\nassignee: event.data.who\nfallback: ${fallback}\nstages: [{ id: first, at: opened }]\n`;
  const people = (name: string) =>
    write(
      `${name}/directory/people.yaml`,
      `recipients: [{ id: ${name}-1 }]\ngroups: [{ id: ${name}-desk, members: [${name}-1] }]\n`,
    );
  const there = async (path: string): Promise<number> => (await server.raw(`/v1/${path}`)).status;

  it.each([
    ['a group that is nowhere', 'group(nowhere)', /bad\.yaml:5:1: fallback: There is no group "nowhere"/],
    [
      'a fallback nobody knows',
      'recipient(ghost)',
      /bad\.yaml:5:1: fallback: The fallback "recipient\(ghost\)" reaches nobody/,
    ],
  ])('is not applied at all: %s', async (_what, fallback, text) => {
    people('half');
    write('half/policies/bad.yaml', policy('half-bad', fallback));
    write('half/policies/good.yaml', policy('half-good', 'group(half-desk)'));
    const said = await relance(['apply', 'half']);
    expect(said).toMatchObject({ code: 1, out: '' });
    expect(said.err).toMatch(text);
    expect(said.err).toContain('nothing was applied');
    for (const path of ['recipients/half-1', 'groups/half-desk', 'policies/half-good'])
      expect(await there(path)).toBe(404);
  });

  it('in a template neither', async () => {
    people('words');
    write('words/templates/pay.yaml', 'sms: { text: "{% if %}" }\n');
    expect(await relance(['check', 'words'])).toMatchObject({
      code: 1,
      out: expect.stringContaining('pay.yaml: sms.text'),
    });
    expect(await relance(['apply', 'words'])).toMatchObject({ code: 1, err: expect.stringContaining('sms.text') });
    expect(await there('recipients/words-1')).toBe(404);
  });

  it('may name what the server has already', async () => {
    await server.client.recipients.put('elsewhere', {});
    await server.client.groups.put('elsewhere', { members: ['elsewhere'] });
    write('beside/policies/a.yaml', policy('beside-a', 'group(elsewhere)'));
    write('beside/policies/b.yaml', policy('beside-b', 'recipient(elsewhere)'));
    const rotation = { every: '1 day', handover: { at: '09:00' }, start: '2026-01-01', members: ['elsewhere'] };
    await server.client.schedules.put('elsewhere', { timeZone: 'UTC', layers: [{ rotation }] } as never);
    write('beside/policies/c.yaml', policy('beside-c', 'onCall(elsewhere)'));
    expect(await relance(['apply', 'beside'])).toMatchObject({ code: 0, err: '' });
    for (const id of ['beside-a', 'beside-b', 'beside-c']) expect(await there(`policies/${id}`)).toBe(200);
    write('beside/directory/schedules.json', JSON.stringify({ schedules: [{ id: 'nobody', timeZone: 'UTC' }] }));
    write('beside/policies/d.yaml', policy('beside-d', 'onCall(nobody)'));
    expect(await relance(['apply', 'beside'])).toMatchObject({
      code: 1,
      err: expect.stringContaining('nobody is in level 1 of the schedule'),
    });
    write('beside/policies/d.yaml', policy('beside-d', 'onCall(nobdy)'));
    for (const command of ['check', 'apply']) {
      const { code, out, err } = await relance([command, 'beside']);
      expect([code, out + err]).toEqual([1, expect.stringContaining('no schedule "nobdy"')]);
    }
    expect(await there('schedules/nobody')).toBe(404);
  });
});

describe('mistakes', () => {
  it('in a policy are shown with file, line and column, and as JSON', async () => {
    writeFileSync(
      join(folder, 'bad.yaml'),
      'policy: bad\nkey: event.data.id\nassignee: event.data.who\nstages:\n  - { id: a, at: opend }\n',
    );
    const said = await relance(['check', 'bad.yaml']);
    expect(said).toMatchObject({ code: 1, err: '' });
    expect(said.out).toMatch(/^error: bad\.yaml:5:\d+: stages\[0\]\.at: /m);
    const { code, out } = await relance(['check', '--json', 'bad.yaml']);
    expect(code).toBe(1);
    expect(JSON.parse(out)).toMatchObject({
      ok: false,
      reports: [{ name: 'bad.yaml', problems: [{ line: 5, severity: 'error' }] }],
    });
  });

  it.each<[string, readonly string[], Environment, number, RegExp]>([
    ['a file that is not there', ['check', './nope.yaml'], {}, 1, /no file or folder "\.\/nope\.yaml"[\s\S]*Next: /],
    ['a policy that is not published', ['check', 'nope'], {}, 1, /nope[\s\S]*Next: /],
    ['a command that does not exist', ['frobnicate'], {}, 2, /unknown command 'frobnicate'\nNext: relance --help/],
    ['a simulation of nothing', ['simulate', './nope.yaml'], {}, 1, /no file or folder "\.\/nope\.yaml"[\s\S]*Next: /],
    [
      'a simulation in no zone',
      ['simulate', 'x', '--zone', 'Mars/Olympus'],
      {},
      1,
      /--zone: must be an IANA time zone/,
    ],
    ['a number that is none', ['simulate', 'x', '--runs', 'many'], {}, 2, /A whole number is expected/],
    ['an argument left out', ['check'], {}, 2, /missing required argument/],
    ['a wrong key', ['explain', 'x'], { RELANCE_API_KEY: 'w'.repeat(32) }, 1, /relance: .*key[\s\S]*Next: /i],
    [
      'no server',
      ['explain', 'x'],
      { RELANCE_URL: 'http://127.0.0.1:9' },
      1,
      /There is no Relance at http:\/\/127\.0\.0\.1:9[\s\S]*Next: Start it/,
    ],
    ['a wrong variable', ['explain', 'x'], { RELANCE_PORT: 'x' }, 1, /RELANCE_PORT must be a port[\s\S]*Next: /],
    [
      'a role that does not exist',
      ['serve', '--roles', 'api,cook'],
      {},
      1,
      /"cook" is not a role[\s\S]*Next: Choose from api, wake/,
    ],
    [
      'a database of one’s own without keys',
      ['serve'],
      { RELANCE_DATABASE_URL: 'postgres://127.0.0.1:9/x', RELANCE_API_KEY: '' },
      1,
      /RELANCE_API_KEY and RELANCE_SECRET_KEY must be set[\s\S]*Next: /,
    ],
    [
      'a database that is away',
      ['serve'],
      { RELANCE_DATABASE_URL: 'postgres://127.0.0.1:9/x', RELANCE_SECRET_KEY: SECRET },
      1,
      /ECONNREFUSED[\s\S]*Next: Start the database/,
    ],
  ])('%s: one sentence and the next step', async (_what, args, env, code, text) => {
    // What listens on the usual port of this machine is not this test's.
    const said = await relance(args, { RELANCE_PORT: '0', ...env });
    expect(said.err).toMatch(text);
    expect(said).toMatchObject({ code, out: '' });
  });

  it('in JSON are named', async () => {
    expect(await relance(['event', 'send', '-'], {}, '{"a": ')).toMatchObject({
      code: 1,
      err: expect.stringMatching(/- is not JSON: [\s\S]*Next: /),
    });
  });
});

describe('the server', () => {
  it('is migrated, served, and drained when asked to stop', { timeout: STORY_MAX_MS }, async () => {
    const database = await createTestDatabase({ migrated: false });
    const env = { RELANCE_DATABASE_URL: database.url, RELANCE_SECRET_KEY: SECRET, RELANCE_PORT: '0' };
    try {
      expect(await relance(['migrate'], env)).toMatchObject({ code: 0, out: expect.stringContaining('Applied 0001-') });
      expect(await relance(['migrate'], env)).toMatchObject({ code: 0, out: 'The schema is current.\n' });
      const serving = begin(['serve'], { ...env, RELANCE_DATABSE_URL: 'x' });
      const ended = finished(serving);
      const [, url] = await lineOf(serving, /listens on (http:\S+)/);
      expect((await fetch(`${url}/healthz`)).status).toBe(200);
      expect((await fetch(`${url}/v1/follow-ups`)).status).toBe(401);
      serving.kill('SIGTERM');
      const said = await ended;
      expect(said.code).toBe(0);
      expect(said.err).toContain('RELANCE_DATABSE_URL is not a variable that Relance knows');
      expect(said.out).toMatch(
        /^Captured in the mailbox, leaving for nobody: email, sms, push, chat\. To send: RELANCE_SMTP_URL for email, PUT \/v1\/connections/m,
      );
    } finally {
      await database.drop();
    }
  });

  it('goes on when nobody reads along any more, and is drained all the same', { timeout: STORY_MAX_MS }, async () => {
    const dataDir = join(folder, 'unread');
    const serving = begin(['serve'], { RELANCE_DATA_DIR: dataDir, RELANCE_PORT: '0' });
    const ended = finished(serving);
    const [, url] = await lineOf(serving, /listens on (http:\S+)/);
    serving.stdout?.destroy();
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
    expect(runningBundledUrl(dataDir)).not.toBe(null);
    serving.kill('SIGTERM');
    expect(await ended).toMatchObject({ code: 0, err: expect.not.stringContaining('EPIPE') });
    expect(runningBundledUrl(dataDir)).toBe(null);
  });

  it('says what to do about a port that is taken', async () => {
    const database = await createTestDatabase();
    const taken = createServer();
    const port = await new Promise<number>((resolve) =>
      taken.listen(0, '127.0.0.1', () => resolve((taken.address() as { port: number }).port)),
    );
    try {
      const said = await relance(['serve'], {
        RELANCE_DATABASE_URL: database.url,
        RELANCE_SECRET_KEY: SECRET,
        RELANCE_PORT: String(port),
      });
      expect(said).toMatchObject({
        code: 1,
        err: expect.stringMatching(
          /Another program listens on 127\.0\.0\.1:\d+ already[\s\S]*Next: Stop it, or set RELANCE_PORT/,
        ),
      });
    } finally {
      taken.close();
      await database.drop();
    }
  });
});

describe('doctor', () => {
  const finding = (said: Said, what: string) =>
    (JSON.parse(said.out) as { findings: { what: string; level: string; text: string }[] }).findings.find(
      (one) => one.what === what,
    );

  it('finds nothing wrong with a first start, and changes nothing', async () => {
    const dataDir = join(folder, 'untouched');
    const said = await relance(['doctor'], { RELANCE_API_KEY: '', RELANCE_DATA_DIR: dataDir });
    expect(said).toMatchObject({ code: 0, err: '' });
    expect(said.out).toMatch(/^ok {3}Node: /m);
    expect(said.out).toMatch(/^ok {3}Disk: .* GiB free$/m);
    expect(said.out).toMatch(/^warn Mail: is captured[\s\S]*Next: Set RELANCE_SMTP_URL/m);
    expect(existsSync(dataDir)).toBe(false);
  });

  it('looks into the database', async () => {
    const said = await relance(['doctor', '--json'], {
      RELANCE_DATABASE_URL: server.databaseUrl,
      RELANCE_SECRET_KEY: SECRET,
    });
    expect(said.code).toBe(0);
    expect(finding(said, 'Database')).toMatchObject({ level: 'ok', text: expect.stringMatching(/^PostgreSQL 1[5-9]/) });
    expect(finding(said, 'Schema')).toMatchObject({ level: 'ok', text: 'is current' });
    expect(finding(said, 'Clock')).toMatchObject({ level: 'ok' });
    expect(said.out).not.toContain('"Connections"');
  });

  it('says everything that is wrong at once', async () => {
    writeFileSync(join(folder, 'not-a-folder'), '');
    const said = await relance(['doctor', '--json'], {
      RELANCE_API_KEY: '',
      RELANCE_DATABASE_URL: 'postgres://127.0.0.1:9/x',
      RELANCE_SMTP_URL: 'smtp://127.0.0.1:9',
      RELANCE_PROJECT: 'not-a-folder',
      RELANCE_DATABSE_URL: 'x',
    });
    expect(said.code).toBe(1);
    const { findings } = JSON.parse(said.out) as { findings: { what: string; level: string; next?: string }[] };
    const bad = findings.filter(({ level }) => level !== 'ok');
    expect(bad.map(({ what, level }) => `${level} ${what}`)).toEqual([
      'warn Environment',
      'fail Database',
      'fail Keys',
      'fail Project',
      'fail Mail',
    ]);
    expect(bad.every(({ next }) => next !== undefined)).toBe(true);
  });

  const port = (of: { address(): unknown }): number => (of.address() as { port: number }).port;

  it('knows whether the port is free, ours, or somebody else’s', async () => {
    const other = createServer((socket) => socket.destroy());
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const at = async (number: number) =>
      finding(await relance(['doctor', '--json'], { RELANCE_PORT: String(number) }), 'Port');
    const taken = port(other);
    expect(await at(taken)).toMatchObject({ level: 'fail', text: `something else listens at 127.0.0.1:${taken}` });
    await new Promise<void>((resolve) => other.close(() => resolve()));
    expect(await at(taken)).toMatchObject({ level: 'ok', text: `127.0.0.1:${taken} is free` });
    expect(await at(Number(new URL(server.url).port))).toMatchObject({
      level: 'ok',
      text: expect.stringContaining('a Relance answers'),
    });
  });

  it('warns of a schema that is behind, and goes on', async () => {
    const database = await createTestDatabase({ migrated: false });
    try {
      const env = { RELANCE_DATABASE_URL: database.url, RELANCE_SECRET_KEY: SECRET };
      await relance(['migrate'], env);
      const client = new pg.Client({ connectionString: database.url });
      await client.connect();
      await client.query('DELETE FROM relance.migrations WHERE number > 1');
      await client.end();
      const said = await relance(['doctor', '--json'], env);
      expect(said.code).toBe(0);
      expect(finding(said, 'Schema')).toMatchObject({
        level: 'warn',
        next: expect.stringContaining('relance migrate'),
      });
    } finally {
      await database.drop();
    }
  });

  it('judges the project as check does', async () => {
    mkdirSync(join(folder, 'unwell', 'policies'), { recursive: true });
    const policy = (fallback: string) =>
      writeFileSync(
        join(folder, 'unwell', 'policies', 'a.yaml'),
        `policy: a\nopen: { on: a }\nkey: event.data.id\nassignee: event.data.who\nfallback: ${fallback}\nstages: [{ id: first, at: opened }]\n`,
      );
    policy('group(nowhere)');
    const failed = await relance(['doctor'], { RELANCE_PROJECT: 'unwell' });
    expect(failed).toMatchObject({ code: 1, out: expect.stringMatching(/^fail Project: .*"nowhere"/m) });
    policy('recipient(ghost)');
    const warned = await relance(['doctor'], { RELANCE_PROJECT: 'unwell' });
    expect(warned).toMatchObject({ code: 0, out: expect.stringMatching(/^warn Project: .*"ghost"[\s\S]*Next: /m) });
  });

  it('knocks at the mail server, and is told when the password is wrong', async () => {
    const smtp = new SMTPServer({
      allowInsecureAuth: true,
      hideSTARTTLS: true,
      onAuth: ({ password }, _session, done) =>
        password === 'right' ? done(null, { user: 'ana' }) : done(new Error('wrong password')),
    });
    const port = await new Promise<number>((resolve) => {
      const listening = smtp.listen(0, '127.0.0.1', () => resolve((listening.address() as { port: number }).port));
    });
    const knock = (password: string) =>
      relance(['doctor', '--json'], { RELANCE_SMTP_URL: `smtp://ana:${password}@127.0.0.1:${port}` });
    try {
      expect(finding(await knock('right'), 'Mail')).toMatchObject({
        level: 'warn',
        next: expect.stringContaining('RELANCE_MAIL_FROM'),
      });
      expect(finding(await knock('wrong'), 'Mail')).toMatchObject({
        level: 'fail',
        text: expect.stringContaining('wrong password'),
      });
    } finally {
      await new Promise<void>((resolve) => smtp.close(() => resolve()));
    }
  });
});
