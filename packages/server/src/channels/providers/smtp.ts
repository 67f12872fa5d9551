// Email over SMTP. The Message-ID derives from the message id, so a receiver can recognise a doubled hand-over; SMTP itself does
// not (honoursIds: false). One way in for an operator (RELANCE_SMTP_URL), one for the connections of a tenant; both send
// through smtp-transport.ts what mail.ts makes.
import { createPrivateKey } from 'node:crypto';
import { rootCertificates } from 'node:tls';
import type { Outcome } from '@relance/core';
import { createTransport } from 'nodemailer';
import { z } from 'zod';
import type { Connection, Envelope } from '../channel.ts';
import type { EgressRules } from '../egress-guard.ts';
import { calledOffBefore } from '../http-judge.ts';
import { mailOf, type Sender } from '../mail.ts';
import { mailboxField, senderField } from '../mail-brand.ts';
import { filesOf } from '../mail-files.ts';
import type { Opening, Provider } from '../provider.ts';
import { type DkimKey, openSmtp, type SmtpServer, type SmtpTransport, smtpOptions } from '../smtp-transport.ts';

export interface SmtpOptions extends Sender {
  /** smtp:// or smtps://, with credentials where needed. */
  readonly url: string;
  readonly concurrencyMax?: number;
  readonly dkim?: DkimKey;
  /** Where attachments may be fetched from: public addresses, and what an operator allows. */
  readonly egress?: EgressRules;
}

const CONNECTIONS = 5;

export function smtpConnection(options: SmtpOptions): Connection {
  const concurrencyMax = options.concurrencyMax ?? CONNECTIONS;
  const transport = openSmtp(readUrl(options.url), options.dkim ?? null, concurrencyMax);
  return connectionOf('smtp', concurrencyMax, transport, options, options.egress ?? { allowHosts: [] });
}

const connectionOf = (
  id: string,
  concurrencyMax: number,
  transport: SmtpTransport,
  sender: Sender,
  egress: EgressRules,
): Connection => ({
  id,
  channel: 'email',
  provider: 'smtp',
  honoursIds: false,
  concurrencyMax,
  send: (envelope, signal) => send(transport, sender, egress, envelope, signal),
  async close() {
    transport.close();
  },
});

async function send(
  transport: SmtpTransport,
  sender: Sender,
  egress: EgressRules,
  envelope: Envelope,
  signal: AbortSignal,
): Promise<Outcome> {
  if (signal.aborted) return calledOffBefore;
  const files = await filesOf(envelope, egress, signal);
  if (files.kind === 'not sent') return files.outcome;
  const mail = mailOf(sender, envelope, files.files);
  if (mail === null) return { kind: 'rejected', detail: 'the address is not a valid email address' };
  return signal.aborted ? calledOffBefore : transport.send(mail, signal);
}

function readUrl(text: string): SmtpServer {
  const url = new URL(text);
  if (url.protocol !== 'smtp:' && url.protocol !== 'smtps:')
    throw new Error(`RELANCE_SMTP_URL must begin with smtp:// or smtps://, not ${url.protocol}//`);
  const secure = url.protocol === 'smtps:';
  const user = decodeURIComponent(url.username);
  return {
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port === '' ? (secure ? 465 : 587) : Number(url.port),
    security: secure ? 'tls' : 'offered',
    ...(user === '' ? {} : { auth: { user, pass: decodeURIComponent(url.password) } }),
    egress: null,
  };
}

/** Connects, greets and logs in without sending anything. Null when all of it works, else what went wrong. */
export async function verifySmtp(url: string, timeoutMs: number): Promise<string | null> {
  const limits = { connectionTimeout: timeoutMs, greetingTimeout: timeoutMs, socketTimeout: timeoutMs };
  const transport = createTransport({ ...smtpOptions(readUrl(url)), ...limits } as never);
  try {
    await transport.verify();
    return null;
  } catch (error) {
    return (error as Error).message;
  } finally {
    transport.close();
  }
}

const HOST = /^(?!-)[A-Za-z0-9.:-]{1,253}$/;
const DOMAIN = /^(?=.{1,253}$)[a-z0-9-]{1,63}(\.[a-z0-9-]{1,63})+$/i;
const A_DOMAIN = 'must be a domain, such as example.com';

