// A server that does not answer, said to whoever looks at a page: what the client says of it is for programs.
import { RelanceProblem } from '@relance/client';

/** Asked with a body, and nothing is kept of it: preview and check, the people that a policy is played among. */
const ONLY_ASKS = /\/(?:preview|check|world|html)$/;

/** In the place of fetch: throws a problem in words of the dashboard where nothing answers. What was ended on purpose stays that. */
export const fetchOrSay =
  (send: typeof fetch): typeof fetch =>
  async (input, init) => {
    try {
      return await send(input, init);
    } catch (error) {
      const { name } = error as Error;
      if (name === 'AbortError' || name === 'TimeoutError' || error instanceof RelanceProblem) throw error;
      const address = input instanceof Request ? input.url : String(input).split('?')[0];
      const reads = (init?.method ?? 'GET') === 'GET' || ONLY_ASKS.test(address ?? '');
      throw new RelanceProblem(0, {
        code: 'unreachable',
        detail: 'The server does not answer.',
        next: `${reads ? '' : 'As far as this page knows nothing was saved, and what you wrote is still here. '}Try again when it is back.`,
      });
    }
  };
