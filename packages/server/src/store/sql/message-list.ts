// Messages as people look at them: what waits in the outbox and what is finished, in one shape (DESIGN §5 *message*).
import { type Channel, type Engagement, type HeldBy, type Instant, isId, slotOfId, toRfc3339 } from '@relance/core';
import type { Tx } from '../database.ts';

interface Row {
  readonly id: string;
  readonly follow_up_id: string;
  readonly stage: string;
  readonly recipient: string;
  readonly channel: string;
  readonly connection: string | null;
  readonly provider: string | null;
  readonly status: string;
  readonly reason: string;
  readonly engagement: readonly Engagement[];
  readonly attempts: number;
  readonly planned_at: Instant;
  readonly sent_at: Instant | null;
  readonly send_at: Instant | null;
  readonly content: unknown;
  readonly carrier: string | null;
}

const PENDING = `SELECT id, follow_up_id, tenant, stage, recipient, channel, connection, NULL::text AS provider, status, reason, '[]'::jsonb AS engagement, attempts, planned_at, NULL::timestamptz AS sent_at, send_at, content, NULL::uuid AS carrier FROM relance.outbox`;
const FINISHED = `SELECT id, follow_up_id, tenant, stage, recipient, channel, connection, provider, status, reason, engagement, attempts, planned_at, sent_at, NULL::timestamptz AS send_at, content, carrier FROM relance.messages`;

export const toWireMessage = (row: Row) => ({
  id: row.id,
  followUp: row.follow_up_id,
  stage: row.stage,
  recipient: row.recipient,
  channel: row.channel,
  connection: row.connection,
  provider: row.provider,
  status: row.status,
  reason: row.reason,
  engagement: row.engagement
    .toSorted((a, b) => a.at - b.at)
    .map(({ kind, evidence, at, count }) => ({ kind, evidence, at: toRfc3339(at), count })),
  attempts: row.attempts,
  plannedAt: toRfc3339(row.planned_at),
  sentAt: row.sent_at === null ? null : toRfc3339(row.sent_at),
  ...(row.send_at === null ? {} : { sendAt: toRfc3339(row.send_at) }),
  ...(row.carrier === null ? {} : { mergedInto: row.carrier }),
  content: wordsOf(row.content),
});
/** Without what it is rewritten by. */
const wordsOf = (content: unknown): unknown => {
  if (typeof content !== 'object' || content === null || !('digest' in content)) return content;
  const { digest: _, ...words } = content;
  return words;
};
export type WireMessage = ReturnType<typeof toWireMessage>;

export interface MessageFilter {
  readonly followUp: string | null;
  readonly recipient: string | null;
  readonly channel: string | null;
  readonly status: readonly string[] | null;
}

/** Newest planned first; paged by planned time and id. */
export async function listMessages(
  tx: Tx,
  tenant: string,
  filter: MessageFilter,
  before: { at: Instant; id: string } | null,
  limit: number,
): Promise<Row[]> {
  const where = `WHERE tenant = $1 AND ($2::uuid IS NULL OR follow_up_id = $2) AND ($3::text IS NULL OR recipient = $3) AND ($4::text IS NULL OR channel = $4) AND ($5::text[] IS NULL OR status = ANY($5))
    AND ($6::timestamptz IS NULL OR (planned_at, id) < ($6, $7::uuid))`;
  return tx.query<Row>(
    `SELECT * FROM (${PENDING} ${where}) AS o UNION ALL SELECT * FROM (${FINISHED} ${where}) AS m ORDER BY planned_at DESC, id DESC LIMIT $8`,
    [
      tenant,
      filter.followUp,
      filter.recipient,
      filter.channel,
      filter.status,
      before === null ? null : toRfc3339(before.at),
      before?.id ?? null,
      limit,
    ],
  );
}

export async function getMessage(tx: Tx, tenant: string, id: string): Promise<Row | null> {
  if (!isId(id)) return null;
  const [row] = await tx.query<Row>(
    `SELECT * FROM (${PENDING} WHERE tenant = $1 AND id = $2) AS o UNION ALL SELECT * FROM (${FINISHED} WHERE tenant = $1 AND id = $2) AS m LIMIT 1`,
    [tenant, id],
  );
  return row ?? null;
}

export interface HeldMessage {
  readonly id: string;
  readonly stage: string;
  readonly recipient: string;
  readonly channel: Channel;
  readonly heldBy: HeldBy;
  readonly until: Instant;
}

const HELD_MAX = 200;

/** What of a follow-up waits until it may be sent, the soonest first. */
export async function listHeld(tx: Tx, followUp: string): Promise<HeldMessage[]> {
  return tx.query<HeldMessage>(
    `SELECT id, stage, recipient, channel, held_by AS "heldBy", send_at AS until FROM relance.outbox
     WHERE slot = $1 AND follow_up_id = $2 AND status = 'deferred' AND held_by IS NOT NULL AND send_at IS NOT NULL
     ORDER BY send_at, id LIMIT $3`,
    [slotOfId(followUp), followUp, HELD_MAX],
  );
}
