-- Groups have versions that go on after a deletion as well, so that one can be written over the version that was read and over no other.
ALTER TABLE relance.groups ADD COLUMN version integer NOT NULL DEFAULT 1;
ALTER TABLE relance.last_versions DROP CONSTRAINT last_versions_kind_check;
ALTER TABLE relance.last_versions ADD CONSTRAINT last_versions_kind_check CHECK (kind IN ('template', 'calendar', 'schedule', 'group'));
