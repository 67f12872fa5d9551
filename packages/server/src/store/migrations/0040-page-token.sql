-- One table for every page that belongs to a person instead of to a message: unsubscribing, preferences, everything that waits,
-- and the status of one follow-up. By hash, so that a dump holds no usable link. A null `expires_at` never expires.
CREATE TABLE relance.page_tokens (
  hash bytea PRIMARY KEY,
  tenant text NOT NULL,
  purpose text NOT NULL,
  recipient text NOT NULL,
  about text NOT NULL, -- unsubscribe: the category; status: the follow-up; else empty
  expires_at timestamptz
);
-- Whoever migrates owns the table, and need not have a role that sees the rows of all tenants.
ALTER TABLE relance.unsubscribe_tokens NO FORCE ROW LEVEL SECURITY;
INSERT INTO relance.page_tokens (hash, tenant, purpose, recipient, about)
SELECT hash, tenant, 'unsubscribe', recipient, category FROM relance.unsubscribe_tokens;
DROP TABLE relance.unsubscribe_tokens;
-- Whose links are forgotten with them.
CREATE INDEX page_tokens_recipient ON relance.page_tokens (tenant, recipient);

GRANT SELECT, INSERT, UPDATE, DELETE ON relance.page_tokens TO relance_engine, relance_api;
ALTER TABLE relance.page_tokens ENABLE ROW LEVEL SECURITY;
ALTER TABLE relance.page_tokens FORCE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON relance.page_tokens USING (tenant = current_setting('relance.tenant', true));
CREATE POLICY all_tenants ON relance.page_tokens TO relance_engine USING (true);
