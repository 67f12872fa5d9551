// Figures: what is asked of them, and what they answer. Times are seconds.
import type { Channel } from './shapes.ts';

export type MetricQuestion = 'overview' | 'policies' | 'stages' | 'channels' | 'responses' | 'escalations';

export type MetricQuery = {
  readonly from?: string;
  readonly to?: string;
  readonly groupBy?: string;
  readonly policy?: string;
  readonly team?: string;
};

/** `groupBy`: of policy, stage, channel, provider, template, templateVersion, locale and day. */
export type MessageMetricQuery = Omit<MetricQuery, 'team'>;

export type CurveName = 'responseTime' | 'timeToResolve' | 'timeToAcknowledge';
export type CurveQuery = MetricQuery & { readonly of?: CurveName };

/** Without `recipient` at most `limit` people (20), those first who were interrupted most. */
export type InterruptedQuery = Omit<MetricQuery, 'groupBy' | 'team'> & {
  readonly recipient?: string;
  readonly limit?: number;
};
export interface Interrupted extends MetricWindow {
  readonly rows: readonly InterruptedRow[];
}
export interface InterruptedRow
  extends Pick<
    MessageFigures,
    'interruptedBusiness' | 'interruptedEvening' | 'interruptedNight' | 'interruptedWeekend'
  > {
  readonly recipient: string;
  readonly name: string | null;
  /** Messages, of all hours. */
  readonly interrupted: number;
}

export interface Metrics extends MetricWindow {
  readonly rows: readonly MetricRow[];
}
/** What became of messages, also by how they were sent. */
export interface MessageMetrics extends MetricWindow {
  readonly rows: readonly MessageMetricRow[];
}
/** How long something takes: which share still waits after so long. */
export interface Curves extends MetricWindow {
  readonly of: CurveName;
  readonly rows: readonly Curve[];
}

export interface MetricWindow {
  /** Days, both included, in this zone. */
  readonly from: string;
  readonly to: string;
  readonly zone: string;
  readonly groupBy: readonly string[];
  /** What changed later may not be counted yet. */
  readonly asOf: string;
}

/** The keys that were asked for. */
export interface MetricGroup {
  readonly policy?: string;
  readonly stage?: string;
  readonly channel?: Channel;
  readonly team?: string | null;
  readonly level?: number;
  readonly day?: string;
}

export interface Curve extends MetricGroup, DurationFigures {
  readonly points: readonly CurvePoint[];
}
export interface CurvePoint {
  readonly seconds: number;
  /** The share that waits longer, 0 to 1; its limits (95 %) are null where nobody is left. */
  readonly waiting: number;
  readonly lower: number | null;
  readonly upper: number | null;
  /** How many waited at least so long. */
  readonly atRisk: number;
}

export interface MessageFigures {
  readonly messages: number;
  readonly accepted: number;
  readonly delivered: number;
  readonly bounced: number;
  /** Of `accepted`: in another message. */
  readonly merged: number;
  /** By the clock of whoever got it: Monday to Friday 8 to 18 and 18 to 22, 22 to 8, and Saturday and Sunday 8 to 22. */
  readonly interruptedBusiness: number;
  readonly interruptedEvening: number;
  readonly interruptedNight: number;
  readonly interruptedWeekend: number;
  /** Of `messages`: accepted, and not returned since. */
  readonly deliveryRate: number | null;
  readonly openRate: number | null;
  readonly openRateHuman: number | null;
  readonly clickRate: number | null;
  readonly actedRate: number | null;
}

/** The keys that were asked for; null where there is none, or nobody knows. */
export interface MessageMetricRow extends MessageFigures {
  readonly policy?: string;
  readonly stage?: string;
  readonly channel?: Channel;
  readonly provider?: string | null;
  readonly template?: string | null;
  readonly templateVersion?: number | null;
  readonly locale?: string | null;
  readonly day?: string;
}

export interface MetricRow extends MetricGroup, MessageFigures {
  readonly followUps: number;
  readonly open: number;
  readonly resolved: number;
  readonly cancelled: number;
  readonly expired: number;
  readonly escalated: number;
  /** Of `open`: every stage has run and nobody has acted. */
  readonly exhausted: number;
  /** Had at some time nobody to tell, nor a fallback with anybody. */
  readonly unreached: number;
  /** By level: those that reached it, whatever level they reached after it; and which share of all that opened. */
  readonly reached?: number;
  readonly reachedRate?: number | null;
  /** Dates that somebody promised, and neither moved nor took back; resolved by then; passed first. */
  readonly commitments: number;
  readonly commitmentsKept: number;
  readonly commitmentsMissed: number;
  readonly conversionRate: number | null;
  readonly escalationRate: number | null;
  /** Of `followUps`. */
  readonly expiredRate: number | null;
  readonly exhaustedRate: number | null;
  readonly unreachedRate: number | null;
  /** Of those that were kept or missed. */
  readonly commitmentKeptRate: number | null;
  readonly responseTime: DurationFigures;
  readonly timeToResolve: DurationFigures;
  readonly timeToAcknowledge: DurationFigures;
}

/** `n` with those that still wait (`censored`); null where fewer than so many have ended. */
export interface DurationFigures {
  readonly p50: number | null;
  readonly p90: number | null;
  readonly n: number;
  readonly censored: number;
  /** 95 % confidence. */
  readonly limits: {
    readonly p50: { readonly lower: number | null; readonly upper: number | null };
    readonly p90: { readonly lower: number | null; readonly upper: number | null };
  };
}
