// What is said of a server that does not answer, to whoever looks: what the client says of it is for programs. And how long what only
// asks waits for it.
import { RelanceProblem, SILENCE_MAX_MS } from '@relance/client';

/** Asked with a body, and nothing is kept of it: preview and check, the people that a policy is played among, a key to sign in with. */
const ONLY_ASKS = /\/(?:preview|check|world|html|session)$/;

const addressOf = (input: Parameters<typeof fetch>[0]): string =>
  (input instanceof Request ? input.url : String(input)).split('?')[0] ?? '';

function onlyAsks(input: Parameters<typeof fetch>[0], { method = 'GET' }: RequestInit = {}): boolean {
  return method === 'GET' || (method === 'POST' && ONLY_ASKS.test(addressOf(input)));
}

/** What is deleted or done at a button has nothing written that could be lost. */
const isWritten = ({ method, body }: RequestInit = {}): boolean =>
  method !== 'DELETE' && typeof body === 'string' && body !== '{}';

const DONE = 'As far as this page knows nothing was done. ';
const WRITTEN = 'As far as this page knows nothing was saved, and what you wrote is still here. ';

/** In the place of fetch: throws a problem in words of the dashboard where nothing answers. What was ended on purpose stays that. */
export const fetchOrSay =
  (send: typeof fetch): typeof fetch =>
  async (input, init) => {
    try {
      return await send(input, init);
    } catch (error) {
      const { name } = error as Error;
      if (name === 'AbortError' || name === 'TimeoutError' || error instanceof RelanceProblem) throw error;
      const lost = onlyAsks(input, init) ? '' : isWritten(init) ? WRITTEN : DONE;
      throw new RelanceProblem(0, {
        code: 'unreachable',
        detail: 'The server does not answer.',
        next: `${lost}Try again when it is back.`,
      });
    }
  };

/**
 * In the place of fetch: of a line that is dead no browser hears that it is, and what hangs on it holds one of the six connections that
 * there are. What changes something is waited for, as it may be done all the same.
 */
export const fetchInTime =
  (send: typeof fetch): typeof fetch =>
  async (input, init) => {
    if (!onlyAsks(input, init)) return send(input, init);
    const late = new AbortController();
    const timer = setTimeout(() => late.abort(), SILENCE_MAX_MS);
    const signal = init?.signal ? AbortSignal.any([init.signal, late.signal]) : late.signal;
    try {
      return await send(input, { ...init, signal });
    } catch (error) {
      if (late.signal.aborted && init?.signal?.aborted !== true) throw new TypeError('no answer in time');
      throw error;
    } finally {
      clearTimeout(timer);
    }
  };
