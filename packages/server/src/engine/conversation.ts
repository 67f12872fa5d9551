// What people do with a reply that nobody but they could read: answer whoever wrote it, or put it away. An answer is a message like
// any other, with the words that were typed; consent holds for it as for the follow-up's own. Each is a line in the timeline, under
// the lock of the follow-up. Taking replies is reply.ts.
import {
  addressOf,
  type Channel,
  type FollowUp,
  type Instant,
  NO_CONSENT_KNOWN,
  REPLY_ANSWER_STAGE,
  type Recipient,
  refusalOf,
  slotOfId,
  type TimelineEntry,
  toRfc3339,
} from '@relance/core';
import { ENGINE, type Tx } from '../store/database.ts';
import { readClock } from '../store/sql/clock.ts';
import { type DirectoryDemands, demandOf, gatherDirectories } from '../store/sql/directory.ts';
import { lockFollowUps } from '../store/sql/follow-up.ts';
import { addReplyAnswer, closeReply, getReply, type ReplyRow } from '../store/sql/reply.ts';
import { queueAside, recipientAt } from './aside.ts';
import type { Engine } from './engine.ts';
import { policyRefOf } from './policy-book.ts';
import type { ConversationOutcome, Inside, Replies, ReplyAnswered } from './ports.ts';
import { step } from './step.ts';
import type { StepResult } from './work.ts';

/** To one reply; a longer talk has replies of its own. */
const ANSWERS_MAX = 50;
/** What the timeline shows of an answer; the message has all of it. */
const SHOWN_MAX = 2_000;
const SUBJECT_MAX = 200;

export function createConversations(engine: Engine): Pick<Replies, 'answer' | 'close'> {
  const change = async (
    tenant: string,
    id: string,
    work: (held: Held) => Promise<ConversationOutcome>,
    inside: Inside<ConversationOutcome> = async () => {},
  ): Promise<ConversationOutcome> => {
    const { outcome, reports } = await engine.database.transaction(ENGINE, async (tx) => {
      const made: StepResult[] = [];
      const held = await hold(tx, engine, tenant, id, made);
      const result: ConversationOutcome = held === null ? { kind: 'missing' } : await work(held);
      await inside(tx, result);
      return { outcome: result, reports: made };
    });
    for (const report of reports) engine.report(report);
    engine.nudge.deliver();
    return outcome;
  };
  return {
    answer: (tenant, id, words, inside) => change(tenant, id, (held) => answer(held, words), inside),
    close: (tenant, id, by, inside) => change(tenant, id, (held) => close(held, by), inside),
  };
}

/** A reply and its follow-up, locked in the order that everybody locks them. */
interface Held {
  readonly tx: Tx;
  readonly engine: Engine;
  readonly reply: ReplyRow;
  readonly followUp: FollowUp;
  readonly now: Instant;
  readonly reports: StepResult[];
}

async function hold(tx: Tx, engine: Engine, tenant: string, id: string, reports: StepResult[]): Promise<Held | null> {
  const found = await getReply(tx, tenant, id);
  if (found === null) return null;
  const [followUp] = await lockFollowUps(tx, slotOfId(found.follow_up_id), [found.follow_up_id]);
  const reply = await getReply(tx, tenant, id, true);
  const { now } = await readClock(tx);
  return followUp === undefined || reply === null ? null : { tx, engine, reply, followUp, now, reports };
}

const refused = (detail: string): ConversationOutcome => ({ kind: 'refused', detail });

