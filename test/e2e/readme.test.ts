// The README's first policy, as its reader follows it: the folder that `init` makes, the requests as they stand there, and the
// commands beside them.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { parse } from 'yaml';
import { STARTER } from '../../packages/server/src/cli/init.ts';
import { beginCommand, finished, type Said } from '../command.ts';
import { type Asked, askAs, curlsIn } from '../guide.ts';
import { API_KEY, startTestServer, type TestServer } from '../server.ts';

const README = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
const SECTION = README.split('\n## Your first policy\n')[1]?.split('\n## ')[0] ?? '';

const requests = curlsIn(SECTION);

let server: TestServer;
let place: string;
beforeAll(async () => {
  place = mkdtempSync(join(tmpdir(), 'relance-readme-'));
  server = await startTestServer();
  expect((await relance('init my-project')).code).toBe(0);
  expect((await relance('check my-project')).out).toContain('ok');
  expect((await relance('apply my-project')).code).toBe(0);
});
afterAll(async () => {
  await server.end();
  rmSync(place, { recursive: true, force: true });
});

/** Only what the section says, in its words. */
function relance(command: string): Promise<Said> {
  expect(SECTION).toContain(`npm run relance -- ${command}`);
  return finished(beginCommand(place, command.split(' '), { RELANCE_URL: server.url, RELANCE_API_KEY: API_KEY }));
}

const ask = (index: number) => askAs(server, requests[index] as Asked, { $RELANCE_API_KEY: API_KEY });
const standing = async () => {
  const { status, outcome } = await server.client.followUps.byKey('task', 't1').get();
  return `${status} ${outcome}`;
};

it('shows the policy that init writes', () => {
  const [, yaml = ''] = /```yaml\n([\s\S]*?)```/.exec(SECTION) ?? [];
  expect(parse(yaml)).toEqual(parse(STARTER['policies/task.yaml'] ?? ''));
});

it('opens a follow-up, explains it, and ends it by an event or by HTTP', async () => {
  expect(requests).toHaveLength(3);
  expect((await ask(0)).status).toBe(202);
  expect(await standing()).toBe('open null');
  const explained = await relance('explain task/t1');
  expect(explained).toMatchObject({ code: 0, out: expect.stringContaining('Next: Stage "reminder"') });
  expect((await ask(1)).status).toBe(202);
  expect(await standing()).toBe('resolved done');
  expect((await ask(2)).body).toMatchObject({ changed: false });
});

it('ends it by HTTP alone as well', async () => {
  const { body = '' } = requests[0] ?? {};
  await server.client.events.send({ ...JSON.parse(body), id: '3' });
  expect(await standing()).toBe('open null');
  expect((await ask(2)).status).toBe(200);
  expect(await standing()).toBe('resolved done');
});

it('pauses for as long as it says where somebody has it, and repeats the last reminder', async () => {
  const [, days = ''] = /for (\d+) days when the policy says nothing else/.exec(SECTION) ?? [];
  const { body = '' } = requests[0] ?? {};
  const { followUps } = await server.client.events.send({ ...JSON.parse(body), id: '4' });
  const id = followUps[0]?.id ?? '';
  const stages = async () =>
    (await server.client.messages.list({ followUp: id, channel: 'email' })).items.map(({ stage }) => stage).reverse();
  await server.advance('25 hours');
  await server.client.followUps.command(id, 'acknowledge', { actor: 'ana' });
  await server.advance(`${Number(days) * 24 - 1} hours`);
  expect(await stages()).toEqual(['notice', 'reminder']);
  await server.advance('2 hours');
  expect(await stages()).toEqual(['notice', 'reminder', 'reminder']);
});
