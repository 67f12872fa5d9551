// The in-app inbox, in the recipient's slot: written when a message is handed over, archived when its follow-up closes. Each
// change of an item takes the next number of one sequence, which streams go by. Reading and marking is inbox-list.ts.
import { type InboxDisplay, type Instant, slotOfRecipient, type Urgency, urgencyRank } from '@relance/core';
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
  readonly as?: InboxDisplay;
  /** Until when it shows as more than an item of the feed; null: for as long as it is there. */
  readonly until?: Instant | null;
  readonly url?: string | null;
  readonly urgency?: Urgency;
}

/** What marks a row as changed, in the SET of an UPDATE. */
export const CHANGED = `changed = nextval('relance.inbox_change'), changed_at = clock_timestamp()`;

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
    display: item.as ?? 'feed',
    until: at(item.until ?? null),
    url: item.url ?? null,
    urgency: urgencyRank(item.urgency ?? 'normal'),
  }));
  await tx.query(
    `INSERT INTO relance.inbox (slot, tenant, recipient, message_id, follow_up_id, at, title, body, actions, display, until, url, urgency, seq, changed)
     SELECT numbered.*, numbered.n FROM (SELECT x.*, nextval('relance.inbox_change') AS n FROM json_to_recordset($1::json) AS x(slot smallint, tenant text,
       recipient text, message_id uuid, follow_up_id uuid, at timestamptz, title text, body text, actions jsonb, display text, until timestamptz, url text, urgency smallint)) AS numbered
     ON CONFLICT DO NOTHING`,
    [JSON.stringify(rows)],
  );
}

/** Clears up what closed follow-ups left behind. Closing notifications arrive later and stay. */
export async function archiveInbox(tx: Tx, followUpIds: readonly string[], now: Instant): Promise<void> {
  if (followUpIds.length === 0) return;
  await tx.query(
    `UPDATE relance.inbox SET archived_at = $2, ${CHANGED} WHERE follow_up_id = ANY($1::uuid[]) AND archived_at IS NULL`,
    [followUpIds, at(now)],
  );
}
