-- Why a message that had passed the gate when its plan was revoked may not start again: what is under way cannot be taken
-- back, but whatever its provider answers, it is not tried once more.
ALTER TABLE relance.outbox ADD COLUMN called_off text;
