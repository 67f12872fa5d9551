// Mails that a provider hands on: by Postmark's webhook with the secret of a connection, to the reply that they are. Nothing of them
// is taken by another tenant's connection, without the secret, or at addresses that are not of the connection's own mailbox.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createHttpWorld, type HttpWorld } from '../../../../test/http-world.ts';
import { SECRET } from '../../../../test/world.ts';
import { addressFor } from '../channels/mail-address.ts';
import { postmarkProvider } from '../channels/providers/postmark.ts';
import { secretBox } from '../store/secret-box.ts';
import { providerDesk } from './provider-desk.ts';

const KEY = Buffer.alloc(32, 1);
const MAILBOX = 'reply@in.example.test';
const PASSWORD = 'a-long-secret-of-ours';
let http: HttpWorld;
let receipts: string;
let othersReceipts: string;
beforeAll(async () => {
  http = await createHttpWorld(() => ({
    providers: providerDesk({
      providers: [postmarkProvider as never],
      secretBox: secretBox(SECRET),
      egress: { allowHosts: [] },
      publicUrl: 'http://relance.test',
      wallNow: () => Date.now(),
      addressKey: KEY,
    }),
  }));
  await http.world.people([{ id: 'ana', email: 'ana@example.test' }]);
  await http.world.policy(`
policy: invoice
open: { on: invoice.issued }
key: event.data.id
assignee: "'ana'"
stages: [ { id: notice, at: opened, notify: { via: [email] } } ]
`);
  const connection = {
    provider: 'postmark',
    settings: { from: 'hello@example.test', replyTo: MAILBOX },
    secrets: { serverToken: 'token', webhookSecret: PASSWORD },
  };
  // Messages leave by the world's own recorder; the connection is there for what comes back.
  const disabled = { ...connection, disabled: true };
  receipts = new URL((await http.call('PUT', '/v1/connections/mail', disabled)).body.receiptsUrl).pathname;
  const other = { authorization: `Bearer ${await http.key('other', ['admin', 'api'])}` };
  othersReceipts = new URL((await http.call('PUT', '/v1/connections/mail', disabled, other)).body.receiptsUrl).pathname;
});
afterAll(() => http.end());

let number = 0;
async function asked(): Promise<{ readonly followUp: string; readonly address: string }> {
  const [outcome] = await http.world.event('invoice.issued', { id: `k${++number}` });
  await http.world.settle();
  const followUp = outcome?.kind === 'accepted' ? (outcome.followUps[0]?.id ?? '') : '';
  const message = http.world.recorders.email.sent.findLast((one) => one.followUp === followUp);
  return { followUp, address: addressFor(MAILBOX, 'reply', message?.id ?? '', KEY) };
}
const hook = (path: string, to: string, raw: string, password = PASSWORD) =>
  http.call(
    'POST',
    path,
    {
      FromFull: { Email: 'ana@example.test' },
      OriginalRecipient: to,
      ToFull: [{ Email: to }],
      Headers: [],
      RawEmail: raw,
    },
    { authorization: `Basic ${Buffer.from(`any:${password}`).toString('base64')}` },
  );
const mail = (text: string, headers = ''): string =>
  `From: Ana <ana@example.test>\r\nSubject: Re: it\r\nMessage-ID: <m${++number}@client.test>\r\n${headers}\r\n${text}\r\n`;
const statusOf = async (followUp: string): Promise<string> =>
  (await http.call('GET', `/v1/follow-ups/${followUp}`)).body.status;
const repliesOf = async (followUp: string): Promise<unknown[]> =>
  (await http.call('GET', `/v1/replies?followUp=${followUp}`)).body.items;

it('a reply resolves it, once, however often the provider tells it', async () => {
  const { followUp, address } = await asked();
  const raw = mail('Done');
  for (let times = 0; times < 2; times++) expect((await hook(receipts, address, raw)).status).toBe(200);
  expect(await statusOf(followUp)).toBe('resolved');
  expect(await repliesOf(followUp)).toMatchObject([{ became: 'command', command: 'resolve', recipient: 'ana' }]);
});

it('a large one is taken, which other addresses would refuse', async () => {
  const { followUp, address } = await asked();
  const file = `--x\r\nContent-Type: text/plain\r\n\r\nDone\r\n--x\r\nContent-Type: application/pdf\r\nContent-Disposition: attachment\r\n\r\n${'x'.repeat(2_000_000)}\r\n--x--`;
  expect((await hook(receipts, address, mail(file, 'Content-Type: multipart/mixed; boundary=x\r\n'))).status).toBe(200);
  expect(await repliesOf(followUp)).toHaveLength(1);
});

it('what PostgreSQL cannot store is left out of what a brand tells, and the rest of it counts', async () => {
  const { followUp } = await asked();
  const message = http.world.recorders.email.sent.findLast((one) => one.followUp === followUp)?.id;
  const told = {
    RecordType: 'Delivery',
    MessageID: 'm\u0000\u0000',
    Metadata: { 'relance-message': message },
    Recipient: 'ana\u0000@example.test',
    DeliveredAt: '2026-11-02T09:00:00Z',
    Details: 'taken \u0000 by it',
  };
  const headers = { authorization: `Basic ${Buffer.from(`any:${PASSWORD}`).toString('base64')}` };
  expect((await http.call('POST', receipts, { ...told, Metadata: {} }, headers)).status).toBe(200);
  expect((await http.call('POST', receipts, told, headers)).status).toBe(200);
  const { items } = (await http.call('GET', `/v1/follow-ups/${followUp}/messages`)).body;
  expect(items).toMatchObject([{ status: 'delivered' }]);
  expect(http.logged).toEqual([]);
});

it('a report that comes to the same address is no reply', async () => {
  const { followUp, address } = await asked();
  const raw = mail(
    '--x\r\nContent-Type: text/plain\r\n\r\nNot delivered.\r\n--x\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx\r\n\r\nFinal-Recipient: rfc822; ana@example.test\r\nAction: failed\r\nStatus: 5.1.1\r\n--x--',
    'Content-Type: multipart/report; report-type=delivery-status; boundary=x\r\n',
  );
  expect((await hook(receipts, address, raw)).status).toBe(200);
  expect(await repliesOf(followUp)).toEqual([]);
  const { items } = (await http.call('GET', `/v1/follow-ups/${followUp}/messages`)).body;
  expect(items).toMatchObject([{ status: 'bounced' }]);
});

it('nothing is taken without the secret, by another tenant, or for another mailbox', async () => {
  const { followUp, address } = await asked();
  expect((await hook(receipts, address, mail('Done'), 'a-wrong-one')).status).toBe(401);
  expect((await hook(othersReceipts, address, mail('Done'))).status).toBe(200);
  expect((await hook(receipts, address.replace('reply+', 'elsewhere+'), mail('Done'))).status).toBe(200);
  expect((await hook(receipts, 'somebody@in.example.test', mail('Done'))).status).toBe(200);
  expect(await repliesOf(followUp)).toEqual([]);
  expect(await statusOf(followUp)).toBe('open');
});
