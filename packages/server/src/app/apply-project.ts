// Applies a project folder to a tenant in one transaction: settings, people, groups, schedules, calendars, templates, then
// the policies that name them. What is the same stays as it is; a reference that does not exist undoes everything.
import type { RefusalOf } from '@relance/core';
import { compileCalendar } from '../engine/calendar-book.ts';
import { publish, type Replaced } from '../http/routes/policy.ts';
import { storeRecipients } from '../http/routes/recipient.ts';
import { bodyOf } from '../http/routes/template.ts';
import { storeTemplates } from '../http/template-store.ts';
import type { Database, Tx } from '../store/database.ts';
import { putCalendar } from '../store/sql/calendar.ts';
import { readClock } from '../store/sql/clock.ts';
import { knownGroups, putGroup } from '../store/sql/group.ts';
import { knownRecipients } from '../store/sql/recipient.ts';
import { knownSchedules, putSchedule } from '../store/sql/schedule.ts';
import { putTenantSettings } from '../store/sql/tenant.ts';
import { alarmProblems, directoryWarnings, strangersOf } from './directory-warning.ts';
import type { FileProblem } from './file-problem.ts';
import { type Project, ProjectError } from './project.ts';
import { newlyRefused } from './refused-project.ts';

export interface Applied {
  readonly recipients: number;
  readonly groups: number;
  readonly schedules: number;
  readonly calendars: number;
  readonly templates: number;
  readonly policies: readonly {
    readonly id: string;
    readonly version: number;
    readonly same: boolean;
    readonly replaced: Replaced | null;
  }[];
  readonly warnings: readonly FileProblem[];
}

export interface ApplyProjectOptions {
  readonly log: { warn(fields: object, text: string): void };
  readonly refusalOf: RefusalOf;
}

export async function applyProject(
  database: Database,
  tenant: string,
  project: Project,
  { log, refusalOf }: ApplyProjectOptions,
): Promise<Applied> {
  const refused = await newlyRefused(database, tenant, project, refusalOf);
  const errors = refused.filter(({ severity }) => severity !== 'warning');
  if (errors.length > 0) throw new ProjectError(errors);
  const templates = project.templates.map(({ id, written }) => ({ id, body: bodyOf(written) }));
  const applied = await storeTemplates(database, { tenant, templates }, async (tx, storeThem) => {
    if (Object.keys(project.settings).length > 0) await putTenantSettings(tx, tenant, project.settings);
    await storeRecipients(tx, tenant, project.recipients);
    // In one order, as each is locked until all is published.
    for (const group of project.groups.toSorted((a, b) => (a.id < b.id ? -1 : 1))) await putGroup(tx, tenant, group);
    for (const { id, body } of project.schedules) await putSchedule(tx, tenant, id, body);
    for (const { id, body } of project.calendars) await putCalendar(tx, tenant, id, body);
    await storeThem();
    const published = await publishAll(tx, tenant, project);
    const elsewhere = await knownRecipients(tx, tenant, strangersOf(project));
    const { now } = await readClock(tx);
    const there = {
      recipients: elsewhere,
      groups: await knownGroups(tx, tenant),
      schedules: await knownSchedules(tx, tenant),
    };
    const warnings = [...alarmProblems(project, there), ...directoryWarnings(project, elsewhere, now)];
    return { ...published, warnings: [...refused, ...published.warnings, ...warnings] };
  });
  for (const { file, path, message } of applied.warnings) log.warn({ file, path }, message);
  for (const { id, version, replaced } of applied.policies)
    if (replaced !== null)
      log.warn(
        { policy: id, version, replaced: replaced.version, by: replaced.by },
        `${EVERY_START}, ${REPLACED[replaced.what]}`,
      );
  return {
    recipients: project.recipients.length,
    groups: project.groups.length,
    schedules: project.schedules.length,
    calendars: project.calendars.length,
    templates: templates.length,
    ...applied,
  };
}

const EVERY_START = 'The project folder publishes this policy whenever the server starts';
const REPLACED = {
  version:
    'and has published over what somebody else had published since. Change it in the folder too: the version that was replaced is kept, and the dashboard shows what differs.',
  words: 'and its words have replaced those of somebody else who had published the same. Change them in the folder.',
  deletion: 'and has published again what somebody had deleted. Delete it in the folder.',
} as const;

async function publishAll(tx: Tx, tenant: string, project: Project): Promise<Pick<Applied, 'policies' | 'warnings'>> {
  const policies: Applied['policies'][number][] = [];
  const warnings: FileProblem[] = [];
  const errors: FileProblem[] = [];
  for (const { file, policy } of project.policies) {
    const result = await publish(tx, tenant, policy, { by: 'project', calendars: { compile: compileCalendar } });
    if (result.ok) {
      const { id, version, same, replaced } = result;
      policies.push({ id, version, same, replaced });
      warnings.push(...result.warnings.map((warning) => ({ ...warning, file })));
    } else errors.push(...result.problems.map((problem) => ({ ...problem, file })));
  }
  if (errors.length > 0) throw new ProjectError(errors);
  return { policies, warnings };
}
