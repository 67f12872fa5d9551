// The page of one follow-up for its requester and watchers, who wait for it and have nothing to do about it: looking is all it does.
// What it says is responses/status-view.ts; whoever is neither any more finds no page.
import { askedOf, compilePolicy, type FollowUp, followsAlong, isLive, type StageRole } from '@relance/core';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { unknownPage } from '../../responses/gone-view.ts';
import { sendPage } from '../../responses/html.ts';
import { pageLanguage } from '../../responses/page-language.ts';
import { publicName, type StatusFacts, statusPage } from '../../responses/status-view.ts';
import { hashToken, TOKEN } from '../../responses/token.ts';
import { ENGINE, type Tx } from '../../store/database.ts';
import { getFollowUp } from '../../store/sql/follow-up-list.ts';
import { findPageToken } from '../../store/sql/page-token.ts';
import { readPolicyVersions } from '../../store/sql/policy-version.ts';
import { type Acting, gatherActing } from '../acting.ts';
import { offerFresh } from '../fresh-link.ts';
import type { HttpPorts } from '../ports.ts';

type ByToken = { Params: { token: string } };

export function statusRoutes(app: FastifyInstance, ports: HttpPorts): void {
  app.get<ByToken>('/s/:token', (request, reply) => answer(ports, request, reply));
  // Of an old link its own form asks for a fresh one; the page itself takes nothing.
  app.post<ByToken>('/s/:token', (request, reply) => answer(ports, request, reply));
}

interface Found {
  readonly acting: Acting;
  readonly tenantName: string | null;
  readonly expired: boolean;
  readonly nextRole: StageRole | null;
}

async function find({ database }: HttpPorts, path: string): Promise<Found | null> {
  if (!TOKEN.test(path)) return null;
  return database.transaction(ENGINE, async (tx: Tx) => {
    const token = await findPageToken(tx, hashToken(path), 'status');
    if (token === null) return null;
    const { tenant, recipient, about, expired } = token;
    const followUp = await getFollowUp(tx, tenant, about);
    if (followUp === null || !followsAlong(followUp, recipient)) return null;
    const standing = { path, action: null, offered: [], message: null, channel: null, ofSeveral: false };
    const gathered = await gatherActing(tx, { tenant, recipient }, [followUp], standing, askedOf(followUp));
    const [acting] = gathered.acting;
    if (acting === undefined || gathered.person === null) return null;
    const nextRole = expired ? null : await roleOf(tx, followUp);
    return { acting, tenantName: gathered.tenantName, expired, nextRole };
  });
}

/** Null too where this release cannot read the version. */
async function roleOf(tx: Tx, { tenant, policy: id, version, nextStage }: FollowUp): Promise<StageRole | null> {
  if (nextStage === null) return null;
  const [published] = await readPolicyVersions(tx, [{ tenant, id, version }]);
  const compiled = compilePolicy(published?.written, version);
  return compiled.ok ? (compiled.policy.stages.find((stage) => stage.id === nextStage)?.role ?? null) : null;
}

async function answer(ports: HttpPorts, request: FastifyRequest<ByToken>, reply: FastifyReply): Promise<FastifyReply> {
  const found = await find(ports, request.params.token);
  if (found === null) return sendPage(reply, unknownPage(), 404);
  const { acting, expired } = found;
  const { tenant, recipient, followUp } = acting;
  if (!expired) return sendPage(reply, statusPage(await factsOf(ports, found)));
  const language = pageLanguage(acting.reading.locale);
  return offerFresh(ports, request, reply, language, {
    tenant,
    recipient,
    to: { page: 'status', followUp: followUp.id },
  });
}

async function factsOf(ports: HttpPorts, { acting, tenantName, nextRole }: Found): Promise<StatusFacts> {
  const { followUp, people, reading } = acting;
  const language = pageLanguage(reading.locale);
  const nameOf = (id: string): string => publicName(language, people.get(id)?.name ?? id);
  const { acknowledgedBy, closedBy, nextAt } = followUp;
  const isHeld = followUp.status === 'acknowledged' && acknowledgedBy !== null;
  return {
    language,
    reading,
    title: followUp.subject.title,
    url: followUp.subject.url,
    tenant: tenantName,
    status: followUp.status,
    outcome: followUp.outcome,
    asked: askedOf(followUp).map(nameOf),
    holder: isHeld ? nameOf(acknowledgedBy) : null,
    pause: followUp.pause,
    openedAt: followUp.openedAt,
    acknowledgedAt: followUp.acknowledgedAt,
    dueAt: followUp.dueAt,
    dueDay: followUp.dueDay,
    // After a pause what stood before is taken up again, whatever stage that is.
    next:
      nextAt === null || !isLive(followUp.status)
        ? null
        : { at: nextAt, role: followUp.pause === null ? nextRole : null },
    closedAt: followUp.closedAt,
    closedBy: closedBy === null ? null : nameOf(closedBy),
    now: await ports.clock.now(),
  };
}
