// Replies through programs nobody here wrote: Postfix carries them, and Dovecot's vacation responder answers our mails. And two Relances
// that mail each other. Left out where the programs are not installed, or where the tests do not run as root, which they need; the
// same is told with recorded mails in packages/server/src/app/mail-back.db.test.ts.
import { createTransport } from 'nodemailer';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addressKeys } from '../../packages/server/src/app/open-channels.ts';
import { addressFor } from '../../packages/server/src/channels/mail-address.ts';
import { dovecotInstalled, type Responder, startResponder } from '../doubles/dovecot.ts';
import { type MailServer, startMailServer } from '../doubles/mail-server.ts';
import { type Postfix, postfixInstalled, startPostfix } from '../doubles/postfix.ts';
import { freePort } from '../free-port.ts';
import { startTestServer, type TestServer } from '../server.ts';
import { until } from '../until.ts';
import { SECRET } from '../world.ts';

const installed = postfixInstalled && dovecotInstalled;
if (!installed && process.env.CI === 'true' && process.getuid?.() === 0)
  throw new Error(
    'postfix, dovecot-core or dovecot-sieve is not installed; .ci/run installs them so that nothing is left out.',
  );
if (!installed)
  process.stderr.write(
    'LEFT OUT: a real responder (apt-get install postfix dovecot-core dovecot-sieve, and run as root).\n',
  );

const POLICY = `policy: invoice
open: { on: invoice.issued }
key: event.data.id
assignee: event.data.who
team: clerks
stages:
  - { id: notice, at: opened, notify: { via: [email] } }
  - { id: reminder, at: opened + 2 days, notify: { via: [email] } }
  - { id: last, at: opened + 4 days, notify: { via: [email] } }
`;
let number = 0;
async function open(server: TestServer, who: string): Promise<string> {
  const id = `k${++number}`;
  const event = { specversion: '1.0' as const, id, source: '/tests', type: 'invoice.issued', data: { id, who } };
  const { followUps } = await server.client.events.send(event);
  await server.advance('1 second');
  return followUps[0]?.id ?? '';
}
const sentOf = async (server: TestServer, followUp: string): Promise<string[]> =>
  (await server.client.followUps.messages(followUp)).items
    .map(({ stage, recipient }) => `${stage} ${recipient}`)
    .sort();
const repliesOf = async (server: TestServer, followUp: string) =>
  (await server.client.replies.list({ followUp })).items;
const replyAddress = (mailbox: string, message: string): string =>
  addressFor(mailbox, 'reply', message, addressKeys({ secretKey: SECRET })[0] ?? Buffer.alloc(32));

