// API keys: made, listed, revoked. A key is shown once. The bootstrap key may make keys for other tenants.
import { randomBytes, randomUUID } from 'node:crypto';
import { type Instant, toRfc3339 } from '@relance/core';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { ENGINE, isTenantId } from '../../store/database.ts';
import { insertAudit } from '../../store/sql/audit.ts';
import { insertKey, listKeys, revokeKey } from '../../store/sql/key.ts';
import { type Caller, hashKey } from '../auth.ts';
import type { HttpPorts } from '../ports.ts';
import { Problem } from '../problem.ts';
import { adminOf, read, readQuery } from '../route.ts';

export const keySchema = z.strictObject({
  name: z.string().max(200).optional(),
  tenant: z.string().refine(isTenantId, 'must be 1 to 63 letters, digits, ".", "_" or "-"').optional(),
  scopes: z
    .array(z.enum(['admin', 'api']))
    .min(1)
    .default(['api']),
});
const isBootstrap = (caller: Caller): boolean => caller.keyId === 'bootstrap';

export function keyRoutes(app: FastifyInstance, ports: HttpPorts): void {
  app.post('/v1/keys', async (request, reply) => {
    const caller = adminOf(request, 'Keys');
    const body = read(keySchema, request.body);
    const tenant = body.tenant ?? caller.tenant;
    if (tenant !== caller.tenant && !isBootstrap(caller))
      throw new Problem('forbidden', 'Only the bootstrap key makes keys for other tenants.');
    const secret = `rl_${randomBytes(32).toString('base64url')}`;
    const id = randomUUID();
    const { name = null, scopes } = body;
    await ports.database.transaction(ENGINE, async (tx) => {
      await insertKey(tx, { id, tenant, hash: hashKey(secret), name, scopes });
      await insertAudit(tx, { tenant, by: caller.keyId, action: 'key.made', about: id, data: { scopes } });
    });
    return reply.code(201).send({ id, tenant, name: body.name ?? null, scopes: body.scopes, key: secret });
  });
  app.get('/v1/keys', async (request) => {
    const caller = adminOf(request, 'Keys');
    readQuery(z.object({}), request.query);
    const rows = await ports.database.transaction(ENGINE, (tx) =>
      listKeys(tx, isBootstrap(caller) ? null : caller.tenant),
    );
    return {
      items: rows.map((row) => ({
        id: row.id,
        tenant: row.tenant,
        name: row.name,
        scopes: row.scopes,
        createdAt: toRfc3339(row.created_at as Instant),
      })),
      nextCursor: null,
    };
  });
  app.delete<{ Params: { id: string } }>('/v1/keys/:id', async (request, reply) => {
    const caller = adminOf(request, 'Keys');
    const { id } = request.params;
    const revoked = await ports.database.transaction(ENGINE, async (tx) => {
      const tenant = await revokeKey(tx, id, isBootstrap(caller) ? null : caller.tenant);
      if (tenant !== null) await insertAudit(tx, { tenant, by: caller.keyId, action: 'key.revoked', about: id });
      return tenant !== null;
    });
    if (!revoked) throw new Problem('not_found', 'There is no such key.');
    return reply.code(204).send();
  });
}
