// What a project folder says that is refused where it is new: webhooks of people that lead where nothing may be sent, a locale
// that is no language tag. A server that has it already, from a release that took it, starts all the same and says so.
import { isLanguageTag, LANGUAGE_TAG, type RefusalOf } from '@relance/core';
import { refusedEndpoints } from '../http/refused-endpoint.ts';
import type { Database, Tx } from '../store/database.ts';
import { getRecipient } from '../store/sql/recipient.ts';
import { tenantSettings } from '../store/sql/tenant.ts';
import type { FileProblem } from './file-problem.ts';
import type { Project } from './project.ts';

interface Refused {
  readonly problem: FileProblem;
  readonly isStored: (tx: Tx, tenant: string) => Promise<boolean>;
}

function refusedLocale({ settings: { locale }, placeOf }: Project): readonly Refused[] {
  if (locale === undefined || isLanguageTag(locale)) return [];
  const place = placeOf.get('relance.yaml')?.(['locale']) ?? { file: 'relance.yaml' };
  return [
    {
      problem: { ...place, message: `must be ${LANGUAGE_TAG}, not "${locale}"` },
      isStored: async (tx, tenant) => (await tenantSettings(tx, [tenant])).get(tenant)?.locale === locale,
    },
  ];
}

const refusedWebhooks = ({ recipients, placeOf }: Project, refusalOf: RefusalOf): readonly Refused[] =>
  recipients.flatMap((one) =>
    refusedEndpoints(one, { refusalOf }).map(({ path, message }): Refused => {
      const { address } = (one.endpoints as readonly Stored[])[path[1]] as Stored;
      return {
        problem: { ...(placeOf.get(`recipients/${one.id}`)?.(path) ?? { file: 'directory' }), message },
        isStored: async (tx, tenant) => {
          const endpoints = ((await getRecipient(tx, tenant, one.id))?.endpoints ?? []) as readonly Stored[];
          return endpoints.some((other) => other.channel === 'webhook' && other.address === address);
        },
      };
    }),
  );

interface Stored {
  readonly channel: string;
  readonly address: string;
}

const refusedBy = (project: Project, refusalOf: RefusalOf): readonly Refused[] => [
  ...refusedLocale(project),
  ...refusedWebhooks(project, refusalOf),
];

const problemOf = ({ problem }: Refused): FileProblem => problem;
/** Whatever a server has. */
export const refusedSettings = (project: Project): readonly FileProblem[] => refusedLocale(project).map(problemOf);
export const refusedPeople = (project: Project, refusalOf: RefusalOf): readonly FileProblem[] =>
  refusedWebhooks(project, refusalOf).map(problemOf);

/** As errors, and as warnings what the tenant has already. */
export async function newlyRefused(
  database: Database,
  tenant: string,
  project: Project,
  refusalOf: RefusalOf,
): Promise<readonly FileProblem[]> {
  const refused = refusedBy(project, refusalOf);
  if (refused.length === 0) return [];
  return database.transaction({ kind: 'tenant', tenant }, async (tx) => {
    const told: FileProblem[] = [];
    for (const { problem, isStored } of refused)
      told.push(
        (await isStored(tx, tenant))
          ? { ...problem, severity: 'warning', message: `${problem.message}${KEPT}` }
          : problem,
      );
    return told;
  });
}
const KEPT = '; it is kept because it was taken before, so correct it';
