// Everything that carries messages, opened: the connections of this process, as it was configured, and those that tenants have
// made. relance.ts puts them under the engine and closes them last.
import { hkdfSync } from 'node:crypto';
import type { Channel } from '@relance/core';
import type { Connection, Connections } from '../channels/channel.ts';
import { type Inbound, startInbound } from '../channels/inbound-smtp.ts';
import { inboxConnection, mailboxConnection } from '../channels/local.ts';
import type { Provider } from '../channels/provider.ts';
import { smtpConnection } from '../channels/providers/smtp.ts';
import { standardWebhookConnection } from '../channels/providers/standard-webhook.ts';
import { webPushProvider } from '../channels/providers/web-push.ts';
import { PROVIDERS } from '../channels/providers.ts';
import type { DkimKey } from '../channels/smtp-transport.ts';
import { ConnectionBook } from '../engine/connection-book.ts';
import type { Log } from '../engine/engine.ts';
import type { Receipts, TestSend } from '../engine/ports.ts';
import { type Database, ENGINE } from '../store/database.ts';
import { type SecretBox, secretBox } from '../store/secret-box.ts';
import { listConnections } from '../store/sql/connection.ts';
import { checkSecrets } from './check-secrets.ts';
import type { TakeMail } from './mail-back.ts';
import { type Own, ownConnections } from './own-connections.ts';
import { type Desk, providerDesk } from './provider-desk.ts';
import { testSendBy } from './test-send.ts';
import { wallNow } from './wall-clock.ts';
import { webhookEndpoints } from './webhook-endpoints.ts';
import { webhookSecrets } from './webhook-secret.ts';

export interface ChannelOptions {
  /** Signing and encryption; 32 characters or more. */
  readonly secretKey: string;
  /** Further secrets that open what they have sealed: the one before it, or the next one, while nodes are changed one by one. */
  readonly secretKeysAccepted?: readonly string[];
  /** Each tenant's quota, beside the inbox; what is over it waits. No limit where absent. */
  readonly messagesADay?: number;
  readonly channels?: {
    readonly smtpUrl?: string;
    readonly mailFrom?: string;
    /** The mailbox that bounces come back to, one address a message; `inbound` or somebody else's mail server takes them. */
    readonly mailReturnPath?: string;
    /** The mailbox that replies go to, one address a message. */
    readonly mailReplyTo?: string;
    /** Signs what goes by `smtpUrl`. */
    readonly dkim?: DkimKey;
    /** Listens for mail that comes back. */
    readonly inbound?: { readonly host: string; readonly port: number };
    /** Connections of your own, tried before the built-in ones. */
    readonly connections?: readonly Connection[];
    /** Brands of your own, for connections that tenants make (docs/guide/providers.md). */
    readonly providers?: readonly Provider[];
    /** Hosts that webhooks and resolvers may reach although they are not public. */
    readonly allowHosts?: readonly string[];
    /** Channels nobody configured are captured in the mailbox instead of failing. Default true. */
    readonly captureOthers?: boolean;
  };
}

/** What comes back by mail, until it is closed; null where nobody listens for it. */
export async function listenForMail(
  options: ChannelOptions,
  { receipts, take, log }: { readonly receipts: Receipts; readonly take: TakeMail; readonly log: Log },
): Promise<Inbound | null> {
  const { inbound, mailReturnPath, mailReplyTo } = options.channels ?? {};
  if (inbound === undefined) return null;
  return startInbound({
    ...inbound,
    returnPath: mailReturnPath ?? null,
    replyTo: mailReplyTo ?? null,
    addressKeys: addressKeys(options),
    onNews: (news) => receipts.takeProven('mail', news),
    onReply: (mail) => take(mail, null),
    log: (words, error) => log.warn({ words, error }, 'mail that came back could not be taken'),
  });
}

export interface OpenChannels {
  readonly shared: Connections;
  readonly own: Own;
  readonly desk: Desk;
  readonly secretBox: SecretBox;
  /** Hands a test over, by the first connection that a message would leave by. */
  readonly testSend: TestSend;
  /** The key that browsers of a tenant's people subscribe with; null where it has no web push. */
  pushKey(tenant: string): Promise<string | null>;
  close(): Promise<void>;
}

