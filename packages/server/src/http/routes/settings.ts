// What holds for a tenant itself: zone, language, quiet hours, budget, branding and the like, as relance.yaml was applied last. It is
// changed there, so that it stays in one place, under version control; branding alone can also be set here, by whoever looks after how
// messages look, and holds until a relance.yaml that names one is applied, at a start of the server.
import { brandingSchema, type WrittenResolver } from '@relance/core';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { ENGINE } from '../../store/database.ts';
import { insertAudit } from '../../store/sql/audit.ts';
import { putTenantSettings, readTenantSettings } from '../../store/sql/tenant.ts';
import type { HttpPorts } from '../ports.ts';
import { adminOf, callerOf, read, readQuery, scopeOf } from '../route.ts';

export function settingsRoutes(app: FastifyInstance, ports: HttpPorts): void {
  app.get('/v1/settings', async (request) => {
    const { tenant, ...caller } = callerOf(request);
    readQuery(z.object({}), request.query);
    const settings = await ports.database.transaction(scopeOf({ tenant, ...caller }), (tx) =>
      readTenantSettings(tx, tenant),
    );
    return { tenant, settings: caller.admin ? settings : withoutPlaces(settings) };
  });
  app.put('/v1/settings/branding', async (request) => {
    const { tenant, keyId } = adminOf(request, 'Settings');
    readQuery(z.object({}), request.query);
    const branding = read(brandingSchema, request.body);
    const settings = await ports.database.transaction(ENGINE, async (tx) => {
      await putTenantSettings(tx, tenant, { branding });
      await insertAudit(tx, { tenant, by: keyId, action: 'branding.changed', data: { keys: Object.keys(branding) } });
      return readTenantSettings(tx, tenant);
    });
    return { tenant, settings };
  });
}

/** Where a resolver is asked may be a secret, as a key in its address: whoever has no admin key is told which host it is. */
function withoutPlaces(settings: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const { resolvers } = settings as { readonly resolvers?: Readonly<Record<string, WrittenResolver>> };
  if (resolvers === undefined) return settings;
  const shown = Object.entries(resolvers).map(([name, one]) => [name, { ...one, url: new URL(one.url).origin }]);
  return { ...settings, resolvers: Object.fromEntries(shown) };
}
