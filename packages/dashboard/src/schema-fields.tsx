// Fields for what a JSON Schema describes, of a brand's settings or of an answer that a policy asks for: words, numbers, choices and
// boxes to tick; whatever is deeper is written as JSON.
import { Checkbox, NativeSelect, PasswordInput, Textarea, TextInput } from '@mantine/core';

interface Property {
  readonly title?: string;
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly description?: string;
  readonly default?: unknown;
}
export interface Schema extends Property {
  readonly properties?: Readonly<Record<string, Property>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: unknown;
}
/** What is typed, by name. */
export type Typed = Readonly<Record<string, string>>;

interface Props {
  readonly schema: Schema;
  readonly typed: Typed;
  /** Names of secrets that are stored already. */
  readonly kept?: readonly string[];
  readonly secret?: boolean;
  /** Whether the first is where one types at once. */
  readonly focus?: boolean;
  readonly errors: Readonly<Record<string, string>>;
  readonly change: (typed: Typed) => void;
}

export function SchemaFields({ schema, typed, kept = [], secret = false, focus = false, errors, change }: Props) {
  return Object.entries(schema.properties ?? {}).map(([name, property], index) => (
    <OneField
      key={name}
      name={name}
      property={property}
      value={typed[name] ?? ''}
      required={(schema.required ?? []).includes(name) && !kept.includes(name)}
      kept={kept.includes(name)}
      secret={secret}
      focus={focus && index === 0}
      error={errors[name] ?? null}
      change={(value) => change({ ...typed, [name]: value })}
    />
  ));
}

interface FieldProps {
  readonly name: string;
  readonly property: Property;
  readonly value: string;
  readonly required: boolean;
  readonly kept: boolean;
  readonly secret: boolean;
  readonly focus: boolean;
  readonly error: string | null;
  readonly change: (value: string) => void;
}

function OneField({ name, property, value, required, kept, secret, focus, error, change }: FieldProps) {
  const usual = property.default === undefined ? undefined : `${String(property.default)}, unless you say otherwise`;
  const all = {
    label: property.title ?? name,
    required,
    error,
    autoFocus: focus,
    ...(property.description === undefined ? {} : { description: property.description }),
    onChange: (event: { readonly currentTarget: { readonly value: string } }) => change(event.currentTarget.value),
  };
  const hint = kept ? 'kept as it is' : usual;
  const placeholder = hint === undefined ? {} : { placeholder: hint };
  if (property.enum !== undefined)
    return (
      <NativeSelect
        {...all}
        value={value}
        data={[
          { value: '', label: usual ?? (required ? 'Choose' : 'Not said') },
          ...property.enum.map((one) => ({ value: String(one), label: labelOf(one) })),
        ]}
      />
    );
  if (isBox(property))
    return (
      <Checkbox
        label={property.title ?? name}
        description={property.description}
        error={error}
        autoFocus={focus}
        checked={value === 'true'}
        onChange={(event) => change(event.currentTarget.checked ? 'true' : '')}
      />
    );
  if (isDeep(property)) return <Textarea {...all} value={value} autosize minRows={2} placeholder="JSON" />;
  if (secret)
    return <PasswordInput {...all} {...placeholder} value={value} autoComplete="new-password" spellCheck={false} />;
  if (isNumber(property)) return <TextInput {...all} {...placeholder} value={value} inputMode="decimal" />;
  return <TextInput {...all} {...placeholder} value={value} spellCheck={false} />;
}

const labelOf = (one: unknown): string => (one === true ? 'Yes' : one === false ? 'No' : String(one));
const isNumber = ({ type }: Property): boolean => type === 'integer' || type === 'number';
const isBox = (property: Property): boolean => property.type === 'boolean' && property.enum === undefined;
const isDeep = (property: Property): boolean =>
  property.enum === undefined && !['string', 'integer', 'number', 'boolean'].includes(property.type ?? '');

/** As it would be typed. */
export function typedOf(schema: Schema, values: Readonly<Record<string, unknown>>): Typed {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => {
      const deep = isDeep(schema.properties?.[name] ?? {});
      return [name, deep ? JSON.stringify(value, null, 2) : String(value)];
    }),
  );
}

/**
 * What was typed as the values that it means; what is left empty is not said, but a box that is asked for and not ticked is a no. What
 * cannot be read stays as it is written.
 */
export function valuesOf(schema: Schema, typed: Typed): Readonly<Record<string, unknown>> {
  const said = Object.entries(typed).filter(([, text]) => text.trim() !== '');
  const noes = (schema.required ?? []).filter((name) => isBox(schema.properties?.[name] ?? {}));
  return {
    ...Object.fromEntries(noes.map((name) => [name, false])),
    ...Object.fromEntries(said.map(([name, text]) => [name, readAs(schema.properties?.[name] ?? {}, text.trim())])),
  };
}

function readAs(property: Property, text: string): unknown {
  if (property.enum !== undefined) return property.enum.find((one) => String(one) === text) ?? text;
  if (property.type === 'boolean') return text === 'true';
  if (isNumber(property)) return Number.isNaN(Number(text)) ? text : Number(text);
  if (!isDeep(property)) return text;
  try {
    return JSON.parse(text);
  } catch {
    return text; // the server says what is wrong with it
  }
}
