-- What follow-ups have left on channels where it can be rewritten (a chat message) or withdrawn (a push): one row a follow-up
-- and channel, so that a provider that is away holds up no other; made with the first of it, due when the status changes
-- (engine/clear-up.ts). `due_at` is story time, null while all of it
-- shows what is so; `leased_until` is the server's. Distributed by `slot`, like the follow-up.
CREATE TABLE relance.clear_ups (
  slot smallint NOT NULL,
  follow_up_id uuid NOT NULL,
  channel text NOT NULL,
  tenant text NOT NULL,
  due_at timestamptz,
  version integer NOT NULL DEFAULT 1, -- counts changes: one that comes while it is in hand is done again
  fence integer NOT NULL DEFAULT 0, -- counts claims: an old holder cannot end it
  attempts integer NOT NULL DEFAULT 0, -- claims since something was last achieved
  done_to uuid, -- messages up to here show it already
  leased_until timestamptz,
  touched_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (slot, follow_up_id, channel)
) WITH (fillfactor = 80);
CREATE INDEX clear_ups_due ON relance.clear_ups (due_at) WHERE due_at IS NOT NULL;

GRANT SELECT, INSERT, UPDATE, DELETE ON relance.clear_ups TO relance_engine, relance_api;
ALTER TABLE relance.clear_ups ENABLE ROW LEVEL SECURITY;
ALTER TABLE relance.clear_ups FORCE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON relance.clear_ups USING (tenant = current_setting('relance.tenant', true));
CREATE POLICY all_tenants ON relance.clear_ups TO relance_engine USING (true);
