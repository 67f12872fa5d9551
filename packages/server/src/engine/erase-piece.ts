// One piece of an erasure, in one transaction: see erase.ts for the order of its steps. Reads in sets, scrubs in memory, writes in
// sets.
import {
  type Channel,
  type FollowUp,
  type Instant,
  isLive,
  normalAddress,
  scrubber,
  slotOfId,
  tracePattern,
  withoutPerson,
} from '@relance/core';
import type { Tx } from '../store/database.ts';
import { deleteOwnRows, hashSuppressions, leftOf, liveOf, type PersonRef } from '../store/sql/erase-person.ts';
import {
  blankMessages,
  deleteReplies,
  type Line,
  linesNaming,
  lockNaming,
  type Naming,
  nextIds,
  type TextNoun,
  textsNaming,
  writeLines,
  writeScrubbed,
  writeTexts,
} from '../store/sql/erase-traces.ts';
import { type Erasure, type ErasureStep, endErasure, lockErasure, moveErasure } from '../store/sql/erasure.ts';
import { lockFollowUps } from '../store/sql/follow-up.ts';
import { deleteInboxTests } from '../store/sql/inbox.ts';
import { deletePersonSums, renamePerson } from '../store/sql/metric-person.ts';
import { takeBackPerson } from '../store/sql/take-back.ts';
import { settleTaken } from './consent.ts';
import type { PolicyBook } from './policy-book.ts';
import { step } from './step.ts';
import type { StepResult, Work } from './work.ts';

const LIVE_A_PIECE = 100;
const SETTLED_A_PIECE = 500;
const ROWS_A_PIECE = 5_000;
const FOLLOW_UPS_A_PIECE = 200;
const EVENTS_A_PIECE = 500;

interface Context {
  readonly policies: PolicyBook;
  readonly now: Instant;
}
interface Piece {
  /** `waits`: for what is being handed over, or for whoever has it in hand. */
  readonly state: 'more' | 'waits' | 'done';
  readonly reports: readonly StepResult[];
}
/** What a step has come to; null: it is over, and the next one begins. */
interface Moved {
  readonly after?: string | null;
  readonly over: boolean;
  readonly counts?: Readonly<Record<string, number>>;
  readonly reports?: readonly StepResult[];
  /** Nothing can be done now. */
  readonly waits?: boolean;
  /** Back to this step. */
  readonly back?: ErasureStep;
}

const NEXT: Readonly<Record<ErasureStep, ErasureStep | null>> = {
  live: 'outbox',
  outbox: 'rows',
  rows: 'follow_ups',
  follow_ups: 'events',
  events: 'check',
  check: null,
};

export async function erasePiece(tx: Tx, id: string, context: Context): Promise<Piece> {
  const erasure = await lockErasure(tx, id);
  if (erasure === null) return { state: 'waits', reports: [] };
  const moved = await STEPS[erasure.step](tx, erasure, context);
  const counts = added(erasure.counts, moved.counts ?? {});
  const reports = moved.reports ?? [];
  const next = moved.back ?? (moved.over ? NEXT[erasure.step] : erasure.step);
  if (next === null) {
    await endErasure(tx, id, counts, context.now);
    return { state: 'done', reports };
  }
  await moveErasure(tx, id, { step: next, after: next === erasure.step ? (moved.after ?? null) : null, counts });
  return { state: moved.waits === true ? 'waits' : 'more', reports };
}

const added = (before: Readonly<Record<string, number>>, more: Readonly<Record<string, number>>) => ({
  ...before,
  ...Object.fromEntries(Object.entries(more).map(([what, n]) => [what, (before[what] ?? 0) + n])),
});

const refOf = ({ tenant, recipient }: Erasure): PersonRef => ({ tenant, recipient });

const STEPS: Readonly<Record<ErasureStep, (tx: Tx, erasure: Erasure, context: Context) => Promise<Moved>>> = {
  live: askOthers,
  outbox: endMessages,
  rows: deleteRows,
  follow_ups: scrubFollowUps,
  events: scrubEvents,
  check: async (tx, erasure) => {
    const left = await leftOf(tx, refOf(erasure));
    // Whoever prepared a message of theirs meanwhile counted it, and gave it a code, before the gate refused it.
    await deleteOwnRows(tx, refOf(erasure), ROWS_A_PIECE);
    // And what a provider said of the address of what it had in hand.
    const { tenant, words } = erasure;
    // Tests of templates speak of anybody, in anybody's inbox.
    await deleteInboxTests(tx, tenant);
    await deletePersonSums(tx, refOf(erasure));
    const addresses = words.flatMap((address) => (['email', 'sms'] as const).map((channel) => ({ channel, address })));
    await hashSuppressions(tx, tenant, addresses);
    return left === null ? { over: true } : { over: false, back: left };
  },
};

