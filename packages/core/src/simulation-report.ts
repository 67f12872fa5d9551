// A simulation played many times, each with luck of its own, and what came of it in numbers: how many were resolved, what
// was sent, how long people took. The same seed gives the same report.
import { isLive } from './follow-up.ts';
import type { TimelineEntry, TimelineKind } from './input.ts';
import type { Directory } from './recipient.ts';
import { wasSent } from './rehearsal.ts';
import { type Simulation, type SimulationOptions, type SimulationPlan, simulate } from './simulation.ts';

export interface Spread {
  readonly n: number;
  readonly median: number;
  readonly p90: number;
  readonly max: number;
}
export interface SimulationReport {
  readonly runs: number;
  readonly seed: number;
  /** How many ended so; `exhausted`: every stage has run and nobody has acted; `open`: cut before its end. */
  readonly ends: Readonly<Record<'resolved' | 'cancelled' | 'expired' | 'exhausted' | 'open', number>>;
  /** Reached a stage that escalates, 0 to 1. */
  readonly escalated: number;
  /** Handed over, in one run. */
  readonly messages: Spread & {
    readonly total: number;
    readonly byChannel: Readonly<Record<string, number>>;
    readonly byStage: Readonly<Record<string, number>>;
  };
  /** Seconds from the opening, of the runs in which somebody responded; null where nobody did. */
  readonly firstResponse: Spread | null;
  readonly resolution: Spread | null;
}

const RESPONSES: ReadonlySet<TimelineKind> = new Set([
  'acknowledged',
  'snoozed',
  'committed',
  'delegated',
  'declined',
  'answered',
  'resolved',
]);

/** Takes one run after the other, so that whoever plays them may rest in between. */
export class Tally {
  readonly #ends = { resolved: 0, cancelled: 0, expired: 0, exhausted: 0, open: 0 };
  readonly #sent: number[] = [];
  readonly #byChannel = new Map<string, number>();
  readonly #byStage = new Map<string, number>();
  readonly #responses: number[] = [];
  readonly #resolutions: number[] = [];
  #escalated = 0;

  take({ items, messages, outcome, followUp }: Simulation): void {
    const { status, end } = outcome;
    this.#ends[status !== 'open' && status !== 'acknowledged' ? status : end === 'waits' ? 'exhausted' : 'open'] += 1;
    const sent = messages.filter(wasSent);
    this.#sent.push(sent.length);
    for (const { channel, stage } of sent) {
      count(this.#byChannel, channel);
      count(this.#byStage, stage);
    }
    if (followUp.escalationLevel > 0) this.#escalated += 1;
    const secondsTo = ({ at }: TimelineEntry): number => Math.round((at - followUp.openedAt) / 1_000);
    const response = items.find(({ kind, actor }) => RESPONSES.has(kind) && actor !== undefined);
    if (response !== undefined) this.#responses.push(secondsTo(response));
    const resolved = items.find(({ kind }) => kind === 'resolved');
    if (resolved !== undefined && !isLive(status)) this.#resolutions.push(secondsTo(resolved));
  }

  report(seed: number): SimulationReport {
    const runs = this.#sent.length;
    return {
      runs,
      seed,
      ends: { ...this.#ends },
      escalated: runs === 0 ? 0 : this.#escalated / runs,
      messages: {
        ...(spread(this.#sent) ?? { n: 0, median: 0, p90: 0, max: 0 }),
        total: this.#sent.reduce((sum, one) => sum + one, 0),
        byChannel: Object.fromEntries(this.#byChannel),
        byStage: Object.fromEntries(this.#byStage),
      },
      firstResponse: spread(this.#responses),
      resolution: spread(this.#resolutions),
    };
  }
}

/** The seed of one of many runs, the first (0) being that of a single one. */
export const seedOf = (seed: number, run: number): number => (seed + Math.imul(run, 0x9e37_79b1)) >>> 0;

export function simulateMany(
  plan: SimulationPlan,
  directory: Directory,
  { runs, seed = 1, ...options }: SimulationOptions & { readonly runs: number },
): SimulationReport {
  const tally = new Tally();
  for (let run = 0; run < runs; run++) tally.take(simulate(plan, directory, { ...options, seed: seedOf(seed, run) }));
  return tally.report(seed);
}

function count(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1);
}

/** By the nearest rank, so that every number is one that really came. */
function spread(values: readonly number[]): Spread | null {
  const sorted = [...values].sort((a, b) => a - b);
  const rank = (share: number): number => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;
  return sorted.length === 0 ? null : { n: sorted.length, median: rank(0.5), p90: rank(0.9), max: rank(1) };
}
