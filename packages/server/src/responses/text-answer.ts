// Answers by text message: STOP, START and HELP, codes ("1"), and words where one follow-up is open ("done"). What it means is read
// by text/read-text.ts; here it is done, once for each text, however often its provider tells it, and answered by at most one text, of
// what was done. A number that nobody is known by gets nothing back.
//
//   taken before → silence        STOP → what waits is taken back → one confirmation      code, words → command → what came of it
//   several open → which one      anything else → a reply (engine/reply.ts), for people to read, or the answer that was waited for
import { createHash } from 'node:crypto';
import {
  addressOf,
  codeText,
  type Instant,
  isAssignee,
  isLive,
  normalAddress,
  shorten,
  UNDO_DIGIT,
} from '@relance/core';
import type { Commands, Consents, IncomingText, Replies, StoryClock } from '../engine/ports.ts';
import { type Database, ENGINE, type Tx } from '../store/database.ts';
import { takeAllowances } from '../store/sql/allowance.ts';
import { readRecipients } from '../store/sql/directory.ts';
import { recipientAt } from '../store/sql/recipient.ts';
import { codesAt, type ReplyCode } from '../store/sql/reply-code.ts';
import { suppressedAmong } from '../store/sql/suppression.ts';
import { isTaken, type TakenAnswer, take } from '../store/sql/taken-answer.ts';
import { NO_SETTINGS, tenantSettings } from '../store/sql/tenant.ts';
import { type Answering, answeredWords, readAnswering, readAnswerings } from './answering.ts';
import { isUndoable } from './page-act.ts';
import { meaningOf } from './reply/meaning.ts';
import { type KeywordFound, keywordIn } from './text/keyword.ts';
import { type Answerable, readText, type TextRead } from './text/read-text.ts';
import { answerWordsIn } from './text/words.ts';

export interface AnswerDesk {
  readonly database: Database;
  readonly commands: Commands;
  readonly consents: Consents;
  readonly replies: Replies;
  readonly clock: StoryClock;
}

/** The connection that it came by. */
export interface CameBy {
  readonly tenant: string;
  readonly id: string;
}

const CHANNEL = 'sms';
/** One text of one part, or two in other letters. */
const ANSWER_SEGMENTS_MAX = 2;
const TITLE_MAX = 60;
/** Two programs that answer each other end here: so many answers to one number, and as many again in an hour. */
const ANSWERS_BURST = 20;
const HOUR_SECONDS = 3_600;

/** The words to send back; null: none. */
export async function answerText(desk: AnswerDesk, by: CameBy, text: IncomingText): Promise<string | null> {
  const { tenant } = by;
  const mark: TakenAnswer = { tenant, connection: by.id, id: text.id };
  const seen = await desk.database.transaction(ENGINE, (tx) => isTaken(tx, mark));
  if (seen) return null;
  const found = keywordIn(text.text);
  const keyword = text.keyword ?? found?.keyword ?? null;
  const said =
    keyword === null
      ? await answer(desk, tenant, text, mark)
      : await obey(desk, tenant, text, { keyword, language: found?.language ?? null }, mark);
  if (said === null) return null;
  const heard = await desk.database.transaction(ENGINE, (tx) => mayAnswer(tx, tenant, text.from));
  return heard ? shorten(said, ANSWER_SEGMENTS_MAX) : null;
}

async function mayAnswer(tx: Tx, tenant: string, from: string): Promise<boolean> {
  const scope = `answers:${createHash('sha256').update(`${tenant}\n${from}`).digest('base64url')}`;
  const [given] = await takeAllowances(tx, [
    { tenant, scope, want: 1, rate: ANSWERS_BURST / HOUR_SECONDS, burst: ANSWERS_BURST },
  ]);
  return given === 1;
}

interface Addressed {
  /** BCP 47; null: nobody is known by this number. */
  readonly locale: string | null;
  readonly name: string | null;
  readonly contact: string;
}

