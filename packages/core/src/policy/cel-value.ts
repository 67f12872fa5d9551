// Plain data to CEL and back. JSON has one kind of number and CEL has two: whole numbers become CEL integers, so that
// `string(event.data.id)` of 42 is "42" and not "42.0", all others become doubles; arithmetic between the two is added in
// cel-environment.ts. Objects are wrapped, not copied, and read through their own keys only: `__proto__` and `constructor` are
// names like any other.
import { type CelInput, type CelValue, isCelList, isCelMap, isCelType, isCelUint } from '@bufbuild/cel';
import { toJson } from '@bufbuild/protobuf';
import { isReflectMessage } from '@bufbuild/protobuf/reflect';
import {
  type Duration,
  DurationSchema,
  type Timestamp,
  TimestampSchema,
  timestampFromMs,
  timestampMs,
} from '@bufbuild/protobuf/wkt';
import { chargeForCopy } from './cel-budget.ts';

/** Moments that the scope holds as milliseconds since 1970; in an expression they are timestamps. */
const NOW = 'now';
const FOLLOW_UP = 'followUp';

/** The part of a scope that an expression uses, as CEL input. A name without a value is null. */
export function toCelScope(
  scope: Readonly<Record<string, unknown>>,
  used: readonly string[],
): Record<string, CelInput> {
  const input: Record<string, CelInput> = Object.create(null);
  for (const name of used) {
    const value = Object.hasOwn(scope, name) ? scope[name] : null;
    if (name === NOW && typeof value === 'number') input[name] = timestampFromMs(value);
    else if (name === FOLLOW_UP && isRecord(value)) input[name] = new JsonMap(value, true);
    else input[name] = toCelInput(value);
  }
  return input;
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function toCelInput(value: unknown): CelInput {
  switch (typeof value) {
    case 'number':
      return Number.isSafeInteger(value) ? BigInt(value) : value;
    case 'string':
    case 'boolean':
    case 'bigint':
      return value;
    case 'object':
      if (value === null) return null;
      if (value instanceof Date) return timestampFromMs(value.getTime());
      if (Array.isArray(value)) return value.map(toCelInput);
      return new JsonMap(value as Readonly<Record<string, unknown>>, false);
    default:
      return null;
  }
}

/** A read-only view of an object as a Map, whose values become CEL values only when they are looked at. */
class JsonMap extends Map<string, CelInput> {
  readonly object: Readonly<Record<string, unknown>>;
  /** True for the follow-up itself, whose `…At` numbers are moments. */
  readonly #moments: boolean;
  /** What has been looked at, so that a loop that asks again is not charged a copy each time. */
  readonly #known = new Map<string, CelInput>();
  #keys: readonly string[] | null = null;

  constructor(object: Readonly<Record<string, unknown>>, moments: boolean) {
    super();
    this.object = object;
    this.#moments = moments;
  }

  override get size(): number {
    return this.#named().length;
  }

  override has(key: unknown): boolean {
    return typeof key === 'string' && Object.hasOwn(this.object, key) && this.object[key] !== undefined;
  }

  override get(key: unknown): CelInput | undefined {
    if (typeof key !== 'string' || !this.has(key)) return undefined;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const value = this.object[key];
    const moment = this.#moments && typeof value === 'number' && key.endsWith('At');
    const input = moment ? timestampFromMs(value) : toCelInput(value);
    this.#known.set(key, input);
    return input;
  }

  #named(): readonly string[] {
    this.#keys ??= Object.keys(this.object).filter((key) => this.object[key] !== undefined);
    return this.#keys;
  }

  override *keys(): MapIterator<string> {
    yield* this.#named();
  }

  override *values(): MapIterator<CelInput> {
    for (const key of this.keys()) yield this.get(key) as CelInput;
  }

  override *entries(): MapIterator<[string, CelInput]> {
    for (const key of this.keys()) yield [key, this.get(key) as CelInput];
  }

  override [Symbol.iterator](): MapIterator<[string, CelInput]> {
    return this.entries();
  }

  override forEach(callback: (value: CelInput, key: string, map: Map<string, CelInput>) => void): void {
    for (const [key, value] of this.entries()) callback(value, key, this);
  }
}

type Plain = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly detail: string };

/** A CEL value as plain data; see Condition.evaluate for the shapes. */
export function fromCel(value: CelValue): Plain {
  chargeForCopy(value);
  switch (typeof value) {
    case 'bigint':
      return plain(Number.isSafeInteger(Number(value)) ? Number(value) : String(value));
    case 'number':
      return Number.isFinite(value) ? plain(value) : { ok: false, detail: `the result is not a number (${value})` };
    case 'string':
    case 'boolean':
      return plain(value);
    default:
  }
  if (value === null) return plain(null);
  if (isCelUint(value)) return fromCel(value.value);
  if (isCelList(value)) return fromList(value);
  if (isCelMap(value)) return fromMap(value);
  if (isCelType(value)) return plain(value.name);
  if (isReflectMessage(value, TimestampSchema))
    return plain(new Date(timestampMs(value.message as Timestamp)).toISOString());
  if (isReflectMessage(value, DurationSchema)) return plain(toJson(DurationSchema, value.message as Duration));
  return { ok: false, detail: 'the result is not plain data (bytes or a message)' };
}

const plain = (value: unknown): Plain => ({ ok: true, value });

function fromList(list: Iterable<CelValue>): Plain {
  const items: unknown[] = [];
  for (const item of list) {
    const one = fromCel(item);
    if (!one.ok) return one;
    items.push(one.value);
  }
  return plain(items);
}

function fromMap(map: ReadonlyMap<unknown, CelValue>): Plain {
  const object: Record<string, unknown> = {};
  for (const [key, item] of map.entries()) {
    const one = fromCel(item);
    if (!one.ok) return one;
    const name = typeof key === 'object' && key !== null && isCelUint(key) ? String(key.value) : String(key);
    // Defined, not assigned: assigning to `__proto__` would change what the object inherits.
    Object.defineProperty(object, name, { value: one.value, enumerable: true, writable: true, configurable: true });
  }
  return plain(object);
}
