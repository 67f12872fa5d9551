-- A closing that came before its start is told in the timeline by the id that its sender gave it, as every other event is.
-- Null for what was kept before: it is told by our own id.
ALTER TABLE relance.early_events ADD COLUMN sender_event_id text;
