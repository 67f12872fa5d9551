// The audit over HTTP: who exported, erased, suppressed, lifted, imported, and made or took back keys. No entry names a person;
// `recipient` finds those of one, and `channel` with `address` those of an endpoint, by their keyed hash. It is only read.
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { AUDITED, aboutAddress, aboutRecipient, listAudit, toWireAudit } from '../../store/sql/audit.ts';
import type { HttpPorts } from '../ports.ts';
import { Problem } from '../problem.ts';
import { adminOf, afterNumber, pageOf, pageSchema, readQuery, scopeOf } from '../route.ts';
import { suppressionAddress, suppressionChannel } from './suppression.ts';

export const auditListSchema = pageSchema.extend({
  action: z.enum(AUDITED).optional(),
  recipient: z.string().min(1).max(300).optional().describe('those about one recipient, erased ones too'),
  channel: suppressionChannel.optional(),
  address: suppressionAddress.optional().describe('those about one endpoint, with `channel`'),
});

export function auditRoutes(app: FastifyInstance, ports: HttpPorts): void {
  app.get('/v1/audit', async (request) => {
    const caller = adminOf(request, 'The audit is read and keys');
    const { recipient, channel, address, ...query } = readQuery(auditListSchema, request.query);
    if ((channel === undefined) !== (address === undefined))
      throw new Problem('invalid', '`channel` and `address` name an endpoint together.');
    if (recipient !== undefined && address !== undefined)
      throw new Problem('invalid', 'Ask for a recipient or for an endpoint, not for both.');
    const before = afterNumber(query.cursor, Number.MAX_SAFE_INTEGER);
    const rows = await ports.database.transaction(scopeOf(caller), (tx) => {
      const about =
        recipient !== undefined
          ? aboutRecipient(tx, caller.tenant, recipient)
          : channel !== undefined && address !== undefined
            ? aboutAddress(tx, caller.tenant, channel, address)
            : null;
      return listAudit(tx, caller.tenant, { action: query.action ?? null, about }, before, query.limit + 1);
    });
    return pageOf(rows.map(toWireAudit), query.limit, ({ id }) => id);
  });
}
