-- How long an entry of a contact plan waits after the first hand-over, as a duration in a zone: business hours and days have no
-- length of their own. What waits already counts in exact time, as it was planned.
ALTER TABLE relance.outbox ADD COLUMN after jsonb;
-- Whoever migrates need not have a role that sees the rows of all tenants.
ALTER TABLE relance.outbox NO FORCE ROW LEVEL SECURITY;
UPDATE relance.outbox SET after = jsonb_build_object('duration', jsonb_build_object('kind', 'exact', 'ms', after_ms), 'zone', 'UTC') WHERE after_ms IS NOT NULL;
ALTER TABLE relance.outbox FORCE ROW LEVEL SECURITY;
ALTER TABLE relance.outbox DROP COLUMN after_ms;
