// Webhook endpoints: registered with a signing secret of their own, which is made here and shown once; rotated, with the old
// secrets good for a day each; and with their health. Managed with an admin key. Sending to them is channels/providers/standard-webhook.ts.
import { randomBytes } from 'node:crypto';
import { type Instant, toRfc3339 } from '@relance/core';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import {
  deleteWebhook,
  getWebhook,
  listWebhooks,
  OLD_SECRETS_MAX,
  putWebhook,
  rotateWebhook,
  WEBHOOKS_MAX,
  type WebhookRow,
  webhookContext,
} from '../../store/sql/webhook.ts';
import type { HttpPorts } from '../ports.ts';
import { Problem } from '../problem.ts';
import {
  adminOf,
  afterOf,
  callerOf,
  checkSameId,
  idSchema,
  pageOf,
  pageSchema,
  read,
  readQuery,
  scopeOf,
} from '../route.ts';

/** As Standard Webhooks asks: 24 to 64 bytes. */
const SECRET_BYTES = 32;
/** Receivers take over the new secret within a day. */
const OLD_SECRET_MS = 24 * 3_600_000;
const URL_MAX = 2_000;

export const webhookSchema = z.strictObject({
  id: idSchema.optional(),
  url: z
    .url({ protocol: /^https?$/ })
    .max(URL_MAX)
    .refine((text) => URL.canParse(text) && new URL(text).username === '' && new URL(text).password === '', {
      message: 'must not carry credentials',
    })
    .describe('where it is sent to; a recipient has the same as the address of an endpoint of the channel webhook'),
  description: z.string().max(500).nullish(),
  disabled: z.boolean().default(false).describe('true: nothing is sent to it; false enables it again'),
});

type ById = { Params: { id: string } };
const time = (at: Instant | null): string | null => (at === null ? null : toRfc3339(at));
const noWebhook = (id: string): Problem => new Problem('not_found', `There is no webhook "${id}".`);
const newSecret = (): string => `whsec_${randomBytes(SECRET_BYTES).toString('base64')}`;

const toWire = (row: WebhookRow) => ({
  id: row.id,
  url: row.url,
  description: row.description,
  disabled: row.disabled_at !== null,
  disabledAt: time(row.disabled_at),
  disabledReason: row.disabled_reason,
  oldSecretUntil: time(row.old_secrets[0]?.until ?? null),
  lastSuccessAt: time(row.last_success_at),
  lastFailureAt: time(row.last_failure_at),
  lastFailure: row.last_failure,
  failures: row.failures,
  failingSince: time(row.failing_since),
  createdAt: toRfc3339(row.created_at),
});

export function webhookRoutes(app: FastifyInstance, ports: HttpPorts): void {
  app.put<ById>('/v1/webhooks/:id', async (request) => {
    const caller = adminOf(request, 'Webhooks');
    const { tenant } = caller;
    const id = read(idSchema, request.params.id);
    const body = read(webhookSchema, request.body);
    checkSameId(body.id, id);
    const refusal = ports.providers.refusalOf(body.url);
    if (refusal !== null)
      throw new Problem('invalid', `url: ${new URL(body.url).hostname} ${refusal}.`, {
        errors: [{ path: 'url', message: refusal }],
      });
    const secret = newSecret();
    const written = {
      url: new URL(body.url).href,
      description: body.description ?? null,
      disabledReason: body.disabled ? 'somebody disabled it' : null,
    };
    const sealed = ports.secretBox.seal(secret, webhookContext(tenant, id));
    const made = await ports.database.transaction(scopeOf(caller), (tx) => putWebhook(tx, tenant, id, written, sealed));
    if (made.kind === 'taken') throw new Problem('invalid', `The webhook "${made.by}" has this url already.`);
    if (made.kind === 'too_many')
      throw new Problem('unprocessable', `A tenant has ${WEBHOOKS_MAX} webhooks at most; delete one first.`);
    return { ...toWire(made.row), ...(made.kind === 'created' ? { secret } : {}) };
  });
  app.get('/v1/webhooks', async (request) => {
    const caller = callerOf(request);
    const query = readQuery(pageSchema, request.query);
    const rows = await ports.database.transaction(scopeOf(caller), (tx) =>
      listWebhooks(tx, caller.tenant, afterOf(query.cursor), query.limit + 1),
    );
    return pageOf(rows.map(toWire), query.limit, (row) => row.id);
  });
  app.get<ById>('/v1/webhooks/:id', async (request) => {
    const caller = callerOf(request);
    const { id } = request.params;
    const row = await ports.database.transaction(scopeOf(caller), (tx) => getWebhook(tx, caller.tenant, id));
    if (row === null) throw noWebhook(id);
    return toWire(row);
  });
  app.delete<ById>('/v1/webhooks/:id', async (request, reply) => {
    const caller = adminOf(request, 'Webhooks');
    const { id } = request.params;
    if (!(await ports.database.transaction(scopeOf(caller), (tx) => deleteWebhook(tx, caller.tenant, id))))
      throw noWebhook(id);
    return reply.code(204).send();
  });
  app.post<ById>('/v1/webhooks/:id/rotate', async (request) => {
    const caller = adminOf(request, 'Webhooks');
    const { id } = request.params;
    const secret = newSecret();
    const sealed = ports.secretBox.seal(secret, webhookContext(caller.tenant, id));
    const now = ports.wallNow() as Instant;
    const made = await ports.database.transaction(scopeOf(caller), (tx) =>
      rotateWebhook(tx, { tenant: caller.tenant, id }, sealed, { now, keepMs: OLD_SECRET_MS }),
    );
    if (made.kind === 'unknown') throw noWebhook(id);
    if (made.kind === 'too_often')
      throw new Problem(
        'unprocessable',
        `The webhook "${id}" has been rotated ${OLD_SECRETS_MAX} times within a day, and all those secrets are signed with still; rotate it again when the oldest has ended.`,
      );
    return { ...toWire(made.row), secret };
  });
}
