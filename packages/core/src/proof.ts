// What can be said of a policy before it runs, with a counter-example where it does not hold: it ends or waits visibly,
// every stage can run, every escalation reaches a person at every hour of the coming year (proof-coverage.ts, DESIGN
// promise 8), nobody gets more messages a day than are allowed (proof-messages.ts), and templates have words and read what is
// there (proof-template.ts). Pure; `relance check` prints it.
import { dataSeen } from './data-seen.ts';
import { DAY_MS, HOUR_MS } from './instant.ts';
import { fieldUses } from './policy/cel-field-use.ts';
import type { Duration } from './policy/duration.ts';
import { nearest } from './policy/nearest.ts';
import { isEventStage, type Policy, type Stage } from './policy/policy.ts';
import { type KnownWorld, type Proof, refuted } from './proof-claim.ts';
import { proveEscalations } from './proof-coverage.ts';
import { proveMessages } from './proof-messages.ts';
import { type KnownWords, proveReads, proveWords } from './proof-template.ts';
import type { Seen } from './template/seen.ts';

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
  const end =
    expireAfter !== null
      ? 'then it expires'
      : stages.some(isEventStage)
        ? 'then it waits for an event, and is not listed as needing attention: `expire` would end it'
        : 'then it waits, listed as needing attention';
  return {
    claim: 'ends_or_waits',
    holds: true,
    text: `If nobody answers, its stages run ${runs} times at most, ${end}; acknowledgements pause it ${acknowledged.max} times at most.`,
    problems: [],
  };
}

function proveStages(policy: Policy): Proof {
  const data = dataSeen(policy, [])?.seen ?? null;
  const problems = policy.stages.flatMap((stage) => {
    const why = whyNever(policy, stage, new Set()) ?? whyNoData(stage, data);
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

/** What its `data` writes out is all there ever is of it. */
function whyNoData({ at: { anchor }, when }: Stage, data: Seen | null): string | null {
  const missing = (path: readonly string[]): string | null => {
    const lacking = lackingIn(data, path);
    if (lacking === null) return null;
    const near = nearest(lacking.name, lacking.among);
    const hint = near === null ? '' : ` (did you mean \`${near}\`?)`;
    return `\`data.${path.join('.')}\`, which the \`data\` of the policy does not have${hint}`;
  };
  const waited = anchor.kind === 'changed' ? anchor.field : anchor.kind === 'data' ? [anchor.field] : null;
  const never = waited === null ? null : missing(waited);
  if (never !== null) return `it ${anchor.kind === 'data' ? 'counts from' : 'waits for a change of'} ${never}`;
  for (const { path, as } of when === null ? [] : fieldUses(when.source, true)) {
    // What is asked for first, as in `has(data.x)`, may be missing.
    if (path[0] !== 'data' || as === null || when?.source.includes(`has(${path.join('.')})`) === true) continue;
    const why = missing(path.slice(1));
    if (why !== null) return `its condition reads ${why}`;
  }
  return null;
}

/** The first name of the path that is not there, and those that are; null where it may be there. */
function lackingIn(seen: Seen | null, path: readonly string[]) {
  let level = seen;
  for (const name of path) {
    if (level === null || Object.keys(level).length === 0) return null;
    if (!Object.hasOwn(level, name)) return { name, among: Object.keys(level) };
    level = level[name] ?? null;
  }
  return null;
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
