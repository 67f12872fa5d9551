// Takes what comes back to messages, on whatever channel: who wrote it, what it becomes (reply-decision.ts), and all of that in the
// one transaction that holds its follow-up: the reply, its line in the timeline, the command, what the team is told. The
// same reply twice is one. How it is read is not known here: responses/reply does, and app/ puts the two together.
//
//   about() → whoever reads it → take(): lock the follow-up → known already? → decide → step → store → tell
import {
  ABOUT_WORK,
  awayPeriods,
  DAY_MS,
  DEFAULT_ZONE,
  dateOf,
  type FollowUp,
  HOUR_MS,
  type Instant,
  isId,
  type Policy,
  REPLY_TOLD_STAGE,
  readAway,
  readingOf,
  slotOfId,
  type TimelineEntry,
  toLocal,
} from '@relance/core';
import { ENGINE, type Tx } from '../store/database.ts';
import { getCategory } from '../store/sql/category.ts';
import { candidatesOf } from '../store/sql/colleague.ts';
import { readRecipients } from '../store/sql/directory.ts';
import { lockFollowUps, readFollowUps } from '../store/sql/follow-up.ts';
import { addEngagement } from '../store/sql/message.ts';
import { addAway } from '../store/sql/recipient.ts';
import {
  conversationsSince,
  insertReply,
  latestOfEach,
  messageRepliedTo,
  type RepliedTo,
  repliesBefore,
} from '../store/sql/reply.ts';
import { NO_SETTINGS, tenantSettings } from '../store/sql/tenant.ts';
import { queueAside } from './aside.ts';
import { createConversations } from './conversation.ts';
import type { Engine } from './engine.ts';
import { policyRefOf, UnreadablePolicy } from './policy-book.ts';
import type { Consents, IncomingReply, KeptMeaning, Replies, ReplyAbout, ReplyMeaning } from './ports.ts';
import { type Became, becomes, evidenceOf, takenAs, WHY, type Writer } from './reply-decision.ts';
import { isOf, readersOf, writerOf } from './reply-writer.ts';
import { step, tryOut } from './step.ts';
import type { StepResult, Work } from './work.ts';

/** Of one follow-up: nobody writes more to the same thing, and each is kept. */
const REPLIES_MAX = 500;
/** Of one follow-up within an hour: whoever writes without end fills no mailbox of the team. All stand in GET /v1/replies. */
const TOLD_MAX = 20;
const TEXT_MAX = 20_000;
const ADDRESS_MAX = 320;
const SUBJECT_MAX = 500;
/** What the timeline and those who are told see of it; the whole is kept with the reply. */
const SHOWN_MAX = 2_000;

type Taken = Awaited<ReturnType<Replies['take']>>;

export function createReplies(engine: Engine, consents: Consents): Replies {
  const { database } = engine;
  return {
    ...createConversations(engine),
    about: (asked) => database.transaction(ENGINE, (tx) => aboutIn(tx, engine, asked)),
    async take(about, given) {
      const reply = storable(given);
      const now = await engine.clock.now();
      const id = engine.mint(now, slotOfId(about.followUp));
      let taken: Taken = 'missing';
      const inside = async (tx: Tx): Promise<readonly StepResult[]> => {
        const result = await takeInside(tx, engine, { about, reply, id, now });
        taken = result.taken;
        return result.reports;
      };
      const choice = await database.transaction(ENGINE, (tx) => optsOut(tx, engine, about, reply, now));
      // It reports what was moved, as everything else that is taken back with it.
      if (choice !== null) await consents.optOut(choice, { how: 'reply', reply: id }, inside);
      else for (const report of await database.transaction(ENGINE, inside)) engine.report(report);
      engine.nudge.wake();
      engine.nudge.deliver();
      return taken;
    },
  };
}

type Asked = Parameters<Replies['about']>[0];

