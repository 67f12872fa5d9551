// What became of hand-overs, recorded in sets: messages finished or put back, contact plans moved on, stages told.
// Called by deliver.ts with providers' answers and by sweep.ts with leases that ran out.
//
//   sending ──accepted──▶ accepted      ──retry──▶ queued again, later      ──rejected──▶ failed
//           ──uncertain──▶ uncertain, or queued again where the policy or the provider's memory allows it
import {
  type Content,
  type FollowUp,
  fromRfc3339,
  HOUR_KINDS,
  hourKindAt,
  type Instant,
  isAside,
  isLive,
  later,
  type Outcome,
  SECOND_MS,
  type Shown,
  showsOtherwise,
  type TimelineEntry,
  webAddress,
} from '@relance/core';
import type { Database, Tx } from '../store/database.ts';
import { ENGINE } from '../store/database.ts';
import type { Left } from '../store/sql/clear-up.ts';
import { removeDevices } from '../store/sql/device.ts';
import { lockFree } from '../store/sql/follow-up.ts';
import { type AttemptRow, type SettledRow, settledOf } from '../store/sql/message.ts';
import { lockPlansOf, type OutboxRow, type Sent, urgencyAt, type WrittenBy } from '../store/sql/outbox.ts';
import type { Slots } from '../store/sql/slot.ts';
import { type Carrier, type HandOverOutcome, judgeOutcome, type Verdict } from './judge.ts';
import {
  applyNews,
  type News,
  noNews,
  notificationOf,
  type OfGeneration,
  ofGeneration,
  policyOf,
  type Standing,
  settle,
  standingOf,
} from './plan-news.ts';
import { type PolicyBook, policyRefOf } from './policy-book.ts';
import type { StepResult } from './work.ts';

export const NO_WORDS: WrittenBy = { template: null, version: null, locale: null };

/** Of one of which no more is known than the connection that had it last. */
export const sentByOf = (connection: { readonly provider: string } | undefined): Sent | null =>
  connection === undefined ? null : { ...NO_WORDS, provider: connection.provider };

/** One answer of one provider about one hand-over. */
export interface HandOver {
  readonly id: string;
  readonly followUpId: string;
  readonly slot: number;
  /** The fence the message passed the gate with: an answer of an older holder is not counted. */
  readonly fence: number;
  readonly connection: string;
  readonly honoursIds: boolean;
  /** Another connection of this channel may be asked at once. */
  readonly elsewhere?: boolean;
  /** What it was last handed to before; null: nothing. */
  readonly before?: string | null;
  /** What its words say of the follow-up, where they can be rewritten; null where they cannot. */
  readonly shown: Shown | null;
  /** Lost, and it may stand in that message, which could be rewritten. */
  readonly lostIn?: string;
  readonly outcome: HandOverOutcome;
  readonly content: Content | null;
  /** Whether it had the picture (1) and links (2) that tell what is done with it; absent where nobody can tell. */
  readonly watched?: number;
  /** By which provider it was handed over, and whose words it had. */
  readonly sentBy?: Sent | null;
  /** The zone of whoever got it; absent where it interrupted nobody by itself. */
  readonly zone?: string;
  /** So many others went in it. */
  readonly carries?: number;
  /** It went in that one. */
  readonly carriedBy?: Carrier;
}

export interface OutcomeContext {
  readonly database: Database;
  readonly policies: PolicyBook;
  readonly now: Instant;
}

type Judging = Omit<OutcomeContext, 'database'>;

export interface Recorded {
  readonly result: StepResult;
  /** Those of follow-ups that somebody else holds at this moment: not recorded yet, for whoever calls to try again. */
  readonly held: readonly HandOver[];
}

/** Records answers in one transaction. It waits for nobody, so that nobody has to wait for one who is held. */
export async function recordOutcomes(
  given: readonly HandOver[],
  slots: Slots,
  context: OutcomeContext,
): Promise<Recorded> {
  return context.database.transaction(ENGINE, (tx) => recordInside(tx, given, slots, context));
}

