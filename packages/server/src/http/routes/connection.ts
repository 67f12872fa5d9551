// Connections: a tenant's own accounts of providers. Secrets go in and never come out: they are sealed before they are stored,
// and an answer names only those that are set. Managed with an admin key.
import { randomBytes } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { toRfc3339 } from '@relance/core';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { Tx } from '../../store/database.ts';
import { SealedError } from '../../store/secret-box.ts';
import {
  type ConnectionHealth,
  deleteConnection,
  getConnection,
  healthOf,
  listConnections,
  putConnection,
  type StoredConnection,
  sealContext,
} from '../../store/sql/connection.ts';
import { lockVersion } from '../../store/sql/last-version.ts';
import { checkExistence, existenceOf } from '../expected.ts';
import type { HttpPorts } from '../ports.ts';
import { Problem } from '../problem.ts';
import { adminOf, afterOf, callerOf, checkSameId, pageOf, pageSchema, read, readQuery, scopeOf } from '../route.ts';

const POSITION = 100;
const CONCURRENCY_MAX = 500;
const PER_SECOND_MAX = 10_000;
const RECEIPT_KEY_BYTES = 16;

/** Lower-case, since it stands in headers, in metrics and beside the connections of the server itself. */
const connectionId = z
  .string()
  .regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/, 'must be 1 to 63 lower-case letters, digits or dashes');

export const connectionSchema = z.strictObject({
  id: connectionId.optional(),
  provider: z.string().min(1).max(100).describe('the brand: GET /v1/providers lists them'),
  settings: z.record(z.string(), z.unknown()).default({}),
  secrets: z
    .record(z.string(), z.unknown())
    .default({})
    .describe('what is left out stays as it is; null takes it away; never answered'),
  position: z.number().int().min(0).max(100_000).default(POSITION).describe('lower is tried first'),
  concurrencyMax: z.number().int().min(1).max(CONCURRENCY_MAX).nullish(),
  perSecondMax: z.number().positive().max(PER_SECOND_MAX).nullish().describe('of all nodes together'),
  disabled: z.boolean().default(false),
});
type ById = { Params: { id: string } };

export function connectionRoutes(app: FastifyInstance, ports: HttpPorts): void {
  app.get('/v1/providers', async (request) => {
    callerOf(request);
    readQuery(z.object({}), request.query);
    return { items: ports.providers.list, nextCursor: null };
  });
  app.put<ById>('/v1/connections/:id', async (request) => {
    const caller = adminOf(request, 'Connections');
    const id = read(connectionId, request.params.id);
    const body = read(connectionSchema, request.body);
    checkSameId(body.id, id);
    const expected = existenceOf(request);
    return ports.database.transaction(scopeOf(caller), async (tx) => {
      await lockVersion(tx, 'connection', caller.tenant, id);
      const before = await getConnection(tx, caller.tenant, id, 'lock');
      const same = (): boolean => isSame(ports, body, before);
      checkExistence(expected, { exists: before !== null, same }, `connection "${id}"`);
      const stored = await putConnection(tx, connectionOf(ports, caller.tenant, id, body, before));
      return wireOf(ports, tx, caller.tenant, stored === null ? [] : [stored]).then(([one]) => one);
    });
  });
  app.get('/v1/connections', async (request) => {
    const caller = callerOf(request);
    const query = readQuery(pageSchema, request.query);
    const rows = await ports.database.transaction(scopeOf(caller), async (tx) =>
      wireOf(
        ports,
        tx,
        caller.tenant,
        await listConnections(tx, caller.tenant, afterOf(query.cursor), query.limit + 1),
      ),
    );
    return pageOf(rows, query.limit, (row) => row.id);
  });
  app.get<ById>('/v1/connections/:id', async (request) => {
    const caller = callerOf(request);
    return ports.database.transaction(scopeOf(caller), async (tx) => {
      const stored = await getConnection(tx, caller.tenant, request.params.id);
      if (stored === null) throw new Problem('not_found', `There is no connection "${request.params.id}".`);
      const [one] = await wireOf(ports, tx, caller.tenant, [stored]);
      return one;
    });
  });
  app.delete<ById>('/v1/connections/:id', async (request, reply) => {
    const caller = adminOf(request, 'Connections');
    const { id } = request.params;
    if (!(await ports.database.transaction(scopeOf(caller), (tx) => deleteConnection(tx, caller.tenant, id))))
      throw new Problem('not_found', `There is no connection "${id}".`);
    return reply.code(204).send();
  });
}

type Written = Omit<StoredConnection, 'change' | 'receipt_at'>;

