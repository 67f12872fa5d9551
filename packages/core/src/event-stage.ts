// Stages that events run (POLICY.md, `at: {on}` and `{changed}`): status updates. Each runs once for each event that means
// it, after the event's data has been merged; an event that closes runs none, its message is the closing notification.
import { type Draft, note, progressOf, setProgress } from './draft.ts';
import type { Input } from './input.ts';
import { knowsAll } from './lookup.ts';
import type { Stage } from './policy/policy.ts';
import type { Reason } from './reason.ts';
import { runStage } from './run-stage.ts';
import { throttled } from './throttle.ts';

type EventInput = Extract<Input, { kind: 'event' }>;
type Data = Readonly<Record<string, unknown>>;

/** Runs, in their order, the stages that this event means; `before` is the data as it was. True when there was one. */
export function runEventStages(draft: Draft, input: EventInput, before: Data): boolean {
  if (input.closes === true) return false;
  const meant = draft.policy.stages.flatMap((stage) => {
    const reason = whyRun(stage, input, before, draft.followUp.data);
    return reason === null ? [] : [{ stage, reason }];
  });
  for (const { stage, reason } of meant) {
    const held = whyHeld(draft, stage);
    if (held !== null) note(draft, { kind: 'stage_skipped', reason: held, stage: stage.id });
    else if (throttled(draft, stage) !== null || !knowsAll(draft, stage)) waitWithNews(draft, stage);
    else runStage(draft, stage, { reason, extra: false, dueAt: draft.now, sendAt: draft.now });
  }
  return meant.length > 0;
}

/** One run will tell the newest of what happens meanwhile. */
function waitWithNews(draft: Draft, stage: Stage): void {
  if (progressOf(draft.followUp, stage.id).fixedAt === null) setProgress(draft, stage.id, { fixedAt: draft.now });
  else note(draft, { kind: 'stage_superseded', reason: 'superseded', stage: stage.id, data: { newer: 'news' } });
}

function whyRun({ id, at: { anchor } }: Stage, input: EventInput, before: Data, after: Data): Reason | null {
  if (anchor.kind === 'event') return input.stage === id ? 'event' : null;
  if (anchor.kind !== 'changed') return null;
  return JSON.stringify(valueAt(before, anchor.field)) === JSON.stringify(valueAt(after, anchor.field))
    ? null
    : 'changed';
}

const valueAt = (data: unknown, [name, ...rest]: readonly string[]): unknown => {
  if (name === undefined) return data;
  return typeof data === 'object' && data !== null && Object.hasOwn(data, name)
    ? valueAt((data as Data)[name], rest)
    : undefined;
};

/** News is told at its moment or not at all: nobody wants to hear later what was the matter then. */
function whyHeld({ followUp }: Draft, stage: Stage): Reason | null {
  if (followUp.unknownRecipient !== null) return 'unknown_recipient';
  return followUp.pause !== null && stage.until === 'acknowledged' ? 'held_by_pause' : null;
}
