// The promises of the design as questions to the database, asked after every step. Each answers with what breaks it.
import { type Database, ENGINE } from '../../packages/server/src/store/database.ts';
import { readClock } from '../../packages/server/src/store/sql/clock.ts';
import { findOrphans } from '../../packages/server/src/store/sql/watch.ts';

interface Row {
  readonly why: string;
  readonly id: string;
  readonly detail: string | null;
}

const QUESTIONS = `
  -- Stop means stop: a closed follow-up keeps no timer, no live key, and nothing to send but its closing notification.
  SELECT 'closed_has_timer' AS why, f.id, NULL AS detail FROM relance.follow_ups f JOIN relance.timers t ON t.slot = f.slot AND t.follow_up_id = f.id WHERE f.status NOT IN ('open', 'acknowledged')
  UNION ALL SELECT 'closed_has_live_key', f.id, NULL FROM relance.follow_ups f JOIN relance.live_keys l ON l.follow_up_id = f.id WHERE f.status NOT IN ('open', 'acknowledged')
  UNION ALL SELECT 'live_without_key', f.id, NULL FROM relance.follow_ups f WHERE f.status IN ('open', 'acknowledged') AND NOT EXISTS (SELECT FROM relance.live_keys l WHERE l.follow_up_id = f.id)
  UNION ALL SELECT 'closed_has_message', f.id, o.stage || ' ' || o.status FROM relance.follow_ups f JOIN relance.outbox o ON o.slot = f.slot AND o.follow_up_id = f.id
    WHERE f.status NOT IN ('open', 'acknowledged') AND o.stopped_by < 2 AND o.status <> 'sending'
  UNION ALL SELECT 'closed_fans_out', f.id, NULL FROM relance.follow_ups f JOIN relance.fan_outs o ON o.slot = f.slot AND o.follow_up_id = f.id WHERE f.status NOT IN ('open', 'acknowledged') AND o.stopped_by < 2
  -- Somebody has it: nothing that an acknowledgement stops is waiting to be sent.
  UNION ALL SELECT 'paused_has_message', f.id, o.stage || ' ' || o.status FROM relance.follow_ups f JOIN relance.outbox o ON o.slot = f.slot AND o.follow_up_id = f.id
    WHERE f.status IN ('open', 'acknowledged') AND f.state -> 'pause' <> 'null' AND o.stopped_by = 0 AND o.status <> 'sending'
  -- Always a reason: timelines have no gaps, and as many lines as the follow-up counts.
  UNION ALL SELECT 'timeline_gap', f.id, f.timeline_count || ' counted, ' || (SELECT count(*) || ' lines to ' || coalesce(max(seq), 0) FROM relance.timeline t WHERE t.follow_up_id = f.id)
    FROM relance.follow_ups f WHERE f.timeline_count <> (SELECT count(*) FROM relance.timeline t WHERE t.follow_up_id = f.id)
      OR f.timeline_count <> (SELECT coalesce(max(seq), 0) FROM relance.timeline t WHERE t.follow_up_id = f.id)
  -- The last closing or reopening line says what the status is.
  UNION ALL SELECT 'status_disagrees', f.id, f.status || ' but ' || coalesce(l.kind, 'nothing') FROM relance.follow_ups f
    LEFT JOIN LATERAL (SELECT kind FROM relance.timeline t WHERE t.follow_up_id = f.id AND t.kind IN ('opened', 'reopened', 'resolved', 'cancelled', 'expired') ORDER BY seq DESC LIMIT 1) l ON true
    WHERE l.kind IS NULL OR (f.status IN ('resolved', 'cancelled', 'expired') AND l.kind <> f.status) OR (f.status IN ('open', 'acknowledged') AND l.kind NOT IN ('opened', 'reopened'))
  -- A message is in one place.
  UNION ALL SELECT 'message_twice', o.follow_up_id, o.id::text FROM relance.outbox o JOIN relance.messages m ON m.id = o.id
  -- Every sent message is in its timeline.
  UNION ALL SELECT 'sent_untold', m.follow_up_id, m.id::text FROM relance.messages m WHERE m.status = 'accepted' AND NOT EXISTS (SELECT FROM relance.timeline t WHERE t.follow_up_id = m.follow_up_id AND t.message_id = m.id AND t.kind = 'message_sent')
  -- And every one that is over otherwise, and every one that is held, with the reason; what never had its turn in a contact plan has none.
  UNION ALL SELECT 'unsent_untold', m.follow_up_id, m.id || ' ' || m.status || ' ' || m.channel FROM relance.messages m WHERE m.status <> 'accepted' AND (m.status <> 'revoked' OR m.attempts > 0)
    AND NOT EXISTS (SELECT FROM relance.timeline t WHERE t.follow_up_id = m.follow_up_id AND (t.message_id = m.id OR (t.message_id IS NULL AND t.stage = m.stage AND coalesce(t.recipient, m.recipient) = m.recipient)) AND t.reason IS NOT NULL)
  UNION ALL SELECT 'held_untold', o.follow_up_id, o.id || ' ' || o.held_by FROM relance.outbox o WHERE o.status = 'deferred' AND o.held_by IS NOT NULL
    AND NOT EXISTS (SELECT FROM relance.timeline t WHERE t.follow_up_id = o.follow_up_id AND (t.message_id = o.id OR (t.message_id IS NULL AND t.stage = o.stage AND coalesce(t.recipient, o.recipient) = o.recipient)) AND t.kind = 'message_deferred')
  -- What went in another message names one that arrived, to the same person by the same channel.
  UNION ALL SELECT 'merged_into_nothing', m.follow_up_id, m.id::text FROM relance.messages m WHERE m.status = 'merged'
    AND NOT EXISTS (SELECT FROM relance.messages c WHERE c.id = m.carrier AND c.recipient = m.recipient AND c.channel = m.channel)
    AND NOT EXISTS (SELECT FROM relance.outbox c WHERE c.id = m.carrier AND c.recipient = m.recipient AND c.channel = m.channel)
  -- Each stage as often as its policy says: counted runs never exceed times.
  UNION ALL SELECT 'too_many_runs', f.id, s.key || ' ran ' || (s.value ->> 'runs') FROM relance.follow_ups f JOIN relance.policy_versions v ON v.tenant = f.tenant AND v.id = f.policy AND v.version = f.version
    CROSS JOIN LATERAL jsonb_each(f.state -> 'progress') s CROSS JOIN LATERAL jsonb_array_elements(v.written::jsonb -> 'stages') w
    WHERE w ->> 'id' = s.key AND (s.value ->> 'runs')::int > coalesce((w -> 'repeat' ->> 'times')::int, 1)
  LIMIT 20`;

