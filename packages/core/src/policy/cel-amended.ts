// Where the library strays from CEL's definition, and people would notice: parts of a timestamp came out in the time zone
// of the machine, whole numbers became timestamps as milliseconds instead of seconds, texts that are no number became one
// (`int('')` was 0), and counting characters copied them. These replace the library's; time zones are Temporal's.
import { type CelFunc, CelScalar, celEnv, celFunc, celMethod, celUint } from '@bufbuild/cel';
import { create } from '@bufbuild/protobuf';
import type { ReflectMessage } from '@bufbuild/protobuf/reflect';
import { type Timestamp, TimestampSchema, timestampMs } from '@bufbuild/protobuf/wkt';
import { Temporal } from 'temporal-polyfill';

const { DOUBLE, INT, STRING, UINT } = CelScalar;

/** The functions of the library. */
export const LIBRARY: readonly CelFunc[] = [...celEnv().funcs];
const own = new Map(LIBRARY.map((one) => [one.id, one]));

/** The library's function of this id. */
export function original(id: string): CelFunc {
  const found = own.get(id);
  if (found === undefined) throw new Error(`CEL has no function ${id}.`);
  return found;
}

const TIMESTAMP = original('timestamp(string)').result;

/** CEL counts months, and days where it does not say otherwise, from 0; a week begins with Sunday. */
const PARTS: Readonly<Record<string, (at: Temporal.ZonedDateTime) => number>> = {
  getFullYear: (at) => at.year,
  getMonth: (at) => at.month - 1,
  getDate: (at) => at.day,
  getDayOfMonth: (at) => at.day - 1,
  getDayOfWeek: (at) => at.dayOfWeek % 7,
  getDayOfYear: (at) => at.dayOfYear - 1,
  getHours: (at) => at.hour,
  getMinutes: (at) => at.minute,
  getSeconds: (at) => at.second,
  getMilliseconds: (at) => at.millisecond,
};

/** An offset without a sign is east of Greenwich. */
const zoneOf = (zone: string): string => (/^\d\d:\d\d$/.test(zone) ? `+${zone}` : zone);

const local = (timestamp: ReflectMessage, zone: string): Temporal.ZonedDateTime =>
  Temporal.Instant.fromEpochMilliseconds(timestampMs(timestamp.message as Timestamp)).toZonedDateTimeISO(zoneOf(zone));

const getters = Object.entries(PARTS).flatMap(([name, part]): CelFunc[] => [
  celMethod(name, TIMESTAMP, [], INT, function () {
    return BigInt(part(local(this as unknown as ReflectMessage, 'UTC')));
  }),
  celMethod(name, TIMESTAMP, [STRING], INT, function (zone) {
    return BigInt(part(local(this as unknown as ReflectMessage, zone as string)));
  }),
]);

const WHOLE = /^[+-]?\d{1,20}$/;
const DECIMAL = /^[+-]?(\d+(?:\.\d*)?|\.\d+)(e[+-]?\d+)?$/i;
const NAMED: Readonly<Record<string, number>> = { inf: Infinity, infinity: Infinity, nan: Number.NaN };

function wholeNumber(text: string, least: bigint, most: bigint): bigint {
  if (!WHOLE.test(text)) throw new Error(`"${text.slice(0, 40)}" is not a whole number`);
  const value = BigInt(text.replace(/^\+/, ''));
  if (value < least || value > most) throw new Error(`${text} is too large or too small`);
  return value;
}

function decimalNumber(text: string): number {
  if (DECIMAL.test(text)) return Number(text);
  const sign = text.startsWith('-') ? -1 : 1;
  const named = NAMED[text.replace(/^[+-]/, '').toLowerCase()];
  if (named === undefined) throw new Error(`"${text.slice(0, 40)}" is not a number`);
  return sign * named;
}

/** The years 1 to 9999, as Timestamp has them. */
const FIRST_SECOND = -62_135_596_800n;
const LAST_SECOND = 253_402_300_799n;

function fromSeconds(seconds: bigint): Timestamp {
  if (seconds < FIRST_SECOND || seconds > LAST_SECOND) throw new Error('the timestamp is out of range');
  return create(TimestampSchema, { seconds });
}

/** Code points, counted where they stand: the library makes a list of them first. */
function codePoints(text: string): bigint {
  let count = text.length;
  for (let at = 1; at < text.length; at++) {
    const low = text.charCodeAt(at);
    if (low < 0xdc00 || low > 0xdfff) continue;
    const high = text.charCodeAt(at - 1);
    if (high >= 0xd800 && high <= 0xdbff) count -= 1;
  }
  return BigInt(count);
}

export const AMENDED: readonly CelFunc[] = [
  ...getters,
  celFunc('size', [STRING], INT, codePoints),
  celMethod('size', STRING, [], INT, function () {
    return codePoints(String(this));
  }),
  celFunc('int', [STRING], INT, (text) => wholeNumber(text, -(2n ** 63n), 2n ** 63n - 1n)),
  celFunc('uint', [STRING], UINT, (text) => celUint(wholeNumber(text, 0n, 2n ** 64n - 1n))),
  celFunc('double', [STRING], DOUBLE, decimalNumber),
  celFunc('timestamp', [INT], TIMESTAMP, fromSeconds as never),
];
