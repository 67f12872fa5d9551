// The outbox: messages that are not finished. Written by step.ts, claimed and passed through the gate by deliver.ts,
// emptied into `messages` by outcome.ts. Status order and meaning: core/message.ts. Times with `lease` in their name are
// the server's clock; the others are story time.
import type {
  Channel,
  Delay,
  HeldBy,
  Instant,
  MessageDraft,
  MessageStatus,
  Reason,
  StageRole,
  StoppedBy,
  Urgency,
  WaitingMessage,
} from '@relance/core';
import { slotOfId, urgencyRank } from '@relance/core';
import { at, type Tx } from '../database.ts';
import { rowsOf } from './rows.ts';
import { inSlot, type Slots } from './slot.ts';

export interface OutboxRow {
  readonly slot: number;
  readonly id: string;
  readonly tenant: string;
  readonly follow_up_id: string;
  readonly stage: string;
  readonly run: number;
  readonly notify: number;
  readonly entry: number;
  readonly recipient: string;
  readonly channel: Channel;
  readonly status: MessageStatus;
  readonly send_at: Instant | null;
  /** What it waits for the end of until `send_at`, while it is `deferred`. */
  readonly held_by: HeldBy | null;
  /** What it leaves together with, and in which message it went when it was last handed over with others. */
  readonly together: string | null;
  readonly carrier: string | null;
  readonly after: Delay | null;
  readonly otherwise: boolean;
  readonly template: string | null;
  readonly role: StageRole;
  readonly urgency: number;
  readonly stopped_by: number;
  readonly reason: Reason;
  readonly planned_at: Instant;
  readonly attempts: number;
  /** Its plan was revoked while it was under way: it is not tried again. */
  readonly called_off: Reason | null;
  readonly fence: number;
  readonly connection: string | null;
  /** Connections that have not accepted it in this round. */
  readonly tried: readonly string[];
  /** Connections whose sender its reader has stopped: known while it is in hand, not stored. */
  readonly barred?: readonly string[];
  /** Why it waits although it is due, as the timeline has been told. */
  readonly rests_for: Reason | null;
  /** Words that were fixed when it was queued (alarms); null for what is rendered when it leaves. */
  readonly content: { readonly subject?: string; readonly text: string } | null;
}
const COLUMNS = `o.slot, o.id, o.tenant, o.follow_up_id, o.stage, o.run, o.notify, o.entry, o.recipient, o.channel, o.status, o.send_at,
  o.held_by, o.together, o.carrier, o.after, o.otherwise, o.template, o.role, o.urgency, o.stopped_by, o.reason, o.planned_at, o.attempts, o.called_off, o.fence, o.connection, o.tried, o.rests_for, o.content`;

const STOP_RANK: Readonly<Record<StoppedBy, number>> = { acknowledge: 0, resolve: 1, nothing: 2 };
const STOPPED_BY: readonly StoppedBy[] = ['acknowledge', 'resolve', 'nothing'];
export const stopRank = (stoppedBy: StoppedBy): number => STOP_RANK[stoppedBy];
const URGENCIES: readonly Urgency[] = ['low', 'normal', 'high', 'urgent'];
export const urgencyAt = (rank: number): Urgency => URGENCIES[rank] ?? 'normal';

export interface NewMessage {
  readonly tenant: string;
  readonly plannedAt: Instant;
  readonly draft: MessageDraft;
}

const MESSAGES = rowsOf<NewMessage>({
  slot: ['smallint', ({ draft }) => slotOfId(draft.followUp)],
  id: ['uuid', ({ draft }) => draft.id],
  tenant: ['text', ({ tenant }) => tenant],
  follow_up_id: ['uuid', ({ draft }) => draft.followUp],
  stage: ['text', ({ draft }) => draft.stage],
  run: ['integer', ({ draft }) => draft.run],
  notify: ['smallint', ({ draft }) => draft.notify],
  entry: ['smallint', ({ draft }) => draft.entry],
  recipient: ['text', ({ draft }) => draft.recipient],
  channel: ['text', ({ draft }) => draft.channel],
  status: ['text', ({ draft }) => draft.status],
  send_at: ['timestamptz', ({ draft }) => at(draft.sendAt)],
  held_by: ['text', ({ draft }) => draft.heldBy],
  together: ['text', ({ draft }) => draft.together],
  after: ['jsonb', ({ draft }) => draft.after],
  otherwise: ['boolean', ({ draft }) => draft.otherwise],
  template: ['text', ({ draft }) => draft.template],
  role: ['text', ({ draft }) => draft.role],
  urgency: ['smallint', ({ draft }) => urgencyRank(draft.urgency)],
  stopped_by: ['smallint', ({ draft }) => STOP_RANK[draft.stoppedBy]],
  reason: ['text', ({ draft }) => draft.reason],
  planned_at: ['timestamptz', ({ plannedAt }) => at(plannedAt)],
});