/** The same in a transaction that has more to do. */
export async function recordInside(
  tx: Tx,
  given: readonly HandOver[],
  slots: Slots,
  context: Judging,
): Promise<Recorded> {
  const followUps = await lockFree(tx, slots, [...new Set(given.map((one) => one.followUpId))]);
  const free = new Set(followUps.map(({ id }) => id));
  const handOvers = given.filter(({ followUpId }) => free.has(followUpId));
  const held = given.filter(({ followUpId }) => !free.has(followUpId));
  await context.policies.load(tx, followUps.map(policyRefOf), context.now);
  const outbox = await lockPlansOf(tx, slots, handOvers);
  const settled = await settledOf(tx, outbox);
  const [planned, finished, told] = [
    Map.groupBy(outbox, ofFollowUp),
    Map.groupBy(settled, ofFollowUp),
    Map.groupBy(handOvers, ({ followUpId }) => followUpId),
  ];
  const news = new Map(
    followUps.map((followUp): [string, News] => {
      const about = {
        planned: planned.get(followUp.id) ?? [],
        finished: finished.get(followUp.id) ?? [],
        handOvers: told.get(followUp.id) ?? [],
      };
      return [followUp.id, judge(followUp, about, context)];
    }),
  );
  await removeDevices(tx, goneOf(handOvers, outbox));
  const result = await applyNews(tx, slots, followUps, news, context);
  return { result, held };
}

/** Devices that their push service no longer knows: true whoever was answered, so whatever the fence. */
const goneOf = (handOvers: readonly HandOver[], outbox: readonly OutboxRow[]) =>
  handOvers.flatMap(({ id, outcome }) => {
    const gone = isAttempt(outcome) ? (outcome.gone ?? []) : [];
    const row = gone.length === 0 ? undefined : outbox.find((one) => one.id === id);
    return row === undefined ? [] : gone.map((address) => ({ ...ownerOf(row), address }));
  });
const ownerOf = ({ tenant, recipient }: OutboxRow) => ({ tenant, recipient });

const ofFollowUp = ({ follow_up_id: id }: { readonly follow_up_id: string }): string => id;

/** What is known of one follow-up's messages, and what has been said of them. */
interface About {
  readonly planned: readonly OutboxRow[];
  readonly finished: readonly SettledRow[];
  readonly handOvers: readonly HandOver[];
}

/** All news of one follow-up, in memory. */
function judge(followUp: FollowUp, about: About, context: Judging): News {
  const { handOvers } = about;
  const news = noNews();
  const own = about.planned.map((row) => ofGeneration(followUp, row));
  const finished = about.finished.map((row) => ofGeneration(followUp, row));
  const standings = new Map(own.map((row): [string, Standing] => [row.id, standingOf(row)]));
  const touched = new Set<string>();
  for (const handOver of handOvers) {
    const row = own.find((one) => one.id === handOver.id);
    if (row === undefined || row.fence !== handOver.fence || (row.status !== 'sending' && row.status !== 'leased'))
      continue;
    standings.set(row.id, take(followUp, row, handOver, own, news, context));
    // What becomes of a message that no stage sends moves no plan and raises no alarm.
    if (!isAside(row.stage)) touched.add(notificationOf(row));
  }
  for (const notification of touched)
    settle(own, finished, standings, notification, news, {
      now: context.now,
      policy: policyOf(followUp, context),
      generation: followUp.generation,
    });
  return news;
}

/** What the line of a message that is over tells beside its reason. */
function told(
  { detail, captured, carrier }: Extract<Verdict, { kind: 'finish' }>,
  { attempts }: OutboxRow,
  { carries = 0 }: HandOver,
): Required<TimelineEntry>['data'] | null {
  if (detail !== null) return { detail, attempts };
  const data = {
    ...(captured ? { captured: true } : {}),
    ...(carrier === undefined ? {} : { carrier }),
    ...(carries === 0 ? {} : { carries }),
  };
  return Object.keys(data).length === 0 ? null : data;
}

