-- The YAML that a version was written in, with its comments, for whoever edits it next. What is run is `written`.
ALTER TABLE relance.policy_versions ADD COLUMN text text;
-- A version itself stays immutable; its words may change as long as they say the same.
GRANT UPDATE (text) ON relance.policy_versions TO relance_api;
