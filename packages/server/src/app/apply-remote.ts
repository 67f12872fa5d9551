// Brings a project folder to a running server over HTTP: first it tells what differs, then it changes that, all or nothing
// as far as HTTP allows. Everything is checked before anything is sent, against the folder and the server together, by the
// checks that publication makes. Should the server still stop or refuse in between, the error says what was applied and what
// was not.
import type { Client, RelanceProblem } from '@relance/client';
import {
  compileSchedule,
  fromRfc3339,
  type Instant,
  type Policy,
  type Schedule,
  type WrittenParts,
  type WrittenSchedule,
} from '@relance/core';
import { onCallAsFallback, type Reach } from '../http/policy-reach.ts';
import type { GroupReach } from '../store/sql/group.ts';
import { compileTemplates, problemsOf } from './check-files.ts';
import { differences } from './differences.ts';
import { directoryWarnings, strangersOf } from './directory-warning.ts';
import { describeProblem, type FileProblem } from './file-problem.ts';
import { type Project, ProjectError } from './project.ts';
import { wallNow } from './wall-clock.ts';

/** What the route takes at once. */
const BULK = 500;

/** How what is in the folder stands to what the server has. */
export interface Difference {
  readonly what: string;
  readonly state: 'new' | 'changed' | 'same';
  /** Place by place, of what has changed. */
  readonly changes: readonly string[];
}

interface Thing {
  readonly what: string;
  readonly body: unknown;
  /** What the server has; null when it has none. */
  readonly current: () => Promise<unknown>;
}
interface Step {
  readonly what: string;
  readonly send: () => Promise<string>;
}

export interface ApplyOptions {
  /** Tells what differs, and changes nothing. */
  readonly dryRun?: boolean;
}

/** First what differs is told, then it is applied; what is the same stays as it is. `say` hears of each thing. */
export async function applyRemote(
  client: Client,
  project: Project,
  say: (line: string) => void,
  { dryRun = false }: ApplyOptions = {},
): Promise<readonly Difference[]> {
  const more = (ids: readonly string[]) => writtenOn(client, ids);
  const made = await compileTemplates(project, more, await more(project.templates.map(({ id }) => id)));
  const problems = [...made.problems, ...(await policyProblems(client, project))];
  const errors = problems.filter(({ severity }) => severity !== 'warning');
  if (errors.length > 0) throw new ProjectError(errors);
  for (const one of await warningsOf(client, project)) say(`warning: ${describeProblem(one)}`);
  const found = await differencesOf(client, project);
  tell(found, say);
  if (!dryRun) await send(client, { ...project, templates: byUse(project.templates, made.uses) }, found, say);
  if (Object.keys(project.settings).length > 0)
    say('Not applied: relance.yaml. Settings are read by the server itself, from its own RELANCE_PROJECT.');
  return found;
}

/** Templates as the server has them: those of the folder, and what they are made of. */
async function writtenOn(client: Client, ids: readonly string[]): Promise<ReadonlyMap<string, WrittenParts>> {
  const all = new Map<string, WrittenParts>();
  for (const id of ids) {
    const there = await found(client.templates.get(id));
    if (there !== null) all.set(id, there as WrittenParts);
  }
  return all;
}

/** What others are made of comes first, so that it is there when they come: whatever is made of it is made of more. */
const byUse = (templates: Project['templates'], uses: ReadonlyMap<string, readonly string[]>): Project['templates'] =>
  templates.toSorted((a, b) => (uses.get(a.id)?.length ?? 0) - (uses.get(b.id)?.length ?? 0));

function tell(found: readonly Difference[], say: (line: string) => void): void {
  for (const { what, state, changes } of found) {
    if (state === 'same') continue;
    say(`${state}: ${what}`);
    for (const change of changes) say(`  ${change}`);
  }
  const same = found.filter(({ state }) => state === 'same').length;
  if (found.length === 0) say('The folder has nothing to apply.');
  else if (same > 0) say(`${same} the same`);
}

async function send(
  client: Client,
  project: Project,
  found: readonly Difference[],
  say: (line: string) => void,
): Promise<void> {
  const steps = stepsOf(client, project, new Set(found.flatMap(({ what, state }) => (state === 'same' ? [] : [what]))));
  for (const [index, step] of steps.entries()) {
    try {
      say(await step.send());
    } catch (error) {
      throw brokenOff(error as RelanceProblem, steps, index);
    }
  }
}

/** How many things are asked for at once. */
const ASKED_AT_ONCE = 8;

