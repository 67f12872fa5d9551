// What routes share: the caller, bodies and queries checked by zod, paging by cursor, and one place that knows how a
// transaction of a tenant begins. Each routes/<noun>.ts registers its own paths.

import { fromRfc3339, type Instant, isId, issueWords, printableId } from '@relance/core';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Scope } from '../store/database.ts';
import type { Caller } from './auth.ts';
import { invalid, NOT_BUILT, Problem } from './problem.ts';

declare module 'fastify' {
  interface FastifyRequest {
    caller: Caller | null;
  }
}

/** The caller of a route under /v1; the hook in server.ts has checked the key. */
export function callerOf(request: FastifyRequest): Caller {
  if (request.caller === null) throw new Problem('unauthorized', 'The request carries no API key.');
  return request.caller;
}

/** The caller, where their key may change what others send by or sign with. */
export function adminOf(request: FastifyRequest, what: string): Caller {
  const caller = callerOf(request);
  if (!caller.admin) throw new Problem('forbidden', `${what} are managed with an admin key.`);
  return caller;
}

export const scopeOf = (caller: Caller): Scope => ({ kind: 'tenant', tenant: caller.tenant });

export function read<T>(schema: z.ZodType<T>, value: unknown): T {
  const result = schema.safeParse(value ?? {}, { error: issueWords });
  if (!result.success) throw invalid(result.error);
  return result.data;
}

/** The query of an address: a parameter that it does not know is refused, not ignored, with those that it knows. */
export function readQuery<T extends z.ZodRawShape>(schema: z.ZodObject<T>, value: unknown): z.infer<z.ZodObject<T>> {
  const names = Object.keys(schema.shape);
  const unknown = Object.keys(value ?? {}).filter((name) => !names.includes(name));
  if (unknown.length === 0) return read(schema, value) as z.infer<z.ZodObject<T>>;
  const message = names.length === 0 ? 'this address takes no query' : `this address takes ${names.join(', ')}`;
  throw new Problem('invalid', `There is no query parameter "${unknown.join('", "')}"; ${message}.`, {
    errors: unknown.map((path) => ({ path, message })),
  });
}

/** A value that has a meaning nobody has built yet: refused by name (422), here and in project folders. */
export const notBuilt = (name: string, instead: string) => ({
  message: `${name} is not built yet; ${instead}`,
  params: { [NOT_BUILT]: true },
});

/** Ids that people choose. */
export const idSchema = printableId;

/** PostgreSQL's `integer`. */
export const INTEGER_MAX = 2_147_483_647;
export const PAGE_MAX = 200;
const PAGE_DEFAULT = 50;
export const pageSchema = z.object({
  cursor: z.string().max(1_200).optional(),
  limit: z.coerce.number().int().min(1).max(PAGE_MAX).default(PAGE_DEFAULT),
});

/** Cursors are opaque: base64url of what the next page begins after. */
export const cursorOf = (value: string): string => Buffer.from(value).toString('base64url');
export function afterOf(cursor: string | undefined): string | null {
  if (cursor === undefined) return null;
  const text = Buffer.from(cursor, 'base64url').toString();
  if (text === '' || text.includes('\u0000')) throw new Problem('invalid', 'The cursor is not one of ours.');
  return text;
}

/** Lists ordered by our own ids. */
export function afterId(cursor: string | undefined): string | null {
  const text = afterOf(cursor);
  if (text !== null && !isId(text)) throw new Problem('invalid', 'The cursor is not one of ours.');
  return text;
}

/** Lists ordered by a sequence; `integer` columns unless another limit is given. */
export function afterNumber(cursor: string | undefined, max = INTEGER_MAX): number | null {
  const text = afterOf(cursor);
  if (text === null) return null;
  if (!/^\d{1,16}$/.test(text) || Number(text) > max) throw new Problem('invalid', 'The cursor is not one of ours.');
  return Number(text);
}

/** Lists of messages, newest planned first: the time and the id. */
export function beforeMessage(cursor: string | undefined): { at: Instant; id: string } | null {
  if (cursor === undefined) return null;
  const [time = '', id = ''] = (afterOf(cursor) ?? '').split(' ');
  const at = fromRfc3339(time);
  if (at === null || !isId(id)) throw new Problem('invalid', 'The cursor is not one of ours.');
  return { at, id };
}
export const messageCursor = (message: { plannedAt: string; id: string }): string =>
  `${message.plannedAt} ${message.id}`;

/** The address names it; a body may repeat the id, but not contradict it. */
export function checkSameId(inBody: string | undefined, id: string): void {
  if (inBody !== undefined && inBody !== id) {
    throw new Problem('invalid', `The body's id "${inBody}" is not the address's "${id}".`);
  }
}

/** One page: asked for one more than wanted, to know whether there is a next. */
export function pageOf<T>(
  rows: readonly T[],
  limit: number,
  key: (row: T) => string,
): { items: readonly T[]; nextCursor: string | null } {
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  return { items, nextCursor: rows.length > limit && last !== undefined ? cursorOf(key(last)) : null };
}
