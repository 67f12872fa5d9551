// Errors as RFC 9457 problem details. Routes throw Problem; anything else that arrives here is mapped to the closed table
// of core/contract/error.ts, and what is not expected becomes a 500 that tells nothing of the inside.
import { ERRORS, type ErrorCode } from '@relance/core';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { ZodError } from 'zod';
import { isDatabaseDown, isHeld } from '../store/database.ts';
import { framesOf } from '../store/error-frames.ts';

export class Problem extends Error {
  readonly code: ErrorCode;
  readonly more: Readonly<Record<string, unknown>>;
  constructor(code: ErrorCode, detail: string, more: Readonly<Record<string, unknown>> = {}) {
    super(detail);
    this.name = 'Problem';
    this.code = code;
    this.more = more;
  }
}

export function problemBody(code: ErrorCode, detail: string, more: Readonly<Record<string, unknown>> = {}) {
  const kind = ERRORS[code];
  return { type: `/docs#${code}`, title: kind.title, status: kind.status, code, detail, next: kind.next, ...more };
}

/** Marks an issue of a schema: the value is understood, but what it asks for is not built. */
export const NOT_BUILT = 'notBuilt';
const isNotBuilt = (issue: ZodError['issues'][number]): boolean =>
  issue.code === 'custom' && issue.params?.[NOT_BUILT] === true;

/** Bad input, with the path of each field. */
export function invalid(error: ZodError): Problem {
  const errors = error.issues
    .slice(0, 50)
    .map((issue) => ({ path: issue.path.map(String).join('.'), message: issue.message }));
  const [first] = errors;
  return new Problem(
    error.issues.every(isNotBuilt) ? 'unprocessable' : 'invalid',
    first === undefined
      ? 'The request is not valid.'
      : `${first.path === '' ? 'The body' : `"${first.path}"`}: ${first.message}.`,
    { errors },
  );
}

export function toProblem(error: FastifyError | Error): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof ZodError) return invalid(error);
  if (isDatabaseDown(error)) return new Problem('database_away', 'The database does not answer at the moment.');
  if (isHeld(error)) return new Problem('held', 'Another transaction held what this would change for too long.');
  const { statusCode, code } = error as FastifyError;
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE' || statusCode === 413)
    return new Problem('too_large', 'The body is larger than 1 MiB.');
  if (code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE' || statusCode === 415)
    return new Problem('unsupported_media_type', 'The content type of the body is not understood here.');
  if (code === 'FST_ERR_CTP_EMPTY_JSON_BODY' || code === 'FST_ERR_CTP_INVALID_JSON_BODY')
    return new Problem('bad_json', 'The body is not valid JSON.');
  if (code === 'FST_ERR_BAD_URL') return new Problem('invalid', 'The address is not percent-encoded correctly.');
  if (statusCode === 414) return new Problem('invalid', 'A part of the address is too long.');
  if (statusCode === 429) return new Problem('rate_limited', error.message);
  if (statusCode === 400) return new Problem('invalid', error.message);
  return new Problem('internal', 'The request could not be carried out.');
}

const RETRY_AFTER_S: Partial<Record<ErrorCode, string>> = {
  database_away: '2',
  held: '2',
  stopping: '2',
  idempotency_in_flight: '1',
  clock_busy: '1',
  conflict: '1',
  rate_limited: '5', // where the limit itself does not know it better
};

export function sendProblem(request: FastifyRequest, reply: FastifyReply, error: FastifyError | Error): FastifyReply {
  const problem = toProblem(error);
  const { status } = ERRORS[problem.code];
  const retryAfter = RETRY_AFTER_S[problem.code];
  if (retryAfter !== undefined && !reply.hasHeader('retry-after')) reply.header('retry-after', retryAfter);
  if (status === 401) reply.header('www-authenticate', 'Bearer'); // RFC 9110 §11.6.1
  return reply
    .code(status)
    .type('application/problem+json')
    .send(
      problemBody(problem.code, problem.message, {
        ...problem.more,
        ...(problem.code === 'internal' ? { requestId: request.id } : {}),
      }),
    );
}

/** What the log may hold of an error: messages of PostgreSQL quote values, and values are other people's. */
export function errorFields(error: Error): Readonly<Record<string, unknown>> {
  const { code, severity, routine, table, constraint } = error as Error & Readonly<Record<string, unknown>>;
  const frames = framesOf(error);
  if (severity !== undefined) return { kind: error.name, code, routine, table, constraint, stack: frames };
  return { kind: error.name, code, message: error.message, stack: frames };
}
