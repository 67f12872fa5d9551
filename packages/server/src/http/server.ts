// The HTTP surface: one Fastify instance with the house rules (keys, problems, limits, headers) and the routes of
// routes/<noun>.ts. Everything under /v1 needs an API key, but for the recipient's inbox; pages by token bring their own.

import { randomBytes } from 'node:crypto';
import helmet from '@fastify/helmet';
import rateLimit from '@fastify/rate-limit';
import Fastify, { type FastifyInstance, type FastifyRequest } from 'fastify';
import { readBodies } from './bodies.ts';
import { useIdempotency } from './idempotency.ts';
import { checkRequestText } from './json.ts';
import { OpenStreams } from './open-streams.ts';
import type { HttpPorts } from './ports.ts';
import { errorFields, Problem, sendProblem } from './problem.ts';
import { watchRoutes } from './route-table.ts';
import { actionPageRoutes } from './routes/action-page.ts';
import { activityRoutes } from './routes/activity.ts';
import { auditRoutes } from './routes/audit.ts';
import { calendarRoutes } from './routes/calendar.ts';
import { categoryRoutes } from './routes/category.ts';
import { channelRoutes } from './routes/channel.ts';
import { clockRoutes } from './routes/clock.ts';
import { connectionRoutes } from './routes/connection.ts';
import { dashboardRoutes } from './routes/dashboard.ts';
import { deviceRoutes } from './routes/device.ts';
import { docsRoutes } from './routes/docs.ts';
import { erasureRoutes } from './routes/erasure.ts';
import { eventRoutes } from './routes/event.ts';
import { followUpRoutes } from './routes/follow-up.ts';
import { groupRoutes } from './routes/group.ts';
import { healthRoutes } from './routes/health.ts';
import { inboxRoutes } from './routes/inbox.ts';
import { keyRoutes } from './routes/key.ts';
import { mailboxRoutes } from './routes/mailbox.ts';
import { meRoutes } from './routes/me.ts';
import { messageRoutes } from './routes/message.ts';
import { metricRoutes } from './routes/metric.ts';
import { onCallRoutes } from './routes/on-call.ts';
import { overviewRoutes } from './routes/overview.ts';
import { policyRoutes } from './routes/policy.ts';
import { policyWorldRoutes } from './routes/policy-world.ts';
import { ownPreferenceRoutes, preferenceRoutes } from './routes/preference.ts';
import { preferencePages } from './routes/preference-page.ts';
import { readyPolicyRoutes } from './routes/ready-policy.ts';
import { receiptRoutes } from './routes/receipt.ts';
import { recipientRoutes } from './routes/recipient.ts';
import { recipientBulkRoutes } from './routes/recipient-bulk.ts';
import { recipientExportRoutes } from './routes/recipient-export.ts';
import { replyRoutes } from './routes/reply.ts';
import { scheduleRoutes } from './routes/schedule.ts';
import { sessionRoutes } from './routes/session.ts';
import { settingsRoutes } from './routes/settings.ts';
import { simulationRoutes } from './routes/simulation.ts';
import { sourceRoutes } from './routes/source.ts';
import { statusRoutes } from './routes/status.ts';
import { suppressionRoutes } from './routes/suppression.ts';
import { suppressionListRoutes } from './routes/suppression-list.ts';
import { templateRoutes } from './routes/template.ts';
import { trackRoutes } from './routes/track.ts';
import { unsubscribePages } from './routes/unsubscribe.ts';
import { webhookRoutes } from './routes/webhook.ts';

export const BODY_MAX = 1_048_576;
/** A key of 512 characters, percent-encoded. */
const PARAM_MAX = 6_200;
const REQUEST_TIMEOUT_MS = 60_000;
const CONNECTION_TIMEOUT_MS = 75_000;
/** By key or address and minute; far above what one sender needs, far below what hurts. */
const REQUESTS_A_MINUTE = 600_000;

