// Templates as they are stored.
import type { Template } from '@relance/client';
import { queryOptions } from '@tanstack/react-query';
import { api, ifThere } from '../../api.ts';
import { everyPage } from '../../every-page.ts';

export const TEMPLATES_KEY = ['templates'] as const;

export const templatesQuery = queryOptions({
  queryKey: [...TEMPLATES_KEY, 'all'],
  queryFn: () => everyPage<Template>(api.templates.list),
});

/** Null where there is none of that name yet. Read once: what somebody writes is not changed under their hands. */
export const templateQuery = (id: string) =>
  queryOptions({
    queryKey: [...TEMPLATES_KEY, 'one', id],
    queryFn: (): Promise<Template | null> => ifThere(api.templates.get(id)),
    refetchInterval: false,
    refetchOnWindowFocus: false,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0, // whoever comes back sees what there is then
  });
