-- Replies are looked for by their follow-up as well, whatever the slot: where somebody is erased from them, and when they have been
-- kept long enough.
CREATE INDEX replies_follow_up ON relance.replies (follow_up_id);
