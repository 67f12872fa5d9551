// `relance simulate` of a published policy: a real process, which asks a running server. Files are cli/simulate.test.ts.
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { API_KEY, startTestServer, type TestServer } from '../server.ts';

const BIN = join(import.meta.dirname, '..', '..', 'packages', 'server', 'bin', 'relance.js');
const POLICY = `policy: task
open: { on: task.created }
key: event.data.id
assignee: event.data.who
stages: [{ id: notice, at: opened, notify: { via: [email] } }]
`;

let folder: string;
let server: TestServer;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'relance-simulate-'));
  writeFileSync(join(folder, 'event.json'), JSON.stringify({ type: 'task.created', data: { id: 7, who: 'ana' } }));
  server = await startTestServer();
});
afterAll(async () => {
  await server.end();
  rmSync(folder, { recursive: true, force: true });
});

/** The server answers in this very process, so nothing here may wait for the command in its stead. */
function simulate(
  args: readonly string[],
): Promise<{ readonly code: number; readonly out: string; readonly err: string }> {
  const env = { ...process.env, RELANCE_URL: server.url, RELANCE_API_KEY: API_KEY };
  return new Promise((resolve) => {
    execFile(process.execPath, [BIN, 'simulate', ...args], { cwd: folder, env }, (error, out, err) =>
      resolve({ code: error === null ? 0 : Number(error.code), out, err }),
    );
  });
}

it('a published policy is played among the people of the server', async () => {
  const put = (path: string, body: string, type: string) =>
    fetch(`${server.url}/v1/${path}`, {
      method: 'PUT',
      headers: { authorization: `Bearer ${API_KEY}`, 'content-type': type },
      body,
    });
  await put('recipients/ana', '{"email":"ana@x.test","timeZone":"Europe/Madrid"}', 'application/json');
  await put('policies/task', POLICY, 'application/yaml');
  const { code, out } = await simulate(['task', '--event', 'event.json', '--at', '2026-11-02T09:00:00Z']);
  expect(code).toBe(0);
  expect(out).toMatch(/^Mon 2026-11-02 10:00 +Europe\/Madrid +notice +ana +email +Sent "notice" to ana by email/m);
  expect(out).not.toMatch(/Invented/);
  expect(await simulate(['nope'])).toMatchObject({
    code: 1,
    err: expect.stringMatching(/no policy "nope"/),
  });
});
