-- Figures of the dates that people promise, and rates of what has gone wrong. What there is is counted again, without waiting: of what
-- retention has made final nobody knows it, and it stays without.
ALTER TABLE relance.metric_days
  ADD COLUMN commitments bigint NOT NULL DEFAULT 0,
  ADD COLUMN commitments_kept bigint NOT NULL DEFAULT 0,
  ADD COLUMN commitments_missed bigint NOT NULL DEFAULT 0;
ALTER TABLE relance.metric_sums
  ADD COLUMN commitments bigint NOT NULL DEFAULT 0,
  ADD COLUMN commitments_kept bigint NOT NULL DEFAULT 0,
  ADD COLUMN commitments_missed bigint NOT NULL DEFAULT 0;

CREATE OR REPLACE VIEW relance.figures WITH (security_invoker = true) AS
SELECT tenant, day, policy, nullif(stage, '') AS stage, nullif(channel, '') AS channel, nullif(team, '') AS team, level,
  follow_ups, open, resolved, cancelled, expired, escalated, resolved_after, messages, accepted, delivered, bounced, merged,
  tells_opens, opened, opened_human, tells_clicks, clicked_human, answered,
  opened::double precision / nullif(tells_opens, 0) AS open_rate,
  opened_human::double precision / nullif(tells_opens, 0) AS open_rate_human,
  clicked_human::double precision / nullif(tells_clicks, 0) AS click_rate,
  answered::double precision / nullif(accepted, 0) AS acted_rate,
  CASE WHEN stage = '' THEN resolved::double precision / nullif(follow_ups - cancelled, 0)
    ELSE resolved_after::double precision / nullif(follow_ups, 0) END AS conversion_rate,
  escalated::double precision / nullif(follow_ups, 0) AS escalation_rate,
  exhausted, unreached, interrupted_business, interrupted_evening, interrupted_night, interrupted_weekend,
  (accepted - bounced)::double precision / nullif(messages, 0) AS delivery_rate,
  commitments, commitments_kept, commitments_missed,
  commitments_kept::double precision / nullif(commitments_kept + commitments_missed, 0) AS commitment_kept_rate,
  expired::double precision / nullif(follow_ups, 0) AS expired_rate,
  exhausted::double precision / nullif(follow_ups, 0) AS exhausted_rate,
  unreached::double precision / nullif(follow_ups, 0) AS unreached_rate
FROM relance.metric_days;

ALTER TABLE relance.follow_ups NO FORCE ROW LEVEL SECURITY;
ALTER TABLE relance.timeline NO FORCE ROW LEVEL SECURITY;
ALTER TABLE relance.metric_marks NO FORCE ROW LEVEL SECURITY;
INSERT INTO relance.metric_marks (slot, follow_up_id, tenant) SELECT DISTINCT f.slot, f.id, f.tenant
  FROM relance.follow_ups f JOIN relance.timeline t ON t.follow_up_id = f.id AND t.slot = f.slot WHERE t.kind = 'committed';
ALTER TABLE relance.follow_ups FORCE ROW LEVEL SECURITY;
ALTER TABLE relance.timeline FORCE ROW LEVEL SECURITY;
ALTER TABLE relance.metric_marks FORCE ROW LEVEL SECURITY;
