-- How many members the stage still waits for. Those who left the group before their turn are never told, so the stage must
-- not wait for them.
ALTER TABLE relance.fan_outs ADD COLUMN awaited integer NOT NULL DEFAULT 0;
