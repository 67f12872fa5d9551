// The adapters of this folder's own that need no account: each goes through the conformance suite. Those of a brand go through it
// in their own tests.
import { createServer, type Server } from 'node:http';
import type { Instant } from '@relance/core';
import { SMTPServer } from 'smtp-server';
import { describe, it } from 'vitest';
import type { Connection } from './channel.ts';
import { type Adapter, conformanceOf } from './conformance.ts';
import { inboxConnection, mailboxConnection } from './local.ts';
import { smtpConnection } from './providers/smtp.ts';
import { standardWebhookConnection } from './providers/standard-webhook.ts';

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
      start: async () => ({ connection: make(), address: 'ana', taken: null, stop: async () => {} }),
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

describe.each(ADAPTERS)('$name', (adapter) => {
  it.each(conformanceOf(adapter).map((check) => [check.name, check] as const))('%s', (_name, check) => check.run());
});
