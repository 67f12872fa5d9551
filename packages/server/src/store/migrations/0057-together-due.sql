-- What goes together is due at nine in the morning for everybody: whose turn it is is found in the order in which it leaves, all
-- that they have of it by who they are, and it stands in the way of nothing that leaves alone.
DROP INDEX relance.outbox_together;
CREATE INDEX outbox_together ON relance.outbox (channel, urgency, send_at) WHERE together IS NOT NULL AND status IN ('queued', 'deferred');
CREATE INDEX outbox_together_of ON relance.outbox (tenant, recipient, together) WHERE together IS NOT NULL AND status IN ('queued', 'deferred');
DROP INDEX relance.outbox_due;
CREATE INDEX outbox_due ON relance.outbox (channel, urgency, send_at) WHERE together IS NULL AND status IN ('queued', 'deferred');