/** Sealed anew, the same secrets are other bytes. What could not be written in its place is another. */
function isSame(ports: HttpPorts, body: z.infer<typeof connectionSchema>, before: StoredConnection | null): boolean {
  if (before === null) return false;
  const plain = ({ secrets, ...one }: Written) => ({
    ...one,
    secrets: openedOf(ports, secrets, sealContext(one)),
  });
  const { change: _change, receipt_at: _receiptAt, ...stored } = before;
  try {
    return isDeepStrictEqual(plain(stored), plain(connectionOf(ports, before.tenant, before.id, body, before)));
  } catch (error) {
    if (error instanceof Problem) return false;
    throw error;
  }
}

/** What is stored: settings checked by the brand, secrets joined with those that are there, and sealed. */
function connectionOf(
  ports: HttpPorts,
  tenant: string,
  id: string,
  body: z.infer<typeof connectionSchema>,
  before: StoredConnection | null,
): Written {
  const context = sealContext({ tenant, id });
  // Another brand's secrets are of no use to this one.
  const kept = before !== null && before.provider === body.provider ? before.secrets : null;
  const secrets = Object.fromEntries(
    Object.entries({ ...openedOf(ports, kept, context), ...body.secrets }).filter(([, value]) => value !== null),
  );
  const checked = ports.providers.check(body.provider, body.settings, secrets);
  if (!checked.ok)
    throw new Problem('invalid', checked.errors.map(({ path, message }) => `${path}: ${message}`).join('; '), {
      errors: checked.errors,
    });
  checkDestination(ports, before, body, checked.settings);
  const names = Object.keys(checked.secrets).sort();
  return {
    tenant,
    id,
    channel: checked.channel,
    provider: body.provider,
    settings: checked.settings,
    secrets: names.length === 0 ? null : ports.secretBox.seal(JSON.stringify(checked.secrets), context),
    secret_names: names,
    position: body.position,
    concurrency_max: body.concurrencyMax ?? null,
    per_second_max: body.perSecondMax ?? null,
    disabled: body.disabled,
    receipt_key: before?.receipt_key ?? randomBytes(RECEIPT_KEY_BYTES).toString('base64url'),
  };
}

/** Whoever may lead a connection elsewhere must know its secrets: those that are stored do not go to another place than before. */
function checkDestination(
  ports: HttpPorts,
  before: StoredConnection | null,
  { provider, secrets }: z.infer<typeof connectionSchema>,
  settings: Readonly<Record<string, unknown>>,
): void {
  if (before === null || before.provider !== provider) return;
  const moved = ports.providers
    .destination(provider)
    .filter((name) => JSON.stringify(before.settings[name]) !== JSON.stringify(settings[name]));
  const unsaid = before.secret_names.filter((name) => !(name in secrets));
  if (moved.length === 0 || unsaid.length === 0) return;
  throw new Problem(
    'invalid',
    `${moved.join(', ')} changes where the secrets of this connection are sent: give them again with it (${unsaid.join(', ')}), or null for one that is not needed there.`,
    { errors: unsaid.map((name) => ({ path: `secrets.${name}`, message: 'must be given again' })) },
  );
}

function openedOf(ports: HttpPorts, sealed: string | null, context: string): Readonly<Record<string, unknown>> {
  if (sealed === null) return {};
  try {
    return JSON.parse(ports.secretBox.open(sealed, context)) as Record<string, unknown>;
  } catch (error) {
    if (error instanceof SealedError)
      throw new Problem('conflict', `The secrets of this connection cannot be opened: ${error.message}`);
    throw error;
  }
}

/** Of one that nothing was ever wrong with nothing is kept. */
export const wireHealth = (seen: ConnectionHealth | undefined) => ({
  state: seen?.state ?? 'up',
  detail: seen?.detail ?? null,
  since: seen === undefined ? null : toRfc3339(seen.since),
});

async function wireOf(ports: HttpPorts, tx: Tx, tenant: string, rows: readonly StoredConnection[]) {
  const health = await healthOf(tx, tenant, rows);
  return rows.map((row) => {
    return {
      id: row.id,
      channel: row.channel,
      provider: row.provider,
      settings: row.settings,
      secretsSet: row.secret_names,
      position: row.position,
      concurrencyMax: row.concurrency_max,
      perSecondMax: row.per_second_max,
      disabled: row.disabled,
      receiptsUrl: `${ports.publicUrl}/v1/receipts/${row.provider}/${row.receipt_key}`,
      lastReceiptAt: row.receipt_at === null ? null : toRfc3339(row.receipt_at),
      health: wireHealth(health.get(row.id)),
    };
  });
}
