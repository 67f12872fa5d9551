// Where messages arrive in the naughty campaign, as outsiders see them: a real SMTP server whose mails are read by mailparser, a
// webhook endpoint, and connections that keep what they were given. Each message is found by the recipient it is for.
import { createServer } from 'node:http';
import { type ParsedMail, simpleParser } from 'mailparser';
import { SMTPServer } from 'smtp-server';
import type { Connection } from '../../packages/server/src/channels/channel.ts';
import { mailboxConnection } from '../../packages/server/src/channels/local.ts';

export interface Receivers {
  readonly smtpUrl: string;
  readonly hookUrl: string;
  readonly connections: readonly Connection[];
  /** By address: every mail, with the addresses of its envelope. */
  readonly mails: Map<string, { readonly mail: ParsedMail; readonly to: readonly string[] }[]>;
  /** By recipient id: the texts of what came. */
  readonly hooks: Map<string, { readonly text: string; readonly name: string | null }[]>;
  readonly sms: Map<string, string[]>;
  readonly push: Map<string, string[]>;
  readonly chat: Map<string, string[]>;
  end(): Promise<void>;
}

const add = <T>(map: Map<string, T[]>, key: string, value: T): void =>
  void map.set(key, [...(map.get(key) ?? []), value]);

export async function startReceivers(): Promise<Receivers> {
  const mails: Receivers['mails'] = new Map();
  const hooks: Receivers['hooks'] = new Map();
  const kept = {
    sms: new Map<string, string[]>(),
    push: new Map<string, string[]>(),
    chat: new Map<string, string[]>(),
  };
  const smtp = new SMTPServer({
    disabledCommands: ['AUTH', 'STARTTLS'],
    onData(stream, session, done) {
      const to = session.envelope.rcptTo.map(({ address }) => address);
      simpleParser(stream, { skipTextToHtml: true }).then(
        (mail) => {
          for (const address of to) add(mails, address, { mail, to });
          done();
        },
        (error: Error) => done(error),
      );
    },
  });
  await new Promise<void>((resolve) => smtp.listen(0, '127.0.0.1', resolve));
  const web = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const { data } = JSON.parse(Buffer.concat(parts).toString('utf8'));
      add(hooks, data.recipient.id, { text: data.message.text, name: data.recipient.name });
      response.writeHead(204).end();
    });
  });
  await new Promise<void>((resolve) => web.listen(0, '127.0.0.1', resolve));
  const keeping = (channel: 'sms' | 'push' | 'chat'): Connection => {
    const base = mailboxConnection(channel);
    return {
      ...base,
      send(envelope, signal) {
        add(kept[channel], envelope.recipient.id, envelope.content.text);
        return base.send(envelope, signal);
      },
    };
  };
  const portOf = (address: unknown): number => (address as { port: number }).port;
  return {
    smtpUrl: `smtp://127.0.0.1:${portOf(smtp.server.address())}`,
    hookUrl: `http://127.0.0.1:${portOf(web.address())}/hook`,
    connections: [keeping('sms'), keeping('push'), keeping('chat')],
    mails,
    hooks,
    ...kept,
    async end() {
      web.closeAllConnections();
      await new Promise((resolve) => web.close(resolve));
      await new Promise<void>((resolve) => smtp.close(resolve));
    },
  };
}
