-- The last version of a template or a calendar that was deleted: one that is made under its name goes on from there, so that a version
-- is never two different things, neither to figures nor to whoever writes over what they have read.
CREATE TABLE relance.last_versions (
  tenant text NOT NULL,
  kind text NOT NULL CHECK (kind IN ('template', 'calendar')),
  id text NOT NULL,
  version integer NOT NULL,
  PRIMARY KEY (tenant, kind, id)
);
GRANT SELECT, INSERT, UPDATE, DELETE ON relance.last_versions TO relance_engine, relance_api;
ALTER TABLE relance.last_versions ENABLE ROW LEVEL SECURITY;
ALTER TABLE relance.last_versions FORCE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON relance.last_versions USING (tenant = current_setting('relance.tenant', true));
CREATE POLICY all_tenants ON relance.last_versions TO relance_engine USING (true);
