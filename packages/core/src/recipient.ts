// People and groups as the core sees them: what a decision needs to know about who can be told, gathered by the shell
// beforehand. Writing and checking them at the edge is contract/recipient.ts; storing them is the server's store.

import type { Branding } from './branding.ts';
import type { Budget } from './budget.ts';
import type { Consent } from './consent.ts';
import type { EngagementSeen } from './engagement.ts';
import type { ActivitySeen, PendingFollowUp } from './history.ts';
import type { DailySpan } from './policy/hours.ts';
import type { Channel, ContactPlan } from './policy/policy.ts';
import { NO_PREFERENCES, type Preferences } from './preference.ts';
import type { Schedule } from './schedule.ts';

export interface Endpoint {
  readonly channel: Channel;
  readonly address: string;
  /** A further email address, which gets a copy of the same mail instead of a message of its own. */
  readonly copy?: 'cc' | 'bcc' | undefined;
}

/** As written: dates (the last one included) or RFC 3339. */
export interface Away {
  readonly from: string;
  readonly to: string;
  readonly delegate?: string | null | undefined;
}

export interface Recipient {
  readonly id: string;
  readonly name: string | null;
  readonly email: string | null;
  readonly phone: string | null; // E.164
  readonly locale: string | null; // BCP 47
  readonly timeZone: string | null; // IANA
  readonly location: { readonly country?: string; readonly region?: string; readonly city?: string } | null;
  readonly manager: string | null; // recipient id
  readonly traits: Readonly<Record<string, unknown>>;
  readonly endpoints: readonly Endpoint[];
  readonly plan: { readonly normal: ContactPlan | null; readonly urgent: ContactPlan | null };
  readonly away: readonly Away[];
  readonly preferences: Preferences;
}

/** Somebody of whom nothing else is known. */
export const blankRecipient = (id: string): Recipient => ({
  id,
  name: null,
  email: null,
  phone: null,
  locale: null,
  timeZone: null,
  location: null,
  manager: null,
  traits: {},
  endpoints: [],
  plan: { normal: null, urgent: null },
  away: [],
  preferences: NO_PREFERENCES,
});

/** A group of a directory: all members up to the inline limit, and how many there are in all. */
export interface Group {
  readonly id: string;
  readonly name: string | null;
  readonly members: readonly string[]; // in id order; cut at FAN_OUT_INLINE_MAX
  readonly size: number;
  /** Those of all its members who do something now, so that a large group knows its own. */
  readonly asked?: ReadonlySet<string>;
  /** When each was last picked by a strategy: a higher number is later. Who never was is missing. */
  readonly turns?: ReadonlyMap<string, number>;
  /** How many live follow-ups each is asked about; gathered for `least-busy`. */
  readonly load?: ReadonlyMap<string, number>;
}

/** What the shell gathered for one decision. A missing recipient, group or schedule is unknown. */
export interface Directory {
  readonly recipients: ReadonlyMap<string, Recipient>;
  readonly groups: ReadonlyMap<string, Group>;
  readonly schedules: ReadonlyMap<string, Schedule>;
  /** By recipient: what policies ask of their activity, and their live follow-ups; where it is asked for. */
  readonly activity?: ReadonlyMap<string, ActivitySeen>;
  readonly pending?: ReadonlyMap<string, readonly PendingFollowUp[]>;
  /** By follow-up: what was done with its messages, each kind and evidence once. */
  readonly engagements?: ReadonlyMap<string, readonly EngagementSeen[]>;
  /** What must not be sent, of the recipients here; absent where nobody has said anything (consent.ts). */
  readonly consent?: Consent;
  readonly tenant: {
    readonly zone: string | null; // IANA
    readonly locale: string;
    readonly alarmTo: string | null;
    readonly name: string | null;
    readonly branding?: Branding;
    /** Of those who have set none of their own; null or absent: none. */
    readonly quietHours?: DailySpan | null;
    readonly budget?: Budget | null;
  };
}

/** Where neither a recipient, a tenant nor a policy says where it is. */
export const DEFAULT_ZONE = 'UTC';

/** In which language, and by which clocks, a person is told something. */
export interface Reading {
  readonly locale: string; // BCP 47
  readonly zone: string; // IANA
}

/** One answer for messages and for the pages behind their links: the person's own, else the policy's, else the tenant's. */
export const readingOf = (
  recipient: Pick<Recipient, 'locale' | 'timeZone'> | undefined,
  policyZone: string | null,
  tenant: Pick<Directory['tenant'], 'locale' | 'zone'>,
): Reading => ({
  locale: recipient?.locale ?? tenant.locale,
  zone: recipient?.timeZone ?? policyZone ?? tenant.zone ?? DEFAULT_ZONE,
});

/** Larger groups are expanded by a fan-out row, a thousand members a transaction. */
export const FAN_OUT_INLINE_MAX = 100;
/** Manager chains longer than this are cut: a cycle in an org chart must end. */
export const MANAGER_LEVELS_MAX = 10;
