-- Several messages to one person as one: what waits under the same word (`together`) leaves in one of them, its carrier.
ALTER TABLE relance.outbox ADD COLUMN together text, ADD COLUMN carrier uuid;
CREATE INDEX outbox_together ON relance.outbox (send_at, tenant, recipient) WHERE together IS NOT NULL AND status IN ('queued', 'deferred');
-- In which message a merged one went.
ALTER TABLE relance.messages ADD COLUMN carrier uuid;
CREATE INDEX messages_carrier ON relance.messages (carrier) WHERE carrier IS NOT NULL;

-- What interrupts somebody, counted against their budget before it passes the gate; one row a message, so that counting twice
-- is harmless. In the recipient's own slot. Only where a tenant has set a budget, and for some days (core/budget.ts).
CREATE TABLE relance.usages (
  slot smallint NOT NULL,
  tenant text NOT NULL,
  recipient text NOT NULL,
  message_id uuid NOT NULL,
  at timestamptz NOT NULL, -- story time
  channel text NOT NULL,
  PRIMARY KEY (slot, tenant, recipient, message_id)
);
CREATE INDEX usages_old ON relance.usages (at);

GRANT SELECT, INSERT, UPDATE, DELETE ON relance.usages TO relance_engine, relance_api;
ALTER TABLE relance.usages ENABLE ROW LEVEL SECURITY;
ALTER TABLE relance.usages FORCE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON relance.usages USING (tenant = current_setting('relance.tenant', true));
CREATE POLICY all_tenants ON relance.usages TO relance_engine USING (true);
