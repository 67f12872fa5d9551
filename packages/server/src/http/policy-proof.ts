// What is proved of a policy against a tenant's directory as it is now (core/proof.ts): gathered in sets, nothing is written.
import { type Directory, type Instant, localesOf, type Policy, type Proof, peopleFrom, prove } from '@relance/core';
import type { Tx } from '../store/database.ts';
import { type DirectoryDemands, demandOf, gatherDirectories } from '../store/sql/directory.ts';
import { compiledSchedules } from '../store/sql/schedule.ts';
import { readTemplates } from '../store/sql/template-read.ts';
import { NO_SETTINGS } from '../store/sql/tenant.ts';

export async function proveFor(
  tx: Tx,
  tenant: string,
  policy: Policy,
  { now, maxPerDay }: { readonly now: Instant; readonly maxPerDay: number | undefined },
): Promise<readonly Proof[]> {
  const demands: DirectoryDemands = new Map();
  const demand = demandOf(demands, tenant);
  for (const id of policy.needs.groups) demand.groups.add(id);
  for (const id of policy.needs.recipients) demand.recipients.add(id);
  for (const { id, level } of policy.needs.schedules)
    demand.schedules.set(id, (demand.schedules.get(id) ?? new Set()).add(level));
  // Whoever comes on call in the year ahead, not only those of this hour.
  const asked = policy.needs.schedules.map(({ id }) => ({ tenant, id }));
  for (const { id, schedule } of await compiledSchedules(tx, asked))
    for (const level of demand.schedules.get(id) ?? [])
      for (const person of peopleFrom(schedule, now, level)) demand.recipients.add(person);
  const directory = (await gatherDirectories(tx, demands, now)).get(tenant) ?? NOBODY;
  const named = [...policy.stages.flatMap(({ notify }) => notify), ...Object.values(policy.closing).flat()];
  const wanted = [...new Set(named.flatMap(({ template }) => template ?? []))].map((id) => ({ tenant, id }));
  const templates = new Map([...(await readTemplates(tx, wanted)).values()].map((one) => [one.id, one]));
  const words = {
    templates,
    locales: localesOf(directory.tenant.locale, directory.recipients.values(), templates.values()),
    examples: [],
  };
  return prove(policy, { directory, now, strangers: 'nobody' }, { maxPerDay, words });
}

const NOBODY: Directory = { recipients: new Map(), groups: new Map(), schedules: new Map(), tenant: NO_SETTINGS };
