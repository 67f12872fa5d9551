// Which dates that people promised were kept and which were missed, told again by the words of docs/guide/metrics.md from the lines of
// one generation. Shares nothing with what counts figures.
import type { LineRow } from './recount-rows.test-kit.ts';

export type Promised = 'kept' | 'missed' | 'ahead';

/** What says that time has gone on; notes and what is only planned do not. */
const NEWS = [
  'stage_ran escalated acknowledged snoozed committed answered claimed delegated declined replied',
  'unacknowledged reassigned resumed resolved cancelled expired',
].flatMap((kinds) => kinds.split(' '));
const TAKEN_BACK = ['unacknowledged', 'delegated', 'declined', 'reassigned', 'cancelled', 'expired'];

const isByHand = ({ kind, reason }: LineRow): boolean => kind === 'noted' && reason === 'escalated_by_hand';
const isUnreached = ({ kind, reason }: LineRow): boolean => kind === 'alarm' && reason === 'nobody_reached';
const isTakenBack = (line: LineRow): boolean =>
  TAKEN_BACK.includes(line.kind) || isByHand(line) || (line.kind === 'resumed' && line.reason === 'answered');

/** Each promise by itself: the first thing behind it that says what became of it. */
export function promisesOf(lines: readonly LineRow[]): readonly Promised[] {
  const told = lines.filter((line) => NEWS.includes(line.kind) || isByHand(line) || isUnreached(line));
  return told.flatMap((line, index): readonly Promised[] => {
    const { kind, by } = line;
    if (kind !== 'committed' || by === null) return [];
    for (const later of told.slice(index + 1)) {
      if (later.at > by || (later.kind === 'resumed' && later.reason === 'commitment_missed')) return ['missed'];
      if (later.kind === 'resolved') return ['kept'];
      if (later.kind === 'committed' || isTakenBack(later)) return [];
    }
    return ['ahead'];
  });
}
