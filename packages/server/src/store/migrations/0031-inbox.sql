-- How an item shows itself and where it leads; and every change of it in one order, so that a stream which broke off can tell
-- what was read or archived elsewhere as well as what is new. `seq` is the change that made the item.
CREATE SEQUENCE relance.inbox_change;
ALTER TABLE relance.inbox ALTER COLUMN seq DROP IDENTITY;
ALTER TABLE relance.inbox
  ADD COLUMN display text NOT NULL DEFAULT 'feed', -- feed, banner, toast, modal; after `until` a feed
  ADD COLUMN until timestamptz,
  ADD COLUMN url text,
  ADD COLUMN urgency smallint NOT NULL DEFAULT 1, -- 0 low … 3 urgent
  ADD COLUMN changed bigint,
  ADD COLUMN changed_at timestamptz NOT NULL DEFAULT clock_timestamp(); -- the server's clock
-- Whoever migrates need not have a role that sees the rows of all tenants.
ALTER TABLE relance.inbox NO FORCE ROW LEVEL SECURITY;
UPDATE relance.inbox SET changed = seq;
SELECT setval('relance.inbox_change', greatest(1, (SELECT max(seq) FROM relance.inbox)));
ALTER TABLE relance.inbox FORCE ROW LEVEL SECURITY;
ALTER TABLE relance.inbox ALTER COLUMN changed SET NOT NULL;
CREATE INDEX inbox_changes ON relance.inbox (slot, tenant, recipient, changed);
-- Counted for every reader, of inboxes that grow for years: only what is not archived.
CREATE INDEX inbox_current ON relance.inbox (slot, tenant, recipient) WHERE archived_at IS NULL;
GRANT USAGE ON SEQUENCE relance.inbox_change TO relance_engine, relance_api;
