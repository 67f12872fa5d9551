// The in-app inbox, in the recipient's slot: written when a message is handed over, archived when its follow-up closes, or when a
// newer item of the same follow-up that offers no less takes its place: then it says which one. Each change of an item takes the
// next number of one sequence, which streams go by. Reading and marking is inbox-list.ts.
//
//   unread ──read──▶ read        unread, read ──archived, closed, replaced──▶ archived
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
  /** Under way while its follow-up closed: it comes into the archive, beside the rest of it. */
  readonly late?: boolean;
  /** An alarm, which is about several follow-ups: it takes the place of nothing, nothing takes its place, and no close ends it. */
  readonly alone?: boolean;
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
    archived_at: item.late === true ? at(item.at) : null,
    alone: item.alone ?? false,
  }));
  await tx.query(
    `INSERT INTO relance.inbox (slot, tenant, recipient, message_id, follow_up_id, at, title, body, actions, display, until, url, urgency, archived_at, alone, seq, changed)
     SELECT numbered.*, numbered.n FROM (SELECT x.*, nextval('relance.inbox_change') AS n FROM json_to_recordset($1::json) AS x(slot smallint, tenant text,
       recipient text, message_id uuid, follow_up_id uuid, at timestamptz, title text, body text, actions jsonb, display text, until timestamptz, url text, urgency smallint, archived_at timestamptz, alone boolean)) AS numbered
     ON CONFLICT DO NOTHING`,
    [JSON.stringify(rows)],
  );
  await replaceOlder(
    tx,
    rows.filter((row) => row.archived_at === null && !row.alone),
  );
}

/** A test of a template, which no follow-up sent: its own id stands in the place of one. In SQL, and of a row. */
export const TEST = 'follow_up_id = message_id';
export const isTest = (row: { readonly follow_up_id: string; readonly message_id: string }): boolean =>
  row.follow_up_id === row.message_id;

/**
 * Nothing can be done about a test but to read and to archive it. An inbox has one at a time: the next archives it, and the one after
 * that takes it away; an erasure takes all of a tenant, as they speak of anybody. False where there is no such recipient: their row
 * is locked first, so that two at once come one after the other, and neither comes after its reader is erased.
 */
export async function insertInboxTest(
  tx: Tx,
  item: Omit<InboxItem, 'followUpId' | 'actions' | 'late' | 'alone'>,
): Promise<boolean> {
  const own = [slotOfRecipient(item.tenant, item.recipient), item.tenant, item.recipient];
  const known = await tx.query(
    'SELECT FROM relance.recipients WHERE slot = $1 AND tenant = $2 AND id = $3 FOR NO KEY UPDATE',
    own,
  );
  if (known.length === 0) return false;
  const tests = `slot = $1 AND tenant = $2 AND recipient = $3 AND ${TEST}`;
  await tx.query(`DELETE FROM relance.inbox WHERE ${tests} AND archived_at IS NOT NULL`, own);
  await tx.query(`UPDATE relance.inbox SET archived_at = $4, ${CHANGED} WHERE ${tests}`, [...own, at(item.at)]);
  await insertInbox(tx, [{ ...item, followUpId: item.messageId, actions: [], alone: true }]);
  return true;
}

export const deleteInboxTests = async (tx: Tx, tenant: string): Promise<void> => {
  await tx.query(`DELETE FROM relance.inbox WHERE tenant = $1 AND ${TEST}`, [tenant]);
};

const OFFERED = `'$[*].name'`;

/**
 * Of what is not archived, the newest item of each follow-up and recipient stays, and an older one that offers what the newer one
 * does not: somebody who is asked and then told as a watcher keeps their buttons. The caller holds the follow-ups: none is on its way.
 */
async function replaceOlder(
  tx: Tx,
  rows: readonly { readonly slot: number; readonly tenant: string; readonly recipient: string; follow_up_id: string }[],
): Promise<void> {
  if (rows.length === 0) return;
  await tx.query(
    `WITH told AS (SELECT DISTINCT * FROM unnest($1::smallint[], $2::text[], $3::text[], $4::uuid[]) AS t(slot, tenant, recipient, follow_up_id)),
     living AS MATERIALIZED (SELECT slot, tenant, recipient, follow_up_id, i.message_id, i.at, i.seq, jsonb_path_query_array(i.actions, ${OFFERED}) AS offers
       FROM relance.inbox i JOIN told USING (slot, tenant, recipient, follow_up_id) WHERE i.archived_at IS NULL AND NOT i.alone),
     newest AS (SELECT DISTINCT ON (slot, tenant, recipient, older.message_id) slot, tenant, recipient, older.message_id AS replaced, n.message_id, n.at
       FROM living older JOIN living n USING (slot, tenant, recipient, follow_up_id) WHERE (n.at, n.seq) > (older.at, older.seq) AND n.offers @> older.offers
       ORDER BY slot, tenant, recipient, older.message_id, n.at DESC, n.seq DESC)
     UPDATE relance.inbox i SET archived_at = n.at, replaced_by = n.message_id, ${CHANGED} FROM newest n
     WHERE i.slot = n.slot AND i.tenant = n.tenant AND i.recipient = n.recipient AND i.message_id = n.replaced AND i.archived_at IS NULL`,
    [
      rows.map(({ slot }) => slot),
      rows.map(({ tenant }) => tenant),
      rows.map(({ recipient }) => recipient),
      rows.map((row) => row.follow_up_id),
    ],
  );
}

/** Clears up what closed follow-ups left behind. Closing notifications arrive later and stay; alarms are about others as well. */
export async function archiveInbox(tx: Tx, followUpIds: readonly string[], now: Instant): Promise<void> {
  if (followUpIds.length === 0) return;
  await tx.query(
    `UPDATE relance.inbox SET archived_at = $2, ${CHANGED} WHERE follow_up_id = ANY($1::uuid[]) AND archived_at IS NULL AND NOT alone`,
    [followUpIds, at(now)],
  );
}
