// A follow-up moved by any number of inputs: decide, then route each notification, and tell the decision at once when a
// recipient has no address at all. This is the whole core in one call; the engine, the simulator and users' tests run it.

import type { Decision } from './decide.ts';
import { decide, decideOpening } from './decide.ts';
import type { FollowUp } from './follow-up.ts';
import type { Answer, Effect, Input, TimelineEntry } from './input.ts';
import type { Instant } from './instant.ts';
import type { MessageDraft } from './message.ts';
import type { Policy } from './policy/policy.ts';
import type { Reason } from './reason.ts';
import type { Directory } from './recipient.ts';
import { type NotifyEffect, REFUSALS, route } from './route.ts';

export interface FanOut {
  readonly stage: string;
  readonly run: number;
  readonly notify: number;
  readonly group: string;
  /** Its members as the stage ran: so many outcomes it waits for. */
  readonly size: number;
  readonly effect: NotifyEffect;
}

/** The unfinished messages of one notification to one recipient; not those in the inbox, which wait for nothing. */
export interface Superseded {
  readonly stage: string;
  readonly run: number;
  readonly notify: number;
  readonly recipient: string;
}

export interface Step {
  readonly followUp: FollowUp;
  readonly messages: readonly MessageDraft[];
  readonly fanOuts: readonly FanOut[];
  readonly revokes: readonly Extract<Effect, { kind: 'revoke' }>[];
  /** What waited for an opening at which a newer stage is sent (one-opening.ts). */
  readonly superseded: readonly Superseded[];
  readonly alarms: readonly Extract<Effect, { kind: 'alarm' }>[];
  readonly turns: readonly Extract<Effect, { kind: 'turn' }>[];
  readonly lookUps: readonly Extract<Effect, { kind: 'lookUp' }>[];
  readonly timeline: readonly TimelineEntry[];
  /** One answer for each input. */
  readonly answers: readonly Answer[];
}

export interface Move {
  readonly policy: Policy;
  readonly followUp: FollowUp;
  readonly inputs: readonly Input[];
  readonly directory: Directory;
  readonly now: Instant;
  readonly outageMs?: number;
}

type Growing = { -readonly [K in keyof Step]: Step[K] extends readonly (infer T)[] ? T[] : Step[K] };

/** Notifications that reach nobody at once can start others that reach nobody: the chain is as long as the stages. */
const CHAIN_MAX = 100;

export function advance(move: Move): Step {
  const step = start(move.followUp);
  for (const input of move.inputs)
    step.answers.push(take(step, move, decide({ ...move, followUp: step.followUp, input })));
  return step;
}

/** Opens: `followUp` is freshly made (see open.ts) and has no history. */
export function advanceOpening(move: Omit<Move, 'inputs'>, opened: Omit<TimelineEntry, 'at'>): Step {
  const step = start(move.followUp);
  step.answers.push(take(step, { ...move, inputs: [] }, decideOpening({ ...move, opened })));
  return step;
}

const start = (followUp: FollowUp): Growing => ({
  followUp,
  messages: [],
  fanOuts: [],
  revokes: [],
  superseded: [],
  alarms: [],
  turns: [],
  lookUps: [],
  timeline: [],
  answers: [],
});

function take(step: Growing, move: Move, decision: Decision): Answer {
  let next: Decision | undefined = decision;
  const waiting: Input[] = [];
  for (let link = 0; next !== undefined && link < CHAIN_MAX; link++) {
    step.followUp = next.followUp;
    step.timeline.push(...next.timeline);
    for (const effect of next.effects) waiting.push(...carryOut(step, move, effect));
    const input = waiting.shift();
    next = input === undefined ? undefined : decide({ ...move, followUp: step.followUp, input });
  }
  return decision.answer;
}

/** Carries one effect into the step; answers with news the decision must hear at once. */
function carryOut(step: Growing, move: Move, effect: Effect): readonly Input[] {
  switch (effect.kind) {
    case 'turn':
      step.turns.push(effect);
      return [];
    case 'lookUp':
      step.lookUps.push(effect);
      return [];
    case 'alarm':
      step.alarms.push(effect);
      return [];
    case 'revoke': {
      step.revokes.push(effect);
      // What this very step planned and now stops was never queued at all.
      step.messages = step.messages.filter((message) => !stops(effect, message));
      step.fanOuts = step.fanOuts.filter((fanOut) => !stops(effect, { ...fanOut.effect, recipient: null }));
      return [];
    }
    case 'notify':
      return notify(step, move, effect);
  }
}

