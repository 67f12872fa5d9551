// Reads the texts of a policy with their grammars and notes what is wrong with each at its character. A text that cannot
// be read gives a stand-in, so that reading goes on and all problems show at once; nothing with a problem is returned
// by compile.ts in the end.
import { WANTED } from './cel-key.ts';
import { EVENT_SCOPE, OPENING_SCOPE, type Scope, STAGE_SCOPE } from './cel-scope.ts';
import { type Condition, compileCondition } from './condition.ts';
import type { Duration } from './duration.ts';
import { parseDuration } from './duration.ts';
import type { Target } from './policy.ts';
import type { Path, Problems } from './problem.ts';
import { parseTarget } from './target.ts';

const ZERO: Duration = { kind: 'exact', ms: 0 };

export function readDurationText(text: string, path: Path, problems: Problems): Duration {
  const result = parseDuration(text);
  if (!result.ok) {
    problems.error('policy_duration_invalid', path, `In the duration "${text}" ${result.message}.`, result.at);
    return ZERO;
  }
  return result.value;
}

/** A duration that must pass before something is repeated or resumed: zero would run for ever at one instant. */
export function readPositiveDuration(text: string, path: Path, problems: Problems): Duration {
  const { ok } = parseDuration(text);
  const duration = readDurationText(text, path, problems);
  const zero =
    (duration.kind === 'exact' && duration.ms === 0) ||
    (duration.kind === 'days' && duration.days + duration.ms === 0) ||
    (duration.kind === 'businessDays' && duration.days === 0) ||
    (duration.kind === 'businessHours' && duration.hours === 0);
  if (zero && ok)
    problems.error('policy_duration_invalid', path, `The duration "${text}" must be longer than nothing; raise it.`, 0);
  return duration;
}

export function readTargetText(text: string, path: Path, problems: Problems): Target | null {
  const result = parseTarget(text);
  if (!result.ok) {
    problems.error('policy_target_invalid', path, `In the target "${text}" ${result.message}.`, result.at);
    return null;
  }
  return result.value;
}

/** One target or a list of them; those that cannot be read are left out. */
export function readTargets(written: string | readonly string[], path: Path, problems: Problems): readonly Target[] {
  const read =
    typeof written === 'string'
      ? [readTargetText(written, path, problems)]
      : written.map((one, index) => readTargetText(one, [...path, index], problems));
  return read.filter((target) => target !== null);
}

/** Where expressions stand, and what they see there (POLICY.md, *CEL sees*). */
const SEEN = { clause: EVENT_SCOPE, opening: OPENING_SCOPE, stage: STAGE_SCOPE } satisfies Readonly<
  Record<string, Scope>
>;

/** Where an expression stands, and what must come of it. */
export interface Asked {
  readonly seen: keyof typeof SEEN;
  readonly wanted: keyof typeof WANTED;
}

export function readCondition(source: string, asked: Asked, path: Path, problems: Problems): Condition | null {
  const types: Scope = SEEN[asked.seen];
  const result = compileCondition(source, { names: Object.keys(types), types, wanted: WANTED[asked.wanted] });
  if (result.ok) return result.condition;
  problems.error('policy_condition_invalid', path, result.message, result.at);
  return null;
}