/** Stores drafts; one that is there already (decided twice) is left alone, which is what makes every stage advance once. */
export async function insertOutbox(tx: Tx, messages: readonly NewMessage[]): Promise<void> {
  if (messages.length === 0) return;
  const { from, values } = MESSAGES.of(messages);
  await tx.query(`INSERT INTO relance.outbox (${MESSAGES.names}) SELECT * FROM ${from} ON CONFLICT DO NOTHING`, values);
}

/** Fixes the words of messages that no template renders. */
export async function setContent(tx: Tx, slot: number, ids: readonly string[], content: object): Promise<void> {
  await tx.query('UPDATE relance.outbox SET content = $3 WHERE slot = $1 AND id = ANY($2::uuid[])', [
    slot,
    ids,
    JSON.stringify(content),
  ]);
}

/** How much of a channel is claimed at once. */
export interface Room {
  readonly channel: Channel;
  readonly room: number;
  /** Only of tenants that have connections of their own for it: those of this process are full. */
  readonly ownOnly: boolean;
}

/** What has no place at this moment: all that a tenant sends on a channel. */
export interface Except {
  readonly tenant: string;
  readonly channel: Channel;
}
/** As a list to look in: joined to it, the planner would sort all that is due. */
export const exceptFor = (except: readonly Except[], from: number): string =>
  except.length === 0 ? '' : ` AND (o.tenant || ' ' || o.channel) <> ALL($${from}::text[])`;

export const exceptValues = (except: readonly Except[]): readonly unknown[] =>
  except.length === 0 ? [] : [except.map(({ tenant, channel }) => `${tenant} ${channel}`)];

/** A row of the outbox as its holder knows it. */
export interface Held {
  readonly id: string;
  readonly fence: number;
}
const idsOf = (rows: readonly { readonly id: string }[]) => rows.map(({ id }) => id);
/** Ids carry their slots. */
const slotsOf = (rows: readonly { readonly id: string }[]) => rows.map(({ id }) => slotOfId(id));
const fencesOf = (rows: readonly Held[]) => rows.map(({ fence }) => fence);

/** Slots of what is first in the queues, the most urgent first: where a claim may not span slots. Only looked at, never locked. */
export async function slotsToDeliver(tx: Tx, now: Instant, channels: readonly Channel[]): Promise<number[]> {
  const rows = await tx.query<{ slot: number }>(
    `SELECT d.slot FROM unnest($2::text[]) AS c(channel), generate_series(0, 3) AS u(urgency),
       LATERAL (SELECT slot, send_at FROM relance.outbox o WHERE o.channel = c.channel AND o.urgency = u.urgency AND o.status IN ('queued', 'deferred')
         AND o.send_at <= $1 AND o.together IS NULL ORDER BY o.send_at LIMIT ${LOOKED_AT}) AS d
     GROUP BY d.slot ORDER BY max(u.urgency) DESC, min(d.send_at), d.slot`,
    [at(now), channels],
  );
  return rows.map(({ slot }) => slot);
}
const LOOKED_AT = 1_000;

/** Who claims, when, and what is left out. */
export interface Claimer {
  readonly now: Instant;
  readonly node: string;
  readonly leaseMs: number;
  readonly except: readonly Except[];
}

/**
 * queued → leased: revocable, for `leaseMs` of server time, urgent first, then what has waited longest, of each channel no
 * more than it has room for: one that is nearly full must not make the others go in small steps. Urgency by urgency, so that
 * each look is the beginning of an index, however much waits for later. The choice is a materialized CTE because the
 * planner may run a subquery once for every row it is joined to, and each run would lock and lease other rows, past the limit.
 */
