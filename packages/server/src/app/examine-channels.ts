// What doctor sees of the channels: by which connection the messages of each leave, or that they are captured in the mailbox;
// those that tenants have made with how they fare, where the database can be asked. The rest is examine.ts. Secrets are neither
// read nor shown, and nothing is sent.
import { CHANNELS, type Channel } from '@relance/core';
import { runningBundledUrl } from '../store/bundled.ts';
import { ENGINE, openDatabase } from '../store/database.ts';
import { type ConnectionSeen, seenConnections } from '../store/sql/connection-list.ts';
import type { Config } from './config.ts';
import { type Examined, good, REACH_MAX_MS, warn } from './finding.ts';
import { CAPTURED_CHANNELS } from './open-channels.ts';

/** Of more than these nobody reads each one. */
const NAMED_MAX = 10;

/** Null: nobody could be asked, because the database is away or has no tables yet. */
export async function ownConnectionsSeen(config: Config): Promise<readonly ConnectionSeen[] | null> {
  const url = config.databaseUrl ?? bundledUrl(config.dataDir);
  if (url === null) return null;
  const database = openDatabase({
    url,
    connectionsMax: 1,
    connectTimeoutMs: REACH_MAX_MS,
    queryTimeoutMs: REACH_MAX_MS,
  });
  try {
    return await database.transaction(ENGINE, seenConnections);
  } catch {
    return null; // what is wrong with it is said by examine-database.ts
  } finally {
    await database.close();
  }
}

function bundledUrl(dataDir: string): string | null {
  try {
    return runningBundledUrl(dataDir);
  } catch {
    return null;
  }
}

/** One line a channel, and one where the connections of tenants are not known. */
export function examineChannels(
  { smtpUrl }: Pick<Config, 'smtpUrl'>,
  own: readonly ConnectionSeen[] | null,
): readonly Examined[] {
  const unknown =
    own === null ? [good('Connections', 'those of tenants are not known, as the database cannot be asked')] : [];
  return [...CHANNELS.map((channel) => examineChannel(channel, smtpUrl, own ?? [])), ...unknown];
}

function examineChannel(channel: Channel, smtpUrl: string | null, all: readonly ConnectionSeen[]): Examined {
  const own = all.filter((one) => one.channel === channel);
  const parts = [...own.slice(0, NAMED_MAX).map(told), ...more(own.length)];
  const shared = sharedText(channel, smtpUrl);
  const text = [...parts, own.length === 0 ? shared : `those of other tenants: ${shared}`].join('; ');
  const sick = own.filter(({ disabled, state }) => !disabled && state !== null && state !== 'up');
  const what = `Channel ${channel}`;
  if (sick.length === 0) return good(what, text);
  const asked = sick.slice(0, NAMED_MAX).map(({ id }) => `GET /v1/connections/${id}`);
  return warn(what, text, `See ${asked.join(', ')}, and correct the settings or the secrets.`);
}

function told({ tenant, id, provider, disabled, state, detail, since }: ConnectionSeen): string {
  const why = detail === null ? '' : `: ${detail}`;
  // Nothing is written down of one that has always worked.
  const sick = state === null || state === 'up' ? 'up' : `${state} since ${since ?? ''}${why}`;
  return `"${id}" of the tenant ${tenant} (${provider}, ${disabled ? 'disabled' : sick})`;
}

const more = (count: number): readonly string[] => (count > NAMED_MAX ? [`${count - NAMED_MAX} more`] : []);

/** Where the messages go of whoever has no connection of their own. */
function sharedText(channel: Channel, smtpUrl: string | null): string {
  if (channel === 'email' && smtpUrl !== null) return `"smtp" (smtp, ${new URL(smtpUrl).host})`;
  return CAPTURED_CHANNELS.some((one) => one === channel)
    ? 'captured in the mailbox, and leave for nobody (PUT /v1/connections/{id} makes a connection)'
    : `"${channel}" (of the server itself)`;
}
