// The guide to opens and clicks, followed: its settings in a project folder, its policy, a real mail, and what a message then says
// of its readers, as the guide shows it.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compileYaml } from '@relance/core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { parse } from 'yaml';
import { type MailServer, startMailServer } from '../doubles/mail-server.ts';
import { blocksOf, guideFiles, guideText, unlike, writeGuide } from '../guide.ts';
import { startTestServer, type TestServer } from '../server.ts';

const GUIDE = guideText('tracking.md');
const FILES = guideFiles('tracking.md');
const [shown] = blocksOf(GUIDE, 'json').map((text) => JSON.parse(text));
const CHROME =
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/143.0.0.0 Safari/537.36';

let mail: MailServer;
let server: TestServer;
let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'relance-tracking-'));
  writeGuide('tracking.md', folder);
  mail = await startMailServer();
  server = await startTestServer({
    project: folder,
    channels: { smtpUrl: `smtp://127.0.0.1:${mail.port}`, mailFrom: 'Acme <acme@example.com>' },
  });
  await server.client.recipients.put('cleo', { name: 'Cleo', email: 'cleo@example.com' });
});
afterAll(async () => {
  await server.end();
  await mail.stop();
  rmSync(folder, { recursive: true, force: true });
});

const visit = (
  path: string,
  more: { readonly method?: string; readonly agent?: string; readonly body?: string } = {},
) =>
  server.raw(path, {
    key: null,
    redirect: 'manual',
    method: more.method ?? 'GET',
    headers: {
      'user-agent': more.agent ?? CHROME,
      ...(more.body === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' }),
    },
    ...(more.body === undefined ? {} : { body: more.body }),
  });

it('a mail that is tracked as the guide says tells what the guide shows', async () => {
  const data = { id: 'o1', customer: 'cleo', url: 'https://shop.example/o1?a=1&b=2' };
  const event = { specversion: '1.0' as const, id: 'e1', source: '/tests', type: 'offer.made', data };
  const { followUps } = await server.client.events.send(event);
  await server.advance('1 second');
  // Quoted-printable, as it travels.
  const raw = (mail.caught.at(-1)?.raw.toString() ?? '')
    .replaceAll('=\r\n', '')
    .replaceAll(/=([0-9A-F]{2})/g, (_all, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  const pathOf = (pattern: RegExp): string => pattern.exec(raw)?.[0] ?? 'none';
  const picture = pathOf(/\/t\/o\/[\w-]{22}/);
  const link = pathOf(/\/t\/c\/[\w-]{22}/);
  const answer = pathOf(/\/a\/[\w-]{22}/);
  expect(raw).not.toContain('shop.example');
  await visit(picture, { agent: 'Mozilla/5.0' }); // Apple fetches ahead
  await server.advance('30 minutes');
  const led = await visit(link);
  expect([led.status, led.headers.get('location')]).toEqual([302, data.url]);
  await server.advance('30 minutes');
  const { items } = await server.client.followUps.messages(followUps[0]?.id ?? '');
  const id = items[0]?.id ?? '';
  const open = await server.client.followUps.get(followUps[0]?.id ?? '');
  expect(open).toMatchObject({ status: 'open', acknowledgedAt: null });
  // From another browser, so that the click stays likely.
  expect((await visit(answer, { method: 'POST', body: 'do=acknowledge', agent: `${CHROME} Edg/143` })).status).toBe(
    200,
  );
  const { engagement, content } = await server.client.messages.get(id);
  expect(unlike({ engagement })).toEqual(unlike(shown));
  expect(JSON.stringify(content)).not.toContain('/t/');
  expect(content?.html).toContain('shop.example');
});

it('the policy of the guide compiles without a warning, and with an open in the place of an answer it is refused', () => {
  const policy = FILES['policies/offer.yaml'] ?? '';
  const compiled = compileYaml(policy, 1);
  expect(compiled.ok && compiled.warnings).toEqual([]);
  const weak = compileYaml(policy.replace('engagement.clicked.proven', 'engagement.opened.likely'), 1);
  expect(weak.ok ? [] : weak.problems.map(({ code }) => code)).toEqual(['policy_evidence_weak']);
  expect(parse(FILES['relance.yaml'] ?? '')).toEqual({ tracking: { opens: true, clicks: true } });
});
