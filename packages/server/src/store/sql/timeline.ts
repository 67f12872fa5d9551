// Timelines as people read them. Appending is timeline-write.ts.
import type { Evidence, Instant, Reason, TimelineEntry, TimelineKind } from '@relance/core';
import type { Tx } from '../database.ts';

interface Row {
  readonly seq: number;
  readonly at: Instant;
  readonly kind: TimelineKind;
  readonly reason: Reason;
  readonly stage: string | null;
  readonly recipient: string | null;
  readonly channel: string | null;
  readonly message_id: string | null;
  readonly actor: string | null;
  readonly evidence: Evidence | null;
  readonly data: Record<string, unknown> | null;
}

const given = <N extends string, V>(name: N, value: V | null) =>
  (value === null ? {} : { [name]: value }) as { readonly [K in N]?: V };

export async function readTimeline(
  tx: Tx,
  followUpId: string,
  after: number,
  limit: number,
): Promise<{ seq: number; entry: TimelineEntry }[]> {
  const rows = await tx.query<Row>(
    `SELECT seq, at, kind, reason, stage, recipient, channel, message_id, actor, evidence, data FROM relance.timeline WHERE follow_up_id = $1 AND seq > $2 ORDER BY seq LIMIT $3`,
    [followUpId, after, limit],
  );
  return rows.map((row) => ({
    seq: row.seq,
    entry: {
      at: row.at,
      kind: row.kind,
      reason: row.reason,
      ...given('stage', row.stage),
      ...given('recipient', row.recipient),
      ...given('channel', row.channel),
      ...given('message', row.message_id),
      ...given('actor', row.actor),
      ...given('evidence', row.evidence),
      ...given('data', row.data),
    },
  }));
}
