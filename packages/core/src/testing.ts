// `@relance/core/testing`: what a policy does, in a test of your own, without a server or a database. The same functions as
// `relance simulate`; simulatePolicy() takes a policy as it is written and people as they are written, and throws what is wrong.
import { activityMappingSchema, compileActivityMappings, type WrittenActivityMapping } from './activity-mapping.ts';
import { fromRfc3339 } from './instant.ts';
import { compilePolicy } from './policy/compile.ts';
import type { PolicyInput } from './policy/schema.ts';
import { compileYaml } from './policy/yaml.ts';
import type { Directory } from './recipient.ts';
import { type Simulation, type SimulationPlan, simulate } from './simulation.ts';
import { planSimulation, type SimulationRequest, simulationSchema } from './simulation-plan.ts';
import { type SimulationReport, simulateMany } from './simulation-report.ts';
import { checked, countingIn, directoryOf, type TestWorld, wrong } from './testing-world.ts';

export { type Behaviour, parseBehaviour } from './behaviour.ts';
export { type HolidayBook, loadHolidays } from './holidays.ts';
export { type HandingOver, Rehearsal, type RehearsedMessage, wasSent } from './rehearsal.ts';
export { sentence } from './sentence.ts';
export * from './simulation.ts';
export * from './simulation-plan.ts';
export * from './simulation-report.ts';
export type { TestWorld, WrittenPerson } from './testing-world.ts';

export interface PolicyTest extends Omit<SimulationRequest, 'runs' | 'at'>, TestWorld {
  /** When it opens, as RFC 3339: a test has no clock of its own. */
  readonly at: string;
  /** As `activity` of relance.yaml. */
  readonly activity?: readonly WrittenActivityMapping[];
}

/** Plays a policy, in YAML or as data, once. */
export function simulatePolicy(policy: string | PolicyInput, test: PolicyTest): Simulation {
  const { plan, directory, seed } = planOf(policy, test);
  return simulate(plan, directory, { alone: true, ...(seed === undefined ? {} : { seed }) });
}

/** Plays it many times: what came of it, in numbers. */
export function simulatePolicyMany(
  policy: string | PolicyInput,
  test: PolicyTest & { readonly runs: number },
): SimulationReport {
  const { plan, directory, seed } = planOf(policy, test);
  return simulateMany(plan, directory, { alone: true, runs: test.runs, ...(seed === undefined ? {} : { seed }) });
}

const WORLD = ['people', 'groups', 'schedules', 'calendars', 'holidays', 'activity'];
const OPTIONS = [...Object.keys(simulationSchema.shape), ...WORLD];

function planOf(
  written: string | PolicyInput,
  { people, groups, schedules, calendars, holidays, activity = [], ...asked }: PolicyTest,
): { readonly plan: SimulationPlan; readonly directory: Directory; readonly seed: number | undefined } {
  const world = { people, groups, schedules, calendars, holidays } as TestWorld;
  const compiled = typeof written === 'string' ? compileYaml(written, 1) : compilePolicy(written, 1);
  if (!compiled.ok) throw wrong(compiled.problems);
  const request = checked(simulationSchema, asked, { option: '', keys: OPTIONS });
  const now = fromRfc3339(request.at ?? '');
  if (now === null) throw wrong([{ path: 'at', message: `"${asked.at}" is not RFC 3339` }]);
  const mapped = checked(activityMappingSchema, activity, { option: 'activity' });
  const { problems } = compileActivityMappings(mapped);
  if (problems.length > 0) throw wrong(problems.map(({ path, message }) => ({ path: `activity${path}`, message })));
  const zone = request.zone ?? null;
  const directory = directoryOf(world, zone);
  const planned = planSimulation(countingIn(compiled.policy, world, now), request, {
    now,
    tenantZone: zone,
    activity: mapped,
  });
  if (!planned.ok) throw wrong(planned.problems);
  return { plan: planned.plan, directory, seed: request.seed };
}
