// Writing only over what one has seen (RFC 9110, section 13.1): `If-Match: "3"` is carried out where version 3 is the newest, and
// `If-None-Match: *` where there is none; otherwise 412, and nothing is done. Without either, the last word holds.
import { isDeepStrictEqual } from 'node:util';
import type { FastifyRequest } from 'fastify';
import { Problem } from './problem.ts';

/** `whatever`: any, or none. `none`: there is none. `some`: there is one. Else one of these versions. */
export type Expected = 'whatever' | 'none' | 'some' | readonly number[];

const VERSION = /^"(\d{1,9})"$/;

export function expectedOf({ headers }: FastifyRequest): Expected {
  const match = headers['if-match'];
  const noneMatch = headers['if-none-match'];
  if (match === undefined && noneMatch === undefined) return 'whatever';
  if (match !== undefined && noneMatch !== undefined)
    throw new Problem('invalid', 'Send `If-Match` or `If-None-Match`, not both.');
  if (match === undefined) {
    if (noneMatch?.trim() === '*') return 'none';
    throw new Problem('invalid', '`If-None-Match` can be `*` alone: it is written only where there is none.');
  }
  if (match.trim() === '*') return 'some';
  const versions = match.split(',').map((one) => VERSION.exec(one.trim())?.[1]);
  if (versions.some((one) => one === undefined))
    throw new Problem('invalid', '`If-Match` must be a version in quotes, such as "3", or `*`.');
  return versions.map(Number);
}

/** Of what has no versions: it can be said that there is one, or none. */
export function existenceOf(request: FastifyRequest): Extract<Expected, string> {
  const expected = expectedOf(request);
  if (typeof expected === 'string') return expected;
  throw new Problem(
    'invalid',
    'This has no versions: send `If-None-Match: *` to write it only where there is none, or `If-Match: *` only where there is one.',
  );
}

/** Of what is always there: those of its revisions that are meant; undefined: any. */
export function seenOf(request: FastifyRequest): readonly number[] | undefined {
  const expected = expectedOf(request);
  if (expected === 'none') throw new Problem('invalid', 'A command is for what is there: send `If-Match`, or nothing.');
  return typeof expected === 'string' ? undefined : expected;
}

/** `same`: it is what is to be written, as where a request whose answer was lost is repeated. */
export function checkExistence(
  expected: Extract<Expected, string>,
  { exists, same }: { readonly exists: boolean; readonly same: () => boolean },
  what: string,
): void {
  if (expected === 'none' && exists && !same()) throw new Problem('changed_meanwhile', `There is a ${what} already.`);
  if (expected === 'some' && !exists) throw new Problem('changed_meanwhile', `There is no ${what} any more.`);
}

export interface Current {
  /** Null where there is none. */
  readonly version: number | null;
  /** It is what is to be written: a request whose answer was lost is repeated, and has been carried out (section 13.1.1). */
  readonly same: boolean;
}

/** Of what is stored as it was written. */
export const checkWrittenOver = (
  expected: Expected,
  before: { readonly version: number; readonly body: object } | null,
  body: object,
  what: string,
): void =>
  checkExpected(
    expected,
    // As JSON has it: what is undefined is not stored.
    { version: before?.version ?? null, same: isDeepStrictEqual(before?.body, JSON.parse(JSON.stringify(body))) },
    what,
  );

/** To be asked where nobody else can write until this is done. */
export function checkExpected(expected: Expected, { version: current, same }: Current, what: string): void {
  if (expected === 'whatever' || (same && current !== null) || (expected === 'none' && current === null)) return;
  if (current === null) throw new Problem('changed_meanwhile', `There is no ${what} any more.`, { version: null });
  if (expected === 'none')
    throw new Problem('changed_meanwhile', `There is a ${what} already, in version ${current}.`, { version: current });
  if (expected === 'some' || expected.includes(current)) return;
  throw new Problem(
    'changed_meanwhile',
    `The ${what} is in version ${current}, not in ${expected.join(' or ')}: somebody else has changed it.`,
    { version: current },
  );
}
