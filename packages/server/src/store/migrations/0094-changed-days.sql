-- Which days of a month have changed since it was added up, a bit each, the first of the month the lowest: the sums of all others hold,
-- so that a question about the last weeks is read from them, though days of its months change all the time.
ALTER TABLE relance.metric_months ADD COLUMN changed_days integer NOT NULL DEFAULT 2147483647;
