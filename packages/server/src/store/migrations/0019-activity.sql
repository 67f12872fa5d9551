-- What recipients did elsewhere: viewed, paid, logged in. In the recipient's own slot; looked at by type and time for
-- conditions, and newest first for people.
CREATE TABLE relance.activities (
  slot smallint NOT NULL,
  tenant text NOT NULL,
  recipient text NOT NULL,
  type text NOT NULL,
  at timestamptz NOT NULL,
  id uuid NOT NULL,
  data jsonb,
  location jsonb,
  source text, -- the source of the event it came with; null: told by the API
  PRIMARY KEY (slot, tenant, recipient, type, at, id)
);
CREATE INDEX activities_list ON relance.activities (slot, tenant, recipient, at DESC, id DESC);
CREATE INDEX activities_age ON relance.activities USING brin (at);

GRANT SELECT, INSERT, UPDATE, DELETE ON relance.activities TO relance_engine, relance_api;
ALTER TABLE relance.activities ENABLE ROW LEVEL SECURITY;
ALTER TABLE relance.activities FORCE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON relance.activities USING (tenant = current_setting('relance.tenant', true));
CREATE POLICY all_tenants ON relance.activities TO relance_engine USING (true);
