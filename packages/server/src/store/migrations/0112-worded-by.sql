-- Who has written the words of a version last, where others than whoever made it have (null: whoever made it).
ALTER TABLE relance.policy_versions ADD COLUMN worded_by text;
GRANT UPDATE (worded_by) ON relance.policy_versions TO relance_api;
