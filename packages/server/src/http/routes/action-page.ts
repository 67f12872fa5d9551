// The page behind an action link. GET and HEAD show and change nothing, whoever follows the link (scanners, unfurlers,
// prefetchers); the first form performs exactly the action of the link, by POST, without JavaScript, and once.
import {
  DAY_MS,
  type FollowUp,
  HOUR_MS,
  type Instant,
  isLive,
  later,
  type Reading,
  type Recipient,
  readingOf,
} from '@relance/core';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { CommandOutcome } from '../../engine/ports.ts';
import { ACTIONS, type ActionName, hashToken, labelsFor, TOKEN, tokenFor } from '../../responses/action-link.ts';
import { actionPage, gonePage, type PageFacts } from '../../responses/action-view.ts';
import { sendPage } from '../../responses/html.ts';
import type { Tx } from '../../store/database.ts';
import { ENGINE } from '../../store/database.ts';
import { type ActionToken, findActionToken } from '../../store/sql/action-token.ts';
import { zoneOfPolicy } from '../../store/sql/calendar.ts';
import { readRecipients } from '../../store/sql/directory.ts';
import { getFollowUp } from '../../store/sql/follow-up-list.ts';
import { getMessage } from '../../store/sql/message-list.ts';
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
  readonly people: ReadonlyMap<string, Recipient>;
  readonly channel: string | null;
  readonly reading: Reading;
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
    return {
      token,
      followUp,
      channel: message?.channel ?? null,
      people,
      reading: readingOf(people.get(token.recipient), policyZone, settings),
    };
  });
}

async function show(ports: HttpPorts, request: FastifyRequest<ByToken>, reply: FastifyReply): Promise<FastifyReply> {
  const found = await find(ports, request.params.token);
  if (found === null) return sendPage(reply, gonePage('unknown'), 404);
  if (found.token.expired) return sendPage(reply, gonePage('expired'), 410);
  return sendPage(reply, actionPage(factsOf(ports, found, await ports.clock.now(), null)));
}

async function act(ports: HttpPorts, request: FastifyRequest<ByToken>, reply: FastifyReply): Promise<FastifyReply> {
  const found = await find(ports, request.params.token);
  if (found === null) return sendPage(reply, gonePage('unknown'), 404);
  if (found.token.expired) return sendPage(reply, gonePage('expired'), 410);
  const now = await ports.clock.now();
  const name = found.token.action as ActionName;
  const form = (request.body ?? {}) as Readonly<Record<string, unknown>>;
  const comment = typeof form.comment === 'string' && form.comment.trim() !== '' ? cut(form.comment.trim()) : null;
  const until = snoozeUntil(form.for, now);
  if (name === 'snooze' && until === null) {
    const unreadable = { kind: 'unreadable', choice: String(form.for).slice(0, CHOICE_SHOWN_MAX) } as const;
    return sendPage(reply, actionPage(factsOf(ports, found, now, unreadable)), 400);
  }
  const command =
    name === 'snooze' && until !== null
      ? ({ kind: 'snooze', until } as const)
      : name === 'resolve'
        ? ({ kind: 'resolve', outcome: null } as const)
        : ({ kind: 'acknowledge' } as const);
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
  return sendPage(reply, actionPage(factsOf(ports, { ...fresh, followUp: after }, now, outcome)), statusOf(outcome));
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

type Unreadable = { readonly kind: 'unreadable'; readonly choice: string };

function factsOf(ports: HttpPorts, found: Found, now: Instant, outcome: CommandOutcome | Unreadable | null): PageFacts {
  const { token, followUp, people, reading } = found;
  const labels = labelsFor(reading.locale);
  const nameOf = (id: string | null): string | null => (id === null ? null : (people.get(id)?.name ?? id));
  return {
    language: reading.locale.toLowerCase().startsWith('fr') ? 'fr' : 'en',
    reading,
    action: token.action as ActionName,
    links: ACTIONS.map((name) => ({
      name,
      label: labels[name],
      // Beside this page, wherever a proxy has put it.
      path: tokenFor(ports.secret, token.tenant, token.message_id, name),
    })),
    person: nameOf(token.recipient) ?? token.recipient,
    live: isLive(followUp.status),
    status: followUp.status,
    title: followUp.subject.title,
    url: followUp.subject.url,
    requester: nameOf(followUp.requester),
    assignee: nameOf(followUp.assignee),
    dueAt: followUp.dueAt,
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
    outcome:
      outcome === null
        ? null
        : outcome.kind === 'unreadable'
          ? outcome
          : outcome.kind === 'refused'
            ? { kind: 'refused', detail: outcome.detail }
            : outcome.kind === 'done'
              ? { kind: 'done', changed: outcome.changed }
              : { kind: 'closed' },
    now,
  };
}
