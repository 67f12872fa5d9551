-- Whom messages interrupted, by person and quarter, so that a question about a quarter reads no messages (docs/decisions/0016). A row is of
-- one policy, or of all (empty). It goes with the messages that it is made of, and is in the tenant's slot.
CREATE TABLE relance.metric_people (
  slot smallint NOT NULL,
  tenant text NOT NULL,
  policy text NOT NULL,
  quarter date NOT NULL, -- its first day
  recipient text NOT NULL,
  first smallint NOT NULL, -- day of the quarter, from 0
  last smallint NOT NULL,
  days bytea NOT NULL, -- of each day from first to last, how many up to it of each kind of hours (core/person-cells.ts)
  PRIMARY KEY (slot, tenant, policy, quarter, recipient)
) WITH (fillfactor = 80);

GRANT SELECT, INSERT, UPDATE, DELETE ON relance.metric_people TO relance_engine;
GRANT SELECT ON relance.metric_people TO relance_api;
ALTER TABLE relance.metric_people ENABLE ROW LEVEL SECURITY;
ALTER TABLE relance.metric_people FORCE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON relance.metric_people USING (tenant = current_setting('relance.tenant', true));
CREATE POLICY all_tenants ON relance.metric_people TO relance_engine USING (true);

-- How many up to a day (of those that are kept, from 0; below that there were none), of business, evening, night or weekend hours.
CREATE FUNCTION relance.interrupted_until(days bytea, width integer, day integer, hours integer) RETURNS integer
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE
  WHEN day < 0 THEN 0
  WHEN width = 1 THEN get_byte(days, 4 * day + hours)
  WHEN width = 2 THEN get_byte(days, 8 * day + 2 * hours) * 256 + get_byte(days, 8 * day + 2 * hours + 1)
  ELSE get_byte(days, 16 * day + 4 * hours) * 16777216 + get_byte(days, 16 * day + 4 * hours + 1) * 65536
    + get_byte(days, 16 * day + 4 * hours + 2) * 256 + get_byte(days, 16 * day + 4 * hours + 3)
END;

CREATE VIEW relance.interruptions WITH (security_invoker = true) AS
SELECT p.tenant, p.quarter, p.quarter + p.first + d.day AS day, p.policy, p.recipient,
  i.business AS interrupted_business, i.evening AS interrupted_evening, i.night AS interrupted_night, i.weekend AS interrupted_weekend
FROM (SELECT *, octet_length(days) / (4 * (last - first + 1)) AS width FROM relance.metric_people WHERE policy <> '') AS p
CROSS JOIN LATERAL generate_series(0, p.last - p.first) AS d(day) CROSS JOIN LATERAL (SELECT
    relance.interrupted_until(p.days, p.width, d.day, 0) - relance.interrupted_until(p.days, p.width, d.day - 1, 0) AS business,
    relance.interrupted_until(p.days, p.width, d.day, 1) - relance.interrupted_until(p.days, p.width, d.day - 1, 1) AS evening,
    relance.interrupted_until(p.days, p.width, d.day, 2) - relance.interrupted_until(p.days, p.width, d.day - 1, 2) AS night,
    relance.interrupted_until(p.days, p.width, d.day, 3) - relance.interrupted_until(p.days, p.width, d.day - 1, 3) AS weekend) AS i
WHERE i.business + i.evening + i.night + i.weekend > 0;
GRANT SELECT ON relance.interruptions TO relance_engine, relance_api;

-- What is there is counted again, without waiting. Of what retention has made final while it keeps the messages, nobody is known. Whoever
-- migrates need not have a role that sees the rows of all tenants; the engine's has.
SET LOCAL ROLE relance_engine;
INSERT INTO relance.metric_marks (slot, follow_up_id, tenant) SELECT slot, id, tenant FROM relance.follow_ups;
RESET ROLE;