async function aboutIn(tx: Tx, engine: Engine, asked: Asked): Promise<ReplyAbout | null> {
  const message = 'message' in asked ? await messageRepliedTo(tx, asked.message) : await messageTo(tx, asked);
  if (message === null) return null;
  const { tenant, follow_up_id: id } = message;
  const [found] = await readRecipients(tx, [{ tenant, id: message.recipient }]);
  const wrong =
    asked.from !== undefined && (found === undefined || !isOf(found.recipient, message.channel, asked.from));
  if (wrong) return null;
  const [followUp] = await readFollowUps(tx, slotOfId(id), [id]);
  if (followUp === undefined) return null;
  const now = await engine.clock.now();
  await engine.policies.load(tx, [policyRefOf(followUp)], now);
  const policy = engine.policies.find(policyRefOf(followUp));
  const settings = (await tenantSettings(tx, [tenant])).get(tenant) ?? NO_SETTINGS;
  const people = await candidatesOf(tx, { tenant, recipient: message.recipient, followUp });
  const { zone, locale } = readingOf(found?.recipient, policy?.calendar?.zone ?? null, settings);
  return { tenant, followUp: id, message: message.id, now, zone, locale, actions: policy?.actions ?? [], people };
}

/** The newest message of a follow-up to whoever has that address. */
async function messageTo(tx: Tx, asked: Extract<Asked, { followUp: string }>): Promise<RepliedTo | null> {
  if (!isId(asked.followUp)) return null;
  const messages = await latestOfEach(tx, asked.followUp, asked.channel);
  const people = await readRecipients(
    tx,
    messages.map(({ tenant, recipient: id }) => ({ tenant, id })),
  );
  const theirs = new Set(
    people.filter(({ recipient }) => isOf(recipient, asked.channel, asked.from)).map(({ recipient }) => recipient.id),
  );
  return messages.find(({ recipient }) => theirs.has(recipient)) ?? null;
}

/** Half a character, or a NUL, could not be stored. */
const words = (text: string, max: number): string => text.replaceAll('\u0000', ' ').slice(0, max).toWellFormed();
const storable = (reply: IncomingReply): IncomingReply => ({
  ...reply,
  from: words(reply.from, ADDRESS_MAX),
  providerId: words(reply.providerId, SUBJECT_MAX),
  subject: reply.subject === null ? null : words(reply.subject, SUBJECT_MAX),
  text: words(reply.text, TEXT_MAX),
});

interface Facts {
  readonly message: RepliedTo;
  readonly followUp: FollowUp;
  readonly policy: Policy;
  readonly writer: Writer;
  readonly became: Became;
}

/** Throws where this release cannot read the policy: whoever sent it tries again, at a node that can. */
async function factsOf(
  tx: Tx,
  engine: Engine,
  { message, followUp }: Pick<Facts, 'message' | 'followUp'>,
  reply: IncomingReply,
  now: Instant,
): Promise<Facts> {
  await engine.policies.load(tx, [policyRefOf(followUp)], now);
  const policy = engine.policies.look(policyRefOf(followUp));
  if (policy === null || policy instanceof UnreadablePolicy)
    throw policy ?? new Error('A reply is about a follow-up whose policy is not there.');
  const writer = await writerOf(tx, message, reply.from);
  const essential = (await getCategory(tx, followUp.tenant, policy.category))?.essential === true;
  const { offered, carries: several } = message;
  return {
    message,
    followUp,
    policy,
    writer,
    became: becomes({ reply, writer, followUp, policy, offered, essential, several }),
  };
}

const sameReply = ({ followUp }: ReplyAbout, { channel, providerId }: IncomingReply) => ({
  followUp,
  channel,
  providerId,
  max: REPLIES_MAX,
});

/** The choice that a new reply makes, where it is one. */
async function optsOut(tx: Tx, engine: Engine, about: ReplyAbout, reply: IncomingReply, now: Instant) {
  if (reply.said.kind !== 'human' || reply.said.meaning.kind !== 'stop') return null;
  const message = await messageRepliedTo(tx, about.message);
  const [followUp] = await readFollowUps(tx, slotOfId(about.followUp), [about.followUp]);
  const before = await repliesBefore(tx, sameReply(about, reply));
  if (message === null || followUp === undefined || before.same !== null || before.count >= REPLIES_MAX) return null;
  const { became, writer, policy } = await factsOf(tx, engine, { message, followUp }, reply, now);
  return became.kind !== 'opted_out' || writer.id === null
    ? null
    : { tenant: about.tenant, recipient: writer.id, category: policy.category };
}

interface Taking {
  readonly about: ReplyAbout;
  readonly reply: IncomingReply;
  readonly id: string;
  readonly now: Instant;
}