export async function claimOutbox(
  tx: Tx,
  slots: Slots,
  options: Claimer & {
    readonly rooms: readonly Room[];
    readonly served: readonly { readonly tenant: string; readonly channel: Channel }[];
  },
): Promise<OutboxRow[]> {
  const { rooms, except, served } = options;
  return tx.query<OutboxRow>(
    `WITH c AS MATERIALIZED (SELECT d.slot, d.id FROM unnest($4::text[], $5::integer[], $6::boolean[]) AS r(channel, room, own_only),
         LATERAL (SELECT free.slot, free.id, u.urgency, free.send_at FROM generate_series(3, 0, -1) AS u(urgency),
           LATERAL (SELECT o.slot, o.id, o.send_at FROM relance.outbox o WHERE o.channel = r.channel AND o.urgency = u.urgency AND o.status IN ('queued', 'deferred') AND o.send_at <= $1 AND o.together IS NULL
             AND (NOT r.own_only OR (o.tenant || ' ' || o.channel) = ANY($7::text[]))${inSlot(slots, 'o')}${exceptFor(except, 8)}
             ORDER BY o.send_at LIMIT r.room FOR UPDATE SKIP LOCKED) AS free
           ORDER BY u.urgency DESC, free.send_at LIMIT r.room) AS d)
     ${leaseChosen(slots)}`,
    [
      at(options.now),
      options.node,
      options.leaseMs,
      rooms.map(({ channel }) => channel),
      rooms.map(({ room }) => room),
      rooms.map(({ ownOnly }) => ownOnly),
      served.map(({ tenant, channel }) => `${tenant} ${channel}`),
      ...exceptValues(except),
    ],
  );
}

/** Parameters 2 and 3: the node, and milliseconds of the lease. */
export const leaseChosen = (
  slots: Slots,
): string => `UPDATE relance.outbox o SET status = 'leased', fence = o.fence + 1, node = $2, lease_until = clock_timestamp() + $3 * interval '1 millisecond'
     FROM c WHERE o.slot = c.slot AND o.id = c.id${inSlot(slots, 'o')} RETURNING ${COLUMNS}`;

/**
 * The same for tenants other than those whose backlog stands before everybody's: of each a few, urgent first. Who has
 * something waiting is found by jumps through an index from tenant to tenant; and `urgency + 0` keeps the planner from
 * walking through the backlog in its order to find the few that are not of it.
 */
export async function claimOfOthers(
  tx: Tx,
  slots: Slots,
  options: Claimer & { readonly channel: Channel; readonly room: number; readonly tenants: readonly string[] },
): Promise<OutboxRow[]> {
  const { except } = options;
  const waits = `o.status IN ('queued', 'deferred', 'leased')`;
  return tx.query<OutboxRow>(
    `WITH RECURSIVE t(tenant) AS (SELECT (SELECT min(o.tenant) FROM relance.outbox o WHERE ${waits})
       UNION ALL SELECT (SELECT min(o.tenant) FROM relance.outbox o WHERE ${waits} AND o.tenant > t.tenant) FROM t WHERE t.tenant IS NOT NULL),
     c AS MATERIALIZED (SELECT d.slot, d.id FROM t, LATERAL (SELECT o.slot, o.id, o.urgency, o.send_at FROM relance.outbox o
           WHERE o.tenant = t.tenant AND o.channel = $4 AND o.status IN ('queued', 'deferred') AND o.send_at <= $1 AND o.together IS NULL${inSlot(slots, 'o')}${exceptFor(except, 7)}
           ORDER BY o.urgency + 0 DESC, o.send_at LIMIT $5 FOR UPDATE SKIP LOCKED) AS d
       WHERE t.tenant <> ALL($6::text[]) ORDER BY d.urgency DESC, d.send_at LIMIT $5)
     ${leaseChosen(slots)}`,
    [
      at(options.now),
      options.node,
      options.leaseMs,
      options.channel,
      options.room,
      options.tenants,
      ...exceptValues(except),
    ],
  );
}

/**
 * Those rows that are still as their holder knows them, each with a `value`. One that somebody has locked may be being revoked:
 * it is not waited for, since that may take as long as a caller's own transaction.
 */
const stillHeld = (slots: Slots, status: 'leased' | 'sending', type: string): string =>
  `WITH l AS MATERIALIZED (SELECT o.slot, o.id, x.value FROM relance.outbox o JOIN unnest($1::smallint[], $2::uuid[], $3::integer[], $4::${type}[]) AS x(slot, id, fence, value)
     ON o.slot = x.slot AND o.id = x.id AND o.fence = x.fence AND o.status = '${status}'${inSlot(slots, 'o')} ORDER BY o.id FOR UPDATE OF o SKIP LOCKED)`;
const heldValues = (rows: readonly Held[], values: readonly unknown[]) => [
  slotsOf(rows),
  idsOf(rows),
  fencesOf(rows),
  values,
];

