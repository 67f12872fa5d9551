// What waits for somebody: their live follow-ups, as conditions see them, and where they can act on them.
import type { FollowUp, Instant, PendingFollowUp, Urgency } from '@relance/core';
import type { Tx } from '../database.ts';
import { FOLLOW_UP_COLUMNS, type FollowUpRow, rowToFollowUp } from './follow-up.ts';
import { highest, lowest, openingOf } from './message.ts';

/** More is told as this many. */
const PENDING_MAX = 100;

interface Row {
  readonly tenant: string;
  readonly recipient: string;
  readonly id: string;
  readonly policy: string;
  readonly key: string;
  readonly subject: { readonly title: string; readonly url: string | null };
  readonly urgency: Urgency;
  readonly due_at: Instant | null;
  readonly due_day: string | null;
}

/** By `tenant\nrecipient`, the oldest first. */
export async function pendingOf(
  tx: Tx,
  people: readonly { readonly tenant: string; readonly recipient: string }[],
): Promise<Map<string, PendingFollowUp[]>> {
  const found = new Map<string, PendingFollowUp[]>();
  if (people.length === 0) return found;
  const rows = await tx.query<Row>(
    `SELECT x.tenant, x.recipient, f.id, f.policy, f.key, f.subject, f.urgency, f.due_at, f.due_day FROM unnest($1::text[], $2::text[]) AS x(tenant, recipient),
       LATERAL (SELECT id, policy, key, subject, urgency, due_at, state ->> 'dueDay' AS due_day FROM relance.follow_ups f WHERE f.tenant = x.tenant AND f.assignee = x.recipient
         AND f.status IN ('open', 'acknowledged') ORDER BY f.id LIMIT $3) f`,
    [people.map(({ tenant }) => tenant), people.map(({ recipient }) => recipient), PENDING_MAX],
  );
  for (const { tenant, recipient, subject, due_at: dueAt, due_day: dueDay, ...row } of rows) {
    const key = `${tenant}\n${recipient}`;
    found.set(key, [...(found.get(key) ?? []), { ...row, title: subject.title, url: subject.url, dueAt, dueDay }]);
  }
  return found;
}

/** Every live one in which somebody is among those who are asked, the most urgent first, then what is or was due first. */
export async function liveOf(
  tx: Tx,
  { tenant, recipient }: { readonly tenant: string; readonly recipient: string },
  limit: number,
): Promise<FollowUp[]> {
  const rows = await tx.query<FollowUpRow>(
    `SELECT ${FOLLOW_UP_COLUMNS} FROM relance.follow_ups f
     WHERE f.tenant = $1 AND f.status IN ('open', 'acknowledged') AND (f.assignee = $2 OR f.asked IS NOT NULL AND f.asked ? $2)
     ORDER BY array_position(ARRAY['urgent', 'high', 'normal', 'low'], f.urgency), f.due_at NULLS LAST, f.id LIMIT $3`,
    [tenant, recipient, limit],
  );
  return rows.map(rowToFollowUp);
}

export const pageKey = (followUp: string, recipient: string): string => `${followUp}\n${recipient}`;

/** The page of one is looked for among so many messages: the newest that somebody was sent about it. */
const LOOKED_AT = 8;

/**
 * By pageKey: the first link of the newest message that somebody was sent about it, whose page has whatever else they may do. A
 * message shares the first 48 bits of its follow-up's id, so only its partition is looked at; the outer bounds prune the others.
 */
export async function actionPagesOf(
  tx: Tx,
  asked: readonly { readonly tenant: string; readonly followUp: string; readonly recipient: string }[],
): Promise<Map<string, string>> {
  if (asked.length === 0) return new Map();
  const sorted = asked.map(({ followUp }) => openingOf(followUp)).sort();
  const rows = await tx.query<{ follow_up_id: string; recipient: string; url: string }>(
    `SELECT x.follow_up_id, x.recipient, m.url FROM unnest($1::text[], $2::uuid[], $3::text[], $4::uuid[], $5::uuid[]) AS x(tenant, follow_up_id, recipient, low, high),
       LATERAL (SELECT coalesce(jsonb_path_query_first(s.content, '$.actions[*] ? (@.name == "acknowledge").url'), s.content #> '{actions,0,url}') #>> '{}' AS url
         FROM (SELECT m.id, m.sent_at, m.content FROM relance.messages m WHERE m.tenant = x.tenant AND m.recipient = x.recipient AND m.follow_up_id = x.follow_up_id
           AND m.id BETWEEN x.low AND x.high AND m.id BETWEEN $6::uuid AND $7::uuid AND m.sent_at IS NOT NULL ORDER BY m.sent_at DESC, m.id DESC LIMIT $8) s
         WHERE s.content #> '{actions,0}' IS NOT NULL ORDER BY s.sent_at DESC, s.id DESC LIMIT 1) m`,
    [
      asked.map((one) => one.tenant),
      asked.map((one) => one.followUp),
      asked.map((one) => one.recipient),
      asked.map((one) => lowest(openingOf(one.followUp))),
      asked.map((one) => highest(openingOf(one.followUp))),
      lowest(sorted[0] ?? ''),
      highest(sorted.at(-1) ?? ''),
      LOOKED_AT,
    ],
  );
  return new Map(rows.map((row) => [pageKey(row.follow_up_id, row.recipient), row.url]));
}
