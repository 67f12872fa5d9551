// What servers write when a mail comes back, each in its own way: read, told apart from complaints, delays and automatic replies, and
// the address given up only where it is said to be no more. The mails are made up after what these servers send.
import { describe, expect, it } from 'vitest';
import { newsOf, readReturned } from './bounce.ts';

const ID = '0193a1b2-c3d4-8000-8000-000000000001';
const crlf = (text: string): Buffer => Buffer.from(text.replace(/\n/g, '\r\n'));
const read = (text: string, nullSender = true) => readReturned(crlf(text), ID, nullSender);

const dsn = (
  fields: string,
  words = 'This is the mail system at host mx.example.net.',
  more = '',
) => `From: MAILER-DAEMON@mx.example.net (Mail Delivery System)
To: bounces+x@mail.example.com
Subject: Undelivered Mail Returned to Sender
Date: Mon, 2 Nov 2026 10:00:00 +0000
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain; charset=us-ascii

${words}

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.net
Arrival-Date: Mon, 2 Nov 2026 09:59:00 +0000

${fields}
--b
Content-Type: message/rfc822

From: acme@example.com
To: ana@example.test
Subject: out of office, 5.1.1 user unknown, spam
X-Failed-Recipients: victim@example.test

Hello
${more}
--b--
`;
const failed = (status: string, said: string, more = ''): string =>
  `Final-Recipient: rfc822; ana@example.test\nAction: failed\nStatus: ${status}\nDiagnostic-Code: smtp; ${said}\n${more}`;

describe('a delivery-status report', () => {
  it('says who, why and when', async () => {
    const returned = await read(
      dsn(failed('5.1.1', '550 5.1.1 <ana@example.test>: Recipient address rejected: User unknown')),
    );
    expect(returned).toEqual({
      kind: 'reports',
      reports: [
        {
          messageId: ID,
          kind: 'bounced',
          permanent: true,
          status: '5.1.1',
          diagnostic: '550 5.1.1 <address> Recipient address rejected: User unknown',
          address: 'ana@example.test',
          at: Date.parse('2026-11-02T10:00:00Z'),
        },
      ],
    });
    expect(newsOf(returned.kind === 'reports' ? returned.reports : [])).toEqual([
      {
        message: { id: ID },
        kind: 'bounced',
        at: Date.parse('2026-11-02T10:00:00Z'),
        detail: '5.1.1 550 5.1.1 <address> Recipient address rejected: User unknown',
        permanent: true,
        address: 'ana@example.test',
      },
    ]);
  });
  it.each([
    ['5.1.1', '550 5.1.1 no such user', true],
    ['5.1.10', '550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found', true],
    ['5.2.1', '550-5.2.1 The email account that you tried to reach is disabled', true],
    ['5.4.4', 'Host or domain name not found. Name service error for name=x.test type=A: Host not found', true],
    ['5.4.1', '550 5.4.1 Recipient address rejected: Access denied.', true],
    ['5.0.0', '550 Requested action not taken: mailbox unavailable', true],
    ['5.0.0', '550 5.1.1 User unknown', true],
    ['5.2.2', '552 5.2.2 mailbox full', false],
    ['5.1.1', '550 5.1.1 mailbox full: over quota', false],
    ['5.2.1', '550-5.2.1 The user is receiving mail at a rate that prevents additional messages', false],
    ['5.7.1', '550 5.7.1 blocked using a blacklist', false],
    ['5.7.26', '550-5.7.26 This mail is unauthenticated', false],
    ['5.3.4', '552 5.3.4 message too large', false],
    ['5.1.8', '550 5.1.8 Sender address rejected: Domain not found', false],
    ['4.4.7', 'delivery time expired', false],
    ['4.1.1', '450 4.1.1 User unknown', false],
    ['5.0.0', '550 no', false],
  ])('tells %s %s from what goes by: gone %s', async (status, said, permanent) => {
    expect(await read(dsn(failed(status, said)))).toMatchObject({ reports: [{ kind: 'bounced', permanent }] });
  });
  it('of several recipients tells each apart, by the address that we know', async () => {
    const fields = `${failed('5.1.1', '550 5.1.1 no')}Original-Recipient: rfc822;old@example.test

Final-Recipient: rfc822; bo@example.test
Action: delivered
Status: 2.0.0

Final-Recipient: rfc822; cleo@example.test
Action: relayed
Status: 2.0.0
`;
    expect(await read(dsn(fields))).toMatchObject({
      reports: [
        { kind: 'bounced', address: 'old@example.test' },
        { kind: 'delivered', permanent: false, address: 'bo@example.test' },
      ],
    });
  });
  it('of a delay is no news', async () => {
    const returned = await read(dsn('Final-Recipient: rfc822; ana@example.test\nAction: delayed\nStatus: 4.4.1\n'));
    expect(returned).toMatchObject({ reports: [{ kind: 'deferred' }] });
    expect(newsOf(returned.kind === 'reports' ? returned.reports : [])).toEqual([]);
  });
  it('names no address that is none, and no more than it may', async () => {
    const odd = failed('5.1.1', '550 5.1.1 no').replace('ana@example.test', 'x400; /c=de/');
    expect(await read(dsn(odd))).toMatchObject({ reports: [{ address: null }] });
    const many = Array.from({ length: 500 }, () => failed('5.1.1', '550 5.1.1 no')).join('\n');
    expect(await read(dsn(many))).toMatchObject({ reports: { length: 50 } });
  });
});

const plain = (from: string, subject: string, text: string, headers = ''): string =>
  `From: ${from}\nTo: bounces+x@mail.example.com\nSubject: ${subject}\n${headers}\n${text}\n`;

