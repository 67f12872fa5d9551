-- Of a notification that went by several channels one message has its reader's response; the others are beside it, and count on their
-- own channel alone. Everything that is not final is counted anew.
CREATE OR REPLACE VIEW relance.response_times WITH (security_invoker = true) AS
SELECT f.tenant, f.follow_up_id, (g ->> 'day')::date AS day, g ->> 'policy' AS policy, m ->> 'stage' AS stage, m ->> 'channel' AS channel,
  nullif(g ->> 'team', '') AS team, (g ->> 'level')::integer AS level,
  coalesce((r ->> 'seconds')::bigint, relance.counted_seconds(least(7776000,
    extract(epoch FROM relance.story_now())::double precision - (r ->> 'since')::bigint * 60))) AS seconds,
  (r ->> 'ended')::boolean AS answered, coalesce((m ->> 'beside')::boolean, false) AS beside
FROM relance.metric_facts f, jsonb_array_elements(f.generations) AS g, jsonb_array_elements(g -> 'messages') AS m,
  LATERAL (SELECT m -> 'response' AS r) AS response
WHERE jsonb_typeof(r) = 'object';

INSERT INTO relance.metric_marks (slot, follow_up_id, tenant) SELECT slot, id, tenant FROM relance.follow_ups;
