// When each stage is due: anchors resolved, offsets added, pauses and late starts counted in. Pure reading of a
// follow-up; decide.ts acts on it. A stage counts from the first REAL hand-over of its anchor (POLICY.md, *Waiting*),
// so a stage whose anchor has not been handed over has a provisional time and is not ready.
import { addIn, type Frame } from './business-time.ts';
import { endOfDay, officeCalendar } from './calendar.ts';
import { isAhead, progressOf } from './draft.ts';
import type { FollowUp } from './follow-up.ts';
import { fromRfc3339, type Instant, later } from './instant.ts';
import { type Anchor, isEventStage, type Policy, type Stage } from './policy/policy.ts';
import type { WaitReason } from './reason.ts';
import { DEFAULT_ZONE, type Directory } from './recipient.ts';

export interface StageTime {
  readonly stage: Stage;
  /** When its next run is due; null while that cannot be said. */
  readonly at: Instant | null;
  /** False while the anchor has not happened: `at` is provisional and the stage may not run. */
  readonly ready: boolean;
  readonly waits: WaitReason | null;
  /** True when the time comes from an anchor that is itself ahead, so that whatever moves the anchor moves it too. */
  readonly derived: boolean;
}

interface Point {
  readonly at: Instant | null;
  readonly ready: boolean;
  readonly waits: WaitReason | null;
  readonly derived: boolean;
}

const fixed = (at: Instant): Point => ({ at, ready: true, waits: null, derived: false });
const missing = (waits: WaitReason): Point => ({ at: null, ready: false, waits, derived: false });

/** What a follow-up's durations are counted in: the policy's calendar; its zone, else the assignee's, else the tenant's. */
export function frameOf(policy: Policy, followUp: FollowUp, directory: Directory): Frame {
  const assignee = followUp.assignee === null ? undefined : directory.recipients.get(followUp.assignee);
  const { calendar } = policy;
  return { zone: calendar?.zone ?? assignee?.timeZone ?? directory.tenant.zone ?? DEFAULT_ZONE, calendar };
}

/** The next run of every stage that is still ahead, in the order they are due. */
export function stageTimes(policy: Policy, followUp: FollowUp, directory: Directory): readonly StageTime[] {
  const reader = new StageTimes(policy, followUp, frameOf(policy, followUp, directory));
  return policy.stages
    .filter((stage) => isAhead(progressOf(followUp, stage.id)))
    .map((stage) => ({ stage, ...reader.next(stage) }))
    .sort((a, b) => (a.at ?? Infinity) - (b.at ?? Infinity) || a.stage.index - b.stage.index);
}

/** One reading of one follow-up, remembering what it has worked out. */
class StageTimes {
  readonly #policy: Policy;
  readonly #followUp: FollowUp;
  readonly #frame: Frame;
  readonly #known = new Map<string, Point>();

  constructor(policy: Policy, followUp: FollowUp, frame: Frame) {
    this.#policy = policy;
    this.#followUp = followUp;
    this.#frame = frame;
  }

