-- Calendars: business hours, holidays and exceptions, as written. A changed body is a new version; the latest is what
-- decisions use. Few rows, looked at across slots: a reference table on Citus.

CREATE TABLE relance.calendars (
  tenant text NOT NULL,
  id text NOT NULL,
  version integer NOT NULL DEFAULT 1,
  body jsonb NOT NULL,
  updated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (tenant, id)
);

GRANT SELECT, INSERT, UPDATE, DELETE ON relance.calendars TO relance_engine, relance_api;
ALTER TABLE relance.calendars ENABLE ROW LEVEL SECURITY;
ALTER TABLE relance.calendars FORCE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON relance.calendars USING (tenant = current_setting('relance.tenant', true));
CREATE POLICY all_tenants ON relance.calendars TO relance_engine USING (true);
