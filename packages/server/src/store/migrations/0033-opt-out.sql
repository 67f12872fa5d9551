-- What recipients do not want to hear of, by category, with how they said so. Taking it back keeps the row as history.
-- In the recipient's own slot.
CREATE TABLE relance.opt_outs (
  slot smallint NOT NULL,
  id bigint GENERATED ALWAYS AS IDENTITY,
  tenant text NOT NULL,
  recipient text NOT NULL,
  category text NOT NULL,
  at timestamptz NOT NULL,
  evidence jsonb NOT NULL,
  lifted_at timestamptz,
  lifted_evidence jsonb,
  PRIMARY KEY (slot, tenant, recipient, id)
);
CREATE UNIQUE INDEX opt_outs_active ON relance.opt_outs (slot, tenant, recipient, category) WHERE lifted_at IS NULL;

-- Unsubscribe links: one a recipient and category, however many messages carry it, and for as long as the messages are kept
-- somewhere: they do not expire. By hash, so that a dump holds no usable link.
CREATE TABLE relance.unsubscribe_tokens (
  hash bytea PRIMARY KEY,
  tenant text NOT NULL,
  recipient text NOT NULL,
  category text NOT NULL
);

GRANT SELECT, INSERT, UPDATE, DELETE ON relance.opt_outs, relance.unsubscribe_tokens TO relance_engine, relance_api;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA relance TO relance_engine, relance_api;
DO $$
DECLARE name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['opt_outs', 'unsubscribe_tokens'] LOOP
    EXECUTE format('ALTER TABLE relance.%I ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('ALTER TABLE relance.%I FORCE ROW LEVEL SECURITY', name);
    EXECUTE format('CREATE POLICY own_tenant ON relance.%I USING (tenant = current_setting(''relance.tenant'', true))', name);
    EXECUTE format('CREATE POLICY all_tenants ON relance.%I TO relance_engine USING (true)', name);
  END LOOP;
END $$;
