// What a published policy would do, among the people of the tenant, without doing it: POST /v1/policies/{id}/simulate. Gathers
// what the policy names in one transaction, plays in memory, and writes nothing. Offline the same is app/simulate-files.ts.
import { setImmediate } from 'node:timers/promises';
import {
  compilePolicy,
  type Directory,
  fromRfc3339,
  namesIn,
  planSimulation,
  type SimulationPlan,
  type SimulationProblem,
  type SimulationReport,
  type SimulationRequest,
  seedOf,
  simulate,
  simulationSchema,
  Tally,
  wireSimulation,
} from '@relance/core';
import type { FastifyInstance } from 'fastify';
import type { Tx } from '../../store/database.ts';
import { getCalendar } from '../../store/sql/calendar.ts';
import { readClock } from '../../store/sql/clock.ts';
import { getPolicy } from '../../store/sql/policy.ts';
import { NO_SETTINGS, tenantSettings } from '../../store/sql/tenant.ts';
import { countingIn } from '../policy-calendar.ts';
import type { HttpPorts } from '../ports.ts';
import { Problem } from '../problem.ts';
import { callerOf, read, scopeOf } from '../route.ts';
import { gatherEverybody } from './policy-world.ts';

/** More lines than anybody reads. */
const ITEMS_MAX = 2_000;
/** Playing keeps the process from everything else between two runs, and a caller waiting over all of them. */
const RUN_MS_MAX = 500;
const ALL_MS_MAX = 5_000;

export function simulationRoutes(app: FastifyInstance, ports: HttpPorts): void {
  app.post<{ Params: { id: string } }>('/v1/policies/:id/simulate', async (request) => {
    const caller = callerOf(request);
    const asked = read(simulationSchema, request.body);
    const { plan, directory } = await ports.database.transaction(scopeOf(caller), (tx) =>
      prepare(tx, ports, { tenant: caller.tenant, id: request.params.id }, asked),
    );
    return play(ports, plan, directory, asked);
  });
}

interface Prepared {
  readonly plan: SimulationPlan;
  readonly directory: Directory;
}

async function prepare(
  tx: Tx,
  ports: HttpPorts,
  { tenant, id }: { readonly tenant: string; readonly id: string },
  asked: SimulationRequest,
): Promise<Prepared> {
  const row = await getPolicy(tx, tenant, id, null);
  if (row === null || row.deleted) throw new Problem('not_found', `There is no policy "${id}".`);
  const compiled = compilePolicy(row.written, row.version);
  if (!compiled.ok)
    throw new Problem('policy_invalid', `This release cannot read the policy: ${compiled.problems[0]?.message}`, {
      errors: compiled.problems,
    });
  const { now } = await readClock(tx);
  const settings = (await tenantSettings(tx, [tenant])).get(tenant) ?? NO_SETTINGS;
  const at = fromRfc3339(asked.at ?? '') ?? now;
  const policy = await countingIn(compiled.policy, ports.calendars, at, async (named) => {
    return (await getCalendar(tx, tenant, named))?.body ?? null;
  });
  const zone = asked.zone ?? settings.zone;
  const planned = planSimulation(policy, asked, { now, tenantZone: zone, activity: settings.activity });
  if (!planned.ok) throw refused(planned.problems);
  const { asked: first, people, resolved, groups } = namesIn(planned.plan);
  const { schedules } = planned.plan.policy.needs;
  const named = { people: [...first, ...people, ...resolved], groups, schedules };
  const directory = await gatherEverybody(tx, tenant, named, planned.plan.at);
  return { plan: planned.plan, directory: { ...directory, tenant: { ...directory.tenant, zone } } };
}

/** One run after the other, letting everybody else have their turn in between. */
async function play(ports: HttpPorts, plan: SimulationPlan, directory: Directory, asked: SimulationRequest) {
  const { runs = 1, seed = 1 } = asked;
  const begin = ports.wallNow();
  const playOne = (run: number) => {
    const until = ports.wallNow() + RUN_MS_MAX;
    return simulate(plan, directory, {
      seed: seedOf(seed, run),
      itemsMax: ITEMS_MAX,
      goesOn: () => ports.wallNow() < until,
    });
  };
  const first = playOne(0);
  if (runs === 1) return wireSimulation(plan, first);
  const tally = new Tally();
  tally.take(first);
  let played = 1;
  for (; played < runs && ports.wallNow() - begin < ALL_MS_MAX; played++) {
    await setImmediate();
    tally.take(playOne(played));
  }
  const report: SimulationReport = tally.report(seed);
  const notes = played < runs ? [`Only ${played} of ${runs} runs were played in the time there is.`] : [];
  return wireSimulation(plan, { ...first, notes: [...first.notes, ...notes] }, report);
}

const refused = (problems: readonly SimulationProblem[]): Problem =>
  new Problem('invalid', `${problems[0]?.path}: ${problems[0]?.message}`, { errors: problems });