/** leased → back in the queue without having been handed over: at once (`until` null), or when its time has come. */
export async function putBack(
  tx: Tx,
  slots: Slots,
  rows: readonly (Held & { readonly until: Instant | null })[],
): Promise<void> {
  if (rows.length === 0) return;
  await tx.query(
    `${stillHeld(slots, 'leased', 'timestamptz')}
     UPDATE relance.outbox o SET status = CASE WHEN l.value IS NULL THEN 'queued' ELSE 'deferred' END, send_at = coalesce(l.value, o.send_at),
       fence = o.fence + 1, lease_until = NULL, node = NULL
     FROM l WHERE o.slot = l.slot AND o.id = l.id${inSlot(slots, 'o')}`,
    heldValues(
      rows,
      rows.map(({ until }) => at(until)),
    ),
  );
}

/** leased, and left alone for so long: revocable as before, and given back to the queue by the sweep. Server time. */
export async function setAsideFor(
  tx: Tx,
  slots: Slots,
  rows: readonly (Held & { readonly forMs: number })[],
): Promise<void> {
  if (rows.length === 0) return;
  await tx.query(
    `${stillHeld(slots, 'leased', 'integer')}
     UPDATE relance.outbox o SET node = NULL, lease_until = clock_timestamp() + l.value * interval '1 millisecond'
     FROM l WHERE o.slot = l.slot AND o.id = l.id${inSlot(slots, 'o')}`,
    heldValues(
      rows,
      rows.map(({ forMs }) => forMs),
    ),
  );
}

/**
 * The gate: leased → sending, only for rows nobody revoked or took over since. What passes here may be handed over. What
 * somebody has locked is told as `held`.
 */
export async function passGate(
  tx: Tx,
  slots: Slots,
  rows: readonly (Held & { readonly connection: string; readonly carrier: string | null })[],
  leaseMs: number,
): Promise<{ readonly passed: ReadonlySet<string>; readonly held: ReadonlySet<string> }> {
  const ways = rows.map(({ connection, carrier }) => `${connection}\n${carrier ?? ''}`);
  const [passed, left] = await Promise.all([
    tx.query<{ id: string }>(
      `${stillHeld(slots, 'leased', 'text')}
       UPDATE relance.outbox o SET status = 'sending', connection = split_part(l.value, E'\\n', 1), carrier = nullif(split_part(l.value, E'\\n', 2), '')::uuid, attempts = o.attempts + 1, lease_until = clock_timestamp() + $5 * interval '1 millisecond'
       FROM l WHERE o.slot = l.slot AND o.id = l.id${inSlot(slots, 'o')} RETURNING o.id`,
      [...heldValues(rows, ways), leaseMs],
    ),
    tx.query<{ id: string }>(
      `SELECT o.id FROM relance.outbox o JOIN unnest($1::smallint[], $2::uuid[], $3::integer[]) AS x(slot, id, fence)
       ON o.slot = x.slot AND o.id = x.id AND o.fence = x.fence WHERE o.status = 'leased'${inSlot(slots, 'o')}`,
      [slotsOf(rows), idsOf(rows), fencesOf(rows)],
    ),
  ]);
  const through = new Set(passed.map((row) => row.id));
  return { passed: through, held: new Set(left.map((row) => row.id).filter((id) => !through.has(id))) };
}

/** Holds on to what is under way, while its answer waits to be recorded. What is being called off meanwhile is left alone. */
export async function renewLeases(tx: Tx, slots: Slots, rows: readonly Held[], leaseMs: number): Promise<void> {
  await tx.query(
    `${stillHeld(slots, 'sending', 'integer')}
     UPDATE relance.outbox o SET lease_until = clock_timestamp() + l.value * interval '1 millisecond' FROM l WHERE o.slot = l.slot AND o.id = l.id${inSlot(slots, 'o')}`,
    heldValues(
      rows,
      rows.map(() => leaseMs),
    ),
  );
}

/**
 * The unfinished messages of the notifications that these messages belong to, locked after the follow-ups themselves: what
 * a hand-over means is told from its own contact plan. Not all of the follow-up: a large group has as many as members.
 */
