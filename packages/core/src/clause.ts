// Whether a clause of a policy means an event, and under which key; with the reading of single expressions over an event
// that opening.ts builds on. The event is the whole CloudEvent as a plain object: `event.data`, `event.type`, extensions.
import { kindOf } from './opening-people.ts';
import type { Condition } from './policy/condition.ts';
import type { Clause, Policy } from './policy/policy.ts';

export type PolicyEvent = Readonly<Record<string, unknown>>;
export const KEY_LENGTH_MAX = 512;

/** Why an event could not be read; the detail is one sentence. */
export type OpeningCode =
  | 'expression_failed'
  | 'key_invalid'
  | 'subject_invalid'
  | 'data_invalid'
  | 'assignee_invalid'
  | 'person_invalid'
  | 'due_date_invalid';
export interface OpeningFailure {
  readonly ok: false;
  readonly code: OpeningCode;
  readonly detail: string;
}
export type Read<T> = { readonly ok: true; readonly value: T } | OpeningFailure;

export const fail = (code: OpeningCode, detail: string): OpeningFailure => ({ ok: false, code, detail });

export type Verdict =
  | { readonly kind: 'matches' }
  | { readonly kind: 'other_type' }
  | { readonly kind: 'condition_false' }
  | { readonly kind: 'error'; readonly detail: string };

/** Whether one of these is the type, or a prefix of it that ends with `*`. */
export const isNamed = (on: Clause['on'], type: string): boolean =>
  on.some((one) => (one.endsWith('*') ? type.startsWith(one.slice(0, -1)) : one === type));

/** Whether a clause means this event. A `when` that misses a field is false: such an event is simply another one. */
export function clauseMatches(clause: Pick<Clause, 'role' | 'on' | 'when'>, event: PolicyEvent): Verdict {
  const type = typeof event.type === 'string' ? event.type : '';
  if (!isNamed(clause.on, type)) return { kind: 'other_type' };
  if (clause.when === null) return { kind: 'matches' };
  const result = clause.when.evaluate({ event });
  if (!result.ok)
    return result.missing === true
      ? { kind: 'condition_false' }
      : { kind: 'error', detail: `The \`when\` of the ${clause.role} clause failed: ${result.detail}.` };
  if (typeof result.value !== 'boolean')
    return {
      kind: 'error',
      detail: `The \`when\` of the ${clause.role} clause gives ${kindOf(result.value)}, not true or false.`,
    };
  return result.value ? { kind: 'matches' } : { kind: 'condition_false' };
}

/** Whether an event with this part in it closes what it is about: where the policy does not let it, it only claims. */
export const endsBy = (policy: Pick<Policy, 'resolvableBy'>, role: string): boolean =>
  role === 'cancel' || (role === 'resolve' && policy.resolvableBy.includes('event'));

/** The key of an event: a text of 1 to 512 characters; a whole number is written out. */
export function readKey(
  policy: Policy,
  clause: Pick<Clause, 'key'>,
  event: PolicyEvent,
): { readonly ok: true; readonly key: string } | OpeningFailure {
  const read = readText(clause.key ?? policy.key, { event }, 'key');
  if (!read.ok) return read;
  if (read.value === null) return fail('key_invalid', 'The key is empty; let the expression give a text or a number.');
  if (read.value.length > KEY_LENGTH_MAX)
    return fail('key_invalid', `The key has ${read.value.length} characters; it may have ${KEY_LENGTH_MAX}.`);
  return { ok: true, key: read.value };
}

export function readText(condition: Condition, scope: PolicyEvent, what: string): Read<string | null> {
  const result = condition.evaluate(scope);
  if (!result.ok) return fail('expression_failed', `The expression for \`${what}\` failed: ${result.detail}.`);
  const { value } = result;
  if (value === null || value === '') return { ok: true, value: null };
  if (typeof value === 'string') return { ok: true, value };
  if (typeof value === 'number') return { ok: true, value: String(value) };
  return fail(
    what === 'key' ? 'key_invalid' : 'subject_invalid',
    `The expression for \`${what}\` gives ${kindOf(value)}, not text.`,
  );
}

/** Text that may be absent: a missing field is null. */
export function readOptional(condition: Condition | null, scope: PolicyEvent, what: string): Read<string | null> {
  if (condition === null) return { ok: true, value: null };
  const result = condition.evaluate(scope);
  if (!result.ok && result.missing === true) return { ok: true, value: null };
  return readText(condition, scope, what);
}

/** The value of an optional expression; a missing field is `undefined`. */
export function readValue(condition: Condition, scope: PolicyEvent, what: string): Read<unknown> {
  const result = condition.evaluate(scope);
  if (result.ok) return { ok: true, value: result.value };
  return result.missing === true
    ? { ok: true, value: undefined }
    : fail('expression_failed', `The expression for \`${what}\` failed: ${result.detail}.`);
}
