-- Who asked for a fresh link in the place of an expired one, and when last: one mail in a while for each person, whatever links they
-- have. Server time. Few rows: a reference table on Citus.
CREATE TABLE relance.fresh_links (
  tenant text NOT NULL,
  recipient text NOT NULL,
  asked_at timestamptz NOT NULL,
  PRIMARY KEY (tenant, recipient)
);

GRANT SELECT, INSERT, UPDATE, DELETE ON relance.fresh_links TO relance_engine, relance_api;
ALTER TABLE relance.fresh_links ENABLE ROW LEVEL SECURITY;
ALTER TABLE relance.fresh_links FORCE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON relance.fresh_links USING (tenant = current_setting('relance.tenant', true));
CREATE POLICY all_tenants ON relance.fresh_links TO relance_engine USING (true);
-- Expired ones are looked for by the pruning.
CREATE INDEX page_tokens_expired ON relance.page_tokens (expires_at) WHERE expires_at IS NOT NULL;
