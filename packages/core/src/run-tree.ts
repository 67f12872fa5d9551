// The runs of a policy as trees of distances, for busiest-day.ts: what counts from one anchor hangs together, and different
// anchors (the opening, the due date, a date of the data) may lie to each other as they like. A day is one of 24 hours here:
// nobody counts the day on which a clock changes as two. Dates that are known late are counted too (late-start.ts); nothing
// is late for another reason, and no date is moved.
import type { Distance, Run } from './busiest-day.ts';
import { DAY_MS } from './instant.ts';
import { type Bounds, boundsOf, lateStarts, ON_TIME, offsetOf, type Start } from './late-start.ts';
import { type Hold, holdOf, longestUntold } from './longest-hold.ts';
import type { Duration } from './policy/duration.ts';
import { type Anchor, isEventStage, type Policy, type Stage } from './policy/policy.ts';

/** What one run of a stage brings one person. */
export interface Load {
  /** In the inbox, which waits for no hours. */
  readonly inbox: number;
  /** At once, or when the hours of the stage allow it. */
  readonly sent: number;
  /** Each so long after that. */
  readonly afterMs: readonly number[];
}

export interface RunGroup {
  /** As a sentence says it: `the opening`. */
  readonly from: string;
  /** One for each way in which the dates may lie when a follow-up opens; their roots are the anchor, or the opening. */
  readonly trees: readonly { readonly root: Run; readonly from: string }[];
}

/**
 * Of a stage that runs more often than this, or than its share of all, only as many runs as fit into one window are looked
 * at, wherever they are.
 */
const RUNS_MAX = 24;
const RUNS_TOGETHER_MAX = 150;

export function runGroups(policy: Policy, windowMs: number, loadOf: (stage: Stage) => Load): readonly RunGroup[] {
  const timed = policy.stages.filter((stage) => !isEventStage(stage));
  const roots = new Map<string, { readonly from: string; readonly stages: Stage[]; readonly dated: boolean }>();
  for (const stage of timed) {
    const root = rootOf(policy, stage);
    if (root === null) continue;
    const known = roots.get(root.from) ?? { ...root, stages: [] };
    known.stages.push(stage);
    roots.set(root.from, known);
  }
  const crowded: RunGroup[] = [];
  const groups = [...roots.values()].map(({ from, stages, dated }): RunGroup => {
    const starts: readonly Start[] = [ON_TIME, ...(dated ? lateStarts(policy, stages) : [])];
    const trees = starts.map((start) => {
      const growth = new Growth(policy, windowMs, loadOf, start);
      for (const stage of stages) growth.direct(stage);
      if (start === ON_TIME) crowded.push(...growth.crowded);
      return { root: growth.root, from: start === ON_TIME ? from : 'the opening' };
    });
    return { from, trees };
  });
  return [...groups, ...crowded];
}

/** What a stage counts from that is no stage with a time; null where that is another stage with one. */
function rootOf(policy: Policy, { at: { anchor } }: Stage): { readonly from: string; readonly dated: boolean } | null {
  if (anchor.kind !== 'stage') return { from: nameOf(anchor), dated: anchor.kind === 'due' || anchor.kind === 'data' };
  const other = policy.stages.find(({ id }) => id === anchor.stage);
  return other !== undefined && !isEventStage(other) ? null : { from: `"${anchor.stage}"`, dated: false };
}

function nameOf(anchor: Anchor): string {
  switch (anchor.kind) {
    case 'opened':
      return 'the opening';
    case 'due':
      return 'the due date';
    case 'acknowledged':
      return 'an acknowledgement';
    case 'commitment':
      return 'the promised date';
    case 'data':
      return `data.${anchor.field}`;
    default:
      return 'an event';
  }
}

/** A run that others count from, and by what hours it was held. */
interface Point {
  readonly run: Run;
  readonly hold: Hold | null;
}

/** From one run to another: how far, and in what that is counted. */
interface Way {
  readonly bounds: Bounds;
  readonly days: 'days' | 'businessDays' | null;
}
const AT_ONCE: Way = { bounds: [0, 0], days: null };
const AT_ANY_TIME: Way = { bounds: [0, Number.POSITIVE_INFINITY], days: null };
const wayOf = (bounds: Bounds, duration: Duration): Way => ({
  bounds,
  days:
    duration.kind === 'businessDays'
      ? 'businessDays'
      : bounds[0] === bounds[1] && bounds[0] % DAY_MS === 0
        ? 'days'
        : null,
});

