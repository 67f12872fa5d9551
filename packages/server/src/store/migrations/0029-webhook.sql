-- Webhook endpoints that a tenant has registered: each with a signing secret of its own, sealed, which the one before outlives
-- by a day; whether it still takes anything; and how it has been doing. Recipients name an endpoint by its URL. All times are
-- the server's. A reference table: few rows, read by every node.
CREATE TABLE relance.webhooks (
  tenant text NOT NULL,
  id text NOT NULL,
  url text NOT NULL,
  description text,
  secret text NOT NULL, -- sealed
  old_secret text,
  old_until timestamptz,
  disabled_at timestamptz,
  disabled_reason text,
  last_success_at timestamptz,
  last_failure_at timestamptz,
  last_failure text,
  failures integer NOT NULL DEFAULT 0, -- one after the other, since the last success
  failing_since timestamptz,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  updated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (tenant, id)
);
CREATE UNIQUE INDEX webhooks_url ON relance.webhooks (tenant, md5(url));

GRANT SELECT, INSERT, UPDATE, DELETE ON relance.webhooks TO relance_engine, relance_api;
ALTER TABLE relance.webhooks ENABLE ROW LEVEL SECURITY;
ALTER TABLE relance.webhooks FORCE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON relance.webhooks USING (tenant = current_setting('relance.tenant', true));
CREATE POLICY all_tenants ON relance.webhooks TO relance_engine USING (true);
