-- Tests of templates in inboxes are no follow-up's, so nothing that goes by follow-ups finds them: what ends them, and an erasure.
CREATE INDEX inbox_tests ON relance.inbox (tenant) WHERE follow_up_id = message_id;
