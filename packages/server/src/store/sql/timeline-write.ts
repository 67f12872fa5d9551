// Appends to timelines, in sets. Reading them is timeline.ts.
import { slotOfId, type TimelineEntry } from '@relance/core';
import { at, type Tx } from '../database.ts';
import { rowsOf } from './rows.ts';

const ROWS = rowsOf(
  `slot smallint, follow_up_id uuid, seq integer, tenant text, at timestamptz, kind text, reason text, stage text, recipient text, channel text, message_id uuid,
   actor text, evidence text, data jsonb`,
);

export interface TimelineRow {
  readonly followUpId: string;
  readonly tenant: string;
  readonly seq: number;
  readonly entry: TimelineEntry;
}

export async function appendTimeline(tx: Tx, lines: readonly TimelineRow[]): Promise<void> {
  if (lines.length === 0) return;
  const rows = lines.map(({ followUpId, tenant, seq, entry }) => ({
    slot: slotOfId(followUpId),
    follow_up_id: followUpId,
    seq,
    tenant,
    at: at(entry.at),
    kind: entry.kind,
    reason: entry.reason,
    stage: entry.stage ?? null,
    recipient: entry.recipient ?? null,
    channel: entry.channel ?? null,
    message_id: entry.message ?? null,
    actor: entry.actor ?? null,
    evidence: entry.evidence ?? null,
    data: entry.data ?? null,
  }));
  await tx.query(`INSERT INTO relance.timeline (${ROWS.names}) SELECT * FROM ${ROWS.from}`, ROWS.values(rows));
}
