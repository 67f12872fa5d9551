-- Connections: a tenant's own accounts of providers. Few rows, read by every node and kept in memory: reference tables on
-- Citus. `secrets` is sealed (store/secret-box.ts); `receipt_key` makes the address at which the provider tells its news.
CREATE SEQUENCE relance.connection_changes;
CREATE TABLE relance.connections (
  tenant text NOT NULL,
  id text NOT NULL,
  channel text NOT NULL,
  provider text NOT NULL,
  settings jsonb NOT NULL,
  secrets text,
  secret_names text[] NOT NULL DEFAULT '{}',
  position integer NOT NULL,
  concurrency_max integer,
  per_second_max double precision,
  disabled boolean NOT NULL DEFAULT false,
  receipt_key text NOT NULL UNIQUE,
  change bigint NOT NULL DEFAULT nextval('relance.connection_changes'),
  updated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (tenant, id)
);

-- How a connection fares, as the nodes have seen it: written when that changes, not with every message.
CREATE TABLE relance.connection_health (
  tenant text NOT NULL,
  connection text NOT NULL,
  state text NOT NULL, -- up, failing, down
  detail text,
  node text NOT NULL,
  since timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (tenant, connection)
);

-- Allowances: token buckets on the server's clock, shared by all nodes: rate limits of connections and quotas of tenants.
CREATE TABLE relance.allowances (
  tenant text NOT NULL,
  scope text NOT NULL,
  tokens double precision NOT NULL,
  at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (tenant, scope)
) WITH (fillfactor = 50);

-- Takes up to `want` tokens of a bucket that holds `burst` and gains `rate` a second; answers how many it gave.
CREATE FUNCTION relance.take_allowance(own text, of text, want integer, rate double precision, burst double precision)
RETURNS integer LANGUAGE plpgsql SET search_path = pg_catalog AS $$
DECLARE
  free double precision;
  given integer;
  moment timestamptz := clock_timestamp();
BEGIN
  INSERT INTO relance.allowances AS a (tenant, scope, tokens, at) VALUES (own, of, burst, moment) ON CONFLICT DO NOTHING;
  SELECT least(burst, a.tokens + greatest(0, extract(epoch FROM moment - a.at)) * rate) INTO free
    FROM relance.allowances a WHERE a.tenant = own AND a.scope = of FOR UPDATE;
  given := least(want, floor(free + 1e-9))::integer;
  UPDATE relance.allowances a SET tokens = free - given, at = moment WHERE a.tenant = own AND a.scope = of;
  RETURN given;
END $$;

-- `tried`: connections that have not accepted it in this round. `rests_for`: why it waits although it is due.
ALTER TABLE relance.outbox ADD COLUMN tried text[] NOT NULL DEFAULT '{}', ADD COLUMN rests_for text;
-- Whose bounces and receipts name the provider's id of a message rather than ours.
CREATE INDEX messages_provider_id ON relance.messages (provider_id) WHERE provider_id IS NOT NULL;

GRANT SELECT, INSERT, UPDATE, DELETE ON relance.connections, relance.connection_health, relance.allowances TO relance_engine, relance_api;
GRANT USAGE ON SEQUENCE relance.connection_changes TO relance_engine, relance_api;
DO $$
DECLARE name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['connections', 'connection_health', 'allowances'] LOOP
    EXECUTE format('ALTER TABLE relance.%I ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('ALTER TABLE relance.%I FORCE ROW LEVEL SECURITY', name);
    EXECUTE format('CREATE POLICY own_tenant ON relance.%I USING (tenant = current_setting(''relance.tenant'', true))', name);
    EXECUTE format('CREATE POLICY all_tenants ON relance.%I TO relance_engine USING (true)', name);
  END LOOP;
END $$;
