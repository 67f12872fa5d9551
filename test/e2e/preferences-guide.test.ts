// The guide to preferences, followed: defaults of categories, what holds, a change with its evidence, the record, and the page that
// every mail leads to, each as it is written there.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readProject } from '../../packages/server/src/app/project.ts';
import { type MailServer, startMailServer } from '../doubles/mail-server.ts';
import { type Asked, askAs, blocksOf, curlsIn, guideText, unlike, writeGuide } from '../guide.ts';
import { API_KEY, startTestServer, type TestServer } from '../server.ts';

const GUIDE = guideText('preferences.md');
const [preferencesShown, recordShown] = blocksOf(GUIDE, 'json').map((text) => JSON.parse(text));
const [link = ''] = blocksOf(GUIDE, 'liquid');
const [news, safety, read, change, record] = curlsIn(GUIDE) as [Asked, Asked, Asked, Asked, Asked];

let mail: MailServer;
let server: TestServer;
beforeAll(async () => {
  mail = await startMailServer();
  server = await startTestServer({
    channels: { smtpUrl: `smtp://127.0.0.1:${mail.port}`, mailFrom: 'Acme <acme@example.com>' },
  });
  const ana = { name: 'Ana', email: 'ana@example.com', phone: '+34600000001', timeZone: 'Europe/Madrid', locale: 'es' };
  await server.client.recipients.put('ana', ana);
});
afterAll(async () => {
  await server.end();
  await mail.stop();
});
const asked = (one: Asked) => askAs(server, one, { $RELANCE_API_KEY: API_KEY });

it('what holds is told as the guide shows it, and what is sent back changes nothing', async () => {
  expect((await asked(news)).status).toBe(200);
  expect((await asked(safety)).status).toBe(200);
  const answer = await asked(read);
  expect(answer.body).toEqual(preferencesShown);
  const { categories, ...rest } = preferencesShown;
  const wish = categories.map(
    ({ title: _title, essential: _essential, why: _why, ...one }: Record<string, unknown>) => one,
  );
  await server.client.recipients.putPreferences('ana', { ...rest, categories: wish, recipient: undefined });
  expect((await asked(record)).body).toEqual({ items: [], nextCursor: null });
});

it('a change is recorded with what shows it', async () => {
  expect(await asked(change)).toMatchObject({ status: 200, body: { quietHours: '22:00-07:00' } });
  expect(unlike((await asked(record)).body)).toEqual(unlike(recordShown));
});

it('every mail leads to the page, also by a template of one’s own', async () => {
  await server.client.templates.put('own', { email: { subject: 'News', html: `<p>${link.trim()}</p>` } } as never);
  await server.client.policies.put(
    'news',
    'policy: news\ncategory: safety\nopen: { on: news }\nkey: event.data.id\nassignee: "\'ana\'"\nstages: [{ id: notice, at: opened, notify: { via: [email], template: own } }]\n',
  );
  await server.client.events.send({ specversion: '1.0', id: 'n1', source: '/tests', type: 'news', data: { id: 'n1' } });
  await server.advance('1 day'); // quiet hours hold what is essential, too
  const raw = mail.caught.at(-1)?.raw.toString().replaceAll('=\r\n', '').replaceAll('=3D', '=') ?? '';
  const [, path = ''] = /href="[^"]*(\/p\/[\w-]{22})"/.exec(raw) ?? [];
  const page = await (await fetch(server.url + path)).text();
  expect(page).toContain('You are on call for the building.');
});

it('the defaults of a tenant are what the project folder takes', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'relance-'));
  try {
    writeGuide('preferences.md', folder);
    const { settings } = await readProject(folder);
    expect(settings.preferences).toEqual({ channels: { sms: false }, frequency: 'daily' });
  } finally {
    rmSync(folder, { recursive: true });
  }
});
