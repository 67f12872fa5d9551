-- What went in a message that came back has gone in another all the same (core/metrics.ts): such follow-ups are counted again.

-- Whoever migrates need not have a role that sees the rows of all tenants; the engine's has.
SET LOCAL ROLE relance_engine;
INSERT INTO relance.metric_marks (slot, follow_up_id, tenant)
SELECT DISTINCT m.slot, m.follow_up_id, m.tenant FROM relance.messages m WHERE m.carrier IS NOT NULL AND m.status = 'bounced';
RESET ROLE;
