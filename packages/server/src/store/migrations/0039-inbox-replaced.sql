-- Of a follow-up a recipient's inbox shows one item: a newer one archives those before it that offer no more, and they say which
-- one did. An alarm is about several follow-ups: it stands alone, takes the place of nothing, and nothing takes its place.
ALTER TABLE relance.inbox
  ADD COLUMN replaced_by uuid,
  ADD COLUMN alone boolean NOT NULL DEFAULT false;
-- Alarms that are in inboxes already, or the next reminder would archive them. Whoever migrates need not have a role that sees the
-- rows of all tenants; the engine's has.
SET LOCAL ROLE relance_engine;
UPDATE relance.inbox i SET alone = true FROM relance.messages m
  WHERE i.archived_at IS NULL AND m.id = i.message_id AND m.stage = '@alarm';
RESET ROLE;
