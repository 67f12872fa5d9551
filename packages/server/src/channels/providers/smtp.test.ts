// SMTP servers that break off, refuse or fall silent, at every step: what was surely not sent is worth another try, what may
// have been sent is uncertain, and a hand-over that was called off is not made behind our back.
import { createServer, type Socket } from 'node:net';
import { blankRecipient } from '@relance/core';
import { afterEach, describe, expect, it } from 'vitest';
import type { Connection, Envelope } from '../channel.ts';
import { sampleEnvelope } from '../sample-envelope.ts';
import { smtpConnection } from './smtp.ts';

const envelope = (more: Partial<Envelope> = {}): Envelope =>
  sampleEnvelope({
    recipient: { ...blankRecipient('ana'), name: 'Ana', email: 'ana@example.test' },
    content: { subject: 'Hello', text: 'A text.' },
    ...more,
  });

type Answer = string | 'hang up' | 'silence' | 'late';
const LATE_MS = 300;
interface Fake {
  readonly lines: string[];
  readonly connection: Connection;
}
let end: () => Promise<void> = async () => {};
afterEach(() => end());

/** Speaks SMTP; `answer` says otherwise at a step. `(greeting)` and `(dot)` are steps as well. */
async function fake(answer: (line: string) => Answer | null, from = 'Acme <acme@example.test>'): Promise<Fake> {
  const lines: string[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket.on('error', () => {}));
    let inData = false;
    let rest = '';
    const say = (line: string): void => {
      const usual = line === 'DATA' ? '354 go on' : line === '(greeting)' ? '220 hello' : '250 ok';
      const said = answer(line) ?? usual;
      if (said === 'hang up') socket.destroy();
      else if (said === 'late') setTimeout(() => socket.write(`${usual}\r\n`), LATE_MS);
      else if (said !== 'silence') socket.write(`${said}\r\n`);
    };
    say('(greeting)');
    socket.on('data', (chunk) => {
      rest += chunk.toString();
      for (let cut = rest.indexOf('\r\n'); cut >= 0; cut = rest.indexOf('\r\n')) {
        const line = rest.slice(0, cut);
        rest = rest.slice(cut + 2);
        lines.push(line);
        if (inData && line !== '.') continue;
        say(inData ? '(dot)' : line);
        inData = line === 'DATA';
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  const connection = smtpConnection({ url: `smtp://127.0.0.1:${port}`, from });
  end = async () => {
    await connection.close();
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  };
  return { lines, connection };
}
const at = (step: RegExp, answer: Answer) => (line: string) => (step.test(line) ? answer : null);
const alive = () => AbortSignal.timeout(10_000);

describe('a server that hangs up', () => {
  it.each([/^MAIL/, /^RCPT/, /^DATA/])('at %s has taken nothing', async (step) => {
    const { connection } = await fake(at(step, 'hang up'));
    expect(await connection.send(envelope(), alive())).toMatchObject({ kind: 'retry' });
  });
  it('after the final dot may have taken it', async () => {
    const { connection } = await fake(at(/dot/, 'hang up'));
    expect(await connection.send(envelope(), alive())).toMatchObject({ kind: 'uncertain' });
  });
});

describe('a server that falls silent', () => {
  it.each([
    [/^RCPT/, 'retry'],
    [/dot/, 'uncertain'],
  ] as const)('at %s: %s', async (step, kind) => {
    const { connection } = await fake(at(step, 'silence'));
    expect(await connection.send(envelope(), AbortSignal.timeout(300))).toMatchObject({ kind });
  });
});

describe('a server that refuses us, not the recipient', () => {
  it.each([
    [/greeting/, '554 5.7.1 no service for your address'],
    [/^(EHLO|HELO)/, '550 no'],
    [/^MAIL/, '530 5.7.0 authentication required'],
  ])('%s %s is worth another try', async (step, words) => {
    const { connection } = await fake(at(step, words));
    expect(await connection.send(envelope(), alive())).toMatchObject({ kind: 'retry' });
  });
  it('while a refusal of the recipient is final', async () => {
    const { connection } = await fake(at(/^RCPT/, '550 5.1.1 no such user'));
    expect(await connection.send(envelope(), alive())).toMatchObject({ kind: 'rejected' });
  });
});

it('never sends what was called off', async () => {
  const calling = new AbortController();
  let first = true;
  const { connection, lines } = await fake((line) => {
    if (line !== '(greeting)' || !first) return null;
    first = false;
    calling.abort();
    return 'hang up';
  });
  expect(await connection.send(envelope(), calling.signal)).toMatchObject({ kind: 'retry' });
  const other = envelope({ id: '0193a1b2-c3d4-8000-8000-000000000009' });
  await new Promise((resolve) => setTimeout(resolve, 300)); // the pool looks again after 50 ms
  expect(await connection.send(other, alive())).toMatchObject({ kind: 'accepted' });
  expect(lines.filter((line) => line.startsWith('Message-ID'))).toEqual([`Message-ID: <${other.id}@example.test>`]);
});

it.each([/^MAIL/, /^RCPT/, /^DATA/])('never ends what was called off before the server went on at %s', async (step) => {
  const { connection, lines } = await fake(at(step, 'late'));
  expect(await connection.send(envelope(), AbortSignal.timeout(LATE_MS / 3))).toMatchObject({ kind: 'retry' });
  await new Promise((resolve) => setTimeout(resolve, LATE_MS * 2)); // the server has long gone on
  expect(lines.filter((line) => line === '.')).toEqual([]);
});

it('sends a large message whole', async () => {
  const { connection, lines } = await fake(() => null);
  const text = Array.from({ length: 20_000 }, (_one, index) => `.line ${index}`).join('\n');
  expect(await connection.send(envelope({ content: { subject: 'Large', text } }), alive())).toMatchObject({
    kind: 'accepted',
  });
  const sent = lines.filter((line) => line.startsWith('..line')).map((line) => line.slice(1));
  expect(sent).toEqual(text.split('\n'));
});

describe('headers', () => {
  it.each([
    ['Invoice: overdue (EU', 'List-ID: "Invoice: overdue (EU" <task.xn--mnchen-3ya.example>'],
    ['Plain', 'List-ID: "Plain" <task.xn--mnchen-3ya.example>'],
    ['Größe', 'List-ID: =?UTF-8?Q?Gr=C3=B6=C3=9Fe?= <task.xn--mnchen-3ya.example>'],
  ])('are ASCII and name their list, whatever it is called: %s', async (policyTitle, list) => {
    const { connection, lines } = await fake(() => null, 'Acme <acme@münchen.example>');
    expect(await connection.send(envelope({ policyTitle }), alive())).toMatchObject({ kind: 'accepted' });
    const text = lines.join('\n').replace(/\n[ \t]/g, ' ');
    expect(text.split('\n')).toContain(list);
    expect(text).toContain(`Message-ID: <${envelope().id}@xn--mnchen-3ya.example>`);
    expect(text).toMatch(/^[\t\n\r -~]*$/);
  });
});
