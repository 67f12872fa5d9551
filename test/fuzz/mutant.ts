// Values that break programs, made by chance from a seed: from a JSON Schema something that it may take, and from any value its
// mutants, with parts replaced, removed, repeated or nested.
import { naughtyStrings } from '../naughty/strings.ts';
import type { Random } from '../random.ts';

const WORDS = naughtyStrings(true);
const ODD: readonly unknown[] = [
  null,
  true,
  0,
  -1,
  1e308,
  2 ** 53,
  -0.5,
  '',
  ' ',
  '\u0000',
  '\ud800',
  'x\udfff',
  '__proto__',
  'constructor',
  'x'.repeat(20_000),
  [],
  {},
  [[]],
  [null],
  { constructor: { prototype: { polluted: 1 } } },
  '0001-01-01T00:00:00+14:00',
  '9999-12-31T23:59:59Z',
  '2026-02-30',
  '3660 days',
  'P1Y',
  '99999999 days',
  '{{ recipient.name | append: data }}',
  '(a+)+$',
  'ana',
  'email',
  'request',
  '+34600000001',
  'ana@example.test',
  'https://relance.test/',
];

export const naughty = (random: Random): unknown =>
  random.chance(0.5) ? random.pick(WORDS) : structuredClone(random.pick(ODD));
export const naughtyText = (random: Random): string => {
  const value = naughty(random);
  return typeof value === 'string' ? value : JSON.stringify(value);
};

interface Schema {
  readonly $ref?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly minItems?: number;
  readonly pattern?: string;
}
const DEPTH_MAX = 8;
const TEXTS = ['ana', 'p1', 'request', 'email', '2 days', '2026-12-01T09:00:00Z', '2026-12-01', 'Some words', 'fr'];

/** Something that the schema may take; where it is silent or deep, anything. `root` holds its definitions. */
export function fromSchema(schema: Schema, random: Random, root: unknown = schema, depth = 0): unknown {
  if (depth > DEPTH_MAX) return naughty(random);
  const again = (one: Schema): unknown => fromSchema(one, random, root, depth + 1);
  if (schema.$ref !== undefined) return again(resolved(root, schema.$ref));
  if (schema.const !== undefined) return schema.const;
  if (schema.enum !== undefined && schema.enum.length > 0) return random.pick(schema.enum);
  const some = schema.anyOf ?? schema.oneOf ?? schema.allOf;
  if (some !== undefined && some.length > 0) return again(random.pick(some));
  const type = typeof schema.type === 'string' ? schema.type : random.pick(schema.type ?? ['null']);
  if (type === 'object' || schema.properties !== undefined) {
    const { properties = {}, required = [] } = schema;
    const chosen = Object.entries(properties).filter(([name]) => required.includes(name) || random.chance(0.4));
    return Object.fromEntries(chosen.map(([name, one]) => [name, again(one)]));
  }
  if (type === 'array')
    return Array.from({ length: (schema.minItems ?? 0) + random.below(3) }, () => again(schema.items ?? {}));
  if (type === 'boolean') return random.chance(0.5);
  if (type === 'integer' || type === 'number') return random.pick([0, 1, 2, 7, 50, 365]);
  return type === 'string' ? random.pick(TEXTS) : naughty(random);
}

function resolved(root: unknown, ref: string): Schema {
  let at: unknown = root;
  for (const part of ref
    .replace(/^#\/?/, '')
    .split('/')
    .filter((one) => one !== ''))
    at = (at as Readonly<Record<string, unknown>> | undefined)?.[part];
  return (at ?? {}) as Schema;
}

/** Every place in a value, as a way to set or remove it. */
function places(value: unknown): { holder: Record<string, unknown>; name: string }[] {
  if (value === null || typeof value !== 'object') return [];
  return Object.entries(value).flatMap(([name, part]) => [
    { holder: value as Record<string, unknown>, name },
    ...places(part),
  ]);
}

/** The same with up to `most` parts changed; the value itself stays as it is. */
export function mutant(value: unknown, random: Random, most = 3): unknown {
  const root = { body: structuredClone(value) };
  for (let left = random.below(most + 1); left > 0; left--) {
    const all = places(root);
    if (all.length === 0) break;
    const { holder, name } = random.pick(all);
    const odd = naughty(random);
    const how = random.pick(['replace', 'replace', 'replace', 'remove', 'repeat', 'nest', 'add'] as const);
    if (how === 'replace') holder[name] = odd;
    else if (how === 'remove') delete holder[name];
    else if (how === 'repeat') holder[name] = [holder[name], structuredClone(holder[name])];
    else if (how === 'nest') holder[name] = { [name]: holder[name] };
    else if (odd !== '__proto__') holder[typeof odd === 'string' ? odd : 'extra'] = odd;
  }
  return root.body;
}

/** Bytes as they come: some changed, some cut out, some said again. */
export function mangled(bytes: Buffer, random: Random): Buffer {
  if (bytes.length === 0) return bytes;
  const changed = Buffer.from(bytes);
  for (let left = random.below(6); left > 0; left--) changed[random.below(changed.length)] = random.below(256);
  const from = random.below(changed.length);
  const piece = changed.subarray(from, from + random.below(200));
  const between = random.pick([[], [piece, piece], [piece]]);
  return Buffer.concat([changed.subarray(0, from), ...between, changed.subarray(from + piece.length)]);
}
