// What providers tell about messages later on: delivered, came back, opened. Placed on the message under the lock of its
// follow-up; status only moves forward (core/message.ts), so late and doubled news is harmless, and a late bounce counts. A
// message that came back moves its contact plan on, as one that was refused does. What cannot be placed yet is kept.
//
//   accepted ──delivered──▶ delivered ──bounced, failed──▶ bounced        uncertain ──accepted, delivered──▶ as it says
import {
  type Evidence,
  type FollowUp,
  type Instant,
  isAside,
  isStandIn,
  type MessageStatus,
  outranks,
  surestOf,
  type TimelineEntry,
  withEngagement,
} from '@relance/core';
import { ENGINE, type Tx } from '../store/database.ts';
import { readRecipients } from '../store/sql/directory.ts';
import { lockFree } from '../store/sql/follow-up.ts';
import { settledOf } from '../store/sql/message.ts';
import { lockPlansWith } from '../store/sql/outbox.ts';
import {
  claimEarlyReceipts,
  dropEarlyReceipts,
  findReceiptTargets,
  insertReceipts,
  keepReceipts,
  lockMessages,
  type MessageNews,
  pendingOfIds,
  receiptKey,
  type ToldMessage,
  tenantsOfMessages,
  updateMessages,
} from '../store/sql/receipt.ts';
import { mergedInto } from '../store/sql/together.ts';
import { lostByReceipt, optOutTold, suppressLost } from './endpoint-news.ts';
import type { Engine } from './engine.ts';
import {
  applyNews,
  type News,
  noNews,
  notificationOf,
  ofGeneration,
  policyOf,
  settle,
  standingOf,
} from './plan-news.ts';
import { policyRefOf } from './policy-book.ts';
import type { Consents, Receipt, Receipts } from './ports.ts';
import { type Placing, readAddresses } from './receipt-address.ts';

const TRIES_A_SWEEP = 200;
const DETAIL_MAX = 1_000;
/** A clock that is wrong must not put a receipt into next year. */
const AHEAD_MAX_MS = 300_000;

export function createReceipts(engine: Engine, consents: Consents): Receipts {
  const take: Receipts['take'] = async (tenant, provider, news) => {
    const { placed, left } = await place({ engine, consents }, tenant, provider, news);
    await engine.database.transaction(ENGINE, (tx) => keepReceipts(tx, tenant, provider, left));
    return { placed, kept: left.length };
  };
  return {
    take,
    async takeProven(provider, news) {
      const ids = news.flatMap(({ message }) => ('id' in message ? [message.id] : []));
      const tenants = await engine.database.transaction(ENGINE, (tx) => tenantsOfMessages(tx, ids));
      for (const tenant of new Set(tenants.values()))
        await take(
          tenant,
          provider,
          news
            .filter(({ message }) => 'id' in message && tenants.get(message.id) === tenant)
            .map((one) => ({ ...one, hearsay: true })),
        );
    },
  };
}

/** Tries again what could not be placed; answers how many could. */
export async function placeEarlyReceipts(engine: Engine, consents: Consents): Promise<number> {
  const early = await engine.database.transaction(ENGINE, (tx) => claimEarlyReceipts(tx, TRIES_A_SWEEP));
  let done = 0;
  for (const { id, tenant, provider, news } of early) {
    const { placed, left } = await place({ engine, consents }, tenant, provider, [news as Receipt]);
    if (left.length === 0) await engine.database.transaction(ENGINE, (tx) => dropEarlyReceipts(tx, [id]));
    done += placed;
  }
  return done;
}

interface Desk {
  readonly engine: Engine;
  readonly consents: Consents;
}

/** `left`: what may be placed later. What is about a message nobody has is forgotten where our id says so. */
async function place(
  { engine, consents }: Desk,
  tenant: string,
  provider: string,
  news: readonly Receipt[],
): Promise<{ placed: number; left: Receipt[] }> {
  const own = news.flatMap(({ message }) => ('id' in message ? [message.id] : []));
  const theirs = news.flatMap(({ message }) => ('id' in message ? [] : [message.providerId]));
  const { targets, pending } = await engine.database.transaction(ENGINE, async (tx) => ({
    targets: await findReceiptTargets(tx, tenant, own, theirs),
    pending: await pendingOfIds(tx, tenant, own),
  }));
  const byId = new Map(targets.map((one) => [one.id, one]));
  const byProvider = new Map(targets.map((one) => [one.provider_id, one]));
  const left: Receipt[] = [];
  const found: Placing[] = [];
  for (const receipt of news) {
    const { message } = receipt;
    const target = 'id' in message ? byId.get(message.id) : byProvider.get(message.providerId);
    // Providers name whom it was about.
    if (target !== undefined)
      found.push({ receipt: isStandIn(target.recipient) ? { ...receipt, detail: null } : receipt, target });
    else if (!('id' in message) || pending.has(message.id)) left.push(receipt);
  }
  const wanted = await withoutWatched(engine, tenant, found);
  const carried = await carriedBy(engine, tenant, wanted);
  left.push(...carried.left);
  const told = await readAddresses(engine, tenant, [...wanted, ...carried.placings]);
  const ofMessage = told.filter(({ copy }) => !copy);
  await optOutTold(engine, consents, tenant, ofMessage);
  await suppressLost(
    engine,
    consents,
    told.flatMap(({ receipt, target: { channel, recipient }, copy, address }) => {
      const said = lostByReceipt(receipt, channel, copy);
      return said === null ? [] : [{ ...said, tenant, channel, recipient, address }];
    }),
  );
  // What becomes of a copy is not what becomes of the message.
  let placed = told.length - ofMessage.length;
  const slots = Map.groupBy(ofMessage, ({ target }) => target.slot);
  for (const [slot, placings] of slots) {
    const held = await placeIn(engine, tenant, provider, slot, placings);
    left.push(...held);
    placed += placings.length - held.length;
  }
  return { placed, left: [...new Set(left)] };
}

