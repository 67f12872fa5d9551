// What a proof of a policy is, and what it is made from; proof.ts makes all of them.
import type { Instant } from './instant.ts';
import type { Problem, ProblemCode } from './policy/problem.ts';
import type { Directory } from './recipient.ts';

export interface Proof {
  readonly claim:
    | 'ends_or_waits'
    | 'stages_can_run'
    | 'escalations_reach_somebody'
    | 'messages_a_day'
    | 'templates_have_words'
    | 'templates_read_what_exists';
  readonly holds: boolean;
  /** One sentence: what was proved, or the counter-example. */
  readonly text: string;
  /** What refutes it, as problems of a policy are told. */
  readonly problems: readonly Problem[];
}

export interface KnownWorld {
  readonly directory: Pick<Directory, 'recipients' | 'groups' | 'schedules' | 'tenant'>;
  readonly now: Instant;
  /** People who are not in the directory may be known elsewhere: they count as reached. */
  readonly strangers: 'reached' | 'nobody';
}

export const refuted = (code: ProblemCode, path: string, message: string): Problem => ({
  code,
  path,
  message,
  severity: 'error',
});
