// Small worlds: a handful of policies of two to four stages, small enough that everything that can happen to them in a few
// acts is tried (small-worlds.test.ts). Planted mutants must be caught in the same worlds (mutants.test.ts).
import type { Command, Input } from './input.ts';
import { DAY_MS, later } from './instant.ts';
import type { Policy } from './policy/policy.ts';
import type { HandingOver, Provider } from './rehearsal.ts';
import { at, type Person, policyOf, Scenario, type ScenarioOptions } from './scenario.test-kit.ts';

export type Act = readonly [name: string, act: (story: Scenario) => void];

const providers: Readonly<Record<'fail' | 'hold', Provider>> = { fail: () => 'fail', hold: () => 'hold' };
const hands = (answer: HandingOver & keyof typeof providers): Act => [
  `providers ${answer}`,
  (story) => {
    story.provider = providers[answer];
  },
];
const says = (name: string, make: (story: Scenario) => Command, by = 'ana'): Act => [
  name,
  (story) => void story.command(make(story), by),
];
const after = (story: Scenario, days: number) => later(story.now, days * DAY_MS);
const news = (story: Scenario): Input => ({
  kind: 'event',
  role: 'update',
  event: `news-${story.inputs.length}`,
  facts: { data: { n: story.inputs.length } },
  outcome: null,
  stage: 'news',
});

/** What can happen in every world. One that changes nothing where it comes ends its branch there. */
export const ACTS: readonly Act[] = [
  ['what is due next', (story) => void (story.nextAt === null ? story : story.until(story.nextAt))],
  ['two days', (story) => void story.forward('2 days')],
  ['an outage of two days', (story) => void story.outage('2 days')],
  says('acknowledge', () => ({ kind: 'acknowledge' })),
  says('snooze for a day', (story) => ({ kind: 'snooze', until: after(story, 1) })),
  says('snooze for a month', (story) => ({ kind: 'snooze', until: after(story, 30) })),
  says('commit to tomorrow', (story) => ({ kind: 'commit', by: after(story, 1) })),
  says('due tomorrow', (story) => ({ kind: 'reschedule', dueAt: after(story, 1) })),
  says('reassign to nobody known', () => ({ kind: 'reassign', to: 'ghost' })),
  says('decline', () => ({ kind: 'decline', why: 'declined' })),
  says('escalate', () => ({ kind: 'escalate' })),
  says('resolve', () => ({ kind: 'resolve', outcome: 'done' })),
  says('cancel', () => ({ kind: 'cancel' })),
  ['an event resolves it', (story) => void story.event('resolve', {}, 'paid')],
  ['news', (story) => void story.input(news(story))],
  hands('fail'),
  hands('hold'),
  ['ana is deleted', (story) => void (story.people.delete('ana') && story.tick())],
];

/** What can happen as well, where there is time to try it. */
export const MORE_ACTS: readonly Act[] = [
  says('delegate to eve', () => ({ kind: 'delegate', to: 'eve' })),
  says('unacknowledge', () => ({ kind: 'unacknowledge' })),
];

export interface World {
  readonly name: string;
  readonly policy: Policy;
  readonly options: ScenarioOptions;
  readonly acts: readonly Act[];
}

const PEOPLE: readonly Person[] = [
  { id: 'ana', manager: 'bo', timeZone: 'Europe/Paris' },
  { id: 'bo', manager: 'cleo', timeZone: 'America/New_York' },
  { id: 'cleo', phone: '+33600000000' },
  { id: 'eve', timeZone: 'Asia/Kathmandu' },
];
const email = { via: ['email' as const] };

function world(
  name: string,
  written: Parameters<typeof policyOf>[0],
  more: Partial<World & ScenarioOptions> = {},
): World {
  const { acts = ACTS, ...options } = more;
  const policy = policyOf({ fallback: 'recipient(cleo)', ...written });
  const opening = { requester: 'cleo', ...options.opening };
  return { name, policy, acts, options: { people: PEOPLE, groups: { desk: ['eve', 'cleo'] }, ...options, opening } };
}

