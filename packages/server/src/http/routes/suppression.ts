// The suppression ledger over HTTP: endpoints that get nothing more. Adding answers when nothing to them can start any more;
// lifting takes a reason, and keeps what was as history.
import { type Channel, issueWords, normalAddress, SUPPRESSION_SOURCES, type SuppressionSource } from '@relance/core';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { listSuppressions, toWireSuppression } from '../../store/sql/suppression.ts';
import type { HttpPorts } from '../ports.ts';
import { Problem } from '../problem.ts';
import { afterNumber, callerOf, cursorOf, pageSchema, read, readQuery, scopeOf } from '../route.ts';

/** The inbox has no address: it is its reader who opens it. */
export const suppressionChannel = z.enum(['email', 'sms', 'push', 'chat', 'webhook']);
const channel = suppressionChannel;
/** As long as the longest address of a recipient. */
export const suppressionAddress = z.string().min(1).max(2_000);
const address = suppressionAddress;
const words = z.string().max(1_000);
const source = z.enum(SUPPRESSION_SOURCES);

const IN_EMAIL = /^[^\s@]+@[^\s@]+$/u;
const IN_SMS = /^\+[1-9]\d{6,14}$/;
/** What could never be an address of that channel would suppress nobody, and let its sender believe that it did. */
export const isAddress = (one: { readonly channel: Channel; readonly address: string }): boolean => {
  const normal = normalAddress(one.channel, one.address);
  return one.channel === 'email' ? IN_EMAIL.test(normal) : one.channel !== 'sms' || IN_SMS.test(normal);
};
export const NO_ADDRESS = { path: ['address'], message: 'must be an address of its channel, such as ana@example.com' };

export const suppressionFields = {
  channel,
  address,
  source: source.default('admin'),
  reason: words.nullish(),
  sender: z.string().min(1).max(60).nullish().describe('one sender of yours alone; every one without'),
};
export const suppressionSchema = z.strictObject(suppressionFields).refine(isAddress, NO_ADDRESS);
export const suppressionListSchema = pageSchema.extend({
  channel: channel.optional(),
  address: address.optional(),
  source: source.optional(),
  q: z.string().min(1).max(200).optional().describe('part of an address'),
  history: z.enum(['true', 'false']).optional().describe('true: also those that were lifted'),
});
export const liftSchema = z.object({
  channel,
  address,
  reason: words.min(1, 'says why it may be written to again'),
});
const BULK_MAX = 1_000;

const OWN_WORDS: Partial<Record<SuppressionSource, string>> = {
  complaint: 'complained of a message',
  stop: 'said STOP',
  person: 'asked for it themselves',
};
/** Somebody has said so themselves: it is lifted all the same, and whoever does it is told what they answer for. */
function warningOf(sources: readonly SuppressionSource[]): string | null {
  const said = sources.flatMap((one) => OWN_WORDS[one] ?? []);
  return said.length === 0
    ? null
    : `Whoever reads there ${said.join(', and ')}. Write to them again only if they have asked for it since; the reason you gave is kept.`;
}

const suppressionOf = ({ reason, sender, ...one }: z.infer<typeof suppressionSchema>) => ({
  ...one,
  reason: reason ?? null,
  sender: sender ?? undefined,
});

export function suppressionRoutes(app: FastifyInstance, ports: HttpPorts): void {
  app.get('/v1/suppressions', async (request) => {
    const caller = callerOf(request);
    const query = readQuery(suppressionListSchema, request.query);
    const filter = {
      channel: query.channel ?? null,
      address: query.address ?? null,
      source: query.source ?? null,
      part: query.q ?? null,
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
    await ports.consents.suppress(caller.tenant, [suppressionOf(one)], caller.keyId);
    return { ...one, sender: body.sender ?? null };
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
    const accepted = checked.flatMap(({ result }) => (result.success ? [suppressionOf(result.data)] : []));
    await ports.consents.suppress(caller.tenant, accepted, caller.keyId);
    const rejected = checked.flatMap(({ index, result }) => {
      if (result.success) return [];
      const [issue] = result.error.issues;
      return [{ index, code: 'invalid', detail: `"${issue?.path.join('.') ?? ''}": ${issue?.message ?? ''}` }];
    });
    return { accepted: accepted.length, rejected };
  });
  app.delete('/v1/suppressions', async (request) => {
    const caller = callerOf(request);
    const query = readQuery(liftSchema, request.query);
    const lifted = await ports.consents.lift(caller.tenant, query, caller.keyId);
    if (lifted.length === 0)
      throw new Problem('not_found', `Nothing suppresses "${query.address}" on ${query.channel}.`);
    const { channel: on, address: of, reason } = query;
    return { channel: on, address: of, reason, sources: lifted, warning: warningOf(lifted) };
  });
}
