-- Figures (docs/decisions/0016): what was counted of each follow-up, and sums by day that the differences are added to. Whoever
-- changes a follow-up or a message of it leaves a mark, by a plain insert, so that nobody ever waits for a statistic.

-- Whether a message had the picture (1) and links (2) that tell what is done with it; null: nobody can tell.
ALTER TABLE relance.messages ADD COLUMN watched smallint;

CREATE TABLE relance.metric_marks (
  slot smallint NOT NULL,
  n bigint GENERATED ALWAYS AS IDENTITY,
  follow_up_id uuid NOT NULL,
  tenant text NOT NULL,
  at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (slot, n)
) WITH (autovacuum_vacuum_scale_factor = 0.02);
-- What there was before is counted as anything that changes.
INSERT INTO relance.metric_marks (slot, follow_up_id, tenant) SELECT slot, id, tenant FROM relance.follow_ups;

-- Locked while the marks of a slot are counted: one node at a time.
CREATE TABLE relance.metric_passes (slot smallint PRIMARY KEY);
INSERT INTO relance.metric_passes SELECT generate_series(0, 63);

CREATE TABLE relance.metric_facts (
  slot smallint NOT NULL,
  follow_up_id uuid NOT NULL,
  tenant text NOT NULL,
  final integer NOT NULL DEFAULT 0, -- generations up to that one are as they were counted: some of their rows are gone
  generations jsonb NOT NULL,
  PRIMARY KEY (slot, follow_up_id)
);

-- `stage` and `channel` are empty where all of them are meant: a follow-up counts once in each of the four kinds of row that it
-- belongs to, so that no kind need be added up to another. In the tenant's slot.
CREATE TABLE relance.metric_days (
  slot smallint NOT NULL,
  tenant text NOT NULL,
  day date NOT NULL,
  policy text NOT NULL,
  stage text NOT NULL,
  channel text NOT NULL,
  team text NOT NULL,
  level smallint NOT NULL,
  follow_ups bigint NOT NULL DEFAULT 0,
  open bigint NOT NULL DEFAULT 0,
  resolved bigint NOT NULL DEFAULT 0,
  cancelled bigint NOT NULL DEFAULT 0,
  expired bigint NOT NULL DEFAULT 0,
  escalated bigint NOT NULL DEFAULT 0,
  resolved_after bigint NOT NULL DEFAULT 0,
  messages bigint NOT NULL DEFAULT 0,
  accepted bigint NOT NULL DEFAULT 0,
  delivered bigint NOT NULL DEFAULT 0,
  bounced bigint NOT NULL DEFAULT 0,
  merged bigint NOT NULL DEFAULT 0,
  tells_opens bigint NOT NULL DEFAULT 0,
  opened bigint NOT NULL DEFAULT 0,
  opened_human bigint NOT NULL DEFAULT 0,
  tells_clicks bigint NOT NULL DEFAULT 0,
  clicked_human bigint NOT NULL DEFAULT 0,
  answered bigint NOT NULL DEFAULT 0,
  times bytea NOT NULL DEFAULT '\x', -- how long things took, packed (core/packed-times.ts)
  PRIMARY KEY (slot, tenant, day, stage, channel, policy, team, level)
) WITH (fillfactor = 80);

GRANT SELECT, INSERT, UPDATE, DELETE ON relance.metric_marks, relance.metric_facts, relance.metric_days TO relance_engine;
GRANT SELECT, UPDATE ON relance.metric_passes TO relance_engine;
GRANT SELECT, INSERT ON relance.metric_marks TO relance_api;
GRANT SELECT ON relance.metric_facts, relance.metric_days TO relance_api;
DO $$
DECLARE name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['metric_marks', 'metric_facts', 'metric_days'] LOOP
    EXECUTE format('ALTER TABLE relance.%I ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('ALTER TABLE relance.%I FORCE ROW LEVEL SECURITY', name);
    EXECUTE format('CREATE POLICY own_tenant ON relance.%I USING (tenant = current_setting(''relance.tenant'', true))', name);
    EXECUTE format('CREATE POLICY all_tenants ON relance.%I TO relance_engine USING (true)', name);
  END LOOP;
END $$;
