// What is read from the server and how long it is good: one key for each thing, so that a change makes just that be read again.
import { ASKED_AGAIN, RelanceProblem } from '@relance/client';
import { MutationCache, QueryCache, QueryClient, queryOptions } from '@tanstack/react-query';
import { api, isSignedOut, readSession } from './api.ts';
import { everyPage } from './every-page.ts';

/** What happens is told by the stream (live.ts); so often it is looked again all the same, while the page is seen. */
export const LOOK_AGAIN_MS = 60_000;
const CLOCK_MS = 15_000;

const isWaitedFor = (error: Error): boolean => error instanceof RelanceProblem && ASKED_AGAIN.has(error.status);

export function createQueries(signedOut: () => void): QueryClient {
  // A session ends while somebody looks: the sign-in page says so, and leads back here.
  const onError = (error: Error): void => {
    if (isSignedOut(error)) signedOut();
  };
  const queries = new QueryClient({
    queryCache: new QueryCache({ onError }),
    mutationCache: new MutationCache({ onError }),
    defaultOptions: {
      // Whether a browser thinks that it has a network is not asked: what cannot be sent says so at once (unreachable.ts), instead of
      // being kept and done at some later time, and a server on the same machine needs no network.
      mutations: { networkMode: 'always' },
      queries: {
        networkMode: 'always',
        refetchOnReconnect: true,
        staleTime: 2_000,
        refetchInterval: LOOK_AGAIN_MS,
        // The client waits by itself for a database that is away, and for others that have their turn.
        retry: (count, error) => !isSignedOut(error) && !isWaitedFor(error) && count < 1,
      },
    },
  });
  queries.setQueryDefaults(sessionQuery.queryKey, SESSION_KEPT); // also where it is put in by whoever signs in
  return queries;
}

export const sessionQuery = queryOptions({ queryKey: ['session'], queryFn: readSession, staleTime: 60_000 });
/** No page observes it, and every step within the dashboard asks for it: forgotten, a server that is away would take the page with it. */
const SESSION_KEPT = { gcTime: Number.POSITIVE_INFINITY };

/** The server's own time: in the demo days pass in seconds. */
export const clockQuery = queryOptions({
  queryKey: ['clock'],
  queryFn: () => api.clock.get(),
  refetchInterval: CLOCK_MS,
});

export const policiesQuery = queryOptions({
  queryKey: ['policies'],
  queryFn: () => everyPage(api.policies.list),
  staleTime: 30_000,
});

/** To choose one of them: not looked at again by the clock. */
export const policyChoicesQuery = queryOptions({ ...policiesQuery, refetchInterval: false });

export const overviewQuery = queryOptions({ queryKey: ['overview'], queryFn: () => api.overview() });

/** After a change of people, groups or schedules: what is proved of policies is of those that there are. */
export async function readWorldAgain(queries: QueryClient, keys: readonly string[]): Promise<void> {
  const changed = [...keys.map((key) => [key]), ['policies', 'check']];
  await Promise.all(changed.map((queryKey) => queries.invalidateQueries({ queryKey })));
}
