// What can be said of a policy before it runs, with a counter-example where it does not hold: it ends or waits visibly,
// every stage can run, every escalation reaches a person at every hour of the coming year (proof-coverage.ts, DESIGN
// promise 8), nobody gets more messages a day than are allowed (proof-messages.ts), and templates have words and read what is
// there (proof-template.ts). Pure; `relance check` prints it.
import { DAY_MS, HOUR_MS } from './instant.ts';
import type { Duration } from './policy/duration.ts';
import type { Policy, Stage } from './policy/policy.ts';
import { type KnownWorld, type Proof, refuted } from './proof-claim.ts';
import { proveEscalations } from './proof-coverage.ts';
import { proveMessages } from './proof-messages.ts';
import { type KnownWords, proveReads, proveWords } from './proof-template.ts';

export interface ProofOptions {
  /** So many messages of one follow-up may one person get within 24 hours; null: how many that may be is only told. */
  readonly maxPerDay?: number | null | undefined;
  /** Without them nothing is said of templates. */
  readonly words?: KnownWords | undefined;
}

/** `world` null: nobody is known, as in a policy's file by itself, and of its escalations and templates nothing can be said. */
export const prove = (
  policy: Policy,
  world: KnownWorld | null,
  { maxPerDay = null, words }: ProofOptions = {},
): readonly Proof[] => [
  proveEnd(policy),
  proveStages(policy),
  ...(world === null ? [] : [proveEscalations(policy, world)]),
  proveMessages(policy, world, maxPerDay),
  ...(world === null || words === undefined ? [] : [proveWords(policy, world, words), proveReads(policy, words)]),
];

/** Repetitions are counted, no stage waits for itself, and acknowledgements are limited: compile.ts refuses anything else. */
function proveEnd({ stages, expireAfter, acknowledged }: Policy): Proof {
  const runs = stages.reduce((sum, { repeat }) => sum + (repeat?.times ?? 1), 0);
  const end = expireAfter === null ? 'then it waits, listed as needing attention' : 'then it expires';
  return {
    claim: 'ends_or_waits',
    holds: true,
    text: `If nobody answers, its stages run ${runs} times at most, ${end}; acknowledgements pause it ${acknowledged.max} times at most.`,
    problems: [],
  };
}

function proveStages(policy: Policy): Proof {
  const problems = policy.stages.flatMap((stage) => {
    const why = whyNever(policy, stage, new Set());
    return why === null
      ? []
      : [refuted('policy_stage_unreachable', `stages[${stage.index}]`, `Stage "${stage.id}" never runs: ${why}.`)];
  });
  const [first] = problems;
  const text = first?.message ?? `Each of its ${policy.stages.length} stages can run.`;
  return { claim: 'stages_can_run', holds: problems.length === 0, text, problems };
}

/** Why a stage can never run, as the end of a sentence; null when it can. */
function whyNever(policy: Policy, stage: Stage, seen: ReadonlySet<string>): string | null {
  if (seen.has(stage.id)) return null;
  if (isConstantlyFalse(stage)) return `its condition "${stage.when?.source}" is always false`;
  const { anchor } = stage.at;
  const other = anchor.kind === 'stage' ? policy.stages.find(({ id }) => id === anchor.stage) : undefined;
  if (other !== undefined && !isConstantlyFalse(other)) {
    const why = whyNever(policy, other, new Set(seen).add(stage.id));
    if (why !== null) return `it counts from "${other.id}", and ${why}`;
  }
  const earliest = earliestAfterOpening(policy, stage, new Set());
  if (policy.expireAfter === null || earliest === null || earliest <= most(policy.expireAfter)) return null;
  return 'the follow-up has expired before its time';
}

const isConstantlyFalse = ({ when }: Stage): boolean => {
  if (when === null || when.names === undefined || when.names.length > 0) return false;
  const result = when.evaluate({});
  return result.ok && result.value === false;
};

/** How long after the opening it runs at the least; null where that hangs on something else. */
function earliestAfterOpening(policy: Policy, stage: Stage, seen: ReadonlySet<string>): number | null {
  const { anchor, sign, duration } = stage.at;
  const by = sign === 1 ? least(duration) : -most(duration);
  if (anchor.kind === 'opened') return Math.max(0, by);
  const other = anchor.kind === 'stage' ? policy.stages.find(({ id }) => id === anchor.stage) : undefined;
  if (anchor.kind !== 'stage' || other === undefined || seen.has(stage.id)) return null;
  const from = earliestAfterOpening(policy, other, new Set(seen).add(stage.id));
  if (from === null) return null;
  const repeats = anchor.last && other.repeat !== null ? (other.repeat.times - 1) * least(other.repeat.every) : 0;
  return Math.max(0, from + repeats + by);
}

/** The bounds of what a duration may come to: days may be an hour shorter or longer, working time is at least itself. */
const least = (duration: Duration): number => {
  switch (duration.kind) {
    case 'exact':
      return duration.ms;
    case 'days':
      return Math.max(0, duration.days * DAY_MS - HOUR_MS) + duration.ms;
    case 'businessHours':
      return duration.hours * HOUR_MS;
    case 'businessDays':
      return Math.max(0, (duration.days - 1) * DAY_MS);
  }
};
const most = (duration: Duration): number => {
  switch (duration.kind) {
    case 'exact':
      return duration.ms;
    case 'days':
      return duration.days * DAY_MS + HOUR_MS + duration.ms;
    default:
      return Number.POSITIVE_INFINITY;
  }
};
