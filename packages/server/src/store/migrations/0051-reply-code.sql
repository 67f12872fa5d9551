-- Codes that answer text messages: which follow-up a person means by a number, and which of its actions by the digit behind it. One
-- number serves one follow-up and reader of an address, until nothing has been sent with it for a month. A reference table on Citus.
CREATE TABLE relance.reply_codes (
  tenant text NOT NULL,
  address text NOT NULL, -- E.164, whoever of several has it
  number smallint NOT NULL,
  follow_up_id uuid NOT NULL,
  recipient text NOT NULL,
  message_id uuid NOT NULL, -- the last one that carried it
  actions text[] NOT NULL, -- the digit is the place
  sent_at timestamptz NOT NULL,
  PRIMARY KEY (tenant, address, number)
);

-- Texts and presses of buttons that were taken, by what their provider calls them, so that the same one told again counts once.
CREATE TABLE relance.taken_answers (
  tenant text NOT NULL,
  connection text NOT NULL,
  id text NOT NULL,
  at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (tenant, connection, id)
);
CREATE INDEX taken_answers_at ON relance.taken_answers (at);

GRANT SELECT, INSERT, UPDATE, DELETE ON relance.reply_codes, relance.taken_answers TO relance_engine, relance_api;
DO $$
DECLARE name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['reply_codes', 'taken_answers'] LOOP
    EXECUTE format('ALTER TABLE relance.%I ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('ALTER TABLE relance.%I FORCE ROW LEVEL SECURITY', name);
    EXECUTE format('CREATE POLICY own_tenant ON relance.%I USING (tenant = current_setting(''relance.tenant'', true))', name);
    EXECUTE format('CREATE POLICY all_tenants ON relance.%I TO relance_engine USING (true)', name);
  END LOOP;
END $$;