describe('a server that writes to people only', () => {
  it.each([
    [
      'qmail',
      plain(
        'MAILER-DAEMON@mx.example.net',
        'failure notice',
        "Hi. This is the qmail-send program at mx.example.net.\nI'm afraid I wasn't able to deliver your message to the following addresses.\n\n<ana@example.test>:\n192.0.2.1 does not like recipient.\nRemote host said: 550 5.1.1 User unknown\nGiving up on 192.0.2.1.\n\n--- Below this line is a copy of the message.\n\nSubject: spam\n",
      ),
      { kind: 'bounced', permanent: true, status: '5.1.1', address: 'ana@example.test' },
    ],
    [
      'Exim',
      plain(
        'Mail Delivery System <Mailer-Daemon@mx.example.net>',
        'Mail delivery failed: returning message to sender',
        'A message that you sent could not be delivered to one or more of its recipients.\n\n  ana@example.test\n    Unrouteable address\n\n------ This is a copy of the message ------\n',
        'X-Failed-Recipients: ana@example.test\nAuto-Submitted: auto-replied\n',
      ),
      { kind: 'bounced', permanent: true, address: 'ana@example.test' },
    ],
    [
      'Exim, which waits',
      plain(
        'Mail Delivery System <Mailer-Daemon@mx.example.net>',
        'Warning: message 1abc delayed 24 hours',
        'The message has not yet been delivered to one or more of its recipients.\nNo action is required on your part.\n',
        'Auto-Submitted: auto-replied\n',
      ),
      { kind: 'deferred', permanent: false },
    ],
    [
      'Exchange',
      plain(
        'System Administrator <postmaster@mx.example.net>',
        'Undeliverable: Hello',
        'Your message did not reach some or all of the intended recipients.\n\n  ana@example.test on 02.11.2026 10:00\n    The e-mail account does not exist at the organization this message was sent to.\n    <mx.example.net #5.1.1>\n',
      ),
      { kind: 'bounced', permanent: true, status: '5.1.1' },
    ],
    [
      'a full mailbox',
      plain(
        'Mail Delivery Subsystem <mailer-daemon@mx.example.net>',
        'Delivery Status Notification (Failure)',
        'Delivery to the following recipient failed permanently:\n\n  ana@example.test\n\n552 5.2.2 The email account that you tried to reach is over quota.\n',
      ),
      { kind: 'bounced', permanent: false, status: '5.2.2' },
    ],
  ])('%s', async (_who, text, report) => {
    expect(await read(text)).toMatchObject({ kind: 'reports', reports: [report] });
  });
});

describe('a complaint', () => {
  const arf = (type: string): string => `From: abuse@provider.example
Subject: FW: Hello
MIME-Version: 1.0
Content-Type: multipart/report; report-type=feedback-report; boundary="b"

--b
Content-Type: text/plain

This is an email abuse report.

--b
Content-Type: message/feedback-report

Feedback-Type: ${type}
User-Agent: Feedback/1.0
Version: 1
Original-Rcpt-To: <ana@example.test>

--b
Content-Type: message/rfc822

From: acme@example.com
Subject: Hello

Hello
--b--
`;
  it('is about one address, which is not gone', async () => {
    const returned = await read(arf('abuse'), false);
    expect(newsOf(returned.kind === 'reports' ? returned.reports : [])).toEqual([
      { message: { id: ID }, kind: 'complained', at: null, detail: 'complaint: abuse', address: 'ana@example.test' },
    ]);
  });
  it.each(['not-spam', 'auth-failure'])('is none when it says %s', async (type) => {
    expect(await read(arf(type), false)).toEqual({ kind: 'reports', reports: [] });
  });
});

describe('no news', () => {
  it.each([
    [
      'RFC 3834',
      plain('ana@example.test', 'Re: Hello', 'I am away until Monday.', 'Auto-Submitted: auto-replied\n'),
      true,
    ],
    [
      'Outlook',
      plain('ana@example.test', 'Automatic reply: Hello', 'I am out of the office.', 'X-Auto-Response-Suppress: All\n'),
      true,
    ],
    [
      'an old vacation program',
      plain('ana@example.test', 'away from my mail', 'On holiday.', 'Precedence: bulk\n'),
      false,
    ],
    ['French', plain('ana@example.test', 'Réponse automatique : Hello', 'Absente.'), true],
    [
      'one that mentions a failure',
      plain('ana@example.test', 'Out of office: Undeliverable', 'Delivery failed, ha. 5.1.1'),
      true,
    ],
  ])('is an automatic reply: %s', async (_who, text, nullSender) => {
    expect(await read(text, nullSender)).toEqual({ kind: 'automatic reply' });
  });
  it('is a person', async () => {
    expect(
      await read(
        plain('Ana <ana@example.test>', 'Re: Hello', 'I paid this already, it could not be delivered.'),
        false,
      ),
    ).toEqual({
      kind: 'other',
    });
  });
  it.each([
    '',
    '\0',
    'garbage',
    dsn(''),
    dsn('Action: failed\nStatus: \u0000'),
    'Content-Type: multipart/report; boundary=b\n\n--b\nContent-Type: message/delivery-status\n\n',
    `Content-Type: message/feedback-report\n\n${'a'.repeat(100_000)}`,
    `${'Content-Type: multipart/mixed; boundary=b\n\n--b\n'.repeat(200)}`,
  ])('and nothing breaks it: %#', async (text) => {
    expect((await read(text)).kind).toMatch(/reports|other|automatic reply/);
  });
});
