// What a page tells about a follow-up that its reader may act on, from what acting.ts has gathered and what came of a press. Pure.
import { type Closer, closes, type FollowUp, hasAnswered, type Instant, isAssignee, isLive } from '@relance/core';
import type { PageFacts } from '../responses/act-view.ts';
import { actLabel } from '../responses/action-form.ts';
import { linksFor } from '../responses/action-link.ts';
import type { Became } from '../responses/answer-words.ts';
import { PAGE_ACTS, UNDO } from '../responses/page-act.ts';
import { pageLanguage, refusedIn } from '../responses/page-language.ts';
import { type Acting, fieldsAsked, type Pressed } from './acting.ts';

interface Offered {
  readonly name: string;
  readonly label: string;
  readonly closes: boolean;
}

/**
 * What ends it in the policy's own words stands in the place of a plain "done"; whoever is not asked has no more here than in
 * their message.
 */
function offeredOn({
  recipient,
  policy,
  reading,
  followUp,
  standing: { action, offered },
}: Acting): readonly Offered[] {
  const links = linksFor(reading.locale, policy.actions).map(({ name, label, does }) => ({
    name,
    label,
    closes: does === 'resolves' || does === 'rejects',
  }));
  const closing = links.some((one) => one.closes);
  const own = links.filter(({ name }) => {
    if (name === action) return true;
    return (name !== 'resolve' || !closing) && (offered === null || offered.includes(name));
  });
  const language = pageLanguage(reading.locale);
  // Theirs to promise and to give away only where it is theirs.
  const acts = isAssignee(followUp, recipient)
    ? PAGE_ACTS.map((name) => ({ name, label: actLabel(language, name), closes: false }))
    : [];
  return [...own, ...acts];
}

/**
 * What a form may ask for: what the page offers, taking back, and what it offered until somebody else was asked, which then changes
 * nothing (engine/pressed.ts). What it never offered is not turned into something else.
 */
export const mayAsk = (acting: Acting, name: string): boolean =>
  name === UNDO || PAGE_ACTS.some((one) => one === name) || offeredOn(acting).some((one) => one.name === name);

/** What came of a "done" or an answer; null for what only pauses. */
function becameOf({ recipient, policy }: Acting, name: string, followUp: FollowUp): Became | null {
  const action = policy.actions.find(({ id }) => id === name);
  if (name !== 'resolve' && action === undefined) return null;
  if (action !== undefined && !closes(action)) return 'recorded';
  if (!isLive(followUp.status)) return action === undefined ? null : 'closed';
  return hasAnswered(followUp, recipient) ? 'counted' : 'claimed';
}

/** Of those who may close it the first who is somebody else than the reader. */
function confirmsOf({ policy, followUp, recipient, teamName }: Acting, nameOf: (id: string) => string): string | null {
  const may = (closer: Closer, id: string | null): boolean =>
    id !== null && id !== recipient && policy.resolvableBy.includes(closer);
  const { requester, team, assignee } = followUp;
  const [escalated = null] = followUp.escalated;
  if (requester !== null && may('requester', requester)) return nameOf(requester);
  if (may('team', team)) return teamName;
  if (assignee !== null && may('assignee', assignee)) return nameOf(assignee);
  return escalated !== null && may('escalated', escalated) ? nameOf(escalated) : null;
}

/** What came of it, as the page tells it. */
function seenOf({ outcome, name }: Pressed, acting: Acting): PageFacts['outcome'] {
  switch (outcome.kind) {
    case 'no_time':
    case 'no_person':
    case 'unfit':
      return outcome;
    case 'unreadable':
      return { kind: 'away' };
    case 'refused':
      return {
        kind: 'refused',
        detail: refusedIn(pageLanguage(acting.reading.locale), outcome.refusal, outcome.detail),
      };
    case 'done':
      return { kind: 'done', changed: outcome.changed, became: becameOf(acting, name, acting.followUp) };
    case 'closed':
    case 'ambiguous':
    case 'missing':
      return { kind: 'closed' };
  }
}

export function factsOf(acting: Acting, now: Instant, pressed: Pressed | null): PageFacts {
  const { recipient, followUp, people, reading, standing } = acting;
  const nameOf = (id: string | null): string | null => (id === null ? null : (people.get(id)?.name ?? id));
  return {
    language: pageLanguage(reading.locale),
    reading,
    action: standing.action,
    asked: pressed?.name ?? standing.action,
    about: standing.ofSeveral ? followUp.id : null,
    path: standing.path,
    colleagues: acting.colleagues,
    outcomes: acting.policy.outcomes,
    links: offeredOn(acting).map((one) => ({ ...one, fields: fieldsAsked(acting, one.name) })),
    person: nameOf(recipient) ?? recipient,
    live: isLive(followUp.status),
    status: followUp.status,
    title: followUp.subject.title,
    url: followUp.subject.url,
    requester: nameOf(followUp.requester),
    assignee: nameOf(followUp.assignee),
    dueAt: followUp.dueAt,
    dueDay: followUp.dueDay,
    nextAt: followUp.nextAt,
    snoozedUntil: followUp.snoozedUntil,
    promisedFor: followUp.commitment?.dueAt ?? null,
    closedBy: nameOf(followUp.closedBy),
    closedAt: followUp.closedAt,
    acknowledgedBy: nameOf(followUp.acknowledgedBy),
    acknowledgedAt: followUp.acknowledgedAt,
    isTheirs:
      followUp.status === 'acknowledged' && followUp.snoozedUntil === null && followUp.acknowledgedBy === recipient,
    outcome: pressed === null ? null : seenOf(pressed, acting),
    confirms: confirmsOf(acting, (id) => people.get(id)?.name ?? id),
    urgency: followUp.urgency,
    paused: followUp.pause !== null,
    now,
  };
}