export async function brokenPromises(database: Database): Promise<string[]> {
  return database.transaction(ENGINE, async (tx) => {
    const { now } = await readClock(tx);
    const orphans = await findOrphans(tx, now);
    // Planning them takes longer than asking them, so they are prepared once a connection.
    const prepared = await tx.query(`SELECT FROM pg_prepared_statements WHERE name = 'promises'`);
    if (prepared.length === 0) await tx.query(`PREPARE promises AS ${QUESTIONS}`);
    const rows = await tx.query<Row>('EXECUTE promises');
    return [
      ...orphans.map((orphan) => `forgotten: ${orphan.why} ${orphan.id}`),
      ...rows.map((row) => `${row.why}: ${row.id} ${row.detail ?? ''}`),
    ];
  });
}

/** What may hold one message longest, one after the other: a week of a digest, some pauses, and the budget of some mornings. */
const HELD_MAX_DAYS = 16;

/** Asked at the end of a world: deferred, not dropped, and not for ever. */
export async function forgotten(database: Database): Promise<string[]> {
  return database.transaction(ENGINE, async (tx) => {
    const rows = await tx.query<Row>(
      `SELECT 'waits for ever' AS why, o.id, o.status || ' ' || coalesce(o.held_by, '') AS detail FROM relance.outbox o, relance.clock c
       WHERE o.status <> 'planned' AND (o.planned_at < c.story_at - $1 * interval '1 day' OR o.send_at <= c.story_at OR o.status = 'sending')`,
      [HELD_MAX_DAYS],
    );
    return rows.map(({ why, id, detail }) => `${why}: ${id} ${detail ?? ''}`);
  });
}
