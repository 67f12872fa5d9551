-- Alarms that operators are to be told of: written beside the timeline line that says the same, told by the sweep, many
-- in one message. `seq` is the line's number in its timeline; the watchdog's findings have negative ones.
-- Few rows, looked at across slots: a reference table on Citus.

CREATE TABLE relance.alarms (
  slot smallint NOT NULL,
  follow_up_id uuid NOT NULL,
  seq integer NOT NULL,
  tenant text NOT NULL,
  at timestamptz NOT NULL,
  reason text NOT NULL,
  text text NOT NULL,
  told_at timestamptz,
  PRIMARY KEY (slot, follow_up_id, seq)
);
CREATE INDEX alarms_untold ON relance.alarms (tenant, at) WHERE told_at IS NULL;

GRANT SELECT, INSERT, UPDATE, DELETE ON relance.alarms TO relance_engine, relance_api;
ALTER TABLE relance.alarms ENABLE ROW LEVEL SECURITY;
ALTER TABLE relance.alarms FORCE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON relance.alarms USING (tenant = current_setting('relance.tenant', true));
CREATE POLICY all_tenants ON relance.alarms TO relance_engine USING (true);