/** Carries one verdict into the news; answers with how the message stands now. */
function take(
  followUp: FollowUp,
  row: OfGeneration<OutboxRow>,
  handOver: HandOver,
  own: readonly OfGeneration<OutboxRow>[],
  news: News,
  context: Judging,
): Standing {
  const { now } = context;
  const line = { at: now, stage: row.stage, recipient: row.recipient, channel: row.channel, message: row.id };
  if (isAttempt(handOver.outcome)) news.attempts.push(attemptOf(row, handOver, handOver.outcome, now));
  const policy = policyOf(followUp, context);
  const otherChannelLeft = own.some(
    (other) => other.id !== row.id && notificationOf(other) === notificationOf(row) && other.entry > row.entry,
  );
  const verdict = judgeOutcome(handOver.outcome, row, {
    policy,
    honoursIds: handOver.honoursIds,
    otherChannelLeft,
    elsewhere: handOver.elsewhere ?? false,
    carriedBy: handOver.carriedBy,
  });
  leaveLost(followUp, row, handOver, news, now);
  if (verdict.kind === 'held') {
    const { sendAt, heldBy, together } = verdict;
    // One that has been handed over alone goes alone, whatever else waits by now.
    const word = together === null || (row.attempts > 0 && row.together === null) ? {} : { together };
    news.requeued.push({ id: row.id, status: 'deferred', sendAt, heldBy, reason: null, ...word });
    news.lines.push({ ...line, kind: 'message_deferred', reason: heldBy, data: { until: sendAt } });
    return { status: 'deferred', held: true };
  }
  if (verdict.kind === 'rests') {
    const { until, cause } = verdict;
    const rest = { heldBy: null, reason: null, tried: row.tried, restsFor: cause };
    news.requeued.push({ id: row.id, status: 'deferred', sendAt: until, ...rest });
    if (row.rests_for !== cause) news.lines.push({ ...line, kind: 'message_deferred', reason: cause, data: { until } });
    return { status: 'deferred', held: false };
  }
  if (verdict.kind === 'not_started') {
    const { tried, send_at: sendAt } = row;
    const restsFor = row.rests_for === null ? {} : { restsFor: row.rests_for };
    const notStarted = { connection: handOver.before ?? null };
    news.requeued.push({
      id: row.id,
      status: 'queued',
      sendAt: sendAt ?? now,
      heldBy: null,
      reason: null,
      tried,
      ...restsFor,
      notStarted,
    });
    return { status: 'queued', held: false };
  }
  if (verdict.kind === 'again') {
    const sendAt = againAt(handOver, later(now, verdict.afterMs));
    const data = { detail: verdict.detail, attempt: row.attempts, nextAt: sendAt };
    const tried = verdict.elsewhere ? [...row.tried, handOver.connection] : [];
    const alone = verdict.alone ?? false;
    news.requeued.push({ id: row.id, status: 'deferred', sendAt, heldBy: null, reason: null, tried, alone });
    news.lines.push({ ...line, kind: 'message_retried', reason: verdict.reason, data });
    return { status: 'deferred', held: false };
  }
  if (verdict.status === 'accepted' || verdict.status === 'merged') leave(followUp, row, handOver, news, now);
  const data = told(verdict, row, handOver);
  news.lines.push({ ...line, kind: verdict.line, reason: verdict.reason, ...(data === null ? {} : { data }) });
  news.finished.push({
    id: row.id,
    status: verdict.status,
    reason: verdict.reason,
    sentAt: LEFT.has(verdict.status) ? now : null,
    providerId: handOver.outcome.kind === 'accepted' ? handOver.outcome.providerId : null,
    content: handOver.content,
    carrier: verdict.carrier ?? null,
    watched: handOver.watched ?? null,
    sentBy: handOver.sentBy ?? null,
    hours: LEFT.has(verdict.status) ? hoursOf(handOver, now) : null,
  });
  return { status: verdict.status, held: false };
}

