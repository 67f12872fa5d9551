// The newest lines of all follow-ups with their subjects: what the demo prints as it happens.
import type { Evidence, Instant, Reason, TimelineEntry, TimelineKind } from '@relance/core';
import { at, type Tx } from '../database.ts';

export interface RecentLine {
  readonly followUpId: string;
  readonly seq: number;
  readonly title: string;
  readonly entry: TimelineEntry;
}

interface Row {
  readonly follow_up_id: string;
  readonly seq: number;
  readonly title: string;
  readonly at: Instant;
  readonly kind: TimelineKind;
  readonly reason: Reason;
  readonly stage: string | null;
  readonly recipient: string | null;
  readonly channel: string | null;
  readonly actor: string | null;
  readonly evidence: Evidence | null;
  readonly data: Record<string, unknown> | null;
}

/** From `since` on, in order; the lines of one moment stay together by follow-up. */
export async function recentLines(tx: Tx, tenant: string, since: Instant): Promise<RecentLine[]> {
  const rows = await tx.query<Row>(
    `SELECT t.follow_up_id, t.seq, f.subject ->> 'title' AS title, t.at, t.kind, t.reason, t.stage, t.recipient, t.channel, t.actor, t.evidence, t.data
     FROM relance.timeline t JOIN relance.follow_ups f ON f.slot = t.slot AND f.id = t.follow_up_id WHERE t.tenant = $1 AND t.at >= $2 ORDER BY t.at, t.follow_up_id, t.seq`,
    [tenant, at(since)],
  );
  return rows.map((row) => ({
    followUpId: row.follow_up_id,
    seq: row.seq,
    title: row.title,
    entry: {
      at: row.at,
      kind: row.kind,
      reason: row.reason,
      ...(row.stage === null ? {} : { stage: row.stage }),
      ...(row.recipient === null ? {} : { recipient: row.recipient }),
      ...(row.channel === null ? {} : { channel: row.channel }),
      ...(row.actor === null ? {} : { actor: row.actor }),
      ...(row.evidence === null ? {} : { evidence: row.evidence }),
      ...(row.data === null ? {} : { data: row.data }),
    },
  }));
}
