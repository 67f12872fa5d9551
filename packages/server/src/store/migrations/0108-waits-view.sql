-- How long until something was done, for SQL: what response_times does not have. A row for each time a follow-up was opened and each of
-- `resolve` and `acknowledge`: after how many seconds it came, or for how long it has not (docs/guide/metrics.md).

CREATE VIEW relance.waits WITH (security_invoker = true) AS
SELECT f.tenant, f.follow_up_id, (g ->> 'generation')::integer AS generation, (g ->> 'day')::date AS day, g ->> 'policy' AS policy,
  nullif(g ->> 'team', '') AS team, (g ->> 'level')::integer AS level, kind,
  relance.counted_seconds(coalesce((wait ->> 'seconds')::double precision,
    extract(epoch FROM relance.story_now())::double precision - (wait ->> 'since')::bigint * 60)) AS seconds,
  (wait ->> 'ended')::boolean AS ended
FROM relance.metric_facts f, jsonb_array_elements(f.generations) AS g,
  LATERAL (VALUES ('resolve', g -> 'resolve'), ('acknowledge', g -> 'acknowledge')) AS waited(kind, wait);

GRANT SELECT ON relance.waits TO relance_engine, relance_api;
