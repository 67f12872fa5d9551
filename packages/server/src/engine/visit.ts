// Visits of what is tracked of messages, recorded where the tenant and the recipient still allow it: kept as they came, judged
// all together (core/visit.ts), and told in the timeline once, when the first of a kind looks like a person's. It is news about
// a message and nothing more: no visit answers, pauses or ends anything. However often somebody comes, little is written.
import {
  type Engagement,
  gradeVisits,
  type Instant,
  isHuman,
  slotOfId,
  surestOf,
  type TimelineEntry,
  VISIT_REASONS,
  type Visit,
  withEngagement,
} from '@relance/core';
import { ENGINE, type Tx } from '../store/database.ts';
import { readRecipients } from '../store/sql/directory.ts';
import { lockFollowUps } from '../store/sql/follow-up.ts';
import { lockMessages, type ToldMessage, toldOpens, updateMessages } from '../store/sql/receipt.ts';
import { NO_SETTINGS, type Tracking, tenantSettings } from '../store/sql/tenant.ts';
import { insertVisit, sentAtOf, visitsOf } from '../store/sql/visit.ts';
import type { Engine } from './engine.ts';
import { applyNews, noNews } from './plan-news.ts';
import { policyRefOf } from './policy-book.ts';
import type { Tracked, Visits } from './ports.ts';

/** Of a kind and an evidence so many are kept and counted: whoever comes once more adds nothing to it. */
const EACH_MAX = 20;
const AGENT_MAX = 300;

export function createVisits(engine: Engine): Visits {
  return {
    async visit(tracked, { agent, manner }): Promise<void> {
      const kind = tracked.link === null ? 'opened' : 'clicked';
      const now = await engine.clock.now();
      const visit: Visit = { kind, at: now, link: tracked.link, agent: agentOf(agent), manner };
      await engine.database.transaction(ENGINE, async (tx) => {
        if (!(await isAllowed(tx, tracked, kind))) return;
        if (await isRoomFor(tx, tracked, visit)) await record(engine, tx, tracked, visit, now);
      });
    },
    async answered(message, agent): Promise<void> {
      const now = await engine.clock.now();
      const visit: Visit = { kind: 'acted', at: now, link: null, agent: agentOf(agent), manner: 'plain' };
      await engine.database.transaction(ENGINE, async (tx) => {
        // What nobody has visited has nothing to be proven; nor has what is of a kind that is no longer to be looked at.
        const seen = new Set((await visitsOf(tx, message.messageId)).map((one) => one.kind));
        const isProvable = async (kind: 'opened' | 'clicked') => seen.has(kind) && (await isAllowed(tx, message, kind));
        if (!(await isProvable('opened')) && !(await isProvable('clicked'))) return;
        if (await isRoomFor(tx, message, visit)) await record(engine, tx, message, visit, now);
      });
    },
  };
}

const agentOf = (agent: string | undefined): string =>
  (agent ?? '').replaceAll('\u0000', ' ').slice(0, AGENT_MAX).toWellFormed();

/** Whoever has said no since it was sent has nothing recorded. */
async function isAllowed(tx: Tx, { tenant, recipient: id }: Visited, kind: 'opened' | 'clicked'): Promise<boolean> {
  const settings = (await tenantSettings(tx, [tenant])).get(tenant) ?? NO_SETTINGS;
  if (!settings.tracking[SETTING[kind]]) return false;
  const [known] = await readRecipients(tx, [{ tenant, id }]);
  return known?.recipient.preferences.tracking === true;
}
const SETTING: Readonly<Record<'opened' | 'clicked', keyof Tracking>> = { opened: 'opens', clicked: 'clicks' };

/** Looked at before anything is locked, so that a flood waits for nobody and holds nobody up. */
async function isRoomFor(tx: Tx, { messageId }: Visited, visit: Visit): Promise<boolean> {
  const [before, sentAt] = await Promise.all([visitsOf(tx, messageId), sentAtOf(tx, messageId)]);
  return isNews(before, visit, sentAt);
}

