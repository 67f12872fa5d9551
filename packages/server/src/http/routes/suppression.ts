// The suppression ledger over HTTP: endpoints that get nothing more. Adding answers when nothing to them can start any more;
// lifting takes a reason, and keeps what was as history.
import { type Channel, issueWords, normalAddress, SUPPRESSION_SOURCES } from '@relance/core';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { listSuppressions, toWireSuppression } from '../../store/sql/suppression.ts';
import type { HttpPorts } from '../ports.ts';
import { Problem } from '../problem.ts';
import { afterNumber, callerOf, cursorOf, pageSchema, read, readQuery, scopeOf } from '../route.ts';

/** The inbox has no address: it is its reader who opens it. */
const channel = z.enum(['email', 'sms', 'push', 'chat', 'webhook']);
/** As long as the longest address of a recipient. */
const address = z.string().min(1).max(2_000);
const words = z.string().max(1_000);
const source = z.enum(SUPPRESSION_SOURCES);

const IN_EMAIL = /^[^\s@]+@[^\s@]+$/u;
const IN_SMS = /^\+[1-9]\d{6,14}$/;
/** What could never be an address of that channel would suppress nobody, and let its sender believe that it did. */
const isAddress = (one: { readonly channel: Channel; readonly address: string }): boolean => {
  const normal = normalAddress(one.channel, one.address);
  return one.channel === 'email' ? IN_EMAIL.test(normal) : one.channel !== 'sms' || IN_SMS.test(normal);
};
const NO_ADDRESS = { path: ['address'], message: 'must be an address of its channel, such as ana@example.com' };

export const suppressionSchema = z
  .strictObject({ channel, address, source: source.default('admin'), reason: words.nullish() })
  .refine(isAddress, NO_ADDRESS);
export const suppressionListSchema = pageSchema.extend({
  channel: channel.optional(),
  address: address.optional(),
  source: source.optional(),
  history: z.enum(['true', 'false']).optional().describe('true: also those that were lifted'),
});
export const liftSchema = z.object({
  channel,
  address,
  reason: words.min(1, 'says why it may be written to again'),
});
const BULK_MAX = 1_000;

export function suppressionRoutes(app: FastifyInstance, ports: HttpPorts): void {
  app.get('/v1/suppressions', async (request) => {
    const caller = callerOf(request);
    const query = readQuery(suppressionListSchema, request.query);
    const filter = {
      channel: query.channel ?? null,
      address: query.address ?? null,
      source: query.source ?? null,
      history: query.history === 'true',
    };
    const before = afterNumber(query.cursor, Number.MAX_SAFE_INTEGER);
    const rows = await ports.database.transaction(scopeOf(caller), (tx) =>
      listSuppressions(tx, caller.tenant, filter, before, query.limit + 1),
    );
    const last = rows[query.limit - 1];
    return {
      items: rows.slice(0, query.limit).map(toWireSuppression),
      nextCursor: rows.length > query.limit && last !== undefined ? cursorOf(String(last.id)) : null,
    };
  });
  app.put('/v1/suppressions', async (request) => {
    const caller = callerOf(request);
    const body = read(suppressionSchema, request.body);
    const one = { ...body, address: normalAddress(body.channel, body.address), reason: body.reason ?? null };
    await ports.consents.suppress(caller.tenant, [one], caller.keyId);
    return one;
  });
  app.post('/v1/suppressions/bulk', async (request) => {
    const caller = callerOf(request);
    const list = read(z.array(z.unknown()), request.body);
    if (list.length > BULK_MAX)
      throw new Problem('too_large', `The list has ${list.length} suppressions; it may have ${BULK_MAX}.`);
    const checked = list.map((one, index) => ({
      index,
      result: suppressionSchema.safeParse(one, { error: issueWords }),
    }));
    const accepted = checked.flatMap(({ result }) =>
      result.success ? [{ ...result.data, reason: result.data.reason ?? null }] : [],
    );
    await ports.consents.suppress(caller.tenant, accepted, caller.keyId);
    const rejected = checked.flatMap(({ index, result }) => {
      if (result.success) return [];
      const [issue] = result.error.issues;
      return [{ index, code: 'invalid', detail: `"${issue?.path.join('.') ?? ''}": ${issue?.message ?? ''}` }];
    });
    return { accepted: accepted.length, rejected };
  });
  app.delete('/v1/suppressions', async (request, reply) => {
    const caller = callerOf(request);
    const query = readQuery(liftSchema, request.query);
    if ((await ports.consents.lift(caller.tenant, query, caller.keyId)) === 0)
      throw new Problem('not_found', `Nothing suppresses "${query.address}" on ${query.channel}.`);
    return reply.code(204).send();
  });
}
