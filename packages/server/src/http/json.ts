// JSON from outside: limited in depth before it is parsed, without `__proto__`, and only text that PostgreSQL can store.
// A body that fails here has changed nothing.

import type { FastifyRequest } from 'fastify';
import { parse } from 'secure-json-parse';
import { Problem } from './problem.ts';

export const DEPTH_MAX = 64;

/** Refuses deep nesting by counting brackets outside strings: JSON.parse itself would overflow at some 10,000 levels. */
function checkDepth(text: string): void {
  let depth = 0;
  let inText = false;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (inText) {
      if (code === 0x5c) index += 1;
      else if (code === 0x22) inText = false;
    } else if (code === 0x22) inText = true;
    else if (code === 0x7b || code === 0x5b) {
      depth += 1;
      if (depth > DEPTH_MAX) throw new Problem('too_deep', `The body is nested more than ${DEPTH_MAX} levels deep.`);
    } else if (code === 0x7d || code === 0x5d) depth -= 1;
  }
}

export function parseJson(text: string): unknown {
  checkDepth(text);
  let value: unknown;
  try {
    value = parse(text, { protoAction: 'remove', constructorAction: 'remove' });
  } catch (error) {
    throw new Problem('bad_json', `The body is not valid JSON: ${(error as Error).message}.`);
  }
  checkText(value, '');
  return value;
}

/** Names the first text that cannot be stored. Depth is limited, so recursion is safe. */
export function checkText(value: unknown, path: string): void {
  if (typeof value === 'string') {
    if (value.includes('\u0000'))
      throw new Problem('bad_text', `${path === '' ? 'The body' : `"${path}"`} holds a NUL character.`);
    if (!value.isWellFormed())
      throw new Problem('bad_text', `${path === '' ? 'The body' : `"${path}"`} holds a lone surrogate.`);
  } else if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new Problem('bad_json', `"${path}" is a number too large to be one.`);
  } else if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index++)
      checkText(value[index], path === '' ? String(index) : `${path}.${index}`);
  } else if (value !== null && typeof value === 'object') {
    for (const [name, part] of Object.entries(value)) {
      checkText(name, `${path === '' ? '' : `${path}.`}(a name)`);
      checkText(part, path === '' ? name : `${path}.${name}`);
    }
  }
}

/** Parameters of the path and the query are texts from outside as well. */
export function checkRequestText(request: FastifyRequest): void {
  for (const part of [request.params, request.query] as Readonly<Record<string, unknown>>[]) {
    for (const name in part) {
      checkText(name, '(a name in the address)');
      checkText(part[name], name);
    }
  }
}
