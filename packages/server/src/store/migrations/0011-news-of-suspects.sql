-- What reached a follow-up that cannot be decided (a hand-over's outcome) waits with it until it can, or it would be lost.
ALTER TABLE relance.suspects ADD COLUMN inputs jsonb NOT NULL DEFAULT '[]';
