// Brings a project folder to a running server over HTTP, all or nothing as far as HTTP allows: everything is checked
// before anything is sent, against the folder and the server together, by the checks that publication makes. Should the
// server still stop or refuse in between, the error says what was applied and what was not.
import type { Client, RelanceProblem } from '@relance/client';
import {
  compileSchedule,
  fromRfc3339,
  type Instant,
  type Policy,
  type Schedule,
  type WrittenSchedule,
} from '@relance/core';
import { onCallAsFallback, type Reach } from '../http/policy-reach.ts';
import type { GroupReach } from '../store/sql/group.ts';
import { problemsOf, templateProblems } from './check-files.ts';
import { managerWarnings, strangersOf } from './directory-warning.ts';
import { describeProblem, type FileProblem } from './file-problem.ts';
import { type Project, ProjectError } from './project.ts';
import { wallNow } from './wall-clock.ts';

/** What the route takes at once. */
const BULK = 500;

interface Step {
  readonly what: string;
  readonly send: () => Promise<string>;
}

/** `say` hears of each thing that is applied. */
export async function applyRemote(client: Client, project: Project, say: (line: string) => void): Promise<void> {
  const problems = [...(await templateProblems(project)), ...(await policyProblems(client, project))];
  const errors = problems.filter(({ severity }) => severity !== 'warning');
  if (errors.length > 0) throw new ProjectError(errors);
  for (const one of managerWarnings(project, await managersElsewhere(client, project)))
    say(`warning: ${describeProblem(one)}`);
  const steps = stepsOf(client, project);
  for (const [index, step] of steps.entries()) {
    try {
      say(await step.send());
    } catch (error) {
      throw brokenOff(error as RelanceProblem, steps, index);
    }
  }
  if (steps.length === 0) say('The folder has nothing to apply.');
  if (Object.keys(project.settings).length > 0)
    say('Not applied: relance.yaml. Settings are read by the server itself, from its own RELANCE_PROJECT.');
}

function stepsOf(client: Client, project: Project): readonly Step[] {
  const { recipients, groups, schedules, calendars, templates, policies } = project;
  const bulks = Array.from({ length: Math.ceil(recipients.length / BULK) }, (_, index) =>
    recipients.slice(index * BULK, (index + 1) * BULK),
  );
  return [
    ...bulks.map((some): Step => {
      const what = `${some.length} recipients`;
      return { what, send: () => sendRecipients(client, some, what) };
    }),
    ...groups.map((group): Step => {
      const what = `group ${group.id}`;
      return { what, send: () => client.groups.put(group.id, group as never).then(() => what) };
    }),
    ...schedules.map(({ id, body }): Step => ({ what: `schedule ${id}`, send: () => sendSchedule(client, id, body) })),
    ...calendars.map(({ id, body }): Step => {
      const what = `calendar ${id}`;
      return { what, send: () => client.calendars.put(id, body as never).then(() => what) };
    }),
    ...templates.map(({ id, written }): Step => {
      const what = `template ${id}`;
      return { what, send: () => client.templates.put(id, written as never).then(() => what) };
    }),
    ...policies.flatMap(({ policy }): readonly Step[] => {
      if (!policy.compiled.ok) return [];
      const { id } = policy.compiled.policy;
      return [{ what: `policy ${id}`, send: () => sendPolicy(client, id, policy.written) }];
    }),
  ];
}

async function sendRecipients(client: Client, some: Project['recipients'], what: string): Promise<string> {
  const { accepted, rejected } = await client.recipients.bulk(some as never);
  const [first] = rejected as readonly { index: number; detail: string }[];
  if (first === undefined) return what;
  const detail = `${accepted} of ${what} were taken. recipient ${some[first.index]?.id}: ${first.detail}`;
  throw Object.assign(new Error(detail), { detail });
}

async function sendPolicy(client: Client, id: string, written: unknown): Promise<string> {
  const { version, warnings } = await client.policies.put(id, written);
  const lines = warnings.map((warning) => `\n  warning: ${warning.path}: ${warning.message}`);
  return `policy ${id}: version ${version}${lines.join('')}`;
}

async function sendSchedule(client: Client, id: string, body: unknown): Promise<string> {
  const { warnings } = await client.schedules.put(id, body as never);
  return [`schedule ${id}`, ...warnings.map((one) => `  warning: ${one.path}: ${one.message}`)].join('\n');
}

/** Managers whom the folder does not have and the server does. */
async function managersElsewhere(client: Client, project: Project): Promise<ReadonlySet<string>> {
  const known = new Set<string>();
  for (const id of strangersOf({ ...project, schedules: [] }))
    if ((await found(client.recipients.get(id))) !== null) known.add(id);
  return known;
}

