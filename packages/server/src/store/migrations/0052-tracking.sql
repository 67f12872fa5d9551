-- What is tracked of a message, where its tenant and its recipient allow it: where its picture and its links lead, by hash, so
-- that a dump holds no usable link; and who visited them, as it came, from which evidence is judged anew at each visit.
CREATE TABLE relance.track_tokens (
  hash bytea PRIMARY KEY,
  tenant text NOT NULL,
  follow_up_id uuid NOT NULL,
  message_id uuid NOT NULL,
  recipient text NOT NULL,
  link smallint, -- null: the picture, which leads nowhere
  target text,
  expires_at timestamptz NOT NULL
);
-- Whose links are forgotten with them.
CREATE INDEX track_tokens_recipient ON relance.track_tokens (tenant, recipient);

CREATE TABLE relance.visits (
  slot smallint NOT NULL,
  message_id uuid NOT NULL,
  n smallint NOT NULL,
  tenant text NOT NULL,
  recipient text NOT NULL,
  kind text NOT NULL,
  at timestamptz NOT NULL,
  link smallint,
  agent text NOT NULL,
  manner text NOT NULL,
  arrived_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (slot, message_id, n)
);
-- Likewise.
CREATE INDEX visits_recipient ON relance.visits (tenant, recipient);

GRANT SELECT, INSERT, UPDATE, DELETE ON relance.track_tokens, relance.visits TO relance_engine, relance_api;
ALTER TABLE relance.track_tokens ENABLE ROW LEVEL SECURITY;
ALTER TABLE relance.track_tokens FORCE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON relance.track_tokens USING (tenant = current_setting('relance.tenant', true));
CREATE POLICY all_tenants ON relance.track_tokens TO relance_engine USING (true);
ALTER TABLE relance.visits ENABLE ROW LEVEL SECURITY;
ALTER TABLE relance.visits FORCE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON relance.visits USING (tenant = current_setting('relance.tenant', true));
CREATE POLICY all_tenants ON relance.visits TO relance_engine USING (true);

-- What was done with a message: each kind and evidence once, with its first time (milliseconds) and how often, in the place of
-- a set of kinds. What was known before says as much as it can.
CREATE FUNCTION relance.engagement_since(kinds text[], since timestamptz) RETURNS jsonb LANGUAGE sql IMMUTABLE AS $$
  SELECT coalesce(jsonb_agg(jsonb_build_object('kind', kind, 'at', floor(extract(epoch FROM since) * 1000)::bigint, 'count', 1, 'evidence',
    CASE WHEN kind IN ('read', 'replied', 'acted') THEN 'proven' WHEN kind IN ('opened', 'clicked') THEN 'machine' ELSE 'likely' END)), '[]'::jsonb)
  FROM unnest(kinds) AS kind
$$;
ALTER TABLE relance.messages ALTER COLUMN engagement DROP DEFAULT;
ALTER TABLE relance.messages ALTER COLUMN engagement TYPE jsonb USING relance.engagement_since(engagement, coalesce(sent_at, planned_at));
ALTER TABLE relance.messages ALTER COLUMN engagement SET DEFAULT '[]'::jsonb;
DROP FUNCTION relance.engagement_since(text[], timestamptz);
