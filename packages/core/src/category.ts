// A category as its recipients meet it: what holds for whoever has not chosen. Said by the category, else by the tenant, else
// everything is told as it happens, on every channel. What people chose themselves is consent.ts and preference.ts.
import { z } from 'zod';
import type { Channel } from './policy/policy.ts';
import { FREQUENCIES, type Frequency } from './preference.ts';

/** Channels that come to people. The inbox is opened by its reader: nothing of it is switched off. */
export const PUSHED_CHANNELS = ['email', 'sms', 'push', 'chat', 'webhook'] as const;
export type PushedChannel = (typeof PUSHED_CHANNELS)[number];

/** `subscribed: false`, or a channel that is off: only to whoever asked for it. */
export const categoryDefaultsSchema = z.strictObject({
  subscribed: z.boolean().optional(),
  channels: z.strictObject(Object.fromEntries(PUSHED_CHANNELS.map((one) => [one, z.boolean().optional()]))).optional(),
  frequency: z.enum(FREQUENCIES).optional(),
}) as z.ZodType<CategoryDefaults>;

export interface CategoryDefaults {
  readonly subscribed?: boolean | undefined;
  readonly channels?: Readonly<Partial<Record<PushedChannel, boolean | undefined>>> | undefined;
  readonly frequency?: Frequency | undefined;
}

/** The same with nothing left open. */
export interface UsualStanding {
  readonly subscribed: boolean;
  /** Those that are off unless somebody switches them on. */
  readonly off: ReadonlySet<Channel>;
  readonly frequency: Frequency;
}
export const TOLD_EVERYTHING: UsualStanding = { subscribed: true, off: new Set(), frequency: 'each' };

/** `usual`: of the tenant, for what the category leaves open. */
export function usualStanding(own: CategoryDefaults, usual: CategoryDefaults): UsualStanding {
  const channels = { ...usual.channels, ...own.channels };
  return {
    subscribed: own.subscribed ?? usual.subscribed ?? true,
    off: new Set(PUSHED_CHANNELS.filter((channel) => channels[channel] === false)),
    frequency: own.frequency ?? usual.frequency ?? 'each',
  };
}
