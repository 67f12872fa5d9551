// In which order messages leave, and whose places they wait for.
import type { Channel, Instant } from '@relance/core';
import type { OutboxRow } from '../store/sql/outbox.ts';

/** Whose places a message waits for, as one word; `anyWay`: it may leave by any connection that its tenant has. */
export interface Way {
  readonly queue: string;
  readonly anyWay: boolean;
}

export function wayOf({ tenant, channel, tried, barred = [], connection }: OutboxRow): Way {
  const anyWay = tried.length === 0 && barred.length === 0 && connection === null;
  return { queue: [tenant, channel, ...(anyWay ? [] : [connection, ...tried, ...barred])].join('\n'), anyWay };
}

/** Over the next fifth of a minute, so that what waited for the same moment does not come all at once. */
const SPREAD_MS = 12_000;
export const spread = (row: OutboxRow, until: Instant): Instant =>
  (until + Math.round(part(row) * SPREAD_MS)) as Instant;

/** What goes together stays together. */
function part({ id, tenant, recipient, together }: OutboxRow): number {
  if (together === null) return Number.parseInt(id.slice(-4), 16) / 0xffff;
  let sum = 0;
  for (const letter of `${tenant}\n${recipient}\n${together}`)
    sum = (sum * 31 + (letter.codePointAt(0) ?? 0)) % 0x10000;
  return sum / 0xffff;
}

export const CHANNELS: readonly Channel[] = ['inbox', 'email', 'sms', 'push', 'chat', 'webhook'];
/** Urgent first, then as due, then as the contact plan lists them; the same in every run, for who replays one. */
export const inOrder = (a: OutboxRow, b: OutboxRow): number =>
  b.urgency - a.urgency ||
  (a.send_at ?? 0) - (b.send_at ?? 0) ||
  a.notify - b.notify ||
  a.entry - b.entry ||
  (a.id < b.id ? -1 : 1);
