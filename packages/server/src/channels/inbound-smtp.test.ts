// The listener for what comes back: to whom it listens, when it says that it has taken something, and what it never does. Spoken to
// line by line, as a server or a villain would.
import { connect, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { LOCALHOST_CERTIFICATE, LOCALHOST_KEY } from '../../../../test/doubles/certificate.ts';
import { type Inbound, type InboundOptions, startInbound } from './inbound-smtp.ts';
import { addressFor } from './mail-address.ts';
import type { ReceiptNews } from './provider.ts';

const KEY = Buffer.alloc(32, 7);
const OLD = Buffer.alloc(32, 6);
const ID = '0193a1b2-c3d4-8000-8000-000000000001';
const BOUNCES = 'bounces@mail.example.test';
const REPLIES = 'reply@mail.example.test';
const bounce = addressFor(BOUNCES, 'bounce', ID, KEY);
const reply = addressFor(REPLIES, 'reply', ID, KEY);
const BOUNCED = [
  'From: MAILER-DAEMON@mx.example.net',
  'Subject: Undelivered Mail Returned to Sender',
  '',
  '<ana@example.test>: 550 5.1.1 User unknown',
  '..leading dot',
  '.',
].join('\r\n');

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).toReversed()) await end();
});

interface Running {
  readonly inbound: Inbound;
  readonly news: ReceiptNews[];
  readonly words: string[];
}
async function started(more: Partial<InboundOptions> = {}): Promise<Running> {
  const news: ReceiptNews[] = [];
  const words: string[] = [];
  const inbound = await startInbound({
    host: '127.0.0.1',
    port: 0,
    returnPath: BOUNCES,
    replyTo: REPLIES,
    addressKeys: [KEY, OLD],
    onNews: async (items) => {
      news.push(...items);
    },
    log: (line) => words.push(line),
    ...more,
  });
  ends.push(() => inbound.close());
  return { inbound, news, words };
}

/** Says the lines one by one, each after the answer to the one before; gives the codes that were answered. */
async function talk(port: number, lines: readonly string[]): Promise<readonly string[]> {
  const socket: Socket = connect(port, '127.0.0.1');
  ends.push(() => socket.destroy());
  const answers: string[] = [];
  let text = '';
  const next = (): Promise<string> =>
    new Promise((resolve) => {
      const look = (): void => {
        const found = /^(?:\d{3}-.*\r\n)*\d{3}(?: .*)?\r\n/.exec(text);
        if (found === null && !socket.destroyed) return;
        socket.off('data', hear).off('close', look);
        text = text.slice(found?.[0].length ?? 0);
        resolve(found?.[0] ?? 'closed');
      };
      const hear = (chunk: Buffer): void => {
        text += chunk.toString();
        look();
      };
      socket.on('data', hear).on('close', look);
      look();
    });
  answers.push(await next());
  for (const line of lines) {
    socket.write(`${line}\r\n`);
    answers.push(await next());
  }
  return answers.map((answer) => answer.slice(0, 3));
}
const to = (...addresses: string[]) => [
  'EHLO mx',
  'MAIL FROM:<>',
  ...addresses.map((address) => `RCPT TO:<${address}>`),
];