export async function lockPlansOf(
  tx: Tx,
  slots: Slots,
  messages: readonly { readonly id: string }[],
): Promise<OutboxRow[]> {
  if (messages.length === 0) return [];
  return tx.query<OutboxRow>(
    `WITH x AS MATERIALIZED (SELECT DISTINCT m.slot, m.follow_up_id, m.recipient, m.stage, m.run, m.notify FROM relance.outbox m JOIN unnest($1::smallint[], $2::uuid[]) AS y(slot, id)
       ON m.slot = y.slot AND m.id = y.id WHERE true${inSlot(slots, 'm')})
     SELECT ${COLUMNS} FROM x JOIN relance.outbox o ON o.slot = x.slot AND o.follow_up_id = x.follow_up_id AND o.recipient = x.recipient
       AND o.stage = x.stage AND o.run = x.run AND o.notify = x.notify WHERE true${inSlot(slots, 'o')}
     ORDER BY o.id FOR UPDATE OF o`,
    [slotsOf(messages), idsOf(messages)],
  );
}

/** The same for messages that are finished: what of their notifications is not. */
export async function lockPlansWith(
  tx: Tx,
  slot: number,
  finished: readonly Pick<OutboxRow, 'follow_up_id' | 'recipient' | 'stage' | 'run' | 'notify'>[],
): Promise<OutboxRow[]> {
  if (finished.length === 0) return [];
  return tx.query<OutboxRow>(
    `SELECT ${COLUMNS} FROM (SELECT DISTINCT * FROM unnest($2::uuid[], $3::text[], $4::text[], $5::integer[], $6::smallint[]) AS y(follow_up_id, recipient, stage, run, notify)) AS x
     JOIN relance.outbox o ON o.slot = $1 AND o.follow_up_id = x.follow_up_id AND o.recipient = x.recipient AND o.stage = x.stage AND o.run = x.run AND o.notify = x.notify
     ORDER BY o.id FOR UPDATE OF o`,
    [
      slot,
      finished.map((one) => one.follow_up_id),
      finished.map((one) => one.recipient),
      finished.map((one) => one.stage),
      finished.map((one) => one.run),
      finished.map((one) => one.notify),
    ],
  );
}

/** What is held of these follow-ups, which the caller has locked, as it was planned: a newer stage may take its opening. */
export async function waitingOf(
  tx: Tx,
  slots: Slots,
  followUps: readonly { readonly id: string; readonly slot: number }[],
): Promise<ReadonlyMap<string, readonly WaitingMessage[]>> {
  const found = new Map<string, WaitingMessage[]>();
  if (followUps.length === 0) return found;
  const rows = await tx.query<OutboxRow>(
    `SELECT ${COLUMNS} FROM unnest($1::smallint[], $2::uuid[]) AS x(slot, id) JOIN relance.outbox o ON o.slot = x.slot AND o.follow_up_id = x.id${inSlot(slots, 'o')}
     WHERE o.status = 'deferred' AND o.held_by IS NOT NULL ORDER BY o.planned_at, o.id`,
    [followUps.map(({ slot }) => slot), followUps.map(({ id }) => id)],
  );
  for (const row of rows) {
    const { stage, run, notify, recipient, send_at: sendAt } = row;
    const stoppedBy = STOPPED_BY[row.stopped_by] ?? 'nothing';
    const own = found.get(row.follow_up_id) ?? [];
    own.push({ stage, run, notify, recipient, sendAt, stoppedBy });
    found.set(row.follow_up_id, own);
  }
  return found;
}

export interface OutboxChange {
  readonly id: string;
  readonly status: 'queued' | 'deferred';
  readonly sendAt: Instant;
  readonly heldBy: HeldBy | null;
  readonly reason: Reason | null; // null: unchanged
  /** Connections that have not accepted it in this round; none where a new round begins. */
  readonly tried?: readonly string[];
  readonly restsFor?: Reason;
  /** From now on it leaves with what waits under this word; absent: as before. */
  readonly together?: string;
  /** From now on it leaves with nothing else. */
  readonly alone?: boolean;
  /** It passed the gate and was not handed over: its attempt does not count, and this is what it was last handed to. */
  readonly notStarted?: { readonly connection: string | null };
}

