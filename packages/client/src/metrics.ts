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

export interface Metrics {
  /** Days, both included, in this zone. */
  readonly from: string;
  readonly to: string;
  readonly zone: string;
  readonly groupBy: readonly string[];
  /** What changed later may not be counted yet. */
  readonly asOf: string;
  readonly rows: readonly MetricRow[];
}

export interface MetricRow {
  readonly policy?: string;
  readonly stage?: string;
  readonly channel?: Channel;
  readonly team?: string | null;
  readonly level?: number;
  readonly day?: string;
  readonly followUps: number;
  readonly open: number;
  readonly resolved: number;
  readonly cancelled: number;
  readonly expired: number;
  readonly escalated: number;
  readonly messages: number;
  readonly accepted: number;
  readonly delivered: number;
  readonly bounced: number;
  /** Of `accepted`: in another message. */
  readonly merged: number;
  readonly openRate: number | null;
  readonly openRateHuman: number | null;
  readonly clickRate: number | null;
  readonly actedRate: number | null;
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
