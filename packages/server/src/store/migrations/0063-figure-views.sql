-- Figures for SQL, as docs/guide/metrics.md describes them. Whoever reads them sees what their own role may see of the tables behind.

CREATE VIEW relance.figures WITH (security_invoker = true) AS
SELECT tenant, day, policy, nullif(stage, '') AS stage, nullif(channel, '') AS channel, nullif(team, '') AS team, level,
  follow_ups, open, resolved, cancelled, expired, escalated, resolved_after, messages, accepted, delivered, bounced, merged,
  tells_opens, opened, opened_human, tells_clicks, clicked_human, answered,
  opened::double precision / nullif(tells_opens, 0) AS open_rate,
  opened_human::double precision / nullif(tells_opens, 0) AS open_rate_human,
  clicked_human::double precision / nullif(tells_clicks, 0) AS click_rate,
  answered::double precision / nullif(accepted, 0) AS acted_rate,
  CASE WHEN stage = '' THEN resolved::double precision / nullif(follow_ups - cancelled, 0)
    ELSE resolved_after::double precision / nullif(follow_ups, 0) END AS conversion_rate,
  escalated::double precision / nullif(follow_ups, 0) AS escalation_rate
FROM relance.metric_days;

-- A duration as it is counted (core/metrics.ts, countedSeconds): whole seconds, and above 17 minutes rounded down by less than 0.2 %.
CREATE FUNCTION relance.counted_seconds(seconds double precision) RETURNS bigint LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE WHEN seconds < 1024 THEN greatest(0, floor(seconds))::bigint
    ELSE (floor(floor(seconds) / step) * step)::bigint END
  FROM (SELECT power(2, floor(log(2, greatest(1024, floor(seconds))::numeric)) - 9)::double precision AS step) AS scale
$$;

-- One row for each message that asked somebody: how long until they responded, or for how long they had not.
CREATE VIEW relance.response_times WITH (security_invoker = true) AS
SELECT f.tenant, f.follow_up_id, (g ->> 'day')::date AS day, g ->> 'policy' AS policy, m ->> 'stage' AS stage, m ->> 'channel' AS channel,
  nullif(g ->> 'team', '') AS team, (g ->> 'level')::integer AS level,
  coalesce((r ->> 'seconds')::bigint, relance.counted_seconds(least(7776000,
    extract(epoch FROM relance.story_now())::double precision - (r ->> 'since')::bigint * 60))) AS seconds,
  (r ->> 'ended')::boolean AS answered
FROM relance.metric_facts f, jsonb_array_elements(f.generations) AS g, jsonb_array_elements(g -> 'messages') AS m,
  LATERAL (SELECT m -> 'response' AS r) AS response
WHERE jsonb_typeof(r) = 'object';

GRANT SELECT ON relance.figures, relance.response_times TO relance_engine, relance_api;
