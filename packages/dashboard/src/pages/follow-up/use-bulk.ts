// One command for many while it runs, and what came of the last one. That is kept beside the page: whoever goes to one that refused and
// comes back finds it, with what takes it back, until they close it.
import { queryOptions, skipToken, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api } from '../../api.ts';
import { useStopping } from '../../shell/stopping.ts';
import { useUnsaved } from '../../shell/unsaved.ts';
import { type Bulk, runBulk, type Told } from './bulk.ts';

export interface Done {
  readonly bulk: Bulk;
  /** Of fewer than there are, where it was stopped. */
  readonly told: readonly Told[];
  readonly wasUndo: boolean;
}

const lastQuery = queryOptions({
  queryKey: ['last-bulk'],
  queryFn: skipToken,
  initialData: null as Done | null,
  staleTime: Number.POSITIVE_INFINITY,
  gcTime: Number.POSITIVE_INFINITY,
  refetchInterval: false,
});

interface BulkRun {
  readonly under: { readonly through: number; readonly of: number } | null;
  readonly last: Done | null;
  /** Goes on after what is told. */
  readonly start: (done: Done) => void;
  readonly stop: () => void;
  readonly forget: () => void;
}

export function useBulk(ended: () => void): BulkRun {
  const queries = useQueryClient();
  const stop = useStopping();
  const [through, setThrough] = useState(0);
  const { data: last = null } = useQuery(lastQuery);
  const { isPending, variables, mutate } = useMutation({
    mutationFn: async ({ bulk, told, wasUndo }: Done): Promise<Done> => {
      const stopped = new AbortController();
      stop.current = () => stopped.abort();
      setThrough(told.length);
      return { bulk, wasUndo, told: await runBulk(api.followUps, bulk, setThrough, stopped.signal, told) };
    },
    onSuccess: (done) => {
      queries.setQueryData(lastQuery.queryKey, done);
      ended();
      void queries.invalidateQueries({ queryKey: ['follow-ups'] }); // nobody waits for a long list with what became of each
    },
  });
  useUnsaved(isPending, 'The command is still under way. Stop it, and leave?');
  return {
    under: isPending && variables !== undefined ? { through, of: variables.bulk.followUps.length } : null,
    last,
    start: mutate,
    stop: () => stop.current(),
    forget: () => queries.setQueryData(lastQuery.queryKey, null),
  };
}
