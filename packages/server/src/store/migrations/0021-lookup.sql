-- Resolvers that a follow-up has asked for names: asked in the transaction of the decision, answered outside of any. A row is
-- claimed for a while (server time) by whoever asks, and deleted with what it heard.
CREATE TABLE relance.lookups (
  slot smallint NOT NULL,
  follow_up_id uuid NOT NULL,
  resolver text NOT NULL,
  tenant text NOT NULL,
  stage text,
  asked_at timestamptz NOT NULL DEFAULT clock_timestamp(), -- tells one question from the next with the same key
  tries integer NOT NULL DEFAULT 0,
  try_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (slot, follow_up_id, resolver)
);
CREATE INDEX lookups_due ON relance.lookups (try_at);

GRANT SELECT, INSERT, UPDATE, DELETE ON relance.lookups TO relance_engine, relance_api;
ALTER TABLE relance.lookups ENABLE ROW LEVEL SECURITY;
ALTER TABLE relance.lookups FORCE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON relance.lookups USING (tenant = current_setting('relance.tenant', true));
CREATE POLICY all_tenants ON relance.lookups TO relance_engine USING (true);
