-- The first tables, with the ten points of the design settled: docs/concepts/storage.md says why.
-- Distribution (Citus, later): every table with a `slot` column is distributed by it; the others are reference tables.
-- Story time is what policies speak of and may be virtual; lease time (lease_until, seen_at, created_at) is the server's clock.

CREATE TABLE relance.clock (
  one boolean PRIMARY KEY DEFAULT true CHECK (one),
  mode text NOT NULL DEFAULT 'real' CHECK (mode IN ('real', 'scaled', 'virtual')),
  story_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  real_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  scale double precision NOT NULL DEFAULT 1 CHECK (scale > 0),
  advancer text,
  advancer_until timestamptz
);
INSERT INTO relance.clock DEFAULT VALUES;

CREATE FUNCTION relance.story_now() RETURNS timestamptz LANGUAGE sql VOLATILE AS $$
  SELECT date_trunc('milliseconds', CASE mode
    WHEN 'real' THEN clock_timestamp()
    WHEN 'scaled' THEN story_at + (clock_timestamp() - real_at) * scale
    ELSE story_at END)
  FROM relance.clock
$$;

CREATE TABLE relance.tenants (
  id text PRIMARY KEY,
  name text,
  settings jsonb NOT NULL DEFAULT '{}',
  created_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
INSERT INTO relance.tenants (id) VALUES ('default');

-- People ------------------------------------------------------------------------------------------------------------

CREATE TABLE relance.recipients (
  slot smallint NOT NULL,
  tenant text NOT NULL,
  id text NOT NULL,
  name text,
  email text,
  phone text,
  locale text,
  time_zone text,
  location jsonb,
  manager text,
  traits jsonb NOT NULL DEFAULT '{}',
  endpoints jsonb NOT NULL DEFAULT '[]',
  plan jsonb,
  away jsonb NOT NULL DEFAULT '[]',
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  updated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (slot, tenant, id)
);
CREATE INDEX recipients_list ON relance.recipients (tenant, id);

CREATE TABLE relance.groups (
  tenant text NOT NULL,
  id text NOT NULL,
  name text,
  updated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (tenant, id)
);
CREATE TABLE relance.group_members (
  tenant text NOT NULL,
  group_id text NOT NULL,
  recipient text NOT NULL,
  position integer NOT NULL,
  PRIMARY KEY (tenant, group_id, recipient),
  FOREIGN KEY (tenant, group_id) REFERENCES relance.groups ON DELETE CASCADE
);

-- Definitions: a policy version is immutable; a template's latest version is what renders ------------------------------

CREATE TABLE relance.policies (
  tenant text NOT NULL,
  id text NOT NULL,
  latest integer NOT NULL,
  deleted_at timestamptz,
  updated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (tenant, id)
);
CREATE TABLE relance.policy_versions (
  tenant text NOT NULL,
  id text NOT NULL,
  version integer NOT NULL,
  written jsonb NOT NULL,
  digest text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  created_by text,
  PRIMARY KEY (tenant, id, version)
);
CREATE TABLE relance.templates (
  tenant text NOT NULL,
  id text NOT NULL,
  version integer NOT NULL DEFAULT 1,
  body jsonb NOT NULL,
  updated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (tenant, id)
);
CREATE TABLE relance.categories (
  tenant text NOT NULL,
  id text NOT NULL,
  title text NOT NULL,
  essential boolean NOT NULL DEFAULT false,
  defaults jsonb NOT NULL DEFAULT '{}',
  PRIMARY KEY (tenant, id)
);

-- Follow-ups: hot rows. No index names a column that a stage advance changes, so that advances stay HOT ----------------

CREATE TABLE relance.follow_ups (
  slot smallint NOT NULL,
  id uuid NOT NULL,
  tenant text NOT NULL,
  policy text NOT NULL,
  version integer NOT NULL,
  key text NOT NULL,
  assignee_key text NOT NULL DEFAULT '',
  generation integer NOT NULL DEFAULT 1,
  status text NOT NULL,
  outcome text,
  urgency text NOT NULL,
  subject jsonb NOT NULL,
  data jsonb NOT NULL,
  assignee text,
  requester text,
  team text,
  due_at timestamptz,
  opened_at timestamptz NOT NULL,
  acknowledged_at timestamptz,
  acknowledged_by text,
  closed_at timestamptz,
  closed_by text,
  snoozed_until timestamptz,
  escalation_level smallint NOT NULL DEFAULT 0,
  stage text,
  next_at timestamptz,
  next_stage text,
  wake_at timestamptz,
  waits_for text,
  unknown_recipient text,
  state jsonb NOT NULL,
  revision integer NOT NULL DEFAULT 1,
  timeline_count integer NOT NULL DEFAULT 0,
  PRIMARY KEY (slot, id)
) WITH (fillfactor = 80);
CREATE INDEX follow_ups_by_key ON relance.follow_ups (slot, tenant, policy, key);
CREATE INDEX follow_ups_list ON relance.follow_ups (tenant, id);
CREATE INDEX follow_ups_unknown ON relance.follow_ups (tenant, unknown_recipient) WHERE unknown_recipient IS NOT NULL;

CREATE TABLE relance.live_keys (
  slot smallint NOT NULL,
  tenant text NOT NULL,
  policy text NOT NULL,
  key text NOT NULL,
  assignee_key text NOT NULL,
  follow_up_id uuid NOT NULL,
  PRIMARY KEY (slot, tenant, policy, key, assignee_key)
);

CREATE TABLE relance.timers (
  slot smallint NOT NULL,
  wake_at timestamptz NOT NULL,
  follow_up_id uuid NOT NULL,
  PRIMARY KEY (slot, wake_at, follow_up_id)
) WITH (autovacuum_vacuum_scale_factor = 0.02);

CREATE TABLE relance.fan_outs (
  slot smallint NOT NULL,
  follow_up_id uuid NOT NULL,
  stage text NOT NULL,
  run integer NOT NULL,
  notify smallint NOT NULL,
  tenant text NOT NULL,
  group_id text NOT NULL,
  cursor text NOT NULL DEFAULT '',
  stopped_by smallint NOT NULL,
  effect jsonb NOT NULL,
  PRIMARY KEY (slot, follow_up_id, stage, run, notify)
);

-- One row, committed before each batch and deleted inside it, tells after a crash which rows were in hand.
CREATE TABLE relance.batches (
  id uuid PRIMARY KEY,
  slot smallint NOT NULL,
  node text NOT NULL,
  follow_up_ids uuid[] NOT NULL,
  started_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE TABLE relance.suspects (
  slot smallint NOT NULL,
  follow_up_id uuid NOT NULL,
  crashes integer NOT NULL DEFAULT 1,
  last_error text,
  retry_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (slot, follow_up_id)
);

-- Messages: the outbox holds what is not finished; the finished ones move to `messages`, partitioned by the month in their id

CREATE TABLE relance.outbox (
  slot smallint NOT NULL,
  id uuid NOT NULL,
  tenant text NOT NULL,
  follow_up_id uuid NOT NULL,
  stage text NOT NULL,
  run integer NOT NULL,
  notify smallint NOT NULL,
  entry smallint NOT NULL,
  recipient text NOT NULL,
  channel text NOT NULL,
  status text NOT NULL,
  send_at timestamptz,
  after_ms bigint,
  otherwise boolean NOT NULL DEFAULT false,
  template text,
  role text NOT NULL,
  urgency smallint NOT NULL, -- 0 low … 3 urgent
  stopped_by smallint NOT NULL, -- 0 acknowledge, 1 resolve, 2 nothing
  reason text NOT NULL,
  planned_at timestamptz NOT NULL,
  attempts smallint NOT NULL DEFAULT 0,
  fence integer NOT NULL DEFAULT 0,
  node text,
  connection text,
  lease_until timestamptz,
  content jsonb,
  PRIMARY KEY (slot, id)
) WITH (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.02);
CREATE INDEX outbox_follow_up ON relance.outbox (slot, follow_up_id);
CREATE INDEX outbox_due ON relance.outbox (slot, urgency DESC, send_at) WHERE status IN ('queued', 'deferred');
CREATE INDEX outbox_leased ON relance.outbox (slot, lease_until) WHERE status IN ('leased', 'sending');

CREATE TABLE relance.messages (
  slot smallint NOT NULL,
  id uuid NOT NULL,
  tenant text NOT NULL,
  follow_up_id uuid NOT NULL,
  stage text NOT NULL,
  run integer NOT NULL,
  notify smallint NOT NULL,
  entry smallint NOT NULL,
  recipient text NOT NULL,
  channel text NOT NULL,
  connection text,
  status text NOT NULL,
  reason text NOT NULL,
  engagement text[] NOT NULL DEFAULT '{}',
  attempts smallint NOT NULL,
  planned_at timestamptz NOT NULL,
  sent_at timestamptz,
  provider_id text,
  content jsonb,
  PRIMARY KEY (id)
) PARTITION BY RANGE (id);
CREATE INDEX messages_follow_up ON relance.messages (follow_up_id);
CREATE INDEX messages_recipient ON relance.messages (tenant, recipient, id);

CREATE TABLE relance.attempts (
  message_id uuid NOT NULL,
  n smallint NOT NULL,
  slot smallint NOT NULL,
  tenant text NOT NULL,
  at timestamptz NOT NULL,
  connection text NOT NULL,
  outcome text NOT NULL,
  detail text,
  PRIMARY KEY (message_id, n)
) PARTITION BY RANGE (message_id);

CREATE TABLE relance.receipts (
  message_id uuid NOT NULL,
  kind text NOT NULL,
  at timestamptz NOT NULL,
  slot smallint NOT NULL,
  tenant text NOT NULL,
  provider text NOT NULL,
  evidence text,
  detail text,
  PRIMARY KEY (message_id, kind, at)
) PARTITION BY RANGE (message_id);

CREATE TABLE relance.timeline (
  follow_up_id uuid NOT NULL,
  seq integer NOT NULL,
  slot smallint NOT NULL,
  tenant text NOT NULL,
  at timestamptz NOT NULL,
  kind text NOT NULL,
  reason text NOT NULL,
  stage text,
  recipient text,
  channel text,
  message_id uuid,
  actor text,
  evidence text,
  data jsonb,
  PRIMARY KEY (follow_up_id, seq)
) PARTITION BY RANGE (follow_up_id);

-- The in-app inbox, in the recipient's slot. `seq` orders the live stream and is its resume point.
CREATE TABLE relance.inbox (
  slot smallint NOT NULL,
  tenant text NOT NULL,
  recipient text NOT NULL,
  message_id uuid NOT NULL,
  seq bigint GENERATED ALWAYS AS IDENTITY,
  follow_up_id uuid NOT NULL,
  at timestamptz NOT NULL,
  title text NOT NULL,
  body text NOT NULL,
  actions jsonb NOT NULL DEFAULT '[]',
  read_at timestamptz,
  archived_at timestamptz,
  PRIMARY KEY (slot, tenant, recipient, message_id)
);
CREATE INDEX inbox_follow_up ON relance.inbox (follow_up_id);
CREATE INDEX inbox_stream ON relance.inbox (slot, tenant, recipient, seq);

-- Action links: stored by hash, so that a dump holds no usable link.
CREATE TABLE relance.action_tokens (
  hash bytea PRIMARY KEY,
  tenant text NOT NULL,
  follow_up_id uuid NOT NULL,
  message_id uuid NOT NULL,
  recipient text NOT NULL,
  action text NOT NULL,
  expires_at timestamptz NOT NULL,
  used_at timestamptz
);

-- Events ------------------------------------------------------------------------------------------------------------

CREATE TABLE relance.events (
  id uuid NOT NULL,
  slot smallint NOT NULL,
  tenant text NOT NULL,
  event_id text NOT NULL,
  source text NOT NULL,
  type text NOT NULL,
  received_at timestamptz NOT NULL,
  body jsonb NOT NULL,
  matches jsonb NOT NULL DEFAULT '[]',
  PRIMARY KEY (id)
) PARTITION BY RANGE (id);
CREATE INDEX events_by_event_id ON relance.events (tenant, event_id);
CREATE INDEX events_list ON relance.events (tenant, id);

CREATE TABLE relance.event_keys (
  slot smallint NOT NULL,
  tenant text NOT NULL,
  key uuid NOT NULL, -- hash of source and id
  event_id uuid NOT NULL,
  seen_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (slot, tenant, key)
);

-- A resolve or cancel that came before its start is kept and matched.
CREATE TABLE relance.early_events (
  slot smallint NOT NULL,
  tenant text NOT NULL,
  policy text NOT NULL,
  key text NOT NULL,
  event_id uuid NOT NULL,
  role text NOT NULL,
  outcome text,
  event_at timestamptz,
  arrived_at timestamptz NOT NULL,
  PRIMARY KEY (slot, tenant, policy, key, event_id)
);

-- The door --------------------------------------------------------------------------------------------------------

CREATE TABLE relance.api_keys (
  id text PRIMARY KEY,
  tenant text NOT NULL,
  hash bytea NOT NULL UNIQUE,
  name text,
  scopes text[] NOT NULL DEFAULT '{admin}',
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  revoked_at timestamptz
);
CREATE TABLE relance.idempotency_keys (
  tenant text NOT NULL,
  route text NOT NULL,
  key text NOT NULL,
  request_hash bytea NOT NULL,
  status smallint,
  response jsonb,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (tenant, route, key)
);

-- Partitions: by the month in the id -------------------------------------------------------------------------------

CREATE FUNCTION relance.id_floor(at timestamptz) RETURNS uuid LANGUAGE sql IMMUTABLE AS $$
  SELECT (lpad(to_hex((extract(epoch FROM at) * 1000)::bigint), 12, '0') || repeat('0', 20))::uuid
$$;

CREATE FUNCTION relance.ensure_month(at timestamptz) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
  month timestamp := date_trunc('month', at AT TIME ZONE 'UTC');
  suffix text := to_char(month, 'YYYYMM');
  low uuid := relance.id_floor(month AT TIME ZONE 'UTC');
  high uuid := relance.id_floor((month + interval '1 month') AT TIME ZONE 'UTC');
  parent text;
BEGIN
  IF to_regclass('relance.events_' || suffix) IS NOT NULL THEN RETURN; END IF;
  PERFORM pg_advisory_xact_lock(hashtext('relance.ensure_month'));
  FOREACH parent IN ARRAY ARRAY['messages', 'attempts', 'receipts', 'timeline', 'events'] LOOP
    EXECUTE format('CREATE TABLE IF NOT EXISTS relance.%I PARTITION OF relance.%I FOR VALUES FROM (%L) TO (%L)',
      parent || '_' || suffix, parent, low, high);
  END LOOP;
END $$;

-- Two roles and row-level security ---------------------------------------------------------------------------------

GRANT USAGE ON SCHEMA relance TO relance_engine, relance_api;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA relance TO relance_engine, relance_api;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA relance TO relance_engine, relance_api;
REVOKE UPDATE, DELETE ON relance.timeline, relance.policy_versions FROM relance_api;
REVOKE ALL ON relance.batches, relance.suspects FROM relance_api;
REVOKE INSERT, DELETE ON relance.clock FROM relance_engine, relance_api;

DO $$
DECLARE name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['recipients', 'groups', 'group_members', 'policies', 'policy_versions', 'templates', 'categories',
    'follow_ups', 'live_keys', 'fan_outs', 'outbox', 'messages', 'attempts', 'receipts', 'timeline', 'inbox',
    'action_tokens', 'events', 'event_keys', 'early_events', 'idempotency_keys'] LOOP
    EXECUTE format('ALTER TABLE relance.%I ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('ALTER TABLE relance.%I FORCE ROW LEVEL SECURITY', name);
    EXECUTE format('CREATE POLICY own_tenant ON relance.%I USING (tenant = current_setting(''relance.tenant'', true))', name);
    EXECUTE format('CREATE POLICY all_tenants ON relance.%I TO relance_engine USING (true)', name);
  END LOOP;
END $$;
