-- Endpoints that get nothing more: bounced for good, complained of, stopped, refused by a provider, or taken out by an operator.
-- Lifting one keeps the row as history. One row a source, so that an operator's own entry does not hide a complaint. Looked at
-- across slots, by address: a reference table on Citus. Addresses are stored as they are compared (core/consent.ts).
CREATE TABLE relance.suppressions (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  tenant text NOT NULL,
  channel text NOT NULL,
  address text NOT NULL,
  source text NOT NULL,
  reason text,
  message_id uuid, -- the message whose receipt said so
  at timestamptz NOT NULL,
  by text, -- the API key; null: Relance itself
  lifted_at timestamptz,
  lifted_by text,
  lifted_reason text
);
CREATE UNIQUE INDEX suppressions_active ON relance.suppressions (tenant, channel, address, source) WHERE lifted_at IS NULL;
CREATE INDEX suppressions_list ON relance.suppressions (tenant, id);

GRANT SELECT, INSERT, UPDATE, DELETE ON relance.suppressions TO relance_engine, relance_api;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA relance TO relance_engine, relance_api;
ALTER TABLE relance.suppressions ENABLE ROW LEVEL SECURITY;
ALTER TABLE relance.suppressions FORCE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON relance.suppressions USING (tenant = current_setting('relance.tenant', true));
CREATE POLICY all_tenants ON relance.suppressions TO relance_engine USING (true);

-- The addresses that messages to a recipient go to, `channel address`, as core/route.ts (addressOf) chooses and core/consent.ts
-- compares them: who has an address that is suppressed is found without looking at everybody.
CREATE FUNCTION relance.endpoint_keys(email text, phone text, endpoints jsonb) RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE
  SET search_path = pg_catalog AS $$
  SELECT array_agg(channel || ' ' || CASE channel
      WHEN 'email' THEN translate(btrim(address), 'ABCDEFGHIJKLMNOPQRSTUVWXYZ', 'abcdefghijklmnopqrstuvwxyz')
      WHEN 'sms' THEN regexp_replace(regexp_replace(address, '[[:space:]().-]', '', 'g'), '^00', '+')
      ELSE address END)
  FROM (SELECT DISTINCT ON (channel) channel, address FROM (
      SELECT 'email' AS channel, email AS address, 0 AS place UNION ALL SELECT 'sms', phone, 0
      UNION ALL SELECT e.value ->> 'channel', e.value ->> 'address', e.ordinality FROM jsonb_array_elements(endpoints) WITH ORDINALITY AS e
      WHERE e.value ->> 'copy' IS NULL) AS listed
    WHERE address IS NOT NULL ORDER BY channel, place) AS chosen
$$;
CREATE INDEX recipients_endpoints ON relance.recipients USING gin (relance.endpoint_keys(email, phone, endpoints));
-- What waits for one person: taken back when they, or their endpoint, get nothing more.
CREATE INDEX outbox_recipient ON relance.outbox (tenant, recipient) WHERE status IN ('queued', 'deferred', 'leased');
