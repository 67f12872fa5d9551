// One request and its answer: address, key, JSON, problems as RelanceProblem, and waiting for a database that is away (503
// with Retry-After). What a repeat would do twice carries an Idempotency-Key, so that it is done once. What can be asked is door.ts.
import { RelanceProblem } from './problem.ts';

export interface ClientOptions {
  /** Where the server is, e.g. http://127.0.0.1:4400; a path before /v1 is kept. */
  readonly url: string;
  /** API key, or a recipient token for `inbox`. Not needed in the demo. */
  readonly key?: string;
  readonly fetch?: typeof fetch;
  /** Ends every call of this client, waiting included, with its reason. */
  readonly signal?: AbortSignal;
  /** How often a database that is away is waited for. Default 3; 0 asks once. */
  readonly retriesMax?: number;
}

export type Query = Readonly<Record<string, string | number | boolean | undefined>>;

export interface Call {
  readonly method: string;
  readonly path: string;
  readonly body?: unknown;
  readonly type?: string | undefined;
  readonly query?: Query | undefined;
  /** Doing it twice is not the same as once: the server is asked to recognise a repeat. Costs it two small transactions. */
  readonly once?: boolean | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Ends this call, waiting included, in the place of the client's own. */
  readonly signal?: AbortSignal | undefined;
}

/** The answer; what is refused is thrown. */
export type Transport = (call: Call) => Promise<Response>;

const RETRIES_MAX = 3;
/** A server that asks for a longer wait is better told of by its problem. */
const RETRY_AFTER_MAX_S = 30;
/** Of the wait: many who are refused together come back one after the other. */
const SPREAD = 0.5;

export function createTransport(options: ClientOptions): Transport {
  let base = options.url;
  while (base.endsWith('/')) base = base.slice(0, -1);
  const retriesMax = options.retriesMax ?? RETRIES_MAX;
  return async (call) => {
    const url = addressOf(base, call);
    const init = requestOf(options, call);
    for (let attempt = 0; ; attempt++) {
      const response = await reach(() => (options.fetch ?? fetch)(url, init), base);
      if (response.ok) return response;
      const waitS = retryAfterOf(response);
      if (waitS === null || attempt >= retriesMax) throw await problemOf(response);
      await response.body?.cancel();
      await pause(waitS * 1000 * (1 + Math.random() * SPREAD), init.signal);
    }
  };
}

function addressOf(base: string, { path, query = {} }: Call): URL {
  const url = new URL(base + path);
  for (const [name, value] of Object.entries(query)) if (value !== undefined) url.searchParams.set(name, String(value));
  return url;
}

function requestOf(
  { key, signal: always }: ClientOptions,
  { method, body, type = 'application/json', once, headers: more, signal = always }: Call,
): RequestInit {
  const headers: Record<string, string> = { accept: 'application/json', ...more };
  if (key !== undefined) headers.authorization = `Bearer ${key}`;
  if (body !== undefined) headers['content-type'] = type;
  if (once) headers['idempotency-key'] = randomKey();
  return {
    method,
    headers,
    signal: signal ?? null,
    body: typeof body === 'string' ? body : JSON.stringify(body), // nothing, of nothing
  };
}

/** Browsers have randomUUID on secure pages only. It identifies, it does not protect. */
const randomKey = (): string => globalThis.crypto?.randomUUID?.() ?? `${Math.random()}${Math.random()}`;

/** Answers after which the client asks again by itself, where they say when: the database is away, or others have their turn first. */
export const ASKED_AGAIN: ReadonlySet<number> = new Set([503, 429]);

/** Seconds to wait before asking again (RFC 9110 §10.2.3, seconds form); null when asking again is not asked for. */
function retryAfterOf(response: Response): number | null {
  const seconds = Number(response.headers.get('retry-after') ?? 'never'); // a date is no number either
  return ASKED_AGAIN.has(response.status) && seconds >= 0 && seconds <= RETRY_AFTER_MAX_S ? seconds : null;
}

/** A proxy between may answer with a page of its own instead of a problem. */
async function problemOf(response: Response): Promise<RelanceProblem> {
  return new RelanceProblem(response.status, Object(await response.json().catch(() => null)));
}

/** A server that is not there is the commonest mistake: said plainly, with the address. A `fetch` of one's own may say it otherwise. */
async function reach(send: () => Promise<Response>, base: string): Promise<Response> {
  try {
    return await send();
  } catch (error) {
    if (error instanceof RelanceProblem) throw error;
    const { name, message, cause } = error as Error & { cause?: Error & { code?: string } };
    if (name === 'AbortError' || name === 'TimeoutError') throw error;
    const why = cause?.message || cause?.code || message;
    throw new RelanceProblem(0, {
      code: 'unreachable',
      detail: `There is no Relance at ${base}: ${why}.`,
      next: 'Start it: `relance serve`. Or set RELANCE_URL.',
    });
  }
}

/** At most half a minute, of whoever waits; an abort ends it at once. */
export function pause(ms: number, signal: AbortSignal | null | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', stop);
      resolve();
    }, ms);
    if (signal?.aborted) stop();
    else signal?.addEventListener('abort', stop, { once: true });
  });
}