const smtpSettings = z.strictObject({
  host: z
    .string()
    .regex(HOST, 'must be the name or the address of a server alone, such as smtp.example.com')
    .describe('The name of the server.'),
  port: z.number().int().min(1).max(65_535).default(587).describe('587 with STARTTLS, 465 with TLS, or another.'),
  secure: z
    .enum(['starttls', 'tls', 'none'])
    .default('starttls')
    .describe('TLS from the first byte, after STARTTLS, or none at all; credentials are never sent without.'),
  from: senderField,
  returnPath: mailboxField.optional().describe('The mailbox that bounces come back to, one address a message.'),
  replyTo: mailboxField.optional().describe('The mailbox that replies go to, one address a message.'),
  dkim: z
    .strictObject({
      domain: z.string().regex(DOMAIN, A_DOMAIN).describe('The domain that signs (d=).'),
      selector: z
        .string()
        .regex(/^[a-z0-9._-]{1,63}$/i, 'must be a name in the DNS, such as mail2026')
        .describe('Where its DNS has the public key (s=).'),
    })
    .optional()
    .describe('Signs every mail with the secret `dkimPrivateKey`.'),
  name: z
    .string()
    .regex(DOMAIN, A_DOMAIN)
    .optional()
    .describe('What we call ourselves in EHLO; the host name of this machine otherwise.'),
  ca: z.string().max(100_000).optional().describe('Certificates (PEM) to trust beside the public ones.'),
});

const rsaKey = (pem: string): boolean => {
  try {
    return createPrivateKey(pem).asymmetricKeyType === 'rsa';
  } catch {
    return false;
  }
};
const smtpSecrets = z.strictObject({
  user: z.string().min(1).max(1_000).optional().describe('The name to log in with.'),
  password: z.string().max(10_000).optional().describe('Its password.'),
  dkimPrivateKey: z
    .string()
    .max(20_000)
    .refine(rsaKey, 'must be an RSA private key in PEM, without a passphrase')
    .optional()
    .describe('The RSA private key that signs, in PEM.'),
});

export type SmtpSettings = z.infer<typeof smtpSettings>;
export type SmtpSecrets = z.infer<typeof smtpSecrets>;

export const smtpProvider: Provider<SmtpSettings, SmtpSecrets> = {
  id: 'smtp',
  channel: 'email',
  title: 'SMTP',
  settings: smtpSettings,
  secrets: smtpSecrets,
  destination: ['host', 'port', 'secure', 'ca'],
  concurrency: CONNECTIONS,
  mistake: mistakeOf,
  open: (opening) => {
    const { id, settings, egress, concurrencyMax } = opening;
    const problem = openingProblem(opening);
    const { from, returnPath, replyTo } = settings;
    const sender = { from, returnPath, replyTo, addressKey: opening.addressKey };
    const transport: SmtpTransport =
      problem === null
        ? openSmtp(serverOf(opening), dkimOf(opening), concurrencyMax)
        : { send: async () => ({ kind: 'retry', detail: problem, retryAfterMs: null }), close: () => {} };
    return connectionOf(id, concurrencyMax, transport, sender, egress);
  },
};

function mistakeOf(
  settings: SmtpSettings,
  secrets: SmtpSecrets,
): { readonly path: string; readonly message: string } | null {
  if (settings.secure === 'none' && secrets.user !== undefined)
    return { path: 'settings.secure', message: 'credentials are not sent without TLS; use "starttls" or "tls"' };
  if (settings.dkim !== undefined && secrets.dkimPrivateKey === undefined)
    return { path: 'secrets.dkimPrivateKey', message: 'is missing, and mails are to be signed (settings.dkim)' };
  return null;
}

/** Nothing is sent until it is mended. */
function openingProblem({ settings, secrets, addressKey }: Opening<SmtpSettings, SmtpSecrets>): string | null {
  const mistake = mistakeOf(settings, secrets);
  if (mistake !== null) return `${mistake.path} ${mistake.message}`;
  if (addressKey === undefined && (settings.returnPath ?? settings.replyTo) !== undefined)
    return 'addresses of bounces and replies need a key of the server';
  return null;
}

function serverOf({ settings, secrets, egress }: Opening<SmtpSettings, SmtpSecrets>): SmtpServer {
  const { host, port, secure, name, ca } = settings;
  const { user, password } = secrets;
  return {
    host,
    port,
    security: secure,
    name,
    ca: ca === undefined ? undefined : [...rootCertificates, ca],
    ...(user === undefined ? {} : { auth: { user, pass: password ?? '' } }),
    egress,
  };
}

const dkimOf = ({ settings, secrets }: Opening<SmtpSettings, SmtpSecrets>): DkimKey | null =>
  settings.dkim === undefined || secrets.dkimPrivateKey === undefined
    ? null
    : { ...settings.dkim, privateKey: secrets.dkimPrivateKey };
