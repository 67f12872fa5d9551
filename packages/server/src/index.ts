// The face of the package: the whole product in your own process, and policies as typed values.
import './app/require-node.ts';

export { definePolicy } from '@relance/core';
export type { CommandAnswer, EmbeddedAnswer, EmbeddedCommand, EmbeddedOpen, OpenAnswer } from './app/embedded.ts';
export { createRelance, type Relance, type RelanceOptions } from './app/relance.ts';
export type { Connection, Envelope } from './channels/channel.ts';
export { checkEgress, type EgressRules } from './channels/egress-guard.ts';
export { calledOffBefore, judgeHttp, judgeNoAnswer } from './channels/http-judge.ts';
export { inboxConnection, mailboxConnection } from './channels/local.ts';
export { type Post, type Posted, pinnedPost } from './channels/pinned-post.ts';
export type { Opening, Provider, ReceiptAnswer, ReceiptCall, ReceiptNews } from './channels/provider.ts';
export { smtpConnection } from './channels/providers/smtp.ts';
export { standardWebhookConnection } from './channels/providers/standard-webhook.ts';
