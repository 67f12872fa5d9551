-- Figures of what has gone wrong, and of when people are interrupted (core/interruption.ts). The hours are noted with the message when
-- it is handed over, by the clock of whoever gets it; of those that went before this nobody knows them, and they are in none.
ALTER TABLE relance.messages ADD COLUMN hours smallint;

ALTER TABLE relance.metric_days
  ADD COLUMN exhausted bigint NOT NULL DEFAULT 0,
  ADD COLUMN unreached bigint NOT NULL DEFAULT 0,
  ADD COLUMN interrupted_business bigint NOT NULL DEFAULT 0,
  ADD COLUMN interrupted_evening bigint NOT NULL DEFAULT 0,
  ADD COLUMN interrupted_night bigint NOT NULL DEFAULT 0,
  ADD COLUMN interrupted_weekend bigint NOT NULL DEFAULT 0;
ALTER TABLE relance.metric_sums
  ADD COLUMN exhausted bigint NOT NULL DEFAULT 0,
  ADD COLUMN unreached bigint NOT NULL DEFAULT 0,
  ADD COLUMN interrupted_business bigint NOT NULL DEFAULT 0,
  ADD COLUMN interrupted_evening bigint NOT NULL DEFAULT 0,
  ADD COLUMN interrupted_night bigint NOT NULL DEFAULT 0,
  ADD COLUMN interrupted_weekend bigint NOT NULL DEFAULT 0;

-- Whom nobody reached and what ran out is known of those that there are.
INSERT INTO relance.metric_marks (slot, follow_up_id, tenant) SELECT slot, id, tenant FROM relance.follow_ups;

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
  exhausted, unreached, interrupted_business, interrupted_evening, interrupted_night, interrupted_weekend
FROM relance.metric_days;
