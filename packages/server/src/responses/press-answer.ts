// Answers by a button in a chat: the provider proves who has pressed it, and it counts where that is whom the message was for, or, in a
// channel that several read, somebody who is known by that address. Pressed twice in a moment it counts once. What was done shows in
// the message itself (engine/clear-up.ts); what does not show there is told to whoever pressed it, and to nobody else.
import { createHash } from 'node:crypto';
import { addressOf, type Content, isLive } from '@relance/core';
import type { ButtonPress, CommandOutcome, Commands, StoryClock } from '../engine/ports.ts';
import { type Database, ENGINE, type Tx } from '../store/database.ts';
import { providerIdOf } from '../store/sql/message.ts';
import { getMessage } from '../store/sql/message-list.ts';
import { recipientAt } from '../store/sql/recipient.ts';
import { take } from '../store/sql/taken-answer.ts';
import { type Answering, answeredWords, readAnswering } from './answering.ts';
import { commandAsked } from './page-act.ts';
import { answerWordsIn } from './text/words.ts';

export interface PressDesk {
  readonly database: Database;
  readonly commands: Commands;
  readonly clock: StoryClock;
}

const CHANNEL = 'chat';
/** A second press of the same button by the same person within it is the same press. */
const SAME_PRESS_SECONDS = 10;
class PressedBefore extends Error {}

export async function answerPress(
  desk: PressDesk,
  by: { readonly tenant: string; readonly id: string },
  press: ButtonPress,
): Promise<void> {
  const said = await pressed(desk, by, press);
  // Whoever calls is answered within three seconds, however long this takes.
  if (said !== null) void press.tell(said);
}

type Found =
  | { readonly kind: 'found'; readonly answering: Answering }
  | { readonly kind: 'not_offered' | 'not_yours'; readonly locale: string };

async function find(
  tx: Tx,
  { tenant, id: connection }: { readonly tenant: string; readonly id: string },
  press: ButtonPress,
): Promise<Found> {
  const nowhere: Found = { kind: 'not_offered', locale: 'en' };
  const message = await getMessage(tx, tenant, press.message);
  if (message === null || message.channel !== CHANNEL || message.connection !== connection) return nowhere;
  // Of another workspace that the same app is in, somebody could name a message of this one.
  if ((await providerIdOf(tx, tenant, message.id)) !== press.providerId) return nowhere;
  const told = await readAnswering(tx, tenant, { followUp: message.follow_up_id, recipient: message.recipient });
  if (told === null) return nowhere;
  const { locale } = told.reading;
  const own = addressOf(told.recipient, CHANNEL);
  const who = own === press.by ? message.recipient : await otherReader(tx, tenant, press);
  if (who === null) return { kind: 'not_yours', locale };
  const offered = (message.content as Content | null)?.actions ?? [];
  const isOffered = offered.some(({ name, asks }) => name === press.action && asks !== true);
  if (!isOffered) return { kind: 'not_offered', locale };
  const answering =
    who === message.recipient ? told : await readAnswering(tx, tenant, { followUp: told.followUp.id, recipient: who });
  if (answering === null) return nowhere;
  // What goes to somebody as a copy of another's is not the other's own hand.
  if (addressOf(answering.recipient, CHANNEL) !== press.by) return { kind: 'not_yours', locale };
  return { kind: 'found', answering };
}

const otherReader = async (tx: Tx, tenant: string, { by, direct }: ButtonPress): Promise<string | null> =>
  direct ? null : recipientAt(tx, tenant, CHANNEL, by);

async function pressed(
  desk: PressDesk,
  by: { readonly tenant: string; readonly id: string },
  press: ButtonPress,
): Promise<string | null> {
  const { tenant } = by;
  const now = await desk.clock.now();
  const found = await desk.database.transaction(ENGINE, (tx) => find(tx, by, press));
  if (found.kind !== 'found') {
    const words = answerWordsIn(found.locale);
    return found.kind === 'not_yours' ? words.notYours : words.notOffered;
  }
  const { answering } = found;
  const { zone } = answering.reading;
  const asked = commandAsked(press.action, {}, { now, zone, person: null, answer: null });
  if (asked.kind !== 'command') return answerWordsIn(answering.reading.locale).notOffered;
  const mark = { tenant, connection: by.id, id: pressIdOf(press) };
  try {
    const outcome = await desk.commands.run(
      tenant,
      { kind: 'id', id: answering.followUp.id },
      {
        command: asked.command,
        actor: { kind: 'recipient', id: answering.recipient.id },
        evidence: 'proven',
        channel: CHANNEL,
        comment: null,
        once: true,
        message: press.message,
      },
      async (tx) => {
        if (!(await take(tx, mark, SAME_PRESS_SECONDS))) throw new PressedBefore();
      },
    );
    return isSeen(outcome, answering) ? null : answeredWords(outcome, press.action, answering);
  } catch (error) {
    if (error instanceof PressedBefore) return null;
    throw error;
  }
}

/** By hash: it is kept for a while, and tells nobody's address. */
const pressIdOf = ({ message, action, by }: ButtonPress): string =>
  createHash('sha256').update(`${message} ${action} ${by}`).digest('base64url');

/** The message is rewritten for everybody who reads it. */
const isSeen = (outcome: CommandOutcome, before: Answering): boolean =>
  outcome.kind === 'done' &&
  outcome.changed &&
  (!isLive(outcome.followUp.status) || outcome.followUp.status !== before.followUp.status);
