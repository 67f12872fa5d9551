// Targets that somebody else names (POLICY.md, `resolver(name)`): the decision asks, the shell goes and finds out, and what
// it hears comes back as an input. What is due waits for that, visibly and not for ever; an answer holds for as long as it
// says, and without one the target is empty.
import { alarm, type Draft, note } from './draft.ts';
import { isLive, type Lookup, lookupOf } from './follow-up.ts';
import type { Answer, Input } from './input.ts';
import { earliest, type Instant, later } from './instant.ts';
import type { Stage, Target } from './policy/policy.ts';
import { resolversIn } from './policy/target.ts';

/** As many people as one answer may name. */
export const LOOKED_UP_MAX = 100;
/** An answer that has not come by then does not come: so many times as late as an outage begins. */
const GIVEN_UP_AFTER = 5;

const isKnown = ({ askedAt, until }: Lookup, now: Instant): boolean =>
  askedAt === null && until !== null && until >= now;
const setLookup = ({ followUp }: Draft, resolver: string, lookup: Lookup): void => {
  followUp.lookups = { ...followUp.lookups, [resolver]: lookup };
};

export const targetsOf = ({ notify, escalate }: Stage): readonly Target[] => [
  ...notify.flatMap(({ to }) => to),
  ...(escalate?.to ?? []),
];

/** Asks for what these targets need and nobody has said; true while any of it is waited for. */
export function lookUpFirst(draft: Draft, targets: readonly Target[], stage: string | null): boolean {
  const unknown = resolversIn(targets).filter((name) => !isKnown(lookupOf(draft.followUp, name), draft.now));
  for (const resolver of new Set(unknown)) {
    const lookup = lookupOf(draft.followUp, resolver);
    if (lookup.askedAt !== null) continue;
    setLookup(draft, resolver, { ...lookup, askedAt: draft.now });
    draft.effects.push({ kind: 'lookUp', resolver, stage });
    note(draft, {
      kind: 'waiting',
      reason: 'resolver_asked',
      ...(stage === null ? {} : { stage }),
      data: { resolver },
    });
  }
  return unknown.length > 0;
}

/** Whether everything is known that this stage needs, so that it may run now. */
export const knowsAll = ({ followUp, now }: Draft, stage: Stage): boolean =>
  resolversIn(targetsOf(stage)).every((name) => isKnown(lookupOf(followUp, name), now));

/** What was found out; an answer that nobody waits for changes nothing. */
export function lookedUp(draft: Draft, input: Extract<Input, { kind: 'lookedUp' }>): Answer {
  const { followUp, directory, now } = draft;
  const { resolver, until, detail } = input;
  if (!isLive(followUp.status) || lookupOf(followUp, resolver).askedAt === null)
    return { kind: 'done', changed: false };
  const to = [...new Set(input.to)].slice(0, LOOKED_UP_MAX);
  setLookup(draft, resolver, { askedAt: null, until: Math.max(until, now) as Instant, to });
  const unknown = to.filter((id) => !directory.recipients.has(id));
  note(draft, {
    kind: 'looked_up',
    reason: detail === null ? 'resolver_answered' : 'resolver_failed',
    data: { resolver, to, ...(unknown.length === 0 ? {} : { unknown }), ...(detail === null ? {} : { detail }) },
  });
  if (detail !== null) alarm(draft, 'resolver_failed', null, `Resolver "${resolver}" names nobody: ${detail}.`);
  return { kind: 'done', changed: true };
}

const givenUpAt = ({ outageMs }: Draft, askedAt: Instant): Instant => later(askedAt, GIVEN_UP_AFTER * outageMs);

/** What has been waited for long enough names nobody. */
export function giveUpLookups(draft: Draft): void {
  const { now } = draft;
  for (const [resolver, { askedAt }] of Object.entries(draft.followUp.lookups)) {
    if (askedAt === null || givenUpAt(draft, askedAt) > now) continue;
    lookedUp(draft, { kind: 'lookedUp', resolver, to: [], until: now, detail: 'it was asked and has not answered' });
  }
}

/** When what is waited for is given up; null while nothing is. */
export const lookupsGivenUpAt = (draft: Draft): Instant | null =>
  Object.values(draft.followUp.lookups).reduce(
    (first: Instant | null, { askedAt }) => earliest(first, askedAt === null ? null : givenUpAt(draft, askedAt)),
    null,
  );
