// The guide to the pages of recipients, followed: the links that it writes into a template, the press of a button, and the fresh link in
// the place of an old one, each as it is written there.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ENGINE } from '../../packages/server/src/store/database.ts';
import { type MailServer, startMailServer } from '../doubles/mail-server.ts';
import { askAs, blocksOf, curlsIn, guideText } from '../guide.ts';
import { startTestServer, type TestServer } from '../server.ts';

const GUIDE = guideText('recipient-pages.md');
const [words = ''] = blocksOf(GUIDE, 'liquid');
const [pressed, fresh] = curlsIn(GUIDE);
const SHOWN = { token: 'EmW4FUoIbSMOjCb9cvUWWQ', id: '01a19b7c-a680-71ea-b413-86246407e1eb' };

let mail: MailServer;
let server: TestServer;
beforeAll(async () => {
  mail = await startMailServer();
  server = await startTestServer({
    publicUrl: 'https://follow.example.com',
    channels: { smtpUrl: `smtp://127.0.0.1:${mail.port}`, mailFrom: 'Acme <acme@example.com>' },
  });
  for (const id of ['ana', 'rita']) await server.client.recipients.put(id, { name: id, email: `${id}@example.com` });
  await server.client.templates.put('own', { email: { subject: 'Own', text: words } });
  await server.client.policies.put(
    'task',
    `policy: task\nopen: { on: task.created }\nkey: event.data.id\nassignee: "'ana'"\nrequester: "'rita'"\n` +
      'stages: [{ id: notice, at: opened, notify: { to: [assignee, requester], via: [email], template: own } }]\n',
  );
});
afterAll(async () => {
  await server.end();
  await mail.stop();
});

it('the links of a template lead to the pages, and a press there acts', async () => {
  const event = { specversion: '1.0' as const, id: 'e1', source: '/tests', type: 'task.created', data: { id: 't1' } };
  const { followUps } = await server.client.events.send(event);
  await server.advance('1 second');
  const id = followUps[0]?.id ?? '';
  const { items } = await server.client.followUps.messages(id);
  const textOf = (who: string): string => String(items.find(({ recipient }) => recipient === who)?.content?.text);
  expect(textOf('ana')).toMatch(/^Everything that waits for you: https:\/\/follow\.example\.com\/me\/[\w-]{22}$/);
  expect(textOf('rita')).toMatch(/\nWhere this stands: https:\/\/follow\.example\.com\/s\/[\w-]{22}$/);
  const token = /\/me\/([\w-]{22})/.exec(textOf('ana'))?.[1] ?? '';
  if (pressed === undefined || fresh === undefined) throw new Error('The guide shows both requests.');
  const answer = await askAs(server, pressed, { [SHOWN.token]: token, [SHOWN.id]: id });
  expect(answer).toMatchObject({ status: 200, body: expect.stringContaining('Thank you. It is yours') });
  expect(await server.client.followUps.get(id)).toMatchObject({ status: 'acknowledged', acknowledgedBy: 'ana' });

  // Not too old yet: it offers nothing, and sends nothing.
  const before = mail.caught.length;
  const asForm = { ...fresh, headers: { 'Content-Type': 'application/x-www-form-urlencoded' } };
  await askAs(server, asForm, { [SHOWN.token]: token });
  await server.relance.engine.engine.database.transaction(ENGINE, (tx) =>
    tx.query(
      `UPDATE relance.page_tokens SET expires_at = clock_timestamp() - interval '1 day' WHERE purpose = 'status'`,
    ),
  );
  await server.advance('1 second');
  expect(mail.caught).toHaveLength(before);
  const old = /\/s\/([\w-]{22})/.exec(textOf('rita'))?.[1] ?? '';
  const status = { ...asForm, url: asForm.url.replace('/me/', '/s/') };
  expect((await askAs(server, { ...status, method: 'GET', body: undefined }, { [SHOWN.token]: old })).status).toBe(410);
  expect((await askAs(server, status, { [SHOWN.token]: old })).body).toContain('Look into your mail');
  await server.advance('1 second');
  expect(mail.caught).toHaveLength(before + 1);
  expect(mail.caught.at(-1)?.raw.toString()).toContain('To: rita');
});