export const WORLDS: readonly World[] = [
  world('a claim, and what goes on until it is resolved', {
    resolvableBy: ['event', 'requester'],
    claim: { for: '1 day' },
    acknowledged: { resumeAfter: '1 day', max: 1 },
    snooze: { max: '2 days', times: 1 },
    stages: [
      { id: 'notice', at: 'opened', notify: email },
      { id: 'nag', at: 'opened + 6 hours', until: 'resolved', repeat: { every: '12 hours', times: 3 }, notify: email },
      { id: 'boss', at: 'notice + 2 days', escalate: { to: ['group(desk)'] }, notify: email },
    ],
  }),
  world('a chain that repeats and escalates', {
    stages: [
      { id: 'notice', at: 'opened', notify: { to: ['assignee', 'requester'], ...email } },
      { id: 'nag', at: 'notice + 1 day', repeat: { every: '1 day', times: 2 }, notify: email },
      { id: 'boss', at: 'nag.last + 1 day', escalate: { to: ['manager(1)'] }, notify: email },
    ],
  }),
  world(
    'a due date by the clocks of Paris, while they go back',
    {
      due: 'event.data.due',
      stages: [
        { id: 'soon', at: 'due - 1 day', window: '09:00-18:00', notify: email },
        { id: 'late', at: 'due + 2 hours', quietHours: '20:00-02:30', notify: email },
        {
          id: 'boss',
          at: 'due + 1 day',
          until: 'resolved',
          escalate: { to: ['manager(1)'], mode: 'reassign', raise: 'high' },
          notify: email,
        },
      ],
    },
    { start: at('2026-10-24T14:00:00Z'), opening: { dueAt: at('2026-10-25T16:00:00Z') } },
  ),
  world(
    'several who decide together, one of them unknown',
    {
      assignee: undefined,
      assignees: 'event.data.all',
      require: 2,
      rejectOn: 'majority',
      actions: [
        { id: 'approve', label: 'Approve' },
        { id: 'reject', label: 'Reject', rejects: true },
      ],
      stages: [
        { id: 'ask', at: 'opened', notify: email },
        { id: 'again', at: 'ask + 1 day', repeat: { every: '1 day', times: 2 }, notify: email },
        { id: 'boss', at: 'again.last + 1 day', escalate: { to: ['manager(1)'], mode: 'reassign' }, notify: email },
      ],
    } as Parameters<typeof policyOf>[0],
    {
      opening: { assignee: 'ana', assignees: ['ana', 'ghost', 'eve', 'bo'] },
      acts: [
        ...ACTS,
        says('ana approves', () => ({ kind: 'answer', action: 'approve', answer: null })),
        says('eve rejects', () => ({ kind: 'answer', action: 'reject', answer: null }), 'eve'),
      ],
    },
  ),
  world('no more than one a day, whatever is said', {
    throttle: { atMost: 1, per: '24 hours' },
    acknowledged: { resumeAfter: '6 hours', max: 2 },
    stages: [
      { id: 'notice', at: 'opened', repeat: { every: '6 hours', times: 2 }, notify: email },
      { id: 'news', at: { on: 'news' }, notify: email },
      { id: 'nag', at: 'opened + 8 hours', until: 'resolved', notify: { to: ['assignee', 'requester'], ...email } },
      { id: 'boss', at: 'opened + 9 hours', escalate: { to: ['manager(1)'] }, notify: email },
    ],
  }),
  world(
    'whom a resolver names',
    {
      assignee: { target: 'resolver(crm)' },
      acknowledged: { resumeAfter: '1 day', max: 1 },
      stages: [
        { id: 'notice', at: 'opened', notify: { to: ['assignee', 'requester'], ...email } },
        { id: 'news', at: { on: 'news' }, notify: { to: ['resolver(crm)'], ...email } },
        { id: 'boss', at: 'notice + 1 day', escalate: { to: ['resolver(boss)', 'manager(1)'] }, notify: email },
      ],
    },
    {
      opening: { assignee: null },
      acts: [
        ...ACTS,
        ['crm names ana', (story) => void story.answer('crm', ['ana'])],
        ['boss names eve', (story) => void story.answer('boss', ['eve'], '30 days')],
        ['boss cannot be asked', (story) => void story.answer('boss', [], '0 minutes', 'HTTP 500')],
      ],
    },
  ),
  world('news, changes, and what counts from a word that was given', {
    late: { afterOutage: 'newest' },
    stages: [
      { id: 'news', at: { on: 'news' }, notify: email },
      { id: 'change', at: { changed: 'data.n' }, until: 'resolved', notify: { to: ['requester'], ...email } },
      { id: 'missed', at: 'commitment + 2 hours', notify: email },
      { id: 'taken', at: 'acknowledged + 3 days', escalate: { to: ['manager(1)'] }, notify: email },
    ],
  }),
  world('one channel after the other, at hours of their own, until it expires', {
    expire: { after: '5 days' },
    stages: [
      { id: 'one', at: 'opened + 1 hour', notify: { via: ['sms', { channel: 'email', else: true }] } },
      {
        id: 'two',
        at: 'opened + 2 hours',
        quietHours: '12:00-13:00',
        notify: [
          { via: ['email', { channel: 'sms', after: '2 hours' }] },
          { to: ['requester'], via: ['inbox', 'email'] },
        ],
      },
      { id: 'three', at: 'opened + 3 hours', notify: email },
      { id: 'four', at: 'opened + 30 hours', urgency: 'urgent', notify: email },
    ],
  }),
];

export const begin = ({ policy, options }: World, more: Partial<ScenarioOptions> = {}): Scenario =>
  new Scenario(policy, { ...options, ...more });

/** Plays these acts, and then lets time pass until nothing is to come; not where the last one changed nothing. */
export function play(
  world: World,
  acts: readonly Act[],
  more: Partial<ScenarioOptions> = {},
): { readonly isNew: boolean } {
  const story = begin(world, more);
  let isNew = true;
  for (const [, act] of acts) {
    const before = [story.followUp, story.now, story.provider, story.people.size];
    act(story);
    const after = [story.followUp, story.now, story.provider, story.people.size];
    isNew = after.some((one, index) => one !== before[index]);
  }
  if (isNew) story.end();
  return { isNew };
}

/** Every sequence of at most so many acts; how many there were. What follows an act that changed nothing is known already. */
export function playAll(world: World, depth: number, acts: readonly Act[] = []): number {
  const { isNew } = naming(world, acts, () => play(world, acts));
  if (!isNew || acts.length === depth) return 1;
  return 1 + world.acts.reduce((count, act) => count + playAll(world, depth, [...acts, act]), 0);
}

function naming<T>({ name }: World, acts: readonly Act[], work: () => T): T {
  try {
    return work();
  } catch (error) {
    const path = [name, ...acts.map(([act]) => act)].join(' → ');
    throw new Error(`${path}: ${(error as Error).message}`, { cause: error });
  }
}

/** All sequences of so many acts, whatever comes of them. */
export function sequences(acts: readonly Act[], length: number): readonly (readonly Act[])[] {
  return length === 0 ? [[]] : sequences(acts, length - 1).flatMap((before) => acts.map((act) => [...before, act]));
}
