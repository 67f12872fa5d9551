// The page behind an action link. GET and HEAD show and change nothing, whoever follows the link (scanners, unfurlers,
// prefetchers); the first form performs exactly the action of the link, by POST, without JavaScript, and once.
import {
  answeringOf,
  type Closer,
  type Content,
  closes,
  DAY_MS,
  ERRORS,
  type FollowUp,
  HOUR_MS,
  hasAnswered,
  type Instant,
  isLive,
  later,
  RESOLVABLE_BY,
  type Reading,
  type Recipient,
  readingOf,
} from '@relance/core';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { CommandOutcome } from '../../engine/ports.ts';
import { hashToken, linksFor, TOKEN, tokenFor } from '../../responses/action-link.ts';
import { actionPage, gonePage, type PageFacts } from '../../responses/action-view.ts';
import { answerOf, fieldsOf, wordsOf } from '../../responses/answer-form.ts';
import type { Became } from '../../responses/answer-words.ts';
import { sendPage } from '../../responses/html.ts';
import { pageLanguage, pageLocale, refusedIn } from '../../responses/page-language.ts';
import type { Tx } from '../../store/database.ts';
import { ENGINE } from '../../store/database.ts';
import { type ActionToken, findActionToken } from '../../store/sql/action-token.ts';
import { zoneOfPolicy } from '../../store/sql/calendar.ts';
import { readRecipients } from '../../store/sql/directory.ts';
import { getFollowUp } from '../../store/sql/follow-up-list.ts';
import { getGroup } from '../../store/sql/group.ts';
import { getMessage } from '../../store/sql/message-list.ts';
import { readPolicyVersions } from '../../store/sql/policy-version.ts';
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
  /** As it stands in the address, and the secret it was made with; null where that one is not known any more. */
  readonly text: string;
  readonly madeWith: string | null;
  readonly people: ReadonlyMap<string, Recipient>;
  readonly channel: string | null;
  /** What the message offers its reader; null where that is not kept. */
  readonly offered: readonly string[] | null;
  readonly reading: Reading;
  readonly policy: ReturnType<typeof answeringOf>;
  readonly teamName: string | null;
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
    return {
      token,
      text,
      madeWith: madeWith(ports, token, text),
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
    };
  });
}

/** A link outlives the secret of its time; the links beside it can be made of that one alone. */
const madeWith = ({ secret, secretsAccepted }: HttpPorts, token: Found['token'], text: string): string | null =>
  [secret, ...secretsAccepted].find((one) => tokenFor(one, token.tenant, token.message_id, token.action) === text) ??
  null;

async function show(ports: HttpPorts, request: FastifyRequest<ByToken>, reply: FastifyReply): Promise<FastifyReply> {
  const found = await find(ports, request.params.token);
  if (found === null) return sendPage(reply, gonePage('unknown'), 404);
  if (found.token.expired) return sendPage(reply, gonePage('expired', pageLanguage(found.reading.locale)), 410);
  return sendPage(reply, actionPage(factsOf(found, await ports.clock.now(), null)));
}

async function act(ports: HttpPorts, request: FastifyRequest<ByToken>, reply: FastifyReply): Promise<FastifyReply> {
  const found = await find(ports, request.params.token);
  if (found === null) return sendPage(reply, gonePage('unknown'), 404);
  if (found.token.expired) return sendPage(reply, gonePage('expired', pageLanguage(found.reading.locale)), 410);
  const now = await ports.clock.now();
  const name = found.token.action;
  const form = (request.body ?? {}) as Readonly<Record<string, unknown>>;
  const comment = typeof form.comment === 'string' && form.comment.trim() !== '' ? cut(form.comment.trim()) : null;
  const until = snoozeUntil(form.for, now);
  if (name === 'snooze' && until === null) {
    const noTime = { kind: 'no_time', choice: String(form.for).slice(0, CHOICE_SHOWN_MAX) } as const;
    return sendPage(reply, actionPage(factsOf(found, now, noTime)), 400);
  }
  const command =
    name === 'snooze' && until !== null
      ? ({ kind: 'snooze', until } as const)
      : name === 'resolve'
        ? ({ kind: 'resolve', outcome: null } as const)
        : name === 'acknowledge'
          ? ({ kind: 'acknowledge' } as const)
          : ({ kind: 'answer', action: name, answer: given(found, form) } as const);
  const outcome = await ports.commands.run(
    found.token.tenant,
    { kind: 'id', id: found.followUp.id },
    {
      command,
      actor: { kind: 'recipient', id: found.token.recipient },
      evidence: 'proven',
      channel: found.channel,
      comment,
      message: found.token.message_id,
    },
  );
  const after = 'followUp' in outcome ? outcome.followUp : found.followUp;
  const fresh = (await find(ports, request.params.token)) ?? found;
  const unfit =
    outcome.kind === 'refused' && outcome.refusal === 'answer_invalid'
      ? ({
          kind: 'unfit',
          detail: wordsOf(fieldsAsked(found) ?? [], outcome.errors ?? [], pageLanguage(found.reading.locale)),
          posted: form,
        } as const)
      : outcome;
  return sendPage(reply, actionPage(factsOf({ ...fresh, followUp: after }, now, unfit)), statusOf(outcome));
}

