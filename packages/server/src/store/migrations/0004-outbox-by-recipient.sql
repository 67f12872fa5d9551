-- A hand-over looks up the other channels of its own notification; a follow-up that tells a large group has as many
-- messages as the group has members, so the way to them goes by recipient.

DROP INDEX relance.outbox_follow_up;
CREATE INDEX outbox_follow_up ON relance.outbox (slot, follow_up_id, recipient);
