// What every connection must do, whatever its protocol: one suite, run over each adapter that ships. An adapter of one's
// own passes it by adding a line to ADAPTERS.
import { createServer, type Server } from 'node:http';
import { blankRecipient, type Instant, type Recipient } from '@relance/core';
import { SMTPServer } from 'smtp-server';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Connection, Envelope } from './channel.ts';
import { inboxConnection, mailboxConnection } from './local.ts';
import { smtpConnection } from './providers/smtp.ts';
import { standardWebhookConnection } from './providers/standard-webhook.ts';

const recipient: Recipient = { ...blankRecipient('ana'), name: 'Ana García — 完成', email: 'ana@example.test' };
const envelope = (address: string | null, more: Partial<Envelope> = {}): Envelope => ({
  id: '0193a1b2-c3d4-8000-8000-000000000001',
  tenant: 'default',
  followUp: '0193a1b2-c3d4-7000-8000-000000000002',
  policy: 'task',
  policyTitle: 'Task',
  stage: 'notice',
  urgency: 'normal',
  recipient,
  address,
  content: { subject: 'Hello', text: 'A text.\n.\nA line with a dot, and — 完成.', html: '<p>Hello</p>' },
  payload: { message: 'm' },
  attempt: 1,
  ...more,
});
const alive = (): AbortSignal => AbortSignal.timeout(10_000);

interface Adapter {
  readonly name: string;
  /** A connection to something that accepts; the address it accepts for; how often the other side has taken something. */
  start(): Promise<{ connection: Connection; address: string | null; taken: () => number; stop: () => Promise<void> }>;
  /** Addresses no provider of this kind can take; null where any will do. */
  readonly malformed: string | null;
  /** The same adapter with nobody at the other end; null where there is no other end. */
  readonly unreachable: (() => { connection: Connection; address: string }) | null;
}

const listening = async (server: Server): Promise<number> => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as { port: number }).port;
};
const webhook = (): Connection =>
  standardWebhookConnection({
    allowHosts: ['127.0.0.1'],
    secretFor: () => `whsec_${Buffer.alloc(32, 1).toString('base64')}`,
    clock: () => 1_790_000_000_000 as Instant,
  });

const ADAPTERS: readonly Adapter[] = [
  ...[inboxConnection, () => mailboxConnection('sms')].map(
    (make, index): Adapter => ({
      name: index === 0 ? 'inbox' : 'mailbox',
      start: async () => ({ connection: make(), address: 'ana', taken: () => Number.NaN, stop: async () => {} }),
      malformed: null,
      unreachable: null,
    }),
  ),
  {
    name: 'smtp',
    async start() {
      let taken = 0;
      const server = new SMTPServer({
        authOptional: true,
        disabledCommands: ['STARTTLS'],
        logger: false,
        onData(stream, _session, done) {
          stream.resume();
          stream.on('end', () => {
            taken += 1;
            done();
          });
        },
      });
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      const { port } = server.server.address() as { port: number };
      return {
        connection: smtpConnection({ url: `smtp://127.0.0.1:${port}`, from: 'Acme <acme@example.test>' }),
        address: 'ana@example.test',
        taken: () => taken,
        stop: () => new Promise<void>((resolve) => server.close(() => resolve())),
      };
    },
    malformed: 'not an address\r\nRCPT TO:<victim@example.test>',
    unreachable: () => ({
      connection: smtpConnection({ url: 'smtp://127.0.0.1:1', from: 'acme@example.test' }),
      address: 'ana@example.test',
    }),
  },
  {
    name: 'webhook',
    async start() {
      const seen = new Set<string>();
      const server = createServer((request, response) => {
        seen.add(String(request.headers['webhook-id'])); // as Standard Webhooks asks of receivers
        request.resume();
        request.on('end', () => response.writeHead(204).end());
      });
      const port = await listening(server);
      return {
        connection: webhook(),
        address: `http://127.0.0.1:${port}/in`,
        taken: () => seen.size,
        stop: () => new Promise<void>((resolve) => server.close(() => resolve())),
      };
    },
    malformed: 'http://',
    unreachable: () => ({ connection: webhook(), address: 'http://127.0.0.1:1/' }),
  },
];

describe.each(ADAPTERS)('$name', ({ start, malformed, unreachable }) => {
  let running: Awaited<ReturnType<Adapter['start']>>;
  beforeAll(async () => {
    running = await start();
  });
  afterAll(async () => {
    await running.connection.close();
    await running.stop();
  });

  it('says what it is', () => {
    const { connection } = running;
    expect(connection.id).toMatch(/^[a-z0-9-]+$/);
    expect(connection.concurrencyMax).toBeGreaterThan(0);
  });

  it('hands over, and says so', async () => {
    expect((await running.connection.send(envelope(running.address), alive())).kind).toBe('accepted');
    expect(running.taken()).not.toBe(0);
  });

  it('delivers the same message once where it honours our ids', async () => {
    const before = running.taken();
    const again = await running.connection.send(envelope(running.address, { attempt: 2 }), alive());
    expect(again.kind).toBe('accepted');
    if (running.connection.honoursIds && !Number.isNaN(before)) expect(running.taken()).toBe(before);
  });

  it('starts nothing when it is called off before', async () => {
    const before = running.taken();
    const outcome = await running.connection.send(envelope(running.address), AbortSignal.abort());
    expect(outcome.kind).toBe('retry');
    expect(running.taken()).toBe(before);
  });

  // Channels without a protocol have neither a malformed address nor another end.
  if (malformed !== null)
    it('refuses an address that is none, for good', async () => {
      expect((await running.connection.send(envelope(malformed), alive())).kind).toBe('rejected');
    });

  if (unreachable !== null)
    it('asks for another try when nobody is at the other end', async () => {
      const { connection, address } = unreachable();
      expect((await connection.send(envelope(address), alive())).kind).toBe('retry');
      await connection.close();
    });
});
