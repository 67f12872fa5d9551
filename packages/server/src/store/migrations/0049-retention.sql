-- How long what is over is kept: each tenant's closed follow-ups are gone through once a day, by their id, a piece a transaction.
-- `after` is where the pass has come to; both times are story time. A reference table on Citus.
CREATE TABLE relance.retention_passes (
  tenant text PRIMARY KEY,
  after uuid,
  done_at timestamptz
);
GRANT SELECT, INSERT, UPDATE ON relance.retention_passes TO relance_engine;

-- A month of which nothing is left, or nothing needs be. Given up at once where somebody reads it: the next sweep tries again.
CREATE FUNCTION relance.drop_month(parent text, suffix text) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog SET lock_timeout = '200ms' AS $$
BEGIN
  IF parent NOT IN ('messages', 'attempts', 'receipts', 'timeline', 'events') OR suffix !~ '^[0-9]{6}$' THEN
    RAISE EXCEPTION 'not a month of ours: %_%', parent, suffix;
  END IF;
  EXECUTE format('DROP TABLE IF EXISTS relance.%I', parent || '_' || suffix);
END $$;
REVOKE ALL ON FUNCTION relance.drop_month(text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION relance.drop_month(text, text) TO relance_engine;
