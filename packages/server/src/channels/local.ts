// Connections that never leave this process. `inbox`: the engine stores the content with the message, and the recipient
// reads it over HTTP. `mailbox`: captures any channel, for the demo, for tests, and for channels nobody configured; the
// page at /mailbox shows what each recipient would have got.
import type { Channel, Outcome } from '@relance/core';
import type { Connection } from './channel.ts';
import { calledOffBefore } from './http-judge.ts';

/** Wide enough that a whole claimed set is handed over and recorded at once. */
const CONCURRENCY = 10_000;

const local = (
  id: string,
  provider: string,
  channel: Channel,
  told: { readonly captured?: true } = {},
): Connection => ({
  id,
  channel,
  provider,
  honoursIds: true,
  concurrencyMax: CONCURRENCY,
  async send(envelope, signal): Promise<Outcome> {
    if (signal.aborted) return calledOffBefore;
    return { kind: 'accepted', providerId: envelope.id, ...told };
  },
  async close() {},
});

/** The provider of whatever is captured. */
export const MAILBOX = 'mailbox';
export const inboxConnection = (): Connection => local('inbox', 'inbox', 'inbox');
export const mailboxConnection = (channel: Channel): Connection =>
  local(`mailbox-${channel}`, MAILBOX, channel, { captured: true });
