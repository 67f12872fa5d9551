// The suppression ledger as a list: taken from another system or this one, as CSV or JSON lines, and handed out the same way. A
// line that cannot be read is told and keeps nothing else out; a thousand lines are stored together or not at all, and what waits
// for their endpoints is taken back before the answer. Single entries are suppression.ts.
import { Readable } from 'node:stream';
import { csvLine, csvRecords, issueWords } from '@relance/core';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { EndpointSuppression } from '../../engine/ports.ts';
import { isHashed } from '../../store/keyed-hash.ts';
import { insertAudit } from '../../store/sql/audit.ts';
import { suppressionsAfter, toWireSuppression } from '../../store/sql/suppression.ts';
import type { Caller } from '../auth.ts';
import { parseJson } from '../json.ts';
import type { HttpPorts } from '../ports.ts';
import { Problem } from '../problem.ts';
import { callerOf, readQuery, scopeOf } from '../route.ts';
import { isAddress, NO_ADDRESS, suppressionFields } from './suppression.ts';

export const IMPORT_BYTES_MAX = 16 * 1_048_576;
const LINES_MAX = 100_000;
const CHUNK = 1_000;
/** As many as somebody reads; their number is told. */
const REJECTED_SHOWN_MAX = 1_000;

export const exportSchema = z.object({
  format: z.enum(['csv', 'json']).default('csv').describe('json: one object a line'),
  history: z.enum(['true', 'false']).optional().describe('true: also those that were lifted'),
});

/** An address of which only the hash is left comes from an export of this server. */
const entrySchema = z
  .object({
    ...suppressionFields,
    liftedAt: z.string().nullish(),
  })
  .refine((one) => isHashed(one.address) || isAddress(one), NO_ADDRESS)
  .refine(({ liftedAt }) => liftedAt == null || liftedAt === '', {
    path: ['liftedAt'],
    message: 'it was lifted, so it is not imported',
  });

interface Line {
  readonly line: number;
  readonly value: unknown;
}
interface Rejected {
  readonly line: number;
  readonly detail: string;
}

export function suppressionListRoutes(app: FastifyInstance, ports: HttpPorts): void {
  app.post('/v1/suppressions/import', { bodyLimit: IMPORT_BYTES_MAX }, async (request) => {
    const caller = callerOf(request);
    if (typeof request.body !== 'string')
      throw new Problem('unsupported_media_type', 'Send text/csv with a header, or application/x-ndjson.');
    const type = request.headers['content-type'] ?? '';
    return take(ports, caller, type.includes('csv') ? csvLines(request.body) : jsonLines(request.body));
  });
  app.get('/v1/suppressions/export', async (request, reply) => {
    const caller = callerOf(request);
    const { format, history } = readQuery(exportSchema, request.query);
    await ports.database.transaction(scopeOf(caller), (tx) =>
      insertAudit(tx, { tenant: caller.tenant, by: caller.keyId, action: 'suppressions.exported', data: { format } }),
    );
    const pages = format === 'csv' ? asCsv : asJsonLines;
    return reply
      .header('content-type', format === 'csv' ? 'text/csv; charset=utf-8; header=present' : 'application/x-ndjson')
      .header('content-disposition', `attachment; filename="suppressions.${format === 'csv' ? 'csv' : 'ndjson'}"`)
      .send(Readable.from(pages(entries(ports, caller, history === 'true'))));
  });
}

