// Appends to timelines, in sets. Reading them is timeline.ts.
import { slotOfId, type TimelineEntry } from '@relance/core';
import { at, type Tx } from '../database.ts';
import { rowsOf } from './rows.ts';

export interface TimelineRow {
  readonly followUpId: string;
  readonly tenant: string;
  readonly seq: number;
  readonly entry: TimelineEntry;
}

const LINES = rowsOf<TimelineRow>({
  slot: ['smallint', ({ followUpId }) => slotOfId(followUpId)],
  follow_up_id: ['uuid', ({ followUpId }) => followUpId],
  seq: ['integer', ({ seq }) => seq],
  tenant: ['text', ({ tenant }) => tenant],
  at: ['timestamptz', ({ entry }) => at(entry.at)],
  kind: ['text', ({ entry }) => entry.kind],
  reason: ['text', ({ entry }) => entry.reason],
  stage: ['text', ({ entry }) => entry.stage],
  recipient: ['text', ({ entry }) => entry.recipient],
  channel: ['text', ({ entry }) => entry.channel],
  message_id: ['uuid', ({ entry }) => entry.message],
  actor: ['text', ({ entry }) => entry.actor],
  evidence: ['text', ({ entry }) => entry.evidence],
  data: ['jsonb', ({ entry }) => entry.data],
});

export async function appendTimeline(tx: Tx, lines: readonly TimelineRow[]): Promise<void> {
  if (lines.length === 0) return;
  const { from, values } = LINES.of(lines);
  await tx.query(`INSERT INTO relance.timeline (${LINES.names}) SELECT * FROM ${from}`, values);
}
