// `Idempotency-Key` on every POST: the first answer is kept for a day and replayed. Scoped by tenant and route; another
// body under the same key is refused; a request still under way answers 409. Answers are kept encrypted, because some hold
// a secret that is shown once; what asks for another try (Retry-After, server errors) is not an answer. Costs nothing
// without the header. The rows are store/sql/idempotency.ts.
import { createHash } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Tx } from '../store/database.ts';
import { SealedError, type SecretBox } from '../store/secret-box.ts';
import { claimIdempotency, forgetIdempotency, rememberAnswer } from '../store/sql/idempotency.ts';
import type { HttpPorts } from './ports.ts';
import { errorFields, Problem } from './problem.ts';
import { recipientOf } from './recipient-token.ts';

interface Claim {
  readonly tenant: string;
  readonly route: string;
  readonly key: string;
  /** Keeps the answer in the transaction of what it answers, so that a crash between the two cannot do the work again. */
  keep(tx: Tx, status: number, body: unknown): Promise<void>;
}

declare module 'fastify' {
  interface FastifyRequest {
    idempotency: Claim | null;
  }
}

type Ports = Pick<HttpPorts, 'database' | 'secret' | 'secretsAccepted' | 'secretBox' | 'log'>;
const JSON_TYPE = 'application/json; charset=utf-8';
const KEY_MAX = 255;
/** An address may be longer than an index of PostgreSQL takes; a long one is kept by its hash. */
const ROUTE_MAX = 500;

export function useIdempotency(app: FastifyInstance, ports: Ports): void {
  const seal = sealWith(ports.secretBox);
  app.decorateRequest('idempotency', null);
  app.addHook('preHandler', async (request, reply) => {
    const key = request.headers['idempotency-key'];
    if (key === undefined || request.method !== 'POST') return undefined;
    return claim(ports, seal, request, reply, key);
  });
  app.addHook('onSend', async (request, reply, payload) => {
    if (request.idempotency !== null) await settle(ports, seal, request, reply, payload);
    return payload;
  });
}

/** Whose keys these are: an API key's tenant, or one recipient's own inbox; other pages have links that act once anyway. */
async function scopeFor(ports: Ports, request: FastifyRequest): Promise<{ tenant: string; route: string } | null> {
  const written = `${request.method} ${request.url}`;
  const route = written.length <= ROUTE_MAX ? written : createHash('sha256').update(written).digest('base64url');
  if (request.caller !== null) return { tenant: request.caller.tenant, route };
  if (request.routeOptions.url?.startsWith('/v1/inbox') !== true) return null;
  const of = await recipientOf(request, ports);
  return { tenant: of.tenant, route: `${route} ${of.recipient}` };
}

async function claim(
  ports: Ports,
  seal: Seal,
  request: FastifyRequest,
  reply: FastifyReply,
  key: string | string[],
): Promise<FastifyReply | undefined> {
  if (typeof key !== 'string' || key === '' || key.length > KEY_MAX) {
    throw new Problem('invalid', `Idempotency-Key must be 1 to ${KEY_MAX} characters.`);
  }
  const scope = await scopeFor(ports, request);
  if (scope === null) return undefined;
  const hash = hashOf(request);
  const known = await ports.database.transaction({ kind: 'tenant', tenant: scope.tenant }, (tx) =>
    claimIdempotency(tx, scope.tenant, scope.route, key, hash),
  );
  if (known === null) {
    request.idempotency = {
      ...scope,
      key,
      keep: (tx, status, body) =>
        rememberAnswer(
          tx,
          scope.tenant,
          scope.route,
          key,
          status,
          seal.close({ type: JSON_TYPE, body: JSON.stringify(body) }),
        ),
    };
    return undefined;
  }
  if (!known.request_hash.equals(hash)) {
    throw new Problem('idempotency_mismatch', 'The same Idempotency-Key came with another body before.');
  }
  if (known.status === null) {
    throw new Problem(
      'idempotency_in_flight',
      'The first request with this Idempotency-Key has not been answered yet.',
    );
  }
  const answer = seal.open(known.response);
  if (answer === null) {
    throw new Problem('idempotency_lost', 'The first answer was kept under another secret key and cannot be read.');
  }
  reply.header('idempotency-replayed', 'true').code(known.status);
  if (answer.type !== null) reply.header('content-type', answer.type);
  return reply.send(answer.body);
}

/** The body as it was read, and what else makes a request: its content type and the attributes of a binary event. */
function hashOf(request: FastifyRequest): Buffer {
  const hash = createHash('sha256').update(JSON.stringify(request.body ?? null));
  for (const [name, value] of Object.entries(request.headers)) {
    if (name === 'content-type' || name.startsWith('ce-')) hash.update(`\n${name}: ${String(value)}`);
  }
  return hash.digest();
}

/** The work is committed by now, so trouble with the note about it must not turn the answer into an error. */
async function settle(
  ports: Ports,
  seal: Seal,
  request: FastifyRequest,
  reply: FastifyReply,
  payload: unknown,
): Promise<void> {
  const { idempotency } = request;
  if (idempotency === null) return;
  request.idempotency = null;
  const { tenant, route, key } = idempotency;
  const again = reply.statusCode >= 500 || reply.hasHeader('retry-after');
  const type = reply.getHeader('content-type');
  const answer = { type: type === undefined ? null : String(type), body: typeof payload === 'string' ? payload : '' };
  try {
    await ports.database.transaction({ kind: 'tenant', tenant }, (tx) =>
      again
        ? forgetIdempotency(tx, tenant, route, key)
        : rememberAnswer(tx, tenant, route, key, reply.statusCode, seal.close(answer)),
    );
  } catch (error) {
    ports.log.warn(errorFields(error as Error), 'an answer could not be kept for its Idempotency-Key');
  }
}

interface Answer {
  readonly type: string | null;
  readonly body: string;
}
interface Seal {
  close(answer: Answer): string;
  /** Null when it was closed with another secret. */
  open(sealed: unknown): Answer | null;
}

/** What an answer is sealed for. */
const CONTEXT = 'idempotency answer';

const sealWith = (box: SecretBox): Seal => ({
  close: (answer) => box.seal(JSON.stringify(answer), CONTEXT),
  open(sealed) {
    if (typeof sealed !== 'string') return null;
    try {
      return JSON.parse(box.open(sealed, CONTEXT)) as Answer;
    } catch (error) {
      if (error instanceof SealedError) return null;
      throw error;
    }
  },
});