describe('to its own addresses', () => {
  it('a bounce is taken, and is news', async () => {
    const { inbound, news } = await started();
    expect(await talk(inbound.port, [...to(bounce), 'DATA', BOUNCED])).toEqual([
      '220',
      '250',
      '250',
      '250',
      '354',
      '250',
    ]);
    expect(news).toMatchObject([
      { message: { id: ID }, kind: 'bounced', permanent: true, address: 'ana@example.test' },
    ]);
  });
  it('in capitals and by an older key as well', async () => {
    const { inbound, news } = await started();
    const older = addressFor(BOUNCES, 'bounce', ID, OLD);
    await talk(inbound.port, [...to(bounce.toUpperCase(), older), 'DATA', BOUNCED]);
    expect(news).toHaveLength(2);
  });
  it('an automatic reply is taken, and is none', async () => {
    const { inbound, news } = await started();
    const away = 'From: ana@example.test\r\nSubject: away\r\nAuto-Submitted: auto-replied\r\n\r\nAway.\r\n.';
    expect((await talk(inbound.port, [...to(bounce), 'DATA', away])).at(-1)).toBe('250');
    expect(news).toEqual([]);
  });
  it('a reply is taken where somebody reads it, and refused where nobody does', async () => {
    const replies: object[] = [];
    const { inbound, news } = await started({
      onReply: async ({ messageId, raw }) => {
        replies.push({ messageId, text: raw.toString() });
        return 'taken';
      },
    });
    await talk(inbound.port, [...to(reply), 'DATA', 'Subject: Re: Hello\r\n\r\n..done\r\n.']);
    expect(replies).toEqual([{ messageId: ID, text: 'Subject: Re: Hello\r\n\r\n.done\r\n' }]);
    expect(news).toEqual([]);
    const nobody = await started();
    expect((await talk(nobody.inbound.port, to(reply))).at(-1)).toBe('550');
  });
});

describe('a reply', () => {
  const REPLY = 'From: ana@example.test\r\nSubject: Re: Hello\r\n\r\nDone.\r\n.';
  it('to the mailbox alone is taken where somebody knows what it answers, and is refused where nobody does', async () => {
    const heard: unknown[] = [];
    const { inbound } = await started({
      onReply: async ({ messageId, raw }) => {
        heard.push(messageId);
        return raw.includes('known') ? 'taken' : 'refused';
      },
    });
    const known = REPLY.replace('Hello', 'known');
    expect((await talk(inbound.port, [...to(REPLIES.toUpperCase()), 'DATA', known])).at(-1)).toBe('250');
    expect((await talk(inbound.port, [...to(REPLIES), 'DATA', REPLY])).at(-1)).toBe('550');
    expect(heard).toEqual([null, null]);
    const nobody = await started();
    expect((await talk(nobody.inbound.port, to(REPLIES))).at(-1)).toBe('550');
  });
  it('that is a report after all is news, and what comes to where bounces come back and is none is a reply', async () => {
    const heard: unknown[] = [];
    const { inbound, news } = await started({
      onReply: async ({ messageId, returned, nullSender }) => {
        heard.push({ messageId, returned, nullSender });
        return returned ? 'refused' : 'report';
      },
    });
    await talk(inbound.port, [...to(reply), 'DATA', BOUNCED]);
    expect(news).toMatchObject([{ message: { id: ID }, kind: 'bounced' }]);
    const away = 'From: ana@example.test\r\nSubject: away\r\nAuto-Submitted: auto-replied\r\n\r\nAway.\r\n.';
    expect((await talk(inbound.port, [...to(bounce), 'DATA', away])).at(-1)).toBe('250');
    await talk(inbound.port, [...to(bounce), 'DATA', BOUNCED]);
    expect(heard).toEqual([
      { messageId: ID, returned: false, nullSender: expect.any(Boolean) },
      { messageId: ID, returned: true, nullSender: expect.any(Boolean) },
    ]);
    expect(news).toHaveLength(2);
  });
  it('that cannot be committed is tried again by its sender', async () => {
    const { inbound } = await started({
      onReply: async () => {
        throw new Error('the database is away');
      },
    });
    expect((await talk(inbound.port, [...to(reply), 'DATA', REPLY])).at(-1)).toBe('451');
  });
});

