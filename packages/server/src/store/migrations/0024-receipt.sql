-- News of providers that cannot be placed yet: the message is still being handed over, or its follow-up is held. The sweep
-- tries again (server time) for an hour. In no slot, since a provider's own id tells none: a reference table on Citus.
CREATE TABLE relance.early_receipts (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  tenant text NOT NULL,
  provider text NOT NULL,
  news jsonb NOT NULL,
  arrived_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  try_at timestamptz NOT NULL DEFAULT clock_timestamp() + interval '1 second'
);
CREATE INDEX early_receipts_due ON relance.early_receipts (try_at);

GRANT SELECT, INSERT, UPDATE, DELETE ON relance.early_receipts TO relance_engine, relance_api;
ALTER TABLE relance.early_receipts ENABLE ROW LEVEL SECURITY;
ALTER TABLE relance.early_receipts FORCE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON relance.early_receipts USING (tenant = current_setting('relance.tenant', true));
CREATE POLICY all_tenants ON relance.early_receipts TO relance_engine USING (true);
