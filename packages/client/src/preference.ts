// What a recipient has chosen, as the server tells it, takes it, and has recorded it.
import type { Channel } from './shapes.ts';

export type PushedChannel = Exclude<Channel, 'inbox'>;
export type Frequency = 'each' | 'daily' | 'weekly';
/** What holds for a recipient, whether they chose it or not. */
export interface Preferences {
  readonly recipient: string;
  readonly pausedUntil: string | null;
  /** In their own zone: `22:00-07:00`. */
  readonly quietHours: string | null;
  readonly timeZone: string | null;
  readonly locale: string | null;
  /** False: nothing tells whether they open a message or follow its links. */
  readonly tracking: boolean;
  readonly categories: readonly {
    readonly id: string;
    readonly title: string;
    readonly essential: boolean;
    readonly why: string | null;
    /** A message needs this, and its channel. */
    readonly subscribed: boolean;
    readonly channels: Readonly<Partial<Record<PushedChannel, boolean>>>;
    readonly frequency: Frequency;
  }[];
}
/** What is left out stays as it is. */
export interface PreferenceWish {
  readonly pausedUntil?: string | null;
  readonly quietHours?: string | null;
  readonly timeZone?: string | null;
  readonly locale?: string | null;
  readonly tracking?: boolean;
  readonly categories?: readonly {
    readonly id: string;
    readonly subscribed?: boolean;
    readonly channels?: Readonly<Partial<Record<PushedChannel, boolean>>>;
    /** Null: as is usual for the category. */
    readonly frequency?: Frequency | null;
  }[];
  /** What shows that the person chose it. */
  readonly evidence?: { readonly how?: 'api' | 'import'; readonly text?: string };
}
export interface PreferenceChange {
  readonly at: string;
  readonly what:
    | 'subscribed'
    | 'channel'
    | 'frequency'
    | 'pausedUntil'
    | 'quietHours'
    | 'timeZone'
    | 'locale'
    | 'tracking';
  readonly category: string | null;
  readonly channel: PushedChannel | null;
  readonly from: boolean | string | null;
  readonly to: boolean | string | null;
  readonly how: 'one_click' | 'page' | 'reply' | 'sms_keyword' | 'provider' | 'api' | 'import';
  /** The API key. */
  readonly by: string | null;
  readonly evidence: { readonly userAgent?: string; readonly message?: string; readonly text?: string };
}
