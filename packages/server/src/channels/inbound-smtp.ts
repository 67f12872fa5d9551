// The listener that takes what comes back: bounces and replies to our own addresses (mail-address.ts), and nothing else. It relays
// nothing, logs nobody in, and says 250 only when what came has been committed; otherwise the sender tries again (451).
//   RCPT TO  an address with a proven token, for a purpose somebody takes: 250.   Everything else: 550, before any data.
//   DATA     news committed, or none in it: 250.   Could not be committed: 451.   Too large: 552.
import type { AddressInfo } from 'node:net';
import { SMTPServer, type SMTPServerSession } from 'smtp-server';
import { newsOf, readReturned } from './bounce.ts';
import { messageOf } from './mail-address.ts';
import type { ReceiptNews } from './provider.ts';

export interface InboundOptions {
  readonly host: string;
  readonly port: number;
  /** The mailboxes that tokens are put into; one absent takes nothing. */
  readonly returnPath: string | null;
  readonly replyTo: string | null;
  /** Newest first; older ones still prove. */
  readonly addressKeys: readonly Uint8Array[];
  /** Resolves when it is committed; may be told the same twice. */
  readonly onNews: (news: readonly ReceiptNews[]) => Promise<void>;
  /** Absent: replies are refused. */
  readonly onReply?: (reply: { readonly messageId: string; readonly raw: Buffer }) => Promise<void>;
  /** For STARTTLS; plain where absent, as between mail servers that do not know each other. */
  readonly tls?: { readonly key: string; readonly cert: string };
  readonly log?: (words: string) => void;
}

export interface Inbound {
  readonly port: number;
  /** Ends when what had arrived has been answered. */
  close(): Promise<void>;
}

/** A bounce carries the mail that came back. */
const BYTES_MAX = 10 * 1024 * 1024;
/** RFC 5321 §4.5.3.2 asks servers to wait five minutes; who is slower than this is no mail server. */
const SOCKET_TIMEOUT_MS = 60_000;
const CLOSE_TIMEOUT_MS = 10_000;
const CONNECTIONS_MAX = 50;
const RECIPIENTS_MAX = 20;

interface Refusal extends Error {
  responseCode: number;
}
const refusal = (responseCode: number, words: string): Refusal => Object.assign(new Error(words), { responseCode });

interface Target {
  readonly purpose: 'bounce' | 'reply';
  readonly messageId: string;
}

export async function startInbound(options: InboundOptions): Promise<Inbound> {
  const log = options.log ?? (() => {});
  const server = new SMTPServer({
    name: 'relance',
    banner: 'takes bounces and replies of its own mails only',
    disabledCommands: options.tls === undefined ? ['AUTH', 'STARTTLS'] : ['AUTH'],
    ...(options.tls === undefined ? {} : { ...options.tls, minVersion: 'TLSv1.2' }),
    authOptional: true,
    size: BYTES_MAX,
    socketTimeout: SOCKET_TIMEOUT_MS,
    closeTimeout: CLOSE_TIMEOUT_MS,
    maxClients: CONNECTIONS_MAX,
    maxRecipients: RECIPIENTS_MAX,
    disableReverseLookup: true,
    logger: false,
    onRcptTo: ({ address }, _session, done) =>
      done(targetOf(address, options) === null ? refusal(550, '5.1.1 no such address') : null),
    onData(stream, session, done) {
      const parts: Buffer[] = [];
      let seen = 0;
      stream.on('data', (part: Buffer) => {
        seen += part.length;
        if (seen <= BYTES_MAX) parts.push(part);
      });
      stream.on('end', () => {
        if (stream.sizeExceeded || seen > BYTES_MAX) return done(refusal(552, '5.3.4 the message is too large'));
        take(Buffer.concat(parts), session, options).then(
          () => done(null, 'taken'),
          (error: Error) => {
            log(`a mail that came back could not be taken and will be tried again: ${error.message}`);
            done(refusal(451, '4.3.0 try again later'));
          },
        );
      });
    },
  });
  server.on('error', (error) => log(`the listener for bounces: ${error.message}`));
  await new Promise<void>((resolve, reject) => {
    server.server.once('error', reject);
    server.listen(options.port, options.host, () => {
      server.server.off('error', reject);
      resolve();
    });
  });
  return {
    port: (server.server.address() as AddressInfo).port,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

function targetOf(address: string, { returnPath, replyTo, onReply, addressKeys }: InboundOptions): Target | null {
  const bounce = returnPath === null ? null : messageOf(address, returnPath, 'bounce', addressKeys);
  if (bounce !== null) return { purpose: 'bounce', messageId: bounce };
  const reply = replyTo === null || onReply === undefined ? null : messageOf(address, replyTo, 'reply', addressKeys);
  return reply === null ? null : { purpose: 'reply', messageId: reply };
}

/** All of it, or none: one answer stands for every recipient. */
async function take(raw: Buffer, session: SMTPServerSession, options: InboundOptions): Promise<void> {
  const { mailFrom, rcptTo } = session.envelope;
  const nullSender = mailFrom === false || mailFrom.address === '';
  const targets = rcptTo.flatMap(({ address }) => targetOf(address, options) ?? []);
  const news: ReceiptNews[] = [];
  for (const { purpose, messageId } of targets)
    if (purpose === 'bounce') {
      const returned = await readReturned(raw, messageId, nullSender);
      if (returned.kind === 'reports') news.push(...newsOf(returned.reports));
    }
  if (news.length > 0) await options.onNews(news);
  for (const { purpose, messageId } of targets) if (purpose === 'reply') await options.onReply?.({ messageId, raw });
}
