// The face of the package: the whole product in your own process, and policies as typed values.
import './app/require-node.ts';

export { definePolicy } from '@relance/core';
export type { CommandAnswer, EmbeddedAnswer, EmbeddedCommand, EmbeddedOpen, OpenAnswer } from './app/embedded.ts';
export { createRelance, type Relance, type RelanceOptions } from './app/relance.ts';
export type { Connection, Envelope } from './channels/channel.ts';
export { inboxConnection, mailboxConnection } from './channels/local.ts';
export { smtpConnection } from './channels/providers/smtp.ts';
export { standardWebhookConnection } from './channels/providers/standard-webhook.ts';