/** Whoever does not want to be tracked is not, by providers either: what they tell of it is forgotten. */
async function withoutWatched(
  { database }: Engine,
  tenant: string,
  found: readonly Placing[],
): Promise<readonly Placing[]> {
  const watching = found.filter(({ receipt: { kind } }) => kind === 'opened' || kind === 'clicked');
  if (watching.length === 0) return found;
  const people = [...new Set(watching.map(({ target }) => target.recipient))].map((id) => ({ tenant, id }));
  const known = await database.transaction(ENGINE, (tx) => readRecipients(tx, people));
  const shy = new Set(known.flatMap(({ recipient }) => (recipient.preferences.tracking ? [] : [recipient.id])));
  return found.filter((one) => !(watching.includes(one) && shy.has(one.target.recipient)));
}

/**
 * What a message carried did not arrive when it did not. `left`: something of it is not recorded yet, since somebody holds its
 * follow-up; told again it is the same to all others.
 */
async function carriedBy(
  { database }: Engine,
  tenant: string,
  found: readonly Placing[],
): Promise<{ readonly placings: readonly Placing[]; readonly left: readonly Receipt[] }> {
  const lost = new Map(
    found.flatMap((one) => (STATUS[one.receipt.kind] === 'bounced' ? [[one.target.id, one] as const] : [])),
  );
  if (lost.size === 0) return { placings: [], left: [] };
  return database.transaction(ENGINE, async (tx) => {
    const recipients = [...lost.values()].map(({ target }) => target.recipient);
    const merged = await mergedInto(tx, tenant, [...lost.keys()], recipients);
    const carriers = new Map(merged.map(({ id, carrier }) => [id, carrier]));
    const targets = await findReceiptTargets(tx, tenant, [...carriers.keys()], []);
    const placings = targets.flatMap((target) => {
      const receipt = lost.get(carriers.get(target.id) ?? '')?.receipt;
      return receipt === undefined ? [] : [{ receipt: { ...receipt, message: { id: target.id } }, target }];
    });
    const open = new Set(merged.flatMap(({ carrier, pending }) => (pending ? [carrier] : [])));
    return { placings, left: [...open].flatMap((carrier) => lost.get(carrier)?.receipt ?? []) };
  });
}

/** One slot, one transaction; answers those whose follow-up somebody holds at this moment. */
async function placeIn(
  engine: Engine,
  tenant: string,
  provider: string,
  slot: number,
  placings: readonly Placing[],
): Promise<Receipt[]> {
  const { database, policies } = engine;
  const now = await engine.clock.now();
  const result = await database.transaction(ENGINE, async (tx) => {
    const followUps = await lockFree(tx, slot, [...new Set(placings.map(({ target }) => target.follow_up_id))]);
    const free = new Map(followUps.map((one) => [one.id, one]));
    const ready = placings.filter(({ target }) => free.has(target.follow_up_id));
    await policies.load(tx, followUps.map(policyRefOf), now);
    const messages = new Map(
      (
        await lockMessages(
          tx,
          slot,
          ready.map(({ target }) => target.id),
        )
      ).map((one) => [one.id, one]),
    );
    const rows = ready.map(({ receipt, target }) => ({
      messageId: target.id,
      kind: receipt.kind,
      at: momentOf(receipt, now),
      tenant,
      provider,
      evidence: evidenceOf(receipt),
      detail: receipt.detail?.replaceAll('\u0000', ' ').slice(0, DETAIL_MAX).toWellFormed() ?? null,
    }));
    const fresh = await insertReceipts(tx, slot, rows);
    const told = ready.filter(({ receipt, target }) =>
      fresh.has(receiptKey(target.id, receipt.kind, momentOf(receipt, now))),
    );
    const made = await newsOf(tx, slot, told, { free, messages, now, engine });
    await updateMessages(tx, slot, made.messages);
    const applied = await applyNews(tx, slot, followUps, made.news, { policies, now });
    return { applied, held: placings.filter(({ target }) => !free.has(target.follow_up_id)) };
  });
  engine.report(result.applied);
  engine.nudge.wake();
  engine.nudge.deliver();
  return result.held.map(({ receipt }) => receipt);
}

