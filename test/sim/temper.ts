// What a world's providers and neighbours are like: most are as in life, some are all trouble of one kind.
import type { Outcome } from '@relance/core';
import type { Random } from '../random.ts';

export interface Temper {
  /** Of a hundred answers: those that ask for another try, then those that refuse, then those nobody can read. */
  readonly answers: readonly [retry: number, rejected: number, uncertain: number];
  /** How likely somebody else acts while a message is handed over. */
  readonly interrupted: number;
}

export const LIFE: Temper = { answers: [8, 6, 6], interrupted: 0.1 };
export const TEMPERS: readonly Temper[] = [
  LIFE,
  LIFE,
  { answers: [40, 5, 5], interrupted: 0.6 },
  { answers: [8, 6, 40], interrupted: 0.3 },
  { answers: [8, 40, 6], interrupted: 0.1 },
];
/** Everything is accepted and nobody interferes: what waits must come to an end then. */
export const PEACE: Temper = { answers: [0, 0, 0], interrupted: 0 };

export function answerIn({ answers: [retry, rejected, uncertain] }: Temper, random: Random): Outcome {
  const roll = random.below(100);
  if (roll < retry) return { kind: 'retry', detail: 'busy', retryAfterMs: null };
  if (roll < retry + rejected) return { kind: 'rejected', detail: 'no' };
  if (roll < retry + rejected + uncertain) return { kind: 'uncertain', detail: 'silence' };
  return { kind: 'accepted', providerId: null };
}
