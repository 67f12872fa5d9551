// The in-app inbox, in the recipient's slot: written when a message is handed over, archived when its follow-up closes.
import { type Instant, slotOfRecipient } from '@relance/core';
import { at, type Tx } from '../database.ts';

export interface InboxItem {
  readonly tenant: string;
  readonly recipient: string;
  readonly messageId: string;
  readonly followUpId: string;
  readonly at: Instant;
  readonly title: string;
  readonly body: string;
  readonly actions: readonly unknown[];
}

export async function insertInbox(tx: Tx, items: readonly InboxItem[]): Promise<void> {
  if (items.length === 0) return;
  const rows = items.map((item) => ({
    slot: slotOfRecipient(item.tenant, item.recipient),
    tenant: item.tenant,
    recipient: item.recipient,
    message_id: item.messageId,
    follow_up_id: item.followUpId,
    at: at(item.at),
    title: item.title,
    body: item.body,
    actions: item.actions,
  }));
  await tx.query(
    `INSERT INTO relance.inbox (slot, tenant, recipient, message_id, follow_up_id, at, title, body, actions)
     SELECT * FROM json_to_recordset($1::json) AS x(slot smallint, tenant text, recipient text, message_id uuid, follow_up_id uuid, at timestamptz, title text, body text, actions jsonb)
     ON CONFLICT DO NOTHING`,
    [JSON.stringify(rows)],
  );
}

/** Clears up what closed follow-ups left behind. Closing notifications arrive later and stay. */
export async function archiveInbox(tx: Tx, followUpIds: readonly string[], now: Instant): Promise<void> {
  if (followUpIds.length === 0) return;
  await tx.query(
    'UPDATE relance.inbox SET archived_at = $2 WHERE follow_up_id = ANY($1::uuid[]) AND archived_at IS NULL',
    [followUpIds, at(now)],
  );
}
