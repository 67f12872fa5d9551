// The guide to replies, followed: a mail is answered as its reader would, the reply is listed as it is shown, answered and put away by
// the requests that stand there, and the mails leave and come back as it says.
import { simpleParser } from 'mailparser';
import { createTransport } from 'nodemailer';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type MailServer, startMailServer } from '../doubles/mail-server.ts';
import { type Asked, askAs, blocksOf, curlsIn, guideText, unlike } from '../guide.ts';
import { API_KEY, startTestServer, type TestServer } from '../server.ts';

const GUIDE = guideText('replies.md');
const [listShown] = blocksOf(GUIDE, 'json').map((text) => JSON.parse(text));
const [list, answer, close] = curlsIn(GUIDE) as [Asked, Asked, Asked];
const SHOWN = listShown.items[0].id as string;
const settingOf = (name: string): string => new RegExp(`^${name}="?([^"\\n]+)`, 'm').exec(GUIDE)?.[1] ?? '';
const TEXT = listShown.items[0].text as string;

let mail: MailServer;
let server: TestServer;
beforeAll(async () => {
  mail = await startMailServer();
  server = await startTestServer({
    channels: {
      smtpUrl: `smtp://127.0.0.1:${mail.port}`,
      mailFrom: settingOf('RELANCE_MAIL_FROM'),
      mailReplyTo: settingOf('RELANCE_MAIL_REPLY_TO'),
      mailReturnPath: settingOf('RELANCE_MAIL_RETURN_PATH'),
      inbound: { host: '127.0.0.1', port: 0 },
    },
  });
  await server.client.recipients.bulk([
    { id: 'ana', name: 'Ana', email: 'ana@example.com' },
    { id: 'cleo', name: 'Cleo', email: 'cleo@example.com' },
  ]);
  await server.client.groups.put('clerks', { members: ['cleo'] });
  await server.client.policies.put(
    'invoice',
    `policy: invoice
open: { on: invoice.issued }
key: event.data.id
subject: { title: "'Invoice ' + event.data.id" }
assignee: "'ana'"
team: clerks
stages:
  - { id: notice, at: opened, notify: { via: [email] } }
  - { id: reminder, at: opened + 3 days, notify: { via: [email] } }
`,
  );
});
afterAll(async () => {
  await server.end();
  await mail.stop();
});

const asked = (one: Asked, reply = '') => askAs(server, one, { $RELANCE_API_KEY: API_KEY, [SHOWN]: reply });
const to = (address: string) =>
  mail.caught.filter((one) => one.to.includes(address)).map(({ raw }) => simpleParser(raw));

/** Answers a mail as a mail program does. */
async function replyTo(raw: Awaited<ReturnType<typeof simpleParser>>, text: string): Promise<string> {
  const transport = createTransport({ host: '127.0.0.1', port: server.relance.inboundPort ?? 0, secure: false });
  const address = raw.replyTo?.value[0]?.address ?? '';
  const sent = await transport.sendMail({
    from: 'Ana <ana@example.com>',
    to: address,
    subject: `Re: ${raw.subject}`,
    inReplyTo: raw.messageId,
    references: [raw.references ?? [], raw.messageId ?? []].flat(),
    text: `${text}\n\nOn Thursday Acme wrote:\n> ${(raw.text ?? '').replaceAll('\n', '\n> ')}`,
  });
  transport.close();
  return sent.response;
}

it('a question is listed as it is shown, the team is told, and both requests do what they say', async () => {
  const event = { specversion: '1.0' as const, id: 'e1', source: '/tests', type: 'invoice.issued', data: { id: '42' } };
  const { followUps } = await server.client.events.send(event);
  await server.advance('1 minute');
  const [notice] = await Promise.all(to('ana@example.com'));
  if (notice === undefined) throw new Error('no mail left');
  expect(notice.replyTo?.text).toMatch(/^reply\+[a-z2-7]{42}@in\.example\.com$/);
  expect(await replyTo(notice, TEXT)).toMatch(/^250/);
  const found = (await asked(list)).body as { items: { id: string; subject: string }[] };
  const { subject, ...shown } = listShown.items[0];
  expect(unlike({ ...found, items: found.items.map(({ subject: _, ...one }) => one) })).toEqual(
    unlike({ ...listShown, items: [shown] }),
  );
  expect(found.items[0]?.subject).toContain('42');
  expect(subject).toContain('42');
  await server.advance('1 minute');
  const [told] = await Promise.all(to('cleo@example.com'));
  expect(told?.text).toContain(TEXT);

  const reply = found.items[0]?.id ?? '';
  const answered = await asked(answer, reply);
  expect(answered).toMatchObject({
    status: 200,
    body: { status: 'answered', answers: [{ by: 'cleo', text: 'To the one on page 2. Thank you!' }] },
  });
  await server.advance('1 minute');
  const mails = await Promise.all(to('ana@example.com'));
  const back = mails.at(-1);
  expect(back).toMatchObject({ subject: expect.stringMatching(/^Re: /), text: expect.stringContaining('page 2') });
  expect(back?.references).toEqual(notice.references);
  const { items } = await server.client.followUps.timeline(followUps[0]?.id ?? '');
  expect(items.map(({ kind }) => kind)).toEqual(expect.arrayContaining(['replied', 'reply_answered']));

  // What she replies to the answer is about the same follow-up.
  if (back !== undefined) expect(await replyTo(back, 'Done, thank you')).toMatch(/^250/);
  expect(await server.client.followUps.get(followUps[0]?.id ?? '')).toMatchObject({ status: 'resolved' });
  expect((await asked(close, reply)).body).toMatchObject({ status: 'closed', closedBy: 'cleo' });
  expect((await asked(list)).body).toMatchObject({ items: [] });
  const all = await server.client.replies.list({ followUp: followUps[0]?.id ?? '' });
  expect(all.items).toMatchObject([
    { became: 'command', command: 'resolve', status: 'closed' },
    { became: 'conversation', status: 'closed' },
  ]);
});

it('nothing is sent to a stranger of another mailbox, and the listener relays nothing', async () => {
  const transport = createTransport({ host: '127.0.0.1', port: server.relance.inboundPort ?? 0, secure: false });
  for (const address of ['somebody@elsewhere.example', 'reply+aaaa@in.example.com'])
    await expect(transport.sendMail({ from: 'eve@elsewhere.example', to: address, text: 'Done' })).rejects.toThrow(
      '550',
    );
  transport.close();
});
