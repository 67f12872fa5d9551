-- What a message waits for the end of (a window, quiet hours, a calendar) before it may leave: of several stages that wait
-- for the same opening only the newest is sent, so those that wait must be known from those that are tried again.
ALTER TABLE relance.outbox ADD COLUMN held_by text;
