// What the events of a simulation tell about people, by the mappings of the tenant (`activity` of relance.yaml): kept in
// memory, and answered as the engine gathers it from its table before each decision (history.ts, activity-mapping.ts).
import { type ActivityMapping, activitiesIn } from './activity-mapping.ts';
import { addIn, type Frame } from './business-time.ts';
import type { PolicyEvent } from './clause.ts';
import type { FollowUp } from './follow-up.ts';
import type { Activity, ActivitySeen } from './history.ts';
import type { Instant } from './instant.ts';
import { type ActivityAsk, countKey } from './policy/cel-activity.ts';
import type { Policy } from './policy/policy.ts';
import type { Directory } from './recipient.ts';
import { frameOf } from './stage-time.ts';

/** From when on a window counts, in the calendar and zone of its frame; null where the last one is asked for. */
export const countedSince = ({ window }: ActivityAsk, frame: Frame, now: Instant): Instant | null =>
  window === null ? null : addIn(frame, now, -1, window.duration);

export class SimulatedActivity {
  readonly #mappings: readonly ActivityMapping[];
  /** By recipient, in the order it was told. */
  readonly #told = new Map<string, Activity[]>();

  constructor(mappings: readonly ActivityMapping[]) {
    this.#mappings = mappings;
  }

  /** Whether the event tells anything of anybody. */
  tell(event: PolicyEvent, at: Instant): boolean {
    const told = activitiesIn(this.#mappings, event);
    for (const { recipient, type, data, location } of told)
      this.#told.set(recipient, [...(this.#told.get(recipient) ?? []), { type, at, data, location }]);
    return told.length > 0;
  }

  /** The directory with what the policy asks of everybody of whom something was told. */
  in(directory: Directory, policy: Policy, followUp: FollowUp, now: Instant): Directory {
    if (this.#told.size === 0 || policy.needs.activity.length === 0) return directory;
    const activity = new Map(directory.activity);
    for (const [recipient, told] of this.#told) activity.set(recipient, seenIn(told, policy, followUp, directory, now));
    return { ...directory, activity };
  }
}

function seenIn(
  told: readonly Activity[],
  policy: Policy,
  followUp: FollowUp,
  directory: Directory,
  now: Instant,
): ActivitySeen {
  const last = new Map<string, Activity>();
  const counts = new Map<string, number>();
  const frame = frameOf(policy, followUp, directory);
  for (const ask of policy.needs.activity) {
    const since = countedSince(ask, frame, now);
    const those = told.filter(({ type, at }) => type === ask.type && at <= now && (since === null || at > since));
    if (ask.window !== null) counts.set(countKey(ask.type, ask.window.text), those.length);
    else for (const one of those.toSorted((a, b) => a.at - b.at)) last.set(ask.type, one);
  }
  return { last, counts };
}
