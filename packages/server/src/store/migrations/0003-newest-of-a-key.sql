-- A key may be followed up thousands of times over the years: the newest is found without reading the others.
DROP INDEX relance.follow_ups_by_key;
CREATE INDEX follow_ups_by_key ON relance.follow_ups (slot, tenant, policy, key, id);