/** Whether there is room for one more like it. */
function isNews(before: readonly Visit[], visit: Visit, sentAt: Instant | null): boolean {
  const all = [...before, visit];
  const grades = gradeVisits(all, sentAt);
  const own = grades.at(-1)?.evidence;
  return before.filter(({ kind }, index) => kind === visit.kind && grades[index]?.evidence === own).length < EACH_MAX;
}

type Visited = Pick<Tracked, 'tenant' | 'messageId' | 'followUpId' | 'recipient'>;

async function record(engine: Engine, tx: Tx, visited: Visited, visit: Visit, now: Instant): Promise<void> {
  const { tenant, messageId, followUpId, recipient } = visited;
  const slot = slotOfId(followUpId);
  const followUps = await lockFollowUps(tx, slot, [followUpId]);
  const [followUp] = followUps;
  if (followUp === undefined) return;
  const [message] = await lockMessages(tx, slot, [messageId]);
  const before = await visitsOf(tx, messageId);
  const sentAt = message?.sent_at ?? null;
  if (!isNews(before, visit, sentAt)) return;
  await insertVisit(tx, { tenant, messageId, recipient, n: before.length }, visit);
  // Sooner than its hand-over is on record: what comes of it is said at the next visit.
  if (message === undefined) return;
  const engagement = engagementOf(message, [...before, visit], await toldOpens(tx, slot, messageId), now);
  await updateMessages(tx, slot, [{ id: messageId, status: message.status, engagement }]);
  const lines = linesOf(message, engagement, [...before, visit], now);
  if (lines.length === 0) return;
  await engine.policies.load(tx, [policyRefOf(followUp)], now);
  const news = new Map([[followUp.id, { ...noNews(), lines }]]);
  engine.report(await applyNews(tx, slot, followUps, news, { policies: engine.policies, now }));
}

type Kind = Pick<Engagement, 'kind' | 'evidence'>;
const isSame = (one: Kind, other: Kind): boolean => one.kind === other.kind && one.evidence === other.evidence;
const VISITED: readonly string[] = ['opened', 'clicked'];

/** Judged anew over everything that is known; the rest stays as it is. */
function engagementOf(
  { engagement, sent_at: sentAt }: ToldMessage,
  visits: readonly Visit[],
  told: Awaited<ReturnType<typeof toldOpens>>,
  now: Instant,
): readonly Engagement[] {
  const grades = gradeVisits(visits, sentAt);
  const seen = visits.flatMap(({ kind, at }, index) => {
    const evidence = grades[index]?.evidence;
    return kind === 'acted' || evidence === undefined ? [] : [{ kind, evidence, at }];
  });
  const rest = engagement.filter(({ kind }) => !VISITED.includes(kind));
  // What providers have told without a time of its own came when it was first known.
  const knownAt = (one: (typeof told)[number]): Instant =>
    one.at > 0 ? one.at : (engagement.find((known) => isSame(known, one))?.at ?? now);
  return [...told.map((one) => ({ ...one, at: knownAt(one) })), ...seen].reduce<readonly Engagement[]>(
    (all, one) => withEngagement(all, one),
    rest,
  );
}

/** The first that looks like a person's; and where that was a machine after all, that it was. */
function linesOf(
  message: ToldMessage,
  engagement: readonly Engagement[],
  visits: readonly Visit[],
  now: Instant,
): TimelineEntry[] {
  const grades = gradeVisits(visits, message.sent_at);
  return (['opened', 'clicked'] as const).flatMap((kind): TimelineEntry[] => {
    const evidence = surestOf(engagement, kind);
    if (evidence === null || isHuman(evidence) === isHuman(surestOf(message.engagement, kind))) return [];
    const index = visits.findLastIndex((visit, at) => visit.kind === kind && grades[at]?.evidence === evidence);
    const why = grades[index]?.why;
    return [
      {
        at: now,
        kind: kind === 'opened' ? 'message_opened' : 'message_clicked',
        reason: 'receipt',
        stage: message.stage,
        recipient: message.recipient,
        channel: message.channel,
        message: message.id,
        evidence,
        ...(why === undefined ? {} : { data: { detail: VISIT_REASONS[why] } }),
      },
    ];
  });
}
