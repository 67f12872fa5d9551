// What only decisions read of a follow-up, as one JSON value. Most of it is empty most of the time, and every advance
// writes it, so what is as in a fresh one (null, 0, false, an empty list or map) is left out and put back when it is read.
import { type FollowUp, FRESH_PROGRESS, type StageProgress } from '@relance/core';

const EMPTY = {
  watchers: [],
  assignees: [],
  answers: {},
  progress: {},
  notified: [],
  escalated: [],
  pause: null,
  commitment: null,
  claim: null,
  acknowledgements: 0,
  snoozes: 0,
  lastRun: null,
  recentRuns: [],
  lookups: {},
  assigneeTold: false,
  assigneeUnreachable: false,
  unknownUntil: null,
  dueDay: null,
} as const satisfies Partial<FollowUp>;

type State = Pick<FollowUp, keyof typeof EMPTY>;
export type PackedState = Partial<Omit<State, 'progress'>> & {
  readonly progress?: Readonly<Record<string, PackedProgress>>;
};
type PackedProgress = Partial<StageProgress> & { readonly awaitingCount?: number };

const hasNothing = (value: object): boolean => {
  for (const _ in value) return false;
  return true;
};
/** Whether it is what a fresh one has: the same plain value, or an empty list or map. */
const isFresh = (value: unknown, fresh: unknown): boolean =>
  value === fresh ||
  (typeof value === 'object' && value !== null && typeof fresh === 'object' && fresh !== null && hasNothing(value));

function pack<T extends object>(value: T, fresh: T, keys: readonly (keyof T)[]): Partial<T> {
  const packed: Partial<T> = {};
  for (const key of keys) if (!isFresh(value[key], fresh[key])) packed[key] = value[key];
  return packed;
}

const STATE_KEYS = Object.keys(EMPTY) as (keyof State)[];
const PROGRESS_KEYS = Object.keys(FRESH_PROGRESS) as (keyof StageProgress)[];

export function packState(followUp: FollowUp): PackedState {
  const progress: Record<string, Partial<StageProgress>> = {};
  for (const stage in followUp.progress)
    progress[stage] = pack(followUp.progress[stage] ?? FRESH_PROGRESS, FRESH_PROGRESS, PROGRESS_KEYS);
  const packed: Partial<State> = pack<State>(followUp, EMPTY, STATE_KEYS);
  return { ...packed, progress };
}

export function unpackState(packed: PackedState): State {
  const progress: Record<string, StageProgress> = {};
  for (const stage in packed.progress) progress[stage] = unpackProgress(packed.progress[stage] ?? {});
  return { ...EMPTY, ...packed, progress };
}

/** Before it was known of whom, only how many outcomes a run waited for was kept. */
function unpackProgress({ awaitingCount, ...packed }: PackedProgress): StageProgress {
  const awaitingOf = awaitingCount === undefined ? {} : { '': awaitingCount };
  return { ...FRESH_PROGRESS, awaitingOf, ...packed };
}