class Growth {
  readonly root: Run = moment();
  /** Stages with more runs than are looked at one by one. */
  readonly crowded: RunGroup[] = [];
  readonly #policy: Policy;
  readonly #windowMs: number;
  readonly #loadOf: (stage: Stage) => Load;
  readonly #start: Start;
  readonly #date: Run;
  readonly #next: Run;
  readonly #waited = new Map<Run, Map<string, Run>>();
  readonly #ladders = new Map<Run, { readonly days: number; readonly run: Run }[]>();

  constructor(policy: Policy, windowMs: number, loadOf: (stage: Stage) => Load, start: Start) {
    this.#policy = policy;
    this.#windowMs = windowMs;
    this.#loadOf = loadOf;
    this.#start = start;
    this.#date = start === ON_TIME ? this.root : moment();
    this.#next = moment();
    if (start.next === null) return;
    join(this.root, [start.next.leastMs, Number.POSITIVE_INFINITY], this.#next);
    const [least, most] = offsetOf(start.next.stage);
    join(this.#next, [-most, -least], this.#date);
  }

  /** A stage that counts from the anchor itself, and all that count from it. */
  direct(stage: Stage): void {
    const placed = this.#start.placed.get(stage);
    if (stage === this.#start.next?.stage) this.#grow(stage, { run: this.#next, hold: null }, AT_ONCE);
    else if (placed !== undefined) this.#grow(stage, { run: this.root, hold: null }, { bounds: placed, days: null });
    else this.#grow(stage, { run: this.#date, hold: null }, wayOf(offsetOf(stage), stage.at.duration));
  }

  #grow(stage: Stage, from: Point, way: Way): void {
    const times = this.#start.silent.has(stage) ? 0 : (stage.repeat?.times ?? 1);
    const every: Duration = stage.repeat?.every ?? { kind: 'exact', ms: 0 };
    const isCrowded = times > Math.min(RUNS_MAX, RUNS_TOGETHER_MAX / this.#policy.stages.length);
    const first = this.#run(stage, ...this.#notBeforeAssignee(stage, from, way), times === 0 || isCrowded ? null : 1);
    let last = first;
    for (let run = 2; run <= times && !isCrowded; run++)
      last = this.#run(stage, last, wayOf(boundsOf(every), every), run);
    if (isCrowded) last = { run: this.#crowd(stage, times, boundsOf(every)[0]), hold: first.hold };
    for (const next of this.#policy.stages) {
      const { anchor, sign, duration } = next.at;
      if (anchor.kind !== 'stage' || anchor.stage !== stage.id) continue;
      if (this.#start.allAtOnce || (this.#start !== ON_TIME && sign === -1)) {
        // What is past may run at the opening although it counts from something that is past itself.
        this.#grow(next, { run: this.root, hold: null }, AT_ANY_TIME);
        continue;
      }
      const bounds = offsetOf(next);
      // Before its anchor it counts from when that is to leave, not from when its hours let it.
      const early = sign === -1 ? (first.hold?.longestMs ?? 0) : 0;
      this.#grow(next, anchor.last ? last : first, {
        ...wayOf(bounds, duration),
        ...(early === 0 ? {} : { bounds: [bounds[0] - early, bounds[1]], days: null }),
      });
    }
  }

  /** An escalation waits until the assignee has been told, which hours may put off. */
  #notBeforeAssignee(stage: Stage, from: Point, way: Way): readonly [Point, Way] {
    const longestMs = stage.escalate === null || stage.urgency === 'urgent' ? 0 : longestUntold(this.#policy);
    if (longestMs === 0) return [from, way];
    const due = moment();
    const run = moment();
    this.#join(from.run, way, due);
    join(due, [0, longestMs], run);
    return [{ run, hold: null }, AT_ONCE];
  }

  /** One run, `null` for one without a word; answers with its hand-over. */
  #run(stage: Stage, from: Point, way: Way, run: number | null): Point {
    const { inbox, sent, afterMs } = run === null ? SILENT : this.#loadOf(stage);
    const label = run === null ? null : { stage: stage.id, run };
    const hold = holdOf(this.#policy, stage);
    const longestMs = hold?.longestMs ?? 0;
    const handOver: Run = { label, weight: sent, next: [] };
    for (const ms of afterMs) join(handOver, [ms, ms + longestMs], { label, weight: 1, next: [] });
    const decided: Run = inbox === 0 ? moment() : { label, weight: inbox, next: [] };
    this.#place(from, way, hold, { decided, handOver });
    return { run: handOver, hold };
  }

  /**
   * What has waited for the same hours, so many whole days before, does not wait again; what comes whole days after one run
   * waits alike; anything else waits by itself for up to the longest. The inbox waits for nothing.
   */
  #place(
    from: Point,
    way: Way,
    hold: Hold | null,
    { decided, handOver }: Readonly<Record<'decided' | 'handOver', Run>>,
  ): void {
    const alike = hold !== null && way.days !== null && hold.alike.has(way.days);
    if (alike && from.hold?.key !== hold.key) {
      this.#join(this.#waitedFor(from.run, hold), way, handOver);
      this.#join(from.run, way, decided);
      return;
    }
    this.#join(from.run, way, decided);
    join(decided, [0, hold === null || alike ? 0 : hold.longestMs], handOver);
  }

  #join(from: Run, { bounds, days }: Way, to: Run): void {
    if (days === 'businessDays') join(this.#rung(from, bounds), [0, 0], to);
    else join(from, bounds, to);
  }

  #waitedFor(run: Run, { key, longestMs }: Hold): Run {
    const known = this.#waited.get(run) ?? new Map<string, Run>();
    this.#waited.set(run, known);
    const waited = known.get(key) ?? moment();
    if (!known.has(key)) join(run, [0, longestMs], waited);
    known.set(key, waited);
    return waited;
  }