/** What the addresses of bounces and replies are signed with: a key for this purpose alone (HKDF, RFC 5869). */
const addressKey = (secret: string): Uint8Array =>
  new Uint8Array(hkdfSync('sha256', secret, 'relance', 'addresses of bounces and replies', 32));

/** Newest first. */
export const addressKeys = ({ secretKey, secretKeysAccepted = [] }: ChannelOptions): readonly Uint8Array[] =>
  [secretKey, ...secretKeysAccepted].map(addressKey);

/** More than anybody has. */
const CONNECTIONS_MAX = 1_000;

/** Throws where the secret key is not the one that tenants' secrets were sealed with. */
export async function openChannels(
  options: ChannelOptions,
  { database, publicUrl, log }: { readonly database: Database; readonly publicUrl: string; readonly log: Log },
): Promise<OpenChannels> {
  const box = secretBox(options.secretKey, options.secretKeysAccepted ?? []);
  const wrong = await checkSecrets(database, box);
  if (wrong !== null)
    throw new Error(`${wrong} Start with the secret key it was sealed with, or give that one in secretKeysAccepted.`);
  const shared = connectionsOf(options, { database, log, box });
  const desk = providerDesk({
    providers: [...PROVIDERS, ...(options.channels?.providers ?? [])],
    shared: [...shared.values()].flat(),
    secretBox: box,
    egress: { allowHosts: options.channels?.allowHosts ?? [] },
    publicUrl,
    wallNow,
    addressKey: addressKey(options.secretKey),
  });
  const own = ownConnections(desk, log);
  return {
    shared,
    own,
    desk,
    secretBox: box,
    testSend: testSendBy({
      database,
      connections: new ConnectionBook(shared, own),
      messagesADay: options.messagesADay ?? null,
    }),
    async pushKey(tenant) {
      const rows = await database.transaction(ENGINE, (tx) => listConnections(tx, tenant, null, CONNECTIONS_MAX));
      // The one that sends: the first in the order in which they are tried.
      const inOrder = rows.toSorted((a, b) => a.position - b.position);
      const found = inOrder.find(({ provider, disabled }) => provider === webPushProvider.id && !disabled);
      return typeof found?.settings.publicKey === 'string' ? found.settings.publicKey : null;
    },
    async close() {
      await Promise.all([own, ...[...shared.values()].flat()].map((connection) => connection.close()));
    },
  };
}

/** Those whose messages the mailbox takes where nothing is set up to send them. */
export const CAPTURED_CHANNELS = ['email', 'sms', 'push', 'chat'] as const;

function connectionsOf(
  options: ChannelOptions,
  { database, log, box }: { readonly database: Database; readonly log: Log; readonly box: SecretBox },
): Connections {
  const { channels = {} } = options;
  const built: Connection[] = [...(channels.connections ?? []), inboxConnection()];
  if (channels.smtpUrl !== undefined)
    built.push(
      smtpConnection({
        url: channels.smtpUrl,
        from: channels.mailFrom ?? 'Relance <relance@localhost.localdomain>',
        returnPath: channels.mailReturnPath,
        replyTo: channels.mailReplyTo,
        addressKey: addressKey(options.secretKey),
        egress: { allowHosts: channels.allowHosts ?? [] },
        ...(channels.dkim === undefined ? {} : { dkim: channels.dkim }),
      }),
    );
  built.push(
    standardWebhookConnection({
      allowHosts: channels.allowHosts ?? [],
      secretFor: (tenant) => webhookSecrets(options, tenant),
      endpoints: webhookEndpoints({ database, secretBox: box, log, wallNow }),
      clock: wallNow,
    }),
  );
  const byChannel = new Map<Channel, Connection[]>();
  for (const connection of built)
    byChannel.set(connection.channel, [...(byChannel.get(connection.channel) ?? []), connection]);
  if (channels.captureOthers !== false) {
    for (const channel of CAPTURED_CHANNELS)
      if (!byChannel.has(channel)) byChannel.set(channel, [mailboxConnection(channel)]);
  }
  return byChannel;
}
