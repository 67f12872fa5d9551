// The page behind an action link. GET and HEAD show and change nothing, whoever follows the link (scanners, unfurlers,
// prefetchers); the first form performs exactly the action of the link, by POST, without JavaScript, and once.
import {
  answeringOf,
  type Closer,
  type Content,
  closes,
  ERRORS,
  type FollowUp,
  hasAnswered,
  type Instant,
  isAssignee,
  isLive,
  RESOLVABLE_BY,
  type Reading,
  type Recipient,
  readingOf,
} from '@relance/core';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { CommandOutcome } from '../../engine/ports.ts';
import { actLabel, type Colleague } from '../../responses/action-form.ts';
import { linksFor } from '../../responses/action-link.ts';
import { actionPage, gonePage, type PageFacts } from '../../responses/action-view.ts';
import { answerOf, fieldsOf, wordsOf } from '../../responses/answer-form.ts';
import type { Became } from '../../responses/answer-words.ts';
import { sendPage } from '../../responses/html.ts';
import { type Asked, commandAsked, commentIn, type Form, namedIn, PAGE_ACTS, UNDO } from '../../responses/page-act.ts';
import { pageLanguage, pageLocale, refusedIn } from '../../responses/page-language.ts';
import { hashToken, TOKEN } from '../../responses/token.ts';
import type { Tx } from '../../store/database.ts';
import { ENGINE } from '../../store/database.ts';
import { type ActionToken, findActionToken } from '../../store/sql/action-token.ts';
import { zoneOfPolicy } from '../../store/sql/calendar.ts';
import { readRecipients } from '../../store/sql/directory.ts';
import { getFollowUp } from '../../store/sql/follow-up-list.ts';
import { getGroup, othersOf } from '../../store/sql/group.ts';
import { getMessage } from '../../store/sql/message-list.ts';
import { readPolicyVersions } from '../../store/sql/policy-version.ts';
import { knownRecipients, recipientAt } from '../../store/sql/recipient.ts';
import { NO_SETTINGS, tenantSettings } from '../../store/sql/tenant.ts';
import type { HttpPorts } from '../ports.ts';

type ByToken = { Params: { token: string } };

export function actionPageRoutes(app: FastifyInstance, ports: HttpPorts): void {
  app.get<ByToken>('/a/:token', (request, reply) => show(ports, request, reply));
  app.post<ByToken>('/a/:token', (request, reply) => act(ports, request, reply));
}

interface Found {
  readonly token: ActionToken;
  readonly followUp: FollowUp;
  /** As it stands in the address. */
  readonly text: string;
  readonly people: ReadonlyMap<string, Recipient>;
  readonly channel: string | null;
  /** What the message offers its reader; null where that is not kept. */
  readonly offered: readonly string[] | null;
  readonly reading: Reading;
  readonly policy: ReturnType<typeof answeringOf>;
  readonly teamName: string | null;
  readonly colleagues: readonly Colleague[];
}

async function find(ports: HttpPorts, text: string): Promise<Found | null> {
  if (!TOKEN.test(text)) return null;
  return ports.database.transaction(ENGINE, async (tx: Tx) => {
    const token = await findActionToken(tx, hashToken(text));
    if (token === null) return null;
    const followUp = await getFollowUp(tx, token.tenant, token.follow_up_id);
    if (followUp === null) return null;
    const ids = [
      token.recipient,
      followUp.assignee,
      followUp.requester,
      followUp.acknowledgedBy,
      followUp.closedBy,
      ...followUp.escalated.slice(0, 1),
    ].filter((id): id is string => id !== null);
    const { tenant } = token;
    const found = await readRecipients(
      tx,
      ids.map((id) => ({ tenant, id })),
    );
    const people = new Map(found.map(({ recipient }) => [recipient.id, recipient]));
    const settings = (await tenantSettings(tx, [tenant])).get(tenant) ?? NO_SETTINGS;
    const policyZone = await zoneOfPolicy(tx, { tenant, id: followUp.policy, version: followUp.version });
    const message = await getMessage(tx, tenant, token.message_id);
    const { team, policy: id, version } = followUp;
    const [published] = await readPolicyVersions(tx, [{ tenant, id, version }]);
    const policy = answeringOf(published?.written);
    const asksTeam = team !== null && policy.resolvableBy.length < RESOLVABLE_BY.length;
    const group = asksTeam ? await getGroup(tx, tenant, team) : null;
    // Whoever else is asked is not told who works there.
    const colleagues = team === null ? [] : await othersOf(tx, tenant, team, token.recipient, COLLEAGUES_MAX);
    return {
      token,
      text,
      followUp,
      channel: message?.channel ?? null,
      offered: (message?.content as Content | null | undefined)?.actions?.map(({ name }) => name) ?? null,
      people,
      reading: {
        ...readingOf(people.get(token.recipient), policyZone, settings),
        locale: pageLocale(people.get(token.recipient)?.locale ?? null, settings.locale),
      },
      policy,
      teamName: group?.name ?? team,
      colleagues: colleagues.map(({ id: one, name }) => ({ id: one, name: name ?? one })),
    };
  });
}