  /** So many business days from a run: what is more of them away is further away than what is fewer, by as many days. */
  #rung(base: Run, [least, most]: Bounds): Run {
    const days = Number.isFinite(least) ? least : most;
    const ladder = this.#ladders.get(base) ?? [];
    this.#ladders.set(base, ladder);
    const known = ladder.find((one) => one.days === days);
    if (known !== undefined) return known.run;
    const rung = { days, run: moment() };
    const nearer = ladder.filter((one) => one.days * days > 0 && Math.abs(one.days) < Math.abs(days));
    const further = ladder.filter((one) => one.days * days > 0 && Math.abs(one.days) > Math.abs(days));
    const byDistance = (a: typeof rung, b: typeof rung): number => Math.abs(a.days) - Math.abs(b.days);
    const below = nearer.toSorted(byDistance).at(-1) ?? { days: 0, run: base };
    const above = further.toSorted(byDistance)[0];
    const span = (from: number, to: number): Bounds =>
      to >= from && days >= 0 ? [to - from, Number.POSITIVE_INFINITY] : [Number.NEGATIVE_INFINITY, to - from];
    if (above !== undefined) {
      const index = below.run.next.findIndex(({ to }) => to === above.run);
      below.run.next.splice(index, 1);
      join(rung.run, span(days, above.days), above.run);
    }
    join(below.run, span(below.days, days), rung.run);
    ladder.push(rung);
    return rung.run;
  }

  /** As many runs as fit into a window, wherever that is; answers with the last of all, wherever that is. */
  #crowd(stage: Stage, times: number, everyMs: number): Run {
    const { inbox, sent, afterMs } = this.#loadOf(stage);
    const runsIn = (ms: number): number => Math.min(times, Math.floor((ms - 1) / everyMs) + 1);
    // Runs count from each other's hand-over; what comes after one may be held until that of a later one.
    const held = runsIn(this.#windowMs + (holdOf(this.#policy, stage)?.longestMs ?? 0));
    const runs = runsIn(this.#windowMs);
    const root: Run = {
      label: { stage: stage.id, run: runs },
      weight: runs * (inbox + sent) + held * afterMs.length,
      next: [],
    };
    this.crowded.push({ from: `"${stage.id}"`, trees: [{ root, from: `"${stage.id}"` }] });
    const last = moment();
    join(root, [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY], last);
    return last;
  }
}

const SILENT: Load = { inbox: 0, sent: 0, afterMs: [] };
const moment = (): Run => ({ label: null, weight: 0, next: [] });
const join = (from: Run, [least, most]: Bounds, to: Run): number =>
  from.next.push({ least, most, to } satisfies Distance);
