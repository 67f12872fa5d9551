// A world (world.ts) with the real HTTP surface on it: requests by injection, or over a real socket with `listen`. Two
// tenants have keys, so that tests can look for leaks; what the server logs is kept, so that they can look there as well.
import type { FastifyInstance, InjectOptions } from 'fastify';
import { Registry } from 'prom-client';
import { openDashboard } from '../packages/server/src/app/dashboard.ts';
import { mailBack, mailHandedOn } from '../packages/server/src/app/mail-back.ts';
import { providerDesk } from '../packages/server/src/app/provider-desk.ts';
import { readyShelf } from '../packages/server/src/app/ready-shelf.ts';
import { testSendBy } from '../packages/server/src/app/test-send.ts';
import { compileCalendar } from '../packages/server/src/engine/calendar-book.ts';
import { Auth } from '../packages/server/src/http/auth.ts';
import type { HttpPorts, Log } from '../packages/server/src/http/ports.ts';
import { createHttpServer } from '../packages/server/src/http/server.ts';
import { createFigures } from '../packages/server/src/insights/figures.ts';
import { secretBox } from '../packages/server/src/store/secret-box.ts';
import { postcards } from './postcard.ts';
import { createWorld, SECRET, type World } from './world.ts';

const ADDRESS_KEY = Buffer.alloc(32, 1);
export const ADMIN_KEY = 'an-admin-key-for-tests-of-32-chars';

const CLOCKS = { wallNow: () => Date.now(), monotonic: () => performance.now() };
const AUTH = { bootstrapKey: ADMIN_KEY, open: false, publicUrl: 'http://relance.test' };

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  /** The JSON of the body; null when it is empty or not JSON. */
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape.
  readonly body: any;
  readonly text: string;
}

export interface HttpWorld {
  readonly world: World;
  readonly app: FastifyInstance;
  readonly ports: HttpPorts;
  readonly logged: string[];
  /** With the admin key of tenant `default`, unless headers say otherwise. */
  call(method: string, url: string, body?: unknown, headers?: Readonly<Record<string, string>>): Promise<Answer>;
  /** A new key, made over HTTP. */
  key(tenant: string, scopes?: readonly string[]): Promise<string>;
  /** The address of a real socket. */
  listen(): Promise<string>;
  end(): Promise<void>;
}

/** The same server over other ports: a database that is away, a clock that is stuck. */
export type Twist = (ports: HttpPorts) => Partial<HttpPorts>;

function keptLog(): { readonly logged: string[]; readonly log: Log } {
  const logged: string[] = [];
  const say = (fields: object, text: string): void => {
    logged.push(`${text} ${JSON.stringify(fields)}`);
  };
  return { logged, log: { info: say, warn: say, error: say } };
}

const testSendOf = ({ database, node }: World) =>
  testSendBy({ database, connections: node.engine.connections, messagesADay: null });

/** Asks somebody by mail, once. */
export const TASK = `
policy: task
open: { on: task.created }
resolve: { on: task.done }
key: event.data.id
assignee: event.data.who
stages: [ { id: notice, at: opened, notify: { via: [email] } } ]
`;

export async function createHttpWorld(
  twist: Twist = () => ({}),
  options: Parameters<typeof createWorld>[0] = {},
): Promise<HttpWorld> {
  const world = await createWorld(options);
  const { logged, log } = keptLog();
  const box = secretBox(SECRET);
  const plain: HttpPorts = {
    database: world.database,
    ingest: world.node.ingest,
    commands: world.node.commands,
    consents: world.node.consents,
    erasures: world.node.erasures,
    freshLinks: world.node.freshLinks,
    figures: createFigures(world.database, log),
    calendars: { compile: compileCalendar },
    clock: world.node.clock,
    previews: world.node.previews,
    testSend: testSendOf(world),
    nudge: world.node.nudge,
    receipts: world.node.receipts,
    replies: world.node.replies,
    takeMail: mailHandedOn(mailBack(world.node.replies), world.node.receipts, [ADDRESS_KEY]),
    visits: world.node.visits,
    providers: providerDesk({
      providers: [postcards().provider],
      secretBox: box,
      egress: { allowHosts: ['office.internal', '127.0.0.1'] },
      publicUrl: 'http://relance.test',
      wallNow: () => Date.now(),
      addressKey: ADDRESS_KEY,
    }),
    secretBox: box,
    auth: new Auth(AUTH, world.database),
    dashboard: openDashboard(),
    readyPolicies: readyShelf,
    log,
    ...CLOCKS,
    publicUrl: 'http://relance.test',
    secret: SECRET,
    secretsAccepted: [],
    version: '0.0.0',
    registry: new Registry(),
    healthy: () => true,
    stopping: () => false,
  };
  const ports = { ...plain, ...twist(plain) };
  const app = await createHttpServer(ports);
  await app.ready();
  const call: HttpWorld['call'] = async (method, url, body, headers = {}) => {
    const options: InjectOptions = {
      method: method as 'GET',
      url,
      headers: {
        authorization: `Bearer ${ADMIN_KEY}`,
        ...(body === undefined || typeof body === 'string' || body instanceof Buffer
          ? {}
          : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined
        ? {}
        : { payload: typeof body === 'string' || body instanceof Buffer ? body : JSON.stringify(body) }),
    };
    return answerOf(await app.inject(options));
  };
  return {
    world,
    app,
    ports,
    logged,
    call,
    key: async (tenant, scopes = ['api']) => (await call('POST', '/v1/keys', { tenant, scopes })).body.key as string,
    listen: () => app.listen({ host: '127.0.0.1', port: 0 }),
    async end() {
      await app.close();
      await world.end();
    },
  };
}

function answerOf(response: {
  statusCode: number;
  headers: Readonly<Record<string, unknown>>;
  payload: string;
}): Answer {
  const isJson = /[/+]json\b/.test(String(response.headers['content-type'] ?? ''));
  return {
    status: response.statusCode,
    headers: response.headers,
    body: isJson && response.payload !== '' ? JSON.parse(response.payload) : null,
    text: response.payload,
  };
}
