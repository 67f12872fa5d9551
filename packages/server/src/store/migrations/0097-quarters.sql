-- Months of a quarter added up: a year is read by four of them. They hold while the newest of their months is the one that they were made of.
ALTER TABLE relance.metric_months ADD COLUMN quarter_of timestamptz; -- of the first month of a quarter: when the newest of the three was added up
ALTER TABLE relance.metric_sums DROP CONSTRAINT metric_sums_span_check;
ALTER TABLE relance.metric_sums ADD CONSTRAINT metric_sums_span_check CHECK (span IN ('quarter', 'month', 'day'));
