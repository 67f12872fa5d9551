-- Who has written the words of a version last, which others than whoever made it may. Of what there is nobody knows better than who made it.
ALTER TABLE relance.policy_versions ADD COLUMN worded_by text;
ALTER TABLE relance.policy_versions NO FORCE ROW LEVEL SECURITY;
UPDATE relance.policy_versions SET worded_by = created_by;
ALTER TABLE relance.policy_versions FORCE ROW LEVEL SECURITY;
GRANT UPDATE (worded_by) ON relance.policy_versions TO relance_api;
