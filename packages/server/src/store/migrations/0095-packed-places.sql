-- How long things took, in half as many bytes (core/packed-times.ts): most places, which are close to the one before and have few counts,
-- take one byte instead of three. Nothing is lost or rounded.

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

CREATE FUNCTION relance.as_place(distance bigint, came bigint, given_up bigint) RETURNS text LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE
    WHEN distance <= 4 AND came <= 3 AND given_up <= 7
      THEN lpad(to_hex((distance - 1) * 32 + came * 8 + given_up), 2, '0')
    WHEN distance <= 4 AND came <= 31 AND given_up <= 127
      THEN to_hex(32768 + (distance - 1) * 4096 + came * 128 + given_up)
    WHEN came <= 7 AND given_up <= 7 AND came + given_up < 14
      THEN to_hex(192 + came * 8 + given_up) || relance.as_packed(distance)
    ELSE 'ff' || relance.as_packed(distance) || relance.as_packed(came) || relance.as_packed(given_up) END
$$;

-- Three times: how many durations, of each by how much its place is above the one before, how many came and how many were given up; then
-- how many minutes, of each by how much it is later than the one before, and how many wait. Read number by number.
CREATE FUNCTION relance.in_fewer_bytes(packed bytea) RETURNS bytea LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
  plain bytea := packed || ''::bytea; -- as it is read a byte at a time, and may be stored compressed
  written text := '';
  byte integer;
  shift integer := 0;
  value bigint := 0;
  next text := 'durations'; -- what the next number is
  remaining bigint;
  distance bigint;
  came bigint;
BEGIN
  FOR at IN 0..length(plain) - 1 LOOP
    byte := get_byte(plain, at);
    value := value + ((byte & 127)::bigint << shift);
    IF byte > 127 THEN
      shift := shift + 7;
      CONTINUE;
    END IF;
    IF next = 'place' THEN
      distance := distance + value; -- the first is counted from before the first place
      next := 'came';
    ELSIF next = 'came' THEN
      came := value;
      next := 'given up';
    ELSIF next = 'given up' THEN
      written := written || relance.as_place(distance, came, value);
      distance := 0;
      remaining := remaining - 1;
      next := CASE WHEN remaining = 0 THEN 'minutes' ELSE 'place' END;
    ELSE
      written := written || relance.as_packed(value);
      IF next = 'durations' THEN
        remaining := value;
        distance := 1;
        next := CASE WHEN value = 0 THEN 'minutes' ELSE 'place' END;
      ELSIF next = 'minutes' THEN
        remaining := 2 * value;
        next := CASE WHEN value = 0 THEN 'durations' ELSE 'waits' END;
      ELSE
        remaining := remaining - 1;
        next := CASE WHEN remaining = 0 THEN 'durations' ELSE 'waits' END;
      END IF;
    END IF;
    shift := 0;
    value := 0;
  END LOOP;
  RETURN decode(written, 'hex');
END $$;

ALTER TABLE relance.metric_days NO FORCE ROW LEVEL SECURITY;
ALTER TABLE relance.metric_sums NO FORCE ROW LEVEL SECURITY;
ALTER TABLE relance.metric_months NO FORCE ROW LEVEL SECURITY;
UPDATE relance.metric_days SET times = relance.in_fewer_bytes(times) WHERE length(times) > 0;
-- Made anew.
DELETE FROM relance.metric_sums;
UPDATE relance.metric_months SET stale = true, changed_days = 2147483647, added_at = NULL;
ALTER TABLE relance.metric_days FORCE ROW LEVEL SECURITY;
ALTER TABLE relance.metric_sums FORCE ROW LEVEL SECURITY;
ALTER TABLE relance.metric_months FORCE ROW LEVEL SECURITY;

DROP FUNCTION relance.in_fewer_bytes(bytea);
DROP FUNCTION relance.as_place(bigint, bigint, bigint);
DROP FUNCTION relance.as_packed(bigint);
