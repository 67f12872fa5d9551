// What figures count and how rates come of the counts, so that the roll-ups, the live answer and whoever recomputes them agree: one
// message and one follow-up make counts, counts are added, and rates are made last. How long things take is survival.ts; where the
// counts are kept is docs/decisions/0016. A follow-up that was opened again counts once for each of its generations.
import type { Commitments } from './commitment-figures.ts';
import { type EngagementSeen, isHuman, surestOf } from './engagement.ts';
import { type FollowUpStatus, isLive } from './follow-up.ts';
import type { Instant } from './instant.ts';
import type { HourKind } from './interruption.ts';
import type { MessageStatus } from './message.ts';
import type { Channel } from './policy/policy.ts';
import { type DurationColumns, type Quantile, quantiles } from './survival.ts';

/** Of follow-ups that opened in the window. */
export interface FollowUpCounts {
  readonly followUps: number;
  /** Open or acknowledged. */
  readonly open: number;
  readonly resolved: number;
  readonly cancelled: number;
  readonly expired: number;
  /** Reached an escalation. */
  readonly escalated: number;
  /** Of `open`: every stage has run, and nobody has acted. */
  readonly exhausted: number;
  /** Had at some time nobody to tell, nor a fallback with anybody. */
  readonly unreached: number;
  /** Dates that somebody promised, and neither moved nor took back (commitment-figures.ts). The next two are among them. */
  readonly commitments: number;
  /** Resolved by then. */
  readonly commitmentsKept: number;
  readonly commitmentsMissed: number;
}

export interface MessageCounts {
  /** That it was tried to hand over; those taken back, suppressed or still waiting are none. */
  readonly messages: number;
  /** By a provider, whatever became of it then. */
  readonly accepted: number;
  readonly delivered: number;
  readonly bounced: number;
  /** Of `accepted`: those that went in another message. What interrupted somebody is `accepted - merged`. */
  readonly merged: number;
  /** Accepted, not bounced, and on a channel that can tell whether it was opened. The next two are among them. */
  readonly tellsOpens: number;
  readonly opened: number;
  /** By a person, as far as can be told. */
  readonly openedHuman: number;
  /** Likewise of links. */
  readonly tellsClicks: number;
  readonly clickedHuman: number;
  /** Of `accepted`: those with a proven response. */
  readonly answered: number;
  /** Of `accepted - merged`: those that interrupted somebody, by the hours of their own clock (interruption.ts). */
  readonly interruptedBusiness: number;
  readonly interruptedEvening: number;
  readonly interruptedNight: number;
  readonly interruptedWeekend: number;
}

export type Counts = FollowUpCounts & MessageCounts;

/** Null where there is nothing that it could be a share of. */
export interface Rates extends MessageRates {
  readonly conversionRate: number | null;
  readonly escalationRate: number | null;
  /** Of all that opened. */
  readonly expiredRate: number | null;
  readonly exhaustedRate: number | null;
  readonly unreachedRate: number | null;
  /** Of those that were kept or missed. */
  readonly commitmentKeptRate: number | null;
}
export interface MessageRates {
  /** Of those that it was tried to hand over: accepted, and not returned since. Few channels say more, and many nothing. */
  readonly deliveryRate: number | null;
  readonly openRate: number | null;
  readonly openRateHuman: number | null;
  /** Of people: a scanner follows every link. */
  readonly clickRate: number | null;
  readonly actedRate: number | null;
}

export const NO_FOLLOW_UPS: FollowUpCounts = {
  followUps: 0,
  open: 0,
  resolved: 0,
  cancelled: 0,
  expired: 0,
  escalated: 0,
  exhausted: 0,
  unreached: 0,
  commitments: 0,
  commitmentsKept: 0,
  commitmentsMissed: 0,
};
export const NO_MESSAGES: MessageCounts = {
  messages: 0,
  accepted: 0,
  delivered: 0,
  bounced: 0,
  merged: 0,
  tellsOpens: 0,
  opened: 0,
  openedHuman: 0,
  tellsClicks: 0,
  clickedHuman: 0,
  answered: 0,
  interruptedBusiness: 0,
  interruptedEvening: 0,
  interruptedNight: 0,
  interruptedWeekend: 0,
};

/** One generation of a follow-up. */
export interface CountedFollowUp {
  readonly status: FollowUpStatus;
  readonly escalationLevel: number;
  readonly exhausted?: boolean | undefined;
  readonly unreached?: boolean | undefined;
  readonly commitments?: Commitments | undefined;
}

export function countFollowUp(counted: CountedFollowUp): FollowUpCounts {
  const { status, escalationLevel, exhausted, unreached } = counted;
  const [kept, missed, ahead] = counted.commitments ?? [0, 0, 0];
  return {
    followUps: 1,
    open: one(isLive(status)),
    resolved: one(status === 'resolved'),
    cancelled: one(status === 'cancelled'),
    expired: one(status === 'expired'),
    escalated: one(escalationLevel > 0),
    exhausted: one(isLive(status) && exhausted === true),
    unreached: one(unreached === true),
    commitments: kept + missed + ahead,
    commitmentsKept: kept,
    commitmentsMissed: missed,
  };
}

