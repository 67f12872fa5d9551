// Looks at everything a start needs and says what is wrong and what to do: Node, the port, the database
// (examine-database.ts), keys, the project folder, mail, the channels (examine-channels.ts). Changes nothing. `relance doctor` prints it.
import type { Instant } from '@relance/core';
import { refusalBy } from '../channels/egress-guard.ts';
import { verifySmtp } from '../channels/providers/smtp.ts';
import type { ConnectionSeen } from '../store/sql/connection-list.ts';
import { checkFiles } from './check-files.ts';
import { type Config, readStoredKeys } from './config.ts';
import { examineChannels, ownConnectionsSeen } from './examine-channels.ts';
import { examineDatabase } from './examine-database.ts';
import { describeProblem } from './file-problem.ts';
import { type Examined, fail, good, REACH_MAX_MS, warn } from './finding.ts';
import { isNewEnough, NODE_MIN } from './node-version.ts';
import { isRelance, whyNotListen } from './port.ts';
import { readProject } from './project.ts';
import { refusedPeople } from './refused-project.ts';

export async function examine(config: Config, now: () => Instant): Promise<readonly Examined[]> {
  const own = await ownConnectionsSeen(config);
  const [port, database, project, mail] = await Promise.all([
    examinePort(config),
    examineDatabase(config, now),
    examineProject(config, now()),
    examineMail(config, own ?? []),
  ]);
  return [
    examineNode(process.versions.node),
    examineVariables(config),
    port,
    ...database,
    examineKeys(config),
    ...project,
    mail,
    ...examineChannels(config, own),
  ];
}

export function examineNode(version: string): Examined {
  return isNewEnough(version) ? good('Node', version) : fail('Node', version, `Install Node ${NODE_MIN} or newer.`);
}

function examineVariables({ unknown }: Config): Examined {
  if (unknown.length === 0) return good('Environment', 'every RELANCE_ variable is known');
  return warn('Environment', `${unknown.join(', ')}: no such variable`, 'Correct the name, or remove it.');
}

/** Free, or held by a Relance that is running already. */
async function examinePort({ host, port }: Config): Promise<Examined> {
  if (port === 0) return good('Port', 'a free one is chosen at the start');
  const trouble = await whyNotListen(host, port);
  if (trouble === null) return good('Port', `${host}:${port} is free`);
  if (trouble === 'EADDRINUSE' && (await isRelance(host, port)))
    return good('Port', `a Relance answers at ${host}:${port} already`);
  return trouble === 'EADDRINUSE'
    ? fail('Port', `something else listens at ${host}:${port}`, 'Stop it, or set RELANCE_PORT to another port.')
    : fail(
        'Port',
        `${host}:${port} cannot be listened on: ${trouble}`,
        'Set RELANCE_HOST and RELANCE_PORT to ones you may use.',
      );
}

function examineKeys(config: Config): Examined {
  if (config.apiKey !== null && config.secretKey !== null) return good('Keys', 'are set');
  if (config.databaseUrl !== null) {
    return fail(
      'Keys',
      'RELANCE_API_KEY and RELANCE_SECRET_KEY must be set with a database of your own',
      'Make each with: openssl rand -base64 36',
    );
  }
  try {
    return good(
      'Keys',
      readStoredKeys(config.dataDir) === null ? 'are made at the first start' : 'are kept in the data directory',
    );
  } catch (error) {
    return fail('Keys', (error as Error).message, (error as { next?: string }).next ?? 'Restore keys.json.');
  }
}

async function examineProject(
  { project: folder, webhookAllowHosts }: Config,
  now: Instant,
): Promise<readonly Examined[]> {
  if (folder === null) return [good('Project', 'none; policies come over HTTP')];
  try {
    const project = await readProject(folder);
    const { policies, templates, recipients, groups, schedules, calendars } = project;
    const problems = [
      ...(await checkFiles(folder, now)).flatMap((report) => report.problems),
      ...refusedPeople(project, refusalBy({ allowHosts: webhookAllowHosts })),
    ];
    const errors = problems.filter(({ severity }) => severity !== 'warning');
    if (errors.length > 0)
      return [fail('Project', errors.map(describeProblem).join('\n'), 'Correct the files that are named.')];
    const counts = `${policies.length} policies, ${templates.length} templates, ${recipients.length} recipients, ${groups.length} groups, ${schedules.length} schedules, ${calendars.length} calendars`;
    return [
      good('Project', counts),
      ...problems.map((problem) => warn('Project', describeProblem(problem), 'See that it is meant so.')),
    ];
  } catch (error) {
    return [fail('Project', (error as Error).message, 'Correct the files that are named.')];
  }
}

async function examineMail({ smtpUrl, mailFrom }: Config, own: readonly ConnectionSeen[]): Promise<Examined> {
  if (smtpUrl === null && own.some(({ channel, disabled }) => channel === 'email' && !disabled))
    return good('Mail', 'leaves by connections that tenants have made');
  if (smtpUrl === null)
    return warn(
      'Mail',
      'is captured in the mailbox and leaves for nobody, as RELANCE_SMTP_URL is not set',
      'Set RELANCE_SMTP_URL and RELANCE_MAIL_FROM.',
    );
  const refused = await verifySmtp(smtpUrl, REACH_MAX_MS);
  if (refused !== null) return fail('Mail', refused, 'Check RELANCE_SMTP_URL: host, port, user and password.');
  const { host } = new URL(smtpUrl);
  return mailFrom === null
    ? warn(
        'Mail',
        `${host} lets us in, but no sender is set`,
        'Set RELANCE_MAIL_FROM, such as "Acme <acme@example.com>".',
      )
    : good('Mail', `${host} lets us in`);
}
