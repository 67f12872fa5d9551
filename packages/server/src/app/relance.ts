// createRelance(): the whole product in the user's own process. `open` and `resolve` run inside the user's own
// transaction, on their own `pg` client: what they write and the follow-up commit together or not at all. `handler`
// mounts the HTTP surface; start() and stop() run the loops. serve.ts is this, with a listening socket around it.
import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { FastifyInstance } from 'fastify';
import { httpResolver } from '../channels/resolver.ts';
import { compileCalendar } from '../engine/calendar-book.ts';
import type { Log } from '../engine/engine.ts';
import { createEngine, ROLES, type Role, type RunningEngine } from '../engine/loop.ts';
import { Auth } from '../http/auth.ts';
import { createHttpServer } from '../http/server.ts';
import { createFigures } from '../insights/figures.ts';
import { actionWords } from '../responses/action-link.ts';
import { type Database, ENGINE, openDatabase } from '../store/database.ts';
import { startHint } from '../store/hint.ts';
import { migrate } from '../store/migrate.ts';
import { secretBox } from '../store/secret-box.ts';
import { setClockMode } from '../store/sql/clock.ts';
import { applyProject } from './apply-project.ts';
import { type OpenDashboard, openDashboard } from './dashboard.ts';
import { type Embedded, embedded } from './embedded.ts';
import { mailBack, mailHandedOn } from './mail-back.ts';
import { createMetrics } from './metrics.ts';
import { addressKeys, type ChannelOptions, listenForMail, type OpenChannels, openChannels } from './open-channels.ts';
import { openKeyedHash } from './open-keyed-hash.ts';
import { readProject } from './project.ts';
import { readyShelf } from './ready-shelf.ts';
import { VERSION } from './version.ts';
import { wallNow } from './wall-clock.ts';
import { webhookSecrets } from './webhook-secret.ts';

export interface RelanceOptions extends ChannelOptions {
  /** URL of a PostgreSQL (≥ 15); everything lives in its schema `relance`. */
  readonly database: string;
  /** For LISTEN behind a pooler. */
  readonly directDatabase?: string;
  /** Folder with relance.yaml, policies/, templates/, directory/; each part optional. */
  readonly project?: string;
  /** How many messages each tenant may send in a day, beside the inbox; absent: as many as it likes. */
  readonly messagesADay?: number;
  /** Bootstrap admin key of tenant `default`; null leaves only stored keys. */
  readonly apiKey?: string | null;
  /** The address people reach this process at; links in messages begin with it. */
  readonly publicUrl?: string;
  readonly clock?:
    | { readonly mode: 'real' }
    | { readonly mode: 'scaled'; readonly scale: number }
    | { readonly mode: 'virtual' };
  readonly roles?: readonly Role[];
  readonly log?: Log;
  /** The demo: no API key needed. */
  readonly open?: boolean;
  readonly tenant?: string;
}

export interface Relance extends Embedded {
  /** Mount on a Node HTTP server: `createServer(relance.handler)`. */
  readonly handler: (request: IncomingMessage, response: ServerResponse) => void;
  readonly http: FastifyInstance;
  readonly engine: RunningEngine;
  /** Served at `/`; from a checkout it is built when it is first asked for. */
  readonly dashboard: OpenDashboard;
  /** Where mail that comes back is listened for; null where it is not. */
  readonly inboundPort: number | null;
  start(): void;
  /** Drains: takes nothing new, finishes hand-overs under way, closes connections. */
  stop(): Promise<void>;
}

const QUIET: Log = { info() {}, warn() {}, error() {} };
const SECRET_MIN = 32;

export async function createRelance(options: RelanceOptions): Promise<Relance> {
  const secretLength = options.secretKey?.length ?? 0;
  if (secretLength < SECRET_MIN)
    throw new Error(
      `\`secretKey\` has ${secretLength} characters; it needs ${SECRET_MIN} or more, the same at every start. Make one with: openssl rand -base64 36`,
    );
  if (typeof options.database !== 'string' || !/^postgres(ql)?:/.test(options.database))
    throw new Error('`database` must be the URL of a PostgreSQL, as in postgres://user:password@host/name.');
  const log = options.log ?? QUIET;
  const applied = await migrate(options.database);
  if (applied.length > 0) log.info({ migrations: applied.length, newest: applied.at(-1) }, 'migrated');
  const hash = await openKeyedHash(options.database, secretBox(options.secretKey, options.secretKeysAccepted ?? []));
  const database = openDatabase({ url: options.database, connectionsMax: 12, hash });
  try {
    return await assemble(options, database, log);
  } catch (error) {
    // A project that cannot be read is tried again in the same process; and the bundled server stops only when nobody is left.
    await database.close();
    throw error;
  }
}

