// Fields for what a brand's JSON Schema describes: words, numbers, choices and yes or no; whatever is deeper is written as JSON.
import { Checkbox, NativeSelect, PasswordInput, Textarea, TextInput } from '@mantine/core';

interface Property {
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly description?: string;
  readonly default?: unknown;
}
export interface Schema {
  readonly properties?: Readonly<Record<string, Property>>;
  readonly required?: readonly string[];
}
/** What is typed, by name. */
export type Typed = Readonly<Record<string, string>>;

interface Props {
  readonly schema: Schema;
  readonly typed: Typed;
  /** Names of secrets that are stored already. */
  readonly kept?: readonly string[];
  readonly secret?: boolean;
  readonly errors: Readonly<Record<string, string>>;
  readonly change: (typed: Typed) => void;
}

export function SchemaFields({ schema, typed, kept = [], secret = false, errors, change }: Props) {
  return Object.entries(schema.properties ?? {}).map(([name, property]) => (
    <OneField
      key={name}
      name={name}
      property={property}
      value={typed[name] ?? ''}
      required={(schema.required ?? []).includes(name) && !kept.includes(name)}
      kept={kept.includes(name)}
      secret={secret}
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
  readonly error: string | null;
  readonly change: (value: string) => void;
}

function OneField({ name, property, value, required, kept, secret, error, change }: FieldProps) {
  const usual = property.default === undefined ? undefined : `${String(property.default)}, unless you say otherwise`;
  const all = {
    label: name,
    required,
    error,
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
          ...property.enum.map((one) => ({ value: String(one), label: String(one) })),
        ]}
      />
    );
  if (property.type === 'boolean')
    return (
      <Checkbox
        label={name}
        description={property.description}
        error={error}
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

const isNumber = ({ type }: Property): boolean => type === 'integer' || type === 'number';
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

/** What was typed as the values that it means; what is left empty is not said. What cannot be read stays as it is written. */
export function valuesOf(schema: Schema, typed: Typed): Readonly<Record<string, unknown>> {
  const said = Object.entries(typed).filter(([, text]) => text.trim() !== '');
  return Object.fromEntries(said.map(([name, text]) => [name, readAs(schema.properties?.[name] ?? {}, text.trim())]));
}

function readAs(property: Property, text: string): unknown {
  if (property.type === 'boolean') return text === 'true';
  if (isNumber(property)) return Number.isNaN(Number(text)) ? text : Number(text);
  if (!isDeep(property)) return text;
  try {
    return JSON.parse(text);
  } catch {
    return text; // the server says what is wrong with it
  }
}
