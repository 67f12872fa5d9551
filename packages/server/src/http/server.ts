// The HTTP surface: one Fastify instance with the house rules (keys, problems, limits, headers) and the routes of
// routes/<noun>.ts. Everything under /v1 needs an API key, but for the recipient's inbox; pages by token bring their own.
import helmet from '@fastify/helmet';
import rateLimit from '@fastify/rate-limit';
import Fastify, { type FastifyInstance } from 'fastify';
import { useIdempotency } from './idempotency.ts';
import { parseJson } from './json.ts';
import type { HttpPorts } from './ports.ts';
import { Problem, sendProblem } from './problem.ts';
import { actionPageRoutes } from './routes/action-page.ts';
import { categoryRoutes } from './routes/category.ts';
import { clockRoutes } from './routes/clock.ts';
import { docsRoutes } from './routes/docs.ts';
import { eventRoutes } from './routes/event.ts';
import { followUpRoutes } from './routes/follow-up.ts';
import { groupRoutes } from './routes/group.ts';
import { healthRoutes } from './routes/health.ts';
import { inboxRoutes } from './routes/inbox.ts';
import { keyRoutes } from './routes/key.ts';
import { mailboxRoutes } from './routes/mailbox.ts';
import { messageRoutes } from './routes/message.ts';
import { policyRoutes } from './routes/policy.ts';
import { recipientRoutes } from './routes/recipient.ts';
import { sourceRoutes } from './routes/source.ts';
import { templateRoutes } from './routes/template.ts';

export const BODY_MAX = 1_048_576;
const REQUEST_TIMEOUT_MS = 60_000;
const CONNECTION_TIMEOUT_MS = 75_000;
/** By key or address and minute; far above what one sender needs, far below what hurts. */
const REQUESTS_A_MINUTE = 60_000;

export async function createHttpServer(ports: HttpPorts): Promise<FastifyInstance> {
  const app = Fastify({
    bodyLimit: BODY_MAX,
    requestTimeout: REQUEST_TIMEOUT_MS,
    connectionTimeout: CONNECTION_TIMEOUT_MS,
    forceCloseConnections: 'idle',
    trustProxy: false,
    logger: false,
    routerOptions: { maxParamLength: 2_000 },
    onProtoPoisoning: 'remove',
    return503OnClosing: true,
  });
  app.decorateRequest('caller', null);
  app.setErrorHandler((error: Error, request, reply) => {
    const answer = sendProblem(request, reply, error);
    if (reply.statusCode >= 500 && reply.statusCode !== 503)
      ports.log.error({ error, route: request.routeOptions.url, requestId: request.id }, 'a request failed');
    return answer;
  });
  app.setNotFoundHandler((request) => {
    throw new Problem('not_found', `There is nothing at ${request.method} ${request.url.split('?')[0] ?? ''}.`);
  });
  await app.register(helmet, {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        'default-src': ["'none'"],
        'frame-ancestors': ["'none'"],
        'base-uri': ["'none'"],
        'form-action': ["'self'"],
      },
    },
    referrerPolicy: { policy: 'no-referrer' },
    hsts: false,
    crossOriginEmbedderPolicy: false,
  });
  await app.register(rateLimit, {
    max: REQUESTS_A_MINUTE,
    timeWindow: '1 minute',
    keyGenerator: (request) => request.headers.authorization ?? request.ip,
    errorResponseBuilder: (_request, context) =>
      new Problem('rate_limited', `More than ${context.max} requests a minute.`),
  });
  readBodies(app);
  app.addHook('onRequest', async (request) => {
    if (needsKey(request.url)) request.caller = await ports.auth.caller(request);
  });
  useIdempotency(app, ports);
  for (const routes of [
    docsRoutes,
    actionPageRoutes,
    categoryRoutes,
    clockRoutes,
    eventRoutes,
    followUpRoutes,
    groupRoutes,
    healthRoutes,
    inboxRoutes,
    keyRoutes,
    mailboxRoutes,
    messageRoutes,
    policyRoutes,
    recipientRoutes,
    sourceRoutes,
    templateRoutes,
  ])
    routes(app, ports);
  return app;
}

/** The recipient's own routes take a recipient token, and senders that cannot set headers have a key in the path. */
const needsKey = (url: string): boolean => url.startsWith('/v1/') && !/^\/v1\/(inbox(\/|\?|$)|sources\/)/.test(url);

function readBodies(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(
    ['application/json', 'application/cloudevents+json', 'application/cloudevents-batch+json'],
    { parseAs: 'buffer' },
    async (_request: unknown, body: Buffer) => {
      if (body.length === 0) return undefined;
      return parseJson(decode(body));
    },
  );
  app.addContentTypeParser(
    ['application/yaml', 'text/yaml', 'application/x-yaml'],
    { parseAs: 'buffer' },
    async (_request: unknown, body: Buffer) => decode(body),
  );
  app.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string' },
    async (_request: unknown, body: string) => Object.fromEntries(new URLSearchParams(body)),
  );
}

const utf8 = new TextDecoder('utf-8', { fatal: true });
function decode(body: Buffer): string {
  try {
    return utf8.decode(body);
  } catch {
    throw new Problem('bad_json', 'The body is not UTF-8.');
  }
}
