// The guide to unsubscribing, followed: the headers of a real mail, the one click of a mail program, categories, and the ledger of
// suppressions, each as it is written there.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type MailServer, startMailServer } from '../doubles/mail-server.ts';
import { type Asked, askAs, blocksOf, curlsIn, guideText, unlike } from '../guide.ts';
import { API_KEY, startTestServer, type TestServer } from '../server.ts';

const GUIDE = guideText('unsubscribing.md');
const [headersShown = ''] = blocksOf(GUIDE, 'text');
const [listShown, takenShown, liftShown] = blocksOf(GUIDE, 'json').map((text) => JSON.parse(text));
const [oneClick, putCategory, suppress, list, take, handOut, lift] = curlsIn(GUIDE) as Asked[] as [
  Asked,
  Asked,
  Asked,
  Asked,
  Asked,
  Asked,
  Asked,
];
const SHOWN = /\/u\/([\w-]{22})/.exec(headersShown)?.[1] ?? 'no token';

let mail: MailServer;
let server: TestServer;
beforeAll(async () => {
  mail = await startMailServer();
  server = await startTestServer({
    publicUrl: 'https://follow.example.com',
    channels: { smtpUrl: `smtp://127.0.0.1:${mail.port}`, mailFrom: 'Acme <acme@example.com>' },
  });
  await server.client.recipients.put('ana', { name: 'Ana', email: 'ana@example.com' });
  for (const category of ['billing', 'news'])
    await server.client.policies.put(
      category,
      `policy: ${category}\ncategory: ${category}\nopen: { on: ${category} }\nkey: event.data.id\nassignee: "'ana'"\n` +
        'stages: [{ id: notice, at: opened, notify: { via: [email, inbox] } }]\n',
    );
});
afterAll(async () => {
  await server.end();
  await mail.stop();
});

let number = 0;
/** Opens one; answers what became of it, and the headers of the mail. */
async function about(category: string) {
  const before = mail.caught.length;
  const id = `n${++number}`;
  const event = { specversion: '1.0' as const, id, source: '/tests', type: category, data: { id } };
  const { followUps } = await server.client.events.send(event);
  await server.advance('1 second');
  const { items } = await server.client.followUps.messages(followUps[0]?.id ?? '');
  const raw = mail.caught.slice(before).map((one) => one.raw.toString())[0];
  const lines =
    raw
      ?.split('\r\n\r\n')[0]
      ?.replaceAll(/\r\n\s+/g, ' ')
      .split('\r\n') ?? [];
  return {
    email: items.find(({ channel }) => channel === 'email'),
    inbox: items.find(({ channel }) => channel === 'inbox')?.status,
    headers: lines
      .filter((line) => line.startsWith('List-Unsubscribe'))
      .sort()
      .reverse()
      .join('\n'),
  };
}
const asked = (one: Asked, token = '') => askAs(server, one, { $RELANCE_API_KEY: API_KEY, [SHOWN]: token });

it('one click takes a person off one category, and off no other', async () => {
  const first = await about('billing');
  expect(unlike(`${first.headers}\n`)).toBe(unlike(headersShown));
  const [, token = ''] = /\/u\/([\w-]{22})/.exec(first.headers) ?? [];
  expect((await asked(oneClick, token)).status).toBe(200);
  const second = await about('billing');
  expect(second).toMatchObject({
    email: { status: 'suppressed', reason: 'opted_out' },
    inbox: 'accepted',
    headers: '',
  });
  expect(await about('news')).toMatchObject({ email: { status: 'accepted' } });
});

it('what is essential is sent whatever was chosen, without a link', async () => {
  expect(await asked(putCategory)).toMatchObject({ status: 200, body: { id: 'billing', essential: true } });
  expect(await about('billing')).toMatchObject({ email: { status: 'accepted' }, headers: '' });
});

it('what is suppressed gets nothing, essential or not, until it is lifted', async () => {
  expect((await asked(suppress)).status).toBe(200);
  expect(unlike((await asked(list)).body)).toEqual(unlike(listShown));
  expect(await about('billing')).toMatchObject({
    email: { status: 'suppressed', reason: 'endpoint_suppressed' },
    inbox: 'accepted',
  });
  expect((await asked(take)).body).toEqual(takenShown);
  const csv = await asked(handOut);
  const sameTime = (text: unknown): string =>
    String(text)
      .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'then')
      .replaceAll('\r', '');
  expect(sameTime(csv.body)).toBe(sameTime(blocksOf(GUIDE, 'csv')[0]));
  expect((await asked(lift)).body).toEqual(liftShown);
  expect((await asked(list)).body).toMatchObject({ items: [] });
  expect(await about('billing')).toMatchObject({ email: { status: 'accepted' } });
});
