// A new follow-up as a row, before its first decision. What an event or a caller says about it comes in as `Beginning`
// (opening.ts reads it from an event); advanceOpening() then settles late stages and runs what is due.
import type { FollowUp, Subject } from './follow-up.ts';
import type { Instant } from './instant.ts';
import type { Policy } from './policy/policy.ts';

export interface Beginning {
  readonly id: string;
  readonly tenant: string;
  readonly slot: number;
  readonly key: string;
  readonly assigneeKey: string;
  readonly generation: number;
  readonly subject: Subject;
  readonly data: Readonly<Record<string, unknown>>;
  readonly assignee: string | null;
  /** All who are asked together, the assignee first; none where one is asked. */
  readonly assignees?: readonly string[];
  readonly requester: string | null;
  readonly team: string | null;
  readonly watchers: readonly string[];
  readonly dueAt: Instant | null;
  readonly dueDay?: string | null;
}

export const newFollowUp = (policy: Policy, beginning: Beginning, now: Instant): FollowUp => ({
  id: beginning.id,
  tenant: beginning.tenant,
  slot: beginning.slot,
  key: beginning.key,
  assigneeKey: beginning.assigneeKey,
  generation: beginning.generation,
  subject: beginning.subject,
  data: beginning.data,
  assignee: beginning.assignee,
  assignees: beginning.assignees ?? [],
  answers: {},
  requester: beginning.requester,
  team: beginning.team,
  watchers: beginning.watchers,
  dueAt: beginning.dueAt,
  dueDay: beginning.dueDay ?? null,
  policy: policy.id,
  version: policy.version,
  status: 'open',
  outcome: null,
  urgency: policy.urgency,
  openedAt: now,
  acknowledgedAt: null,
  acknowledgedBy: null,
  closedAt: null,
  closedBy: null,
  commitment: null,
  snoozedUntil: null,
  claim: null,
  escalationLevel: 0,
  stage: null,
  nextAt: null,
  nextStage: null,
  wakeAt: null,
  waitsFor: null,
  revision: 0,
  timelineCount: 0,
  progress: {},
  notified: [],
  escalated: [],
  pause: null,
  acknowledgements: 0,
  snoozes: 0,
  lastRun: null,
  recentRuns: [],
  lookups: {},
  assigneeTold: false,
  assigneeUnreachable: false,
  unknownRecipient: null,
  unknownUntil: null,
});

/** A closed follow-up again: generation + 1, same id, same people and data, its history kept; everything else afresh. */
export const reopenedFollowUp = (policy: Policy, closed: FollowUp, now: Instant): FollowUp => ({
  ...newFollowUp(
    policy,
    { ...closed, assignee: closed.assignees[0] ?? closed.assignee, generation: closed.generation + 1 },
    now,
  ),
  revision: closed.revision,
  timelineCount: closed.timelineCount,
});