describe.runIf(installed)('through Postfix', { timeout: 120_000 }, () => {
  let server: TestServer;
  let postfix: Postfix;
  let responder: Responder;
  let people: MailServer;
  const port = { inbound: 0, postfix: 0 };
  const until13 = new Date(Date.now() + 12 * 86_400_000);
  const day = until13.toLocaleDateString('en-GB', { day: 'numeric', month: 'long', year: 'numeric', timeZone: 'UTC' });
  beforeAll(async () => {
    port.inbound = await freePort();
    port.postfix = await freePort();
    people = await startMailServer();
    responder = startResponder({
      addresses: ['ana@away.test', 'bo@stripped.test'],
      words: `I am out of the office until ${day}.`,
      submission: port.postfix,
    });
    postfix = await startPostfix({
      port: port.postfix,
      routes: { 'in.test': port.inbound, 'people.test': people.port },
      programs: { 'away.test': responder.program, 'stripped.test': responder.stripping },
    });
    server = await startTestServer({
      channels: {
        smtpUrl: `smtp://127.0.0.1:${postfix.port}`,
        mailFrom: 'Acme <acme@example.test>',
        mailReplyTo: 'reply@in.test',
        mailReturnPath: 'bounces@in.test',
        inbound: { host: '127.0.0.1', port: port.inbound },
      },
    });
    await server.client.recipients.bulk([
      { id: 'ana', email: 'ana@away.test' },
      { id: 'bo', email: 'bo@stripped.test' },
      { id: 'cleo', email: 'cleo@people.test' },
      { id: 'dan', email: 'dan@people.test' },
    ]);
    await server.client.groups.put('clerks', { members: ['cleo'] });
    await server.client.policies.put('invoice', POLICY);
  }, 120_000);
  afterAll(async () => {
    await server?.end();
    await postfix?.stop();
    responder?.stop();
    await people?.stop();
  }, 60_000);

  it('a vacation responder does not answer our mails, and one behind a gateway that strips them counts as no answer', async () => {
    const quiet = await open(server, 'ana');
    await until('the responder', () => responder.log().includes('discarding vacation response'));
    const answered = await open(server, 'bo');
    await until('its answer', async () => (await repliesOf(server, answered)).length > 0);
    const [reply] = await repliesOf(server, answered);
    expect(reply).toMatchObject({
      kind: 'automatic',
      became: 'nothing',
      why: 'away',
      from: 'bo@stripped.test',
      recipient: 'bo',
      status: 'closed',
      text: expect.stringContaining('out of the office'),
    });
    expect(await repliesOf(server, quiet)).toEqual([]);
    // Nothing stops, nobody is bothered.
    await server.advance('2 days');
    for (const [followUp, who] of [
      [quiet, 'ana'],
      [answered, 'bo'],
    ] as const) {
      expect(await server.client.followUps.get(followUp)).toMatchObject({ status: 'open', acknowledgedAt: null });
      expect(await sentOf(server, followUp)).toEqual([`notice ${who}`, `reminder ${who}`]);
    }
    const last = until13.toISOString().slice(0, 10);
    expect(await server.client.recipients.get('bo')).toMatchObject({ away: [{ to: last, delegate: null }] });
    expect(await server.client.recipients.get('ana')).toMatchObject({ away: [] });
    const { items } = await server.client.followUps.timeline(answered);
    expect(items.filter(({ kind }) => kind === 'replied').map(({ text }) => text)[0]).toContain('which is no answer');
    expect(people.caught).toEqual([]);
  });

  it('what a person answers resolves it', async () => {
    const followUp = await open(server, 'dan');
    await until('the mail', () => people.caught.length > 0);
    const raw = people.caught[0]?.raw.toString() ?? '';
    const to = /^Reply-To: (\S+)/im.exec(raw)?.[1] ?? '';
    const transport = createTransport({ host: '127.0.0.1', port: postfix.port, secure: false, ignoreTLS: true });
    const words = 'Done!\n\n-- \nDan\n\nOn Thursday Acme wrote:\n> Not done?\n';
    await transport.sendMail({ from: 'Dan <dan@people.test>', to, subject: 'Re: it', text: words });
    transport.close();
    await until('it is resolved', async () => (await server.client.followUps.get(followUp)).status === 'resolved');
    expect(await server.client.followUps.get(followUp)).toMatchObject({ resolvedBy: 'dan' });
    expect(await repliesOf(server, followUp)).toMatchObject([
      { command: 'resolve', evidence: 'proven', text: 'Done!' },
    ]);
    await server.advance('5 days');
    expect((await sentOf(server, followUp)).filter((one) => one.startsWith('reminder'))).toEqual([]);
  });
});

describe('two Relances whose mails go to each other', { timeout: 60_000 }, () => {
  const boxes = ['reply@a.test', 'reply@b.test'] as const;
  let both: readonly [TestServer, TestServer];
  beforeAll(async () => {
    const ports = [await freePort(), await freePort()] as const;
    const start = (own: 0 | 1) =>
      startTestServer({
        channels: {
          smtpUrl: `smtp://127.0.0.1:${ports[own === 0 ? 1 : 0]}`,
          mailFrom: `acme@${own === 0 ? 'a' : 'b'}.test`,
          mailReplyTo: boxes[own],
          inbound: { host: '127.0.0.1', port: ports[own] },
        },
      });
    both = [await start(0), await start(1)];
    for (const { client } of both) {
      await client.recipients.put('peer', { email: 'nobody@yet.test' });
      await client.recipients.put('cleo', { email: 'cleo@people.test' });
      await client.groups.put('clerks', { members: ['cleo'] });
      await client.policies.put('invoice', POLICY);
    }
  }, 60_000);
  afterAll(async () => {
    for (const one of both ?? []) await one.end();
  });

  it('say nothing to what the other says, whatever it is', async () => {
    const followUps = [await open(both[0], 'peer'), await open(both[1], 'peer')] as const;
    // Each writes, from now on, to where the other's first mail is answered.
    for (const own of [0, 1] as const) {
      const other = own === 0 ? 1 : 0;
      const [message] = (await both[other].client.followUps.messages(followUps[other])).items;
      await both[own].client.recipients.put('peer', { email: replyAddress(boxes[other], message?.id ?? '') });
    }
    for (const server of both) await server.advance('2 days');
    for (const [index, server] of both.entries()) {
      const followUp = followUps[index] ?? '';
      expect(await server.client.followUps.get(followUp)).toMatchObject({ status: 'open' });
      expect(await sentOf(server, followUp)).toEqual(['notice peer', 'reminder peer']);
    }
    for (const server of both) await server.advance('30 days');
    for (const [index, server] of both.entries()) {
      const followUp = followUps[index] ?? '';
      expect(await sentOf(server, followUp)).toEqual(['last peer', 'notice peer', 'reminder peer']);
      const replies = await repliesOf(server, followUp);
      expect(replies.map(({ kind, became }) => `${kind} ${became}`)).toEqual([
        'automatic nothing',
        'automatic nothing',
      ]);
      const { items } = await server.client.replies.list({ status: 'open' });
      expect(items).toEqual([]);
    }
  });
});
