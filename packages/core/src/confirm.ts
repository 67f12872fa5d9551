// How it ended, told to those whom the policy names and to whoever ended it: on the channel they acted on, and each once. What
// an author writes is kept: the channel comes to the others of the plan. Where nobody has written a plan, the channel is enough,
// and the rest of the person's own is for when it fails. Called when a follow-up closes (close.ts).
import type { Draft } from './draft.ts';
import type { Audience } from './input.ts';
import type { Channel, ContactPlan, Notify, PlanEntry } from './policy/policy.ts';
import type { Recipient } from './recipient.ts';
import { planFor } from './route.ts';
import { resolveTargets } from './target.ts';

/** One notification of a closing, and to whom. */
export interface Confirmation {
  readonly notify: Notify;
  /** Which `notify` of the closing. */
  readonly index: number;
  readonly audience: Audience;
}

/** Who has ended it, and where they did. */
export interface Ender {
  readonly by: string | null;
  readonly channel: string | null;
}

/** A command says where it came from in a word of its own, which may be none that somebody can be told on. */
const TOLD_ON: readonly Channel[] = ['email', 'sms', 'push', 'inbox', 'chat'];

export function confirmationsOf(draft: Draft, notifies: readonly Notify[], ender: Ender): readonly Confirmation[] {
  const person = ender.by === null ? undefined : draft.directory.recipients.get(ender.by);
  const channel = TOLD_ON.find((one) => one === ender.channel);
  const all = notifies.flatMap((notify, index) =>
    // An empty target is simply nobody, and people are told, not asked: who is away as well.
    resolveTargets(draft, notify.to, null, 'everybody').map((audience): Confirmation => ({ notify, index, audience })),
  );
  if (person === undefined || channel === undefined) return all;
  const others = all.flatMap((one) => without(person.id, one));
  const theirs = notifies.flatMap((notify, index): Confirmation[] => {
    const isTold = notify.tellsEnder || all.some((one) => one.index === index && names(one.audience, person.id, draft));
    const via = planWith(notify.via, channel, person);
    return isTold ? [{ notify: { ...notify, via }, index, audience: { kind: 'recipients', ids: [person.id] } }] : [];
  });
  return [...theirs, ...others];
}

function names(audience: Audience, id: string, { directory }: Draft): boolean {
  if (audience.kind === 'recipients') return audience.ids.includes(id);
  const group = directory.groups.get(audience.id);
  return group?.members.includes(id) === true || group?.asked?.has(id) === true;
}

/** Nobody is left of an audience that was this person alone. */
function without(id: string, { audience, ...one }: Confirmation): readonly Confirmation[] {
  if (audience.kind === 'group') return [{ ...one, audience: { ...audience, except: id } }];
  const ids = audience.ids.filter((other) => other !== id);
  return ids.length === 0 ? [] : [{ ...one, audience: { ...audience, ids } }];
}

function planWith(via: ContactPlan, channel: Channel, person: Recipient): readonly PlanEntry[] {
  const rest = planFor(via, person, 'normal').filter((one) => one.channel !== channel);
  const first: PlanEntry = { channel, after: null, else: false };
  return via === 'preferred'
    ? [first, ...rest.map((one): PlanEntry => ({ ...one, after: null, else: true }))]
    : [first, ...rest];
}
