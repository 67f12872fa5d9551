// Where somebody can be reached, as their profile says it: the addresses of each channel, and when they are away.
import type { Channel, Recipient } from '@relance/client';

export interface Address {
  readonly channel: Exclude<Channel, 'inbox'>;
  readonly address: string;
  readonly copy: 'cc' | 'bcc' | null;
}

export function addressesOf({
  email,
  phone,
  endpoints,
}: Pick<Recipient, 'email' | 'phone' | 'endpoints'>): readonly Address[] {
  const own: Address[] = [];
  if (email != null) own.push({ channel: 'email', address: email, copy: null });
  if (phone != null) own.push({ channel: 'sms', address: phone, copy: null });
  for (const { channel, address, copy } of endpoints)
    if (channel !== 'inbox') own.push({ channel, address, copy: copy ?? null });
  return own;
}

export type Away = Recipient['away'][number];

/** The period that holds now; a date is that of the recipient's zone, the last one included. */
export function awayNow({ away, timeZone }: Pick<Recipient, 'away' | 'timeZone'>, now: string): Away | null {
  const today = new Intl.DateTimeFormat('en-CA', { timeZone: timeZone ?? 'UTC', dateStyle: 'short' }).format(
    new Date(now),
  );
  const isDate = (text: string): boolean => text.length === 10;
  const begun = (from: string): boolean => (isDate(from) ? from <= today : Date.parse(from) <= Date.parse(now));
  const over = (to: string): boolean => (isDate(to) ? to < today : Date.parse(to) <= Date.parse(now));
  return away.find(({ from, to }) => begun(from) && !over(to)) ?? null;
}
