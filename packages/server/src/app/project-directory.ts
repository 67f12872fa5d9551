// A project folder as decisions see it, where no server is asked: its people, groups, schedules and calendars.
import { statSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import {
  type Branding,
  compileSchedule,
  type Directory,
  NO_PREFERENCES,
  type Recipient,
  readBudget,
  readPreferredPlan,
  readQuietHours,
} from '@relance/core';
import type { CalendarBody } from '../store/sql/calendar.ts';
import type { Project } from './project.ts';

/** The project and the template that a path names: a folder or a file in its `templates/`. */
export function templateAt(path: string): { readonly home: string; readonly id: string } | null {
  const place = resolve(path);
  const folder = dirname(place);
  return basename(folder) === 'templates'
    ? { home: dirname(folder), id: basename(place).replace(/\.(?:ya?ml|json)$/, '') }
    : null;
}

/** The project that a path belongs to: the folder itself, or that of a file in its `policies/`. */
export function homeOf(path: string): string | null {
  if (statSync(path).isDirectory()) return path;
  const folder = dirname(resolve(path));
  return basename(folder) === 'policies' ? dirname(folder) : null;
}

/** What policies of the folder may name (core's checkReferences). */
export const knownIn = ({ recipients, groups, schedules, calendars, templates, settings }: Project) => ({
  recipients: new Set(recipients.map(({ id }) => id)),
  groups: new Set(groups.map(({ id }) => id)),
  schedules: new Set(schedules.map(({ id }) => id)),
  calendars: new Set(calendars.map(({ id }) => id)),
  templates: new Set(templates.map(({ id }) => id)),
  resolvers: new Set(Object.keys(settings.resolvers ?? {})),
});

/** A calendar of the folder by its id, as written. */
export const calendarIn =
  (project: Project | null) =>
  (id: string): CalendarBody | null =>
    project?.calendars.find((one) => one.id === id)?.body ?? null;

export function directoryOf(project: Project | null, zone: string | null): Directory {
  const { recipients = [], groups = [], schedules = [], settings = {} } = project ?? {};
  return {
    recipients: new Map(
      recipients.map((one) => {
        const plan = one.plan as { readonly normal?: unknown; readonly urgent?: unknown } | null;
        const own = { normal: readPreferredPlan(plan?.normal), urgent: readPreferredPlan(plan?.urgent) };
        return [one.id, { ...(one as unknown as Recipient), plan: own, preferences: NO_PREFERENCES }];
      }),
    ),
    groups: new Map(groups.map(({ id, name, members }) => [id, { id, name, members, size: members.length }])),
    schedules: new Map(schedules.map(({ id, body }) => [id, compileSchedule(body)])),
    tenant: {
      zone,
      locale: settings.locale ?? 'en',
      alarmTo: settings.alarmTo ?? null,
      name: settings.name ?? null,
      quietHours: readQuietHours(settings.quietHours),
      budget: readBudget(settings.budget),
      ...(settings.branding === undefined ? {} : { branding: settings.branding as Branding }),
    },
  };
}
