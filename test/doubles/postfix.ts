// A Postfix of Debian's for one test: configuration, queue and log in a folder of its own, loopback only, on a free port. It needs root,
// as Postfix does, and knows nothing of the Postfix that may run on the machine.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../free-port.ts';
import { until } from '../until.ts';

const DAEMONS = '/usr/lib/postfix/sbin';
const account = (): readonly [uid: number, gid: number] | null => {
  const line = /^postfix:[^:]*:(\d+):(\d+):/m.exec(readFileSync('/etc/passwd', 'utf8'));
  return line === null ? null : [Number(line[1]), Number(line[2])];
};
export const sinkInstalled = spawnSync('which', ['smtp-sink']).status === 0;
export const postfixInstalled =
  process.getuid?.() === 0 && existsSync(`${DAEMONS}/master`) && existsSync('/etc/passwd') && account() !== null;

const greets = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    const end = (yes: boolean): void => {
      socket.destroy();
      resolve(yes);
    };
    socket.once('data', () => end(true));
    socket.once('error', () => end(false));
    socket.setTimeout(2_000, () => end(false));
  });

const ended = (child: ChildProcess): Promise<unknown> =>
  child.exitCode === null && child.signalCode === null
    ? new Promise((resolve) => child.once('exit', resolve))
    : Promise.resolve();

export interface Postfix {
  readonly port: number;
  log(): string;
  stop(): Promise<void>;
}

const SERVICES = `pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
proxymap unix - - n - - proxymap
smtp unix - - n - - smtp
relay unix - - n - - smtp
showq unix n - n - - showq
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
`;

export interface PostfixChoice {
  /** Domain → port on this machine that takes its mail. */
  readonly routes: Readonly<Record<string, number>>;
  /** Domain → a program that is given each of its mails, as `nobody`; Postfix puts in `${sender}` and `${recipient}`. */
  readonly programs?: Readonly<Record<string, readonly string[]>>;
  /** Absent: any that is free. */
  readonly port?: number;
  /** Further lines of main.cf. */
  readonly settings?: string;
}

/** Knows \`ana@local.test\`, whose mail it throws away, and nobody else there. */
export async function startPostfix({
  routes,
  programs = {},
  settings = '',
  port: wanted,
}: PostfixChoice): Promise<Postfix> {
  const folder = mkdtempSync(join(tmpdir(), 'relance-postfix-'));
  const at = (name: string): string => join(folder, name);
  chmodSync(folder, 0o755);
  for (const name of ['conf', 'queue', 'data']) mkdirSync(at(name));
  const [uid, gid] = account() ?? [0, 0];
  chownSync(at('data'), uid, gid);
  const port = wanted ?? (await freePort());
  const transports = [
    ...Object.entries(routes).map(([domain, to]) => `${domain}=smtp:[127.0.0.1]:${to}`),
    ...Object.keys(programs).map((domain) => `${domain}=${domain}:`),
  ];
  const pipes = Object.entries(programs).map(
    ([domain, argv]) => `${domain} unix - n n - - pipe user=nobody null_sender= argv=${argv.join(' ')}\n`,
  );
  writeFileSync(
    at('conf/main.cf'),
    `compatibility_level = 3.6
queue_directory = ${at('queue')}
data_directory = ${at('data')}
command_directory = /usr/sbin
daemon_directory = ${DAEMONS}
mail_owner = postfix
setgid_group = postdrop
myhostname = mx.relay.test
mydestination = local.test
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
maillog_file = ${at('log')}
maillog_file_prefixes = ${folder}
local_recipient_maps = inline:{ ana=x slow=x }
local_transport = discard:
smtpd_relay_restrictions = permit_mynetworks, reject
transport_maps = inline:{ ${transports.join(' ')} }
${settings}
`,
  );
  writeFileSync(at('conf/master.cf'), `127.0.0.1:${port} inet n - n - - smtpd\n${SERVICES}${pipes.join('')}`);
  const program = spawn('/usr/sbin/postfix', ['-c', at('conf'), 'start-fg'], { stdio: 'ignore' });
  const stop = async (): Promise<void> => {
    spawnSync('/usr/sbin/postfix', ['-c', at('conf'), 'stop'], { stdio: 'ignore' });
    await ended(program);
    rmSync(folder, { recursive: true, force: true });
  };
  const log = (): string => (existsSync(at('log')) ? readFileSync(at('log'), 'utf8') : '');
  try {
    await until('Postfix greeting', () => greets(port));
  } catch (error) {
    const words = log();
    await stop();
    throw new Error(`${(error as Error).message}\n${words}`);
  }
  return { port, log, stop };
}

/** Postfix's own test server; `how` are its options. */
export async function startSink(...how: readonly string[]): Promise<{ readonly port: number; stop(): Promise<void> }> {
  const port = await freePort();
  const as = process.getuid?.() === 0 ? ['-u', 'nobody'] : [];
  const program = spawn('smtp-sink', [...as, ...how, `127.0.0.1:${port}`, '100'], { stdio: 'ignore' });
  await until('smtp-sink greeting', () => program.exitCode !== null || greets(port));
  if (program.exitCode !== null) throw new Error(`smtp-sink ended with ${program.exitCode}`);
  return {
    port,
    async stop() {
      program.kill('SIGTERM');
      await ended(program);
    },
  };
}
