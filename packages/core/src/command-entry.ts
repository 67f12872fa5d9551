// What all commands share: their answers, and the line of the timeline that says who did what. Used by apply-command.ts
// and answer.ts.
import { type Draft, note } from './draft.ts';
import type { Actor, Answer, Input, Refusal, TimelineEntry, TimelineKind } from './input.ts';
import type { Reason } from './reason.ts';

export type CommandInput = Extract<Input, { kind: 'command' }>;
export type Entry = Omit<TimelineEntry, 'at' | 'kind'>;

export const DONE: Answer = { kind: 'done', changed: true };
export const UNCHANGED: Answer = { kind: 'done', changed: false };
export const refuse = (refusal: Refusal, detail: string): Answer => ({ kind: 'refused', refusal, detail });

/** The person behind an actor, where there is one. */
export const personOf = (actor: Actor): string | null =>
  actor.kind === 'recipient' || actor.kind === 'api' ? actor.id : null;

export function entryOf(input: CommandInput, reason: Reason, data: Readonly<Record<string, unknown>> = {}): Entry {
  const person = personOf(input.actor);
  const all = { ...data, ...(input.comment === null ? {} : { comment: input.comment }) };
  return {
    reason,
    evidence: input.evidence,
    ...(person === null ? { actor: input.actor.kind } : { actor: person }),
    ...(input.channel === null ? {} : { channel: input.channel }),
    ...(Object.keys(all).length === 0 ? {} : { data: all }),
  };
}

export function record(
  draft: Draft,
  input: CommandInput,
  kind: TimelineKind,
  reason: Reason,
  data?: Readonly<Record<string, unknown>>,
): Answer {
  note(draft, { kind, ...entryOf(input, reason, data) });
  return DONE;
}
