// What a tenant's messages leave by, channel by channel, in the order in which it is tried, and by which of them now: its own
// connections where it has any for the channel (also where none of them may be used), else those of the server. Connections
// themselves are connection.ts.
import { CHANNELS, type Channel } from '@relance/core';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import {
  type Healths,
  healthOf,
  OF_SERVER,
  type StoredConnection,
  tenantConnections,
} from '../../store/sql/connection.ts';
import type { HttpPorts, ServerConnection } from '../ports.ts';
import { callerOf, readQuery, scopeOf } from '../route.ts';
import { wireHealth } from './connection.ts';

export function channelRoutes(app: FastifyInstance, ports: HttpPorts): void {
  app.get('/v1/channels', async (request) => {
    const caller = callerOf(request);
    readQuery(z.object({}), request.query);
    const { serves } = ports.providers;
    return ports.database.transaction(scopeOf(caller), async (tx) => {
      const own = await tenantConnections(tx, caller.tenant);
      const ofOwn = await healthOf(tx, caller.tenant, own);
      const ofServer = await healthOf(tx, OF_SERVER, serves);
      const known = { own, server: serves, ofOwn, ofServer };
      return { items: CHANNELS.map((channel) => servedBy(channel, known)), nextCursor: null };
    });
  });
}

interface Known {
  readonly own: readonly StoredConnection[];
  readonly server: readonly ServerConnection[];
  readonly ofOwn: Healths;
  readonly ofServer: Healths;
}

function servedBy(channel: Channel, { own, server, ofOwn, ofServer }: Known) {
  const ofTenant = own.filter((one) => one.channel === channel);
  if (ofTenant.length === 0) {
    const shared = server.filter((one) => one.channel === channel);
    const by = shared.length === 0 ? 'nothing' : shared.every(({ captures }) => captures) ? 'mailbox' : 'server';
    return { channel, by, ...tried(shared, ofServer) };
  }
  const used = ofTenant.filter(({ disabled }) => !disabled);
  return { channel, by: used.length === 0 ? 'nothing' : 'tenant', ...tried(used, ofOwn) };
}

/** As nodes told it last: when one that is down may be tried again, each node knows by itself (engine/breaker.ts). */
function tried(all: readonly { readonly id: string; readonly provider: string }[], healths: Healths) {
  const connections = all.map(({ id, provider }) => ({ id, provider, health: wireHealth(healths.get(id)) }));
  return { connections, now: connections.find(({ health }) => health.state !== 'down')?.id ?? null };
}
