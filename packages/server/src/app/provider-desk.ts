// The brands this server knows, put together from channels/providers and those the embedding program brings: what their
// connections look like, how a stored one is opened, and how the news of one is read.
import { issueWords } from '@relance/core';
import { z } from 'zod';
import type { Connection } from '../channels/channel.ts';
import { type EgressRules, isAllowedHost, refusalBy } from '../channels/egress-guard.ts';
import { MAILBOX } from '../channels/local.ts';
import type { Provider } from '../channels/provider.ts';
import type { ProviderDesk } from '../http/ports.ts';
import type { SecretBox } from '../store/secret-box.ts';
import { type StoredConnection, sealContext } from '../store/sql/connection.ts';

export interface DeskOptions {
  readonly providers: readonly Provider[];
  /** This server's own connections. */
  readonly shared?: readonly Pick<Connection, 'id' | 'channel' | 'provider'>[];
  readonly secretBox: SecretBox;
  readonly egress: EgressRules;
  readonly publicUrl: string;
  readonly wallNow: () => number;
  /** What the addresses of bounces and replies are signed with. */
  readonly addressKey: Uint8Array;
}

export interface Desk extends ProviderDesk {
  /** Throws where the brand is not known here, or the secrets cannot be opened. */
  open(row: StoredConnection): Connection;
}

const schemaOf = (schema: z.ZodType): object => z.toJSONSchema(schema, { unrepresentable: 'any', io: 'input' });
type Plain = Readonly<Record<string, unknown>>;

/** Addresses that secrets would be sent to without TLS; only a host that an operator has allowed by name may be one. */
const inTheClear = ({ destination = [] }: Provider, settings: Plain, egress: EgressRules) =>
  destination.flatMap((name) => {
    const address = settings[name];
    if (typeof address !== 'string' || !URL.canParse(address)) return [];
    const { protocol, hostname } = new URL(address);
    return protocol === 'http:' && !isAllowedHost(hostname, egress)
      ? [{ path: `settings.${name}`, message: 'must be https://, unless the operator allows its host by name' }]
      : [];
  });

/**
 * The same with texts that PostgreSQL can store: what people write is passed on by brands as it is, and one that is answered with a
 * failure tells it again for days, with all that is told with it. Mails stay the bytes that they are.
 */
function storable<T>(told: T): T {
  if (typeof told === 'string') return told.replaceAll('\u0000', ' ').toWellFormed() as T;
  if (told === null || typeof told !== 'object' || Buffer.isBuffer(told)) return told;
  if (Array.isArray(told)) return told.map(storable) as T;
  return Object.fromEntries(Object.entries(told).map(([name, part]) => [name, storable(part)])) as T;
}

export function providerDesk(options: DeskOptions): Desk {
  const { secretBox, egress, publicUrl, wallNow, addressKey } = options;
  const known = new Map(options.providers.map((one) => [one.id, one]));
  const secretsOf = (row: StoredConnection): unknown =>
    row.secrets === null ? {} : JSON.parse(secretBox.open(row.secrets, sealContext(row)));
  return {
    list: options.providers.map(({ id, channel, title, settings, secrets, receipts }) => ({
      id,
      channel,
      title,
      settings: schemaOf(settings),
      secrets: schemaOf(secrets),
      receipts: receipts !== undefined,
    })),
    serves: (options.shared ?? []).map(({ id, channel, provider }) => ({
      ...{ id, channel, provider },
      captures: provider === MAILBOX,
    })),
    check(name, settings, secrets) {
      const provider = known.get(name);
      if (provider === undefined) {
        const message = `There is no provider "${name}". Known: ${[...known.keys()].join(', ')}.`;
        return { ok: false, errors: [{ path: 'provider', message }] };
      }
      const read = z
        .object({ settings: provider.settings, secrets: provider.secrets })
        .safeParse({ settings, secrets }, { error: issueWords });
      if (!read.success)
        return {
          ok: false,
          errors: read.error.issues.map(({ path, message }) => ({ path: path.join('.'), message })),
        };
      const mistake = provider.mistake?.(read.data.settings, read.data.secrets) ?? null;
      const wrong = mistake === null ? inTheClear(provider, read.data.settings as Plain, egress) : [mistake];
      if (wrong.length > 0) return { ok: false, errors: wrong };
      return {
        ok: true,
        channel: provider.channel,
        settings: read.data.settings as Plain,
        secrets: read.data.secrets as Plain,
      };
    },
    refusalOf: refusalBy(egress),
    destination: (name) => known.get(name)?.destination ?? [],
    read(row, call) {
      const provider = known.get(row.provider);
      if (provider?.receipts === undefined) return null;
      return provider
        .receipts({ ...call, settings: row.settings, secrets: secretsOf(row), wallNow, egress })
        .then(storable);
    },
    open(row) {
      const provider = known.get(row.provider);
      if (provider === undefined) throw new Error(`This release knows no provider "${row.provider}".`);
      const connection = provider.open({
        id: row.id,
        tenant: row.tenant,
        settings: row.settings,
        secrets: secretsOf(row),
        concurrencyMax: row.concurrency_max ?? provider.concurrency,
        wallNow,
        egress,
        addressKey,
        receiptsUrl: `${publicUrl}/v1/receipts/${row.provider}/${row.receipt_key}`,
      });
      return row.per_second_max === null ? connection : { ...connection, perSecondMax: row.per_second_max };
    },
  };
}
