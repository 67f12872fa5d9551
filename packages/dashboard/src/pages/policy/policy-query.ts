// Everything that is read about policies: from the server, and of their texts from the core in its worker (desk.ts).
import type { MetricRow, PolicyStanding, StoredPolicy } from '@relance/client';
import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { api } from '../../api.ts';
import { everyPage } from '../../every-page.ts';
import { ask } from './desk.ts';
import type { KnownNames } from './offers.ts';

const READ_ONCE = { staleTime: Number.POSITIVE_INFINITY, refetchInterval: false } as const;
/** Checked anew when somebody comes back after so long: people and templates change as well. */
const CHECKED_MS = 300_000;

export interface TextedPolicy extends StoredPolicy {
  /** As it was written; of what came as JSON the same in YAML. */
  readonly yaml: string;
}
export const policyQuery = (id: string, version?: number) =>
  queryOptions({
    queryKey: ['policies', 'one', id, version ?? 'latest'],
    queryFn: async (): Promise<TextedPolicy> => {
      const policy = await api.policies.get(id, version === undefined ? {} : { version });
      return { ...policy, yaml: policy.text ?? (await inYaml(policy.policy)) };
    },
    ...(version === undefined ? {} : READ_ONCE),
  });
/** Few come as JSON: what writes them is loaded for those. */
async function inYaml(policy: StoredPolicy['policy']): Promise<string> {
  const { stringify } = await import('yaml');
  return stringify(policy, { lineWidth: 100 });
}
export const versionsQuery = (id: string) =>
  queryOptions({
    queryKey: ['policies', 'versions', id],
    queryFn: async () => (await api.policies.versions(id)).items,
  });

export const standingsQuery = queryOptions({
  queryKey: ['policies', 'standings'],
  queryFn: async (): Promise<ReadonlyMap<string, PolicyStanding>> =>
    new Map((await api.policies.standings()).items.map((one) => [one.policy, one])),
});
/** Of the last 30 days: what the server counts unless told otherwise. */
export const figuresQuery = queryOptions({
  queryKey: ['policies', 'figures'],
  queryFn: async (): Promise<ReadonlyMap<string, MetricRow>> =>
    new Map((await api.metrics.policies()).rows.map((row) => [row.policy ?? '', row])),
  staleTime: 60_000,
});
/** With what is proved of it, which the server alone can: it knows everybody. */
export const checkQuery = (text: string) =>
  queryOptions({
    queryKey: ['policies', 'check', text],
    queryFn: () => api.policies.check(text),
    staleTime: CHECKED_MS,
    gcTime: CHECKED_MS,
    refetchInterval: false,
    placeholderData: keepPreviousData,
    enabled: text.trim() !== '',
  });

export const schemaQuery = queryOptions({
  queryKey: ['policies', 'schema'],
  queryFn: () => ask('schema', null),
  ...READ_ONCE,
});
export const namesQuery = queryOptions({
  queryKey: ['policies', 'names'],
  queryFn: async (): Promise<Omit<KnownNames, 'stages' | 'categories'>> => {
    const of = async (list: Parameters<typeof everyPage<{ readonly id: string }>>[0]) =>
      (await everyPage(list)).items.map(({ id }) => id);
    const [groups, schedules, calendars, templates] = await Promise.all([
      of(api.groups.list),
      of(api.schedules.list),
      of(api.calendars.list),
      of(api.templates.list),
    ]);
    return { groups, schedules, calendars, templates };
  },
  staleTime: 30_000,
  refetchInterval: false, // whole collections, for their ids
});
export const readyListQuery = queryOptions({
  queryKey: ['ready-policies'],
  queryFn: async () => (await api.readyPolicies.list()).items,
  ...READ_ONCE,
});
export const readyQuery = (id: string) =>
  queryOptions({ queryKey: ['ready-policies', id], queryFn: () => api.readyPolicies.get(id), ...READ_ONCE });

/** Drawn with the tenant's calendar and zone, of the version that is shown. */
export const pictureQuery = ({ id, version }: Pick<StoredPolicy, 'id' | 'version'>) =>
  queryOptions({
    queryKey: ['policies', 'picture', id, version],
    queryFn: () => api.policies.picture(id, { version }),
    staleTime: 60_000,
    refetchInterval: false,
  });
