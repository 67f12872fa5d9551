// A pool of connections to one SMTP server (nodemailer), and the hand-over of one mail through it. What was surely not sent is known
// from what may have been: the message's last byte is watched. A server that a tenant named is connected to at the address that
// was checked, for every connection anew. smtp-judge.ts judges; providers/smtp.ts says which server and who sends.
import { connect, type Socket } from 'node:net';
import { Readable } from 'node:stream';
import type { Outcome } from '@relance/core';
import { createTransport, type SendMailOptions, type Transporter } from 'nodemailer';
import DKIM from 'nodemailer/lib/dkim';
import { checkHost, type EgressRules } from './egress-guard.ts';
import { wordsOf } from './http-judge.ts';
import { composed, type Mail } from './mail.ts';
import { judgeSmtp, type SmtpError } from './smtp-judge.ts';

export interface SmtpServer {
  readonly host: string;
  readonly port: number;
  /** `tls` from the first byte, `starttls` or nothing sent, `offered`: STARTTLS where the server has it, `none`. */
  readonly security: 'tls' | 'starttls' | 'offered' | 'none';
  readonly auth?: { readonly user: string; readonly pass: string };
  /** What we call ourselves in EHLO. */
  readonly name?: string | undefined;
  /** Certificates (PEM) to trust; the public ones where absent. */
  readonly ca?: readonly string[] | undefined;
  /** Where connections may lead; null where an operator has named the server. */
  readonly egress: EgressRules | null;
}

export interface DkimKey {
  readonly domain: string;
  readonly selector: string;
  readonly privateKey: string;
}

const CONNECT_TIMEOUT_MS = 10_000;
const GREETING_TIMEOUT_MS = 10_000;
const SOCKET_TIMEOUT_MS = 20_000;
/** What a signature covers. Both of one-click unsubscription must be among it (RFC 8058 §4), and nodemailer leaves one out. */
const SIGNED =
  'From:Sender:Reply-To:Subject:Date:Message-ID:To:Cc:MIME-Version:Content-Type:Content-Transfer-Encoding:In-Reply-To:References:' +
  'List-Id:List-Unsubscribe:List-Unsubscribe-Post:Auto-Submitted:X-Relance-Follow-Up';

interface Progress {
  sent: boolean;
}

export const smtpOptions = (server: SmtpServer): object => ({
  host: server.host,
  port: server.port,
  secure: server.security === 'tls',
  requireTLS: server.security === 'starttls',
  ignoreTLS: server.security === 'none',
  tls: { minVersion: 'TLSv1.2', ...(server.ca === undefined ? {} : { ca: server.ca }) },
  ...(server.auth === undefined ? {} : { auth: server.auth }),
  ...(server.name === undefined ? {} : { name: server.name }),
  connectionTimeout: CONNECT_TIMEOUT_MS,
  greetingTimeout: GREETING_TIMEOUT_MS,
  socketTimeout: SOCKET_TIMEOUT_MS,
  disableFileAccess: true,
  disableUrlAccess: true,
});

export interface SmtpTransport {
  send(mail: Mail, signal: AbortSignal): Promise<Outcome>;
  close(): void;
}

export function openSmtp(server: SmtpServer, dkim: DkimKey | null, concurrencyMax: number): SmtpTransport {
  const transport = createTransport({ ...smtpOptions(server), pool: true, maxConnections: concurrencyMax } as never);
  const signer =
    dkim === null
      ? null
      : new DKIM({
          domainName: dkim.domain,
          keySelector: dkim.selector,
          privateKey: dkim.privateKey,
          headerFieldNames: SIGNED,
        });
  transport.use('stream', (mail, done) => {
    const { relanceProgress: progress } = mail.data as unknown as { relanceProgress: Progress };
    if (signer !== null) mail.message.processFunc((message) => signer.sign(message));
    watch(mail.message, progress);
    done();
  });
  const { egress } = server;
  if (egress !== null) {
    const pool = transport as unknown as { getSocket: GetSocket };
    pool.getSocket = (_options, done) => guarded(server, egress, done);
  }
  return {
    send: (mail, signal) => handOver(transport, mail, signal),
    close: () => transport.close(),
  };
}

