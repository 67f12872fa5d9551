// `@relance/core/testing`: what a policy does, in a test of your own, without a server or a database. The same functions as
// `relance simulate`; simulatePolicy() takes a policy as it is written and people as they are written, and throws what is wrong.
import { activityMappingSchema, compileActivityMappings, type WrittenActivityMapping } from './activity-mapping.ts';
import { fromRfc3339 } from './instant.ts';
import { compilePolicy } from './policy/compile.ts';
import type { PolicyInput } from './policy/schema.ts';
import { compileYaml } from './policy/yaml.ts';
import { readPreferredPlan } from './preferred-plan.ts';
import type { Directory, Recipient } from './recipient.ts';
import { compileSchedule } from './schedule.ts';
import { scheduleSchema } from './schedule-schema.ts';
import { type Simulation, type SimulationPlan, simulate } from './simulation.ts';
import { planSimulation, type SimulationRequest, simulationSchema } from './simulation-plan.ts';
import { type SimulationReport, simulateMany } from './simulation-report.ts';

export { type Behaviour, parseBehaviour } from './behaviour.ts';
export { type HandingOver, Rehearsal, type RehearsedMessage, wasSent } from './rehearsal.ts';
export { sentence } from './sentence.ts';
export * from './simulation.ts';
export * from './simulation-plan.ts';
export * from './simulation-report.ts';

/** A recipient as written in `directory/*.yaml`; what is left out is not there. */
export type WrittenPerson = Partial<Omit<Recipient, 'plan'>> & {
  readonly id: string;
  readonly plan?: { readonly normal?: readonly unknown[]; readonly urgent?: readonly unknown[] };
};

export interface PolicyTest extends Omit<SimulationRequest, 'runs' | 'at'> {
  /** When it opens, as RFC 3339: a test has no clock of its own. */
  readonly at: string;
  readonly people?: readonly WrittenPerson[];
  readonly groups?: Readonly<Record<string, readonly string[]>>;
  /** As `activity` of relance.yaml. */
  readonly activity?: readonly WrittenActivityMapping[];
  /** As in `directory/*.yaml`. */
  readonly schedules?: Readonly<Record<string, object>>;
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

function planOf(
  written: string | PolicyInput,
  { people = [], groups = {}, schedules = {}, activity = [], ...asked }: PolicyTest,
): { readonly plan: SimulationPlan; readonly directory: Directory; readonly seed: number | undefined } {
  const compiled = typeof written === 'string' ? compileYaml(written, 1) : compilePolicy(written, 1);
  if (!compiled.ok) throw wrong(compiled.problems);
  const now = fromRfc3339(asked.at);
  if (now === null) throw wrong([{ path: 'at', message: `"${asked.at}" is not RFC 3339` }]);
  const request = simulationSchema.parse(asked);
  const mapped = activityMappingSchema.parse(activity);
  const { problems } = compileActivityMappings(mapped);
  if (problems.length > 0) throw wrong(problems.map(({ path, message }) => ({ path: `activity${path}`, message })));
  const planned = planSimulation(compiled.policy, request, {
    now,
    tenantZone: request.zone ?? null,
    activity: mapped,
  });
  if (!planned.ok) throw wrong(planned.problems);
  const directory: Directory = {
    recipients: new Map(people.map((one) => [one.id, personOf(one)])),
    groups: new Map(
      Object.entries(groups).map(([id, members]) => [id, { id, name: id, members, size: members.length }]),
    ),
    schedules: new Map(
      Object.entries(schedules).map(([id, one]) => [id, compileSchedule(scheduleSchema.parse({ ...one, id }))]),
    ),
    tenant: { zone: request.zone ?? null, locale: 'en', alarmTo: null, name: null },
  };
  return { plan: planned.plan, directory, seed: request.seed };
}

const NOTHING = { email: null, phone: null, locale: null, timeZone: null, location: null, manager: null };
const personOf = ({ plan = {}, ...person }: WrittenPerson): Recipient => ({
  ...NOTHING,
  name: person.id,
  traits: {},
  endpoints: [],
  away: [],
  ...person,
  plan: { normal: readPreferredPlan(plan.normal), urgent: readPreferredPlan(plan.urgent) },
});

const wrong = (problems: readonly { readonly path: string; readonly message: string }[]): Error =>
  new Error(problems.map(({ path, message }) => `${path}: ${message}`).join('\n'));
