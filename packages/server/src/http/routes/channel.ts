// What a tenant's messages leave by, channel by channel, in the order in which it is tried: its own connections where it has any for
// the channel (also where none of them may be used), else those of the server. Connections themselves are connection.ts.
import type { Channel } from '@relance/core';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { type StoredConnection, tenantConnections } from '../../store/sql/connection.ts';
import type { HttpPorts, ServerConnection } from '../ports.ts';
import { callerOf, readQuery, scopeOf } from '../route.ts';

const CHANNELS: readonly Channel[] = ['email', 'sms', 'push', 'inbox', 'chat', 'webhook'];

export function channelRoutes(app: FastifyInstance, ports: HttpPorts): void {
  app.get('/v1/channels', async (request) => {
    const caller = callerOf(request);
    readQuery(z.object({}), request.query);
    const own = await ports.database.transaction(scopeOf(caller), (tx) => tenantConnections(tx, caller.tenant));
    return { items: CHANNELS.map((channel) => servedBy(channel, own, ports.providers.serves)), nextCursor: null };
  });
}

function servedBy(channel: Channel, own: readonly StoredConnection[], server: readonly ServerConnection[]) {
  const ofTenant = own.filter((one) => one.channel === channel);
  if (ofTenant.length === 0) {
    const shared = server.filter((one) => one.channel === channel);
    return {
      channel,
      by: shared.length === 0 ? 'nothing' : shared.every(({ captures }) => captures) ? 'mailbox' : 'server',
      connections: shared.map(({ id, provider }) => ({ id, provider })),
    };
  }
  const used = ofTenant.filter(({ disabled }) => !disabled);
  return {
    channel,
    by: used.length === 0 ? 'nothing' : 'tenant',
    connections: used.map(({ id, provider }) => ({ id, provider })),
  };
}
