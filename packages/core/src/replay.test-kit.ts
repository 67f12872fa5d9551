// The timeline read back: folded line by line from the opening, it gives what a follow-up has become, as far as people see
// it: its status, who is asked and what they said, its dates, what pauses it, how far each stage has come. Written apart from
// the decisions, from the lines and the policy alone. When messages arrived is told by the receipts and is not in here, nor
// is what the clock keeps for itself (when to wake, by how much a stage has moved).
import { ANSWERED_BY_API, type Claim, type FollowUp, FRESH_PROGRESS, isLive, type Pause } from './follow-up.ts';
import type { TimelineEntry } from './input.ts';
import { type Instant, later } from './instant.ts';
import { isEventStage, type Policy, type Urgency } from './policy/policy.ts';

type StageEssence = Pick<FollowUp['progress'][string], 'status' | 'runs' | 'extraRuns'>;
type Said = Readonly<Record<string, { readonly action: string; readonly counts: 'for' | 'against' | null }>>;

export interface Essence
  extends Pick<
    FollowUp,
    | 'status'
    | 'outcome'
    | 'urgency'
    | 'assignee'
    | 'assignees'
    | 'watchers'
    | 'dueAt'
    | 'acknowledgedAt'
    | 'acknowledgedBy'
    | 'acknowledgements'
    | 'snoozes'
    | 'snoozedUntil'
    | 'commitment'
    | 'claim'
    | 'pause'
    | 'closedAt'
    | 'escalationLevel'
    | 'escalated'
    | 'stage'
  > {
  readonly said: Said;
  /** Everything is held until somebody is known; not told where several are asked, of whom others may be unknown as well. */
  readonly awaitsSomebody: boolean;
  readonly stages: Readonly<Record<string, StageEssence>>;
}

/** The same of a follow-up as it stands. */
export const essenceOf = (policy: Policy, followUp: FollowUp): Essence => ({
  status: followUp.status,
  outcome: followUp.outcome,
  urgency: followUp.urgency,
  // Of several who were asked, nobody in particular is when it is over.
  assignee: followUp.assignees.length > 0 && !isLive(followUp.status) ? null : followUp.assignee,
  assignees: followUp.assignees,
  watchers: followUp.watchers,
  dueAt: followUp.dueAt,
  acknowledgedAt: followUp.acknowledgedAt,
  acknowledgedBy: followUp.acknowledgedBy,
  acknowledgements: followUp.acknowledgements,
  snoozes: followUp.snoozes,
  snoozedUntil: followUp.snoozedUntil,
  commitment: followUp.commitment,
  claim: followUp.claim,
  pause: followUp.pause,
  closedAt: followUp.closedAt,
  escalationLevel: followUp.escalationLevel,
  escalated: followUp.escalated,
  stage: followUp.stage,
  said: Object.fromEntries(
    Object.entries(followUp.answers).map(([who, { action, counts }]) => [who, { action, counts }]),
  ),
  awaitsSomebody: policy.require === null && followUp.unknownRecipient !== null,
  stages: Object.fromEntries(
    policy.stages.map(({ id }) => {
      const { status, runs, extraRuns } = followUp.progress[id] ?? FRESH_PROGRESS;
      return [id, { status, runs, extraRuns }];
    }),
  ),
});

export function replay(policy: Policy, opening: Essence, lines: readonly TimelineEntry[]): Essence {
  let state = opening;
  for (const line of lines) state = { ...state, ...changeBy(policy, state, line) };
  return state;
}

type Change = Partial<Essence>;

function changeBy(policy: Policy, state: Essence, line: TimelineEntry): Change {
  const { kind, at, recipient } = line;
  switch (kind) {
    case 'opened':
      return recipient === undefined ? {} : { assignee: recipient };
    case 'waiting':
      return waiting(policy, state, line);
    case 'resumed':
      return resumed(state, line);
    case 'stage_ran':
    case 'stage_skipped':
    case 'stage_superseded':
      return stageTold(policy, state, line);
    case 'acknowledged': {
      const change = {
        acknowledgedAt: at,
        acknowledgedBy: personIn(line),
        acknowledgements: state.acknowledgements + 1,
      };
      const until = momentIn(line, 'until');
      return until === null
        ? change
        : { ...change, ...paused(state, line, 'acknowledgement', until), status: 'acknowledged' };
    }
    case 'snoozed': {
      const until = momentIn(line, 'until') ?? at;
      return { snoozes: state.snoozes + 1, ...paused(state, line, 'snooze', until) };
    }
    case 'committed': {
      const by = momentIn(line, 'by') ?? at;
      const commitment = { dueAt: by, by: personIn(line) };
      const change = {
        status: 'acknowledged',
        acknowledgedAt: at,
        acknowledgedBy: personIn(line),
        commitment,
      } as const;
      return { ...change, ...paused(state, line, 'commitment', by) };
    }
    case 'claimed':
      return claimed(state, line);
    case 'answered':
      return answered(policy, state, line);
    case 'unacknowledged':
      return endedEarly(state);
    case 'noted':
      if (line.reason === 'recipient_erased') return erased(policy, state, line);
      return line.reason === 'escalated_by_hand' && state.pause !== null ? endedEarly(state) : {};
    case 'delegated':
    case 'declined':
    case 'reassigned':
      return handedOn(policy, state, line);
    case 'escalated':
      return {
        escalationLevel: Number(line.data?.level),
        escalated: [...new Set([...state.escalated, ...namesIn(line, 'to')])],
        ...(line.data?.urgency === undefined ? {} : { urgency: line.data.urgency as Urgency }),
      };
    case 'rescheduled':
      return { dueAt: momentIn(line, 'to') };
    case 'alarm':
      return alarmed(policy, state, line);
    case 'resolved':
    case 'cancelled':
    case 'expired':
      return {
        ...NO_PAUSE,
        ...(state.assignees.length > 0 ? { assignee: null } : {}),
        status: kind,
        closedAt: at,
        outcome: textIn(line, 'outcome'),
        awaitsSomebody: false,
      };
    default:
      return {};
  }
}

