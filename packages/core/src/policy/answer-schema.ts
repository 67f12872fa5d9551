// What an answer to one of the policy's own actions must look like: a JSON Schema (2020-12) of the policy, compiled when
// the policy is and refused there with its place. Patterns are RE2, so that no answer makes one backtrack,
// and how much work there is in it is bounded (answer-weight.ts).
import { RE2JS } from '@bufbuild/re2';
import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import { fromRfc3339 } from '../instant.ts';
import { isDate } from '../timing.ts';
import { decodePointer, sizeOf, WEIGHT_MAX, weightOf } from './answer-weight.ts';
import type { Path } from './problem.ts';

/** Longer answers are documents: link to them. */
export const ANSWER_BYTES_MAX = 16_384;
const SCHEMA_LENGTH_MAX = 16_384;
const PROBLEMS_MAX = 20;
/** Every value may meet every part of the schema, and each that it does not fit is remembered: about a second. */
const WORK_MAX = 400_000;
const TOO_HEAVY = `The schema asks for too much: unfolded, its references and patterns come to more than ${WEIGHT_MAX} parts, or never end; shorten it.`;

export interface AnswerProblem {
  /** `answer.amount`. */
  readonly path: string;
  readonly message: string;
}

export interface AnswerSchema {
  readonly source: Readonly<Record<string, unknown>>;
  /** Empty when the answer fits. */
  check(answer: unknown): readonly AnswerProblem[];
}

export type CompiledAnswer =
  | { readonly ok: true; readonly schema: AnswerSchema }
  | { readonly ok: false; readonly path: Path; readonly message: string };

const FORMATS: Readonly<Record<string, (text: string) => boolean>> = {
  date: isDate,
  'date-time': (text) => fromRfc3339(text) !== null,
  email: (text) => /^[^\s@]+@[^\s@]+$/.test(text),
  uri: (text) => URL.canParse(text),
};

const patterns = Object.assign(
  (pattern: string) => {
    const compiled = RE2JS.compile(pattern);
    return { test: (text: string): boolean => compiled.test(text) };
  },
  { code: 'RE2' },
);

/** Knows what a schema is; made when the first one is read. */
let known: Ajv2020 | undefined;
const metaSchema = (): Ajv2020 => {
  known ??= new Ajv2020({ allErrors: false });
  return known;
};

export function compileAnswer(written: Readonly<Record<string, unknown>>): CompiledAnswer {
  const { $schema: _, ...source } = written;
  if (JSON.stringify(source).length > SCHEMA_LENGTH_MAX)
    return { ok: false, path: [], message: `The schema is longer than ${SCHEMA_LENGTH_MAX} characters; shorten it.` };
  const meta = metaSchema();
  if (meta.validateSchema(source) !== true) {
    // The last one says what was expected in all; the ones before are its parts.
    const [wrong] = meta.errors ?? [];
    const path = (wrong?.instancePath ?? '').split('/').slice(1).map(decodePointer);
    return {
      ok: false,
      path,
      message: `This is not JSON Schema: it ${wrong === undefined ? 'is not valid' : messageOf(wrong)}; correct it.`,
    };
  }
  try {
    const weight = weightOf(source);
    if (weight > WEIGHT_MAX) return { ok: false, path: [], message: TOO_HEAVY };
    // One of its own: an `$id` of one policy must not meet that of another.
    const ajv = new Ajv2020({
      meta: false,
      validateSchema: false,
      strict: true,
      strictTypes: false,
      strictTuples: false,
      strictRequired: false,
      allErrors: true,
      formats: FORMATS,
      code: { regExp: patterns },
    });
    return { ok: true, schema: { source: written, check: checkWith(ajv.compile(source), weight) } };
  } catch (error) {
    const [why = ''] = (error as Error).message.replace(/^strict mode: /, '').split(' ignored in schema');
    return { ok: false, path: [], message: `The schema cannot be used: ${why}. Correct it.` };
  }
}

const checkWith =
  (validate: ValidateFunction, weight: number): AnswerSchema['check'] =>
  (answer) => {
    if (sizeOf(answer) * weight > WORK_MAX)
      return [{ path: 'answer', message: 'holds more values than can be checked; give fewer' }];
    if (validate(answer) === true) return [];
    return (validate.errors ?? []).slice(0, PROBLEMS_MAX).map(problemOf);
  };

function problemOf(error: ErrorObject): AnswerProblem {
  const { instancePath, params, keyword } = error;
  const named = keyword === 'required' ? params.missingProperty : params.additionalProperty;
  const parts = [
    ...instancePath.split('/').slice(1).map(decodePointer),
    ...(named === undefined ? [] : [String(named)]),
  ];
  return {
    path: ['answer', ...parts].join('.'),
    message:
      keyword === 'required' ? 'is required' : keyword === 'additionalProperties' ? 'is not known' : messageOf(error),
  };
}

/** Says which values there are, where there is a list of them. */
function messageOf({ message, params }: ErrorObject): string {
  const allowed: unknown = params.allowedValues;
  return Array.isArray(allowed)
    ? `must be one of ${allowed.map((one) => JSON.stringify(one)).join(', ')}`
    : (message ?? 'is not valid');
}