async function addressed(tx: Tx, tenant: string, from: string): Promise<Addressed> {
  const settings = (await tenantSettings(tx, [tenant])).get(tenant) ?? NO_SETTINGS;
  const id = await recipientAt(tx, tenant, CHANNEL, from);
  const [found] = id === null ? [] : await readRecipients(tx, [{ tenant, id }]);
  const { branding = {} } = settings;
  const name = branding.name ?? settings.name;
  const reached = [branding.supportEmail, branding.supportPhone, branding.url].filter((one) => one !== undefined);
  const contact = [...(name === null ? [] : [name]), ...(reached.length === 0 ? [] : [reached.join(', ')])].join(': ');
  return {
    locale: found === undefined ? null : (found.recipient.locale ?? settings.locale),
    name,
    contact: contact === '' ? '' : `${contact}. `,
  };
}

/** STOP counts whoever says it; what was not said by us is not answered twice. */
async function obey(
  { database, consents }: AnswerDesk,
  tenant: string,
  { from, sender, keywordAnswered }: IncomingText,
  { keyword, language }: KeywordFound,
  mark: TakenAnswer,
): Promise<string | null> {
  const stopped = () =>
    database.transaction(ENGINE, async (tx) => (await suppressedAmong(tx, tenant, CHANNEL, [from], sender)).size > 0);
  const before = await stopped();
  let changed = true;
  if (keyword === 'stop') {
    const one = { channel: CHANNEL, address: from, source: 'stop', reason: 'STOP by text message', sender } as const;
    await consents.suppress(tenant, [one], null);
    changed = !before;
  } else if (keyword === 'start') {
    const one = { channel: CHANNEL, address: from, reason: 'START by text message', stoppedOf: sender } as const;
    // What an operator or a carrier has refused stays so, and nothing is promised.
    changed = (await consents.lift(tenant, one, null)).length > 0 && !(await stopped());
  }
  return database.transaction(ENGINE, async (tx) => {
    const { locale, name, contact } = await addressed(tx, tenant, from);
    if (!(await take(tx, mark)) || !changed || keywordAnswered || locale === null) return null;
    const words = answerWordsIn(language ?? locale);
    if (keyword === 'stop') return words.stopped(name);
    return keyword === 'start' ? words.started(name) : words.help(contact);
  });
}

interface Known {
  readonly code: ReplyCode;
  readonly answering: Answering;
}

/** What this number may answer: whose it was once, and is no more, can answer nothing by it. */
async function knownAt(tx: Tx, tenant: string, from: string): Promise<readonly Known[]> {
  const codes = await codesAt(tx, [{ tenant, address: from }]);
  const answerings = await readAnswerings(tx, tenant, codes);
  return codes.flatMap((code, index) => {
    const answering = answerings[index] ?? null;
    const address = answering === null ? null : addressOf(answering.recipient, CHANNEL);
    return answering !== null && address !== null && normalAddress(CHANNEL, address) === from
      ? [{ code, answering }]
      : [];
  });
}

class TakenBefore extends Error {}

async function answer(desk: AnswerDesk, tenant: string, text: IncomingText, mark: TakenAnswer): Promise<string | null> {
  const now = await desk.clock.now();
  const known = await desk.database.transaction(ENGINE, (tx) => knownAt(tx, tenant, text.from));
  const [first] = known;
  if (first === undefined) return null;
  const all = known.map(answerableOf);
  const read = readText(text.text, all, { ...first.answering.reading, now });
  try {
    return await act(desk, tenant, { text, known, read, mark, now });
  } catch (error) {
    // Told twice at the same moment: the other one has done it.
    if (error instanceof TakenBefore) return null;
    throw error;
  }
}

