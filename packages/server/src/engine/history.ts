// What conditions of stages ask beside the follow-up: the activity of its assignee, what else waits for them, and what was
// done with its messages. Gathered in sets for one step, and only for policies that ask.
import { countedSince, type Directory, type FollowUp, frameOf, type Instant, type Policy } from '@relance/core';
import type { Tx } from '../store/database.ts';
import { type HistoryAsk, historyOf } from '../store/sql/activity.ts';
import { pendingOf } from '../store/sql/follow-up-pending.ts';
import { engagementsOf } from '../store/sql/message.ts';
import { type PolicyBook, policyRefOf } from './policy-book.ts';
import type { Work } from './work.ts';

/** As many people as a follow-up without an assignee may turn out to ask. */
const CANDIDATES_MAX = 200;

export async function withHistories(
  tx: Tx,
  works: readonly Work[],
  policies: PolicyBook,
  directories: ReadonlyMap<string, Directory>,
  now: Instant,
): Promise<Map<string, Directory>> {
  const asking = works.flatMap((work) => {
    const policy = policies.find(policyRefOf(work.followUp));
    const directory = directories.get(work.followUp.tenant);
    if (policy === null || directory === undefined || !asks(policy)) return [];
    return [{ work, policy, directory, people: peopleOf(work, directory) }];
  });
  if (asking.length === 0) return new Map(directories);
  const activity = asking.flatMap(({ work: { followUp }, policy, directory, people }) =>
    people.flatMap((recipient) => asksOf(policy, followUp, directory, recipient, now)),
  );
  const pending = asking.flatMap(({ work: { followUp }, policy, people }) =>
    policy.needs.pending ? people.map((recipient) => ({ tenant: followUp.tenant, recipient })) : [],
  );
  const engaged = asking.filter(({ policy }) => policy.needs.engagement).map(({ work }) => work.followUp);
  const [histories, waiting, engagements] = await Promise.all([
    historyOf(tx, distinct(activity), now),
    pendingOf(tx, distinct(pending)),
    engagementsOf(tx, engaged),
  ]);
  return new Map(
    [...directories].map(([tenant, directory]) => [
      tenant,
      { ...directory, activity: ofTenant(histories, tenant), pending: ofTenant(waiting, tenant), engagements },
    ]),
  );
}

const asks = ({ needs }: Policy): boolean => needs.activity.length > 0 || needs.pending || needs.engagement;

/** The assignee, or whoever it may become in this step. */
function peopleOf({ followUp, inputs }: Work, directory: Directory): readonly string[] {
  const next = inputs.flatMap((input) => (input.kind === 'command' && 'to' in input.command ? [input.command.to] : []));
  if (followUp.assignee === null) return [...directory.recipients.keys()].slice(0, CANDIDATES_MAX);
  const delegates = directory.recipients.get(followUp.assignee)?.away.flatMap(({ delegate }) => delegate ?? []) ?? [];
  return [followUp.assignee, ...delegates, ...next];
}

function asksOf(
  policy: Policy,
  followUp: FollowUp,
  directory: Directory,
  recipient: string,
  now: Instant,
): readonly HistoryAsk[] {
  const frame = frameOf(policy, followUp, directory);
  return policy.needs.activity.map((ask) => ({
    tenant: followUp.tenant,
    recipient,
    ask,
    since: countedSince(ask, frame, now),
  }));
}

const distinct = <T>(list: readonly T[]): readonly T[] => [
  ...new Map(list.map((one) => [JSON.stringify(one), one])).values(),
];

const ofTenant = <T>(all: ReadonlyMap<string, T>, tenant: string): ReadonlyMap<string, T> =>
  new Map(
    [...all].flatMap(([key, one]) => (key.startsWith(`${tenant}\n`) ? [[key.slice(tenant.length + 1), one]] : [])),
  );
