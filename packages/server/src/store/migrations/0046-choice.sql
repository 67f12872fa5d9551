-- What recipients want and do not want, in their own words: by category, and by a channel of it (an empty channel: the whole
-- category). In the recipient's own slot. How they came to it is in preference_changes.
CREATE TABLE relance.choices (
  slot smallint NOT NULL,
  tenant text NOT NULL,
  recipient text NOT NULL,
  category text NOT NULL,
  channel text NOT NULL,
  wanted boolean NOT NULL,
  PRIMARY KEY (slot, tenant, recipient, category, channel)
);

-- Every consent and every change of preferences, with how it was made and what shows it. Only added to; erasing a person removes
-- what is theirs. `changed_from` and `changed_to` are what the HTTP interface tells.
CREATE TABLE relance.preference_changes (
  slot smallint NOT NULL,
  id bigint GENERATED ALWAYS AS IDENTITY,
  tenant text NOT NULL,
  recipient text NOT NULL,
  at timestamptz NOT NULL,
  what text NOT NULL, -- wanted, frequency, pausedUntil, quietHours, timeZone, locale
  category text,
  channel text,
  changed_from jsonb NOT NULL,
  changed_to jsonb NOT NULL,
  how text NOT NULL,
  by text, -- the API key
  evidence jsonb NOT NULL,
  PRIMARY KEY (slot, tenant, recipient, id)
);

-- What was chosen so far. Whoever migrates owns these tables, and need not have a role that sees the rows of all tenants.
ALTER TABLE relance.opt_outs NO FORCE ROW LEVEL SECURITY;
ALTER TABLE relance.categories NO FORCE ROW LEVEL SECURITY;
INSERT INTO relance.preference_changes (slot, tenant, recipient, at, what, category, channel, changed_from, changed_to, how, evidence)
SELECT slot, tenant, recipient, at, 'wanted', category, '', to_jsonb(NOT wanted), to_jsonb(wanted), coalesce(evidence ->> 'how', 'page'), evidence - 'how'
FROM (
  SELECT slot, tenant, recipient, category, at, false AS wanted, evidence, id FROM relance.opt_outs
  UNION ALL SELECT slot, tenant, recipient, category, lifted_at, true, coalesce(lifted_evidence, '{}'), id FROM relance.opt_outs WHERE lifted_at IS NOT NULL
) AS said ORDER BY at, id, wanted;
INSERT INTO relance.choices (slot, tenant, recipient, category, channel, wanted)
SELECT slot, tenant, recipient, category, '', bool_and(lifted_at IS NOT NULL) FROM relance.opt_outs GROUP BY slot, tenant, recipient, category;
DROP TABLE relance.opt_outs;

-- Why an essential category cannot be switched off, in the words of its tenant. Defaults had no meaning and no form until now.
ALTER TABLE relance.categories ADD COLUMN why text;
UPDATE relance.categories SET defaults = '{}';
ALTER TABLE relance.categories FORCE ROW LEVEL SECURITY;

GRANT SELECT, INSERT, UPDATE, DELETE ON relance.choices TO relance_engine, relance_api;
GRANT SELECT, INSERT, DELETE ON relance.preference_changes TO relance_engine, relance_api;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA relance TO relance_engine, relance_api;
DO $$
DECLARE name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['choices', 'preference_changes'] LOOP
    EXECUTE format('ALTER TABLE relance.%I ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('ALTER TABLE relance.%I FORCE ROW LEVEL SECURITY', name);
    EXECUTE format('CREATE POLICY own_tenant ON relance.%I USING (tenant = current_setting(''relance.tenant'', true))', name);
    EXECUTE format('CREATE POLICY all_tenants ON relance.%I TO relance_engine USING (true)', name);
  END LOOP;
END $$;