const answerableOf = ({ code, answering }: Known): Answerable => ({
  number: code.number,
  followUp: code.followUp,
  title: answering.followUp.subject.title.slice(0, TITLE_MAX),
  live: isLive(answering.followUp.status),
  actions: code.actions,
  own: answering.actions,
  theirs: isAssignee(answering.followUp, answering.recipient.id),
  endsOnReply: answering.endsOnReply,
});

interface Acting {
  readonly text: IncomingText;
  readonly known: readonly Known[];
  readonly read: TextRead;
  readonly mark: TakenAnswer;
  readonly now: Instant;
}

async function act(desk: AnswerDesk, tenant: string, acting: Acting): Promise<string | null> {
  const { known, read, mark } = acting;
  const words = answerWordsIn(known[0]?.answering.reading.locale ?? 'en');
  const once = () => desk.database.transaction(ENGINE, (tx) => take(tx, mark));
  switch (read.kind) {
    case 'command': {
      const of = known.find(({ code }) => code.number === read.of.number);
      return of === undefined ? null : command(desk, tenant, of, read, mark);
    }
    case 'unknown_code':
      return (await once()) ? words.unknownCode(read.code) : null;
    case 'which':
      return (await once())
        ? `${words.which} ${read.codes.map(({ code, title }) => `${code} ${title}`).join(', ')}`
        : null;
    case 'unclear':
      return reply(desk, tenant, acting);
  }
}

async function command(
  { commands }: AnswerDesk,
  tenant: string,
  { code, answering }: Known,
  { name, command: asked }: Extract<TextRead, { kind: 'command' }>,
  mark: TakenAnswer,
): Promise<string> {
  const { followUp, recipient } = answering;
  const outcome = await commands.run(
    tenant,
    { kind: 'id', id: followUp.id },
    {
      command: asked,
      actor: { kind: 'recipient', id: recipient.id },
      evidence: 'proven',
      channel: CHANNEL,
      comment: null,
      once: true,
      message: code.message,
    },
    async (tx) => {
      if (!(await take(tx, mark))) throw new TakenBefore();
    },
  );
  const said = answeredWords(outcome, name, answering);
  const undone = outcome.kind === 'done' && outcome.changed && isUndoable(name);
  const undo = codeText({ number: code.number, digit: UNDO_DIGIT });
  return undone ? `${said} ${answerWordsIn(answering.reading.locale).undo(undo)}` : said;
}

/**
 * What nobody can be sure of is a reply to the message that was sent last, as one by mail: for people to read, or the end of what waits
 * for any answer. Where several are open nobody knows which one is meant, so it ends none. Told twice it is one, by its own id.
 */
async function reply(desk: AnswerDesk, tenant: string, { text, known, mark }: Acting): Promise<string | null> {
  const { database, replies } = desk;
  const [latest] = [...known].sort((a, b) => b.code.sentAt - a.code.sentAt);
  if (latest === undefined) return null;
  const { code, answering } = latest;
  const about =
    (await replies.about({ message: code.message, from: text.from })) ??
    (await replies.about({ followUp: code.followUp, channel: CHANNEL, from: text.from }));
  const isTheOne = known.every(({ code: { number }, answering: { followUp } }) =>
    number === code.number ? isLive(followUp.status) : !isLive(followUp.status),
  );
  if (about !== null)
    await replies.take(about, {
      channel: CHANNEL,
      from: text.from,
      providerId: text.id,
      subject: null,
      text: text.text,
      proven: true,
      said: {
        kind: 'human',
        meaning: { ...meaningOf(text.text, about), sure: false },
        surelyHuman: isTheOne && text.text.trim() !== '',
      },
    });
  return database.transaction(ENGINE, async (tx) => {
    if (!(await take(tx, mark)) || !isTheOne || !answering.endsOnReply) return null;
    const after = await readAnswering(tx, tenant, { followUp: code.followUp, recipient: code.recipient });
    if (after === null || isLive(after.followUp.status)) return null;
    return answerWordsIn(after.reading.locale).done(after.followUp.subject.title);
  });
}