async function answer(held: Held, { text, actor }: ReplyAnswered): Promise<ConversationOutcome> {
  const { tx, reply, followUp, now } = held;
  if (reply.kind === 'automatic') return refused('A program wrote it: nobody would read an answer.');
  if (reply.answers.length >= ANSWERS_MAX)
    return refused(`It has been answered ${ANSWERS_MAX} times; what they reply to the last one is a reply of its own.`);
  const asked = await whoIsAnswered(held);
  if ('detail' in asked) return refused(asked.detail);
  const seq = await tell(held, {
    kind: 'reply_answered',
    reason: 'command',
    channel: reply.channel,
    ...(reply.recipient === null ? {} : { recipient: reply.recipient }),
    ...(actor === null ? { actor: 'api' } : { actor }),
    data: { reply: reply.id, text: text.slice(0, SHOWN_MAX).toWellFormed() },
  });
  const [message = ''] = await queueAside(tx, followUp, [asked.person], {
    stage: REPLY_ANSWER_STAGE,
    run: seq,
    reason: 'reply',
    content: { subject: subjectOf(reply, followUp), text },
    channel: reply.channel,
    now,
  });
  await addReplyAnswer(tx, reply.id, { at: toRfc3339(now), by: actor, text, message });
  return { kind: 'done' };
}

async function close(
  held: Held,
  { actor, comment }: { readonly actor: string | null; readonly comment: string | null },
): Promise<ConversationOutcome> {
  const { tx, reply, now } = held;
  if (reply.status !== 'closed') {
    await tell(held, {
      kind: 'reply_closed',
      reason: 'command',
      channel: reply.channel,
      ...(reply.recipient === null ? {} : { recipient: reply.recipient }),
      ...(actor === null ? { actor: 'api' } : { actor }),
      data: { reply: reply.id, ...(comment === null ? {} : { comment }) },
    });
    await closeReply(tx, reply.id, actor, now);
  }
  return { kind: 'done' };
}

/** One line of the timeline; answers its number. */
async function tell({ tx, engine, followUp, now, reports }: Held, line: Omit<TimelineEntry, 'at'>): Promise<number> {
  const result = await step(
    tx,
    followUp.slot,
    [{ kind: 'move', followUp, inputs: [{ kind: 'tick' }], news: [{ at: now, ...line }] }],
    { policies: engine.policies, now },
  );
  const [failed] = result.failed;
  if (failed !== undefined) throw failed.error;
  reports.push(result);
  return followUp.timelineCount + 1;
}

/** Whoever wrote it, where they may be written to on the channel that they wrote on; somebody who is not known, at their address. */
async function whoIsAnswered({
  tx,
  engine,
  reply,
  followUp,
  now,
}: Held): Promise<{ readonly person: Recipient } | { readonly detail: string }> {
  const { tenant, channel, sender } = reply;
  const id = reply.recipient ?? sender;
  const demands: DirectoryDemands = new Map();
  demandOf(demands, tenant).recipients.add(id);
  await engine.policies.load(tx, [policyRefOf(followUp)], now);
  const directory = (await gatherDirectories(tx, demands, now)).get(tenant);
  const person = directory?.recipients.get(id) ?? strangerAt(channel, sender);
  const address = person === null ? null : addressOf(person, channel);
  if (person === null || address === null)
    return { detail: `Whoever wrote it has no address for ${channel} that can be written to.` };
  const category = engine.policies.get(policyRefOf(followUp)).category;
  const consent = directory?.consent ?? NO_CONSENT_KNOWN;
  const reason = refusalOf(consent, { recipient: person.id, channel, address, category });
  if (reason === 'opted_out')
    return { detail: `Whoever wrote it does not want messages of the category "${category}"; write to them yourself.` };
  return reason === null ? { person } : { detail: 'Nothing is sent to their address any more (GET /v1/suppressions).' };
}

const strangerAt = (channel: Channel, address: string): Recipient | null =>
  channel === 'email' && address.includes('@') ? recipientAt(address) : null;

function subjectOf({ subject }: ReplyRow, followUp: FollowUp): string {
  const about = (subject ?? '').trim() === '' ? followUp.subject.title : (subject ?? '');
  const line = about.slice(0, SUBJECT_MAX).toWellFormed();
  return /^re:/i.test(line) ? line : `Re: ${line}`;
}
