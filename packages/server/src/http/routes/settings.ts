// What relance.yaml says of the tenant itself: zone, language, quiet hours, budget, branding and the like, as it was applied last. It is
// read here and changed by applying the file again (`relance apply`), so that it stays in one place, under version control.
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
    return { tenant, settings };
  });
}
