// The listener that takes what comes back: bounces and replies to our own addresses (mail-address.ts), and nothing else. It relays
// nothing, logs nobody in, and says 250 only when what came has been committed; otherwise the sender tries again (451).
//   RCPT TO  an address with a proven token, for a purpose somebody takes, or the mailbox of replies itself: 250.
//            Everything else: 550, before any data.
//   DATA     committed, or nothing in it: 250.   Could not be committed: 451.   Too large: 552.   A reply to nothing known: 550.
import type { AddressInfo } from 'node:net';
import { SMTPServer, type SMTPServerSession } from 'smtp-server';
import { newsOf, readReturned } from './bounce.ts';
import { isMailbox, messageOf } from './mail-address.ts';
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
  /** Resolves when it is committed; may be told the same twice. Absent: replies are refused. */
  readonly onReply?: (reply: MailBack) => Promise<MailBackTaken>;
  /** For STARTTLS; plain where absent, as between mail servers that do not know each other. */
  readonly tls?: { readonly key: string; readonly cert: string };
  /** Words that are ours, and the error, whose words may quote what came. */
  readonly log?: (words: string, error: Error) => void;
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

/** A mail that came to one of our addresses and is no report. */
export interface MailBack {
  /** Null: it came to the mailbox itself, with nothing that says which message it answers. */
  readonly messageId: string | null;
  /** It came to where bounces come back, as programs answer (RFC 3834 §4). */
  readonly returned: boolean;
  readonly nullSender: boolean;
  readonly raw: Buffer;
}
/** `report`: it is one after all. `refused`: it is about nothing that is known, or nothing more is taken. */
export type MailBackTaken = 'taken' | 'report' | 'refused';

interface Refusal extends Error {
  responseCode: number;
}
const refusal = (responseCode: number, words: string): Refusal => Object.assign(new Error(words), { responseCode });

interface Target {
  readonly purpose: 'bounce' | 'reply';
  readonly messageId: string | null;
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
          (taken) => (taken ? done(null, 'taken') : done(refusal(550, '5.1.1 it answers no message that is known'))),
          (error: Error) => {
            log('a mail that came back could not be taken and will be tried again', error);
            done(refusal(451, '4.3.0 try again later'));
          },
        );
      });
    },
  });
  server.on('error', (error) => log('the listener for mail that comes back', error));
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
  if (replyTo === null || onReply === undefined) return null;
  const reply = messageOf(address, replyTo, 'reply', addressKeys);
  // What some systems leave of such an address is the mailbox alone.
  return reply !== null || isMailbox(address, replyTo) ? { purpose: 'reply', messageId: reply } : null;
}

/** All of it, or none: one answer stands for every recipient. Answers whether it is about anything that is known. */
async function take(raw: Buffer, session: SMTPServerSession, options: InboundOptions): Promise<boolean> {
  const { mailFrom, rcptTo } = session.envelope;
  const nullSender = mailFrom === false || mailFrom.address === '';
  const targets = rcptTo.flatMap(({ address }) => targetOf(address, options) ?? []);
  const taken: boolean[] = [];
  // Twenty at most, and mostly one.
  for (const target of targets) taken.push(await takeOne(raw, target, nullSender, options));
  return taken.some((one) => one);
}

async function takeOne(
  raw: Buffer,
  { purpose, messageId }: Target,
  nullSender: boolean,
  options: InboundOptions,
): Promise<boolean> {
  const returned = purpose === 'bounce';
  if (returned && (await takeReport(raw, messageId, nullSender, options))) return true;
  const taken = await options.onReply?.({ messageId, returned, nullSender, raw });
  if (taken === 'report') await takeReport(raw, messageId, nullSender, options);
  // Nothing that comes back to an envelope sender may be sent back once more.
  return returned || taken !== 'refused';
}

/** Answers whether it was one. */
async function takeReport(
  raw: Buffer,
  messageId: string | null,
  nullSender: boolean,
  { onNews }: InboundOptions,
): Promise<boolean> {
  if (messageId === null) return false;
  const found = await readReturned(raw, messageId, nullSender);
  if (found.kind !== 'reports') return false;
  const news = newsOf(found.reports);
  if (news.length > 0) await onNews(news);
  return true;
}
