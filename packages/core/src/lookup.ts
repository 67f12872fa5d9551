// Targets that somebody else names (POLICY.md, `resolver(name)`): the decision asks, the shell goes and finds out, and what
// it hears comes back as an input. What is due waits for that, visibly and not for ever; an answer holds for as long as it
// says, and without one the target is empty.
import { alarm, type Draft, note } from './draft.ts';
import { type FollowUp, isLive, type Lookup, lookupOf } from './follow-up.ts';
import type { Answer, Input } from './input.ts';
import { earliest, type Instant, later } from './instant.ts';
import type { Stage, Target } from './policy/policy.ts';
import { resolversIn, targetsOf } from './policy/target.ts';

/** As many people as one answer may name. */
export const LOOKED_UP_MAX = 100;
/** An answer that has not come by then does not come: so many times as late as an outage begins. */
const GIVEN_UP_AFTER = 5;

/** Since when answers are awaited; null while none is. */
export const awaitedSince = ({ lookups }: FollowUp): Instant | null =>
  Object.values(lookups).reduce((first: Instant | null, { askedAt }) => earliest(first, askedAt), null);

/**
 * What held as the first of what is awaited was asked holds until the last of it has come: two that answer one after the
 * other would else be asked in turns for ever.
 */
const holds = (lookup: Lookup, { followUp, now }: Pick<Draft, 'followUp' | 'now'>): boolean =>
  lookup.askedAt === null && lookup.until !== null && lookup.until >= (awaitedSince(followUp) ?? now);
const isKnown = (draft: Pick<Draft, 'followUp' | 'now'>, resolver: string): boolean =>
  holds(lookupOf(draft.followUp, resolver), draft);
const setLookup = ({ followUp }: Draft, resolver: string, lookup: Lookup): void => {
  followUp.lookups = { ...followUp.lookups, [resolver]: lookup };
};

/** Asks for what these targets need and nobody has said; true while any of it is waited for. */
export function lookUpFirst(draft: Draft, targets: readonly Target[], stage: string | null): boolean {
  const unknown = resolversIn(targets).filter((name) => !isKnown(draft, name));
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
export const knowsAll = (draft: Draft, stage: Stage): boolean =>
  resolversIn(targetsOf(stage)).every((name) => isKnown(draft, name));

/** What was found out; an answer that nobody waits for changes nothing. */
export function lookedUp(draft: Draft, input: Extract<Input, { kind: 'lookedUp' }>): Answer {
  const { followUp, directory, now } = draft;
  const { resolver, until, detail } = input;
  if (!isLive(followUp.status) || lookupOf(followUp, resolver).askedAt === null)
    return { kind: 'done', changed: false };
  const to = [...new Set(input.to)].slice(0, LOOKED_UP_MAX);
  for (const [name, lookup] of Object.entries(followUp.lookups))
    if (holds(lookup, draft)) setLookup(draft, name, { ...lookup, until: latest(lookup.until, now) });
  setLookup(draft, resolver, { askedAt: null, until: latest(until, now), to });
  const unknown = to.filter((id) => !directory.recipients.has(id));
  note(draft, {
    kind: 'looked_up',
    reason: detail === null ? 'resolver_answered' : 'resolver_failed',
    data: { resolver, to, ...(unknown.length === 0 ? {} : { unknown }), ...(detail === null ? {} : { detail }) },
  });
  if (detail !== null) alarm(draft, 'resolver_failed', null, `Resolver "${resolver}" names nobody: ${detail}.`);
  return { kind: 'done', changed: true };
}

const latest = (until: Instant | null, now: Instant): Instant => Math.max(until ?? now, now) as Instant;

const givenUpAt = ({ outageMs }: Draft, askedAt: Instant): Instant => later(askedAt, GIVEN_UP_AFTER * outageMs);

/** What has been waited for long enough names nobody. */
export function giveUpLookups(draft: Draft): void {
  const { now } = draft;
  for (const [resolver, { askedAt }] of Object.entries(draft.followUp.lookups)) {
    if (askedAt === null || givenUpAt(draft, askedAt) > now) continue;
    lookedUp(draft, { kind: 'lookedUp', resolver, to: [], until: now, detail: 'it was asked and has not answered' });
  }
}

/** When what is waited for is given up, which the next tick does; null while nothing is. */
export function lookupsGivenUpAt(draft: Draft): Instant | null {
  const since = awaitedSince(draft.followUp);
  return since === null ? null : (Math.max(givenUpAt(draft, since), draft.now + 1) as Instant);
}
