// A follow-up without somebody who has been erased: a stand-in that tells nothing takes the place of their id, wherever the
// follow-up itself has it, and what they wrote is gone. What the tenant's own systems wrote (subject, data) is scrubbed by
// person-traces.ts. Nothing is decided here: who is asked instead is erased.ts.
import type { Answered, Awaited, FollowUp, Lookup, Pause, StageProgress } from './follow-up.ts';

export function withoutPerson(followUp: FollowUp, id: string, standIn: string): FollowUp {
  const one = <T extends string | null>(found: T): T | string => (found === id ? standIn : found);
  const list = (ids: readonly string[]): readonly string[] => ids.map((each) => (each === id ? standIn : each));
  const keys = <T>(map: Readonly<Record<string, T>>): Readonly<Record<string, T>> =>
    Object.hasOwn(map, id)
      ? Object.fromEntries(Object.entries(map).map(([key, value]) => [key === id ? standIn : key, value]))
      : map;
  const values = (map: Readonly<Record<string, string>>): Readonly<Record<string, string>> =>
    Object.fromEntries(Object.entries(map).map(([key, value]) => [key, one(value)]));
  const pause = (given: Pause): Pause => ({
    ...given,
    by: one(given.by),
    ...(given.over === undefined ? {} : { over: pause(given.over) }),
  });
  const awaited = (given: Awaited): Awaited => (given.of === undefined ? given : { ...given, of: keys(given.of) });
  const progress = (given: StageProgress): StageProgress => ({
    ...given,
    awaitingOf: keys(given.awaitingOf),
    assigneeAwaited: given.assigneeAwaited == null ? given.assigneeAwaited : awaited(given.assigneeAwaited),
    escalated: list(given.escalated),
    managers: values(given.managers),
  });
  const wordless = (who: string, given: Answered): Answered => (who === id ? { ...given, answer: null } : given);
  return {
    ...followUp,
    assigneeKey: one(followUp.assigneeKey),
    assignee: one(followUp.assignee),
    assignees: list(followUp.assignees),
    answers: keys(
      Object.fromEntries(Object.entries(followUp.answers).map(([who, given]) => [who, wordless(who, given)])),
    ),
    requester: one(followUp.requester),
    watchers: list(followUp.watchers),
    acknowledgedBy: one(followUp.acknowledgedBy),
    closedBy: one(followUp.closedBy),
    commitment: followUp.commitment === null ? null : { ...followUp.commitment, by: one(followUp.commitment.by) },
    claim: followUp.claim === null ? null : { ...followUp.claim, by: one(followUp.claim.by) },
    pause: followUp.pause === null ? null : pause(followUp.pause),
    notified: list(followUp.notified),
    escalated: list(followUp.escalated),
    progress: Object.fromEntries(Object.entries(followUp.progress).map(([stage, given]) => [stage, progress(given)])),
    lookups: Object.fromEntries(
      Object.entries(followUp.lookups).map(([name, given]): [string, Lookup] => [
        name,
        { ...given, to: list(given.to) },
      ]),
    ),
    unknownRecipient: one(followUp.unknownRecipient),
  };
}
