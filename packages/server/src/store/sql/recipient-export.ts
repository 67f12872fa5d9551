// Everything that is known of one person, in pages: so many rows of one kind after a key, so that somebody with a hundred thousand
// messages fills no memory. Of others it holds ids and no more: what colleagues wrote, and the data of follow-ups, which may be
// about anybody, are left out. Tokens are told by what they open, never themselves.
import { slotOfRecipient } from '@relance/core';
import type { Tx } from '../database.ts';
import { addressForms, suppressedForms } from './address-forms.ts';
import type { OwnEndpoint, PersonRef } from './erase-person.ts';
import { nextIds } from './erase-traces.ts';
import { toWireSuppression } from './suppression.ts';

/** A row to tell, and the key that the next page begins after. */
interface Keyed {
  readonly key: string;
  readonly item: Readonly<Record<string, unknown>>;
}
export interface ExportPage {
  readonly items: readonly unknown[];
  /** Null: there is no next page. */
  readonly next: string | null;
}

/** RFC 3339 in UTC, as everywhere. */
const utc = (column: string): string => `to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

const MESSAGE = `jsonb_build_object('id', id, 'followUp', follow_up_id, 'stage', stage, 'channel', channel, 'connection', connection, 'status', status,
  'reason', reason, 'plannedAt', ${utc('planned_at')}, 'content', content`;

/** $1 tenant, $2 recipient, $3 slot of the recipient, $4 key of the last row or null, $5 how many. */
const PAGED = {
  choices: `SELECT category || ' ' || channel AS key, jsonb_build_object('category', category, 'channel', nullif(channel, ''), 'wanted', wanted) AS item
    FROM relance.choices WHERE slot = $3 AND tenant = $1 AND recipient = $2 AND ($4::text IS NULL OR category || ' ' || channel > $4) ORDER BY 1 LIMIT $5`,
  preferenceChanges: `SELECT id::text AS key, jsonb_build_object('at', ${utc('at')}, 'what', what, 'category', category, 'channel', nullif(channel, ''),
      'from', changed_from, 'to', changed_to, 'how', how, 'evidence', evidence) AS item
    FROM relance.preference_changes WHERE slot = $3 AND tenant = $1 AND recipient = $2 AND ($4::text IS NULL OR id > $4::bigint) ORDER BY id LIMIT $5`,
  activity: `SELECT (extract(epoch FROM at) * 1000000)::bigint || ' ' || id AS key,
      jsonb_build_object('type', type, 'at', ${utc('at')}, 'data', data, 'location', location, 'source', source) AS item
    FROM relance.activities WHERE slot = $3 AND tenant = $1 AND recipient = $2 AND ($4::text IS NULL OR
      (at, id) < (to_timestamp(split_part($4, ' ', 1)::numeric / 1000000), split_part($4, ' ', 2)::uuid)) ORDER BY at DESC, id DESC LIMIT $5`,
  waiting: `SELECT id::text AS key, ${MESSAGE}) AS item
    FROM relance.outbox WHERE $3::smallint IS NOT NULL AND tenant = $1 AND recipient = $2 AND ($4::uuid IS NULL OR id > $4::uuid) ORDER BY id LIMIT $5`,
  messages: `SELECT id::text AS key, ${MESSAGE}, 'sentAt', ${utc('sent_at')}, 'engagement', engagement,
      'attempts', (SELECT coalesce(jsonb_agg(jsonb_build_object('at', ${utc('a.at')}, 'outcome', a.outcome, 'detail', a.detail) ORDER BY a.n), '[]') FROM relance.attempts a WHERE a.message_id = m.id),
      'receipts', (SELECT coalesce(jsonb_agg(jsonb_build_object('at', ${utc('r.at')}, 'kind', r.kind, 'detail', r.detail) ORDER BY r.at), '[]') FROM relance.receipts r WHERE r.message_id = m.id),
      'visits', (SELECT coalesce(jsonb_agg(jsonb_build_object('at', ${utc('v.at')}, 'kind', v.kind, 'agent', v.agent) ORDER BY v.n), '[]') FROM relance.visits v WHERE v.slot = m.slot AND v.message_id = m.id)) AS item
    FROM relance.messages m WHERE $3::smallint IS NOT NULL AND tenant = $1 AND recipient = $2 AND ($4::uuid IS NULL OR id > $4::uuid) ORDER BY id LIMIT $5`,
  inbox: `SELECT seq::text AS key, jsonb_build_object('id', message_id, 'followUp', follow_up_id, 'at', ${utc('at')}, 'title', title, 'body', body,
      'url', url, 'readAt', ${utc('read_at')}, 'archivedAt', ${utc('archived_at')}) AS item
    FROM relance.inbox WHERE slot = $3 AND tenant = $1 AND recipient = $2 AND ($4::text IS NULL OR seq > $4::bigint) ORDER BY seq LIMIT $5`,
  replies: `SELECT id::text AS key, jsonb_build_object('id', id, 'followUp', follow_up_id, 'message', message_id, 'at', ${utc('at')}, 'channel', channel, 'from', sender,
      'subject', subject, 'text', text, 'became', became) AS item
    FROM relance.replies WHERE $3::smallint IS NOT NULL AND tenant = $1 AND ($4::uuid IS NULL OR id > $4::uuid) AND (recipient = $2
      OR recipient IS NULL AND channel || ' ' || lower(btrim(sender) COLLATE "C") = ANY($6::text[])) ORDER BY id LIMIT $5`,
} as const;
export type PagedPart = keyof typeof PAGED;
export const PAGED_PARTS = Object.keys(PAGED) as readonly PagedPart[];

export async function exportPage(
  tx: Tx,
  part: PagedPart,
  { tenant, recipient }: PersonRef,
  after: string | null,
  limit: number,
): Promise<ExportPage> {
  const slot = slotOfRecipient(tenant, recipient);
  const senders = part === 'replies' ? [await sendersOf(tx, { tenant, recipient })] : [];
  const rows = await tx.query<Keyed>(PAGED[part], [tenant, recipient, slot, after, limit, ...senders]);
  return { items: rows.map(({ item }) => item), next: rows.length < limit ? null : (rows.at(-1)?.key ?? null) };
}

interface Addresses {
  readonly endpoints: readonly (OwnEndpoint & { readonly copy?: string })[];
  readonly email: string | null;
  readonly phone: string | null;
}
const endpointsOf = ({ email, phone, endpoints }: Addresses): Addresses['endpoints'] => [
  ...(email === null ? [] : [{ channel: 'email' as const, address: email }]),
  ...(phone === null ? [] : [{ channel: 'sms' as const, address: phone }]),
  ...endpoints,
];

/**
 * What came from an address of theirs is theirs, also where nobody was known by it, as for an erasure (engine/erase-piece.ts). Who
 * reads along under one that gets copies is somebody else: an erasure forgets that address with theirs, an export hands out no
 * words of theirs.
 */
async function sendersOf(tx: Tx, { tenant, recipient }: PersonRef): Promise<string[]> {
  const [row] = await tx.query<Addresses>(
    'SELECT email, phone, endpoints FROM relance.recipients WHERE slot = $1 AND tenant = $2 AND id = $3',
    [slotOfRecipient(tenant, recipient), tenant, recipient],
  );
  const own = row === undefined ? [] : endpointsOf(row).filter(({ copy }) => copy === undefined);
  return own.flatMap(({ channel, address }) => addressForms(channel, address).map((form) => `${channel} ${form}`));
}

/** Whose words a line of a timeline has: only their own are theirs to take along. */
const LINE = `jsonb_build_object('followUp', t.follow_up_id, 'at', ${utc('t.at')}, 'kind', t.kind, 'reason', t.reason, 'stage', t.stage, 'channel', t.channel,
  'message', t.message_id, 'recipient', t.recipient, 'actor', t.actor, 'data', CASE WHEN t.actor = $2 OR t.actor IS NULL THEN t.data END)`;
const ROLES = `array_remove(ARRAY[CASE WHEN f.assignee = $2 OR f.state -> 'assignees' ? $2 THEN 'assignee' END, CASE WHEN f.requester = $2 THEN 'requester' END,
  CASE WHEN f.state -> 'watchers' ? $2 THEN 'watcher' END, CASE WHEN f.state -> 'notified' ? $2 THEN 'notified' END, CASE WHEN f.state -> 'escalated' ? $2 THEN 'escalated' END,
  CASE WHEN f.acknowledged_by = $2 THEN 'acknowledged' END, CASE WHEN f.closed_by = $2 THEN 'closed' END], NULL)`;

const TAKING_PART = {
  followUps: `SELECT item FROM (SELECT f.id, ${ROLES} AS roles, jsonb_build_object('id', f.id, 'policy', f.policy, 'key', f.key, 'status', f.status,
      'outcome', f.outcome, 'subject', f.subject, 'dueAt', ${utc('f.due_at')}, 'openedAt', ${utc('f.opened_at')}, 'closedAt', ${utc('f.closed_at')},
      'roles', ${ROLES}, 'answer', f.state -> 'answers' -> $2) AS item
    FROM relance.follow_ups f WHERE f.tenant = $1 AND f.id = ANY($3::uuid[])) AS x WHERE cardinality(roles) > 0 ORDER BY id`,
  timeline: `SELECT ${LINE} AS item FROM relance.timeline t
    WHERE t.tenant = $1 AND t.follow_up_id = ANY($3::uuid[]) AND (t.recipient = $2 OR t.actor = $2) ORDER BY t.follow_up_id, t.seq`,
} as const;

/**
 * What follow-ups have of them. No index knows who takes part, so all of the tenant's are walked, so many a page: a page may
 * be empty and not the last.
 */
export async function exportFollowUps(
  tx: Tx,
  part: 'followUps' | 'timeline',
  { tenant, recipient }: PersonRef,
  after: string | null,
  limit: number,
): Promise<ExportPage> {
  const ids = await nextIds(tx, 'follow_ups', tenant, after, limit);
  const rows = await tx.query<{ item: unknown }>(TAKING_PART[part], [tenant, recipient, ids]);
  return { items: rows.map(({ item }) => item), next: ids.length < limit ? null : (ids.at(-1) ?? null) };
}

/** What is bounded by itself; null where there is no such person. */
export async function exportProfile(tx: Tx, { tenant, recipient }: PersonRef) {
  const slot = slotOfRecipient(tenant, recipient);
  const [row] = await tx.query<{ profile: Readonly<Record<string, unknown>> & Addresses }>(
    `SELECT jsonb_build_object('id', id, 'name', name, 'email', email, 'phone', phone, 'locale', locale, 'timeZone', time_zone, 'location', location,
       'manager', manager, 'traits', traits, 'endpoints', endpoints, 'plan', plan, 'away', away, 'preferences', preferences,
       'createdAt', ${utc('created_at')}, 'updatedAt', ${utc('updated_at')}) AS profile
     FROM relance.recipients WHERE slot = $1 AND tenant = $2 AND id = $3`,
    [slot, tenant, recipient],
  );
  if (row === undefined) return null;
  const { profile } = row;
  const forms = endpointsOf(profile).flatMap(({ channel, address }) =>
    suppressedForms(tx, tenant, channel, address).map((form) => ({ channel, form })),
  );
  const list = async (text: string, values: readonly unknown[]): Promise<unknown[]> =>
    (await tx.query<{ item: unknown }>(text, values)).map(({ item }) => item);
  return {
    profile,
    devices: await list(
      `SELECT jsonb_build_object('id', id, 'kind', kind, 'createdAt', ${utc('created_at')}, 'seenAt', ${utc('seen_at')}) AS item
       FROM relance.devices WHERE slot = $1 AND tenant = $2 AND recipient = $3 ORDER BY id`,
      [slot, tenant, recipient],
    ),
    groups: await list(
      'SELECT to_jsonb(group_id) AS item FROM relance.group_members WHERE tenant = $1 AND recipient = $2 ORDER BY group_id',
      [tenant, recipient],
    ),
    suppressions: (
      await tx.query<Parameters<typeof toWireSuppression>[0]>(
        `SELECT s.id, s.channel, s.address, s.source, s.reason, s.message_id, s.sender, s.at, s.lifted_at, s.lifted_reason
         FROM (SELECT DISTINCT * FROM unnest($2::text[], $3::text[]) AS x(channel, address)) AS x
         JOIN relance.suppressions s ON s.tenant = $1 AND s.channel = x.channel AND s.address = x.address ORDER BY s.id`,
        [tenant, forms.map(({ channel }) => channel), forms.map(({ form }) => form)],
      )
    ).map(toWireSuppression),
    links: await list(
      `SELECT jsonb_build_object('opens', purpose, 'count', count(*), 'lastExpiresAt', ${utc('max(expires_at)')}) AS item
       FROM (SELECT purpose, expires_at FROM relance.page_tokens WHERE tenant = $1 AND recipient = $2
         UNION ALL SELECT action, expires_at FROM relance.action_tokens WHERE tenant = $1 AND recipient = $2) AS links GROUP BY purpose ORDER BY purpose`,
      [tenant, recipient],
    ),
  };
}