/** A message, and whether it had the picture and the links that tell what was done with it. */
export interface CountedMessage {
  readonly channel: Channel;
  readonly status: MessageStatus;
  readonly engagement: readonly EngagementSeen[];
  readonly watched: { readonly opens: boolean; readonly clicks: boolean };
  /** At which of its reader's hours it was handed over; null where that is not known. */
  readonly hours: HourKind | null;
  /** What a merged one went in; null for one that went alone, and where its carrier is no longer known. */
  readonly carrier: Pick<CountedMessage, 'status' | 'engagement' | 'watched'> | null;
  /** It went in another, whatever its own status has become: with a carrier that came back it bounced. Absent: by its status. */
  readonly carried?: boolean;
}

const TRIED: readonly MessageStatus[] = ['accepted', 'delivered', 'bounced', 'failed', 'uncertain'];
const ACCEPTED: readonly MessageStatus[] = ['accepted', 'delivered', 'bounced'];

/**
 * A merged message has the fate of its carrier: accepted, delivered and opened with it, and answered by itself. So each item of a
 * digest counts as if it had gone alone, and no rate of a stage depends on what else waited for its reader.
 */
export function countMessage(message: CountedMessage): MessageCounts {
  const { channel, carrier } = message;
  const merged = message.status === 'merged' || message.carried === true;
  const status = message.status === 'merged' ? (carrier?.status ?? 'accepted') : message.status;
  const accepted = ACCEPTED.includes(status);
  const arrived = accepted && status !== 'bounced';
  const shown = merged ? (carrier ?? UNSEEN) : message;
  const tellsOpens = arrived && (channel === 'inbox' || (channel === 'email' && shown.watched.opens));
  const tellsClicks = arrived && (channel === 'email' || channel === 'sms') && message.watched.clicks;
  const all = merged ? [...message.engagement, ...shown.engagement] : message.engagement;
  // The inbox waits until somebody looks, and a webhook wakes nobody.
  const hours = accepted && !merged && channel !== 'inbox' && channel !== 'webhook' ? message.hours : null;
  const opens = [surestOf(all, 'opened'), surestOf(message.engagement, 'read')];
  return {
    messages: one(TRIED.includes(status)),
    accepted: one(accepted),
    delivered: one(status === 'delivered'),
    bounced: one(status === 'bounced'),
    merged: one(merged && accepted),
    tellsOpens: one(tellsOpens),
    opened: one(tellsOpens && opens.some((evidence) => evidence !== null)),
    openedHuman: one(tellsOpens && opens.some(isHuman)),
    tellsClicks: one(tellsClicks),
    clickedHuman: one(tellsClicks && isHuman(surestOf(message.engagement, 'clicked'))),
    answered: one(accepted && surestOf(message.engagement, 'acted') === 'proven'),
    interruptedBusiness: one(hours === 'business'),
    interruptedEvening: one(hours === 'evening'),
    interruptedNight: one(hours === 'night'),
    interruptedWeekend: one(hours === 'weekend'),
  };
}

const UNSEEN: Pick<CountedMessage, 'engagement' | 'watched'> = {
  engagement: [],
  watched: { opens: false, clicks: false },
};
const one = (yes: boolean): number => (yes ? 1 : 0);

export const messageRatesOf = (counts: MessageCounts): MessageRates => ({
  deliveryRate: share(counts.accepted - counts.bounced, counts.messages),
  openRate: share(counts.opened, counts.tellsOpens),
  openRateHuman: share(counts.openedHuman, counts.tellsOpens),
  clickRate: share(counts.clickedHuman, counts.tellsClicks),
  actedRate: share(counts.answered, counts.accepted),
});

export const ratesOf = (counts: Counts): Rates => ({
  ...messageRatesOf(counts),
  conversionRate: share(counts.resolved, counts.followUps - counts.cancelled),
  escalationRate: share(counts.escalated, counts.followUps),
  expiredRate: share(counts.expired, counts.followUps),
  exhaustedRate: share(counts.exhausted, counts.followUps),
  unreachedRate: share(counts.unreached, counts.followUps),
  commitmentKeptRate: share(counts.commitmentsKept, counts.commitmentsKept + counts.commitmentsMissed),
});

/** Of the follow-ups that ran a stage, those resolved after it and before the next one, whatever became of the others. */
export const stageConversion = (counts: { readonly ran: number; readonly resolvedAfter: number }): number | null =>
  share(counts.resolvedAfter, counts.ran);

const share = (part: number, whole: number): number | null => (whole > 0 ? part / whole : null);

/** The stage after which a follow-up was resolved: the newest that had run by then, in the order of the timeline. */
export function stageResolvedAfter(
  runs: readonly { readonly stage: string; readonly at: Instant }[],
  resolvedAt: Instant | null,
): string | null {
  if (resolvedAt === null) return null;
  return runs.findLast(({ at }) => at <= resolvedAt)?.stage ?? null;
}

/** How long it took, in seconds: `censored` of `n` still waited, and are why a quantile may be null. */
export interface DurationFigures {
  readonly p50: number | null;
  readonly p90: number | null;
  readonly n: number;
  readonly censored: number;
  readonly limits: {
    readonly p50: Omit<Quantile, 'at'>;
    readonly p90: Omit<Quantile, 'at'>;
  };
}

export function durationFigures(durations: DurationColumns): DurationFigures {
  const { n, censored, quantiles: found } = quantiles(durations, [0.5, 0.9]);
  const [{ at: p50, ...limits50 } = NOT_FOUND, { at: p90, ...limits90 } = NOT_FOUND] = found;
  return { p50, p90, n, censored, limits: { p50: limits50, p90: limits90 } };
}
const NOT_FOUND: Quantile = { at: null, lower: null, upper: null };
