// When a message may leave (POLICY.md, *Waiting*): the hours of its stage, those of its reader or of the tenant, a pause, and a
// digest instead of each message. Pure; route.ts asks when messages are planned, and the server again before each hand-over.
import { type Consent, NO_CONSENT_KNOWN } from './consent.ts';
import { earliest, type Instant } from './instant.ts';
import type { DailySpan } from './policy/hours.ts';
import type { Channel, Policy, Urgency } from './policy/policy.ts';
import { digestAfter, frequencyOf, interrupts } from './preference.ts';
import { DEFAULT_ZONE, type Recipient } from './recipient.ts';
import { type HeldBy, nextAllowed, type SendHours, type SendRules, type SendTime } from './send-window.ts';

/** Whose hours, zones and choices hold. */
export interface Sending {
  readonly policy: Pick<Policy, 'stages' | 'calendar' | 'category'>;
  readonly tenant: { readonly zone: string | null; readonly quietHours?: DailySpan | null };
  readonly consent?: Consent | undefined;
}

export type Reader = Pick<Recipient, 'timeZone' | 'preferences'>;

export interface Leaving {
  readonly stage: string;
  readonly channel: Channel;
  readonly urgency: Urgency;
  /** Whatever it waited for, it waits for no digest any more: it has been tried. */
  readonly waited?: boolean;
  /** Where it was held to leave with others: why, and since when it was planned. A digest that has come is not waited for again. */
  readonly held?: { readonly by: HeldBy | null; readonly since: Instant } | null;
  /** A digest leaves no later: the next stage comes then. */
  readonly noLaterThan?: Instant | null;
}

export interface LeaveTime extends SendTime {
  /** What waits with it until then goes in one message with it. */
  readonly together: boolean;
}

/** Not before `at`. The inbox ignores everything; what is urgent passes all but a pause of its reader. */
export function allowedAt(sending: Sending, message: Leaving, reader: Reader, at: Instant): LeaveTime | 'never' {
  if (message.channel === 'inbox') return { at, heldBy: null, together: false };
  const zone = zoneOf(sending, reader);
  const wait = chosenWait(sending, message, reader, at, zone);
  if (message.urgency === 'urgent') return wait;
  const time = withinHours(sending, message, reader, wait.at, zone);
  if (time === 'never') return time;
  return { at: time.at, heldBy: time.heldBy ?? wait.heldBy, together: wait.together };
}

export const zoneOf = ({ policy, tenant }: Sending, { timeZone }: { readonly timeZone: string | null }): string =>
  timeZone ?? tenant.zone ?? policy.calendar?.zone ?? DEFAULT_ZONE;

/** What its reader has chosen, of what is not essential: to be left alone until then, and to have these together. */
function chosenWait(
  { policy, consent = NO_CONSENT_KNOWN }: Sending,
  message: Leaving,
  { preferences }: Reader,
  at: Instant,
  zone: string,
): LeaveTime {
  if (!interrupts(message.channel) || consent.essential.has(policy.category))
    return { at, heldBy: null, together: false };
  const { pausedUntil } = preferences;
  const paused = pausedUntil !== null && pausedUntil > at;
  const from = paused ? pausedUntil : at;
  const wait: LeaveTime = { at: from, heldBy: paused ? 'paused' : null, together: paused };
  const frequency = frequencyOf(preferences, policy.category);
  if (frequency === 'each' || message.urgency === 'urgent' || message.waited === true) return wait;
  const { noLaterThan = null, held = null } = message;
  if (held !== null && hadDigest(held, preferences, frequency, at, zone)) return wait;
  const digest = digestAfter(frequency, from, zone);
  const leaves = noLaterThan !== null && noLaterThan > from ? earliest(digest, noLaterThan) : digest;
  return { at: leaves ?? digest, heldBy: 'digest', together: true };
}

/**
 * A digest holds until it comes, or the next stage does. The end of a pause and an hour that opens are none: who has chosen
 * digests while a message waited for those finds it in the next one.
 */
function hadDigest(
  { by, since }: NonNullable<Leaving['held']>,
  { pausedUntil }: Reader['preferences'],
  frequency: 'daily' | 'weekly',
  at: Instant,
  zone: string,
): boolean {
  if (by === 'digest') return true;
  return digestAfter(frequency, Math.max(since, pausedUntil ?? since) as Instant, zone) <= at;
}

/** A window and quiet hours that leave no hour open meet so often at most before that is seen. */
const ROUNDS_MAX = 20;

/**
 * The hours of the stage, and those of the reader. Quiet hours of the tenant stand in for a reader and a stage who say nothing.
 * Where the reader's leave no hour of the stage open, theirs hold and the window gives way: a choice of when is no refusal.
 */
function withinHours(
  { policy, tenant }: Sending,
  message: Leaving,
  { preferences }: Reader,
  at: Instant,
  zone: string,
): SendTime | 'never' {
  const stage = policy.stages.find(({ id }) => id === message.stage)?.hours ?? NO_HOURS;
  const personal = interrupts(message.channel) ? preferences.quietHours : null;
  const { calendar } = policy;
  const standIn = interrupts(message.channel) ? (personal ?? tenant.quietHours ?? null) : null;
  const own: SendRules = { ...stage, quietHours: stage.quietHours ?? standIn, calendar, zone };
  if (personal === null || stage.quietHours === null) {
    const time = nextAllowed(own, at);
    return time === 'never' && personal !== null ? nextAllowed({ ...own, window: null }, at) : time;
  }
  const theirs: SendRules = { window: null, quietHours: personal, calendar, zone };
  let time: SendTime = { at, heldBy: null };
  for (let round = 0; round < ROUNDS_MAX; round++) {
    const allowed = nextAllowed(own, time.at);
    if (allowed === 'never') return allowed;
    const quiet = nextAllowed(theirs, allowed.at);
    if (quiet === 'never') return quiet;
    time = { at: quiet.at, heldBy: quiet.heldBy ?? allowed.heldBy ?? time.heldBy };
    if (quiet.at === allowed.at) return time;
  }
  return nextAllowed(theirs, at);
}
const NO_HOURS: SendHours = { window: null, quietHours: null };
