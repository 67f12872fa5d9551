// What events tell about people, as the tenant's mapping says (`activity` of relance.yaml): written in the transaction of
// the events themselves, before anything is decided, so that what an event opens knows of it.
import { type ActivityMapping, activitiesIn, activityAt, compileActivityMappings, type Instant } from '@relance/core';
import type { Tx } from '../store/database.ts';
import { insertActivities, type NewActivity } from '../store/sql/activity.ts';
import type { TenantSettings } from '../store/sql/tenant.ts';
import type { Incoming } from './ingest-lane.ts';
import type { RecordedActivity } from './ports.ts';

/** Compiled once for each form that a tenant has written; few have any, and they rarely change. */
const compiled = new Map<string, readonly ActivityMapping[]>();
const COMPILED_MAX = 1_000;

function mappingsOf({ activity }: TenantSettings): readonly ActivityMapping[] {
  if (activity.length === 0) return [];
  const key = JSON.stringify(activity);
  const known = compiled.get(key);
  if (known !== undefined) return known;
  if (compiled.size >= COMPILED_MAX) compiled.clear();
  const { mappings } = compileActivityMappings(activity);
  compiled.set(key, mappings);
  return mappings;
}

/** Answers what was recorded of each event, by its index. */
export async function keepActivities(
  tx: Tx,
  tenants: ReadonlyMap<string, TenantSettings>,
  news: readonly Incoming[],
  now: Instant,
): Promise<ReadonlyMap<number, readonly RecordedActivity[]>> {
  const told = news.flatMap(({ tenant, event, id, index }): readonly (NewActivity & { readonly index: number })[] => {
    const settings = tenants.get(tenant);
    if (settings === undefined || settings.activity.length === 0) return [];
    const at = activityAt(event.time, now);
    return activitiesIn(mappingsOf(settings), event.event).map((one) => ({
      ...one,
      index,
      tenant,
      id,
      at,
      source: event.source,
    }));
  });
  await insertActivities(tx, told);
  return Map.groupBy(told, ({ index }) => index);
}
