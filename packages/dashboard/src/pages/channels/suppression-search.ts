// What the ledger of suppressions is filtered by, as it stands in the address.
import type { NewSuppression } from '@relance/client';

export type SuppressedChannel = NewSuppression['channel'];
export type Source = NonNullable<NewSuppression['source']>;
export const SUPPRESSED_CHANNELS = [
  'email',
  'sms',
  'push',
  'chat',
  'webhook',
] as const satisfies readonly SuppressedChannel[];
export const SOURCES = [
  'hard_bounce',
  'complaint',
  'stop',
  'provider',
  'person',
  'admin',
] as const satisfies readonly Source[];
export const SOURCE_NAMES: Readonly<Record<Source, string>> = {
  hard_bounce: 'Came back for good',
  complaint: 'Complained',
  stop: 'Said STOP',
  provider: 'The provider’s list',
  person: 'Asked for it',
  admin: 'Put here by you',
};

export interface SuppressionSearch {
  readonly q?: string | undefined;
  readonly channel?: SuppressedChannel | undefined;
  readonly source?: Source | undefined;
  /** Also those that were lifted. */
  readonly history?: true | undefined;
}

/** Whatever an address says. What is not known is named and undefined: otherwise it would stay as it was written. */
export const readSuppressionSearch = (search: Record<string, unknown>): SuppressionSearch => ({
  q: search.q === undefined || String(search.q).trim() === '' ? undefined : String(search.q).slice(0, 200),
  channel: SUPPRESSED_CHANNELS.find((one) => one === search.channel),
  source: SOURCES.find((one) => one === search.source),
  history: search.history === true || search.history === 'true' ? true : undefined,
});
