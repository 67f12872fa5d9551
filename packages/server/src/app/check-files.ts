// Checks policies in files, without a server: one file by itself, or a project folder against its own directory.
// `relance check` prints what this finds; publishing over HTTP checks the same way against the tenant's directory.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import {
  checkConsequences,
  checkReferences,
  compileSchedule,
  type Instant,
  type Known,
  localesOf,
  type Placing,
  type Policy,
  type Problem,
  type Proof,
  prove,
  type Template,
  type WrittenParts,
} from '@relance/core';
import { compileCalendar } from '../engine/calendar-book.ts';
import { countingIn, placeProblems } from '../http/policy-calendar.ts';
import { checkReach, type Reach } from '../http/policy-reach.ts';
import { readPolicy } from '../http/routes/policy.ts';
import { bodyOf } from '../http/routes/template.ts';
import { compileTemplate, withMadeOf } from '../http/template-compile.ts';
import { keptOf } from '../http/template-kept.ts';
import { alarmProblems, directoryWarnings } from './directory-warning.ts';
import { readExamples } from './example-events.ts';
import type { FileProblem } from './file-problem.ts';
import { type Project, ProjectError, readProject } from './project.ts';
import { calendarIn, directoryOf, knownIn } from './project-directory.ts';
import { refusedSettings } from './refused-project.ts';

export interface FileReport {
  readonly name: string;
  readonly problems: readonly FileProblem[];
  /** What is proved of a policy that can be read, or refuted: then it is among the problems too. */
  readonly proofs?: readonly Pick<Proof, 'claim' | 'holds' | 'text'>[];
}

const located = (file: string, problems: readonly Problem[]): FileProblem[] =>
  problems.map((problem) => ({ ...problem, file }));

export interface CheckOptions {
  /** So many messages of one follow-up may one person get a day; else what `check` of relance.yaml says. */
  readonly maxPerDay?: number;
}

/** A policy as YAML text or as data. */
export function checkText(name: string, body: unknown, { maxPerDay }: CheckOptions = {}): FileReport {
  const { compiled, placed } = readPolicy(body);
  if (!compiled.ok) return { name, problems: located(name, compiled.problems) };
  const report = {
    name,
    problems: located(name, [...compiled.warnings, ...placed(checkConsequences(compiled.policy))]),
  };
  return withProofs(report, prove(compiled.policy, null, { maxPerDay }), placed);
}

const withProofs = ({ name, problems }: FileReport, proofs: readonly Proof[], placed: Placing): FileReport => ({
  name,
  problems: [...problems, ...located(name, placed(proofs.flatMap((proof) => proof.problems)))],
  proofs: proofs.map(({ claim, holds, text }) => ({ claim, holds, text })),
});

/**
 * What a policy names and whom it reaches. A person whom the folder does not have may be known to the server: without one
 * to ask, `strangers` is a warning. What is said of a place as an error is not said there as a warning.
 */
export function problemsOf(
  policy: Policy,
  warnings: readonly Problem[],
  known: Known,
  reach: Reach,
  strangers: Problem['severity'],
): readonly Problem[] {
  const named = checkReferences(policy, known);
  const reached = checkReach(policy, reach, strangers);
  const worse = (one: Problem, others: readonly Problem[]): boolean =>
    one.severity === 'warning' && others.some((other) => other.path === one.path);
  const errors = reached.filter(({ severity }) => severity === 'error');
  return [...warnings, ...named.filter((one) => !worse(one, errors)), ...reached.filter((one) => !worse(one, named))];
}

type FindMore = (ids: readonly string[]) => Promise<ReadonlyMap<string, WrittenParts>>;
const NO_MORE: FindMore = async () => new Map();

/**
 * Each template as it is stored, and those that could not be: their Liquid, their MJML, what they are made of. `before`: those
 * that a server has accepted, as they were written.
 */
