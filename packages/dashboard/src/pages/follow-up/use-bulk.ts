// One command for many while it runs, and what came of the last one. That is kept beside the page: whoever goes to one that refused and
// comes back finds it, with what takes it back, until they close it. It is its tenant's: whoever signs in to another sees none of it.
import { queryOptions, skipToken, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useState } from 'react';
import { api } from '../../api.ts';
import { useStopping } from '../../shell/stopping.ts';
import { useUnsaved } from '../../shell/unsaved.ts';
import { type Bulk, type Came, runBulk, settledIn, type Told } from './bulk.ts';

export interface Begun {
  readonly bulk: Bulk;
  /** What came of an earlier run: what it has not settled is asked for. */
  readonly told: readonly Told[];
  readonly wasUndo: boolean;
}
export interface Done extends Begun, Came {}

const inside = getRouteApi('/inside');
const lastQuery = (tenant: string | null) =>
  queryOptions({
    queryKey: ['last-bulk', tenant],
    queryFn: skipToken,
    initialData: null as Done | null,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: Number.POSITIVE_INFINITY,
    refetchInterval: false,
  });

interface BulkRun {
  readonly under: { readonly through: number; readonly of: number; readonly isStopping: boolean } | null;
  readonly last: Done | null;
  /** Whether it ended just now, and not on a visit of before. */
  readonly hasEnded: boolean;
  readonly start: (begun: Begun) => void;
  readonly stop: () => void;
  readonly forget: () => void;
}

export function useBulk(ended: (done: Done) => void): BulkRun {
  const queries = useQueryClient();
  const stop = useStopping();
  const [through, setThrough] = useState(0);
  const [isStopping, setStopping] = useState(false);
  const { tenant } = inside.useRouteContext().session;
  const { queryKey } = lastQuery(tenant);
  const { data: last = null } = useQuery(lastQuery(tenant));
  const { isPending, isSuccess, variables, mutate } = useMutation({
    mutationFn: async ({ bulk, told, wasUndo }: Begun): Promise<Done> => {
      const stopped = new AbortController();
      stop.current = () => stopped.abort();
      setThrough(settledIn(told).length);
      setStopping(false);
      return { bulk, wasUndo, ...(await runBulk(api.followUps, bulk, setThrough, stopped.signal, told)) };
    },
    onSuccess: (done) => {
      queries.setQueryData(queryKey, done);
      ended(done);
      void queries.invalidateQueries({ queryKey: ['follow-ups'] }); // nobody waits for a long list with what became of each
    },
  });
  useUnsaved(isPending, 'The command is still under way. Stop it, and leave?');
  return {
    under: isPending && variables !== undefined ? { through, of: variables.bulk.followUps.length, isStopping } : null,
    last,
    hasEnded: isSuccess,
    start: mutate,
    stop: () => {
      setStopping(true);
      stop.current();
    },
    forget: () => queries.setQueryData(queryKey, null),
  };
}