async function take(ports: HttpPorts, caller: Caller, lines: Iterable<Line | Rejected>) {
  const rejected: Rejected[] = [];
  let rejectedCount = 0;
  const refuse = (one: Rejected): void => {
    rejectedCount += 1;
    if (rejected.length < REJECTED_SHOWN_MAX) rejected.push(one);
  };
  let added = 0;
  let read = 0;
  let chunk: EndpointSuppression[] = [];
  const store = async (): Promise<void> => {
    if (chunk.length === 0) return;
    added += await ports.consents.suppress(caller.tenant, chunk, caller.keyId);
    chunk = [];
  };
  let seen = 0;
  for (const one of lines) {
    seen += 1;
    if (seen > LINES_MAX) {
      refuse({ line: one.line, detail: `The list has more than ${LINES_MAX} lines; send the rest from here on.` });
      break;
    }
    if ('detail' in one) {
      refuse(one);
      continue;
    }
    const checked = entrySchema.safeParse(one.value, { error: issueWords });
    if (!checked.success) {
      const [issue] = checked.error.issues;
      refuse({ line: one.line, detail: `"${issue?.path.join('.') ?? ''}": ${issue?.message ?? ''}` });
      continue;
    }
    const { channel, address, source, reason, sender } = checked.data;
    chunk.push({ channel, address, source, reason: reason ?? null, sender: sender ?? undefined });
    read += 1;
    if (chunk.length === CHUNK) await store();
  }
  await store();
  await ports.database.transaction(scopeOf(caller), (tx) =>
    insertAudit(tx, {
      tenant: caller.tenant,
      by: caller.keyId,
      action: 'suppressions.imported',
      data: { added, already: read - added, rejected: rejectedCount },
    }),
  );
  return { added, already: read - added, rejected, rejectedCount };
}

const MALFORMED = {
  unclosed: 'It has a quote (") that is never closed.',
  goes_on:
    'It has a quote (") that the next one does not close at the end of a cell; one that is part of a cell is written twice.',
} as const;

/** What a spreadsheet leaves empty was not said. */
function* csvLines(text: string): Generator<Line | Rejected> {
  let header: readonly string[] | null = null;
  for (const { line, cells, malformed } of csvRecords(text)) {
    if (header === null) {
      header = cells.map((cell) => cell.trim());
      if (!header.includes('channel') || !header.includes('address'))
        throw new Problem(
          'invalid',
          'The first line names the columns: `channel` and `address`, and `source`, `reason` and `sender` if you like.',
        );
      continue;
    }
    if (malformed !== undefined) {
      yield { line, detail: MALFORMED[malformed] };
      continue;
    }
    if (cells.length > header.length) {
      yield { line, detail: `It has ${cells.length} cells, and the first line names ${header.length}.` };
      continue;
    }
    const named = header.map((name, index): [string, string] => [name, cells[index] ?? '']);
    yield { line, value: Object.fromEntries(named.filter(([, cell]) => cell !== '')) };
  }
}

function* jsonLines(text: string): Generator<Line | Rejected> {
  let line = 0;
  for (const written of text.split('\n')) {
    line += 1;
    if (written.trim() === '') continue;
    try {
      yield { line, value: parseJson(written) };
    } catch {
      yield { line, detail: 'It is not one JSON object.' };
    }
  }
}

type Entry = ReturnType<typeof toWireSuppression>;
const COLUMNS = [
  'channel',
  'address',
  'source',
  'reason',
  'sender',
  'message',
  'at',
  'liftedAt',
  'liftedReason',
] as const;

async function* asCsv(pages: AsyncIterable<readonly Entry[]>): AsyncGenerator<string> {
  yield csvLine(COLUMNS);
  for await (const page of pages) yield page.map((one) => csvLine(COLUMNS.map((column) => one[column]))).join('');
}
async function* asJsonLines(pages: AsyncIterable<readonly Entry[]>): AsyncGenerator<string> {
  for await (const page of pages) yield page.map((one) => `${JSON.stringify(one)}\n`).join('');
}

/** The oldest first, a page a transaction: what is added meanwhile comes at the end. */
async function* entries(ports: HttpPorts, caller: Caller, history: boolean): AsyncGenerator<readonly Entry[]> {
  let after = 0;
  for (;;) {
    const rows = await ports.database.transaction(scopeOf(caller), (tx) =>
      suppressionsAfter(tx, caller.tenant, after, history, CHUNK),
    );
    const last = rows.at(-1);
    if (last === undefined) return;
    after = last.id;
    yield rows.map(toWireSuppression);
  }
}