const STOP_RANK = { acknowledge: 0, resolve: 1, nothing: 2 } as const;
/** Whether a revocation stops a message, or a fan-out (`recipient` null), that was decided before it. */
export function stops(
  revoke: Extract<Effect, { kind: 'revoke' }>,
  message: { stoppedBy: MessageDraft['stoppedBy']; recipient: string | null; stage: string },
): boolean {
  return (
    STOP_RANK[message.stoppedBy] <= STOP_RANK[revoke.stoppedBy] &&
    (revoke.recipient === null || revoke.recipient === message.recipient) &&
    (revoke.stages === null || revoke.stages.includes(message.stage))
  );
}

function notify(step: Growing, move: Move, effect: NotifyEffect): readonly Input[] {
  if (effect.audience.kind === 'group') {
    step.fanOuts.push({
      stage: effect.stage,
      run: effect.run,
      notify: effect.notify,
      group: effect.audience.id,
      size: move.directory.groups.get(effect.audience.id)?.size ?? 1,
      effect,
    });
    return [];
  }
  const news: Input[] = [];
  for (const id of effect.audience.ids) {
    const recipient = move.directory.recipients.get(id);
    if (recipient === undefined) continue;
    const { tenant, consent } = move.directory;
    const messages = route(step.followUp, effect, recipient, { policy: move.policy, tenant, consent });
    step.messages.push(...messages);
    tellHeld(step, move, effect, messages);
    const unreached = messages.every((message) => message.status === 'suppressed');
    for (const line of refusedLines(messages, unreached)) tellOf(step, { ...line, at: move.now });
    if (unreached) {
      news.push({ kind: 'unreachable', stage: effect.stage, run: effect.run, recipient: id, at: move.now });
    }
  }
  return news;
}

function tellOf(step: Growing, line: TimelineEntry): void {
  step.timeline.push(line);
  step.followUp = { ...step.followUp, timelineCount: step.followUp.timelineCount + 1 };
}

/** What is held is told once for the notification: all of it waits for the same opening. */
function tellHeld(step: Growing, { now }: Move, { stage }: NotifyEffect, messages: readonly MessageDraft[]): void {
  const held = messages.filter((message) => message.heldBy !== null);
  const [first] = held;
  if (first === undefined || first.heldBy === null) return;
  const data = { until: first.sendAt, channels: held.map((message) => message.channel) };
  tellOf(step, { at: now, kind: 'message_deferred', reason: first.heldBy, stage, recipient: first.recipient, data });
}

/** Why nothing was sent to them: what somebody has decided says more than what is merely missing. */
const MOST_TELLING: readonly Reason[] = ['opted_out', 'endpoint_suppressed', 'never_allowed'];

/** What is not sent: one line where nothing of it can be, else one for all channels without an address, and for each that is refused. */
function refusedLines(messages: readonly MessageDraft[], unreached: boolean): readonly Omit<TimelineEntry, 'at'>[] {
  const [first] = messages;
  if (first === undefined) return [];
  const line = { kind: 'message_suppressed', stage: first.stage, recipient: first.recipient } as const;
  if (!unreached) {
    const refused = Map.groupBy(messages, ({ reason, channel }) =>
      reason === 'no_endpoint' ? reason : `${reason} ${channel}`,
    );
    return [...refused.values()].flatMap(([one, ...others]) => {
      if (one === undefined || !REFUSALS.has(one.reason)) return [];
      const { reason, channel, id } = one;
      const data = others.length === 0 ? {} : { data: { channels: [one, ...others].map((each) => each.channel) } };
      return [{ ...line, reason, channel, message: id, ...data }];
    });
  }
  const reason = MOST_TELLING.find((one) => messages.some((message) => message.reason === one)) ?? 'no_endpoint';
  return [{ ...line, reason, data: { channels: messages.map(({ channel }) => channel) } }];
}
