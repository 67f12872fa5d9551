-- A month's partitions are made apart and then attached, which lets everybody else read and write meanwhile. Made as
-- PARTITION OF, each waited for every open transaction on its parent, a backup's too, with all others waiting behind it.

CREATE OR REPLACE FUNCTION relance.ensure_month(at timestamptz) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
  month timestamp := date_trunc('month', at AT TIME ZONE 'UTC');
  suffix text := to_char(month, 'YYYYMM');
  low uuid := relance.id_floor(month AT TIME ZONE 'UTC');
  high uuid := relance.id_floor((month + interval '1 month') AT TIME ZONE 'UTC');
  parent text;
  name text;
BEGIN
  IF to_regclass('relance.events_' || suffix) IS NOT NULL THEN RETURN; END IF;
  PERFORM pg_advisory_xact_lock(hashtext('relance.ensure_month'));
  FOREACH parent IN ARRAY ARRAY['messages', 'attempts', 'receipts', 'timeline', 'events'] LOOP
    name := parent || '_' || suffix;
    CONTINUE WHEN to_regclass('relance.' || name) IS NOT NULL;
    EXECUTE format('CREATE TABLE relance.%I (LIKE relance.%I INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING STORAGE)', name, parent);
    EXECUTE format('ALTER TABLE relance.%I ATTACH PARTITION relance.%I FOR VALUES FROM (%L) TO (%L)', parent, name, low, high);
  END LOOP;
END $$;
