// A late start: stages that are already past when the follow-up opens, when its assignee becomes known at last, or when the
// date they count from moves into the past; `why` says which of these it was.
// POLICY.md, *Late*: the first past non-escalation stage counts as run now; later past ones follow at their original
// distance; those landing on or after a stage still ahead are superseded; an escalation keeps its original distance.
import { type Draft, note, progressOf, setProgress } from './draft.ts';
import { type Instant, later } from './instant.ts';
import { isEventStage, type Stage } from './policy/policy.ts';
import type { LateReason } from './reason.ts';
import { type StageTime, stageTimes } from './stage-time.ts';

/** `among`: the stages whose times have just become known or moved; the others are only what these must not overtake. */
export function settleLate(draft: Draft, why: LateReason, among: (stage: Stage) => boolean = () => true): void {
  const { policy, now } = draft;
  const times = firstRuns(draft);
  const past = times.filter((time) => time.at < now && among(time.stage));
  const ordinary = past.filter((time) => time.stage.escalate === null);
  const first = ordinary[0];
  const sentNow = times.some((time) => time.at === now && time.stage.escalate === null);
  if (first !== undefined) {
    switch (policy.late.atOpening) {
      case 'first':
        keepDistances(draft, why, first, ordinary, sentNow);
        break;
      case 'newest':
        newestOnly(draft, why, ordinary, sentNow);
        break;
      case 'all':
        for (const time of ordinary) fix(draft, time, now, why);
        break;
      case 'skip':
        for (const time of ordinary) supersede(draft, time, now, why);
        break;
    }
  }
  for (const time of times)
    if (time.stage.escalate !== null && !time.derived && among(time.stage))
      keepEscalationDistance(draft, why, time, ordinary);
}

/** Its distance from the first past stage that counts from the same moment: what it was written to leave for an answer. */
function keepEscalationDistance(
  draft: Draft,
  why: LateReason,
  escalation: KnownTime,
  past: readonly KnownTime[],
): void {
  const { anchor } = escalation.stage.at;
  const reference = past.find(({ stage }) => JSON.stringify(stage.at.anchor) === JSON.stringify(anchor));
  if (reference === undefined && escalation.at >= draft.now) return;
  const distanceMs = reference === undefined ? 0 : Math.max(0, escalation.at - reference.at);
  fix(draft, escalation, later(draft.now, distanceMs), distanceMs === 0 ? why : null);
}

const fix = (draft: Draft, { stage }: KnownTime, fixedAt: Instant, fixedFor: LateReason | null): void =>
  setProgress(draft, stage.id, { fixedAt, fixedFor, shiftMs: 0 });

type KnownTime = StageTime & { readonly at: Instant };
/** The times of all stages that have not run, in order, as far as they are known. */
const firstRuns = ({ policy, followUp, directory }: Draft): readonly KnownTime[] =>
  stageTimes(policy, followUp, directory).filter(
    (time): time is KnownTime =>
      time.at !== null && progressOf(followUp, time.stage.id).status === 'pending' && !isEventStage(time.stage),
  );

function keepDistances(
  draft: Draft,
  why: LateReason,
  first: KnownTime,
  past: readonly KnownTime[],
  sentNow: boolean,
): void {
  if (sentNow) supersede(draft, first, draft.now, why);
  else fix(draft, first, draft.now, why);
  // Read again: a stage that counts from the first one has moved with it.
  const ahead = firstRuns(draft).filter(
    ({ stage, at }) => at > draft.now && stage.escalate === null && !past.some((time) => time.stage === stage),
  );
  for (const time of past) {
    if (time === first) continue;
    const at = later(draft.now, time.at - first.at);
    const overtaken = ahead.some((other) => other.at <= at);
    if (overtaken) supersede(draft, time, at, why);
    else if (!time.derived) fix(draft, time, at, why);
  }
}

function newestOnly(draft: Draft, why: LateReason, past: readonly KnownTime[], sentNow: boolean): void {
  const newest = past.at(-1);
  for (const time of past) {
    if (time === newest && !sentNow) fix(draft, time, draft.now, why);
    else supersede(draft, time, draft.now, why);
  }
}

function supersede(draft: Draft, time: KnownTime, countsAs: Instant, why: LateReason): void {
  setProgress(draft, time.stage.id, { status: 'superseded', plannedAt: countsAs });
  note(draft, {
    kind: 'stage_superseded',
    reason: why,
    stage: time.stage.id,
    data: { plannedAt: time.at },
  });
}
