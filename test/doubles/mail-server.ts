// A mail server for tests: the `smtp-server` package, listening on a free port, that keeps what it was given byte for byte. It is no
// double of ours: its reading of SMTP is its own.
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';

export interface Caught {
  readonly from: string;
  readonly to: readonly string[];
  readonly raw: Buffer;
  /** What came with MAIL FROM: SMTPUTF8, BODY, SIZE. */
  readonly args: Readonly<Record<string, unknown>>;
  readonly secure: boolean;
  readonly user: string | null;
}

export interface MailServer {
  readonly port: number;
  readonly caught: Caught[];
  stop(): Promise<void>;
}

export interface MailServerChoice extends SMTPServerOptions {
  /** Refuses a recipient with this reply: `550 5.1.1 no such user`. */
  readonly refuses?: (address: string) => string | null;
}

export async function startMailServer({ refuses, ...options }: MailServerChoice = {}): Promise<MailServer> {
  const caught: Caught[] = [];
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: options.key === undefined ? ['STARTTLS'] : [],
    disableReverseLookup: true,
    logger: false,
    closeTimeout: 200,
    onRcptTo({ address }, _session, done) {
      const reply = refuses?.(address) ?? null;
      if (reply === null) return done();
      done(Object.assign(new Error(reply.slice(4)), { responseCode: Number(reply.slice(0, 3)) }));
    },
    onData(stream, session, done) {
      const parts: Buffer[] = [];
      stream.on('data', (part: Buffer) => parts.push(part));
      stream.on('end', () => {
        const { mailFrom, rcptTo } = session.envelope;
        caught.push({
          from: mailFrom === false ? '' : mailFrom.address,
          to: rcptTo.map(({ address }) => address),
          raw: Buffer.concat(parts),
          args: (mailFrom === false ? {} : mailFrom.args) as unknown as Record<string, unknown>,
          secure: session.secure,
          user: (session.user as string | undefined) ?? null,
        });
        done();
      });
    },
    ...options,
  });
  server.on('error', () => {}); // of a client that left, or whose TLS was refused
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  return {
    port: (server.server.address() as { port: number }).port,
    caught,
    stop: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

/** The header fields as they were sent, unfolded, in order. */
export const headerLines = (raw: Buffer): readonly string[] =>
  (raw.toString('latin1').split('\r\n\r\n')[0] ?? '').replace(/\r\n[ \t]/g, ' ').split('\r\n');

export const headerNames = (raw: Buffer): readonly string[] =>
  headerLines(raw).map((line) => line.slice(0, line.indexOf(':')).toLowerCase());
