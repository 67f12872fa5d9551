// Of several stages of one follow-up that wait for the same opening only the newest is sent; the others are superseded
// (POLICY.md, *Waiting*). Whoever carries a step out asks this with what is waiting already; pure like the step itself.
import { advance, type Move, type Step, type Superseded, stops } from './advance.ts';
import type { Input } from './input.ts';
import type { Instant } from './instant.ts';
import type { MessageDraft, MessageStatus, StoppedBy } from './message.ts';
import type { Channel } from './policy/policy.ts';

/** A message of the follow-up that is held until its hour comes. */
export interface WaitingMessage extends Superseded {
  readonly sendAt: Instant | null;
  readonly stoppedBy: StoppedBy;
}

/** Whether a message waits for an opening, so that what an older stage has waiting for it gives way. */
export const isHeld = ({ heldBy }: Pick<MessageDraft, 'heldBy'>): boolean => heldBy !== null;

/** What is in the inbox, or on its way there, waits for no hour and gives way to nothing; what would only follow does. */
export const isInInbox = ({
  channel,
  status,
}: {
  readonly channel: Channel;
  readonly status: MessageStatus;
}): boolean => channel === 'inbox' && status !== 'planned';

/** Stages that give way may let others run, which take their openings in turn: as often as a policy has stages at most. */
const ROUNDS_MAX = 50;

/**
 * The step with what gives way to its messages taken out of it, or named for whoever stored it. `stored` is in the order it
 * was planned; of what has come to wait since it was looked at last, the newest stays as well.
 */
export function supersedeWaiting(move: Omit<Move, 'inputs'>, step: Step, stored: readonly WaitingMessage[]): Step {
  let result = step;
  let left = stored.filter((one) => !step.revokes.some((revoke) => stops(revoke, one)));
  for (let round = 0; round < ROUNDS_MAX; round++) {
    const given = givingWay([...left, ...result.messages.filter(isHeld)]);
    if (given.size === 0) return result;
    const fromStep = new Set(result.messages.map(notificationOf));
    const before: Step = {
      ...result,
      messages: result.messages.filter((message) => isInInbox(message) || !given.has(notificationOf(message))),
      superseded: [...result.superseded, ...[...given].flatMap(([key, one]) => (fromStep.has(key) ? [] : [one]))],
    };
    const inputs = [...given.values()].map(
      ({ stage, run, recipient }): Input => ({ kind: 'superseded', stage, run, recipient, at: move.now }),
    );
    result = joinSteps(before, advance({ ...move, followUp: before.followUp, inputs }), before.answers);
    left = left.filter((one) => !given.has(notificationOf(one)));
  }
  return result;
}

const notificationOf = ({ stage, run, notify, recipient }: Superseded): string =>
  `${stage}\n${run}\n${notify}\n${recipient}`;

/** Each notification that waits for the very instant for which a later run has something to the same person. */
function givingWay(waiting: readonly WaitingMessage[]): ReadonlyMap<string, Superseded> {
  const gone = new Map<string, Superseded>();
  const newest = new Map<string, WaitingMessage[]>();
  for (const one of waiting) {
    const opening = `${one.sendAt}\n${one.recipient}`;
    const before = newest.get(opening);
    if (before?.[0]?.stage === one.stage && before[0].run === one.run) {
      before.push(one);
      continue;
    }
    for (const older of before ?? []) {
      const { stage, run, notify, recipient } = older;
      gone.set(notificationOf(older), { stage, run, notify, recipient });
    }
    newest.set(opening, [one]);
  }
  return gone;
}

/** Two steps of one follow-up as one: what the first planned and the second stops was never queued at all. */
export function joinSteps(first: Step, second: Step, answers = second.answers): Step {
  const stopped = (planned: Parameters<typeof stops>[1]) => second.revokes.some((revoke) => stops(revoke, planned));
  return {
    followUp: second.followUp,
    messages: [...first.messages.filter((message) => !stopped(message)), ...second.messages],
    fanOuts: [...first.fanOuts.filter((fanOut) => !stopped({ ...fanOut.effect, recipient: null })), ...second.fanOuts],
    revokes: [...first.revokes, ...second.revokes],
    superseded: [...first.superseded, ...second.superseded],
    alarms: [...first.alarms, ...second.alarms],
    turns: [...first.turns, ...second.turns],
    lookUps: [...first.lookUps, ...second.lookUps],
    timeline: [...first.timeline, ...second.timeline],
    answers,
  };
}
