// Everything that is known of one person as one JSON, for whoever asks what you have of them. Written page by page as it is read,
// so that it takes as long as there is, and no more memory. What is in it, and what is not: store/sql/recipient-export.ts.
import { Readable } from 'node:stream';
import { toRfc3339 } from '@relance/core';
import type { FastifyInstance } from 'fastify';
import { aboutRecipient, insertAudit } from '../../store/sql/audit.ts';
import { exportFollowUps, exportPage, exportProfile, PAGED_PARTS } from '../../store/sql/recipient-export.ts';
import type { Caller } from '../auth.ts';
import type { HttpPorts } from '../ports.ts';
import { Problem } from '../problem.ts';
import { callerOf, scopeOf } from '../route.ts';

const ROWS_A_PAGE = 500;
const FOLLOW_UPS_A_PAGE = 2_000;
type ById = { Params: { id: string } };

export function recipientExportRoutes(app: FastifyInstance, ports: HttpPorts): void {
  app.get<ById>('/v1/recipients/:id/export', async (request, reply) => {
    const caller = callerOf(request);
    const { id } = request.params;
    const { tenant } = caller;
    const begun = await ports.database.transaction(scopeOf(caller), async (tx) => {
      const known = await exportProfile(tx, { tenant, recipient: id });
      const about = aboutRecipient(tx, tenant, id);
      if (known !== null) await insertAudit(tx, { tenant, by: caller.keyId, action: 'recipient.exported', about });
      return known;
    });
    if (begun === null) throw new Problem('not_found', `There is no recipient "${id}".`);
    const exportedAt = toRfc3339(await ports.clock.now());
    return reply
      .header('content-type', 'application/json; charset=utf-8')
      .header('content-disposition', 'attachment; filename="recipient.json"')
      .header('cache-control', 'no-store')
      .send(Readable.from(written(ports, caller, id, { exportedAt, ...begun })));
  });
}

/** One JSON object: what is there already, and then a list for each kind, row by row. */
async function* written(ports: HttpPorts, caller: Caller, recipient: string, head: object): AsyncGenerator<string> {
  const ref = { tenant: caller.tenant, recipient };
  yield JSON.stringify(head).slice(0, -1);
  for (const part of PAGED_PARTS) {
    yield `,${JSON.stringify(part)}:[`;
    yield* rows((after) =>
      ports.database.transaction(scopeOf(caller), (tx) => exportPage(tx, part, ref, after, ROWS_A_PAGE)),
    );
    yield ']';
  }
  for (const part of ['followUps', 'timeline'] as const) {
    yield `,${JSON.stringify(part)}:[`;
    yield* rows((after) =>
      ports.database.transaction(scopeOf(caller), (tx) => exportFollowUps(tx, part, ref, after, FOLLOW_UPS_A_PAGE)),
    );
    yield ']';
  }
  yield '}';
}

async function* rows(
  page: (after: string | null) => Promise<{ readonly items: readonly unknown[]; readonly next: string | null }>,
): AsyncGenerator<string> {
  let first = true;
  let after: string | null = null;
  do {
    const { items, next } = await page(after);
    if (items.length > 0) yield `${first ? '' : ','}${items.map((item) => JSON.stringify(item)).join(',')}`;
    first &&= items.length === 0;
    after = next;
  } while (after !== null);
}
