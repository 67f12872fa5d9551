-- What people and programs wrote back to messages, with what became of it. In the follow-up's slot. The same mail twice is one:
-- `provider_id` is the sender's own id of it, else a digest of the whole.
CREATE TABLE relance.replies (
  slot smallint NOT NULL,
  id uuid NOT NULL,
  tenant text NOT NULL,
  follow_up_id uuid NOT NULL,
  message_id uuid NOT NULL, -- the message that it answers
  channel text NOT NULL,
  provider_id text NOT NULL,
  sender text NOT NULL, -- the address that it came from, as it was written
  recipient text, -- who that is; null: nobody is known by it
  evidence text, -- null: nothing proves that it is about this message
  at timestamptz NOT NULL,
  kind text NOT NULL, -- human, automatic
  subject text,
  text text NOT NULL, -- what is new in it
  meaning jsonb,
  became text NOT NULL, -- command, opted_out, conversation, nothing
  why text, -- of what became a conversation or nothing
  command text,
  status text NOT NULL, -- open, answered, closed
  answers jsonb NOT NULL DEFAULT '[]', -- [{at, by, text, message}]
  closed_at timestamptz,
  closed_by text,
  PRIMARY KEY (slot, id)
);
CREATE UNIQUE INDEX replies_once ON relance.replies (slot, follow_up_id, channel, provider_id);
CREATE INDEX replies_list ON relance.replies (tenant, id);
CREATE INDEX replies_recipient ON relance.replies (tenant, recipient);
CREATE INDEX replies_open ON relance.replies (tenant, id) WHERE status = 'open';

GRANT SELECT, INSERT, UPDATE, DELETE ON relance.replies TO relance_engine, relance_api;
ALTER TABLE relance.replies ENABLE ROW LEVEL SECURITY;
ALTER TABLE relance.replies FORCE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON relance.replies USING (tenant = current_setting('relance.tenant', true));
CREATE POLICY all_tenants ON relance.replies TO relance_engine USING (true);
