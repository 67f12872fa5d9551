-- Whose turn it is in a group of which a policy picks one member. A pick is a row of its own, never an update, so that a
-- caller's open transaction holds nobody up. Few rows, looked at across slots: a reference table on Citus.
CREATE TABLE relance.group_turns (
  tenant text NOT NULL,
  group_id text NOT NULL,
  recipient text NOT NULL,
  turn bigint GENERATED ALWAYS AS IDENTITY,
  at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (tenant, group_id, recipient, turn),
  FOREIGN KEY (tenant, group_id) REFERENCES relance.groups ON DELETE CASCADE
);
-- Who has how much to do: for the least busy of a group, and for what else waits for somebody.
CREATE INDEX follow_ups_of_assignee ON relance.follow_ups (tenant, assignee) WHERE status IN ('open', 'acknowledged');

GRANT SELECT, INSERT, UPDATE, DELETE ON relance.group_turns TO relance_engine, relance_api;
ALTER TABLE relance.group_turns ENABLE ROW LEVEL SECURITY;
ALTER TABLE relance.group_turns FORCE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON relance.group_turns USING (tenant = current_setting('relance.tenant', true));
CREATE POLICY all_tenants ON relance.group_turns TO relance_engine USING (true);
