// What can be written at a place of a policy: the keys and values that its JSON Schema knows there, and the names that the tenant
// and the policy itself have for what is named there. completion.ts shows them in the editor.
import type { Place } from './yaml-place.ts';

type Schema = Readonly<Record<string, unknown>>;

/** Names that are known, by what they are of. */
export interface KnownNames {
  readonly groups: readonly string[];
  readonly schedules: readonly string[];
  readonly calendars: readonly string[];
  readonly templates: readonly string[];
  readonly categories: readonly string[];
  /** Of this policy. */
  readonly stages: readonly string[];
}
export interface Offer {
  readonly label: string;
  readonly kind: 'key' | 'value' | 'name';
  /** What it is, in a few words. */
  readonly detail: string;
  readonly info: string | null;
  /** What is written, where that is not the label alone. */
  readonly apply: string;
}

const asSchemas = (value: unknown): readonly Schema[] =>
  Array.isArray(value)
    ? (value as readonly Schema[])
    : typeof value === 'object' && value !== null
      ? [value as Schema]
      : [];

/** A schema and every form of it. */
const formsOf = (schema: Schema): readonly Schema[] => [
  schema,
  ...['anyOf', 'oneOf', 'allOf'].flatMap((name) => asSchemas(schema[name]).flatMap(formsOf)),
];

function stepInto(schema: Schema, step: string | 0): readonly Schema[] {
  if (step === 0) return asSchemas(schema.items);
  const properties = schema.properties as Readonly<Record<string, Schema>> | undefined;
  const own = properties !== undefined && Object.hasOwn(properties, step) ? properties[step] : undefined;
  return own === undefined ? asSchemas(schema.additionalProperties) : [own];
}

export const schemasAt = (schema: Schema, path: Place['path']): readonly Schema[] =>
  path.reduce<readonly Schema[]>(
    (all, step) => all.flatMap((one) => stepInto(one, step)).flatMap(formsOf),
    formsOf(schema),
  );

export function offersAt(schema: Schema, place: Place, names: KnownNames): readonly Offer[] {
  const schemas = schemasAt(schema, place.path);
  const keys = place.kind === 'value' ? [] : keysOf(schemas, place);
  const values = place.kind === 'key' ? [] : valuesOf(schemas, place, names);
  return [...keys, ...values];
}

function keysOf(schemas: readonly Schema[], place: Place): readonly Offer[] {
  const offers = new Map<string, Offer>();
  for (const { properties, required } of schemas)
    for (const [key, schema] of Object.entries((properties ?? {}) as Readonly<Record<string, Schema>>)) {
      if (place.present.includes(key) || offers.has(key)) continue;
      const must = Array.isArray(required) && required.includes(key);
      offers.set(key, {
        label: key,
        kind: 'key',
        detail: must ? 'required' : wordsOf(schema),
        info: descriptionOf(schema),
        apply: `${key}: `,
      });
    }
  return [...offers.values()];
}

const descriptionOf = (schema: Schema): string | null => {
  const told = formsOf(schema).find(({ description }) => typeof description === 'string');
  return told === undefined ? null : String(told.description);
};

const TYPES: Readonly<Record<string, string>> = {
  string: 'text',
  integer: 'a whole number',
  number: 'a number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a map',
};
const wordsOf = (schema: Schema): string =>
  [...new Set(formsOf(schema).flatMap(({ type }) => TYPES[String(type)] ?? []))].join(' or ');

function valuesOf(schemas: readonly Schema[], place: Place, names: KnownNames): readonly Offer[] {
  const offers = new Map<string, Offer>();
  const add = (label: string, kind: Offer['kind'], detail: string, info: string | null = null): void => {
    if (!offers.has(label)) offers.set(label, { label, kind, detail, info, apply: label });
  };
  for (const [label, detail] of namedAt(place, names)) add(label, 'name', detail);
  for (const one of schemas) {
    const usual = one.default;
    for (const value of [...asValues(one.enum), ...(one.const === undefined ? [] : [one.const])])
      add(String(value), 'value', value === usual ? 'unless said otherwise' : '', null);
    if (one.type === 'boolean')
      for (const value of [true, false]) add(String(value), 'value', value === usual ? 'unless said otherwise' : '');
    if (typeof usual === 'string') add(usual, 'value', 'unless said otherwise');
  }
  return [...offers.values()];
}
const asValues = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

const PEOPLE: readonly (readonly [string, string])[] = [
  ['assignee', 'who is asked to act'],
  ['requester', 'who waits for it'],
  ['team', 'the group that is responsible'],
  ['watchers', 'who follow along'],
  ['notified', 'everyone told so far'],
  ['escalated', 'who was told by escalations'],
  ['manager(1)', 'the manager of the assignee'],
];
const ANCHORS: readonly (readonly [string, string])[] = [
  ['opened', 'when it opens'],
  ['due', 'the due date'],
  ['acknowledged', 'when somebody has it'],
  ['commitment', 'the date that was promised'],
];

/** By the name of the key, whatever map it stands in: what is named there. */
function namedAt({ path }: Place, names: KnownNames): readonly (readonly [string, string])[] {
  const key = path.filter((step) => step !== 0).at(-1);
  const reached = [
    ...names.groups.map((id) => [`group(${id})`, 'a group'] as const),
    ...names.schedules.map((id) => [`onCall(${id})`, 'whoever is on call'] as const),
  ];
  switch (key) {
    case 'to':
    case 'target':
      return [...PEOPLE, ...reached];
    case 'fallback':
      return reached;
    case 'at':
      return [...ANCHORS, ...names.stages.map((id) => [id, 'the first run of this stage'] as const)];
    case 'template':
      return names.templates.map((id) => [id, 'a template'] as const);
    case 'calendar':
      return path.length === 1 ? names.calendars.map((id) => [id, 'a calendar'] as const) : [];
    case 'window':
    case 'quietHours':
      return [
        ['09:00-18:00', 'in the zone of its reader'],
        ['calendar', 'the hours of the calendar'],
      ];
    case 'team':
      return path.length === 1 ? names.groups.map((id) => [id, 'a group'] as const) : [];
    case 'category':
      return names.categories.map((id) => [id, 'a category'] as const);
    default:
      return [];
  }
}
