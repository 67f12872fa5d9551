-- Durations on another scale (core/duration-scale.ts): whole minutes, hours and days stay what they are, and long ones have fewer places,
-- so that a year of figures is read several times faster. What was added up is brought to it, and what can be counted again is; what
-- cannot, since retention has taken its rows away, has been rounded twice.

CREATE OR REPLACE FUNCTION relance.counted_seconds(seconds double precision) RETURNS bigint LANGUAGE sql IMMUTABLE AS $$
  SELECT (CASE WHEN whole < 600 THEN whole
    WHEN whole < 3600 THEN whole - whole % 5
    WHEN whole < 21600 THEN whole - whole % 30
    WHEN whole < 172800 THEN whole - whole % 180
    WHEN whole < 1209600 THEN whole - whole % 900
    WHEN whole < 7776000 THEN whole - whole % 7200
    WHEN whole < 63072000 THEN whole - whole % 43200
    ELSE whole - whole % 432000 END)
  FROM (SELECT least(2159999999, greatest(0, floor(seconds)))::bigint AS whole) AS given
$$;

-- What was counted by an earlier release stands in its facts as it was.
CREATE OR REPLACE VIEW relance.response_times WITH (security_invoker = true) AS
SELECT f.tenant, f.follow_up_id, (g ->> 'day')::date AS day, g ->> 'policy' AS policy, m ->> 'stage' AS stage, m ->> 'channel' AS channel,
  nullif(g ->> 'team', '') AS team, (g ->> 'level')::integer AS level,
  relance.counted_seconds(coalesce((r ->> 'seconds')::double precision, least(7776000,
    extract(epoch FROM relance.story_now())::double precision - (r ->> 'since')::bigint * 60))) AS seconds,
  (r ->> 'ended')::boolean AS answered, coalesce((m ->> 'beside')::boolean, false) AS beside
FROM relance.metric_facts f, jsonb_array_elements(f.generations) AS g, jsonb_array_elements(g -> 'messages') AS m,
  LATERAL (SELECT m -> 'response' AS r) AS response
WHERE jsonb_typeof(r) = 'object';

CREATE FUNCTION relance.as_packed(value bigint) RETURNS text LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
  packed text := '';
BEGIN
  WHILE value > 127 LOOP
    packed := packed || lpad(to_hex(value % 128 + 128), 2, '0');
    value := value / 128;
  END LOOP;
  RETURN packed || lpad(to_hex(value), 2, '0');
END $$;

CREATE FUNCTION relance.rank_of(seconds bigint) RETURNS bigint LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE WHEN seconds < 600 THEN seconds
    WHEN seconds < 3600 THEN 600 + (seconds - 600) / 5
    WHEN seconds < 21600 THEN 1200 + (seconds - 3600) / 30
    WHEN seconds < 172800 THEN 1800 + (seconds - 21600) / 180
    WHEN seconds < 1209600 THEN 2640 + (seconds - 172800) / 900
    WHEN seconds < 7776000 THEN 3792 + (seconds - 1209600) / 7200
    WHEN seconds < 63072000 THEN 4704 + (seconds - 7776000) / 43200
    ELSE 5984 + (least(seconds, 2159999999) - 63072000) / 432000 END
$$;

-- Three times: how many durations, of each by how much its place is above the one before, how many came and how many were given up; then
-- how many minutes, of each by how much it is later than the one before, and how many wait. Read number by number.
CREATE FUNCTION relance.on_the_new_scale(packed bytea) RETURNS bytea LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
  plain bytea := packed || ''::bytea; -- as it is read a byte at a time, and may be stored compressed
  written text := '';
  byte integer;
  shift integer := 0;
  value bigint := 0;
  next text := 'durations'; -- what the next number is
  remaining bigint;
  place bigint; -- on the scale of before
  last bigint; -- of the new scale, the place that is added up
  own bigint;
  came bigint;
  left_over bigint;
  before bigint; -- the place that was written before
  places bigint;
  body text;
BEGIN
  FOR at IN 0..length(plain) - 1 LOOP
    byte := get_byte(plain, at);
    value := value + ((byte & 127)::bigint << shift);
    IF byte > 127 THEN
      shift := shift + 7;
      CONTINUE;
    END IF;
    IF next = 'place' THEN
      place := place + value;
      own := relance.rank_of(CASE WHEN place < 1024 THEN place ELSE (place - (place / 512 - 1) * 512) << (place / 512 - 1)::integer END);
      IF own <> last THEN
        IF last >= 0 THEN
          body := body || relance.as_packed(last - before) || relance.as_packed(came) || relance.as_packed(left_over);
          before := last; places := places + 1;
        END IF;
        last := own; came := 0; left_over := 0;
      END IF;
      next := 'came';
    ELSIF next = 'came' THEN
      came := came + value;
      next := 'left';
    ELSIF next = 'left' THEN
      left_over := left_over + value;
      remaining := remaining - 1;
      IF remaining > 0 THEN
        next := 'place';
      ELSE
        written := written || relance.as_packed(places + 1)
          || body || relance.as_packed(last - before) || relance.as_packed(came) || relance.as_packed(left_over);
        next := 'minutes';
      END IF;
    ELSIF next = 'waits' THEN
      written := written || relance.as_packed(value);
      remaining := remaining - 1;
      IF remaining = 0 THEN next := 'durations'; END IF;
    ELSIF next = 'minutes' THEN
      written := written || relance.as_packed(value);
      remaining := 2 * value;
      next := CASE WHEN value = 0 THEN 'durations' ELSE 'waits' END;
    ELSIF value = 0 THEN
      written := written || '00';
      next := 'minutes';
    ELSE
      remaining := value; place := 0; last := -1; before := 0; places := 0; body := '';
      next := 'place';
    END IF;
    shift := 0;
    value := 0;
  END LOOP;
  RETURN decode(written, 'hex');
END $$;

ALTER TABLE relance.metric_days NO FORCE ROW LEVEL SECURITY;
ALTER TABLE relance.metric_sums NO FORCE ROW LEVEL SECURITY;
ALTER TABLE relance.metric_months NO FORCE ROW LEVEL SECURITY;
ALTER TABLE relance.follow_ups NO FORCE ROW LEVEL SECURITY;
ALTER TABLE relance.metric_marks NO FORCE ROW LEVEL SECURITY;
UPDATE relance.metric_days SET times = relance.on_the_new_scale(times) WHERE length(times) > 0;
-- Made anew, and not compressed: unpacking them took longer than reading twice as much.
DELETE FROM relance.metric_sums;
ALTER TABLE relance.metric_sums ALTER COLUMN times SET STORAGE EXTERNAL;
UPDATE relance.metric_months SET stale = true, added_at = NULL;
INSERT INTO relance.metric_marks (slot, follow_up_id, tenant) SELECT slot, id, tenant FROM relance.follow_ups;
ALTER TABLE relance.metric_days FORCE ROW LEVEL SECURITY;
ALTER TABLE relance.metric_sums FORCE ROW LEVEL SECURITY;
ALTER TABLE relance.metric_months FORCE ROW LEVEL SECURITY;
ALTER TABLE relance.follow_ups FORCE ROW LEVEL SECURITY;
ALTER TABLE relance.metric_marks FORCE ROW LEVEL SECURITY;

DROP FUNCTION relance.on_the_new_scale(bytea);
DROP FUNCTION relance.rank_of(bigint);
DROP FUNCTION relance.as_packed(bigint);
