-- Every secret that an endpoint has had within a day is signed with, not the last one alone: somebody who rotates twice does not
-- take away the one that is in use. `[{"secret": sealed, "until": milliseconds}]`, the newest first.
ALTER TABLE relance.webhooks ADD COLUMN old_secrets jsonb NOT NULL DEFAULT '[]';
-- Whoever migrates owns the table, and need not have a role that sees the rows of all tenants.
ALTER TABLE relance.webhooks NO FORCE ROW LEVEL SECURITY;
UPDATE relance.webhooks
SET old_secrets = jsonb_build_array(jsonb_build_object('secret', old_secret, 'until', floor(extract(epoch FROM old_until) * 1000)))
WHERE old_secret IS NOT NULL AND old_until IS NOT NULL;
ALTER TABLE relance.webhooks FORCE ROW LEVEL SECURITY;
ALTER TABLE relance.webhooks DROP COLUMN old_secret, DROP COLUMN old_until;