export async function compileTemplates(
  project: Pick<Project, 'templates'>,
  more = NO_MORE,
  before: ReadonlyMap<string, WrittenParts> = new Map(),
): Promise<{
  readonly templates: ReadonlyMap<string, Template>;
  readonly problems: readonly FileProblem[];
  /** What each is made of. */
  readonly uses: ReadonlyMap<string, readonly string[]>;
}> {
  const templates = new Map<string, Template>();
  const uses = new Map<string, readonly string[]>();
  const problems: FileProblem[] = [];
  const own = new Map(project.templates.map(({ id, written }) => [id, bodyOf(written)]));
  const all = await withMadeOf(own, more);
  await Promise.all(
    project.templates.map(async ({ id, written, file }) => {
      try {
        const body = bodyOf(written);
        const made = await compileTemplate(id, body, (other) => all.get(other), keptOf(body, before.get(id)));
        templates.set(id, { ...made.compiled, id });
        uses.set(id, made.uses);
      } catch (error) {
        problems.push({ file, message: (error as Error).message });
      }
    }),
  );
  return { templates, problems, uses };
}

const reachOf = (project: Project, recipients: ReadonlySet<string>, now: Instant): Reach => ({
  recipients,
  schedules: new Map(project.schedules.map(({ id, body }) => [id, compileSchedule(body)])),
  now,
  groups: new Map(
    project.groups.map(({ id, members }) => [
      id,
      members.length === 0 ? 'empty' : members.some((one) => recipients.has(one)) ? 'reaches' : 'strangers',
    ]),
  ),
});

/** Allowed, as policies may come over HTTP; but a folder with another name is simply not read. */
function noPolicies(folder: string): FileProblem {
  const near = readdirSync(folder).filter((name) => /^polic/i.test(name) && name !== 'policies');
  const hint = near.length === 0 ? '' : ` \`${near[0]}\` is not read; did you mean \`policies\`?`;
  return { file: folder, message: `There is no policy in \`policies/\`.${hint}`, severity: 'warning' };
}

const NOBODY: ReadonlySet<string> = new Set();
const NOTHING = { recipients: NOBODY, groups: NOBODY, schedules: NOBODY };
const byFile = (problems: readonly FileProblem[]): readonly FileReport[] =>
  [...Map.groupBy(problems, ({ file }) => file)].map(([name, some]) => ({ name, problems: some }));

/**
 * A file, or every policy of a project folder. A group or schedule the folder does not have is an error, a person a warning;
 * who is on call is asked from `now` on.
 */
export async function checkFiles(
  path: string,
  now: Instant,
  options: CheckOptions = {},
): Promise<readonly FileReport[]> {
  if (!statSync(path).isDirectory()) return [checkText(path, readFileSync(path, 'utf8'), options)];
  let project: Project;
  try {
    project = await readProject(path);
  } catch (error) {
    if (error instanceof ProjectError) return [{ name: path, problems: error.problems }];
    throw error;
  }
  const known = knownIn(project);
  const { templates, problems } = await compileTemplates(project);
  const events = readExamples(path);
  const files: FileReport[] = [...byFile([...refusedSettings(project), ...problems, ...events.problems])];
  if (project.policies.length === 0) files.push({ name: path, problems: [noPolicies(path)] });
  const { settings, recipients } = project;
  const locales = localesOf(settings.locale ?? 'en', recipients, templates.values());
  const words = { templates, locales, examples: events.examples };
  const reach = reachOf(project, known.recipients, now);
  const directory = directoryOf(project, project.settings.zone ?? null);
  const policies = await Promise.all(
    project.policies.map(async ({ file, policy: { compiled, placed } }) => {
      if (!compiled.ok) return { name: file, problems: [] };
      const places = await placeProblems(compiled.policy, { compile: compileCalendar });
      const found = problemsOf(compiled.policy, compiled.warnings, known, reach, 'warning');
      const report = {
        name: file,
        problems: located(file, placed([...found, ...checkConsequences(compiled.policy), ...places])),
      };
      // What is named and not there is told already: nothing is proved with it.
      const world = report.problems.some(({ severity }) => severity === 'error')
        ? null
        : { directory, now, strangers: 'reached' as const };
      const policy = await countingIn(compiled.policy, { compile: compileCalendar }, now, calendarIn(project));
      const { maxPerDay = project.settings.check?.maxPerDay } = options;
      return withProofs(report, prove(policy, world, { maxPerDay, words }), placed);
    }),
  );
  return [
    ...files,
    ...policies,
    ...byFile([...alarmProblems(project, NOTHING), ...directoryWarnings(project, NOBODY, now)]),
  ];
}