/** One sentence about what is there now, so that nobody has to guess. */
function brokenOff(error: Partial<RelanceProblem> & Error, steps: readonly Step[], at: number): Error {
  const named = (some: readonly Step[]): string =>
    some.length === 0 ? 'nothing' : some.map(({ what }) => what).join(', ');
  const message = `${error.detail ?? error.message}\nApplied: ${named(steps.slice(0, at))}.\nNot applied: ${named(steps.slice(at))}.`;
  return Object.assign(new Error(message), {
    next: 'Mend it and apply the folder again: what is the same stays as it is.',
  });
}

/** Every policy against what the folder and the server have together, and against what the server itself can run. */
async function policyProblems(client: Client, project: Project): Promise<readonly FileProblem[]> {
  const problems: FileProblem[] = [];
  if (project.policies.length === 0) return problems;
  const now = fromRfc3339((await client.clock.get()).now) ?? wallNow();
  for (const { file, policy } of project.policies) {
    if (!policy.compiled.ok) continue;
    const named = await namedBy(client, project, policy.compiled.policy, now);
    const { compiled } = policy;
    problems.push(
      ...problemsOf(compiled.policy, compiled.warnings, named.known, named.reach, 'error').map((one) => ({
        ...one,
        file,
      })),
      ...(await serverErrors(client, policy.written)).map((one) => ({ ...one, file })),
    );
  }
  return problems;
}

/** About names; what the folder is about to bring is judged by namedBy. */
const ABOUT_NAMES = /^policy_(group|schedule|calendar|template|recipient)_unknown$|^policy_fallback_(invalid|missing)$/;

async function serverErrors(client: Client, written: unknown) {
  const { errors } = await client.policies.check(written);
  return errors.filter(({ code }) => !ABOUT_NAMES.test(code));
}

/** Looks up on the server what the policy names and the folder does not have. */
async function namedBy(client: Client, project: Project, policy: Policy, now: Instant) {
  const ids = (list: readonly { readonly id: string }[]): Set<string> => new Set(list.map(({ id }) => id));
  const known = {
    recipients: ids(project.recipients),
    groups: ids(project.groups),
    schedules: ids(project.schedules),
    calendars: ids(project.calendars),
    templates: ids(project.templates),
  };
  const isKnown = async (id: string): Promise<boolean> => {
    if (!known.recipients.has(id) && (await found(client.recipients.get(id))) !== null) known.recipients.add(id);
    return known.recipients.has(id);
  };
  for (const id of policy.needs.recipients) await isKnown(id);
  const groups = new Map<string, GroupReach>();
  for (const id of policy.needs.groups) {
    const group = project.groups.find((one) => one.id === id) ?? (await found(client.groups.get(id)));
    if (group === null) continue;
    known.groups.add(id);
    groups.set(id, await reachOf(group.members, isKnown));
  }
  const schedules = await schedulesOf(client, project, policy);
  for (const id of schedules.keys()) known.schedules.add(id);
  for (const id of onCallAsFallback(policy, schedules, now)) await isKnown(id);
  const { calendarSource } = policy;
  if (calendarSource?.kind === 'named' && (await found(client.calendars.get(calendarSource.id))) !== null)
    known.calendars.add(calendarSource.id);
  for (const id of templatesOf(policy))
    if (!known.templates.has(id) && (await found(client.templates.get(id))) !== null) known.templates.add(id);
  return { known, reach: { recipients: known.recipients, groups, schedules, now } };
}

/** Those that the policy names, as they will be. */
async function schedulesOf(client: Client, project: Project, { needs }: Policy): Promise<Reach['schedules']> {
  const schedules = new Map<string, Schedule>();
  for (const { id } of needs.schedules) {
    const own = project.schedules.find((one) => one.id === id)?.body;
    const body = own ?? ((await found(client.schedules.get(id))) as WrittenSchedule | null);
    if (body !== null) schedules.set(id, compileSchedule(body));
  }
  return schedules;
}

async function reachOf(members: readonly string[], isKnown: (id: string) => Promise<boolean>): Promise<GroupReach> {
  for (const id of members) if (await isKnown(id)) return 'reaches';
  return members.length === 0 ? 'empty' : 'strangers';
}

const templatesOf = ({ stages, closing }: Policy): readonly string[] =>
  [...stages.map((stage) => stage.notify), ...Object.values(closing)]
    .flat()
    .flatMap(({ template }) => (template === null ? [] : [template]));

const found = <T>(asked: Promise<T>): Promise<T | null> =>
  asked.catch((error: Partial<RelanceProblem>) => {
    if (error.status === 404) return null;
    throw error;
  });
