// Of several stages of one follow-up that wait for the same opening only the newest is sent; the others are superseded
// (POLICY.md, *Waiting*). Whoever carries a step out asks this with what is waiting already; pure like the step itself.
import { advance, type Move, type Step, type Superseded, stops } from './advance.ts';
import type { Input } from './input.ts';
import type { Instant } from './instant.ts';
import type { MessageDraft, StoppedBy } from './message.ts';

/** A message of the follow-up that is held until its hour comes. */
export interface WaitingMessage extends Superseded {
  readonly sendAt: Instant | null;
  readonly stoppedBy: StoppedBy;
}

/** Whether a message waits for an opening, so that what an older stage has waiting for it gives way. */
export const isHeld = ({ heldBy }: Pick<MessageDraft, 'heldBy'>): boolean => heldBy !== null;

/** Stages that give way may let others run, which take their openings in turn: as often as a policy has stages at most. */
const ROUNDS_MAX = 50;

/** The step with what gives way to its messages taken out of it, or named for whoever stored it. */
export function supersedeWaiting(move: Omit<Move, 'inputs'>, step: Step, stored: readonly WaitingMessage[]): Step {
  let result = step;
  const left = stored.filter((one) => !step.revokes.some((revoke) => stops(revoke, one)));
  for (let round = 0; round < ROUNDS_MAX; round++) {
    const given = givingWay(result, left);
    const fromStep = given.filter((one) => result.messages.some((message) => isOf(one, message)));
    if (given.length === 0) return result;
    const before: Step = {
      ...result,
      messages: result.messages.filter(
        (message) => message.channel === 'inbox' || !given.some((one) => isOf(one, message)),
      ),
      superseded: [...result.superseded, ...given.filter((one) => !fromStep.includes(one))],
    };
    const inputs = given.map(
      ({ stage, run, recipient }): Input => ({ kind: 'superseded', stage, run, recipient, at: move.now }),
    );
    result = joinSteps(before, advance({ ...move, followUp: before.followUp, inputs }), before.answers);
    left.splice(0, left.length, ...left.filter((one) => !given.some((gone) => isOf(gone, one))));
  }
  return result;
}

const isOf = (one: Superseded, other: Superseded): boolean =>
  one.recipient === other.recipient &&
  one.stage === other.stage &&
  one.run === other.run &&
  one.notify === other.notify;
const isSameRun = (one: Superseded, other: Superseded): boolean => one.stage === other.stage && one.run === other.run;

/** Each notification that waits for the very instant for which a later run has something to the same person. */
function givingWay({ messages }: Step, stored: readonly WaitingMessage[]): readonly Superseded[] {
  const gone: Superseded[] = [];
  messages.forEach((newer, index) => {
    if (!isHeld(newer)) return;
    const older = [...stored, ...messages.slice(0, index).filter(isHeld)];
    for (const one of older) {
      if (one.recipient !== newer.recipient || one.sendAt !== newer.sendAt || isSameRun(one, newer)) continue;
      const { stage, run, notify, recipient } = one;
      if (!gone.some((other) => isOf(other, one))) gone.push({ stage, run, notify, recipient });
    }
  });
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
    timeline: [...first.timeline, ...second.timeline],
    answers,
  };
}