async function takeInside(
  tx: Tx,
  engine: Engine,
  taking: Taking,
): Promise<{ readonly taken: Taken; readonly reports: readonly StepResult[] }> {
  const { about, reply, now } = taking;
  const slot = slotOfId(about.followUp);
  const [followUp] = await lockFollowUps(tx, slot, [about.followUp]);
  const message = await messageRepliedTo(tx, about.message);
  if (followUp === undefined || message === null || message.tenant !== about.tenant)
    return { taken: 'missing', reports: [] };
  const before = await repliesBefore(tx, sameReply(about, reply));
  if (before.same !== null) return { taken: 'known', reports: [] };
  if (before.count >= REPLIES_MAX) return { taken: 'full', reports: [] };
  const facts = await accepted(tx, engine, await factsOf(tx, engine, { message, followUp }, reply, now), taking);
  const { became, policy, writer } = facts;
  // Who wrote it knows it already: what the team writes to a mail of its own is not told to the team once more.
  const isTold = became.kind === 'conversation' && !ABOUT_WORK.includes(message.stage);
  const readers = isTold ? await readersOf(tx, followUp, policy, writer.id, now) : [];
  const told = readers.length > 0 && (await mayTell(tx, followUp, now)) ? readers : [];
  const news = [
    lineOf(facts, taking),
    ...(isTold && readers.length === 0 ? [nobodyReads(now)] : []),
    ...(await awayLine(tx, facts, taking)),
  ];
  const result = await step(tx, slot, [workOf(facts, taking, news)], { policies: engine.policies, now });
  const [failed] = result.failed;
  if (failed !== undefined) throw failed.error;
  await keep(tx, facts, taking);
  if (told.length > 0)
    await queueAside(tx, followUp, told, {
      stage: REPLY_TOLD_STAGE,
      run: followUp.timelineCount + 1,
      reason: 'reply_unclear',
      content: toldWords(facts, taking),
      now,
    });
  return { taken: 'taken', reports: [result] };
}

const mayTell = async (tx: Tx, { id }: FollowUp, now: Instant): Promise<boolean> =>
  (await conversationsSince(tx, id, (now - HOUR_MS) as Instant, TOLD_MAX)) < TOLD_MAX;

const commandIn = (became: Became) => ('command' in became ? became.command : null);

/** With the command where the policy takes it; else it is for people to read, with the reason. */
async function accepted(tx: Tx, engine: Engine, facts: Facts, taking: Taking): Promise<Facts> {
  if (commandIn(facts.became) === null) return facts;
  const made = await tryOut(tx, workOf(facts, taking, []), { policies: engine.policies, now: taking.now });
  const answer = made?.answers[0];
  if (answer?.kind === 'done') return facts;
  // What they do not want to hear of any more does not depend on what becomes of the follow-up.
  if (facts.became.kind === 'opted_out') return { ...facts, became: { kind: 'opted_out', command: null } };
  return { ...facts, became: { kind: 'conversation', why: answer?.kind === 'closed' ? 'closed' : 'refused' } };
}

function workOf({ followUp, writer, became }: Facts, { reply }: Taking, news: readonly TimelineEntry[]): Work {
  const command = commandIn(became);
  const { channel } = reply;
  const evidence = evidenceOf(reply, writer);
  if (command === null || writer.id === null || evidence === null)
    return { kind: 'move', followUp, inputs: [{ kind: 'tick' }], news };
  const actor = { kind: 'recipient', id: writer.id } as const;
  return {
    kind: 'move',
    followUp,
    inputs: [{ kind: 'command', command, actor, evidence, channel, comment: null }],
    news,
  };
}

function lineOf({ message, writer, became }: Facts, { reply, id, now }: Taking): TimelineEntry {
  const { said, channel } = reply;
  const evidence = evidenceOf(reply, writer);
  const person = said.kind === 'automatic' ? (writer.id ?? message.recipient) : writer.id;
  const acted = became.kind === 'command' || became.kind === 'opted_out';
  return {
    at: now,
    kind: 'replied',
    reason: said.kind === 'automatic' ? 'automatic_reply' : acted ? 'reply' : 'reply_unclear',
    channel,
    message: message.id,
    ...(person === null ? {} : { recipient: person }),
    // A program is no actor, whoever runs it.
    ...(person === null || said.kind === 'automatic' ? {} : { actor: person }),
    ...(said.kind === 'automatic' ? { evidence: 'machine' as const } : evidence === null ? {} : { evidence }),
    data: {
      reply: id,
      text: reply.text.slice(0, SHOWN_MAX).toWellFormed(),
      ...(acted ? { takenAs: takenAs(became) } : { why: whyOf(became) }),
    },
  };
}

