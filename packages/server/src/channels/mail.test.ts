// What arrives at a server that somebody else wrote: nothing a tenant, a recipient or an event says adds a header, a recipient or a
// command, and every word comes out as it went in. Read with mailparser.
import { type ParsedMail, simpleParser } from 'mailparser';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { headerLines, headerNames, type MailServer, startMailServer } from '../../../../test/doubles/mail-server.ts';
import type { Connection, Envelope } from './channel.ts';
import { messageOf } from './mail-address.ts';
import { smtpConnection } from './providers/smtp.ts';
import { sampleEnvelope } from './sample-envelope.ts';

const KEY = Buffer.alloc(32, 7);
const UNSUBSCRIBE = 'https://relance.example.test/u/abcdefghijklmnopqrstuv';
let server: MailServer;
let connection: Connection;
beforeAll(async () => {
  server = await startMailServer();
  connection = smtpConnection({
    url: `smtp://127.0.0.1:${server.port}`,
    from: 'Acme <acme@example.test>',
    returnPath: 'bounces@mail.example.test',
    replyTo: 'reply@mail.example.test',
    addressKey: KEY,
  });
});
afterAll(async () => {
  await connection.close();
  await server.stop();
});
beforeEach(() => {
  server.caught.length = 0;
});

const alive = () => AbortSignal.timeout(10_000);
/** Sends one, and reads the one that arrived. */
async function arrives(
  more: Partial<Envelope> = {},
): Promise<{ raw: Buffer; to: readonly string[]; mail: ParsedMail }> {
  expect(await connection.send(sampleEnvelope(more), alive())).toMatchObject({ kind: 'accepted' });
  expect(server.caught).toHaveLength(1);
  const { raw, to } = server.caught[0] as { raw: Buffer; to: readonly string[] };
  return { raw, to, mail: await simpleParser(raw) };
}
const content = (more: Partial<Envelope['content']>) => ({ ...sampleEnvelope().content, ...more });

/** Every header there is, in the order it stands; a header more or less is a change to look at. */
const HEADERS = [
  'auto-submitted',
  'x-relance-follow-up',
  'from',
  'to',
  'reply-to',
  'in-reply-to',
  'references',
  'subject',
  'message-id',
  'list-id',
  'date',
  'mime-version',
  'content-type',
];

describe('a mail of ours', () => {
  it('says what it is, and belongs to its follow-up', async () => {
    const { raw, mail } = await arrives({ unsubscribeUrl: UNSUBSCRIBE });
    const { id, followUp } = sampleEnvelope();
    expect(headerNames(raw).toSorted()).toEqual([...HEADERS, 'list-unsubscribe', 'list-unsubscribe-post'].toSorted());
    expect(headerLines(raw)).toEqual(
      expect.arrayContaining([
        'Auto-Submitted: auto-generated',
        'List-ID: "Task" <task.example.test>',
        `List-Unsubscribe: <${UNSUBSCRIBE}>`,
        'List-Unsubscribe-Post: List-Unsubscribe=One-Click',
        `X-Relance-Follow-Up: ${followUp}`,
      ]),
    );
    expect(mail.messageId).toBe(`<${id}@example.test>`);
    expect(mail.inReplyTo).toBe(`<follow-up.${followUp}@example.test>`);
    expect(mail.references).toEqual(mail.inReplyTo);
  });
  it('names no list to leave where there is none, and no one click without https', async () => {
    expect(headerNames((await arrives()).raw).toSorted()).toEqual(HEADERS.toSorted());
    server.caught.length = 0;
    const { raw } = await arrives({ unsubscribeUrl: 'http://127.0.0.1/u/a' });
    expect(headerNames(raw)).toContain('list-unsubscribe');
    expect(headerNames(raw)).not.toContain('list-unsubscribe-post');
  });
  it('has addresses of its own for bounces and replies', async () => {
    const { mail } = await arrives();
    const from = server.caught[0]?.from ?? '';
    const replyTo = mail.replyTo?.value[0]?.address ?? '';
    expect(messageOf(from, 'bounces@mail.example.test', 'bounce', [KEY])).toBe(sampleEnvelope().id);
    expect(messageOf(replyTo, 'reply@mail.example.test', 'reply', [KEY])).toBe(sampleEnvelope().id);
    expect(messageOf(replyTo.replace('reply+', 'bounces+'), 'bounces@mail.example.test', 'bounce', [KEY])).toBe(null);
  });
  it('gives copies the same mail; nobody sees the blind ones', async () => {
    const copies = [
      { address: 'assistant@example.test', as: 'cc' },
      { address: 'archive@example.test', as: 'bcc' },
      { address: 'bad\r\nRCPT TO:<victim@example.test>', as: 'bcc' },
    ] as const;
    expect(await connection.send(sampleEnvelope({ copies }), alive())).toMatchObject({ kind: 'accepted' });
    expect(server.caught.map(({ to }) => to)).toEqual([
      ['ana@example.test'],
      ['assistant@example.test', 'archive@example.test'],
    ]);
    for (const { raw } of server.caught) {
      expect(headerLines(raw)).toContain('Cc: assistant@example.test');
      expect(raw.toString()).not.toContain('archive@');
      expect(headerNames(raw)).not.toContain('bcc');
    }
  });
});

