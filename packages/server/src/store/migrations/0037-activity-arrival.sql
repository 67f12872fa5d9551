-- Of what somebody did at one instant the last one is what was told last: ids may be anybody's, so they tell no order.
ALTER TABLE relance.activities ADD COLUMN arrival bigint GENERATED ALWAYS AS IDENTITY;
DROP INDEX relance.activities_list;
CREATE INDEX activities_list ON relance.activities (slot, tenant, recipient, at DESC, arrival DESC);
