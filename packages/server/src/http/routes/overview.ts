// What needs attention now, in one answer: what the dashboard shows first; and which follow-ups something happens to, while it happens.
import { DAY_MS, later, toRfc3339 } from '@relance/core';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { readClock } from '../../store/sql/clock.ts';
import { countByPolicy, countOverview, failingConnections, newestAlarms } from '../../store/sql/overview.ts';
import { LiveNews, openLiveStream } from '../live-stream.ts';
import type { HttpPorts } from '../ports.ts';
import { callerOf, readQuery, scopeOf } from '../route.ts';

const ALARMS_DAYS = 7;

export function overviewRoutes(app: FastifyInstance, ports: HttpPorts): void {
  const news = new LiveNews(ports);
  app.get('/v1/stream', (request, reply) => openLiveStream(ports, news, request, reply));
  app.get('/v1/overview', async (request) => {
    const caller = callerOf(request);
    const { tenant } = caller;
    return ports.database.transaction(scopeOf(caller), async (tx) => {
      const { now } = await readClock(tx);
      const { open, acknowledged, snoozed, overdue, urgent, ...rest } = await countOverview(tx, tenant, now);
      return {
        now: toRfc3339(now),
        followUps: { open, acknowledged, snoozed, overdue, urgent },
        attention: {
          stagesExhausted: rest.exhausted,
          unknownRecipient: rest.unknown,
          parked: rest.parked,
          nobodyReached: rest.nobodyReached,
          orphaned: rest.orphaned,
        },
        openReplies: rest.replies,
        connections: await failingConnections(tx, tenant, ports.providers.serves),
        alarms: await newestAlarms(tx, tenant, later(now, -ALARMS_DAYS * DAY_MS)),
        policies: rest.policies,
        recipients: rest.recipients,
      };
    });
  });
  app.get('/v1/overview/policies', async (request) => {
    const caller = callerOf(request);
    readQuery(z.object({}), request.query);
    return ports.database.transaction(scopeOf(caller), async (tx) => {
      const { now } = await readClock(tx);
      return { items: await countByPolicy(tx, caller.tenant, now), nextCursor: null };
    });
  });
}
