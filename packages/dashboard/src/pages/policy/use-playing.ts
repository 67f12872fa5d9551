// A text played while it is being written: whenever it or what is asked changes, it is played anew in the worker, and what was being
// played is forgotten. What was played last is shown until the next is.
import { useDebouncedValue } from '@mantine/hooks';
import type { SimulationRequest } from '@relance/core';
import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { api } from '../../api.ts';
import { ZONE } from '../../moment.tsx';
import { ask, type OrProblems, type Played } from './desk.ts';

const PLAY_MS = 250;
/** People change seldom while somebody writes. */
const WORLD_MS = 120_000;

export interface PlayAsked {
  readonly asked: SimulationRequest;
  /** Among the tenant's own people, or invented ones. */
  readonly among: 'tenant' | 'invented';
}
export interface Playing {
  readonly played: OrProblems<Played> | null;
  /** 0 to 1; null while nothing is played. */
  readonly share: number | null;
  readonly error: Error | null;
}

export function usePlaying(text: string, wanted: PlayAsked, known: unknown): Playing {
  const queries = useQueryClient();
  const key = JSON.stringify([text, wanted, known]);
  const [soon] = useDebouncedValue(key, PLAY_MS);
  const [state, setState] = useState<Playing>({ played: null, share: 0, error: null });
  useEffect(() => {
    const ending = new AbortController();
    const { signal } = ending;
    const [said, { asked, among }] = JSON.parse(soon) as [string, PlayAsked, unknown];
    const playIt = async (): Promise<OrProblems<Played>> => {
      const { now } = await api.clock.get();
      const names = await ask('names', { text: said, asked, now }, { signal });
      if (!names.ok) return names;
      const wish = { ...names.value, ...(among === 'tenant' ? {} : { recipients: [], groups: [], schedules: [] }) };
      const world = await queries.fetchQuery({
        queryKey: ['policies', 'world', wish],
        queryFn: () => api.policies.world(wish),
        staleTime: WORLD_MS,
      });
      const people = among === 'tenant' ? world : { ...world, recipients: [], groups: [], schedules: [] };
      return ask(
        'play',
        { text: said, asked, world: people, alone: among === 'invented', now, zone: ZONE },
        { signal, progress: (share) => setState((before) => ({ ...before, share })) },
      );
    };
    setState((before) => ({ ...before, share: 0 }));
    playIt().then(
      (played) => setState({ played, share: null, error: null }),
      (error: Error) => {
        if (!signal.aborted) setState((before) => ({ ...before, share: null, error }));
      },
    );
    return () => ending.abort();
  }, [soon, queries]);
  return state;
}
