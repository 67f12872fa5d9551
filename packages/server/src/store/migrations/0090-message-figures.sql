-- Figures of messages by how they were sent: by which provider, in the words of which version of a template, in which language. It is
-- noted when a message is handed over; of those that went before this nobody knows it, and they count under none.
ALTER TABLE relance.messages
  ADD COLUMN provider text,
  ADD COLUMN template text, -- null: the words that are built in
  ADD COLUMN template_version integer,
  ADD COLUMN locale text;

-- A message counts in one row alone, so rows are added up in any way. In the tenant's slot.
CREATE TABLE relance.metric_messages (
  slot smallint NOT NULL,
  tenant text NOT NULL,
  day date NOT NULL,
  policy text NOT NULL,
  stage text NOT NULL,
  channel text NOT NULL,
  provider text NOT NULL, -- empty: none, or nobody knows; as the next three, and 0
  template text NOT NULL,
  template_version integer NOT NULL,
  locale text NOT NULL,
  messages bigint NOT NULL,
  accepted bigint NOT NULL,
  delivered bigint NOT NULL,
  bounced bigint NOT NULL,
  merged bigint NOT NULL,
  tells_opens bigint NOT NULL,
  opened bigint NOT NULL,
  opened_human bigint NOT NULL,
  tells_clicks bigint NOT NULL,
  clicked_human bigint NOT NULL,
  answered bigint NOT NULL,
  interrupted_business bigint NOT NULL,
  interrupted_evening bigint NOT NULL,
  interrupted_night bigint NOT NULL,
  interrupted_weekend bigint NOT NULL,
  PRIMARY KEY (slot, tenant, day, policy, stage, channel, provider, template, template_version, locale)
) WITH (fillfactor = 80);
-- Months added up, as metric_sums: they hold while their month is not stale. `day` is its first.
CREATE TABLE relance.metric_message_sums (LIKE relance.metric_messages INCLUDING ALL);

GRANT SELECT, INSERT, UPDATE, DELETE ON relance.metric_messages, relance.metric_message_sums TO relance_engine;
GRANT SELECT ON relance.metric_messages, relance.metric_message_sums TO relance_api;
DO $$
DECLARE name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['metric_messages', 'metric_message_sums'] LOOP
    EXECUTE format('ALTER TABLE relance.%I ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('ALTER TABLE relance.%I FORCE ROW LEVEL SECURITY', name);
    EXECUTE format('CREATE POLICY own_tenant ON relance.%I USING (tenant = current_setting(''relance.tenant'', true))', name);
    EXECUTE format('CREATE POLICY all_tenants ON relance.%I TO relance_engine USING (true)', name);
  END LOOP;
END $$;

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
  (accepted - bounced)::double precision / nullif(messages, 0) AS delivery_rate
FROM relance.metric_days;

CREATE VIEW relance.message_figures WITH (security_invoker = true) AS
SELECT tenant, day, policy, stage, channel, nullif(provider, '') AS provider, nullif(template, '') AS template,
  nullif(template_version, 0) AS template_version, nullif(locale, '') AS locale,
  messages, accepted, delivered, bounced, merged, tells_opens, opened, opened_human, tells_clicks, clicked_human, answered,
  interrupted_business, interrupted_evening, interrupted_night, interrupted_weekend,
  (accepted - bounced)::double precision / nullif(messages, 0) AS delivery_rate,
  opened::double precision / nullif(tells_opens, 0) AS open_rate,
  opened_human::double precision / nullif(tells_opens, 0) AS open_rate_human,
  clicked_human::double precision / nullif(tells_clicks, 0) AS click_rate,
  answered::double precision / nullif(accepted, 0) AS acted_rate
FROM relance.metric_messages;
GRANT SELECT ON relance.message_figures TO relance_engine, relance_api;

-- What was counted before stands under what nobody knows: a message is in one of the rows of stage and channel. What is there of the
-- months is added up anew, and whatever the migrations before this one could not mark is counted: whoever migrates need not have a
-- role that sees the rows of all tenants.
ALTER TABLE relance.metric_days NO FORCE ROW LEVEL SECURITY;
ALTER TABLE relance.metric_messages NO FORCE ROW LEVEL SECURITY;
INSERT INTO relance.metric_messages (slot, tenant, day, policy, stage, channel, provider, template, template_version, locale,
    messages, accepted, delivered, bounced, merged, tells_opens, opened, opened_human, tells_clicks, clicked_human, answered,
    interrupted_business, interrupted_evening, interrupted_night, interrupted_weekend)
  SELECT slot, tenant, day, policy, stage, channel, '', '', 0, '',
    sum(messages), sum(accepted), sum(delivered), sum(bounced), sum(merged), sum(tells_opens), sum(opened), sum(opened_human),
    sum(tells_clicks), sum(clicked_human), sum(answered),
    sum(interrupted_business), sum(interrupted_evening), sum(interrupted_night), sum(interrupted_weekend)
  FROM relance.metric_days WHERE stage <> '' AND channel <> '' GROUP BY slot, tenant, day, policy, stage, channel;
ALTER TABLE relance.metric_days FORCE ROW LEVEL SECURITY;
ALTER TABLE relance.metric_messages FORCE ROW LEVEL SECURITY;
ALTER TABLE relance.follow_ups NO FORCE ROW LEVEL SECURITY;
ALTER TABLE relance.metric_marks NO FORCE ROW LEVEL SECURITY;
ALTER TABLE relance.metric_months NO FORCE ROW LEVEL SECURITY;
INSERT INTO relance.metric_marks (slot, follow_up_id, tenant) SELECT slot, id, tenant FROM relance.follow_ups;
UPDATE relance.metric_months SET stale = true;
ALTER TABLE relance.follow_ups FORCE ROW LEVEL SECURITY;
ALTER TABLE relance.metric_marks FORCE ROW LEVEL SECURITY;
ALTER TABLE relance.metric_months FORCE ROW LEVEL SECURITY;