/** Without a time of its own it stands for the whole of its kind: the same minute is the same news. */
const momentOf = (receipt: Receipt, now: Instant): Instant =>
  receipt.at !== null && receipt.at <= now + AHEAD_MAX_MS ? receipt.at : (0 as Instant);

const evidenceOf = ({ kind, machine }: Receipt): Evidence | null =>
  kind === 'opened' || kind === 'clicked' ? (machine === true ? 'machine' : 'likely') : null;

interface Known {
  readonly free: ReadonlyMap<string, FollowUp>;
  readonly messages: ReadonlyMap<string, ToldMessage>;
  readonly now: Instant;
  readonly engine: Engine;
}

async function newsOf(
  tx: Tx,
  slot: number,
  told: readonly Placing[],
  { free, messages, now, engine }: Known,
): Promise<{ readonly news: Map<string, News>; readonly messages: MessageNews[] }> {
  const changed = new Map<string, ToldMessage>();
  const news = new Map<string, News>();
  for (const { receipt, target } of told) {
    const message = changed.get(target.id) ?? messages.get(target.id);
    if (message === undefined) continue;
    const after = withReceipt(message, receipt, now);
    const own = news.get(message.follow_up_id) ?? noNews();
    news.set(message.follow_up_id, own);
    if (after !== message) changed.set(message.id, after);
    if (saysMore(message, after, receipt)) own.lines.push(lineOf(message, receipt, now));
  }
  const moved = [...changed.values()].filter((one) => one.status !== messages.get(one.id)?.status);
  const planned = await lockPlansWith(tx, slot, moved);
  const settled = (await settledOf(tx, moved)).map((row) => changed.get(row.id) ?? row);
  for (const message of moved) {
    const followUp = free.get(message.follow_up_id);
    const own = news.get(message.follow_up_id);
    if (followUp === undefined || own === undefined || isAside(message.stage)) continue;
    const ofThis = planned.filter((row) => row.follow_up_id === followUp.id).map((row) => ofGeneration(followUp, row));
    settle(
      ofThis,
      settled.filter((row) => row.follow_up_id === followUp.id).map((row) => ofGeneration(followUp, row)),
      new Map(ofThis.map((row) => [row.id, standingOf(row)])),
      notificationOf(ofGeneration(followUp, message)),
      own,
      { now, policy: policyOf(followUp, engine), generation: followUp.generation },
    );
  }
  const all = [...changed.values()].map(({ id, status, engagement }) => ({ id, status, engagement }));
  return { news, messages: all };
}

const STATUS: Partial<Record<Receipt['kind'], MessageStatus>> = {
  accepted: 'accepted',
  delivered: 'delivered',
  failed: 'bounced',
  bounced: 'bounced',
};

/** The message with the news in it; the same where it says nothing new. */
function withReceipt(message: ToldMessage, receipt: Receipt, now: Instant): ToldMessage {
  const status = STATUS[receipt.kind];
  if (status !== undefined) return outranks(status, message.status) ? { ...message, status } : message;
  const { kind } = receipt;
  const at = momentOf(receipt, now) || now;
  return {
    ...message,
    engagement: withEngagement(message.engagement, { kind, evidence: evidenceOf(receipt) ?? 'likely', at }),
  };
}

/** Whether it says more than was known: another status, another kind, or a person where there was a machine. */
const saysMore = (before: ToldMessage, after: ToldMessage, { kind }: Receipt): boolean =>
  after.status !== before.status || surestOf(after.engagement, kind) !== surestOf(before.engagement, kind);

const KINDS: Record<Receipt['kind'], TimelineEntry['kind']> = {
  accepted: 'message_sent',
  delivered: 'message_delivered',
  failed: 'message_bounced',
  bounced: 'message_bounced',
  complained: 'message_complained',
  opened: 'message_opened',
  clicked: 'message_clicked',
  unsubscribed: 'message_unsubscribed',
};

function lineOf(message: ToldMessage, receipt: Receipt, now: Instant): TimelineEntry {
  const { id, stage, recipient, channel } = message;
  const evidence = evidenceOf(receipt);
  return {
    at: now,
    kind: KINDS[receipt.kind],
    reason: STATUS[receipt.kind] === 'bounced' ? 'bounced' : 'receipt',
    stage,
    recipient,
    channel,
    message: id,
    ...(evidence === null ? {} : { evidence }),
    ...(receipt.detail === null ? {} : { data: { detail: receipt.detail.slice(0, DETAIL_MAX) } }),
  };
}