const beginClock = (database: Database, clock: NonNullable<RelanceOptions['clock']>): Promise<void> =>
  database.transaction(ENGINE, (tx) => setClockMode(tx, clock.mode, clock.mode === 'scaled' ? clock.scale : 1));

const authOf = ({ apiKey = null, open = false }: RelanceOptions, publicUrl: string, database: Database): Auth =>
  new Auth({ bootstrapKey: apiKey, open, publicUrl }, database);

const resolverOf = (options: RelanceOptions) =>
  httpResolver({
    allowHosts: options.channels?.allowHosts ?? [],
    secretsFor: (own) => webhookSecrets(options, own),
    wallNow,
  });

/** The channels, and what the server's own folder says where it is given one. */
async function openWithProject(
  options: RelanceOptions,
  given: { readonly database: Database; readonly publicUrl: string; readonly log: Log },
): Promise<OpenChannels> {
  const channels = await openChannels(options, given);
  const { project, tenant = 'default' } = options;
  const { refusalOf } = channels.desk;
  try {
    if (project !== undefined)
      await applyProject(given.database, tenant, await readProject(project), { log: given.log, refusalOf });
    return channels;
  } catch (error) {
    await channels.close();
    throw error;
  }
}

async function assemble(options: RelanceOptions, database: Database, log: Log): Promise<Relance> {
  const { tenant = 'default' } = options;
  const publicUrl = (options.publicUrl ?? 'http://127.0.0.1:4400').replace(/\/$/, '');
  await beginClock(database, options.clock ?? { mode: 'real' });
  const metrics = createMetrics(database);
  const channels = await openWithProject(options, { database, publicUrl, log });
  const figures = createFigures(database, log);
  const running = createEngine({
    node: `${process.pid}-${randomUUID().slice(0, 8)}`,
    database,
    connections: channels.shared,
    ownConnections: channels.own,
    messagesADay: options.messagesADay ?? null,
    log,
    metrics: metrics.engine,
    roles: options.roles ?? ROLES,
    resolve: resolverOf(options),
    refusalOf: channels.desk.refusalOf,
    words: actionWords({ secret: options.secretKey, publicUrl, wallNow }),
    figures,
  });
  const take = mailBack(running.replies);
  const dashboard = openDashboard();
  let stopping = false;
  // This node and the others.
  const told = (nudge: () => void): void => {
    nudge();
    hint.tell();
  };
  const http = await createHttpServer({
    database,
    ingest: running.ingest,
    commands: running.commands,
    receipts: running.receipts,
    replies: running.replies,
    takeMail: mailHandedOn(take, running.receipts, addressKeys(options)),
    visits: running.visits,
    providers: channels.desk,
    secretBox: channels.secretBox,
    pushKey: channels.pushKey,
    testSend: channels.testSend,
    consents: running.consents,
    erasures: running.erasures,
    freshLinks: running.freshLinks,
    figures,
    calendars: { compile: compileCalendar },
    clock: running.clock,
    previews: running.previews,
    nudge: { wake: () => told(running.nudge.wake), deliver: () => told(running.nudge.deliver) },
    auth: authOf(options, publicUrl, database),
    dashboard,
    readyPolicies: readyShelf,
    log,
    wallNow,
    monotonic: () => performance.now(),
    publicUrl,
    secret: options.secretKey,
    secretsAccepted: options.secretKeysAccepted ?? [],
    version: VERSION,
    registry: metrics.registry,
    healthy: () => !running.stalled(),
    stopping: () => stopping,
  });
  await http.ready();
  const inbound = await listenForMail(options, { receipts: running.receipts, take, log });
  const hint = startHint(options.directDatabase ?? options.database, running.nudge, log);
  return {
    ...embedded(running, tenant),
    ...{ http, engine: running, dashboard },
    inboundPort: inbound?.port ?? null,
    handler: (request, response) => http.routing(request, response),
    start: () => running.start(),
    async stop() {
      if (stopping) return;
      stopping = true;
      await endAll({ inbound, http, running, hint, channels, database });
    },
  };
}

/** What takes something in first, what the others stand on last. */
async function endAll(parts: {
  readonly inbound: { close(): Promise<void> } | null;
  readonly http: FastifyInstance;
  readonly running: RunningEngine;
  readonly hint: { stop(): Promise<void> };
  readonly channels: OpenChannels;
  readonly database: Database;
}): Promise<void> {
  await parts.inbound?.close();
  await parts.http.close();
  await parts.running.stop();
  await parts.hint.stop();
  await parts.channels.close();
  await parts.database.close();
}
