-- Of an event: whose activity it was recorded as. One that no policy is about may have had an effect all the same.
ALTER TABLE relance.events ADD COLUMN activities jsonb NOT NULL DEFAULT '[]';
