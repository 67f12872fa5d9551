// Commands speak HTTP to a running server: where it is and which key to use, from the environment or the data directory.
import { type Client, createClient } from '@relance/client';
import { readConfig, readStoredKeys } from '../app/config.ts';

export function connect(): Client {
  const config = readConfig();
  const key = config.apiKey ?? readStoredKeys(config.dataDir)?.apiKey ?? null;
  return createClient({ url: config.url, ...(key === null ? {} : { key }) });
}