describe('nothing else', () => {
  it.each([
    'victim@elsewhere.example',
    BOUNCES,
    bounce.replace(/\+./, '+7'),
    bounce.replace('mail.', 'evil.'),
    addressFor(BOUNCES, 'bounce', ID, Buffer.alloc(32, 1)),
    addressFor(BOUNCES, 'reply', ID, KEY),
    'postmaster',
    `${bounce}%elsewhere.example`,
    `@elsewhere.example:${BOUNCES}`,
  ])('is let in, before any of it is sent: %s', async (address) => {
    const { inbound, news } = await started();
    const [, , , answer, data] = await talk(inbound.port, [...to(address), 'DATA']);
    expect(answer).toMatch(/^5/);
    expect(data).toMatch(/^5/);
    expect(news).toEqual([]);
  });
  it('logs in, or is told which addresses there are', async () => {
    const { inbound } = await started();
    const asked = ['EHLO mx', 'AUTH PLAIN AGEAYg==', 'VRFY bounces', 'EXPN bounces'];
    const [, , auth, vrfy, expn] = await talk(inbound.port, asked);
    expect([auth, expn].every((code) => code?.startsWith('5'))).toBe(true);
    expect(vrfy).toMatch(/^(252|5\d\d)$/);
  });
  it('is too large', async () => {
    const { inbound, news } = await started();
    const declared = await talk(inbound.port, ['EHLO mx', 'MAIL FROM:<> SIZE=20000000']);
    expect(declared.at(-1)).toBe('552');
    const large = `Subject: x\r\n\r\n${`${'x'.repeat(1_000)}\r\n`.repeat(10_600)}.`;
    expect((await talk(inbound.port, [...to(bounce), 'DATA', large])).at(-1)).toBe('552');
    expect(news).toEqual([]);
  });
  it('smuggles a second mail within the first', async () => {
    const { inbound, news } = await started();
    const smuggled = `Subject: x\r\n\r\n\n.\nMAIL FROM:<>\r\nRCPT TO:<${bounce}>\r\nDATA\r\n${BOUNCED}`;
    expect((await talk(inbound.port, [...to(bounce), 'DATA', smuggled])).filter((code) => code === '250')).toHaveLength(
      4,
    );
    expect(news.length).toBeLessThanOrEqual(1);
  });
});

describe('what is not committed is not taken', () => {
  it('and comes again', async () => {
    let broken = true;
    const taken: ReceiptNews[] = [];
    const { inbound, words } = await started({
      onNews: async (items) => {
        if (broken) throw new Error('the database is away');
        taken.push(...items);
      },
    });
    expect((await talk(inbound.port, [...to(bounce), 'DATA', BOUNCED])).at(-1)).toBe('451');
    expect(words).toEqual([expect.stringContaining('will be tried again')]);
    broken = false;
    expect((await talk(inbound.port, [...to(bounce), 'DATA', BOUNCED])).at(-1)).toBe('250');
    expect(taken).toHaveLength(1);
  });
  it('nor answered before', async () => {
    const order: string[] = [];
    const reached = Promise.withResolvers<void>();
    const committed = Promise.withResolvers<void>();
    const { inbound } = await started({
      onNews: async () => {
        reached.resolve();
        await committed.promise;
      },
    });
    const talking = talk(inbound.port, [...to(bounce), 'DATA', BOUNCED]).then((answers) => {
      order.push(`answered ${answers.at(-1)}`);
    });
    await reached.promise;
    await new Promise((resolve) => setTimeout(resolve, 50)); // time enough for an answer that must not come
    order.push('committed');
    committed.resolve();
    await talking;
    expect(order).toEqual(['committed', 'answered 250']);
  });
});

it('speaks TLS where it has a certificate', async () => {
  const { inbound } = await started({ tls: { key: LOCALHOST_KEY, cert: LOCALHOST_CERTIFICATE } });
  expect((await talk(inbound.port, ['EHLO mx', 'STARTTLS'])).at(-1)).toBe('220');
  const plain = await started();
  expect((await talk(plain.inbound.port, ['EHLO mx', 'STARTTLS'])).at(-1)).toMatch(/^5/);
});

it('says so when its port is taken', async () => {
  const { inbound } = await started();
  await expect(started({ port: inbound.port })).rejects.toThrow('EADDRINUSE');
});