  next(stage: Stage): Point {
    const known = this.#known.get(stage.id);
    if (known !== undefined) return known;
    const point =
      progressOf(this.#followUp, stage.id).status === 'running' ? this.#repetition(stage) : this.#firstRun(stage);
    this.#known.set(stage.id, point);
    return point;
  }

  #firstRun(stage: Stage): Point {
    const progress = progressOf(this.#followUp, stage.id);
    if (progress.fixedAt !== null) return fixed(later(progress.fixedAt, progress.shiftMs));
    const anchor = this.#anchor(stage.at.anchor);
    if (anchor.at === null) return anchor;
    const at = later(addIn(this.#frame, anchor.at, stage.at.sign, stage.at.duration), progress.shiftMs);
    // A stage that runs BEFORE its anchor ("overdue - 1 day") need not wait for it to happen.
    const before = stage.at.sign === -1 && anchor.waits === null;
    return {
      at,
      ready: anchor.ready || before,
      waits: anchor.ready || before ? null : anchor.waits,
      derived: anchor.derived,
    };
  }

  #repetition(stage: Stage): Point {
    const progress = progressOf(this.#followUp, stage.id);
    // While a run is on its way the next one is told from its decision, provisionally.
    const onItsWay = progress.awaiting !== null && !progress.awaitingExtra;
    const last = onItsWay ? progress.ranAt : (progress.lastAt ?? progress.ranAt);
    if (stage.at.anchor.kind === 'due' && this.#followUp.dueAt === null) return missing('no_due_date');
    if (stage.repeat === null || last === null) return missing('stages_exhausted');
    const at = later(addIn(this.#frame, last, 1, stage.repeat.every), progress.shiftMs);
    if (progress.awaiting !== null) return { at, ready: false, waits: 'hand_over_pending', derived: false };
    return fixed(at);
  }

  #anchor(anchor: Anchor): Point {
    const followUp = this.#followUp;
    switch (anchor.kind) {
      case 'opened':
        return fixed(followUp.openedAt);
      case 'due':
        return followUp.dueAt === null ? missing('no_due_date') : fixed(followUp.dueAt);
      case 'acknowledged':
        return followUp.acknowledgedAt === null ? missing('anchor_missing') : fixed(followUp.acknowledgedAt);
      case 'commitment':
        return followUp.commitment === null ? missing('anchor_missing') : fixed(followUp.commitment.dueAt);
      case 'data': {
        const at = readMoment(followUp.data[anchor.field], this.#frame);
        return at === null ? missing('anchor_missing') : fixed(at);
      }
      case 'event':
      case 'changed':
        return missing('event_awaited');
      case 'stage': {
        const stage = this.#policy.stages.find((one) => one.id === anchor.stage);
        if (stage === undefined) return missing('anchor_missing');
        return anchor.last ? this.#lastRunOf(stage) : this.#firstRunOf(stage);
      }
    }
  }

  #firstRunOf(stage: Stage): Point {
    const progress = progressOf(this.#followUp, stage.id);
    if (progress.firstAt !== null) return fixed(progress.firstAt);
    if (progress.status === 'skipped' || progress.status === 'superseded')
      return fixed(progress.plannedAt ?? this.#followUp.openedAt);
    if (progress.ranAt !== null) return this.#ranUnhanded(progress.ranAt, progress.awaiting);
    const ahead = this.next(stage);
    return { ...ahead, ready: false, derived: true };
  }

  #lastRunOf(stage: Stage): Point {
    const progress = progressOf(this.#followUp, stage.id);
    if (isEventStage(stage) && progress.lastAt !== null) return fixed(progress.lastAt);
    if (stage.repeat === null || progress.status === 'skipped' || progress.status === 'superseded')
      return this.#firstRunOf(stage);
    if (progress.status === 'done') {
      const last = progress.lastAt ?? progress.ranAt;
      if (progress.awaiting !== null && !progress.awaitingExtra)
        return this.#ranUnhanded(progress.ranAt ?? this.#followUp.openedAt, progress.awaiting);
      return last === null ? this.#firstRunOf(stage) : fixed(last);
    }
    const ahead = this.next(stage);
    if (ahead.at === null) return ahead;
    let at = ahead.at;
    for (let run = progress.runs + 1; run < stage.repeat.times; run++)
      at = addIn(this.#frame, at, 1, stage.repeat.every);
    return { at, ready: false, waits: ahead.waits, derived: true };
  }

  /** It ran, but nothing of it has been handed over: pending while that may still happen, else the decision counts. */
  #ranUnhanded(ranAt: Instant, awaiting: number | null): Point {
    return awaiting === null ? fixed(ranAt) : { at: ranAt, ready: false, waits: 'hand_over_pending', derived: false };
  }
}

/** A moment in event data: RFC 3339, or a date that means the end of its day. */
function readMoment(value: unknown, { zone, calendar }: Frame): Instant | null {
  if (typeof value !== 'string') return null;
  return fromRfc3339(value) ?? endOfDay(calendar ?? officeCalendar(zone), value);
}
