// What relance.yaml says of the tenant itself: zone, language, quiet hours, budget, branding and the like, as it was applied last. It is
// read here and changed by applying the file again (`relance apply`), so that it stays in one place, under version control.
import type { WrittenResolver } from '@relance/core';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { readTenantSettings } from '../../store/sql/tenant.ts';
import type { HttpPorts } from '../ports.ts';
import { callerOf, readQuery, scopeOf } from '../route.ts';

export function settingsRoutes(app: FastifyInstance, ports: HttpPorts): void {
  app.get('/v1/settings', async (request) => {
    const { tenant, ...caller } = callerOf(request);
    readQuery(z.object({}), request.query);
    const settings = await ports.database.transaction(scopeOf({ tenant, ...caller }), (tx) =>
      readTenantSettings(tx, tenant),
    );
    return { tenant, settings: caller.admin ? settings : withoutPlaces(settings) };
  });
}

/** Where a resolver is asked may be a secret, as a key in its address: whoever has no admin key is told which host it is. */
function withoutPlaces(settings: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const { resolvers } = settings as { readonly resolvers?: Readonly<Record<string, WrittenResolver>> };
  if (resolvers === undefined) return settings;
  const shown = Object.entries(resolvers).map(([name, one]) => [name, { ...one, url: new URL(one.url).origin }]);
  return { ...settings, resolvers: Object.fromEntries(shown) };
}
