-- A policy is kept in the order in which it was written: the form of an answer has its fields in the order of the schema's
-- properties, which jsonb forgets.
ALTER TABLE relance.policy_versions ALTER COLUMN written TYPE json USING written::json;
