// What is asked of a simulation, and what it answers. Durations of the report are seconds from the opening.
import type { Channel, FollowUp, FollowUpStatus, TimelineItem } from './shapes.ts';

export interface SimulationRequest {
  /** The event that opens it; invented when not given. */
  readonly event?: Readonly<Record<string, unknown>>;
  /** Over the data of the invented event. */
  readonly data?: Readonly<Record<string, unknown>>;
  /** By type: the data of later events; only what their key reads may be left to the one that opens it. */
  readonly eventData?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  /** A date or RFC 3339, whatever the policy reads. */
  readonly dueAt?: string;
  readonly zone?: string;
  readonly at?: string;
  /** Sentences such as `assignee acknowledges after 2 hours`. */
  readonly behaviours?: readonly string[];
  readonly until?: string;
  readonly runs?: number;
  readonly seed?: number;
}

export interface Simulation {
  readonly policy: { readonly id: string; readonly version: number };
  readonly event: Readonly<Record<string, unknown>>;
  readonly items: readonly TimelineItem[];
  readonly truncated: boolean;
  readonly messages: readonly {
    readonly id: string;
    readonly stage: string;
    readonly run: number;
    readonly recipient: string;
    readonly channel: Channel;
    readonly status: string;
    readonly reason: string;
    readonly sentAt: string | null;
  }[];
  readonly outcome: {
    readonly status: FollowUpStatus;
    readonly outcome: string | null;
    readonly end: 'closed' | 'waits' | 'until' | 'truncated';
    readonly endedAt: string;
    readonly waitsFor: string | null;
  };
  readonly followUp: FollowUp;
  readonly alarms: readonly { readonly reason: string; readonly stage: string | null; readonly text: string }[];
  /** Who is not in the directory, so that somebody reachable stands in. */
  readonly invented: readonly string[];
  readonly notes: readonly string[];
  readonly people: readonly {
    readonly id: string;
    readonly name: string | null;
    readonly timeZone: string;
    readonly invented: boolean;
  }[];
  /** Of many runs; the items are those of the first. */
  readonly report: SimulationReport | null;
}

export interface Spread {
  readonly n: number;
  readonly median: number;
  readonly p90: number;
  readonly max: number;
}
export interface SimulationReport {
  readonly runs: number;
  readonly seed: number;
  readonly ends: Readonly<Record<'resolved' | 'cancelled' | 'expired' | 'exhausted' | 'open', number>>;
  readonly escalated: number;
  readonly messages: Spread & {
    readonly total: number;
    readonly byChannel: Readonly<Record<string, number>>;
    readonly byStage: Readonly<Record<string, number>>;
  };
  readonly firstResponse: Spread | null;
  readonly resolution: Spread | null;
}
