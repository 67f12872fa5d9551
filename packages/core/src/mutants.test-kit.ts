// Mutants of the core: decisions with one rule broken, which the invariants must notice, or they prove nothing. The rule is
// broken around the core, in what it is given or in what it answers, so the source stays as it is. Each names the invariant
// that must notice it. Those of the engine are in test/sim/mutants.ts.
import { advance, advanceOpening, type Step } from './advance.ts';
import { allowedAt } from './allowed-at.ts';
import { type FollowUp, isLive } from './follow-up.ts';
import type { Input } from './input.ts';
import { DAY_MS } from './instant.ts';
import {
  CLOSED,
  ENDS,
  type Invariant,
  LIMIT,
  OUTAGE,
  PENDING,
  QUIET,
  RECEIPTS,
  REPLAYS,
  STOPS,
  WAKES,
} from './invariants.test-kit.ts';
import type { Duration } from './policy/duration.ts';
import type { Policy, Stage } from './policy/policy.ts';
import type { Directory } from './recipient.ts';
import type { Core } from './rehearsal.ts';

/** What a decision is given. */
type Given = Omit<Parameters<Core['advance']>[0], 'inputs'> & { readonly inputs: readonly Input[] };

export interface Mutant {
  readonly name: string;
  readonly noticedBy: Invariant;
  readonly given?: (given: Given) => Given;
  readonly answers?: (step: Step, given: Given) => Step;
  readonly allowedAt?: Core['allowedAt'];
}
export interface Planted {
  readonly core: Core;
  /** How often it made a difference. */
  bites: number;
}

export function plant(mutant: Mutant): Planted {
  const { given = (one) => one, answers = (step) => step } = mutant;
  const bitten = <T>(is: T, would: T): T => {
    if (JSON.stringify(is) !== JSON.stringify(would)) planted.bites += 1;
    return is;
  };
  const planted: Planted = {
    bites: 0,
    core: {
      advance: (move) => bitten(answers(advance(given(move)), move), advance(move)),
      advanceOpening: (move, opened) => {
        const all = { ...move, inputs: [] };
        return bitten(answers(advanceOpening(given(all), opened), all), advanceOpening(move, opened));
      },
      allowedAt: (...asked) => bitten((mutant.allowedAt ?? allowedAt)(...asked), allowedAt(...asked)),
    },
  };
  return planted;
}

const ofPolicy =
  (change: (policy: Policy) => Partial<Policy>) =>
  (given: Given): Given => ({ ...given, policy: { ...given.policy, ...change(given.policy) } });
const ofStages = (change: (stage: Stage) => Partial<Stage>) =>
  ofPolicy(({ stages }) => ({ stages: stages.map((stage) => ({ ...stage, ...change(stage) })) }));
const ofFollowUp =
  (change: (followUp: FollowUp, given: Given) => Partial<FollowUp>) =>
  (given: Given): Given => ({ ...given, followUp: { ...given.followUp, ...change(given.followUp, given) } });
const answering =
  (change: (followUp: FollowUp, given: Given) => Partial<FollowUp>) =>
  (step: Step, given: Given): Step => ({
    ...step,
    followUp: { ...step.followUp, ...change(step.followUp, given) },
  });
/** Lines that are not written, nor counted. */
const silent =
  (kind: Step['timeline'][number]['kind']) =>
  (step: Step): Step => {
    const timeline = step.timeline.filter((line) => line.kind !== kind);
    const { timelineCount } = step.followUp;
    const missing = step.timeline.length - timeline.length;
    return { ...step, timeline, followUp: { ...step.followUp, timelineCount: timelineCount - missing } };
  };

const repeating = (change: (times: number) => number) =>
  ofStages(({ repeat }) => (repeat === null ? {} : { repeat: { ...repeat, times: change(repeat.times) } }));
const half = (every: Duration): Duration =>
  every.kind === 'days' ? { kind: 'exact', ms: (every.days * DAY_MS) / 2 } : every;

