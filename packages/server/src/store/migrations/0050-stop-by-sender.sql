-- STOP is said to one sender of ours (a number, a short code, a messaging service), and the others may go on: '' is every sender.
ALTER TABLE relance.suppressions ADD COLUMN sender text NOT NULL DEFAULT '';
DROP INDEX relance.suppressions_active;
CREATE UNIQUE INDEX suppressions_active ON relance.suppressions (tenant, channel, address, source, sender) WHERE lifted_at IS NULL;