/** Back to waiting: a plan entry whose turn has come, or another try. The fence moves on, so an old holder cannot pass. */
export async function requeueOutbox(tx: Tx, slots: Slots, changes: readonly OutboxChange[]): Promise<void> {
  if (changes.length === 0) return;
  await tx.query(
    `UPDATE relance.outbox o SET status = x.status, send_at = x.send_at, held_by = x.held_by, together = CASE WHEN NOT x.alone THEN coalesce(x.together, o.together) END, carrier = NULL, reason = coalesce(x.reason, o.reason), fence = o.fence + 1, lease_until = NULL, node = NULL,
       tried = ARRAY(SELECT json_array_elements_text(x.tried::json)), rests_for = x.rests_for,
       attempts = CASE WHEN x.not_started THEN o.attempts - 1 ELSE o.attempts END, connection = CASE WHEN x.not_started THEN x.connection ELSE o.connection END
     FROM unnest($1::smallint[], $2::uuid[], $3::text[], $4::timestamptz[], $5::text[], $6::text[], $7::text[], $8::text[], $9::boolean[], $10::text[], $11::text[], $12::boolean[])
       AS x(slot, id, status, send_at, held_by, reason, tried, rests_for, not_started, connection, together, alone)
     WHERE o.slot = x.slot AND o.id = x.id${inSlot(slots, 'o')}`,
    [
      slotsOf(changes),
      idsOf(changes),
      changes.map((one) => one.status),
      changes.map((one) => at(one.sendAt)),
      changes.map((one) => one.heldBy),
      changes.map((one) => one.reason),
      changes.map((one) => JSON.stringify(one.tried ?? [])),
      changes.map((one) => one.restsFor ?? null),
      changes.map((one) => one.notStarted !== undefined),
      changes.map((one) => one.notStarted?.connection ?? null),
      changes.map((one) => one.together ?? null),
      changes.map((one) => one.alone ?? false),
    ],
  );
}

/** Whose words a message has; no template: those that are built in, or that were fixed when it was queued. */
export interface WrittenBy {
  readonly template: string | null;
  readonly version: number | null;
  readonly locale: string | null;
}
export type Sent = WrittenBy & { readonly provider: string };

export interface Finished {
  readonly id: string;
  readonly status: MessageStatus;
  readonly reason: Reason;
  readonly sentAt: Instant | null;
  readonly providerId: string | null;
  readonly content: unknown;
  /** The message that it went in; null where it went alone, or carried others. */
  readonly carrier: string | null;
  /** Whether it had the picture (1) and links (2) that tell what is done with it; null where nobody can tell. */
  readonly watched: number | null;
  /** By which provider it was handed over, and whose words it had; null where it never was. */
  readonly sentBy: Sent | null;
  /** At which of its reader's hours (HOUR_KINDS) it was handed over; null where it was not, or not by itself. */
  readonly hours: number | null;
}

const FINISHED = rowsOf<Finished>({
  slot: ['smallint', ({ id }) => slotOfId(id)],
  id: ['uuid', ({ id }) => id],
  status: ['text', ({ status }) => status],
  reason: ['text', ({ reason }) => reason],
  sent_at: ['timestamptz', ({ sentAt }) => at(sentAt)],
  provider_id: ['text', ({ providerId }) => providerId],
  content: ['jsonb', ({ content }) => content],
  carrier: ['uuid', ({ carrier }) => carrier],
  watched: ['smallint', ({ watched }) => watched],
  hours: ['smallint', ({ hours }) => hours],
  provider: ['text', ({ sentBy }) => sentBy?.provider ?? null],
  template: ['text', ({ sentBy }) => sentBy?.template ?? null],
  template_version: ['integer', ({ sentBy }) => sentBy?.version ?? null],
  locale: ['text', ({ sentBy }) => sentBy?.locale ?? null],
});

/** Moves finished messages out of the outbox into `messages`. The step that tells of them marks their follow-ups for the figures. */
export async function finishOutbox(tx: Tx, slots: Slots, finished: readonly Finished[]): Promise<void> {
  if (finished.length === 0) return;
  const { from, values } = FINISHED.of(finished);
  await tx.query(
    `WITH x AS (SELECT * FROM ${from}),
     gone AS (DELETE FROM relance.outbox o USING x WHERE o.slot = x.slot AND o.id = x.id${inSlot(slots, 'o')} RETURNING o.*)
     INSERT INTO relance.messages (slot, id, tenant, follow_up_id, stage, run, notify, entry, recipient, channel, connection, status, reason, attempts, planned_at, sent_at, provider_id, content, carrier, watched, hours, provider, template, template_version, locale)
     SELECT gone.slot, gone.id, gone.tenant, gone.follow_up_id, gone.stage, gone.run, gone.notify, gone.entry, gone.recipient, gone.channel, gone.connection,
            x.status, x.reason, gone.attempts, gone.planned_at, x.sent_at, x.provider_id, x.content, x.carrier, x.watched, x.hours, x.provider, x.template, x.template_version, x.locale
     FROM gone JOIN x USING (id)
     ON CONFLICT (id) DO NOTHING`,
    values,
  );
}