/** Whatever they were asked for is asked of somebody else, before their name goes. */
async function askOthers(tx: Tx, erasure: Erasure, context: Context): Promise<Moved> {
  const { recipient, stand_in: standIn } = erasure;
  const ids = await liveOf(tx, refOf(erasure), LIVE_A_PIECE);
  const locked = (await lockFollowUps(tx, 'each', ids)).filter(({ status }) => isLive(status));
  if (locked.length === 0) return { over: true };
  const reports: StepResult[] = [];
  for (const [slot, own] of Map.groupBy(locked, ({ id }) => slotOfId(id))) {
    const works = own.map((followUp): Work => ({ kind: 'move', followUp, inputs: [{ kind: 'erased', recipient }] }));
    const made = await step(tx, slot, works, context);
    reports.push(made);
    // One that this release cannot decide keeps nobody's name for it: it is parked by whoever tries it next.
    const undecided = made.failed.map(({ work }) => work.followUp);
    const decided = made.done.map(({ step: { followUp } }) => followUp);
    await writeScrubbed(
      tx,
      [...undecided, ...decided].map((followUp) => withoutPerson(followUp, recipient, standIn)),
    );
  }
  return { over: false, counts: { reassigned: locked.length }, reports };
}

/** What was taken back is finished, and what is being handed over is awaited: at most as long as a lease. */
async function endMessages(tx: Tx, erasure: Erasure, context: Context): Promise<Moved> {
  const taken = await takeBackPerson(tx, refOf(erasure), SETTLED_A_PIECE);
  const reports = await settleTaken(tx, context, taken, 'recipient_erased', context.now);
  const left = (await leftOf(tx, refOf(erasure))) === 'outbox';
  const stuck = left && taken.length < SETTLED_A_PIECE;
  return { over: !left, reports, counts: { messagesStopped: taken.length }, waits: stuck };
}

async function deleteRows(tx: Tx, erasure: Erasure): Promise<Moved> {
  const counts = await deleteOwnRows(tx, refOf(erasure), ROWS_A_PIECE);
  return { over: Object.values(counts).every((n) => n < ROWS_A_PIECE), counts };
}

async function scrubFollowUps(tx: Tx, erasure: Erasure): Promise<Moved> {
  const { tenant, recipient, words, stand_in: standIn, after } = erasure;
  const ids = await nextIds(tx, 'follow_ups', tenant, after, FOLLOW_UPS_A_PIECE);
  if (ids.length === 0) return { over: true };
  const sought = { tenant, recipient, pattern: tracePattern(words, recipient) };
  const theirs = scrubber(words, standIn);
  const ours = scrubber([...words, recipient], standIn);
  const followUps = await lockNaming(tx, ids, sought);
  await writeScrubbed(
    tx,
    followUps.map((followUp) => scrubbedFollowUp(withoutPerson(followUp, recipient, standIn), theirs)),
  );
  const lines = await linesNaming(tx, ids, sought);
  await writeLines(
    tx,
    lines.map((line) => scrubbedLine(line, { recipient, standIn, theirs, ours })),
  );
  const messages = await blankMessages(tx, ids, sought, standIn);
  for (const noun of ['messages', 'outbox', 'inbox'] as const)
    await scrubTexts(tx, noun, ids, sought.pattern, theirs.json);
  // What we have written ourselves names them by their id.
  const own = tracePattern([...words, recipient], recipient);
  for (const noun of ['alarms', 'suspects', 'attempts', 'receipts'] as const)
    await scrubTexts(tx, noun, ids, own, ours.json);
  const replies = await eraseReplies(tx, ids, own, { tenant, words, recipient, standIn, theirs });
  await renamePerson(tx, messages, { recipient, standIn, others: ids });
  return {
    over: false,
    after: ids.at(-1) ?? null,
    counts: { replies, followUps: followUps.length, timelineItems: lines.length, messages: messages.length },
  };
}

type Scrub = ReturnType<typeof scrubber>;