const hoursOf = ({ zone }: HandOver, now: Instant): number | null =>
  zone === undefined ? null : HOUR_KINDS.indexOf(hourKindAt(now, zone));

/** What went together is written slot by slot, and yet due at one moment: the next full second. */
const againAt = ({ carriedBy, carries = 0 }: HandOver, at: Instant): Instant =>
  carriedBy === undefined && carries === 0 ? at : ((Math.ceil(at / SECOND_MS) * SECOND_MS) as Instant);

/** What stands somewhere from now on: in the inbox, or where it can be rewritten when the follow-up shows otherwise. */
function leave(followUp: FollowUp, row: OutboxRow, handOver: HandOver, news: News, now: Instant): void {
  const { shown, outcome } = handOver;
  if (row.channel === 'inbox' && outcome.kind === 'accepted') {
    const late = !isLive(followUp.status) && row.called_off !== null;
    news.inbox.push({ ...inboxRow(followUp, row, handOver, now), late, alone: isAside(row.stage) });
  }
  if (shown === null || isAside(row.stage)) return;
  // Under way while it changed: it says already what is no longer so.
  const changed = showsOtherwise(shown, followUp);
  if (outcome.kind === 'merged') noteIn(followUp, row, news, { carrier: outcome.carrier, dueAt: changed ? now : null });
  if (outcome.kind !== 'accepted' || outcome.providerId === null) return;
  // One that carries others is looked at once: they are recorded in slots of their own, and one may have changed before it stood.
  const carries = (handOver.carries ?? 0) > 0;
  noteIn(followUp, row, news, { carrier: carries ? row.id : null, dueAt: carries || changed ? now : null });
}

/** Its node stopped before it heard whether the message arrived that it went in: where that stands, it shows this one too. */
function leaveLost(followUp: FollowUp, row: OutboxRow, { lostIn }: HandOver, news: News, now: Instant): void {
  if (lostIn === undefined || isAside(row.stage)) return;
  noteIn(followUp, row, news, { carrier: lostIn, dueAt: now });
}

function noteIn(
  { slot, id: followUpId, tenant }: FollowUp,
  { channel }: OutboxRow,
  { left }: News,
  { carrier, dueAt }: Pick<Left, 'carrier' | 'dueAt'>,
): void {
  const key = `${channel}\n${carrier ?? ''}`;
  left.set(key, { slot, followUpId, channel, tenant, carrier, dueAt: dueAt ?? left.get(key)?.dueAt ?? null });
}

/** It is out of our hands, as far as is known. */
const LEFT: ReadonlySet<string> = new Set(['accepted', 'merged', 'uncertain']);

const isAttempt = (outcome: HandOver['outcome']): outcome is Outcome =>
  ['accepted', 'retry', 'rejected', 'uncertain'].includes(outcome.kind);

const attemptOf = (row: OutboxRow, handOver: HandOver, outcome: Outcome, now: Instant): AttemptRow => ({
  messageId: row.id,
  n: row.attempts,
  tenant: row.tenant,
  at: now,
  connection: handOver.connection,
  outcome: outcome.kind,
  detail: outcome.detail ?? null,
});

const inboxRow = (followUp: FollowUp, row: OutboxRow, handOver: HandOver, now: Instant) => ({
  tenant: row.tenant,
  recipient: row.recipient,
  messageId: row.id,
  followUpId: followUp.id,
  at: now,
  ...shownInInbox(handOver.content, followUp.subject),
  actions: handOver.content?.actions ?? [],
  urgency: urgencyAt(row.urgency),
});

/** What a reader sees of it: a message, or a test of its words. */
export const shownInInbox = (content: Content | null | undefined, subject: FollowUp['subject']) => ({
  title: content?.subject ?? subject.title,
  body: content?.text ?? '',
  as: content?.as ?? 'feed',
  until: fromRfc3339(content?.until ?? ''),
  url: webAddress(content?.url ?? null) ?? subject.url,
});
