// What a project folder says of people that is allowed but likely a mistake: a manager, or somebody on call, whom nobody
// knows; hours in which nobody is on call. Said by `relance check`, by `apply` and at the start of `serve`: known is who
// stands in the folder, and for the latter two who is on the server as well.
import { type Instant, peopleNamedIn } from '@relance/core';
import { scheduleWarnings } from '../http/schedule-warning.ts';
import type { FileProblem } from './file-problem.ts';
import type { Project } from './project.ts';
import type { Path } from './yaml-file.ts';

/** Everybody whom the folder names as a manager or on call: of those it does not have, a server may be asked. */
export function strangersOf({ recipients, schedules }: Project): readonly string[] {
  const own = new Set(recipients.map(({ id }) => id));
  const named = [
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
