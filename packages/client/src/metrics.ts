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
  readonly conversionRate: number | null;
  readonly escalationRate: number | null;
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
