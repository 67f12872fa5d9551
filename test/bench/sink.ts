// An SMTP server that takes everything and keeps nothing, in a process of its own so that it takes no turn of ours: Postfix's
// smtp-sink where it is installed, else smtp-server.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { connect, createServer } from 'node:net';

export interface Sink {
  readonly port: number;
  readonly program: string;
  stop(): Promise<void>;
}

const SMTP_SINK = '/usr/sbin/smtp-sink';
/** As root it wants to be somebody else. */
const AS_ROOT = process.getuid?.() === 0 ? ['-u', 'nobody'] : [];
const OWN = `
import { SMTPServer } from 'smtp-server';
const server = new SMTPServer({ authOptional: true, disabledCommands: ['STARTTLS', 'AUTH'], logger: false,
  onData(stream, _session, done) { stream.resume(); stream.on('end', () => done()); } });
server.listen(Number(process.argv[1]), '127.0.0.1');
`;
const TRIES_MAX = 200;
const AGAIN_MS = 50;

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });

const answers = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
      .once('data', () => {
        socket.destroy();
        resolve(true);
      })
      .once('error', () => resolve(false));
  });

export async function startSink(): Promise<Sink> {
  const port = await freePort();
  const ready = existsSync(SMTP_SINK);
  const child = ready
    ? spawn(SMTP_SINK, [...AS_ROOT, `127.0.0.1:${port}`, '256'], { stdio: 'ignore' })
    : spawn(process.execPath, ['--input-type=module', '-e', OWN, String(port)], { stdio: 'ignore' });
  for (let tries = 0; !(await answers(port)); tries++) {
    if (tries === TRIES_MAX) throw new Error('the SMTP sink did not start');
    await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
  }
  return {
    port,
    program: ready ? "Postfix's smtp-sink" : 'smtp-server in a process of its own',
    async stop() {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill();
      await ended;
    },
  };
}