const BREAKS = [
  '\r\nBcc: <victim@example.test>\r\n',
  '\nX-Evil: 1',
  '\rX-Evil: 1',
  '\0',
  '\u2028X-Evil: 1',
  '\u0085X-Evil: 1',
];
const ENCODED = [
  '=?utf-8?Q?=0D=0ABcc:_victim@example.test?=',
  '=?UTF-8?B?DQpCY2M6IHZpY3RpbUBleGFtcGxlLnRlc3Q=?=',
  '=?utf-8?Q?a?= =?utf-8?Q?b?=',
];
const PLACES: Readonly<Record<string, (words: string) => Partial<Envelope>>> = {
  subject: (words) => ({ content: content({ subject: `Hello ${words}` }) }),
  name: (words) => ({ recipient: { ...sampleEnvelope().recipient, name: `Ana ${words}` } }),
  'policy title': (words) => ({ policyTitle: `Task ${words}` }),
  policy: (words) => ({ policy: `task${words}` }),
  'unsubscribe link': (words) => ({ unsubscribeUrl: `${UNSUBSCRIBE}?q=${words}` }),
  text: (words) => ({ content: content({ text: `A text ${words}` }) }),
};

describe('nothing breaks out', () => {
  it.each(Object.keys(PLACES).flatMap((place) => [...BREAKS, ...ENCODED].map((words) => [place, words] as const)))(
    'of the %s with %j',
    async (place, words) => {
      const { raw, to, mail } = await arrives(PLACES[place]?.(words));
      expect(to).toEqual(['ana@example.test']);
      const extra = place === 'unsubscribe link' ? ['list-unsubscribe', 'list-unsubscribe-post'] : [];
      expect(headerNames(raw).toSorted()).toEqual([...HEADERS, ...extra].toSorted());
      expect([mail.to].flat().flatMap((list) => list?.value.map(({ address }) => address))).toEqual([
        'ana@example.test',
      ]);
      expect(mail.bcc).toBeUndefined();
      expect(mail.headers.get('x-evil')).toBeUndefined();
    },
  );
  it.each(ENCODED)('what looks encoded is shown as it is: %j', async (words) => {
    const { mail } = await arrives({
      ...PLACES.subject?.(words),
      ...PLACES.name?.(words),
      ...PLACES['policy title']?.(words),
    });
    expect(mail.subject).toBe(`Hello ${words}`);
    expect([mail.to].flat()[0]?.value[0]?.name).toBe(`Ana ${words}`);
    expect(mail.headers.get('list')).toMatchObject({ id: { name: `Task ${words.replaceAll('=?', '= ?')}` } });
  });
  it.each([
    'ana@example.test\r\nRCPT TO:<victim@example.test>',
    'ana@example.test>\r\nRCPT TO:<victim@example.test',
    'ana@example.test,victim@example.test',
    'ana@example.test> SIZE=1',
    'Ana <ana@example.test>',
    '"ana victim"@example.test',
    'ana\0@example.test',
    'ana\u2028@example.test',
    'ana@exam\ud800ple.test',
    '@example.test',
    'ana',
    '',
  ])('an address that is none is refused: %j', async (address) => {
    expect(await connection.send(sampleEnvelope({ address }), alive())).toMatchObject({ kind: 'rejected' });
    expect(server.caught).toEqual([]);
  });
});

const LINES = [
  '.',
  '..',
  '.a dot first',
  'x'.repeat(5_000),
  'é'.repeat(2_000),
  '完成'.repeat(1_500),
  'trailing space ',
  'trailing tab\t',
  'a=3D=',
  'From here',
  '🎉',
  '',
  '.',
];

describe('every word comes out as it went in', () => {
  it('of a text, whatever its lines are', async () => {
    const { raw, mail } = await arrives({ content: content({ text: LINES.join('\n') }) });
    expect(mail.text?.replace(/\n$/, '')).toBe(LINES.join('\n'));
    expect(
      Math.max(
        ...raw
          .toString('latin1')
          .split('\r\n')
          .map((line) => line.length),
      ),
    ).toBeLessThanOrEqual(998);
    expect(raw.toString('latin1')).toMatch(/^[\t\r\n -~]*$/);
  });
  it('of HTML', async () => {
    const html = `<p>${LINES.join('</p>\n<p>')}</p>`;
    const { mail } = await arrives({ content: content({ html }) });
    expect(String(mail.html).replace(/\n$/, '')).toBe(html);
  });
  it.each([
    'Réunion à 15 h — 完成 🎉',
    'é'.repeat(400),
    'a'.repeat(500),
    'word '.repeat(99).trim(),
    '  inner   spaces  ',
  ])('of a subject and a name: %s', async (words) => {
    const { raw, mail } = await arrives({
      content: content({ subject: words }),
      recipient: { ...sampleEnvelope().recipient, name: words.slice(0, 100) },
    });
    expect(mail.subject).toBe(words.trim());
    expect([mail.to].flat()[0]?.value[0]?.name).toBe(words.slice(0, 100).trim());
    expect(
      Math.max(
        ...raw
          .toString('latin1')
          .split('\r\n')
          .map((line) => line.length),
      ),
    ).toBeLessThanOrEqual(998);
  });
  it('of a subject only so much, cut between characters', async () => {
    const { mail } = await arrives({ content: content({ subject: '🎉'.repeat(400) }) });
    expect(mail.subject).toBe(`${'🎉'.repeat(249)}…`);
  });
  it('and so does an address that is not ASCII', async () => {
    const { to } = await arrives({ address: 'josé@münchen.example' });
    expect(to).toEqual(['josé@münchen.example']);
    expect(server.caught[0]?.args).toMatchObject({ SMTPUTF8: true });
  });
});
