// The face of the package: the whole product in your own process, and policies as typed values.
export { definePolicy } from '@relance/core';
export { createRelance, type EmbeddedCommand, type Relance, type RelanceOptions } from './app/relance.ts';
export type { Connection, Envelope } from './channels/channel.ts';
export { inboxConnection, mailboxConnection } from './channels/local.ts';
export { smtpConnection } from './channels/providers/smtp.ts';
export { standardWebhookConnection } from './channels/providers/standard-webhook.ts';
