// The form of an answer, from the JSON Schema of its action: one field for each property of a flat object, or one for a plain
// value; and back from what a browser posts to the answer. Whether it fits is for the schema to say. Works without script.
import { ANSWER_BYTES_MAX, type AnswerProblem } from '@relance/core';
import { boundsOf, type NumberBounds, type TextBounds, textBoundsOf } from './answer-bounds.ts';
import { type Html, html } from './html.ts';
import { faultIn, type PageLanguage } from './page-language.ts';

type Given = Readonly<Record<string, unknown>>;
type Scalar = string | number | boolean | null;

export interface Field {
  /** The property; null where the answer is this one value. */
  readonly property: string | null;
  readonly label: string;
  readonly hint: string | null;
  readonly kind: 'text' | 'number' | 'whole' | 'boolean' | 'date' | 'choice';
  readonly required: boolean;
  readonly choices: readonly Scalar[];
  /** What a browser can hold the reader to before anything is posted. */
  readonly numbers: NumberBounds;
  readonly text: TextBounds;
}

const TEXT_MAX = 4_000;
const isMap = (value: unknown): value is Given => typeof value === 'object' && value !== null && !Array.isArray(value);
const isScalar = (value: unknown): value is Scalar =>
  value === null || ['string', 'number', 'boolean'].includes(typeof value);

/** Empty: it asks for nothing. Null: no form can ask for it, as of lists and of objects in objects. */
export function fieldsOf(schema: Given | null): readonly Field[] | null {
  if (schema === null) return [];
  if (schema.type !== 'object') {
    const one = fieldOf(null, schema, true);
    return one === null ? null : [one];
  }
  const required = Array.isArray(schema.required) ? schema.required : [];
  const properties = isMap(schema.properties) ? schema.properties : {};
  const fields = Object.entries(properties).map(([name, property]) =>
    isMap(property) ? fieldOf(name, property, required.includes(name)) : null,
  );
  const known = fields.filter((field) => field !== null);
  // What a form cannot ask for may be left out where it need not be given.
  const missing = required.some((name) => !known.some(({ property }) => property === name));
  return missing ? null : known;
}

const KINDS: Readonly<Record<string, Field['kind']>> = {
  string: 'text',
  number: 'number',
  integer: 'whole',
  boolean: 'boolean',
};

function fieldOf(property: string | null, schema: Given, required: boolean): Field | null {
  const choices = Array.isArray(schema.enum) && schema.enum.every(isScalar) ? schema.enum : [];
  const kind = choices.length > 0 ? 'choice' : KINDS[String(schema.type)];
  if (kind === undefined) return null;
  return {
    property,
    label: typeof schema.title === 'string' ? schema.title : (property ?? ''),
    hint: typeof schema.description === 'string' ? schema.description : null,
    kind: kind === 'text' && schema.format === 'date' ? 'date' : kind,
    required,
    choices,
    numbers: boundsOf(schema),
    text: textBoundsOf(schema),
  };
}

const nameOf = ({ property }: Field): string => (property === null ? 'answer' : `answer.${property}`);

/** What is wrong with an answer, each at its field as the form calls it. */
export const wordsOf = (
  fields: readonly Field[],
  problems: readonly AnswerProblem[],
  language: PageLanguage = 'en',
): string =>
  `${problems
    .map((problem) => {
      const { path } = problem;
      const message = faultIn(language, problem);
      const field = fields.find((one) => path === nameOf(one));
      return field === undefined || field.label === ''
        ? `${path} ${message}`
        : `${field.label}${language === 'fr' ? ' :' : ':'} ${message}`;
    })
    .join('; ')}.`;

/** What was posted, as the answer; null where nothing is asked for. */
export function answerOf(fields: readonly Field[], form: Given): unknown {
  const [first] = fields;
  if (first === undefined) return null;
  if (first.property === null) return valueIn(first, form) ?? null;
  return Object.fromEntries(
    fields.flatMap((field) => {
      const value = valueIn(field, form);
      return value === undefined ? [] : [[field.property, value]];
    }),
  );
}

function valueIn(field: Field, form: Given): unknown {
  const posted = Object.hasOwn(form, nameOf(field)) ? form[nameOf(field)] : undefined;
  const text = typeof posted === 'string' ? posted : '';
  // An unticked box is not posted at all.
  if (field.kind === 'boolean') return text !== '';
  if (text.trim() === '') return undefined;
  switch (field.kind) {
    case 'number':
    case 'whole': {
      const value = Number(text.trim().replace(',', '.'));
      return Number.isFinite(value) ? value : text;
    }
    case 'choice':
      return field.choices.find((choice) => String(choice) === text) ?? text;
    case 'text':
    case 'date':
      return text.replaceAll('\r\n', '\n');
  }
}

/** With what was posted before, where it did not fit. */
export const formFields = (fields: readonly Field[], before: Given): readonly Html[] =>
  fields.map((field) => {
    const value = Object.hasOwn(before, nameOf(field)) ? String(before[nameOf(field)] ?? '') : '';
    const hint = field.hint === null ? null : html`<small>${field.hint}</small>`;
    if (field.kind === 'boolean')
      return html`<p><label><input type="checkbox" name="${nameOf(field)}" value="true"${value === '' ? null : html` checked`}> ${field.label}</label>${hint}</p>`;
    return html`<p><label>${field.label}${input(field, value)}</label>${hint}</p>`;
  });

function input(field: Field, value: string): Html {
  const name = nameOf(field);
  const required = field.required ? html` required` : null;
  switch (field.kind) {
    case 'choice':
      return html`<select name="${name}"${required}><option value=""></option>${field.choices.map(
        (choice) =>
          html`<option value="${String(choice)}"${String(choice) === value ? html` selected` : null}>${String(choice)}</option>`,
      )}</select>`;
    case 'number':
    case 'whole':
      return html`<input type="number" name="${name}" value="${value}"${attribute('min', field.numbers.min)}${attribute('max', field.numbers.max)} step="${field.numbers.step ?? 'any'}"${required}>`;
    case 'date':
      return html`<input type="date" name="${name}" value="${value}"${required}>`;
    default:
      return textInput(field, value);
  }
}

/** Only a field of one line can be held to a pattern. */
function textInput(field: Field, value: string): Html {
  const { text, hint, required } = field;
  const name = nameOf(field);
  const { minLength: min, maxLength: max, pattern } = text;
  const longest = Math.min(max ?? Math.max(TEXT_MAX, min ?? 0), ANSWER_BYTES_MAX);
  const rest = html`${attribute('minlength', min)} maxlength="${longest}"${required ? html` required` : null}`;
  return pattern === null
    ? html`<textarea name="${name}" rows="2"${rest}>${value}</textarea>`
    : html`<input type="text" name="${name}" value="${value}" pattern="${pattern}"${attribute('title', hint)}${rest}>`;
}

const attribute = (name: string, value: string | number | null): Html | null =>
  value === null ? null : html` ${name}="${String(value)}"`;
