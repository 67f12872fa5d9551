-- Whom a follow-up asks where it asks several (`require`), so that what waits for one of them is found. No advance changes it, so
-- advances stay HOT. Null where one is asked: that is `assignee`, which has an index of its own.
ALTER TABLE relance.follow_ups ADD COLUMN asked jsonb;
-- Whoever migrates need not have a role that sees the rows of all tenants; the engine's has.
SET LOCAL ROLE relance_engine;
UPDATE relance.follow_ups SET asked = state -> 'assignees' WHERE state ? 'assignees' AND status IN ('open', 'acknowledged');
RESET ROLE;
CREATE INDEX follow_ups_of_asked ON relance.follow_ups USING gin (asked) WHERE asked IS NOT NULL AND status IN ('open', 'acknowledged');
