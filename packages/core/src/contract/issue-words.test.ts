// What is said of a value that does not fit: what is missing, and which fields there are.
import { expect, it } from 'vitest';
import { z } from 'zod';
import { issueWords } from './issue-words.ts';

const person = z.strictObject({
  name: z.string('must be a name'),
  email: z.string(),
  channel: z.enum(['email', 'sms']),
  place: z.strictObject({ city: z.string() }).optional(),
});
const said = (value: unknown): readonly string[] =>
  (person.safeParse(value, { error: issueWords }).error?.issues ?? []).map(
    ({ path, message }) => `${path.join('.')}: ${message}`,
  );

it('what is missing is said to be missing; what a schema says itself comes first', () => {
  expect(said({ name: 5 })).toEqual([
    'name: must be a name',
    'email: is missing',
    'channel: is missing; it is one of email, sms',
  ]);
  expect(said({ name: '', email: 5, channel: 'sms' })).toEqual([
    'email: Invalid input: expected string, received number',
  ]);
});

it('a field that there is not is told with the nearest one, or else with all', () => {
  const good = { name: 'Ana', email: 'ana@example.test', channel: 'sms' };
  expect(said({ ...good, emial: 1 })).toEqual([': there is no field "emial" (did you mean "email"?)']);
  expect(said({ ...good, colour: 1, naem: 2 })).toEqual([
    ': there is no field "colour", "naem" (did you mean "name"?) (known: name, email, channel, place)',
  ]);
  expect(said({ ...good, place: { city: 'Paris', street: '' } })).toEqual([
    'place: there is no field "street" (known: city)',
  ]);
});