export async function createHttpServer(ports: HttpPorts): Promise<FastifyInstance> {
  const app = createApp(ports);
  const table = watchRoutes(app);
  app.setNotFoundHandler((request, reply) => {
    const [path = ''] = request.url.split('?');
    const methods = table.methodsAt(path);
    if (methods.length === 0) throw new Problem('not_found', `There is nothing at ${request.method} ${path}.`);
    reply.header('allow', methods.join(', '));
    throw new Problem('method_not_allowed', `${path} takes ${methods.join(', ')}, not ${request.method}.`);
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
    // The mail in its sandbox cannot follow the page into a cluster of its own, and browsers warn of it at every page.
    originAgentCluster: false,
  });
  // Counted per route hook, which runs after the hooks below: a valid key has its own count, everybody else their address's.
  await app.register(rateLimit, {
    max: ports.requestsAMinute ?? REQUESTS_A_MINUTE,
    timeWindow: '1 minute',
    keyGenerator: ({ caller, ip }) => (caller === null ? ip : `${caller.tenant}/${caller.keyId}`),
    errorResponseBuilder: (_request, context) =>
      new Problem('rate_limited', `More than ${context.max} requests a minute.`),
  });
  app.addHook('onRequest', async (request) => {
    if (ports.stopping() && !PROBES.has(request.routeOptions.url ?? '')) {
      throw new Problem('stopping', 'This server is stopping.');
    }
    checkRequestText(request);
    if (needsKey(request)) request.caller = await ports.auth.caller(request);
  });
  // What says nothing of its own may be private, and whoever signs out leaves it in no cache.
  app.addHook('onSend', async (_request, reply, payload) => {
    if (!reply.hasHeader('cache-control')) reply.header('cache-control', 'no-store');
    return payload;
  });
  // What was asked before the stop is answered, as the last answer of its connection: kept alive, it would hold the stop up.
  app.addHook('onSend', async (_request, reply, payload) => {
    if (ports.stopping()) reply.header('connection', 'close');
    return payload;
  });
  readBodies(app);
  useIdempotency(app, ports);
  docsRoutes(app, ports, table);
  for (const routes of ROUTES) routes(app, ports);
  return app;
}

const ROUTES = [
  actionPageRoutes,
  auditRoutes,
  calendarRoutes,
  categoryRoutes,
  channelRoutes,
  clockRoutes,
  connectionRoutes,
  dashboardRoutes,
  deviceRoutes,
  erasureRoutes,
  eventRoutes,
  followUpRoutes,
  groupRoutes,
  healthRoutes,
  inboxRoutes,
  keyRoutes,
  mailboxRoutes,
  messageRoutes,
  metricRoutes,
  onCallRoutes,
  overviewRoutes,
  policyRoutes,
  policyWorldRoutes,
  readyPolicyRoutes,
  activityRoutes,
  simulationRoutes,
  ownPreferenceRoutes,
  preferenceRoutes,
  receiptRoutes,
  recipientExportRoutes,
  recipientRoutes,
  recipientBulkRoutes,
  scheduleRoutes,
  sessionRoutes,
  settingsRoutes,
  sourceRoutes,
  suppressionListRoutes,
  replyRoutes,
  suppressionRoutes,
  templateRoutes,
  trackRoutes,
  webhookRoutes,
  unsubscribePages,
  preferencePages,
  meRoutes,
  statusRoutes,
];
/** Answered while stopping as well: they are how a load balancer sees it. */
const PROBES = new Set(['/healthz', '/readyz', '/metrics']);

function createApp(ports: HttpPorts): FastifyInstance {
  // Unique across nodes and restarts, because an operator looks for it in the logs of all of them.
  const run = randomBytes(6).toString('hex');
  let count = 0;
  const app = Fastify({
    bodyLimit: BODY_MAX,
    requestTimeout: REQUEST_TIMEOUT_MS,
    connectionTimeout: CONNECTION_TIMEOUT_MS,
    forceCloseConnections: 'idle',
    trustProxy: false,
    logger: false,
    genReqId: () => `${run}-${++count}`,
    routerOptions: { maxParamLength: PARAM_MAX },
    onProtoPoisoning: 'remove',
    return503OnClosing: false, // the hook answers with a problem instead
    frameworkErrors: (error, request, reply) => {
      sendProblem(request, reply, error);
    },
  });
  app.decorateRequest('caller', null);
  app.decorate('openStreams', new OpenStreams());
  app.setErrorHandler((error: Error, request, reply) => {
    const answer = sendProblem(request, reply, error);
    // What is away (503) is told by probes, and what is not built (501) is no failure.
    if (reply.statusCode >= 500 && reply.statusCode !== 503 && reply.statusCode !== 501) {
      ports.log.error(
        { ...errorFields(error), route: request.routeOptions.url, requestId: request.id },
        'a request failed',
      );
    }
    return answer;
  });
  return app;
}

/**
 * By the route that was found, never by the text of the address: `/%761/clock` finds /v1/clock as well. The recipient's
 * own routes take a recipient token, senders that cannot set headers have a key in the path, and providers sign their news.
 */
function needsKey(request: FastifyRequest): boolean {
  const route = request.routeOptions.url ?? request.url;
  return route.startsWith('/v1/') && !/^\/v1\/(inbox(\/|\?|$)|sources\/|receipts\/:provider\/:key)/.test(route);
}
