// Recipients by the thousand: from a system that keeps them, or from a file that somebody imports. Each good one is written, each bad
// one is named, and of each it is told what became of it; a dry run tells the same and writes nothing. With `merge` what is left out of
// somebody who is known stays as it is, traits and location name by name. One by one is recipient.ts.
import { isDeepStrictEqual } from 'node:util';
import { issueWords } from '@relance/core';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { recipientsByIds, type WireRecipient } from '../../store/sql/recipient.ts';
import type { HttpPorts } from '../ports.ts';
import { Problem } from '../problem.ts';
import { refusedEndpoints } from '../refused-endpoint.ts';
import { callerOf, read, readQuery, scopeOf } from '../route.ts';
import { recipientSchema, storeRecipients, toRecipient } from './recipient.ts';

const BULK_MAX = 1_000;
const flag = z.enum(['true', 'false']).optional();
export const recipientBulkSchema = z.object({
  merge: flag.describe('true: what is left out of somebody who is known stays as it is'),
  dryRun: flag.describe('true: nothing is written; the answer tells what would be'),
});

type Known = Map<string, WireRecipient>;
interface Outcome {
  readonly index: number;
  readonly id: string;
  readonly result: 'created' | 'changed' | 'unchanged';
  /** Names of the fields that differ from what was known. */
  readonly fields: readonly string[];
}

export function recipientBulkRoutes(app: FastifyInstance, ports: HttpPorts): void {
  app.post('/v1/recipients/bulk', async (request) => {
    const caller = callerOf(request);
    const query = readQuery(recipientBulkSchema, request.query);
    const schema = z.union([
      z.array(z.unknown()),
      z.strictObject({ recipients: z.array(z.unknown()) }).transform((body) => body.recipients),
    ]);
    const list = read(schema, request.body);
    if (list.length > BULK_MAX)
      throw new Problem('too_large', `The list has ${list.length} recipients; it may have ${BULK_MAX}.`);
    const dryRun = query.dryRun === 'true';
    const ids = list.flatMap((one) => idOf(one) ?? []);
    const { answer, woken } = await ports.database.transaction(scopeOf(caller), async (tx) => {
      const known = await recipientsByIds(tx, caller.tenant, ids, !dryRun);
      const { written, ...outcome } = takeAll(ports, list, known, query.merge === 'true');
      return {
        answer: outcome,
        woken: dryRun ? 0 : await storeRecipients(tx, caller.tenant, written),
      };
    });
    if (woken > 0) ports.nudge.wake();
    return answer;
  });
}

const idOf = (one: unknown): string | null =>
  typeof one === 'object' && one !== null && 'id' in one && typeof one.id === 'string' ? one.id : null;

/** One after the other: somebody who is in the list twice is what the second says, upon the first. */
function takeAll(ports: HttpPorts, list: readonly unknown[], known: Known, merge: boolean) {
  const rejected: { readonly index: number; readonly code: string; readonly detail: string }[] = [];
  const results: Outcome[] = [];
  const written: Known = new Map();
  list.forEach((one, index) => {
    const before = known.get(idOf(one) ?? '');
    const checked = checkOne(ports, merge && before !== undefined ? mergedInto(before, one) : one);
    if (!checked.ok) {
      rejected.push({ index, code: 'invalid', detail: checked.detail });
      return;
    }
    const { recipient } = checked;
    const fields = before === undefined ? [] : differences(before, recipient);
    const result = before === undefined ? 'created' : fields.length > 0 ? 'changed' : 'unchanged';
    results.push({ index, id: recipient.id, result, fields });
    known.set(recipient.id, recipient);
    written.set(recipient.id, recipient);
  });
  return { accepted: written.size, rejected, results, written: [...written.values()] };
}

const differences = (before: WireRecipient, after: WireRecipient): readonly string[] =>
  (Object.keys(after) as (keyof WireRecipient)[]).filter((field) => !isDeepStrictEqual(before[field], after[field]));

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function mergedInto(before: WireRecipient, one: unknown): unknown {
  if (!isRecord(one)) return one;
  const inside = (field: 'traits' | 'location') =>
    isRecord(one[field]) && isRecord(before[field]) ? { [field]: { ...before[field], ...one[field] } } : {};
  return { ...before, ...one, ...inside('traits'), ...inside('location') };
}

/** One of a list: as it is stored, or the first thing that is wrong with it. */
function checkOne(
  { providers }: HttpPorts,
  one: unknown,
): { readonly ok: true; readonly recipient: WireRecipient } | { readonly ok: false; readonly detail: string } {
  const read = recipientSchema.required({ id: true }).safeParse(one, { error: issueWords });
  const recipient = read.success ? toRecipient(read.data.id as string, read.data) : null;
  const [wrong] = recipient === null ? (read.error?.issues ?? []) : refusedEndpoints(recipient, providers);
  if (recipient !== null && wrong === undefined) return { ok: true, recipient };
  const path = wrong?.path.map(String).join('.') ?? '';
  return { ok: false, detail: `${path === '' ? 'The recipient' : `"${path}"`}: ${wrong?.message ?? ''}` };
}
