// The server process: the database (bundled unless one is named), Relance, a listening socket, and an orderly end. Used
// by `relance serve` and, with samples and fast time, by demo.ts.

import { MAILBOX } from '../channels/local.ts';
import type { Log } from '../engine/engine.ts';
import type { Role } from '../engine/loop.ts';
import { beginAnew } from '../store/begin-anew.ts';
import { type BundledServer, startBundledServer } from '../store/bundled.ts';
import { ENGINE } from '../store/database.ts';
import { type Config, ConfigError, type Keys, resolveKeys } from './config.ts';
import { NODE_ROLES, type NodeRole } from './node-role.ts';
import { CAPTURED_CHANNELS } from './open-channels.ts';
import { isRelance, whyNotListen } from './port.ts';
import { readProject } from './project.ts';
import { createRelance, type Relance } from './relance.ts';

export interface RunningServer {
  readonly url: string;
  readonly relance: Relance;
  readonly keys: Keys;
  readonly bundled: boolean;
  /** Channels whose messages are captured in the mailbox, each with the tenants whose are not. */
  readonly captured: readonly string[];
  /** Drains, then stops the bundled database if nobody else uses it. */
  stop(): Promise<void>;
}

export interface ServeOptions {
  /** Which parts this node runs; all by default. Without `api` nothing listens but health. */
  readonly roles?: readonly NodeRole[];
  readonly open?: boolean;
  /** The demo: what the bundled database holds is thrown away first. */
  readonly anew?: boolean;
  readonly log: Log;
  readonly say?: (line: string) => void;
}

export async function startServer(config: Config, options: ServeOptions): Promise<RunningServer> {
  const say = options.say ?? (() => {});
  if (options.open === true && !LOOPBACK.test(config.host))
    throw new ConfigError(
      `The demo asks for no key, so it listens on this machine only, not on ${config.host}.`,
      'Unset RELANCE_HOST, or run `relance serve`.',
    );
  const roles = options.roles ?? NODE_ROLES;
  // Before anything is made: a start that cannot work leaves nothing behind.
  if (roles.includes('api')) await refuseTakenPort(config);
  if (config.project !== null) await readProject(config.project);
  const keys = resolveKeys(config);
  const bundled: BundledServer | null =
    config.databaseUrl === null ? await startBundledServer({ dataDir: config.dataDir, log: say }) : null;
  let relance: Relance | null = null;
  let captured: readonly string[] = [];
  try {
    if (options.anew === true && bundled !== null) await empty(bundled, config);
    relance = await createRelance({
      database: config.databaseUrl ?? bundled?.url ?? '',
      secretKey: keys.secretKey,
      secretKeysAccepted: config.secretKeysAccepted,
      ...(config.messagesADay === null ? {} : { messagesADay: config.messagesADay }),
      apiKey: keys.apiKey,
      publicUrl: config.publicUrl ?? `http://${hostOf(config.host)}:${config.port}`,
      ...(config.directUrl === null ? {} : { directDatabase: config.directUrl }),
      ...(config.project === null ? {} : { project: config.project }),
      clock: config.clock,
      channels: {
        ...(config.smtpUrl === null ? {} : { smtpUrl: config.smtpUrl }),
        ...(config.mailFrom === null ? {} : { mailFrom: config.mailFrom }),
        ...(config.mailReturnPath === null ? {} : { mailReturnPath: config.mailReturnPath }),
        ...(config.mailReplyTo === null ? {} : { mailReplyTo: config.mailReplyTo }),
        ...(config.dkim === null ? {} : { dkim: config.dkim }),
        ...(config.inbound === null || !roles.includes('api') ? {} : { inbound: config.inbound }),
        allowHosts: config.webhookAllowHosts,
      },
      roles: roles.filter((role): role is Role => role !== 'api'),
      log: options.log,
      open: options.open ?? false,
    });
    captured = await capturedChannels(relance);
    if (roles.includes('api')) {
      await relance.http.listen({ port: config.port, host: config.host });
      // Nothing waits for it but whoever asks for the page.
      void relance.dashboard.prepare(say);
    }
    relance.start();
  } catch (error) {
    await relance?.stop().catch(() => {});
    await bundled?.stop().catch(() => {});
    throw error;
  }
  const running = relance;
  return {
    url: addressOf(running, config),
    relance: running,
    keys,
    bundled: bundled !== null,
    captured,
    async stop() {
      await running.stop();
      if (bundled !== null && (await bundled.stop()) === 'left_running')
        say('The bundled PostgreSQL keeps running: another Relance uses it.');
    },
  };
}

/** As they are now: a connection that a tenant makes later is used from the next message on. */
async function capturedChannels({ engine: { engine } }: Relance): Promise<readonly string[]> {
  const { connections, database } = engine;
  await database.transaction(ENGINE, (tx) => connections.refresh(tx));
  return CAPTURED_CHANNELS.filter((channel) =>
    connections.shared(channel).some(({ provider }) => provider === MAILBOX),
  ).map((channel) => {
    const own = connections.served().filter((one) => one.channel === channel);
    const tenants = own.slice(0, TENANTS_NAMED_MAX).map(({ tenant }) => tenant);
    const more = own.length > tenants.length ? ', …' : '';
    return own.length === 0 ? channel : `${channel} (but of ${tenants.join(', ')}${more})`;
  });
}

/** Of more tenants than these nobody reads each one. */
const TENANTS_NAMED_MAX = 5;

async function refuseTakenPort({ host, port }: Config): Promise<void> {
  const trouble = port === 0 ? null : await whyNotListen(host, port);
  if (trouble === null) return;
  const next = 'Stop it, or set RELANCE_PORT to another port.';
  if (trouble !== 'EADDRINUSE')
    throw new ConfigError(
      `${host}:${port} cannot be listened on: ${trouble}`,
      'Set RELANCE_HOST and RELANCE_PORT to ones you may use.',
    );
  throw new ConfigError(
    `${(await isRelance(host, port)) ? 'A Relance' : 'Another program'} listens on ${host}:${port} already`,
    next,
  );
}

async function empty(bundled: BundledServer, config: Config): Promise<void> {
  if ((await beginAnew(bundled.url, bundled.presencePid)) === 'in_use')
    throw new ConfigError(
      `Another demo is running on ${config.dataDir}`,
      'Stop it, or set RELANCE_DATA_DIR to another folder.',
    );
}

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|::1)$/;
/** As it stands in an address. */
function hostOf(host: string): string {
  if (host === '0.0.0.0' || host === '::') return '127.0.0.1';
  return host.includes(':') ? `[${host}]` : host;
}

function addressOf(relance: Relance, config: Config): string {
  const address = relance.http.server.address();
  return `http://${hostOf(config.host)}:${address !== null && typeof address === 'object' ? address.port : config.port}`;
}
