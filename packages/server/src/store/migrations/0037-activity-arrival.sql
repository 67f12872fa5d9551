-- Of what somebody did at one instant the last one is what was told last: ids may be anybody's, so they tell no order. Those from
-- before have none: they stay null and are the earliest. In steps that rewrite no row, as other nodes are at work. The index stays
-- as well: by time it finds them in order, and few have one instant.
CREATE SEQUENCE relance.activity_arrival;
GRANT USAGE ON SEQUENCE relance.activity_arrival TO relance_engine, relance_api;
ALTER TABLE relance.activities ADD COLUMN arrival bigint;
ALTER TABLE relance.activities ALTER COLUMN arrival SET DEFAULT nextval('relance.activity_arrival');