const fieldsAsked = ({ token, policy }: Found) =>
  fieldsOf(policy.actions.find(({ id }) => id === token.action)?.answer?.source ?? null);

/** What the form of the policy's own action says. */
function given(found: Found, form: Readonly<Record<string, unknown>>): unknown {
  const fields = fieldsAsked(found);
  return fields === null ? null : answerOf(fields, form);
}

const COMMENT_MAX = 4_000;
/** Half a character at the end could not be stored. */
function cut(text: string): string {
  const head = text.slice(0, COMMENT_MAX);
  return head.isWellFormed() ? head : head.slice(0, -1);
}

/** A time that the policy does not allow is the sender's mistake; other refusals are the follow-up's state. */
function statusOf(outcome: CommandOutcome): number {
  if (outcome.kind === 'closed') return 409;
  if (outcome.kind === 'unreadable') return ERRORS.policy_unreadable.status;
  if (outcome.kind !== 'refused') return 200;
  return outcome.refusal === 'snooze_too_long' || outcome.refusal === 'time_in_past' ? 400 : 422;
}

/** `4h` or `3d`; the page offers some, and the policy's `snooze.max` bounds them all. A day when nothing is chosen. */
const CHOICE = /^(\d{1,4})(h|d)$/;
const CHOICE_SHOWN_MAX = 40;
function snoozeUntil(choice: unknown, now: Instant): Instant | null {
  if (choice === undefined || choice === '') return later(now, DAY_MS);
  const [, count, unit] = CHOICE.exec(String(choice)) ?? [];
  return count === undefined ? null : later(now, Number(count) * (unit === 'h' ? HOUR_MS : DAY_MS));
}

type NoTime = Extract<PageFacts['outcome'], { kind: 'no_time' }>;

type Unfit = Extract<PageFacts['outcome'], { kind: 'unfit' }>;

/** What came of a "done" or an answer; null for what only pauses. */
function becameOf({ token, policy }: Found, followUp: FollowUp): Became | null {
  const action = policy.actions.find(({ id }) => id === token.action);
  if (token.action !== 'resolve' && action === undefined) return null;
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
function seenOf(outcome: CommandOutcome | NoTime | Unfit, found: Found): PageFacts['outcome'] {
  switch (outcome.kind) {
    case 'no_time':
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
      return { kind: 'done', changed: outcome.changed, became: becameOf(found, found.followUp) };
    case 'closed':
    case 'ambiguous':
    case 'missing':
      return { kind: 'closed' };
  }
}

function factsOf(found: Found, now: Instant, outcome: CommandOutcome | NoTime | Unfit | null): PageFacts {
  const { token, followUp, people, reading, offered, text, madeWith: secret } = found;
  const links = linksFor(reading.locale, found.policy.actions);
  const closing = links.some(({ does }) => does === 'resolves' || does === 'rejects');
  const nameOf = (id: string | null): string | null => (id === null ? null : (people.get(id)?.name ?? id));
  return {
    language: pageLanguage(reading.locale),
    reading,
    action: token.action,
    links: links
      // What ends it in the policy's own words stands in the place of a plain "done"; whoever is not asked has no more here
      // than in their message.
      .filter(({ name }) => {
        if (name === token.action) return true;
        return (name !== 'resolve' || !closing) && (offered === null || offered.includes(name));
      })
      .map(({ name, label }) => ({
        name,
        label,
        fields: fieldsOf(found.policy.actions.find(({ id }) => id === name)?.answer?.source ?? null),
        // Beside this page, wherever a proxy has put it.
        path:
          name === token.action
            ? text
            : secret === null
              ? null
              : tokenFor(secret, token.tenant, token.message_id, name),
      }))
      .filter((link): link is typeof link & { path: string } => link.path !== null),
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
    closedBy: nameOf(followUp.closedBy),
    closedAt: followUp.closedAt,
    acknowledgedBy: nameOf(followUp.acknowledgedBy),
    acknowledgedAt: followUp.acknowledgedAt,
    isTheirs:
      followUp.status === 'acknowledged' &&
      followUp.snoozedUntil === null &&
      followUp.acknowledgedBy === token.recipient,
    outcome: outcome === null ? null : seenOf(outcome, found),
    confirms: confirmsOf(found, (id) => people.get(id)?.name ?? id),
    now,
  };
}
