// What `check`, `explain`, `event send` and a first `serve` answer to what a newcomer types: real processes, as in cli.test.ts.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { beginCommand, finished, lineOf, type Said } from '../command.ts';
import { createTestDatabase } from '../database.ts';
import { API_KEY, furnish, startTestServer, type TestServer, taskEvent } from '../server.ts';
import { SECRET } from '../world.ts';

let folder: string;
let server: TestServer;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'relance-answers-'));
  server = await startTestServer();
  await furnish(server);
});
afterAll(async () => {
  await server.end();
  rmSync(folder, { recursive: true, force: true });
});

const relance = (args: readonly string[], { url = server.url, input = '' } = {}): Promise<Said> =>
  finished(beginCommand(folder, args, { RELANCE_URL: url, RELANCE_API_KEY: API_KEY }), input);
const send = (event: unknown): Promise<Said> => relance(['event', 'send', '-'], { input: JSON.stringify(event) });

it('a follow-up is explained by policy and key, in names and moments that people read', async () => {
  const { followUps } = await server.client.events.send(taskEvent('assigned', { id: 'a/b 1', assignee: 'ana' }));
  await server.client.followUps.command(followUps[0]?.id ?? '', 'acknowledge', { actor: 'ana' });
  const byKey = await relance(['explain', 'task/a/b 1']);
  expect(byKey).toMatchObject({ code: 0, err: '' });
  const moment = String.raw`\w{3} \d+ \w{3} (\d{4} )?\d\d:\d\d UTC`;
  expect(byKey.out).toMatch(new RegExp(`^Ana is asked to act. It is paused until ${moment} because`));
  expect(byKey.out).toMatch(new RegExp(`^Next: .* at ${moment}, unless`, 'm'));
  expect(byKey.out).toMatch(new RegExp(`^${moment}  Acknowledged by Ana; reminders pause until ${moment}`, 'm'));
  expect(byKey.out).not.toMatch(/\dT\d\d:/);
  const id = await relance(['explain', followUps[0]?.id ?? '']);
  expect(id.out).toBe(byKey.out);
});

it('a name that is no file, and a server that is not there, are said in this order', async () => {
  const said = await relance(['check', 'nofolder'], { url: 'http://127.0.0.1:9' });
  expect(said).toMatchObject({ code: 1, out: '' });
  expect(said.err).toMatch(
    /^relance: There is no file or folder "nofolder", and .*127\.0\.0\.1:9[\s\S]*Next: Give a path/,
  );
});

it('an event that a policy cannot read is no success', async () => {
  const said = await send({ type: 'com.acme.task.assigned', data: { title: 'Without an id', assignee: 'ana' } });
  expect(said).toMatchObject({ code: 1, out: expect.stringContaining('expression_failed') });
});

it('an event for somebody nobody knows says who is waited for', async () => {
  const said = await send({ type: 'com.acme.task.assigned', data: { id: 'w', title: 'Wait', assignee: 'zoe' } });
  expect(said).toMatchObject({ code: 0, err: '', out: expect.stringContaining('waits for the recipient "zoe"') });
  const known = await send({ type: 'com.acme.task.assigned', data: { id: 'k', title: 'Go', assignee: 'ana' } });
  expect(known.out).not.toContain('waits');
});

it('the first start tells in one line that the schema was made', { timeout: 60_000 }, async () => {
  const database = await createTestDatabase({ migrated: false });
  try {
    const env = { RELANCE_DATABASE_URL: database.url, RELANCE_SECRET_KEY: SECRET, RELANCE_PORT: '0' };
    const serving = beginCommand(folder, ['serve'], { ...env, RELANCE_API_KEY: API_KEY });
    const ended = finished(serving);
    await lineOf(serving, /listens on/);
    serving.kill('SIGTERM');
    const said = await ended;
    expect(said.err.match(/"migrated"/g)).toHaveLength(1);
  } finally {
    await database.drop();
  }
});
