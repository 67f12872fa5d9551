// The activity of recipients: written by events and by the API, asked for by conditions (engine/step.ts), listed for people.
import {
  type Activity,
  type ActivityAsk,
  type ActivitySeen,
  countKey,
  type Instant,
  slotOfRecipient,
} from '@relance/core';
import { at, type Tx } from '../database.ts';

export interface NewActivity {
  readonly tenant: string;
  readonly recipient: string;
  readonly id: string;
  readonly type: string;
  readonly at: Instant;
  readonly data: unknown;
  readonly location: unknown;
  readonly source: string | null;
  /** Nobody said when, or a time to come: told again it would be another moment. */
  readonly atNow?: boolean;
}

/**
 * In the order they were told. One that is there already (told twice) is left alone; one without a time of its own where it
 * was told within a day.
 */
export async function insertActivities(tx: Tx, activities: readonly NewActivity[]): Promise<void> {
  if (activities.length === 0) return;
  const rows = activities.map((one) => ({
    ...one,
    at: at(one.at),
    slot: slotOfRecipient(one.tenant, one.recipient),
  }));
  await tx.query(
    `INSERT INTO relance.activities (slot, tenant, recipient, type, at, id, data, location, source)
     SELECT x.slot, x.tenant, x.recipient, x.type, x.at, x.id, x.data, x.location, x.source
     FROM ROWS FROM (json_to_recordset($1::json) AS (slot smallint, tenant text, recipient text, type text, at timestamptz, id uuid, data jsonb, location jsonb, source text, "atNow" boolean))
       WITH ORDINALITY AS x(slot, tenant, recipient, type, at, id, data, location, source, at_now, told)
     WHERE x.at_now IS NOT TRUE OR NOT EXISTS (SELECT FROM relance.activities a WHERE a.slot = x.slot AND a.tenant = x.tenant AND a.recipient = x.recipient
       AND a.type = x.type AND a.at > x.at - interval '1 day' AND a.id = x.id)
     ORDER BY x.told ON CONFLICT DO NOTHING`,
    [JSON.stringify(rows)],
  );
}

/** What is asked of one recipient: the last of a type, or how many since an instant. */
export interface HistoryAsk {
  readonly tenant: string;
  readonly recipient: string;
  readonly ask: ActivityAsk;
  /** Null: the last one. */
  readonly since: Instant | null;
}

/** Answers by `tenant\nrecipient`. Two statements, whatever is asked; each look is one walk down an index. */
export async function historyOf(tx: Tx, asks: readonly HistoryAsk[], now: Instant): Promise<Map<string, ActivitySeen>> {
  const found = new Map<string, { last: Map<string, Activity>; counts: Map<string, number> }>();
  const seenOf = (tenant: string, recipient: string) => {
    const key = `${tenant}\n${recipient}`;
    const seen = found.get(key) ?? { last: new Map<string, Activity>(), counts: new Map<string, number>() };
    found.set(key, seen);
    return seen;
  };
  const counted = asks.filter(({ since }) => since !== null);
  const lasting = asks.filter(({ since }) => since === null);
  const columns = (list: readonly HistoryAsk[]): unknown[] => [
    list.map(({ tenant, recipient }) => slotOfRecipient(tenant, recipient)),
    list.map(({ tenant }) => tenant),
    list.map(({ recipient }) => recipient),
    list.map(({ ask }) => ask.type),
  ];
  const [counts, lasts] = await Promise.all([
    counted.length === 0
      ? []
      : tx.query<{ ord: number; count: number }>(
          `SELECT x.ord, (SELECT count(*) FROM relance.activities a WHERE a.slot = x.slot AND a.tenant = x.tenant AND a.recipient = x.recipient
             AND a.type = x.type AND a.at > x.since AND a.at <= $6) AS count
           FROM unnest($1::smallint[], $2::text[], $3::text[], $4::text[], $5::timestamptz[]) WITH ORDINALITY AS x(slot, tenant, recipient, type, since, ord)`,
          [...columns(counted), counted.map(({ since }) => at(since)), at(now)],
        ),
    lasting.length === 0
      ? []
      : tx.query<{ tenant: string; recipient: string } & Activity>(
          `SELECT x.tenant, x.recipient, a.type, a.at, a.data, a.location FROM unnest($1::smallint[], $2::text[], $3::text[], $4::text[]) AS x(slot, tenant, recipient, type),
             LATERAL (SELECT type, at, data, location FROM relance.activities a WHERE a.slot = x.slot AND a.tenant = x.tenant AND a.recipient = x.recipient
               AND a.type = x.type AND a.at <= $5 ORDER BY a.at DESC, a.arrival DESC NULLS LAST, a.id DESC LIMIT 1) a`,
          [...columns(lasting), at(now)],
        ),
  ]);
  for (const { ord, count } of counts) {
    const one = counted[Number(ord) - 1];
    if (one !== undefined && one.ask.window !== null)
      seenOf(one.tenant, one.recipient).counts.set(countKey(one.ask.type, one.ask.window.text), count);
  }
  for (const { tenant, recipient, ...activity } of lasts) seenOf(tenant, recipient).last.set(activity.type, activity);
  return found;
}

export interface ActivityRow {
  readonly id: string;
  readonly type: string;
  readonly at: number;
  readonly data: unknown;
  readonly location: unknown;
  readonly source: string | null;
  /** Of one instant, which was told first; null: before that was kept, so it was before all others. */
  readonly arrival: number | null;
}

/** Where a page of activities ended. */
export interface ActivityPlace {
  readonly at: Instant;
  readonly arrival: number | null;
  readonly id: string;
}

/** Newest first. */
export async function listActivities(
  tx: Tx,
  tenant: string,
  recipient: string,
  filter: {
    readonly type: string | null;
    readonly before: ActivityPlace | null;
    readonly limit: number;
  },
): Promise<ActivityRow[]> {
  const { type, before, limit } = filter;
  return tx.query(
    `SELECT id, type, at, data, location, source, arrival FROM relance.activities WHERE slot = $1 AND tenant = $2 AND recipient = $3
       AND ($4::text IS NULL OR type = $4) AND ($5::timestamptz IS NULL OR at <= $5 AND (at, coalesce(arrival, 0), id) < ($5, coalesce($6::bigint, 0), $7::uuid))
       ORDER BY at DESC, arrival DESC NULLS LAST, id DESC LIMIT $8`,
    [
      slotOfRecipient(tenant, recipient),
      tenant,
      recipient,
      type,
      at(before?.at ?? null),
      before?.arrival ?? null,
      before?.id ?? null,
      limit,
    ],
  );
}
