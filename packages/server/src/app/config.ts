// Configuration: the only reader of process.env. Every variable is checked, all mistakes are reported at once, each with
// what to do. Keys are made on the first start with the bundled database, and must be given with a database of one's own.
import { randomBytes } from 'node:crypto';
import { existsSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { z } from 'zod';

const KEY_MIN = 32;
const key = z.string().min(KEY_MIN, `must have ${KEY_MIN} characters or more`);
const isUrl = (protocols: readonly string[], example: string) =>
  z
    .string()
    .refine(
      (text) => URL.canParse(text) && protocols.includes(new URL(text).protocol),
      `must be a URL beginning with ${protocols.map((one) => `${one}//`).join(' or ')}, such as ${example}`,
    );
const databaseUrl = isUrl(['postgres:', 'postgresql:'], 'postgres://user:password@host/name');
const webUrl = isUrl(['http:', 'https:'], 'https://relance.example.com');

const number = (what: string, fits: (value: number) => boolean) =>
  z
    .string()
    .transform(Number)
    .refine((value) => Number.isFinite(value) && fits(value), `must be ${what}`);
const isPort = (port: number): boolean => Number.isInteger(port) && port >= 0 && port <= 65_535;
const mailbox = z
  .string()
  .regex(
    /^[\w.-]{1,21}@[\w.-]{1,200}$/,
    'must be a mailbox with 21 characters at most before the @, such as bounces@mail.example.com',
  );
const DKIM = /^([a-z0-9-]{1,63})\._domainkey\.([a-z0-9.-]{1,253}):(.+)$/i;
/** A second of thirty years: no story is longer. */
const SCALE_MAX = 1e9;

const schema = z.object({
  RELANCE_DATABASE_URL: databaseUrl.optional(),
  RELANCE_DATABASE_DIRECT_URL: databaseUrl.optional(),
  RELANCE_DATA_DIR: z.string().default('./.relance'),
  RELANCE_PORT: number('a port, 0 to 65535', isPort).default(4400),
  RELANCE_HOST: z.string().default('127.0.0.1'),
  RELANCE_PUBLIC_URL: webUrl.optional(),
  RELANCE_URL: webUrl.optional(),
  RELANCE_API_KEY: key.optional(),
  RELANCE_SECRET_KEY: key.optional(),
  RELANCE_SECRET_KEYS_ACCEPTED: z
    .string()
    .transform((text) => text.split(',').map((one) => one.trim()))
    .refine(
      (keys) => keys.every((one) => one.length >= KEY_MIN),
      `must be keys of ${KEY_MIN} characters or more, separated by commas`,
    )
    .optional(),
  RELANCE_MESSAGES_A_DAY: number(
    'a whole number of messages, 1 or more',
    (count) => Number.isInteger(count) && count >= 1,
  ).optional(),
  RELANCE_SMTP_URL: isUrl(['smtp:', 'smtps:'], 'smtp://user:password@mail.example.com:587')
    .refine(hasReadableCredentials, 'has a user or password with a bare %; write %25 for it')
    .optional(),
  RELANCE_MAIL_FROM: z.string().regex(/@/, 'must hold an address, such as "Relance <relance@example.com>"').optional(),
  RELANCE_MAIL_RETURN_PATH: mailbox.optional(),
  RELANCE_MAIL_REPLY_TO: mailbox.optional(),
  RELANCE_MAIL_DKIM: z
    .string()
    .regex(DKIM, 'must be <selector>._domainkey.<domain>:<file of the private key>')
    .optional(),
  RELANCE_INBOUND_PORT: number('a port, 0 to 65535', isPort).optional(),
  RELANCE_INBOUND_HOST: z.string().default('127.0.0.1'),
  RELANCE_PROJECT: z.string().optional(),
  RELANCE_TIME_SCALE: number(
    'virtual seconds per real second, more than 0',
    (scale) => scale > 0 && scale <= SCALE_MAX,
  ).optional(),
  RELANCE_CLOCK: z.enum(['virtual', 'real'], 'must be virtual or real').optional(),
  RELANCE_WEBHOOK_ALLOW_HOSTS: z.string().optional(),
  RELANCE_LOG_LEVEL: z
    .enum(['debug', 'info', 'warn', 'error', 'silent'], 'must be debug, info, warn, error or silent')
    .default('info'),
});
const PREFIX = 'RELANCE_';
/** The test suite's own variables are none of the product's. */
const TESTS = `${PREFIX}TEST`;

/** User and password of a URL are percent-encoded (RFC 3986 §2.1). Of what is no URL that is said, and no more. */
function hasReadableCredentials(text: string): boolean {
  if (!URL.canParse(text)) return true;
  try {
    const { username, password } = new URL(text);
    decodeURIComponent(username);
    decodeURIComponent(password);
    return true;
  } catch {
    return false;
  }
}

export class ConfigError extends Error {
  readonly next: string;
  constructor(message: string, next: string) {
    super(message);
    this.name = 'ConfigError';
    this.next = next;
  }
}

export interface Config {
  readonly databaseUrl: string | null; // null: the bundled PostgreSQL
  readonly directUrl: string | null;
  readonly dataDir: string;
  readonly port: number;
  readonly host: string;
  readonly publicUrl: string | null;
  /** Where commands find the server. */
  readonly url: string;
  readonly apiKey: string | null;
  readonly secretKey: string | null;
  /** Further secret keys that open what they have sealed. */
  readonly secretKeysAccepted: readonly string[];
  /** Each tenant's quota; null for none. */
  readonly messagesADay: number | null;
  readonly smtpUrl: string | null;
  readonly mailFrom: string | null;
  readonly mailReturnPath: string | null;
  readonly mailReplyTo: string | null;
  readonly dkim: { readonly selector: string; readonly domain: string; readonly privateKey: string } | null;
  /** Where mail that comes back is listened for. */
  readonly inbound: { readonly host: string; readonly port: number } | null;
  readonly project: string | null;
  readonly clock:
    | { readonly mode: 'real' }
    | { readonly mode: 'scaled'; readonly scale: number }
    | { readonly mode: 'virtual' };
  readonly webhookAllowHosts: readonly string[];
  readonly logLevel: 'debug' | 'info' | 'warn' | 'error' | 'silent';
  /** Variables that begin like ours and are not: most likely misspelt. Shown by `relance doctor` and at start-up. */
  readonly unknown: readonly string[];
}

/** Throws ConfigError naming every variable that is wrong. An empty value counts as not set. */
export function readConfig(env: Readonly<Record<string, string | undefined>> = process.env): Config {
  const given = Object.fromEntries(
    Object.entries(env).filter(([name, value]) => name.startsWith(PREFIX) && value !== undefined && value !== ''),
  );
  const result = schema.safeParse(given);
  if (!result.success) {
    const wrong = result.error.issues.map((issue) => `${issue.path.join('.')} ${issue.message}`);
    throw new ConfigError(wrong.join('; '), 'Correct the environment variables that are named.');
  }
  const read = result.data;
  if (read.RELANCE_CLOCK === 'virtual' && read.RELANCE_TIME_SCALE !== undefined)
    throw new ConfigError('RELANCE_CLOCK=virtual and RELANCE_TIME_SCALE exclude each other', 'Set only one of them.');
  return {
    databaseUrl: read.RELANCE_DATABASE_URL ?? null,
    directUrl: read.RELANCE_DATABASE_DIRECT_URL ?? null,
    dataDir: resolve(read.RELANCE_DATA_DIR),
    port: read.RELANCE_PORT,
    host: read.RELANCE_HOST,
    publicUrl: read.RELANCE_PUBLIC_URL ?? null,
    url: (read.RELANCE_URL ?? `http://127.0.0.1:${read.RELANCE_PORT}`).replace(/\/$/, ''),
    apiKey: read.RELANCE_API_KEY ?? null,
    secretKey: read.RELANCE_SECRET_KEY ?? null,
    secretKeysAccepted: read.RELANCE_SECRET_KEYS_ACCEPTED ?? [],
    messagesADay: read.RELANCE_MESSAGES_A_DAY ?? null,
    smtpUrl: read.RELANCE_SMTP_URL ?? null,
    mailFrom: read.RELANCE_MAIL_FROM ?? null,
    mailReturnPath: read.RELANCE_MAIL_RETURN_PATH ?? null,
    mailReplyTo: read.RELANCE_MAIL_REPLY_TO ?? null,
    dkim: read.RELANCE_MAIL_DKIM === undefined ? null : readDkim(read.RELANCE_MAIL_DKIM),
    inbound:
      read.RELANCE_INBOUND_PORT === undefined
        ? null
        : { host: read.RELANCE_INBOUND_HOST, port: read.RELANCE_INBOUND_PORT },
    project: read.RELANCE_PROJECT === undefined ? null : resolve(read.RELANCE_PROJECT),
    clock:
      read.RELANCE_CLOCK === 'virtual'
        ? { mode: 'virtual' }
        : read.RELANCE_TIME_SCALE === undefined
          ? { mode: 'real' }
          : { mode: 'scaled', scale: read.RELANCE_TIME_SCALE },
    webhookAllowHosts: (read.RELANCE_WEBHOOK_ALLOW_HOSTS ?? '')
      .split(',')
      .map((host) => host.trim().toLowerCase())
      .filter((host) => host !== ''),
    logLevel: read.RELANCE_LOG_LEVEL,
    unknown: Object.keys(given).filter((name) => !(name in schema.shape) && !name.startsWith(TESTS)),
  };
}

function readDkim(text: string): NonNullable<Config['dkim']> {
  const [, selector = '', domain = '', file = ''] = DKIM.exec(text) ?? [];
  try {
    return { selector, domain, privateKey: readFileSync(file, 'utf8') };
  } catch (error) {
    throw new ConfigError(
      `The key of RELANCE_MAIL_DKIM cannot be read: ${(error as Error).message}`,
      'Name a PEM file that this account may read.',
    );
  }
}

/** How this command is typed: from a checkout, by npx from a project it is installed in, or by its name. */
export function commandName(env: Readonly<Record<string, string | undefined>> = process.env): string {
  if (import.meta.url.endsWith('.ts')) return 'npm run relance --';
  return env.npm_command === 'exec' ? 'npx relance' : 'relance';
}

export interface Keys {
  readonly apiKey: string;
  readonly secretKey: string;
  /** Where the API key comes from: the environment, the data directory, or made just now, which is when it is shown. */
  readonly apiKeyIs: 'given' | 'kept' | 'made';
}

/** With a database URL both keys must be given; with the bundled database they are made once and kept, mode 0600. */
export function resolveKeys(config: Config): Keys {
  const { apiKey, secretKey } = config;
  if (apiKey !== null && secretKey !== null) return { apiKey, secretKey, apiKeyIs: 'given' };
  if (config.databaseUrl !== null) {
    const missing = [apiKey === null ? 'RELANCE_API_KEY' : '', secretKey === null ? 'RELANCE_SECRET_KEY' : ''].filter(
      (name) => name !== '',
    );
    throw new ConfigError(
      `${missing.join(' and ')} must be set when RELANCE_DATABASE_URL is`,
      `Make one with: openssl rand -base64 36`,
    );
  }
  const stored = readStoredKeys(config.dataDir);
  if (stored !== null)
    return {
      apiKey: apiKey ?? stored.apiKey,
      secretKey: secretKey ?? stored.secretKey,
      apiKeyIs: apiKey === null ? 'kept' : 'given',
    };
  const made = makeKeys(config.dataDir);
  return {
    apiKey: apiKey ?? made.apiKey,
    secretKey: secretKey ?? made.secretKey,
    apiKeyIs: apiKey === null ? made.apiKeyIs : 'given',
  };
}

/** Of two nodes that start at once on one directory, the first to link the file decides. */
function makeKeys(dataDir: string): Keys {
  const made = {
    apiKey: `rl_${randomBytes(32).toString('base64url')}`,
    secretKey: randomBytes(32).toString('base64url'),
  };
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const draft = `${keysFile(dataDir)}.${process.pid}`;
  writeFileSync(draft, JSON.stringify(made), { mode: 0o600 });
  try {
    linkSync(draft, keysFile(dataDir));
    return { ...made, apiKeyIs: 'made' };
  } catch (error) {
    const stored = (error as { code?: string }).code === 'EEXIST' ? readStoredKeys(dataDir) : null;
    if (stored === null) throw error;
    return { ...stored, apiKeyIs: 'kept' };
  } finally {
    rmSync(draft, { force: true });
  }
}

const keysFile = (dataDir: string): string => join(dataDir, 'keys.json');

/** The keys an earlier start made; commands use the API key when none is set. */
export function readStoredKeys(dataDir: string): { apiKey: string; secretKey: string } | null {
  if (!existsSync(keysFile(dataDir))) return null;
  const parsed = storedSchema.safeParse(parsedOrNull(readFileSync(keysFile(dataDir), 'utf8')));
  if (parsed.success) return parsed.data;
  throw new ConfigError(
    `${keysFile(dataDir)} is damaged`,
    'Restore it: without its secret, links that were sent stop working.',
  );
}

const storedSchema = z.object({ apiKey: key, secretKey: key });
function parsedOrNull(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** npm ends without passing a signal on to what it started. */
export const startedByNpm = (): boolean => process.env.npm_lifecycle_event !== undefined;