const momentIn = ({ data }: TimelineEntry, field: string): Instant | null => (data?.[field] ?? null) as Instant | null;
const textIn = ({ data }: TimelineEntry, field: string): string | null => (data?.[field] ?? null) as string | null;
const namesIn = ({ data }: TimelineEntry, field: string): readonly string[] =>
  (data?.[field] ?? []) as readonly string[];
/** Who did it, where a person is named. */
const personIn = ({ actor }: TimelineEntry): string | null =>
  actor === undefined || actor === 'api' || actor === 'system' ? null : actor;

const NO_PAUSE = { pause: null, snoozedUntil: null, claim: null } as const;

/** One pause that takes the place of another has lasted since that one. */
function paused({ pause, snoozedUntil }: Essence, line: TimelineEntry, kind: Pause['kind'], until: Instant): Change {
  const since = (pause?.over ?? pause)?.since ?? line.at;
  const promised = kind === 'snooze' || (kind === 'acknowledgement' && snoozedUntil === until);
  return { pause: { kind, since, until, by: personIn(line) }, snoozedUntil: promised ? until : null };
}

function claimed(state: Essence, line: TimelineEntry): Change {
  const action = textIn(line, 'action');
  const by = personIn(line);
  const change: Change = {
    acknowledgements: state.acknowledgements + 1,
    ...(action === null ? {} : { said: saidBy(state, by, action, null) }),
  };
  const until = momentIn(line, 'until');
  if (until === null) return change;
  const { pause } = state;
  const over = pause?.kind === 'claim' ? pause.over : (pause ?? undefined);
  const since = pause?.kind === 'claim' ? pause.since : line.at;
  const claim: Claim = { by, at: line.at, until };
  return { ...change, claim, pause: { kind: 'claim', since, until, by, ...(over === undefined ? {} : { over }) } };
}

function waiting(policy: Policy, { pause, snoozedUntil }: Essence, line: TimelineEntry): Change {
  if (line.reason === 'throttled') {
    const until = momentIn(line, 'until');
    if (pause === null || until === null || line.data?.pause === undefined) return {};
    return { pause: { ...pause, until }, snoozedUntil: snoozedUntil === pause.until ? until : snoozedUntil };
  }
  // A stage that asks a resolver waits by itself; an assignee who is asked for holds everything.
  return policy.require === null && line.stage === undefined ? { awaitsSomebody: true } : {};
}

function resumed(state: Essence, line: TimelineEntry): Change {
  if (line.reason === 'recipient_known') return { awaitsSomebody: false };
  if (line.reason === 'resolver_answered') return { awaitsSomebody: false, assignee: line.recipient ?? null };
  if (line.reason === 'answered') return endedEarly(state);
  if (line.reason !== 'claim_ended') return left(state);
  const { pause } = state;
  const over = pause?.over;
  if (pause === null || over === undefined) return { claim: null, pause: null };
  const lasted = line.at - pause.since;
  const until = over.kind === 'acknowledgement' ? later(over.until, lasted) : over.until;
  return {
    claim: null,
    pause: { ...over, since: later(over.since, lasted), until },
    snoozedUntil: state.snoozedUntil === over.until ? until : state.snoozedUntil,
  };
}

const left = ({ status }: Essence): Change => ({ ...NO_PAUSE, status: status === 'acknowledged' ? 'open' : status });
const endedEarly = (state: Essence): Change => ({ ...left(state), commitment: null });

const saidBy = ({ said }: Essence, who: string | null, action: string, counts: Said[string]['counts']): Said => {
  const key = who ?? ANSWERED_BY_API;
  return counts === null && said[key]?.counts != null ? said : { ...said, [key]: { action, counts } };
};

function answered(policy: Policy, state: Essence, line: TimelineEntry): Change {
  const who = personIn(line);
  const id = textIn(line, 'action') ?? '';
  const action = policy.actions.find((one) => one.id === id);
  const meant = action === undefined || action.resolves ? 'for' : action.rejects ? 'against' : null;
  const said = saidBy(state, who, id, who !== null && state.assignees.includes(who) ? meant : null);
  return { said, ...firstAsked(state.assignees, said, state.assignee) };
}

