// Schedules and calendars as decisions need them: the latest of several at once. They change seldom and are asked for with
// every batch, so a body is read only by who does not know it yet.
import type { Tx } from '../database.ts';

export interface NamedRef {
  readonly tenant: string;
  readonly id: string;
}
export const namedKey = ({ tenant, id }: NamedRef): string => `${tenant}\n${id}`;

export interface Latest<Body> extends NamedRef {
  /** The version, and when it was written. Never met twice. */
  readonly stamp: string;
  /** Null for whoever knows this stamp already. */
  readonly body: Body | null;
}

/** In one statement, each once however often it is asked for; those there are not are missing from the answer. */
export async function latestOf<Body>(
  tx: Tx,
  table: 'schedules' | 'calendars',
  asked: readonly (NamedRef & { readonly known: string | null })[],
): Promise<Latest<Body>[]> {
  const each = [...new Map(asked.map((one) => [namedKey(one), one])).values()];
  if (each.length === 0) return [];
  return tx.query<Latest<Body>>(
    `SELECT tenant, id, stamp, CASE WHEN stamp IS DISTINCT FROM known THEN body END AS body
     FROM (SELECT s.tenant, s.id, s.version || '/' || extract(epoch FROM s.updated_at) AS stamp, x.known, s.body FROM relance.${table} s
       JOIN unnest($1::text[], $2::text[], $3::text[]) AS x(tenant, id, known) ON x.tenant = s.tenant AND x.id = s.id) AS latest`,
    [each.map(({ tenant }) => tenant), each.map(({ id }) => id), each.map(({ known }) => known)],
  );
}
