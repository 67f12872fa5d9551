// Consent: which messages must not leave although they are due. A suppressed endpoint gets nothing at all (a bounce, a
// complaint, a STOP); a recipient who does not want a category, or a channel of it, gets nothing of it that is pushed at them,
// unless it is essential. Pure; the shell gathers what is known (store/sql/consent.ts), route.ts asks when messages are
// planned, and the server asks again before each hand-over.

import { TOLD_EVERYTHING, type UsualStanding } from './category.ts';
import type { Channel } from './policy/policy.ts';
import { asciiDomain } from './punycode.ts';
import type { Reason } from './reason.ts';

export const SUPPRESSION_SOURCES = ['hard_bounce', 'complaint', 'stop', 'provider', 'person', 'admin'] as const;
/**
 * Who says that an endpoint gets nothing: its mail server, its reader by a complaint, its carrier, the provider, its reader by
 * asking for it, or an operator.
 */
export type SuppressionSource = (typeof SUPPRESSION_SOURCES)[number];

/** What one decision knows of consent; nothing known is nothing refused. */
export interface Consent {
  /** Endpoints that get nothing, by `endpointKey`. */
  readonly suppressed: ReadonlySet<string>;
  /** Endpoints that get nothing of one sender of ours, by `stopKey`: what they said STOP to. Absent where nobody has. */
  readonly stopped?: ReadonlySet<string>;
  /** What recipients said themselves, wanted or not, by `choiceKey`. */
  readonly choices: ReadonlyMap<string, boolean>;
  /** Categories that cannot be switched off. */
  readonly essential: ReadonlySet<string>;
  /** What holds for whoever has not chosen, by category; everything is told where none is named. */
  readonly standings: ReadonlyMap<string, UsualStanding>;
}
export const NO_CONSENT_KNOWN: Consent = {
  suppressed: new Set(),
  choices: new Map(),
  essential: new Set(),
  standings: new Map(),
};

export type ConsentReason = Extract<Reason, 'endpoint_suppressed' | 'opted_out'>;

/**
 * An address as it is compared. Mail systems do not tell `Ana@` from `ana@`, whatever RFC 5321 §2.4 allows, and a provider
 * may tell of a bounce in another case than we sent in; letters beyond ASCII are left alone, as PostgreSQL is to agree. A domain is
 * compared as DNS has it, since a provider may tell of `münchen.de` as `xn--mnchen-3ya.de`.
 * Telephone numbers are E.164 without what people write between the digits. Everything else is compared as it is.
 */
export function normalAddress(channel: Channel, address: string): string {
  if (channel === 'email') {
    const low = address.trim().replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
    const at = low.lastIndexOf('@') + 1;
    return at === 0 ? low : low.slice(0, at) + asciiDomain(low.slice(at));
  }
  if (channel === 'sms') return address.replace(/[\s().-]/g, '').replace(/^00/, '+');
  return address;
}

/** Text cannot hold a NUL, so no two keys are the same by chance. */
export const endpointKey = (channel: Channel, address: string): string =>
  `${channel}\u0000${normalAddress(channel, address)}`;
export const stopKey = (channel: Channel, address: string, sender: string): string =>
  `${endpointKey(channel, address)}\u0000${sender}`;
/** All channels of a category, where a choice names none. */
export const EVERY_CHANNEL = '';
export const choiceKey = (recipient: string, category: string, channel: Channel | typeof EVERY_CHANNEL): string =>
  `${recipient}\u0000${category}\u0000${channel}`;

/** Whether somebody wants a category, and wants it on a channel: the two are chosen apart, and a message needs both. */
export function isWanted(consent: Consent, recipient: string, category: string, channel: Channel): boolean {
  const standing = consent.standings.get(category) ?? TOLD_EVERYTHING;
  const subscribed = consent.choices.get(choiceKey(recipient, category, EVERY_CHANNEL)) ?? standing.subscribed;
  return subscribed && (consent.choices.get(choiceKey(recipient, category, channel)) ?? !standing.off.has(channel));
}

export const isSuppressed = (consent: Consent, channel: Channel, address: string): boolean =>
  consent.suppressed.size > 0 && consent.suppressed.has(endpointKey(channel, address));

/** Whether it has said STOP to this sender; a connection that shows none has none to be stopped. */
export const isStopped = (consent: Consent, channel: Channel, address: string, sender: string | null): boolean =>
  sender !== null && consent.stopped?.has(stopKey(channel, address, sender)) === true;

/**
 * Why nothing may be sent; null where it may. Opting out is about being told, not about being able to look: the inbox is
 * opened by its reader when they want to, so what belongs there stays there.
 */
export function refusalOf(
  consent: Consent,
  message: {
    readonly recipient: string;
    readonly channel: Channel;
    readonly address: string;
    /** Null for what has no category: alarms to operators. */
    readonly category: string | null;
  },
): ConsentReason | null {
  const { recipient, channel, address, category } = message;
  if (isSuppressed(consent, channel, address)) return 'endpoint_suppressed';
  if (category === null || channel === 'inbox' || consent.essential.has(category)) return null;
  return isWanted(consent, recipient, category, channel) ? null : 'opted_out';
}
