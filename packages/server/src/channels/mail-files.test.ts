// Attachments come whole and under a safe name, or the mail waits, or it never goes; the due date is a calendar entry that a later
// mail of the same follow-up updates.
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { Attachment, Instant } from '@relance/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { calendarEntry, filesOf, safeFilename } from './mail-files.ts';
import { sampleEnvelope } from './sample-envelope.ts';

const MB = 1024 * 1024;
const EGRESS = { allowHosts: ['127.0.0.1'] };
let server: Server;
let base: string;
const answers: Record<string, (response: ServerResponse) => void> = {
  '/a.pdf': (response) => response.writeHead(200, { 'content-type': 'application/pdf; x="y"' }).end('%PDF-1.7'),
  '/4mb': (response) => response.writeHead(200).end(Buffer.alloc(4 * MB)),
  '/6mb': (response) => response.writeHead(200).end(Buffer.alloc(6 * MB)),
  '/said-6mb': (response) => response.writeHead(200, { 'content-length': 6 * MB }).flushHeaders(),
  '/endless': (response) => {
    response.writeHead(200);
    const more = (): void => {
      if (!response.destroyed) response.write(Buffer.alloc(MB), more);
    };
    more();
  },
  '/cut': (response) => {
    response.writeHead(200, { 'content-length': 100 });
    response.write('half', () => response.destroy());
  },
  '/silent': () => {},
  '/mail': (response) => response.writeHead(200, { 'content-type': 'message/rfc822' }).end('Subject: x\r\n\r\nx'),
  '/odd': (response) => response.writeHead(200, { 'content-type': 'text/html", x: y' }).end('x'),
  '/moved': (response) => response.writeHead(302, { location: '/a.pdf' }).end(),
  '/gzip': (response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end('x'),
};
beforeAll(async () => {
  server = createServer((request, response) => {
    const answer = answers[request.url ?? ''];
    if (answer === undefined) response.writeHead(404).end();
    else answer(response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(server.address() as { port: number }).port}`;
});
afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const withFiles = (attachments: readonly Attachment[], egress = EGRESS, patienceMs = 10_000) =>
  filesOf(
    sampleEnvelope({ content: { ...sampleEnvelope().content, attachments } }),
    egress,
    AbortSignal.timeout(patienceMs),
  );
const at = (path: string, filename = 'a.pdf') => ({ filename, url: `${base}${path}` });

describe('attachments', () => {
  it('come as they are, with the type that their server says', async () => {
    expect(await withFiles([at('/a.pdf', 'Invoice 42.pdf'), at('/mail'), at('/odd')])).toEqual({
      kind: 'files',
      files: [
        { filename: 'Invoice 42.pdf', contentType: 'application/pdf', content: Buffer.from('%PDF-1.7') },
        { filename: 'a.pdf', contentType: 'application/octet-stream', content: Buffer.from('Subject: x\r\n\r\nx') },
        { filename: 'a.pdf', contentType: 'application/octet-stream', content: Buffer.from('x') },
      ],
    });
  });
  it.each(['/nothing-there', '/moved', '/cut', '/gzip'])(
    'that cannot be fetched now are another try: %s',
    async (path) => {
      expect(await withFiles([at('/a.pdf'), at(path)])).toMatchObject({
        outcome: { kind: 'retry', about: 'message', detail: expect.stringContaining('attachment 2') },
      });
    },
  );
  it('are waited for only so long', async () => {
    expect(await withFiles([at('/silent')], EGRESS, 200)).toMatchObject({
      outcome: { kind: 'retry', detail: 'attachment 1 cannot be fetched: it did not come in time' },
    });
  });
  it.each(['/6mb', '/said-6mb', '/endless'])('that are too large end the message: %s', async (path) => {
    expect(await withFiles([at(path)])).toMatchObject({ outcome: { kind: 'rejected' } });
  });
  it('that are too large together, or too many, end the message', async () => {
    expect(await withFiles([at('/4mb'), at('/4mb')])).toMatchObject({ kind: 'files' });
    expect(await withFiles([at('/4mb'), at('/4mb'), at('/4mb')])).toMatchObject({ outcome: { kind: 'rejected' } });
    expect(await withFiles(Array(11).fill(at('/a.pdf')))).toMatchObject({ outcome: { kind: 'rejected' } });
  });
  it('from where nobody may go end the message', async () => {
    const nowhere = { allowHosts: [] };
    for (const url of [
      `${base}/a.pdf`,
      'https://127.0.0.1/',
      'https://169.254.169.254/latest',
      'file:///etc/passwd',
      'x',
    ])
      expect(await withFiles([{ filename: 'a', url }], nowhere)).toMatchObject({ outcome: { kind: 'rejected' } });
  });
});

it.each([
  ['Invoice 42.pdf', 'Invoice 42.pdf'],
  ['../../etc/passwd', 'passwd'],
  ['C:\\fakepath\\bill.pdf', 'bill.pdf'],
  ['.htaccess', 'htaccess'],
  ['bill\u202efdp.exe', 'bill fdp.exe'],
  ['a\r\nX-Evil: 1.pdf', 'a X-Evil  1.pdf'],
  ['', 'attachment-3'],
  ['完成.pdf', '完成.pdf'],
  [`${'a'.repeat(300)}.pdf`, `${'a'.repeat(89)}.pdf`],
])('the name of a file is safe: %j', (filename, safe) => {
  expect(safeFilename(filename, 2)).toBe(safe);
});

describe('the due date', () => {
  const dueAt = Date.parse('2026-11-03T16:30:00Z') as Instant;
  const content = { ...sampleEnvelope().content, calendar: true };
  const linesOf = (more: object = {}): readonly string[] =>
    (calendarEntry(sampleEnvelope({ content, dueAt, ...more }))?.content.toString() ?? '')
      .replace(/\r\n /g, '')
      .split('\r\n');
  const sequenceOf = (lines: readonly string[]): number =>
    Number(lines.find((line) => line.startsWith('SEQUENCE:'))?.slice(9));

  it('is that day where it is due on a day', () => {
    expect(linesOf({ dueDay: '2026-12-01' })).toContain('DTSTART;VALUE=DATE:20261201');
  });

  it('is an entry at that moment, in UTC, that takes no time of the day', () => {
    expect(linesOf()).toEqual(
      expect.arrayContaining([
        'METHOD:PUBLISH',
        `UID:${sampleEnvelope().followUp}@relance`,
        'DTSTART:20261103T163000Z',
        'SUMMARY:A task',
        'URL;VALUE=URI:https://example.test/tasks/1',
        'STATUS:CONFIRMED',
        'TRANSP:TRANSPARENT',
      ]),
    );
  });
  it('is updated by a later mail, and called off when the thing is done', () => {
    const first = linesOf();
    const later = linesOf({ at: (sampleEnvelope().at + 3_600_000) as Instant, status: 'resolved' });
    expect(sequenceOf(later)).toBeGreaterThan(sequenceOf(first));
    expect(later).toContain(first.find((line) => line.startsWith('UID:')));
    expect(later).toContain('STATUS:CANCELLED');
  });
  it('says what it is about, and nothing more', () => {
    const subject = {
      type: 'task',
      id: '1',
      title: 'a, b; c\nATTENDEE:mailto:x@y\r\nEND:VEVENT',
      url: 'javascript\n:1',
    };
    const lines = linesOf({ subject, content: { ...content, url: 'no url' } });
    expect(lines).toContain('SUMMARY:a\\, b\\; c ATTENDEE:mailto:x@y END:VEVENT');
    expect(lines.filter((line) => /^(ATTENDEE|URL|END:VEVENT)/.test(line))).toEqual(['END:VEVENT']);
  });
  it('leads where it does with commas and semicolons in it', () => {
    const url = 'https://example.test/a,b;c?d=1,2';
    const entry = linesOf({ content: { ...content, url } });
    expect(entry).toContain('URL;VALUE=URI:https://example.test/a%2Cb%3Bc?d=1%2C2');
  });
  it('comes only where the words ask for it, and there is one', async () => {
    expect(calendarEntry(sampleEnvelope({ dueAt }))).toBe(null);
    expect(calendarEntry(sampleEnvelope({ content, dueAt: null }))).toBe(null);
    const files = await filesOf(sampleEnvelope({ content, dueAt }), EGRESS, AbortSignal.timeout(1_000));
    expect(files).toMatchObject({
      files: [{ filename: 'due.ics', contentType: 'text/calendar; method=PUBLISH; charset=utf-8' }],
    });
  });
});
