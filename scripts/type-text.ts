// TypeScript of JSON Schema, for scripts/build-client.ts: as much of it as zod writes (z.toJSONSchema) and our document has. What is
// sent may have `undefined` where it may be left out; what is answered never does. A schema that says something else than what is known
// here fails the build, rather than become `unknown` in silence.

export interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | Schema;
  readonly propertyNames?: Schema;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
}

/** What narrows a value and changes no type. */
const NARROWING = new Set([
  '$schema',
  'description',
  'default',
  'format',
  'pattern',
  'contentEncoding',
  'minLength',
  'maxLength',
  'minItems',
  'maxItems',
  'minimum',
  'maximum',
  'exclusiveMinimum',
  'exclusiveMaximum',
]);
const KNOWN = new Set([
  '$ref',
  'type',
  'properties',
  'required',
  'additionalProperties',
  'propertyNames',
  'items',
  'anyOf',
  'oneOf',
  'enum',
  'const',
]);
/** A choice of fewer is said in place. */
const NAMED_CHOICES_MIN = 3;
const DOC_WIDTH = 110;

export type Direction = 'sent' | 'answered';

/** The same whatever is said of it. */
export function shapeKey(schema: Schema): string {
  return JSON.stringify(schema, (key, value) => (key === 'description' || key === '$schema' ? undefined : value));
}

/** Only what is worth a name of its own: an object with fields, or a choice. */
export const mayBeNamed = ({ properties, enum: choices }: Schema): boolean =>
  properties !== undefined || (choices?.length ?? 0) >= NAMED_CHOICES_MIN;

export interface Naming {
  readonly direction: Direction;
  /** The component that says the same. */
  nameOf(schema: Schema, direction: Direction): string | null;
}

export function typeText(schema: Schema, naming: Naming, isNamed = false): string {
  for (const key of Object.keys(schema))
    if (!KNOWN.has(key) && !NARROWING.has(key)) throw new Error(`The client has no type for "${key}" of JSON Schema.`);
  const name = schema.$ref?.split('/').at(-1) ?? (isNamed ? null : naming.nameOf(schema, naming.direction));
  if (name !== null && name !== undefined) return name;
  if (schema.const !== undefined) return literal(schema.const);
  if (schema.enum !== undefined) return schema.enum.map(literal).join(' | ');
  const options = schema.anyOf ?? schema.oneOf;
  if (options !== undefined) return union(options.map((one) => typeText(one, naming)));
  if (Array.isArray(schema.type)) return union(schema.type.map((type) => typeText({ ...schema, type }, naming, true)));
  return plainText(schema, naming);
}

function plainText(schema: Schema, naming: Naming): string {
  switch (schema.type) {
    case undefined:
      return 'unknown';
    case 'string':
    case 'boolean':
    case 'null':
      return schema.type;
    case 'number':
    case 'integer':
      return 'number';
    case 'array':
      return `readonly ${inArray(typeText(schema.items ?? {}, naming))}[]`;
    case 'object':
      return objectText(schema, naming);
    default:
      throw new Error(`The client has no type for "${String(schema.type)}" of JSON Schema.`);
  }
}

const literal = (value: unknown): string =>
  typeof value === 'string' ? `'${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'` : JSON.stringify(value);
const union = (texts: readonly string[]): string => [...new Set(texts)].join(' | ');
const inArray = (text: string): string => (/^[\w.<>]+$/.test(text) ? text : `(${text})`);

function objectText(schema: Schema, naming: Naming): string {
  const { properties, additionalProperties: more, propertyNames } = schema;
  if (properties === undefined) {
    const values = typeof more === 'object' ? typeText(more, naming) : 'unknown';
    const keys = propertyNames?.enum === undefined ? 'string' : propertyNames.enum.map(literal).join(' | ');
    const all = keys === 'string' || schema.required !== undefined;
    return all ? `Readonly<Record<${keys}, ${values}>>` : `Readonly<Partial<Record<${keys}, ${values}>>>`;
  }
  const fields = Object.entries(properties).map(([name, one]) => {
    const required = schema.required?.includes(name) === true;
    const orUndefined = !required && naming.direction === 'sent' ? ' | undefined' : '';
    return `${docText(one.description)}readonly ${fieldName(name)}${required ? '' : '?'}: ${typeText(one, naming)}${orUndefined};`;
  });
  if (more === true || typeof more === 'object') fields.push('readonly [more: string]: unknown;');
  return `{\n${fields.join('\n')}\n}`;
}

export const fieldName = (name: string): string => (/^[A-Za-z_$][\w$]*$/.test(name) ? name : literal(name));

/** What is said of it, as a comment that ends with a line; nothing where nothing is said. */
export function docText(description: string | undefined): string {
  if (description === undefined || description === '') return '';
  const words = `${description.charAt(0).toUpperCase()}${description.slice(1)}`.replaceAll('*/', '*∕');
  const text = /[.…!?]$/.test(words) ? words : `${words}.`;
  const lines = [''];
  for (const word of text.split(' ')) {
    const line = lines.at(-1) ?? '';
    if (line.length + word.length >= DOC_WIDTH) lines.push(word);
    else lines[lines.length - 1] = line === '' ? word : `${line} ${word}`;
  }
  return lines.length === 1 ? `/** ${lines[0]} */\n` : `/**\n${lines.map((line) => ` * ${line}\n`).join('')} */\n`;
}
