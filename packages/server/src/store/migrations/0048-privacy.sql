-- What privacy asks for. The key of keyed hashes: an address that must stay suppressed although nobody may know it any more, and
-- whom an entry of the audit is about. Made once, sealed with the server's secret (store/secret-box.ts) and sealed anew with it, so
-- that a dump tells neither the key nor, by trying, an address. Few rows: reference tables on Citus, all three.
CREATE TABLE relance.hash_key (
  one boolean PRIMARY KEY DEFAULT true CHECK (one),
  sealed text NOT NULL
);
GRANT SELECT, INSERT, UPDATE ON relance.hash_key TO relance_engine;

-- Who did what that somebody may have to account for. Nobody of ours may change or remove an entry, and none names a person: they
-- are told by their keyed hash, so that an erasure has nothing to change here.
CREATE TABLE relance.audit (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  tenant text NOT NULL,
  at timestamptz NOT NULL DEFAULT clock_timestamp(), -- the server's clock
  by text, -- the API key; null: Relance itself
  action text NOT NULL,
  about text,
  data jsonb NOT NULL DEFAULT '{}'
);
CREATE INDEX audit_list ON relance.audit (tenant, id);
CREATE INDEX audit_about ON relance.audit (tenant, about, id);
GRANT SELECT, INSERT ON relance.audit TO relance_engine, relance_api;

-- Erasures of people, done in pieces: what is looked for is forgotten with the last one (recipient, words). The row survives as proof.
CREATE TABLE relance.erasures (
  id uuid PRIMARY KEY,
  tenant text NOT NULL,
  about text NOT NULL, -- the keyed hash of the recipient's id
  stand_in text NOT NULL, -- chance: what stands in the place of the id from then on
  recipient text,
  words jsonb, -- name and addresses, to be found where others wrote them
  step text NOT NULL,
  after uuid, -- where the step has come to
  counts jsonb NOT NULL DEFAULT '{}',
  asked_at timestamptz NOT NULL,
  done_at timestamptz
);
CREATE UNIQUE INDEX erasures_running ON relance.erasures (tenant, about) WHERE done_at IS NULL;
GRANT SELECT, INSERT, UPDATE ON relance.erasures TO relance_engine, relance_api;

-- Whose links are forgotten with them.
CREATE INDEX action_tokens_recipient ON relance.action_tokens (tenant, recipient);

GRANT USAGE ON ALL SEQUENCES IN SCHEMA relance TO relance_engine, relance_api;
DO $$
DECLARE name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['audit', 'erasures'] LOOP
    EXECUTE format('ALTER TABLE relance.%I ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('ALTER TABLE relance.%I FORCE ROW LEVEL SECURITY', name);
    EXECUTE format('CREATE POLICY own_tenant ON relance.%I USING (tenant = current_setting(''relance.tenant'', true))', name);
    EXECUTE format('CREATE POLICY all_tenants ON relance.%I TO relance_engine USING (true)', name);
  END LOOP;
END $$;

-- Everything that waits for somebody, whatever its status: an outbox has nothing else. Without a condition on the status, a
-- message that changes it is a HOT update.
DROP INDEX relance.outbox_recipient;
CREATE INDEX outbox_recipient ON relance.outbox (tenant, recipient);