async function differencesOf(client: Client, project: Project): Promise<readonly Difference[]> {
  const things = thingsOf(client, project);
  const found: Difference[] = [];
  for (let from = 0; from < things.length; from += ASKED_AT_ONCE)
    found.push(...(await Promise.all(things.slice(from, from + ASKED_AT_ONCE).map(differenceOf))));
  return found;
}

async function differenceOf({ what, body, current }: Thing): Promise<Difference> {
  const there = await current();
  if (there === null) return { what, state: 'new', changes: [] };
  const { id: _id, version: _version, ...before } = there as Record<string, unknown>;
  const { id: _own, ...after } = body as Record<string, unknown>;
  const changes = differences(before, after);
  return { what, state: changes.length === 0 ? 'same' : 'changed', changes };
}

const nameOf = {
  recipient: (id: string) => `recipient ${id}`,
  group: (id: string) => `group ${id}`,
  schedule: (id: string) => `schedule ${id}`,
  calendar: (id: string) => `calendar ${id}`,
  template: (id: string) => `template ${id}`,
  policy: (id: string) => `policy ${id}`,
};

function thingsOf(client: Client, project: Project): readonly Thing[] {
  const { recipients, groups, schedules, calendars, templates, policies } = project;
  const thing = (what: string, body: unknown, current: () => Promise<unknown>): Thing => ({
    what,
    body,
    current: () => found(current()),
  });
  return [
    ...recipients.map((one) => thing(nameOf.recipient(one.id), one, () => client.recipients.get(one.id))),
    ...groups.map((one) => thing(nameOf.group(one.id), one, () => client.groups.get(one.id))),
    ...schedules.map(({ id, body }) => thing(nameOf.schedule(id), body, () => client.schedules.get(id))),
    ...calendars.map(({ id, body }) => thing(nameOf.calendar(id), body, () => client.calendars.get(id))),
    ...templates.map(({ id, written }) => thing(nameOf.template(id), written, () => client.templates.get(id))),
    ...policies.flatMap(({ policy }): readonly Thing[] => {
      if (!policy.compiled.ok) return [];
      const { id } = policy.compiled.policy;
      return [thing(nameOf.policy(id), policy.written, async () => (await client.policies.get(id)).policy)];
    }),
  ];
}

function stepsOf(client: Client, project: Project, wanted: ReadonlySet<string>): readonly Step[] {
  const recipients = project.recipients.filter(({ id }) => wanted.has(nameOf.recipient(id)));
  const bulks = Array.from({ length: Math.ceil(recipients.length / BULK) }, (_, index) =>
    recipients.slice(index * BULK, (index + 1) * BULK),
  );
  const steps = [
    ...project.groups.map((group): Step => {
      const what = nameOf.group(group.id);
      return { what, send: () => client.groups.put(group.id, group as never).then(() => what) };
    }),
    ...project.schedules.map(({ id, body }): Step => {
      const what = nameOf.schedule(id);
      return { what, send: () => client.schedules.put(id, body as never).then(() => what) };
    }),
    ...project.calendars.map(({ id, body }): Step => {
      const what = nameOf.calendar(id);
      return { what, send: () => client.calendars.put(id, body as never).then(() => what) };
    }),
    ...project.templates.map(({ id, written }): Step => {
      const what = nameOf.template(id);
      return { what, send: () => client.templates.put(id, written as never).then(() => what) };
    }),
    ...project.policies.flatMap(({ policy }): readonly Step[] => {
      if (!policy.compiled.ok) return [];
      const { id } = policy.compiled.policy;
      return [{ what: nameOf.policy(id), send: () => sendPolicy(client, id, policy.written) }];
    }),
  ];
  return [
    ...bulks.map((some): Step => {
      const what = some.length === 1 ? '1 recipient' : `${some.length} recipients`;
      return { what, send: () => sendRecipients(client, some, what) };
    }),
    ...steps.filter(({ what }) => wanted.has(what)),
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

/** What is likely a mistake about people, but for those whom the server has. Of a folder of policies alone nothing is said. */
async function warningsOf(client: Client, project: Project): Promise<readonly FileProblem[]> {
  const strangers = strangersOf(project);
  if (strangers.length === 0 && project.schedules.length === 0) return [];
  const elsewhere = new Set<string>();
  for (const id of strangers) if ((await found(client.recipients.get(id))) !== null) elsewhere.add(id);
  return directoryWarnings(project, elsewhere, fromRfc3339((await client.clock.get()).now) ?? wallNow());
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
      ...policy
        .placed(problemsOf(compiled.policy, compiled.warnings, named.known, named.reach, 'error'))
        .map((one) => ({ ...one, file })),
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
