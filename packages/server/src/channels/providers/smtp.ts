// Email over SMTP (nodemailer, pooled). The Message-ID derives from the message id, so a receiver can recognise a
// doubled hand-over; SMTP itself does not (honoursIds: false). Automatic mail says so (RFC 3834) and names its list
// (RFC 2919), so that vacation programs stay silent. The judge of replies is smtp-judge.ts.
import { pipeline, Transform } from 'node:stream';
import { domainToASCII } from 'node:url';
import type { Outcome } from '@relance/core';
import { createTransport, type SendMailOptions, type Transporter } from 'nodemailer';
import type { Connection, Envelope } from '../channel.ts';
import { calledOffBefore } from '../http-judge.ts';
import { judgeSmtp, type SmtpError } from '../smtp-judge.ts';

export interface SmtpOptions {
  /** smtp:// or smtps://, with credentials where needed. */
  readonly url: string;
  /** `Name <address>` or an address. */
  readonly from: string;
  readonly concurrencyMax?: number;
}

const CONNECT_TIMEOUT_MS = 10_000;
const GREETING_TIMEOUT_MS = 10_000;
const SOCKET_TIMEOUT_MS = 20_000;
const CONNECTIONS = 5;

export function smtpConnection(options: SmtpOptions): Connection {
  const domain = domainOf(options.from);
  const transport = createTransport({
    ...readUrl(options.url),
    pool: true,
    maxConnections: options.concurrencyMax ?? CONNECTIONS,
    connectionTimeout: CONNECT_TIMEOUT_MS,
    greetingTimeout: GREETING_TIMEOUT_MS,
    socketTimeout: SOCKET_TIMEOUT_MS,
    disableFileAccess: true,
    disableUrlAccess: true,
  } as never);
  transport.use('stream', (mail, done) => {
    const { relanceProgress: progress } = mail.data as unknown as { relanceProgress: { sent: boolean } };
    // The message's very last stream. It holds one piece and takes the next when the connection has read that, which it
    // does only once the server has asked for the data: when it is through, only the server's answer is missing.
    mail.message.processFunc((message) =>
      pipeline(
        message,
        new Transform({
          readableHighWaterMark: 1,
          transform(chunk, _encoding, next) {
            next(null, chunk);
          },
          flush(next) {
            progress.sent = true;
            next();
          },
        }),
        () => {}, // an error of one is an error of the other, which sendMail tells
      ),
    );
    done();
  });
  return {
    id: 'smtp',
    channel: 'email',
    provider: 'smtp',
    honoursIds: false,
    concurrencyMax: options.concurrencyMax ?? CONNECTIONS,
    send: (envelope, signal) => send(transport, options.from, domain, envelope, signal),
    async close() {
      transport.close();
    },
  };
}

interface SmtpUrl {
  host: string;
  port: number;
  secure: boolean;
  auth?: { user: string; pass: string };
  tls?: { rejectUnauthorized: boolean };
  ignoreTLS?: boolean;
}

function readUrl(text: string): SmtpUrl {
  const url = new URL(text);
  if (url.protocol !== 'smtp:' && url.protocol !== 'smtps:')
    throw new Error(`RELANCE_SMTP_URL must begin with smtp:// or smtps://, not ${url.protocol}//`);
  const secure = url.protocol === 'smtps:';
  const port = url.port === '' ? (secure ? 465 : 587) : Number(url.port);
  const user = decodeURIComponent(url.username);
  return {
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port,
    secure,
    ...(user === '' ? {} : { auth: { user, pass: decodeURIComponent(url.password) } }),
  };
}

/** Connects, greets and logs in without sending anything. Null when all of it works, else what went wrong. */
export async function verifySmtp(url: string, timeoutMs: number): Promise<string | null> {
  const limits = { connectionTimeout: timeoutMs, greetingTimeout: timeoutMs, socketTimeout: timeoutMs };
  const transport = createTransport({ ...readUrl(url), ...limits } as never);
  try {
    await transport.verify();
    return null;
  } catch (error) {
    return (error as Error).message;
  } finally {
    transport.close();
  }
}

/** As DNS knows it: Message-ID and List-Id are ASCII. */
const domainOf = (from: string): string => domainToASCII(/@([^>\s]+)/.exec(from)?.[1] ?? '') || 'relance.invalid';

// RFC 5321 §4.1.2 allows more; what is refused here is what could start a new header or command.
const ADDRESS =
  /^[^\s@<>"(),:;\\\u0000-\u001f\u007f-\u009f\u2028\u2029]{1,64}@[^\s@<>"(),:;\\\u0000-\u001f\u007f-\u009f\u2028\u2029]{1,255}$/;

async function send(
  transport: Transporter,
  from: string,
  domain: string,
  envelope: Envelope,
  signal: AbortSignal,
): Promise<Outcome> {
  if (signal.aborted) return calledOffBefore;
  if (envelope.address === null || !ADDRESS.test(envelope.address))
    return { kind: 'rejected', detail: 'the address is not a valid email address' };
  const progress = { sent: false };
  const work = transport
    .sendMail({ ...mailOf(from, domain, envelope, envelope.address, progress), signal })
    .then(
      (info): Outcome => ({
        kind: 'accepted',
        providerId: info.messageId,
        detail: String(info.response ?? '').slice(0, 200),
      }),
    )
    .catch((error: SmtpError): Outcome => judgeSmtp(error, progress.sent));
  return Promise.race([work, calledOff(signal, progress)]);
}

/** Out of time: what had been written by then may have been accepted. */
const calledOff = (signal: AbortSignal, progress: { sent: boolean }) =>
  new Promise<Outcome>((resolve) => {
    signal.addEventListener(
      'abort',
      () =>
        resolve(
          progress.sent
            ? { kind: 'uncertain', detail: 'the server did not answer in time after the message was sent' }
            : { kind: 'retry', detail: 'the server did not answer in time', retryAfterMs: null },
        ),
      { once: true },
    );
  });

const header = (text: string): string => text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, ' ').trim();

function mailOf(
  from: string,
  domain: string,
  envelope: Envelope,
  address: string,
  progress: { sent: boolean },
): SendMailOptions {
  const { content, recipient } = envelope;
  // Replies and later messages of one follow-up are shown together: they all refer to one stable id.
  const thread = `<follow-up.${envelope.followUp}@${domain}>`;
  const name = recipient.name === null ? '' : header(recipient.name);
  return {
    from,
    to: name === '' ? address : { name, address },
    subject: header(content.subject ?? envelope.policyTitle),
    text: content.text,
    ...(content.html === undefined ? {} : { html: content.html }),
    messageId: `<${envelope.id}@${domain}>`,
    references: [thread],
    inReplyTo: thread,
    headers: {
      'Auto-Submitted': 'auto-generated',
      'X-Relance-Follow-Up': envelope.followUp,
    },
    list: {
      id: {
        url: `${envelope.policy.replace(/[^A-Za-z0-9-]/g, '-')}.${domain}`,
        comment: header(envelope.policyTitle).replace(/[<>"]/g, ''),
      },
    },
    envelope: { from: /<([^>]+)>/.exec(from)?.[1] ?? from, to: [address] },
    disableFileAccess: true,
    disableUrlAccess: true,
    textEncoding: 'quoted-printable',
    relanceProgress: progress,
  } as SendMailOptions;
}
