// Simulates policies in files, without a server: one file by itself, or the policies of a project folder among its own people.
// What is wrong is reported as `relance check` reports it. With a server to ask, http/routes/simulation.ts plays the same.
import { readFileSync, statSync } from 'node:fs';
import {
  checkReferences,
  fromRfc3339,
  type Instant,
  planSimulation,
  type SimulationRequest,
  simulate,
  simulateMany,
  type WireSimulation,
  wireSimulation,
} from '@relance/core';
import { compileCalendar } from '../engine/calendar-book.ts';
import { countingIn } from '../http/policy-calendar.ts';
import { readPolicy } from '../http/routes/policy.ts';
import type { FileProblem } from './file-problem.ts';
import { type Project, ProjectError, readProject } from './project.ts';
import { calendarIn, directoryOf, homeOf, knownIn } from './project-directory.ts';

export type SimulatedFile =
  | { readonly name: string; readonly ok: true; readonly simulation: WireSimulation }
  | { readonly name: string; readonly ok: false; readonly problems: readonly FileProblem[] };

export interface SimulatingOptions {
  readonly now: Instant;
  /** Only this policy of a folder. */
  readonly policy: string | null;
}

export async function simulateFiles(
  path: string,
  request: SimulationRequest,
  options: SimulatingOptions,
): Promise<readonly SimulatedFile[]> {
  const home = homeOf(path);
  let project: Project | null = null;
  try {
    project = home === null ? null : await readProject(home);
  } catch (error) {
    if (error instanceof ProjectError) return [{ name: path, ok: false, problems: error.problems }];
    throw error;
  }
  const files = filesOf(path, project).filter(
    ({ compiled }) => options.policy === null || !compiled.ok || compiled.policy.id === options.policy,
  );
  if (files.length === 0) {
    const message =
      options.policy === null ? 'There is no policy in `policies/`.' : `There is no policy "${options.policy}".`;
    return [{ name: path, ok: false, problems: [{ file: path, message }] }];
  }
  const played: SimulatedFile[] = [];
  for (const file of files) played.push(await simulateOne(file, project, request, options.now));
  // Of several policies an event is meant for those that it opens.
  const opened = played.filter((one) => one.ok || one.problems.some((problem) => problem.path !== 'event'));
  return request.event !== undefined && opened.length > 0 ? opened : played;
}

interface PolicyFile {
  readonly file: string;
  readonly compiled: ReturnType<typeof readPolicy>['compiled'];
}

function filesOf(path: string, project: Project | null): readonly PolicyFile[] {
  if (project === null || !statSync(path).isDirectory())
    return [{ file: path, compiled: readPolicy(readFileSync(path, 'utf8')).compiled }];
  return project.policies.map(({ file, policy }) => ({ file, compiled: policy.compiled }));
}

async function simulateOne(
  { file, compiled }: PolicyFile,
  project: Project | null,
  request: SimulationRequest,
  now: Instant,
): Promise<SimulatedFile> {
  const failed = (problems: readonly Omit<FileProblem, 'file'>[]): SimulatedFile => ({
    name: file,
    ok: false,
    problems: problems.map((problem) => ({ ...problem, file })),
  });
  if (!compiled.ok) return failed(compiled.problems);
  const unknown = project === null ? [] : checkReferences(compiled.policy, knownIn(project));
  const errors = unknown.filter(({ severity }) => severity === 'error');
  if (errors.length > 0) return failed(errors);
  const at = fromRfc3339(request.at ?? '') ?? now;
  const policy = await countingIn(compiled.policy, { compile: compileCalendar }, at, calendarIn(project));
  const zone = request.zone ?? project?.settings.zone ?? null;
  const planned = planSimulation(policy, request, {
    now,
    tenantZone: zone,
    activity: project?.settings.activity ?? [],
  });
  if (!planned.ok) return failed(planned.problems);
  const directory = directoryOf(project, zone);
  const { runs = 1, seed = 1 } = request;
  const options = { seed, alone: project === null };
  const simulation = simulate(planned.plan, directory, options);
  const report = runs > 1 ? simulateMany(planned.plan, directory, { ...options, runs }) : null;
  return { name: file, ok: true, simulation: wireSimulation(planned.plan, simulation, report) };
}