const COLLEAGUES_MAX = 50;

async function show(ports: HttpPorts, request: FastifyRequest<ByToken>, reply: FastifyReply): Promise<FastifyReply> {
  const found = await find(ports, request.params.token);
  if (found === null) return sendPage(reply, gonePage('unknown'), 404);
  if (found.token.expired) return sendPage(reply, gonePage('expired', pageLanguage(found.reading.locale)), 410);
  return sendPage(reply, actionPage(factsOf(found, await ports.clock.now(), found.token.action, null)));
}

async function act(ports: HttpPorts, request: FastifyRequest<ByToken>, reply: FastifyReply): Promise<FastifyReply> {
  const found = await find(ports, request.params.token);
  if (found === null) return sendPage(reply, gonePage('unknown'), 404);
  if (found.token.expired) return sendPage(reply, gonePage('expired', pageLanguage(found.reading.locale)), 410);
  const now = await ports.clock.now();
  const form = (request.body ?? {}) as Form;
  const name = typeof form.do === 'string' && mayAsk(found, form.do) ? form.do : found.token.action;
  const person = name === 'delegate' ? await personNamed(ports, found, form) : null;
  const asked = commandAsked(name, form, { now, zone: found.reading.zone, person, answer: given(found, name, form) });
  if (asked.kind !== 'command') return sendPage(reply, actionPage(factsOf(found, now, name, asked)), 400);
  const outcome = await ports.commands.run(
    found.token.tenant,
    { kind: 'id', id: found.followUp.id },
    {
      command: asked.command,
      actor: { kind: 'recipient', id: found.token.recipient },
      evidence: 'proven',
      channel: found.channel,
      comment: commentIn(form),
      message: found.token.message_id,
    },
  );
  const after = 'followUp' in outcome ? outcome.followUp : found.followUp;
  const fresh = (await find(ports, request.params.token)) ?? found;
  const unfit =
    outcome.kind === 'refused' && outcome.refusal === 'answer_invalid'
      ? ({
          kind: 'unfit',
          detail: wordsOf(fieldsAsked(found, name) ?? [], outcome.errors ?? [], pageLanguage(found.reading.locale)),
          posted: form,
        } as const)
      : outcome;
  return sendPage(reply, actionPage(factsOf({ ...fresh, followUp: after }, now, name, unfit)), statusOf(outcome));
}

/** What the message offers, what every page does, and taking back; a link for nothing of it is not turned into another. */
const mayAsk = (found: Found, name: string): boolean =>
  name === UNDO || offeredOn(found).some((one) => one.name === name);

/** Null where nobody is known under that id or address. */
async function personNamed(ports: HttpPorts, { token }: Found, form: Form): Promise<string | null> {
  const named = namedIn(form);
  if (named === null) return null;
  const { tenant } = token;
  return ports.database.transaction(ENGINE, async (tx) => {
    if ('email' in named) return recipientAt(tx, tenant, 'email', named.email);
    return (await knownRecipients(tx, tenant, [named.id])).has(named.id) ? named.id : null;
  });
}

const fieldsAsked = ({ policy }: Found, name: string) =>
  fieldsOf(policy.actions.find(({ id }) => id === name)?.answer?.source ?? null);

/** What the form of the policy's own action says. */
function given(found: Found, name: string, form: Form): unknown {
  const fields = fieldsAsked(found, name);
  return fields === null ? null : answerOf(fields, form);
}