/** Of several who are asked, the first who has not answered stands for them. */
function firstAsked(assignees: readonly string[], said: Said, before: string | null): Change {
  if (assignees.length === 0) return { assignee: before };
  return { assignee: assignees.find((id) => said[id]?.counts == null) ?? assignees[0] ?? null };
}

function handedOn(policy: Policy, state: Essence, line: TimelineEntry): Change {
  const { kind, reason } = line;
  const to = line.recipient ?? null;
  const from = textIn(line, 'from');
  const alone = kind === 'reassigned' || from === null;
  const byHand = ['reassigned', 'delegated', 'declined', 'wrong_person', 'recipient_erased'].includes(reason);
  const watches =
    kind === 'delegated'
      ? [from]
      : kind === 'reassigned' && !byHand && reason !== 'target_empty'
        ? asked(state).filter((id) => id !== to)
        : [];
  const change: Change = {
    assignee: to,
    watchers: [...new Set([...state.watchers, ...watches.filter((id) => id !== null)])],
    ...(byHand ? endedEarly(state) : {}),
    ...(byHand || reason === 'target_empty' ? { awaitsSomebody: false } : {}),
  };
  if (policy.require === null || to === null) return change;
  const assignees = alone ? [to] : [...new Set(state.assignees.map((id) => (id === from ? to : id)))];
  // Whoever is asked anew has not answered, whatever they said before.
  const isNew = alone || !state.assignees.includes(to);
  const said = isNew ? Object.fromEntries(Object.entries(state.said).filter(([who]) => who !== to)) : state.said;
  return { ...change, assignees, said, ...firstAsked(assignees, said, to) };
}

const asked = ({ assignee, assignees, said }: Essence): readonly (string | null)[] =>
  assignees.length > 0 ? assignees.filter((id) => said[id]?.counts == null) : [assignee];

/** The others are asked, or nobody is. */
function erased(policy: Policy, state: Essence, line: TimelineEntry): Change {
  const assignees = state.assignees.filter((id) => id !== line.recipient);
  if (assignees.length > 0) return { assignees, ...firstAsked(assignees, state.said, state.assignee) };
  return { assignee: null, assignees, ...endedEarly(state), awaitsSomebody: policy.require === null };
}

function alarmed(policy: Policy, state: Essence, line: TimelineEntry): Change {
  if (line.stage !== undefined) return {};
  if (line.reason === 'nobody_reached') return policy.require === null ? { awaitsSomebody: true } : {};
  if (line.reason !== 'unknown_recipient') return {};
  const unknown = namesIn(line, 'recipients');
  const assignees = state.assignees.filter((id) => !unknown.includes(id));
  return { assignees, ...firstAsked(assignees, state.said, state.assignee) };
}

function stageTold(policy: Policy, state: Essence, line: TimelineEntry): Change {
  const stage = policy.stages.find(({ id }) => id === line.stage);
  const before = stage === undefined ? undefined : state.stages[stage.id];
  if (stage === undefined || before === undefined) return {};
  const set = (after: StageEssence): Change => ({ stages: { ...state.stages, [stage.id]: after } });
  const after = (runs: number): StageEssence['status'] =>
    isEventStage(stage) ? 'pending' : stage.repeat !== null && runs < stage.repeat.times ? 'running' : 'done';
  const { status, runs, extraRuns } = before;
  const isExtra = line.data?.extra === true;
  const isNews = isEventStage(stage);
  switch (line.kind) {
    case 'stage_ran': {
      const isSettled = status === 'done' || status === 'superseded' || status === 'skipped';
      const counted = runs + (isExtra ? 0 : 1);
      // A new assignee is told what the old one was told, which is no new stage.
      const isRetold =
        isExtra && ['reassigned', 'delegated', 'declined', 'wrong_person', 'recipient_erased'].includes(line.reason);
      return {
        ...set({
          status: !isNews && isExtra && isSettled ? status : after(counted),
          runs: counted,
          extraRuns: extraRuns + (isExtra ? 1 : 0),
        }),
        ...(isRetold ? {} : { stage: stage.id }),
      };
    }
    case 'stage_skipped':
      if (isNews) return {};
      return set(
        status === 'running'
          ? { status: after(runs + 1), runs: runs + 1, extraRuns }
          : { ...before, status: 'skipped', runs: 0 },
      );
    default:
      if (line.recipient !== undefined || isNews) return {};
      // Its messages were taken back before they left: the run did not happen, and its number stays used.
      if (line.reason === 'rescheduled')
        return set({ status: runs === 1 ? 'pending' : 'running', runs: runs - 1, extraRuns: extraRuns + 1 });
      if (status !== 'running') return set({ ...before, status: 'superseded' });
      return set(
        line.data?.remaining === undefined
          ? { status: after(runs + 1), runs: runs + 1, extraRuns }
          : { ...before, status: 'done' },
      );
  }
}
