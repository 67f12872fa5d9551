// What a project folder says of people that is allowed but likely a mistake: a manager, or somebody on call, whom nobody
// knows; hours in which nobody is on call. Said by `relance check`, by `apply` and at the start of `serve`: known is who
// stands in the folder, and for the latter two who is on the server as well.
import { didYouMean, type Instant, parseAlarmTo, peopleNamedIn } from '@relance/core';
import { scheduleWarnings } from '../http/schedule-warning.ts';
import type { FileProblem } from './file-problem.ts';
import type { Project } from './project.ts';
import type { Path } from './yaml-file.ts';

/** Everybody whom the folder names as a manager or on call: of those it does not have, a server may be asked. */
export function strangersOf(project: Project): readonly string[] {
  const { recipients, schedules } = project;
  const alarmTo = alarmToOf(project);
  const own = new Set(recipients.map(({ id }) => id));
  const named = [
    ...(alarmTo?.kind === 'recipient' ? [alarmTo.id] : []),
    ...recipients.flatMap(({ manager }) => manager ?? []),
    ...schedules.flatMap(({ body }) => [...peopleNamedIn(body).keys()]),
  ];
  return [...new Set(named)].filter((id) => !own.has(id));
}

/** More than these nobody reads. */
const WARNINGS_MAX = 50;

export function managerWarnings(project: Project, elsewhere: ReadonlySet<string>): readonly FileProblem[] {
  const known = knownIn(project, elsewhere);
  return project.recipients
    .flatMap(({ id, manager }) =>
      typeof manager !== 'string' || known.has(manager)
        ? []
        : [
            {
              ...placed(project, `recipients/${id}`, ['manager']),
              message: `There is no recipient "${manager}" yet; until there is, "${id}" has no manager to escalate to.`,
              severity: 'warning' as const,
            },
          ],
    )
    .slice(0, WARNINGS_MAX);
}

const alarmToOf = ({ settings }: Project) => (settings.alarmTo === undefined ? null : parseAlarmTo(settings.alarmTo));

/** Whom alarms go to, where there is nobody of that name: `elsewhere` is what a server has. */
export function alarmProblems(
  project: Project,
  elsewhere: Readonly<Record<'recipients' | 'groups' | 'schedules', ReadonlySet<string>>>,
): readonly FileProblem[] {
  const to = alarmToOf(project);
  if (to === null || to.kind === 'email') return [];
  const known = {
    recipient: knownIn(project, elsewhere.recipients),
    group: new Set([...elsewhere.groups, ...project.groups.map(({ id }) => id)]),
    onCall: new Set([...elsewhere.schedules, ...project.schedules.map(({ id }) => id)]),
  }[to.kind];
  const name = to.kind === 'onCall' ? to.schedule : to.id;
  if (known.has(name)) return [];
  const what = { recipient: 'recipient', group: 'group', onCall: 'schedule' }[to.kind];
  return [
    {
      ...placed(project, 'relance.yaml', ['alarmTo']),
      message: `There is no ${what} "${name}", so nobody would be told of alarms; create it, or name another one.${didYouMean(name, known)}`,
      // A person may be known to the server.
      ...(to.kind === 'recipient' ? { severity: 'warning' as const } : {}),
    },
  ];
}

export function directoryWarnings(
  project: Project,
  elsewhere: ReadonlySet<string>,
  now: Instant,
): readonly FileProblem[] {
  const known = knownIn(project, elsewhere);
  return [
    ...managerWarnings(project, elsewhere),
    ...project.schedules.flatMap(({ id, body }) =>
      scheduleWarnings(body, known, now).map(({ path, message }) => ({
        ...placed(project, `schedules/${id}`, path.split('.').map(step)),
        message,
        severity: 'warning' as const,
      })),
    ),
  ];
}

const knownIn = ({ recipients }: Project, elsewhere: ReadonlySet<string>): ReadonlySet<string> =>
  new Set([...elsewhere, ...recipients.map(({ id }) => id)]);
const step = (part: string): string | number => (/^\d+$/.test(part) ? Number(part) : part);
const placed = ({ placeOf }: Project, what: string, path: Path): Omit<FileProblem, 'message'> =>
  placeOf.get(what)?.(path) ?? { file: what };
