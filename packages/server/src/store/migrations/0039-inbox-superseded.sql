-- Of a follow-up a recipient's inbox shows one item, the newest: it archives those before it, which say which one did. An alarm
-- is about several follow-ups: it stands alone, takes the place of nothing, and nothing takes its place.
ALTER TABLE relance.inbox
  ADD COLUMN superseded_by uuid,
  ADD COLUMN alone boolean NOT NULL DEFAULT false;