/** A live one keeps its key: your system closes it by that. */
const scrubbedFollowUp = (followUp: FollowUp, { text, json }: Scrub): FollowUp => ({
  ...followUp,
  key: isLive(followUp.status) ? followUp.key : text(followUp.key),
  outcome: followUp.outcome === null ? null : text(followUp.outcome),
  subject: json(followUp.subject),
  data: json(followUp.data),
  answers: json(followUp.answers),
});

interface Scrubbing {
  readonly recipient: string;
  readonly standIn: string;
  readonly theirs: Scrub;
  readonly ours: Scrub;
}
/** Fields of a line that say who: an id in them is always a person's. */
const NAMES_PEOPLE = new Set(['from', 'to', 'by', 'recipients', 'recipient', 'assignee', 'delegate', 'asked']);
/** What somebody has said in words of their own. */
const SAID = new Set(['comment', 'answer', 'text']);

/** What they have said themselves goes whole; in what others said they are not named any more. */
function scrubbedLine(line: Line, { recipient, standIn, theirs, ours }: Scrubbing): Line {
  const one = (id: string | null): string | null => (id === recipient ? standIn : id === null ? null : theirs.text(id));
  const named = (value: unknown): unknown =>
    Array.isArray(value) ? value.map(named) : value === recipient ? standIn : value;
  const theirOwn = line.actor === recipient;
  const entries = Object.entries(line.data ?? {}).flatMap(([field, value]) => {
    if (theirOwn && SAID.has(field)) return [];
    if (NAMES_PEOPLE.has(field)) return [[field, theirs.json(named(value))]];
    return [[field, field === 'text' || field === 'error' ? ours.json(value) : theirs.json(value)]];
  });
  return {
    ...line,
    recipient: one(line.recipient),
    actor: one(line.actor),
    data: line.data === null ? null : (Object.fromEntries(entries) as Line['data']),
  };
}

interface Answered {
  readonly by: string | null;
  readonly text: string;
}

/**
 * What came from an address of theirs is theirs, also where nobody was known by it. In what others have written they are not named
 * any more, and what they have answered themselves is gone.
 */
async function eraseReplies(
  tx: Tx,
  ids: readonly string[],
  pattern: string,
  { tenant, words, recipient, standIn, theirs }: Omit<Scrubbing, 'ours'> & Pick<Erasure, 'tenant' | 'words'>,
): Promise<number> {
  const found = await textsNaming(tx, 'replies', ids, pattern);
  const isOwn = ({ found: reply }: Naming): boolean => {
    const channel = reply.channel as Channel;
    const sender = normalAddress(channel, String(reply.sender));
    return reply.recipient === null && words.some((word) => normalAddress(channel, word) === sender);
  };
  const own = found.filter(isOwn).map(({ key }) => key);
  await deleteReplies(tx, tenant, own);
  const ofOthers = found.filter((one) => !isOwn(one));
  const answered = (one: Answered): Answered =>
    one.by === recipient ? { ...one, by: standIn, text: '' } : theirs.json(one);
  await writeTexts(
    tx,
    'replies',
    ids,
    ofOthers.map(({ key, found: { answers, closed_by, recipient: of, channel, ...rest } }) => ({
      key,
      found: {
        ...theirs.json(rest),
        recipient: of,
        channel,
        answers: (answers as readonly Answered[]).map(answered),
        closed_by: closed_by === recipient ? standIn : closed_by,
      },
    })),
  );
  return own.length;
}

async function scrubTexts(
  tx: Tx,
  noun: TextNoun,
  ids: readonly string[],
  pattern: string,
  json: (found: Naming['found']) => Naming['found'],
): Promise<number> {
  const found = await textsNaming(tx, noun, ids, pattern);
  await writeTexts(
    tx,
    noun,
    ids,
    found.map((row) => ({ ...row, found: json(row.found) })),
  );
  return found.length;
}

async function scrubEvents(tx: Tx, erasure: Erasure): Promise<Moved> {
  const { tenant, recipient, words, stand_in: standIn, after } = erasure;
  const ids = await nextIds(tx, 'events', tenant, after, EVENTS_A_PIECE);
  if (ids.length === 0) return { over: true };
  const { json } = scrubber(words, standIn);
  const events = await scrubTexts(tx, 'events', ids, tracePattern(words, recipient), ({ activities, ...rest }) => ({
    ...json(rest),
    activities: (activities as readonly { recipient: string }[]).map((one) => ({
      ...one,
      recipient: one.recipient === recipient ? standIn : one.recipient,
    })),
  }));
  return { over: false, after: ids.at(-1) ?? null, counts: { events } };
}