/**
 * The stream that the connection reads: it does so only once the server has asked for the data, and when that has ended, only the
 * final dot and the server's answer are missing. Heard before the connection hears it, and so before the dot is written.
 * The mail comes whole: written piece by piece, as it is composed, it costs more than all the rest.
 */
function watch(message: { createReadStream(options?: object): Readable }, progress: Progress): void {
  const create = message.createReadStream.bind(message);
  message.createReadStream = (options) =>
    Readable.from(whole(create(options)), { objectMode: false }).once('end', () => {
      progress.sent = true;
    });
}

async function* whole(pieces: Readable): AsyncGenerator<Buffer> {
  const read: Buffer[] = [];
  for await (const piece of pieces) read.push(piece);
  yield Buffer.concat(read);
}

type GetSocket = (options: unknown, done: SocketDone) => void;
type SocketDone = (error: Error | null, options?: { connection: Socket }) => void;

/** Each connection of the pool goes to an address that was checked then; TLS still asks for the server's name. */
async function guarded({ host, port }: SmtpServer, egress: EgressRules, done: SocketDone): Promise<void> {
  const passage = await checkHost(host, egress, AbortSignal.timeout(CONNECT_TIMEOUT_MS));
  if (passage.kind !== 'allowed') return done(Object.assign(new Error(passage.detail), { code: 'ECONNECTION' }));
  const socket = connect({ host: passage.address, port, family: passage.family });
  const failed = (error: Error): void => {
    socket.destroy();
    done(error);
  };
  socket.setTimeout(CONNECT_TIMEOUT_MS, () => failed(Object.assign(new Error('timed out'), { code: 'ETIMEDOUT' })));
  socket.once('error', failed);
  socket.once('connect', () => {
    socket.setTimeout(0);
    socket.removeAllListeners('timeout');
    socket.off('error', failed);
    done(null, { connection: socket });
  });
}

/**
 * The recipient first, in a transaction of its own, whose outcome is the message's; then those who get a copy. So a recipient who
 * is refused or deferred never means that the others get the mail twice.
 */
async function handOver(transport: Transporter, mail: Mail, signal: AbortSignal): Promise<Outcome> {
  const words = composed(mail);
  const outcome = await transaction(transport, words, mail.returnPath, [mail.to.address], signal);
  const copies = [...mail.cc, ...mail.bcc];
  if (outcome.kind !== 'accepted' || copies.length === 0) return { ...outcome, ...idOf(outcome, mail) };
  const further = await transaction(transport, words, mail.returnPath, copies, signal);
  const detail = further.kind === 'accepted' ? outcome.detail : `${outcome.detail}; copies: ${further.detail}`;
  return { ...outcome, providerId: mail.messageId, detail: detail ?? '' };
}

const idOf = (outcome: Outcome, mail: Mail) => (outcome.kind === 'accepted' ? { providerId: mail.messageId } : {});

function transaction(
  transport: Transporter,
  words: SendMailOptions,
  from: string,
  to: readonly string[],
  signal: AbortSignal,
): Promise<Outcome> {
  const progress: Progress = { sent: false };
  const options = { ...words, envelope: { from, to: [...to] }, relanceProgress: progress, signal };
  const work = transport
    .sendMail(options as SendMailOptions)
    .then((info): Outcome => ({ kind: 'accepted', providerId: null, detail: wordsOf(String(info.response ?? '')) }))
    .catch((error: SmtpError): Outcome => judgeSmtp(error, progress.sent));
  return Promise.race([work, calledOff(signal, progress)]);
}

/** Out of time: what had been written by then may have been accepted. */
const calledOff = (signal: AbortSignal, progress: Progress) =>
  new Promise<Outcome>((resolve) => {
    const end = (): void =>
      resolve(
        progress.sent
          ? { kind: 'uncertain', detail: 'the server did not answer in time after the message was sent' }
          : { kind: 'retry', detail: 'the server did not answer in time', retryAfterMs: null },
      );
    if (signal.aborted) end();
    else signal.addEventListener('abort', end, { once: true });
  });