export const MUTANTS: readonly Mutant[] = [
  { name: 'a repetition without an end', noticedBy: ENDS, given: repeating((times) => times + 450) },
  {
    name: 'news of messages that is never heard',
    noticedBy: ENDS,
    given: (given) => ({
      ...given,
      inputs: given.inputs.map((input) => (isReceipt(input) ? { kind: 'tick' } : input)),
    }),
  },
  {
    name: 'a closed follow-up that is taken for an open one',
    noticedBy: CLOSED,
    given: ofFollowUp(({ status }) => (isLive(status) ? {} : { status: 'open', closedAt: null })),
  },
  {
    name: 'a wake time that is past already',
    noticedBy: WAKES,
    answers: answering(({ wakeAt }, { now }) => ({ wakeAt: wakeAt === null ? null : now })),
  },
  {
    name: 'a wake time that outlives the end',
    noticedBy: WAKES,
    answers: answering(({ status, wakeAt }, { followUp }) => ({ wakeAt: isLive(status) ? wakeAt : followUp.wakeAt })),
  },
  { name: 'a wake time that is lost', noticedBy: PENDING, answers: answering(() => ({ wakeAt: null })) },
  { name: 'a wait without a word', noticedBy: PENDING, answers: answering(() => ({ waitsFor: null })) },
  {
    name: 'a hand-over that is awaited and forgotten',
    noticedBy: PENDING,
    answers: answering(({ progress }) => ({
      progress: mapped(progress, (one) => ({ ...one, awaiting: null, awaitingOf: {}, assigneeAwaited: null })),
    })),
  },
  {
    name: 'a receipt that counts as often as it comes',
    noticedBy: RECEIPTS,
    given: ofFollowUp(({ progress }, { inputs: [input] }) =>
      input === undefined || !isReceipt(input)
        ? {}
        : { progress: mapped(progress, (one, id) => (id === input.stage ? { ...one, awaiting: input.run } : one)) },
    ),
  },
  { name: 'one repetition too many', noticedBy: LIMIT, given: repeating((times) => times + 1) },
  {
    name: 'repetitions in half the time',
    noticedBy: LIMIT,
    given: ofStages(({ repeat }) => (repeat === null ? {} : { repeat: { ...repeat, every: half(repeat.every) } })),
  },
  {
    name: 'a snooze as long as anybody likes',
    noticedBy: LIMIT,
    given: ofPolicy(({ snooze }) => ({ snooze: { ...snooze, max: { kind: 'exact', ms: 1_000 * DAY_MS } } })),
  },
  {
    name: 'one acknowledgement too many',
    noticedBy: LIMIT,
    given: ofPolicy(({ acknowledged }) => ({ acknowledged: { ...acknowledged, max: acknowledged.max + 1 } })),
  },
  { name: 'a throttle that lets everything pass', noticedBy: LIMIT, given: ofPolicy(() => ({ throttle: null })) },
  {
    name: 'a throttle that forgets what was sent',
    noticedBy: LIMIT,
    given: ofFollowUp(() => ({ recentRuns: [] })),
  },
  {
    name: 'a question to a resolver that is never given up',
    noticedBy: ENDS,
    given: ofFollowUp(({ lookups }, { now }) => ({
      lookups: mapped(lookups, (one) => ({ ...one, askedAt: one.askedAt === null ? null : now })),
    })),
  },
  {
    name: 'hours that nobody keeps',
    noticedBy: QUIET,
    given: ofStages(() => ({ hours: null })),
    allowedAt: (_sending, _message, _recipient, at) => ({ at, heldBy: null, together: false }),
  },
  {
    name: 'hours that everybody keeps in London',
    noticedBy: QUIET,
    given: (given) => ({ ...given, directory: inLondon(given.directory) }),
    allowedAt: (sending, message, reader, at) =>
      allowedAt(sending, message, { ...reader, timeZone: 'Europe/London' }, at),
  },
  { name: 'responses that revoke nothing', noticedBy: STOPS, answers: (step) => ({ ...step, revokes: [] }) },
  {
    name: 'a hand-over to somebody else that leaves what was on its way',
    noticedBy: STOPS,
    answers: (step) => ({ ...step, revokes: step.revokes.filter(({ recipient }) => recipient === null) }),
  },
  {
    name: 'a pause that holds nothing',
    noticedBy: STOPS,
    given: ofFollowUp(({ pause }, given) => (isPaused(given) ? { pause: null } : { pause })),
    answers: answering(({ pause }, given) => ({ pause: isPaused(given) ? given.followUp.pause : pause })),
  },
  { name: 'a run without a line', noticedBy: REPLAYS, answers: silent('stage_ran') },
  { name: 'a date that moves without a line', noticedBy: REPLAYS, answers: silent('rescheduled') },
  {
    name: 'an assignee that changes without a line',
    noticedBy: REPLAYS,
    answers: answering(({ assignee }, { followUp }) => ({ assignee: followUp.acknowledgedBy ?? assignee })),
  },
  {
    name: 'an outage after which everything is sent',
    noticedBy: OUTAGE,
    given: ofPolicy(({ late }) => ({ late: { ...late, afterOutage: 'all' } })),
  },
];

const inLondon = (directory: Directory): Directory => ({
  ...directory,
  recipients: new Map([...directory.recipients].map(([id, one]) => [id, { ...one, timeZone: 'Europe/London' }])),
});
type Receipt = Extract<Input, { kind: 'handedOver' | 'unreachable' }>;
const isReceipt = (input: Input): input is Receipt => input.kind === 'handedOver' || input.kind === 'unreachable';
/** Nothing happens but that time passes. */
const isPaused = ({ followUp: { pause }, inputs: [input], now }: Given): boolean =>
  input?.kind === 'tick' && pause !== null && pause.until > now;
const mapped = <T>(all: Readonly<Record<string, T>>, change: (one: T, id: string) => T): Readonly<Record<string, T>> =>
  Object.fromEntries(Object.entries(all).map(([id, one]) => [id, change(one, id)]));
