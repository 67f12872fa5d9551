-- What several follow-ups have left in one message (a digest): one row for each of them that names the message (`carrier`). The
-- row of the follow-up whose message it is is the one by which it is rewritten, so one node does that at a time; the others make
-- that one due. Zero: messages of the follow-up alone.
ALTER TABLE relance.clear_ups ADD COLUMN carrier uuid NOT NULL DEFAULT '00000000-0000-0000-0000-000000000000',
  ADD COLUMN says text; -- what the message shows by now, hashed; null: as it was sent; empty: in somebody's hands, so nobody knows
ALTER TABLE relance.clear_ups DROP CONSTRAINT clear_ups_pkey, ADD PRIMARY KEY (slot, follow_up_id, channel, carrier);
