-- What may leave is looked up by channel, over all slots at once: each channel has places of its own.
DROP INDEX relance.outbox_due;
CREATE INDEX outbox_due ON relance.outbox (channel, urgency, send_at) WHERE status IN ('queued', 'deferred');
