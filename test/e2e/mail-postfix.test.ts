// Mail through programs nobody here wrote: Postfix accepts, defers and refuses; what it could not deliver it sends back to the address of
// that very message; its test server hangs up after the final dot, which nobody can judge. Left out where Postfix is not installed,
// or where the tests do not run as root, which it needs.
import { simpleParser } from 'mailparser';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Connection } from '../../packages/server/src/channels/channel.ts';
import { type Inbound, startInbound } from '../../packages/server/src/channels/inbound-smtp.ts';
import type { ReceiptNews } from '../../packages/server/src/channels/provider.ts';
import { smtpConnection } from '../../packages/server/src/channels/providers/smtp.ts';
import { sampleEnvelope } from '../../packages/server/src/channels/sample-envelope.ts';
import { type MailServer, startMailServer } from '../doubles/mail-server.ts';
import { type Postfix, postfixInstalled, sinkInstalled, startPostfix, startSink } from '../doubles/postfix.ts';
import { until } from '../until.ts';

if (!(postfixInstalled && sinkInstalled) && process.env.CI === 'true' && process.getuid?.() === 0)
  throw new Error('postfix is not installed; .ci/run installs it so that nothing is left out.');
if (!sinkInstalled) process.stderr.write("LEFT OUT: Postfix's smtp-sink (apt-get install postfix).\n");
if (!postfixInstalled) process.stderr.write('LEFT OUT: a real Postfix (apt-get install postfix, and run as root).\n');

const KEY = Buffer.alloc(32, 7);
const RETURN_PATH = 'bounces@bounces.test';
const alive = () => AbortSignal.timeout(15_000);
const open = (port: number): Connection =>
  smtpConnection({
    url: `smtp://127.0.0.1:${port}`,
    from: 'Acme <acme@example.test>',
    returnPath: RETURN_PATH,
    addressKey: KEY,
  });

describe.runIf(sinkInstalled)("Postfix's test server", { timeout: 60_000 }, () => {
  it.each([
    ['takes it', [], { kind: 'accepted' }],
    ['hangs up after the final dot: nobody knows', ['-q', '.'], { kind: 'uncertain' }],
    ['hangs up before the data: surely not', ['-q', 'DATA'], { kind: 'retry' }],
    ['defers the recipient', ['-r', 'RCPT'], { kind: 'retry', about: 'message' }],
    ['defers after the final dot', ['-r', '.'], { kind: 'retry', about: 'message' }],
    ['refuses the recipient', ['-f', 'RCPT'], { kind: 'rejected' }],
    ['refuses the sender', ['-f', 'MAIL'], { kind: 'rejected' }],
    ['refuses us', ['-f', 'EHLO,HELO'], { kind: 'retry' }],
    ['takes it without EHLO', ['-e'], { kind: 'accepted' }],
  ] as const)('%s', async (_what, how, outcome) => {
    const sink = await startSink(...how);
    const connection = open(sink.port);
    try {
      expect(await connection.send(sampleEnvelope(), alive())).toMatchObject(outcome);
    } finally {
      await connection.close();
      await sink.stop();
    }
  });
});

describe.runIf(postfixInstalled)('Postfix', { timeout: 90_000 }, () => {
  let refusing: MailServer;
  let beyond: MailServer;
  let inbound: Inbound;
  let postfix: Postfix;
  let connection: Connection;
  const news: ReceiptNews[] = [];
  beforeAll(async () => {
    refusing = await startMailServer({ refuses: () => '550 5.1.1 no such user here' });
    beyond = await startMailServer();
    inbound = await startInbound({
      host: '127.0.0.1',
      port: 0,
      returnPath: RETURN_PATH,
      replyTo: null,
      addressKeys: [KEY],
      onNews: async (items) => {
        news.push(...items);
      },
    });
    postfix = await startPostfix({
      routes: { 'gone.test': refusing.port, 'through.test': beyond.port, 'bounces.test': inbound.port },
      settings: 'smtpd_recipient_restrictions = check_recipient_access inline:{ {slow@local.test = 450 4.2.0 later} }',
    });
    connection = open(postfix.port);
  }, 90_000);
  afterAll(async () => {
    await connection?.close();
    await postfix?.stop();
    await inbound?.close();
    await refusing?.stop();
    await beyond?.stop();
  }, 60_000);
  beforeEach(() => {
    news.length = 0;
    beyond.caught.length = 0;
  });

  it.each([
    ['ana@local.test', { kind: 'accepted' }],
    ['slow@local.test', { kind: 'retry', about: 'message' }],
    ['nobody@local.test', { kind: 'rejected', endpoint: 'gone' }],
  ])('says what becomes of %s', async (address, outcome) => {
    expect(await connection.send(sampleEnvelope({ address }), alive())).toMatchObject(outcome);
  });

  it('sends back what it could not deliver, and the very message is found', async () => {
    const ids = ['0193a1b2-c3d4-8000-8000-0000000000a1', '0193a1b2-c3d4-8000-8000-0000000000a2'];
    for (const id of ids)
      expect(await connection.send(sampleEnvelope({ id, address: `${id}@gone.test` }), alive())).toMatchObject({
        kind: 'accepted',
      });
    await until('both bounces', () => news.length >= 2);
    expect(news.toSorted((a, b) => (a.address ?? '').localeCompare(b.address ?? ''))).toMatchObject(
      ids.map((id) => ({
        message: { id },
        kind: 'bounced',
        permanent: true,
        address: `${id}@gone.test`,
        detail: expect.stringContaining('5.1.1'),
      })),
    );
    expect(refusing.caught).toEqual([]);
  });

  it('brings every word through as it was', async () => {
    const text = ['.', '..', 'x'.repeat(3_000), 'é'.repeat(1_000), 'trailing ', '完成 🎉', '', '.'].join('\n');
    const subject = 'Réunion — 完成';
    const content = { ...sampleEnvelope().content, subject, text };
    expect(await connection.send(sampleEnvelope({ address: 'ana@through.test', content }), alive())).toMatchObject({
      kind: 'accepted',
    });
    await until('the mail', () => beyond.caught.length > 0);
    const mail = await simpleParser(beyond.caught[0]?.raw ?? Buffer.alloc(0));
    expect(mail.subject).toBe(subject);
    expect(mail.text?.replace(/\n$/, '')).toBe(text);
    expect(beyond.caught[0]?.to).toEqual(['ana@through.test']);
    expect(news).toEqual([]);
  });
});