/** A time that the policy does not allow is the sender's mistake; other refusals are the follow-up's state. */
function statusOf(outcome: CommandOutcome): number {
  if (outcome.kind === 'closed') return 409;
  if (outcome.kind === 'unreadable') return ERRORS.policy_unreadable.status;
  if (outcome.kind !== 'refused') return 200;
  return ['snooze_too_long', 'commit_too_long', 'time_in_past'].includes(outcome.refusal) ? 400 : 422;
}

type NotAsked = Exclude<Asked, { kind: 'command' }>;
type Unfit = Extract<PageFacts['outcome'], { kind: 'unfit' }>;

/** What came of a "done" or an answer; null for what only pauses. */
function becameOf({ token, policy }: Found, name: string, followUp: FollowUp): Became | null {
  const action = policy.actions.find(({ id }) => id === name);
  if (name !== 'resolve' && action === undefined) return null;
  if (action !== undefined && !closes(action)) return 'recorded';
  if (!isLive(followUp.status)) return action === undefined ? null : 'closed';
  return hasAnswered(followUp, token.recipient) ? 'counted' : 'claimed';
}

/** Of those who may close it the first who is somebody else than the reader. */
function confirmsOf({ policy, followUp, token, teamName }: Found, nameOf: (id: string) => string): string | null {
  const may = (closer: Closer, id: string | null): boolean =>
    id !== null && id !== token.recipient && policy.resolvableBy.includes(closer);
  const { requester, team, assignee } = followUp;
  const [escalated = null] = followUp.escalated;
  if (requester !== null && may('requester', requester)) return nameOf(requester);
  if (may('team', team)) return teamName;
  if (assignee !== null && may('assignee', assignee)) return nameOf(assignee);
  return escalated !== null && may('escalated', escalated) ? nameOf(escalated) : null;
}

/** What came of it, as the page tells it. */
function seenOf(outcome: CommandOutcome | NotAsked | Unfit, name: string, found: Found): PageFacts['outcome'] {
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
        detail: refusedIn(pageLanguage(found.reading.locale), outcome.refusal, outcome.detail),
      };
    case 'done':
      return { kind: 'done', changed: outcome.changed, became: becameOf(found, name, found.followUp) };
    case 'closed':
    case 'ambiguous':
    case 'missing':
      return { kind: 'closed' };
  }
}

/**
 * What ends it in the policy's own words stands in the place of a plain "done"; whoever is not asked has no more here than in
 * their message.
 */
function offeredOn({ token, policy, reading, offered, followUp }: Found): readonly { name: string; label: string }[] {
  const links = linksFor(reading.locale, policy.actions);
  const closing = links.some(({ does }) => does === 'resolves' || does === 'rejects');
  const own = links.filter(({ name }) => {
    if (name === token.action) return true;
    return (name !== 'resolve' || !closing) && (offered === null || offered.includes(name));
  });
  const language = pageLanguage(reading.locale);
  // Theirs to promise and to give away only where it is theirs.
  const acts = isAssignee(followUp, token.recipient)
    ? PAGE_ACTS.map((name) => ({ name, label: actLabel(language, name) }))
    : [];
  return [...own, ...acts];
}

function factsOf(
  found: Found,
  now: Instant,
  asked: string,
  outcome: CommandOutcome | NotAsked | Unfit | null,
): PageFacts {
  const { token, followUp, people, reading, text } = found;
  const nameOf = (id: string | null): string | null => (id === null ? null : (people.get(id)?.name ?? id));
  return {
    language: pageLanguage(reading.locale),
    reading,
    action: token.action,
    asked,
    // Beside this page, wherever a proxy has put it.
    path: text,
    colleagues: found.colleagues,
    outcomes: found.policy.outcomes,
    links: offeredOn(found).map(({ name, label }) => ({ name, label, fields: fieldsAsked(found, name) })),
    person: nameOf(token.recipient) ?? token.recipient,
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
      followUp.status === 'acknowledged' &&
      followUp.snoozedUntil === null &&
      followUp.acknowledgedBy === token.recipient,
    outcome: outcome === null ? null : seenOf(outcome, asked, found),
    confirms: confirmsOf(found, (id) => people.get(id)?.name ?? id),
    now,
  };
}