const whyOf = (became: Exclude<Became, { kind: 'command' | 'opted_out' }>): string =>
  became.kind === 'conversation' ? WHY[became.why] : became.why;

const nobodyReads = (now: Instant): TimelineEntry => ({
  at: now,
  kind: 'alarm',
  reason: 'nobody_reached',
  data: {
    text: 'A reply is for people to read, and there is no team, requester or fallback to tell: see GET /v1/replies.',
  },
});

/** A program that says until when somebody is away says so for them, where nobody has said otherwise for these days. */
async function awayLine(tx: Tx, { message, writer }: Facts, { reply, now }: Taking): Promise<TimelineEntry[]> {
  const { said } = reply;
  if (said.kind !== 'automatic' || said.away === null || !reply.proven || !writer.own || writer.id === null) return [];
  const { tenant } = message;
  const [found] = await readRecipients(tx, [{ tenant, id: writer.id }]);
  if (found === undefined) return [];
  const { recipient } = found;
  const settings = (await tenantSettings(tx, [tenant])).get(tenant) ?? NO_SETTINGS;
  const zone = recipient.timeZone ?? settings.zone ?? DEFAULT_ZONE;
  const today = dateOf(Math.floor(toLocal(now, zone) / DAY_MS));
  const written = { from: said.away.from ?? today, to: said.away.until };
  const period = readAway(written, zone);
  if (period === null || period.until <= now) return [];
  const known = awayPeriods(recipient, { tenant: settings });
  if (known.some(({ from, until }) => from < period.until && period.from < until)) return [];
  if (!(await addAway(tx, tenant, recipient.id, written))) return [];
  return [
    {
      at: now,
      kind: 'marked_away',
      reason: 'automatic_reply',
      recipient: recipient.id,
      message: message.id,
      data: { first: written.from, last: written.to },
    },
  ];
}

/** The reply itself, and what it says of the message that it answers. */
async function keep(tx: Tx, { message, writer, became }: Facts, { about, reply, id, now }: Taking): Promise<void> {
  const { said, channel, providerId, from, subject, text } = reply;
  const evidence = evidenceOf(reply, writer);
  const command = commandIn(became);
  await insertReply(tx, {
    id,
    tenant: about.tenant,
    follow_up_id: about.followUp,
    message_id: message.id,
    channel,
    provider_id: providerId,
    sender: from,
    recipient: writer.id,
    evidence: said.kind === 'automatic' ? 'machine' : evidence,
    at: now,
    kind: said.kind,
    subject,
    text,
    meaning: said.kind === 'human' ? kept(said.meaning) : null,
    became: became.kind,
    why: 'why' in became ? became.why : null,
    command: command?.kind ?? null,
    status: became.kind === 'conversation' ? 'open' : 'closed',
  });
  if (said.kind !== 'human' || evidence === null) return;
  await addEngagement(tx, about.tenant, message.id, 'replied');
  if (command !== null) await addEngagement(tx, about.tenant, message.id, 'acted');
}

/** Whom it names is told by the timeline, where an erasure finds it. */
const kept = ({ ...meaning }: ReplyMeaning): KeptMeaning =>
  meaning.kind === 'delegate' ? { kind: meaning.kind, confidence: meaning.confidence, sure: meaning.sure } : meaning;

function toldWords({ followUp, writer, became, message }: Facts, { reply, id }: Taking) {
  const who = writer.id ?? reply.from;
  const shown = reply.text.slice(0, SHOWN_MAX).toWellFormed();
  const why = became.kind === 'conversation' ? WHY[became.why] : '';
  const lines = [
    `${who} replied about "${followUp.subject.title}" by ${message.channel}:`,
    '',
    ...(shown.trim() === '' ? ['(without a word of their own)'] : shown.split('\n').map((line) => `  ${line}`)),
    ...(shown.length < reply.text.length ? ['  …'] : []),
    '',
    `It was not acted on: ${why}.`,
    `Answer it with POST /v1/replies/${id}/answer, or put it away with POST /v1/replies/${id}/close.`,
  ];
  return { subject: `Reply: ${followUp.subject.title}`, text: lines.join('\n') };
}
