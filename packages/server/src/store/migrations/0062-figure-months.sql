-- Days of a month added up, so that a question about a year reads some hundred rows: the month as a whole, by none of policy, team and
-- level, by each alone and by all of them; and its days by none and by each. They hold while their month is not stale: whoever changes a
-- day of it says so in the same transaction, and it is read by its days until it is added up anew.
CREATE TABLE relance.metric_months (
  slot smallint NOT NULL,
  tenant text NOT NULL,
  month date NOT NULL,
  stale boolean NOT NULL DEFAULT true,
  added_at timestamptz, -- the server's clock; null: never
  PRIMARY KEY (slot, tenant, month)
);
CREATE TABLE relance.metric_sums (
  slot smallint NOT NULL,
  tenant text NOT NULL,
  month date NOT NULL,
  span text NOT NULL CHECK (span IN ('month', 'day')),
  keyed_by text NOT NULL CHECK (keyed_by IN ('none', 'policy', 'team', 'level', 'all')),
  day date NOT NULL, -- of a month, its first
  policy text NOT NULL, -- empty where it is not keyed by it
  stage text NOT NULL,
  channel text NOT NULL,
  team text NOT NULL,
  level smallint NOT NULL,
  follow_ups bigint NOT NULL,
  open bigint NOT NULL,
  resolved bigint NOT NULL,
  cancelled bigint NOT NULL,
  expired bigint NOT NULL,
  escalated bigint NOT NULL,
  resolved_after bigint NOT NULL,
  messages bigint NOT NULL,
  accepted bigint NOT NULL,
  delivered bigint NOT NULL,
  bounced bigint NOT NULL,
  merged bigint NOT NULL,
  tells_opens bigint NOT NULL,
  opened bigint NOT NULL,
  opened_human bigint NOT NULL,
  tells_clicks bigint NOT NULL,
  clicked_human bigint NOT NULL,
  answered bigint NOT NULL,
  times bytea NOT NULL,
  PRIMARY KEY (slot, tenant, month, span, keyed_by, stage, channel, day, policy, team, level)
);
INSERT INTO relance.metric_months (slot, tenant, month) SELECT DISTINCT slot, tenant, date_trunc('month', day)::date FROM relance.metric_days;

GRANT SELECT, INSERT, UPDATE, DELETE ON relance.metric_months, relance.metric_sums TO relance_engine;
GRANT SELECT ON relance.metric_months, relance.metric_sums TO relance_api;
DO $$
DECLARE name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['metric_months', 'metric_sums'] LOOP
    EXECUTE format('ALTER TABLE relance.%I ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('ALTER TABLE relance.%I FORCE ROW LEVEL SECURITY', name);
    EXECUTE format('CREATE POLICY own_tenant ON relance.%I USING (tenant = current_setting(''relance.tenant'', true))', name);
    EXECUTE format('CREATE POLICY all_tenants ON relance.%I TO relance_engine USING (true)', name);
  END LOOP;
END $$;
